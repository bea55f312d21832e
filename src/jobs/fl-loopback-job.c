/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-loopback-job.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-session-private.h"

#define CHUNK      64  /* bytes that are sent before they are read: any adapter can hold so many */
#define SPARE_MS   300 /* beyond the time on the wire: the adapter's latency, and the computer's */
#define QUIET_MS   50  /* after the last byte: nothing more may come */
#define SLOW_PARTS 4   /* of the wire's time, and the spare time of a chunk: slower is worth a word */
#define SLOW_MS    40  /* for each chunk */

static const guint bauds[FL_LOOPBACK_N_RUNS] = { 9600, 115200 };

struct _FlLoopbackJob
{
  FlJob parent_instance;

  /* The worker's while it runs. */
  FlLoopbackRun runs[FL_LOOPBACK_N_RUNS];
  guint n_runs;
};

G_DEFINE_FINAL_TYPE (FlLoopbackJob, fl_loopback_job, FL_TYPE_JOB)

FlJob *
fl_loopback_job_new (FlSession *session)
{
  g_return_val_if_fail (FL_IS_SESSION (session), NULL);
  return g_object_new (FL_TYPE_LOOPBACK_JOB, "session", session, NULL);
}

const char *
fl_loopback_result_get_id (FlLoopbackResult result)
{
  static const char *const ids[] = {
    [FL_LOOPBACK_OK] = "ok",
    [FL_LOOPBACK_LOST] = "lost",
    [FL_LOOPBACK_CHANGED] = "changed",
    [FL_LOOPBACK_NONE] = "none",
  };

  g_return_val_if_fail ((guint) result < G_N_ELEMENTS (ids), NULL);
  return ids[result];
}

/**
 * fl_loopback_get_instruction:
 *
 * Returns: what to do before the test, translated
 */
const char *
fl_loopback_get_instruction (void)
{
  return _ ("Take the board off the adapter, and bridge the adapter’s TX and RX with a wire.");
}

const FlLoopbackRun *
fl_loopback_job_get_runs (FlLoopbackJob *self, guint *n_runs)
{
  g_return_val_if_fail (FL_IS_LOOPBACK_JOB (self) && n_runs != NULL, NULL);
  *n_runs = self->n_runs;
  return self->runs;
}

/**
 * fl_loopback_job_get_result:
 *
 * Returns: how it went; %FL_LOOPBACK_NONE before it ran
 */
FlLoopbackResult
fl_loopback_job_get_result (FlLoopbackJob *self)
{
  g_return_val_if_fail (FL_IS_LOOPBACK_JOB (self), FL_LOOPBACK_NONE);
  for (guint i = 0; i < self->n_runs; i++)
    if (self->runs[i].result != FL_LOOPBACK_OK)
      return self->runs[i].result;
  return self->n_runs == FL_LOOPBACK_N_RUNS ? FL_LOOPBACK_OK : FL_LOOPBACK_NONE;
}

/**
 * fl_loopback_job_dup_words:
 *
 * Returns: (transfer full): what the result means and what to do next, translated
 */
char *
fl_loopback_job_dup_words (FlLoopbackJob *self)
{
  const FlLoopbackRun *bad;

  g_return_val_if_fail (FL_IS_LOOPBACK_JOB (self), NULL);
  bad = self->runs;
  while (bad + 1 < self->runs + self->n_runs && bad->result == FL_LOOPBACK_OK)
    bad++;
  switch (fl_loopback_job_get_result (self))
    {
    case FL_LOOPBACK_OK:
      return g_strdup (
          _ ("The adapter sends and receives without fault. Look at the wires to the board, and at the board. "
             "(Whether the parity bit leaves the adapter, a bridge cannot show: what is not sent is not "
             "missed.)"));
    case FL_LOOPBACK_LOST:
      return g_strdup_printf (_ ("The adapter lost %u of %u bytes at %u baud. Take another adapter, another cable, or "
                                 "another USB socket."),
                              bad->n_sent - bad->n_received, bad->n_sent, bad->baud);
    case FL_LOOPBACK_CHANGED:
      return g_strdup_printf (
          _ ("The adapter changed bytes at %u baud: %u of %u are wrong. Take another adapter, or a lower "
             "speed; is anything else on its pins?"),
          bad->baud, MAX (bad->n_changed, 1), bad->n_sent);
    case FL_LOOPBACK_NONE:
    default:
      return g_strdup (
          _ ("Nothing came back. Is the bridge between TX and RX of this adapter, and is this its port? If "
             "so, nothing leaves the adapter: take another one."));
    }
}

