/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every product ID, in every size and division, with a bootloader that numbers bank 2 in each way that documents give:
 * found by its right name and layout, programmed, verified, read back and erased, on a simulated board; what was not to
 * be touched was not. */

#include <string.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "fl-test-stride.h"
#include "job-board.h"

#define PIECE 600 /* bytes of each piece of the image */

typedef struct
{
  const FlChip *chip;
  const FlChipLayout *known;
  guint numbering;
} Variant;

static void
add_piece (FlImage *image, GRand *random, guint32 address, guint32 length)
{
  g_autofree guint8 *data = g_malloc (length);
  g_autoptr (GError) error = NULL;

  for (guint32 i = 0; i < length; i++)
    data[i] = (guint8) g_rand_int (random);
  fl_image_add (image, address, data, length, &error);
  g_assert_no_error (error);
}

/* The first bytes of the flash, the last ones, and those on both sides of every step: to another bank, another size of
 * sector. */
static FlImage *
make_image (FlLayout *layout)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (fl_layout_get_size (layout));
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;
  guint n = fl_layout_get_n_sectors (layout);
  const FlSector *last = fl_layout_get_sector (layout, n - 1);
  guint32 piece = MIN (PIECE, last->size);

  add_piece (image, random, fl_layout_get_start (layout), MIN (PIECE, fl_layout_get_sector (layout, 0)->size));
  for (guint i = 1; i + 1 < n; i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      const FlSector *before = fl_layout_get_sector (layout, i - 1);

      if (sector->bank == before->bank && sector->size == before->size)
        continue;
      if (i > 1)
        add_piece (image, random, before->address + before->size - 40, 40);
      add_piece (image, random, sector->address, MIN (40, sector->size / 2));
    }
  add_piece (image, random, last->address + last->size - piece, piece);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

static void
run (JobBoard *board, FlJob *job)
{
  g_autoptr (FlJob) owned = job;
  g_autoptr (GError) error = NULL;

  job_board_run (board, owned, &error);
  g_assert_no_error (error);
}

/* The layout is the row's, sector by sector, and there is a reason for it. */
static void
check_layout (FlDevice *device, const FlChipLayout *known)
{
  guint n = fl_layout_get_n_sectors (known->layout);

  g_assert_cmpuint (device->flash_kib, ==, known->flash_kib);
  g_assert_cmpuint (fl_layout_get_n_sectors (device->layout), ==, n);
  for (guint i = 0; i < n; i++)
    {
      const FlSector *expected = fl_layout_get_sector (known->layout, i);
      const FlSector *got = fl_layout_get_sector (device->layout, i);

      g_assert_cmphex (got->address, ==, expected->address);
      g_assert_cmpuint (got->size, ==, expected->size);
      g_assert_cmpuint (got->bank, ==, expected->bank);
    }
  g_assert_nonnull (device->geometry_reason);
}

static void
check_flash (JobBoard *board, FlImage *image)
{
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      gsize length;
      const guint8 *data = g_bytes_get_data (segment->data, &length);

      g_assert_cmpmem (fl_sim_board_peek (board->board, segment->address, length), length, data, length);
    }
}

/* Each sector that the image touches was erased, and no other; but all of bank 2 when that was agreed to. */
static void
check_untouched (JobBoard *board, FlImage *image, gboolean whole_bank)
{
  FlLayout *layout = fl_sim_board_get_layout (board->board);

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      gboolean touched = whole_bank && sector->bank == 2;

      for (guint k = 0; k < fl_image_get_n_segments (image); k++)
        {
          const FlSegment *segment = fl_image_get_segment (image, k);

          touched |= segment->address < sector->address + sector->size
                     && sector->address < segment->address + g_bytes_get_size (segment->data);
        }
      g_assert_cmpint (fl_sim_board_get_n_erased (board->board, i) > 0, ==, touched);
    }
}

/* The image is in bank 2 in two places that are far apart. Where the numberings cross, one of them cannot be erased
 * safely, and the user is asked: before anything is erased. Returns: whether all of bank 2 was erased. */
static gboolean
program (JobBoard *board, FlImage *image)
{
  FlPlanOptions options = fl_plan_options_default;
  g_autoptr (FlPlan) plan = fl_plan_new (job_board_device (board), image, &options, NULL);
  g_autofree guint8 *before = NULL;
  g_autofree guint8 *after = NULL;
  g_autoptr (FlJob) refused = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  options.whole_bank = fl_plan_needs_whole_bank (plan);
  if (options.whole_bank)
    {
      before = job_board_dup_flash (board, &size);
      refused = fl_program_job_new (board->session, plan, FALSE);
      g_assert_false (job_board_run (board, refused, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);
      after = job_board_dup_flash (board, &size);
      g_assert_cmpmem (after, size, before, size);
    }
  run (board, job_board_program (board, image, &options, FALSE));
  return options.whole_bank;
}

static void
test_variant (gconstpointer data)
{
  const Variant *variant = data;
  const FlChip *chip = variant->chip;
  FlLayout *layout = variant->known->layout;
  guint code =
      variant->known->dual_bank ? fl_layout_get_code (layout, fl_layout_get_bank_2 (layout), variant->numbering) : 0;
  g_autofree char *config = g_strdup_printf ("0x%03X,flash=%u,bank=%s,codes=%u", chip->pid, variant->known->flash_kib,
                                             variant->known->dual_bank ? "dual" : "single", code);
  g_autoptr (JobBoard) board = job_board_new (config);
  g_autoptr (FlImage) image = make_image (layout);
  g_autoptr (FlJob) reading = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *flash = NULL;
  const FlSegment *first = fl_image_get_segment (image, 0);
  gboolean whole_bank;
  gsize size;

  job_board_fill (board, chip->pid);
  job_board_connect (board);
  name = fl_device_dup_name (job_board_device (board));
  g_assert_cmpstr (name, ==, chip->name);
  check_layout (job_board_device (board), variant->known);

  whole_bank = program (board, image);
  check_flash (board, image);
  check_untouched (board, image, whole_bank);
  run (board, fl_verify_job_new (board->session, image));

  reading = fl_read_job_new (board->session, first->address, (guint32) g_bytes_get_size (first->data));
  job_board_run (board, reading, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (fl_read_job_get_data (FL_READ_JOB (reading)), first->data));

  run (board, fl_erase_job_new (board->session, NULL, 0));
  flash = job_board_dup_flash (board, &size);
  g_assert_true (fl_bytes_all (flash, size, chip->erased_value));
}

static void
add_variants (const FlChip *chip, const FlChipLayout *known)
{
  static guint n_variants = 0;

  for (guint i = 0; i < fl_layout_get_n_numberings (known->layout); i++)
    {
      Variant *variant;
      g_autofree char *path = NULL;

      if (!fl_test_stride_takes (n_variants++))
        continue;
      variant = g_new0 (Variant, 1);
      variant->chip = chip;
      variant->known = known;
      variant->numbering = i;
      path = g_strdup_printf ("/every-chip/0x%03X/%u-%s/%u", chip->pid, known->flash_kib,
                              known->dual_bank ? "dual" : "single", i);
      g_test_add_data_func_full (path, variant, test_variant, g_free);
    }
}

int
main (int argc, char **argv)
{
  const GPtrArray *all = fl_chip_db_all ();

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);

      for (guint k = 0; k < chip->layouts->len; k++)
        add_variants (chip, g_ptr_array_index (chip->layouts, k));
    }
  return g_test_run ();
}
