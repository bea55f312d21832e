/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>

G_BEGIN_DECLS

/* A notebook for one test, in a folder that does not exist yet: see fl-notebook.h. */
typedef struct
{
  char *folder;
  char *path;
} TestNotebook;

static inline void
test_notebook_open (TestNotebook *self)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("fl-notebook-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "deep", "remembered.ini", NULL);
}

static inline void
test_notebook_clear (TestNotebook *self)
{
  g_autofree char *deep = g_build_filename (self->folder, "deep", NULL);

  g_remove (self->path);
  g_rmdir (deep);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing is left behind */
  g_free (self->folder);
  g_free (self->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TestNotebook, test_notebook_clear)

G_END_DECLS
