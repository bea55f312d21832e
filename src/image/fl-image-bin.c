/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-image-private.h"

#include "fl-error.h"

#include <glib/gi18n-lib.h>

/* Files that are often taken for firmware: a raw binary has no mark of its own, so these would be programmed as they
 * are. */
static const struct
{
  const char *mark;
  gsize length;
  const char *name;
} look_alikes[] = {
  { "PK\003\004", 4, N_ ("a ZIP archive: unpack it first") },
  { "\037\213", 2, N_ ("a gzip archive: unpack it first") },
  { "7z\274\257\047\034", 6, N_ ("a 7-Zip archive: unpack it first") },
  { "UF2\n", 4, N_ ("a UF2 file: convert it to a raw binary first") },
  { "DfuSe", 5, N_ ("a DfuSe file, made for loading over USB: export it as Intel HEX instead") },
  { "MZ", 2, N_ ("a Windows program") },
  { "<?xml", 5, N_ ("an XML text") },
  { "%PDF", 4, N_ ("a PDF document") },
};

/* Source: the formats' own specifications; only their first bytes are looked at. */
gboolean
fl_image_parse_bin (FlImage *self, GBytes *contents, guint32 address, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (contents, &size);

  if (size == 0)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT,
                           _ ("The file is empty. Build or copy it again, then choose it once more."));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (look_alikes); i++)
    if (size >= look_alikes[i].length && memcmp (data, look_alikes[i].mark, look_alikes[i].length) == 0)
      fl_image_add_remark (self, _ ("This does not look like firmware, but like %s."), _ (look_alikes[i].name));
  return fl_image_add (self, address, data, size, error);
}
