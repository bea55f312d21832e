/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-judge.h"

#include "fl-bytes.h"
#include "fl-error.h"

#define KIB 1024

/* A chip with everything, made by hand: 64 KiB of flash, 8 KiB of RAM. */
static const FlChipRange system_areas[] = { { 0x1FFF0000, 0x2000 }, { 0x1FFF8000, 0x1000 } };
static const FlChipRange option_areas[] = { { 0x1FFFF800, 16 }, { 0x1FFFC000, 8 } };
static const FlChipRange more_ram[] = { { 0x10002000, 0x1000 } };

static FlChip hand_made = {
  .pid = 0x999,
  .name = (char *) "STM32X1",
  .flash_start = 0x08000000,
  .flash_kib = 64,
  .erased_value = 0xFF,
  .ram_start = 0x20000000,
  .ram_kib = 8,
  .otp_start = 0x1FFF7000,
  .otp_size = 1024,
  .eeprom_start = 0x08080000,
  .eeprom_size = 2048,
};

typedef struct
{
  guint32 address;
  guint32 length; /* 0: no further one */
} Piece;

/* A file and what must be said about it. */
typedef struct
{
  const char *name;
  Piece pieces[3];
  guint32 stack_pointer; /* written at vectors_at, unless both are 0 */
  guint32 reset;
  guint32 handlers; /* all others of the table; 0: as reset */
  FlImageFormat format;
  FlVerdict verdict;
  gboolean has_vectors;
  const char *needle; /* in one of the remarks; NULL: there must be none */
} Row;

#define GOOD                                                                                                           \
  {                                                                                                                    \
    {                                                                                                                  \
      0x08000000, 0x1000                                                                                               \
    }                                                                                                                  \
  }

