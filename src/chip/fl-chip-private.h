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

/* What data/chips/words.xml says. */
typedef struct
{
  GHashTable *kinds;  /* id → FlOptionKind */
  GHashTable *faults; /* id → sentence */
} FlOptionWords;

FlOptionWords *fl_option_words_parse (const char *text, gsize length, GError **error);
void           fl_option_words_free  (FlOptionWords *self);

/* "option…" and "write-protect" keys of a chip (fl-option-parse.c): a message in @error, without the place. */
gboolean       fl_option_parse_style (const char *value, FlChip *chip, GError **error);
gboolean       fl_option_parse_areas (const char *value, FlChip *chip, GError **error);
gboolean       fl_option_parse_word  (const char *address, const char *value, FlChip *chip, GError **error);
gboolean       fl_option_parse_rules (const char *value, FlChip *chip, GError **error);
gboolean       fl_option_check       (FlChip *chip, GError **error);
void           fl_option_copy_words  (const FlChip *from, FlChip *to);
void           fl_option_field_free  (gpointer data);
void           fl_write_protect_rule_free (gpointer data);
/* Keys of a chip with lists (fl-chip-lists.c): a message in @error, without the place. */
gboolean       fl_chip_parse_size_codes (const char *value, FlChip *chip, GError **error);
gboolean       fl_chip_parse_supply_erase (const char *value, FlChip *chip, GError **error);
gboolean       fl_chip_parse_more_ram   (const char *value, FlChip *chip, GError **error);
gboolean       fl_chip_parse_system     (const char *value, FlChip *chip, GError **error);
gboolean       fl_chip_parse_usarts     (const char *value, FlChip *chip, GError **error);
gboolean       fl_chip_parse_versions   (const char *value, FlChip *chip, GError **error);
gboolean       fl_chip_parse_boot0_pin  (const char *value, FlChip *chip, GError **error);
gboolean       fl_chip_check_faults     (const FlChip *chip, GError **error);
gboolean       fl_chip_parse_range   (const char *text, FlChipRange *range);

FlChipRow    *fl_chip_row_new       (guint16 pid);
void          fl_chip_row_free      (FlChipRow *self);
FlChipLayout *fl_chip_layout_new    (guint flash_kib, FlLayout *layout); /* takes the layout */
FlChipLayout *fl_chip_layout_parse  (const char *name, const char *value, guint32 flash_start, GError **error);
void          fl_chip_layout_free   (FlChipLayout *self);
const char   *fl_chip_entry_find    (const char *id, FlChipBootPin *pin); /* translated; NULL: no such sentence */
gboolean      fl_chip_parse_number  (const char *text, guint64 max, guint64 *number);
char        **fl_chip_split_list    (const char *value);

G_END_DECLS
