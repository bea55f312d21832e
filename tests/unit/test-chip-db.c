/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The chips that come with the program: each makes sense by itself, and says what was found in the sources. */

#include <string.h>

#include "fl-chip.h"

/* Every chip there is, with the numbers that must never change by accident; the sizes are those with a layout. */
static const struct
{
  guint16 pid;
  const char *series;
  guint program_unit;
  guint8 erased_value;
  guint8 erase_command;
  guint ram_kib;
  guint32 flash_size_register;
  guint32 uid_address;
  const char *sizes; /* KiB, the largest first */
} rows[] = {
  { 0x01E, "WB0", 16, 0xFF, 0x43, 64, 0, 0, "256" },
  { 0x027, "WL3", 16, 0xFF, 0x43, 32, 0, 0, "256" },
  { 0x028, "WB0", 16, 0xFF, 0x43, 24, 0, 0, "192" },
  { 0x032, "WB0", 16, 0xFF, 0x43, 64, 0, 0, "512" },
  { 0x410, "F1", 4, 0xFF, 0x43, 20, 0x1FFFF7E0, 0x1FFFF7E8, "128 64" },
  { 0x411, "F2", 4, 0xFF, 0x44, 128, 0x1FFF7A22, 0x1FFF7A10, "1024 768 512 256 128" },
  { 0x412, "F1", 4, 0xFF, 0x43, 10, 0x1FFFF7E0, 0x1FFFF7E8, "32 16" },
  { 0x413, "F4", 4, 0xFF, 0x44, 128, 0x1FFF7A22, 0x1FFF7A10, "1024 512" },
  { 0x414, "F1", 4, 0xFF, 0x43, 64, 0x1FFFF7E0, 0x1FFFF7E8, "512 384 256" },
  { 0x415, "L4", 8, 0xFF, 0x44, 128, 0x1FFF75E0, 0x1FFF7590, "1024 512 256" },
  { 0x416, "L1", 8, 0x00, 0x44, 16, 0x1FF8004C, 0x1FF80050, "128 64 32" },
  { 0x417, "L0", 8, 0x00, 0x44, 8, 0x1FF8007C, 0x1FF80050, "64 32" },
  { 0x418, "F1", 4, 0xFF, 0x43, 64, 0x1FFFF7E0, 0x1FFFF7E8, "256 128 64" },
  { 0x419, "F4", 4, 0xFF, 0x44, 192, 0x1FFF7A22, 0x1FFF7A10, "2048 1024 512" },
  { 0x420, "F1", 4, 0xFF, 0x43, 8, 0x1FFFF7E0, 0x1FFFF7E8, "128 64 32 16" },
  { 0x421, "F4", 4, 0xFF, 0x44, 128, 0x1FFF7A22, 0x1FFF7A10, "512 256" },
  { 0x422, "F3", 4, 0xFF, 0x44, 40, 0x1FFFF7CC, 0x1FFFF7AC, "256 128" },
  { 0x423, "F4", 4, 0xFF, 0x44, 64, 0x1FFF7A22, 0x1FFF7A10, "256 128" },
  { 0x425, "L0", 8, 0x00, 0x44, 8, 0x1FF8007C, 0x1FF80050, "32 16" },
  { 0x427, "L1", 8, 0x00, 0x44, 32, 0x1FF800CC, 0x1FF800D0, "256" },
  { 0x428, "F1", 4, 0xFF, 0x43, 32, 0x1FFFF7E0, 0x1FFFF7E8, "512 384 256" },
  { 0x429, "L1", 8, 0x00, 0x44, 32, 0x1FF8004C, 0x1FF80050, "128 64 32" },
  { 0x42A, "U3", 8, 0xFF, 0x44, 640, 0x0BFA07A0, 0x0BFA0700, "2048 1024" },
  { 0x430, "F1", 4, 0xFF, 0x44, 96, 0x1FFFF7E0, 0x1FFFF7E8, "1024 768" },
  { 0x431, "F4", 4, 0xFF, 0x44, 128, 0x1FFF7A22, 0x1FFF7A10, "512 256" },
  { 0x432, "F3", 4, 0xFF, 0x44, 32, 0x1FFFF7CC, 0x1FFFF7AC, "256 128 64" },
  { 0x433, "F4", 4, 0xFF, 0x44, 96, 0x1FFF7A22, 0x1FFF7A10, "512 384" },
  { 0x434, "F4", 4, 0xFF, 0x44, 384, 0x1FFF7A22, 0x1FFF7A10, "2048 1024 512" },
  { 0x435, "L4", 8, 0xFF, 0x44, 64, 0x1FFF75E0, 0x1FFF7590, "256 128" },
  { 0x436, "L1", 8, 0x00, 0x44, 48, 0x1FF800CC, 0x1FF800D0, "384 256" },
  { 0x437, "L1", 8, 0x00, 0x44, 80, 0x1FF800CC, 0x1FF800D0, "512 384" },
  { 0x438, "F3", 4, 0xFF, 0x44, 12, 0x1FFFF7CC, 0x1FFFF7AC, "64 32 16" },
  { 0x439, "F3", 4, 0xFF, 0x44, 16, 0x1FFFF7CC, 0x1FFFF7AC, "64 32" },
  { 0x440, "F0", 4, 0xFF, 0x44, 8, 0x1FFFF7CC, 0x1FFFF7AC, "64 32 16" },
  { 0x441, "F4", 4, 0xFF, 0x44, 256, 0x1FFF7A22, 0x1FFF7A10, "1024 512" },
  { 0x442, "F0", 4, 0xFF, 0x44, 32, 0x1FFFF7CC, 0x1FFFF7AC, "256 128" },
  { 0x443, "C0", 8, 0xFF, 0x44, 6, 0x1FFF75A0, 0x1FFF7550, "32 16" },
  { 0x444, "F0", 4, 0xFF, 0x44, 4, 0x1FFFF7CC, 0x1FFFF7AC, "32 16" },
  { 0x445, "F0", 4, 0xFF, 0x44, 6, 0x1FFFF7CC, 0x1FFFF7AC, "32 16" },
  { 0x446, "F3", 4, 0xFF, 0x44, 64, 0x1FFFF7CC, 0x1FFFF7AC, "512 384" },
  { 0x447, "L0", 8, 0x00, 0x44, 20, 0x1FF8007C, 0x1FF80050, "192 128 64" },
  { 0x448, "F0", 4, 0xFF, 0x44, 16, 0x1FFFF7CC, 0x1FFFF7AC, "128 64" },
  { 0x449, "F7", 8, 0xFF, 0x44, 320, 0x1FF0F442, 0x1FF0F420, "1024 512 64" },
  { 0x44C, "C0", 8, 0xFF, 0x44, 12, 0x1FFF75A0, 0x1FFF7550, "64 32" },
  { 0x44D, "C0", 8, 0xFF, 0x44, 36, 0x1FFF75A0, 0x1FFF7550, "256 128" },
  { 0x44E, "C5", 16, 0xFF, 0x44, 128, 0x08FFF80C, 0x08FFF800, "512 256" },
  { 0x44F, "C5", 16, 0xFF, 0x44, 64, 0x08FFF80C, 0x08FFF800, "256 128" },
  { 0x450, "H7", 32, 0xFF, 0x44, 128, 0x1FF1E880, 0x1FF1E800, "2048 1024 128" },
  { 0x451, "F7", 8, 0xFF, 0x44, 512, 0x1FF0F442, 0x1FF0F420, "2048 1024" },
  { 0x452, "F7", 8, 0xFF, 0x44, 256, 0x1FF07A22, 0x1FF07A10, "512 256 64" },
  { 0x453, "C0", 8, 0xFF, 0x44, 12, 0x1FFF75A0, 0x1FFF7550, "32 16" },
  { 0x454, "U3", 8, 0xFF, 0x44, 256, 0x0BFA07A0, 0x0BFA0700, "1024 512" },
  { 0x455, "U5", 16, 0xFF, 0x44, 256, 0x0BFA07A0, 0x0BFA0700, "512 256 128" },
  { 0x456, "G0", 8, 0xFF, 0x44, 18, 0x1FFF75E0, 0x1FFF7590, "64 32" },
  { 0x457, "L0", 8, 0x00, 0x44, 2, 0x1FF8007C, 0x1FF80050, "16 8" },
  { 0x458, "F4", 4, 0xFF, 0x44, 32, 0x1FFF7A22, 0x1FFF7A10, "128 64" },
  { 0x459, "U0", 8, 0xFF, 0x44, 12, 0x1FFF3EA0, 0x1FFF3E50, "64 32 16" },
  { 0x45A, "C5", 16, 0xFF, 0x44, 256, 0x08FFF80C, 0x08FFF800, "1024 512" },
  { 0x460, "G0", 8, 0xFF, 0x44, 36, 0x1FFF75E0, 0x1FFF7590, "128 64 32" },
  { 0x461, "L4", 8, 0xFF, 0x44, 320, 0x1FFF75E0, 0x1FFF7590, "1024 512 256" },
  { 0x462, "L4", 8, 0xFF, 0x44, 160, 0x1FFF75E0, 0x1FFF7590, "512 256" },
  { 0x463, "F4", 4, 0xFF, 0x44, 320, 0x1FFF7A22, 0x1FFF7A10, "1536 1024" },
  { 0x464, "L4", 8, 0xFF, 0x44, 40, 0x1FFF75E0, 0x1FFF7590, "128 64" },
  { 0x466, "G0", 8, 0xFF, 0x44, 8, 0x1FFF75E0, 0x1FFF7590, "64 32 16" },
  { 0x467, "G0", 8, 0xFF, 0x44, 144, 0x1FFF75E0, 0x1FFF7590, "512 256 128" },
  { 0x468, "G4", 8, 0xFF, 0x44, 32, 0x1FFF75E0, 0x1FFF7590, "128 64 32" },
  { 0x469, "G4", 8, 0xFF, 0x44, 128, 0x1FFF75E0, 0x1FFF7590, "512 256 128" },
  { 0x470, "L4+", 8, 0xFF, 0x44, 640, 0x1FFF75E0, 0x1FFF7590, "2048 1024" },
  { 0x471, "L4+", 8, 0xFF, 0x44, 320, 0x1FFF75E0, 0x1FFF7590, "1024 512" },
  { 0x472, "L5", 16, 0xFF, 0x44, 256, 0x0BFA05E0, 0x0BFA0590, "512 256" },
  { 0x474, "H5", 16, 0xFF, 0x44, 32, 0x08FFF80C, 0x08FFF800, "128" },
  { 0x476, "U5", 16, 0xFF, 0x44, 3008, 0x0BFA07A0, 0x0BFA0700, "4096 2048" },
  { 0x478, "H5", 16, 0xFF, 0x44, 272, 0x08FFF80C, 0x08FFF800, "512 256" },
  { 0x479, "G4", 8, 0xFF, 0x44, 112, 0x1FFF75E0, 0x1FFF7590, "512 256" },
  { 0x47A, "H5", 16, 0xFF, 0x44, 1536, 0x08FFF80C, 0x08FFF800, "4096 3072" },
  { 0x480, "H7", 16, 0xFF, 0x44, 128, 0x08FFF80C, 0x08FFF800, "2048 1024 128" },
  { 0x481, "U5", 16, 0xFF, 0x44, 2496, 0x0BFA07A0, 0x0BFA0700, "4096 2048" },
  { 0x482, "U5", 16, 0xFF, 0x44, 768, 0x0BFA07A0, 0x0BFA0700, "2048 1024" },
  { 0x483, "H7", 32, 0xFF, 0x44, 128, 0x1FF1E880, 0x1FF1E800, "1024 512 128" },
  { 0x484, "H5", 16, 0xFF, 0x44, 640, 0x08FFF80C, 0x08FFF800, "2048 1024" },
  { 0x485, "H7RS", 16, 0xFF, 0x44, 192, 0x08FFF80C, 0x08FFF800, "64" },
  { 0x489, "U0", 8, 0xFF, 0x44, 40, 0x1FFF6EA0, 0x1FFF6E50, "256 128 64" },
  { 0x492, "WBA", 16, 0xFF, 0x44, 128, 0x0BF907A0, 0x0BF90700, "1024 512" },
  { 0x493, "C0", 8, 0xFF, 0x44, 24, 0x1FFF75A0, 0x1FFF7550, "128 64" },
  { 0x494, "WB", 8, 0xFF, 0x44, 12, 0x1FFF75E0, 0x1FFF7590, "320" },
  { 0x495, "WB", 8, 0xFF, 0x44, 256, 0x1FFF75E0, 0x1FFF7590, "1024 640 512 256" },
  { 0x497, "WL", 8, 0xFF, 0x44, 64, 0x1FFF75E0, 0x1FFF7590, "256 128 64" },
  { 0x4B0, "WBA", 16, 0xFF, 0x44, 512, 0x0BFA07A0, 0x0BFA0700, "2048 1024" },
  { 0x4B2, "WBA", 16, 0xFF, 0x44, 96, 0x0BF8D7A0, 0x0BF8D700, "512" },
};

