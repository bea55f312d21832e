/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-session.h"

G_BEGIN_DECLS

/* Speed, parity, and how the board gets into its bootloader. Bound to the settings. */
#define FL_TYPE_CONNECTION_PANE (fl_connection_pane_get_type ())
G_DECLARE_FINAL_TYPE (FlConnectionPane, fl_connection_pane, FL, CONNECTION_PANE, GtkWidget)

FlConnectOptions *fl_connection_pane_make_options (FlConnectionPane *self, const char *port);
void              fl_connection_pane_set_chip     (FlConnectionPane *self, const FlChip *chip); /* the last one met */

G_END_DECLS
