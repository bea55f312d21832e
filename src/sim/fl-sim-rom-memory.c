/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-rom-private.h"

#include "fl-bytes.h"

#define MAX_PAGE_CODES 580 /* what the ROM's buffer holds; more are read and dropped */

static void
fl_sim_rom_done (FlSimRom *self, guint8 answer)
{
  fl_sim_rom_send (self, answer);
  fl_sim_rom_await (self, FL_SIM_ROM_COMMAND, 2);
}

/* Ends with a reset: most often the one that option bytes need to take effect. */
static void
fl_sim_rom_end (FlSimRom *self, FlSimEvent event)
{
  self->event = event;
  self->state = FL_SIM_ROM_DEAF;
}

/* Taking readout protection away erases everything, whatever is write-protected, and clears the RAM. */
static gint64
fl_sim_rom_regress (FlSimRom *self)
{
  FlSimMemory *memory = self->memory;
  gint64 us;

  fl_sim_flash_unprotect (memory->flash);
  fl_sim_flash_begin (memory->flash, self->now);
  us = fl_sim_flash_erase_bank (memory->flash, 0);
  fl_sim_options_put_regression (memory->options, memory->flash->layout);
  fl_sim_memory_erase_eeprom (memory);
  fl_sim_memory_clear_ram (memory);
  return us;
}

/* Option bytes are erased and written, then the chip resets itself. */
static void
fl_sim_rom_write_options (FlSimRom *self, const guint8 *data, gsize length)
{
  fl_sim_options_store (self->memory->options, self->address, data, length);
  if (self->quirks & FL_SIM_QUIRK_NO_RELOAD)
    {
      fl_sim_rom_done (self, FL_SIM_ROM_ACK);
      return;
    }
  if (fl_sim_options_opens (self->memory->options))
    self->now += fl_sim_rom_regress (self);
  fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  fl_sim_rom_end (self, FL_SIM_EVENT_RELOAD);
}

/* Only the first of the four virtual bytes may be anything but 0xFF: a range from 0 to 4 (AN2606, table 4). */
static gboolean
is_voltage (guint32 address, const guint8 *data, gsize length)
{
  gboolean first = address == FL_SIM_VOLTAGE_ADDRESS;

  return length <= FL_SIM_VOLTAGE_ADDRESS + 4u - address && (!first || data[0] <= 4)
         && fl_bytes_all (data + first, length - first, 0xFF);
}

/**
 * fl_sim_rom_write:
 *
 * The data packet of Write Memory: N, N+1 bytes, checksum. A last program unit that is not complete is filled with
 * what an earlier packet left in the ROM's buffer. Whatever became of it, it is acknowledged.
 *
 * Source: AN3155, Write Memory command.
 */
void
fl_sim_rom_write (FlSimRom *self)
{
  guint8 *data = self->packet->data;
  gsize length = self->count + 1;
  FlSimArea area = fl_sim_memory_find (self->memory, self->address);
  FlSimVerdict verdict;

  if ((fl_bytes_xor (data, length + 1) ^ self->count) != 0 || (length % 4 != 0 && area != FL_SIM_AREA_VOLTAGE)
      || (area == FL_SIM_AREA_VOLTAGE && !is_voltage (self->address, data, length)))
    {
      fl_sim_rom_done (self, FL_SIM_ROM_NACK);
      return;
    }
  verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_DATA, self->address);
  if (verdict == FL_SIM_NACK || verdict == FL_SIM_SILENT)
    {
      fl_sim_rom_refuse (self, verdict);
      return;
    }
  if (self->lose_write || verdict == FL_SIM_IGNORE || self->now < self->flash_busy_until)
    {
      self->lose_write = FALSE;
      fl_sim_rom_done (self, FL_SIM_ROM_ACK);
      return;
    }
  if (area == FL_SIM_AREA_OPTIONS)
    {
      fl_sim_rom_write_options (self, data, length);
      return;
    }
  memcpy (self->buffer, data, length);
  if (area == FL_SIM_AREA_FLASH && self->memory->flash->drops_partial)
    length -= length % self->memory->flash->unit;
  else if (area == FL_SIM_AREA_FLASH)
    length += (self->memory->flash->unit - length % self->memory->flash->unit) % self->memory->flash->unit;
  fl_sim_flash_begin (self->memory->flash, self->now);
  self->now += fl_sim_memory_write (self->memory, self->address, self->buffer, length);
  fl_sim_rom_done (self, FL_SIM_ROM_ACK);
}

