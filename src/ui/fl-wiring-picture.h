/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-boot-entry.h"
#include "fl-chip.h"

G_BEGIN_DECLS

/* How an adapter is wired to a chip: a serial port, ground, reset, and the pins that start the bootloader. */
#define FL_TYPE_WIRING_PICTURE (fl_wiring_picture_get_type ())
G_DECLARE_FINAL_TYPE (FlWiringPicture, fl_wiring_picture, FL, WIRING_PICTURE, GtkWidget)

void fl_wiring_picture_set (FlWiringPicture *self, const FlChip *chip, guint usart, const FlEntryPreset *preset);

G_END_DECLS
