/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-sim"

#include "config.h"

#include "fl-sim-board-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "fl-bytes.h"
#include "fl-error.h"

G_DEFINE_FINAL_TYPE (FlSimBoard, fl_sim_board, G_TYPE_OBJECT)

#define NEVER_US      ((gint64) 1000 * 1000 * 1000 * 1000)
#define STUB_BYTES    128
#define AIRCR         0xE000ED0Cu
#define AIRCR_RESET   0x05FA0004u
#define FLASH_CR      0x40022010u /* F0; FLASH_SR of L4 */
#define OBL_LAUNCH_F0 (1u << 13)
#define OBL_LAUNCH_L4 (1u << 27)
#define PEMPTY_L4     (1u << 17)

/* The chip's own idea of the line: the host's rate once it has measured it, and its family's parity. */
static void
fl_sim_board_update_wires (FlSimBoard *self)
{
  FlLineSettings sender = self->host;
  FlLineSettings chip = self->device;
  double factor = self->tx_factor;

  /* An adapter that sends no parity bit, where the scenario does not say what comes of it. */
  if (self->play != NULL && g_strcmp0 (self->play->scenario->parity_on_wire, "N") == 0
      && self->play->scenario->parity_reaction == NULL)
    sender.parity = FL_PARITY_NONE;
  if (self->play != NULL && self->play->scenario->device_baud_ratio_at_115200 > 0 && chip.baud == 115200)
    factor *= self->play->scenario->device_baud_ratio_at_115200;
  fl_sim_wire_set (self->to_host, &chip, &self->host, factor);
  /* A chip that measured the rate wrong also listens at the wrong one. */
  if (fabs (self->host.baud / (chip.baud * factor) - 1.0) < 0.02)
    chip.baud = self->host.baud;
  fl_sim_wire_set (self->to_chip, &sender, &chip, 1.0);
}

static gboolean
fl_sim_board_is_empty (FlSimBoard *self)
{
  return (self->chip->flags & FL_CHIP_EMPTY_CHECK)
         && fl_sim_flash_is_blank (self->memory->flash, self->memory->flash->start, 4);
}

/* Where the chip starts, by its BOOT0 pin, its option bytes and its empty check. */
static FlSimBoot
fl_sim_board_get_boot (FlSimBoard *self)
{
  gboolean boot0 = self->boot0 == FL_SIM_BOOT0_HIGH;
  FlSimBoot boot;

  if (self->boot0 == FL_SIM_BOOT0_WIRED)
    boot0 = !self->config->lines_wired || (self->lines & FL_LINE_RTS) != 0;
  boot = fl_sim_options_get_boot (self->memory->options, boot0, self->empty);
  if (self->play == NULL)
    return boot;
  if (fl_sim_play_wants_rom (self->play, boot == FL_SIM_BOOT_ROM, self->boot0 == FL_SIM_BOOT0_HIGH))
    return FL_SIM_BOOT_ROM;
  return boot == FL_SIM_BOOT_ROM ? FL_SIM_BOOT_FLASH : boot;
}

/* Whether the code at @address holds this constant in its literals. */
static gboolean
fl_sim_board_finds_literal (FlSimBoard *self, guint32 address, guint32 value)
{
  guint8 bytes[4];

  for (guint offset = 8; offset < STUB_BYTES; offset += 4)
    {
      for (guint i = 0; i < 4; i++)
        bytes[i] = fl_sim_memory_read (self->memory, address + offset + i);
      if (fl_bytes_get_le32 (bytes) == value)
        return TRUE;
    }
  return FALSE;
}

/* No instruction is executed here. But hosts start small programs in the RAM that do nothing but reset the chip, or
 * make it load its option bytes: these are known by the registers and values that they write. */
