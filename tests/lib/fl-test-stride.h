/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the case of this index, of many that are alike, is one to be tested. FL_TEST_STRIDE says how far apart these
 * are; without it every one is. ./test sets it for all but its first build, which tests every one. */
static inline gboolean
fl_test_stride_takes (guint index)
{
  const char *stride = g_getenv ("FL_TEST_STRIDE");

  return stride == NULL || index % MAX (g_ascii_strtoull (stride, NULL, 10), 1) == 0;
}

G_END_DECLS
