/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which erase codes are safe where documents number bank 2 differently. */

#include "fl-chip.h"
#include "fl-erase-doubt.h"
#include "fl-error.h"
#include "fl-page-codes.h"

#define PAGE        0x800
#define MAX_SECTORS 16

/* Bank 1 has 4 pages, bank 2 has @n_bank_2 that follow. "wanted" is a letter a page. */
typedef struct
{
  const char *path;
  guint16 codes[3]; /* first ones of bank 2; 0 ends */
  const char *wanted;
  const char *numberings; /* for each page: the likeliest numbering that is safe, "-" for none, "." not wanted */
  gboolean doubt;         /* no numbering is safe for all of them */
} Row;

static const Row rows[] = {
  { "certain", { 4 }, "w..w.w..", "0..0.0..", FALSE },
  { "nothing", { 4, 6 }, "........", "........", FALSE },
  { "bank-1-only", { 4, 6 }, "ww.w....", "00.0....", FALSE },
  /* Two numberings that have no code of bank 2 in common: every code is safe. */
  { "apart", { 4, 8 }, "....w..w", "....0..0", FALSE },
  { "three-apart", { 4, 8, 12 }, "w...ww.w", "0...00.0", FALSE },
  /* 4 5 6 7 and 6 7 8 9: 4 and 5 name pages 0 and 1 of bank 2 or nothing, 6 and 7 pages 2 and 3, or 0 and 1. */
  { "crossing-first", { 4, 6 }, "....w...", "....0...", FALSE },
  { "crossing-second", { 4, 6 }, ".....w..", ".....0..", FALSE },
  { "crossing-third", { 4, 6 }, "......w.", "......1.", FALSE },
  { "crossing-last", { 4, 6 }, ".......w", ".......1", FALSE },
  { "crossing-pair", { 4, 6 }, "....w.w.", "....0.0.", FALSE },
  { "crossing-all", { 4, 6 }, "....wwww", "....0000", FALSE },
  { "other-first", { 6, 4 }, "....w...", "....1...", FALSE },
  { "other-first-third", { 6, 4 }, "......w.", "......0.", FALSE },
  /* 4 5 6 7 and 5 6 7 8: in the middle, each code also names a neighbour. */
  { "by-one-first", { 4, 5 }, "....w...", "....0...", FALSE },
  { "by-one-middle", { 4, 5 }, ".....w..", ".....-..", TRUE },
  { "by-one-middle-two", { 4, 5 }, ".....ww.", ".....10.", TRUE },
  { "by-one-begin", { 4, 5 }, "....www.", "....000.", FALSE },
  { "by-one-end", { 4, 5 }, ".....www", ".....100", FALSE },
  { "by-one-hole", { 4, 5 }, "....w.w.", "....0.-.", TRUE },
  { "by-one-all", { 4, 5 }, "wwwwwwww", "00000000", FALSE },
  /* A third numbering can save a page, and can make its code dangerous. */
  { "saved-by-third", { 4, 5, 12 }, ".....w..", ".....2..", FALSE },
  { "lost-by-third", { 4, 8, 5 }, ".....w..", ".....1..", FALSE },
  { "lost-by-all", { 4, 5, 6 }, "......w.", "......-.", TRUE },
};

static FlLayout *
make_layout (const Row *row, GError **error)
{
  FlSector sectors[MAX_SECTORS] = { { 0 } };
  guint n = (guint) strlen (row->wanted);
  guint n_others = 0;

  for (guint i = 0; i < n; i++)
    {
      sectors[i].address = 0x08000000 + i * PAGE;
      sectors[i].size = PAGE;
      sectors[i].bank = i < 4 ? 1 : 2;
      sectors[i].code = (guint16) (i < 4 ? i : row->codes[0] + i - 4);
    }
  while (n_others + 1 < G_N_ELEMENTS (row->codes) && row->codes[n_others + 1] != 0)
    n_others++;
  return fl_layout_new_numbered (sectors, n, row->codes + 1, n_others, error);
}

static int
find_safe (FlLayout *layout, guint index, const guint8 *wanted)
{
  guint16 code;

  for (guint i = 0; i < fl_layout_get_n_numberings (layout); i++)
    if (fl_page_codes_get_safe (layout, index, i, wanted, &code))
      return (int) i;
  return -1;
}