static gboolean
fl_sim_board_run_stub (FlSimBoard *self, guint32 address, gint64 now)
{
  gboolean launches = fl_sim_board_finds_literal (self, address, FLASH_CR)
                      && (fl_sim_board_finds_literal (self, address, OBL_LAUNCH_F0)
                          || fl_sim_board_finds_literal (self, address, OBL_LAUNCH_L4));
  gboolean resets =
      fl_sim_board_finds_literal (self, address, AIRCR) && fl_sim_board_finds_literal (self, address, AIRCR_RESET);

  if (fl_sim_memory_find (self->memory, address) != FL_SIM_AREA_RAM || (!launches && !resets))
    return FALSE;
  if (fl_sim_board_finds_literal (self, address, PEMPTY_L4))
    self->empty = FALSE;
  fl_sim_board_boot (self, launches, now, self->startup_us);
  return TRUE;
}

/* Runs what has its vectors at @address. */
static void
fl_sim_board_run_application (FlSimBoard *self, guint32 address, gint64 now)
{
  const FlChip *chip = self->chip;
  guint8 vectors[8];
  guint32 stack;
  guint32 entry;

  for (guint i = 0; i < sizeof vectors; i++)
    vectors[i] = fl_sim_memory_read (self->memory, address + i);
  stack = fl_bytes_get_le32 (vectors);
  entry = fl_bytes_get_le32 (vectors + 4);
  if (fl_sim_board_run_stub (self, address, now))
    return;
  self->state = FL_SIM_BOARD_CRASHED;
  self->talk_next = now + FL_SIM_TALK_FIRST_US;
  if (self->play != NULL)
    self->state = FL_SIM_BOARD_APPLICATION;
  if (stack < chip->ram_start || stack > chip->ram_start + chip->ram_kib * 1024 || (entry & 1) == 0
      || fl_sim_memory_find (self->memory, entry & ~1u) == FL_SIM_AREA_NONE)
    return;
  self->state = FL_SIM_BOARD_APPLICATION;
}

/* Comes out of reset at @now. @reload: power-on or new option bytes, which also look whether the flash is empty. */
void
fl_sim_board_boot (FlSimBoard *self, gboolean reload, gint64 now, gint64 startup_us)
{
  FlSimBoot boot;

  self->mute = FALSE;
  self->deafened = FALSE;
  fl_sim_memory_start (self->memory, reload);
  if (reload)
    self->empty = fl_sim_board_is_empty (self);
  boot = fl_sim_board_get_boot (self);
  if (boot == FL_SIM_BOOT_FLASH)
    {
      fl_sim_board_run_application (self, self->memory->flash->start, now);
      return;
    }
  if (boot == FL_SIM_BOOT_RAM) /* nobody has put a program there that would survive */
    {
      self->state = FL_SIM_BOARD_CRASHED;
      return;
    }
  self->state = FL_SIM_BOARD_ROM;
  if (fl_sim_rom_get_quirks (self->rom) & FL_SIM_QUIRK_CLEARS_EMPTY)
    self->empty = FALSE;
  fl_sim_rom_start (self->rom, now + MAX (startup_us, self->ready_us));
  if (self->play != NULL)
    self->talk_next = now + (gint64) self->play->scenario->app_stream_after_ms * 1000;
  if (self->config->deaf)
    fl_sim_rom_set_deaf (self->rom);
}

static void
fl_sim_board_stop (FlSimBoard *self, gint64 now)
{
  fl_sim_wire_clear (self->to_chip);
  fl_sim_wire_clear (self->to_host);
  fl_sim_adapter_cut (self->adapter, now);
  fl_sim_flash_cut (self->memory->flash, now);
}

/**
 * fl_sim_board_reset:
 * @power_cycle: the supply was off; otherwise only NRST was pulled
 * @now: microseconds
 *
 * Somebody presses the reset button, or unplugs the supply. With power the RAM goes, and whether the flash is empty
 * is looked at anew (AN2606, "empty check").
 */
void
fl_sim_board_reset (FlSimBoard *self, gboolean power_cycle, gint64 now)
{
  g_return_if_fail (FL_IS_SIM_BOARD (self));

  self->time = MAX (self->time, now);
  fl_sim_board_stop (self, now);
  if (self->play != NULL)
    fl_sim_play_start (self->play, power_cycle ? FL_SIM_START_POWER : FL_SIM_START_RESET);
  if (power_cycle)
    fl_sim_memory_clear_ram (self->memory);
  if (self->state != FL_SIM_BOARD_HELD)
    fl_sim_board_boot (self, power_cycle, now, self->startup_us);
}

