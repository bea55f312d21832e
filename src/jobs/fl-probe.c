/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-session-private.h"

#define QUIET_MS      50   /* after a byte: then all of an answer has come */
#define GRACE_MS      1000 /* for a probe to come to its end when time is up */
#define LONGEST_MS    500  /* of one answer: an application that never stops talking */
#define SPACE_MS      5    /* between two bytes, at the least: three characters at usual rates */
#define WRITE_MS      1000 /* for bytes to leave the port, beyond their time on the wire */
#define HANDS_WAIT_MS 50   /* after a reset button was let go */

/* How long is left until the automatic part has to end, without the time of those who act at the board; µs. */
static gint64
get_left (FlProbe *self)
{
  if (self->until == FL_PROBE_FOR_EVER)
    return FL_PROBE_FOR_EVER;
  return self->until + self->by_hands - fl_transport_get_time (self->transport);
}

/* Whether the port has failed, the user has cancelled, or time is up although a probe has not come to its end: on a
 * line on which something comes all the time each takes longer than it should. */
gboolean
fl_probe_is_over (FlProbe *self)
{
  if (self->error == NULL)
    g_cancellable_set_error_if_cancelled (self->cancellable, &self->error);
  return self->error != NULL || self->transport == NULL || get_left (self) < -GRACE_MS * 1000;
}

/* Whether a probe that takes @ms ends before the automatic part has to. */
gboolean
fl_probe_has_time (FlProbe *self, guint ms)
{
  return !fl_probe_is_over (self) && get_left (self) >= (gint64) ms * 1000;
}

void
fl_probe_sleep (FlProbe *self, guint ms)
{
  if (!fl_probe_is_over (self))
    fl_transport_sleep (self->transport, ms, self->cancellable, &self->error);
}

static guint
get_wire_ms (FlProbe *self, gsize n_bytes)
{
  FlLineSettings settings;

  fl_transport_get_settings (self->transport, &settings);
  return (guint) ((guint64) n_bytes * fl_line_settings_get_bits (&settings) * 1000 / MAX (settings.baud, 1)) + 1;
}

/* Takes what comes: waits @wait_ms for the first byte, then until it is quiet, or there are @wanted. */
static void
fl_probe_collect (FlProbe *self, guint wait_ms, guint quiet_ms, gsize wanted, FlProbeAnswer *answer)
{
  gint64 started = fl_transport_get_time (self->transport);
  gint64 end = started + (gint64) (wait_ms + LONGEST_MS) * 1000;

  while (answer->n < wanted && !fl_probe_is_over (self) && fl_transport_get_time (self->transport) < end)
    {
      gsize n = 0;

      if (!fl_transport_read_some (self->transport, answer->bytes + answer->n, wanted - answer->n,
                                   answer->n == 0 ? wait_ms : quiet_ms, &n, self->cancellable, &self->error)
          || n == 0)
        break;
      if (answer->n == 0)
        answer->first_ms = (guint) ((fl_transport_get_time (self->transport) - started) / 1000);
      answer->n += n;
    }
  answer->errors |= fl_transport_take_errors (self->transport);
}

/* All that comes within @ms, which pass whatever comes. */
void
fl_probe_hear (FlProbe *self, guint ms, FlProbeAnswer *answer)
{
  gint64 started, left;

  memset (answer, 0, sizeof *answer);
  if (fl_probe_is_over (self))
    return;
  started = fl_transport_get_time (self->transport);
  for (left = ms; left > 0 && answer->n < sizeof answer->bytes && !fl_probe_is_over (self);
       left = ms - (fl_transport_get_time (self->transport) - started) / 1000)
    {
      gsize n = 0;

      if (!fl_transport_read_some (self->transport, answer->bytes + answer->n, sizeof answer->bytes - answer->n,
                                   (guint) left, &n, self->cancellable, &self->error))
        break;
      if (n > 0 && answer->n == 0)
        answer->first_ms = (guint) ((fl_transport_get_time (self->transport) - started) / 1000);
      answer->n += n;
    }
  answer->errors = fl_transport_take_errors (self->transport);
}

/* What came in meanwhile is not the answer to what will be sent. */
static void
fl_probe_drain (FlProbe *self)
{
  guint8 data[64];
  gsize n = 1, n_all = 0;

  for (guint i = 0; i < 16 && n > 0 && !fl_probe_is_over (self); i++)
    {
      if (!fl_transport_read_some (self->transport, data, sizeof data, 0, &n, self->cancellable, &self->error))
        n = 0;
      n_all += n;
    }
  self->strange |= n_all >= FL_PROBE_STRANGE;
  fl_transport_take_errors (self->transport);
}

/* Bytes that do not leave the port are a finding of their own. */
static gboolean
fl_probe_send (FlProbe *self, const guint8 *data, gsize length)
{
  guint timeout_ms = get_wire_ms (self, length) + WRITE_MS;

  if (fl_transport_write (self->transport, data, length, timeout_ms, self->cancellable, &self->error))
    return TRUE;
  if (g_error_matches (self->error, FL_ERROR, FL_ERROR_TIMEOUT))
    fl_facts_set_flag (self->facts, "port.blocked", TRUE);
  return FALSE;
}

/**
 * fl_probe_ask:
 * @wait_ms: for the first byte of the answer
 * @wanted: bytes after which it is complete; 0: when nothing more comes
 *
 * Sends bytes in one go, and takes what comes back.
 */
void
fl_probe_ask (FlProbe *self, const guint8 *data, gsize length, guint wait_ms, gsize wanted, FlProbeAnswer *answer)
{
  memset (answer, 0, sizeof *answer);
  fl_probe_drain (self);
  if (fl_probe_is_over (self) || !fl_probe_send (self, data, length))
    return;
  fl_probe_collect (self, wait_ms, MAX (QUIET_MS, get_wire_ms (self, 3)),
                    wanted > 0 ? MIN (wanted, sizeof answer->bytes) : sizeof answer->bytes, answer);
}

