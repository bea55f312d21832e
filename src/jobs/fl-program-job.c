/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-program-job.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "fl-board-state.h"
#include "fl-erase-doubt.h"
#include "fl-error.h"
#include "fl-flash-ops.h"
#include "fl-job-private.h"
#include "fl-program-width.h"
#include "fl-rate.h"
#include "fl-session-private.h"

struct _FlProgramJob
{
  FlJob parent_instance;

  FlPlan *plan; /* the worker's own, once it runs: what is preserved changes it */
  gboolean start;
  FlProgramResult result; /* the worker's while it runs */

  /* Worker. */
  FlImage *expected; /* the image, and what is preserved: what flash must hold in the end */
  guint8 *erase;     /* one byte a sector: whether it is erased */
  FlErasePass erasing;
  guint n_retries_before;
};

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

static FlDevice *
get_device (FlProgramJob *self)
{
  return fl_plan_get_device (self->plan);
}

static FlLayout *
get_layout (FlProgramJob *self)
{
  return get_device (self)->layout;
}

static guint64
get_write_wire (const GArray *blocks)
{
  guint64 wire = 0;

  for (guint i = 0; i < blocks->len; i++)
    wire += FL_OPS_WRITE_WIRE (g_array_index (blocks, FlPlanBlock, i).length);
  return wire;
}

static guint64
get_preserve_wire (FlProgramJob *self)
{
  GPtrArray *shared = fl_plan_get_shared (self->plan);
  guint read_size = fl_boot_get_read_size (self->erasing.boot);
  guint64 wire = 0;

  if (!fl_plan_get_options (self->plan)->preserve)
    return 0;
  for (guint i = 0; i < shared->len; i++)
    {
      const FlPlanRange *range = g_ptr_array_index (shared, i);
      guint64 n_blocks = (range->length + read_size - 1) / read_size;

      wire += range->length + n_blocks * FL_OPS_READ_WIRE (0);
    }
  return wire;
}

static void
fl_program_job_set_total (FlProgramJob *self, FlImage *covered)
{
  FlJob *job = FL_JOB (self);
  guint64 total = get_preserve_wire (self) + fl_erase_pass_get_wire (&self->erasing)
                  + get_write_wire (fl_plan_get_blocks (self->plan));

  if (fl_plan_get_options (self->plan)->verify)
    total += fl_compare_get_wire (covered, fl_boot_get_read_size (self->erasing.boot));
  fl_job_set_total (job, MAX (total, 1));
}

/* PLAN: the worker's own copy of the plan, and what the map shows before anything happens. */
static gboolean
fl_program_job_prepare (FlProgramJob *self, FlBoot *boot, GError **error)
{
  FlJob *job = FL_JOB (self);
  FlSession *session = fl_job_get_session (job);
  FlPlan *plan;
  FlLineSettings settings;
  g_autofree guint8 *touched = NULL;
  guint n_sectors, read_waits, write_waits;

  fl_job_enter_stage (job, FL_STAGE_PLAN);
  fl_job_set_text (job, "%s", fl_stage_get_name (FL_STAGE_PLAN));
  fl_job_begin_step (job, "%s", fl_stage_get_name (FL_STAGE_PLAN));
  if (get_device (self) != fl_session_get_device (session))
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE, _ ("The plan was made for another board."));
      return FALSE;
    }
  if (!fl_ops_check_readable (get_device (self), error))
    return FALSE;
  plan = fl_plan_new (get_device (self), fl_plan_get_image (self->plan), fl_plan_get_options (self->plan), error);
  if (plan == NULL)
    return FALSE;
  g_object_unref (self->plan);
  self->plan = plan;
  if (fl_plan_needs_whole_bank (plan))
    {
      fl_erase_doubt_set_error (fl_plan_get_doubt (plan), error);
      return FALSE;
    }

  n_sectors = fl_layout_get_n_sectors (get_layout (self));
  touched = g_malloc0 (n_sectors);
  for (guint i = 0; i < n_sectors; i++)
    touched[i] = fl_plan_get_action (self->plan, i) != FL_PLAN_KEEP;
  if (!fl_ops_check_unprotected (get_device (self), touched, error))
    return FALSE;
  self->erase = g_malloc0 (n_sectors);
  fl_job_init_sectors (job, n_sectors);
  for (guint i = 0; i < n_sectors; i++)
    {
      FlPlanAction action = fl_plan_get_action (self->plan, i);

      if (action == FL_PLAN_KEEP)
        continue;
      self->erase[i] = fl_plan_get_options (self->plan)->erase != FL_ERASE_NONE;
      fl_job_set_sector (job, i, action == FL_PLAN_WRITE ? FL_SECTOR_PLANNED_WRITE : FL_SECTOR_PLANNED_ERASE);
    }
  self->erasing = (FlErasePass){
    .job = job, .boot = boot, .device = get_device (self), .wanted = self->erase, .all = fl_plan_erases_all (self->plan)
  };
  fl_transport_get_settings (fl_session_get_transport (session), &settings);
  fl_boot_get_waits (boot, &read_waits, &write_waits);
  fl_plan_set_link (self->plan, settings.baud, fl_line_settings_get_bits (&settings), fl_boot_get_round_trip_ms (boot),
                    read_waits, write_waits);
  fl_job_expect (job, fl_plan_get_seconds (self->plan, NULL));
  fl_program_job_set_total (self, fl_plan_get_image (self->plan));
  return TRUE;
}

