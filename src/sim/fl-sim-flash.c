/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-flash.h"

#include "fl-bytes.h"

#define FALLBACK_PAGE_MS  40
#define FALLBACK_MASS_MS  1000
#define FALLBACK_BLOCK_MS 10
#define CUT_SEED          0x5EED

/* What the supply voltage allows on F2, F4 and F7, by the range in the virtual byte at 0xFFFF0000: bytes programmed at
 * once, and the time of erasing, in percent of that at x8. Source: AN2606, table 4; data sheets of F405 (x8, x16, x32)
 * and of H743 (x64 against x32). */
static const struct
{
  guint width;
  guint erase_percent;
} voltages[] = { { 1, 100 }, { 2, 65 }, { 2, 65 }, { 4, 50 }, { 8, 45 } };

/* Makes room for all sectors of @layout, blank. */
static void
fl_sim_flash_divide (FlSimFlash *self, FlLayout *layout)
{
  guint n = fl_layout_get_n_sectors (layout);

  self->layout = fl_layout_ref (layout);
  self->start = fl_layout_get_start (layout);
  self->size = (gsize) (fl_layout_get_end (layout) - self->start);
  self->data = g_malloc (self->size);
  memset (self->data, self->chip->erased_value, self->size);
  self->n_erased = g_new0 (guint, n);
  self->is_protected = g_new0 (guint8, n);
}

static void
fl_sim_flash_undivide (FlSimFlash *self)
{
  fl_layout_unref (self->layout);
  g_free (self->data);
  g_free (self->n_erased);
  g_free (self->is_protected);
}

/**
 * fl_sim_flash_new:
 *
 * Returns: (transfer full): a blank flash that is divided as @layout says
 */
FlSimFlash *
fl_sim_flash_new (const FlChip *chip, FlLayout *layout)
{
  FlSimFlash *self = g_new0 (FlSimFlash, 1);

  self->chip = chip;
  self->traits = fl_sim_traits_find (chip);
  self->unit = MIN (self->traits->unit, MAX (chip->program_unit, 1)); /* H7A3: half of its series' */
  self->alignment = MAX (chip->program_unit, 4);
  self->stuck_bit = -1;
  self->operations = g_array_new (FALSE, FALSE, sizeof (FlSimOperation));
  g_array_set_clear_func (self->operations, (GDestroyNotify) fl_sim_flash_clear_operation);
  self->random = g_rand_new_with_seed (CUT_SEED);
  fl_sim_flash_divide (self, layout);
  return self;
}

void
fl_sim_flash_free (FlSimFlash *self)
{
  fl_sim_flash_undivide (self);
  g_array_unref (self->operations);
  g_rand_free (self->random);
  g_free (self);
}

/**
 * fl_sim_flash_dup_bytes:
 *
 * Returns: (transfer full): what is in all sectors, one behind the other
 */
GBytes *
fl_sim_flash_dup_bytes (FlSimFlash *self)
{
  GByteArray *bytes = g_byte_array_sized_new (fl_layout_get_size (self->layout));

  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);

      g_byte_array_append (bytes, self->data + (sector->address - self->start), sector->size);
    }
  return g_byte_array_free_to_bytes (bytes);
}

/**
 * fl_sim_flash_take_bytes:
 * @data: as many bytes as the layout has, as fl_sim_flash_dup_bytes() made them
 */
void
fl_sim_flash_take_bytes (FlSimFlash *self, const guint8 *data)
{
  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);

      memcpy (self->data + (sector->address - self->start), data, sector->size);
      data += sector->size;
    }
}

/**
 * fl_sim_flash_set_layout:
 * @layout: of as many bytes as now
 *
 * An option bit divides the flash in another way: the cells keep what they hold. The counts of what was erased begin
 * anew, because the sectors are others.
 */
void
fl_sim_flash_set_layout (FlSimFlash *self, FlLayout *layout)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (fl_layout_get_size (layout) == fl_layout_get_size (self->layout));

  if (layout == self->layout)
    return;
  bytes = fl_sim_flash_dup_bytes (self);
  g_array_set_size (self->operations, 0);
  fl_sim_flash_undivide (self);
  fl_sim_flash_divide (self, layout);
  fl_sim_flash_take_bytes (self, g_bytes_get_data (bytes, NULL));
}

