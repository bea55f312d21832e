/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the flash map divides a flash into lines; needs no display. */
#include "config.h"

#include "fl-chip.h"
#include "fl-map-rows.h"

static const struct
{
  const char *name;
  guint16 pid;
  guint flash_kib;
  double width;
  guint n_rows;
} cases[] = {
  { "/map-rows/f103-128-pages-wrapped", 0x410, 128, 480, 2 },
  { "/map-rows/f103-128-pages-one-line", 0x410, 128, 900, 1 },
  { "/map-rows/f407-uneven-sectors-one-line", 0x413, 1024, 480, 1 },
  { "/map-rows/f407-uneven-sectors-narrow", 0x413, 1024, 100, 1 },
  { "/map-rows/g0b1-two-banks", 0x467, 512, 900, 2 },
  { "/map-rows/h743-two-banks", 0x450, 2048, 480, 2 },
};

/* Every byte is drawn exactly once, at the place where it is looked up, to one scale. */
static void
check_rows (FlLayout *layout, double width)
{
  g_autoptr (FlMapRows) rows = fl_map_rows_new (layout, width);
  guint64 bytes = 0;
  guint next = 0;

  for (guint i = 0; i < rows->n_rows; i++)
    {
      const FlMapRow *row = &rows->rows[i];
      double edge = 0;

      g_assert_cmpuint (row->end - row->start, <=, rows->span);
      g_assert_cmpuint (row->first_sector, <=, next);
      g_assert_cmpint (row->begins_bank, ==, i == 0 || rows->rows[i - 1].bank != row->bank);
      bytes += row->end - row->start;
      for (guint j = row->first_sector; j < row->first_sector + row->n_sectors; j++)
        {
          const FlSector *sector = fl_layout_get_sector (layout, j);
          double x0, x1;

          fl_map_rows_place (rows, row, sector, &x0, &x1);
          g_assert_cmpfloat_with_epsilon (x0, edge, 1e-6);
          g_assert_cmpfloat (x1, >, x0);
          g_assert_cmpfloat (x1, <=, width + 1e-6);
          g_assert_true (fl_map_rows_find (rows, row, layout, (x0 + x1) / 2) == sector);
          g_assert_cmpuint (sector->bank, ==, row->bank);
          edge = x1;
        }
      next = row->first_sector + row->n_sectors;
      g_assert_null (fl_map_rows_find (rows, row, layout, -1));
      g_assert_null (fl_map_rows_find (rows, row, layout, edge + 1));
    }
  g_assert_cmpuint (bytes, ==, fl_layout_get_size (layout));
  g_assert_cmpuint (next, ==, fl_layout_get_n_sectors (layout));
}

static void
test_case (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const FlChip *chip = fl_chip_db_find (cases[row].pid);
  FlLayout *layout;
  g_autoptr (FlMapRows) rows = NULL;

  g_assert_nonnull (chip);
  layout = fl_chip_get_layout (chip, cases[row].flash_kib, NULL);
  rows = fl_map_rows_new (layout, cases[row].width);
  g_assert_cmpuint (rows->n_rows, ==, cases[row].n_rows);
  check_rows (layout, cases[row].width);
}

static void
test_all_chips (void)
{
  static const double widths[] = { 1, 60.5, 200, 480, 900, 2500 };
  const GPtrArray *chips = fl_chip_db_all ();

  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);

      for (guint j = 0; j < chip->layouts->len; j++)
        for (guint k = 0; k < G_N_ELEMENTS (widths); k++)
          check_rows (((FlChipLayout *) g_ptr_array_index (chip->layouts, j))->layout, widths[k]);
    }
}

/* A gap inside of a bank begins a new line. */
static void
test_gap (void)
{
  static const FlSector sectors[] = {
    { 0x08000000, 0x800, 0, 0, 1 },
    { 0x08000800, 0x800, 1, 1, 1 },
    { 0x08004000, 0x800, 2, 8, 1 },
  };
  g_autoptr (FlLayout) layout = fl_layout_new (sectors, G_N_ELEMENTS (sectors), NULL);
  g_autoptr (FlMapRows) rows = fl_map_rows_new (layout, 100);

  g_assert_cmpuint (rows->n_rows, ==, 2);
  g_assert_cmphex (rows->rows[1].start, ==, 0x08004000);
  g_assert_false (rows->rows[1].begins_bank);
  check_rows (layout, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].name, GUINT_TO_POINTER (i), test_case);
  g_test_add_func ("/map-rows/all-chips", test_all_chips);
  g_test_add_func ("/map-rows/gap", test_gap);
  return g_test_run ();
}
