/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-program-job.h"

#include <glib/gi18n-lib.h>

#include "fl-board-state.h"
#include "fl-bytes.h"
#include "fl-changed-pass.h"
#include "fl-cut-short.h"
#include "fl-erase-doubt.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-program-private.h"
#include "fl-session-private.h"

G_DEFINE_FINAL_TYPE (FlProgramJob, fl_program_job, FL_TYPE_JOB)

/**
 * fl_program_job_new:
 * @session: connected
 * @plan: what is to be done; made for the session's device. It is not changed.
 * @start: whether to start the application in the end
 *
 * It fails with %FL_ERROR_NEEDS_CONSENT before anything is erased when fl_plan_needs_whole_bank(), and after a first
 * page was, when the bootloader turns out to number bank 2 so that it would be needed: a plan that is made then says
 * so.
 *
 * Returns: (transfer full): a job that erases, writes, reads everything back, and only then says that it succeeded
 */
FlJob *
fl_program_job_new (FlSession *session, FlPlan *plan, gboolean start)
{
  FlProgramJob *self;

  g_return_val_if_fail (FL_IS_SESSION (session) && FL_IS_PLAN (plan), NULL);

  self = g_object_new (FL_TYPE_PROGRAM_JOB, "session", session, NULL);
  self->plan = g_object_ref (plan);
  self->start = start;
  return FL_JOB (self);
}

/**
 * fl_program_job_get_result:
 *
 * Returns: (transfer none): what was done, also by a job that failed or was cancelled; not while it runs
 */
const FlProgramResult *
fl_program_job_get_result (FlProgramJob *self)
{
  g_return_val_if_fail (FL_IS_PROGRAM_JOB (self), NULL);
  g_return_val_if_fail (!fl_job_is_running (FL_JOB (self)), NULL);
  return &self->result;
}

FlDevice *
fl_program_job_get_device (FlProgramJob *self)
{
  return fl_plan_get_device (self->plan);
}

FlLayout *
fl_program_job_get_layout (FlProgramJob *self)
{
  return fl_program_job_get_device (self)->layout;
}

/* Worker. What is to be done is the rewriting of these sectors, and the reading back of all. */
static void
fl_program_job_set_total (FlProgramJob *self, const guint8 *sectors)
{
  FlComparePass compare = { .boot = self->erasing.boot,
                            .device = fl_program_job_get_device (self),
                            .image = self->expected,
                            .proven = self->trusted };

  self->total = fl_program_job_get_rewrite_wire (self, sectors);
  if (fl_plan_get_options (self->plan)->verify)
    self->total += fl_compare_pass_get_wire (&compare);
  fl_job_set_total (FL_JOB (self), MAX (self->total, 1));
}

/* PLAN: the worker's own copy of the plan, and what the map shows before anything happens. @touched: (out): one byte a
 * sector: whether anything is done to it. */
static gboolean
fl_program_job_prepare (FlProgramJob *self, FlBoot *boot, guint8 **touched, GError **error)
{
  FlJob *job = FL_JOB (self);
  FlSession *session = fl_job_get_session (job);
  FlPlan *plan;
  FlLineSettings settings;
  guint n_sectors, read_waits, write_waits;

  fl_job_enter_stage (job, FL_STAGE_PLAN);
  fl_job_set_text (job, "%s", fl_stage_get_name (FL_STAGE_PLAN));
  fl_job_begin_step (job, "%s", fl_stage_get_name (FL_STAGE_PLAN));
  if (fl_program_job_get_device (self) != fl_session_get_device (session))
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE, _ ("The plan was made for another board."));
      return FALSE;
    }
  if (!fl_ops_check_readable (fl_program_job_get_device (self), error))
    return FALSE;
  plan = fl_plan_new (fl_program_job_get_device (self), fl_plan_get_image (self->plan),
                      fl_plan_get_options (self->plan), error);
  if (plan == NULL)
    return FALSE;
  g_object_unref (self->plan);
  self->plan = plan;
  self->expected = g_object_ref (fl_plan_get_image (plan));
  if (fl_plan_needs_whole_bank (plan))
    {
      fl_erase_doubt_set_error (fl_plan_get_doubt (plan), error);
      return FALSE;
    }

  n_sectors = fl_layout_get_n_sectors (fl_program_job_get_layout (self));
  *touched = g_malloc0 (n_sectors);
  for (guint i = 0; i < n_sectors; i++)
    (*touched)[i] = fl_plan_get_action (self->plan, i) != FL_PLAN_KEEP;
  if (!fl_ops_check_unprotected (fl_program_job_get_device (self), *touched, error))
    return FALSE;
  self->erase = g_malloc0 (n_sectors);
  self->preserved = g_malloc0 (n_sectors);
  self->rewritten = g_malloc0 (n_sectors);
  self->spared = g_malloc0 (n_sectors);
  fl_job_init_sectors (job, n_sectors);
  for (guint i = 0; i < n_sectors; i++)
    {
      FlPlanAction action = fl_plan_get_action (self->plan, i);

      if (action == FL_PLAN_KEEP)
        continue;
      self->erase[i] = fl_plan_get_options (self->plan)->erase != FL_ERASE_NONE;
      fl_job_set_sector (job, i, action == FL_PLAN_WRITE ? FL_SECTOR_PLANNED_WRITE : FL_SECTOR_PLANNED_ERASE);
    }
  self->erasing = (FlErasePass){ .job = job, .boot = boot, .device = fl_program_job_get_device (self) };
  fl_transport_get_settings (fl_session_get_transport (session), &settings);
  fl_boot_get_waits (boot, &read_waits, &write_waits);
  fl_plan_set_link (self->plan, settings.baud, fl_line_settings_get_bits (&settings), fl_boot_get_round_trip_ms (boot),
                    read_waits, write_waits);
  fl_job_expect (job, fl_plan_get_seconds (self->plan, NULL));
  fl_program_job_set_total (self, *touched);
  return TRUE;
}

