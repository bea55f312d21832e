/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fl_file_save (const char *path, const char *contents, gsize length, GError **error);

G_END_DECLS
