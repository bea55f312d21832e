/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-changed-pass.h"

#include "fl-bytes.h"
#include "fl-checksum-pass.h"
#include "fl-erase-doubt.h"
#include "fl-flash-ops.h"
#include "fl-job-private.h"
#include "fl-rate.h"

#define SAMPLE_BYTES 16
#define SLICE        (16 * 1024) /* of a large sector, for each sample */
#define GROUP        1024        /* small sectors are judged together: a look at each would cost more than it saves */
#define MIN_LOOKS    3
#define MAX_LOOKS    16
#define MIN_CHECKED  2048 /* bytes of sectors: to prove the checksum costs a block */
#define LOOKS_PART   100  /* of all exchanges, one in so many for the first looks: a new image pays no more than that */

/* A few bytes that stand for a slice of a sector, or for some small sectors. */
typedef struct
{
  guint first; /* sector */
  guint count; /* sectors */
  guint32 address;
  guint32 length;
  const guint8 *expected; /* the plan's */
  gboolean looked;
  gboolean equal; /* when looked at */
} Sample;

static FlLayout *
get_layout (FlChangedPass *self)
{
  return fl_plan_get_device (self->plan)->layout;
}

static guint8
get_erased_value (FlChangedPass *self)
{
  return fl_chip_get_erased_value (fl_plan_get_device (self->plan)->chip);
}

/* Behind the last byte between two places of a sector that is covered and, if so wanted, not blank; @from: there is
 * none. */
static guint32
find_end (FlChangedPass *self, guint index, guint32 from, guint32 to, gboolean blank_too)
{
  const guint8 *covered;
  const guint8 *data = fl_plan_get_content (self->plan, index, &covered);

  while (to > from && (!covered[to - 1] || (!blank_too && data[to - 1] == get_erased_value (self))))
    to--;
  return to;
}

/* The last bytes that are not blank, or the last at all, between two places of a sector: where a program grew or
 * shrank, everything behind has moved; and a programming that was cut short has not come so far. */
static gboolean
find_sample (FlChangedPass *self, guint index, guint32 from, guint32 to, Sample *sample)
{
  const guint8 *covered;
  const guint8 *data = fl_plan_get_content (self->plan, index, &covered);
  guint32 end = find_end (self, index, from, to, FALSE);
  guint32 start;

  if (end == from)
    end = find_end (self, index, from, to, TRUE);
  for (start = end; start > from && covered[start - 1] && end - start < SAMPLE_BYTES;)
    start--;
  sample->address = fl_layout_get_sector (get_layout (self), index)->address + start;
  sample->length = end - start;
  sample->expected = data + start;
  return end > from;
}

/* Candidates that follow each other, as many as make a group. */
static guint
count_group (FlChangedPass *self, guint first)
{
  FlLayout *layout = get_layout (self);
  guint32 size = fl_layout_get_sector (layout, first)->size;
  guint count = 1;

  while (
      size < GROUP && first + count < fl_layout_get_n_sectors (layout) && fl_plan_may_leave (self->plan, first + count)
      && fl_layout_get_sector (layout, first + count)->address == fl_layout_get_sector (layout, first)->address + size)
    size += fl_layout_get_sector (layout, first + count++)->size;
  return count;
}

static void
add_samples (FlChangedPass *self, guint first, guint count)
{
  guint last = first + count - 1;
  guint32 size = fl_layout_get_sector (get_layout (self), last)->size;

  for (guint32 at = 0; at < size; at += SLICE)
    {
      Sample sample = { .first = first, .count = count };

      if (find_sample (self, last, at, MIN (at + SLICE, size), &sample))
        g_array_append_val (self->samples, sample);
    }
}

static void
find_samples (FlChangedPass *self)
{
  guint n_sectors = fl_layout_get_n_sectors (get_layout (self));

  for (guint i = 0; i < n_sectors;)
    {
      guint count = 1;

      if (fl_plan_may_leave (self->plan, i))
        {
          count = count_group (self, i);
          add_samples (self, i, count);
          memset (self->left + i, TRUE, count);
          self->n_candidates += count;
        }
      i += count;
    }
}

