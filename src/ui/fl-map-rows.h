/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-layout.h"

G_BEGIN_DECLS

/* One line of the drawn flash: a stretch of one bank. A sector that is longer than a line goes on in the next one. */
typedef struct
{
  guint64  start;        /* address */
  guint64  end;          /* behind the last byte */
  guint    first_sector; /* the first of which a part lies here */
  guint    n_sectors;
  guint8   bank;
  gboolean begins_bank;
} FlMapRow;

/**
 * FlMapRows:
 *
 * How a flash is laid out as lines that all have the same scale. Knows sizes and addresses, nothing of drawing.
 */
typedef struct
{
  FlMapRow *rows;
  guint     n_rows;
  guint64   span;  /* bytes that fill the width of a line */
  double    width; /* pixels */
} FlMapRows;

FlMapRows      *fl_map_rows_new  (FlLayout *layout, double width);
void            fl_map_rows_free (FlMapRows *self);
void            fl_map_rows_place (const FlMapRows *self, const FlMapRow *row, const FlSector *sector, double *x0,
                                   double *x1);
const FlSector *fl_map_rows_find (const FlMapRows *self, const FlMapRow *row, FlLayout *layout, double x);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlMapRows, fl_map_rows_free)

G_END_DECLS
