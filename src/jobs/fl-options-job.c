/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-options-job.h"

#include <glib/gi18n-lib.h>

#include "fl-consent.h"
#include "fl-describe.h"
#include "fl-error.h"
#include "fl-flash-ops.h"
#include "fl-job-private.h"
#include "fl-restart-pass.h"

#define STEPS_PER_AREA 4 /* of the bar: write, find again, describe, compare */

struct _FlOptionsJob
{
  FlJob parent_instance;

  FlOptionSet *wanted; /* the worker's while it runs */
  FlOptionSet *base;   /* nullable: what @wanted was made from; the worker's while it runs */
  gboolean agreed;
  char *typed_name;
};

G_DEFINE_FINAL_TYPE (FlOptionsJob, fl_options_job, FL_TYPE_JOB)

/**
 * fl_options_job_new:
 * @session: connected
 * @wanted: the option bytes of its device as they are now, with the changes that are wanted; copied
 * @agreed: the user saw the changes and said yes
 * @typed_name: (nullable): the chip's name as the user typed it, which the greatest dangers need
 *
 * Returns: (transfer full): a job that writes the option bytes, waits for the chip's reset, reads back and compares
 */
FlJob *
fl_options_job_new (FlSession *session, const FlOptionSet *wanted, gboolean agreed, const char *typed_name)
{
  FlDevice *device;
  FlOptionsJob *self;

  g_return_val_if_fail (FL_IS_SESSION (session) && wanted != NULL, NULL);

  device = fl_session_get_device (session);
  self = g_object_new (FL_TYPE_OPTIONS_JOB, "session", session, NULL);
  self->wanted = fl_option_set_copy (wanted);
  if (device != NULL && device->options != NULL)
    self->base = fl_option_set_copy (device->options);
  self->agreed = agreed;
  self->typed_name = g_strdup (typed_name);
  return FL_JOB (self);
}

static gboolean
check_device (FlOptionsJob *self, FlDevice *device, GError **error)
{
  if (device->chip == NULL || device->chip->option_words->len == 0)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                           _ ("The option bytes of this chip are not known, so they are never written."));
      return FALSE;
    }
  if (!fl_ops_check_readable (device, error))
    return FALSE;
  if (self->base == NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                           _ ("This bootloader does not show the option bytes, so they are not written either."));
      return FALSE;
    }
  if (fl_option_set_get_chip (self->wanted) != device->chip)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_RANGE, _ ("These are the option bytes of another chip."));
      return FALSE;
    }
  return TRUE;
}

/* What the chip holds now, with the wanted changes: what somebody else changed meanwhile stays. */
static FlOptionSet *
merge (FlOptionsJob *self, const FlOptionSet *now, GError **error)
{
  g_autoptr (GPtrArray) changes = fl_option_set_diff (self->base, self->wanted);
  g_autoptr (FlOptionSet) target = fl_option_set_copy (now);

  for (guint i = 0; i < changes->len; i++)
    {
      const FlOptionChange *change = g_ptr_array_index (changes, i);

      if (!fl_option_set_put (target, change->field, change->after, error))
        return NULL;
    }
  return g_steal_pointer (&target);
}

static void
log_changes (FlJob *job, const FlOptionSet *now, const FlOptionSet *target, const GPtrArray *changes)
{
  g_autofree char *bytes = fl_option_set_dup_bytes_text (now, target);

  for (guint i = 0; i < changes->len; i++)
    {
      g_autofree char *text = fl_option_change_dup_text (g_ptr_array_index (changes, i));

      fl_job_log (job, FL_LOG_INFO, i == 0 ? bytes : NULL, "%s", text);
    }
}

static gboolean
area_changes (const GPtrArray *changes, guint area)
{
  for (guint i = 0; i < changes->len; i++)
    if (((const FlOptionChange *) g_ptr_array_index (changes, i))->field->word->area == area)
      return TRUE;
  return FALSE;
}

