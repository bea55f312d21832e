/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-plan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-erase-doubt.h"
#include "fl-error.h"
#include "fl-plan-private.h"

#define UNKNOWN_CHIP_UNIT  32 /* the largest program unit there is: it suits every chip */
#define MAX_RANGES_TO_NAME 4

const FlPlanOptions fl_plan_options_default = { .erase = FL_ERASE_NEEDED, .verify = TRUE, .only_changed = TRUE };

G_DEFINE_FINAL_TYPE (FlPlan, fl_plan, G_TYPE_OBJECT)

guint8
fl_plan_get_erased_value (FlPlan *self)
{
  return fl_chip_get_erased_value (self->device->chip);
}

guint
fl_plan_get_unit (FlPlan *self)
{
  return self->device->chip != NULL ? self->device->chip->program_unit : UNKNOWN_CHIP_UNIT;
}

/* Adds the parts of a segment that are not flash to @text, the first few with their addresses. */
static void
find_outside (FlLayout *layout, const FlSegment *segment, GString *text, guint *n_ranges)
{
  guint64 at = segment->address;
  guint64 end = at + g_bytes_get_size (segment->data);

  while (at < end)
    {
      const FlSector *sector = fl_layout_find (layout, (guint32) at);
      guint64 next = end;

      if (sector != NULL)
        {
          at = (guint64) sector->address + sector->size;
          continue;
        }
      for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
        if (fl_layout_get_sector (layout, i)->address > at)
          {
            next = MIN (end, fl_layout_get_sector (layout, i)->address);
            break;
          }
      if ((*n_ranges)++ < MAX_RANGES_TO_NAME)
        g_string_append_printf (text, "%s0x%08X–0x%08X", text->len > 0 ? ", " : "", (guint) at, (guint) (next - 1));
      at = next;
    }
}

static gboolean
check_range (FlPlan *self, GError **error)
{
  FlLayout *layout = self->device->layout;
  g_autoptr (GString) outside = g_string_new (NULL);
  g_autofree char *name = NULL;
  guint n_ranges = 0;

  for (guint i = 0; i < fl_image_get_n_segments (self->image); i++)
    find_outside (layout, fl_image_get_segment (self->image, i), outside, &n_ranges);
  if (n_ranges == 0)
    return TRUE;
  if (n_ranges > MAX_RANGES_TO_NAME)
    g_string_append_printf (outside, ngettext (" and %u more", " and %u more", n_ranges - MAX_RANGES_TO_NAME),
                            n_ranges - MAX_RANGES_TO_NAME);
  name = fl_device_dup_name (self->device);
  g_set_error (
      error, FL_ERROR, FL_ERROR_RANGE,
      /* Translators: address ranges, the chip's name, the flash's size in KiB, first and last address */
      _ ("The file has data at %s, outside the flash of the %s (%u KiB, 0x%08X–0x%08X). Choose a file that was "
         "built for this chip."),
      outside->str, name, fl_layout_get_size (layout) / 1024, fl_layout_get_start (layout),
      (guint) (fl_layout_get_end (layout) - 1));
  return FALSE;
}

