/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rehearsal.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"

#define TRIES       4           /* of a block: one that is refused at random gets through */
#define HOPELESS    8           /* blocks refused one after the other: the rest will be, too */
#define ALIAS       0x04000000u /* from a flash address to its secure alias: 0x08… and 0x0C… */
#define SHORT_BYTES 4

static void
fl_rehearsal_write_block (FlRehearsal *self, FlRehearsalBlock *block)
{
  for (guint i = 0; i < TRIES && !block->written && self->alive; i++)
    {
      FlProbePlace place;
      FlProbeVerdict verdict = fl_probe_write (self->probe, block->address, block->data, block->length, &place);

      if (fl_probe_is_over (self->probe))
        return;
      block->written = verdict == FL_PROBE_OK;
      if (i == 0)
        {
          block->verdict = verdict;
          block->place = place;
        }
      if (verdict != FL_PROBE_OK && verdict != FL_PROBE_NACK)
        fl_rehearsal_recover (self);
    }
}

static const char *
name_result (const FlRehearsalBlock *block)
{
  if (block->verdict != FL_PROBE_NACK)
    return block->verdict == FL_PROBE_OK ? "ok" : "silent";
  switch (block->place)
    {
    case FL_PROBE_AT_COMMAND:
      return "nack-command";
    case FL_PROBE_AT_ADDRESS:
      return "nack-address";
    case FL_PROBE_AT_DATA:
    case FL_PROBE_AT_END:
    default:
      return "nack-data";
    }
}

static void
fl_rehearsal_set_boundary (FlRehearsal *self, guint32 address)
{
  g_autofree char *text = g_strdup_printf ("0x%08X", address);

  fl_facts_set (self->probe->facts, "write.pattern", "boundary");
  fl_facts_set (self->probe->facts, "write.boundary", text);
  fl_facts_say (self->probe->facts, "write.boundary", _ ("Writing is refused from 0x%08X on"), address);
}

/* Of the blocks that were refused for good: whether all others lie below them. */
static void
fl_rehearsal_set_pattern (FlRehearsal *self, guint n_tried, guint n_refused)
{
  guint32 first_bad = G_MAXUINT32, last_good = 0;
  guint n_lost = 0;

  for (guint i = 0; i < n_tried; i++)
    {
      const FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, i);

      if (block->written)
        last_good = MAX (last_good, block->address);
      else
        first_bad = MIN (first_bad, block->address);
      n_lost += !block->written;
    }
  if (n_refused == n_tried)
    fl_facts_set (self->probe->facts, "write.pattern", "all");
  else if (n_lost > 0 && first_bad > last_good)
    fl_rehearsal_set_boundary (self, first_bad);
  else if (n_refused > 0)
    fl_facts_set (self->probe->facts, "write.pattern", "random");
}

/* All blocks, one after the other. */
void
fl_rehearsal_write (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  const FlRehearsalBlock *worst = NULL;
  guint n_tried = 0, n_refused = 0, run = 0;

  fl_job_begin_step (probe->job, _ ("Writing %u blocks"), self->blocks->len);
  for (guint i = 0; i < self->blocks->len && self->alive && run < HOPELESS && !fl_probe_is_over (probe); i++)
    {
      FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, i);

      fl_rehearsal_write_block (self, block);
      n_tried++;
      n_refused += block->verdict != FL_PROBE_OK;
      run = block->written ? 0 : run + 1;
      if (block->verdict != FL_PROBE_OK && (worst == NULL || !block->written))
        worst = block;
    }
  if (fl_probe_is_over (probe) || n_tried == 0)
    return;
  fl_facts_set (probe->facts, "write.result", worst != NULL ? name_result (worst) : "ok");
  fl_facts_set_number (probe->facts, "write.share", (double) n_refused / n_tried);
  fl_rehearsal_set_pattern (self, n_tried, n_refused);
  fl_probe_end_step (probe, n_refused == 0, _ ("%u of %u were not acknowledged at once"), n_refused, n_tried);
}

/* One block somewhere, whose contents do not matter. */
static FlProbeVerdict
fl_rehearsal_write_at (FlRehearsal *self, guint32 address, FlProbePlace *place)
{
  const FlRehearsalBlock *first = &g_array_index (self->blocks, FlRehearsalBlock, 0);
  FlProbeVerdict verdict = FL_PROBE_NACK;

  for (guint i = 0; i < TRIES && verdict == FL_PROBE_NACK; i++)
    verdict = fl_probe_write (self->probe, address, first->data, MIN (first->length, 32), place);
  if (verdict != FL_PROBE_OK && verdict != FL_PROBE_NACK)
    fl_rehearsal_recover (self);
  return verdict;
}

static gboolean
fl_rehearsal_takes_sector (FlRehearsal *self, guint index)
{
  const FlSector *sector = fl_layout_get_sector (self->layout, index);
  FlProbePlace place;

  return fl_rehearsal_write_at (self, sector->address + sector->size - 32, &place) != FL_PROBE_NACK
         || place != FL_PROBE_AT_ADDRESS;
}