/* As fl_sim_board_reset(), but a moment ago: the chip has started since. */
void
fl_sim_board_restart (FlSimBoard *self, gboolean power_cycle)
{
  fl_sim_board_stop (self, self->time);
  if (self->play != NULL)
    fl_sim_play_start (self->play, power_cycle ? FL_SIM_START_POWER : FL_SIM_START_RESET);
  if (power_cycle)
    fl_sim_memory_clear_ram (self->memory);
  if (self->state != FL_SIM_BOARD_HELD)
    fl_sim_board_boot (self, power_cycle, self->time, 0);
}

/**
 * fl_sim_board_press_reset:
 *
 * As if the reset button had been pressed a moment ago: the chip has started since, and looks for a first 0x7F.
 */
void
fl_sim_board_press_reset (FlSimBoard *self)
{
  g_return_if_fail (FL_IS_SIM_BOARD (self));

  fl_sim_board_restart (self, FALSE);
}

static void
fl_sim_board_handle_event (FlSimBoard *self)
{
  gint done = fl_sim_rom_take_done (self->rom);
  gint64 time;
  guint32 address;
  FlSimEvent event = fl_sim_rom_take_event (self->rom, &time, &address);

  switch (event)
    {
    case FL_SIM_EVENT_NONE:
      break;
    case FL_SIM_EVENT_RESET:
    case FL_SIM_EVENT_RELOAD:
      if (self->play != NULL)
        fl_sim_play_start (self->play, FL_SIM_START_RELOAD);
      fl_sim_board_boot (self, event == FL_SIM_EVENT_RELOAD, time, self->startup_us);
      break;
    case FL_SIM_EVENT_JUMP:
      if (self->play == NULL || !fl_sim_board_play_go (self, time))
        fl_sim_board_run_application (self, address, time);
      break;
    }
  if (self->play != NULL && done >= 0)
    fl_sim_board_play_done (self, (guint8) done, event, time);
}

/* A byte that the host's end of the wire understood; faults on the way back strike here. */
void
fl_sim_board_deliver (FlSimBoard *self, FlSimByte *byte)
{
  if (self->play != NULL && !fl_sim_play_to_host (self->play, byte))
    return;
  if (self->mute || !fl_sim_board_strike (self, TRUE, self->n_received++, byte))
    return;
  self->answered = byte->time;
  fl_sim_adapter_put (self->adapter, byte);
}

static void
fl_sim_board_flush_to_host (FlSimBoard *self)
{
  FlSimByte byte;

  while (fl_sim_wire_take (self->to_host, G_MAXINT64, &byte))
    fl_sim_board_deliver (self, &byte);
}

/* One byte from the chip's end of the wire to its ROM, and what that answers back to the host. */
static void
fl_sim_board_run_rom (FlSimBoard *self, const FlSimByte *byte)
{
  FlSimReply reply;

  if (self->state != FL_SIM_BOARD_ROM)
    return;
  if (self->play != NULL && byte->byte == 0x7F && !fl_sim_rom_is_synced (self->rom)
      && fl_sim_rom_is_ready (self->rom, byte->time) && !fl_sim_board_play_sync (self, byte))
    return;
  fl_sim_rom_receive (self->rom, byte->byte, byte->time, fl_sim_wire_get_byte_us (self->to_host));
  while (fl_sim_rom_take_reply (self->rom, &reply))
    fl_sim_wire_put (self->to_host, reply.byte, MAX ((double) reply.time, self->to_host->end));
  fl_sim_board_flush_to_host (self);
  fl_sim_board_handle_event (self);
}

static void
fl_sim_board_flush_to_chip (FlSimBoard *self, gint64 until)
{
  FlSimByte byte;

  while (fl_sim_wire_take (self->to_chip, until, &byte))
    fl_sim_board_run_rom (self, &byte);
}

