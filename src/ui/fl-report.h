/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-firmware.h"
#include "fl-program-job.h"

G_BEGIN_DECLS

/* What the user sends to somebody who can help, or keeps as a record. */
typedef struct
{
  FlSession    *session;  /* nullable */
  FlFirmware   *firmware; /* nullable */
  FlPlan       *plan;     /* nullable: of the job */
  FlProgramJob *job;      /* nullable: not programmed */
  const GError *error;    /* nullable: it worked */
  const char   *log;      /* with detail */
} FlReport;

char *fl_report_to_text (const FlReport *report);

G_END_DECLS