/* Puts the image's bytes where they go. Everything was checked to be flash. */
static void
place_image (FlPlan *self)
{
  FlLayout *layout = self->device->layout;

  for (guint i = 0; i < fl_image_get_n_segments (self->image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (self->image, i);
      gsize size;
      const guint8 *bytes = g_bytes_get_data (segment->data, &size);
      gsize at = 0;

      while (at < size)
        {
          const FlSector *place = fl_layout_find (layout, segment->address + (guint32) at);
          FlPlanSector *sector = &self->sectors[place->index];
          guint32 offset = segment->address + (guint32) at - place->address;
          gsize length = MIN (size - at, place->size - offset);

          if (sector->data == NULL)
            {
              sector->data = g_malloc (place->size);
              memset (sector->data, fl_plan_get_erased_value (self), place->size);
              sector->origin = g_malloc0 (place->size);
            }
          memcpy (sector->data + offset, bytes + at, length);
          memset (sector->origin + offset, FL_ORIGIN_IMAGE, length);
          at += length;
        }
      self->image_bytes += size;
    }
}

/* Adds a range that would be lost; one that continues the last one makes it longer. */
static void
add_shared (FlPlan *self, guint32 address, guint32 length)
{
  FlPlanRange *last = self->shared->len > 0 ? g_ptr_array_index (self->shared, self->shared->len - 1) : NULL;

  if (last != NULL && last->address + last->length == address)
    last->length += length;
  else
    {
      FlPlanRange *range = g_new (FlPlanRange, 1);

      range->address = address;
      range->length = length;
      g_ptr_array_add (self->shared, range);
    }
}

/* The parts of a sector that will be erased, and that the image does not have. */
static void
find_shared (FlPlan *self, const FlSector *place)
{
  const FlPlanSector *sector = &self->sectors[place->index];
  guint32 at = 0;

  if (sector->data == NULL)
    {
      add_shared (self, place->address, place->size);
      return;
    }
  while (at < place->size)
    {
      guint32 start = at;

      while (at < place->size && sector->origin[at] == FL_ORIGIN_NONE)
        at++;
      if (at > start)
        add_shared (self, place->address + start, at - start);
      while (at < place->size && sector->origin[at] != FL_ORIGIN_NONE)
        at++;
    }
}

/* What is to be erased; where no code is safe for part of it, and the user agreed, bank 2 as a whole. What is to be
 * preserved must not be lost while it is found out which codes the bootloader takes. */
static guint8 *
find_erased (FlPlan *self)
{
  FlLayout *layout = self->device->layout;
  guint n = fl_layout_get_n_sectors (layout);
  guint8 *wanted = g_malloc0 (n);

  for (guint i = 0; i < n; i++)
    wanted[i] = self->options.erase == FL_ERASE_ALL
                || (self->sectors[i].data != NULL && self->options.erase == FL_ERASE_NEEDED);
  if (fl_erase_doubt_exists (self->device, wanted)
      || (self->options.preserve && fl_erase_doubt_may_arise (self->device, wanted)))
    {
      self->doubt = fl_erase_doubt_dup_text (self->device, wanted);
      if (self->options.whole_bank)
        fl_erase_doubt_add_bank (layout, wanted);
    }
  return wanted;
}

static void
decide_actions (FlPlan *self)
{
  g_autofree guint8 *wanted = find_erased (self);

  for (guint i = 0; i < fl_layout_get_n_sectors (self->device->layout); i++)
    if (wanted[i])
      {
        self->sectors[i].action = FL_PLAN_ERASE;
        find_shared (self, fl_layout_get_sector (self->device->layout, i));
      }
}

/* A sector that a block goes to is written, whatever else happens to it. */
static void
update_blocks (FlPlan *self)
{
  if (!self->blocks_stale)
    return;
  fl_plan_make_blocks (self);
  for (guint i = 0; i < self->blocks->len; i++)
    {
      const FlPlanBlock *block = &g_array_index (self->blocks, FlPlanBlock, i);

      self->sectors[fl_layout_find (self->device->layout, block->address)->index].action = FL_PLAN_WRITE;
    }
}

/**
 * fl_plan_new:
 * @device: with its layout; it is not changed
 * @image: what is to be in flash afterwards
 * @options: (nullable): %NULL takes fl_plan_options_default
 *
 * Works out which sectors are erased, and which blocks are written, so that flash holds the image and nothing else is
 * changed. Nothing is sent. A plan belongs to one thread at a time.
 *
 * Errors: %FL_ERROR_UNKNOWN_DEVICE when not enough is known of the chip, %FL_ERROR_RANGE when the image has data
 * outside its flash.
 *
 * Returns: (transfer full): the plan, or %NULL
 */
FlPlan *
fl_plan_new (FlDevice *device, FlImage *image, const FlPlanOptions *options, GError **error)
{
  g_autoptr (FlPlan) self = NULL;

  g_return_val_if_fail (FL_IS_DEVICE (device), NULL);
  g_return_val_if_fail (FL_IS_IMAGE (image), NULL);

  if (device->layout == NULL || (device->chip != NULL && !fl_chip_can_program (device->chip)))
    {
      g_autofree char *name = fl_device_dup_name (device);

      g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                   _ ("It is not known how the flash of this chip is divided: %s. It can be read, but not programmed."),
                   name);
      return NULL;
    }
  self = g_object_new (FL_TYPE_PLAN, NULL);
  self->device = g_object_ref (device);
  self->image = g_object_ref (image);
  self->options = options != NULL ? *options : fl_plan_options_default;
  if (!check_range (self, error))
    return NULL;

  self->sectors = g_new0 (FlPlanSector, fl_layout_get_n_sectors (device->layout));
  place_image (self);
  decide_actions (self);
  update_blocks (self);
  return g_steal_pointer (&self);
}