/* Whether the changes lock the chip for good: then it never answers again, and that is right. */
static gboolean
locks_for_ever (const GPtrArray *changes)
{
  return fl_option_changes_get_danger (changes) == FL_DANGER_IRREVERSIBLE;
}

/* One area: written as a block from its beginning, then the chip resets. */
static gboolean
write_area (FlJob *job, const FlOptionSet *target, guint area, GCancellable *cancellable, GError **error)
{
  FlBoot *boot = fl_session_get_boot (fl_job_get_session (job));
  guint32 start = g_array_index (fl_option_set_get_chip (target)->option_areas, FlChipRange, area).start;
  g_autoptr (GBytes) block = fl_option_set_dup_block (target, area);
  FlRestartPass restart = { .job = job };
  g_autoptr (GError) problem = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (block, &length);

  fl_job_enter_stage (job, FL_STAGE_OPTIONS);
  fl_job_set_text (job, "%s", fl_stage_get_name (FL_STAGE_OPTIONS));
  fl_job_begin_step (job, _ ("Writing %u option bytes at 0x%08X"), (guint) length, start);
  fl_job_set_board_state (
      job, "%s",
      _ ("Option bytes: being written when it broke off. They are the old ones, the new ones, or the "
         "chip’s defaults. Connect again and look at them before anything else."));
  if (!fl_boot_write_options (boot, start, data, length, cancellable, &problem))
    {
      /* The chip may have reset before its ACK got through: what it holds is read back anyway. */
      if (!g_error_matches (problem, FL_ERROR, FL_ERROR_TIMEOUT))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      fl_job_fail_step (job, problem->message);
      restart.doubtful = TRUE;
    }
  else
    fl_job_end_step (job, NULL);
  fl_job_add_done (job, 1);
  fl_job_set_board_state (
      job, "%s",
      _ ("Option bytes: written and acknowledged; the chip reset itself, and its bootloader did not "
         "come back, so they were not read back. If the new option bytes start the application, that "
         "is why. Set BOOT0 high, press reset and connect again to look at them."));
  if (!fl_restart_pass_run (&restart, cancellable, error))
    return FALSE;
  if (restart.no_reset)
    fl_job_log (
        job, FL_LOG_WARNING, NULL,
        _ ("The chip did not reset itself: this bootloader stores option bytes without loading them. They count "
           "after the power was switched off and on."));
  fl_job_add_done (job, 2);
  return TRUE;
}

/* Whether everything that was asked for is there. */
static gboolean
compare (FlJob *job, const GPtrArray *changes, GError **error)
{
  FlDevice *device = fl_session_get_device (fl_job_get_session (job));

  if (device->protection == FL_PROTECTION_READOUT)
    {
      gboolean only_level =
          changes->len == 1
          && ((const FlOptionChange *) g_ptr_array_index (changes, 0))->field->kind->role == FL_OPTION_ROLE_RDP;

      fl_job_log (job, only_level ? FL_LOG_INFO : FL_LOG_WARNING, NULL,
                  only_level ? _ ("The chip is read-protected now")
                             : _ ("The chip is read-protected now: the other option bytes cannot be read back"));
      return TRUE;
    }
  for (guint i = 0; i < changes->len; i++)
    {
      const FlOptionChange *change = g_ptr_array_index (changes, i);
      g_autofree char *got = NULL;

      if (device->options != NULL && fl_option_set_has (device->options, change->field)
          && fl_option_set_get (device->options, change->field) == change->after)
        continue;
      got = device->options != NULL && fl_option_set_has (device->options, change->field)
                ? fl_option_field_dup_text (change->field, fl_option_set_get (device->options, change->field))
                : g_strdup (_ ("nothing that can be read"));
      g_set_error (error, FL_ERROR, FL_ERROR_VERIFY,
                   /* Translators: a name, the value that was written, the one that was read */
                   _ ("%s was written as 0x%X, and reads %s. The chip acknowledged the write and did not take it."),
                   change->field->name, change->after, got);
      fl_job_set_board_state (job, "%s",
                              _ ("Option bytes: not all of them are as wanted. What the chip holds now is shown."));
      return FALSE;
    }
  return TRUE;
}

