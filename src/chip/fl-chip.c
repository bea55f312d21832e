/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-chip.h"

#include <gio/gio.h>

#include "fl-chip-private.h"
#include "fl-core-resources.h"

#define RESOURCE_FOLDER "/io/github/flashloader/Flashloader/core/chips/"
#define LARGE_SECTOR    (16 * 1024)  /* from here on it is called a sector, and its erase time depends on its size */
#define SECTOR_OF_TIME  (128 * 1024) /* the size that erase_page_ms is given for, then */

static void
usart_free (gpointer data)
{
  FlChipUsart *usart = data;

  g_free (usart->name);
  g_free (usart->tx);
  g_free (usart->rx);
  g_free (usart);
}

static void
clear_version (gpointer data)
{
  FlChipVersion *version = data;

  g_free (version->name);
  g_free (version->remark);
}

void
fl_chip_layout_free (FlChipLayout *self)
{
  g_free (self->condition);
  fl_layout_unref (self->layout);
  g_free (self);
}

static void
layout_free (gpointer data)
{
  fl_chip_layout_free (data);
}

FlChipLayout *
fl_chip_layout_new (guint flash_kib, FlLayout *layout)
{
  FlChipLayout *self = g_new0 (FlChipLayout, 1);

  self->flash_kib = flash_kib;
  self->dual_bank = fl_layout_get_n_banks (layout) > 1;
  self->layout = layout;
  return self;
}

FlChipRow *
fl_chip_row_new (guint16 pid)
{
  FlChipRow *self = g_new0 (FlChipRow, 1);

  g_mutex_init (&self->lock);
  self->cut = g_ptr_array_new_with_free_func (layout_free);
  self->chip.pid = pid;
  self->chip.layouts = g_ptr_array_new_with_free_func (layout_free);
  self->chip.usarts = g_ptr_array_new_with_free_func (usart_free);
  self->chip.more_ram = g_array_new (FALSE, FALSE, sizeof (FlChipRange));
  self->chip.system_areas = g_array_new (FALSE, FALSE, sizeof (FlChipRange));
  self->chip.flash_size_codes = g_array_new (FALSE, FALSE, sizeof (FlChipSizeCode));
  self->chip.option_areas = g_array_new (FALSE, FALSE, sizeof (FlChipRange));
  self->chip.option_words = g_ptr_array_new_with_free_func (g_free);
  self->chip.option_fields = g_ptr_array_new_with_free_func (fl_option_field_free);
  self->chip.write_protect = g_ptr_array_new_with_free_func (fl_write_protect_rule_free);
  self->chip.versions = g_array_new (FALSE, FALSE, sizeof (FlChipVersion));
  g_array_set_clear_func (self->chip.versions, clear_version);
  self->chip.boot_pins = g_array_new (FALSE, FALSE, sizeof (FlChipBootPin));
  return self;
}

