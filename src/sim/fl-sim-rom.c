/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-rom-private.h"

#include "fl-bytes.h"

/* From a packet's last byte to the answer's start bit: a few hundred instructions. The slow one is busy while four
 * bytes come at 115200 baud, of which the receive register keeps the first. */
#define TURN_AROUND_US 20
#define SLOW_US        300

#define GET_CHECKSUM        0xA1
#define FIRST_WITH_CHECKSUM 0x33 /* protocol 3.3 */

FlSimRom *
fl_sim_rom_new (FlSimMemory *memory)
{
  FlSimRom *self = g_new0 (FlSimRom, 1);

  self->memory = memory;
  self->traits = memory->flash->traits;
  self->flags = fl_sim_traits_get_flags (memory->chip, memory->bootloader_id);
  self->quirks = fl_sim_traits_get_quirks (memory->chip, memory->bootloader_id);
  self->version = self->traits->protocol;
  self->pid = memory->chip->pid;
  self->turn_around_us = TURN_AROUND_US;
  self->packet = g_byte_array_new ();
  self->replies = g_queue_new ();
  self->get = g_byte_array_new ();
  return self;
}

void
fl_sim_rom_free (FlSimRom *self)
{
  g_byte_array_unref (self->packet);
  g_byte_array_unref (self->get);
  g_queue_free_full (self->replies, g_free);
  g_free (self);
}

/**
 * fl_sim_rom_start:
 * @ready: when it begins to look for the 0x7F
 *
 * The chip comes out of reset into its bootloader.
 */
void
fl_sim_rom_start (FlSimRom *self, gint64 ready)
{
  self->state = FL_SIM_ROM_SYNC;
  self->ready = ready;
  self->busy_until = ready;
  self->held_until = 0;
  self->flash_busy_until = 0;
  self->event = FL_SIM_EVENT_NONE;
  self->lose_write = FALSE;
  self->accepted = FALSE;
  self->memory->voltage[0] = 0;
  fl_sim_flash_set_voltage (self->memory->flash, 0);
  g_byte_array_set_size (self->packet, 0);
  g_queue_clear_full (self->replies, g_free);
}

void
fl_sim_rom_set_hook (FlSimRom *self, FlSimHook hook, gpointer user_data)
{
  self->hook = hook;
  self->hook_data = user_data;
}

/* What Get answers between its two ACKs, in place of what the chip would: N, version, commands. */
void
fl_sim_rom_set_get (FlSimRom *self, const guint8 *data, gsize length)
{
  g_byte_array_set_size (self->get, 0);
  g_byte_array_append (self->get, data, (guint) length);
}

void
fl_sim_rom_set_version (FlSimRom *self, guint8 version)
{
  self->version = version;
}

void
fl_sim_rom_set_pid (FlSimRom *self, guint16 pid)
{
  self->pid = pid;
}

/**
 * fl_sim_rom_set_codes:
 * @bank_2_code: the first erase code of bank 2 that this ROM takes, in a layout that has such a numbering; 0: the one
 *   that is likeliest
 */
void
fl_sim_rom_set_codes (FlSimRom *self, guint bank_2_code)
{
  self->bank_2_code = bank_2_code;
}

/**
 * fl_sim_rom_set_slow:
 * @slow: it does not keep up with a host that sends the next packet before the answer to the one before
 */
void
fl_sim_rom_set_slow (FlSimRom *self, gboolean slow)
{
  self->turn_around_us = slow ? SLOW_US : TURN_AROUND_US;
}

/**
 * fl_sim_rom_set_checksum:
 * @checksum: how it answers Get Checksum; %FL_SIM_CHECKSUM_NONE: it does not list it
 *
 * Makes it a custom bootloader, of protocol 3.3 at the least.
 */
void
fl_sim_rom_set_checksum (FlSimRom *self, FlSimChecksum checksum)
{
  self->checksum = checksum;
  if (checksum != FL_SIM_CHECKSUM_NONE)
    self->version = MAX (self->version, FIRST_WITH_CHECKSUM);
}

