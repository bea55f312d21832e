/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-diagnose-private.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-job-facts.h"
#include "fl-port-job.h"
#include "fl-rehearsal.h"

#define RESETS_MS     12000 /* for looking how reliably a board that answers does so after a reset */
#define WATCH_MS      1500  /* of an idle session */
#define WATCH_LONG_MS 5000  /* with a person at hand */
#define N_RESETS      10
#define N_HAND_RESETS 20  /* where they cost nothing */
#define TEXT_MS       600 /* at each rate, when nothing else was heard */
#define CALL_MS       200

/* The order of the probes: before anything is sent, the synchronisation, what may break the silence, and what a board
 * that answers is asked. */

/* What the user has set. */
void
fl_diagnose_set_options (FlProbe *probe)
{
  const FlConnectOptions *options = fl_session_get_options (probe->session);

  fl_job_facts_take_options (probe->facts, options, NULL);
  if (options->entry == FL_ENTRY_DTR_RTS && options->preset != NULL)
    probe->preset = fl_entry_preset_find (options->preset);
}

/* The chip that the user says it is, or that a practice board is made of. */
void
fl_diagnose_set_chip (FlProbe *probe, const FlSurroundings *around)
{
  const FlConnectOptions *options = fl_session_get_options (probe->session);
  FlDevice *device = fl_session_get_device (probe->session);
  int pid = options->pid >= 0 ? options->pid : around != NULL ? around->chip : -1;

  if (device != NULL && device->chip != NULL)
    probe->chip = device->chip;
  else if (pid >= 0)
    probe->chip = fl_chip_db_find ((guint16) pid);
  if (probe->chip == NULL)
    return;
  fl_facts_take_chip (probe->facts, probe->chip);
  fl_facts_set (probe->facts, "chip.from", device != NULL ? "board" : "user");
}

/* FALSE without an error: the port cannot be opened, which is a finding. */
gboolean
fl_diagnose_open (FlProbe *probe, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (fl_session_get_transport (probe->session) == NULL && !fl_port_job_open (probe->job, probe->cancellable, &problem))
    {
      /* Cancelling is no finding, nor is the description of a simulated board that cannot be read. */
      if (!fl_error_is_of_port (problem))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      fl_job_facts_take_error (probe->facts, FL_STAGE_OPEN, problem);
      fl_job_fail_step (probe->job, problem->message);
      return FALSE;
    }
  fl_facts_set (probe->facts, "port.open", "ok");
  probe->transport = fl_session_get_transport (probe->session);
  fl_transport_get_settings (probe->transport, &probe->line);
  return TRUE;
}

/* A session that is connected: is its bootloader still there? */
static gboolean
fl_diagnose_meet_session (FlProbe *probe)
{
  gboolean ok;

  fl_job_begin_step (probe->job, _ ("Looking whether the connected bootloader still answers"));
  ok = fl_probe_settle (probe);
  fl_probe_end_step (probe, ok, "%s", ok ? _ ("it does") : _ ("it does not"));
  if (ok)
    fl_facts_set (probe->facts, "sync.kind", "fresh");
  return ok;
}

static gboolean
may_call_others (FlProbe *probe)
{
  return fl_facts_is (probe->facts, "answer.other-ports", "yes")
         || (probe->hands != NULL && !fl_facts_is (probe->facts, "answer.other-ports", "no"));
}

/* No answer: what may bring one by itself. Returns: whether the bootloader answers on this port now. */
static gboolean
fl_diagnose_break_silence (FlProbe *probe, const FlSurroundings *around)
{
  FlSurroundings *again;
  gboolean ok;

  if (fl_session_get_options (probe->session)->entry == FL_ENTRY_DTR_RTS && fl_probe_try_lines (probe))
    return TRUE;
  fl_probe_try_resets (probe, probe->preset == NULL ? N_HAND_RESETS : N_RESETS);
  ok = fl_facts_get_number (probe->facts, "trials.ok", 0) > 0 && fl_probe_resume (probe);
  if (ok && probe->preset == NULL)
    fl_facts_set (probe->facts, "after.reset", "79"); /* somebody has pressed it */
  ok = ok || fl_probe_sweep_down (probe);
  if (!ok && around != NULL && may_call_others (probe) && fl_probe_other_ports (probe, around->other_ports))
    return FALSE;
  if (!ok)
    fl_probe_find_text (probe, "listen.text", TEXT_MS);
  again = fl_probe_look_around (probe); /* what has shown up since */
  g_clear_pointer (&again, fl_surroundings_free);
  return ok;
}

/* Something came that is no answer: perhaps there is one at a lower rate. */
static gboolean
fl_diagnose_clear_garble (FlProbe *probe)
{
  if (!fl_facts_is (probe->facts, "sync.kind", "garble") && !fl_facts_is (probe->facts, "sync.kind", "bits"))
    return FALSE;
  return fl_probe_sweep_down (probe);
}

