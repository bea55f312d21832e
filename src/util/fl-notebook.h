/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What was learnt of adapters and boards, kept for the next time: numbers, by page and line, in a file that holds no
 * serial number and no unique ID. Any thread. */

char    *fl_notebook_dup_path (void); /* the user's own */
char    *fl_notebook_dup_page (const char *kind, const void *identity, gsize length); /* "adapter 1f2e…": a hash */
gint64   fl_notebook_get      (const char *path, const char *page, const char *line, gint64 fallback);
gboolean fl_notebook_set      (const char *path, const char *page, const char *line, gint64 value, GError **error);
gboolean fl_notebook_strike   (const char *path, const char *page, const char *line, GError **error);
gboolean fl_notebook_remove   (const char *path, const char *kind, GError **error);

G_END_DECLS
