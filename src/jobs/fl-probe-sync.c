/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-garble.h"

#define FIRST_MS    1000 /* for the answer to 7F */
#define LATER_MS    500  /* before it is called a last time: a slow start */
#define LAST_MS     700
#define MAX_FACTORS 6    /* that are tried of those that explain a wrong answer */
#define TEXT_MS     1200 /* for the next line of an application that has spoken */
#define ECHO_BYTE   0x55 /* no answer of a bootloader, whatever it was sent */

/* Whether @byte is there, behind nothing but the stray bytes of a line that was just switched on. */
gboolean
fl_probe_is_answer (const FlProbeAnswer *answer, guint8 byte)
{
  gsize i = 0;

  while (i < answer->n && answer->bytes[i] != byte && (answer->bytes[i] == 0x00 || answer->bytes[i] == 0xFF))
    i++;
  return i < answer->n && answer->bytes[i] == byte;
}

static gboolean
is_heard (const FlProbeAnswer *answer)
{
  return fl_probe_is_answer (answer, FL_BOOT_ACK) || fl_probe_is_answer (answer, FL_BOOT_NACK);
}

static void
fl_probe_send_sync (FlProbe *self, guint wait_ms, FlProbeAnswer *answer)
{
  static const guint8 sync = FL_BOOT_SYNC;

  fl_probe_ask (self, &sync, 1, wait_ms, 0, answer);
}

/**
 * fl_probe_call:
 * @wait_ms: for each answer
 *
 * 7F, and once more when nothing came: one that was synchronised before answers the second with 1F.
 *
 * Returns: whether a bootloader has answered
 */
gboolean
fl_probe_call (FlProbe *self, guint wait_ms, FlProbeAnswer *answer)
{
  fl_probe_send_sync (self, wait_ms, answer);
  if (answer->n == 0)
    fl_probe_send_sync (self, wait_ms, answer);
  return is_heard (answer);
}

static void
fl_probe_set_kind (FlProbe *self, const char *kind)
{
  if (!fl_probe_is_over (self))
    fl_facts_set (self->facts, "sync.kind", kind);
}

static void
fl_probe_set_errors (FlProbe *self, FlLineErrors errors)
{
  g_autofree char *text = fl_line_errors_to_string (errors);

  fl_facts_set (self->facts, "sync.errors", text);
}

static gboolean
is_text (const FlProbeAnswer *answer)
{
  gsize n = 0;

  for (gsize i = 0; i < answer->n; i++)
    n += (answer->bytes[i] >= 0x20 && answer->bytes[i] < 0x7F) || answer->bytes[i] == '\r' || answer->bytes[i] == '\n';
  return answer->n >= 4 && n * 10 >= answer->n * 8;
}

static gboolean
is_one_bit_off (guint8 byte)
{
  return __builtin_popcount (byte ^ FL_BOOT_ACK) == 1 || __builtin_popcount (byte ^ FL_BOOT_NACK) == 1;
}

/* 7F came back: an echo, or a refusal at a wrong rate. 55 tells. Behind an echo there may be an answer. */
static gboolean
fl_probe_check_echo (FlProbe *self, const FlProbeAnswer *first)
{
  static const guint8 echo = ECHO_BYTE;
  gboolean behind = first->n > 1 && (first->bytes[1] == FL_BOOT_ACK || first->bytes[1] == FL_BOOT_NACK);
  FlProbeAnswer answer;
  gboolean is_echo;

  fl_job_begin_step (self->job, _ ("Sending 55, which no bootloader answers with 55"));
  fl_probe_ask (self, &echo, 1, 200, 0, &answer);
  if (fl_probe_is_over (self))
    return FALSE;
  is_echo = answer.n > 0 && answer.bytes[0] == ECHO_BYTE;
  fl_facts_set_flag (self->facts, "echo.55", is_echo);
  if (!is_echo)
    {
      fl_probe_end_step (self, TRUE, "%s", _ ("it did not come back: there is no echo"));
      return FALSE;
    }
  fl_facts_set_flag (self->facts, "echo.ack-behind", behind);
  fl_probe_end_step (self, FALSE, "%s",
                     behind ? _ ("it came back: the line echoes; behind the echo of 7F there was an answer")
                            : _ ("it came back: the line echoes, and nothing else is heard"));
  fl_probe_set_kind (self, "echo");
  return TRUE;
}

