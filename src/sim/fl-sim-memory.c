/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-memory.h"

#include "fl-bytes.h"

#define EEPROM_WORD_US 3200 /* erase and program of a word, data sheets of L0 and L1 */

FlSimMemory *
fl_sim_memory_new (const FlChip *chip, FlLayout *layout, guint flash_kib, guint8 bootloader_id, guint8 rdp_level,
                   gboolean boot0_ignored)
{
  FlSimMemory *self = g_new0 (FlSimMemory, 1);

  self->chip = chip;
  self->flash = fl_sim_flash_new (chip, layout);
  self->options = fl_sim_options_new (chip, rdp_level, boot0_ignored);
  fl_sim_options_put_layout (self->options, layout);
  self->bootloader_id = bootloader_id;
  self->flash_kib = (guint16) flash_kib;
  self->ram = g_malloc0 (MAX (chip->ram_kib, 1) * 1024);
  self->otp = g_malloc (MAX (chip->otp_size, 1));
  memset (self->otp, 0xFF, MAX (chip->otp_size, 1));
  self->eeprom = g_malloc0 (MAX (chip->eeprom_size, 1));
  memset (self->voltage, 0xFF, sizeof self->voltage);
  self->voltage[0] = 0;

  /* Wafer coordinates, wafer and lot number in ASCII, as on real ones; the chip's type makes each different. */
  memcpy (self->uid,
          "\x2a\x00\x41\x00\x0b"
          "PSN835 ",
          12);
  self->uid[0] = (guint8) chip->pid;
  self->uid[2] = (guint8) (chip->pid >> 8);
  return self;
}

void
fl_sim_memory_free (FlSimMemory *self)
{
  fl_sim_flash_free (self->flash);
  fl_sim_options_free (self->options);
  g_free (self->ram);
  g_free (self->otp);
  g_free (self->eeprom);
  g_free (self);
}

/**
 * fl_sim_memory_start:
 * @reload: power-on or new option bytes, which are loaded
 *
 * The chip comes out of reset. Its flash is divided, placed and protected as the option bytes in force say.
 */
void
fl_sim_memory_start (FlSimMemory *self, gboolean reload)
{
  fl_sim_flash_reset (self->flash);
  if (reload)
    {
      fl_sim_options_reload (self->options);
      fl_sim_flash_set_layout (self->flash, fl_sim_options_get_layout (self->options, self->flash->layout));
      fl_sim_flash_set_swapped (self->flash, fl_sim_options_is_swapped (self->options));
    }
  fl_sim_options_get_protected (self->options, self->flash->layout, self->flash->is_protected);
}

static gboolean
in_range (guint32 start, guint32 size, guint32 address)
{
  return size > 0 && address >= start && address - start < size;
}

/* The engineering bytes share 256 bytes with the registers that are known, or a block that has to be read whole. */
static gboolean
fl_sim_memory_in_info (FlSimMemory *self, guint32 register_address, guint32 address)
{
  if (register_address == 0)
    return FALSE;
  if ((self->chip->flags & FL_CHIP_INFO_BLOCK_ONLY) && !self->is_ideal)
    return address == register_address - register_address % MAX (self->chip->info_block, 128);
  return in_range (register_address & ~0xFFu, 256, address);
}

static gboolean
fl_sim_memory_in_system (FlSimMemory *self, guint32 address)
{
  for (guint i = 0; i < self->chip->system_areas->len; i++)
    {
      const FlChipRange *area = &g_array_index (self->chip->system_areas, FlChipRange, i);

      if (in_range (area->start, area->size, address))
        return TRUE;
    }
  return self->chip->bootloader_id_address != 0 && address == self->chip->bootloader_id_address;
}

/**
 * fl_sim_memory_find:
 *
 * Returns: what the ROM takes @address for, where a command's address is checked
 */
FlSimArea
fl_sim_memory_find (FlSimMemory *self, guint32 address)
{
  const FlChip *chip = self->chip;

  if (fl_layout_find (self->flash->layout, address) != NULL)
    return FL_SIM_AREA_FLASH;
  if (chip->ram_reserved < chip->ram_kib * 1024
      && in_range (chip->ram_start + chip->ram_reserved, chip->ram_kib * 1024 - chip->ram_reserved, address))
    return FL_SIM_AREA_RAM;
  if (fl_sim_options_get (self->options, address) != NULL)
    return FL_SIM_AREA_OPTIONS;
  if (in_range (chip->otp_start, chip->otp_size, address))
    return FL_SIM_AREA_OTP;
  if (in_range (chip->eeprom_start, chip->eeprom_size, address))
    return FL_SIM_AREA_EEPROM;
  if (fl_sim_memory_in_info (self, chip->flash_size_register, address)
      || fl_sim_memory_in_info (self, chip->uid_address, address))
    return FL_SIM_AREA_INFO;
  if (fl_sim_memory_in_system (self, address))
    return FL_SIM_AREA_SYSTEM;
  if (chip->option_style == FL_OPTION_STYLE_PLAIN && in_range (FL_SIM_VOLTAGE_ADDRESS, 4, address))
    return FL_SIM_AREA_VOLTAGE;
  return FL_SIM_AREA_NONE;
}

