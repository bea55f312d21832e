/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-wire.h"

#include <math.h>

#define SAMPLES_PER_BIT 16
#define LEAD_BITS       30 /* the line is idle for so long before sampling begins anew */
#define MAX_RATE_ERROR  0.02

typedef struct
{
  double time;
  int level;
} FlSimEdge;

FlSimWire *
fl_sim_wire_new (void)
{
  FlSimWire *self = g_new0 (FlSimWire, 1);

  self->sender = fl_line_settings_default;
  self->receiver = fl_line_settings_default;
  self->ratio = 1.0;
  self->edges = g_array_new (FALSE, FALSE, sizeof (FlSimEdge));
  self->bytes = g_queue_new ();
  fl_sim_wire_clear (self);
  return self;
}

void
fl_sim_wire_free (FlSimWire *self)
{
  g_array_unref (self->edges);
  g_queue_free_full (self->bytes, g_free);
  g_free (self);
}

/* Forgets what is on the line and what was received. */
void
fl_sim_wire_clear (FlSimWire *self)
{
  g_array_set_size (self->edges, 0);
  g_queue_clear_full (self->bytes, g_free);
  self->level = 1;
  self->end_level = 1;
  self->end = -1e18;
}

/**
 * fl_sim_wire_set:
 * @ratio: the sender's true rate over the rate of its settings
 */
void
fl_sim_wire_set (FlSimWire *self, const FlLineSettings *sender, const FlLineSettings *receiver, double ratio)
{
  self->sender = *sender;
  self->receiver = *receiver;
  self->ratio = ratio;
}

static double
fl_sim_wire_get_sender_bit_us (FlSimWire *self)
{
  return 1e6 / (self->sender.baud * self->ratio);
}

/**
 * fl_sim_wire_get_byte_us:
 *
 * Returns: how long the sender needs for one byte: 11 bits at 8E1
 */
double
fl_sim_wire_get_byte_us (FlSimWire *self)
{
  return fl_line_settings_get_bits (&self->sender) * fl_sim_wire_get_sender_bit_us (self);
}

static gboolean
fl_sim_wire_agrees (FlSimWire *self)
{
  double rate = self->sender.baud * self->ratio / self->receiver.baud;

  return fabs (rate - 1.0) <= MAX_RATE_ERROR && self->sender.parity == self->receiver.parity
         && self->sender.data_bits == self->receiver.data_bits && self->edges->len == 0;
}

static int
parity_bit (guint8 byte, FlParity parity)
{
  return (__builtin_popcount (byte) & 1) ^ (parity == FL_PARITY_ODD);
}

static void
fl_sim_wire_add_level (FlSimWire *self, double time, int level)
{
  FlSimEdge edge = { time, level };

  if (level == self->end_level)
    return;
  g_array_append_val (self->edges, edge);
  self->end_level = level;
}

static void
fl_sim_wire_add_byte (FlSimWire *self, double time, guint8 byte, FlLineErrors errors)
{
  FlSimByte *received = g_new (FlSimByte, 1);

  received->time = (gint64) ceil (time);
  received->byte = byte;
  received->errors = errors;
  g_queue_push_tail (self->bytes, received);
}

/**
 * fl_sim_wire_put:
 * @start: when its start bit begins, in microseconds; not before the end of the byte before
 *
 * Puts one byte on the line. Where both ends agree it arrives as it is; otherwise it goes the long way over levels.
 */
void
fl_sim_wire_put (FlSimWire *self, guint8 byte, double start)
{
  double bit_us = fl_sim_wire_get_sender_bit_us (self);
  double t = start;

  if (fl_sim_wire_agrees (self))
    {
      self->end = start + fl_sim_wire_get_byte_us (self);
      fl_sim_wire_add_byte (self, self->end, byte, 0);
      return;
    }
  if (self->edges->len == 0)
    {
      self->at = start - LEAD_BITS * 1e6 / self->receiver.baud;
      self->level = 1;
    }
  fl_sim_wire_add_level (self, t, 0);
  t += bit_us;
  for (guint i = 0; i < self->sender.data_bits; i++)
    {
      fl_sim_wire_add_level (self, t, byte >> i & 1);
      t += bit_us;
    }
  if (self->sender.parity != FL_PARITY_NONE)
    {
      fl_sim_wire_add_level (self, t, parity_bit (byte, self->sender.parity));
      t += bit_us;
    }
  fl_sim_wire_add_level (self, t, 1);
  self->end = t + self->sender.stop_bits * bit_us;
}

