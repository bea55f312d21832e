/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-connect-job.h"

#include <glib/gi18n-lib.h>

#include "fl-connect-private.h"
#include "fl-describe.h"
#include "fl-device-declared.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-link-notes.h"
#include "fl-port-job.h"
#include "fl-rate.h"
#include "fl-session-private.h"

#define ID_ATTEMPTS 3 /* until two answers are the same */
#define STEPS       7 /* of the bar: there are hardly any bytes to count */

struct _FlConnectJob
{
  FlJob parent_instance;
};

G_DEFINE_FINAL_TYPE (FlConnectJob, fl_connect_job, FL_TYPE_JOB)

/**
 * fl_connect_job_new:
 *
 * Returns: (transfer full): a job that opens the session's port unless it is open, brings the board into its
 * bootloader, and finds out which chip it is. When it fails, the port is given back.
 */
FlJob *
fl_connect_job_new (FlSession *session)
{
  g_return_val_if_fail (FL_IS_SESSION (session), NULL);
  return g_object_new (FL_TYPE_CONNECT_JOB, "session", session, NULL);
}

/* The port, where nobody opened it before. A board whose lines were driven meanwhile may just be starting. */
static gboolean
fl_connect_job_open (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  const FlConnectOptions *options = fl_session_get_options (session);
  gboolean was_open = fl_session_get_transport (session) != NULL;
  FlBoot *boot;

  if (!was_open && !fl_port_job_open (job, cancellable, error))
    return FALSE;
  fl_job_add_done (job, 1);
  boot = fl_session_get_boot (session);
  fl_describe_set_limits (boot, options->pid >= 0 ? fl_chip_db_find ((guint16) options->pid) : NULL, 0,
                          FL_SUPPLY_UNKNOWN);
  return !was_open
         || fl_transport_sleep (fl_session_get_transport (session), fl_boot_get_limits (boot)->startup_ms, cancellable,
                                error);
}

static gboolean
fl_connect_job_try_get (FlJob *job, FlBootInfo *info, GCancellable *cancellable, GError **error)
{
  FlBoot *boot = fl_session_get_boot (fl_job_get_session (job));
  guint usual = 3;
  gboolean ok;

  /* Where the parity is wrong each repeat costs seconds, and cannot help. */
  fl_boot_set_max_retries (boot, 1);
  ok = fl_boot_get (boot, info, cancellable, error);
  fl_boot_set_max_retries (boot, usual);
  return ok;
}

/* GET. The first 7F looks the same with and without parity: WB0 and WL3, which have none, show only here. */
static gboolean
fl_connect_job_get (FlJob *job, FlBootInfo *info, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlBoot *boot = fl_session_get_boot (session);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) without_parity = NULL;
  FlLineSettings settings, changed;

  fl_job_enter_stage (job, FL_STAGE_GET);
  fl_job_set_text (job, "%s", fl_stage_get_name (FL_STAGE_GET));
  fl_job_begin_step (job, "%s", fl_stage_get_name (FL_STAGE_GET));
  if (fl_connect_job_try_get (job, info, cancellable, &problem))
    {
      fl_job_end_step (job, NULL);
      return TRUE;
    }
  fl_transport_get_settings (fl_session_get_transport (session), &settings);
  if (!fl_connect_is_unheard (problem) || settings.parity != FL_PARITY_EVEN)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  fl_job_fail_step (job, problem->message);

  changed = settings;
  changed.parity = FL_PARITY_NONE;
  fl_job_begin_step (job, _ ("Asking once more without parity, as a few families need it"));
  if (!fl_session_set_line (session, &changed, error))
    return FALSE;
  if (fl_boot_resync (boot, cancellable, &without_parity)
      && fl_connect_job_try_get (job, info, cancellable, &without_parity))
    {
      fl_job_end_step (job, NULL);
      return TRUE;
    }
  if (!fl_connect_is_unheard (without_parity))
    {
      g_propagate_error (error, g_steal_pointer (&without_parity));
      return FALSE;
    }
  fl_job_fail_step (job, without_parity->message);
  if (fl_session_set_line (session, &settings, error))
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Nothing in an answer to Get ID would show that a byte of it was damaged, and all that follows hangs on it: it has to
 * come twice. */
static gboolean
ask_id (FlBoot *boot, guint16 *pid, GCancellable *cancellable, GError **error)
{
  guint16 before;

  if (!fl_boot_get_id (boot, pid, cancellable, error))
    return FALSE;
  for (guint i = 0; i < ID_ATTEMPTS; i++)
    {
      before = *pid;
      if (!fl_boot_get_id (boot, pid, cancellable, error))
        return FALSE;
      if (*pid == before)
        return TRUE;
    }
  g_set_error (error, FL_ERROR, FL_ERROR_PROTOCOL,
               _ ("The chip gives another ID each time, 0x%03X and then 0x%03X: bytes are damaged on their way. Try a "
                  "lower speed, shorter wires, another adapter"),
               before, *pid);
  return FALSE;
}