void
fl_chip_row_free (FlChipRow *self)
{
  FlChip *chip = &self->chip;

  g_free (chip->name);
  g_free (chip->series);
  g_free (chip->core);
  g_free (chip->sources);
  g_strfreev (chip->boot_entry);
  g_strfreev (chip->bugs);
  g_strfreev (chip->notes);
  g_ptr_array_unref (chip->layouts);
  g_ptr_array_unref (chip->usarts);
  g_array_unref (chip->more_ram);
  g_array_unref (chip->system_areas);
  g_array_unref (chip->flash_size_codes);
  g_free (chip->boot0_pin);
  g_free (chip->option_sources);
  g_strfreev (chip->option_notes);
  g_array_unref (chip->versions);
  g_array_unref (chip->boot_pins);
  g_array_unref (chip->option_areas);
  g_ptr_array_unref (chip->write_protect);
  g_ptr_array_unref (chip->option_fields);
  g_ptr_array_unref (chip->option_words);
  g_ptr_array_unref (self->cut);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The first sectors of @layout, as many as fit into @flash_kib; NULL when not even one does. */
static FlLayout *
layout_cut (FlLayout *layout, guint flash_kib)
{
  guint64 left = (guint64) flash_kib * 1024;
  guint n_sectors = 0;

  while (n_sectors < fl_layout_get_n_sectors (layout) && fl_layout_get_sector (layout, n_sectors)->size <= left)
    left -= fl_layout_get_sector (layout, n_sectors++)->size;
  return n_sectors > 0 ? fl_layout_cut (layout, n_sectors) : NULL;
}

/**
 * fl_chip_get_layout:
 * @flash_kib: the size of the flash
 * @exact: (out) (optional): whether the database names this size
 *
 * How a chip of this size is divided as it leaves the factory. A size that the database does not name gets the
 * beginning of the next larger one.
 *
 * Returns: (transfer none) (nullable): the layout; %NULL when none is known, or none is so large
 */
FlLayout *
fl_chip_get_layout (const FlChip *self, guint flash_kib, gboolean *exact)
{
  FlChipRow *row = (FlChipRow *) self;
  const FlChipLayout *larger = NULL;
  g_autoptr (GMutexLocker) locker = NULL;
  FlLayout *layout;

  g_return_val_if_fail (self != NULL, NULL);

  if (exact != NULL)
    *exact = FALSE;
  for (guint i = 0; i < self->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (self->layouts, i);

      if (known->flash_kib == flash_kib)
        {
          if (exact != NULL)
            *exact = TRUE;
          return known->layout;
        }
      if (known->flash_kib > flash_kib && (larger == NULL || known->flash_kib < larger->flash_kib))
        larger = known;
    }
  if (larger == NULL)
    return NULL;

  locker = g_mutex_locker_new (&row->lock);
  (void) locker; /* up to the end */
  for (guint i = 0; i < row->cut->len; i++)
    {
      const FlChipLayout *cut = g_ptr_array_index (row->cut, i);

      if (cut->flash_kib == flash_kib)
        return cut->layout;
    }
  layout = layout_cut (larger->layout, flash_kib);
  if (layout != NULL)
    g_ptr_array_add (row->cut, fl_chip_layout_new (flash_kib, layout));
  return layout;
}

/**
 * fl_chip_can_program:
 *
 * Returns: whether enough is known to erase and write it: how its flash is divided, what must be written at once, and
 * how it is erased
 */
gboolean
fl_chip_can_program (const FlChip *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->layouts->len > 0 && self->program_unit > 0 && self->erase_command != 0;
}

/**
 * fl_chip_get_erased_value:
 * @self: (nullable): a chip; %NULL: it is not known
 *
 * Returns: what its erased flash reads as: 0x00 on L0 and L1, 0xFF on nearly all
 */
guint8
fl_chip_get_erased_value (const FlChip *self)
{
  return self != NULL ? self->erased_value : 0xFF;
}

static gboolean
has_large_sectors (const FlChip *self)
{
  for (guint i = 0; i < self->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (self->layouts, i);

      if (fl_layout_get_sector (known->layout, 0)->size >= LARGE_SECTOR)
        return TRUE;
    }
  return FALSE;
}

/**
 * fl_chip_get_unit_name:
 *
 * Returns: (transfer none): what the smallest piece that can be erased is called: "page", or "sector" where sectors are
 * 16 KiB or larger; not translated
 */
const char *
fl_chip_get_unit_name (const FlChip *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return has_large_sectors (self) ? "sector" : "page";
}

/**
 * fl_chip_has_sectors:
 * @self: (nullable): a chip; %NULL: it is not known
 *
 * Returns: whether fl_chip_get_unit_name() is "sector"
 */
gboolean
fl_chip_has_sectors (const FlChip *self)
{
  return self != NULL && g_str_equal (fl_chip_get_unit_name (self), "sector");
}

/**
 * fl_chip_get_erase_ms:
 * @size: of the page or sector, bytes
 *
 * Returns: how long erasing it takes at worst, milliseconds; the time of a large sector goes by its size, with a part
 * that every one takes: F411's 16, 64 and 128 KiB need at most 0.8, 2.4 and 4 s, byte-wise
 */
guint
fl_chip_get_erase_ms (const FlChip *self, guint32 size)
{
  guint64 share_ms;

  g_return_val_if_fail (self != NULL, 0);

  if (!has_large_sectors (self))
    return self->erase_page_ms;
  share_ms = (guint64) self->erase_page_ms * size / SECTOR_OF_TIME;
  return (guint) MAX (share_ms, (share_ms * 4 + self->erase_page_ms) / 5);
}

/**
 * fl_chip_decode_flash_size:
 * @value: the 16 bits at flash_size_register
 *
 * Returns: the size in KiB; 0 when @value cannot be right
 */
guint
fl_chip_decode_flash_size (const FlChip *self, guint16 value)
{
  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->flash_size_codes->len; i++)
    {
      const FlChipSizeCode *code = &g_array_index (self->flash_size_codes, FlChipSizeCode, i);

      if (code->value == value)
        return code->flash_kib;
    }
  if (value == 0xFFFF)
    return 0;
  value &= self->flash_size_mask;
  return value <= self->flash_kib ? value : 0;
}