/* What was damaged on the way looks changed, and is written once more: that does no harm. */
static gboolean
look_at (FlChangedPass *self, Sample *sample, gboolean *equal, GCancellable *cancellable, GError **error)
{
  guint8 got[SAMPLE_BYTES];

  if (!fl_rate_keep (self->job, cancellable, error))
    return FALSE;
  fl_job_mark (self->job);
  if (!fl_boot_read (self->boot, sample->address, got, sample->length, cancellable, error))
    return FALSE;
  sample->looked = TRUE;
  self->blank = self->blank && fl_bytes_all (got, sample->length, get_erased_value (self));
  sample->equal = *equal = memcmp (got, sample->expected, sample->length) == 0;
  if (!*equal)
    memset (self->changed + sample->first, TRUE, sample->count);
  fl_job_add_done (self->job, FL_OPS_READ_WIRE (sample->length));
  return TRUE;
}

/* How many samples show whether all is new. */
static guint
get_first_looks (FlChangedPass *self)
{
  guint64 n_exchanges =
      (fl_plan_get_write_bytes (self->plan) + fl_plan_get_verify_bytes (self->plan)) / FL_BOOT_MAX_BLOCK;

  return MIN ((guint) CLAMP (n_exchanges / LOOKS_PART, MIN_LOOKS, MAX_LOOKS), self->samples->len);
}

/* A few samples from all over the image. When every one of them differs, the image is new, and the others are not worth
 * a look. */
static gboolean
look_first (FlChangedPass *self, gboolean *any_equal, GCancellable *cancellable, GError **error)
{
  guint n = get_first_looks (self);

  *any_equal = FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint at = (2 * i + 1) * self->samples->len / (2 * n);
      gboolean equal;

      if (!look_at (self, &g_array_index (self->samples, Sample, at), &equal, cancellable, error))
        return FALSE;
      *any_equal |= equal;
    }
  return TRUE;
}

/* A block with an equal sample that is not all of one value: another order of its bytes would have another checksum. 0:
 * there is none. */
static guint32
find_witness (FlChangedPass *self)
{
  for (guint i = 0; i < self->samples->len; i++)
    {
      const Sample *sample = &g_array_index (self->samples, Sample, i);
      guint32 block = sample->address - sample->address % FL_BOOT_MAX_BLOCK;

      if (sample->looked && sample->equal && !fl_bytes_all (sample->expected, sample->length, sample->expected[0])
          && fl_layout_contains (get_layout (self), block, FL_BOOT_MAX_BLOCK))
        return block;
    }
  return 0;
}

/* What the checksum can judge, and is worth it. */
static guint8 *
dup_judged (FlChangedPass *self)
{
  guint n_sectors = fl_layout_get_n_sectors (get_layout (self));
  g_autofree guint8 *judged = g_malloc0 (n_sectors);
  guint64 n_bytes = 0;

  for (guint i = 0; i < n_sectors; i++)
    {
      judged[i] = self->left[i] && !self->changed[i] && fl_checksum_pass_can_judge (self->plan, i);
      n_bytes += judged[i] ? fl_layout_get_sector (get_layout (self), i)->size : 0;
    }
  return n_bytes >= MIN_CHECKED ? g_steal_pointer (&judged) : NULL;
}

/* By the bootloader's own checksum, where it has one: what that says to be different is different, and what it says to
 * be equal needs no sample. */
static gboolean
look_by_checksum (FlChangedPass *self, GCancellable *cancellable, GError **error)
{
  FlChecksumPass pass = { .job = self->job, .boot = self->boot, .plan = self->plan, .equal = self->trusted };
  guint32 witness = fl_checksum_pass_is_usable (self->job) ? find_witness (self) : 0;
  g_autofree guint8 *judged = witness != 0 ? dup_judged (self) : NULL;

  if (judged == NULL)
    return TRUE;
  pass.wanted = judged;
  if (!fl_checksum_pass_prove (self->job, self->boot, witness, cancellable, error)
      || !fl_checksum_pass_run (&pass, cancellable, error))
    return FALSE;
  for (guint i = 0; fl_checksum_pass_is_usable (self->job) && i < fl_layout_get_n_sectors (get_layout (self)); i++)
    self->changed[i] |= judged[i] && !self->trusted[i];
  return TRUE;
}

/* Whether something of a sample's sectors is not decided yet. */
static gboolean
is_open (FlChangedPass *self, const Sample *sample)
{
  for (guint i = sample->first; i < sample->first + sample->count; i++)
    if (!self->changed[i] && !self->trusted[i])
      return !sample->looked;
  return FALSE;
}

