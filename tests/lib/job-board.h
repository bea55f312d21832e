/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-program-job.h"
#include "fl-sim-board.h"

G_BEGIN_DECLS

/* A byte as it arrives at the other end. @at: which one since the line was sent the other way; the first is 0 */
typedef guint8 (*JobBoardSpoil) (guint8 byte, gboolean to_host, guint at, guint baud, gpointer user_data);

/**
 * JobBoard:
 *
 * A simulated board on the virtual clock with a session on it, for tests of jobs. Everything happens in a main context
 * of its own, which is not the default one. A cancellable can be triggered at a given byte.
 */
typedef struct
{
  FlSimBoard   *board;
  FlSession    *session;
  GMainContext *context;
  GCancellable *cancellable; /* of every job that runs */

  /* Asked of the wire. */
  guint64       cancel_at;   /* triggers the cancellable when so many bytes were sent by the job; 0: never */
  guint64       n_sent;      /* bytes that the job has sent */
  guint64       loops_after; /* from so many bytes on, TX and RX are connected, and the board is off; 0: never */
  JobBoardSpoil spoil;       /* changes bytes so that neither end's UART notices; nullable */
  gpointer      spoil_data;
  guint64       jump_at;     /* at this call of the transport an hour passes unnoticed; 0: never */
  guint64       n_calls;     /* of the transport, so far */
  gint64        cancelled_at; /* µs on the virtual clock; 0: was not */
  gint64        ended_at;    /* µs, when the job had ended */

  /* Seen of the last job. */
  guint         n_announced; /* batches of notifications */
  gint64        real_us;     /* that it took */
} JobBoard;

JobBoard *job_board_new     (const char *config); /* as behind "sim:" */
void      job_board_free    (JobBoard *self);
void      job_board_session (JobBoard *self, const FlConnectOptions *options); /* a new session on the same board */
FlConnectOptions *job_board_options (void);
gboolean  job_board_run     (JobBoard *self, FlJob *job, GError **error); /* checks what holds for every job */
gboolean  job_board_run_alone (FlJob *job, GError **error);       /* one whose session is no board's */
void      job_board_connect (JobBoard *self);                             /* must succeed */
FlDevice *job_board_device  (JobBoard *self);
FlImage  *job_board_random_image (FlLayout *layout, guint32 seed, guint max_bytes); /* some segments anywhere in flash */
guint8   *job_board_dup_flash (JobBoard *self, gsize *size); /* all sectors, one after the other */
void      job_board_fill      (JobBoard *self, guint32 seed); /* flash, with anything but blank */
FlJob    *job_board_program   (JobBoard *self, FlImage *image, const FlPlanOptions *options, gboolean start);
gboolean  job_board_logged    (FlJob *job, FlLogStatus status, const char *part); /* in a line or its detail */
guint     job_board_count_logged (FlJob *job, FlLogStatus status, const char *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JobBoard, job_board_free)

G_END_DECLS
