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

#define VAIN_PART 8           /* of the image, one in so many may be read in vain */
#define MIN_VAIN  (16 * 1024) /* and this much in any case */

/* How much of a segment is read at once: as much as goes best over the line, and where that is a whole block, up to
 * the next multiple of it. */
static gsize
get_chunk (guint32 address, gsize left, guint read_size)
{
  return MIN (left, read_size < FL_BOOT_MAX_BLOCK ? read_size : FL_BOOT_MAX_BLOCK - address % FL_BOOT_MAX_BLOCK);
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

/* What is verified of a sector shows only when all of the image in it was: when the next bytes are in another one. */
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

static gboolean
is_left (const FlComparePass *self, const FlSector *sector)
{
  return sector != NULL && self->left != NULL && self->left[sector->index];
}

/* Whether a sector is to be read. */
static gboolean
is_due (const FlComparePass *self, const FlSector *sector)
{
  if (sector == NULL)
    return self->wanted == NULL;
  return (self->wanted == NULL || self->wanted[sector->index])
         && !(self->proven != NULL && self->proven[sector->index]);
}

/* Whether there is still something to find out about it. */
static gboolean
is_open (const FlComparePass *self, const FlSector *sector)
{
  return is_due (self, sector) && !(is_left (self, sector) && self->missed[sector->index]);
}

static void
set_state (FlComparePass *self, const FlSector *sector, FlSectorState state)
{
  if (self->mark_sectors)
    fl_job_set_sector (self->job, sector->index, state);
}

static void
set_missed (FlComparePass *self, const FlSector *sector)
{
  self->missed[sector->index] = TRUE;
  self->n_missed++;
  set_state (self, sector, FL_SECTOR_PLANNED_WRITE);
}

static void
enter_sector (FlComparePass *self, const FlSector *sector)
{
  if (sector == NULL || self->at_sector == sector->index)
    return;
  self->at_sector = sector->index;
  self->sector_equal = TRUE;
  self->sector_bytes = 0;
}

/* The part of a block that lies in one sector. */
static void
take_part (FlComparePass *self, const FlSector *sector, guint32 address, const guint8 *expected, const guint8 *got,
           gsize length, gboolean last)
{
  gboolean equal = memcmp (got, expected, length) == 0;
  gsize n_equal = length;

  enter_sector (self, sector);
  if (is_left (self, sector) && !equal)
    {
      self->n_equal -= self->sector_bytes;
      self->vain_bytes += self->sector_bytes + length;
      set_missed (self, sector);
      return;
    }
  fl_mismatch_add (self->mismatch, address, expected, got, length);
  self->all_blank = self->all_blank && fl_bytes_all (got, length, fl_chip_get_erased_value (self->device->chip));
  if (!equal)
    n_equal -= count_differences (self, address, expected, got, length);
  self->n_equal += n_equal;
  if (sector == NULL)
    return;
  self->sector_bytes += n_equal;
  self->sector_equal = self->sector_equal && equal;
  if (!equal && self->different != NULL)
    self->different[sector->index] = TRUE;
  if (!self->sector_equal)
    set_state (self, sector, FL_SECTOR_FAILED);
  else if (last && is_left (self, sector))
    {
      self->kept_bytes += self->sector_bytes;
      set_state (self, sector, FL_SECTOR_UNCHANGED);
    }
  else if (last)
    set_state (self, sector, FL_SECTOR_VERIFIED);
}

/* Reads a block; one that differs a second time: nothing but parity protects what is read. */
static gboolean
read_block (FlComparePass *self, guint32 address, const guint8 *expected, guint8 *got, gsize length,
            GCancellable *cancellable, GError **error)
{
  guint8 before[FL_BOOT_MAX_BLOCK];

  if (!fl_rate_keep (self->job, cancellable, error))
    return FALSE;
  fl_job_mark (self->job);
  if (!fl_boot_read (self->boot, address, got, length, cancellable, error))
    return FALSE;
  if (memcmp (got, expected, length) == 0)
    return TRUE;
  memcpy (before, got, length);
  if (!fl_boot_read (self->boot, address, got, length, cancellable, error))
    return FALSE;
  if (memcmp (got, before, length) != 0)
    fl_mismatch_add_unstable (self->mismatch);
  if (memcmp (got, expected, length) != 0)
    return TRUE;
  self->n_repeated++;
  fl_session_add_damage (fl_job_get_session (self->job));
  fl_job_log (self->job, FL_LOG_WARNING, NULL,
              _ ("0x%08X read wrong the first time and right the second: the line damages bytes"), address);
  return TRUE;
}

static const FlSector *
find_sector (const FlComparePass *self, guint32 address)
{
  return self->device->layout != NULL ? fl_layout_find (self->device->layout, address) : NULL;
}

/* How many bytes of a block lie in the sector of its byte @at. */
static gsize
get_part (const FlSector *sector, guint32 address, gsize left)
{
  return sector != NULL ? MIN (left, sector->address + sector->size - address) : left;
}

/* Whether a block has something of a sector that is due, or open. */
static gboolean
has_any (const FlComparePass *self, guint32 address, gsize length,
         gboolean (*test) (const FlComparePass *self, const FlSector *sector))
{
  for (gsize at = 0; at < length;)
    {
      const FlSector *sector = find_sector (self, address + (guint32) at);

      if (test (self, sector))
        return TRUE;
      at += get_part (sector, address + (guint32) at, length - at);
    }
  return FALSE;
}

/**
 * fl_compare_pass_get_wire:
 *
 * Returns: bytes that reading back all that is to be read sends and receives
 */
guint64
fl_compare_pass_get_wire (const FlComparePass *self)
{
  guint64 wire = 0;

  for (guint i = 0; i < fl_image_get_n_segments (self->image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (self->image, i);
      gsize size = g_bytes_get_size (segment->data);

      for (gsize at = 0, length; at < size; at += length)
        {
          length = get_chunk (segment->address + (guint32) at, size - at, fl_boot_get_read_size (self->boot));
          if (has_any (self, segment->address + (guint32) at, length, is_due))
            wire += FL_OPS_READ_WIRE (length);
        }
    }
  return wire;
}

/* When more is read in vain than is saved, the guess was bad: no more of it is tried. */
static void
give_up_guessing (FlComparePass *self)
{
  guint64 allowed = MAX (fl_image_get_size (self->image) / VAIN_PART, MIN_VAIN);

  if (self->left == NULL || self->vain_bytes <= self->kept_bytes + allowed)
    return;
  for (guint i = (guint) (self->at_sector + 1); i < fl_layout_get_n_sectors (self->device->layout); i++)
    if (self->left[i] && is_open (self, fl_layout_get_sector (self->device->layout, i)))
      set_missed (self, fl_layout_get_sector (self->device->layout, i));
}

static gboolean
compare_block (FlComparePass *self, guint segment, guint32 address, const guint8 *expected, gsize length,
               GCancellable *cancellable, GError **error)
{
  guint8 got[FL_BOOT_MAX_BLOCK];

  if (!read_block (self, address, expected, got, length, cancellable, error))
    return FALSE;
  for (gsize at = 0; at < length;)
    {
      guint32 from = address + (guint32) at;
      const FlSector *sector = find_sector (self, from);
      gsize part = get_part (sector, from, length - at);
      gboolean last = sector != NULL && is_last_in_sector (self, sector, segment, (guint64) from + part);

      if (is_open (self, sector))
        take_part (self, sector, from, expected + at, got + at, part, last);
      at += part;
    }
  give_up_guessing (self);
  return TRUE;
}

static gboolean
compare_segment (FlComparePass *self, guint index, GCancellable *cancellable, GError **error)
{
  const FlSegment *segment = fl_image_get_segment (self->image, index);
  gsize size;
  const guint8 *data = g_bytes_get_data (segment->data, &size);

  for (gsize at = 0; at < size;)
    {
      guint32 address = segment->address + (guint32) at;
      gsize length = get_chunk (address, size - at, fl_boot_get_read_size (self->boot));
      gboolean open = has_any (self, address, length, is_open);

      if (open && !compare_block (self, index, address, data + at, length, cancellable, error))
        return FALSE;
      if (open || (self->wanted == NULL && has_any (self, address, length, is_due)))
        fl_job_add_done (self->job, FL_OPS_READ_WIRE (length));
      at += length;
    }
  return TRUE;
}

/* What the flash may hold where this job has written nothing, and no board has to be at fault: words of the fact
 * "verify.flash", and what they mean. NULL: the pattern is one of bad writing or reading all the same. */
static const char *
get_content (const FlComparePass *self, const char **words)
{
  if (!self->unwritten)
    return NULL;
  switch (self->pattern)
    {
    case FL_MISMATCH_NOTHING_WRITTEN:
      *words = self->all_blank
                   ? _ ("All of it is blank: the file was never programmed, or the flash was erased since.")
                   : _ ("These bytes are still erased: programming was cut short, or writes were only acknowledged, as "
                        "write protection does.");
      return self->all_blank ? "blank" : "partly";
    case FL_MISMATCH_NOT_ERASED:
    case FL_MISMATCH_SECTORS_UNCHANGED:
    case FL_MISMATCH_RANDOM:
    case FL_MISMATCH_OTHER_CONTENT:
      *words = _ ("The flash holds something else there: another file, or another version of this one.");
      return "other";
    case FL_MISMATCH_NONE:
    case FL_MISMATCH_GRANULARITY:
    case FL_MISMATCH_FIRST_32:
    case FL_MISMATCH_REREADS_DIFFER:
    case FL_N_MISMATCHES:
    default:
      return NULL;
    }
}

static void
take_facts (const FlComparePass *self)
{
  FlFacts *facts = fl_job_get_own_facts (self->job);
  const char *words = NULL;
  const char *content = get_content (self, &words);

  if (content == NULL)
    {
      fl_mismatch_take_facts (self->mismatch, facts);
      return;
    }
  fl_facts_set (facts, "verify.flash", content);
  fl_facts_say (facts, "verify.flash", "%s", words);
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
  gboolean ok = TRUE;

  self->n_equal = self->n_different = 0;
  self->n_missed = 0;
  self->kept_bytes = self->vain_bytes = 0;
  self->at_sector = -1;
  self->all_blank = TRUE;
  self->mismatch = fl_mismatch_new (self->device->layout, fl_chip_get_erased_value (self->device->chip));
  for (guint i = 0; ok && i < fl_image_get_n_segments (self->image); i++)
    ok = compare_segment (self, i, cancellable, error);
  self->pattern = fl_mismatch_get_kind (self->mismatch);
  if (ok || self->n_different > 0)
    take_facts (self);
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
  const char *words = fl_mismatch_get_words (self->pattern);

  get_content (self, &words);
  g_set_error (error, FL_ERROR, FL_ERROR_VERIFY,
               ngettext ("The flash differs from the file at 0x%08X: expected %s, read %s. %" PRIu64
                         " byte is different. %s",
                         "The flash differs from the file from 0x%08X on: expected %s, read %s. %" PRIu64
                         " bytes are different. %s",
                         (gulong) self->n_different),
               self->first_address, expected, got, self->n_different, words);
}
