/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What came of something, at the top of a page: a sign, a title, and a few lines. */
typedef enum
{
  FL_RESULT_OK,
  FL_RESULT_STOPPED, /* the user cancelled it */
  FL_RESULT_FAILED,
} FlResult;

#define FL_TYPE_RESULT_CARD (fl_result_card_get_type ())
G_DECLARE_FINAL_TYPE (FlResultCard, fl_result_card, FL, RESULT_CARD, GtkWidget)

void fl_result_card_show (FlResultCard *self, FlResult result, const char *title, const char *text);
void fl_result_card_hide (FlResultCard *self);

G_END_DECLS
