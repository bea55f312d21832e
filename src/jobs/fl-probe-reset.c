/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

#define CALL_MS   150  /* for an answer after a reset */
#define TRIAL_MS  700  /* that one trial takes at the most, by hands */
#define LINES_MS  1500 /* that one arrangement of DTR and RTS takes at the most */
#define RESUME    20   /* resets to get hold of a bootloader that answers now and then */
#define PROMPT_MS 150  /* within which programs send their first 7F after a reset */

/* When a 7F is sent after a reset, to see from when on it is heard. */
static const guint start_ms[] = { 20, 50, 150, 300, 600, 1000, 2000 };

static gboolean
fl_probe_try_reset (FlProbe *self)
{
  FlProbeAnswer answer;

  return fl_probe_reset (self) && fl_probe_call (self, CALL_MS, &answer);
}

/**
 * fl_probe_try_resets:
 * @n: how often, if time allows
 *
 * Resets and calls the board again and again: one that answers now and then is caught by something else in between.
 */
void
fl_probe_try_resets (FlProbe *self, guint n)
{
  guint tried = 0, ok = 0;

  if (!fl_probe_can_reset (self))
    return;
  fl_job_begin_step (self->job, _ ("Resetting and calling the board up to %u times"), n);
  while (tried < n && fl_probe_has_time (self, TRIAL_MS))
    {
      ok += fl_probe_try_reset (self);
      tried++;
    }
  if (fl_probe_is_over (self) || tried == 0)
    return;
  fl_facts_set_number (self->facts, "trials.n", tried);
  fl_facts_set_number (self->facts, "trials.ok", ok);
  fl_facts_say (self->facts, "trials.ok", _ ("Of %u resets %u were followed by an answer"), tried, ok);
  fl_probe_end_step (self, ok == tried, _ ("it answered after %u of %u"), ok, tried);
}

/**
 * fl_probe_time_start:
 *
 * How long after a reset the first 7F is heard. Sent too early, it is lost.
 */
void
fl_probe_time_start (FlProbe *self)
{
  FlProbeAnswer answer = { 0 };
  gint64 started;
  guint at = 0;

  if (!fl_probe_can_reset (self))
    return;
  fl_job_begin_step (self->job, _ ("Looking how soon after a reset it answers"));
  if (!fl_probe_reset (self))
    return;
  started = fl_transport_get_time (self->transport);
  for (guint i = 0; i < G_N_ELEMENTS (start_ms) && answer.n == 0 && !fl_probe_is_over (self); i++)
    {
      static const guint8 sync = FL_BOOT_SYNC;
      guint passed = (guint) ((fl_transport_get_time (self->transport) - started) / 1000);

      at = start_ms[i];
      if (passed < at)
        fl_probe_sleep (self, at - passed);
      fl_probe_ask (self, &sync, 1, i + 1 < G_N_ELEMENTS (start_ms) ? (start_ms[i + 1] - at) / 2 : CALL_MS, 0, &answer);
    }
  if (fl_probe_is_over (self))
    return;
  if (!fl_probe_is_answer (&answer, FL_BOOT_ACK)) /* 1F: the one before was heard, and this was half a command */
    {
      fl_probe_end_step (self, answer.n > 0, "%s", answer.n > 0 ? _ ("at once") : _ ("not at all this time"));
      return;
    }
  fl_facts_set_number (self->facts, "sync.start-ms", at);
  fl_probe_end_step (self, at <= PROMPT_MS, _ ("it heard the 7F that was sent %u ms after the reset"), at);
  if (at <= PROMPT_MS)
    return;
  fl_facts_set (self->facts, "sync.kind", "late");
  fl_facts_say (self->facts, "sync.kind", _ ("It is deaf for up to %u ms after a reset: a 7F before that is lost"), at);
}

/**
 * fl_probe_resume:
 *
 * Gets hold of a bootloader again after the board was reset, or was caught by something else.
 *
 * Returns: whether it answers
 */
gboolean
fl_probe_resume (FlProbe *self)
{
  for (guint i = 0; i < RESUME && fl_probe_can_reset (self); i++)
    if (fl_probe_try_reset (self))
      return TRUE;
  return FALSE;
}

/**
 * fl_probe_try_lines:
 *
 * All arrangements of DTR and RTS, the usual ones first. The one that brings an answer is kept.
 *
 * Returns: whether there is one
 */
gboolean
fl_probe_try_lines (FlProbe *self)
{
  const FlEntryPreset *usual = self->preset;
  guint n_presets, tried = 0;
  const FlEntryPreset *presets = fl_entry_presets (&n_presets);

  if (fl_probe_is_over (self))
    return FALSE;
  for (guint i = 0; i < n_presets && fl_probe_has_time (self, LINES_MS); i++)
    {
      gboolean ok;

      self->preset = &presets[i];
      fl_job_begin_step (self->job, _ ("Resetting the board into its bootloader: %s"), _ (presets[i].title));
      ok = fl_probe_try_reset (self);
      tried++;
      fl_probe_end_step (self, ok, "%s", ok ? _ ("it answers") : _ ("no answer"));
      fl_facts_set_number (self->facts, "lines.tried", tried);
      if (!ok)
        continue;
      fl_facts_set (self->facts, "lines.variant", presets[i].id);
      fl_facts_say (self->facts, "lines.variant", _ ("With “%s” the bootloader answers"), _ (presets[i].title));
      return TRUE;
    }
  self->preset = usual;
  return FALSE;
}
