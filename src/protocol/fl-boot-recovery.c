/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-boot-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-error.h"

/* Back to the start of a command
 *
 * The bootloader has no time-out (AN3155 names none, and ST's open bootloader waits for ever): when a byte got lost or
 * damaged it may wait for the rest of any packet, and takes what comes next as that. Bytes sent to get it out must
 * therefore never make a packet whole whose checksum is right, since it would be written, erased or jumped to. The
 * pair FF 00, which other programs repeat, is the worst choice: FF FF 00 and FF 00 are mass erases.
 *
 * One filler byte f is sent over and over until the chip answers. f is
 *
 *  1. not 0, and even. With it, in each state at the start of a packet:
 *     - command: f f is no pair of code and complement: NACK
 *     - address, size, polynomial: f f f f f; the checksum of the first four is 0, not f: NACK
 *     - count of Read: f f is no pair: NACK
 *     - data of Write, list of Erase, sectors of Write Protect: f is the count, f+3 bytes in all. That is an odd number
 *       of f, whose exclusive or is f, not 0: NACK
 *     - list of Extended Erase: f f is the count; 2 + 2 (257 f + 1) + 1 bytes, an odd number again: NACK
 *  2. no byte of the packet that was sent last. When one of its bytes, m, was lost, the chip waits for one byte more,
 *     its checksum. All bytes of a packet together give 0, so those that came give m, and f would be right only if
 *     it were m.
 *  3. When the count N of a list or block was damaged into a greater N', N'-N bytes f are missing (twice as many for
 *     Extended Erase), and the sum so far is N xor N', not 0. If N'-N is even, the fillers give 0: NACK. If it is odd,
 *     the lowest bits of N and N' differ, so their xor is odd, and f is even: NACK. Extended Erase: always an even
 *     number. (A count damaged into a smaller one ends the packet early, and its rest is taken as commands by the
 *     chip; nothing that is sent later can prevent that.)
 *  4. no complement of a command: behind a code whose complement was lost it would be it.
 *
 * The smallest such f is taken: the chip needs the fewest bytes then, 1033 at most (f = 2, Extended Erase) unless the
 * count itself was damaged. The first bytes are sent one by one, each followed by a look at the input, the later ones
 * in growing groups. A group may send the chip through "start of a command" many times: pairs f f, each refused.
 * A NACK right behind a single f shows that it stands at the start of a command; Get ID proves it. */

#define SINGLE_BYTES 8    /* sent one at a time before groups begin */
#define MIN_BYTES    1100 /* enough for every packet with an undamaged count */
#define MAX_MS       3000 /* of fillers on the wire */
#define ANSWER_MS    50   /* to a filler: an adapter's latency, and some */
#define MAX_CONFIRMS 8    /* times that Get ID is asked */

/**
 * fl_boot_choose_filler:
 * @packet: what was sent last
 *
 * Returns: the byte to get out of it with, see above; 0 when there is none, as for a packet that has all even values
 */
guint8
fl_boot_choose_filler (const guint8 *packet, gsize length)
{
  for (guint filler = 2; filler < 0xFF; filler += 2)
    if (memchr (packet, (int) filler, length) == NULL && fl_command_get_name ((guint8) (filler ^ 0xFF)) == NULL)
      return (guint8) filler;
  return 0;
}

static gboolean
fl_boot_send_filler (FlBoot *self, guint8 filler, gsize n, gboolean *nack, GCancellable *cancellable, GError **error)
{
  guint8 data[256];
  guint8 answer[256];
  guint wait_ms = ANSWER_MS + fl_boot_wire_ms (self, n);
  gsize n_read;

  *nack = FALSE;
  memset (data, filler, n);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !fl_transport_write (self->transport, data, n, wait_ms + 1000, NULL, error))
    return FALSE;
  self->last_sent = fl_transport_get_time (self->transport);
  do
    {
      if (!fl_transport_read_some (self->transport, answer, sizeof answer, wait_ms, &n_read, NULL, error))
        return FALSE;
      *nack = *nack || memchr (answer, FL_BOOT_NACK, n_read) != NULL;
      /* One byte has one answer: no need to wait for more. */
      wait_ms = ANSWER_MS;
    }
  while (n_read > 0 && n > 1 && fl_transport_get_time (self->transport) < self->last_sent + 2 * G_USEC_PER_SEC);
  return TRUE;
}

/* Get ID, once, whatever it says: it is always allowed, and its answer cannot be mistaken. */
static FlBootFailure
fl_boot_confirm (FlBoot *self, GCancellable *cancellable, GError **error)
{
  FlBootExchange exchange;
  guint8 id[4];
  guint8 last_packet[FL_BOOT_MAX_PACKET];
  gsize last_length = self->last_length;
  FlBootStage stage;
  FlBootFailure failure;

  memcpy (last_packet, self->last_packet, last_length);
  fl_boot_exchange_init (&exchange, FL_COMMAND_GET_ID, MIN (self->limits.answer_ms, 200));
  exchange.answer = FL_ANSWER_COUNTED;
  exchange.result = id;
  exchange.result_size = sizeof id;
  failure = fl_boot_attempt (self, &exchange, &stage, cancellable, error);
  if (failure != FL_FAILURE_NONE)
    {
      memcpy (self->last_packet, last_packet, last_length);
      self->last_length = last_length;
    }
  return failure;
}

/**
 * fl_boot_resync:
 *
 * Brings the chip back to the start of a command, wherever in a packet it stands, without making it write, erase or
 * start anything. Takes some 0.1 s as a rule, and gives up after about 3 s of wire time.
 *
 * Errors: %FL_ERROR_TIMEOUT when the chip could not be brought back: it needs a reset.
 *
 * Returns: whether the next byte will be the first of a command
 */
gboolean
fl_boot_resync (FlBoot *self, GCancellable *cancellable, GError **error)
{
  guint8 filler;
  gsize group = 1;
  gsize limit;
  gsize max_group;
  gsize n_sent = 0;
  guint n_confirms = 0;

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  filler = fl_boot_choose_filler (self->last_packet, self->last_length);
  limit = MAX (MIN_BYTES, (gsize) MAX_MS * 100 / fl_boot_wire_ms (self, 100));
  max_group = CLAMP (10000 / fl_boot_wire_ms (self, 100), 16, 256); /* 0.1 s, for cancelling's sake */
  if (!fl_boot_drain (self, ANSWER_MS, cancellable, error))
    return FALSE;
  while (filler != 0 && n_sent < limit && n_confirms < MAX_CONFIRMS)
    {
      gboolean nack;

      if (!fl_boot_send_filler (self, filler, group, &nack, cancellable, error))
        return FALSE;
      n_sent += group;
      if (nack && group == 1)
        {
          g_autoptr (GError) problem = NULL;
          FlBootFailure failure = fl_boot_confirm (self, cancellable, &problem);

          n_confirms++;
          if (failure == FL_FAILURE_NONE)
            return TRUE;
          if (failure == FL_FAILURE_FATAL)
            {
              g_propagate_error (error, g_steal_pointer (&problem));
              return FALSE;
            }
          if (!fl_boot_drain (self, ANSWER_MS, cancellable, error))
            return FALSE;
        }
      if (nack)
        group = 1;
      else if (n_sent >= SINGLE_BYTES)
        group = MIN (group * 4, max_group);
    }
  g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT,
               _ ("The bootloader could not be brought back to the start of a command: it does not answer any more. "
                  "Reset the board into its bootloader and connect again."));
  return FALSE;
}