/**
 * fl_plan_get_device:
 *
 * Returns: (transfer none): the device that the plan is for
 */
FlDevice *
fl_plan_get_device (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), NULL);

  return self->device;
}

/**
 * fl_plan_get_image:
 *
 * Returns: (transfer none): what will be programmed
 */
FlImage *
fl_plan_get_image (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), NULL);

  return self->image;
}

/**
 * fl_plan_get_options:
 *
 * Returns: (transfer none): what was asked for
 */
const FlPlanOptions *
fl_plan_get_options (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), NULL);

  return &self->options;
}

/**
 * fl_plan_get_action:
 * @sector_index: of the device's layout
 *
 * Returns: what will happen to the sector. With %FL_ERASE_NONE, %FL_PLAN_WRITE means that it is written without being
 * erased.
 */
FlPlanAction
fl_plan_get_action (FlPlan *self, guint sector_index)
{
  g_return_val_if_fail (FL_IS_PLAN (self), FL_PLAN_KEEP);
  g_return_val_if_fail (sector_index < fl_layout_get_n_sectors (self->device->layout), FL_PLAN_KEEP);

  update_blocks (self);
  return self->sectors[sector_index].action;
}

/**
 * fl_plan_get_n_erased:
 *
 * Returns: how many sectors will be erased
 */
guint
fl_plan_get_n_erased (FlPlan *self)
{
  guint n_erased = 0;

  g_return_val_if_fail (FL_IS_PLAN (self), 0);

  if (self->options.erase == FL_ERASE_NONE)
    return 0;
  for (guint i = 0; i < fl_layout_get_n_sectors (self->device->layout); i++)
    if (self->sectors[i].action != FL_PLAN_KEEP)
      n_erased++;
  return n_erased;
}

/**
 * fl_plan_erases_all:
 *
 * Returns: whether every sector of the chip will be erased, so that a mass erase does the same. A chip that was
 * declared may have more of them than are known: it takes that everything was asked for.
 */
gboolean
fl_plan_erases_all (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), FALSE);

  if (self->device->declaration != NULL && self->options.erase != FL_ERASE_ALL)
    return FALSE;
  return fl_plan_get_n_erased (self) == fl_layout_get_n_sectors (self->device->layout);
}

/**
 * fl_plan_get_doubt:
 *
 * Returns: (transfer none) (nullable): why all of bank 2 has to be erased, and what is lost by that, in sentences;
 * %NULL when every sector of the plan has an erase code that can name nothing else
 */
const char *
fl_plan_get_doubt (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), NULL);

  return self->doubt;
}

/**
 * fl_plan_needs_whole_bank:
 *
 * Returns: whether the plan can be carried out only after the user has agreed to lose all of bank 2: with the option
 * whole_bank
 */
gboolean
fl_plan_needs_whole_bank (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), FALSE);

  return self->doubt != NULL && !self->options.whole_bank;
}

/**
 * fl_plan_get_shared:
 *
 * What sectors that will be erased hold besides the image. It is lost; or, with the option preserve, to be read first
 * and given to fl_plan_set_preserved().
 *
 * Returns: (transfer none) (element-type FlPlanRange): by address; ranges that touch are one
 */
GPtrArray *
fl_plan_get_shared (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), NULL);

  return self->shared;
}

static gboolean
is_shared (FlPlan *self, guint32 address, gsize length)
{
  for (guint i = 0; i < self->shared->len; i++)
    {
      const FlPlanRange *range = g_ptr_array_index (self->shared, i);

      if (address >= range->address && length <= range->length && address - range->address <= range->length - length)
        return TRUE;
    }
  return FALSE;
}