/* Single sectors, in the factory's layout: the last of bank 1, the first of bank 2, odd ones; from data sheets. */
static const struct
{
  guint16 pid;
  guint flash_kib;
  guint n_sectors;
  guint32 address; /* in this sector … */
  guint32 start;   /* … which begins here */
  guint32 size;
  guint16 code;
  guint8 bank;
} places[] = {
  { 0x410, 128, 128, 0x0801FFFF, 0x0801FC00, 1024, 127, 1 },
  { 0x414, 512, 256, 0x0807FFFF, 0x0807F800, 2048, 255, 1 },
  { 0x430, 1024, 512, 0x08080000, 0x08080000, 2048, 256, 2 },
  { 0x411, 768, 10, 0x080BFFFF, 0x080A0000, 131072, 9, 1 },
  { 0x413, 1024, 12, 0x08010001, 0x08010000, 65536, 4, 1 },
  { 0x413, 1024, 12, 0x080FFFFF, 0x080E0000, 131072, 11, 1 },
  { 0x413, 512, 8, 0x0807FFFF, 0x08060000, 131072, 7, 1 },
  { 0x419, 2048, 24, 0x08100000, 0x08100000, 16384, 12, 2 },
  { 0x419, 2048, 24, 0x081FFFFF, 0x081E0000, 131072, 23, 2 },
  { 0x419, 1024, 12, 0x080FFFFF, 0x080E0000, 131072, 11, 1 },
  { 0x415, 1024, 512, 0x08080000, 0x08080000, 2048, 256, 2 },
  { 0x416, 128, 512, 0x0801FFFF, 0x0801FF00, 256, 511, 1 },
  { 0x417, 64, 512, 0x0800FFFF, 0x0800FF80, 128, 511, 1 },
  { 0x437, 512, 2048, 0x08040000, 0x08040000, 256, 1024, 2 },
  { 0x447, 192, 1536, 0x08018000, 0x08018000, 128, 768, 2 },
  { 0x449, 1024, 8, 0x08040000, 0x08040000, 262144, 5, 1 },
  { 0x450, 1024, 8, 0x08100000, 0x08100000, 131072, 8, 2 },
  { 0x451, 2048, 12, 0x08020000, 0x08020000, 131072, 4, 1 },
  { 0x460, 128, 64, 0x0801FFFF, 0x0801F800, 2048, 63, 1 },
  { 0x467, 512, 256, 0x08040000, 0x08040000, 2048, 128, 2 },
  { 0x467, 256, 128, 0x0803FFFF, 0x0803F800, 2048, 127, 2 },
  { 0x467, 128, 64, 0x0801FFFF, 0x0801F800, 2048, 63, 1 },
  { 0x469, 512, 256, 0x08040000, 0x08040000, 2048, 128, 2 },
  { 0x469, 256, 128, 0x08040000, 0x08040000, 2048, 128, 2 },
  { 0x470, 2048, 512, 0x08100000, 0x08100000, 4096, 256, 2 },
  { 0x480, 2048, 256, 0x08100000, 0x08100000, 8192, 128, 2 },
  { 0x495, 1024, 256, 0x080FFFFF, 0x080FF000, 4096, 255, 1 },
  { 0x032, 512, 256, 0x100BFFFF, 0x100BF800, 2048, 255, 1 },
};

