/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/* A byte as the receiver at the end of a wire understood it. */
typedef struct
{
  gint64       time; /* microseconds: when it was complete */
  guint8       byte;
  FlLineErrors errors;
} FlSimByte;

/**
 * FlSimWire:
 *
 * One direction of a UART line between a sender and a receiver that need not agree on rate and parity: bytes become
 * levels, and the levels are sampled as a UART samples them.
 */
typedef struct
{
  FlLineSettings sender;
  FlLineSettings receiver;
  double         ratio;     /* the sender's true rate over the rate of its settings; 1 unless something is wrong */
  GArray        *edges;     /* level changes that were not sampled yet */
  double         at;        /* microseconds: sampled up to here */
  int            level;     /* of the line at @at */
  int            end_level; /* after the last edge */
  double         end;       /* of the last frame */
  GQueue        *bytes;     /* FlSimByte: received */
} FlSimWire;

FlSimWire *fl_sim_wire_new    (void);
void       fl_sim_wire_free   (FlSimWire *self);
void       fl_sim_wire_set    (FlSimWire *self, const FlLineSettings *sender, const FlLineSettings *receiver,
                               double ratio);
double     fl_sim_wire_get_byte_us (FlSimWire *self);
void       fl_sim_wire_put    (FlSimWire *self, guint8 byte, double start);
gboolean   fl_sim_wire_take   (FlSimWire *self, gint64 until, FlSimByte *byte);
void       fl_sim_wire_clear  (FlSimWire *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimWire, fl_sim_wire_free)

G_END_DECLS
