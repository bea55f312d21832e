/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-option-set.h"
#include "fl-session.h"

G_BEGIN_DECLS

/**
 * FlOptionReview:
 *
 * Shows what would be written into option bytes, and asks for as much of a confirmation as its danger needs.
 *
 * Signal "agreed" (string or %NULL: the chip's name as it was typed): the user saw it and said yes; the dialog closes.
 */
#define FL_TYPE_OPTION_REVIEW (fl_option_review_get_type ())
G_DECLARE_FINAL_TYPE (FlOptionReview, fl_option_review, FL, OPTION_REVIEW, AdwWindow)

GtkWidget         *fl_option_review_new        (GtkWindow *parent, FlSession *session, const FlOptionSet *wanted);
const FlOptionSet *fl_option_review_get_wanted (FlOptionReview *self);

G_END_DECLS
