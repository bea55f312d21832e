/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-layout.h"

G_BEGIN_DECLS

/* Which erase codes may be sent where documents disagree on what they name. A set of sectors is one byte a sector:
 * whether it is to be erased. */

gboolean fl_page_codes_is_safe        (FlLayout *layout, guint code, const guint8 *wanted);
gboolean fl_page_codes_get_safe       (FlLayout *layout, guint index, guint numbering, const guint8 *wanted,
                                       guint16 *code);
gboolean fl_page_codes_all_safe       (FlLayout *layout, guint numbering, const guint8 *wanted);
int      fl_page_codes_find_numbering (FlLayout *layout, const guint8 *wanted); /* all safe in it; -1: none */

G_END_DECLS
