/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Random images over every layout of every chip: the plan, carried out on a strict model of flash, must leave the file
 * in flash, and everything else as it was promised. */

#include <string.h>

#include "fl-bytes.h"
#include "fl-plan.h"
#include "fl-test-stride.h"

#define ROUNDS 5 /* for each layout */

/* Flash from its first to its last byte, a gap between banks included. */
typedef struct
{
  FlLayout *layout;
  guint32 start;
  gsize span;
  guint unit;
  guint8 erased;

  guint8 *before; /* what the chip holds at first */
  guint8 *now;    /* what it holds after the plan so far */
  guint8 *virgin; /* 1: erased since, and not written */
  guint8 *image;  /* what the image has, where covered is 1 */
  guint8 *covered;
} Model;

static void
fill_random (guint8 *data, gsize length)
{
  guint32 state = (guint32) g_test_rand_int () | 1;

  for (gsize i = 0; i < length; i++)
    {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      data[i] = (guint8) (state >> 24);
    }
}

static void
model_init (Model *self, FlLayout *layout, const FlChip *chip, FlEraseMode mode)
{
  self->layout = layout;
  self->start = fl_layout_get_start (layout);
  self->span = (gsize) (fl_layout_get_end (layout) - self->start);
  self->unit = chip->program_unit;
  self->erased = chip->erased_value;
  self->before = g_malloc (self->span);
  self->virgin = g_malloc0 (self->span);
  self->image = g_malloc0 (self->span);
  self->covered = g_malloc0 (self->span);
  if (mode == FL_ERASE_NONE)
    {
      memset (self->before, self->erased, self->span);
      memset (self->virgin, 1, self->span);
    }
  else
    fill_random (self->before, self->span);
  self->now = g_memdup2 (self->before, self->span);
}

static void
model_clear (Model *self)
{
  g_free (self->before);
  g_free (self->now);
  g_free (self->virgin);
  g_free (self->image);
  g_free (self->covered);
}

static void
model_erase (Model *self, const FlSector *sector)
{
  memset (self->now + (sector->address - self->start), self->erased, sector->size);
  memset (self->virgin + (sector->address - self->start), 1, sector->size);
}

/* As strict as the strictest chip: aligned, whole units, only where it was erased, and only once. */
static void
model_write (Model *self, const FlPlanBlock *block)
{
  const FlSector *first = fl_layout_find (self->layout, block->address);
  const FlSector *last = fl_layout_find (self->layout, block->address + block->length - 1);
  gsize offset = block->address - self->start;

  g_assert_cmpuint (block->length, >, 0);
  g_assert_cmpuint (block->length, <=, 256);
  g_assert_cmpuint (block->address % self->unit, ==, 0);
  g_assert_cmpuint (block->length % self->unit, ==, 0);
  g_assert_cmpuint (block->address / 256, ==, (block->address + block->length - 1) / 256);
  g_assert_nonnull (first);
  g_assert_true (first == last);
  g_assert_true (fl_bytes_all (self->virgin + offset, block->length, 1));
  memcpy (self->now + offset, block->data, block->length);
  memset (self->virgin + offset, 0, block->length);
}

/* Adds up to @length bytes at @address to the image: as many as are flash, and not there yet. */
static void
add_piece (Model *self, FlImage *image, guint32 address, gsize length, gboolean blank)
{
  g_autoptr (GError) error = NULL;
  gsize offset = address - self->start;
  gsize n = 0;

  while (n < length && fl_layout_find (self->layout, address + (guint32) n) != NULL && self->covered[offset + n] == 0)
    n++;
  if (n == 0)
    return;
  if (blank)
    memset (self->image + offset, self->erased, n);
  else
    fill_random (self->image + offset, n);
  if (!blank && n > 64 && g_test_rand_int_range (0, 2) == 0) /* a hole of blank bytes in it */
    memset (self->image + offset + n / 4, self->erased, n / 2);
  memset (self->covered + offset, 1, n);
  fl_image_add (image, address, self->image + offset, n, &error);
  g_assert_no_error (error);
}

