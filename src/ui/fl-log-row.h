/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-log.h"

G_BEGIN_DECLS

/* One line of the log pane: an entry, or the bytes and their meaning that it unfolds to. */
#define FL_TYPE_LOG_ROW (fl_log_row_get_type ())
G_DECLARE_FINAL_TYPE (FlLogRow, fl_log_row, FL, LOG_ROW, GtkWidget)

GtkWidget *fl_log_row_new (void);
void       fl_log_row_set (FlLogRow *self, GtkTreeListRow *row); /* nullable: of no line */

G_END_DECLS