/* What sets chips apart from the rest of their series. */
static const struct
{
  guint16 pid;
  FlChipFlags set;
  FlChipFlags clear;
  guint max_erase_pages;
} traits[] = {
  { 0x410, 0, FL_CHIP_EMPTY_CHECK | FL_CHIP_BOOT0_IGNORED | FL_CHIP_NO_MASS_ERASE, 100 },
  { 0x413, FL_CHIP_DOUBLE_NACK | FL_CHIP_SILENT_BAD_ADDRESS | FL_CHIP_INFO_BLOCK_ONLY, FL_CHIP_NO_MASS_ERASE, 100 },
  { 0x417, FL_CHIP_NO_MASS_ERASE | FL_CHIP_NO_JUMP | FL_CHIP_INFO_BLOCK_ONLY, FL_CHIP_EMPTY_CHECK, 100 },
  { 0x427, FL_CHIP_NO_MASS_ERASE | FL_CHIP_DOUBLE_NACK, FL_CHIP_SILENT_BAD_ADDRESS, 100 },
  { 0x450, FL_CHIP_NO_BANK_ERASE | FL_CHIP_EARLY_ERASE_ACK, FL_CHIP_EMPTY_CHECK, 100 },
  { 0x454, FL_CHIP_ONE_PAGE_ERASE, FL_CHIP_EARLY_ERASE_ACK, 1 },
  { 0x460, FL_CHIP_ONE_PAGE_ERASE | FL_CHIP_EARLY_ERASE_ACK | FL_CHIP_BOOT0_IGNORED | FL_CHIP_EMPTY_CHECK, 0, 1 },
  { 0x461, FL_CHIP_NO_BANK_ERASE | FL_CHIP_EMPTY_CHECK, FL_CHIP_BOOT0_IGNORED, 100 },
  { 0x464, FL_CHIP_DOUBLE_SYNC_ACK, FL_CHIP_BOOT0_IGNORED, 100 },
  { 0x467, FL_CHIP_ONE_PAGE_ERASE | FL_CHIP_BOOT0_IGNORED | FL_CHIP_EMPTY_CHECK, FL_CHIP_EARLY_ERASE_ACK, 100 },
  { 0x468, 0, FL_CHIP_EMPTY_CHECK | FL_CHIP_BOOT0_IGNORED, 100 },
};

