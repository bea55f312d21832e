/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The window: the steps of the wizard, the other views, and the log under them. It carries what one page found out to
 * the others, and decides which step comes next. */
#define FL_TYPE_WINDOW (fl_window_get_type ())
G_DECLARE_FINAL_TYPE (FlWindow, fl_window, FL, WINDOW, AdwApplicationWindow)

GtkWidget *fl_window_new         (GtkApplication *application);
void       fl_window_open        (FlWindow *self, GFile *file);
void       fl_window_choose_port (FlWindow *self, const char *name);

G_END_DECLS
