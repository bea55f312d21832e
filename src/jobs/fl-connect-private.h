/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"

G_BEGIN_DECLS

/* Between the files of FlConnectJob. Worker. */

/* ENTER and SYNC (fl-connect-activate.c). */
gboolean fl_connect_activate   (FlJob *job, GCancellable *cancellable, GError **error);
gboolean fl_connect_is_unheard (const GError *error); /* no bootloader was heard, so that another attempt makes sense */

G_END_DECLS
