/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"

G_BEGIN_DECLS

/* What a job finds out of the link to the board, and says of it in the log. */
gboolean fl_link_try_burst (FlJob *job, guint32 address, const guint8 *known, gsize n_known, GCancellable *cancellable,
                            GError **error);
void fl_link_note_burst (FlJob *job, gboolean readable);
void fl_link_note_pace  (FlJob *job);

G_END_DECLS
