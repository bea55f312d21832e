/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-image.h"
#include "fl-job.h"

G_BEGIN_DECLS

/* The smaller jobs on a connected session. */

/* Compares the flash with an image; changes nothing. %FL_ERROR_VERIFY names the first difference and how many. */
#define FL_TYPE_VERIFY_JOB (fl_verify_job_get_type ())
G_DECLARE_FINAL_TYPE (FlVerifyJob, fl_verify_job, FL, VERIFY_JOB, FlJob)
FlJob  *fl_verify_job_new       (FlSession *session, FlImage *image);
guint64 fl_verify_job_get_bytes (FlVerifyJob *self);

/* Reads memory. */
#define FL_TYPE_READ_JOB (fl_read_job_get_type ())
G_DECLARE_FINAL_TYPE (FlReadJob, fl_read_job, FL, READ_JOB, FlJob)
FlJob  *fl_read_job_new      (FlSession *session, guint32 address, guint32 length);
GBytes *fl_read_job_get_data (FlReadJob *self); /* (transfer none) nullable: what was read, also of a job that failed */

/* Erases sectors (indices into the layout), or everything when there are none; reads back that they are blank. */
#define FL_TYPE_ERASE_JOB (fl_erase_job_get_type ())
G_DECLARE_FINAL_TYPE (FlEraseJob, fl_erase_job, FL, ERASE_JOB, FlJob)
FlJob  *fl_erase_job_new           (FlSession *session, const guint *sectors, guint n_sectors);
void    fl_erase_job_set_whole_bank (FlEraseJob *self, gboolean agreed);
guint   fl_erase_job_get_n_erased  (FlEraseJob *self);

/* Go. The bootloader is left: the session is closed afterwards. */
#define FL_TYPE_START_JOB (fl_start_job_get_type ())
G_DECLARE_FINAL_TYPE (FlStartJob, fl_start_job, FL, START_JOB, FlJob)
FlJob  *fl_start_job_new (FlSession *session, guint32 address);

G_END_DECLS
