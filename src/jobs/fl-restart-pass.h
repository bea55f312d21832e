/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"

G_BEGIN_DECLS

/* Finds the chip again after it has reset itself, and describes it anew. Worker. */
typedef struct
{
  FlJob   *job;
  guint    busy_ms;  /* so long the chip may be deaf beyond its start-up: it erases itself */
  gboolean doubtful; /* its last ACK did not come: it may wait for the rest of a command */
  gboolean no_reset; /* out: it went on without a reset: what was stored is not in force yet */
} FlRestartPass;

gboolean fl_restart_pass_run (FlRestartPass *self, GCancellable *cancellable, GError **error);

G_END_DECLS
