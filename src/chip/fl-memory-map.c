/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-memory-map.h"

#include <glib/gi18n-lib.h>

static void
add (GArray *areas, FlMemoryKind kind, guint32 start, guint32 size)
{
  FlMemoryArea area = { .kind = kind, .start = start, .size = size };

  if (size > 0)
    g_array_append_val (areas, area);
}

static void
add_flash (GArray *areas, FlLayout *layout)
{
  gboolean has_banks = fl_layout_get_n_banks (layout) > 1;
  FlMemoryArea area = { .kind = FL_MEMORY_FLASH };

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (area.size > 0 && area.start + area.size == sector->address && (!has_banks || area.bank == sector->bank))
        {
          area.size += sector->size;
          continue;
        }
      if (area.size > 0)
        g_array_append_val (areas, area);
      area.start = sector->address;
      area.size = sector->size;
      area.bank = has_banks ? sector->bank : 0;
    }
  g_array_append_val (areas, area);
}

static void
add_ram (GArray *areas, const FlChip *chip)
{
  FlMemoryArea area = { .kind = FL_MEMORY_RAM, .start = chip->ram_start, .size = chip->ram_kib * 1024 };

  area.reserved = MIN (chip->ram_reserved, area.size);
  if (area.size > 0)
    g_array_append_val (areas, area);
  for (guint i = 0; i < chip->more_ram->len; i++)
    {
      const FlChipRange *range = &g_array_index (chip->more_ram, FlChipRange, i);

      add (areas, FL_MEMORY_RAM, range->start, range->size);
    }
}

static int
compare_starts (gconstpointer a, gconstpointer b)
{
  guint32 first = ((const FlMemoryArea *) a)->start, second = ((const FlMemoryArea *) b)->start;

  return first < second ? -1 : first > second;
}

/**
 * fl_memory_map_new:
 *
 * Returns: (transfer full) (element-type FlMemoryArea): what is known to be where in the chip's address space, by
 * address. Empty for a chip that nothing is known of.
 */
GArray *
fl_memory_map_new (FlDevice *device)
{
  GArray *areas = g_array_new (FALSE, FALSE, sizeof (FlMemoryArea));
  const FlChip *chip;

  g_return_val_if_fail (FL_IS_DEVICE (device), areas);

  chip = device->chip;
  if (device->layout != NULL)
    add_flash (areas, device->layout);
  if (chip != NULL)
    {
      add_ram (areas, chip);
      add (areas, FL_MEMORY_SYSTEM, chip->system_start, chip->system_size);
      for (guint i = 0; i < chip->option_areas->len; i++)
        {
          const FlChipRange *range = &g_array_index (chip->option_areas, FlChipRange, i);

          add (areas, FL_MEMORY_OPTION, range->start, range->size);
        }
      add (areas, FL_MEMORY_OTP, chip->otp_start, chip->otp_size);
      add (areas, FL_MEMORY_EEPROM, chip->eeprom_start, chip->eeprom_size);
    }
  g_array_sort (areas, compare_starts);
  return areas;
}

/**
 * fl_memory_area_dup_name:
 *
 * Returns: (transfer full): what it is, translated: "Flash, bank 1"
 */
char *
fl_memory_area_dup_name (const FlMemoryArea *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  switch (self->kind)
    {
    case FL_MEMORY_FLASH:
      if (self->bank > 0)
        return g_strdup_printf (_ ("Flash, bank %u"), self->bank);
      return g_strdup (_ ("Flash"));
    case FL_MEMORY_RAM:
      return g_strdup (_ ("RAM"));
    case FL_MEMORY_SYSTEM:
      return g_strdup (_ ("Bootloader (system memory)"));
    case FL_MEMORY_OPTION:
      return g_strdup (_ ("Option bytes"));
    case FL_MEMORY_OTP:
      return g_strdup (_ ("OTP, can be written once"));
    case FL_MEMORY_EEPROM:
    default:
      return g_strdup (_ ("Data EEPROM"));
    }
}

/**
 * fl_memory_area_dup_place:
 *
 * Returns: (transfer full): its first and its last address: "0x08000000 – 0x0801FFFF"
 */
char *
fl_memory_area_dup_place (const FlMemoryArea *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup_printf ("0x%08X – 0x%08X", self->start, self->start + self->size - 1);
}
