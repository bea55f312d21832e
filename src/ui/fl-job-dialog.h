/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-job-runner.h"

G_BEGIN_DECLS

/**
 * FlJobDialog:
 *
 * A dialog that runs jobs, one at a time. Asked to close while one runs, it cancels that, and closes when it has ended;
 * when it goes in any other way, the job's end still finds it alive.
 */
#define FL_TYPE_JOB_DIALOG (fl_job_dialog_get_type ())
G_DECLARE_DERIVABLE_TYPE (FlJobDialog, fl_job_dialog, FL, JOB_DIALOG, AdwWindow)

struct _FlJobDialogClass
{
  AdwWindowClass parent_class;

  /* A job has ended, and the dialog stays: error is %NULL, or how. */
  void (*ended) (FlJobDialog *self, FlJob *job, const GError *error);
};

void         fl_job_dialog_set_runner (FlJobDialog *self, FlJobRunner *runner); /* once, before anything else */
FlJobRunner *fl_job_dialog_get_runner (FlJobDialog *self);
FlJob       *fl_job_dialog_get_job    (FlJobDialog *self); /* the running one; NULL: none */
void         fl_job_dialog_run        (FlJobDialog *self, FlJob *job);
void         fl_job_dialog_cancel     (FlJobDialog *self);

G_END_DECLS
