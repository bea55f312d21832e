/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What all parts of the window share. */

#define FL_UI_PATH "/io/github/flashloader/Flashloader/ui/"

gboolean   fl_ui_load_settings   (GError **error);
GSettings *fl_ui_get_settings    (void);
void       fl_ui_bind_window     (GtkWindow *window);
char      *fl_ui_format_bytes    (guint64 n_bytes);
char      *fl_ui_format_seconds  (double seconds);
void       fl_ui_set_label       (gpointer widget, const char *label);
GtkWidget *fl_ui_make_label      (const char *text, const char *style);
GtkWidget *fl_ui_make_text       (const char *text, const char *style);
void       fl_ui_copy            (GtkWidget *widget, const char *text);
void       fl_ui_toast           (AdwToastOverlay *overlay, AdwToast **last, const char *text);
void       fl_ui_notify          (GtkWindow *window, const char *title, const char *body);

G_END_DECLS
