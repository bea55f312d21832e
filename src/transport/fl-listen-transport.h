/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/* Wraps another transport whose line brings back every byte that is sent, as one wire for both directions does: what
 * came back is compared and taken away, so that nobody above sees it. */
#define FL_TYPE_LISTEN_TRANSPORT (fl_listen_transport_get_type ())
G_DECLARE_FINAL_TYPE (FlListenTransport, fl_listen_transport, FL, LISTEN_TRANSPORT, GObject)

FlTransport *fl_listen_transport_new (FlTransport *inner);

G_END_DECLS
