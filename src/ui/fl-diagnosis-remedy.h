/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the window can do about a cause, by FlCause's action. */
char       *fl_diagnosis_remedy_dup_label   (const char *action); /* of a button; NULL: a person has to do it */
const char *fl_diagnosis_remedy_get_view    (const char *action); /* the view it leads to; NULL: the wizard */
gboolean    fl_diagnosis_remedy_needs_board (const char *action);
void        fl_diagnosis_remedy_prepare     (const char *action);

G_END_DECLS
