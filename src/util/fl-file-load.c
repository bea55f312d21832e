/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-file-load.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "fl-error.h"

#define CHUNK 65536

static gboolean
set_errno_error (const char *path, int saved, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved), "%s: %s", name, g_strerror (saved));
  return FALSE;
}

/**
 * fl_file_load:
 * @path: (type filename): where from: a file, a pipe, a device
 * @max_bytes: a larger one is refused, without its being read to the end
 * @contents: (out) (transfer full): what is in it, and a zero behind
 * @length: (out) (nullable): bytes, without that zero
 *
 * Reads what somebody has sent. Unlike g_file_get_contents() it takes no more memory than the longest file that makes
 * sense, and unlike a mapped file it does not mind one that becomes shorter meanwhile.
 *
 * Errors: %G_FILE_ERROR, %FL_ERROR_FORMAT when it is too large.
 */
gboolean
fl_file_load (const char *path, gsize max_bytes, char **contents, gsize *length, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *chunk = NULL;
  FILE *file;
  gsize n_read;
  int saved;

  g_return_val_if_fail (path != NULL && contents != NULL && max_bytes < G_MAXUINT - CHUNK, FALSE);

  file = g_fopen (path, "rb");
  if (file == NULL)
    return set_errno_error (path, errno, error);
  chunk = g_malloc (CHUNK);
  do
    {
      n_read = fread (chunk, 1, CHUNK, file);
      g_byte_array_append (bytes, chunk, (guint) n_read);
    }
  while (n_read == CHUNK && bytes->len <= max_bytes);
  saved = ferror (file) ? errno : 0;
  fclose (file);
  if (saved != 0)
    return set_errno_error (path, saved, error);
  if (bytes->len > max_bytes)
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("%s: larger than such a file can be: more than %u KiB"), name,
                   (guint) (max_bytes / 1024));
      return FALSE;
    }
  if (length != NULL)
    *length = bytes->len;
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  *contents = (char *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
  return TRUE;
}
