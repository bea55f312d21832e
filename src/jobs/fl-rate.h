/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"

G_BEGIN_DECLS

/**
 * Rates beyond the usual 115200 baud
 *
 * A bootloader measures the rate once after a reset, so that trying one costs a reset: only where the adapter's lines
 * do that, and where the speed was left to the program. A rate is taken when a read-back was clean at it; the highest
 * is remembered for the adapter and the chip. One at which too much goes wrong later is given up for the next lower one;
 * when some jobs in a row have been clean at that, it is tried once more. Worker.
 */

/* The connect job (fl-rate-ladder.c). */
gboolean fl_rate_activate    (FlJob *job, guint *failed, GCancellable *cancellable, GError **error);
gboolean fl_rate_settle      (FlJob *job, FlDevice *device, guint failed, GCancellable *cancellable, GError **error);

/* Other jobs (fl-rate-keep.c). */
gboolean fl_rate_keep        (FlJob *job, GCancellable *cancellable, GError **error); /* between two exchanges */
void     fl_rate_conclude    (FlJob *job, const GError *error);

/* What both need. */
gboolean fl_rate_may_climb   (FlSession *session);
gboolean fl_rate_restart     (FlSession *session, guint baud, GCancellable *cancellable, GError **error);
gboolean fl_rate_can_reset   (FlSession *session); /* in the middle of a job */
gboolean fl_rate_reset       (FlJob *job, guint baud, GCancellable *cancellable, GError **error);
guint    fl_rate_get_lower   (guint baud);
guint    fl_rate_recall      (FlSession *session, int pid); /* -1: of the chip that was there last; 0: none */
void     fl_rate_remember    (FlJob *job, guint16 pid, guint baud);
void     fl_rate_lower       (FlJob *job, guint16 pid, guint baud); /* … because too much went wrong at a higher one */
gboolean fl_rate_is_due      (FlSession *session, guint16 pid, guint baud); /* it is worth another try */
void     fl_rate_note_try    (FlJob *job, guint16 pid, guint worked);
void     fl_rate_forget_lowering (FlJob *job, guint16 pid);

#define FL_RATE_USUAL 115200

G_END_DECLS