/* The sector that this ROM erases for a code; -1 for none. */
static gint
fl_sim_rom_find_page (FlSimRom *self, guint32 code)
{
  FlLayout *layout = self->memory->flash->layout;
  guint numbering = 0;

  for (guint i = 1; self->bank_2_code != 0 && i < fl_layout_get_n_numberings (layout); i++)
    if (fl_layout_get_code (layout, fl_layout_get_bank_2 (layout), i) == self->bank_2_code)
      numbering = i;
  return fl_layout_find_code (layout, code, numbering);
}

/* Some builds acknowledge while the flash is still busy: all of G07x V11.3, bank 2 of H74x V9.1. */
static gboolean
fl_sim_rom_is_early (FlSimRom *self, guint bank)
{
  return (self->flags & FL_CHIP_EARLY_ERASE_ACK) && (bank == 2 || (self->quirks & FL_SIM_QUIRK_EARLY_BANK_2) == 0);
}

static void
fl_sim_rom_spend_erasing (FlSimRom *self, guint bank, gint64 *early_us, gint64 us)
{
  if (fl_sim_rom_is_early (self, bank))
    *early_us += us;
  else
    self->now += us;
}

/* Erases one page after the other; codes of pages that do not exist are passed over in silence. */
static void
fl_sim_rom_erase (FlSimRom *self, const guint16 *codes, guint n_codes)
{
  FlSimFlash *flash = self->memory->flash;
  gint64 early_us = 0;
  gboolean everywhere = g_strcmp0 (self->memory->chip->series, "U3") == 0;
  guint n_faulty = 0;

  fl_sim_flash_begin (flash, self->now);
  for (guint i = 0; i < n_codes && self->now >= self->flash_busy_until; i++)
    {
      gint index = fl_sim_rom_find_page (self, codes[i]);
      FlSimVerdict verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_PAGE, codes[i]);
      guint bank;

      if (index < 0 || verdict == FL_SIM_IGNORE)
        continue;
      bank = fl_layout_get_sector (flash->layout, (guint) index)->bank;
      if ((self->flags & FL_CHIP_ONE_PAGE_ERASE) && (everywhere || bank == 2) && n_faulty++ > 0)
        break;
      flash->clock = self->now + early_us;
      fl_sim_rom_spend_erasing (self, bank, &early_us, fl_sim_flash_erase_sector (flash, (guint) index));
    }
  self->flash_busy_until = MAX (self->flash_busy_until, self->now + early_us);
}

static gboolean
fl_sim_rom_check_pages (FlSimRom *self, gsize header)
{
  FlSimVerdict verdict;

  if ((fl_bytes_xor (self->packet->data, self->packet->len) ^ header) != 0)
    {
      fl_sim_rom_done (self, FL_SIM_ROM_NACK);
      return FALSE;
    }
  verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_DATA, 0);
  if (verdict == FL_SIM_PASS)
    return TRUE;
  if (verdict == FL_SIM_IGNORE)
    fl_sim_rom_done (self, FL_SIM_ROM_ACK);
  else
    fl_sim_rom_refuse (self, verdict);
  return FALSE;
}

/**
 * fl_sim_rom_pages:
 *
 * The packet of Erase and of Write Protect: N came before; N+1 codes, checksum.
 *
 * Source: AN3155, Erase Memory and Write Protect commands.
 */
void
fl_sim_rom_pages (FlSimRom *self)
{
  guint16 codes[256];
  guint n_codes = self->count + 1;

  if (!fl_sim_rom_check_pages (self, self->count))
    return;
  if (self->command == 0x63)
    {
      fl_sim_options_put_protected (self->memory->options, self->memory->flash->layout, self->packet->data, n_codes);
      fl_sim_rom_send (self, FL_SIM_ROM_ACK);
      fl_sim_rom_end (self, FL_SIM_EVENT_RELOAD);
      return;
    }
  for (guint i = 0; i < n_codes; i++)
    codes[i] = self->packet->data[i];
  fl_sim_rom_erase (self, codes, n_codes);
  fl_sim_rom_done (self, FL_SIM_ROM_ACK);
}

