/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean fl_file_save        (const char *path, const char *contents, gsize length, GError **error);
void     fl_file_save_async  (GFile *file, GBytes *contents, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean fl_file_save_finish (GFile *file, GAsyncResult *result, GError **error);
gboolean fl_file_check_room  (const char *path, guint64 length, GError **error);

G_END_DECLS
