/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-console-log.h"

G_BEGIN_DECLS

/* What passed on the line, a row each, scrolled to its end unless somebody reads further up. */
#define FL_TYPE_CONSOLE_LIST (fl_console_list_get_type ())
G_DECLARE_FINAL_TYPE (FlConsoleList, fl_console_list, FL, CONSOLE_LIST, GtkWidget)

GtkWidget *fl_console_list_new (FlConsoleLog *log);

G_END_DECLS
