/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job-dialog.h"

G_BEGIN_DECLS

/**
 * FlLoopbackDialog:
 *
 * Tests the adapter alone: says what to bridge, sends, and says what came of it and what to do next.
 */
#define FL_TYPE_LOOPBACK_DIALOG (fl_loopback_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FlLoopbackDialog, fl_loopback_dialog, FL, LOOPBACK_DIALOG, FlJobDialog)

GtkWidget *fl_loopback_dialog_new (GtkWindow *parent, FlJobRunner *runner, const FlConnectOptions *options,
                                   const char *title);

G_END_DECLS
