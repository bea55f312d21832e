/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-restart-pass.h"

#include <glib/gi18n-lib.h>

#include "fl-describe.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-session-private.h"

#define SETTLE_MS 100  /* between the last ACK and the reset at most */
#define SLOW_MS   3000 /* the slowest start-up that is known: an L47x without its crystal (AN2606) */
#define BY_LINES  2    /* attempts with a reset by the adapter's lines */

static gboolean
is_unheard (const GError *error)
{
  return g_error_matches (error, FL_ERROR, FL_ERROR_NO_ANSWER) || g_error_matches (error, FL_ERROR, FL_ERROR_TIMEOUT)
         || g_error_matches (error, FL_ERROR, FL_ERROR_PROTOCOL) || g_error_matches (error, FL_ERROR, FL_ERROR_NACK);
}

/* Calls the bootloader until it answers, or @until has passed. */
static gboolean
call (FlRestartPass *self, gint64 until, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (self->job);
  FlTransport *transport = fl_session_get_transport (session);
  FlSyncState state;

  for (;;)
    {
      g_autoptr (GError) problem = NULL;

      fl_job_mark (self->job);
      if (fl_boot_sync (fl_session_get_boot (session), &state, cancellable, &problem))
        {
          self->no_reset = state == FL_SYNC_ALREADY;
          return TRUE;
        }
      if (!is_unheard (problem) || fl_transport_get_time (transport) >= until)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
}

/* A reset into the bootloader by the adapter's lines, where the board is wired so. */
static gboolean
enter_by_lines (FlRestartPass *self, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (self->job);
  const FlConnectOptions *options = fl_session_get_options (session);

  if (options->entry != FL_ENTRY_DTR_RTS || options->preset == NULL || fl_entry_preset_find (options->preset) == NULL)
    return FALSE;
  for (guint i = 0; i < BY_LINES; i++)
    {
      g_clear_error (error);
      if (!fl_session_enter_bootloader (session, cancellable, error))
        return FALSE;
      if (call (self, 0, cancellable, error))
        return TRUE;
    }
  return FALSE;
}

/* The bootloader answers again: it resets itself, and where BOOT0 is high comes back by itself; otherwise the lines
 * bring it back; one that did not reset, and was left in the middle of a packet, is brought back as well. */
static gboolean
find (FlRestartPass *self, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (self->job);
  FlTransport *transport = fl_session_get_transport (session);
  FlBoot *boot = fl_session_get_boot (session);
  guint startup_ms = fl_boot_get_limits (boot)->startup_ms;
  g_autoptr (GError) problem = NULL;
  gint64 until;

  if (!fl_transport_sleep (transport, SETTLE_MS + startup_ms, cancellable, error))
    return FALSE;
  until = fl_transport_get_time (transport) + (gint64) (self->busy_ms + SLOW_MS) * 1000;
  if (call (self, until, cancellable, &problem))
    return TRUE;
  if (is_unheard (problem) && enter_by_lines (self, cancellable, &problem))
    return TRUE;
  if (self->doubtful && is_unheard (problem) && fl_boot_resync (boot, cancellable, NULL))
    {
      self->no_reset = TRUE;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static FlDevice *
identify (FlRestartPass *self, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (self->job);
  FlBoot *boot = fl_session_get_boot (session);
  FlDevice *before = fl_session_get_device (session);
  g_autoptr (FlDevice) device = NULL;
  FlBootInfo info;
  guint16 pid;

  if (!fl_boot_get (boot, &info, cancellable, error) || !fl_boot_get_id (boot, &pid, cancellable, error))
    return NULL;
  device = fl_device_new (before->pid);
  device->bootloader_version = info.version;
  device->n_commands = MIN (info.n_commands, G_N_ELEMENTS (device->commands));
  memcpy (device->commands, info.commands, device->n_commands);
  if (!fl_describe_device (self->job, boot, device, cancellable, error))
    return NULL;
  return g_steal_pointer (&device);
}

/**
 * fl_restart_pass_run:
 *
 * After a command that makes the chip reset itself: waits for its start, synchronises, and reads anew what the chip
 * says of itself. The session has that device then.
 *
 * Source: AN3155, Write Protect and the commands after it, and Write Memory to option bytes.
 *
 * Errors: %FL_ERROR_NO_ANSWER when the bootloader does not come back; those of the line.
 */
gboolean
fl_restart_pass_run (FlRestartPass *self, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (self->job);
  FlDevice *device;

  fl_job_enter_stage (self->job, FL_STAGE_RESTART);
  fl_job_set_text (self->job, "%s", fl_stage_get_name (FL_STAGE_RESTART));
  fl_job_begin_step (self->job, "%s", fl_stage_get_name (FL_STAGE_RESTART));
  self->no_reset = FALSE;
  if (!find (self, cancellable, error))
    return FALSE;
  device = identify (self, cancellable, error);
  if (device == NULL)
    return FALSE;
  fl_session_set_supply (session, FL_SUPPLY_UNKNOWN);
  fl_session_replace_device (session, device);
  return TRUE;
}