/**
 * fl_sim_flash_set_swapped:
 *
 * An option bit lets the two banks change their addresses; it does nothing to a flash that is not divided in two.
 */
void
fl_sim_flash_set_swapped (FlSimFlash *self, gboolean swapped)
{
  self->is_swapped = swapped && fl_layout_get_n_banks (self->layout) == 2;
}

/* The sector whose cells answer at @address, and where they begin to; NULL: not flash. */
static const FlSector *
fl_sim_flash_find (FlSimFlash *self, guint32 address, guint32 *begin)
{
  const FlSector *sector = fl_layout_find (self->layout, address);
  guint n = fl_layout_get_n_sectors (self->layout);

  if (sector == NULL)
    return NULL;
  *begin = sector->address;
  return self->is_swapped ? fl_layout_get_sector (self->layout, (sector->index + n / 2) % n) : sector;
}

/**
 * fl_sim_flash_get:
 *
 * Returns: (transfer none) (nullable): the bytes from @address on; %NULL unless all of them are flash and, with swapped
 * banks, of one bank
 */
guint8 *
fl_sim_flash_get (FlSimFlash *self, guint32 address, gsize length)
{
  guint32 begin = 0, last_begin;
  const FlSector *sector, *last;

  if (!fl_layout_contains (self->layout, address, length))
    return NULL;
  sector = fl_sim_flash_find (self, address, &begin);
  last = fl_sim_flash_find (self, address + (guint32) MAX (length, 1) - 1, &last_begin);
  if (sector == NULL || last == NULL || (self->is_swapped && sector->bank != last->bank))
    return NULL;
  return self->data + (sector->address - self->start) + (address - begin);
}

static gint64
fl_sim_flash_spend (FlSimFlash *self, gint64 us)
{
  self->busy_us += (guint64) us;
  self->clock += us;
  return us;
}

/**
 * fl_sim_flash_set_voltage:
 * @range: 0 to 4
 */
void
fl_sim_flash_set_voltage (FlSimFlash *self, guint range)
{
  g_return_if_fail (range < G_N_ELEMENTS (voltages));
  self->voltage = range;
}

/* The chip's row holds worst cases; half of that is what data sheets give as typical. */
static gint64
fl_sim_flash_erase_us (FlSimFlash *self, guint32 size)
{
  gint64 us = (gint64) (self->chip->erase_page_ms > 0 ? self->chip->erase_page_ms : FALLBACK_PAGE_MS) * 500;

  if (fl_chip_has_sectors (self->chip) && size > 8 * 1024)
    us = MAX (us / 8, us * size / (128 * 1024));
  return us * voltages[self->voltage].erase_percent / 100;
}

/**
 * fl_sim_flash_erase_sector:
 * @index: of the silicon's sectors, whatever address they have
 *
 * Erases one page or sector; a write-protected one is left as it is, without an error (AN3155, Erase Memory).
 *
 * Returns: how long it takes, in microseconds
 */
gint64
fl_sim_flash_erase_sector (FlSimFlash *self, guint index)
{
  const FlSector *sector = fl_layout_get_sector (self->layout, index);
  gint64 us = fl_sim_flash_erase_us (self, sector->size);

  if (self->is_protected[index])
    return 0;
  fl_sim_flash_note (self, sector->address - self->start, sector->size, (gint) index, us);
  if (!self->no_erase)
    memset (self->data + (sector->address - self->start), self->chip->erased_value, sector->size);
  self->n_erased[index]++;
  return fl_sim_flash_spend (self, us);
}

static gboolean
fl_sim_flash_has_protected (FlSimFlash *self, guint bank)
{
  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    if (self->is_protected[i] && (bank == 0 || fl_layout_get_sector (self->layout, i)->bank == bank))
      return TRUE;
  return FALSE;
}

/**
 * fl_sim_flash_erase_bank:
 * @bank: 1 or 2; 0 for the whole flash
 *
 * The mass erase. It fails as a whole when anything of what it is to erase is write-protected.
 *
 * Returns: how long it takes, in microseconds; -1 when it failed
 */