static int
fl_sim_wire_get_level (FlSimWire *self, double time)
{
  int level = self->level;

  for (guint i = 0; i < self->edges->len; i++)
    {
      const FlSimEdge *edge = &g_array_index (self->edges, FlSimEdge, i);

      if (edge->time > time + 1e-6)
        break;
      level = edge->level;
    }
  return level;
}

/* Sampling went on to @time: the edges before are history. */
static void
fl_sim_wire_pass (FlSimWire *self, double time)
{
  guint n = 0;

  while (n < self->edges->len && g_array_index (self->edges, FlSimEdge, n).time <= time + 1e-6)
    self->level = g_array_index (self->edges, FlSimEdge, n++).level;
  if (n > 0)
    g_array_remove_range (self->edges, 0, n);
  self->at = time;
}

/* Goes to the sample at which the line's next edge is seen; %FALSE when there is none. */
static gboolean
fl_sim_wire_pass_edge (FlSimWire *self, double step)
{
  double next;

  if (self->edges->len == 0)
    return FALSE;
  next = g_array_index (self->edges, FlSimEdge, 0).time;
  fl_sim_wire_pass (self, self->at + step * MAX (1.0, ceil ((next - self->at) / step - 1e-6)));
  return TRUE;
}

/* Samples one frame whose start bit was seen at self->at. */
static void
fl_sim_wire_sample (FlSimWire *self, double bit_us)
{
  guint n = self->receiver.data_bits;
  double t = self->at + 1.5 * bit_us;
  guint8 byte = 0;
  FlLineErrors errors = 0;

  for (guint i = 0; i < n; i++)
    {
      byte |= (guint8) (fl_sim_wire_get_level (self, t) << i);
      t += bit_us;
    }
  if (self->receiver.parity != FL_PARITY_NONE)
    {
      if (fl_sim_wire_get_level (self, t) != parity_bit (byte, self->receiver.parity))
        errors |= FL_LINE_ERROR_PARITY;
      t += bit_us;
    }
  if (fl_sim_wire_get_level (self, t) == 0)
    errors |= FL_LINE_ERROR_FRAMING;
  fl_sim_wire_add_byte (self, t, byte, errors);
  /* Not quite to the end of the stop bit: the next start bit may begin right there. */
  fl_sim_wire_pass (self, t + (0.5 - 1.0 / SAMPLES_PER_BIT) * bit_us);
}

/* Samples as far as the line is known; a frame is looked at when its stop bit is. */
static void
fl_sim_wire_receive (FlSimWire *self, double until)
{
  double bit_us = 1e6 / self->receiver.baud;
  double step = bit_us / SAMPLES_PER_BIT;
  double frame_us = (fl_line_settings_get_bits (&self->receiver) + 0.5) * bit_us;

  while (self->edges->len > 0)
    {
      FlSimEdge first = g_array_index (self->edges, FlSimEdge, 0);
      int before = self->level;

      if (first.time + frame_us > until)
        return;
      if (!fl_sim_wire_pass_edge (self, step))
        return;
      if (before == 1 && self->level == 0 && fl_sim_wire_get_level (self, self->at + 0.5 * bit_us) == 0)
        fl_sim_wire_sample (self, bit_us);
    }
}

/**
 * fl_sim_wire_take:
 * @until: the line is known up to here, or idle; %G_MAXINT64 when nothing follows
 *
 * Returns: whether a byte was received
 */
gboolean
fl_sim_wire_take (FlSimWire *self, gint64 until, FlSimByte *byte)
{
  FlSimByte *head;

  fl_sim_wire_receive (self, (double) until);
  head = g_queue_pop_head (self->bytes);
  if (head == NULL)
    return FALSE;
  *byte = *head;
  g_free (head);
  return TRUE;
}