/* Asks for the ID at the rate at which the wrong answer would have been a right one. The line is left at that rate
 * when it is answered there. */
static gboolean
fl_probe_try_factor (FlProbe *self, double factor)
{
  guint baud = (guint) (self->line.baud * factor + 0.5);
  guint16 pid = 0;
  gboolean ok = FALSE;

  if (baud < 300 || baud == self->line.baud || fl_probe_is_over (self))
    return FALSE;
  fl_job_begin_step (self->job, _ ("Asking for the ID at %u baud, %.2f times the rate"), baud, factor);
  fl_probe_set_line (self, baud, self->line.parity);
  for (guint i = 0; i < 2 && !ok; i++)
    ok = (i == 0 || fl_probe_settle (self)) && fl_probe_get_id (self, i > 0, &pid, NULL) == FL_PROBE_OK;
  if (fl_probe_is_over (self))
    return FALSE;
  fl_probe_end_step (self, ok, "%s", ok ? _ ("it answers properly there") : _ ("it does not answer there"));
  if (!ok)
    {
      fl_probe_set_line (self, self->line.baud, self->line.parity);
      return FALSE;
    }
  fl_facts_set_number (self->facts, "garble.factor", factor);
  fl_facts_set_flag (self->facts, "garble.proved", TRUE);
  fl_facts_say (self->facts, "garble.proved", _ ("At %u baud it answers properly: it sends %.2f times as fast"), baud,
                factor);
  self->line.baud = baud;
  return TRUE;
}

/* Bytes that a bootloader does not send. Returns: whether it answers at a rate that explains them */
static gboolean
fl_probe_read_garble (FlProbe *self, const FlProbeAnswer *answer)
{
  double factor = fl_garble_guess_factor (answer->bytes, answer->n, answer->errors);
  gboolean inverted = fl_garble_is_inverted (answer->bytes, answer->n, answer->errors);
  g_autoptr (GArray) factors = fl_garble_list_factors (answer->bytes, answer->n, answer->errors);

  if (fl_probe_is_over (self))
    return FALSE;
  /* More than an answer makes at any rate: somebody talks, perhaps in other line settings. */
  if (answer->n > FL_GARBLE_MAX_BYTES && fl_probe_find_text (self, "listen.text", TEXT_MS))
    {
      fl_probe_set_kind (self, "text");
      return FALSE;
    }
  if (factor > 0)
    fl_facts_set_number (self->facts, "garble.factor", factor);
  fl_facts_set_flag (self->facts, "garble.inverted", inverted);
  if (answer->n == 1 && factor <= 0 && !inverted && is_one_bit_off (answer->bytes[0]))
    {
      fl_probe_set_kind (self, "bits");
      return FALSE;
    }
  fl_probe_set_kind (self, "garble");
  if (factor > 0 && fl_probe_try_factor (self, factor))
    return TRUE;
  for (guint i = 0; i < MIN (factors->len, MAX_FACTORS); i++)
    if (fl_probe_try_factor (self, g_array_index (factors, double, i)))
      return TRUE;
  if (factors->len > 0)
    fl_facts_set_flag (self->facts, "garble.proved", FALSE);
  return FALSE;
}

