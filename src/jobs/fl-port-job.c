/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-port-job.h"

#include <glib/gi18n-lib.h>

#include "fl-job-private.h"
#include "fl-session-private.h"

#define USUAL_BAUD 115200 /* where the speed is left to the program */
#define SETTLE_MS  100    /* of quiet after opening: the first start bit must be the first edge that the chip sees */
#define PULSE_MS   100    /* that a line stays as it was driven, at the least: longer than any reset takes */

struct _FlPortJob
{
  FlJob parent_instance;

  FlLines mask;
  FlLines lines;
};

G_DEFINE_FINAL_TYPE (FlPortJob, fl_port_job, FL_TYPE_JOB)

/**
 * fl_port_job_new:
 * @session: open or closed; of a board that was not called yet, or one that was
 * @mask: which of DTR and RTS are driven; 0: the port is opened only
 * @lines: those of @mask that are asserted
 *
 * Returns: (transfer full): a job that opens the port where it is closed, drives the lines, and gives them time to take
 * effect. A connect job after it uses the open port as it is.
 */
FlJob *
fl_port_job_new (FlSession *session, FlLines mask, FlLines lines)
{
  FlPortJob *self;

  g_return_val_if_fail (FL_IS_SESSION (session), NULL);
  g_return_val_if_fail ((mask & ~(FL_LINE_DTR | FL_LINE_RTS)) == 0 && (lines & ~mask) == 0, NULL);

  self = g_object_new (FL_TYPE_PORT_JOB, "session", session, NULL);
  self->mask = mask;
  self->lines = lines;
  return FL_JOB (self);
}

static void
get_settings (const FlConnectOptions *options, FlLineSettings *settings)
{
  const FlChip *expected = options->pid >= 0 ? fl_chip_db_find ((guint16) options->pid) : NULL;

  *settings = fl_line_settings_default;
  settings->baud = options->baud > 0 ? options->baud : USUAL_BAUD;
  settings->parity = expected != NULL && expected->no_parity ? FL_PARITY_NONE : options->parity;
  settings->stop_bits = options->two_stop_bits ? 2 : 1;
}

/**
 * fl_port_job_open:
 *
 * Opens the session's port with the line settings of its options, and waits until the line is quiet. Worker.
 *
 * Errors: those of fl_transport_open().
 */
gboolean
fl_port_job_open (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  g_autofree char *label = fl_transport_dup_label (fl_session_get_options (session)->port);
  g_autofree char *name = g_path_get_basename (label);
  g_autofree char *line = NULL;
  FlLineSettings settings;

  get_settings (fl_session_get_options (session), &settings);
  line = fl_line_settings_to_string (&settings);
  fl_job_enter_stage (job, FL_STAGE_OPEN);
  /* Translators: the port, then "115200 8E1". */
  fl_job_set_text (job, _ ("Opening port %s · %s"), name, line);
  fl_job_begin_step (job, _ ("Opening port %s · %s"), name, line);
  if (!fl_session_open (session, &settings, cancellable, error)
      || !fl_transport_sleep (fl_session_get_transport (session), SETTLE_MS, cancellable, error))
    return FALSE;
  fl_job_end_step (job, NULL);
  return TRUE;
}

static gboolean
fl_port_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlPortJob *self = FL_PORT_JOB (job);
  FlSession *session = fl_job_get_session (job);
  FlTransport *transport;

  fl_job_set_total (job, 1);
  if (fl_session_get_transport (session) == NULL && !fl_port_job_open (job, cancellable, error))
    return FALSE;
  if (self->mask == 0)
    return TRUE;
  transport = fl_session_get_transport (session);
  fl_job_enter_stage (job, FL_STAGE_ENTER);
  fl_job_begin_step (job, "%s", _ ("Driving DTR and RTS"));
  if (!fl_transport_set_lines (transport, self->mask, self->lines, error)
      || !fl_transport_sleep (transport, PULSE_MS, cancellable, error))
    return FALSE;
  fl_job_end_step (job, NULL);
  return TRUE;
}

static void
fl_port_job_class_init (FlPortJobClass *klass)
{
  FL_JOB_CLASS (klass)->run = fl_port_job_run;
}

static void
fl_port_job_init (FlPortJob *self)
{
}