/**
 * fl_chip_find_option:
 * @name: of a field of the option bytes, in any case
 *
 * Returns: (transfer none) (nullable): the field; %NULL when this chip has none of this name
 */
const FlOptionField *
fl_chip_find_option (const FlChip *self, const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  for (guint i = 0; i < self->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (self->option_fields, i);

      if (g_ascii_strcasecmp (field->name, name) == 0)
        return field;
    }
  return NULL;
}

/**
 * fl_chip_find_option_role:
 *
 * Returns: (transfer none) (nullable): the first field of this role
 */
const FlOptionField *
fl_chip_find_option_role (const FlChip *self, FlOptionRole role)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (self->option_fields, i);

      if (field->kind->role == role)
        return field;
    }
  return NULL;
}

static int
compare_pids (gconstpointer a, gconstpointer b)
{
  const FlChip *one = *(const FlChip *const *) a;
  const FlChip *other = *(const FlChip *const *) b;

  return (int) one->pid - (int) other->pid;
}

/* The data are part of the program and tested with it: a fault there is a fault of the build. */
static gpointer
load_database (gpointer unused)
{
  GPtrArray *all = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;

  fl_core_register_resource ();
  names = g_resources_enumerate_children (RESOURCE_FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (names == NULL)
    g_error ("The chip database is missing: %s", error->message);

  for (char **name = names; *name != NULL; name++)
    {
      g_autofree char *path = g_strconcat (RESOURCE_FOLDER, *name, NULL);
      g_autoptr (GBytes) text = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
      g_autoptr (GPtrArray) chips = NULL;
      gsize length = 0;
      const char *data = text != NULL ? g_bytes_get_data (text, &length) : NULL;

      if (data != NULL)
        chips = fl_chip_db_parse (data, (gssize) length, *name, &error);
      if (chips == NULL)
        g_error ("The chip database is damaged: %s", error->message);
      g_ptr_array_set_free_func (chips, NULL); /* they live as long as the program */
      g_ptr_array_extend (all, chips, NULL, NULL);
    }
  g_ptr_array_sort (all, compare_pids);
  return all;
}

/**
 * fl_chip_db_all:
 *
 * Returns: (transfer none) (element-type FlChip): every chip that is known, by PID. Any thread.
 */
const GPtrArray *
fl_chip_db_all (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_database, NULL);
}

/**
 * fl_chip_db_find:
 * @pid: what Get ID answered
 *
 * Returns: (transfer none) (nullable): the chip; %NULL when it is unknown. Any thread.
 */
const FlChip *
fl_chip_db_find (guint16 pid)
{
  const GPtrArray *all = fl_chip_db_all ();

  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);

      if (chip->pid == pid)
        return chip;
    }
  return NULL;
}