static void
test_all (void)
{
  const GPtrArray *all = fl_chip_db_all ();

  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);

      if (i >= G_N_ELEMENTS (rows) || chip->pid != rows[i].pid)
        g_error ("0x%03X has no row in this test, or it is not in order", chip->pid);
      g_assert_true (fl_chip_db_find (chip->pid) == chip);
    }
  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (rows));
  g_assert_null (fl_chip_db_find (0x000));
  g_assert_null (fl_chip_db_find (0x411 + 0x1000));
}

/* In each numbering of bank 2 a code names one sector, and fits into the erase command. */
static void
check_numberings (const FlChip *chip, FlLayout *layout)
{
  for (guint k = 0; k < fl_layout_get_n_numberings (layout); k++)
    {
      g_autoptr (GHashTable) codes = g_hash_table_new (NULL, NULL);

      for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
        {
          guint code = fl_layout_get_code (layout, i, k);

          g_assert_cmpuint (code, <, chip->erase_command == 0x43 ? 0x100 : 0xFFF0);
          g_assert_true (g_hash_table_add (codes, GUINT_TO_POINTER (code)));
        }
    }
}

static void
check_layout (const FlChip *chip, const FlChipLayout *known)
{
  FlLayout *layout = known->layout;
  g_autoptr (GHashTable) codes = g_hash_table_new (NULL, NULL);
  guint64 end = chip->flash_start;
  guint64 size = 0;

  g_assert_cmphex (fl_layout_get_start (layout), ==, chip->flash_start);
  g_assert_cmpuint (fl_layout_get_n_banks (layout), ==, known->dual_bank ? 2 : 1);
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      g_assert_cmpuint (sector->index, ==, i);
      g_assert_cmpuint (sector->address, >=, end);
      g_assert_true (sector->address == end || sector->bank == 2); /* a gap only between the banks */
      g_assert_cmpuint (sector->size % chip->program_unit, ==, 0);
      g_assert_cmpuint (sector->size % 128, ==, 0);
      g_assert_true (g_hash_table_add (codes, GUINT_TO_POINTER (sector->code)));
      g_assert_cmpuint (sector->code, <, chip->erase_command == 0x43 ? 0x100 : 0xFFF0);
      g_assert_cmpuint (fl_chip_get_erase_ms (chip, sector->size), >, 0);
      size += sector->size;
      end = (guint64) sector->address + sector->size;
    }
  g_assert_cmpuint (size, ==, (guint64) known->flash_kib * 1024);
  g_assert_cmpuint (size, ==, fl_layout_get_size (layout));
  check_numberings (chip, layout);
}

