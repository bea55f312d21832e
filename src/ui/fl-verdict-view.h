/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-program-job.h"

G_BEGIN_DECLS

/* How a program job ended: a large plain verdict, the numbers, and after a failure the explanation. */
#define FL_TYPE_VERDICT_VIEW (fl_verdict_view_get_type ())
G_DECLARE_FINAL_TYPE (FlVerdictView, fl_verdict_view, FL, VERDICT_VIEW, GtkWidget)

void fl_verdict_view_show (FlVerdictView *self, FlProgramJob *job, const GError *error, FlPlan *plan,
                           const char *file_name);
void fl_verdict_view_warn (FlVerdictView *self, const char *text);
void fl_verdict_view_note (FlVerdictView *self, FlJob *job, const GError *error, const char *text); /* a later job */

const char *fl_verdict_get_title (FlProgramJob *job, const GError *error); /* "Programmed and verified" */

G_END_DECLS