static FlDevice *
fl_connect_job_identify (FlJob *job, const FlBootInfo *info, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  const FlConnectOptions *options = fl_session_get_options (session);
  g_autoptr (FlDevice) device = NULL;
  g_autofree char *name = NULL;
  g_autofree char *version = NULL;
  guint16 pid;

  fl_job_enter_stage (job, FL_STAGE_ID);
  fl_job_set_text (job, "%s", fl_stage_get_name (FL_STAGE_ID));
  fl_job_begin_step (job, "%s", fl_stage_get_name (FL_STAGE_ID));
  if (!ask_id (fl_session_get_boot (session), &pid, cancellable, error))
    return NULL;
  fl_job_end_step (job, NULL);
  device = fl_device_new (options->pid >= 0 ? (guint16) options->pid : pid);
  if (device->pid != pid)
    g_ptr_array_add (device->remarks,
                     g_strdup_printf (_ ("The chip says that its ID is 0x%03X; it is treated as 0x%03X, as was asked"),
                                      pid, device->pid));
  device->bootloader_version = info->version;
  device->n_commands = MIN (info->n_commands, G_N_ELEMENTS (device->commands));
  memcpy (device->commands, info->commands, device->n_commands);
  if (options->declared != NULL)
    fl_device_declare (device, options->declared);
  name = fl_device_dup_name (device);
  version = fl_device_dup_version (device);
  fl_job_log (job, FL_LOG_INFO, NULL, _ ("Found %s (PID 0x%03X), bootloader %s"), name, pid, version);
  return g_steal_pointer (&device);
}

/* What became of a declaration: at the end, when the chip has told what there is to compare it with. */
static void
fl_connect_job_explain_declaration (FlJob *job, FlDevice *device)
{
  const FlConnectOptions *options = fl_session_get_options (fl_job_get_session (job));
  g_autoptr (GPtrArray) sentences = NULL;
  g_autoptr (GString) detail = g_string_new (NULL);

  if (options->declared == NULL)
    return;
  sentences = fl_device_explain_declaration (device, options->declared);
  for (guint i = 0; i < sentences->len; i++)
    {
      const char *sentence = g_ptr_array_index (sentences, i);

      g_ptr_array_add (device->remarks, g_strdup (sentence));
      if (i > 0)
        g_string_append_printf (detail, "%s%s", i > 1 ? "\n" : "", sentence);
    }
  fl_job_log (job, FL_LOG_WARNING, detail->len > 0 ? detail->str : NULL, "%s",
              (const char *) g_ptr_array_index (sentences, 0));
}

static gboolean
fl_connect_job_talk (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlBoot *boot = fl_session_get_boot (session);
  g_autoptr (FlDevice) device = NULL;
  FlBootInfo info;
  guint failed;

  if (!fl_rate_activate (job, &failed, cancellable, error))
    return FALSE;
  fl_job_add_done (job, 2);
  if (!fl_connect_job_get (job, &info, cancellable, error))
    return FALSE;
  fl_job_add_done (job, 1);
  device = fl_connect_job_identify (job, &info, cancellable, error);
  if (device == NULL)
    return FALSE;
  fl_job_add_done (job, 1);
  fl_describe_set_limits (boot, device->chip, 0, FL_SUPPLY_UNKNOWN);
  fl_job_enter_stage (job, FL_STAGE_DESCRIBE);
  fl_job_set_text (job, "%s", fl_stage_get_name (FL_STAGE_DESCRIBE));
  fl_job_begin_step (job, "%s", fl_stage_get_name (FL_STAGE_DESCRIBE));
  if (!fl_describe_device (job, boot, device, cancellable, error))
    return FALSE;
  fl_connect_job_explain_declaration (job, device);
  if (!fl_rate_settle (job, device, failed, cancellable, error))
    return FALSE;
  fl_link_note_burst (job, device->protection == FL_PROTECTION_NONE);
  fl_link_note_pace (job);
  fl_session_take_device (session, g_steal_pointer (&device));
  return TRUE;
}

static gboolean
fl_connect_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);

  if (fl_session_get_device (session) != NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE,
                           _ ("This session already had its board. Begin a new one for the next board."));
      return FALSE;
    }
  fl_job_set_total (job, STEPS);
  return fl_connect_job_open (job, cancellable, error) && fl_connect_job_talk (job, cancellable, error);
}

static void
fl_connect_job_class_init (FlConnectJobClass *klass)
{
  FL_JOB_CLASS (klass)->run = fl_connect_job_run;
}

static void
fl_connect_job_init (FlConnectJob *self)
{
}