static void
check_layouts (const FlChip *chip, const char *sizes)
{
  g_autoptr (GString) found = g_string_new (NULL);
  guint last = 0;

  for (guint i = 0; i < chip->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (chip->layouts, i);
      gboolean exact = FALSE;

      check_layout (chip, known);
      if (known->flash_kib == last)
        {
          g_assert_false (known->factory);
          continue;
        }
      g_assert_true (known->factory);
      g_assert_true (fl_chip_get_layout (chip, known->flash_kib, &exact) == known->layout);
      g_assert_true (exact);
      g_string_append_printf (found, "%s%u", i > 0 ? " " : "", known->flash_kib);
      last = known->flash_kib;
    }
  g_assert_cmpstr (found->str, ==, sizes);
  g_assert_cmpuint (((const FlChipLayout *) g_ptr_array_index (chip->layouts, 0))->flash_kib, ==, chip->flash_kib);
}

static gboolean
overlap (guint32 a, guint64 a_size, guint32 b, guint64 b_size)
{
  return a_size > 0 && b_size > 0 && a < b + b_size && b < a + a_size;
}

typedef struct
{
  const char *what;
  guint32 start;
  guint64 size;
} Area;

static void
add_area (GArray *areas, const char *what, guint32 start, guint64 size)
{
  Area area = { what, start, size };

  if (start != 0 && size != 0)
    g_array_append_val (areas, area);
}

