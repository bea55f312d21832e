/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-explain.h"

G_BEGIN_DECLS

/* What came back when the bootloader was called. */
typedef enum
{
  FL_OBSERVED_ANYTHING = 0, /* of a row: does not matter */
  FL_OBSERVED_SILENCE  = 1 << 0,
  FL_OBSERVED_ECHO     = 1 << 1, /* our own byte */
  FL_OBSERVED_TEXT     = 1 << 2, /* printable: an application talks */
  FL_OBSERVED_GARBLE   = 1 << 3,
} FlObserved;

/* When a row, or a check of it, applies. Of each group that has a bit set, one has to hold. */
typedef enum
{
  FL_WHEN_ALWAYS        = 0,
  FL_WHEN_MANUAL        = 1 << 0,
  FL_WHEN_LINES         = 1 << 1,
  FL_WHEN_APP           = 1 << 2,
  FL_WHEN_ENTRY_GROUP   = FL_WHEN_MANUAL | FL_WHEN_LINES | FL_WHEN_APP,
  FL_WHEN_UNKNOWN_CHIP  = 1 << 3,
  FL_WHEN_BOOT0_IGNORED = 1 << 4, /* the chip is known, and ignores BOOT0 as it comes from the factory */
  FL_WHEN_BOOT0_OBEYED  = 1 << 5, /* the chip is known, and does not */
  FL_WHEN_CHIP_GROUP    = FL_WHEN_UNKNOWN_CHIP | FL_WHEN_BOOT0_IGNORED | FL_WHEN_BOOT0_OBEYED,
  FL_WHEN_PINS          = 1 << 6, /* the pins of its USARTs are known */
  FL_WHEN_BOOT1_PIN     = 1 << 7, /* it has, or may have, a BOOT1 pin */
  FL_WHEN_NO_JUMP       = 1 << 8, /* its bootloader cannot be entered from the application */
  FL_WHEN_NOT_8E1       = 1 << 9, /* the line is not set as AN3155 wants it */
} FlWhen;

/* One thing to do. Placeholders: $CHIP, $USARTS, $PORT, $LINE. */
typedef struct
{
  FlWhen      when;
  const char *text; /* translatable */
} FlCheckRow;

#define FL_EXPLAIN_MAX_CHECKS 12

/* One explanation; the first row that matches is taken. */
typedef struct
{
  GQuark   (*domain) (void); /* NULL: any error at all */
  int        code;
  guint      stages;         /* bits of 1 << FlStage; 0: any */
  FlObserved observed;
  FlWhen     when;
  const char *title;         /* translatable, as the rest */
  const char *meaning;
  FlCheckRow checks[FL_EXPLAIN_MAX_CHECKS]; /* ends with a NULL text */
} FlExplainRow;

extern const FlExplainRow fl_explain_rows[];
extern const guint        fl_explain_n_rows;

G_END_DECLS
