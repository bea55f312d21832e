/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rehearsal.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-mismatch.h"

#define TRIES 3

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

/* Blocks that follow each other, as one: some of what bootloaders do shows in longer pieces only. */
static void
fl_rehearsal_add_mismatch (FlRehearsal *self, FlMismatch *mismatch, guint *at)
{
  const FlRehearsalBlock *first = &g_array_index (self->blocks, FlRehearsalBlock, *at);
  guint8 wanted[FL_BOOT_MAX_BLOCK], got[FL_BOOT_MAX_BLOCK];
  gsize length = 0;

  for (; *at < self->blocks->len; (*at)++)
    {
      const FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, *at);

      if (!block->read || block->address != first->address + length || length + block->length > sizeof wanted)
        break;
      memcpy (wanted + length, block->data, block->length);
      memcpy (got + length, block->got, block->length);
      length += block->length;
    }
  fl_mismatch_add (mismatch, first->address, wanted, got, length);
}

static void
fl_rehearsal_collect (FlRehearsal *self, FlMismatch *mismatch)
{
  for (guint i = 0; i < self->blocks->len;)
    {
      const FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, i);
      guint8 again[FL_BOOT_MAX_BLOCK];

      if (!block->read)
        {
          i++;
          continue;
        }
      if (!is_right (block) && fl_rehearsal_read_block (self, block, again)
          && memcmp (again, block->got, block->length) != 0)
        fl_mismatch_add_unstable (mismatch);
      fl_rehearsal_add_mismatch (self, mismatch, &i);
    }
}

/* Only the first blocks are missing, which were written behind a read; later ones are right. */
static gboolean
fl_rehearsal_lacks_beginning (FlRehearsal *self)
{
  gboolean any_right = FALSE, any_lost = FALSE;

  for (guint i = 0; i < self->blocks->len; i++)
    {
      const FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, i);

      if (!block->read)
        continue;
      if (is_right (block))
        any_right = TRUE;
      else if (any_right || !fl_bytes_all (block->got, block->length, self->probe->chip->erased_value))
        return FALSE;
      else
        any_lost = TRUE;
    }
  return any_right && any_lost;
}

static void
fl_rehearsal_set_pattern (FlRehearsal *self, const FlMismatch *mismatch)
{
  FlFacts *facts = self->probe->facts;
  gboolean differs = fl_mismatch_get_kind (mismatch) != FL_MISMATCH_NONE;

  fl_mismatch_take_facts (mismatch, facts);
  /* An erase that was acknowledged and had no effect, though nothing is write-protected, explains what follows. */
  if (differs && fl_facts_is (facts, "erase.unchanged", "yes") && fl_facts_is (facts, "options.write-protected", "no"))
    fl_facts_set (facts, "verify.pattern", "not-erased");
  else if (fl_rehearsal_lacks_beginning (self))
    fl_facts_set (facts, "verify.pattern", "first-32");
}

/* Reads back what was acknowledged, and looks how it differs. */
void
fl_rehearsal_verify (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  g_autoptr (FlMismatch) mismatch = fl_mismatch_new (self->layout, probe->chip->erased_value);
  guint n_read = 0, n_different = 0;

  fl_job_begin_step (probe->job, _ ("Reading back what was written"));
  for (guint i = 0; i < self->blocks->len && !fl_probe_is_over (probe); i++)
    {
      FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, i);

      block->read = block->written && fl_rehearsal_read_block (self, block, block->got);
      n_read += block->read;
      n_different += block->read && !is_right (block);
    }
  fl_rehearsal_collect (self, mismatch);
  if (fl_probe_is_over (probe))
    return;
  if (n_read > 0)
    fl_rehearsal_set_pattern (self, mismatch);
  fl_probe_end_step (probe, n_read > 0 && n_different == 0, _ ("%u of %u blocks differ"), n_different, n_read);
}
