/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-job.h"

G_BEGIN_DECLS

/* A running program job: the phases, one bar over all of it, rate, time left, the map filling in, and what cancelling
 * would leave behind. */
#define FL_TYPE_PROGRESS_VIEW (fl_progress_view_get_type ())
G_DECLARE_FINAL_TYPE (FlProgressView, fl_progress_view, FL, PROGRESS_VIEW, GtkWidget)

/* @verify and @start: whether there are such phases; @limit: what limits the speed, nullable. */
void fl_progress_view_follow (FlProgressView *self, FlJob *job, FlDevice *device, gboolean verify, gboolean start,
                              const char *limit);

G_END_DECLS
