/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-probe.h"

#include "fl-bytes.h"

#define ANSWER_MS      200 /* for an ACK: a ROM gives it within two bytes' time, a slow adapter adds 16 ms either way */
#define SETTLE_TRIES   6   /* 7F: its answer may get lost */
#define SECOND_NACK_MS 20  /* some ROMs refuse twice */

/**
 * fl_probe_settle:
 *
 * Brings a synchronised bootloader back to the start of a command: a 7F completes what was begun, or begins a pair that
 * the next one completes, and 1F says that it is through.
 *
 * Returns: whether it said so
 */
gboolean
fl_probe_settle (FlProbe *self)
{
  static const guint8 sync = FL_BOOT_SYNC;
  FlProbeAnswer answer;

  for (guint i = 0; i < SETTLE_TRIES && !fl_probe_is_over (self); i++)
    {
      fl_probe_ask (self, &sync, 1, 100, 0, &answer);
      self->strange |= answer.n >= FL_PROBE_STRANGE;
      if (answer.n > 0 && answer.bytes[answer.n - 1] == FL_BOOT_NACK)
        return TRUE;
    }
  return FALSE;
}

/* Whether @part is @whole with some bytes left out. */
static gboolean
is_subsequence (const guint8 *part, gsize n_part, const guint8 *whole, gsize n_whole)
{
  gsize at = 0;

  for (gsize i = 0; i < n_whole && at < n_part; i++)
    if (part[at] == whole[i])
      at++;
  return at == n_part;
}

/* What an answer of known contents lacks, if that is all that is wrong with it. Returns: whether it is just the ACKs */
static gboolean
fl_probe_count_missing (FlProbe *self, const FlProbeAnswer *answer, const guint8 *whole, gsize n_whole)
{
  gsize n_inner = n_whole - 2;

  if (answer->n == 0 || answer->n >= n_whole || !is_subsequence (answer->bytes, answer->n, whole, n_whole))
    return FALSE;
  if (answer->n != n_inner || memcmp (answer->bytes, whole + 1, n_inner) != 0)
    {
      self->n_missing++;
      return FALSE;
    }
  self->n_ack_missing++;
  return TRUE;
}

/* Sends the two bytes of a command; what is wrong with the answer is for the caller. */
static void
fl_probe_ask_command (FlProbe *self, guint8 command, gboolean spaced, gsize wanted, FlProbeAnswer *answer,
                      gboolean *early_nack)
{
  const guint8 pair[] = { command, command ^ 0xFF };
  FlProbeAnswer early = { 0 };

  if (!spaced)
    {
      fl_probe_ask (self, pair, sizeof pair, ANSWER_MS, wanted, answer);
      return;
    }
  fl_probe_ask_spaced (self, pair[0], pair[1], wanted, &early, answer);
  if (early.n == 0)
    return;
  if (early_nack != NULL && early.bytes[0] == FL_BOOT_NACK)
    *early_nack = TRUE;
  *answer = early;
}

static FlProbeVerdict
judge (const FlProbeAnswer *answer)
{
  if (answer->n == 0)
    return FL_PROBE_SILENT;
  if (answer->bytes[0] == FL_BOOT_ACK)
    return FL_PROBE_OK;
  return answer->bytes[0] == FL_BOOT_NACK ? FL_PROBE_NACK : FL_PROBE_ODD;
}

/**
 * fl_probe_get_id:
 * @pid: (out): the ID; the one that is known already where the answer is not complete, or 0
 * @early_nack: (nullable) (inout): set when 1F came before the second byte was sent
 *
 * Returns: %FL_PROBE_OK for an answer that is complete, but for its ACKs at the most
 */
FlProbeVerdict
fl_probe_get_id (FlProbe *self, gboolean spaced, guint16 *pid, gboolean *early_nack)
{
  guint16 seen = self->pid;
  FlProbeAnswer answer;
  FlProbeVerdict verdict;

  fl_probe_ask_command (self, FL_COMMAND_GET_ID, spaced, 5, &answer, early_nack);
  verdict = judge (&answer);
  *pid = self->pid;
  if (answer.n == 5 && answer.bytes[0] == FL_BOOT_ACK && answer.bytes[1] == 1 && answer.bytes[4] == FL_BOOT_ACK)
    {
      *pid = (guint16) (answer.bytes[2] << 8 | answer.bytes[3]);
      return FL_PROBE_OK;
    }
  /* Nearly all IDs are 0x400 and above: such a one tells itself apart without its first ACK. */
  if (answer.n >= 3 && answer.bytes[0] == 1 && seen == 0)
    seen = fl_bytes_get_be16 (answer.bytes + 1);
  else if (answer.n >= 4 && answer.bytes[1] == 1 && seen == 0)
    seen = fl_bytes_get_be16 (answer.bytes + 2);
  if (seen >= 0x0400)
    {
      const guint8 whole[] = { FL_BOOT_ACK, 1, (guint8) (seen >> 8), (guint8) seen, FL_BOOT_ACK };

      if (fl_probe_count_missing (self, &answer, whole, sizeof whole))
        {
          *pid = seen;
          return FL_PROBE_OK;
        }
    }
  return verdict == FL_PROBE_OK ? FL_PROBE_ODD : verdict;
}

