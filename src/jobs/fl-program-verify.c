/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-checksum-pass.h"
#include "fl-erase-doubt.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-program-private.h"
#include "fl-rate.h"
#include "fl-session-private.h"

/* What is erased anew may have no erase code that is safe among so few: then all of bank 2 that is in @plenty is taken.
 */
static void
fl_program_job_widen (FlProgramJob *self, guint8 *sectors, const guint8 *plenty)
{
  FlLayout *layout = fl_program_job_get_layout (self);

  if (!fl_erase_doubt_may_arise (fl_program_job_get_device (self), sectors))
    return;
  for (guint i = fl_layout_get_bank_2 (layout); i < fl_layout_get_n_sectors (layout); i++)
    sectors[i] = sectors[i] || plenty[i];
}

/* What looked blank, and may not have been, is erased with the rest. Some chips program nothing any more once they were
 * to overwrite something: the error stays in their FLASH_SR (RM0444 and its like, PROGERR and PGSERR), and as AN2606
 * says of a misaligned address, the bootloader does not clear it before the next reset. */
static gboolean
fl_program_job_take_back_guess (FlProgramJob *self, guint n_spared, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  FlSession *session = fl_job_get_session (job);
  g_autofree char *count = fl_ops_dup_count (fl_program_job_get_device (self), n_spared);
  guint64 from;
  char *step;
  gboolean ok;

  if (n_spared == 0)
    return TRUE;
  if (!fl_rate_can_reset (session))
    {
      /* Translators: "3 pages" */
      fl_job_log (job, FL_LOG_INFO, NULL, _ ("Of what differs, %s looked blank and had not been erased"), count);
      return TRUE;
    }
  fl_job_log (job, FL_LOG_INFO, NULL,
              /* Translators: "3 pages" */
              _ ("Of what differs, %s looked blank and had not been erased: the board is reset into its bootloader, "
                 "which may program nothing any more after that"),
              count);
  step = fl_job_suspend_step (job, &from);
  ok = fl_rate_reset (job, fl_session_get_baud (session), cancellable, error);
  fl_job_resume_step (job, step, from);
  return ok;
}

/* Says first what is the most likely, and what to do about it. */
static void
fl_program_job_blame_guess (FlProgramJob *self, guint n_spared, GError **error)
{
  g_autofree char *count = fl_ops_dup_count (fl_program_job_get_device (self), n_spared);

  if (n_spared > 0 && error != NULL)
    g_prefix_error (error,
                    /* Translators: "3 pages"; another sentence follows */
                    _ ("Looked blank, and therefore not erased first: %s. Reset the board into its bootloader and "
                       "program again: everything is erased then. "),
                    count);
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
  guint n_spared;

  fl_compare_pass_set_error (compare, &reason);
  fl_job_fail_step (job, reason->message);
  fl_job_begin_step (job, _ ("Erasing and programming once more what differs"));
  fl_job_set_text (job, _ ("Programming once more what differs"));
  self->result.retries++;
  fl_program_job_widen (self, different, self->rewritten); /* what was left may hold data to be kept */
  n_spared = fl_program_job_unspare (self, different);
  if (!fl_program_job_take_back_guess (self, n_spared, cancellable, error))
    return FALSE;
  erasing.wanted = different;
  erasing.all = FALSE;
  erasing.n_erased = erasing.n_retries = 0;
  if (!fl_erase_pass_run (&erasing, cancellable, error))
    {
      self->erasing.first_busy = erasing.first_busy;
      self->erasing.n_busy = erasing.n_busy;
      if (error != NULL && g_error_matches (*error, FL_ERROR, FL_ERROR_ERASE))
        fl_program_job_blame_guess (self, n_spared, error);
      return FALSE;
    }
  self->result.sectors_erased += n_spared;
  if (!fl_program_job_write_blocks (self, compare->boot, different, TRUE, cancellable, error))
    return FALSE;
  again.wanted = different;
  again.different = NULL;
  again.left = NULL;
  again.proven = NULL;
  if (!fl_compare_pass_run (&again, cancellable, error))
    return FALSE;
  if (again.n_different > 0)
    {
      fl_compare_pass_set_error (&again, error);
      fl_program_job_blame_guess (self, n_spared, error);
      return FALSE;
    }
  compare->n_equal += n_wrong;
  compare->n_different = 0;
  fl_job_end_step (job, NULL);
  return TRUE;
}

