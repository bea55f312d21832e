/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-plan.h"

/* What a piece of an image is filled with. */
typedef enum
{
  DATA,  /* 1, 2, 3 … 255, 1 … */
  BLANK, /* what erased flash of this chip reads */
} Fill;

typedef struct
{
  guint32 address;
  guint32 length; /* 0: no more pieces */
  Fill fill;
} Piece;

typedef struct
{
  const char *name;
  guint16 pid;
  guint flash_kib;
  FlEraseMode erase;
  gboolean keep_blank;
  Piece pieces[4];

  int error; /* -1: none; otherwise the rest does not matter */
  guint n_erased;
  guint n_blocks;
  guint write_bytes;
  guint n_shared;
  guint shared_bytes;
  gboolean erases_all;
} PlanRow;

static const PlanRow plan_rows[] = {
  /* pages of 1 KiB, unit 4 */
  { "one-page", 0x410, 128, FL_ERASE_NEEDED, FALSE, { { 0x08000000, 1024 } }, -1, 1, 4, 1024, 0, 0, FALSE },
  { "one-byte", 0x410, 128, FL_ERASE_NEEDED, FALSE, { { 0x08000005, 1 } }, -1, 1, 1, 4, 2, 1023, FALSE },
  { "last-byte", 0x410, 128, FL_ERASE_NEEDED, FALSE, { { 0x0801FFFF, 1 } }, -1, 1, 1, 4, 1, 1023, FALSE },
  { "page-and-a-byte", 0x410, 128, FL_ERASE_NEEDED, FALSE, { { 0x08000000, 1025 } }, -1, 2, 5, 1028, 1, 1023, FALSE },
  { "over-an-edge", 0x410, 128, FL_ERASE_NEEDED, FALSE, { { 0x080003FE, 4 } }, -1, 2, 2, 8, 2, 2044, FALSE },
  { "whole-chip", 0x410, 64, FL_ERASE_NEEDED, FALSE, { { 0x08000000, 65536 } }, -1, 64, 256, 65536, 0, 0, TRUE },
  { "two-far",
    0x410,
    128,
    FL_ERASE_NEEDED,
    FALSE,
    { { 0x08000000, 4 }, { 0x0801FFFC, 4 } },
    -1,
    2,
    2,
    8,
    2,
    2040,
    FALSE },
  { "erase-all", 0x410, 128, FL_ERASE_ALL, FALSE, { { 0x08000000, 1024 } }, -1, 128, 4, 1024, 1, 130048, TRUE },
  { "erase-none", 0x410, 128, FL_ERASE_NONE, FALSE, { { 0x08000005, 1 } }, -1, 0, 1, 4, 0, 0, FALSE },

  /* program units of 8 bytes */
  { "unit-both-ends", 0x467, 512, FL_ERASE_NEEDED, FALSE, { { 0x08000007, 2 } }, -1, 1, 1, 16, 2, 2046, FALSE },
  { "unit-shared",
    0x467,
    512,
    FL_ERASE_NEEDED,
    FALSE,
    { { 0x08000001, 2 }, { 0x08000005, 2 } },
    -1,
    1,
    1,
    8,
    3,
    2044,
    FALSE },
  { "units-apart",
    0x467,
    512,
    FL_ERASE_NEEDED,
    FALSE,
    { { 0x08000000, 8 }, { 0x08000010, 8 } },
    -1,
    1,
    2,
    16,
    2,
    2032,
    FALSE },
  { "unaligned-window", 0x467, 512, FL_ERASE_NEEDED, FALSE, { { 0x080000F8, 256 } }, -1, 1, 2, 256, 2, 1792, FALSE },
  { "both-banks", 0x467, 256, FL_ERASE_NEEDED, FALSE, { { 0x0801FFF8, 16 } }, -1, 2, 2, 16, 2, 4080, FALSE },
  { "unit-32", 0x450, 2048, FL_ERASE_NEEDED, FALSE, { { 0x0801FFFF, 2 } }, -1, 2, 2, 64, 2, 262142, FALSE },

  /* what is blank already */
  { "blank", 0x460, 128, FL_ERASE_NEEDED, FALSE, { { 0x08000000, 2048, BLANK } }, -1, 1, 0, 0, 0, 0, FALSE },
  { "blank-kept", 0x460, 128, FL_ERASE_NEEDED, TRUE, { { 0x08000000, 2048, BLANK } }, -1, 1, 8, 2048, 0, 0, FALSE },
  { "blank-none", 0x460, 128, FL_ERASE_NONE, FALSE, { { 0x08000000, 2048, BLANK } }, -1, 0, 0, 0, 0, 0, FALSE },
  { "blank-middle",
    0x460,
    128,
    FL_ERASE_NEEDED,
    FALSE,
    { { 0x08000000, 256 }, { 0x08000100, 512, BLANK }, { 0x08000300, 1280 } },
    -1,
    1,
    6,
    1536,
    0,
    0,
    FALSE },
  { "blank-tail",
    0x460,
    128,
    FL_ERASE_NEEDED,
    FALSE,
    { { 0x08000000, 16 }, { 0x08000010, 240, BLANK } },
    -1,
    1,
    1,
    16,
    1,
    1792,
    FALSE },
  { "blank-l0",
    0x417,
    64,
    FL_ERASE_NEEDED,
    FALSE,
    { { 0x08000000, 128, BLANK }, { 0x08000080, 128 } },
    -1,
    2,
    1,
    128,
    0,
    0,
    FALSE },

  /* pages smaller than a block, and large sectors */
  { "small-pages", 0x417, 64, FL_ERASE_NEEDED, FALSE, { { 0x08000000, 256 } }, -1, 2, 2, 256, 0, 0, FALSE },
  { "sectors", 0x413, 1024, FL_ERASE_NEEDED, FALSE, { { 0x0800C000, 0x14000 } }, -1, 2, 320, 0x14000, 0, 0, FALSE },
  { "bank-gap",
    0x469,
    256,
    FL_ERASE_NEEDED,
    FALSE,
    { { 0x0801FFF8, 8 }, { 0x08040000, 8 } },
    -1,
    2,
    2,
    16,
    2,
    4080,
    FALSE },

  /* outside */
  { "behind", 0x410, 64, FL_ERASE_NEEDED, FALSE, { { 0x0800FFFF, 2 } }, FL_ERROR_RANGE },
  { "before", 0x410, 64, FL_ERASE_NEEDED, FALSE, { { 0x07FFFFFF, 2 } }, FL_ERROR_RANGE },
  { "in-the-gap", 0x469, 256, FL_ERASE_NEEDED, FALSE, { { 0x0801FFF8, 16 } }, FL_ERROR_RANGE },
  { "over-the-gap", 0x469, 256, FL_ERASE_NEEDED, FALSE, { { 0x0801FFF8, 0x20010 } }, FL_ERROR_RANGE },
  { "option-bytes", 0x410, 64, FL_ERASE_NEEDED, FALSE, { { 0x08000000, 4 }, { 0x1FFFF800, 16 } }, FL_ERROR_RANGE },
  { "top", 0x410, 64, FL_ERASE_NEEDED, FALSE, { { 0xFFFFFFFF, 1 } }, FL_ERROR_RANGE },
  { "unknown-chip", 0x0FF, 64, FL_ERASE_NEEDED, FALSE, { { 0x08000000, 4 } }, FL_ERROR_UNKNOWN_DEVICE },
  { "unknown-layout", 0x450, 64, FL_ERASE_NEEDED, FALSE, { { 0x08000000, 4 } }, FL_ERROR_UNKNOWN_DEVICE },
};