static const Row rows[] = {
  { "fits", GOOD, 0x20002000, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_FITS, TRUE, NULL },
  { "fits-stack-lower", GOOD, 0x20001000, 0x08000FFF, 0, FL_IMAGE_BIN, FL_VERDICT_FITS, TRUE, NULL },
  { "fits-whole-flash",
    { { 0x08000000, 64 * KIB } },
    0x20002000,
    0x0800FFFD,
    0,
    FL_IMAGE_BIN,
    FL_VERDICT_FITS,
    TRUE,
    NULL },
  { "fits-with-gap",
    { { 0x08000000, 0x400 }, { 0x0800F000, 0x400 } },
    0x20002000,
    0x08000101,
    0,
    FL_IMAGE_ELF,
    FL_VERDICT_FITS,
    TRUE,
    NULL },
  { "more-ram", GOOD, 0x20002008, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "more RAM" },
  { "more-ram-at-all", GOOD, 0x20020000, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE,
    "0x20020000, but the STM32X1 has 8 KiB" },
  { "stack-at-the-start-of-ram", GOOD, 0x20000000, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE,
    "outside the main RAM" },
  { "stack-in-ccm", GOOD, 0x10001000, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "outside the main RAM" },
  { "stack-in-more-ram", GOOD, 0x10003000, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_FITS, TRUE, NULL },
  { "stack-at-the-start-of-more-ram", GOOD, 0x10002000, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE,
    "outside the main RAM" },
  { "stack-behind-more-ram", GOOD, 0x10003008, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE,
    "outside the main RAM" },
  { "stack-misaligned-in-more-ram", GOOD, 0x10002FFC, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE,
    "multiple of 8" },
  { "stack-far-away", GOOD, 0x30000000, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "outside the main RAM" },
  { "stack-misaligned", GOOD, 0x20001FFC, 0x08000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "multiple of 8" },
  { "reset-even", GOOD, 0x20002000, 0x08000100, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "is even" },
  { "reset-behind-the-image", GOOD, 0x20002000, 0x08001001, 0, FL_IMAGE_IHEX, FL_VERDICT_DOUBT, TRUE,
    "holds nothing there" },
  { "linked-elsewhere", GOOD, 0x20002000, 0x08004101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE,
    "linked for 0x08004000, but would be placed at 0x08000000" },
  { "linked-elsewhere-large",
    { { 0x08000000, 0x6000 } },
    0x20002000,
    0x08004101,
    0x08009001,
    FL_IMAGE_BIN,
    FL_VERDICT_DOUBT,
    TRUE,
    "linked for 0x08004000, but would be placed at 0x08000000" },
  { "placed-too-high",
    { { 0x08004000, 0x1000 } },
    0x20002000,
    0x08000101,
    0,
    FL_IMAGE_BIN,
    FL_VERDICT_DOUBT,
    TRUE,
    "linked for 0x08000000, but would be placed at 0x08004000" },
  { "linked-for-0", GOOD, 0x20002000, 0x00000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE,
    "Linked for address 0x00000000" },
  { "more-flash", GOOD, 0x20002000, 0x08010101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "more flash" },
  { "starts-in-ram", GOOD, 0x20002000, 0x20000101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "not in the flash" },
  { "handler-in-ram-is-fine", GOOD, 0x20002000, 0x08000101, 0x20000101, FL_IMAGE_BIN, FL_VERDICT_FITS, TRUE, NULL },
  { "behind-a-bootloader",
    { { 0x08004000, 0x1000 } },
    0x20002000,
    0x08004101,
    0,
    FL_IMAGE_BIN,
    FL_VERDICT_DOUBT,
    TRUE,
    "needs another program" },
  { "data-only", { { 0x08008000, 0x100 } }, 0, 0, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, FALSE, "it is data" },
  { "another-kind", GOOD, 0x464C457F, 0x00010101, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "0x464C457F" },
  { "blank", GOOD, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, FL_IMAGE_BIN, FL_VERDICT_DOUBT, TRUE, "blank" },
  { "too-short", { { 0x08000000, 7 } }, 0, 0, 0, FL_IMAGE_BIN, FL_VERDICT_DOUBT, FALSE, "too short" },

  { "too-long",
    { { 0x08000000, 64 * KIB + 256 } },
    0x20002000,
    0x08000101,
    0,
    FL_IMAGE_BIN,
    FL_VERDICT_REFUSE,
    TRUE,
    "256 bytes at 0x08010000 (behind the end of flash: longer than the flash by 256 bytes)" },
  { "option-bytes",
    { { 0x08000000, 0x1000 }, { 0x1FFFF800, 16 } },
    0x20002000,
    0x08000101,
    0,
    FL_IMAGE_IHEX,
    FL_VERDICT_REFUSE,
    TRUE,
    "also holds 16 bytes at 0x1FFFF800 (option bytes)" },
  { "option-bytes-only",
    { { 0x1FFFF800, 16 } },
    0,
    0,
    0,
    FL_IMAGE_IHEX,
    FL_VERDICT_REFUSE,
    FALSE,
    "nothing for it, only 16 bytes" },
  { "ram",
    { { 0x08000000, 0x1000 }, { 0x20000000, 5 } },
    0x20002000,
    0x08000101,
    0,
    FL_IMAGE_ELF,
    FL_VERDICT_REFUSE,
    TRUE,
    "5 bytes at 0x20000000 (RAM)" },
  { "system",
    { { 0x1FFF1FFE, 4 } },
    0,
    0,
    0,
    FL_IMAGE_BIN,
    FL_VERDICT_REFUSE,
    FALSE,
    "2 bytes at 0x1FFF1FFE (the bootloader's own memory); 2 bytes at 0x1FFF2000 (no known memory)" },
  { "otp", { { 0x1FFF7000, 1 } }, 0, 0, 0, FL_IMAGE_BIN, FL_VERDICT_REFUSE, FALSE, "1 byte at 0x1FFF7000 (one-time" },
  { "eeprom",
    { { 0x08000000, 0x1000 }, { 0x08080000, 1024 } },
    0x20002000,
    0x08000101,
    0,
    FL_IMAGE_IHEX,
    FL_VERDICT_REFUSE,
    TRUE,
    "1 KiB at 0x08080000 (data EEPROM)" },
  { "below-flash",
    { { 0x07FFFFF0, 0x1000 } },
    0,
    0,
    0,
    FL_IMAGE_BIN,
    FL_VERDICT_REFUSE,
    TRUE,
    "16 bytes at 0x07FFFFF0" },
  { "at-0",
    { { 0, 0x1000 } },
    0x20002000,
    0x101,
    0,
    FL_IMAGE_ELF,
    FL_VERDICT_REFUSE,
    FALSE,
    "linked for address 0: link it for 0x08000000" },
  { "last-address", { { 0xFFFFFFFF, 1 } }, 0, 0, 0, FL_IMAGE_BIN, FL_VERDICT_REFUSE, FALSE, "0xFFFFFFFF" },
};