/**
 * fl_sim_memory_contains:
 *
 * Returns: whether all of a range is flash, or all of it RAM that the ROM does not keep to itself
 */
gboolean
fl_sim_memory_contains (FlSimMemory *self, guint32 address, guint64 length)
{
  const FlChip *chip = self->chip;

  if (fl_layout_contains (self->flash->layout, address, length))
    return TRUE;
  return fl_sim_memory_find (self, address) == FL_SIM_AREA_RAM
         && address - chip->ram_start + length <= (guint64) chip->ram_kib * 1024;
}

/* Stack pointer, entry, the identifier; the rest is any code. */
static guint8
fl_sim_memory_read_system (FlSimMemory *self, guint32 address)
{
  guint8 vectors[8];
  guint32 offset = address - self->chip->system_start;

  if (self->chip->bootloader_id_address != 0 && address == self->chip->bootloader_id_address)
    return self->bootloader_id;
  if (offset >= 8)
    return (guint8) ((offset * 2654435761u) >> 24);
  fl_bytes_put_le32 (vectors, self->chip->ram_start + MAX (self->chip->ram_reserved, 512));
  fl_bytes_put_le32 (vectors + 4, self->chip->system_start + 0x101);
  return vectors[offset];
}

/**
 * fl_sim_memory_read:
 *
 * Reads one byte wherever it is: only a command's start address is checked by the ROM, so that a block may run from
 * one area into the next. What is not there reads as 0.
 */
guint8
fl_sim_memory_read (FlSimMemory *self, guint32 address)
{
  const FlChip *chip = self->chip;
  const guint8 *flash = fl_sim_flash_get (self->flash, address, 1);
  const guint8 *option = fl_sim_options_get (self->options, address);

  if (flash != NULL)
    return *flash;
  if (in_range (chip->ram_start, chip->ram_kib * 1024, address))
    return self->ram[address - chip->ram_start];
  if (option != NULL)
    return *option;
  if (in_range (chip->uid_address, 12, address))
    return self->uid[address - chip->uid_address];
  if (chip->flash_size_register != 0 && in_range (chip->flash_size_register, 2, address))
    return (guint8) (self->flash_kib >> 8 * (address - chip->flash_size_register));
  if (in_range (chip->otp_start, chip->otp_size, address))
    return self->otp[address - chip->otp_start];
  if (in_range (chip->eeprom_start, chip->eeprom_size, address))
    return self->eeprom[address - chip->eeprom_start];
  if (fl_sim_memory_in_system (self, address))
    return fl_sim_memory_read_system (self, address);
  if (in_range (FL_SIM_VOLTAGE_ADDRESS, 4, address))
    return self->voltage[address - FL_SIM_VOLTAGE_ADDRESS];
  return 0;
}

/**
 * fl_sim_memory_write:
 *
 * Does what Write Memory does to flash, RAM, OTP, data EEPROM and the voltage byte. Option bytes are the caller's
 * affair, because they reset the chip.
 *
 * Returns: how long it takes, in microseconds
 */
gint64
fl_sim_memory_write (FlSimMemory *self, guint32 address, const guint8 *data, gsize length)
{
  const FlChip *chip = self->chip;
  gint64 us = 0;

  switch (fl_sim_memory_find (self, address))
    {
    case FL_SIM_AREA_FLASH:
      return fl_sim_flash_program (self->flash, address, data, length);
    case FL_SIM_AREA_RAM:
      for (gsize i = 0; i < length && in_range (chip->ram_start, chip->ram_kib * 1024, address + (guint32) i); i++)
        self->ram[address + i - chip->ram_start] = data[i];
      return 0;
    case FL_SIM_AREA_OTP:
      for (gsize i = 0; i < length && in_range (chip->otp_start, chip->otp_size, address + (guint32) i); i++)
        self->otp[address + i - chip->otp_start] &= data[i];
      return 0;
    case FL_SIM_AREA_EEPROM:
      for (gsize i = 0; i < length && in_range (chip->eeprom_start, chip->eeprom_size, address + (guint32) i); i++)
        {
          self->eeprom[address + i - chip->eeprom_start] = data[i];
          us += i % 4 == 0 ? EEPROM_WORD_US : 0;
        }
      return us;
    case FL_SIM_AREA_VOLTAGE:
      memcpy (self->voltage + (address - FL_SIM_VOLTAGE_ADDRESS), data,
              MIN (length, FL_SIM_VOLTAGE_ADDRESS + 4u - address));
      fl_sim_flash_set_voltage (self->flash, self->voltage[0]);
      return 0;
    case FL_SIM_AREA_NONE:
    case FL_SIM_AREA_SYSTEM:
    case FL_SIM_AREA_OPTIONS:
    case FL_SIM_AREA_INFO:
      return 0;
    }
  g_return_val_if_reached (0);
}

void
fl_sim_memory_clear_ram (FlSimMemory *self)
{
  memset (self->ram, 0, self->chip->ram_kib * 1024);
}

/* Data EEPROM that is erased reads as 0. */
void
fl_sim_memory_erase_eeprom (FlSimMemory *self)
{
  memset (self->eeprom, 0, self->chip->eeprom_size);
}
