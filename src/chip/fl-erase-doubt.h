/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"

G_BEGIN_DECLS

/* Sectors that no code names for certain: documents disagree, and whichever code is sent may erase something else. Only
 * when all of bank 2 is erased is every code safe. A set of sectors is one byte a sector: whether it is to be erased. */

gboolean fl_erase_doubt_exists    (FlDevice *device, const guint8 *wanted); /* it cannot be erased safely */
gboolean fl_erase_doubt_may_arise (FlDevice *device, const guint8 *wanted); /* perhaps not: it depends on the bootloader */
char    *fl_erase_doubt_dup_text  (FlDevice *device, const guint8 *wanted); /* why, and what would be lost */
void     fl_erase_doubt_set_error (const char *text, GError **error);
void     fl_erase_doubt_add_bank  (FlLayout *layout, guint8 *wanted);

G_END_DECLS
