/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-plan-private.h"

/**
 * fl_plan_leaves_unchanged:
 *
 * Whether sectors are left alone that hold already what they are to hold. It takes the option only_changed; that
 * sectors are erased one by one; that all is read back, because only that proves it; and that blank blocks need not be
 * written: reading does not show whether they were.
 *
 * Returns: whether it is worth looking at sectors before they are erased
 */
gboolean
fl_plan_leaves_unchanged (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), FALSE);

  return self->options.only_changed && self->options.verify && self->options.erase == FL_ERASE_NEEDED
         && !self->options.keep_blank;
}

static guint32
count_covered (const FlPlanSector *sector, guint32 size)
{
  guint32 n_covered = 0;

  for (guint32 i = 0; i < size; i++)
    n_covered += sector->origin[i] != FL_ORIGIN_NONE;
  return n_covered;
}

/**
 * fl_plan_may_leave:
 * @sector_index: of the device's layout
 *
 * Where other data are preserved, a sector that holds the image's part of it is as it should be. Otherwise the rest of
 * it is to be blank, which takes reading all of it; where the image has less than half of a sector, writing it once
 * more is as fast. A bank that has to be erased as a whole leaves nothing.
 *
 * Returns: whether the sector may stay as it is if it holds fl_plan_get_content()
 */
gboolean
fl_plan_may_leave (FlPlan *self, guint sector_index)
{
  const FlPlanSector *sector;
  guint32 size;

  g_return_val_if_fail (FL_IS_PLAN (self), FALSE);
  g_return_val_if_fail (sector_index < fl_layout_get_n_sectors (self->device->layout), FALSE);

  sector = &self->sectors[sector_index];
  if (!fl_plan_leaves_unchanged (self) || sector->action == FL_PLAN_KEEP || sector->data == NULL)
    return FALSE;
  if (self->doubt != NULL && sector_index >= fl_layout_get_bank_2 (self->device->layout))
    return FALSE;
  size = fl_layout_get_sector (self->device->layout, sector_index)->size;
  return self->options.preserve || count_covered (sector, size) >= size / 2;
}

/* Every byte of the sector is the image's, or was kept and is blank. */
static gboolean
knows_all (FlPlan *self, const FlPlanSector *sector, guint32 size)
{
  for (guint32 i = 0; i < size; i++)
    if (sector->origin[i] == FL_ORIGIN_NONE
        || (sector->origin[i] == FL_ORIGIN_PRESERVED && sector->data[i] != fl_plan_get_erased_value (self)))
      return FALSE;
  return TRUE;
}

/**
 * fl_plan_spares_blank:
 *
 * A look here and there does not prove that a sector is blank. Where programming over what is not blank does no harm,
 * that may be believed all the same, because everything is read back, and what is wrong then is erased after all.
 *
 * Returns: whether it is worth looking which sectors are blank before they are erased
 */
gboolean
fl_plan_spares_blank (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), FALSE);

  return fl_plan_leaves_unchanged (self) && self->device->chip != NULL
         && self->device->chip->overwrite != FL_OVERWRITE_HARMS;
}

/**
 * fl_plan_may_spare:
 * @sector_index: of the device's layout
 *
 * What is not in the image is not read back unless it is preserved: it has to be erased. So has a sector of which
 * something is preserved that is not blank, and a bank of which more is erased than the image touches. To be asked when
 * all that is preserved is known.
 *
 * Returns: whether the sector need not be erased if it looks blank
 */
gboolean
fl_plan_may_spare (FlPlan *self, guint sector_index)
{
  guint32 size;

  g_return_val_if_fail (FL_IS_PLAN (self), FALSE);
  g_return_val_if_fail (sector_index < fl_layout_get_n_sectors (self->device->layout), FALSE);

  if (!fl_plan_spares_blank (self) || !fl_plan_may_leave (self, sector_index))
    return FALSE;
  size = fl_layout_get_sector (self->device->layout, sector_index)->size;
  return knows_all (self, &self->sectors[sector_index], size);
}

/**
 * fl_plan_get_content:
 * @sector_index: of the device's layout
 * @covered: (out) (optional) (transfer none): one byte for each of the sector: not 0 where the image, or what is
 *   preserved, has it
 *
 * Returns: (transfer none) (nullable): what the sector is to hold, the erased value where nothing goes; %NULL when the
 * image does not touch it
 */
const guint8 *
fl_plan_get_content (FlPlan *self, guint sector_index, const guint8 **covered)
{
  g_return_val_if_fail (FL_IS_PLAN (self), NULL);
  g_return_val_if_fail (sector_index < fl_layout_get_n_sectors (self->device->layout), NULL);

  if (covered != NULL)
    *covered = self->sectors[sector_index].origin;
  return self->sectors[sector_index].data;
}
