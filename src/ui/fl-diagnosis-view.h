/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-diagnosis.h"

G_BEGIN_DECLS

/* The causes of a failure, the most likely first and unfolded: what speaks for each, what to do, what would decide; then
 * what was excluded. What the window can do has a button: uses the actions "win.remedy" and, where a board has to be
 * connected for it, "win.remedy-board" (s: the cause's action). */
#define FL_TYPE_DIAGNOSIS_VIEW (fl_diagnosis_view_get_type ())
G_DECLARE_FINAL_TYPE (FlDiagnosisView, fl_diagnosis_view, FL, DIAGNOSIS_VIEW, GtkWidget)

GtkWidget  *fl_diagnosis_view_new (void);
void        fl_diagnosis_view_set (FlDiagnosisView *self, const FlDiagnosis *diagnosis,
                                   gboolean unfold); /* diagnosis nullable: hides itself */

const char *fl_diagnosis_get_likelihood (const FlCause *cause); /* "very likely" */

G_END_DECLS
