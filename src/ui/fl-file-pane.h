/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-firmware.h"

G_BEGIN_DECLS

/* The chosen file and what it contains, whether it belongs into the chip, and the files that were chosen before. Uses
 * the actions "win.open" and "win.open-uri". */
#define FL_TYPE_FILE_PANE (fl_file_pane_get_type ())
G_DECLARE_FINAL_TYPE (FlFilePane, fl_file_pane, FL, FILE_PANE, GtkWidget)

void fl_file_pane_set_firmware (FlFilePane *self, FlFirmware *firmware); /* once */

G_END_DECLS