/* Reads back sectors, and mends once what differs. */
static gboolean
fl_program_job_compare (FlProgramJob *self, FlComparePass *compare, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  g_autofree guint8 *different = g_malloc0 (fl_layout_get_n_sectors (fl_program_job_get_layout (self)));
  g_autofree char *size =
      g_format_size_full (fl_image_get_size (self->expected) - self->result.bytes_verified, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *detail = NULL;
  guint64 bytes_before = self->result.bytes_verified;
  double since = fl_job_get_elapsed (job);
  gboolean ok;

  compare->different = different;
  fl_job_enter_stage (job, FL_STAGE_VERIFY);
  if (compare->wanted == NULL)
    {
      fl_job_set_text (job, _ ("Verifying %s"), size);
      fl_job_begin_step (job, _ ("Verifying %s"), size);
    }
  else
    {
      fl_job_set_text (job, _ ("Verifying what was programmed last"));
      fl_job_begin_step (job, _ ("Verifying what was programmed last"));
    }
  ok = fl_compare_pass_run (compare, cancellable, error);
  self->result.bytes_verified = bytes_before + compare->n_equal;
  self->result.retries += compare->n_repeated;
  if (ok && compare->n_different > 0)
    {
      if (fl_plan_get_options (self->plan)->erase == FL_ERASE_NONE)
        {
          fl_compare_pass_set_error (compare, error);
          return FALSE;
        }
      ok = fl_program_job_mend (self, compare, different, cancellable, error);
      if (ok)
        self->result.bytes_verified = bytes_before + compare->n_equal;
    }
  else if (ok)
    {
      detail = fl_program_job_dup_rate (self, compare->n_equal, since);
      fl_job_end_step (job, detail);
    }
  compare->different = NULL;
  return ok;
}

/* Bytes of what is expected in some sectors. */
static guint64
count_expected (FlProgramJob *self, const guint8 *sectors)
{
  FlLayout *layout = fl_program_job_get_layout (self);
  guint64 n_bytes = 0;

  for (guint i = 0; i < fl_image_get_n_segments (self->expected); i++)
    {
      const FlSegment *segment = fl_image_get_segment (self->expected, i);
      guint64 end = (guint64) segment->address + g_bytes_get_size (segment->data);

      for (guint64 at = segment->address; at < end;)
        {
          const FlSector *sector = fl_layout_find (layout, (guint32) at);
          guint64 next = MIN (end, (guint64) sector->address + sector->size);

          if (sectors[sector->index])
            n_bytes += next - at;
          at = next;
        }
    }
  return n_bytes;
}

/* What had been left and does not hold the file is no fault: it is programmed after all; and with it what there is no
 * other way to erase it than with. */
static gboolean
fl_program_job_rewrite_missed (FlProgramJob *self, FlBoot *boot, guint8 *missed, guint n_missed,
                               GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  g_autofree char *count = fl_ops_dup_count (fl_program_job_get_device (self), n_missed);
  FlComparePass compare = {
    .job = job, .boot = boot, .device = fl_program_job_get_device (self), .wanted = missed, .mark_sectors = TRUE
  };

  /* Translators: "3 pages" */
  fl_job_log (job, FL_LOG_INFO, NULL, _ ("Seemed to hold the file already, and do not in every byte: %s"), count);
  fl_program_job_widen (self, missed, self->erase);
  self->result.bytes_verified = fl_image_get_size (self->expected) - count_expected (self, missed);
  self->total += fl_program_job_get_rewrite_wire (self, missed) + FL_OPS_READ_WIRE (count_expected (self, missed));
  fl_job_set_total (job, self->total);
  if (!fl_program_job_rewrite (self, boot, missed, cancellable, error))
    return FALSE;
  compare.image = self->expected;
  return fl_program_job_compare (self, &compare, cancellable, error);
}

static guint
count_sectors (FlProgramJob *self, const guint8 *sectors)
{
  guint n = 0;

  for (guint i = 0; sectors != NULL && i < fl_layout_get_n_sectors (fl_program_job_get_layout (self)); i++)
    n += sectors[i] != 0;
  return n;
}

/* What was left because of the bootloader's checksum: since then other sectors were erased and written, and it is asked
 * once more. What it does not vouch for any more is read. */
static gboolean
fl_program_job_compare_checksums (FlProgramJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  FlDevice *device = fl_program_job_get_device (self);
  guint n_trusted = count_sectors (self, self->trusted);
  FlChecksumPass pass = {
    .job = job, .boot = boot, .plan = self->plan, .wanted = self->trusted, .equal = self->proven
  };
  FlComparePass rest = { .boot = boot, .device = device, .image = self->expected };
  g_autofree char *count = NULL;
  g_autofree char *equal = NULL;
  guint64 before;

  if (n_trusted == 0)
    return TRUE;
  count = fl_ops_dup_count (device, n_trusted);
  fl_job_enter_stage (job, FL_STAGE_VERIFY);
  /* Translators: "28 pages" */
  fl_job_set_text (job, _ ("Comparing %s by the bootloader’s checksum"), count);
  fl_job_begin_step (job, _ ("Comparing %s by the bootloader’s checksum"), count);
  if (!fl_checksum_pass_run (&pass, cancellable, error))
    return FALSE;
  rest.proven = self->trusted;
  before = fl_compare_pass_get_wire (&rest);
  rest.proven = self->proven;
  self->total += fl_compare_pass_get_wire (&rest) - before;
  fl_job_set_total (job, self->total);
  for (guint i = 0; i < fl_layout_get_n_sectors (device->layout); i++)
    if (self->proven[i])
      fl_job_set_sector (job, i, FL_SECTOR_UNCHANGED);
  equal = fl_ops_dup_count (device, pass.n_equal);
  if (pass.n_equal == n_trusted)
    fl_job_end_step (job, _ ("It is right"));
  else
    {
      /* Translators: "26 pages" */
      g_autofree char *message = g_strdup_printf (_ ("It is right of %s; the rest is read"), equal);

      fl_job_fail_step (job, message);
    }
  return TRUE;
}

/**
 * fl_program_job_verify:
 *
 * Reads back all that is expected: also what was left as it was, because it seemed to hold it; but not what was left
 * because the bootloader's checksum says so, and says so still. What of that does not is programmed then; what was
 * written and differs is erased and written once more.
 *
 * Errors: %FL_ERROR_VERIFY, those of FlErasePass and of the line.
 *
 * Returns: whether every byte was compared and is equal
 */
gboolean
fl_program_job_verify (FlProgramJob *self, FlBoot *boot, GCancellable *cancellable, GError **error)
{
  guint n_sectors = fl_layout_get_n_sectors (fl_program_job_get_layout (self));
  g_autofree guint8 *missed = g_malloc0 (n_sectors);
  FlComparePass compare = { .job = FL_JOB (self),
                            .boot = boot,
                            .device = fl_program_job_get_device (self),
                            .image = self->expected,
                            .left = self->left,
                            .missed = missed,
                            .mark_sectors = TRUE };

  self->proven = g_malloc0 (n_sectors);
  compare.proven = self->proven;
  if (!fl_program_job_compare_checksums (self, boot, cancellable, error))
    return FALSE;
  self->result.bytes_verified = count_expected (self, self->proven);
  if (self->result.bytes_verified < fl_image_get_size (self->expected)
      && !fl_program_job_compare (self, &compare, cancellable, error))
    return FALSE;
  if (compare.n_missed > 0 && !fl_program_job_rewrite_missed (self, boot, missed, compare.n_missed, cancellable, error))
    return FALSE;
  self->result.verified = self->result.bytes_verified == fl_image_get_size (self->expected);
  return TRUE;
}
