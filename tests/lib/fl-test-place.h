/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>

G_BEGIN_DECLS

/* A fixture: a folder of the test's own, and the path of a file in it. Nothing else may be left there. */
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

static inline void
fl_test_place_tear_down (FlTestPlace *place, gconstpointer data)
{
  g_remove (place->path);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->path);
}

G_END_DECLS