gboolean
fl_sim_rom_is_synced (FlSimRom *self)
{
  return self->state != FL_SIM_ROM_SYNC;
}

/* Whether it has started by @time. */
gboolean
fl_sim_rom_is_ready (FlSimRom *self, gint64 time)
{
  return time >= self->ready;
}

gboolean
fl_sim_rom_awaits_command (FlSimRom *self)
{
  return self->state == FL_SIM_ROM_COMMAND && self->packet->len == 0;
}

/* The command that it has come to the end of since it was last asked; -1: none. */
gint
fl_sim_rom_take_done (FlSimRom *self)
{
  gboolean ended = self->event != FL_SIM_EVENT_NONE || fl_sim_rom_awaits_command (self);
  gint command = self->accepted && ended ? self->command : -1;

  self->accepted = self->accepted && !ended;
  return command;
}

FlSimQuirks
fl_sim_rom_get_quirks (FlSimRom *self)
{
  return self->quirks;
}

/* Puts it where a first 0x7F leaves it, or back to waiting for one. */
void
fl_sim_rom_set_synced (FlSimRom *self, gboolean synced)
{
  fl_sim_rom_await (self, synced ? FL_SIM_ROM_COMMAND : FL_SIM_ROM_SYNC, 2);
}

/* Without the vices of its chip and build: a scenario says itself what goes wrong. */
void
fl_sim_rom_set_ideal (FlSimRom *self)
{
  self->flags = 0;
  self->quirks = 0;
  self->memory->is_ideal = TRUE;
}

/* Nothing is answered any more until a reset. */
void
fl_sim_rom_set_deaf (FlSimRom *self)
{
  self->state = FL_SIM_ROM_DEAF;
}

/* The Write Memory in progress is acknowledged and not done. */
void
fl_sim_rom_lose_write (FlSimRom *self)
{
  self->lose_write = TRUE;
}

gboolean
fl_sim_rom_take_reply (FlSimRom *self, FlSimReply *reply)
{
  FlSimReply *head = g_queue_pop_head (self->replies);

  if (head == NULL)
    return FALSE;
  *reply = *head;
  g_free (head);
  return TRUE;
}

FlSimEvent
fl_sim_rom_take_event (FlSimRom *self, gint64 *time, guint32 *go_address)
{
  FlSimEvent event = self->event;

  *time = self->busy_until;
  *go_address = self->address;
  self->event = FL_SIM_EVENT_NONE;
  return event;
}

/* Queues one byte; the ROM waits for it to leave before it reads on. */
void
fl_sim_rom_send (FlSimRom *self, guint8 byte)
{
  FlSimReply *reply = g_new (FlSimReply, 1);

  reply->time = self->now;
  reply->byte = byte;
  g_queue_push_tail (self->replies, reply);
  self->now += (gint64) self->byte_us;
  self->busy_until = self->now;
}

FlSimVerdict
fl_sim_rom_ask (FlSimRom *self, FlSimStage stage, guint32 value)
{
  gint64 delay_us = 0;
  FlSimVerdict verdict =
      self->hook == NULL ? FL_SIM_PASS : self->hook (self->hook_data, stage, self->command, value, &delay_us);

  self->now += delay_us;
  return verdict;
}

void
fl_sim_rom_await (FlSimRom *self, FlSimRomState state, gsize need)
{
  self->state = state;
  self->need = need;
  g_byte_array_set_size (self->packet, 0);
}

static void
fl_sim_rom_finish (FlSimRom *self, guint8 answer)
{
  fl_sim_rom_send (self, answer);
  fl_sim_rom_await (self, FL_SIM_ROM_COMMAND, 2);
}

