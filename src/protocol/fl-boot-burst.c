/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-boot-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Several packets at once
 *
 * AN3155 has the host wait for the ACK to each packet. Most bootloaders need less time between two packets than a byte
 * takes on the wire, so that they keep up with a host that does not wait, and a block costs one wait in place of three.
 * Others lose bytes, since the USART keeps only one. One harmless read shows which kind it is (fl_boot_try_burst()).
 *
 * In a burst are the command and the address; of Read Memory, the count as well. The block of Write Memory never is: it
 * is sent when the address was acknowledged, or it would be taken for commands where the address was not.
 *
 * What the chip makes of a burst of which bytes were lost, damaged or added:
 *
 *  - Not the command: it takes the rest two by two as commands, those of them that it got. fl_boot_burst_is_safe()
 *    looks at every two bytes, neighbours or not, so that no loss makes them a command that does anything.
 *  - The command, not the whole address: it waits for the rest of it. fl_boot_choose_filler() knows.
 *  - The command and an address with a wrong checksum: it refuses, and what follows is taken for commands, see above.
 *
 * After anything but the right answer the burst is repeated packet by packet. Where that goes no better, the answer
 * was true, an address that is refused for example. Else no burst is sent any more. */

#define TRIAL_BYTES    59  /* with their three ACKs a full packet of an FTDI: 64 bytes, two of them its own */
#define TRIAL_MS       100 /* beyond four round trips: an ACK takes far less */
#define PACKET_BYTES   62
#define PACKETS_A_READ 4
#define N_ACKS         3  /* of Read Memory */
#define SLOW_TRIP_MS   2  /* shorter waits are the system's, or of an adapter that hands over at once */
#define LONGEST_MS     90 /* on the wire: a burst is not cut by cancelling, see fl_boot_send() */

static gboolean
does_more_than_read (guint8 code)
{
  return code > FL_COMMAND_GET_ID && code != FL_COMMAND_READ && fl_command_get_name (code) != NULL;
}

/* A pair of bytes that is, but for one bit at most, a command that does more than to read: the code or the complement
 * is right then. */
static gboolean
is_near_command (guint8 first, guint8 second)
{
  return __builtin_popcount (first ^ second ^ 0xFF) <= 1
         && (does_more_than_read (first) || does_more_than_read (second ^ 0xFF));
}

/**
 * fl_boot_burst_is_safe:
 * @packets: a command with its complement, an address with its checksum, and perhaps a count with its complement
 *
 * Returns: whether a chip that gets only some of these bytes, or one of them damaged, cannot take any two behind the
 *   first for a command that writes, erases, protects or starts
 */
gboolean
fl_boot_burst_is_safe (const guint8 *packets, gsize length)
{
  for (gsize i = 1; i < length; i++)
    for (gsize k = i + 1; k < length; k++)
      if (is_near_command (packets[i], packets[k]))
        return FALSE;
  return TRUE;
}

/**
 * fl_boot_burst_join:
 * @packets: (out caller-allocates): room for %FL_BOOT_MAX_BURST bytes
 *
 * Returns: how many bytes of @packets the exchange sends at once; 0: it goes packet by packet
 */
gsize
fl_boot_burst_join (FlBoot *self, const FlBootExchange *exchange, guint8 *packets)
{
  gsize length = 0;

  if (self->burst != FL_BURST_WORKS || exchange->n_burst < 2 || exchange->plain)
    return 0;
  for (guint i = 0; i < exchange->n_burst; i++)
    {
      const FlBootStep *step = &exchange->steps[i];

      g_assert (length + step->length <= FL_BOOT_MAX_BURST);
      memcpy (packets + length, step->data, step->length);
      length += step->length;
    }
  return fl_boot_wire_ms (self, length) <= LONGEST_MS && fl_boot_burst_is_safe (packets, length) ? length : 0;
}

/**
 * fl_boot_burst_give_up:
 * @reason: what came of a burst, where the same packets one by one went better
 *
 * No burst is sent any more. This is told as a repeat is.
 */
void
fl_boot_burst_give_up (FlBoot *self, const GError *reason)
{
  g_autofree char *message = NULL;

  self->burst = FL_BURST_GIVEN_UP;
  self->n_retries++;
  if (self->retry_func == NULL)
    return;
  message = g_strdup_printf (
      _ ("%s The packets were sent at once. Tried again one by one, as all that follow will be."), reason->message);
  self->retry_func (self, message, self->retry_data);
}

