/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-thread.h"
#include "fl-transport.h"

G_BEGIN_DECLS

/*
 * A transport is used by one thread at a time, but not always by the same: each job has a worker of its own. So the
 * thread that is inside a function owns the transport until it leaves, and debug builds assert that no other is there.
 */
typedef FlThreadOwner FlThreadVisit;

static inline FlThreadVisit *
fl_thread_visit (FlThreadOwner *owner)
{
  FL_ASSERT_OWNER (owner);
  return owner;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlThreadVisit, fl_thread_owner_release)

/* First line of a function that touches the port. */
#define FL_TRANSPORT_VISIT(self) g_autoptr (FlThreadVisit) visit G_GNUC_UNUSED = fl_thread_visit (&(self)->owner)

/* How long one wait lasts before the cancellable is looked at again. */
#define FL_TRANSPORT_SLICE_MS 50

/* What is asked of a port that was closed. */
gboolean fl_transport_fail_closed (const char *name, GError **error);

/* A write whose deadline passed: the driver took only some of the bytes. */
gboolean fl_transport_fail_stuck (const char *name, gsize done, gsize length, GError **error);

/* fl_transport_sleep() for a port in the real world: until g_get_monotonic_time() reaches @until. */
gboolean fl_transport_wait_really (gint64 until, GCancellable *cancellable, GError **error);

/* Milliseconds to wait in one go: at least 1, at most a slice. */
int fl_transport_slice (gint64 now, gint64 deadline);

/* Compares what was asked of a port with what it reads back: %FL_ERROR_PORT_UNFIT names what differs. */
gboolean fl_transport_check_settings (const char *name, const FlLineSettings *asked, const FlLineSettings *got,
                                      GError **error);

G_END_DECLS
