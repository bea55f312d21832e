/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-firmware.h"

G_BEGIN_DECLS

/* What will happen to the chip, on the map and in words, and the options that decide it. Bound to the settings. */
#define FL_TYPE_PLAN_PANE (fl_plan_pane_get_type ())
G_DECLARE_FINAL_TYPE (FlPlanPane, fl_plan_pane, FL, PLAN_PANE, GtkWidget)

void fl_plan_pane_set_firmware (FlPlanPane *self, FlFirmware *firmware); /* once */

G_END_DECLS
