/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-probe.h"

#include <glib/gi18n-lib.h>

#include "fl-job-facts.h"

#define CALL_MS  300
#define PORT_MS  1000 /* that one port takes at the most */
#define SLEEP_MS 100  /* after opening */

/**
 * fl_probe_look_around:
 *
 * What the operating system knows: of the port, and of what else is plugged in.
 *
 * Returns: (transfer full) (nullable): all of it
 */
FlSurroundings *
fl_probe_look_around (FlProbe *self)
{
  FlSurroundings *around = fl_surroundings_look (self->port);

  if (around == NULL)
    return NULL;
  fl_job_facts_take_surroundings (self->facts, around);
  return around;
}

static gboolean
fl_probe_call_port (FlProbe *self, const char *port)
{
  FlProbe other = { .job = self->job,
                    .session = self->session,
                    .facts = self->facts,
                    .port = port,
                    .cancellable = self->cancellable,
                    .line = self->line,
                    .until = FL_PROBE_FOR_EVER };
  FlProbeAnswer answer = { 0 };
  gboolean ok;

  other.transport = fl_transport_open (port, &self->line, self->cancellable, NULL);
  if (other.transport == NULL)
    return FALSE;
  fl_probe_sleep (&other, SLEEP_MS);
  ok = fl_probe_call (&other, CALL_MS, &answer);
  fl_transport_close (other.transport);
  g_object_unref (other.transport);
  g_clear_error (&other.error);
  return ok;
}

/**
 * fl_probe_other_ports:
 * @ports: (element-type utf8): that might be the right one
 *
 * Calls a bootloader on them. Only when the user has allowed it: something else may be listening there.
 *
 * Returns: whether one answers
 */
gboolean
fl_probe_other_ports (FlProbe *self, GPtrArray *ports)
{
  for (guint i = 0; i < ports->len && fl_probe_has_time (self, PORT_MS); i++)
    {
      const char *port = g_ptr_array_index (ports, i);
      g_autofree char *label = fl_transport_dup_label (port);
      gboolean ok;

      fl_job_begin_step (self->job, _ ("Calling the bootloader on %s"), label);
      ok = fl_probe_call_port (self, port);
      fl_probe_end_step (self, ok, "%s", ok ? _ ("it answers there") : _ ("no answer"));
      fl_facts_set_flag (self->facts, "other-port.answers", ok);
      if (!ok)
        continue;
      fl_facts_set (self->facts, "other-port.name", label);
      fl_facts_say (self->facts, "other-port.answers", _ ("A bootloader answers on %s"), label);
      return TRUE;
    }
  return FALSE;
}
