/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-notebook.h"

#include "fl-file-load.h"
#include "fl-file.h"

#define FOLDER     "flashloader"
#define FILE_NAME  "remembered.ini"
#define MAX_PAGES  500     /* the oldest go: of those who programme boards by the thousand */
#define MAX_BYTES  1000000 /* a larger file is none of ours */
#define HASH_CHARS 16

static GMutex lock; /* held while a file is read or changed */

/**
 * fl_notebook_dup_path:
 *
 * Returns: (transfer full) (type filename): the user's notebook; it need not exist
 */
char *
fl_notebook_dup_path (void)
{
  return g_build_filename (g_get_user_config_dir (), FOLDER, FILE_NAME, NULL);
}

/**
 * fl_notebook_dup_page:
 * @kind: one word
 * @identity: (array length=length): what tells one from the others; it cannot be got back from the file
 *
 * Returns: (transfer full): the name of a page
 */
char *
fl_notebook_dup_page (const char *kind, const void *identity, gsize length)
{
  g_autofree char *hash = NULL;

  g_return_val_if_fail (kind != NULL && identity != NULL, NULL);

  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, identity, length);
  return g_strdup_printf ("%s %.*s", kind, HASH_CHARS, hash);
}

/* An unreadable notebook is an empty one: nothing in it is needed. */
static GKeyFile *
load (const char *path)
{
  GKeyFile *file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  if (fl_file_load (path, MAX_BYTES, &text, &length, NULL))
    g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL);
  return file;
}

static gboolean
save (GKeyFile *file, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  gsize length;
  g_autofree char *text = g_key_file_to_data (file, &length, NULL);

  g_mkdir_with_parents (folder, 0700); /* what is wrong with it shows when the file is saved */
  return fl_file_save (path, text, length, error);
}

/**
 * fl_notebook_get:
 * @path: (type filename): the notebook
 *
 * Returns: what stands there; @fallback when nothing does, or no number
 */
gint64
fl_notebook_get (const char *path, const char *page, const char *line, gint64 fallback)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GError) problem = NULL;
  gint64 value;

  g_return_val_if_fail (path != NULL && page != NULL && line != NULL, fallback);

  g_mutex_lock (&lock);
  file = load (path);
  g_mutex_unlock (&lock);
  value = g_key_file_get_int64 (file, page, line, &problem);
  return problem == NULL ? value : fallback;
}

/**
 * fl_notebook_set:
 * @path: (type filename): the notebook
 *
 * Writes one line, unless it stands there already. New pages come last; the oldest of very many are given up.
 *
 * Errors: %G_FILE_ERROR; the notebook is as it was then
 */
gboolean
fl_notebook_set (const char *path, const char *page, const char *line, gint64 value, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) pages = NULL;
  gsize n_pages;
  gboolean ok = TRUE;

  g_return_val_if_fail (path != NULL && page != NULL && line != NULL, FALSE);

  g_mutex_lock (&lock);
  file = load (path);
  if (g_key_file_get_int64 (file, page, line, &problem) != value || problem != NULL)
    {
      g_key_file_set_int64 (file, page, line, value);
      pages = g_key_file_get_groups (file, &n_pages);
      for (gsize i = 0; i + MAX_PAGES < n_pages; i++)
        g_key_file_remove_group (file, pages[i], NULL);
      ok = save (file, path, error);
    }
  g_mutex_unlock (&lock);
  return ok;
}

/**
 * fl_notebook_strike:
 * @path: (type filename): the notebook
 *
 * Takes out one line, if it stands there, and its page with the last one.
 *
 * Errors: %G_FILE_ERROR; the notebook is as it was then
 */
gboolean
fl_notebook_strike (const char *path, const char *page, const char *line, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  gboolean ok = TRUE;

  g_return_val_if_fail (path != NULL && page != NULL && line != NULL, FALSE);

  g_mutex_lock (&lock);
  file = load (path);
  if (g_key_file_remove_key (file, page, line, NULL))
    {
      g_auto (GStrv) rest = g_key_file_get_keys (file, page, NULL, NULL);

      if (rest == NULL || rest[0] == NULL)
        g_key_file_remove_group (file, page, NULL);
      ok = save (file, path, error);
    }
  g_mutex_unlock (&lock);
  return ok;
}

/**
 * fl_notebook_remove:
 * @path: (type filename): the notebook
 * @kind: whose pages are torn out
 *
 * Errors: %G_FILE_ERROR
 */
gboolean
fl_notebook_remove (const char *path, const char *kind, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_auto (GStrv) pages = NULL;
  g_autofree char *prefix = NULL;
  guint n_removed = 0;
  gboolean ok = TRUE;

  g_return_val_if_fail (path != NULL && kind != NULL, FALSE);

  prefix = g_strconcat (kind, " ", NULL);
  g_mutex_lock (&lock);
  file = load (path);
  pages = g_key_file_get_groups (file, NULL);
  for (gsize i = 0; pages[i] != NULL; i++)
    if (g_str_has_prefix (pages[i], prefix) && g_key_file_remove_group (file, pages[i], NULL))
      n_removed++;
  if (n_removed > 0)
    ok = save (file, path, error);
  g_mutex_unlock (&lock);
  return ok;
}
