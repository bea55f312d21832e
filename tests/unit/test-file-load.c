/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-file-load.h"

#include "fl-error.h"
#include "fl-test-place.h"

/* What opening a folder as a file fails with. */
#ifdef G_OS_WIN32
#define OPEN_FOLDER_ERROR G_FILE_ERROR_ACCES
#else
#define OPEN_FOLDER_ERROR G_FILE_ERROR_ISDIR
#endif

#ifdef G_OS_UNIX
/* It has no end, and is given up at the limit. */
static void
test_load_endless (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  g_assert_false (fl_file_load ("/dev/zero", 1000000, &contents, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "/dev/zero"));
  g_assert_null (contents);
}
#endif

static void
test_load (FlTestPlace *place, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 4095, 65535, 65536, 65537, 200000 };
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_false (fl_file_load (place->path, 10, &contents, &length, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *wanted = g_malloc0 (sizes[i] + 1);
      g_autofree char *found = NULL;

      for (gsize at = 0; at < sizes[i]; at++)
        wanted[at] = (char) (at * 7 % 251);
      g_assert_true (g_file_set_contents (place->path, wanted, (gssize) sizes[i], &error));
      g_assert_true (fl_file_load (place->path, sizes[i], &found, &length, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (found, length + 1, wanted, sizes[i] + 1);
      if (sizes[i] == 0)
        continue;
      g_assert_false (fl_file_load (place->path, sizes[i] - 1, &contents, &length, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      g_assert_null (contents);
      g_clear_error (&error);
    }
}

static void
test_load_folder (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  g_assert_false (fl_file_load (place->folder, 10, &contents, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, OPEN_FOLDER_ERROR);
  g_assert_null (contents);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#ifdef G_OS_UNIX
  g_test_add ("/file-load/endless", FlTestPlace, NULL, fl_test_place_set_up, test_load_endless,
              fl_test_place_tear_down);
#endif
  g_test_add ("/file-load/sizes", FlTestPlace, NULL, fl_test_place_set_up, test_load, fl_test_place_tear_down);
  g_test_add ("/file-load/folder", FlTestPlace, NULL, fl_test_place_set_up, test_load_folder, fl_test_place_tear_down);
  return g_test_run ();
}
