/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "fl-board-state.h"
#include "fl-cut-short.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-program-private.h"
#include "fl-program-width.h"
#include "fl-rate.h"
#include "fl-session-private.h"

#define MAX_READS 4u /* of a block, until two are alike */

static const FlSector *
get_sector (FlProgramJob *self, guint index)
{
  return fl_layout_get_sector (fl_program_job_get_layout (self), index);
}

static guint
get_n_sectors (FlProgramJob *self)
{
  return fl_layout_get_n_sectors (fl_program_job_get_layout (self));
}

static gboolean
is_in (FlProgramJob *self, const FlPlanBlock *block, const guint8 *sectors)
{
  return sectors[fl_layout_find (fl_program_job_get_layout (self), block->address)->index];
}

/* What of a range that shares sectors with the image lies in a sector. */
static FlPlanRange
get_overlap (const FlPlanRange *range, const FlSector *sector)
{
  guint64 start = MAX (range->address, sector->address);
  guint64 end = MIN ((guint64) range->address + range->length, (guint64) sector->address + sector->size);

  return (FlPlanRange){ (guint32) start, end > start ? (guint32) (end - start) : 0 };
}

/* What is still to be read of a sector, so that it can be written back: FlPlanRange. */
static GArray *
list_preserved (FlProgramJob *self, guint index)
{
  GPtrArray *shared = fl_plan_get_shared (self->plan);
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (FlPlanRange));

  if (!fl_plan_get_options (self->plan)->preserve || self->preserved[index])
    return ranges;
  for (guint i = 0; i < shared->len; i++)
    {
      FlPlanRange range = get_overlap (g_ptr_array_index (shared, i), get_sector (self, index));

      if (range.length > 0)
        g_array_append_val (ranges, range);
    }
  return ranges;
}

static guint64
get_preserve_wire (FlProgramJob *self, guint index, guint64 *n_bytes)
{
  g_autoptr (GArray) ranges = list_preserved (self, index);
  guint read_size = fl_boot_get_read_size (self->erasing.boot);
  guint64 wire = 0;

  for (guint i = 0; i < ranges->len; i++)
    {
      guint32 length = g_array_index (ranges, FlPlanRange, i).length;

      wire += 2 * (length + (length + read_size - 1) / read_size * FL_OPS_READ_WIRE (0));
      *n_bytes += length;
    }
  return wire;
}

/**
 * fl_program_job_get_rewrite_wire:
 * @sectors: one byte a sector
 *
 * Returns: about how many bytes fl_program_job_rewrite() sends and receives, and reading back what was preserved
 */
guint64
fl_program_job_get_rewrite_wire (FlProgramJob *self, const guint8 *sectors)
{
  const GArray *blocks = fl_plan_get_blocks (self->plan);
  FlErasePass erasing = self->erasing;
  guint64 wire = 0, n_preserved = 0;

  if (fl_plan_get_options (self->plan)->erase != FL_ERASE_NONE)
    {
      erasing.wanted = sectors;
      wire += fl_erase_pass_get_wire (&erasing);
    }
  for (guint i = 0; i < get_n_sectors (self); i++)
    if (sectors[i])
      wire += get_preserve_wire (self, i, &n_preserved);
  for (guint i = 0; i < blocks->len; i++)
    if (is_in (self, &g_array_index (blocks, FlPlanBlock, i), sectors))
      wire += FL_OPS_WRITE_WIRE (g_array_index (blocks, FlPlanBlock, i).length);
  return wire + 2 * FL_OPS_READ_WIRE (n_preserved);
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

/* Nothing but parity protects what is read, and nobody knows afterwards what it was: it has to come twice alike. */
static gboolean
read_alike (FlJob *job, FlBoot *boot, guint32 address, guint8 *data, gsize length, GCancellable *cancellable,
            GError **error)
{
  guint8 before[FL_BOOT_MAX_BLOCK];

  for (guint i = 0; i < MAX_READS; i++)
    {
      fl_job_mark (job);
      if (!fl_boot_read (boot, address, data, length, cancellable, error))
        return FALSE;
      if (i > 0 && memcmp (data, before, length) == 0)
        return TRUE;
      if (i > 0)
        {
          fl_session_add_damage (fl_job_get_session (job));
          fl_job_log (job, FL_LOG_WARNING, NULL, _ ("0x%08X read differently twice: the line damages bytes"), address);
        }
      memcpy (before, data, length);
    }
  g_set_error (
      error, FL_ERROR, FL_ERROR_PROTOCOL,
      _ ("What is to be kept at 0x%08X was read %u times, and differently each time. Nothing of it was erased."),
      address, MAX_READS);
  return FALSE;
}

/* Reads what shares a sector with the image and is not in it, before it is erased. */
static gboolean
fl_program_job_preserve_range (FlProgramJob *self, FlBoot *boot, const FlPlanRange *range, FlImage *expected,
                               GCancellable *cancellable, GError **error)
{
  guint8 data[FL_BOOT_MAX_BLOCK];

  for (guint32 at = 0; at < range->length;)
    {
      guint32 address = range->address + at;
      gsize length = MIN (fl_boot_get_read_size (boot), range->length - at);

      if (!read_alike (FL_JOB (self), boot, address, data, length, cancellable, error)
          || !fl_plan_set_preserved (self->plan, address, data, length, error)
          || !fl_image_add (expected, address, data, length, error))
        return FALSE;
      at += (guint32) length;
      fl_job_add_done (FL_JOB (self), 2 * FL_OPS_READ_WIRE (length));
    }
  return TRUE;
}

static gboolean
fl_program_job_preserve_sectors (FlProgramJob *self, FlBoot *boot, const guint8 *sectors, FlImage *expected,
                                 guint *n_ranges, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < get_n_sectors (self); i++)
    {
      g_autoptr (GArray) ranges = sectors[i] ? list_preserved (self, i) : NULL;

      for (guint k = 0; ranges != NULL && k < ranges->len; k++)
        if (!fl_program_job_preserve_range (self, boot, &g_array_index (ranges, FlPlanRange, k), expected, cancellable,
                                            error))
          return FALSE;
      if (ranges != NULL)
        {
          self->preserved[i] = TRUE;
          *n_ranges += ranges->len;
        }
    }
  return TRUE;
}

