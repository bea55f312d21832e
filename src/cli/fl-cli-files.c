/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user's files, when something happens to them while a job runs. */
#include "config.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "fl-cli.h"

/**
 * fl_cli_look_again:
 * @image: what was programmed or compared, and is what the board holds
 *
 * Says so when the file has become another one meanwhile: to the user, and as "file_note" in the JSON result.
 */
void
fl_cli_look_again (FlCli *cli, FlImage *image)
{
  g_autoptr (GFile) file = g_file_new_for_path (fl_image_get_path (image));
  g_autofree char *note = fl_image_dup_file_note (image, file, NULL);

  fl_cli_add_string (cli, "file_note", note);
  if (note != NULL)
    fl_cli_print (cli, _ ("Note: %s"), note);
}

/**
 * fl_cli_save_image:
 *
 * As fl_image_save(). What was read, perhaps for minutes, is not thrown away when it cannot be saved where it should
 * be: then it is put where temporary files go, if it can, and the error says where.
 */
gboolean
fl_cli_save_image (const char *path, FlImageFormat format, guint32 address, GBytes *data, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *folder = NULL;
  g_autofree char *rescued = NULL;
  g_autoptr (GError) problem = NULL;

  if (fl_image_save (path, format, address, data, &problem))
    return TRUE;
  if (problem->domain == G_FILE_ERROR)
    folder = g_dir_make_tmp ("flashloader-XXXXXX", NULL);
  rescued = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
  if (rescued != NULL && fl_image_save (rescued, format, address, data, NULL))
    {
      g_autofree char *shown = g_filename_display_name (rescued);

      /* Translators: why a file was not saved, and where it is instead */
      g_set_error (error, problem->domain, problem->code, _ ("%s What was read is in %s for now."), problem->message,
                   shown);
      return FALSE;
    }
  if (folder != NULL)
    g_rmdir (folder);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
