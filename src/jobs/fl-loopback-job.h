/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"

G_BEGIN_DECLS

typedef enum
{
  FL_LOOPBACK_OK,
  FL_LOOPBACK_LOST,    /* bytes did not come back */
  FL_LOOPBACK_CHANGED, /* bytes came back changed, damaged or too many */
  FL_LOOPBACK_NONE,    /* nothing came back: TX and RX are not bridged, or nothing leaves the adapter */
} FlLoopbackResult;

/* One rate. */
typedef struct
{
  guint            baud;
  guint            n_sent;
  guint            n_received;
  guint            n_changed; /* of those that were received: not what was sent there */
  FlLineErrors     errors;
  double           seconds;   /* on the transport's clock */
  double           wire;      /* seconds that the bytes need one way */
  FlLoopbackResult result;
} FlLoopbackRun;

#define FL_LOOPBACK_BYTES  1024 /* at each rate */
#define FL_LOOPBACK_N_RUNS 2    /* 9600, 115200; both with even parity */

/**
 * FlLoopbackJob:
 *
 * Tests the adapter alone: the user takes the board off, bridges the adapter's TX and RX, and what is sent must come
 * back as it was. Succeeds whatever comes of it, and says so in the log; "loopback.result" is its fact. The port is
 * given back afterwards.
 */
#define FL_TYPE_LOOPBACK_JOB (fl_loopback_job_get_type ())
G_DECLARE_FINAL_TYPE (FlLoopbackJob, fl_loopback_job, FL, LOOPBACK_JOB, FlJob)

FlJob               *fl_loopback_job_new           (FlSession *session); /* closed; nothing is connected on it */
FlLoopbackResult     fl_loopback_job_get_result    (FlLoopbackJob *self); /* after it ran: the worst of all rates */
const FlLoopbackRun *fl_loopback_job_get_runs      (FlLoopbackJob *self, guint *n_runs);
char                *fl_loopback_job_dup_words     (FlLoopbackJob *self); /* what that means, and what to do */
const char          *fl_loopback_result_get_id     (FlLoopbackResult result); /* "lost": stable */
const char          *fl_loopback_get_instruction   (void); /* what to do before, translated */

G_END_DECLS
