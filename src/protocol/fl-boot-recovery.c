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
 * Filler bytes are sent until the chip answers: first g, then f over and over. P is the packet that was sent last. All
 * bytes of a packet, with the checksum, have the exclusive or 0; so the chip accepts when what it has got of P, and the
 * fillers that it took for the rest, have it too.
 *
 * For all packets but the list of Extended Erase, g is even and not 0; h = g ^ f is odd (hence f is odd) and not FF;
 * neither g nor h is a byte of P.
 *
 *  - One byte m of P was lost, not the count: the chip waits for one byte, and what it has got gives m. g is not m.
 *  - The count N was lost: the chip took another byte as count, and what it has got gives N. The fillers give g when
 *    their number is odd, h when it is even: neither is N. (A constant filler would give 0, which is N of an erase list
 *    with one page.)
 *  - N was damaged into a greater N': N'-N bytes are missing, and what it has got gives N ^ N'. When N'-N is odd, so is
 *    N ^ N', and g is even. When N'-N is even, so is N ^ N', and h is odd.
 *  - The chip's ACK was lost, and it waits at the start of the next packet. Address or other word: g f f f wants the
 *    checksum h, and gets f. Count of Read: g f is no pair. Block, list or sectors: g is the count, then come g+2 (an
 *    even number) f: together g, not 0. Extended Erase: g f is the count, then an even number of f: g again.
 *  - P is an address, alone or with a command before and a count behind it, and several of its bytes were lost: what
 *    the chip has got gives the exclusive or of those that it has not, and so do k fillers, when k were lost: g or h.
 *    Of one or two that is a byte of P or the exclusive or of two; of four or three the same, since all five give 0;
 *    of five 0. Neither g nor h is any of these. (The begin of another command would do no harm in a Read; the
 *    commands that do are kept out of bursts, see fl-boot-burst.c.)
 *  - It waits at the start of a command: g f and f f are no pairs of a code and its complement. With half a command in
 *    hand: g and f are no complements of a code.
 *
 * For the list of Extended Erase the filler is constant: f is even, not 0, no byte of P. One byte lost, even of the
 * count: an odd number is missing, so the fillers give f, and what it has got gives the lost byte. The count damaged:
 * an even number is missing, the fillers give 0, and what it has got does not.
 *
 * A count that was damaged into a smaller one, or noise that happens to be the right checksum, ends a packet early, and
 * the chip takes the rest of it as commands: nothing that is sent later can prevent that.
 *
 * Of each the smallest is taken: the chip then needs the fewest bytes, 1035 at most (g = 2, Extended Erase) unless the
 * count itself was damaged. A block of data may have all even (or odd) values; then those that occur least are taken,
 * and at worst a block is wrong within its own range, which reading back shows. Lists of at most 100 pages always leave
 * some.
 *
 * The first bytes are sent one by one, each followed by a look at the input, the later ones in growing groups. A group
 * may send the chip through "start of a command" many times: pairs f f, each refused. A NACK right behind a single f
 * shows that it stands at the start of a command; Get ID proves it. */

#define SINGLE_BYTES 8    /* sent one at a time before groups begin */
#define MIN_BYTES    1100 /* enough for every packet with an undamaged count */
#define MAX_MS       3000 /* of fillers on the wire, for a count that was damaged */
#define MAX_TOTAL_MS 6000 /* with the pauses between them */
#define ANSWER_MS    50   /* to a filler: an adapter's latency, and some */
#define MAX_CONFIRMS 4    /* times that Get ID is asked */

/* How often a value must not be taken: as a byte of the packet, or as two of an address. */
static void
count_values (const guint8 *packet, gsize length, gboolean pairs, guint n_occurs[256])
{
  memset (n_occurs, 0, 256 * sizeof n_occurs[0]);
  for (gsize i = 0; i < length; i++)
    {
      n_occurs[packet[i]]++;
      for (gsize k = 0; pairs && k < i; k++)
        n_occurs[packet[i] ^ packet[k]]++;
    }
}

/* The smallest value of a parity that does not occur, or with @at_any_price the one that occurs least; 0: none. */
static guint8
choose_value (const guint n_occurs[256], guint8 from, guint8 mask, gboolean at_any_price)
{
  guint best = 0;

  for (guint value = from; value < 0xFF; value += 2)
    if (fl_command_get_name ((guint8) (value ^ 0xFF)) == NULL
        && fl_command_get_name ((guint8) (value ^ mask ^ 0xFF)) == NULL
        && (best == 0 || n_occurs[value] < n_occurs[best]))
      best = value;
  return at_any_price || n_occurs[best] == 0 ? (guint8) best : 0;
}

