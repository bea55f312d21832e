/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

/* 7F, 79 and 1F have an odd number of ones, so that their bit of even parity is 1, as a stop bit is: whether there is
 * one at all, the synchronisation does not show. Get ID (02 FD) is blind for it as well when there is time between its
 * bytes; back to back, the missing bit makes the second byte begin too early. Get (00 FF) needs a parity bit of 0. */

#define TRIES 3 /* of each: a byte may get lost */

typedef struct
{
  FlProbeVerdict spaced;
  FlProbeVerdict id_together;
  FlProbeVerdict together; /* the worse of that, and Get */
  FlProbeVerdict zero;
  gboolean early_nack;
} Triad;

static FlProbeVerdict
fl_probe_try (FlProbe *self, gboolean is_get, gboolean spaced, gboolean *early_nack)
{
  FlBootInfo info;
  guint16 pid;
  FlProbeVerdict verdict =
      is_get ? fl_probe_get (self, spaced, &info, early_nack) : fl_probe_get_id (self, spaced, &pid, early_nack);

  if (verdict == FL_PROBE_OK && is_get)
    self->info = info;
  if (verdict == FL_PROBE_OK && !is_get)
    self->pid = pid;
  return verdict;
}

/* One of the three questions, a few times until it is answered well. A refusal that is not repeated belongs to what
 * came before it; one that comes while it is not certain that the bootloader is at the start of a command says
 * nothing. */
static FlProbeVerdict
fl_probe_ask_often (FlProbe *self, gboolean is_get, gboolean spaced, Triad *triad, gboolean *nacked_once)
{
  FlProbeVerdict worst = FL_PROBE_SILENT;
  gboolean sure = TRUE;

  for (guint i = 0; i < TRIES && !fl_probe_is_over (self); i++)
    {
      guint n_missing = self->n_missing + self->n_ack_missing;
      gboolean early = FALSE;
      FlProbeVerdict verdict = fl_probe_try (self, is_get, spaced, &early);

      if (verdict == FL_PROBE_OK && i == 1 && worst == FL_PROBE_NACK && sure && !*nacked_once)
        {
          *nacked_once = TRUE;
          fl_facts_set_flag (self->facts, "first-command.nack", TRUE);
        }
      /* With bytes lost on the way back, it was understood all the same. */
      if (verdict == FL_PROBE_OK || self->n_missing + self->n_ack_missing > n_missing)
        return FL_PROBE_OK;
      if (sure && (i == 0 || verdict == FL_PROBE_NACK))
        {
          triad->early_nack |= early;
          worst = verdict;
        }
      if (verdict != FL_PROBE_NACK || early)
        sure = fl_probe_settle (self);
    }
  return worst;
}

static void
fl_probe_ask_triad (FlProbe *self, Triad *triad, gboolean *nacked_once)
{
  triad->early_nack = FALSE;
  triad->spaced = fl_probe_ask_often (self, FALSE, TRUE, triad, nacked_once);
  triad->id_together = fl_probe_ask_often (self, FALSE, FALSE, triad, nacked_once);
  triad->together = triad->id_together == FL_PROBE_OK ? fl_probe_ask_often (self, TRUE, FALSE, triad, nacked_once)
                                                      : triad->id_together;
  triad->zero = fl_probe_ask_often (self, TRUE, TRUE, triad, nacked_once);
}

static gboolean
is_good (const Triad *triad)
{
  return triad->spaced == FL_PROBE_OK && triad->together == FL_PROBE_OK && triad->zero == FL_PROBE_OK;
}

/* Read Memory has an even number of ones in both its bytes, as Get has; what follows is refused, so that nothing is
 * read. */
static gboolean
fl_probe_hears_read (FlProbe *self, gboolean spaced)
{
  static const guint8 wrong[] = { 0x00, 0x00, 0x00, 0x00, 0xFF }; /* an address with a wrong checksum */
  gboolean usual = self->spaced;
  FlProbeVerdict verdict;

  self->spaced = spaced;
  verdict = fl_probe_command (self, FL_COMMAND_READ);
  self->spaced = usual;
  if (verdict != FL_PROBE_OK)
    {
      fl_probe_settle (self);
      return FALSE;
    }
  return fl_probe_packet (self, wrong, sizeof wrong, 300) == FL_PROBE_NACK;
}

/* Only Get is not answered; a command like it is: then that is not for want of a parity bit. */
static gboolean
fl_probe_misses_get_only (FlProbe *self, const Triad *triad)
{
  return triad->spaced == FL_PROBE_OK && triad->id_together == FL_PROBE_OK && !triad->early_nack
         && fl_probe_hears_read (self, TRUE) && fl_probe_hears_read (self, FALSE);
}

