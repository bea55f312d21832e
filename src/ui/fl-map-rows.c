/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-map-rows"

#include "config.h"

#include "fl-map-rows.h"

#include <math.h>

#define MIN_CELL_WIDTH 6 /* pixels: below that the lines are made shorter and more */
#define MAX_ROWS       8 /* over all banks: then the cells become thinner */

/* The sectors of one bank, from *first on, that lie without a gap behind one another. */
static guint
count_stretch (FlLayout *layout, guint first)
{
  guint n_sectors = fl_layout_get_n_sectors (layout);
  guint i;

  for (i = first + 1; i < n_sectors; i++)
    {
      const FlSector *before = fl_layout_get_sector (layout, i - 1);
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (sector->bank != before->bank || sector->address != (guint64) before->address + before->size)
        break;
    }
  return i - first;
}

/* The longest stretch, and whether all sectors of the flash have the same size. */
static guint64
measure_stretches (FlLayout *layout, guint *n_stretches, guint *max_sectors, gboolean *uniform)
{
  guint n_sectors = fl_layout_get_n_sectors (layout);
  guint64 longest = 0;

  *n_stretches = 0;
  *max_sectors = 0;
  *uniform = TRUE;
  for (guint first = 0, n; first < n_sectors; first += n)
    {
      guint64 size = 0;

      n = count_stretch (layout, first);
      for (guint i = first; i < first + n; i++)
        {
          size += fl_layout_get_sector (layout, i)->size;
          *uniform &= fl_layout_get_sector (layout, i)->size == fl_layout_get_sector (layout, 0)->size;
        }
      *n_stretches += 1;
      *max_sectors = MAX (*max_sectors, n);
      longest = MAX (longest, size);
    }
  return longest;
}

/* How many bytes a line stands for. Sectors of different sizes are best compared side by side: one line a bank. Equal
 * ones are wrapped at a power of two, so that lines begin at round addresses. */
static guint64
choose_span (FlLayout *layout, double width)
{
  guint n_stretches, max_sectors, max_rows, per_row;
  gboolean uniform;
  guint64 longest = measure_stretches (layout, &n_stretches, &max_sectors, &uniform);

  if (!uniform || max_sectors * (double) MIN_CELL_WIDTH <= width)
    return longest;

  g_assert (n_stretches > 0); /* no layout is without a sector */
  max_rows = MAX (1, MAX_ROWS / n_stretches);
  for (per_row = 1; per_row * 2.0 * MIN_CELL_WIDTH <= width; per_row *= 2)
    ;
  while ((max_sectors + per_row - 1) / per_row > max_rows)
    per_row *= 2;
  return MIN (longest, (guint64) per_row * fl_layout_get_sector (layout, 0)->size);
}

static void
add_stretch (GArray *rows, FlLayout *layout, guint first, guint n_sectors, guint64 span)
{
  const FlSector *last = fl_layout_get_sector (layout, first + n_sectors - 1);
  guint64 start = fl_layout_get_sector (layout, first)->address;
  guint64 end = (guint64) last->address + last->size;
  guint8 bank = last->bank;

  for (guint64 at = start; at < end; at += span)
    {
      FlMapRow row = { .start = at, .end = MIN (at + span, end), .bank = bank };
      const FlSector *from = fl_layout_find (layout, (guint32) row.start);
      const FlSector *to = fl_layout_find (layout, (guint32) (row.end - 1));

      row.first_sector = from->index;
      row.n_sectors = to->index - from->index + 1U;
      row.begins_bank = rows->len == 0 || g_array_index (rows, FlMapRow, rows->len - 1).bank != bank;
      g_array_append_val (rows, row);
    }
}

/**
 * fl_map_rows_new:
 * @layout: what is drawn
 * @width: how long a line may be, in pixels
 *
 * Returns: (transfer full): the lines, in order of address
 */
FlMapRows *
fl_map_rows_new (FlLayout *layout, double width)
{
  FlMapRows *self = g_new0 (FlMapRows, 1);
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (FlMapRow));

  self->width = MAX (1, width);
  self->span = choose_span (layout, self->width);
  for (guint first = 0, n; first < fl_layout_get_n_sectors (layout); first += n)
    {
      n = count_stretch (layout, first);
      add_stretch (rows, layout, first, n, self->span);
    }
  self->n_rows = rows->len;
  self->rows = (FlMapRow *) (void *) g_array_free (rows, FALSE);
  return self;
}

void
fl_map_rows_free (FlMapRows *self)
{
  g_free (self->rows);
  g_free (self);
}

/**
 * fl_map_rows_place:
 * @x0: (out): where the sector's part in this line begins, in pixels from the line's begin
 * @x1: (out): where it ends
 */
void
fl_map_rows_place (const FlMapRows *self, const FlMapRow *row, const FlSector *sector, double *x0, double *x1)
{
  guint64 start = MAX (row->start, sector->address);
  guint64 end = MIN (row->end, (guint64) sector->address + sector->size);

  *x0 = (double) (start - row->start) * self->width / (double) self->span;
  *x1 = (double) (end - row->start) * self->width / (double) self->span;
}

/**
 * fl_map_rows_find:
 * @x: pixels from the line's begin
 *
 * Returns: (transfer none) (nullable): the sector that is drawn there
 */
const FlSector *
fl_map_rows_find (const FlMapRows *self, const FlMapRow *row, FlLayout *layout, double x)
{
  double offset = floor (x * (double) self->span / self->width);

  if (x < 0 || offset >= (double) (row->end - row->start))
    return NULL;
  return fl_layout_find (layout, (guint32) (row->start + (guint64) offset));
}
