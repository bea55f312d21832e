/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-adapter.h"

#define PACKET_BYTES 62 /* an FTDI's full-speed packet less its two status bytes */

FlSimAdapter *
fl_sim_adapter_new (double latency_ms)
{
  FlSimAdapter *self = g_new0 (FlSimAdapter, 1);

  self->latency_us = (gint64) (latency_ms * 1000);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (FlSimByte));
  return self;
}

void
fl_sim_adapter_free (FlSimAdapter *self)
{
  g_array_unref (self->waiting);
  g_free (self);
}

void
fl_sim_adapter_put (FlSimAdapter *self, const FlSimByte *byte)
{
  FlSimByte late = *byte;

  /* A byte that something delayed delays those behind it. */
  if (self->waiting->len > 0)
    late.time = MAX (late.time, g_array_index (self->waiting, FlSimByte, self->waiting->len - 1).time);
  g_array_append_val (self->waiting, late);
}

/**
 * fl_sim_adapter_next:
 * @time: (out): when the host gets the first of the waiting bytes, in microseconds
 *
 * Returns: whether any byte is waiting
 */
gboolean
fl_sim_adapter_next (FlSimAdapter *self, gint64 *time)
{
  const FlSimByte *bytes = (const FlSimByte *) (gpointer) self->waiting->data;

  if (self->waiting->len == 0)
    return FALSE;
  if (self->n_ready > 0)
    {
      *time = self->ready;
      return TRUE;
    }
  *time = bytes[0].time + self->latency_us;
  if (self->waiting->len >= PACKET_BYTES)
    *time = MIN (*time, bytes[PACKET_BYTES - 1].time);
  return TRUE;
}

/**
 * fl_sim_adapter_take:
 *
 * Takes the next byte that has reached the host by @now. All that the adapter had by the time it handed over a packet
 * come together.
 *
 * Returns: whether there was one
 */
gboolean
fl_sim_adapter_take (FlSimAdapter *self, gint64 now, FlSimByte *byte)
{
  gint64 time;

  if (!fl_sim_adapter_next (self, &time) || time > now)
    return FALSE;
  if (self->n_ready == 0)
    {
      self->ready = time;
      while (self->n_ready < MIN (self->waiting->len, PACKET_BYTES)
             && g_array_index (self->waiting, FlSimByte, self->n_ready).time <= time)
        self->n_ready++;
    }
  self->n_ready--;
  *byte = g_array_index (self->waiting, FlSimByte, 0);
  g_array_remove_index (self->waiting, 0);
  return TRUE;
}

/* The chip stopped at @time: what it had not sent by then never comes. */
void
fl_sim_adapter_cut (FlSimAdapter *self, gint64 time)
{
  while (self->waiting->len > self->n_ready
         && g_array_index (self->waiting, FlSimByte, self->waiting->len - 1).time > time)
    g_array_set_size (self->waiting, self->waiting->len - 1);
}
