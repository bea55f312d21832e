/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-flash-ops.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-rate.h"
#include "fl-session-private.h"

/* How much of a segment is read at once: as much as goes best over the line, and where that is a whole block, up to
 * the next multiple of it. */
static gsize
get_chunk (guint32 address, gsize left, guint read_size)
{
  return MIN (left, read_size < FL_BOOT_MAX_BLOCK ? read_size : FL_BOOT_MAX_BLOCK - address % FL_BOOT_MAX_BLOCK);
}

/**
 * fl_compare_get_wire:
 * @read_size: bytes that are read at once
 *
 * Returns: bytes that reading back all of the image sends and receives
 */
guint64
fl_compare_get_wire (FlImage *image, guint read_size)
{
  guint64 wire = 0;

  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      gsize size = g_bytes_get_size (segment->data);

      for (gsize at = 0, length; at < size; at += length)
        {
          length = get_chunk (segment->address + (guint32) at, size - at, read_size);
          wire += FL_OPS_READ_WIRE (length);
        }
    }
  return wire;
}

static void
note_difference (FlComparePass *self, guint32 address, const guint8 *expected, const guint8 *got, gsize length,
                 gsize at)
{
  if (self->n_different++ > 0)
    return;
  self->first_address = address + (guint32) at;
  self->n_shown = (guint) MIN (length - at, sizeof self->expected);
  memcpy (self->expected, expected + at, self->n_shown);
  memcpy (self->got, got + at, self->n_shown);
}

static guint
count_differences (FlComparePass *self, guint32 address, const guint8 *expected, const guint8 *got, gsize length)
{
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (expected[i] == got[i])
        continue;
      note_difference (self, address, expected, got, length, i);
      n++;
    }
  return n;
}

/* One block. A difference is read a second time: nothing but parity protects what is read. */
static gboolean
compare_block (FlComparePass *self, guint32 address, const guint8 *expected, guint8 *got, gsize length,
               GCancellable *cancellable, GError **error)
{
  guint8 before[FL_BOOT_MAX_BLOCK];
  gboolean equal;

  if (!fl_rate_keep (self->job, cancellable, error))
    return FALSE;
  fl_job_mark (self->job);
  if (!fl_boot_read (self->boot, address, got, length, cancellable, error))
    return FALSE;
  equal = memcmp (got, expected, length) == 0;
  if (!equal)
    {
      memcpy (before, got, length);
      if (!fl_boot_read (self->boot, address, got, length, cancellable, error))
        return FALSE;
      if (memcmp (got, before, length) != 0)
        fl_mismatch_add_unstable (self->mismatch);
      equal = memcmp (got, expected, length) == 0;
      if (equal)
        {
          self->n_repeated++;
          fl_session_add_damage (fl_job_get_session (self->job));
          fl_job_log (self->job, FL_LOG_WARNING, NULL,
                      _ ("0x%08X read wrong the first time and right the second: the line damages bytes"), address);
        }
    }
  fl_mismatch_add (self->mismatch, address, expected, got, length);
  self->n_equal += length - (equal ? 0 : count_differences (self, address, expected, got, length));
  fl_job_add_done (self->job, FL_OPS_READ_WIRE (length));
  return TRUE;
}

static void
mark_sector (FlComparePass *self, const FlSector *sector, gboolean equal)
{
  if (!equal && self->different != NULL)
    self->different[sector->index] = TRUE;
  if (!self->mark_sectors)
    return;
  if (!equal)
    fl_job_set_sector (self->job, sector->index, FL_SECTOR_FAILED);
  else if (fl_job_get_sector (self->job, sector->index) != FL_SECTOR_FAILED)
    fl_job_set_sector (self->job, sector->index, FL_SECTOR_VERIFIED);
}

/* What is verified of a sector shows only when all of the image in it was: when the next block is in another one. */
static gboolean
is_last_in_sector (FlComparePass *self, const FlSector *sector, guint segment, guint64 next)
{
  const FlSegment *here = fl_image_get_segment (self->image, segment);
  guint64 end = (guint64) here->address + g_bytes_get_size (here->data);

  if (next >= end)
    {
      if (segment + 1 >= fl_image_get_n_segments (self->image))
        return TRUE;
      next = fl_image_get_segment (self->image, segment + 1)->address;
    }
  return next >= (guint64) sector->address + sector->size;
}

