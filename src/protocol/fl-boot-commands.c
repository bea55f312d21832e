/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot-private.h"

#include <string.h>

#include "fl-bytes.h"
#include "fl-error.h"

/**
 * fl_boot_get:
 * @info: (out caller-allocates): the version and the commands that this bootloader has, the first 32
 *
 * Source: AN3155, Get command. The count says how many bytes follow, less one; lists differ in length and content.
 */
gboolean
fl_boot_get (FlBoot *self, FlBootInfo *info, GCancellable *cancellable, GError **error)
{
  FlBootExchange exchange;
  guint8 data[256];

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (info != NULL, FALSE);
  fl_boot_exchange_init (&exchange, FL_COMMAND_GET, self->limits.answer_ms);
  exchange.answer = FL_ANSWER_COUNTED;
  exchange.result = data;
  exchange.result_size = sizeof data;
  if (!fl_boot_run (self, &exchange, cancellable, error))
    return FALSE;
  memset (&self->info, 0, sizeof self->info);
  self->info.version = data[0];
  self->info.n_commands = (guint) MIN (exchange.n_result - 1, sizeof self->info.commands);
  memcpy (self->info.commands, data + 1, self->info.n_commands);
  *info = self->info;
  return TRUE;
}

/**
 * fl_boot_get_version:
 * @version: (out): 0x31 is 3.1
 *
 * Source: AN3155, Get Version command; the two bytes behind the version are 0 and mean nothing.
 */
gboolean
fl_boot_get_version (FlBoot *self, guint8 *version, GCancellable *cancellable, GError **error)
{
  FlBootExchange exchange;
  guint8 data[3];

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (version != NULL, FALSE);
  fl_boot_exchange_init (&exchange, FL_COMMAND_GET_VERSION, self->limits.answer_ms);
  exchange.answer = FL_ANSWER_FIXED_ACK;
  exchange.result = data;
  exchange.result_size = sizeof data;
  if (!fl_boot_run (self, &exchange, cancellable, error))
    return FALSE;
  *version = data[0];
  return TRUE;
}

/**
 * fl_boot_get_id:
 * @pid: (out): the product id, 0x0410 for example
 *
 * Source: AN3155, Get ID command. Two bytes on all STM32; three on relatives of BlueNRG, the last two counting.
 */
gboolean
fl_boot_get_id (FlBoot *self, guint16 *pid, GCancellable *cancellable, GError **error)
{
  FlBootExchange exchange;
  guint8 data[3];
  gint64 start;
  guint n_retries;

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (pid != NULL, FALSE);
  fl_boot_exchange_init (&exchange, FL_COMMAND_GET_ID, self->limits.answer_ms);
  exchange.answer = FL_ANSWER_COUNTED;
  exchange.result = data;
  exchange.result_size = sizeof data;
  n_retries = self->n_retries;
  start = fl_transport_get_time (self->transport);
  if (!fl_boot_run (self, &exchange, cancellable, error))
    return FALSE;
  if (n_retries == self->n_retries)
    {
      double wire_ms = fl_boot_get_exact_wire_ms (self, 2 + 1 + 1 + exchange.n_result + 1);
      double ms = (double) (fl_transport_get_time (self->transport) - start) / 1000;

      ms = MAX (ms - wire_ms, 0.001);
      if (self->round_trip_ms <= 0 || ms < self->round_trip_ms)
        self->round_trip_ms = ms;
    }
  *pid = fl_bytes_get_be16 (data + exchange.n_result - 2);
  return TRUE;
}

/* Read Memory: three packets, then the data. */
void
fl_boot_exchange_init_read (FlBootExchange *self, guint32 address, guint8 *data, gsize length, guint timeout_ms)
{
  const guint8 count[] = { (guint8) (length - 1), (guint8) (length - 1) ^ 0xFF };

  fl_boot_exchange_init (self, FL_COMMAND_READ, timeout_ms);
  self->has_address = TRUE;
  self->address = address;
  fl_boot_exchange_add_word (self, FL_STAGE_ADDRESS, address, timeout_ms);
  fl_boot_exchange_add (self, FL_STAGE_COUNT, count, sizeof count, timeout_ms);
  self->n_burst = 3;
  self->answer = FL_ANSWER_FIXED;
  self->result = data;
  self->result_size = length;
}

