/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "fl-error.h"
#include "fl-layout.h"

/* Two banks of two sectors each, with a gap between the banks. */
static const FlSector gap_sectors[] = {
  { 0x08000000, 0x4000, 0, 0, 1 },
  { 0x08004000, 0x10000, 0, 1, 1 },
  { 0x08100000, 0x4000, 0, 12, 2 },
  { 0x08104000, 0x10000, 0, 13, 2 },
};

static FlLayout *
make_gap_layout (void)
{
  g_autoptr (GError) error = NULL;
  FlLayout *layout = fl_layout_new (gap_sectors, G_N_ELEMENTS (gap_sectors), &error);

  g_assert_no_error (error);
  return layout;
}

static void
test_getters (void)
{
  g_autoptr (FlLayout) layout = make_gap_layout ();
  g_autofree char *text = NULL;

  g_assert_cmpuint (fl_layout_get_n_sectors (layout), ==, 4);
  g_assert_cmpuint (fl_layout_get_n_banks (layout), ==, 2);
  g_assert_cmphex (fl_layout_get_start (layout), ==, 0x08000000);
  g_assert_cmphex (fl_layout_get_end (layout), ==, 0x08114000);
  g_assert_cmphex (fl_layout_get_size (layout), ==, 0x28000);
  g_assert_cmpuint (fl_layout_get_sector (layout, 3)->index, ==, 3);
  g_assert_cmpuint (fl_layout_get_sector (layout, 3)->code, ==, 13);
  text = fl_layout_to_string (layout);
  g_assert_cmpstr (text, ==, "1 × 16 KiB, 1 × 64 KiB, 1 × 16 KiB, 1 × 64 KiB in 2 banks");
}

static void
test_find (void)
{
  static const struct
  {
    guint32 address;
    int index; /* -1: not flash */
  } rows[] = {
    { 0x00000000, -1 }, { 0x07FFFFFF, -1 }, { 0x08000000, 0 },  { 0x08003FFF, 0 }, { 0x08004000, 1 },
    { 0x08013FFF, 1 },  { 0x08014000, -1 }, { 0x080FFFFF, -1 }, { 0x08100000, 2 }, { 0x08104000, 3 },
    { 0x08113FFF, 3 },  { 0x08114000, -1 }, { 0xFFFFFFFF, -1 },
  };
  g_autoptr (FlLayout) layout = make_gap_layout ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const FlSector *sector = fl_layout_find (layout, rows[i].address);

      g_assert_cmpint (sector != NULL ? sector->index : -1, ==, rows[i].index);
    }
}

static void
test_contains (void)
{
  static const struct
  {
    guint32 address;
    guint64 length;
    gboolean contained;
  } rows[] = {
    { 0x08000000, 1, TRUE },
    { 0x08000000, 0, TRUE },
    { 0x08000000, 0x14000, TRUE },
    { 0x08000000, 0x14001, FALSE },  /* into the gap */
    { 0x08000000, 0x114000, FALSE }, /* over the gap */
    { 0x08003FFF, 2, TRUE },
    { 0x07FFFFFF, 2, FALSE },
    { 0x08014000, 1, FALSE },
    { 0x08100000, 0x14000, TRUE },
    { 0x08100000, 0x14001, FALSE },
    { 0x08113FFF, 1, TRUE },
    { 0x08113FFF, G_MAXUINT64, FALSE },
    { 0xFFFFFFFF, 0xFFFFFFFF, FALSE },
  };
  g_autoptr (FlLayout) layout = make_gap_layout ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (fl_layout_contains (layout, rows[i].address, rows[i].length), ==, rows[i].contained);
}

/* What a code names, also where codes have gaps or are in no order. */
static void
test_find_code (void)
{
  static const guint16 schemes[][4] = {
    { 0, 1, 2, 3 }, { 0, 1, 12, 13 }, { 5, 6, 7, 8 }, { 3, 0, 9, 7 }, { 0, 2, 4, 5 }
  };

  for (gsize s = 0; s < G_N_ELEMENTS (schemes); s++)
    {
      FlSector sectors[4];
      g_autoptr (FlLayout) layout = NULL;

      memcpy (sectors, gap_sectors, sizeof sectors);
      for (guint i = 0; i < 4; i++)
        sectors[i].code = schemes[s][i];
      layout = fl_layout_new (sectors, 4, NULL);
      for (guint code = 0; code < 20; code++)
        {
          int expected = -1;

          for (int i = 0; i < 4; i++)
            if (schemes[s][i] == code)
              expected = i;
          g_assert_cmpint (fl_layout_find_code (layout, code, 0), ==, expected);
        }
    }
}

/* A layout that only starts and ends a little under the top of the address space. */
static void
test_top (void)
{
  static const FlSector sectors[] = { { 0xFFFFE000, 0x1000, 0, 0, 1 }, { 0xFFFFF000, 0xFFF, 0, 1, 1 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (FlLayout) layout = fl_layout_new (sectors, G_N_ELEMENTS (sectors), &error);

  g_assert_no_error (error);
  g_assert_true (fl_layout_contains (layout, 0xFFFFE000, 0x1FFF));
  g_assert_false (fl_layout_contains (layout, 0xFFFFE000, 0x2000));
  g_assert_null (fl_layout_find (layout, 0xFFFFFFFF));
}

typedef struct
{
  const char *name;
  guint n_sectors;
  FlSector sectors[2];
} BadRow;

static const BadRow bad_rows[] = {
  { "none", 0, { { 0 } } },
  { "empty", 1, { { 0x08000000, 0, 0, 0, 1 } } },
  { "overlap", 2, { { 0x08000000, 0x800, 0, 0, 1 }, { 0x080007FF, 0x800, 0, 1, 1 } } },
  { "backwards", 2, { { 0x08000800, 0x800, 0, 0, 1 }, { 0x08000000, 0x800, 0, 1, 1 } } },
  { "over-the-top", 1, { { 0xFFFFF800, 0x1000, 0, 0, 1 } } },
  { "same-code", 2, { { 0x08000000, 0x800, 0, 7, 1 }, { 0x08000800, 0x800, 0, 7, 1 } } },
  { "bank-0", 1, { { 0x08000000, 0x800, 0, 0, 0 } } },
  { "bank-3", 2, { { 0x08000000, 0x800, 0, 0, 1 }, { 0x08000800, 0x800, 0, 1, 3 } } },
  { "bank-2-first", 1, { { 0x08000000, 0x800, 0, 0, 2 } } },
  { "bank-back", 2, { { 0x08000000, 0x800, 0, 0, 2 }, { 0x08000800, 0x800, 0, 1, 1 } } },
};

static void
test_bad (gconstpointer data)
{
  const BadRow *row = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_layout_new (row->sectors, row->n_sectors, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layout/getters", test_getters);
  g_test_add_func ("/layout/find", test_find);
  g_test_add_func ("/layout/find-code", test_find_code);
  g_test_add_func ("/layout/contains", test_contains);
  g_test_add_func ("/layout/top", test_top);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/layout/bad/%s", bad_rows[i].name);

      g_test_add_data_func (path, &bad_rows[i], test_bad);
    }
  return g_test_run ();
}