static void
add_ranges (GArray *areas, const char *what, const GArray *ranges)
{
  for (guint i = 0; i < ranges->len; i++)
    {
      const FlChipRange *range = &g_array_index (ranges, FlChipRange, i);

      add_area (areas, what, range->start, range->size);
    }
}

/* Of the largest layout: a gap between its banks is no flash. */
static void
add_flash (GArray *areas, const FlChip *chip)
{
  FlLayout *layout = ((const FlChipLayout *) g_ptr_array_index (chip->layouts, 0))->layout;

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      add_area (areas, "flash", sector->address, sector->size);
    }
}

/* Some chips keep what they are in the last bytes of the system memory. On the F72x AN2606's system memory also reaches
 * over the one-time programmable memory: its notes say so. */
static gboolean
may_overlap (const FlChip *chip, const Area *one, const Area *other)
{
  gboolean is_system = g_str_equal (one->what, "system");

  return is_system
         && (g_str_equal (other->what, "uid") || g_str_equal (other->what, "flash-size")
             || (chip->pid == 0x452 && g_str_equal (other->what, "otp")));
}

static gboolean
is_in (const GArray *ranges, guint32 address)
{
  for (guint i = 0; i < ranges->len; i++)
    {
      const FlChipRange *range = &g_array_index (ranges, FlChipRange, i);

      if (address >= range->start && address - range->start < range->size)
        return TRUE;
    }
  return FALSE;
}

static void
check_ranges (const FlChip *chip)
{
  g_autoptr (GArray) areas = g_array_new (FALSE, FALSE, sizeof (Area));

  add_flash (areas, chip);
  add_area (areas, "ram", chip->ram_start, (guint64) chip->ram_kib * 1024);
  add_ranges (areas, "ram", chip->more_ram);
  add_ranges (areas, "system", chip->system_areas);
  add_ranges (areas, "option", chip->option_areas);
  add_area (areas, "otp", chip->otp_start, chip->otp_size);
  add_area (areas, "eeprom", chip->eeprom_start, chip->eeprom_size);
  add_area (areas, "uid", chip->uid_address, 12);
  add_area (areas, "flash-size", chip->flash_size_register, 2);
  for (guint i = 0; i < areas->len; i++)
    for (guint j = i + 1; j < areas->len; j++)
      {
        const Area *one = &g_array_index (areas, Area, i);
        const Area *other = &g_array_index (areas, Area, j);

        if (may_overlap (chip, one, other) || !overlap (one->start, one->size, other->start, other->size))
          continue;
        g_test_message ("%s at 0x%08X overlaps %s at 0x%08X", one->what, one->start, other->what, other->start);
        g_test_fail ();
      }
  g_assert_cmpuint (chip->ram_reserved, <=, chip->ram_kib * 1024);
  g_assert_cmpuint (chip->system_areas->len, >, 0);
  if (chip->bootloader_id_address != 0)
    g_assert_true (is_in (chip->system_areas, chip->bootloader_id_address));
}

