/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-flash-jobs.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-flash-ops.h"
#include "fl-job-private.h"

#define GO_WIRE 10 /* bytes of Go, both ways */

struct _FlStartJob
{
  FlJob parent_instance;

  guint32 address;
};

G_DEFINE_FINAL_TYPE (FlStartJob, fl_start_job, FL_TYPE_JOB)

/**
 * fl_start_job_new:
 * @address: of the vector table: stack pointer, then start address; most often the first address of the flash
 *
 * Returns: (transfer full): a job that starts the application, and closes the session: the bootloader is gone then
 */
FlJob *
fl_start_job_new (FlSession *session, guint32 address)
{
  FlStartJob *self;

  g_return_val_if_fail (FL_IS_SESSION (session), NULL);

  self = g_object_new (FL_TYPE_START_JOB, "session", session, NULL);
  self->address = address;
  return FL_JOB (self);
}

/* Where Go does not work, a reset with BOOT0 low does, if the adapter's lines are wired to it. Some bootloaders leave
 * out an ACK of Go (H74x V9.0, AN2606). */
static gboolean
start_by_lines (FlJob *job, const GError *reason, GCancellable *cancellable)
{
  FlSession *session = fl_job_get_session (job);
  const FlConnectOptions *options = fl_session_get_options (session);
  const FlEntryPreset *preset = options->preset != NULL ? fl_entry_preset_find (options->preset) : NULL;

  if (options->entry != FL_ENTRY_DTR_RTS || preset == NULL)
    return FALSE;
  if (!g_error_matches (reason, FL_ERROR, FL_ERROR_TIMEOUT) && !g_error_matches (reason, FL_ERROR, FL_ERROR_NACK)
      && !g_error_matches (reason, FL_ERROR, FL_ERROR_UNSUPPORTED))
    return FALSE;
  fl_job_fail_step (job, reason->message);
  fl_job_begin_step (job, _ ("Resetting the board into its application: %s"), _ (preset->title));
  return fl_entry_run (fl_session_get_transport (session), preset->leave, cancellable, NULL);
}

/**
 * fl_ops_start:
 * @address: of the vector table
 *
 * Starts the application by Go; if that fails and the adapter's lines are wired, by a reset. The session is closed
 * then.
 *
 * Errors: those of fl_boot_go().
 */
gboolean
fl_ops_start (FlJob *job, guint32 address, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  g_autoptr (GError) problem = NULL;

  fl_job_enter_stage (job, FL_STAGE_START);
  fl_job_set_text (job, "%s", fl_stage_get_name (FL_STAGE_START));
  fl_job_begin_step (job, _ ("Starting the application at 0x%08X"), address);
  if (!fl_boot_go (fl_session_get_boot (session), address, cancellable, &problem)
      && !start_by_lines (job, problem, cancellable))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  fl_job_end_step (job, NULL);
  fl_job_count_wire (job);
  fl_session_close (session);
  return TRUE;
}

static gboolean
fl_start_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlStartJob *self = FL_START_JOB (job);

  if (fl_job_get_boot (job, error) == NULL)
    return FALSE;
  fl_job_set_total (job, GO_WIRE);
  if (!fl_ops_check_readable (fl_session_get_device (fl_job_get_session (job)), error)
      || !fl_ops_start (job, self->address, cancellable, error))
    {
      fl_job_set_board_state (
          job, "%s",
          _ ("Flash: nothing was changed. To start the application without the bootloader, set BOOT0 "
             "low and press reset."));
      return FALSE;
    }
  return TRUE;
}

static void
fl_start_job_class_init (FlStartJobClass *klass)
{
  FL_JOB_CLASS (klass)->run = fl_start_job_run;
}

static void
fl_start_job_init (FlStartJob *self)
{
}