/* More of an answer, without sending anything. */
void
fl_probe_await (FlProbe *self, guint wait_ms, gsize wanted, FlProbeAnswer *answer)
{
  memset (answer, 0, sizeof *answer);
  if (!fl_probe_is_over (self))
    fl_probe_collect (self, wait_ms, QUIET_MS, MIN (wanted, sizeof answer->bytes), answer);
}

/**
 * fl_probe_ask_spaced:
 * @early: (out): what came before the second byte was sent: to a bootloader's eyes the first was damaged
 * @answer: (out): what came after it
 *
 * Sends two bytes with a pause of three characters at the least between them.
 */
void
fl_probe_ask_spaced (FlProbe *self, guint8 first, guint8 second, gsize wanted, FlProbeAnswer *early,
                     FlProbeAnswer *answer)
{
  memset (answer, 0, sizeof *answer);
  fl_probe_ask (self, &first, 1, 0, 1, early);
  if (fl_probe_is_over (self))
    return;
  fl_probe_collect (self, MAX (SPACE_MS, get_wire_ms (self, 3)), SPACE_MS, sizeof early->bytes, early);
  if (early->n == 0)
    fl_probe_ask (self, &second, 1, 300, wanted, answer);
}

void
fl_probe_set_line (FlProbe *self, guint baud, FlParity parity)
{
  FlLineSettings settings;

  if (fl_probe_is_over (self))
    return;
  fl_transport_get_settings (self->transport, &settings);
  settings.baud = baud;
  settings.parity = parity;
  fl_session_set_line (self->session, &settings, &self->error);
}

char *
fl_probe_dup_line (FlProbe *self)
{
  FlLineSettings settings = self->line;

  if (self->transport != NULL)
    fl_transport_get_settings (self->transport, &settings);
  return fl_line_settings_to_string (&settings);
}

gboolean
fl_probe_can_reset (FlProbe *self)
{
  return !fl_probe_is_over (self) && (self->preset != NULL || self->hands != NULL);
}

/* Has somebody at the board do something. Returns: whether it could be done. */
gboolean
fl_probe_act (FlProbe *self, FlAction action)
{
  if (fl_probe_is_over (self) || self->hands == NULL || !self->hands->act (self->port, action))
    return FALSE;
  fl_probe_sleep (self, HANDS_WAIT_MS);
  fl_probe_drain (self);
  return !fl_probe_is_over (self);
}

/**
 * fl_probe_reset:
 *
 * Resets the board, by the adapter's lines where they are wired, or else by the hands, and gives the chip time to
 * start.
 *
 * Returns: whether that could be done
 */
gboolean
fl_probe_reset (FlProbe *self)
{
  guint startup_ms = self->chip != NULL && self->chip->startup_ms > 0 ? self->chip->startup_ms : 100;

  if (fl_probe_is_over (self))
    return FALSE;
  if (self->preset == NULL)
    return fl_probe_act (self, FL_ACTION_RESET);
  if (!fl_entry_run (self->transport, self->preset->enter, self->cancellable, &self->error)
      || !fl_transport_sleep (self->transport, startup_ms, self->cancellable, &self->error))
    return FALSE;
  fl_probe_drain (self);
  return TRUE;
}

/* "79 01 04": what came; empty for nothing. */
void
fl_probe_set_bytes (FlProbe *self, const char *fact, const FlProbeAnswer *answer)
{
  g_autofree char *hex = answer->n > 0 ? fl_bytes_to_hex (answer->bytes, MIN (answer->n, 16), 16) : g_strdup ("");

  fl_facts_set (self->facts, fact, hex);
}

const char *
fl_probe_verdict_name (FlProbeVerdict verdict)
{
  static const char *const names[] = {
    [FL_PROBE_OK] = "ok", [FL_PROBE_NACK] = "nack", [FL_PROBE_SILENT] = "silent", [FL_PROBE_ODD] = "odd"
  };

  return names[verdict];
}

/* The same for people: behind a step of the log. */
const char *
fl_probe_verdict_text (FlProbeVerdict verdict)
{
  static const char *const texts[] = {
    [FL_PROBE_OK] = N_ ("acknowledged"),
    [FL_PROBE_NACK] = N_ ("refused"),
    [FL_PROBE_SILENT] = N_ ("no answer"),
    [FL_PROBE_ODD] = N_ ("no proper answer"),
  };

  return _ (texts[verdict]);
}

void
fl_probe_set_verdict (FlProbe *self, const char *fact, FlProbeVerdict verdict)
{
  if (!fl_probe_is_over (self))
    fl_facts_set (self->facts, fact, fl_probe_verdict_name (verdict));
}

/* The end of a step of the log: what was found stands behind it, the bytes unfold beneath. */
void
fl_probe_end_step (FlProbe *self, gboolean ok, const char *format, ...)
{
  FlJobPrivate *priv = fl_job_get_private (self->job);
  g_autofree char *step = NULL;
  g_autofree char *finding = NULL;
  g_autofree char *text = NULL;
  g_autofree char *detail = NULL;
  va_list arguments;

  if (fl_probe_is_over (self)) /* the job says why */
    return;
  va_start (arguments, format);
  finding = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  step = g_steal_pointer (&priv->step);
  text = g_strdup_printf ("%s: %s", step, finding);
  detail = fl_job_dup_detail (self->job, priv->step_from);
  fl_job_take_log (self->job, ok ? FL_LOG_OK : FL_LOG_FAILED, detail, text);
}