static void
fl_sim_rom_erase_bank (FlSimRom *self, guint bank)
{
  FlSimVerdict verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_DATA, 0);
  gint64 us;

  if (verdict == FL_SIM_NACK || verdict == FL_SIM_SILENT)
    {
      fl_sim_rom_refuse (self, verdict);
      return;
    }
  fl_sim_flash_begin (self->memory->flash, self->now);
  us = verdict == FL_SIM_IGNORE ? 0 : fl_sim_flash_erase_bank (self->memory->flash, bank);
  if (bank == 2 && fl_sim_rom_is_early (self, bank))
    self->flash_busy_until = self->now + us;
  else
    self->now += MAX (us, 0);
  fl_sim_rom_done (self, us < 0 ? FL_SIM_ROM_NACK : FL_SIM_ROM_ACK);
}

/**
 * fl_sim_rom_mass_erase:
 *
 * FF 00 after Erase; FF with anything else is acknowledged and erases nothing.
 *
 * Source: AN3155, Erase Memory command.
 */
void
fl_sim_rom_mass_erase (FlSimRom *self)
{
  FlSimVerdict verdict;

  if (self->packet->data[0] != 0x00)
    {
      fl_sim_rom_done (self, FL_SIM_ROM_ACK);
      return;
    }
  verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_PARAM, 0xFF);
  if (verdict != FL_SIM_PASS)
    fl_sim_rom_refuse (self, verdict);
  else
    fl_sim_rom_erase_bank (self, 0);
}

/**
 * fl_sim_rom_extended_special:
 *
 * FFFF, FFFE, FFFD with their checksum; the other codes from FFF0 on are reserved.
 *
 * Source: AN3155, Extended Erase Memory command.
 */
void
fl_sim_rom_extended_special (FlSimRom *self)
{
  FlSimFlash *flash = self->memory->flash;
  guint bank = 0xFFFF - self->count;
  FlSimVerdict verdict = FL_SIM_NACK;

  if (self->packet->data[0] == (guint8) (self->count >> 8 ^ self->count) && bank <= 2)
    verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_PARAM, self->count);
  if (verdict == FL_SIM_PASS && bank == 0 && (self->flags & FL_CHIP_NO_MASS_ERASE))
    verdict = FL_SIM_NACK;
  if (verdict == FL_SIM_PASS && bank > 0)
    if ((self->flags & FL_CHIP_NO_BANK_ERASE) || bank > fl_layout_get_n_banks (flash->layout))
      verdict = FL_SIM_NACK;
  if (verdict != FL_SIM_PASS)
    fl_sim_rom_refuse (self, verdict);
  else
    fl_sim_rom_erase_bank (self, bank);
}

/**
 * fl_sim_rom_extended_pages:
 *
 * N came before; N+1 codes of two bytes, checksum.
 *
 * Source: AN3155, Extended Erase Memory command.
 */
void
fl_sim_rom_extended_pages (FlSimRom *self)
{
  guint16 codes[MAX_PAGE_CODES];
  guint n_codes = MIN (self->count + 1, MAX_PAGE_CODES);

  if (!fl_sim_rom_check_pages (self, (self->count >> 8 ^ self->count) & 0xFF))
    return;
  for (guint i = 0; i < n_codes; i++)
    codes[i] = fl_bytes_get_be16 (self->packet->data + 2 * i);
  fl_sim_rom_erase (self, codes, n_codes);
  fl_sim_rom_done (self, FL_SIM_ROM_ACK);
}

/**
 * fl_sim_rom_protection:
 *
 * Write Unprotect, Readout Protect, Readout Unprotect: a second ACK, then a reset.
 *
 * Source: AN3155, the commands of these names.
 */
void
fl_sim_rom_protection (FlSimRom *self)
{
  FlSimMemory *memory = self->memory;
  FlSimVerdict verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_DATA, 0);
  gboolean reloads = self->command != 0x92 || (self->quirks & FL_SIM_QUIRK_UNPROTECT_OFF) == 0;

  if (verdict == FL_SIM_NACK || verdict == FL_SIM_SILENT)
    {
      fl_sim_rom_refuse (self, verdict);
      return;
    }
  switch (self->command)
    {
    case 0x73:
      fl_sim_options_put_protected (memory->options, memory->flash->layout, NULL, 0);
      break;
    case 0x82:
      fl_sim_options_put_rdp (memory->options, 1);
      break;
    default:
      fl_sim_options_put_rdp (memory->options, 0);
      self->now += fl_sim_rom_regress (self);
    }
  fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  fl_sim_rom_end (self, reloads ? FL_SIM_EVENT_RELOAD : FL_SIM_EVENT_RESET);
}