/* Pieces of all sizes; several near each other, so that they share program units, blocks and sectors. */
static FlImage *
make_image (Model *self)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;
  guint n_sectors = fl_layout_get_n_sectors (self->layout);
  guint n_places = (guint) g_test_rand_int_range (1, 6);

  for (guint i = 0; i < n_places; i++)
    {
      const FlSector *sector =
          fl_layout_get_sector (self->layout, (guint) g_test_rand_int_range (0, (gint32) n_sectors));
      guint32 address = sector->address + (guint32) g_test_rand_int_range (0, (gint32) sector->size);
      guint n_pieces = (guint) g_test_rand_int_range (1, 5);

      for (guint j = 0; j < n_pieces && fl_layout_find (self->layout, address) != NULL; j++)
        {
          static const gint32 sizes[] = { 4, 40, 700, 9000, 300000 };
          gint32 size = g_test_rand_int_range (1, sizes[g_test_rand_int_range (0, G_N_ELEMENTS (sizes))]);

          add_piece (self, image, address, (gsize) size, g_test_rand_int_range (0, 4) == 0);
          address += (guint32) size + (guint32) g_test_rand_int_range (0, j % 2 == 0 ? 6 : 600);
        }
    }
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

/* What would be lost is read from the chip in pieces, and given to the plan. */
static guint64
preserve (Model *self, FlPlan *plan)
{
  GPtrArray *shared = fl_plan_get_shared (plan);
  guint64 n_bytes = 0;

  for (guint i = 0; i < shared->len; i++)
    {
      const FlPlanRange *range = g_ptr_array_index (shared, i);

      for (guint32 at = 0; at < range->length;)
        {
          g_autoptr (GError) error = NULL;
          guint32 chance = (guint32) g_test_rand_int_range (1, 70000);
          guint32 part = MIN (range->length - at, chance);

          fl_plan_set_preserved (plan, range->address + at, self->before + (range->address + at - self->start), part,
                                 &error);
          g_assert_no_error (error);
          at += part;
          n_bytes += part;
        }
    }
  return n_bytes;
}

/* The plan must name every byte that goes lost, and no other. */
static void
check_shared (Model *self, FlPlan *plan)
{
  GPtrArray *shared = fl_plan_get_shared (plan);
  g_autofree guint8 *named = g_malloc0 (self->span);
  gboolean erases = fl_plan_get_options (plan)->erase != FL_ERASE_NONE;

  for (guint i = 0; i < shared->len; i++)
    {
      const FlPlanRange *range = g_ptr_array_index (shared, i);

      g_assert_true (fl_layout_contains (self->layout, range->address, range->length));
      memset (named + (range->address - self->start), 1, range->length);
    }
  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);
      gsize offset = sector->address - self->start;
      gboolean erased = erases && fl_plan_get_action (plan, i) != FL_PLAN_KEEP;

      for (gsize j = 0; j < sector->size; j++)
        if (named[offset + j] != (erased && !self->covered[offset + j]))
          g_error ("0x%08X: wrongly named as lost or not", sector->address + (guint) j);
    }
}

static void
carry_out (Model *self, FlPlan *plan)
{
  const GArray *blocks = fl_plan_get_blocks (plan);
  guint n_erased = 0;
  guint64 n_written = 0;
  guint64 end = 0;

  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    if (fl_plan_get_action (plan, i) != FL_PLAN_KEEP && fl_plan_get_options (plan)->erase != FL_ERASE_NONE)
      {
        model_erase (self, fl_layout_get_sector (self->layout, i));
        n_erased++;
      }
  g_assert_cmpuint (fl_plan_get_n_erased (plan), ==, n_erased);
  g_assert_cmpint (fl_plan_erases_all (plan), ==, n_erased == fl_layout_get_n_sectors (self->layout));

  for (guint i = 0; i < blocks->len; i++)
    {
      const FlPlanBlock *block = &g_array_index (blocks, FlPlanBlock, i);
      const FlSector *sector = fl_layout_find (self->layout, block->address);

      g_assert_cmpuint (block->address, >=, end);
      g_assert_nonnull (sector);
      g_assert_cmpint (fl_plan_get_action (plan, sector->index), ==, FL_PLAN_WRITE);
      model_write (self, block);
      end = (guint64) block->address + block->length;
      n_written += block->length;
    }
  g_assert_cmpuint (fl_plan_get_write_bytes (plan), ==, n_written);
}