/**
 * fl_probe_get:
 * @info: (out) (nullable): version and commands; n_commands 0: not told
 *
 * Returns: %FL_PROBE_OK for an answer that is complete, but for its ACKs at the most
 */
FlProbeVerdict
fl_probe_get (FlProbe *self, gboolean spaced, FlBootInfo *info, gboolean *early_nack)
{
  FlBootInfo found = { 0 };
  FlProbeAnswer answer;
  FlProbeVerdict verdict;
  const guint8 *list = NULL;

  fl_probe_ask_command (self, FL_COMMAND_GET, spaced, 0, &answer, early_nack);
  verdict = judge (&answer);
  if (answer.n > 3 && answer.n == answer.bytes[0] + 2u) /* N, version and commands, and no ACK */
    {
      self->n_ack_missing++;
      list = answer.bytes;
    }
  else if (answer.n > 4 && verdict == FL_PROBE_OK && answer.n == answer.bytes[1] + 4u
           && answer.bytes[answer.n - 1] == FL_BOOT_ACK)
    list = answer.bytes + 1;
  else if (answer.n > 3 && verdict != FL_PROBE_NACK)
    self->n_missing++;
  if (list != NULL)
    {
      verdict = FL_PROBE_OK;
      found.version = list[1];
      found.n_commands = (guint) MIN (list[0], G_N_ELEMENTS (found.commands));
      memcpy (found.commands, list + 2, found.n_commands);
    }
  else if (verdict == FL_PROBE_OK)
    verdict = FL_PROBE_ODD;
  if (info != NULL)
    *info = found;
  return verdict;
}

/* A command's two bytes, and the answer to them. */
FlProbeVerdict
fl_probe_command (FlProbe *self, guint8 command)
{
  FlProbeAnswer answer;

  fl_probe_ask_command (self, command, self->spaced, 1, &answer, NULL);
  if (answer.n > 0 && answer.bytes[0] == FL_BOOT_NACK)
    fl_probe_sleep (self, SECOND_NACK_MS);
  return judge (&answer);
}

/* A packet, and the one byte that answers it. */
FlProbeVerdict
fl_probe_packet (FlProbe *self, const guint8 *data, gsize length, guint wait_ms)
{
  FlProbeAnswer answer;

  fl_probe_ask (self, data, length, wait_ms, 1, &answer);
  return judge (&answer);
}

FlProbeVerdict
fl_probe_address (FlProbe *self, guint32 address)
{
  guint8 packet[5];

  fl_bytes_put_be32 (packet, address);
  packet[4] = fl_bytes_xor (packet, 4);
  return fl_probe_packet (self, packet, sizeof packet, ANSWER_MS);
}

/* The command and the address of those that have one. */
static FlProbeVerdict
fl_probe_begin (FlProbe *self, guint8 command, guint32 address, FlProbePlace *place)
{
  FlProbeVerdict verdict;

  *place = FL_PROBE_AT_COMMAND;
  verdict = fl_probe_command (self, command);
  if (verdict != FL_PROBE_OK)
    return verdict;
  *place = FL_PROBE_AT_ADDRESS;
  return fl_probe_address (self, address);
}

/**
 * fl_probe_read:
 * @length: 1 to 256
 * @place: (out): where it ended
 *
 * Read Memory, as it comes: nothing is repeated.
 */