static void
fl_program_job_log_plan (FlProgramJob *self)
{
  g_autofree char *text = fl_plan_to_text (self->plan);

  fl_job_end_step (FL_JOB (self), text);
}

/* What seems to hold the file already is taken out of @sectors. */
static void
fl_program_job_leave (FlProgramJob *self, const FlChangedPass *pass, guint8 *sectors)
{
  FlJob *job = FL_JOB (self);
  FlDevice *device = fl_program_job_get_device (self);
  guint64 all = self->total;
  g_autofree char *left = fl_ops_dup_count (device, pass->n_left);
  g_autofree char *trusted = fl_ops_dup_count (device, pass->n_trusted);
  g_autofree char *detail = NULL;

  for (guint i = 0; i < fl_layout_get_n_sectors (device->layout); i++)
    if (self->left[i])
      {
        sectors[i] = FALSE;
        fl_job_set_sector (job, i, FL_SECTOR_PLANNED_CHECK);
      }
  fl_program_job_set_total (self, sectors);
  fl_job_expect (job, fl_job_get_elapsed (job)
                          + fl_plan_get_seconds (self->plan, NULL) * (double) self->total / (double) MAX (all, 1));
  if (pass->n_left > 0 && pass->n_trusted == pass->n_left)
    /* Translators: "28 pages", a number */
    detail = g_strdup_printf (_ ("%s of %u hold the file already, by the bootloader’s checksum. They stay as they are, "
                                 "and it is asked for them once more in the end"),
                              trusted, pass->n_candidates);
  else if (pass->n_trusted > 0)
    /* Translators: "28 pages", a number, "26 pages" */
    detail =
        g_strdup_printf (_ ("%s of %u seem to hold the file already, %s of them by the bootloader’s checksum. They "
                            "stay as they are, and are compared in the end"),
                         left, pass->n_candidates, trusted);
  else if (pass->n_left == 0)
    detail = g_strdup (_ ("Nothing of it is there already: all of it is programmed"));
  else
    /* Translators: "28 pages", a number */
    detail = g_strdup_printf (_ ("%s of %u seem to hold the file already. They stay as they are, and are compared in "
                                 "the end"),
                              left, pass->n_candidates);
  fl_job_end_step (job, detail);
}

/* PLAN, second part: what need not be programmed, because it is there already. */
static gboolean
fl_program_job_find_changed (FlProgramJob *self, FlBoot *boot, guint8 *sectors, GCancellable *cancellable,
                             GError **error)
{
  FlJob *job = FL_JOB (self);
  FlChangedPass pass = { .job = job, .boot = boot, .plan = self->plan };

  if (!fl_plan_leaves_unchanged (self->plan))
    return TRUE;
  self->left = g_malloc0 (fl_layout_get_n_sectors (fl_program_job_get_layout (self)));
  self->trusted = g_malloc0 (fl_layout_get_n_sectors (fl_program_job_get_layout (self)));
  pass.left = self->left;
  pass.trusted = self->trusted;
  fl_job_set_text (job, _ ("Looking for what has changed"));
  fl_job_begin_step (job, _ ("Looking for what has changed"));
  if (!fl_changed_pass_run (&pass, cancellable, error))
    return FALSE;
  self->seems_blank = pass.blank;
  fl_program_job_leave (self, &pass, sectors);
  return TRUE;
}