static void
fl_program_job_log_plan (FlProgramJob *self)
{
  g_autofree char *text = fl_plan_to_text (self->plan);

  fl_job_end_step (FL_JOB (self), text);
}

static gboolean
add_image (FlImage *to, FlImage *from, GError **error)
{
  for (guint i = 0; i < fl_image_get_n_segments (from); i++)
    {
      const FlSegment *segment = fl_image_get_segment (from, i);

      if (!fl_image_add (to, segment->address, g_bytes_get_data (segment->data, NULL), g_bytes_get_size (segment->data),
                         error))
        return FALSE;
    }
  return TRUE;
}

/* Reads what shares sectors with the image and is not in it, before it is erased. What is blank need not be kept. */
static gboolean
fl_program_job_preserve_range (FlProgramJob *self, FlBoot *boot, const FlPlanRange *range, GCancellable *cancellable,
                               GError **error)
{
  guint8 data[FL_BOOT_MAX_BLOCK];

  for (guint32 at = 0; at < range->length;)
    {
      guint32 address = range->address + at;
      gsize length = MIN (fl_boot_get_read_size (boot), range->length - at);

      fl_job_mark (FL_JOB (self));
      if (!fl_boot_read (boot, address, data, length, cancellable, error)
          || !fl_plan_set_preserved (self->plan, address, data, length, error)
          || !fl_image_add (self->expected, address, data, length, error))
        return FALSE;
      at += (guint32) length;
      fl_job_add_done (FL_JOB (self), FL_OPS_READ_WIRE (length));
    }
  return TRUE;
}

static gboolean
fl_program_job_preserve (FlProgramJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  GPtrArray *shared = fl_plan_get_shared (self->plan);
  g_autofree char *text = NULL;

  self->expected = fl_image_new ();
  if (!add_image (self->expected, fl_plan_get_image (self->plan), error))
    return FALSE;
  if (fl_plan_get_options (self->plan)->preserve && shared->len > 0)
    {
      fl_job_set_text (job, _ ("Reading what is to be kept"));
      fl_job_begin_step (job, _ ("Reading what is to be kept besides the file"));
      for (guint i = 0; i < shared->len; i++)
        if (!fl_program_job_preserve_range (self, boot, g_ptr_array_index (shared, i), cancellable, error))
          return FALSE;
      text = g_strdup_printf (ngettext ("%u range", "%u ranges", shared->len), shared->len);
      fl_job_end_step (job, text);
    }
  if (!fl_image_seal (self->expected, FL_IMAGE_BIN, error))
    return FALSE;
  fl_program_job_set_total (self, self->expected);
  return TRUE;
}

static gboolean
fl_program_job_erase (FlProgramJob *self, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  guint n = fl_plan_get_n_erased (self->plan);
  g_autofree char *count = NULL;
  g_autofree char *detail = NULL;
  gboolean ok;

  if (n == 0)
    return TRUE;
  fl_job_enter_stage (job, FL_STAGE_ERASE);
  count = fl_ops_dup_count (get_device (self), n);
  fl_job_begin_step (job, _ ("Erasing %s"), count);
  ok = fl_erase_pass_run (&self->erasing, cancellable, error);
  self->result.sectors_erased = self->erasing.n_erased;
  self->result.retries += self->erasing.n_retries;
  if (!ok)
    return FALSE;
  detail = fl_board_state_dup_erased (job, get_device (self));
  fl_job_end_step (job, detail);
  return TRUE;
}

/* Bytes of a block that the image, or what is preserved, has: the rest is padding. @segment only moves on, because
 * blocks come in order of address. */
