/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"

G_BEGIN_DECLS

/* Opens the session's port where it is closed, and drives its lines; the board is not called. */
#define FL_TYPE_PORT_JOB (fl_port_job_get_type ())
G_DECLARE_FINAL_TYPE (FlPortJob, fl_port_job, FL, PORT_JOB, FlJob)

FlJob   *fl_port_job_new  (FlSession *session, FlLines mask, FlLines lines);

/* OPEN, for the jobs that need a port. Worker. */
gboolean fl_port_job_open (FlJob *job, GCancellable *cancellable, GError **error);

G_END_DECLS