static FlDevice *
make_device (guint16 pid, guint flash_kib)
{
  FlDevice *device = fl_device_new (pid);

  fl_device_set_geometry (device, flash_kib, FALSE);
  return device;
}

static FlImage *
make_image (FlDevice *device, const Piece *pieces, gsize n_pieces)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < n_pieces && pieces[i].length > 0; i++)
    {
      g_autofree guint8 *data = g_malloc (pieces[i].length);

      for (guint32 j = 0; j < pieces[i].length; j++)
        data[j] = (guint8) (j % 255 + 1);
      if (pieces[i].fill == BLANK)
        memset (data, device->chip->erased_value, pieces[i].length);
      fl_image_add (image, pieces[i].address, data, pieces[i].length, &error);
      g_assert_no_error (error);
    }
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

static guint
sum_shared (FlPlan *plan)
{
  guint n_bytes = 0;

  for (guint i = 0; i < fl_plan_get_shared (plan)->len; i++)
    n_bytes += ((const FlPlanRange *) g_ptr_array_index (fl_plan_get_shared (plan), i))->length;
  return n_bytes;
}

static void
test_plan (gconstpointer data)
{
  const PlanRow *row = data;
  g_autoptr (FlDevice) device = make_device (row->pid, row->flash_kib);
  g_autoptr (FlImage) image = make_image (device, row->pieces, G_N_ELEMENTS (row->pieces));
  FlPlanOptions options = { .erase = row->erase, .keep_blank = row->keep_blank, .verify = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (FlPlan) plan = fl_plan_new (device, image, &options, &error);

  if (row->error >= 0)
    {
      g_assert_null (plan);
      g_assert_error (error, FL_ERROR, row->error);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (fl_plan_get_n_erased (plan), ==, row->n_erased);
  g_assert_cmpuint (fl_plan_get_blocks (plan)->len, ==, row->n_blocks);
  g_assert_cmpuint (fl_plan_get_write_bytes (plan), ==, row->write_bytes);
  g_assert_cmpuint (fl_plan_get_verify_bytes (plan), ==, fl_image_get_size (image));
  g_assert_cmpuint (fl_plan_get_shared (plan)->len, ==, row->n_shared);
  g_assert_cmpuint (sum_shared (plan), ==, row->shared_bytes);
  g_assert_cmpint (fl_plan_erases_all (plan), ==, row->erases_all);
  g_assert_true (fl_plan_get_device (plan) == device);
  g_assert_true (fl_plan_get_image (plan) == image);
  g_assert_cmpint (fl_plan_get_options (plan)->erase, ==, row->erase);
}

/* The user is told exactly what lies outside. */
static void
test_range_message (void)
{
  static const Piece pieces[] = { { 0x0800FFF0, 32, DATA }, { 0x1FFFF800, 16, DATA } };
  g_autoptr (FlDevice) device = make_device (0x410, 64);
  g_autoptr (FlImage) image = make_image (device, pieces, G_N_ELEMENTS (pieces));
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_plan_new (device, image, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
  g_assert_nonnull (strstr (error->message, "0x08010000–0x0801000F, 0x1FFFF800–0x1FFFF80F"));
}

static void
test_actions (void)
{
  static const Piece pieces[] = { { 0x08000800, 2048, BLANK }, { 0x08001000, 2048, DATA } };
  g_autoptr (FlDevice) device = make_device (0x460, 128);
  g_autoptr (FlImage) image = make_image (device, pieces, G_N_ELEMENTS (pieces));
  g_autoptr (FlPlan) plan = fl_plan_new (device, image, NULL, NULL);

  g_assert_cmpint (fl_plan_get_action (plan, 0), ==, FL_PLAN_KEEP);
  g_assert_cmpint (fl_plan_get_action (plan, 1), ==, FL_PLAN_ERASE);
  g_assert_cmpint (fl_plan_get_action (plan, 2), ==, FL_PLAN_WRITE);
  g_assert_cmpint (fl_plan_get_action (plan, 3), ==, FL_PLAN_KEEP);
}

/* Where the codes of bank 2 are in doubt, a plan that erases all of it waits for an agreement; everywhere else, the
 * agreement changes nothing. */
static void
test_whole_bank (void)
{
  static const struct
  {
    guint flash_kib; /* of an L151xE: 512 is certain, 384 begins bank 2 with code 768 or 1024, at 0x08030000 */
    guint32 address;
    gboolean preserve;
    gboolean doubt;
  } rows[] = {
    { 384, 0x08000000, FALSE, FALSE }, { 384, 0x08048000, FALSE, TRUE }, { 384, 0x08030000, FALSE, FALSE },
    { 384, 0x08030000, TRUE, TRUE }, /* found out on the chip it would be too late for what is to be preserved */
    { 512, 0x08048000, TRUE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Piece pieces[] = { { rows[i].address, 1000, DATA } };
      g_autoptr (FlDevice) device = make_device (0x437, rows[i].flash_kib);
      g_autoptr (FlImage) image = make_image (device, pieces, G_N_ELEMENTS (pieces));
      FlPlanOptions options = { .preserve = rows[i].preserve, .verify = TRUE };
      g_autoptr (FlPlan) plan = fl_plan_new (device, image, &options, NULL);
      g_autoptr (FlPlan) agreed = NULL;
      g_autofree char *text = fl_plan_to_text (plan);
      g_autofree char *agreed_text = NULL;

      options.whole_bank = TRUE;
      agreed = fl_plan_new (device, image, &options, NULL);
      agreed_text = fl_plan_to_text (agreed);
      g_assert_cmpint (fl_plan_needs_whole_bank (plan), ==, rows[i].doubt);
      g_assert_cmpint (fl_plan_get_doubt (plan) != NULL, ==, rows[i].doubt);
      g_assert_false (fl_plan_needs_whole_bank (agreed));
      g_assert_cmpstr (fl_plan_get_doubt (agreed), ==, fl_plan_get_doubt (plan));
      g_assert_cmpuint (fl_plan_get_n_erased (plan), ==, 4);
      g_assert_cmpuint (fl_plan_get_n_erased (agreed), ==, rows[i].doubt ? 768 : 4);
      g_assert_cmpuint (sum_shared (agreed), ==, (rows[i].doubt ? 768 : 4) * 256 - 1000);
      g_assert_cmpint (strstr (text, "needs your agreement") != NULL, ==, rows[i].doubt);
      g_assert_cmpint (strstr (agreed_text, "as agreed") != NULL, ==, rows[i].doubt);
    }
}

static void
test_padding (void)
{
  static const struct
  {
    guint16 pid;
    guint8 erased;
  } rows[] = { { 0x467, 0xFF }, { 0x417, 0x00 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      static const Piece pieces[] = { { 0x08000009, 3, DATA }, { 0x0800000D, 2, DATA } };
      const guint8 expected[8] = { rows[i].erased, 1, 2, 3, rows[i].erased, 1, 2, rows[i].erased };
      g_autoptr (FlDevice) device = make_device (rows[i].pid, 64);
      g_autoptr (FlImage) image = make_image (device, pieces, G_N_ELEMENTS (pieces));
      g_autoptr (FlPlan) plan = fl_plan_new (device, image, NULL, NULL);
      const FlPlanBlock *block;

      g_assert_cmpuint (fl_plan_get_blocks (plan)->len, ==, 1);
      block = &g_array_index (fl_plan_get_blocks (plan), FlPlanBlock, 0);
      g_assert_cmphex (block->address, ==, 0x08000008);
      g_assert_cmpmem (block->data, block->length, expected, sizeof expected);
    }
}

static void
test_preserve (void)
{
  static const Piece pieces[] = { { 0x08000009, 3, DATA } };
  static const guint8 before[9] = { 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8 };
  static const guint8 after[4] = { 0xB0, 0xB1, 0xB2, 0xB3 };
  static const guint8 expected[16] = { 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
                                       0xA8, 1,    2,    3,    0xB0, 0xB1, 0xB2, 0xB3 };
  const FlPlanOptions options = { .preserve = TRUE, .verify = TRUE };
  g_autoptr (FlDevice) device = make_device (0x467, 512);
  g_autoptr (FlImage) image = make_image (device, pieces, G_N_ELEMENTS (pieces));
  g_autoptr (FlPlan) plan = fl_plan_new (device, image, &options, NULL);
  g_autofree guint8 *blank = g_malloc (2048 - 16);
  g_autoptr (GError) error = NULL;
  const FlPlanBlock *block;

  g_assert_cmpuint (fl_plan_get_shared (plan)->len, ==, 2);
  g_assert_true (fl_plan_set_preserved (plan, 0x08000000, before, sizeof before, &error));
  g_assert_true (fl_plan_set_preserved (plan, 0x0800000C, after, sizeof after, &error));
  memset (blank, 0xFF, 2048 - 16);
  g_assert_true (fl_plan_set_preserved (plan, 0x08000010, blank, 2048 - 16, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fl_plan_get_verify_bytes (plan), ==, 2048);

  g_assert_cmpuint (fl_plan_get_blocks (plan)->len, ==, 1);
  block = &g_array_index (fl_plan_get_blocks (plan), FlPlanBlock, 0);
  g_assert_cmphex (block->address, ==, 0x08000000);
  g_assert_cmpmem (block->data, block->length, expected, sizeof expected);

  /* twice the same does not count twice; what is the image's, or not erased, or not asked for, is refused */
  g_assert_true (fl_plan_set_preserved (plan, 0x08000000, before, sizeof before, &error));
  g_assert_cmpuint (fl_plan_get_verify_bytes (plan), ==, 2048);
  g_assert_false (fl_plan_set_preserved (plan, 0x08000008, before, 2, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (fl_plan_set_preserved (plan, 0x080007FF, before, 2, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (fl_plan_set_preserved (plan, 0x08001000, before, 1, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
  g_clear_error (&error);
  g_clear_object (&plan);
  plan = fl_plan_new (device, image, NULL, NULL);
  g_assert_false (fl_plan_set_preserved (plan, 0x08000000, before, 1, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
}

/* A chip that the database does not know, with a declared layout: the largest program unit is kept to. */
static void
test_declared (void)
{
  static const FlSector sectors[] = { { 0x08000000, 1024, 0, 0, 1 }, { 0x08000400, 1024, 0, 1, 1 } };
  static const guint8 byte = 0x55;
  g_autoptr (FlDevice) device = fl_device_new (0x0FF);
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (FlPlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  device->layout = fl_layout_new (sectors, G_N_ELEMENTS (sectors), &error);
  fl_image_add (image, 0x08000021, &byte, 1, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  plan = fl_plan_new (device, image, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_plan_get_blocks (plan)->len, ==, 1);
  g_assert_cmphex (g_array_index (fl_plan_get_blocks (plan), FlPlanBlock, 0).address, ==, 0x08000020);
  g_assert_cmpuint (g_array_index (fl_plan_get_blocks (plan), FlPlanBlock, 0).length, ==, 32);
}

/* What limits a job, and how long it takes: 1 KiB to an F103 is 4 writes and 4 reads of 268 bytes, and one erase. */
static void
test_seconds (void)
{
  static const Piece pieces[] = { { 0x08000000, 1024, DATA } };
  const double wire = (8 * 268 + 9) * 11 / 115200.0;
  const double chip = 0.040 / 2 + 4 * 0.010 / 2;
  const double waits = 4 * 3 + 4 * 3 + 2;
  g_autoptr (FlDevice) device = make_device (0x410, 128);
  g_autoptr (FlImage) image = make_image (device, pieces, G_N_ELEMENTS (pieces));
  g_autoptr (FlPlan) plan = fl_plan_new (device, image, NULL, NULL);
  const char *limit = "";

  g_assert_cmpfloat (fl_plan_get_seconds (plan, &limit), ==, 0);
  g_assert_null (limit);
  fl_plan_set_link (plan, 115200, 11, 0, 3, 3);
  g_assert_cmpfloat_with_epsilon (fl_plan_get_seconds (plan, &limit), wire + chip, 1e-9);
  g_assert_cmpstr (limit, ==, "the wire");
  fl_plan_set_link (plan, 115200, 11, 16, 3, 3);
  g_assert_cmpfloat_with_epsilon (fl_plan_get_seconds (plan, &limit), wire + chip + waits * 0.016, 1e-9);
  fl_plan_set_link (plan, 115200, 11, 16, 1, 2); /* where the bootloader keeps up */
  g_assert_cmpfloat_with_epsilon (fl_plan_get_seconds (plan, &limit), wire + chip + (waits - 4 * 3) * 0.016, 1e-9);
  fl_plan_set_link (plan, 115200, 11, 16, 3, 3);
  g_assert_cmpstr (limit, ==, "the adapter's latency");
  fl_plan_set_link (plan, 100000000, 11, 0, 1, 2);
  fl_plan_get_seconds (plan, &limit);
  g_assert_cmpstr (limit, ==, "erasing");
}

/* --dry-run: the loss comes first, and everything that is to happen is there. */
static void
test_text (void)
{
  static const Piece pieces[] = { { 0x08000800, 100, DATA }, { 0x08001000, 2048, DATA } };
  static const char *const parts[] = {
    "0x08000864–0x08000FFF",
    "0x08000000–0x080007FF",
    "1 page: kept",
    "0x08000800–0x080017FF",
    "2 pages: erased and written",
    "0x08001800–0x0801FFFF",
    "61 pages: kept",
    "9 blocks",
    "2.1 KiB",
  };
  g_autoptr (FlDevice) device = make_device (0x460, 128);
  g_autoptr (FlImage) image = make_image (device, pieces, G_N_ELEMENTS (pieces));
  g_autoptr (FlPlan) plan = fl_plan_new (device, image, NULL, NULL);
  g_autofree char *text = fl_plan_to_text (plan);
  const char *at = text;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      at = strstr (text, parts[i]);
      if (at == NULL)
        g_error ("“%s” is not in:\n%s", parts[i], text);
    }
  g_assert_true (strstr (text, parts[0]) < strstr (text, parts[1]));
  g_assert_true (g_str_has_suffix (text, "\n"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (plan_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/plan/table/%s", plan_rows[i].name);

      g_test_add_data_func (path, &plan_rows[i], test_plan);
    }
  g_test_add_func ("/plan/range-message", test_range_message);
  g_test_add_func ("/plan/actions", test_actions);
  g_test_add_func ("/plan/whole-bank", test_whole_bank);
  g_test_add_func ("/plan/padding", test_padding);
  g_test_add_func ("/plan/preserve", test_preserve);
  g_test_add_func ("/plan/declared", test_declared);
  g_test_add_func ("/plan/seconds", test_seconds);
  g_test_add_func ("/plan/text", test_text);
  return g_test_run ();
}
