/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-erase-private.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-job-private.h"

#define BATCH_MS    1000 /* of worst-case erasing in one command: short enough for a bar that moves */
#define EDGE        16   /* bytes read at either end of a sector */
#define SMALL_EDGE  4    /* where sectors are smaller than 1 KiB */
#define INNER       32   /* bytes of each sample inside a large sector */
#define INNER_EVERY (16 * 1024)
#define MAX_INNER   7

static const FlSector *
get_sector (const FlErasePass *self, guint index)
{
  return fl_layout_get_sector (self->device->layout, index);
}

static guint
get_n_sectors (const FlErasePass *self)
{
  return fl_layout_get_n_sectors (self->device->layout);
}

/* How many bytes at either end of a sector are read. */
guint32
fl_erase_pass_get_edge (const FlSector *sector)
{
  return sector->size < 1024 ? SMALL_EDGE : EDGE;
}

/**
 * fl_erase_pass_get_wire:
 *
 * Returns: about how many bytes the pass sends and receives: each sector's code and its samples
 */
guint64
fl_erase_pass_get_wire (const FlErasePass *self)
{
  guint64 wire = 0;

  for (guint i = 0; i < get_n_sectors (self); i++)
    if (self->wanted[i])
      wire += FL_OPS_READ_WIRE (2 * fl_erase_pass_get_edge (get_sector (self, i)));
  return wire;
}

static gboolean
get_command (const FlErasePass *self, FlCommand *command, GError **error)
{
  const FlChip *chip = self->device->chip;

  if (chip != NULL && chip->erase_command != 0 && fl_device_has_command (self->device, chip->erase_command))
    *command = (FlCommand) chip->erase_command;
  else if (fl_device_has_command (self->device, FL_COMMAND_EXTENDED_ERASE))
    *command = FL_COMMAND_EXTENDED_ERASE;
  else if (fl_device_has_command (self->device, FL_COMMAND_ERASE))
    *command = FL_COMMAND_ERASE;
  else
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                           _ ("This bootloader lists neither Erase (43) nor Extended Erase (44): it cannot erase."));
      return FALSE;
    }
  return TRUE;
}

/* Each sector counts once, however often it is erased. */
void
fl_erase_pass_set_erased (FlErasePass *self, guint first, guint count)
{
  for (guint i = first; i < first + count; i++)
    {
      fl_job_set_sector (self->job, i, FL_SECTOR_ERASED);
      self->n_erased += !self->erased[i];
      self->erased[i] = TRUE;
    }
}