static gboolean
fl_program_job_work (FlProgramJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  g_autofree guint8 *sectors = NULL;

  if (!fl_program_job_prepare (self, boot, &sectors, error))
    return FALSE;
  fl_program_job_log_plan (self);
  if (!fl_program_job_find_changed (self, boot, sectors, cancellable, error)
      || !fl_program_job_rewrite (self, boot, sectors, cancellable, error))
    return FALSE;
  if (fl_plan_get_options (self->plan)->verify)
    {
      if (!fl_program_job_verify (self, boot, cancellable, error))
        return FALSE;
    }
  else
    fl_job_log (job, FL_LOG_WARNING, NULL, _ ("Not verified, as was asked: what the flash holds is not known"));
  if (!fl_bytes_all (self->rewritten, fl_layout_get_n_sectors (fl_program_job_get_layout (self)), FALSE))
    fl_cut_short_end (fl_job_get_session (job));
  if (self->start)
    {
      if (!fl_ops_start (job, fl_image_get_start (self->expected), cancellable, error))
        return FALSE;
      self->result.started = TRUE;
    }
  return TRUE;
}

/* In seconds: the bytes that went over the wire at the rate that they had. */
static void
fl_program_job_count (FlProgramJob *self, const FlLineSettings *settings)
{
  FlJob *job = FL_JOB (self);

  self->result.seconds = fl_job_get_elapsed (job);
  self->result.wire_seconds =
      (double) (fl_job_count_wire (job) * fl_line_settings_get_bits (settings)) / MAX (settings->baud, 1);
}

/* What was compared and found to be as it should be, and what was not erased, also when something went wrong
 * afterwards. */
static void
count_sectors (FlProgramJob *self)
{
  for (guint i = 0; self->spared != NULL && i < fl_layout_get_n_sectors (fl_program_job_get_layout (self)); i++)
    self->result.sectors_blank += self->spared[i];
  for (guint i = 0; self->left != NULL && i < fl_layout_get_n_sectors (fl_program_job_get_layout (self)); i++)
    if (fl_job_get_sector (FL_JOB (self), i) == FL_SECTOR_UNCHANGED)
      {
        self->result.sectors_unchanged++;
        self->result.sectors_by_checksum += self->proven != NULL && self->proven[i];
      }
}

/* What of the plan is erased: one byte a sector; NULL: it did not come so far. */
static guint8 *
dup_erased (FlProgramJob *self)
{
  guint n = self->spared != NULL ? fl_layout_get_n_sectors (fl_program_job_get_layout (self)) : 0;
  guint8 *erased = g_memdup2 (self->erase, n);

  for (guint i = 0; i < n; i++)
    erased[i] = erased[i] && !self->spared[i];
  return erased;
}

static gboolean
fl_program_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlProgramJob *self = FL_PROGRAM_JOB (job);
  FlBoot *boot = fl_job_get_boot (job, error);
  g_autoptr (FlBoot) kept = NULL;
  FlLineSettings settings;
  g_autofree guint8 *erased = NULL;
  gboolean ok;

  if (boot == NULL)
    return FALSE;
  kept = g_object_ref (boot); /* starting the application closes the session */
  fl_transport_get_settings (fl_boot_get_transport (boot), &settings);
  self->n_retries_before = fl_boot_get_n_retries (boot);
  fl_boot_forget_stray (boot);
  ok = fl_program_job_work (self, boot, cancellable, error);
  fl_program_job_count (self, &settings);
  count_sectors (self);
  erased = dup_erased (self);
  self->result.retries += fl_boot_get_n_retries (boot) - self->n_retries_before;
  if (!ok)
    fl_board_state_set (job, fl_program_job_get_device (self),
                        &(FlBoardState){ .programming = TRUE,
                                         .verified = self->result.verified,
                                         .erased = erased,
                                         .first_busy = self->erasing.first_busy,
                                         .n_busy = self->erasing.n_busy,
                                         .stray = fl_boot_get_stray (boot) });
  return ok;
}

static void
fl_program_job_finalize (GObject *object)
{
  FlProgramJob *self = FL_PROGRAM_JOB (object);

  g_clear_object (&self->plan);
  g_clear_object (&self->expected);
  g_free (self->erase);
  g_free (self->left);
  g_free (self->trusted);
  g_free (self->proven);
  g_free (self->preserved);
  g_free (self->rewritten);
  g_free (self->spared);
  G_OBJECT_CLASS (fl_program_job_parent_class)->finalize (object);
}

static void
fl_program_job_class_init (FlProgramJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_program_job_finalize;
  FL_JOB_CLASS (klass)->run = fl_program_job_run;
}

static void
fl_program_job_init (FlProgramJob *self)
{
}