static gboolean
look_at_rest (FlChangedPass *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < self->samples->len; i++)
    {
      Sample *sample = &g_array_index (self->samples, Sample, i);
      gboolean equal;

      if (is_open (self, sample) && !look_at (self, sample, &equal, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* Reads what the image does not have of a sector until something there is not blank. */
static gboolean
check_gaps (FlChangedPass *self, guint index, GCancellable *cancellable, GError **error)
{
  const FlSector *sector = fl_layout_get_sector (get_layout (self), index);
  guint8 data[FL_BOOT_MAX_BLOCK];
  const guint8 *covered;

  fl_plan_get_content (self->plan, index, &covered);
  for (guint32 at = 0; at < sector->size && !self->changed[index];)
    {
      guint32 end = at;

      while (end < sector->size && !covered[end] && end - at < FL_BOOT_MAX_BLOCK)
        end++;
      if (end == at)
        {
          at++;
          continue;
        }
      fl_job_mark (self->job);
      if (!fl_boot_read (self->boot, sector->address + at, data, end - at, cancellable, error))
        return FALSE;
      self->changed[index] = !fl_bytes_all (data, end - at, get_erased_value (self));
      at = end;
    }
  return TRUE;
}

/* Where other data are not preserved, what is besides the image in a sector is to be blank. What is preserved is as it
 * should be. */
static gboolean
check_all_gaps (FlChangedPass *self, GCancellable *cancellable, GError **error)
{
  if (fl_plan_get_options (self->plan)->preserve)
    return TRUE;
  for (guint i = 0; i < fl_layout_get_n_sectors (get_layout (self)); i++)
    if (self->left[i] && !self->changed[i] && !self->trusted[i] && !check_gaps (self, i, cancellable, error))
      return FALSE;
  return TRUE;
}

/* With fewer sectors to erase there may be no code for some of them that is safe: then all of the plan's in bank 2 are
 * erased, as if nothing had been found. */
static void
leave_no_doubt (FlChangedPass *self)
{
  FlLayout *layout = get_layout (self);
  guint n_sectors = fl_layout_get_n_sectors (layout);
  g_autofree guint8 *erased = g_malloc0 (n_sectors);

  for (guint i = 0; i < n_sectors; i++)
    erased[i] = fl_plan_get_action (self->plan, i) != FL_PLAN_KEEP && !self->left[i];
  if (fl_erase_doubt_may_arise (fl_plan_get_device (self->plan), erased))
    for (guint i = fl_layout_get_bank_2 (layout); i < n_sectors; i++)
      self->left[i] = FALSE;
}

static void
conclude (FlChangedPass *self, gboolean any_equal)
{
  guint n_sectors = fl_layout_get_n_sectors (get_layout (self));

  for (guint i = 0; i < n_sectors; i++)
    self->left[i] = self->left[i] && any_equal && !self->changed[i];
  leave_no_doubt (self);
  for (guint i = 0; i < n_sectors; i++)
    {
      self->trusted[i] = self->trusted[i] && self->left[i];
      self->n_left += self->left[i];
      self->n_trusted += self->trusted[i];
    }
}

/**
 * fl_changed_pass_run:
 *
 * Looks at a few places all over the image. When none of them is as it should be, the image is new, and that is all;
 * otherwise at one place for each sector, several for large ones, or at their checksums.
 *
 * Errors: those of the line.
 *
 * Returns: whether it could be read
 */
gboolean
fl_changed_pass_run (FlChangedPass *self, GCancellable *cancellable, GError **error)
{
  gboolean any_equal = FALSE, ok;

  self->blank = TRUE;
  self->n_candidates = self->n_left = self->n_trusted = 0;
  self->samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  self->changed = g_malloc0 (fl_layout_get_n_sectors (get_layout (self)));
  find_samples (self);
  ok = look_first (self, &any_equal, cancellable, error)
       && (!any_equal
           || (look_by_checksum (self, cancellable, error) && look_at_rest (self, cancellable, error)
               && check_all_gaps (self, cancellable, error)));
  if (ok)
    conclude (self, any_equal);
  g_clear_pointer (&self->samples, g_array_unref);
  g_clear_pointer (&self->changed, g_free);
  return ok;
}