static FlImage *
make_image (const Row *row)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (row->pieces) && row->pieces[i].length > 0; i++)
    {
      g_autofree guint8 *data = g_malloc0 (row->pieces[i].length);

      if (i == 0 && (row->stack_pointer != 0 || row->reset != 0))
        for (guint word = 0; word < 16; word++)
          fl_bytes_put_le32 (data + word * 4, word == 0                         ? row->stack_pointer
                                              : word == 1 || row->handlers == 0 ? row->reset
                                                                                : row->handlers);
      g_assert_true (fl_image_add (image, row->pieces[i].address, data, row->pieces[i].length, &error));
    }
  g_assert_true (fl_image_seal (image, row->format, &error));
  return g_steal_pointer (&image);
}

/* The parts are the whole file, in order, and each is what the chip says it is; nothing is lost. */
static void
check_parts (const FlJudgement *judgement, FlImage *image, const FlChip *chip, FlDevice *device)
{
  guint64 total = 0;
  guint64 end = 0;
  gboolean all_flash = TRUE;

  for (guint i = 0; i < judgement->parts->len; i++)
    {
      const FlJudgePart *part = g_ptr_array_index (judgement->parts, i);

      g_assert_cmpuint (part->address, >=, end);
      g_assert_true (fl_image_covers (image, part->address, part->length));
      g_assert_cmpint (fl_chip_get_region (chip, device, part->address), ==, part->region);
      end = part->address + part->length;
      g_assert_cmpint (fl_chip_get_region (chip, device, (guint32) (end - 1)), ==, part->region);
      total += part->length;
      all_flash &= part->region == FL_REGION_FLASH;
    }
  g_assert_cmpuint (total, ==, fl_image_get_size (image));
  g_assert_true ((judgement->verdict == FL_VERDICT_REFUSE) == !all_flash);
}

