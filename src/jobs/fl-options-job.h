/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"
#include "fl-option-set.h"

G_BEGIN_DECLS

/* Writes option bytes: the chip resets, is found again, and what it holds is read back and compared. The session has a
 * new device afterwards. */
#define FL_TYPE_OPTIONS_JOB (fl_options_job_get_type ())
G_DECLARE_FINAL_TYPE (FlOptionsJob, fl_options_job, FL, OPTIONS_JOB, FlJob)

FlJob *fl_options_job_new (FlSession *session, const FlOptionSet *wanted, gboolean agreed, const char *typed_name);

/* The protection commands of the bootloader itself. */
typedef enum
{
  FL_PROTECT_READ,    /* readout protection on: RDP level 1 */
  FL_UNPROTECT_READ,  /* off: erases all flash */
  FL_UNPROTECT_WRITE, /* write protection off, everywhere */
} FlProtectKind;

#define FL_TYPE_PROTECT_JOB (fl_protect_job_get_type ())
G_DECLARE_FINAL_TYPE (FlProtectJob, fl_protect_job, FL, PROTECT_JOB, FlJob)

FlJob   *fl_protect_job_new         (FlSession *session, FlProtectKind kind, gboolean agreed);
gboolean fl_protect_kind_check      (FlProtectKind kind, FlDevice *device, GError **error); /* whether it can be done */
char    *fl_protect_kind_dup_warning (FlProtectKind kind, FlDevice *device); /* what it does and what is lost, for people */

G_END_DECLS
