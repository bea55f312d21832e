/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-rom-private.h"

#include "fl-bytes.h"

#define POLYNOMIAL      0x04C11DB7u
#define POLYNOMIAL_ZLIB 0xEDB88320u /* the same, lowest bit first */
#define WORDS_PER_US    1           /* of the unit, and the loop that feeds it */

/* The chip's CRC unit, whose polynomial and initial value are fixed: a little-endian word at a time, its highest bit
 * first. Source: reference manuals, "CRC calculation unit". */
static guint32
feed_word (guint32 crc, guint32 word)
{
  crc ^= word;
  for (guint bit = 0; bit < 32; bit++)
    crc = crc >> 31 ? crc << 1 ^ POLYNOMIAL : crc << 1;
  return crc;
}

static guint32
feed_byte_zlib (guint32 crc, guint8 byte)
{
  crc ^= byte;
  for (guint bit = 0; bit < 8; bit++)
    crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL_ZLIB : crc >> 1;
  return crc;
}

static guint32
calculate (FlSimRom *self, guint32 n_words)
{
  guint32 crc = 0xFFFFFFFFu;

  for (guint32 i = 0; i < n_words; i++)
    {
      guint8 bytes[4];

      for (guint k = 0; k < sizeof bytes; k++)
        {
          bytes[k] = fl_sim_memory_read (self->memory, self->address + 4 * i + k);
          if (self->checksum == FL_SIM_CHECKSUM_ZLIB)
            crc = feed_byte_zlib (crc, bytes[k]);
        }
      if (self->checksum != FL_SIM_CHECKSUM_ZLIB)
        crc = feed_word (crc, fl_bytes_get_le32 (bytes));
    }
  self->now += n_words / WORDS_PER_US;
  return self->checksum == FL_SIM_CHECKSUM_ZLIB ? ~crc : crc;
}

/* ACK, the checksum with its highest byte first, and the exclusive or of its bytes. */
static void
answer (FlSimRom *self, guint32 n_words)
{
  guint8 bytes[4];
  FlSimVerdict verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_DATA, 0);

  if (verdict == FL_SIM_NACK || verdict == FL_SIM_SILENT)
    {
      fl_sim_rom_refuse (self, verdict);
      return;
    }
  fl_bytes_put_be32 (bytes, calculate (self, n_words));
  fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  for (guint i = 0; i < sizeof bytes; i++)
    fl_sim_rom_send (self, bytes[i]);
  fl_sim_rom_send (self, fl_bytes_xor (bytes, sizeof bytes));
  fl_sim_rom_await (self, FL_SIM_ROM_COMMAND, 2);
}

/* Nothing, or more than there is from the address on, is refused. */
static void
take_size (FlSimRom *self, guint32 size)
{
  guint32 unit = self->checksum == FL_SIM_CHECKSUM_BYTES ? 1 : 4;
  FlSimVerdict verdict = fl_sim_rom_ask (self, FL_SIM_STAGE_PARAM, size);

  if (verdict == FL_SIM_PASS
      && (size == 0 || !fl_sim_memory_contains (self->memory, self->address, (guint64) size * unit)))
    verdict = FL_SIM_NACK;
  if (verdict != FL_SIM_PASS)
    {
      fl_sim_rom_refuse (self, verdict);
      return;
    }
  self->count = size;
  fl_sim_rom_send (self, FL_SIM_ROM_ACK);
  if (self->checksum == FL_SIM_CHECKSUM_BYTES)
    answer (self, size / 4);
  else
    fl_sim_rom_await (self, FL_SIM_ROM_CHECKSUM_POLYNOMIAL, 5);
}

/**
 * fl_sim_rom_checksum:
 *
 * A packet of Get Checksum behind the address: four bytes and their exclusive or. Polynomial and initial value have to
 * be well-formed, and are ignored.
 *
 * Source: AN3155, Get Checksum command.
 */
void
fl_sim_rom_checksum (FlSimRom *self)
{
  if (fl_bytes_xor (self->packet->data, 5) != 0)
    {
      fl_sim_rom_refuse (self, FL_SIM_NACK);
      return;
    }
  switch (self->state)
    {
    case FL_SIM_ROM_CHECKSUM_SIZE:
      take_size (self, fl_bytes_get_be32 (self->packet->data));
      break;
    case FL_SIM_ROM_CHECKSUM_POLYNOMIAL:
      fl_sim_rom_send (self, FL_SIM_ROM_ACK);
      fl_sim_rom_await (self, FL_SIM_ROM_CHECKSUM_INITIAL, 5);
      break;
    default:
      fl_sim_rom_send (self, FL_SIM_ROM_ACK);
      answer (self, self->count);
    }
}
