/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-console-commands.h"

G_BEGIN_DECLS

/**
 * FlConsoleCommandBar:
 *
 * AN3155's commands at hand, those with an address beside a place to type it, those that lose something in a menu.
 *
 * Signals: "command" (gpointer: const #FlConsoleCommand, guint address).
 */
#define FL_TYPE_CONSOLE_COMMAND_BAR (fl_console_command_bar_get_type ())
G_DECLARE_FINAL_TYPE (FlConsoleCommandBar, fl_console_command_bar, FL, CONSOLE_COMMAND_BAR, GtkWidget)

void fl_console_command_bar_set_open (FlConsoleCommandBar *self, gboolean is_open);

G_END_DECLS
