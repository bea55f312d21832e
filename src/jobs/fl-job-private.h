/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"

G_BEGIN_DECLS

#define FL_JOB_ANNOUNCE_MS   34 /* between two announcements at the least: not quite 30 a second */
#define FL_JOB_RATE_SAMPLES  24 /* of the rate's window */

typedef struct
{
  gint64 time;  /* microseconds on the session's clock */
  guint64 done; /* bytes on the wire */
} RateSample;

typedef struct
{
  FlSession *session; /* constant */

  /* Main context: what was last announced. */
  FlStage stage;
  double fraction;
  char *text;
  double rate;
  int seconds_left;
  gboolean running;
  gboolean used;
  GListStore *log;
  GByteArray *sectors;
  FlExplanation *explanation;
  char *board_state;
  double seconds;
  GThread *thread;

  /* Worker. */
  GTask *task;   /* main context's, but for what is constant in it */
  GError *error; /* how it ended */
  FlFacts *facts; /* its own findings; when it has ended, all that was seen, and the main context's */
  guint64 first_record; /* of the trace, when it began */
  gint64 started; /* microseconds on the session's clock */
  guint64 total;  /* bytes on the wire */
  guint64 done;
  double expected; /* seconds; 0: not known */
  RateSample samples[FL_JOB_RATE_SAMPLES];
  guint n_samples; /* ever taken in this stage */
  char *step;      /* what is being done, for the log; NULL: between two steps */
  gboolean begun;  /* there was a step */
  guint64 step_from;
  guint64 mark;      /* the trace's record where the last exchange began */
  guint64 mark_end;  /* and where it ended; 0: it is the last */
  guint64 counted_to; /* the trace's record up to which wire is counted */
  guint64 wire;

  GMutex lock; /* guards what follows: the worker writes it, the main context takes it */
  struct
  {
    FlStage stage;
    double fraction;
    char *text; /* NULL: no news */
    double rate;
    int seconds_left;
    GPtrArray *log;
    GByteArray *sectors;
    gboolean sectors_changed;
    FlExplanation *explanation;
    char *board_state;
    double seconds;
    GSource *announce; /* attached, and has not run */
  } pending;
} FlJobPrivate;

/* Between the files of FlJob. */
FlJobPrivate *fl_job_get_private      (FlJob *self);
gboolean      fl_job_announce_cb      (gpointer user_data);           /* main context */
void          fl_job_changed          (FlJob *self);                  /* worker, with the lock held */
void          fl_job_take_log         (FlJob *self, FlLogStatus status, const char *detail, const char *text);
void          fl_job_take_entry       (FlJob *self, FlLogEntry *entry); /* (transfer full) */
void          fl_job_conclude_failure (FlJob *self, const GError *error);
void          fl_job_conclude_facts   (FlJob *self, FlStage stage, const GError *error);

/* What the kinds of job share beyond fl-job.h. Worker. */

FlBoot  *fl_job_get_boot      (FlJob *self, GError **error); /* fails when the session is not connected */
void     fl_job_begin_step    (FlJob *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void     fl_job_mark          (FlJob *self);                 /* the next exchange begins here */
char    *fl_job_suspend_step  (FlJob *self, guint64 *from);
void     fl_job_resume_step   (FlJob *self, char *step, guint64 from);
void     fl_job_mark_range    (FlJob *self, guint64 from, guint64 to); /* trace records that show what failed */
void     fl_job_end_step      (FlJob *self, const char *detail); /* [OK]; NULL: the exchanges since it began */
void     fl_job_fail_step     (FlJob *self, const char *message); /* [KO], and the job goes on */
void     fl_job_expect        (FlJob *self, double seconds); /* of the whole job, until a rate is known */
guint64  fl_job_count_wire    (FlJob *self);                 /* bytes both ways since the job began */
double   fl_job_get_elapsed   (FlJob *self);                 /* seconds since the job began */
FlFacts *fl_job_get_own_facts (FlJob *self);                /* for what the traffic does not show */
FlSectorState fl_job_get_sector (FlJob *self, guint index);
gboolean fl_job_has_sectors   (FlJob *self);                 /* whether there is a map */

G_END_DECLS
