/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-console-log.h"

G_BEGIN_DECLS

/* One exchange on the console: when, what it was, its bytes, and beside them what they mean. */
#define FL_TYPE_CONSOLE_ROW (fl_console_row_get_type ())
G_DECLARE_FINAL_TYPE (FlConsoleRow, fl_console_row, FL, CONSOLE_ROW, GtkWidget)

GtkWidget *fl_console_row_new (void);
void       fl_console_row_set (FlConsoleRow *self, FlConsoleEntry *entry); /* nullable: of none */

G_END_DECLS
