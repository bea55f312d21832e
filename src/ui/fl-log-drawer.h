/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-job.h"

G_BEGIN_DECLS

/* The pages above, the log below them: folded to its last line, or unfolded to a height that one can drag and that is
 * remembered. Has one child: the pages. */
#define FL_TYPE_LOG_DRAWER (fl_log_drawer_get_type ())
G_DECLARE_FINAL_TYPE (FlLogDrawer, fl_log_drawer, FL, LOG_DRAWER, GtkWidget)

void  fl_log_drawer_add_job (FlLogDrawer *self, FlJob *job);
void  fl_log_drawer_toggle  (FlLogDrawer *self);
char *fl_log_drawer_to_text (FlLogDrawer *self);

G_END_DECLS