/* Every value occurs, with either parity, and no two chunks are the same: what is late or doubled is noticed. */
static guint8
get_byte (guint index)
{
  return (guint8) (index * 167 + index / 256 * 59 + 13);
}

static guint
get_wire_ms (const FlLoopbackRun *run, guint n_bytes)
{
  FlLineSettings settings = fl_line_settings_default;

  return n_bytes * fl_line_settings_get_bits (&settings) * 1000 / run->baud + 1;
}

/* Sends a chunk and takes what comes back. FALSE: the port failed. */
static gboolean
fl_loopback_job_send_chunk (FlLoopbackJob *self, FlLoopbackRun *run, GCancellable *cancellable, GError **error)
{
  FlTransport *transport = fl_session_get_transport (fl_job_get_session (FL_JOB (self)));
  guint8 sent[CHUNK];
  guint8 got[CHUNK];
  gsize n = 0;
  g_autoptr (GError) late = NULL;

  for (guint i = 0; i < CHUNK; i++)
    sent[i] = get_byte (run->n_sent + i);
  if (!fl_transport_write (transport, sent, CHUNK, get_wire_ms (run, CHUNK) + SPARE_MS, cancellable, error))
    return FALSE;
  if (!fl_transport_read (transport, got, CHUNK, get_wire_ms (run, CHUNK) + SPARE_MS, &n, cancellable, &late)
      && !g_error_matches (late, FL_ERROR, FL_ERROR_TIMEOUT))
    {
      g_propagate_error (error, g_steal_pointer (&late));
      return FALSE;
    }
  run->n_sent += CHUNK;
  run->n_received += (guint) n;
  for (guint i = 0; n == CHUNK && i < CHUNK; i++) /* behind a byte that is missing all are in another place */
    run->n_changed += got[i] != sent[i];
  fl_job_add_done (FL_JOB (self), CHUNK);
  return TRUE;
}

/* Whether more comes than was sent. */
static gboolean
fl_loopback_job_hear_excess (FlLoopbackJob *self, FlLoopbackRun *run, GCancellable *cancellable, GError **error)
{
  FlTransport *transport = fl_session_get_transport (fl_job_get_session (FL_JOB (self)));
  guint8 excess[CHUNK];
  gsize n;

  if (!fl_transport_read_some (transport, excess, sizeof excess, QUIET_MS, &n, cancellable, error))
    return FALSE;
  run->n_changed += (guint) n;
  run->errors = fl_transport_take_errors (transport);
  return TRUE;
}

static void
judge (FlLoopbackRun *run)
{
  if (run->n_received == 0)
    run->result = FL_LOOPBACK_NONE;
  else if (run->n_received < run->n_sent)
    run->result = FL_LOOPBACK_LOST;
  else if (run->n_changed > 0 || run->errors != 0)
    run->result = FL_LOOPBACK_CHANGED;
  else
    run->result = FL_LOOPBACK_OK;
}

static gboolean
fl_loopback_job_test_rate (FlLoopbackJob *self, FlLoopbackRun *run, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  FlSession *session = fl_job_get_session (job);
  FlTransport *transport = fl_session_get_transport (session);
  FlLineSettings settings = fl_line_settings_default;
  gint64 started;

  settings.baud = run->baud;
  if (!fl_session_set_line (session, &settings, error) || !fl_transport_sleep (transport, QUIET_MS, cancellable, error)
      || !fl_transport_discard (transport, error))
    return FALSE;
  fl_transport_take_errors (transport);
  started = fl_transport_get_time (transport);
  while (run->n_sent < FL_LOOPBACK_BYTES)
    {
      if (!fl_loopback_job_send_chunk (self, run, cancellable, error))
        return FALSE;
      if (run->n_received == 0) /* not bridged: more bytes would not tell more */
        break;
    }
  run->seconds = (double) (fl_transport_get_time (transport) - started) / G_USEC_PER_SEC;
  run->wire = (double) (run->n_sent * fl_line_settings_get_bits (&settings)) / run->baud;
  if (!fl_loopback_job_hear_excess (self, run, cancellable, error))
    return FALSE;
  judge (run);
  return TRUE;
}