/* Where a chip's facts are from. */
static void
check_sources (const FlChip *chip)
{
  g_assert_nonnull (chip->notes);
  g_assert_cmpuint (strlen (chip->sources), >, 10);
  g_assert_true (strstr (chip->sources, "AN2606") != NULL && strstr (chip->sources, "AN3155") != NULL);
  if (chip->option_words->len == 0)
    return;
  g_assert_nonnull (chip->option_sources);
  g_assert_cmpuint (strlen (chip->option_sources), >, 10);
}

static void
check_usarts (const FlChip *chip)
{
  g_assert_cmpuint (chip->usarts->len, >, 0);
  for (guint i = 0; i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      g_assert_true (g_regex_match_simple ("^(LP)?US?ART[0-9]?$", usart->name, 0, 0));
      g_assert_true (g_regex_match_simple ("^P[A-K]([0-9]|1[0-5])$", usart->tx, 0, 0));
      g_assert_true (g_regex_match_simple ("^P[A-K]([0-9]|1[0-5])$", usart->rx, 0, 0));
      g_assert_cmpstr (usart->tx, !=, usart->rx);
    }
}

/* From the flash chapters of the reference manuals: where programming over what is not blank does no harm. */
static FlOverwrite
get_overwrite (const char *series)
{
  static const char *const refused[] = { "F0", "F1", "F3", "G0", "G4", "C0", "L4", "L4+", "WB", "WL", "U0", NULL };
  static const char *const clears[] = { "F2", "F4", "F7", NULL };

  if (g_strv_contains (refused, series))
    return FL_OVERWRITE_REFUSED;
  return g_strv_contains (clears, series) ? FL_OVERWRITE_CLEARS : FL_OVERWRITE_HARMS;
}

static void
test_chip (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  const FlChip *chip = fl_chip_db_find (rows[row].pid);

  g_assert_nonnull (chip);
  g_assert_true (g_str_has_prefix (chip->name, "STM32"));
  g_assert_true (g_str_has_prefix (chip->core, "Cortex-M"));
  g_assert_cmpstr (chip->series, ==, rows[row].series);
  g_assert_cmpuint (chip->program_unit, ==, rows[row].program_unit);
  g_assert_cmpuint (chip->program_unit & (chip->program_unit - 1), ==, 0);
  g_assert_cmphex (chip->erased_value, ==, rows[row].erased_value);
  g_assert_cmpint (chip->overwrite, ==, get_overwrite (chip->series));
  g_assert_cmphex (chip->erase_command, ==, rows[row].erase_command);
  g_assert_cmpuint (chip->ram_kib, ==, rows[row].ram_kib);
  g_assert_cmphex (chip->flash_size_register, ==, rows[row].flash_size_register);
  g_assert_cmphex (chip->uid_address, ==, rows[row].uid_address);
  g_assert_true (fl_chip_can_program (chip));
  g_assert_cmpint (chip->no_parity, ==, g_str_has_prefix (chip->series, "WB0") || g_str_equal (chip->series, "WL3"));

  check_layouts (chip, rows[row].sizes);
  check_ranges (chip);
  check_usarts (chip);
  g_assert_cmpuint (chip->erase_mass_ms, >, 0);
  g_assert_cmpuint (chip->program_ms, >, 0);
  g_assert_cmpuint (chip->startup_ms, >, 0);
  g_assert_nonnull (chip->boot_entry);
  g_assert_cmpuint (g_strv_length (chip->boot_entry), >, 0);
  check_sources (chip);
  for (guint i = 0; i < chip->layouts->len; i++) /* what the register says of each size is taken */
    {
      const FlChipLayout *known = g_ptr_array_index (chip->layouts, i);

      g_assert_cmpuint (fl_chip_decode_flash_size (chip, (guint16) known->flash_kib), ==, known->flash_kib);
    }
}

static void
test_places (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      FlLayout *layout = fl_chip_get_layout (fl_chip_db_find (places[i].pid), places[i].flash_kib, NULL);
      const FlSector *sector;

      g_assert_nonnull (layout);
      g_assert_cmpuint (fl_layout_get_n_sectors (layout), ==, places[i].n_sectors);
      sector = fl_layout_find (layout, places[i].address);
      g_assert_nonnull (sector);
      g_assert_cmphex (sector->address, ==, places[i].start);
      g_assert_cmpuint (sector->size, ==, places[i].size);
      g_assert_cmpuint (sector->code, ==, places[i].code);
      g_assert_cmpuint (sector->bank, ==, places[i].bank);
    }
}

