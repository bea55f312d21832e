/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/**
 * FlFakeAdapter:
 *
 * A USB serial adapter that does not exist, on a umockdev testbed: sysfs entries, /dev/ttyUSB0 on a pty, modem lines,
 * line settings as they were asked for, error counters. The program must run under umockdev-wrapper. When it is plugged
 * again it is /dev/ttyUSB1 and so on, as on a system where the old node was still open.
 */
typedef struct _FlFakeAdapter FlFakeAdapter;

/**
 * FlFakeDevice:
 * @received: bytes came from the host; called in the adapter's device thread
 * @step: called in the device thread whenever it wakes, for a device whose answers take time; returns after how many
 *   milliseconds it wants to be called again at the latest
 * @lines: the host changed DTR or RTS, or opened or closed the port; called in a thread of umockdev
 * @settings: the host set the line; called in a thread of umockdev
 *
 * The device behind the adapter. Each may be %NULL. What it sends goes through fl_fake_adapter_send().
 */
typedef struct
{
  void  (*received) (FlFakeAdapter *self, const guint8 *data, gsize length, gpointer user_data);
  guint (*step)     (FlFakeAdapter *self, gpointer user_data);
  void  (*lines)    (FlFakeAdapter *self, FlLines outputs, gpointer user_data);
  void  (*settings) (FlFakeAdapter *self, const FlLineSettings *settings, gpointer user_data);
} FlFakeDevice;

FlFakeAdapter *fl_fake_adapter_new           (void);
void           fl_fake_adapter_free          (FlFakeAdapter *self);
void           fl_fake_adapter_set_device    (FlFakeAdapter *self, const FlFakeDevice *device, gpointer user_data);
void           fl_fake_adapter_plug          (FlFakeAdapter *self);
void           fl_fake_adapter_plug_other    (FlFakeAdapter *self, const char *description);
void           fl_fake_adapter_unplug        (FlFakeAdapter *self);
void           fl_fake_adapter_send          (FlFakeAdapter *self, const guint8 *data, gsize length);
void           fl_fake_adapter_set_inputs    (FlFakeAdapter *self, FlLines inputs);
void           fl_fake_adapter_add_errors    (FlFakeAdapter *self, FlLineErrors errors);
void           fl_fake_adapter_refuse_parity (FlFakeAdapter *self, gboolean refuse);
void           fl_fake_adapter_set_serial_flags (FlFakeAdapter *self, int flags);
void           fl_fake_adapter_stop_reading  (FlFakeAdapter *self);
char          *fl_fake_adapter_take_events   (FlFakeAdapter *self);
const char    *fl_fake_adapter_get_path      (FlFakeAdapter *self);
char          *fl_fake_adapter_dup_root      (FlFakeAdapter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlFakeAdapter, fl_fake_adapter_free)

G_END_DECLS
