/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"

G_BEGIN_DECLS

/* OPEN → ENTER → SYNC → GET → ID → DESCRIBE: afterwards the session has its device. */
#define FL_TYPE_CONNECT_JOB (fl_connect_job_get_type ())
G_DECLARE_FINAL_TYPE (FlConnectJob, fl_connect_job, FL, CONNECT_JOB, FlJob)

FlJob *fl_connect_job_new (FlSession *session);

G_END_DECLS
