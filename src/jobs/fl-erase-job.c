/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-flash-jobs.h"

#include <glib/gi18n-lib.h>

#include "fl-board-state.h"
#include "fl-cut-short.h"
#include "fl-erase-doubt.h"
#include "fl-error.h"
#include "fl-flash-ops.h"
#include "fl-job-private.h"

struct _FlEraseJob
{
  FlJob parent_instance;

  GArray *sectors; /* guint: indices; none: everything */
  gboolean whole_bank;
  guint n_erased; /* the worker's while it runs */
};

G_DEFINE_FINAL_TYPE (FlEraseJob, fl_erase_job, FL_TYPE_JOB)

/**
 * fl_erase_job_new:
 * @sectors: (nullable): indices into the device's layout; copied
 * @n_sectors: how many; 0 erases everything
 *
 * Returns: (transfer full): a job that erases, and reads back that it is blank
 */
FlJob *
fl_erase_job_new (FlSession *session, const guint *sectors, guint n_sectors)
{
  FlEraseJob *self;

  g_return_val_if_fail (FL_IS_SESSION (session), NULL);
  g_return_val_if_fail (sectors != NULL || n_sectors == 0, NULL);

  self = g_object_new (FL_TYPE_ERASE_JOB, "session", session, NULL);
  if (n_sectors > 0)
    g_array_append_vals (self->sectors, sectors, n_sectors);
  return FL_JOB (self);
}

/**
 * fl_erase_job_set_whole_bank:
 * @agreed: whether the user agreed that all of bank 2 is erased where the erase codes of the sectors are in doubt
 *
 * Without it, the job fails with %FL_ERROR_NEEDS_CONSENT there. Before it runs.
 */
void
fl_erase_job_set_whole_bank (FlEraseJob *self, gboolean agreed)
{
  g_return_if_fail (FL_IS_ERASE_JOB (self));

  self->whole_bank = agreed;
}

/**
 * fl_erase_job_get_n_erased:
 *
 * Returns: how many sectors were erased, also by a job that failed; not while it runs
 */
guint
fl_erase_job_get_n_erased (FlEraseJob *self)
{
  g_return_val_if_fail (FL_IS_ERASE_JOB (self), 0);
  g_return_val_if_fail (!fl_job_is_running (FL_JOB (self)), 0);
  return self->n_erased;
}

static guint8 *
fl_erase_job_mark_wanted (FlEraseJob *self, FlDevice *device, GError **error)
{
  guint n = fl_layout_get_n_sectors (device->layout);
  g_autofree guint8 *wanted = g_malloc0 (n);

  for (guint i = 0; i < n; i++)
    wanted[i] = self->sectors->len == 0;
  for (guint i = 0; i < self->sectors->len; i++)
    {
      guint index = g_array_index (self->sectors, guint, i);

      if (index >= n)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_RANGE, _ ("There is no sector %u: this chip has %u, from 0 on."),
                       index, n);
          return NULL;
        }
      wanted[index] = TRUE;
    }
  if (fl_erase_doubt_exists (device, wanted))
    {
      g_autofree char *text = fl_erase_doubt_dup_text (device, wanted);

      if (!self->whole_bank)
        {
          fl_erase_doubt_set_error (text, error);
          return NULL;
        }
      fl_job_log (FL_JOB (self), FL_LOG_WARNING, text, _ ("All of bank 2 is erased, as was agreed"));
      fl_erase_doubt_add_bank (device->layout, wanted);
    }
  return g_steal_pointer (&wanted);
}

static gboolean
fl_erase_job_erase (FlEraseJob *self, FlErasePass *erasing, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  guint n = fl_layout_get_n_sectors (erasing->device->layout);
  FlSession *session = fl_job_get_session (job);
  guint n_wanted = 0;
  gboolean was_cut_short;
  g_autofree char *count = NULL;
  g_autofree char *detail = NULL;

  fl_job_init_sectors (job, n);
  for (guint i = 0; i < n; i++)
    if (erasing->wanted[i])
      {
        fl_job_set_sector (job, i, FL_SECTOR_PLANNED_ERASE);
        n_wanted++;
      }
  /* A chip that was declared may have more sectors than are known: it takes that everything was asked for. */
  erasing->all = n_wanted == n && (erasing->device->declaration == NULL || self->sectors->len == 0);
  fl_job_set_total (job, fl_erase_pass_get_wire (erasing));
  count = fl_ops_dup_count (erasing->device, n_wanted);
  fl_job_begin_step (job, _ ("Erasing %s"), count);
  was_cut_short = fl_cut_short_was (session);
  fl_cut_short_begin (session);
  if (!fl_erase_pass_run (erasing, cancellable, error))
    return FALSE;
  if (!was_cut_short || n_wanted == n) /* otherwise it may have been elsewhere */
    fl_cut_short_end (session);
  detail = fl_board_state_dup_erased (job, erasing->device);
  fl_job_end_step (job, detail);
  return TRUE;
}

static gboolean
fl_erase_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlEraseJob *self = FL_ERASE_JOB (job);
  FlBoot *boot = fl_job_get_boot (job, error);
  FlDevice *device = fl_session_get_device (fl_job_get_session (job));
  g_autofree guint8 *wanted = NULL;
  FlErasePass erasing = { .job = job, .boot = boot, .device = device };
  gboolean ok = FALSE;

  if (boot == NULL)
    return FALSE;
  fl_boot_forget_stray (boot);
  fl_job_enter_stage (job, FL_STAGE_ERASE);
  if (device->layout == NULL)
    g_set_error_literal (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                         _ ("It is not known how the flash of this chip is divided, so it cannot be erased safely."));
  else if (fl_ops_check_readable (device, error))
    wanted = fl_erase_job_mark_wanted (self, device, error);
  if (wanted != NULL && fl_ops_check_unprotected (device, wanted, error))
    {
      erasing.wanted = wanted;
      ok = fl_erase_job_erase (self, &erasing, cancellable, error);
    }
  self->n_erased = erasing.n_erased;
  if (!ok)
    fl_board_state_set (job, device,
                        &(FlBoardState){ .first_busy = erasing.first_busy,
                                         .n_busy = erasing.n_busy,
                                         .stray = fl_boot_get_stray (boot) });
  return ok;
}

static void
fl_erase_job_finalize (GObject *object)
{
  FlEraseJob *self = FL_ERASE_JOB (object);

  g_array_unref (self->sectors);
  G_OBJECT_CLASS (fl_erase_job_parent_class)->finalize (object);
}

static void
fl_erase_job_class_init (FlEraseJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_erase_job_finalize;
  FL_JOB_CLASS (klass)->run = fl_erase_job_run;
}

static void
fl_erase_job_init (FlEraseJob *self)
{
  self->sectors = g_array_new (FALSE, FALSE, sizeof (guint));
}