static guint32
count_covered (FlImage *image, const FlPlanBlock *block, guint *segment)
{
  guint64 block_end = (guint64) block->address + block->length;
  guint32 covered = 0;

  for (guint i = *segment; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *here = fl_image_get_segment (image, i);
      guint64 end = (guint64) here->address + g_bytes_get_size (here->data);

      if (end <= block->address)
        {
          *segment = i + 1;
          continue;
        }
      if (here->address >= block_end)
        break;
      covered += (guint32) (MIN (end, block_end) - MAX (here->address, block->address));
    }
  return covered;
}

/* Writes the plan's blocks; only those of the sectors in @wanted when it is not %NULL. */
static gboolean
fl_program_job_write_blocks (FlProgramJob *self, FlBoot *boot, const guint8 *wanted, GCancellable *cancellable,
                             GError **error)
{
  FlJob *job = FL_JOB (self);
  const GArray *blocks = fl_plan_get_blocks (self->plan);
  guint segment = 0;

  for (guint i = 0; i < blocks->len; i++)
    {
      const FlPlanBlock *block = &g_array_index (blocks, FlPlanBlock, i);
      const FlSector *sector = fl_layout_find (get_layout (self), block->address);
      guint64 sector_end = (guint64) sector->address + sector->size;

      if (wanted != NULL && !wanted[sector->index])
        continue;
      fl_job_set_sector (job, sector->index, FL_SECTOR_WRITING);
      if (!fl_rate_keep (job, cancellable, error))
        return FALSE;
      fl_job_mark (job);
      if (!fl_boot_write (boot, block->address, block->data, block->length, cancellable, error))
        {
          g_prefix_error (error, _ ("At 0x%08X: "), block->address);
          return FALSE;
        }
      if (wanted == NULL)
        self->result.bytes_written += count_covered (self->expected, block, &segment);
      if (i + 1 == blocks->len || g_array_index (blocks, FlPlanBlock, i + 1).address >= sector_end)
        fl_job_set_sector (job, sector->index, FL_SECTOR_WRITTEN);
      if (wanted == NULL)
        fl_job_add_done (job, FL_OPS_WRITE_WIRE (block->length));
    }
  return TRUE;
}

static char *
describe_rate (FlProgramJob *self, guint64 bytes, double since)
{
  double seconds = fl_job_get_elapsed (FL_JOB (self)) - since;

  /* Translators: bytes, seconds, KiB a second. */
  return g_strdup_printf (_ ("%" PRIu64 " bytes in %.1f s, %.1f KiB/s"), bytes, seconds,
                          seconds > 0 ? (double) bytes / 1024 / seconds : 0.0);
}