/**
 * fl_plan_set_preserved:
 * @address: the first byte
 * @data: (array length=length): what was read there before anything is erased
 * @length: bytes, at least 1
 *
 * Has data written back that share sectors with the image. May be called many times, for parts of what
 * fl_plan_get_shared() names.
 *
 * Errors: %FL_ERROR_RANGE when part of it is not shared, %FL_ERROR_USAGE when the plan is not to preserve anything.
 */
gboolean
fl_plan_set_preserved (FlPlan *self, guint32 address, const guint8 *data, gsize length, GError **error)
{
  g_return_val_if_fail (FL_IS_PLAN (self), FALSE);
  g_return_val_if_fail (data != NULL && length > 0, FALSE);

  if (!self->options.preserve)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("This plan does not keep data besides the file's"));
      return FALSE;
    }
  if (!is_shared (self, address, length))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE, _ ("0x%08X–0x%08X is not data that would be lost"), address,
                   address + (guint32) (length - 1));
      return FALSE;
    }
  for (gsize at = 0; at < length;)
    {
      const FlSector *place = fl_layout_find (self->device->layout, address + (guint32) at);
      FlPlanSector *sector = &self->sectors[place->index];
      guint32 offset = address + (guint32) at - place->address;
      gsize part = MIN (length - at, place->size - offset);

      if (sector->data == NULL)
        {
          sector->data = g_malloc (place->size);
          memset (sector->data, fl_plan_get_erased_value (self), place->size);
          sector->origin = g_malloc0 (place->size);
        }
      memcpy (sector->data + offset, data + at, part);
      memset (sector->origin + offset, FL_ORIGIN_PRESERVED, part);
      at += part;
    }
  self->blocks_stale = TRUE;
  return TRUE;
}

/**
 * fl_plan_get_blocks:
 *
 * Returns: (transfer none) (element-type FlPlanBlock): what is written, by address; each within one sector and one
 * window of 256 bytes, and made of whole program units. Valid until something more is preserved.
 */
const GArray *
fl_plan_get_blocks (FlPlan *self)
{
  g_return_val_if_fail (FL_IS_PLAN (self), NULL);

  update_blocks (self);
  return self->blocks;
}

/**
 * fl_plan_get_write_bytes:
 *
 * Returns: how many bytes are written, padding included
 */
guint64
fl_plan_get_write_bytes (FlPlan *self)
{
  guint64 n_bytes = 0;

  g_return_val_if_fail (FL_IS_PLAN (self), 0);

  update_blocks (self);
  for (guint i = 0; i < self->blocks->len; i++)
    n_bytes += g_array_index (self->blocks, FlPlanBlock, i).length;
  return n_bytes;
}

/**
 * fl_plan_get_verify_bytes:
 *
 * Returns: how many bytes are read back: what the image covers and what is preserved; 0 when nothing is verified
 */
guint64
fl_plan_get_verify_bytes (FlPlan *self)
{
  guint64 n_bytes;

  g_return_val_if_fail (FL_IS_PLAN (self), 0);

  if (!self->options.verify)
    return 0;
  n_bytes = self->image_bytes;
  for (guint i = 0; self->options.preserve && i < self->shared->len; i++)
    n_bytes += ((const FlPlanRange *) g_ptr_array_index (self->shared, i))->length;
  return n_bytes;
}

static void
fl_plan_finalize (GObject *object)
{
  FlPlan *self = FL_PLAN (object);

  for (guint i = 0; self->sectors != NULL && i < fl_layout_get_n_sectors (self->device->layout); i++)
    {
      g_free (self->sectors[i].data);
      g_free (self->sectors[i].origin);
    }
  g_free (self->sectors);
  g_free (self->doubt);
  g_ptr_array_unref (self->shared);
  g_array_unref (self->blocks);
  g_clear_object (&self->device);
  g_clear_object (&self->image);
  G_OBJECT_CLASS (fl_plan_parent_class)->finalize (object);
}

static void
fl_plan_class_init (FlPlanClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_plan_finalize;
}

static void
fl_plan_init (FlPlan *self)
{
  self->shared = g_ptr_array_new_with_free_func (g_free);
  self->blocks = g_array_new (FALSE, FALSE, sizeof (FlPlanBlock));
  self->blocks_stale = TRUE;
}
