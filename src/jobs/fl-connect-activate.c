/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-connect-private.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-session-private.h"

#define MANUAL_ATTEMPTS 3    /* by hand: time to press reset, and for an L47x, which takes 2.6 s to start */
#define LINE_ATTEMPTS   2    /* at a speed that was asked for, each with a reset by the adapter's lines */
#define LISTEN_MS       1000 /* for an application that talks of itself */

/* Speeds of the automatic choice, the best first. The bootloader measures the speed once after a reset, so each needs
 * one. */
static const guint automatic_bauds[] = { 115200, 57600, 38400, 9600 };

/* Whether an error only means that no bootloader was heard, so that another attempt makes sense. */
gboolean
fl_connect_is_unheard (const GError *error)
{
  return g_error_matches (error, FL_ERROR, FL_ERROR_NO_ANSWER) || g_error_matches (error, FL_ERROR, FL_ERROR_TIMEOUT)
         || g_error_matches (error, FL_ERROR, FL_ERROR_PROTOCOL) || g_error_matches (error, FL_ERROR, FL_ERROR_NACK);
}

/* Brings the board into its bootloader by the adapter's lines, where it is wired so. */
static gboolean
fl_connect_job_enter (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  const FlConnectOptions *options = fl_session_get_options (session);
  const FlEntryPreset *preset;

  if (options->entry != FL_ENTRY_DTR_RTS)
    return TRUE;
  preset = options->preset != NULL ? fl_entry_preset_find (options->preset) : NULL;
  if (preset != NULL)
    {
      fl_job_enter_stage (job, FL_STAGE_ENTER);
      fl_job_set_text (job, _ ("Resetting the board into its bootloader"));
      fl_job_begin_step (job, _ ("Resetting the board into its bootloader: %s"), _ (preset->title));
    }
  if (!fl_session_enter_bootloader (session, cancellable, error))
    return FALSE;
  if (preset != NULL)
    fl_job_end_step (job, _ (preset->description));
  return TRUE;
}