static gboolean
fl_program_job_write (FlProgramJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  double since = fl_job_get_elapsed (job);
  g_autofree char *size = g_format_size_full (fl_plan_get_write_bytes (self->plan), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *detail = NULL;

  fl_job_enter_stage (job, FL_STAGE_WRITE);
  fl_job_set_text (job, _ ("Programming %s"), size);
  fl_job_begin_step (job, _ ("Programming %s"), size);
  if (!fl_program_job_write_blocks (self, boot, NULL, cancellable, error))
    return FALSE;
  detail = describe_rate (self, fl_plan_get_write_bytes (self->plan), since);
  fl_job_end_step (job, detail);
  return TRUE;
}

/* What differs may have no erase code that is safe among so few: then all of bank 2 that was erased before is taken. */
static void
fl_program_job_widen (FlProgramJob *self, guint8 *different)
{
  FlLayout *layout = get_layout (self);

  if (!fl_erase_doubt_may_arise (get_device (self), different))
    return;
  for (guint i = fl_layout_get_bank_2 (layout); i < fl_layout_get_n_sectors (layout); i++)
    different[i] = different[i] || self->erase[i];
}

/* One attempt to mend sectors that differ: erased and written once more, and read again. */
static gboolean
fl_program_job_mend (FlProgramJob *self, FlComparePass *compare, guint8 *different, GCancellable *cancellable,
                     GError **error)
{
  FlJob *job = FL_JOB (self);
  FlErasePass erasing = self->erasing;
  FlComparePass again = *compare;
  g_autoptr (GError) reason = NULL;
  guint64 n_wrong = compare->n_different;

  fl_compare_pass_set_error (compare, &reason);
  fl_job_fail_step (job, reason->message);
  fl_job_begin_step (job, _ ("Erasing and programming once more what differs"));
  fl_job_set_text (job, _ ("Programming once more what differs"));
  self->result.retries++;
  fl_program_job_widen (self, different);
  erasing.wanted = different;
  erasing.all = FALSE;
  erasing.n_erased = erasing.n_retries = 0;
  if (!fl_erase_pass_run (&erasing, cancellable, error))
    {
      self->erasing.first_busy = erasing.first_busy;
      self->erasing.n_busy = erasing.n_busy;
      return FALSE;
    }
  if (!fl_program_job_write_blocks (self, compare->boot, different, cancellable, error))
    return FALSE;
  again.wanted = different;
  again.different = NULL;
  if (!fl_compare_pass_run (&again, cancellable, error))
    return FALSE;
  if (again.n_different > 0)
    {
      fl_compare_pass_set_error (&again, error);
      return FALSE;
    }
  compare->n_equal += n_wrong;
  compare->n_different = 0;
  fl_job_end_step (job, NULL);
  return TRUE;
}

static gboolean
fl_program_job_verify (FlProgramJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  g_autofree guint8 *different = g_malloc0 (fl_layout_get_n_sectors (get_layout (self)));
  g_autofree char *size = g_format_size_full (fl_image_get_size (self->expected), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *detail = NULL;
  double since = fl_job_get_elapsed (job);
  FlComparePass compare = { .job = job,
                            .boot = boot,
                            .device = get_device (self),
                            .image = self->expected,
                            .mark_sectors = TRUE,
                            .different = different };
  gboolean ok;

  fl_job_enter_stage (job, FL_STAGE_VERIFY);
  fl_job_set_text (job, _ ("Verifying %s"), size);
  fl_job_begin_step (job, _ ("Verifying %s"), size);
  ok = fl_compare_pass_run (&compare, cancellable, error);
  self->result.bytes_verified = compare.n_equal;
  self->result.retries += compare.n_repeated;
  if (!ok)
    return FALSE;
  if (compare.n_different > 0 && fl_plan_get_options (self->plan)->erase == FL_ERASE_NONE)
    {
      fl_compare_pass_set_error (&compare, error);
      return FALSE;
    }
  if (compare.n_different > 0)
    {
      if (!fl_program_job_mend (self, &compare, different, cancellable, error))
        return FALSE;
      self->result.bytes_verified = compare.n_equal;
    }
  else
    {
      detail = describe_rate (self, compare.n_equal, since);
      fl_job_end_step (job, detail);
    }
  self->result.verified = self->result.bytes_verified == fl_image_get_size (self->expected);
  return TRUE;
}

static gboolean
fl_program_job_work (FlProgramJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);

  if (!fl_program_job_prepare (self, boot, error))
    return FALSE;
  fl_program_job_log_plan (self);
  if (!fl_program_job_preserve (self, boot, cancellable, error) || !fl_rate_keep (job, cancellable, error)
      || !fl_program_width_set (job, fl_plan_get_options (self->plan)->supply, cancellable, error)
      || !fl_program_job_erase (self, cancellable, error) || !fl_program_job_write (self, boot, cancellable, error))
    return FALSE;
  if (fl_plan_get_options (self->plan)->verify)
    {
      if (!fl_program_job_verify (self, boot, cancellable, error))
        return FALSE;
    }
  else
    fl_job_log (job, FL_LOG_WARNING, NULL, _ ("Not verified, as was asked: what the flash holds is not known"));
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

static gboolean
fl_program_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlProgramJob *self = FL_PROGRAM_JOB (job);
  FlBoot *boot = fl_job_get_boot (job, error);
  g_autoptr (FlBoot) kept = NULL;
  FlLineSettings settings;
  gboolean ok;

  if (boot == NULL)
    return FALSE;
  kept = g_object_ref (boot); /* starting the application closes the session */
  fl_transport_get_settings (fl_boot_get_transport (boot), &settings);
  self->n_retries_before = fl_boot_get_n_retries (boot);
  ok = fl_program_job_work (self, boot, cancellable, error);
  fl_program_job_count (self, &settings);
  self->result.retries += fl_boot_get_n_retries (boot) - self->n_retries_before;
  if (!ok)
    fl_board_state_set (job, get_device (self),
                        &(FlBoardState){ .programming = TRUE,
                                         .verified = self->result.verified,
                                         .erased = self->erase,
                                         .first_busy = self->erasing.first_busy,
                                         .n_busy = self->erasing.n_busy });
  return ok;
}

static void
fl_program_job_finalize (GObject *object)
{
  FlProgramJob *self = FL_PROGRAM_JOB (object);

  g_clear_object (&self->plan);
  g_clear_object (&self->expected);
  g_free (self->erase);
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
