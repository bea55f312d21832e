/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-trace.h"

G_BEGIN_DECLS

/* Wraps another transport and keeps all that passes in a trace; or replays a trace that was saved. */
#define FL_TYPE_TRACE_TRANSPORT (fl_trace_transport_get_type ())
G_DECLARE_FINAL_TYPE (FlTraceTransport, fl_trace_transport, FL, TRACE_TRANSPORT, GObject)

FlTransport *fl_trace_transport_new        (FlTransport *inner, FlTrace *trace);
FlTransport *fl_trace_transport_new_replay (FlTrace *trace);
FlTrace     *fl_trace_transport_get_trace  (FlTraceTransport *self);
void         fl_trace_transport_note       (FlTraceTransport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