/* Where bank 2 begins in the erase codes, as documents and tools have it. */
static const struct
{
  guint16 pid;
  guint flash_kib;
  guint codes[FL_LAYOUT_MAX_NUMBERINGS];
} numberings[] = {
  { 0x467, 512, { 128, 256 } },                               /* open bootloader, RM0444 */
  { 0x467, 256, { 64, 128, 256 } }, { 0x415, 1024, { 256 } }, /* RM0351 */
  { 0x415, 512, { 128, 256 } },     { 0x415, 256, { 64, 256 } },   { 0x461, 256, { 64, 256 } },
  { 0x419, 2048, { 12 } }, /* RM0090: also where bank 1 has 8 sectors */
  { 0x451, 2048, { 0 } },  /* one bank as it comes from the factory */
  { 0x430, 768, { 256 } },          { 0x447, 192, { 768 } },       { 0x450, 2048, { 8 } },
  { 0x450, 1024, { 8, 4 } },        { 0x469, 512, { 128 } },       { 0x469, 256, { 128, 64 } },
  { 0x437, 512, { 1024 } },         { 0x437, 384, { 768, 1024 } }, { 0x47A, 3072, { 192, 256 } },
  { 0x482, 1024, { 64, 128 } },
};

static void
test_numberings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numberings); i++)
    {
      FlLayout *layout = fl_chip_get_layout (fl_chip_db_find (numberings[i].pid), numberings[i].flash_kib, NULL);
      guint n = 0;

      while (n < FL_LAYOUT_MAX_NUMBERINGS && numberings[i].codes[n] != 0)
        n++;
      g_assert_cmpuint (fl_layout_get_n_numberings (layout), ==, MAX (n, 1));
      for (guint k = 0; k < n; k++)
        g_assert_cmpuint (fl_layout_get_code (layout, fl_layout_get_bank_2 (layout), k), ==, numberings[i].codes[k]);
    }
}

static void
test_traits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (traits); i++)
    {
      const FlChip *chip = fl_chip_db_find (traits[i].pid);

      g_assert_cmphex (chip->flags & (traits[i].set | traits[i].clear), ==, traits[i].set);
      g_assert_cmpuint (chip->max_erase_pages, ==, traits[i].max_erase_pages);
    }
}

static void
test_units (void)
{
  g_assert_cmpstr (fl_chip_get_unit_name (fl_chip_db_find (0x413)), ==, "sector");
  g_assert_cmpstr (fl_chip_get_unit_name (fl_chip_db_find (0x467)), ==, "page");
  g_assert_cmpuint (fl_chip_get_erase_ms (fl_chip_db_find (0x413), 128 * 1024), ==, 4000);
  g_assert_cmpuint (fl_chip_get_erase_ms (fl_chip_db_find (0x413), 64 * 1024), ==, 2400);
  g_assert_cmpuint (fl_chip_get_erase_ms (fl_chip_db_find (0x413), 16 * 1024), ==, 1200);
  g_assert_cmpuint (fl_chip_get_erase_ms (fl_chip_db_find (0x467), 2048), ==, 40);
}

static gpointer
find_thread (gpointer data)
{
  const FlChip *chip = fl_chip_db_find (0x467);

  return fl_chip_get_layout (chip, GPOINTER_TO_UINT (data), NULL);
}

/* Many threads ask for the same layout, which has to be made first: all get the same. */
static void
test_threads (void)
{
  GThread *threads[16];
  FlLayout *layouts[G_N_ELEMENTS (threads)];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("find", find_thread, GUINT_TO_POINTER (96));
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    layouts[i] = g_thread_join (threads[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_assert_nonnull (layouts[i]);
      g_assert_true (layouts[i] == layouts[0]);
      g_assert_cmpuint (fl_layout_get_size (layouts[i]), ==, 96 * 1024);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chip-db/threads", test_threads); /* first, so that they also race for reading the files */
  g_test_add_func ("/chip-db/all", test_all);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/chip-db/chip/0x%03X", rows[i].pid);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_chip);
    }
  g_test_add_func ("/chip-db/places", test_places);
  g_test_add_func ("/chip-db/numberings", test_numberings);
  g_test_add_func ("/chip-db/traits", test_traits);
  g_test_add_func ("/chip-db/units", test_units);
  return g_test_run ();
}