/**
 * fl_boot_read:
 * @data: (out caller-allocates) (array length=length): where the bytes go; untouched when it fails
 * @length: 1 to 256 bytes
 *
 * Source: AN3155, Read Memory command. Nothing protects the data but the parity of each byte: what matters is read
 * twice.
 *
 * Errors: %FL_ERROR_PROTECTED under readout protection (when Get was asked before, else %FL_ERROR_NACK),
 * %FL_ERROR_NACK for an address outside the known memories.
 */
gboolean
fl_boot_read (FlBoot *self, guint32 address, guint8 *data, gsize length, GCancellable *cancellable, GError **error)
{
  FlBootExchange exchange;
  guint8 block[FL_BOOT_MAX_BLOCK];

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (data != NULL && length >= 1 && length <= FL_BOOT_MAX_BLOCK, FALSE);
  fl_boot_exchange_init_read (&exchange, address, block, length, self->limits.answer_ms);
  if (!fl_boot_run (self, &exchange, cancellable, error))
    return FALSE;
  memcpy (data, block, length);
  return TRUE;
}

/* Write Memory; @options: into option bytes, which takes longer and is not repeated. */
static gboolean
fl_boot_write_block (FlBoot *self, guint32 address, const guint8 *data, gsize length, gboolean options,
                     GCancellable *cancellable, GError **error)
{
  guint done_ms = options ? self->limits.option_ms : self->limits.program_ms;
  FlBootExchange exchange;
  guint8 packet[1 + FL_BOOT_MAX_BLOCK + 1];

  packet[0] = (guint8) (length - 1);
  memcpy (packet + 1, data, length);
  packet[1 + length] = fl_bytes_xor (packet, 1 + length);
  fl_boot_exchange_init (&exchange, FL_COMMAND_WRITE, self->limits.answer_ms);
  exchange.has_address = TRUE;
  exchange.address = address;
  exchange.once = options;
  exchange.n_burst = options ? 0 : 2;
  fl_boot_exchange_add_word (&exchange, FL_STAGE_ADDRESS, address, self->limits.answer_ms);
  fl_boot_exchange_add (&exchange, FL_STAGE_DATA, packet, 1 + length + 1, MAX (done_ms, self->limits.answer_ms));
  return fl_boot_run (self, &exchange, cancellable, error);
}

/**
 * fl_boot_write:
 * @length: 4 to 256 bytes, a multiple of 4; the caller pads to the chip's own unit. From 1 byte on at 0xFFFF0000,
 *   where F2, F4 and F7 keep the programming voltage
 *
 * Success means that the chip acknowledged the block, which some bootloaders do even when nothing was programmed:
 * only reading back tells. When it is repeated, the first try may have been programmed already; the same data then
 * change nothing.
 *
 * Source: AN3155, Write Memory command.
 */
gboolean
fl_boot_write (FlBoot *self, guint32 address, const guint8 *data, gsize length, GCancellable *cancellable,
               GError **error)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (data != NULL && length >= 1 && length <= FL_BOOT_MAX_BLOCK, FALSE);
  g_return_val_if_fail (length % 4 == 0 || address >= 0xFFFF0000, FALSE);
  return fl_boot_write_block (self, address, data, length, FALSE, cancellable, error);
}

/**
 * fl_boot_write_options:
 * @address: the beginning of an area of option bytes
 * @length: 4 to 256 bytes, a multiple of 4
 *
 * As fl_boot_write(), but most chips reset themselves afterwards: synchronise again. Never repeated once the data were
 * sent: a chip that has reset meanwhile would be made deaf by it.
 *
 * Source: AN3155, Write Memory command, option byte area.
 */
gboolean
fl_boot_write_options (FlBoot *self, guint32 address, const guint8 *data, gsize length, GCancellable *cancellable,
                       GError **error)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (data != NULL && length >= 4 && length <= FL_BOOT_MAX_BLOCK && length % 4 == 0, FALSE);
  return fl_boot_write_block (self, address, data, length, TRUE, cancellable, error);
}

