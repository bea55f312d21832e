/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-option-set.h"

G_BEGIN_DECLS

/* Which pages or sectors are write-protected: from option bytes, and into them. */
guint8  *fl_write_protect_get (const FlOptionSet *options, FlLayout *layout); /* one byte a sector; NULL: not known */
gboolean fl_write_protect_set (FlOptionSet *options, FlLayout *layout, guint8 *sectors, GError **error);
gboolean fl_write_protect_parse_list (const char *text, FlLayout *layout, guint8 *sectors, GError **error);
char    *fl_write_protect_dup_list (const guint8 *sectors, FlLayout *layout); /* "0-15, 32": the other way round */

G_END_DECLS
