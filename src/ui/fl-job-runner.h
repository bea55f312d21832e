/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-job.h"

G_BEGIN_DECLS

/**
 * FlJobRunner:
 *
 * Runs one job at a time for a window: holds its cancellable, keeps the computer from sleeping meanwhile, pauses the
 * scan for ports, and tells everybody. Properties (read only): "job" (the running one, or %NULL), "busy".
 *
 * Signals: "started" (#FlJob), before it runs: the log pane follows it then; "ended" (#FlJob, #GError or %NULL).
 */
#define FL_TYPE_JOB_RUNNER (fl_job_runner_get_type ())
G_DECLARE_FINAL_TYPE (FlJobRunner, fl_job_runner, FL, JOB_RUNNER, GObject)

FlJobRunner *fl_job_runner_new      (GtkWindow *window);
void         fl_job_runner_run      (FlJobRunner *self, FlJob *job, GAsyncReadyCallback callback, gpointer user_data);
void         fl_job_runner_cancel   (FlJobRunner *self);
gboolean     fl_job_runner_is_busy  (FlJobRunner *self);
FlJob       *fl_job_runner_get_job  (FlJobRunner *self);
FlJob       *fl_job_runner_get_last (FlJobRunner *self, const GError **error); /* that has ended; NULL: none has */

G_END_DECLS