/**
 * fl_boot_go:
 * @address: of the vector table: stack pointer, then start address
 *
 * The ACK says only that the address is in flash or RAM. Once the address was sent it is repeated only if the chip
 * refused it, since a byte of it may have been damaged; after silence the application may be running.
 *
 * Source: AN3155, Go command.
 */
gboolean
fl_boot_go (FlBoot *self, guint32 address, GCancellable *cancellable, GError **error)
{
  FlBootExchange exchange;

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  fl_boot_exchange_init (&exchange, FL_COMMAND_GO, self->limits.answer_ms);
  exchange.has_address = TRUE;
  exchange.address = address;
  exchange.once = TRUE;
  fl_boot_exchange_add_word (&exchange, FL_STAGE_ADDRESS, address, self->limits.answer_ms);
  return fl_boot_run (self, &exchange, cancellable, error);
}

/**
 * fl_boot_write_protect:
 * @sectors: codes of the family's write-protection units; they replace those protected before
 * @n_sectors: 1 to 256
 *
 * The chip resets itself afterwards: synchronise again. Never repeated once the list was sent.
 *
 * Source: AN3155, Write Protect command.
 */
gboolean
fl_boot_write_protect (FlBoot *self, const guint8 *sectors, guint n_sectors, GCancellable *cancellable, GError **error)
{
  FlBootExchange exchange;
  guint8 packet[1 + 256 + 1];

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (sectors != NULL && n_sectors >= 1 && n_sectors <= 256, FALSE);
  packet[0] = (guint8) (n_sectors - 1);
  memcpy (packet + 1, sectors, n_sectors);
  packet[1 + n_sectors] = fl_bytes_xor (packet, 1 + n_sectors);
  fl_boot_exchange_init (&exchange, FL_COMMAND_WRITE_PROTECT, self->limits.answer_ms);
  exchange.once = TRUE;
  fl_boot_exchange_add (&exchange, FL_STAGE_SECTORS, packet, 1 + n_sectors + 1,
                        MAX (self->limits.option_ms, self->limits.answer_ms));
  return fl_boot_run (self, &exchange, cancellable, error);
}

/* A command that is nothing but its code, and is acknowledged a second time when it was carried out. */
static gboolean
fl_boot_run_twice_acknowledged (FlBoot *self, FlCommand command, guint timeout_ms, GCancellable *cancellable,
                                GError **error)
{
  FlBootExchange exchange;

  fl_boot_exchange_init (&exchange, command, self->limits.answer_ms);
  exchange.once = TRUE;
  fl_boot_exchange_add (&exchange, FL_STAGE_DONE, NULL, 0, timeout_ms);
  return fl_boot_run (self, &exchange, cancellable, error);
}

/**
 * fl_boot_write_unprotect:
 *
 * All write protection goes. The chip resets itself afterwards: synchronise again. Never repeated.
 *
 * Source: AN3155, Write Unprotect command.
 */
gboolean
fl_boot_write_unprotect (FlBoot *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  return fl_boot_run_twice_acknowledged (self, FL_COMMAND_WRITE_UNPROTECT,
                                         MAX (self->limits.option_ms, self->limits.answer_ms), cancellable, error);
}

/**
 * fl_boot_readout_protect:
 *
 * Sets level 1. The chip resets itself afterwards: synchronise again. Refused when it is protected already. Never
 * repeated.
 *
 * Source: AN3155, Readout Protect command.
 */
gboolean
fl_boot_readout_protect (FlBoot *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  return fl_boot_run_twice_acknowledged (self, FL_COMMAND_READOUT_PROTECT,
                                         MAX (self->limits.option_ms, self->limits.answer_ms), cancellable, error);
}

/**
 * fl_boot_readout_unprotect:
 *
 * Erases all of the flash and takes the protection away; then the chip resets itself. The second ACK comes before or
 * after the erase, depending on the bootloader: a caller waits about erase_mass_ms more before it takes silence at the
 * next synchronisation as an error. Never repeated.
 *
 * Source: AN3155, Readout Unprotect command.
 */
gboolean
fl_boot_readout_unprotect (FlBoot *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  return fl_boot_run_twice_acknowledged (self, FL_COMMAND_READOUT_UNPROTECT,
                                         self->limits.erase_mass_ms + self->limits.option_ms, cancellable, error);
}
