/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"
#include "fl-plan.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 bytes_written;  /* of the image and of what was preserved, without padding */
  guint64 bytes_verified;
  guint   sectors_erased;
  guint   sectors_blank;  /* looked blank, and were written without being erased */
  guint   sectors_unchanged; /* held already what they were to hold, which was compared: neither erased nor written */
  guint   sectors_by_checksum; /* of these: compared by the bootloader's own checksum instead of being read */
  guint   retries;
  double  seconds;        /* on the transport's clock */
  double  wire_seconds;   /* bytes sent and received, at the line's rate */
  gboolean verified;      /* everything that the image covers was compared, and is equal */
  gboolean started;       /* the application was started */
} FlProgramResult;

/* PLAN → ERASE → WRITE → VERIFY → START → DONE on a connected session. */
#define FL_TYPE_PROGRAM_JOB (fl_program_job_get_type ())
G_DECLARE_FINAL_TYPE (FlProgramJob, fl_program_job, FL, PROGRAM_JOB, FlJob)

FlJob                 *fl_program_job_new        (FlSession *session, FlPlan *plan, gboolean start);
const FlProgramResult *fl_program_job_get_result (FlProgramJob *self); /* after the job, also a failed one */

G_END_DECLS