gint64
fl_sim_flash_erase_bank (FlSimFlash *self, guint bank)
{
  guint n = fl_layout_get_n_sectors (self->layout);
  gint64 us = (gint64) (self->chip->erase_mass_ms > 0 ? self->chip->erase_mass_ms : FALLBACK_MASS_MS) * 500
              * voltages[self->voltage].erase_percent / 100;

  if (fl_sim_flash_has_protected (self, bank))
    return -1;
  for (guint i = 0; i < n; i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);

      if (bank != 0 && sector->bank != bank)
        continue;
      fl_sim_flash_note (self, sector->address - self->start, sector->size, (gint) i, us);
      if (!self->no_erase)
        memset (self->data + (sector->address - self->start), self->chip->erased_value, sector->size);
      self->n_erased[i]++;
    }
  return fl_sim_flash_spend (self, us);
}

static gboolean
fl_sim_flash_rule_allows (FlSimFlash *self, const guint8 *old, const guint8 *data, gsize length)
{
  switch (self->traits->rule)
    {
    case FL_SIM_PROGRAM_ECC:
    case FL_SIM_PROGRAM_HALFWORD:
      return fl_bytes_all (old, length, self->chip->erased_value) || fl_bytes_all (data, length, 0);
    case FL_SIM_PROGRAM_AND:
    case FL_SIM_PROGRAM_OR:
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

static void
fl_sim_flash_program_unit (FlSimFlash *self, guint8 *old, const guint8 *data, gsize length)
{
  if (!fl_sim_flash_rule_allows (self, old, data, length))
    {
      self->error = self->traits->rule == FL_SIM_PROGRAM_ECC;
      return;
    }
  for (gsize i = 0; i < length; i++)
    {
      guint8 value = data[i];

      if (self->stuck_bit >= 0 && value != self->chip->erased_value
          && (self->stuck_cell == NULL || self->stuck_cell == old + i))
        {
          guint8 mask = (guint8) (1u << (self->stuck_bit & 7));

          value = (guint8) ((value & ~mask) | (self->chip->erased_value & mask));
          if (value != data[i] && self->stuck_for_good)
            self->stuck_cell = old + i;
          else if (value != data[i])
            self->stuck_bit = -1;
        }
      old[i] = self->traits->rule == FL_SIM_PROGRAM_OR ? old[i] | value : old[i] & value;
    }
}

/**
 * fl_sim_flash_program:
 * @length: a multiple of the flash's program unit
 *
 * Programs as the flash of this series does: what is not erased is refused, or gets only the bits that programming
 * can still change. The ROM never hears of it. A misaligned address fails, and all later programming with it, until
 * the next reset (AN2606, "programming constraints"); so it is taken to be after a refusal, which sets an error flag of
 * the same register (RM0444, FLASH_SR: PROGERR, PGSERR).
 *
 * Returns: how long it takes, in microseconds
 */
gint64
fl_sim_flash_program (FlSimFlash *self, guint32 address, const guint8 *data, gsize length)
{
  gint64 block_us = (gint64) (self->chip->program_ms > 0 ? self->chip->program_ms : FALLBACK_BLOCK_MS) * 500
                    / voltages[self->voltage].width;
  gint64 us = block_us * (gint64) length / 256;

  if (address % self->alignment != 0)
    self->error = TRUE;
  if (self->error)
    return 0;
  for (gsize i = 0; i < length; i += self->unit)
    {
      guint32 at = address + (guint32) i;
      gsize n = MIN (self->unit, length - i);
      guint32 begin;
      const FlSector *sector = fl_sim_flash_find (self, at, &begin);
      guint8 *cells = fl_sim_flash_get (self, at, n);

      if (sector == NULL || cells == NULL || self->is_protected[sector->index] || self->error)
        continue;
      fl_sim_flash_note (self, (gsize) (cells - self->data), n, -1, us * (gint64) self->unit / (gint64) length);
      self->clock += us * (gint64) self->unit / (gint64) length;
      fl_sim_flash_program_unit (self, cells, data + i, n);
    }
  self->busy_us += (guint64) us;
  return us;
}

gboolean
fl_sim_flash_is_blank (FlSimFlash *self, guint32 address, gsize length)
{
  guint8 *data = fl_sim_flash_get (self, address, length);

  return data != NULL && fl_bytes_all (data, length, self->chip->erased_value);
}

/* Until the option bytes are looked at again. */
void
fl_sim_flash_unprotect (FlSimFlash *self)
{
  memset (self->is_protected, 0, fl_layout_get_n_sectors (self->layout));
}

/* A system reset clears the latched error; write protection is in the option bytes and stays. */
void
fl_sim_flash_reset (FlSimFlash *self)
{
  self->error = FALSE;
}
