/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"

G_BEGIN_DECLS

/* The voltage that a chip of F2, F4 or F7 is supplied with: the higher, the more bytes it can program at once. The
 * range with 9 V on a pin of its own is not offered. Source: AN2606, table 4. */
typedef enum
{
  FL_SUPPLY_UNKNOWN, /* nobody said: byte by byte is safe with every voltage */
  FL_SUPPLY_1V8,     /* 1.8 to 2.1 V */
  FL_SUPPLY_2V1,     /* 2.1 to 2.4 V */
  FL_SUPPLY_2V4,     /* 2.4 to 2.7 V */
  FL_SUPPLY_2V7,     /* 2.7 to 3.6 V */
  FL_N_SUPPLIES,
} FlSupply;

const char *fl_supply_get_title     (FlSupply self); /* "2.7 to 3.6 V", translated */
guint       fl_supply_get_width     (FlSupply self); /* bytes that are programmed at once */
guint8      fl_supply_get_byte      (FlSupply self); /* what the bootloader is told */
guint       fl_supply_get_erase_percent (FlSupply self, const FlChip *chip); /* of the time that the chip's row gives */
guint       fl_supply_get_limit_percent (FlSupply self, const FlChip *chip); /* likewise, of what it may take at worst */
gboolean    fl_supply_parse         (const char *text, FlSupply *supply, GError **error);

G_END_DECLS
