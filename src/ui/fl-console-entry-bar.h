/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FlConsoleEntryBar:
 *
 * Where bytes are typed: says at once what would be sent, or what is wrong with it. Return sends, Up and Down go through
 * what was sent before.
 *
 * Signal "send" (#GBytes).
 */
#define FL_TYPE_CONSOLE_ENTRY_BAR (fl_console_entry_bar_get_type ())
G_DECLARE_FINAL_TYPE (FlConsoleEntryBar, fl_console_entry_bar, FL, CONSOLE_ENTRY_BAR, GtkWidget)

void fl_console_entry_bar_set_open (FlConsoleEntryBar *self, gboolean is_open); /* whether something can be sent */
void fl_console_entry_bar_activate (FlConsoleEntryBar *self);                   /* as Return does */
void fl_console_entry_bar_focus    (FlConsoleEntryBar *self);

G_END_DECLS
