/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-firmware.h"
#include "fl-job-runner.h"
#include "fl-report.h"

G_BEGIN_DECLS

/**
 * FlProgramPage:
 *
 * Step 4: programming, and then the verdict.
 *
 * Signals: "ended" (#FlProgramJob, #GError or %NULL), when the verdict is shown; "next": the suggested button of the
 * verdict, "Next board" or "Try again". Uses the actions "win.cancel" and "win.save-report".
 */
#define FL_TYPE_PROGRAM_PAGE (fl_program_page_get_type ())
G_DECLARE_FINAL_TYPE (FlProgramPage, fl_program_page, FL, PROGRAM_PAGE, GtkWidget)

GtkWidget *fl_program_page_new         (FlFirmware *firmware, FlJobRunner *runner);
void       fl_program_page_start       (FlProgramPage *self, FlSession *session, FlPlan *plan, gboolean start);
void       fl_program_page_activate    (FlProgramPage *self);                  /* as the suggested button does */
gboolean   fl_program_page_has_verdict (FlProgramPage *self);
FlReport  *fl_program_page_make_report (FlProgramPage *self, const char *log); /* (transfer full): of the last job */
void       fl_program_page_focus       (FlProgramPage *self); /* the suggested button */

G_END_DECLS
