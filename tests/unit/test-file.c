/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-file.h"

#include <glib/gstdio.h>
#ifdef G_OS_UNIX
#include <sys/stat.h>
#include <unistd.h>
#endif

/* What opening a folder as a file fails with. */
#ifdef G_OS_WIN32
#define OPEN_FOLDER_ERROR G_FILE_ERROR_ACCES
#else
#define OPEN_FOLDER_ERROR G_FILE_ERROR_ISDIR
#endif

typedef struct
{
  char *folder;
  char *path;
} Place;

static void
set_up (Place *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("flashloader-XXXXXX", NULL);
  g_assert_nonnull (place->folder);
  place->path = g_build_filename (place->folder, "file", NULL);
}

static void
tear_down (Place *place, gconstpointer data)
{
  g_remove (place->path);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->path);
}

static void
assert_contents (const char *path, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (contents, ==, wanted);
}

static void
test_new_and_again (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fl_file_save (place->path, "one", 3, &error));
  g_assert_no_error (error);
  assert_contents (place->path, "one");
  g_assert_true (fl_file_save (place->path, "2", 1, &error));
  assert_contents (place->path, "2");
  g_assert_true (fl_file_save (place->path, NULL, 0, &error));
  assert_contents (place->path, "");
}

#ifdef G_OS_UNIX
static void
test_link (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link_path = g_build_filename (place->folder, "link", NULL);
  GStatBuf info;

  g_assert_true (fl_file_save (place->path, "old", 3, &error));
  g_assert_cmpint (symlink (place->path, link_path), ==, 0);
  g_assert_true (fl_file_save (link_path, "new", 3, &error));
  g_assert_no_error (error);
  assert_contents (place->path, "new");
  g_assert_cmpint (g_lstat (link_path, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
  g_remove (link_path);
}

/* A device stays one, and its errors are told: /dev/full has no space. */
static void
test_device (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_true (fl_file_save ("/dev/null", "gone", 4, &error));
  g_assert_no_error (error);
  g_assert_false (fl_file_save ("/dev/full", "gone", 4, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_assert_cmpint (g_stat ("/dev/full", &info), ==, 0);
  g_assert_true (S_ISCHR (info.st_mode));
}

#endif

static void
test_refused (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *below = g_build_filename (place->path, "none", "file", NULL);

  g_assert_false (fl_file_save (place->folder, "x", 1, &error));
  g_assert_error (error, G_FILE_ERROR, OPEN_FOLDER_ERROR);
  g_clear_error (&error);
  g_assert_false (fl_file_save (below, "x", 1, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/file/new-and-again", Place, NULL, set_up, test_new_and_again, tear_down);
#ifdef G_OS_UNIX
  g_test_add ("/file/link", Place, NULL, set_up, test_link, tear_down);
  g_test_add ("/file/device", Place, NULL, set_up, test_device, tear_down);
#endif
  g_test_add ("/file/refused", Place, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
