/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The log under every page: time, what, [OK]/[KO]; a row unfolds to its bytes and their meaning. Can be saved and
 * copied. */
#define FL_TYPE_LOG_PANE (fl_log_pane_get_type ())
G_DECLARE_FINAL_TYPE (FlLogPane, fl_log_pane, FL, LOG_PANE, GtkWidget)

GtkWidget *fl_log_pane_new     (void);
void       fl_log_pane_add_log (FlLogPane *self, GListModel *entries); /* a job's; appended to what is there, followed */
void       fl_log_pane_clear   (FlLogPane *self);
char      *fl_log_pane_to_text (FlLogPane *self, gboolean with_detail);

G_END_DECLS
