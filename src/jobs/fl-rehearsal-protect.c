/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rehearsal.h"

#include <glib/gi18n-lib.h>

#define PATIENCE_MS 60000 /* beyond the worst case: the second ACK may come late */
#define RESTART_MS  500   /* for the reset that these commands end with */
#define CALL_MS     200

/* Whether the board answers after its own reset; or else what makes it answer. */
static gboolean
fl_rehearsal_call_after (FlRehearsal *self, guint8 command)
{
  FlProbe *probe = self->probe;
  g_autofree char *code = g_strdup_printf ("%02X", command);
  FlProbeAnswer answer;
  gboolean ok;

  fl_job_begin_step (probe->job, _ ("Calling the bootloader after its own reset"));
  fl_probe_sleep (probe, RESTART_MS + (probe->chip != NULL ? probe->chip->startup_ms : 0));
  ok = fl_probe_call (probe, CALL_MS, &answer);
  if (fl_probe_is_over (probe))
    return FALSE;
  if (!fl_facts_is (probe->facts, "protect.after", "silent")) /* the first that failed is what is to be told */
    {
      fl_facts_set (probe->facts, "protect.command", code);
      fl_facts_set (probe->facts, "protect.after",
                    !ok                                         ? "silent"
                    : fl_probe_is_answer (&answer, FL_BOOT_ACK) ? "79"
                                                                : "1F");
    }
  fl_probe_end_step (probe, ok, "%s", ok ? _ ("it answers") : _ ("no answer"));
  if (ok)
    return TRUE;
  if (fl_probe_reset (probe) && fl_probe_call (probe, CALL_MS, &answer))
    {
      fl_facts_set (probe->facts, "after.reset", "79");
      fl_job_log (probe->job, FL_LOG_INFO, NULL, _ ("After a reset the bootloader answered"));
      return TRUE;
    }
  if (fl_probe_act (probe, FL_ACTION_POWER_CYCLE) && fl_probe_call (probe, CALL_MS, &answer))
    {
      fl_facts_set (probe->facts, "after.power-cycle", "79");
      fl_job_log (probe->job, FL_LOG_INFO, NULL, _ ("After a power cycle the bootloader answered"));
      return TRUE;
    }
  return FALSE;
}

/* One of the commands that end with a reset. Returns: whether the bootloader answers afterwards, and it was done. */
static gboolean
fl_rehearsal_protection (FlRehearsal *self, guint8 command, guint worst_ms, gboolean erases)
{
  FlProbe *probe = self->probe;
  FlProbeVerdict verdict = FL_PROBE_NACK;
  FlProbePlace place = FL_PROBE_AT_COMMAND;
  double seconds = 0;

  fl_job_begin_step (probe->job, "%s", fl_command_get_name (command));
  for (guint i = 0; i < 2 && verdict == FL_PROBE_NACK && place == FL_PROBE_AT_COMMAND; i++)
    {
      gint64 started = fl_transport_get_time (probe->transport);

      verdict = fl_probe_protection (probe, command, worst_ms + PATIENCE_MS, &place);
      if (fl_probe_is_over (probe))
        return FALSE;
      seconds = (double) (fl_transport_get_time (probe->transport) - started) / G_USEC_PER_SEC;
      if (i > 0 && verdict == FL_PROBE_OK)
        fl_facts_set_flag (probe->facts, "unprotect.first-nack", TRUE);
    }
  fl_probe_end_step (probe, verdict == FL_PROBE_OK, _ ("%s, %.1f s"), fl_probe_verdict_text (verdict), seconds);
  if (erases && verdict == FL_PROBE_OK && seconds * 1000 > worst_ms)
    {
      fl_facts_set_flag (probe->facts, "erase.slow", TRUE);
      fl_facts_set_number (probe->facts, "erase.seconds",
                           MAX (seconds, fl_facts_get_number (probe->facts, "erase.seconds", 0)));
    }
  if (verdict == FL_PROBE_NACK)
    return FALSE;
  self->alive = fl_rehearsal_call_after (self, command);
  return self->alive && verdict == FL_PROBE_OK;
}

static gboolean
has_command (FlRehearsal *self, guint8 command)
{
  return memchr (self->probe->info.commands, command, self->probe->info.n_commands) != NULL;
}

/**
 * fl_rehearsal_unprotect:
 *
 * Takes the readout protection away, which erases everything.
 *
 * Returns: whether memory can be read then
 */
gboolean
fl_rehearsal_unprotect (FlRehearsal *self)
{
  const FlBootLimits *limits = fl_boot_get_limits (fl_session_get_boot (self->probe->session));
  guint8 data[4];
  FlProbePlace place;

  if (!has_command (self, FL_COMMAND_READOUT_UNPROTECT)
      || !fl_rehearsal_protection (self, FL_COMMAND_READOUT_UNPROTECT, limits->erase_mass_ms + limits->option_ms, TRUE))
    return FALSE;
  return fl_probe_read (self->probe, self->probe->chip->flash_start, data, sizeof data, &place) == FL_PROBE_OK;
}

/* Write Unprotect; then readout protection on, and off again. */
void
fl_rehearsal_protect (FlRehearsal *self)
{
  const FlBootLimits *limits = fl_boot_get_limits (fl_session_get_boot (self->probe->session));

  if (!self->alive && !fl_probe_resume (self->probe))
    return;
  self->alive = TRUE;
  if (has_command (self, FL_COMMAND_WRITE_UNPROTECT))
    fl_rehearsal_protection (self, FL_COMMAND_WRITE_UNPROTECT, limits->option_ms, FALSE);
  if (self->alive && has_command (self, FL_COMMAND_READOUT_PROTECT)
      && fl_rehearsal_protection (self, FL_COMMAND_READOUT_PROTECT, limits->option_ms, FALSE))
    fl_rehearsal_unprotect (self);
}
