/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-chip.h"

G_BEGIN_DECLS

/* Shows what an application has to do to enter the bootloader of its chip, to be copied. */
#define FL_TYPE_JUMP_DIALOG (fl_jump_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FlJumpDialog, fl_jump_dialog, FL, JUMP_DIALOG, AdwWindow)

GtkWidget *fl_jump_dialog_new (GtkWindow *parent, const FlChip *chip);

G_END_DECLS
