/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-option-draft.h"

G_BEGIN_DECLS

/* The fields of a chip's option bytes by what they are about, and a search through them (Ctrl+F). Uses the actions of
 * #FlOptionsPage to save, load and reset them. */
#define FL_TYPE_OPTION_LIST (fl_option_list_get_type ())
G_DECLARE_FINAL_TYPE (FlOptionList, fl_option_list, FL, OPTION_LIST, GtkWidget)

GtkWidget *fl_option_list_new       (void);
void       fl_option_list_set_draft (FlOptionList *self, FlOptionDraft *draft);

G_END_DECLS
