/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"
#include "fl-map-paint.h"

G_BEGIN_DECLS

/* What the flash map shows, in words. @states holds a FlSectorState or FlMapState for each sector, or is %NULL when there
 * is neither a plan nor a job. */
char *fl_map_words_dup_legend (guint state, guint count);
char *fl_map_words_dup_sector (FlDevice *device, const FlSector *sector, const guint8 *states);
char *fl_map_words_dup_map    (FlDevice *device, const guint8 *states);

G_END_DECLS
