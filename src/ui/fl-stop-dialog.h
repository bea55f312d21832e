/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-job.h"

G_BEGIN_DECLS

/* Asks before a window is closed while a job changes the board. Responses: "stay", "stop". */
gboolean   fl_stop_dialog_is_needed (FlJob *job); /* whether stopping can leave the board changed in part */
GtkWidget *fl_stop_dialog_new       (GtkWindow *parent, FlJob *job);

G_END_DECLS