FlProbeVerdict
fl_probe_read (FlProbe *self, guint32 address, guint8 *data, gsize length, FlProbePlace *place)
{
  FlProbeVerdict verdict = fl_probe_begin (self, FL_COMMAND_READ, address, place);
  const guint8 count[] = { (guint8) (length - 1), (guint8) (length - 1) ^ 0xFF };
  FlProbeAnswer answer;

  if (verdict != FL_PROBE_OK)
    return verdict;
  *place = FL_PROBE_AT_DATA;
  fl_probe_ask (self, count, sizeof count, ANSWER_MS, length + 1, &answer);
  verdict = judge (&answer);
  if (verdict != FL_PROBE_OK)
    return verdict;
  if (answer.n != length + 1)
    {
      self->n_missing++;
      return FL_PROBE_ODD;
    }
  *place = FL_PROBE_AT_END;
  memcpy (data, answer.bytes + 1, length);
  return FL_PROBE_OK;
}

/* Write Memory, as it comes. */
FlProbeVerdict
fl_probe_write (FlProbe *self, guint32 address, const guint8 *data, gsize length, FlProbePlace *place)
{
  FlProbeVerdict verdict = fl_probe_begin (self, FL_COMMAND_WRITE, address, place);
  guint8 packet[1 + FL_BOOT_MAX_BLOCK + 1];

  if (verdict != FL_PROBE_OK)
    return verdict;
  *place = FL_PROBE_AT_DATA;
  packet[0] = (guint8) (length - 1);
  memcpy (packet + 1, data, length);
  packet[1 + length] = fl_bytes_xor (packet, 1 + length);
  verdict = fl_probe_packet (self, packet, 1 + length + 1, fl_boot_limits_default.program_ms);
  if (verdict == FL_PROBE_OK)
    *place = FL_PROBE_AT_END;
  return verdict;
}

/**
 * fl_probe_erase:
 * @codes: what the bootloader calls the pages
 * @n_codes: up to FL_PROBE_MAX_CODES; 0: the mass erase
 *
 * Erase or Extended Erase, whichever Get has listed.
 */
FlProbeVerdict
fl_probe_erase (FlProbe *self, const guint16 *codes, guint n_codes, guint wait_ms, FlProbePlace *place)
{
  gboolean extended = memchr (self->info.commands, FL_COMMAND_EXTENDED_ERASE, self->info.n_commands) != NULL;
  FlProbeVerdict verdict;
  guint8 packet[2 + 2 * FL_PROBE_MAX_CODES + 1];
  gsize n = 0;

  g_return_val_if_fail (n_codes <= FL_PROBE_MAX_CODES, FL_PROBE_ODD);
  *place = FL_PROBE_AT_COMMAND;
  verdict = fl_probe_command (self, extended ? FL_COMMAND_EXTENDED_ERASE : FL_COMMAND_ERASE);
  if (verdict != FL_PROBE_OK)
    return verdict;
  *place = FL_PROBE_AT_DATA;
  if (extended)
    packet[n++] = n_codes == 0 ? 0xFF : 0x00;
  packet[n++] = n_codes == 0 ? 0xFF : (guint8) (n_codes - 1);
  for (guint i = 0; i < n_codes; i++)
    {
      if (extended)
        packet[n++] = (guint8) (codes[i] >> 8);
      packet[n++] = (guint8) codes[i];
    }
  packet[n] = n == 1 && n_codes == 0 ? 0x00 : fl_bytes_xor (packet, n);
  verdict = fl_probe_packet (self, packet, n + 1, wait_ms);
  if (verdict == FL_PROBE_OK)
    *place = FL_PROBE_AT_END;
  return verdict;
}

FlProbeVerdict
fl_probe_go (FlProbe *self, guint32 address, FlProbePlace *place)
{
  FlProbeVerdict verdict = fl_probe_begin (self, FL_COMMAND_GO, address, place);

  if (verdict == FL_PROBE_OK)
    *place = FL_PROBE_AT_END;
  return verdict;
}

/* Write Unprotect, Readout Protect, Readout Unprotect: a second ACK comes when it is done. */
FlProbeVerdict
fl_probe_protection (FlProbe *self, guint8 command, guint wait_ms, FlProbePlace *place)
{
  FlProbeVerdict verdict;
  FlProbeAnswer answer;
  const guint8 pair[] = { command, command ^ 0xFF };

  *place = FL_PROBE_AT_COMMAND;
  fl_probe_ask (self, pair, sizeof pair, ANSWER_MS, 1, &answer);
  verdict = judge (&answer);
  if (verdict != FL_PROBE_OK)
    return verdict;
  *place = FL_PROBE_AT_DATA;
  fl_probe_await (self, wait_ms, 1, &answer);
  verdict = judge (&answer);
  if (verdict == FL_PROBE_OK)
    *place = FL_PROBE_AT_END;
  return verdict;
}