static void
test_table (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlLayout) layout = make_layout (row, &error);
  g_autoptr (FlDevice) device = fl_device_new (0xEEE);
  guint8 wanted[MAX_SECTORS] = { 0 };
  guint n = (guint) strlen (row->wanted);

  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    wanted[i] = row->wanted[i] == 'w';
  for (guint i = 0; i < n; i++)
    if (wanted[i])
      g_assert_cmpint (find_safe (layout, i, wanted), ==, row->numberings[i] == '-' ? -1 : row->numberings[i] - '0');
  device->layout = fl_layout_ref (layout);
  g_assert_cmpint (fl_erase_doubt_exists (device, wanted), ==, row->doubt);
  g_assert_true (!row->doubt || fl_erase_doubt_may_arise (device, wanted));

  /* The user's agreement makes it safe, and touches bank 1 nowhere. */
  fl_erase_doubt_add_bank (layout, wanted);
  g_assert_false (fl_erase_doubt_exists (device, wanted) || fl_erase_doubt_may_arise (device, wanted));
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (wanted[i], ==, i >= 4 || row->wanted[i] == 'w');
}

/* Once it is known which numbering counts, the codes of the others help nobody. */
static void
test_known (void)
{
  static const Row row = { NULL, { 4, 6 }, "........", NULL, FALSE };
  g_autoptr (FlDevice) device = fl_device_new (0xEEE);
  guint8 wanted[8] = { 0, 0, 0, 0, 1, 0, 0, 0 };

  device->layout = make_layout (&row, NULL);
  g_assert_cmpint (fl_device_get_numbering (device), ==, -1);
  g_assert_false (fl_erase_doubt_exists (device, wanted));
  g_assert_true (fl_erase_doubt_may_arise (device, wanted)); /* 6 also names the third page */
  fl_device_set_numbering (device, 0);
  g_assert_false (fl_erase_doubt_exists (device, wanted) || fl_erase_doubt_may_arise (device, wanted));
  fl_device_set_numbering (device, 1);
  g_assert_true (fl_erase_doubt_exists (device, wanted) && fl_erase_doubt_may_arise (device, wanted));
  wanted[6] = 1;
  g_assert_true (fl_erase_doubt_exists (device, wanted) == FALSE);
}

/* Said in another way: a code is safe when no numbering has a page of that code that is not wanted. */
static void
test_every_code (void)
{
  static const Row row = { NULL, { 4, 6, 9 }, "........", NULL, FALSE };
  g_autoptr (FlLayout) layout = make_layout (&row, NULL);

  for (guint set = 0; set < 256; set++)
    {
      guint8 wanted[8];

      for (guint i = 0; i < 8; i++)
        wanted[i] = set >> i & 1;
      for (guint code = 0; code < 20; code++)
        {
          gboolean safe = code >= 4 || wanted[code];

          for (guint k = 0; k < 3; k++)
            if (code >= row.codes[k] && code < row.codes[k] + 4u)
              safe = safe && wanted[4 + code - row.codes[k]];
          g_assert_cmpint (fl_page_codes_is_safe (layout, code, wanted), ==, safe);
        }
    }
}

static void
test_numbering (void)
{
  static const Row row = { NULL, { 4, 12 }, "........", NULL, FALSE };
  g_autoptr (FlLayout) layout = make_layout (&row, NULL);
  g_autoptr (FlLayout) short_one = fl_layout_cut (layout, 6);
  g_autoptr (FlLayout) one_bank = fl_layout_cut (layout, 3);
  guint8 wanted[8] = { 0, 0, 0, 0, 0, 1, 0, 0 };
  guint16 code;

  g_assert_cmpuint (fl_layout_get_n_numberings (layout), ==, 2);
  g_assert_cmpuint (fl_layout_get_bank_2 (layout), ==, 4);
  g_assert_cmpuint (fl_layout_get_code (layout, 3, 1), ==, 3);
  g_assert_cmpuint (fl_layout_get_code (layout, 5, 0), ==, 5);
  g_assert_cmpuint (fl_layout_get_code (layout, 5, 1), ==, 13);
  g_assert_cmpint (fl_layout_find_code (layout, 13, 1), ==, 5);
  g_assert_cmpint (fl_layout_find_code (layout, 13, 0), ==, -1);
  g_assert_cmpint (fl_layout_find_code (layout, 4, 1), ==, -1);
  g_assert_true (fl_page_codes_get_safe (layout, 5, 1, wanted, &code));
  g_assert_cmpuint (code, ==, 13);
  g_assert_cmpuint (fl_layout_get_n_numberings (short_one), ==, 2);
  g_assert_cmpuint (fl_layout_get_code (short_one, 5, 1), ==, 13);
  g_assert_cmpuint (fl_layout_get_n_numberings (one_bank), ==, 1);
  g_assert_cmpuint (fl_layout_get_bank_2 (one_bank), ==, 3);
}