/* An adapter that waits for more with what it has, but not with a packet that is full: then blocks that fill whole
 * packets are never waited for. The trial was one. */
static void
fl_boot_choose_read_size (FlBoot *self, double trial_ms)
{
  if (self->round_trip_ms > SLOW_TRIP_MS && trial_ms < self->round_trip_ms / 2)
    self->read_size = PACKETS_A_READ * PACKET_BYTES - N_ACKS;
}

/**
 * fl_boot_try_burst:
 * @address: of memory that can be read
 * @known: what is there
 * @n_known: how many bytes; the first 59 are compared
 *
 * Finds out whether the bootloader keeps up with packets that are sent at once, by a read that way. When it does, all
 * reads and writes that follow go that way, until one fails that goes well packet by packet. When it does not, it is
 * brought back to the start of a command; that is no error.
 *
 * Errors: those of fl_boot_resync().
 */
gboolean
fl_boot_try_burst (FlBoot *self, guint32 address, const guint8 *known, gsize n_known, GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GError) problem = NULL;
  FlBootExchange exchange;
  FlBootFailure failure;
  FlBootStage stage;
  guint8 data[TRIAL_BYTES];
  guint8 packets[FL_BOOT_MAX_BURST];
  gint64 start;
  double wire_ms;

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (known != NULL && n_known > 0, FALSE);
  fl_boot_exchange_init_read (&exchange, address, data, sizeof data,
                              MIN (self->limits.answer_ms, TRIAL_MS + 4 * (guint) self->round_trip_ms));
  self->burst = FL_BURST_WORKS;
  if (fl_boot_burst_join (self, &exchange, packets) == 0)
    {
      self->burst = FL_BURST_UNTRIED;
      return TRUE;
    }
  self->read_size = FL_BOOT_MAX_BLOCK;
  start = fl_transport_get_time (self->transport);
  failure = fl_boot_attempt (self, &exchange, &stage, cancellable, &problem);
  if (failure == FL_FAILURE_NONE && memcmp (data, known, MIN (n_known, sizeof data)) == 0)
    {
      /* The first ACK comes while the other packets are sent. */
      wire_ms = fl_boot_get_exact_wire_ms (self, sizeof packets + 1 + sizeof data);
      fl_boot_choose_read_size (self, (double) (fl_transport_get_time (self->transport) - start) / 1000 - wire_ms);
      return TRUE;
    }
  self->burst = FL_BURST_TOO_FAST;
  if (failure == FL_FAILURE_FATAL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (fl_boot_resync (self, cancellable, error))
    return TRUE;
  g_prefix_error (error, "%s ",
                  _ ("The bootloader was tried with several packets sent at once, which can be switched off."));
  return FALSE;
}

/**
 * fl_boot_forget_burst:
 *
 * At another rate a bootloader may keep up, or not: each packet waits for its answer until it was tried again. Where
 * bursts were given up, that holds.
 */
void
fl_boot_forget_burst (FlBoot *self)
{
  g_return_if_fail (FL_IS_BOOT (self));
  if (self->burst != FL_BURST_GIVEN_UP)
    self->burst = FL_BURST_UNTRIED;
}

/* Returns: whether packets are sent at once, and why not */
FlBurst
fl_boot_get_burst (FlBoot *self)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FL_BURST_UNTRIED);
  return self->burst;
}

/**
 * fl_boot_get_waits:
 * @n_read: (out): for the answers to one Read Memory; 0: they fill the adapter's packets, and come without a wait
 * @n_write: (out): for those to one Write Memory
 */
void
fl_boot_get_waits (FlBoot *self, guint *n_read, guint *n_write)
{
  gboolean works;

  g_return_if_fail (FL_IS_BOOT (self) && n_read != NULL && n_write != NULL);
  works = self->burst == FL_BURST_WORKS;
  *n_write = works ? 2 : 3;
  *n_read = !works ? 3 : self->read_size < FL_BOOT_MAX_BLOCK ? 0 : 1;
}

/**
 * fl_boot_get_read_size:
 *
 * Returns: how many bytes to read at once for the best pace: 256, or a few less where their answer then fills whole
 *   packets of an adapter that keeps back what does not
 */
guint
fl_boot_get_read_size (FlBoot *self)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FL_BOOT_MAX_BLOCK);
  return self->burst == FL_BURST_WORKS ? self->read_size : FL_BOOT_MAX_BLOCK;
}
