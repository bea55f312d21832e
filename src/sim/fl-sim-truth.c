/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-scenario.h"

/* What follows from a scenario for whoever stands at the board. */

/**
 * fl_sim_scenario_new_other_port:
 *
 * Returns: (transfer full): what the scenario's second port shows: a board that answers as @self says and is well
 *   otherwise; one that cannot be opened where @self knows of none
 */
FlSimScenario *
fl_sim_scenario_new_other_port (const FlSimScenario *self)
{
  FlSimScenario *other = g_new0 (FlSimScenario, 1);

  other->id = g_strdup (self->id);
  other->pid = self->pid;
  other->told_pid = self->told_pid;
  other->device_tx_baud_factor = 1.0;
  other->on_sync = self->other_port_on_sync;
  if (!other->on_sync.is_set)
    other->port_open_error = g_strdup ("ENOENT");
  return other;
}

/* Whether the application runs although BOOT0 is high. */
gboolean
fl_sim_scenario_boots_application (const FlSimScenario *self)
{
  return self->app_keeps_running == FL_SIM_TRUE || self->app_running == FL_SIM_TRUE || self->nboot_sel == FL_SIM_TRUE
         || self->nswboot0 == FL_SIM_FALSE || (self->app_stream != NULL && self->app_stream_after_ms == 0)
         || self->app_restarts_on_reset;
}

/**
 * fl_sim_scenario_explains:
 *
 * A board that is silent for a reason that is not told stays silent here whatever is done to it. That would be no
 * evidence: the same reset may have helped where the scenario was seen.
 *
 * Returns: whether what follows from a reset is known
 */
gboolean
fl_sim_scenario_explains (const FlSimScenario *self)
{
  gboolean silent = self->on_sync.is_set && self->on_sync.n_bytes == 0 && !self->on_sync.random;

  return !silent || self->on_second_sync.is_set || self->on_third_sync.is_set || self->on_sync_after_reset.is_set
         || self->on_sync_after_powercycle.is_set || self->on_sync_at_baud != NULL || self->success_rate > 0
         || self->captured_by != NULL || self->wires != NULL || self->debugger_attached == FL_SIM_TRUE
         || self->adapter_bad == FL_SIM_TRUE || fl_sim_scenario_boots_application (self);
}