/* Whether there is a bootloader to talk to, and how it was found. */
static gboolean
fl_diagnose_meet (FlProbe *probe, const FlSurroundings *around)
{
  if (fl_session_get_device (probe->session) != NULL && fl_diagnose_meet_session (probe))
    return TRUE;
  fl_probe_listen (probe);
  if (probe->preset != NULL)
    fl_probe_reset (probe);
  if (fl_probe_sync (probe))
    return TRUE;
  if (fl_facts_is (probe->facts, "sync.kind", "silent"))
    return fl_diagnose_break_silence (probe, around);
  return fl_diagnose_clear_garble (probe);
}

/* Which commands it takes, who it is, what it shows. Returns: whether commands can be relied on. */
gboolean
fl_diagnose_examine (FlDiagnoseJob *self, FlProbe *probe)
{
  if (!fl_probe_parity (probe))
    return FALSE;
  fl_probe_identity (probe);
  if (probe->spaced || fl_facts_is (probe->facts, "answers.ack-missing", "yes")
      || fl_facts_is (probe->facts, "answers.missing", "yes"))
    return FALSE;
  fl_probe_memory (probe);
  fl_probe_watch (probe, fl_diagnose_job_is_guided (self) && probe->hands == NULL ? WATCH_LONG_MS : WATCH_MS);
  return !fl_probe_is_over (probe)
         && fl_facts_get_number (probe->facts, "ids.good", 0) >= fl_facts_get_number (probe->facts, "ids.n", 1)
         && fl_facts_get (probe->facts, "listen.late-text") == NULL
         && fl_facts_get (probe->facts, "idle.died-ms") == NULL;
}

/* One that no reset brings back: does a cold start? */
static void
fl_diagnose_cold_start (FlProbe *probe)
{
  FlProbeAnswer answer = { 0 };
  gboolean ok;

  fl_job_begin_step (probe->job, _ ("Switching the board off and on"));
  if (!fl_probe_act (probe, FL_ACTION_POWER_CYCLE))
    return;
  ok = fl_probe_call (probe, CALL_MS, &answer);
  fl_probe_end_step (probe, ok, "%s", ok ? _ ("it answers") : _ ("no answer"));
  if (!fl_probe_is_over (probe))
    fl_facts_set (probe->facts, "after.power-cycle", ok ? "79" : answer.n > 0 ? "other" : "silent");
}

/* A board that answers may do so only now and then. By hands alone: to try that on a real one takes the user's. */
static gboolean
fl_diagnose_try_resets (FlProbe *probe)
{
  gint64 until = probe->until;
  gboolean reliable;

  if (probe->hands == NULL)
    return TRUE;
  probe->until = fl_transport_get_time (probe->transport) - probe->by_hands + (gint64) RESETS_MS * 1000;
  fl_probe_time_start (probe);
  if (fl_facts_get (probe->facts, "trials.n") == NULL)
    fl_probe_try_resets (probe, N_RESETS);
  reliable = fl_facts_get_number (probe->facts, "trials.ok", 0) >= fl_facts_get_number (probe->facts, "trials.n", 0);
  if (reliable && fl_facts_get (probe->facts, "sweep.pattern") == NULL)
    fl_probe_sweep_up (probe);
  probe->until = until;
  if (fl_facts_get_number (probe->facts, "trials.ok", 0) < 1)
    fl_diagnose_cold_start (probe);
  return fl_probe_resume (probe) && reliable;
}

static void
fl_diagnose_rehearse (FlDiagnoseJob *self, FlProbe *probe)
{
  FlRehearsal rehearsal = { .probe = probe,
                            .image = fl_diagnose_job_get_image (self),
                            .practice = probe->hands != NULL };

  if (probe->chip != NULL && (fl_diagnose_job_get_image (self) != NULL || probe->hands != NULL))
    fl_rehearsal_run (&rehearsal);
}

/* All that goes by itself. Returns: whether no bootloader answers. */
gboolean
fl_diagnose_job_probe (FlDiagnoseJob *self, FlProbe *probe, const FlSurroundings *around)
{
  gboolean met = fl_diagnose_meet (probe, around);
  gboolean usable = met && fl_diagnose_examine (self, probe);

  probe->until = FL_PROBE_FOR_EVER; /* what follows has its own bounds */
  if (!fl_probe_is_over (probe))
    {
      fl_diagnose_job_note_automatic (self);
      fl_diagnosis_free (fl_diagnose_job_conclude (self, probe));
      /* One that had to be woken by a reset is not relied on for more. */
      if (usable && !fl_facts_is (probe->facts, "sync.kind", "silent") && fl_diagnose_try_resets (probe))
        fl_diagnose_rehearse (self, probe);
    }
  return !met;
}
