/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-explain.h"

G_BEGIN_DECLS

/* A failure in words: what we did, what came back, what that means, what it can be and what to do; and what state the
 * board is in. Uses the actions "win.find-out", "win.remedy", "win.save-report". */
#define FL_TYPE_EXPLANATION_CARD (fl_explanation_card_get_type ())
G_DECLARE_FINAL_TYPE (FlExplanationCard, fl_explanation_card, FL, EXPLANATION_CARD, GtkWidget)

GtkWidget *fl_explanation_card_new (void);
void       fl_explanation_card_set (FlExplanationCard *self, const FlExplanation *explanation,
                                    const char *board_state); /* both nullable: hides itself without explanation */

G_END_DECLS
