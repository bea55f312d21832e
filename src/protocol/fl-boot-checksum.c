/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot-private.h"

#include "fl-bytes.h"

#define WORDS_PER_MS                                                                                                   \
  16 /* of a chip at 8 MHz that goes through the polynomial bit by bit; a CRC unit takes a hundredth */

/**
 * fl_boot_calculate_checksum:
 * @length: a multiple of 4
 *
 * Source: AN3155, Get Checksum command; reference manuals, "CRC calculation unit".
 *
 * Returns: what Get Checksum answers for these bytes, with the polynomial and the initial value of a chip that has
 *   fixed ones
 */
guint32
fl_boot_calculate_checksum (const guint8 *data, gsize length)
{
  guint32 crc = FL_BOOT_CHECKSUM_INITIAL;

  g_return_val_if_fail (length % 4 == 0, 0);
  for (gsize at = 0; at < length; at += 4)
    {
      crc ^= fl_bytes_get_le32 (data + at);
      for (guint bit = 0; bit < 32; bit++)
        crc = (crc & 0x80000000) != 0 ? crc << 1 ^ FL_BOOT_CHECKSUM_POLYNOMIAL : crc << 1;
    }
  return crc;
}

/**
 * fl_boot_get_checksum:
 * @n_words: of 32 bits, from @address on; not 0
 * @polynomial: of the CRC; ignored where the chip's CRC unit has a fixed one (0x04C11DB7)
 * @initial: its initial value; likewise (0xFFFFFFFF)
 * @checksum: (out): over little-endian words, each fed most significant bit first, not reflected, no final xor
 *
 * Source: AN3155, Get Checksum command (protocol 3.3). Only where Get lists it.
 */
gboolean
fl_boot_get_checksum (FlBoot *self, guint32 address, guint32 n_words, guint32 polynomial, guint32 initial,
                      guint32 *checksum, GCancellable *cancellable, GError **error)
{
  FlBootExchange exchange;
  guint8 data[5];
  guint calculate_ms;

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (n_words > 0 && checksum != NULL, FALSE);
  calculate_ms = self->limits.answer_ms + n_words / WORDS_PER_MS;
  fl_boot_exchange_init (&exchange, FL_COMMAND_GET_CHECKSUM, self->limits.answer_ms);
  exchange.has_address = TRUE;
  exchange.address = address;
  fl_boot_exchange_add_word (&exchange, FL_STAGE_ADDRESS, address, self->limits.answer_ms);
  fl_boot_exchange_add_word (&exchange, FL_STAGE_SIZE, n_words, self->limits.answer_ms);
  fl_boot_exchange_add_word (&exchange, FL_STAGE_POLYNOMIAL, polynomial, self->limits.answer_ms);
  fl_boot_exchange_add_word (&exchange, FL_STAGE_INITIAL, initial, self->limits.answer_ms);
  fl_boot_exchange_add (&exchange, FL_STAGE_DONE, NULL, 0, calculate_ms);
  exchange.answer = FL_ANSWER_FIXED_XOR;
  exchange.result = data;
  exchange.result_size = sizeof data;
  if (!fl_boot_run (self, &exchange, cancellable, error))
    return FALSE;
  *checksum = fl_bytes_get_be32 (data);
  return TRUE;
}