/* Whether it was the parity: with it the same goes wrong again. On a bad line one time fails and another does not. */
static gboolean
fl_probe_fails_again (FlProbe *self)
{
  gboolean good = FALSE;
  guint16 pid;

  fl_probe_set_line (self, self->line.baud, self->line.parity);
  for (guint i = 0; i < TRIES && !good && !fl_probe_is_over (self); i++)
    {
      fl_probe_settle (self);
      good = fl_probe_get_id (self, FALSE, &pid, NULL) == FL_PROBE_OK && fl_probe_hears_read (self, FALSE);
    }
  fl_probe_set_line (self, self->line.baud, FL_PARITY_NONE);
  fl_probe_settle (self);
  self->n_missing = self->n_ack_missing = 0; /* at the wrong parity nothing is whole */
  return !good;
}

/* The same without parity: a few families want it so. They take their rate from 7F anew only after a reset. */
static gboolean
fl_probe_try_without (FlProbe *self, const Triad *with)
{
  gboolean nacked_once = FALSE;
  FlProbeAnswer answer;
  gboolean read_with = with->spaced == FL_PROBE_OK && fl_probe_hears_read (self, FALSE);
  gboolean heard, ok;
  Triad without;

  fl_job_begin_step (self->job, _ ("Asking again without parity, as a few families need it"));
  fl_probe_set_line (self, self->line.baud, FL_PARITY_NONE);
  heard =
      fl_probe_can_reset (self) ? fl_probe_reset (self) && fl_probe_call (self, 200, &answer) : fl_probe_settle (self);
  if (!heard)
    fl_probe_settle (self);
  without.early_nack = FALSE;
  without.spaced = fl_probe_ask_often (self, FALSE, TRUE, &without, &nacked_once);
  without.together = fl_probe_ask_often (self, FALSE, FALSE, &without, &nacked_once);
  without.zero = fl_probe_ask_often (self, TRUE, FALSE, &without, &nacked_once);
  ok = without.together == FL_PROBE_OK
       && (with->together != FL_PROBE_OK || (with->zero != FL_PROBE_OK && without.zero == FL_PROBE_OK)
           || (!read_with && fl_probe_hears_read (self, FALSE)))
       && fl_probe_fails_again (self);
  if (fl_probe_is_over (self))
    return FALSE;
  fl_facts_set (self->facts, "parity.without", ok ? "ok" : "fail");
  fl_probe_end_step (self, ok, "%s", ok ? _ ("without parity its commands work") : _ ("that does not help"));
  if (ok)
    {
      self->line.parity = FL_PARITY_NONE;
      return TRUE;
    }
  fl_probe_set_line (self, self->line.baud, self->line.parity);
  if (fl_probe_can_reset (self))
    fl_probe_resume (self);
  else
    fl_probe_settle (self);
  return FALSE;
}

static void
fl_probe_forget (FlProbe *self)
{
  static const char *const names[] = { "parity.spaced",     "parity.together", "parity.zero",
                                       "parity.early-nack", "parity.without",  "first-command.nack" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    fl_facts_set (self->facts, names[i], NULL);
}

/**
 * fl_probe_parity:
 *
 * The three questions that show a missing parity bit.
 *
 * Returns: whether commands can be sent
 */
gboolean
fl_probe_parity (FlProbe *self)
{
  gboolean nacked_once = FALSE;
  Triad triad;
  gboolean ok;

  if (fl_probe_is_over (self))
    return FALSE;
  fl_job_begin_step (self->job, _ ("Looking for the parity bit: Get ID with and without a pause, Get with a pause"));
  fl_probe_ask_triad (self, &triad, &nacked_once);
  if (fl_probe_is_over (self))
    return FALSE;
  fl_probe_set_verdict (self, "parity.spaced", triad.spaced);
  fl_probe_set_verdict (self, "parity.together", triad.together);
  fl_probe_set_verdict (self, "parity.zero", triad.zero);
  fl_facts_set_flag (self->facts, "parity.early-nack", triad.early_nack);
  ok = is_good (&triad);
  if (!ok && fl_probe_misses_get_only (self, &triad))
    {
      fl_probe_end_step (self, FALSE, "%s", _ ("Get alone is not answered; a command like it is"));
      fl_probe_set_verdict (self, "parity.together", FL_PROBE_OK);
      fl_probe_set_verdict (self, "parity.zero", FL_PROBE_OK);
      return TRUE;
    }
  fl_probe_end_step (self, ok, _ ("with a pause %s, together %s, Get with a pause %s"),
                     fl_probe_verdict_text (triad.spaced), fl_probe_verdict_text (triad.together),
                     fl_probe_verdict_text (triad.zero));
  if (ok)
    return TRUE;
  if (self->line.parity != FL_PARITY_NONE && fl_probe_try_without (self, &triad))
    return TRUE;
  if (self->n_missing + self->n_ack_missing > 1) /* then all this says nothing of the parity bit */
    {
      fl_probe_forget (self);
      return TRUE;
    }
  fl_facts_set_flag (self->facts, "commands.silent",
                     triad.spaced == FL_PROBE_SILENT && triad.together == FL_PROBE_SILENT
                         && triad.zero == FL_PROBE_SILENT);
  self->spaced = triad.spaced == FL_PROBE_OK && triad.together != FL_PROBE_OK;
  return triad.spaced == FL_PROBE_OK;
}
