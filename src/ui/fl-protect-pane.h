/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-option-draft.h"

G_BEGIN_DECLS

/**
 * FlProtectPane:
 *
 * What is protected: readout protection in words, and the write-protected pages on the map, where others can be chosen.
 * What is chosen goes into the draft.
 *
 * Signal "protect" (int, #FlProtectKind): the user wants one of the bootloader's own commands, was told what it does
 * and what is lost, and said yes.
 */
#define FL_TYPE_PROTECT_PANE (fl_protect_pane_get_type ())
G_DECLARE_FINAL_TYPE (FlProtectPane, fl_protect_pane, FL, PROTECT_PANE, GtkWidget)

GtkWidget *fl_protect_pane_new       (void);
void       fl_protect_pane_set_draft (FlProtectPane *self, FlOptionDraft *draft);

G_END_DECLS