/* Ends a command that a script or a check refused. */
void
fl_sim_rom_refuse (FlSimRom *self, FlSimVerdict verdict)
{
  if (verdict == FL_SIM_NACK)
    fl_sim_rom_send (self, FL_SIM_ROM_NACK);
  self->busy_until = MAX (self->busy_until, self->now);
  fl_sim_rom_await (self, FL_SIM_ROM_COMMAND, 2);
}

static void
fl_sim_rom_get_commands (FlSimRom *self)
{
  if (self->get->len == 0)
    {
      const guint8 always[] = { 0, self->version, 0x00, 0x01, 0x02 };

      g_byte_array_append (self->get, always, sizeof always);
      for (guint i = 0; i < G_N_ELEMENTS (self->traits->commands) && self->traits->commands[i] != 0; i++)
        {
          guint8 code = self->traits->commands[i];

          if (code == 0x44 && self->memory->chip->erase_command != 0)
            code = self->memory->chip->erase_command;
          g_byte_array_append (self->get, &code, 1);
        }
      if (self->checksum != FL_SIM_CHECKSUM_NONE)
        {
          const guint8 code = GET_CHECKSUM;

          g_byte_array_append (self->get, &code, 1);
        }
      self->get->data[0] = (guint8) (self->get->len - 2);
    }
}

static gboolean
fl_sim_rom_knows (FlSimRom *self, guint8 command)
{
  fl_sim_rom_get_commands (self);
  for (guint i = 2; i < self->get->len; i++)
    if (self->get->data[i] == command)
      return TRUE;
  return FALSE;
}

/* AN3155 table 3: what readout protection leaves. */
static gboolean
fl_sim_rom_is_protected (FlSimRom *self, guint8 command)
{
  switch (self->memory->options->rdp_level)
    {
    case 0:
      return FALSE;
    case 1:
      return command != 0x00 && command != 0x01 && command != 0x02 && command != 0x92;
    default:
      return command != 0x00 && command != 0x01 && command != 0x02;
    }
}

static void
fl_sim_rom_answer_now (FlSimRom *self)
{
  const guint8 version[] = { self->version, 0x00, 0x00, FL_SIM_ROM_ACK };
  const guint8 id[] = { 0x01, (guint8) (self->pid >> 8), (guint8) self->pid, FL_SIM_ROM_ACK };

  if (self->command == 0x00)
    for (guint i = 0; i < self->get->len; i++)
      fl_sim_rom_send (self, self->get->data[i]);
  if (self->command == 0x00)
    fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  for (guint i = 0; self->command == 0x01 && i < sizeof version; i++)
    fl_sim_rom_send (self, version[i]);
  for (guint i = 0; self->command == 0x02 && i < sizeof id; i++)
    fl_sim_rom_send (self, id[i]);
  fl_sim_rom_await (self, FL_SIM_ROM_COMMAND, 2);
}

static void
fl_sim_rom_command (FlSimRom *self)
{
  guint8 command = self->packet->data[0];
  FlSimVerdict verdict;

  if ((command ^ self->packet->data[1]) != 0xFF || !fl_sim_rom_knows (self, command))
    {
      fl_sim_rom_finish (self, FL_SIM_ROM_NACK);
      return;
    }
  self->command = command;
  verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_COMMAND, command);
  if (verdict != FL_SIM_PASS)
    {
      fl_sim_rom_refuse (self, verdict);
      return;
    }
  if (fl_sim_rom_is_protected (self, command))
    {
      if ((self->flags & FL_CHIP_DOUBLE_NACK) && (command == 0x11 || command == 0x31))
        fl_sim_rom_send (self, FL_SIM_ROM_NACK);
      fl_sim_rom_finish (self, FL_SIM_ROM_NACK);
      return;
    }
  self->accepted = TRUE;
  if (command != 0x21 || (self->quirks & FL_SIM_QUIRK_GO_ACK_MISSING) == 0)
    fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  switch (command)
    {
    case 0x11:
    case 0x21:
    case 0x31:
    case GET_CHECKSUM:
      fl_sim_rom_await (self, FL_SIM_ROM_ADDRESS, 5);
      break;
    case 0x43:
    case 0x63:
      fl_sim_rom_await (self, FL_SIM_ROM_PAGE_COUNT, 1);
      break;
    case 0x44:
      fl_sim_rom_await (self, FL_SIM_ROM_EXTENDED_COUNT, 2);
      break;
    case 0x50:
      fl_sim_rom_await (self, FL_SIM_ROM_SPECIAL, 3);
      break;
    case 0x51:
      fl_sim_rom_await (self, FL_SIM_ROM_SPECIAL, 2);
      break;
    case 0x73:
    case 0x82:
    case 0x92:
      fl_sim_rom_protection (self);
      break;
    default:
      fl_sim_rom_answer_now (self);
    }
}