/* The sectors that a block lies in. */
static void
mark_sectors (FlComparePass *self, guint segment, guint32 address, const guint8 *expected, const guint8 *got,
              gsize length, gboolean *sector_equal)
{
  for (gsize at = 0, part; at < length; at += part)
    {
      const FlSector *sector = fl_layout_find (self->device->layout, address + (guint32) at);
      gboolean equal, last;

      if (sector == NULL)
        return;
      part = MIN (length - at, sector->address + sector->size - (address + at));
      equal = memcmp (got + at, expected + at, part) == 0;
      last = is_last_in_sector (self, sector, segment, (guint64) address + at + part);
      *sector_equal = *sector_equal && equal;
      if (!equal || last)
        mark_sector (self, sector, *sector_equal);
      if (last)
        *sector_equal = TRUE;
    }
}

/* Whether to look at it. One of several sectors is not read with another. */
static gboolean
is_wanted (FlComparePass *self, guint32 address, gsize *length)
{
  const FlSector *sector;

  if (self->wanted == NULL)
    return TRUE;
  sector = fl_layout_find (self->device->layout, address);
  if (sector == NULL)
    return FALSE;
  *length = MIN (*length, sector->address + sector->size - address);
  return self->wanted[sector->index];
}

static gboolean
compare_segment (FlComparePass *self, guint index, gboolean *sector_equal, GCancellable *cancellable, GError **error)
{
  const FlSegment *segment = fl_image_get_segment (self->image, index);
  gsize size;
  const guint8 *data = g_bytes_get_data (segment->data, &size);

  for (gsize at = 0; at < size;)
    {
      guint32 address = segment->address + (guint32) at;
      gsize length = get_chunk (address, size - at, fl_boot_get_read_size (self->boot));
      guint8 got[FL_BOOT_MAX_BLOCK];

      if (is_wanted (self, address, &length))
        {
          if (!compare_block (self, address, data + at, got, length, cancellable, error))
            return FALSE;
          if (self->device->layout != NULL)
            mark_sectors (self, index, address, data + at, got, length, sector_equal);
        }
      at += length;
    }
  return TRUE;
}

/**
 * fl_compare_pass_run:
 *
 * Differences are no error here: they are counted, and the pass goes on. Their pattern becomes one of the job's facts.
 *
 * Errors: those of the line.
 *
 * Returns: whether all was read
 */
gboolean
fl_compare_pass_run (FlComparePass *self, GCancellable *cancellable, GError **error)
{
  gboolean sector_equal = TRUE, ok = TRUE;

  self->n_equal = self->n_different = 0;
  self->mismatch =
      fl_mismatch_new (self->device->layout, self->device->chip != NULL ? self->device->chip->erased_value : 0xFF);
  for (guint i = 0; ok && i < fl_image_get_n_segments (self->image); i++)
    ok = compare_segment (self, i, &sector_equal, cancellable, error);
  self->pattern = fl_mismatch_get_kind (self->mismatch);
  if (ok || self->n_different > 0)
    fl_mismatch_take_facts (self->mismatch, fl_job_get_own_facts (self->job));
  g_clear_pointer (&self->mismatch, fl_mismatch_free);
  return ok;
}

/**
 * fl_compare_pass_set_error:
 *
 * Sets %FL_ERROR_VERIFY: where the first difference is, what it is, how many there are, and what their pattern means.
 */
void
fl_compare_pass_set_error (const FlComparePass *self, GError **error)
{
  g_autofree char *expected = fl_bytes_to_hex (self->expected, self->n_shown, 0);
  g_autofree char *got = fl_bytes_to_hex (self->got, self->n_shown, 0);

  g_set_error (error, FL_ERROR, FL_ERROR_VERIFY,
               ngettext ("The flash differs from the file at 0x%08X: expected %s, read %s. %" PRIu64
                         " byte is different. %s",
                         "The flash differs from the file from 0x%08X on: expected %s, read %s. %" PRIu64
                         " bytes are different. %s",
                         (gulong) self->n_different),
               self->first_address, expected, got, self->n_different, fl_mismatch_get_words (self->pattern));
}
