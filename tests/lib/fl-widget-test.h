/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-device.h"

G_BEGIN_DECLS

/* Helpers for tests of widgets in the process: run with GTK_A11Y=test under xvfb-run. */
typedef gboolean (*FlWidgetTestFunc) (gpointer user_data);

void       fl_widget_test_init     (int *argc, char ***argv);
GtkWidget *fl_widget_test_show     (GtkWidget *widget, int width, int height); /* returns its window */
void       fl_widget_test_close    (GtkWidget *window);
GtkWidget *fl_widget_test_find     (GtkWidget *root, GType type, const char *text); /* mapped ones; NULL: none */
void       fl_widget_test_wait     (FlWidgetTestFunc condition, gpointer user_data);
void       fl_widget_test_settle   (GtkWidget *widget); /* until everything has its place */
GdkPixbuf *fl_widget_test_draw     (GtkWidget *widget, const char *name);
FlDevice  *fl_widget_test_device   (guint16 pid, guint flash_kib);

G_END_DECLS
