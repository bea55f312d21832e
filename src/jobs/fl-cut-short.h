/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-session.h"

G_BEGIN_DECLS

/* Whether a board's last job was cut short while it erased or programmed: kept in the notebook, for the next time that
 * board is here. Worker. */

void     fl_cut_short_begin (FlSession *session); /* something is going to be erased or written */
void     fl_cut_short_end   (FlSession *session); /* all of it was done */
gboolean fl_cut_short_was   (FlSession *session);

G_END_DECLS