/* A running application prints a line now and then, in its own line settings. */
static void
fl_sim_board_talk (FlSimBoard *self, gint64 until)
{
  static const FlLineSettings settings = { 115200, 8, FL_PARITY_NONE, 1 };
  const char *text = fl_sim_board_get_text (self);

  if (fl_sim_board_is_broken (self))
    {
      fl_sim_board_play_break (self, until);
      return;
    }
  if (text == NULL)
    return;
  while (self->talk_next <= until)
    {
      /* An application that talks behind the bootloader's back: something has reset the chip. */
      if (self->state == FL_SIM_BOARD_ROM && self->play->scenario->app_stream_after_ms > 0)
        self->state = FL_SIM_BOARD_APPLICATION;
      fl_sim_wire_set (self->to_host, &settings, &self->host, 1.0);
      for (guint i = 0; text[i] != '\0'; i++)
        fl_sim_wire_put (self->to_host, (guint8) text[i], MAX ((double) self->talk_next, self->to_host->end));
      fl_sim_board_flush_to_host (self);
      self->talk_next += FL_SIM_TALK_EVERY_US;
    }
  fl_sim_board_update_wires (self);
}

/**
 * fl_sim_board_set_settings:
 * @now: microseconds
 *
 * The host's port now sends and receives like this. The chip does not know.
 */
void
fl_sim_board_set_settings (FlSimBoard *self, const FlLineSettings *settings, gint64 now)
{
  g_return_if_fail (FL_IS_SIM_BOARD (self));

  self->time = MAX (self->time, now);
  fl_sim_board_flush_to_chip (self, G_MAXINT64);
  self->host = *settings;
  fl_sim_board_update_wires (self);
}

/**
 * fl_sim_board_set_lines:
 * @lines: DTR and RTS as asserted
 * @now: microseconds
 *
 * Where the board is wired ("rts-boot0-dtr-reset"), an asserted RTS makes BOOT0 high, and an asserted DTR pulls NRST
 * low: the chip is held until DTR is released, and looks at BOOT0 then.
 */
void
fl_sim_board_set_lines (FlSimBoard *self, FlLines lines, gint64 now)
{
  g_return_if_fail (FL_IS_SIM_BOARD (self));

  self->time = MAX (self->time, now);
  fl_sim_board_flush_to_chip (self, now);
  if (fl_sim_board_resets_at_open (self) && (lines & ~self->lines & FL_LINE_DTR))
    fl_sim_board_reset (self, FALSE, now); /* a capacitor, as on Arduinos: it is the edge that counts */
  self->lines = lines;
  if (!self->config->lines_wired)
    return;
  if ((lines & FL_LINE_DTR) && self->state != FL_SIM_BOARD_HELD)
    {
      fl_sim_board_stop (self, now);
      self->state = FL_SIM_BOARD_HELD;
    }
  else if (!(lines & FL_LINE_DTR) && self->state == FL_SIM_BOARD_HELD)
    fl_sim_board_boot (self, FALSE, now, self->startup_us);
}

/* The first 0x7F after a reset sets the chip's rate, so that it is understood at any. */
static void
fl_sim_board_measure (FlSimBoard *self, guint8 byte)
{
  guint max_baud = self->config->max_baud > 0 ? self->config->max_baud : self->chip->max_baud;

  if (self->state != FL_SIM_BOARD_ROM || fl_sim_rom_is_synced (self->rom))
    return;
  self->device.baud = max_baud > 0 ? MIN (self->host.baud, max_baud) : self->host.baud;
  fl_sim_board_update_wires (self);
}

/**
 * fl_sim_board_send:
 * @now: when the host hands the byte to its port, in microseconds
 *
 * One byte from the host. It takes its time on the wire from @now on, or behind the byte before it.
 *
 * Returns: when it has left the host, in microseconds
 */