/* What is expected grows by what is preserved of these sectors. */
static gboolean
fl_program_job_preserve (FlProgramJob *self, FlBoot *boot, const guint8 *sectors, GCancellable *cancellable,
                         GError **error)
{
  FlJob *job = FL_JOB (self);
  g_autoptr (FlImage) expected = fl_image_new ();
  g_autofree char *text = NULL;
  guint n_ranges = 0;

  if (!add_image (expected, self->expected, error))
    return FALSE;
  if (fl_plan_get_options (self->plan)->preserve && fl_plan_get_shared (self->plan)->len > 0)
    {
      fl_job_set_text (job, _ ("Reading what is to be kept"));
      fl_job_begin_step (job, _ ("Reading what is to be kept besides the file"));
      if (!fl_program_job_preserve_sectors (self, boot, sectors, expected, &n_ranges, cancellable, error))
        return FALSE;
      text = g_strdup_printf (ngettext ("%u range", "%u ranges", n_ranges), n_ranges);
      fl_job_end_step (job, text);
    }
  if (!fl_image_seal (expected, FL_IMAGE_BIN, error))
    return FALSE;
  g_set_object (&self->expected, expected);
  return TRUE;
}

static guint
count_sectors (FlProgramJob *self, const guint8 *sectors)
{
  guint n = 0;

  for (guint i = 0; i < get_n_sectors (self); i++)
    n += sectors[i] != 0;
  return n;
}

