/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"
#include "fl-supply.h"

G_BEGIN_DECLS

/* How many bytes a chip of F2, F4 or F7 programs at once. Worker. */

gboolean fl_program_width_set (FlJob *job, FlSupply supply, GCancellable *cancellable, GError **error);

/* The supply voltage that was named for a board, kept by its unique ID: another board of the same kind may be supplied
 * with less, where programming wide would leave cells half written. Any thread. */
FlSupply fl_program_width_recall   (const char *notebook, FlDevice *device);
gboolean fl_program_width_remember (const char *notebook, FlDevice *device, FlSupply supply, GError **error);

G_END_DECLS
