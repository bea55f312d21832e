/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fl-bytes.h"
#include "fl-plan-private.h"

/* A block stays within one of these: windows of so many bytes, aligned by address. */
#define WINDOW FL_PLAN_BLOCK_MAX

/* Whether the image, or what is preserved, has a byte between two places of a sector. */
static gboolean
is_covered (const FlPlanSector *sector, guint32 from, guint32 to)
{
  return !fl_bytes_all (sector->origin + from, to - from, FL_ORIGIN_NONE);
}

/* Whether a program unit has to be written: it is covered, and (unless blank ones are wanted) not blank. */
static gboolean
is_needed (FlPlan *self, const FlPlanSector *sector, guint32 from, guint32 to)
{
  return is_covered (sector, from, to)
         && (self->options.keep_blank
             || !fl_bytes_all (sector->data + from, to - from, fl_plan_get_erased_value (self)));
}

static void
add_block (FlPlan *self, const FlPlanSector *sector, guint32 sector_address, guint32 from, guint32 to)
{
  FlPlanBlock block = { .address = sector_address + from, .length = to - from };

  memcpy (block.data, sector->data + from, block.length);
  g_array_append_val (self->blocks, block);
}

/*
 * The blocks of one window: runs of program units without a gap, which begin and end with a unit that is needed. A
 * unit that nothing covers is never written: it stays as it was erased, and can be programmed later.
 */
static void
add_window (FlPlan *self, const FlPlanSector *sector, guint32 sector_address, guint32 from, guint32 to)
{
  guint unit = fl_plan_get_unit (self);
  gboolean open = FALSE;
  guint32 start = 0;
  guint32 end = 0;

  for (guint32 at = from; at < to; at += unit)
    {
      guint32 unit_end = MIN (at + unit, to);

      if (open && !is_covered (sector, at, unit_end))
        {
          add_block (self, sector, sector_address, start, end);
          open = FALSE;
        }
      if (!is_needed (self, sector, at, unit_end))
        continue;
      if (!open)
        start = at;
      open = TRUE;
      end = unit_end;
    }
  if (open)
    add_block (self, sector, sector_address, start, end);
}

/*
 * Makes the blocks from what the sectors will hold. A block never crosses the end of a sector, because sectors are a
 * multiple of the program unit and windows are cut there.
 */
void
fl_plan_make_blocks (FlPlan *self)
{
  guint n_sectors = fl_layout_get_n_sectors (self->device->layout);

  g_array_set_size (self->blocks, 0);
  for (guint i = 0; i < n_sectors; i++)
    {
      const FlSector *place = fl_layout_get_sector (self->device->layout, i);
      const FlPlanSector *sector = &self->sectors[i];
      guint32 at = 0;

      while (sector->data != NULL && at < place->size)
        {
          guint32 end = MIN (at + WINDOW - (place->address + at) % WINDOW, place->size);

          if (is_covered (sector, at, end))
            add_window (self, sector, place->address, at, end);
          at = end;
        }
    }
  self->blocks_stale = FALSE;
}