/* FALSE without an error: this chip has no mass erase after all. */
static gboolean
erase_everything (FlErasePass *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (self->device->chip == NULL || self->device->chip->flags & FL_CHIP_NO_MASS_ERASE)
    return FALSE;
  fl_job_mark (self->job);
  fl_job_set_text (self->job, _ ("Erasing the whole flash"));
  self->first_busy = 0;
  self->n_busy = get_n_sectors (self);
  if (fl_boot_erase_mass (self->boot, self->command, FL_MASS_ERASE_ALL, cancellable, &problem))
    {
      fl_erase_pass_set_erased (self, 0, get_n_sectors (self));
      self->n_busy = 0;
      return TRUE;
    }
  if (g_error_matches (problem, FL_ERROR, FL_ERROR_NACK))
    {
      g_autofree char *detail = g_strdup (problem->message);

      self->n_busy = 0;
      fl_job_log (self->job, FL_LOG_WARNING, detail, _ ("The chip refuses a mass erase; it is erased piece by piece"));
      return FALSE;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* Whether the erase command has room for a code. */
gboolean
fl_erase_pass_can_send (const FlErasePass *self, guint code)
{
  return code <= (self->command == FL_COMMAND_ERASE ? 0xFF : 0xFFEF);
}

/* One command for sectors that follow each other. */
gboolean
fl_erase_pass_send (FlErasePass *self, guint first, guint count, const guint16 *codes, GCancellable *cancellable,
                    GError **error)
{
  g_autofree char *range = fl_ops_dup_range (self->device, first, count);

  for (guint i = 0; i < count; i++)
    if (!fl_erase_pass_can_send (self, codes[i]))
      {
        g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                     _ ("The bootloader’s Erase command cannot name sector %u: only 256 fit into it."), codes[i]);
        return FALSE;
      }
  fl_job_mark (self->job);
  fl_job_set_text (self->job, _ ("Erasing %s"), range);
  self->first_busy = first;
  self->n_busy = count;
  if (!fl_boot_erase_pages (self->boot, self->command, codes, count, cancellable, error))
    return FALSE;
  self->n_busy = 0;
  self->last_first = first;
  self->last_count = count;
  return TRUE;
}

static gboolean
erase_list (FlErasePass *self, guint first, guint count, GCancellable *cancellable, GError **error)
{
  g_autofree guint16 *codes = g_new (guint16, count);

  for (guint i = 0; i < count; i++)
    codes[i] = fl_erase_numbering_concerns (self, first + i) ? fl_erase_numbering_get_code (self, first + i)
                                                             : get_sector (self, first + i)->code;
  return fl_erase_pass_send (self, first, count, codes, cancellable, error);
}

static guint
get_batch (const FlErasePass *self, guint first)
{
  guint page_ms = self->device->chip != NULL ? fl_chip_get_erase_ms (self->device->chip, get_sector (self, first)->size)
                                             : fl_boot_get_limits (self->boot)->erase_page_ms;

  return CLAMP (BATCH_MS / MAX (page_ms, 1), 1, fl_boot_get_limits (self->boot)->max_pages);
}

/* As many sectors from @first on as go into one command; certain and doubtful codes are not mixed. */
static guint
count_batch (const FlErasePass *self, guint first)
{
  guint batch = get_batch (self, first);
  guint count = 0;

  while (count < batch && first + count < get_n_sectors (self) && self->wanted[first + count]
         && !self->erased[first + count]
         && fl_erase_numbering_concerns (self, first + count) == fl_erase_numbering_concerns (self, first))
    count++;
  return count;
}

/* A list of doubtful codes may be refused: what did not become blank is seen afterwards. */
static gboolean
is_refusal_of_doubtful (const FlErasePass *self, guint first, const GError *problem)
{
  return fl_erase_numbering_concerns (self, first) && fl_device_get_numbering (self->device) < 0
         && g_error_matches (problem, FL_ERROR, FL_ERROR_NACK);
}

static gboolean
erase_by_lists (FlErasePass *self, GCancellable *cancellable, GError **error)
{
  for (guint first = 0; first < get_n_sectors (self);)
    {
      guint count = count_batch (self, first);
      g_autoptr (GError) problem = NULL;

      if (count > 0 && erase_list (self, first, count, cancellable, &problem))
        fl_erase_pass_set_erased (self, first, count);
      else if (problem != NULL && !is_refusal_of_doubtful (self, first, problem))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      first += MAX (count, 1);
    }
  self->n_busy = 0;
  return TRUE;
}

gboolean
fl_erase_pass_read_blank (FlErasePass *self, guint32 address, guint32 length, gboolean *blank,
                          GCancellable *cancellable, GError **error)
{
  guint8 data[FL_BOOT_MAX_BLOCK];

  fl_job_mark (self->job);
  if (!fl_boot_read (self->boot, address, data, length, cancellable, error))
    return FALSE;
  *blank = fl_bytes_all (data, length, fl_chip_get_erased_value (self->device->chip));
  return TRUE;
}

/* Samples inside a large sector: its ends say nothing about its middle when an erase was cut short. */
static gboolean
check_inside (FlErasePass *self, const FlSector *sector, gboolean *blank, GCancellable *cancellable, GError **error)
{
  guint n = MIN (sector->size / INNER_EVERY, MAX_INNER);

  for (guint i = 1; i <= n && *blank; i++)
    {
      guint32 offset = sector->size / (n + 1) * i & ~(guint32) 3;

      if (!fl_erase_pass_read_blank (self, sector->address + offset, INNER, blank, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_whole (FlErasePass *self, const FlSector *sector, gboolean *blank, GCancellable *cancellable, GError **error)
{
  *blank = TRUE;
  for (guint32 at = 0; at < sector->size && *blank; at += FL_BOOT_MAX_BLOCK)
    if (!fl_erase_pass_read_blank (self, sector->address + at, MIN (FL_BOOT_MAX_BLOCK, sector->size - at), blank,
                                   cancellable, error))
      return FALSE;
  return TRUE;
}

/* Whether the next sector was erased too and follows directly, so that one read shows the end of one and the beginning
 * of the other. */
static gboolean
joins_next (const FlErasePass *self, guint index)
{
  const FlSector *sector = get_sector (self, index);

  return index + 1 < get_n_sectors (self) && self->wanted[index + 1]
         && get_sector (self, index + 1)->address == sector->address + sector->size;
}

/* Both ends of every sector that is wanted, and samples inside the large ones. @all: otherwise the first that is not
 * blank is enough. */
static gboolean
check_samples (FlErasePass *self, gboolean all, guint8 *suspect, GCancellable *cancellable, GError **error)
{
  gboolean joined = FALSE; /* with the sector before: its beginning was looked at */

  for (guint i = 0; i < get_n_sectors (self); i++)
    {
      const FlSector *sector = get_sector (self, i);
      guint32 edge = fl_erase_pass_get_edge (sector);
      gboolean joins;
      gboolean blank = TRUE;

      if (!self->wanted[i])
        {
          joined = FALSE;
          continue;
        }
      if (!joined && !fl_erase_pass_read_blank (self, sector->address, edge, &blank, cancellable, error))
        return FALSE;
      suspect[i] |= !blank;
      if (!check_inside (self, sector, &blank, cancellable, error))
        return FALSE;
      suspect[i] |= !blank;
      joins = joins_next (self, i);
      if (!fl_erase_pass_read_blank (self, sector->address + sector->size - edge, joins ? 2 * edge : edge, &blank,
                                     cancellable, error))
        return FALSE;
      suspect[i] |= !blank;
      if (joins)
        suspect[i + 1] |= !blank;
      joined = joins;
      if (!all && suspect[i])
        return TRUE;
      if (all)
        fl_job_add_done (self->job, FL_OPS_READ_WIRE (2 * edge));
    }
  return TRUE;
}

static void
set_erase_error (FlErasePass *self, guint index, GError **error)
{
  g_autofree char *range = fl_ops_dup_range (self->device, index, 1);

  fl_job_set_sector (self->job, index, FL_SECTOR_FAILED);
  self->n_erased -= self->erased[index];
  g_set_error (error, FL_ERROR, FL_ERROR_ERASE,
               /* Translators: "page 7", an address */
               _ ("Not blank after it was erased twice: %s at 0x%08X. The chip acknowledged both times. It may be "
                  "write-protected."),
               range, get_sector (self, index)->address);
}

/* By its code; or, as long as it is not known which code it has, by one after the other. */
static gboolean
erase_one (FlErasePass *self, guint index, GCancellable *cancellable, GError **error)
{
  if (fl_erase_numbering_concerns (self, index) && fl_device_get_numbering (self->device) < 0)
    return fl_erase_numbering_try (self, index, 1, cancellable, error);
  return erase_list (self, index, 1, cancellable, error);
}

/* A sector that does not look blank is read as a whole, erased once more by itself, and read again. */
static gboolean
erase_again (FlErasePass *self, guint index, GCancellable *cancellable, GError **error)
{
  const FlSector *sector = get_sector (self, index);
  g_autofree char *range = fl_ops_dup_range (self->device, index, 1);
  gboolean blank;

  if (!check_whole (self, sector, &blank, cancellable, error))
    return FALSE;
  if (!blank)
    {
      fl_job_log (self->job, FL_LOG_WARNING, NULL, _ ("Not blank after erasing: %s. It is erased once more"), range);
      self->n_retries++;
      if (!erase_one (self, index, cancellable, error) || !check_whole (self, sector, &blank, cancellable, error))
        return FALSE;
    }
  if (!blank)
    {
      set_erase_error (self, index, error);
      return FALSE;
    }
  fl_erase_pass_set_erased (self, index, 1);
  return TRUE;
}

/* Everything at once, or piece by piece. */
static gboolean
erase_all_wanted (FlErasePass *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (self->all && erase_everything (self, cancellable, &problem))
    return TRUE;
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  return fl_erase_numbering_begin (self, cancellable, error) && erase_by_lists (self, cancellable, error);
}

static gboolean
erase_and_check (FlErasePass *self, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *suspect = g_malloc0 (get_n_sectors (self));

  if (!get_command (self, &self->command, error) || !erase_all_wanted (self, cancellable, error))
    return FALSE;
  fl_job_set_text (self->job, _ ("Checking that it is blank"));
  if (!check_samples (self, TRUE, suspect, cancellable, error))
    return FALSE;
  for (guint i = 0; i < get_n_sectors (self); i++)
    if (self->wanted[i] && (suspect[i] || !self->erased[i]) && !erase_again (self, i, cancellable, error))
      return FALSE;
  return TRUE;
}

/**
 * fl_erase_pass_look:
 * @blank: (out): whether all that is wanted looks blank
 *
 * Erases nothing, and reads what fl_erase_pass_run() would read after erasing, until something there is not blank. That
 * proves nothing of what lies between.
 *
 * Errors: those of the line.
 */
gboolean
fl_erase_pass_look (FlErasePass *self, gboolean *blank, GCancellable *cancellable, GError **error)
{
  guint n_sectors = get_n_sectors (self);
  g_autofree guint8 *suspect = g_malloc0 (n_sectors);

  if (!check_samples (self, FALSE, suspect, cancellable, error))
    return FALSE;
  *blank = fl_bytes_all (suspect, n_sectors, FALSE);
  if (*blank)
    fl_job_add_done (self->job, fl_erase_pass_get_wire (self));
  return TRUE;
}

/* What a code named that the bootloader understood in its own way is among what is wanted, and not more is known. */
static void
set_all_busy (FlErasePass *self)
{
  guint last = 0;

  self->first_busy = get_n_sectors (self);
  for (guint i = 0; i < get_n_sectors (self); i++)
    if (self->wanted[i])
      {
        self->first_busy = MIN (self->first_busy, i);
        last = i;
      }
  self->n_busy = last + 1 - self->first_busy;
}

/* Noise on the line may have named another page in place of one of the list that was acknowledged. */
static void
set_last_busy (FlErasePass *self)
{
  for (guint i = self->last_first; i < self->last_first + self->last_count; i++)
    {
      fl_job_set_sector (self->job, i, FL_SECTOR_PLANNED_ERASE);
      self->n_erased -= self->erased[i];
    }
  self->first_busy = self->last_first;
  self->n_busy = self->last_count;
}

/**
 * fl_erase_pass_run:
 *
 * Erases with the command that Get lists: all at once, or in lists of about a second. An ACK proves nothing, since
 * protected and unknown sectors are skipped in silence: both ends of every sector are read back, and samples inside
 * large ones. What is not blank is erased once more by itself and read as a whole. Where documents disagree on the
 * codes of bank 2, the chip is asked first: see fl-erase-numbering.c.
 *
 * Errors: %FL_ERROR_ERASE, %FL_ERROR_UNSUPPORTED, %FL_ERROR_NEEDS_CONSENT when part of bank 2 cannot be erased without
 * losing more of it, those of the line.
 */
gboolean
fl_erase_pass_run (FlErasePass *self, GCancellable *cancellable, GError **error)
{
  gboolean ok;

  self->erased = g_malloc0 (get_n_sectors (self));
  self->strayed = FALSE;
  self->last_count = 0;
  ok = erase_and_check (self, cancellable, error);
  if (!ok && self->strayed)
    set_all_busy (self);
  else if (!ok && fl_boot_get_stray (self->boot) == FL_STRAY_LIKELY)
    set_last_busy (self);
  g_clear_pointer (&self->erased, g_free);
  return ok;
}
