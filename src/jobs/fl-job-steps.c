/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-job-private.h"

#include <glib/gi18n-lib.h>

#include "fl-decode.h"
#include "fl-error.h"
#include "fl-job-facts.h"
#include "fl-session-private.h"
#include "fl-thread.h"

/* The exchanges between two records of the trace in words. */
static char *
fl_job_dup_range (FlJob *self, guint64 from, guint64 to)
{
  const guint first = 4, last = 8, columns = 160;
  FlTrace *trace = fl_session_get_trace (fl_job_get_private (self)->session);
  g_autoptr (GPtrArray) exchanges = fl_decode_trace (trace, from, to);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < exchanges->len; i++)
    {
      FlExchange *exchange = g_ptr_array_index (exchanges, i);

      if (exchanges->len > first + last + 1 && i == first)
        {
          guint left_out = exchanges->len - first - last;

          i += left_out - 1;
          g_string_append_printf (text, ngettext ("… %u more exchange …\n", "… %u more exchanges …\n", left_out),
                                  left_out);
          continue;
        }
      g_string_append_printf (text, "%s\n", exchange->title);
      for (guint line = 0; line < exchange->lines->len; line++)
        {
          const char *words = g_ptr_array_index (exchange->lines, line);
          const char *end =
              g_utf8_strlen (words, -1) > (glong) columns ? g_utf8_offset_to_pointer (words, columns) : NULL;

          if (end != NULL)
            g_string_append_printf (text, "  %.*s…\n", (int) (end - words), words);
          else
            g_string_append_printf (text, "  %s\n", words);
        }
    }
  if (text->len > 0)
    g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

/**
 * fl_job_dup_detail:
 * @from_record: number of a trace record
 *
 * Returns: (transfer full): the exchanges since then in words, a long middle left out; empty when there were none
 */
char *
fl_job_dup_detail (FlJob *self, guint64 from_record)
{
  return fl_job_dup_range (self, from_record, fl_trace_get_end (fl_session_get_trace (fl_job_get_session (self))));
}

/**
 * fl_job_get_boot:
 *
 * Errors: %FL_ERROR_USAGE when the session has no board.
 *
 * Returns: (transfer none): the bootloader of a connected session. Worker.
 */
FlBoot *
fl_job_get_boot (FlJob *self, GError **error)
{
  FlSession *session = fl_job_get_private (self)->session;
  FlBoot *boot = fl_session_get_boot (session);

  if (boot == NULL || fl_session_get_device (session) == NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE, _ ("No board is connected. Connect it first."));
      return NULL;
    }
  return boot;
}

/**
 * fl_job_begin_step:
 *
 * Begins what will be one line of the log: fl_job_end_step() writes it as [OK]; if the job fails meanwhile, it is
 * written as [KO]. Worker.
 */
void
fl_job_begin_step (FlJob *self, const char *format, ...)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  va_list arguments;

  FL_ASSERT_WORKER ();
  g_free (priv->step);
  va_start (arguments, format);
  priv->step = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  priv->begun = TRUE;
  fl_job_mark (self);
  priv->step_from = priv->mark;
}

void
fl_job_mark (FlJob *self)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  priv->mark = fl_trace_get_end (fl_session_get_trace (priv->session));
  priv->mark_end = 0;
}

void
fl_job_mark_range (FlJob *self, guint64 from, guint64 to)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  priv->mark = from;
  priv->mark_end = to;
}

/**
 * fl_job_suspend_step:
 * @from: (out): what fl_job_resume_step() takes
 *
 * For what has lines of its own in the log, and may have to be done in the middle of a step. Worker.
 *
 * Returns: (transfer full) (nullable): the step that was begun
 */
char *
fl_job_suspend_step (FlJob *self, guint64 *from)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  FL_ASSERT_WORKER ();
  *from = priv->step_from;
  return g_steal_pointer (&priv->step);
}

/**
 * fl_job_resume_step:
 * @step: (transfer full) (nullable): what fl_job_suspend_step() returned
 *
 * Goes on with it. A step that was begun meanwhile and has failed stays: it is what the job fails with. Worker.
 */
void
fl_job_resume_step (FlJob *self, char *step, guint64 from)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  FL_ASSERT_WORKER ();
  if (priv->step != NULL)
    {
      g_free (step);
      return;
    }
  priv->step = step;
  priv->step_from = from;
}

void
fl_job_end_step (FlJob *self, const char *detail)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  g_autofree char *step = g_steal_pointer (&priv->step);
  g_autofree char *exchanges = detail == NULL ? fl_job_dup_detail (self, priv->step_from) : NULL;

  g_return_if_fail (step != NULL);
  fl_job_take_log (self, FL_LOG_OK, detail != NULL ? detail : exchanges, step);
}

void
fl_job_fail_step (FlJob *self, const char *message)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  g_autofree char *step = g_steal_pointer (&priv->step);
  g_autofree char *exchanges = fl_job_dup_detail (self, priv->step_from);
  g_autofree char *detail = g_strdup_printf ("%s\n%s", message, exchanges);

  g_return_if_fail (step != NULL);
  fl_job_take_log (self, FL_LOG_FAILED, detail, step);
}

void
fl_job_expect (FlJob *self, double seconds)
{
  fl_job_get_private (self)->expected = seconds;
}

/**
 * fl_job_count_wire:
 *
 * fl_job_add_done() calls it often enough: the trace drops its oldest records.
 *
 * Returns: bytes sent and received since the job began. Worker.
 */
