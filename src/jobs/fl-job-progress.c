/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-job-private.h"

#include "fl-session-private.h"
#include "fl-thread.h"

#define RATE_SAMPLE_US  (G_USEC_PER_SEC / 10) /* between two of them at the least: the window is 2.4 s */
#define RATE_WARM_UP_US (G_USEC_PER_SEC / 2)  /* before a rate means anything */

/* Worker, with the lock held. However often it is called, one announcement waits at the most, and 34 ms pass until it
 * runs: the main loop is never flooded. */
void
fl_job_changed (FlJob *self)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  if (priv->pending.announce != NULL)
    return;
  priv->pending.announce = g_timeout_source_new (FL_JOB_ANNOUNCE_MS);
  g_task_attach_source (priv->task, priv->pending.announce, fl_job_announce_cb);
}

void
fl_job_take_entry (FlJob *self, FlLogEntry *entry)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  g_mutex_lock (&priv->lock);
  g_ptr_array_add (priv->pending.log, entry);
  fl_job_changed (self);
  g_mutex_unlock (&priv->lock);
}

void
fl_job_take_log (FlJob *self, FlLogStatus status, const char *detail, const char *text)
{
  gint64 time = fl_session_get_elapsed (fl_job_get_private (self)->session);

  fl_job_take_entry (self, fl_log_entry_new (status, time, text, detail));
}

/**
 * fl_job_enter_stage:
 *
 * The next stage of the state machine. Worker.
 */
void
fl_job_enter_stage (FlJob *self, FlStage stage)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  FL_ASSERT_WORKER ();
  priv->n_samples = 0; /* erasing moves no bytes: its time says nothing about writing */
  g_mutex_lock (&priv->lock);
  priv->pending.stage = stage;
  priv->pending.rate = 0;
  fl_job_changed (self);
  g_mutex_unlock (&priv->lock);
}

/**
 * fl_job_set_text:
 *
 * What is being done now, for people. Worker.
 */
void
fl_job_set_text (FlJob *self, const char *format, ...)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  char *text;
  va_list arguments;

  FL_ASSERT_WORKER ();
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_mutex_lock (&priv->lock);
  g_free (priv->pending.text);
  priv->pending.text = text;
  fl_job_changed (self);
  g_mutex_unlock (&priv->lock);
}

/**
 * fl_job_set_total:
 * @wire_bytes: that the whole job will send and receive
 *
 * Worker. May be called again when the plan changes: the fraction does not fall for it.
 */
void
fl_job_set_total (FlJob *self, guint64 wire_bytes)
{
  FL_ASSERT_WORKER ();
  fl_job_get_private (self)->total = wire_bytes;
}

/* Bytes a second over the window, or 0 while it is too short to say. */
static double
fl_job_measure_rate (FlJobPrivate *priv, gint64 now)
{
  const RateSample *newest, *oldest;

  if (priv->n_samples == 0 || now - priv->samples[(priv->n_samples - 1) % FL_JOB_RATE_SAMPLES].time >= RATE_SAMPLE_US)
    priv->samples[priv->n_samples++ % FL_JOB_RATE_SAMPLES] = (RateSample){ now, priv->done };
  newest = &priv->samples[(priv->n_samples - 1) % FL_JOB_RATE_SAMPLES];
  oldest = &priv->samples[priv->n_samples <= FL_JOB_RATE_SAMPLES ? 0 : priv->n_samples % FL_JOB_RATE_SAMPLES];
  if (newest->time - oldest->time < RATE_WARM_UP_US)
    return 0;
  return (double) (newest->done - oldest->done) * G_USEC_PER_SEC / (double) (newest->time - oldest->time);
}

/**
 * fl_job_add_done:
 * @wire_bytes: of one exchange that has succeeded
 *
 * Worker. Fraction, rate and time left follow.
 */
void
fl_job_add_done (FlJob *self, guint64 wire_bytes)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  double rate, fraction, left = -1;

  FL_ASSERT_WORKER ();
  fl_job_count_wire (self);
  priv->done = MIN (priv->done + wire_bytes, priv->total);
  rate = fl_job_measure_rate (priv, fl_session_get_elapsed (priv->session));
  /* The last hundredth is for the end itself: what still has to be checked when all bytes are through. */
  fraction = priv->total > 0 ? MIN ((double) priv->done / (double) priv->total, 0.99) : 0;
  if (rate > 0)
    left = (double) (priv->total - priv->done) / rate;
  else if (priv->expected > 0)
    left = MAX (priv->expected - fl_job_get_elapsed (self), 1);

  g_mutex_lock (&priv->lock);
  priv->pending.fraction = MAX (priv->pending.fraction, fraction);
  priv->pending.rate = rate;
  priv->pending.seconds_left = left < 0 ? -1 : (int) MIN (left + 0.5, 24.0 * 3600);
  fl_job_changed (self);
  g_mutex_unlock (&priv->lock);
}

/**
 * fl_job_log:
 * @detail: (nullable): what a reader unfolds
 *
 * Adds a line to the log, at the session's present time. Worker.
 */
void
fl_job_log (FlJob *self, FlLogStatus status, const char *detail, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  FL_ASSERT_WORKER ();
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  fl_job_take_log (self, status, detail, text);
}

/**
 * fl_job_init_sectors:
 *
 * The map of sectors, all untouched. Worker; before fl_job_set_sector().
 */
void
fl_job_init_sectors (FlJob *self, guint n_sectors)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  FL_ASSERT_WORKER ();
  g_mutex_lock (&priv->lock);
  g_byte_array_set_size (priv->pending.sectors, n_sectors);
  if (n_sectors > 0)
    memset (priv->pending.sectors->data, FL_SECTOR_UNTOUCHED, n_sectors);
  priv->pending.sectors_changed = TRUE;
  fl_job_changed (self);
  g_mutex_unlock (&priv->lock);
}

void
fl_job_set_sector (FlJob *self, guint index, FlSectorState state)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  FL_ASSERT_WORKER ();
  g_return_if_fail (index < priv->pending.sectors->len);

  if (priv->pending.sectors->data[index] == state)
    return;
  g_mutex_lock (&priv->lock);
  priv->pending.sectors->data[index] = (guint8) state;
  priv->pending.sectors_changed = TRUE;
  fl_job_changed (self);
  g_mutex_unlock (&priv->lock);
}

/**
 * fl_job_get_sector:
 *
 * Returns: what the worker last said of this sector. Worker.
 */
FlSectorState
fl_job_get_sector (FlJob *self, guint index)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  FL_ASSERT_WORKER ();
  g_return_val_if_fail (index < priv->pending.sectors->len, FL_SECTOR_UNTOUCHED);
  return priv->pending.sectors->data[index];
}

gboolean
fl_job_has_sectors (FlJob *self)
{
  FL_ASSERT_WORKER ();
  return fl_job_get_private (self)->pending.sectors->len > 0;
}

/**
 * fl_job_set_board_state:
 *
 * What state a failure or a cancel leaves the board in, and what to do about it. Worker.
 */
void
fl_job_set_board_state (FlJob *self, const char *format, ...)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  char *text;
  va_list arguments;

  FL_ASSERT_WORKER ();
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_mutex_lock (&priv->lock);
  g_free (priv->pending.board_state);
  priv->pending.board_state = text;
  g_mutex_unlock (&priv->lock);
}