/* One call of the bootloader at the present speed. */
static gboolean
fl_connect_job_call (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlTransport *transport = fl_session_get_transport (session);
  g_autofree char *line = NULL;
  g_autofree char *message = NULL;
  g_autoptr (GError) problem = NULL;
  FlLineSettings settings;
  FlSyncState state;
  gint64 started;

  fl_transport_get_settings (transport, &settings);
  line = fl_line_settings_to_string (&settings);
  fl_job_enter_stage (job, FL_STAGE_SYNC);
  fl_job_set_text (job, _ ("Activating device at %s"), line);
  fl_job_begin_step (job, _ ("Activating device at %s"), line);
  started = fl_transport_get_time (transport);
  if (fl_boot_sync (fl_session_get_boot (session), &state, cancellable, &problem))
    {
      fl_job_end_step (job, NULL);
      if (state == FL_SYNC_ALREADY)
        fl_job_log (job, FL_LOG_INFO, NULL,
                    _ ("The bootloader was active already: it answered a second 7F with 1F, which is healthy"));
      return TRUE;
    }
  if (!fl_connect_is_unheard (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  message = g_strdup_printf (_ ("Sent 7F; no 79 came within %d ms. %s"),
                             (int) ((fl_transport_get_time (transport) - started) / 1000), problem->message);
  fl_job_fail_step (job, message);
  g_set_error_literal (error, FL_ERROR, FL_ERROR_NO_ANSWER, problem->message);
  return FALSE;
}

static gboolean
is_out_of_time (FlJob *job, guint attempt, guint n_planned)
{
  guint timeout_s = fl_session_get_options (fl_job_get_session (job))->timeout_s;

  return timeout_s > 0 ? fl_job_get_elapsed (job) >= timeout_s : attempt + 1 >= n_planned;
}

/* The last resort where nobody resets the board: a bootloader that was left in the middle of a packet hears 7F as a
 * part of it. Not before: other bytes than 7F make a fresh one deaf. */
static gboolean
fl_connect_job_revive (FlJob *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  fl_job_begin_step (job, _ ("Bringing back a bootloader that may wait for the rest of a command"));
  if (fl_boot_resync (fl_session_get_boot (fl_job_get_session (job)), cancellable, &problem))
    {
      fl_job_end_step (job, NULL);
      return TRUE;
    }
  if (fl_connect_is_unheard (problem))
    fl_job_fail_step (job, problem->message);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* What to explain a failure with: the first attempt in which anything came, since later ones were at other speeds; or
 * else the last one. */
typedef struct
{
  guint64 from; /* records of the trace */
  guint64 to;
  guint baud;
  gboolean heard;
} Attempt;

static gboolean
has_received (FlTrace *trace, guint64 from, guint64 to)
{
  g_autoptr (GPtrArray) records = fl_trace_copy (trace, from, to);

  for (guint i = 0; i < records->len; i++)
    if (((const FlTraceRecord *) g_ptr_array_index (records, i))->kind == FL_TRACE_RECEIVED)
      return TRUE;
  return FALSE;
}

static void
fl_connect_job_note_attempt (FlJob *job, Attempt *attempt, guint64 from)
{
  FlSession *session = fl_job_get_session (job);
  FlTrace *trace = fl_session_get_trace (session);

  if (attempt->heard)
    return;
  attempt->from = from;
  attempt->to = fl_trace_get_end (trace);
  attempt->baud = fl_session_get_baud (session);
  attempt->heard = has_received (trace, attempt->from, attempt->to);
}

static gboolean
fl_connect_job_set_baud (FlJob *job, guint baud, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlLineSettings settings;

  fl_transport_get_settings (fl_session_get_transport (session), &settings);
  if (settings.baud == baud)
    return TRUE;
  settings.baud = baud;
  return fl_session_set_line (session, &settings, error);
}

/* One attempt: the speed, ENTER, SYNC. %FL_ERROR_NO_ANSWER: another one makes sense. */
static gboolean
fl_connect_job_attempt (FlJob *job, guint index, Attempt *attempt, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  const FlConnectOptions *options = fl_session_get_options (session);
  guint64 from;
  gboolean ok;

  if (options->entry == FL_ENTRY_DTR_RTS && options->baud == 0
      && !fl_connect_job_set_baud (job, automatic_bauds[index % G_N_ELEMENTS (automatic_bauds)], error))
    return FALSE;
  if (!fl_connect_job_enter (job, cancellable, error))
    return FALSE;
  from = fl_trace_get_end (fl_session_get_trace (session));
  ok = fl_connect_job_call (job, cancellable, error);
  if (!ok)
    fl_connect_job_note_attempt (job, attempt, from);
  return ok;
}

/* Reads what comes within @ms. */
static gboolean
read_for (FlTransport *transport, guint ms, gsize *n_heard, GCancellable *cancellable, GError **error)
{
  gint64 deadline = fl_transport_get_time (transport) + (gint64) ms * 1000;
  guint8 data[64];
  gsize n;

  *n_heard = 0;
  for (gint64 left = ms; left > 0; left = (deadline - fl_transport_get_time (transport)) / 1000)
    {
      if (!fl_transport_read_some (transport, data, sizeof data, (guint) left, &n, cancellable, error))
        return FALSE;
      *n_heard += n;
    }
  return TRUE;
}

/* Applications talk without parity as a rule, which is garble at 8E1. Takes what comes within a moment, for the trace
 * and the explanation; whether anything came. */
static gboolean
fl_connect_job_listen (FlJob *job, guint baud, gboolean *heard, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlTransport *transport = fl_session_get_transport (session);
  FlLineSettings usual, settings;
  gsize n = 0;
  g_autofree char *line = NULL;
  gboolean ok;

  fl_transport_get_settings (transport, &usual);
  settings = usual;
  settings.baud = baud;
  settings.parity = FL_PARITY_NONE;
  line = fl_line_settings_to_string (&settings);
  fl_job_begin_step (job, _ ("Listening for an application at %s"), line);
  ok = fl_session_set_line (session, &settings, error) && read_for (transport, LISTEN_MS, &n, cancellable, error)
       && fl_session_set_line (session, &usual, error);
  *heard = n > 0;
  if (ok)
    fl_job_end_step (job, NULL);
  return ok;
}

/* ENTER and SYNC, as often as the way of entering allows. */
gboolean
fl_connect_activate (FlJob *job, GCancellable *cancellable, GError **error)
{
  const FlConnectOptions *options = fl_session_get_options (fl_job_get_session (job));
  gboolean lines = options->entry == FL_ENTRY_DTR_RTS;
  guint n_planned = !lines ? MANUAL_ATTEMPTS : options->baud == 0 ? G_N_ELEMENTS (automatic_bauds) : LINE_ATTEMPTS;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) revival = NULL;
  Attempt attempt = { 0 };
  gboolean heard = FALSE;

  for (guint i = 0;; i++)
    {
      g_clear_error (&problem);
      if (fl_connect_job_attempt (job, i, &attempt, cancellable, &problem))
        return TRUE;
      if (!g_error_matches (problem, FL_ERROR, FL_ERROR_NO_ANSWER))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (is_out_of_time (job, i, n_planned))
        break;
      if (options->entry == FL_ENTRY_MANUAL)
        fl_job_log (job, FL_LOG_WARNING, NULL,
                    _ ("No answer yet. Press reset on the board, with BOOT0 high: it is called again"));
      else if (options->entry == FL_ENTRY_APP)
        fl_job_log (job, FL_LOG_WARNING, NULL,
                    _ ("No answer yet. Have the application jump into the bootloader: it is called again"));
    }
  if (!lines && options->timeout_s == 0 && !attempt.heard && fl_connect_job_revive (job, cancellable, &revival))
    return TRUE;
  if (revival == NULL && !fl_connect_job_set_baud (job, attempt.baud, error))
    return FALSE;
  if (attempt.heard)
    {
      if (!fl_connect_job_listen (job, attempt.baud, &heard, cancellable, error))
        return FALSE;
      if (heard)
        attempt.to = fl_trace_get_end (fl_session_get_trace (fl_job_get_session (job)));
    }
  fl_job_mark_range (job, attempt.from, attempt.to);
  g_propagate_error (error, revival != NULL ? g_steal_pointer (&revival) : g_steal_pointer (&problem));
  return FALSE;
}