guint64
fl_job_count_wire (FlJob *self)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  FlTrace *trace = fl_session_get_trace (priv->session);
  guint64 end = fl_trace_get_end (trace);
  g_autoptr (GPtrArray) records = fl_trace_copy (trace, priv->counted_to, end);

  for (guint i = 0; i < records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (records, i);

      if (record->bytes != NULL)
        priv->wire += g_bytes_get_size (record->bytes);
    }
  priv->counted_to = end;
  return priv->wire;
}

double
fl_job_get_elapsed (FlJob *self)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  return (double) (fl_session_get_elapsed (priv->session) - priv->started) / G_USEC_PER_SEC;
}

static guint64
fl_job_get_mark_end (FlJobPrivate *priv)
{
  return priv->mark_end > 0 ? priv->mark_end : fl_trace_get_end (fl_session_get_trace (priv->session));
}

/* Splits the lines of the last exchange into what went out and what came in. */
static void
fl_job_collect_lines (FlJob *self, GPtrArray *sent, GPtrArray *received)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  FlTrace *trace = fl_session_get_trace (priv->session);
  g_autoptr (GPtrArray) exchanges = fl_decode_trace (trace, priv->mark, fl_job_get_mark_end (priv));

  for (guint i = 0; i < exchanges->len; i++)
    {
      FlExchange *exchange = g_ptr_array_index (exchanges, i);

      for (guint line = 0; line < exchange->lines->len; line++)
        {
          const char *text = g_ptr_array_index (exchange->lines, line);

          if (g_str_has_prefix (text, "> "))
            g_ptr_array_add (sent, g_strdup (text));
          else if (g_str_has_prefix (text, "< "))
            g_ptr_array_add (received, g_strdup (text));
        }
    }
}

static FlExplanation *
fl_job_explain (FlJob *self, const GError *error)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  const FlConnectOptions *options = fl_session_get_options (priv->session);
  FlDevice *device = fl_session_get_device (priv->session);
  FlTransport *transport = fl_session_get_transport (priv->session);
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) received = g_ptr_array_new_with_free_func (g_free);
  FlLineSettings settings = fl_line_settings_default;
  g_autofree char *port = fl_transport_dup_label (options->port);
  FlEvidence evidence = { .error = error, .port = port, .entry = options->entry };

  fl_job_collect_lines (self, sent, received);
  settings.parity = options->parity;
  if (options->baud > 0)
    settings.baud = options->baud;
  if (transport != NULL)
    fl_transport_get_settings (transport, &settings);
  evidence.settings = &settings;
  evidence.sent = sent;
  evidence.received = received;
  evidence.facts = priv->facts;
  if (device != NULL)
    evidence.chip = device->chip;
  else if (options->pid >= 0)
    evidence.chip = fl_chip_db_find ((guint16) options->pid);
  if (evidence.chip == NULL) /* it may have said so before it fell silent */
    evidence.chip = fl_job_facts_find_chip (priv->facts);
  g_mutex_lock (&priv->lock);
  evidence.stage = priv->pending.stage;
  g_mutex_unlock (&priv->lock);
  return fl_explain (&evidence);
}

/* The last line of a failed job. It unfolds to the message, where the line says something else; the bytes; and what it
 * can come from. */
static FlLogEntry *
make_failed_entry (FlJob *self, const char *step, const GError *error, const char *exchanges,
                   const FlExplanation *explanation)
{
  gint64 time = fl_session_get_elapsed (fl_job_get_session (self));
  g_autofree char *causes =
      explanation->diagnosis != NULL ? fl_diagnosis_to_text (explanation->diagnosis) : g_strdup ("");
  g_autofree char *seen = NULL;

  g_strchomp (causes);
  if (step == NULL)
    return fl_log_entry_new_failed (time, error->message, exchanges, causes);
  seen = g_strconcat (error->message, *exchanges != '\0' ? "\n" : "", exchanges, NULL);
  return fl_log_entry_new_failed (time, step, seen, causes);
}

/* Worker: a failed job's last line of the log, its explanation, and what becomes of the session. */
void
fl_job_conclude_failure (FlJob *self, const GError *error)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autofree char *exchanges = fl_job_dup_range (self, priv->mark, fl_job_get_mark_end (priv));
  g_autofree char *step = g_steal_pointer (&priv->step);

  if (cancelled && step == NULL && priv->begun)
    fl_job_log (self, FL_LOG_WARNING, exchanges, "%s", _ ("Cancelled"));
  else if (cancelled)
    fl_job_log (self, FL_LOG_WARNING, exchanges, _ ("Cancelled: %s"),
                step != NULL ? step : _ ("before anything was done"));
  else
    {
      FlExplanation *explanation = fl_job_explain (self, error);

      fl_job_take_entry (self, make_failed_entry (self, step, error, exchanges, explanation));
      g_mutex_lock (&priv->lock);
      g_clear_pointer (&priv->pending.explanation, fl_explanation_free);
      priv->pending.explanation = explanation;
      g_mutex_unlock (&priv->lock);
    }
  fl_session_set_stale (priv->session, TRUE);
  /* A port that vanished, or behind which no board was found, is of no further use. */
  if (g_error_matches (error, FL_ERROR, FL_ERROR_PORT_GONE) || fl_session_get_device (priv->session) == NULL)
    fl_session_close (priv->session);
}
