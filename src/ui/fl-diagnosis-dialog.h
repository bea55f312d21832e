/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job-dialog.h"

G_BEGIN_DECLS

/**
 * FlDiagnosisDialog:
 *
 * “Find out why”: what is probed, while it is; then a question or a thing to do at a time, with the wiring drawn beside
 * it; at the end the causes, and what made the board answer.
 *
 * Signal "remedy" (const char *: a cause's action): the dialog has closed, and the user wants this to be done.
 */
#define FL_TYPE_DIAGNOSIS_DIALOG (fl_diagnosis_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FlDiagnosisDialog, fl_diagnosis_dialog, FL, DIAGNOSIS_DIALOG, FlJobDialog)

GtkWidget *fl_diagnosis_dialog_new   (GtkWindow *parent, FlJobRunner *runner);
void       fl_diagnosis_dialog_start (FlDiagnosisDialog *self, FlSession *session, const FlFacts *facts); /* nullable */

G_END_DECLS