/* Nothing is written where neither the image nor what is preserved has a byte. */
static void
check_units (Model *self, FlPlan *plan)
{
  const GArray *blocks = fl_plan_get_blocks (plan);

  for (guint i = 0; i < blocks->len && !fl_plan_get_options (plan)->preserve; i++)
    {
      const FlPlanBlock *block = &g_array_index (blocks, FlPlanBlock, i);

      for (guint32 at = 0; at < block->length; at += self->unit)
        g_assert_false (fl_bytes_all (self->covered + (block->address + at - self->start), self->unit, 0));
    }
}

/* Blank blocks are left out, or none is. */
static void
check_blank (Model *self, FlPlan *plan)
{
  const GArray *blocks = fl_plan_get_blocks (plan);

  if (!fl_plan_get_options (plan)->keep_blank)
    {
      for (guint i = 0; i < blocks->len; i++)
        {
          const FlPlanBlock *block = &g_array_index (blocks, FlPlanBlock, i);

          g_assert_false (fl_bytes_all (block->data, self->unit, self->erased));
          g_assert_false (fl_bytes_all (block->data + block->length - self->unit, self->unit, self->erased));
        }
      return;
    }
  for (gsize i = 0; i < self->span; i++)
    if (self->covered[i] && self->virgin[i])
      g_error ("0x%08X: not written", self->start + (guint) i);
}

static void
check_result (Model *self, FlPlan *plan)
{
  const FlPlanOptions *options = fl_plan_get_options (plan);

  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);
      gboolean kept =
          options->preserve || options->erase == FL_ERASE_NONE || fl_plan_get_action (plan, i) == FL_PLAN_KEEP;

      for (gsize at = sector->address - self->start; at < sector->address - self->start + sector->size; at++)
        {
          guint8 expected = self->covered[at] ? self->image[at] : kept ? self->before[at] : self->erased;

          if (self->now[at] != expected)
            g_error ("0x%08X: 0x%02X, not 0x%02X", self->start + (guint) at, self->now[at], expected);
        }
    }
}

static void
test_round (FlDevice *device, const FlPlanOptions *options)
{
  Model model = { 0 };
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_preserved;

  model_init (&model, device->layout, device->chip, options->erase);
  image = make_image (&model);
  plan = fl_plan_new (device, image, options, &error);
  g_assert_no_error (error);
  check_shared (&model, plan);
  n_preserved = options->preserve ? preserve (&model, plan) : 0;
  g_assert_cmpuint (fl_plan_get_verify_bytes (plan), ==, options->verify ? fl_image_get_size (image) + n_preserved : 0);
  carry_out (&model, plan);
  check_units (&model, plan);
  check_blank (&model, plan);
  check_result (&model, plan);
  model_clear (&model);
}

static void
test_layout (const FlChip *chip, const FlChipLayout *known)
{
  g_autoptr (FlDevice) device = fl_device_new (chip->pid);

  g_clear_pointer (&device->layout, fl_layout_unref);
  device->layout = fl_layout_ref (known->layout);
  device->flash_kib = known->flash_kib;
  for (guint round = 0; round < ROUNDS; round++)
    {
      FlPlanOptions options = fl_plan_options_default;

      options.erase = round == 0 ? FL_ERASE_NONE : round == 1 ? FL_ERASE_ALL : FL_ERASE_NEEDED;
      options.preserve = round == 2 || (round != 0 && g_test_rand_int_range (0, 3) == 0);
      options.keep_blank = g_test_rand_int_range (0, 2) == 0;
      options.verify = g_test_rand_int_range (0, 2) == 0;
      test_round (device, &options);
    }
}

static void
test_chip (gconstpointer data)
{
  const FlChip *chip = data;

  for (guint i = 0; i < chip->layouts->len; i++)
    test_layout (chip, g_ptr_array_index (chip->layouts, i));
}

int
main (int argc, char *argv[])
{
  const GPtrArray *all = fl_chip_db_all ();

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);
      g_autofree char *path = g_strdup_printf ("/plan/property/0x%03X", chip->pid);

      if (fl_test_stride_takes (i))
        g_test_add_data_func (path, chip, test_chip);
    }
  return g_test_run ();
}
