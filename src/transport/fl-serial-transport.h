/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/* A real serial port, through libserialport. Open through fl_transport_open(). */
#define FL_TYPE_SERIAL_TRANSPORT (fl_serial_transport_get_type ())
G_DECLARE_FINAL_TYPE (FlSerialTransport, fl_serial_transport, FL, SERIAL_TRANSPORT, GObject)

FlTransport *fl_serial_transport_open  (const char *path, const FlLineSettings *settings, GCancellable *cancellable,
                                        GError **error);
gboolean     fl_serial_transport_knows (const char *path);

G_END_DECLS
