/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

#define FL_TYPE_STRICT_CHIP (fl_strict_chip_get_type ())
G_DECLARE_FINAL_TYPE (FlStrictChip, fl_strict_chip, FL, STRICT_CHIP, GObject)

typedef enum
{
  FL_FAULT_NONE,
  FL_FAULT_DROP,   /* the byte gets lost, and so many after it as the value says */
  FL_FAULT_FLIP,   /* the byte is xored with the value */
  FL_FAULT_INSERT, /* a byte of this value comes before it */
} FlFault;

FlStrictChip *fl_strict_chip_new       (void);
void          fl_strict_chip_set_fault (FlStrictChip *self, gboolean to_host, guint at, FlFault fault, guint8 value);
void          fl_strict_chip_set_silent_bad_address (FlStrictChip *self, gboolean silent);
guint         fl_strict_chip_get_n_bytes (FlStrictChip *self, gboolean to_host);
const char   *fl_strict_chip_get_deeds (FlStrictChip *self);
gboolean      fl_strict_chip_is_idle   (FlStrictChip *self);
void          fl_strict_chip_feed      (FlStrictChip *self, const guint8 *data, gsize length);

G_END_DECLS
