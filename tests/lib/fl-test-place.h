/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>

G_BEGIN_DECLS

/* A fixture: a folder of the test's own, and the path of a file in it. */
typedef struct
{
  char *folder;
  char *path;
} FlTestPlace;

static inline void
fl_test_place_set_up (FlTestPlace *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("flashloader-XXXXXX", NULL);
  g_assert_nonnull (place->folder);
  place->path = g_build_filename (place->folder, "file", NULL);
}

/* Nothing else may be left there. */
static inline void
fl_test_place_tear_down (FlTestPlace *place, gconstpointer data)
{
  g_remove (place->path);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->path);
}

/* For tests that leave files of any name. */
static inline void
fl_test_place_clear (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (place->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (place->folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  fl_test_place_tear_down (place, data);
}

G_END_DECLS