/* What came to the first 7F, when it was anything at all. Returns: whether there is a bootloader to talk to. */
static gboolean
fl_probe_classify (FlProbe *self, const FlProbeAnswer *answer)
{
  if (is_heard (answer))
    {
      gboolean leading = answer->bytes[0] != FL_BOOT_ACK && answer->bytes[0] != FL_BOOT_NACK;
      gboolean fresh = fl_probe_is_answer (answer, FL_BOOT_ACK);

      fl_probe_end_step (self, TRUE, "%s",
                         leading ? _ ("it answers, behind a stray byte")
                         : fresh ? _ ("it answers: 79")
                                 : _ ("1F: it was active already, with half a command in hand"));
      fl_probe_set_kind (self, leading ? "leading" : fresh ? "fresh" : "already");
      return TRUE;
    }
  if (answer->bytes[0] == FL_BOOT_SYNC)
    {
      fl_probe_end_step (self, FALSE, "%s", _ ("7F came back"));
      return !fl_probe_check_echo (self, answer) && fl_probe_read_garble (self, answer);
    }
  if (is_text (answer))
    {
      fl_probe_end_step (self, FALSE, "%s", _ ("text came, not an answer"));
      fl_probe_set_kind (self, "text");
      fl_probe_find_text (self, "listen.text", TEXT_MS);
      return FALSE;
    }
  fl_probe_end_step (self, FALSE, "%s", _ ("what came is not an answer"));
  return fl_probe_read_garble (self, answer);
}

/* Nothing came to the first 7F. */
static gboolean
fl_probe_call_again (FlProbe *self)
{
  FlProbeAnswer answer;

  fl_probe_end_step (self, FALSE, "%s", _ ("nothing came"));
  fl_job_begin_step (self->job, _ ("Sending a second 7F"));
  fl_probe_send_sync (self, FIRST_MS, &answer);
  fl_probe_set_bytes (self, "sync.second", &answer);
  if (fl_probe_is_answer (&answer, FL_BOOT_NACK))
    {
      fl_probe_end_step (self, TRUE, "%s", _ ("1F: it was active already, which is healthy"));
      fl_probe_set_kind (self, "already");
      return TRUE;
    }
  if (fl_probe_is_answer (&answer, FL_BOOT_ACK))
    {
      fl_probe_end_step (self, TRUE, "%s", _ ("79: it was not ready for the first"));
      fl_probe_set_kind (self, "late");
      return TRUE;
    }
  if (answer.n > 0)
    return fl_probe_classify (self, &answer);
  fl_probe_end_step (self, FALSE, "%s", _ ("nothing came"));

  fl_job_begin_step (self->job, _ ("Sending 7F a last time, after a pause"));
  fl_probe_sleep (self, LATER_MS);
  fl_probe_send_sync (self, LAST_MS, &answer);
  if (is_heard (&answer))
    {
      gboolean fresh = fl_probe_is_answer (&answer, FL_BOOT_ACK);

      /* 1F: the first was heard, and its answer was lost; the second was half a command. */
      fl_probe_end_step (self, TRUE, "%s", fresh ? _ ("79: it starts slowly") : _ ("1F: an answer was lost before"));
      fl_probe_set_kind (self, fresh ? "late" : "already");
      return TRUE;
    }
  if (answer.n > 0)
    return fl_probe_classify (self, &answer);
  fl_probe_end_step (self, FALSE, "%s", _ ("nothing came"));
  fl_probe_set_kind (self, "silent");
  return FALSE;
}

/**
 * fl_probe_sync:
 *
 * Calls the bootloader: one 7F, a second only when nothing came, a last one after a pause; then looks at what came.
 *
 * Returns: whether there is one that can be talked to
 */
gboolean
fl_probe_sync (FlProbe *self)
{
  g_autofree char *line = fl_probe_dup_line (self);
  FlProbeAnswer answer;

  if (fl_probe_is_over (self))
    return FALSE;
  fl_job_begin_step (self->job, _ ("Calling the bootloader with 7F at %s"), line);
  fl_probe_send_sync (self, FIRST_MS, &answer);
  if (fl_probe_is_over (self))
    return FALSE;
  fl_probe_set_bytes (self, "sync.first", &answer);
  fl_probe_set_errors (self, answer.errors);
  if (answer.n == 0)
    return fl_probe_call_again (self);
  fl_facts_set_number (self->facts, "sync.first-ms", answer.first_ms);
  return fl_probe_classify (self, &answer);
}