/**
 * fl_boot_choose_filler:
 * @packet: what was sent last; packets that were sent at once are one
 * @command: of which command it is
 * @stage: which packet of that
 * @filler: (out): the first byte, and all the others
 *
 * Returns: whether there are bytes to get out of it with, see above
 */
gboolean
fl_boot_choose_filler (const guint8 *packet, gsize length, guint8 command, FlBootStage stage, guint8 filler[2])
{
  gboolean is_data = stage == FL_STAGE_DATA;
  guint n_occurs[256];
  guint8 odd;

  count_values (packet, length, !is_data && stage != FL_STAGE_PAGES && stage != FL_STAGE_SECTORS, n_occurs);
  filler[0] = filler[1] = choose_value (n_occurs, 2, 0, is_data);
  if (filler[0] == 0 || (command == FL_COMMAND_EXTENDED_ERASE && stage == FL_STAGE_PAGES))
    return filler[0] != 0;
  odd = choose_value (n_occurs, 1, filler[0], is_data);
  filler[1] = filler[0] ^ odd;
  return odd != 0;
}

static gboolean
fl_boot_send_filler (FlBoot *self, const guint8 filler[2], gsize n, gboolean *nack, GCancellable *cancellable,
                     GError **error)
{
  guint8 data[256];
  guint8 answer[256];
  guint wait_ms = ANSWER_MS + fl_boot_wire_ms (self, n);
  gsize n_read;

  *nack = FALSE;
  memset (data, filler[1], n);
  if (!self->filling)
    data[0] = filler[0];
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !fl_transport_write (self->transport, data, n, wait_ms + 1000, NULL, error))
    return FALSE;
  self->last_sent = fl_transport_get_time (self->transport);
  self->filling = TRUE;
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
  FlBootStage stage;

  fl_boot_exchange_init (&exchange, FL_COMMAND_GET_ID, MIN (self->limits.answer_ms, 200));
  exchange.answer = FL_ANSWER_COUNTED;
  exchange.result = id;
  exchange.result_size = sizeof id;
  return fl_boot_attempt (self, &exchange, &stage, cancellable, error);
}

/**
 * fl_boot_resync:
 *
 * Brings the chip back to the start of a command, wherever in a packet it stands, without making it write, erase or
 * start anything. Takes some 0.1 s as a rule. Gives up after about 6 s; after some 0.5 s at 115200 baud when the last
 * packet had no count that can have been damaged.
 *
 * Errors: %FL_ERROR_TIMEOUT when the chip could not be brought back: it needs a reset.
 *
 * Returns: whether the next byte will be the first of a command
 */
gboolean
fl_boot_resync (FlBoot *self, GCancellable *cancellable, GError **error)
{
  guint8 filler[2];
  gboolean safe, counted;
  gsize group = 1;
  gsize limit;
  gsize max_group;
  gsize n_sent = 0;
  guint n_confirms = 0;
  gint64 end;

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  safe = fl_boot_choose_filler (self->last_packet, self->last_length, self->last_command, self->last_stage, filler);
  counted = self->last_stage == FL_STAGE_DATA || self->last_stage == FL_STAGE_PAGES;
  limit = counted ? MAX (MIN_BYTES, (gsize) MAX_MS * 100 / fl_boot_wire_ms (self, 100)) : MIN_BYTES;
  end = fl_transport_get_time (self->transport)
        + (MAX_TOTAL_MS + (gint64) fl_boot_wire_ms (self, MIN_BYTES)) * G_TIME_SPAN_MILLISECOND;
  max_group = CLAMP (10000 / fl_boot_wire_ms (self, 100), 16, 256); /* 0.1 s, for cancelling's sake */
  if (!fl_boot_drain (self, ANSWER_MS, cancellable, error))
    return FALSE;
  while (safe && n_sent < limit && n_confirms < MAX_CONFIRMS && fl_transport_get_time (self->transport) < end)
    {
      gboolean nack;

      if (!fl_boot_send_filler (self, filler, group, &nack, cancellable, error))
        return FALSE;
      n_sent += group;
      self->n_fillers = n_sent;
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
        {
          group = 1;
          limit = MAX (limit, n_sent + SINGLE_BYTES); /* it is nearly there */
        }
      else if (n_sent >= SINGLE_BYTES)
        group = MIN (group * 4, max_group);
    }
  g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT,
               _ ("The bootloader could not be brought back to the start of a command: it does not answer any more. "
                  "Reset the board into its bootloader and connect again."));
  return FALSE;
}