static void
fl_loopback_job_log_run (FlLoopbackJob *self, const FlLoopbackRun *run)
{
  FlJob *job = FL_JOB (self);
  guint n_chunks = run->n_sent / CHUNK;
  g_autofree char *errors = run->errors != 0 ? fl_line_errors_to_string (run->errors) : NULL;
  g_autofree char *detail =
      g_strdup_printf (_ ("%u bytes sent, %u received, %u of them wrong; %.2f s, of which %.2f s on the wire%s%s"),
                       run->n_sent, run->n_received, run->n_changed, run->seconds, run->wire,
                       errors != NULL ? "; " : "", errors != NULL ? errors : "");

  /* Without the bytes: that they differ is said, and they mean nothing. */
  fl_job_log (job, run->result == FL_LOOPBACK_OK ? FL_LOG_OK : FL_LOG_FAILED, detail,
              _ ("Loop-back test at %u baud, even parity"), run->baud);
  if (run->n_received > 0 && run->seconds > run->wire * SLOW_PARTS + n_chunks * SLOW_MS / 1000.0)
    fl_job_log (job, FL_LOG_WARNING, NULL, _ ("The adapter is slow: %.2f s for what takes %.2f s on the wire"),
                run->seconds, run->wire);
}

static gboolean
fl_loopback_job_test (FlLoopbackJob *self, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);

  for (guint i = 0; i < FL_LOOPBACK_N_RUNS; i++)
    {
      FlLoopbackRun *run = &self->runs[i];

      *run = (FlLoopbackRun){ .baud = bauds[i] };
      fl_job_set_text (job, _ ("Sending to itself at %u baud"), run->baud);
      if (!fl_loopback_job_test_rate (self, run, cancellable, error))
        return FALSE;
      self->n_runs++;
      fl_loopback_job_log_run (self, run);
      if (run->result == FL_LOOPBACK_NONE)
        break;
    }
  return TRUE;
}

static gboolean
fl_loopback_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlLoopbackJob *self = FL_LOOPBACK_JOB (job);
  FlSession *session = fl_job_get_session (job);
  FlLineSettings settings = fl_line_settings_default;
  g_autofree char *words = NULL;
  FlFacts *facts = fl_job_get_own_facts (job);
  gboolean ok;

  if (fl_session_get_device (session) != NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE,
                           _ ("A board is connected on this port. Disconnect it first."));
      return FALSE;
    }
  settings.baud = bauds[0];
  fl_job_enter_stage (job, FL_STAGE_OPEN);
  fl_job_set_total (job, FL_LOOPBACK_N_RUNS * FL_LOOPBACK_BYTES);
  ok = fl_session_open (session, &settings, cancellable, error) && fl_loopback_job_test (self, cancellable, error);
  fl_session_close (session);
  if (!ok)
    return FALSE;
  words = fl_loopback_job_dup_words (self);
  fl_facts_set (facts, "port.open", "ok");
  fl_facts_set (facts, "loopback.result", fl_loopback_result_get_id (fl_loopback_job_get_result (self)));
  fl_facts_say (facts, "loopback.result", "%s", words);
  fl_job_log (job, fl_loopback_job_get_result (self) == FL_LOOPBACK_OK ? FL_LOG_INFO : FL_LOG_WARNING, NULL, "%s",
              words);
  return TRUE;
}

static void
fl_loopback_job_class_init (FlLoopbackJobClass *klass)
{
  FL_JOB_CLASS (klass)->run = fl_loopback_job_run;
  FL_JOB_CLASS (klass)->own_facts = TRUE;
}

static void
fl_loopback_job_init (FlLoopbackJob *self)
{
}