static gboolean
says (const FlJudgement *judgement, const char *needle)
{
  for (guint i = 0; i < judgement->remarks->len; i++)
    if (strstr (g_ptr_array_index (judgement->remarks, i), needle) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (FlImage) image = make_image (row);
  g_autoptr (FlJudgement) judgement = fl_judge_image (image, &hand_made, NULL);

  for (guint i = 0; i < judgement->remarks->len; i++)
    g_test_message ("%s", (const char *) g_ptr_array_index (judgement->remarks, i));
  g_assert_cmpint (judgement->verdict, ==, row->verdict);
  g_assert_cmpint (judgement->has_vectors, ==, row->has_vectors);
  g_assert_nonnull (strstr (judgement->summary, "STM32X1"));
  if (row->needle == NULL)
    g_assert_cmpuint (judgement->remarks->len, ==, 0);
  else
    g_assert_true (says (judgement, row->needle));
  if (row->has_vectors && row->verdict != FL_VERDICT_REFUSE)
    {
      g_assert_cmphex (judgement->stack_pointer, ==, row->stack_pointer);
      g_assert_cmphex (judgement->reset_vector, ==, row->reset);
    }
  if (row->verdict == FL_VERDICT_REFUSE)
    {
      g_assert_error (judgement->error, FL_ERROR, FL_ERROR_RANGE);
      g_assert_nonnull (strstr (judgement->error->message, row->needle));
    }
  else
    g_assert_no_error (judgement->error);
  check_parts (judgement, image, &hand_made, NULL);
}

/* A chip that is not known: nothing is refused, nothing is promised. */
static void
test_unknown (void)
{
  static const FlSector sectors[] = { { 0x08000000, 0x1000, 0, 0, 1 }, { 0x08001000, 0x1000, 1, 1, 1 } };
  g_autoptr (FlImage) image = make_image (&rows[0]);
  g_autoptr (FlImage) large = make_image (&rows[2]);
  g_autoptr (FlDevice) device = fl_device_new (0x999);
  g_autoptr (FlJudgement) nothing = fl_judge_image (image, NULL, NULL);
  g_autoptr (FlJudgement) unknown = fl_judge_image (image, NULL, device);
  g_autoptr (FlJudgement) declared = NULL;
  g_autoptr (FlJudgement) refused = NULL;

  g_assert_cmpint (nothing->verdict, ==, FL_VERDICT_DOUBT);
  g_assert_cmpint (unknown->verdict, ==, FL_VERDICT_DOUBT);
  g_assert_no_error (unknown->error);
  g_assert_true (says (unknown, "not known"));
  g_assert_cmpuint (unknown->parts->len, ==, 0);

  device->layout = fl_layout_new (sectors, G_N_ELEMENTS (sectors), NULL);
  declared = fl_judge_image (image, NULL, device);
  g_assert_cmpint (declared->verdict, ==, FL_VERDICT_DOUBT);
  g_assert_true (says (declared, "how much RAM"));
  check_parts (declared, image, NULL, device);

  refused = fl_judge_image (large, NULL, device);
  g_assert_error (refused->error, FL_ERROR, FL_ERROR_RANGE);
  check_parts (refused, large, NULL, device);
}

/* The device's own flash counts, gaps between banks included. */
static void
test_gap (void)
{
  static const FlSector sectors[] = { { 0x08000000, 0x1000, 0, 0, 1 }, { 0x08004000, 0x1000, 1, 64, 2 } };
  static const Row into_gap = { "", { { 0x08000000, 0x2000 } }, 0x20002000, 0x08000101 };
  static const Row both = { "", { { 0x08000000, 0x1000 }, { 0x08004000, 0x1000 } }, 0x20002000, 0x08000101 };
  g_autoptr (FlImage) refused_image = make_image (&into_gap);
  g_autoptr (FlImage) fitting_image = make_image (&both);
  g_autoptr (FlDevice) device = fl_device_new (0x999);
  g_autoptr (FlJudgement) refused = NULL;
  g_autoptr (FlJudgement) fits = NULL;

  device->chip = &hand_made;
  device->layout = fl_layout_new (sectors, G_N_ELEMENTS (sectors), NULL);
  refused = fl_judge_image (refused_image, NULL, device);
  g_assert_error (refused->error, FL_ERROR, FL_ERROR_RANGE);
  g_assert_true (says (refused, "4 KiB at 0x08001000"));
  check_parts (refused, refused_image, NULL, device);
  fits = fl_judge_image (fitting_image, NULL, device);
  g_assert_no_error (fits->error);
  g_assert_cmpint (fits->verdict, ==, FL_VERDICT_FITS);
  g_assert_cmpuint (fits->parts->len, ==, 2);
}

/* For each chip of the database: a program made for it fits; one byte too many, and its option bytes, do not. */
static void
test_database (void)
{
  const GPtrArray *chips = fl_chip_db_all ();
  guint n_checked = 0;

  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);
      g_autoptr (FlJudgement) fits = NULL;
      g_autoptr (FlJudgement) options = NULL;
      g_autoptr (FlImage) image = NULL;
      g_autoptr (FlImage) option_image = NULL;
      Row row = { "", { { 0 } }, 0, 0 };

      if (chip->flash_kib == 0 || chip->layouts->len == 0 || chip->ram_kib == 0)
        continue;
      n_checked++;
      row.pieces[0] = (Piece){ chip->flash_start, 0x1000 };
      row.stack_pointer = chip->ram_start + chip->ram_kib * KIB;
      row.reset = chip->flash_start + 0x101;
      image = make_image (&row);
      fits = fl_judge_image (image, chip, NULL);
      g_test_message ("%s: %s", chip->name, fits->summary);
      g_assert_cmpint (fits->verdict, ==, FL_VERDICT_FITS);
      check_parts (fits, image, chip, NULL);

      if (chip->option_size == 0)
        continue;
      row.pieces[1] = (Piece){ chip->option_start, 4 };
      option_image = make_image (&row);
      options = fl_judge_image (option_image, chip, NULL);
      g_assert_error (options->error, FL_ERROR, FL_ERROR_RANGE);
      g_assert_true (says (options, "(option bytes)"));
      check_parts (options, option_image, chip, NULL);
    }
  g_assert_cmpuint (n_checked, >, 50);
}

