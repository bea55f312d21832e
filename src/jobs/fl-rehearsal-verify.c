/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rehearsal.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"

#define FIRST_BYTES 32 /* that some ROMs lose of a write behind a read */
#define TRIES       3

/* What the blocks that differ have in common. */
typedef struct
{
  guint n_read;
  guint n_different;
  guint n_blank;      /* erased throughout */
  guint n_leading;    /* of those, the ones before the first block that is right */
  guint n_first_only; /* their first 32 bytes are erased, the rest is right */
  guint n_units;      /* some programming units are erased, the others are right */
  guint n_cleared;    /* everything was programmed, over what had been there */
  guint n_sectors;    /* in sectors in which not one block is right */
  guint n_unstable;   /* read differently a second time */
} Findings;

static gboolean
fl_rehearsal_read_block (FlRehearsal *self, const FlRehearsalBlock *block, guint8 *data)
{
  FlProbePlace place;

  for (guint i = 0; i < TRIES && !fl_probe_is_over (self->probe); i++)
    {
      FlProbeVerdict verdict = fl_probe_read (self->probe, block->address, data, block->length, &place);

      if (verdict == FL_PROBE_OK)
        return TRUE;
      if (verdict != FL_PROBE_NACK)
        fl_probe_settle (self->probe);
    }
  return FALSE;
}

static gboolean
is_right (const FlRehearsalBlock *block)
{
  return memcmp (block->data, block->got, block->length) == 0;
}

static gboolean
is_erased_in_units (const FlRehearsalBlock *block, gsize unit, guint8 erased)
{
  for (gsize at = 0; at < block->length; at += unit)
    {
      gsize n = MIN (unit, block->length - at);

      if (memcmp (block->data + at, block->got + at, n) != 0 && !fl_bytes_all (block->got + at, n, erased))
        return FALSE;
    }
  return TRUE;
}

/* Programming changes bits one way only: those that should have stayed erased were not before. */
static gboolean
is_only_cleared (const FlRehearsalBlock *block, guint8 erased)
{
  for (gsize i = 0; i < block->length; i++)
    {
      guint8 wanted = block->data[i] ^ erased, got = block->got[i] ^ erased; /* the bits that are programmed */

      if ((wanted & got) != wanted)
        return FALSE;
    }
  return TRUE;
}

static void
fl_rehearsal_judge_block (FlRehearsal *self, const FlRehearsalBlock *block, gboolean any_right, Findings *found)
{
  guint8 erased = self->probe->chip->erased_value;

  found->n_different++;
  if (fl_bytes_all (block->got, block->length, erased))
    {
      found->n_blank++;
      found->n_leading += !any_right;
    }
  else if (block->length > FIRST_BYTES && fl_bytes_all (block->got, FIRST_BYTES, erased)
           && memcmp (block->got + FIRST_BYTES, block->data + FIRST_BYTES, block->length - FIRST_BYTES) == 0)
    found->n_first_only++;
  else if (is_erased_in_units (block, MAX (self->probe->chip->program_unit, 8), erased))
    found->n_units++;
  else if (is_only_cleared (block, erased))
    found->n_cleared++;
}

/* Whether no block in the sector of @block is right. */
static gboolean
is_sector_wrong (FlRehearsal *self, const FlRehearsalBlock *block)
{
  const FlSector *sector = fl_layout_find (self->layout, block->address);

  for (guint i = 0; i < self->blocks->len; i++)
    {
      const FlRehearsalBlock *other = &g_array_index (self->blocks, FlRehearsalBlock, i);

      if (other->read && is_right (other) && fl_layout_find (self->layout, other->address) == sector)
        return FALSE;
    }
  return TRUE;
}

static void
fl_rehearsal_find (FlRehearsal *self, Findings *found)
{
  gboolean any_right = FALSE;

  for (guint i = 0; i < self->blocks->len; i++)
    {
      FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, i);
      guint8 again[FL_BOOT_MAX_BLOCK];

      if (!block->read)
        continue;
      found->n_read++;
      if (is_right (block))
        {
          any_right = TRUE;
          continue;
        }
      if (fl_rehearsal_read_block (self, block, again) && memcmp (again, block->got, block->length) != 0)
        found->n_unstable++;
      found->n_sectors += is_sector_wrong (self, block);
      fl_rehearsal_judge_block (self, block, any_right, found);
    }
}

/* @not_erased: an erase was acknowledged and had no effect, though nothing is write-protected. */
static const char *
get_pattern (const Findings *found, gboolean not_erased)
{
  guint n = found->n_different;

  if (n == 0)
    return "ok";
  if (found->n_unstable > 0)
    return "rereads-differ";
  if (found->n_blank == found->n_read)
    return "nothing-written";
  if (found->n_cleared == n || not_erased)
    return "not-erased";
  if (found->n_first_only == n || (found->n_blank == n && found->n_leading == n))
    return "first-32";
  if (found->n_sectors == n && n < found->n_read)
    return "sectors-unchanged";
  if (found->n_units + found->n_blank == n)
    return "granularity";
  return found->n_sectors == n ? "sectors-unchanged" : "random";
}

/* Reads back what was acknowledged, and looks how it differs. */
void
fl_rehearsal_verify (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  Findings found = { 0 };
  const char *pattern;

  fl_job_begin_step (probe->job, _ ("Reading back what was written"));
  for (guint i = 0; i < self->blocks->len && !fl_probe_is_over (probe); i++)
    {
      FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, i);

      block->read = block->written && fl_rehearsal_read_block (self, block, block->got);
    }
  fl_rehearsal_find (self, &found);
  if (fl_probe_is_over (probe))
    return;
  if (found.n_read == 0)
    {
      fl_probe_end_step (probe, FALSE, "%s", _ ("there is nothing that could be read"));
      return;
    }
  pattern = get_pattern (&found, fl_facts_is (probe->facts, "erase.unchanged", "yes")
                                     && fl_facts_is (probe->facts, "options.write-protected", "no"));
  fl_facts_set (probe->facts, "verify.pattern", pattern);
  fl_facts_say (probe->facts, "verify.pattern", _ ("%u of %u blocks differ from what was written"), found.n_different,
                found.n_read);
  fl_probe_end_step (probe, found.n_different == 0, _ ("%u of %u blocks differ"), found.n_different, found.n_read);
}
