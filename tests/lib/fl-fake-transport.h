/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

#define FL_TYPE_FAKE_TRANSPORT (fl_fake_transport_get_type ())
G_DECLARE_FINAL_TYPE (FlFakeTransport, fl_fake_transport, FL, FAKE_TRANSPORT, GObject)

FlTransport *fl_fake_transport_new              (const char *script);
gboolean     fl_fake_transport_at_end           (FlFakeTransport *self);
guint        fl_fake_transport_get_n_unscripted (FlFakeTransport *self);
const char  *fl_fake_transport_get_lines_log    (FlFakeTransport *self);
void         fl_fake_transport_cancel_after     (FlFakeTransport *self, gsize n_written, GCancellable *cancellable);
gsize        fl_fake_transport_get_n_written    (FlFakeTransport *self);

G_END_DECLS