/* The firmware of a G071 with its 36 KiB of RAM, for a G030 with 8: the sentence that the technician needs. */
static void
test_larger_sister (void)
{
  const FlChip *chip = fl_chip_db_find (0x466);
  const Row row = { "", { { 0x08000000, 0x1000 } }, 0x20009000, 0x08000101 };
  g_autoptr (FlImage) image = make_image (&row);
  g_autoptr (FlJudgement) judgement = NULL;

  g_assert_nonnull (chip);
  judgement = fl_judge_image (image, chip, NULL);
  g_assert_cmpint (judgement->verdict, ==, FL_VERDICT_DOUBT);
  g_assert_true (says (judgement, "Built for a chip with more RAM than this one: its stack begins at 0x20009000"));
}

/* Memory that is in several pieces. */
static void
test_regions (void)
{
  static const struct
  {
    guint16 pid;
    guint32 address;
    FlRegion region;
  } places[] = {
    { 0x467, 0x1FFF6FFF, FL_REGION_SYSTEM },       { 0x467, 0x1FFF7800, FL_REGION_OPTION_BYTES },
    { 0x467, 0x1FFF9FFE, FL_REGION_SYSTEM },       { 0x467, 0x1FFFF000, FL_REGION_OUTSIDE },
    { 0x415, 0x1FFF7800, FL_REGION_OPTION_BYTES }, { 0x415, 0x1FFFF800, FL_REGION_OPTION_BYTES },
    { 0x413, 0x1000FFFF, FL_REGION_RAM },          { 0x413, 0x10010000, FL_REGION_OUTSIDE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    g_assert_cmpint (fl_chip_get_region (fl_chip_db_find (places[i].pid), NULL, places[i].address), ==,
                     places[i].region);
}

static void
test_names (void)
{
  for (FlRegion region = FL_REGION_FLASH; region <= FL_REGION_OUTSIDE; region++)
    g_assert_cmpuint (strlen (fl_region_get_name (region)), >, 0);
  g_assert_cmpint (fl_chip_get_region (NULL, NULL, 0x08000000), ==, FL_REGION_OUTSIDE);
}

static GArray *
make_areas (const FlChipRange *areas, gsize n_areas)
{
  return g_array_append_vals (g_array_new (FALSE, FALSE, sizeof *areas), areas, n_areas);
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray) systems = make_areas (system_areas, G_N_ELEMENTS (system_areas));
  g_autoptr (GArray) options = make_areas (option_areas, G_N_ELEMENTS (option_areas));
  g_autoptr (GArray) ram = make_areas (more_ram, G_N_ELEMENTS (more_ram));

  g_test_init (&argc, &argv, NULL);
  hand_made.system_areas = systems;
  hand_made.option_areas = options;
  hand_made.more_ram = ram;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/judge/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/judge/unknown-chip", test_unknown);
  g_test_add_func ("/judge/gap", test_gap);
  g_test_add_func ("/judge/database", test_database);
  g_test_add_func ("/judge/larger-sister", test_larger_sister);
  g_test_add_func ("/judge/regions", test_regions);
  g_test_add_func ("/judge/names", test_names);
  return g_test_run ();
}
