/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/* A tty that libserialport 0.1.1 cannot name: a pty (socat, a remote serial port, a simulated board). POSIX only.
 * Open through fl_transport_open(). */
#define FL_TYPE_TTY_TRANSPORT (fl_tty_transport_get_type ())
G_DECLARE_FINAL_TYPE (FlTtyTransport, fl_tty_transport, FL, TTY_TRANSPORT, GObject)

FlTransport *fl_tty_transport_open (const char *path, const FlLineSettings *settings, GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
