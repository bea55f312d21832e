/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-option-draft.h"

G_BEGIN_DECLS

/* One field of the option bytes: what it is called and does, how dangerous it is, its value in words, and a choice of
 * another one. */
#define FL_TYPE_OPTION_ROW (fl_option_row_get_type ())
G_DECLARE_FINAL_TYPE (FlOptionRow, fl_option_row, FL, OPTION_ROW, AdwPreferencesRow)

GtkWidget           *fl_option_row_new       (FlOptionDraft *draft, const FlOptionField *field);
const FlOptionField *fl_option_row_get_field (FlOptionRow *self);
gboolean             fl_option_row_matches   (FlOptionRow *self, const char *text); /* all words of it are there */
void                 fl_option_row_set_danger (GtkImage *icon, GtkLabel *label, FlDanger danger);

G_END_DECLS
