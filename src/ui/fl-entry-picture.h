/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-boot-entry.h"

G_BEGIN_DECLS

/* The levels of two pins over time on the way into the bootloader, as one would see them on an oscilloscope. */
#define FL_TYPE_ENTRY_PICTURE (fl_entry_picture_get_type ())
G_DECLARE_FINAL_TYPE (FlEntryPicture, fl_entry_picture, FL, ENTRY_PICTURE, GtkWidget)

void fl_entry_picture_set_preset (FlEntryPicture *self, const FlEntryPreset *preset); /* NULL: BOOT0 and reset by hand */

G_END_DECLS
