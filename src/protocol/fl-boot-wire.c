/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot-private.h"

#include <string.h>

#include "fl-bytes.h"

/* A packet that takes longer than this on the wire may be cut by cancelling. */
#define LONGEST_UNCUT_MS 100
#define CHUNK            16
/* How long a chip that owes an ACK in the middle of a command is waited for although the user has cancelled. */
#define GRACE_MS 100
/* Fewer bytes are read as they come; and so are the first blocks, which show whether there is a wire at all. */
#define FEW_BYTES 16
#define PROOF     3
#define FASTEST   0.97 /* of the time that a block should take: a chip's clock may be 2.5 % too fast (AN3155) */

/* Returns: how long @n_bytes take on the wire with the settings in force, in milliseconds */
double
fl_boot_get_exact_wire_ms (FlBoot *self, gsize n_bytes)
{
  FlLineSettings settings;

  fl_transport_get_settings (self->transport, &settings);
  return (double) (n_bytes * fl_line_settings_get_bits (&settings)) * 1000 / MAX (settings.baud, 1);
}

/**
 * fl_boot_wire_ms:
 *
 * Returns: how long @n_bytes take on the wire with the settings in force, in milliseconds, rounded up
 */
guint
fl_boot_wire_ms (FlBoot *self, gsize n_bytes)
{
  FlLineSettings settings;

  fl_transport_get_settings (self->transport, &settings);
  return (guint) ((guint64) n_bytes * fl_line_settings_get_bits (&settings) * 1000 / MAX (settings.baud, 1)) + 1;
}

/**
 * fl_boot_cut_is_safe:
 * @packet: a packet whose last byte makes the exclusive or of all bytes 0
 * @n_sent: how much of it was sent
 *
 * The bootloader knows no time-out: a packet that was cut stays open, and the 0x7F of the next session are its next
 * bytes. They must not happen to complete it with a checksum that is right.
 *
 * Returns: whether any number of 0x7F behind the first @n_sent bytes leaves the packet open or its checksum wrong
 */
gboolean
fl_boot_cut_is_safe (const guint8 *packet, gsize length, gsize n_sent)
{
  return fl_bytes_xor (packet, n_sent) != ((length - n_sent) % 2 == 1 ? FL_BOOT_SYNC : 0);
}

/**
 * fl_boot_send:
 *
 * Sends a packet, and does not look at @cancellable before it: a command that was begun is brought to its end, since a
 * chip that waits for a block or a list would take many 0x7F of a later session for one. At 38400 baud and more the
 * longest packet takes less than 80 ms. Where a packet would take longer than 100 ms, cancelling cuts it, at a place
 * that fl_boot_cut_is_safe() allows.
 */
gboolean
fl_boot_send (FlBoot *self, const guint8 *data, gsize length, GCancellable *cancellable, GError **error)
{
  gsize chunk = fl_boot_wire_ms (self, length) > LONGEST_UNCUT_MS ? CHUNK : length;
  gsize at = 0;

  self->last_length = MIN (length, sizeof self->last_packet);
  memcpy (self->last_packet, data, self->last_length);
  self->filling = FALSE;
  while (at < length)
    {
      gsize n = MIN (chunk, length - at);

      if (!fl_transport_write (self->transport, data + at, n, fl_boot_wire_ms (self, n) + 1000, NULL, error))
        return FALSE;
      self->last_sent = fl_transport_get_time (self->transport);
      at += n;
      if (at < length && g_cancellable_is_cancelled (cancellable))
        {
          if (fl_boot_cut_is_safe (data, length, at))
            return !g_cancellable_set_error_if_cancelled (cancellable, error);
          chunk = 1;
        }
    }
  return TRUE;
}

/* Since the last byte was sent, in milliseconds. */
static double
fl_boot_get_passed_ms (FlBoot *self)
{
  return (double) (fl_transport_get_time (self->transport) - self->last_sent) / 1000;
}

/* Many adapters, and every pty, hand over a byte at a time: to be woken for each of a block costs more of the processor
 * than all the rest of a job. Nothing is lost by not looking until the wire can have carried all of it. Some blocks in
 * a row must have taken that long before: a bootloader on USB is faster than the rate that it was set to. */
static gboolean
fl_boot_let_come (FlBoot *self, gsize length, GError **error)
{
  double left_ms = FASTEST * fl_boot_get_exact_wire_ms (self, length) - fl_boot_get_passed_ms (self);

  return self->n_paced < PROOF || length <= FEW_BYTES || left_ms < 1
         || fl_transport_sleep (self->transport, (guint) MIN (left_ms, GRACE_MS), NULL, error);
}

static void
fl_boot_learn_pace (FlBoot *self, gsize length)
{
  if (length <= FEW_BYTES || self->n_paced >= PROOF)
    return;
  if (fl_boot_get_passed_ms (self) < FASTEST * fl_boot_get_exact_wire_ms (self, length))
    self->n_paced = 0;
  else
    self->n_paced++;
}

/**
 * fl_boot_receive:
 * @length: how many bytes to wait for
 * @timeout_ms: for all of them
 * @n_read: (out): how many came
 * @cancellable: (nullable): looked at when nothing came for 100 ms, so that a command which the chip answers is
 *   brought to its end rather than left open
 *
 * Returns: %FALSE only for a failure of the port or when cancelled; too few bytes are no error here
 */
gboolean
fl_boot_receive (FlBoot *self, guint8 *data, gsize length, guint timeout_ms, gsize *n_read, GCancellable *cancellable,
                 GError **error)
{
  gint64 deadline = fl_transport_get_time (self->transport) + (gint64) timeout_ms * 1000;

  *n_read = 0;
  while (*n_read < length)
    {
      gint64 left;
      guint left_ms;
      gsize n = 0;

      if (!fl_boot_let_come (self, length, error))
        return FALSE;
      left = deadline - fl_transport_get_time (self->transport);
      left_ms = left > 0 ? (guint) ((left + 999) / 1000) : 0;
      if (!fl_transport_read_some (self->transport, data + *n_read, length - *n_read, MIN (left_ms, GRACE_MS), &n, NULL,
                                   error))
        return FALSE;
      *n_read += n;
      if (n == 0 && left_ms <= GRACE_MS)
        return TRUE;
      if (n == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    }
  fl_boot_learn_pace (self, length);
  return TRUE;
}

/**
 * fl_boot_drain:
 * @quiet_ms: how long nothing must have come in
 *
 * Takes and forgets what comes in until the line is quiet; at most some seconds, should it never be.
 */
gboolean
fl_boot_drain (FlBoot *self, guint quiet_ms, GCancellable *cancellable, GError **error)
{
  gint64 deadline = fl_transport_get_time (self->transport) + 2 * G_USEC_PER_SEC;
  guint8 data[64];
  gsize n;

  do
    {
      if (!fl_transport_read_some (self->transport, data, sizeof data, quiet_ms, &n, cancellable, error))
        return FALSE;
    }
  while (n > 0 && fl_transport_get_time (self->transport) < deadline);
  fl_transport_take_errors (self->transport);
  return TRUE;
}
