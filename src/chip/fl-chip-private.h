/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"

G_BEGIN_DECLS

/* A chip as the database keeps it. */
typedef struct
{
  FlChip     chip; /* first: what everybody sees; immutable */
  GMutex     lock; /* guards what follows */
  GPtrArray *cut;  /* FlChipLayout, made for flash sizes that no row names */
} FlChipRow;

FlChipRow    *fl_chip_row_new       (guint16 pid);
void          fl_chip_row_free      (FlChipRow *self);
FlChipLayout *fl_chip_layout_new    (guint flash_kib, FlLayout *layout); /* takes the layout */
FlChipLayout *fl_chip_layout_parse  (const char *name, const char *value, guint32 flash_start, GError **error);
void          fl_chip_layout_free   (FlChipLayout *self);
const char   *fl_chip_entry_find    (const char *id);                    /* translated; NULL: no such sentence */
gboolean      fl_chip_parse_number  (const char *text, guint64 max, guint64 *number);
char        **fl_chip_split_list    (const char *value);

G_END_DECLS