/* The last change of the chip's life: it does not come back, which cannot be told from a failure. */
static gboolean
accept_locked (FlJob *job, GError **problem)
{
  if (!g_error_matches (*problem, FL_ERROR, FL_ERROR_NO_ANSWER))
    return FALSE;
  g_clear_error (problem);
  fl_job_end_step (job, NULL);
  fl_job_log (
      job, FL_LOG_WARNING, NULL,
      _ ("The chip acknowledged it and does not answer any more, as is right for a chip that was locked for ever. "
         "It cannot be read back."));
  fl_session_close (fl_job_get_session (job));
  return TRUE;
}

static gboolean
write_changes (FlOptionsJob *self, const FlOptionSet *now, const FlOptionSet *target, GCancellable *cancellable,
               GError **error)
{
  FlJob *job = FL_JOB (self);
  const FlChip *chip = fl_option_set_get_chip (target);
  g_autoptr (GPtrArray) changes = fl_option_set_diff (now, target);
  g_autoptr (GError) problem = NULL;

  if (changes->len == 0)
    {
      fl_job_log (job, FL_LOG_OK, NULL, _ ("The option bytes are so already: nothing was written"));
      return TRUE;
    }
  if (!fl_consent_check (chip, fl_option_changes_get_danger (changes), self->agreed, self->typed_name, error))
    return FALSE;
  log_changes (job, now, target, changes);
  for (guint area = 0; area < chip->option_areas->len; area++)
    {
      if (!area_changes (changes, area) || write_area (job, target, area, cancellable, &problem))
        continue;
      if (locks_for_ever (changes) && accept_locked (job, &problem))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  fl_job_begin_step (job, _ ("Comparing the option bytes"));
  if (!compare (job, changes, error))
    return FALSE;
  fl_job_end_step (job, NULL);
  return TRUE;
}

static gboolean
fl_options_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlOptionsJob *self = FL_OPTIONS_JOB (job);
  FlBoot *boot = fl_job_get_boot (job, error);
  FlDevice *device = fl_session_get_device (fl_job_get_session (job));
  g_autoptr (FlOptionSet) now = NULL;
  g_autoptr (FlOptionSet) target = NULL;

  if (boot == NULL)
    return FALSE;
  fl_job_enter_stage (job, FL_STAGE_OPTIONS);
  fl_job_set_board_state (job, "%s", _ ("Option bytes: nothing was changed."));
  if (!check_device (self, device, error))
    return FALSE;
  fl_job_set_total (job, STEPS_PER_AREA * device->chip->option_areas->len);
  fl_job_begin_step (job, _ ("Reading the option bytes"));
  if (!fl_describe_options (boot, device->chip, &now, cancellable, error))
    return FALSE;
  if (now == NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                           _ ("The chip does not show its option bytes any more. Connect it again."));
      return FALSE;
    }
  fl_job_end_step (job, NULL);
  target = merge (self, now, error);
  return target != NULL && write_changes (self, now, target, cancellable, error);
}

static void
fl_options_job_finalize (GObject *object)
{
  FlOptionsJob *self = FL_OPTIONS_JOB (object);

  fl_option_set_free (self->wanted);
  fl_option_set_free (self->base);
  g_free (self->typed_name);
  G_OBJECT_CLASS (fl_options_job_parent_class)->finalize (object);
}

static void
fl_options_job_class_init (FlOptionsJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_options_job_finalize;
  FL_JOB_CLASS (klass)->run = fl_options_job_run;
}

static void
fl_options_job_init (FlOptionsJob *self)
{
}
