/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rehearsal.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-erase-doubt.h"

#define PATTERN_BLOCK  32 /* bytes: a whole number of every chip's programming units */
#define PATTERN_BLOCKS 64 /* so many that one refusal in ten shows */
#define ENTRY_OFFSET   0x201

/* Brings the bootloader back to the start of a command; by a reset where that can be done and is needed. */
void
fl_rehearsal_recover (FlRehearsal *self)
{
  self->alive = fl_probe_settle (self->probe) || fl_probe_resume (self->probe);
}

static void
fl_rehearsal_add_block (FlRehearsal *self, guint32 address, const guint8 *data, gsize length)
{
  FlRehearsalBlock block = { .address = address, .length = length };

  memcpy (block.data, data, length);
  g_array_append_val (self->blocks, block);
}

/* Vectors that could start, and after them anything but what is erased. */
static void
fl_rehearsal_add_pattern (FlRehearsal *self)
{
  const FlChip *chip = self->probe->chip;
  gsize room = MIN (fl_layout_get_size (self->layout) / 2, PATTERN_BLOCK * PATTERN_BLOCKS);
  guint8 data[PATTERN_BLOCK];

  for (gsize at = 0; at + sizeof data <= room; at += sizeof data)
    {
      for (gsize i = 0; i < sizeof data; i++)
        data[i] = (guint8) (0x11 + (at / PATTERN_BLOCK * 7 + i * 13) % 0xDD);
      if (at == 0)
        {
          fl_bytes_put_le32 (data, chip->ram_start + chip->ram_kib * 1024);
          fl_bytes_put_le32 (data + 4, chip->flash_start + ENTRY_OFFSET);
        }
      fl_rehearsal_add_block (self, chip->flash_start + (guint32) at, data, sizeof data);
    }
}

/* The image in blocks that begin and end where the chip's programming units do; what it leaves open stays erased. */
static void
fl_rehearsal_add_image (FlRehearsal *self)
{
  const FlChip *chip = self->probe->chip;
  guint32 unit = MAX (chip->program_unit, 4);

  for (guint i = 0; i < fl_image_get_n_segments (self->image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (self->image, i);
      guint64 end = (guint64) segment->address + g_bytes_get_size (segment->data);

      for (guint64 at = segment->address / unit * unit; at < end; at += FL_BOOT_MAX_BLOCK)
        {
          guint8 data[FL_BOOT_MAX_BLOCK];
          gsize length = (gsize) MIN (end - at, FL_BOOT_MAX_BLOCK);

          length = (length + unit - 1) / unit * unit;
          for (gsize j = 0; j < length; j++)
            if (!fl_image_read (self->image, (guint32) (at + j), data + j, 1))
              data[j] = chip->erased_value;
          fl_rehearsal_add_block (self, (guint32) at, data, length);
        }
    }
}

static void
fl_rehearsal_choose_sectors (FlRehearsal *self)
{
  self->wanted = g_malloc0 (fl_layout_get_n_sectors (self->layout));
  for (guint i = 0; i < self->blocks->len; i++)
    {
      const FlRehearsalBlock *block = &g_array_index (self->blocks, FlRehearsalBlock, i);
      const FlSector *first = fl_layout_find (self->layout, block->address);
      const FlSector *last = fl_layout_find (self->layout, block->address + (guint32) block->length - 1);

      for (guint at = first != NULL ? first->index : 0; last != NULL && at <= last->index; at++)
        self->wanted[at] = 1;
    }
}

/* What is erased and written. FALSE: it is not known well enough how this chip's flash is divided. */
static gboolean
fl_rehearsal_plan (FlRehearsal *self)
{
  FlProbe *probe = self->probe;

  if (probe->chip == NULL || !fl_chip_can_program (probe->chip))
    return FALSE;
  self->device = fl_device_new (probe->pid);
  fl_device_set_geometry (self->device, probe->flash_kib, probe->flash_kib > 0);
  if (self->device->layout == NULL)
    return FALSE;
  self->layout = fl_layout_ref (self->device->layout);
  self->blocks = g_array_new (FALSE, FALSE, sizeof (FlRehearsalBlock));
  if (self->image != NULL)
    fl_rehearsal_add_image (self);
  else
    fl_rehearsal_add_pattern (self);
  fl_rehearsal_choose_sectors (self);
  return self->practice || !fl_erase_doubt_may_arise (self->device, self->wanted);
}

/* Readout protection: first what is refused, then whether it goes away. */
static void
fl_rehearsal_meet_protection (FlRehearsal *self)
{
  FlProbe *probe = self->probe;
  FlProbePlace place;
  FlProbeVerdict verdict;

  fl_job_begin_step (probe->job, _ ("Trying the memory commands of a chip that is protected"));
  verdict = fl_probe_erase (probe, (const guint16[]){ 0 }, 1, 5000, &place);
  if (verdict == FL_PROBE_NACK && place == FL_PROBE_AT_COMMAND)
    fl_facts_set (probe->facts, "erase.command", "nack");
  verdict = fl_probe_command (probe, FL_COMMAND_WRITE);
  if (verdict == FL_PROBE_NACK)
    fl_facts_set (probe->facts, "write.result", "nack-command");
  fl_probe_end_step (probe, FALSE, "%s",
                     verdict == FL_PROBE_NACK ? _ ("they are refused") : _ ("not all of them are refused"));
  fl_rehearsal_recover (self);
}

static void
fl_rehearsal_free (FlRehearsal *self)
{
  g_clear_object (&self->device);
  g_clear_pointer (&self->layout, fl_layout_unref);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_pointer (&self->blocks, g_array_unref);
}

/* Whether the bootloader can still be talked to, and nobody else talks. */
static gboolean
fl_rehearsal_goes_on (FlRehearsal *self)
{
  return self->alive && !fl_probe_explain_strange (self->probe) && !fl_probe_is_over (self->probe);
}

/**
 * fl_rehearsal_run:
 *
 * Tries everything out on a bootloader that is at the start of a command.
 */
void
fl_rehearsal_run (FlRehearsal *self)
{
  static void (*const steps[]) (FlRehearsal *) = { fl_rehearsal_erase, fl_rehearsal_write, fl_rehearsal_verify,
                                                   fl_rehearsal_write_odd, fl_rehearsal_start };
  FlProbe *probe = self->probe;
  gboolean is_protected = fl_facts_is (probe->facts, "read.flash", "nack-command");

  if (self->practice)
    fl_job_log (probe->job, FL_LOG_INFO, NULL, "%s",
                _ ("This is a practice board: nothing is lost, so all commands are tried"));
  if (!fl_rehearsal_plan (self))
    fl_job_log (probe->job, FL_LOG_WARNING, NULL, "%s",
                _ ("Nothing is erased: it is not known for certain how this chip’s flash is divided"));
  else
    {
      self->alive = TRUE;
      if (is_protected)
        fl_rehearsal_meet_protection (self);
      if (!is_protected || (self->practice && fl_rehearsal_unprotect (self)))
        {
          for (guint i = 0; i < G_N_ELEMENTS (steps) && fl_rehearsal_goes_on (self); i++)
            if (self->practice || steps[i] != fl_rehearsal_write_odd)
              steps[i](self);
        }
      if (self->practice && !is_protected && fl_facts_get (probe->facts, "listen.late-text") == NULL)
        fl_rehearsal_protect (self);
    }
  fl_rehearsal_free (self);
}
