/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-chip.h"
#include "fl-error.h"
#include "fuzz-main.h"

/* In each numbering a code names one sector, and means no bank. */
static void
check_codes (FlLayout *layout)
{
  guint n = fl_layout_get_n_sectors (layout);

  for (guint k = 0; k < fl_layout_get_n_numberings (layout); k++)
    {
      g_autoptr (GHashTable) codes = g_hash_table_new (NULL, NULL);

      for (guint i = 0; i < n; i++)
        {
          guint code = fl_layout_get_code (layout, i, k);

          g_assert_true (code < 0xFFF0 && g_hash_table_add (codes, GUINT_TO_POINTER (code)));
        }
    }
}

/* Any text as a chip file: refused with a reason, or chips whose layouts hold together. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chips = fl_chip_db_parse (size > 0 ? (const char *) data : "", (gssize) size, "x.ini", &error);

  if (chips == NULL)
    {
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      return 0;
    }
  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);

      g_assert_true (chip->name != NULL && chip->sources != NULL && chip->flash_kib > 0);
      for (guint j = 0; j < chip->layouts->len; j++)
        {
          const FlChipLayout *known = g_ptr_array_index (chip->layouts, j);

          g_assert_cmpuint (fl_layout_get_size (known->layout), ==, known->flash_kib * 1024);
          g_assert_nonnull (fl_chip_get_layout (chip, known->flash_kib, NULL));
          check_codes (known->layout);
        }
    }
  return 0;
}
