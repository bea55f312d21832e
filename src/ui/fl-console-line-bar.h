/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-console-job.h"

G_BEGIN_DECLS

/**
 * FlConsoleLineBar:
 *
 * The line of the console: rate, parity, the lines that are driven and those that are read.
 *
 * Signals: "settings-changed", when the user chose others; "lines-changed" (guint mask, guint lines: #FlLines), when the
 * user drove one.
 */
#define FL_TYPE_CONSOLE_LINE_BAR (fl_console_line_bar_get_type ())
G_DECLARE_FINAL_TYPE (FlConsoleLineBar, fl_console_line_bar, FL, CONSOLE_LINE_BAR, GtkWidget)

void fl_console_line_bar_show         (FlConsoleLineBar *self, const FlConsoleState *state); /* nullable: closed */
void fl_console_line_bar_set_settings (FlConsoleLineBar *self, guint baud, FlParity parity);
void fl_console_line_bar_get_settings (FlConsoleLineBar *self, guint *baud, FlParity *parity);

G_END_DECLS
