/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-case.h"

G_BEGIN_DECLS

/**
 * FlCaseDialog:
 *
 * A report, a trace or a log that somebody sent: the causes as on the board itself, what passed on the line with its
 * meaning beside it, and what the report says.
 */
#define FL_TYPE_CASE_DIALOG (fl_case_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FlCaseDialog, fl_case_dialog, FL, CASE_DIALOG, AdwWindow)

GtkWidget *fl_case_dialog_new  (GtkWindow *parent, const FlCase *found);
void       fl_case_dialog_ask  (GtkWindow *parent, AdwToastOverlay *toasts); /* which file; then shows it */
gboolean   fl_case_dialog_is_report (GFile *file); /* by its name */
void       fl_case_dialog_open (GtkWindow *parent, AdwToastOverlay *toasts, GFile *file);

G_END_DECLS