static gboolean
fl_program_job_erase (FlProgramJob *self, const guint8 *sectors, GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  guint n = count_sectors (self, sectors);
  g_autofree char *count = NULL;
  g_autofree char *detail = NULL;
  gboolean ok;

  if (n == 0 || fl_plan_get_options (self->plan)->erase == FL_ERASE_NONE)
    return TRUE;
  fl_job_enter_stage (job, FL_STAGE_ERASE);
  count = fl_ops_dup_count (fl_program_job_get_device (self), n);
  fl_job_begin_step (job, _ ("Erasing %s"), count);
  self->erasing.wanted = sectors;
  self->erasing.all = fl_plan_erases_all (self->plan) && n == get_n_sectors (self);
  self->erasing.n_erased = self->erasing.n_retries = 0;
  ok = fl_erase_pass_run (&self->erasing, cancellable, error);
  self->erasing.wanted = NULL;
  self->result.sectors_erased += self->erasing.n_erased;
  self->result.retries += self->erasing.n_retries;
  if (!ok)
    return FALSE;
  detail = fl_board_state_dup_erased (job, fl_program_job_get_device (self));
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

/**
 * fl_program_job_write_blocks:
 * @sectors: one byte a sector: whether to write the plan's blocks in it
 * @again: they were written before: they count once
 *
 * Errors: those of the line.
 */
gboolean
fl_program_job_write_blocks (FlProgramJob *self, FlBoot *boot, const guint8 *sectors, gboolean again,
                             GCancellable *cancellable, GError **error)
{
  FlJob *job = FL_JOB (self);
  const GArray *blocks = fl_plan_get_blocks (self->plan);
  guint segment = 0;

  for (guint i = 0; i < blocks->len; i++)
    {
      const FlPlanBlock *block = &g_array_index (blocks, FlPlanBlock, i);
      const FlSector *sector = fl_layout_find (fl_program_job_get_layout (self), block->address);
      guint64 sector_end = (guint64) sector->address + sector->size;

      if (!sectors[sector->index])
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
      if (!again)
        self->result.bytes_written += count_covered (self->expected, block, &segment);
      if (i + 1 == blocks->len || g_array_index (blocks, FlPlanBlock, i + 1).address >= sector_end)
        fl_job_set_sector (job, sector->index, FL_SECTOR_WRITTEN);
      if (!again)
        fl_job_add_done (job, FL_OPS_WRITE_WIRE (block->length));
    }
  return TRUE;
}

/* "40000 bytes in 4.2 s, 9.3 KiB/s" */
char *
fl_program_job_dup_rate (FlProgramJob *self, guint64 bytes, double since)
{
  double seconds = fl_job_get_elapsed (FL_JOB (self)) - since;

  /* Translators: bytes, seconds, KiB a second. */
  return g_strdup_printf (_ ("%" PRIu64 " bytes in %.1f s, %.1f KiB/s"), bytes, seconds,
                          seconds > 0 ? (double) bytes / 1024 / seconds : 0.0);
}

static gboolean
fl_program_job_write (FlProgramJob *self, FlBoot *boot, const guint8 *sectors, GCancellable *cancellable,
                      GError **error)
{
  FlJob *job = FL_JOB (self);
  const GArray *blocks = fl_plan_get_blocks (self->plan);
  double since = fl_job_get_elapsed (job);
  guint64 n_bytes = 0;
  g_autofree char *size = NULL;
  g_autofree char *detail = NULL;

  for (guint i = 0; i < blocks->len; i++)
    if (is_in (self, &g_array_index (blocks, FlPlanBlock, i), sectors))
      n_bytes += g_array_index (blocks, FlPlanBlock, i).length;
  size = g_format_size_full (n_bytes, G_FORMAT_SIZE_IEC_UNITS);
  fl_job_enter_stage (job, FL_STAGE_WRITE);
  fl_job_set_text (job, _ ("Programming %s"), size);
  fl_job_begin_step (job, _ ("Programming %s"), size);
  if (!fl_program_job_write_blocks (self, boot, sectors, FALSE, cancellable, error))
    return FALSE;
  detail = fl_program_job_dup_rate (self, n_bytes, since);
  fl_job_end_step (job, detail);
  return TRUE;
}

/**
 * fl_program_job_rewrite:
 * @sectors: one byte a sector; none of them was written before by this job, or all that is preserved of it was read
 *
 * Reads what is to be kept of the sectors, erases them unless they are blank, and writes them. With none of them,
 * nothing is done.
 *
 * Errors: those of FlErasePass and of the line.
 */
gboolean
fl_program_job_rewrite (FlProgramJob *self, FlBoot *boot, const guint8 *sectors, GCancellable *cancellable,
                        GError **error)
{
  g_autofree guint8 *erase = g_memdup2 (sectors, get_n_sectors (self));

  if (count_sectors (self, sectors) == 0)
    return TRUE;
  for (guint i = 0; i < get_n_sectors (self); i++)
    self->rewritten[i] |= sectors[i];
  fl_program_job_unspare (self, sectors);
  if (!fl_program_job_preserve (self, boot, sectors, cancellable, error)
      || !fl_rate_keep (FL_JOB (self), cancellable, error)
      || !fl_program_width_set (FL_JOB (self), fl_plan_get_options (self->plan)->supply, cancellable, error)
      || !fl_program_job_spare_blank (self, sectors, erase, cancellable, error))
    return FALSE;
  fl_cut_short_begin (fl_job_get_session (FL_JOB (self)));
  return fl_program_job_erase (self, erase, cancellable, error)
         && fl_program_job_write (self, boot, sectors, cancellable, error);
}