gint64
fl_sim_board_send (FlSimBoard *self, guint8 byte, gint64 now)
{
  double byte_us = fl_sim_wire_get_byte_us (self->to_chip);
  double start = MAX ((double) now, self->host_free);
  FlSimByte sent = { 0, byte, 0 };

  g_return_val_if_fail (FL_IS_SIM_BOARD (self), now);

  self->host_free = start + byte_us;
  self->time = MAX (self->time, (gint64) self->host_free);
  sent.time = (gint64) self->host_free;
  if (self->config->unplug_after > 0 && self->n_sent >= self->config->unplug_after)
    self->unplugged = TRUE;
  if (self->play != NULL && self->play->scenario->write_blocked)
    return now + NEVER_US;
  if (self->play != NULL && self->play->scenario->echo)
    fl_sim_adapter_put (self->adapter, &sent);
  if (self->unplugged || !fl_sim_board_strike (self, FALSE, self->n_sent++, &sent) || self->deafened)
    return (gint64) self->host_free;
  start += (double) sent.time - (double) (gint64) self->host_free;
  fl_sim_board_flush_to_chip (self, (gint64) start);
  fl_sim_board_talk (self, (gint64) start);
  if (self->play != NULL && !fl_sim_board_play_send (self, &sent.byte, start))
    return (gint64) self->host_free;
  fl_sim_board_measure (self, sent.byte);
  fl_sim_wire_put (self->to_chip, sent.byte, MAX (start, self->to_chip->end));
  fl_sim_board_flush_to_chip (self, (gint64) self->to_chip->end);
  return (gint64) self->host_free;
}

/* For faults that add a byte on the way to the chip. */
void
fl_sim_board_inject (FlSimBoard *self, guint8 byte, gint64 time)
{
  fl_sim_board_measure (self, byte);
  fl_sim_wire_put (self->to_chip, byte, MAX ((double) time, self->to_chip->end));
  fl_sim_board_flush_to_chip (self, (gint64) self->to_chip->end);
}

/**
 * fl_sim_board_next:
 * @time: (out): when the next byte for the host arrives, in microseconds, or when it begins to be sent unasked
 *
 * Looks ahead as if the host sent nothing more. What will be sent unasked is not sent before its time: the host's
 * settings may change until then.
 *
 * Returns: whether one will come
 */
gboolean
fl_sim_board_next (FlSimBoard *self, gint64 *time)
{
  g_return_val_if_fail (FL_IS_SIM_BOARD (self), FALSE);

  fl_sim_board_flush_to_chip (self, G_MAXINT64);
  if (fl_sim_adapter_next (self->adapter, time))
    return TRUE;
  *time = self->talk_next;
  return fl_sim_board_talks (self);
}

/**
 * fl_sim_board_receive:
 * @byte: (out): what the host's UART understood
 * @errors: (out): what was wrong with it
 *
 * Returns: whether a byte has arrived by @now
 */
gboolean
fl_sim_board_receive (FlSimBoard *self, gint64 now, guint8 *byte, FlLineErrors *errors)
{
  FlSimByte received;

  g_return_val_if_fail (FL_IS_SIM_BOARD (self), FALSE);

  self->time = MAX (self->time, now);
  fl_sim_board_flush_to_chip (self, now);
  fl_sim_board_talk (self, now);
  if (!fl_sim_adapter_take (self->adapter, now, &received))
    return FALSE;
  *byte = received.byte;
  *errors = received.errors;
  return TRUE;
}

static FlLayout *
find_layout (const FlChip *chip, guint flash_kib, FlSimBanks banks)
{
  for (guint i = 0; banks != FL_SIM_BANKS_FACTORY && i < chip->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (chip->layouts, i);

      if (known->flash_kib == flash_kib && known->dual_bank == (banks == FL_SIM_BANKS_DUAL))
        return known->layout;
    }
  return fl_chip_get_layout (chip, flash_kib, NULL);
}

/* Whether a ROM for this flash may take bank 2's codes to begin with @code: documents say so. */
static gboolean
check_codes (FlLayout *layout, guint code, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; fl_layout_get_n_banks (layout) == 2 && i < fl_layout_get_n_numberings (layout); i++)
    {
      guint first = fl_layout_get_code (layout, fl_layout_get_bank_2 (layout), i);

      if (first == code)
        return TRUE;
      g_string_append_printf (known, "%s%u", i > 0 ? ", " : "", first);
    }
  if (code == 0)
    return TRUE;
  if (known->len > 0)
    g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("Erase codes of bank 2 do not begin with %u here, but with: %s"),
                 code, known->str);
  else
    g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("Erase codes of bank 2 do not begin with %u: there is one bank"),
                 code);
  return FALSE;
}

