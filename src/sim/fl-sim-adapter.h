/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-wire.h"

G_BEGIN_DECLS

/**
 * FlSimAdapter:
 *
 * The USB adapter's way back to the host: bytes are collected and handed over when its latency timer runs out or a
 * packet is full.
 */
typedef struct
{
  gint64  latency_us;
  GArray *waiting;  /* FlSimByte, by time */
  guint   n_ready;  /* of these are with the host since @ready */
  gint64  ready;
} FlSimAdapter;

FlSimAdapter *fl_sim_adapter_new   (double latency_ms);
void          fl_sim_adapter_free  (FlSimAdapter *self);
void          fl_sim_adapter_put   (FlSimAdapter *self, const FlSimByte *byte);
gboolean      fl_sim_adapter_next  (FlSimAdapter *self, gint64 *time);
gboolean      fl_sim_adapter_take  (FlSimAdapter *self, gint64 now, FlSimByte *byte);
void          fl_sim_adapter_cut   (FlSimAdapter *self, gint64 time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimAdapter, fl_sim_adapter_free)

G_END_DECLS