/* First codes that cannot be: a page of bank 1 would have the same code, one is there twice, there is no bank 2. */
static const Row bad_rows[] = {
  { "bank-1", { 4, 3 }, "........", NULL, FALSE }, { "bank-1-too", { 4, 8, 1 }, "........", NULL, FALSE },
  { "twice", { 4, 4 }, "........", NULL, FALSE },  { "third-twice", { 4, 8, 8 }, "........", NULL, FALSE },
  { "no-bank-2", { 4, 8 }, "....", NULL, FALSE },  { "over-16-bits", { 4, 0xFFFE }, "........", NULL, FALSE },
};

static void
test_bad (gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (make_layout (data, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
}

static void
test_text (void)
{
  g_autoptr (FlDevice) device = fl_device_new (0x47A);
  g_autofree guint8 *wanted = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  fl_device_set_geometry (device, 3072, FALSE);
  g_assert_nonnull (device->layout);
  wanted = g_malloc0 (fl_layout_get_n_sectors (device->layout));
  wanted[192] = wanted[300] = wanted[301] = wanted[303] = TRUE;
  text = fl_erase_doubt_dup_text (device, wanted);
  g_assert_nonnull (strstr (text, "STM32H5E4"));
  g_assert_nonnull (strstr (text, "from 192 or from 256"));
  g_assert_nonnull (strstr (text, "for pages 300–301, 303,"));
  g_assert_nonnull (strstr (text, "0x08180000–0x082FFFFF"));
  g_assert_nonnull (strstr (text, "1.5\302\240MiB"));
  fl_erase_doubt_set_error (text, &error);
  g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);
  g_assert_nonnull (strstr (error->message, "It was not erased"));
}

/* A page of bank 2 may be left over to be erased alone: on no chip on which blank ones are spared does that need more
 * of the bank, whichever numbering its bootloader takes. */
static void
test_alone (void)
{
  const GPtrArray *chips = fl_chip_db_all ();
  guint n = 0;

  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);

      for (guint k = 0; chip->overwrite != FL_OVERWRITE_HARMS && k < chip->layouts->len; k++)
        {
          FlLayout *layout = ((const FlChipLayout *) g_ptr_array_index (chip->layouts, k))->layout;
          g_autoptr (FlDevice) device = fl_device_new (chip->pid);
          guint n_sectors = fl_layout_get_n_sectors (layout);
          g_autofree guint8 *alone = g_malloc0 (n_sectors);

          device->layout = fl_layout_ref (layout);
          for (guint s = fl_layout_get_bank_2 (layout); s < n_sectors; s++)
            {
              alone[s] = TRUE;
              g_assert_false (fl_erase_doubt_may_arise (device, alone));
              alone[s] = FALSE;
              n++;
            }
        }
    }
  g_assert_cmpuint (n, >, 500);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/page-codes/table/", rows[i].path, NULL);

      g_test_add_data_func (path, &rows[i], test_table);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/page-codes/bad/", bad_rows[i].path, NULL);

      g_test_add_data_func (path, &bad_rows[i], test_bad);
    }
  g_test_add_func ("/page-codes/known", test_known);
  g_test_add_func ("/page-codes/every-code", test_every_code);
  g_test_add_func ("/page-codes/numbering", test_numbering);
  g_test_add_func ("/page-codes/alone", test_alone);
  g_test_add_func ("/page-codes/text", test_text);
  return g_test_run ();
}
