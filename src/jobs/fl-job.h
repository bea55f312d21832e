/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-facts.h"
#include "fl-log.h"
#include "fl-session.h"

G_BEGIN_DECLS

/* What has become of one sector in a running job, for the map. */
typedef enum
{
  FL_SECTOR_UNTOUCHED,
  FL_SECTOR_PLANNED_ERASE, /* will be erased */
  FL_SECTOR_PLANNED_WRITE, /* will be erased and written */
  FL_SECTOR_PLANNED_CHECK, /* seems to hold what it is to hold; will be compared */
  FL_SECTOR_PLANNED_BLANK, /* seems to be blank; will be written without being erased */
  FL_SECTOR_UNCHANGED,     /* not touched, compared, and as it is to be */
  FL_SECTOR_ERASED,
  FL_SECTOR_WRITING,       /* in part */
  FL_SECTOR_WRITTEN,
  FL_SECTOR_VERIFIED,
  FL_SECTOR_FAILED,
} FlSectorState;

/**
 * FlJob:
 *
 * A piece of work on a board. run_async() starts a worker thread that goes through the stages; everything it has to
 * say reaches the main context (the thread-default one of the caller) coalesced, at most 30 times a second:
 *
 * properties, all read only: "session", "stage" (int, #FlStage), "fraction" (0…1 over the whole job, by bytes on the
 * wire), "text" (what is being done now, translated), "rate" (bytes a second, 0: unknown), "seconds-left" (-1:
 * unknown), "running"; the log is a #GListModel of #FlLogEntry that only grows.
 *
 * Signal "sectors-changed": fl_job_get_sectors() has news.
 *
 * Cancelling works within 200 ms, at any byte. After a failure or a cancel fl_job_get_board_state() says in words what
 * state the board is left in and what to do, and fl_job_get_explanation() why.
 */
#define FL_TYPE_JOB (fl_job_get_type ())
G_DECLARE_DERIVABLE_TYPE (FlJob, fl_job, FL, JOB, GObject)

struct _FlJobClass
{
  GObjectClass parent_class;

  /* Worker. */
  gboolean (*run) (FlJob *self, GCancellable *cancellable, GError **error);

  gboolean takes_stale; /* it sees for itself in what state a job that broke off has left the bootloader */
  gboolean own_facts; /* its traffic is not a host's with a bootloader: only what it puts down itself counts */
};

void                 fl_job_run_async       (FlJob *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean             fl_job_run_finish      (FlJob *self, GAsyncResult *result, GError **error);

/* Main context. */
FlSession           *fl_job_get_session     (FlJob *self);
FlStage              fl_job_get_stage       (FlJob *self);
double               fl_job_get_fraction    (FlJob *self);
const char          *fl_job_get_text        (FlJob *self);
double               fl_job_get_rate        (FlJob *self);
int                  fl_job_get_seconds_left (FlJob *self);
gboolean             fl_job_is_running      (FlJob *self);
GListModel          *fl_job_get_log         (FlJob *self);         /* (transfer none) of FlLogEntry */
const guint8        *fl_job_get_sectors     (FlJob *self, guint *n_sectors); /* FlSectorState each; NULL: none */
const FlExplanation *fl_job_get_explanation (FlJob *self);         /* after a failure; NULL otherwise */
const FlFacts       *fl_job_get_facts       (FlJob *self);         /* after it ended: what was seen; NULL before */
const char          *fl_job_get_board_state (FlJob *self);         /* after a failure or cancel; nullable */
double               fl_job_get_seconds     (FlJob *self);         /* on the transport's clock */

/* Worker, for the kinds of job. */
void                 fl_job_enter_stage     (FlJob *self, FlStage stage);
void                 fl_job_set_text        (FlJob *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void                 fl_job_set_total       (FlJob *self, guint64 wire_bytes);    /* of the whole job */
void                 fl_job_add_done        (FlJob *self, guint64 wire_bytes);
void                 fl_job_log             (FlJob *self, FlLogStatus status, const char *detail, const char *format, ...)
                                             G_GNUC_PRINTF (4, 5);
char                *fl_job_dup_detail      (FlJob *self, guint64 from_record);   /* decoded exchanges since then */
void                 fl_job_init_sectors    (FlJob *self, guint n_sectors);
void                 fl_job_set_sector      (FlJob *self, guint index, FlSectorState state);
void                 fl_job_set_board_state (FlJob *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