/**
 * fl_sim_board_new:
 *
 * A board with power, that sits in its bootloader if it starts there at all.
 *
 * Errors: %FL_ERROR_UNKNOWN_DEVICE for a PID without a known flash layout, %FL_ERROR_USAGE for erase codes that its
 * flash cannot have, %FL_ERROR_FORMAT and file errors from the scenario or the state file
 *
 * Returns: (transfer full): the board, or %NULL
 */
FlSimBoard *
fl_sim_board_new (const FlSimConfig *config, GError **error)
{
  g_autoptr (FlSimBoard) self = g_object_new (FL_TYPE_SIM_BOARD, NULL);
  g_autoptr (FlSimScenario) scenario = NULL;
  guint flash_kib;
  FlLayout *layout;

  self->config = fl_sim_board_copy_config (config);
  if (!fl_sim_board_load_scenario (self, &scenario, error))
    return NULL;
  self->chip = fl_chip_db_find (self->config->pid);
  flash_kib = self->config->flash_kib > 0 || self->chip == NULL ? self->config->flash_kib : self->chip->flash_kib;
  layout = self->chip == NULL ? NULL : find_layout (self->chip, flash_kib, self->config->banks);
  if (layout == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                   _ ("No chip with the product ID 0x%03X and such a flash is known"), self->config->pid);
      return NULL;
    }
  if (!check_codes (layout, self->config->bank_2_code, error))
    return NULL;
  if (self->config->bootloader_id == 0)
    self->config->bootloader_id = fl_sim_traits_newest_build (self->chip);
  self->memory = fl_sim_memory_new (self->chip, layout, flash_kib, self->config->bootloader_id, self->config->rdp_level,
                                    self->config->boot0_ignored);
  self->rom = fl_sim_rom_new (self->memory);
  fl_sim_rom_set_codes (self->rom, self->config->bank_2_code);
  fl_sim_rom_set_slow (self->rom, self->config->slow);
  fl_sim_rom_set_checksum (self->rom, self->config->checksum);
  if (self->config->reported_pid != 0)
    fl_sim_rom_set_pid (self->rom, self->config->reported_pid);
  self->adapter = fl_sim_adapter_new (self->config->latency_ms);
  self->startup_us = (gint64) self->chip->startup_ms * 1000;
  self->device = fl_line_settings_default;
  self->device.parity = self->chip->no_parity ? FL_PARITY_NONE : FL_PARITY_EVEN;
  self->host = self->device;
  if (scenario != NULL)
    fl_sim_board_stage (self, g_steal_pointer (&scenario));
  fl_sim_board_update_wires (self);
  if (self->config->not_blank)
    fl_sim_board_preload (self);
  if (!fl_sim_board_load (self, error))
    return NULL;
  fl_sim_board_boot (self, TRUE, 0, 0);
  return g_steal_pointer (&self);
}

static void
fl_sim_board_finalize (GObject *object)
{
  FlSimBoard *self = FL_SIM_BOARD (object);

  g_clear_pointer (&self->play, fl_sim_play_free);
  g_clear_pointer (&self->rom, fl_sim_rom_free);
  g_clear_pointer (&self->memory, fl_sim_memory_free);
  g_clear_pointer (&self->adapter, fl_sim_adapter_free);
  g_clear_pointer (&self->to_chip, fl_sim_wire_free);
  g_clear_pointer (&self->to_host, fl_sim_wire_free);
  g_clear_pointer (&self->faults, g_array_unref);
  g_clear_pointer (&self->config, fl_sim_config_free);
  G_OBJECT_CLASS (fl_sim_board_parent_class)->finalize (object);
}

static void
fl_sim_board_class_init (FlSimBoardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_sim_board_finalize;
}

static void
fl_sim_board_init (FlSimBoard *self)
{
  self->tx_factor = 1.0;
  self->to_chip = fl_sim_wire_new ();
  self->to_host = fl_sim_wire_new ();
  self->faults = g_array_new (FALSE, FALSE, sizeof (FlSimFaultRow));
}
