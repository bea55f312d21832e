/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-file.h"

#include <errno.h>
#include <glib/gstdio.h>

static gboolean
set_errno_error (const char *path, int saved, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved), "%s: %s", name, g_strerror (saved));
  return FALSE;
}

/* A pipe or a device is written to, as it cannot be replaced. */
static gboolean
write_through (const char *path, const char *contents, gsize length, GError **error)
{
  FILE *file = g_fopen (path, "wb");
  gboolean written;
  int saved;

  if (file == NULL)
    return set_errno_error (path, errno, error);
  written = fwrite (contents, 1, length, file) == length && fflush (file) == 0;
  saved = errno;
  if (fclose (file) != 0 && written)
    {
      written = FALSE;
      saved = errno;
    }
  return written || set_errno_error (path, saved, error);
}

/**
 * fl_file_save:
 * @path: (type filename): where to
 * @contents: (nullable): may be %NULL for none
 * @length: bytes
 *
 * Saves a file atomically: either the old one or the whole new one is there. Behind a link it is the file that the link
 * leads to that is replaced; a pipe or a device is written to.
 *
 * Errors: %G_FILE_ERROR.
 */
gboolean
fl_file_save (const char *path, const char *contents, gsize length, GError **error)
{
  g_autofree char *resolved = NULL;
  GStatBuf info;
  gboolean exists;

  g_return_val_if_fail (path != NULL && (contents != NULL || length == 0), FALSE);

  if (contents == NULL)
    contents = "";
  exists = g_stat (path, &info) == 0;
  if (exists && !S_ISREG (info.st_mode))
    return write_through (path, contents, length, error);
#ifdef G_OS_UNIX
  if (exists)
    {
      resolved = realpath (path, NULL);
      if (resolved == NULL)
        return set_errno_error (path, errno, error);
    }
#endif
  return g_file_set_contents_full (resolved != NULL ? resolved : path, contents, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);
}
