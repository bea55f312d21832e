/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"

#define LISTEN_MS   300  /* before anything is sent */
#define WATCH_MS    200  /* between two questions to an idle session */
#define MIN_TEXT    4    /* characters that make a text */
#define LATE_MS     1200 /* for the next line of an application that has spoken */
#define BREAK_BYTES 3    /* of nothing but zeros with framing errors: the line is low */

/* Rates of applications, the usual ones first. */
static const guint text_bauds[] = { 115200, 9600, 57600, 38400, 19200, 230400, 460800, 921600, 4800 };

static gboolean
is_printable (guint8 byte)
{
  return (byte >= 0x20 && byte < 0x7F) || byte == '\r' || byte == '\n' || byte == '\t';
}

/* The longest run of characters in what came, or its first line; NULL where there is hardly one. */
static char *
dup_text (const FlProbeAnswer *answer)
{
  gsize best = 0, best_n = 0, n_printable = 0, run = 0;
  char *text;

  for (gsize i = 0; i < answer->n; i++)
    {
      gboolean printable = is_printable (answer->bytes[i]);

      n_printable += printable;
      run = printable && answer->bytes[i] >= 0x20 ? run + 1 : 0;
      if (run > best_n)
        {
          best_n = run;
          best = i + 1 - run;
        }
    }
  if (best_n < MIN_TEXT || n_printable * 10 < answer->n * 8)
    return NULL;
  text = g_strndup ((const char *) answer->bytes + best, MIN (best_n, 60));
  return g_strstrip (text);
}

static gboolean
is_break (const FlProbeAnswer *answer)
{
  return answer->n >= BREAK_BYTES && fl_bytes_all (answer->bytes, answer->n, 0)
         && (answer->errors & (FL_LINE_ERROR_BREAK | FL_LINE_ERROR_FRAMING)) != 0;
}

/**
 * fl_probe_find_text:
 * @fact: gets the first line of it
 * @each_ms: how long to listen at each rate
 *
 * Listens at the usual rates without parity, as applications talk. The line is as before afterwards.
 *
 * Returns: whether there is a text
 */
gboolean
fl_probe_find_text (FlProbe *self, const char *fact, guint each_ms)
{
  g_autofree char *text = NULL;
  guint baud = 0;

  if (fl_probe_is_over (self))
    return FALSE;
  fl_job_begin_step (self->job, _ ("Listening for text of an application at the usual rates"));
  for (guint i = 0; text == NULL && i < G_N_ELEMENTS (text_bauds) && fl_probe_has_time (self, each_ms); i++)
    {
      FlProbeAnswer answer;

      baud = text_bauds[i];
      fl_probe_set_line (self, baud, FL_PARITY_NONE);
      fl_probe_hear (self, each_ms, &answer);
      text = dup_text (&answer);
      if (answer.errors != 0) /* the right rate brings none */
        g_clear_pointer (&text, g_free);
    }
  fl_probe_set_line (self, self->line.baud, self->line.parity);
  if (fl_probe_is_over (self))
    return FALSE;
  if (text == NULL)
    {
      fl_probe_end_step (self, FALSE, "%s", _ ("there is none"));
      return FALSE;
    }
  fl_facts_set (self->facts, fact, text);
  fl_facts_set_number (self->facts, "listen.text-baud", baud);
  fl_facts_say (self->facts, fact, _ ("An application prints “%s” at %u baud"), text, baud);
  fl_probe_end_step (self, TRUE, _ ("“%s” at %u baud"), text, baud);
  return TRUE;
}

/**
 * fl_probe_listen:
 *
 * What is on the line while nobody has called the bootloader: errors, a break, an application that talks.
 */
void
fl_probe_listen (FlProbe *self)
{
  g_autofree char *line = fl_probe_dup_line (self);
  FlProbeAnswer answer;
  gboolean low;

  fl_job_begin_step (self->job, _ ("Listening at %s before anything is sent"), line);
  fl_probe_hear (self, LISTEN_MS, &answer);
  if (fl_probe_is_over (self))
    return;
  low = is_break (&answer);
  fl_facts_set_number (self->facts, "listen.bytes", (double) answer.n);
  fl_facts_set_number (self->facts, "listen.errors", answer.errors == 0 ? 0 : MAX (1, (double) answer.n));
  fl_facts_set_flag (self->facts, "listen.break", low);
  if (answer.n == 0 && answer.errors == 0)
    {
      fl_probe_end_step (self, TRUE, "%s", _ ("the line is quiet"));
      return;
    }
  if (low)
    {
      fl_probe_end_step (self, FALSE, "%s", _ ("the line is low, though nobody sends"));
      return;
    }
  fl_probe_end_step (self, FALSE, _ ("%zu bytes came, though nothing was sent"), answer.n);
  fl_probe_find_text (self, "listen.text", LATE_MS);
}

/**
 * fl_probe_explain_strange:
 *
 * Bytes have come in between that nobody had asked for: perhaps the application has started, and talks.
 *
 * Returns: whether that is so
 */
gboolean
fl_probe_explain_strange (FlProbe *self)
{
  if (!self->strange || fl_probe_is_over (self) || fl_facts_get (self->facts, "listen.late-text") != NULL)
    return FALSE;
  self->strange = FALSE;
  if (!fl_probe_find_text (self, "listen.late-text", LATE_MS))
    return FALSE;
  fl_facts_set_number (self->facts, "listen.late-ms", fl_job_get_elapsed (self->job) * 1000);
  fl_facts_set (self->facts, "first-command.nack", NULL); /* it was refused by what spoke in between */
  return TRUE;
}

/* Whether it still answers; bytes that are no answer are noted. */
static gboolean
fl_probe_is_alive (FlProbe *self)
{
  guint16 pid;

  for (guint i = 0; i < 3; i++)
    {
      if (fl_probe_get_id (self, self->spaced, &pid, NULL) == FL_PROBE_OK)
        return TRUE;
      fl_probe_settle (self);
    }
  return FALSE;
}

/**
 * fl_probe_watch:
 *
 * Leaves a session idle, but for a question now and then: a watchdog ends it after a constant time, and perhaps the
 * application speaks.
 */
void
fl_probe_watch (FlProbe *self, guint ms)
{
  gint64 started, passed = 0;
  FlProbeAnswer answer = { 0 };
  gboolean alive = TRUE;

  if (fl_probe_is_over (self))
    return;
  fl_job_begin_step (self->job, _ ("Watching the idle session"));
  started = fl_transport_get_time (self->transport);
  while (alive && answer.n == 0 && passed < ms && !fl_probe_is_over (self))
    {
      fl_probe_hear (self, WATCH_MS, &answer);
      alive = answer.n == 0 && fl_probe_is_alive (self);
      if (!fl_probe_is_over (self))
        passed = (fl_transport_get_time (self->transport) - started) / 1000;
    }
  if (fl_probe_is_over (self))
    return;
  if (alive && answer.n == 0)
    {
      fl_probe_end_step (self, TRUE, _ ("it answered to the end, for %.1f s"), (double) passed / 1000);
      return;
    }
  fl_facts_set_number (self->facts, "listen.late-ms", (double) passed);
  fl_probe_end_step (self, FALSE,
                     answer.n > 0 ? _ ("after %.1f s bytes came that nobody asked for")
                                  : _ ("after %.1f s it stopped answering"),
                     (double) passed / 1000);
  fl_probe_find_text (self, "listen.late-text", LATE_MS);
  if (!fl_probe_is_alive (self))
    fl_facts_set_number (self->facts, "idle.died-ms", (double) passed);
}