/* Whether the bootloader takes addresses to the flash's end, as the chip says how large it is, and where it stops. */
static void
fl_rehearsal_find_boundary (FlRehearsal *self)
{
  guint good = 0, bad = fl_layout_get_n_sectors (self->layout) - 1;

  fl_job_begin_step (self->probe->job, _ ("Writing to the last page, and behind it"));
  if (fl_rehearsal_takes_sector (self, bad))
    {
      FlProbePlace place = FL_PROBE_AT_COMMAND;
      guint32 end = (guint32) fl_layout_get_end (self->layout);
      gboolean refused = fl_rehearsal_write_at (self, end, &place) == FL_PROBE_NACK && place == FL_PROBE_AT_ADDRESS;

      if (self->probe->flash_kib > 0 && self->alive)
        fl_facts_set (self->probe->facts, "write.past-end", refused ? "nack" : "ok");
      fl_probe_end_step (self->probe, TRUE, _ ("the flash ends at 0x%08X"), end);
      return;
    }
  while (bad - good > 1 && !fl_probe_is_over (self->probe))
    {
      guint middle = (good + bad) / 2;

      if (fl_rehearsal_takes_sector (self, middle))
        good = middle;
      else
        bad = middle;
    }
  if (fl_probe_is_over (self->probe))
    return;
  fl_facts_set (self->probe->facts, "write.result", "nack-address");
  fl_rehearsal_set_boundary (self, fl_layout_get_sector (self->layout, bad)->address);
  fl_probe_end_step (self->probe, FALSE, _ ("writing is refused from 0x%08X on"),
                     fl_layout_get_sector (self->layout, bad)->address);
}

/* With TrustZone the flash is seen at two addresses, of which the bootloader may take one. */
static void
fl_rehearsal_try_alias (FlRehearsal *self)
{
  guint32 address = self->probe->chip->flash_start + ALIAS;
  FlProbePlace place;
  FlProbeVerdict verdict;

  fl_job_begin_step (self->probe->job, _ ("Writing to the secure address 0x%08X"), address);
  verdict = fl_rehearsal_write_at (self, address, &place);
  if (fl_probe_is_over (self->probe))
    return;
  /* Without TrustZone it is no address at all; where nothing could be written at the usual one either, it matters. */
  if (verdict == FL_PROBE_NACK && fl_facts_is (self->probe->facts, "verify.pattern", "nothing-written"))
    fl_facts_set (self->probe->facts, "write.pattern", "secure");
  fl_probe_end_step (self->probe, verdict == FL_PROBE_OK, "%s", fl_probe_verdict_text (verdict));
}

/* A few bytes at an address that is blank. Returns: "ok", "dropped" when they were acknowledged and are not there,
 * "nack"; NULL: it cannot be said. */
static const char *
fl_rehearsal_write_short (FlRehearsal *self, guint32 address)
{
  static const guint8 data[SHORT_BYTES] = { 0x5A, 0x3C, 0x66, 0x99 };
  FlProbe *probe = self->probe;
  const FlRehearsalBlock *last = &g_array_index (self->blocks, FlRehearsalBlock, self->blocks->len - 1);
  guint8 got[SHORT_BYTES];
  FlProbePlace place;
  FlProbeVerdict verdict;

  if (fl_probe_read (probe, address, got, sizeof got, &place) != FL_PROBE_OK)
    {
      fl_probe_settle (probe);
      return NULL;
    }
  if (!fl_bytes_all (got, sizeof got, probe->chip->erased_value))
    return NULL;
  /* A write that follows a read may get lost for another reason: this one goes first, to no effect. */
  fl_rehearsal_write_at (self, last->address, &place);
  verdict = fl_probe_write (probe, address, data, sizeof data, &place);
  if (verdict == FL_PROBE_NACK)
    return "nack";
  if (verdict != FL_PROBE_OK)
    {
      fl_rehearsal_recover (self);
      return NULL;
    }
  if (fl_probe_read (probe, address, got, sizeof got, &place) != FL_PROBE_OK)
    {
      fl_probe_settle (probe);
      return NULL;
    }
  return fl_bytes_all (got, sizeof got, probe->chip->erased_value) ? "dropped" : "ok";
}

/* A write that is shorter than a programming unit may be, which bootloaders fill up; and, where the chip's own unit
 * allows that, one that does not begin where a larger one would. */
static void
fl_rehearsal_write_odd_sizes (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  const FlRehearsalBlock *last = &g_array_index (self->blocks, FlRehearsalBlock, self->blocks->len - 1);
  guint32 address = last->address + (guint32) last->length + 64;
  const char *result;

  fl_job_begin_step (probe->job, _ ("Writing %d bytes only"), SHORT_BYTES);
  result = fl_rehearsal_write_short (self, address);
  if (g_strcmp0 (result, "ok") == 0 && probe->chip->program_unit <= SHORT_BYTES)
    result = fl_rehearsal_write_short (self, address + 32 + SHORT_BYTES);
  if (fl_probe_is_over (probe))
    return;
  if (result == NULL)
    {
      fl_probe_end_step (probe, TRUE, "%s", _ ("left out: there is no blank place for it"));
      return;
    }
  fl_facts_set (probe->facts, "write.unaligned", result);
  fl_probe_end_step (probe, g_str_equal (result, "ok"), "%s",
                     g_str_equal (result, "dropped") ? _ ("they were acknowledged, and are not there")
                     : g_str_equal (result, "ok")    ? _ ("they are there")
                                                     : fl_probe_verdict_text (FL_PROBE_NACK));
}

/* The writes that go wrong although everything is in order: past the end, off the unit, at a secure address. */
void
fl_rehearsal_write_odd (FlRehearsal *self)
{
  const FlRehearsalBlock *first = &g_array_index (self->blocks, FlRehearsalBlock, 0);

  if (!first->written || fl_probe_is_over (self->probe))
    return;
  if (fl_facts_is (self->probe->facts, "verify.pattern", "ok"))
    fl_rehearsal_write_odd_sizes (self);
  if (self->probe->chip->system_size > 0 && fl_facts_is (self->probe->facts, "chip.trustzone", "yes"))
    fl_rehearsal_try_alias (self);
  if (fl_facts_get (self->probe->facts, "write.boundary") == NULL
      && (self->probe->chip->flags & FL_CHIP_SILENT_BAD_ADDRESS) == 0)
    fl_rehearsal_find_boundary (self);
}