static gboolean
fl_sim_rom_accepts (FlSimRom *self, guint32 address)
{
  FlSimArea area = fl_sim_memory_find (self->memory, address);

  switch (self->command)
    {
    case 0x21:
      return area == FL_SIM_AREA_FLASH || area == FL_SIM_AREA_RAM;
    case 0x31:
      if (area == FL_SIM_AREA_OPTIONS)
        return fl_sim_options_is_base (self->memory->options, address);
      return area != FL_SIM_AREA_NONE && area != FL_SIM_AREA_SYSTEM && area != FL_SIM_AREA_INFO;
    case GET_CHECKSUM: /* its CRC unit takes whole words */
      return (area == FL_SIM_AREA_FLASH || area == FL_SIM_AREA_RAM) && address % 4 == 0;
    default:
      return area != FL_SIM_AREA_NONE;
    }
}

static void
fl_sim_rom_address (FlSimRom *self)
{
  guint32 address = fl_bytes_get_be32 (self->packet->data);
  FlSimVerdict verdict;

  if (fl_bytes_xor (self->packet->data, 5) != 0)
    {
      fl_sim_rom_finish (self, FL_SIM_ROM_NACK);
      return;
    }
  self->address = address;
  verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_ADDRESS, address);
  if (verdict == FL_SIM_PASS && !fl_sim_rom_accepts (self, address))
    verdict = self->flags & FL_CHIP_SILENT_BAD_ADDRESS ? FL_SIM_SILENT : FL_SIM_NACK;
  if (verdict != FL_SIM_PASS)
    {
      fl_sim_rom_refuse (self, verdict);
      return;
    }
  fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  switch (self->command)
    {
    case 0x11:
      fl_sim_rom_await (self, FL_SIM_ROM_READ_COUNT, 2);
      break;
    case 0x31:
      fl_sim_rom_await (self, FL_SIM_ROM_WRITE_COUNT, 1);
      break;
    case GET_CHECKSUM:
      fl_sim_rom_await (self, FL_SIM_ROM_CHECKSUM_SIZE, 5);
      break;
    default:
      self->event = FL_SIM_EVENT_JUMP;
      self->state = FL_SIM_ROM_DEAF;
    }
}

static void
fl_sim_rom_read (FlSimRom *self)
{
  guint8 n = self->packet->data[0];
  FlSimVerdict verdict;

  if ((n ^ self->packet->data[1]) != 0xFF)
    {
      fl_sim_rom_finish (self, FL_SIM_ROM_NACK);
      return;
    }
  verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_DATA, 0);
  if (verdict != FL_SIM_PASS)
    {
      fl_sim_rom_refuse (self, verdict);
      return;
    }
  fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  for (guint i = 0; i <= n; i++)
    fl_sim_rom_send (self, fl_sim_memory_read (self->memory, self->address + i));
  fl_sim_rom_await (self, FL_SIM_ROM_COMMAND, 2);
}

