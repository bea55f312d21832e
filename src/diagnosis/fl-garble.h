/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/* What may have happened to an answer on its way. */
typedef enum
{
  FL_GARBLE_RATE,         /* sent at another rate than ours */
  FL_GARBLE_INVERTED,     /* all levels turned round */
  FL_GARBLE_FALLING_LATE, /* the driver is weak, or the line loaded */
  FL_GARBLE_RISING_LATE,  /* a weak pull-up */
  FL_GARBLE_BOTH_LATE,    /* a capacitor */
  FL_N_GARBLES,
} FlGarble;

#define FL_GARBLE_MAX_BYTES 4

/**
 * FlGarbleRow:
 * @sent: 0x79 or 0x1F: what the bootloader said
 * @low: the smallest, and
 * @high: the largest measure that makes these bytes of it. Of %FL_GARBLE_RATE: the board's rate divided by ours; of the
 *   late edges: how late, in our bits; otherwise 1
 * @bytes: what we then see
 * @errors: what the receiver says of some of these bytes somewhere in this range
 */
typedef struct
{
  FlGarble     model;
  guint8       sent;
  double       low;
  double       high;
  guint8       bytes[FL_GARBLE_MAX_BYTES];
  guint        n_bytes;
  FlLineErrors errors;
} FlGarbleRow;

GArray  *fl_garble_explain      (const guint8 *bytes, gsize n_bytes, FlLineErrors errors); /* FlGarbleRow */
double   fl_garble_guess_factor (const guint8 *bytes, gsize n_bytes, FlLineErrors errors);
GArray  *fl_garble_list_factors (const guint8 *bytes, gsize n_bytes, FlLineErrors errors); /* double */
gboolean fl_garble_is_inverted  (const guint8 *bytes, gsize n_bytes, FlLineErrors errors);
char    *fl_garble_row_to_text  (const FlGarbleRow *self);

G_END_DECLS