static void
fl_sim_rom_packet (FlSimRom *self)
{
  switch (self->state)
    {
    case FL_SIM_ROM_COMMAND:
      fl_sim_rom_command (self);
      break;
    case FL_SIM_ROM_ADDRESS:
      fl_sim_rom_address (self);
      break;
    case FL_SIM_ROM_READ_COUNT:
      fl_sim_rom_read (self);
      break;
    case FL_SIM_ROM_WRITE_COUNT:
      self->count = self->packet->data[0];
      fl_sim_rom_await (self, FL_SIM_ROM_WRITE_DATA, self->count + 2u);
      break;
    case FL_SIM_ROM_WRITE_DATA:
      fl_sim_rom_write (self);
      break;
    case FL_SIM_ROM_PAGE_COUNT:
      self->count = self->packet->data[0];
      if (self->command == 0x43 && self->count == 0xFF)
        fl_sim_rom_await (self, FL_SIM_ROM_MASS_ERASE, 1);
      else
        fl_sim_rom_await (self, FL_SIM_ROM_PAGES, self->count + 2u);
      break;
    case FL_SIM_ROM_PAGES:
      fl_sim_rom_pages (self);
      break;
    case FL_SIM_ROM_MASS_ERASE:
      fl_sim_rom_mass_erase (self);
      break;
    case FL_SIM_ROM_EXTENDED_COUNT:
      self->count = fl_bytes_get_be16 (self->packet->data);
      if (self->count >= 0xFFF0)
        fl_sim_rom_await (self, FL_SIM_ROM_EXTENDED_SPECIAL, 1);
      else
        fl_sim_rom_await (self, FL_SIM_ROM_EXTENDED_PAGES, 2u * self->count + 3u);
      break;
    case FL_SIM_ROM_EXTENDED_SPECIAL:
      fl_sim_rom_extended_special (self);
      break;
    case FL_SIM_ROM_EXTENDED_PAGES:
      fl_sim_rom_extended_pages (self);
      break;
    case FL_SIM_ROM_CHECKSUM_SIZE:
    case FL_SIM_ROM_CHECKSUM_POLYNOMIAL:
    case FL_SIM_ROM_CHECKSUM_INITIAL:
      fl_sim_rom_checksum (self);
      break;
    case FL_SIM_ROM_SPECIAL: /* no sub-operation is known to this one */
      fl_sim_rom_finish (self, FL_SIM_ROM_NACK);
      break;
    case FL_SIM_ROM_SYNC:
    case FL_SIM_ROM_DEAF:
      g_assert_not_reached ();
    }
}

static void
fl_sim_rom_sync (FlSimRom *self, guint8 byte)
{
  if (byte != 0x7F)
    {
      /* Auto-baud hardware takes the width of whatever came first (AN2606; seen on G031). */
      if (!self->traits->measures_baud)
        self->state = FL_SIM_ROM_DEAF;
      return;
    }
  fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  if (self->flags & FL_CHIP_DOUBLE_SYNC_ACK)
    fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  fl_sim_rom_await (self, FL_SIM_ROM_COMMAND, 2);
}

/**
 * fl_sim_rom_receive:
 * @time: when the byte's stop bit was seen, in microseconds
 * @byte_us: how long one byte of an answer takes
 *
 * Takes one byte as the receiver gave it. There is no time-out and no buffer: while the ROM is busy the receive
 * register keeps one byte, and what comes after it is lost. Source: AN3155; STM32 open bootloader.
 */
void
fl_sim_rom_receive (FlSimRom *self, guint8 byte, gint64 time, double byte_us)
{
  if (self->state == FL_SIM_ROM_DEAF || time < self->ready || time < self->held_until)
    return;
  if (time < self->busy_until)
    self->held_until = self->busy_until;
  self->byte_us = byte_us;
  self->now = MAX (time, self->busy_until) + self->turn_around_us;
  if (self->state == FL_SIM_ROM_SYNC)
    {
      fl_sim_rom_sync (self, byte);
      return;
    }
  g_byte_array_append (self->packet, &byte, 1);
  if (self->packet->len >= self->need)
    fl_sim_rom_packet (self);
}
