/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chip files that are wrong in one place each, and what a right one becomes. */

#include <string.h>

#include "fl-chip.h"
#include "fl-error.h"

/* A right file; the tests replace one line, or add one. */
static const char *const right_lines[] = {
  "[series]",
  "name=X9",
  "flash=0x08000000",
  "erased-value=0xFF",
  "overwrite=clears",
  "erase-command=0x44",
  "[0x7FE]",
  "name=STM32X900",
  "core=Cortex-M0+",
  "flash-kib=64",
  "layout-64-dual=16x2K + 16x2K @0x08010000 #32|16|0x100; factory; when DB=1 at 0x1FFF7800.21",
  "layout-64-single=32x2K; when DB=0 at 0x1FFF7800.21",
  "layout-32=16x2K",
  "program-unit=8",
  "ram=0x20000000+36K",
  "more-ram=0x10000000+8K; 0x24000000+64K",
  "system=0x1FFF0000+28K; 0x1FFF8000+0x1000",
  "option=0x1FFF7800+0x80",
  "flash-size-mask=0x00FF",
  "flash-size-codes=7:64; 8:32",
  "flags=no-jump; empty-check",
  "usarts=USART1 PA9/PA10; LPUART1 PC0/PC1",
  "boot-entry=pattern-11; no-jump",
  "bugs=V1.0/V1.2: double-nack; start-dead",
  "versions=0x10 V1.0; 0x12 V1.2 X900",
  "sources=AN1, AN2",
};

static char *
make_file (const char *key, const char *replacement)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *start = g_strconcat (key, "=", NULL);
  gboolean replaced = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (right_lines); i++)
    {
      gboolean this_one = g_str_has_prefix (right_lines[i], start) && (i > 5 || strcmp (key, "name") != 0);

      g_string_append (text, this_one && replacement != NULL ? replacement : right_lines[i]);
      g_string_append_c (text, '\n');
      replaced = replaced || this_one;
    }
  if (!replaced && replacement != NULL)
    g_string_append_printf (text, "%s\n", replacement);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_right (void)
{
  g_autofree char *text = make_file ("", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) chips = fl_chip_db_parse (text, -1, "x9.ini", &error);
  const FlChip *chip;
  const FlChipLayout *layout;
  const FlChipUsart *usart;
  gboolean exact;

  g_assert_no_error (error);
  g_assert_cmpuint (chips->len, ==, 1);
  chip = g_ptr_array_index (chips, 0);
  g_assert_cmphex (chip->pid, ==, 0x7FE);
  g_assert_cmpstr (chip->series, ==, "X9");
  g_assert_cmpstr (chip->name, ==, "STM32X900");
  g_assert_cmphex (chip->erase_command, ==, 0x44);
  g_assert_cmpint (chip->overwrite, ==, FL_OVERWRITE_CLEARS);
  g_assert_cmphex (chip->ram_start, ==, 0x20000000);
  g_assert_cmpuint (chip->ram_kib, ==, 36);
  g_assert_cmpuint (chip->more_ram->len, ==, 2);
  g_assert_cmphex (g_array_index (chip->more_ram, FlChipRange, 1).start, ==, 0x24000000);
  g_assert_cmphex (g_array_index (chip->more_ram, FlChipRange, 1).size, ==, 0x10000);
  g_assert_cmpuint (chip->system_areas->len, ==, 2);
  g_assert_cmphex (chip->system_start, ==, 0x1FFF0000);
  g_assert_cmphex (chip->system_size, ==, 0x7000);
  g_assert_cmphex (g_array_index (chip->system_areas, FlChipRange, 1).start, ==, 0x1FFF8000);
  g_assert_cmphex (chip->option_start, ==, 0x1FFF7800);
  g_assert_cmphex (chip->option_size, ==, 0x80);
  g_assert_cmpint (chip->flags, ==, FL_CHIP_NO_JUMP | FL_CHIP_EMPTY_CHECK);
  g_assert_cmpuint (chip->max_erase_pages, ==, 100);
  g_assert_cmpuint (g_strv_length (chip->boot_entry), ==, 2);
  g_assert_cmpuint (g_strv_length (chip->bugs), ==, 2);
  g_assert_cmpuint (chip->usarts->len, ==, 2);
  usart = g_ptr_array_index (chip->usarts, 1);
  g_assert_cmpstr (usart->name, ==, "LPUART1");
  g_assert_cmpstr (usart->tx, ==, "PC0");
  g_assert_cmpstr (usart->rx, ==, "PC1");
  g_assert_cmpuint (fl_chip_decode_flash_size (chip, 7), ==, 64);
  g_assert_cmpuint (fl_chip_decode_flash_size (chip, 0xAA20), ==, 32);
  g_assert_cmpuint (fl_chip_decode_flash_size (chip, 65), ==, 0);

  g_assert_cmpuint (chip->layouts->len, ==, 3);
  layout = g_ptr_array_index (chip->layouts, 0);
  g_assert_true (layout->dual_bank && layout->factory && layout->option_value);
  g_assert_cmpstr (layout->condition, ==, "DB=1");
  g_assert_cmphex (layout->option_address, ==, 0x1FFF7800);
  g_assert_cmpuint (layout->option_bit, ==, 21);
  g_assert_cmphex (fl_layout_get_sector (layout->layout, 16)->address, ==, 0x08010000);
  g_assert_cmpuint (fl_layout_get_sector (layout->layout, 16)->code, ==, 32);
  g_assert_cmpuint (fl_layout_get_sector (layout->layout, 16)->bank, ==, 2);
  g_assert_cmpuint (fl_layout_get_n_numberings (layout->layout), ==, 3);
  g_assert_cmpuint (fl_layout_get_code (layout->layout, 31, 1), ==, 31);
  g_assert_cmpuint (fl_layout_get_code (layout->layout, 16, 2), ==, 256);
  layout = g_ptr_array_index (chip->layouts, 1);
  g_assert_false (layout->dual_bank || layout->factory || layout->option_value);

  g_assert_nonnull (fl_chip_get_layout (chip, 32, &exact));
  g_assert_true (exact);
  g_assert_true (fl_chip_get_layout (chip, 16, &exact) == fl_chip_get_layout (chip, 16, NULL));
  g_assert_false (exact);
  g_assert_cmpuint (fl_layout_get_n_sectors (fl_chip_get_layout (chip, 16, NULL)), ==, 8);
  g_assert_null (fl_chip_get_layout (chip, 128, &exact));
  g_assert_null (fl_chip_get_layout (chip, 1, &exact));
}

static const struct
{
  const char *fault;
  const char *build; /* nullable */
  gboolean concerns;
} fault_rows[] = {
  { "V1.0/V1.2: double-nack", "V1.0", TRUE },
  { "V1.0/V1.2: double-nack", "V1.2", TRUE },
  { "V1.0/V1.2: double-nack", "V1.1", FALSE },
  { "V1.0/V1.2: double-nack", "V1", FALSE },
  { "V1.0/V1.2: double-nack", NULL, TRUE },
  { "double-nack", "V1.1", TRUE },
  { "double-nack", NULL, TRUE },
};

/* Faults become sentences, with the builds that have them. */
static void
test_faults (void)
{
  g_autofree char *text = make_file ("", NULL);
  g_autoptr (GPtrArray) chips = fl_chip_db_parse (text, -1, "x9.ini", NULL);
  g_autoptr (GPtrArray) faults = fl_chip_dup_faults (g_ptr_array_index (chips, 0));
  g_autoptr (GPtrArray) none = fl_chip_dup_faults (fl_chip_db_find (0x410));
  g_autofree char *first = g_strconcat ("V1.0, V1.2: ", fl_fault_get_text ("double-nack"), NULL);

  g_assert_cmpuint (faults->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (faults, 0), ==, first);
  g_assert_cmpstr (g_ptr_array_index (faults, 1), ==, fl_fault_get_text ("start-dead"));
  g_assert_cmpuint (none->len, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (fault_rows); i++)
    {
      g_assert_true (fl_chip_fault_concerns (fault_rows[i].fault, fault_rows[i].build) == fault_rows[i].concerns);
      g_assert_cmpstr (fl_chip_fault_get_text (fault_rows[i].fault), ==, fl_fault_get_text ("double-nack"));
    }
}

typedef struct
{
  const char *name;
  const char *key;  /* what the message must name */
  const char *line; /* in its place */
} BadRow;

static const BadRow bad_rows[] = {
  { "unknown-key", "colour", "colour=red" },
  { "name-empty", "name", "name=" },
  { "no-sources", "sources", "" },
  { "no-flash-kib", "flash-kib", "" },
  { "number", "flash-kib", "flash-kib=64 KiB" },
  { "negative", "flash-kib", "flash-kib=-64" },
  { "hex-number", "uid", "uid=0xGG" },
  { "huge-number", "uid", "uid=0x1FFFFFFFF" },
  { "long-number", "uid", "uid=99999999999999999999" },
  { "byte", "erase-command", "erase-command=0x144" },
  { "word", "flash-size-mask", "flash-size-mask=0x10000" },
  { "unit-odd", "program-unit", "program-unit=12" },
  { "unit-small", "program-unit", "program-unit=2" },
  { "unit-large", "program-unit", "program-unit=512" },
  { "command", "erase-command", "erase-command=0x45" },
  { "batch-none", "max-erase-pages", "max-erase-pages=0" },
  { "batch-large", "max-erase-pages", "max-erase-pages=101" },
  { "info-block", "info-block", "flags=info-block-only" },
  { "range-one-number", "option", "option=0x1FFF7800" },
  { "range-empty", "option", "option=0x1FFF7800+0" },
  { "range-over-the-top", "option", "option=0xFFFFFFFF+2" },
  { "ram-odd", "ram", "ram=0x20000000+1000" },
  { "more-ram", "more-ram", "more-ram=0x10000000+8K;" },
  { "system", "system", "system=0x1FFF0000+0x7000 0x1FFF8000+0x1000" },
  { "system-empty", "system", "system=" },
  { "size-codes", "flash-size-codes", "flash-size-codes=7" },
  { "size-codes-zero", "flash-size-codes", "flash-size-codes=7:0" },
  { "parity", "parity", "parity=odd" },
  { "overwrite", "overwrite", "overwrite=harms" },
  { "flag", "flags", "flags=no-jump; no-fun" },
  { "flag-empty", "flags", "flags=no-jump;" },
  { "boot-entry", "boot-entry", "boot-entry=pattern-20" },
  { "bugs-empty", "bugs", "bugs=double-nack; ; start-dead" },
  { "bugs-not-utf8", "bugs", "bugs=\xFF\xFE" },
  { "bugs-unknown", "bugs", "bugs=double-nack; explodes" },
  { "bugs-sentence", "bugs", "bugs=Two answers in place of one" },
  { "bugs-unknown-build", "bugs", "bugs=V1.0/V1.1: double-nack" },
  { "bugs-no-builds", "bugs", "bugs=: double-nack" },
  { "bugs-of-no-build", "bugs", "bugs=V1.0: " },
  { "usart-name", "usarts", "usarts=SPI1 PA9/PA10" },
  { "usart-pin", "usarts", "usarts=USART1 PA9/PA16" },
  { "usart-port", "usarts", "usarts=USART1 PZ9/PA10" },
  { "usart-one-pin", "usarts", "usarts=USART1 PA9" },
  { "usart-comma", "usarts", "usarts=USART1 PA9/PA10, USART2 PA2/PA3" },
  { "layout-size", "layout-x", "layout-x=1x2K" },
  { "layout-zero", "layout-0", "layout-0=1x2K" },
  { "layout-sum", "layout-32", "layout-32=15x2K" },
  { "layout-text", "layout-32", "layout-32=16x2K of flash" },
  { "layout-empty", "layout-32", "layout-32=" },
  { "layout-nothing-but-place", "layout-32", "layout-32=@0x08000000" },
  { "layout-count-zero", "layout-32", "layout-32=0x2K 16x2K" },
  { "layout-size-zero", "layout-32", "layout-32=16x0" },
  { "layout-count-huge", "layout-32", "layout-32=99999x2K" },
  { "layout-over-the-top", "layout-32", "layout-32=16x2K @0xFFFFF000" },
  { "layout-elsewhere", "layout-", "layout-32=16x2K @0x08010000" },
  { "layout-overlap", "layout-32", "layout-32=8x2K + 8x2K @0x08000800 #8" },
  { "layout-codes", "layout-32", "layout-32=8x2K + 8x2K @0x08004000 #7" },
  { "layout-codes-other", "layout-32", "layout-32=8x2K + 8x2K #8|7" },
  { "layout-codes-twice", "layout-32", "layout-32=8x2K + 8x2K #8|8" },
  { "layout-codes-many", "layout-32", "layout-32=8x2K + 8x2K #8|16|32|64|128" },
  { "layout-codes-none", "layout-32", "layout-32=8x2K + 8x2K #8|" },
  { "layout-codes-bank-1", "layout-32", "layout-32=8x2K #0|8 + 8x2K #8" },
  { "layout-codes-banks", "layout-32", "layout-32=8x2K + 8x2K #8|0xFFEC" },
  { "layout-codes-text", "layout-32", "layout-32=8x2K + 8x2K #8|x" },
  { "layout-codes-43", "layout-", "layout-64=16x2K + 16x2K #16|250\nerase-command=0x43" },
  { "layout-bank-codes", "layout-32", "layout-32=16x2K #0xFFE8" },
  { "layout-three-banks", "layout-32", "layout-32=4x2K + 4x2K + 8x2K" },
  { "layout-word", "layout-32", "layout-32=16x2K; fabric" },
  { "layout-end-dual", "layout-32-dual", "layout-32-dual=16x2K" },
  { "layout-end-single", "layout-32-single", "layout-32-single=8x2K + 8x2K" },
  { "layout-odd-unit", "layout-", "layout-16=2048x4 8192x1" },
  { "factory-none", "layout-", "layout-64-dual=16x2K + 16x2K; when DB=1 at 0x1FFF7800.21" },
  { "factory-both", "layout-", "layout-64-single=32x2K; factory; when DB=0 at 0x1FFF7800.21" },
  { "factory-twice", "layout-64-single", "layout-64-single=32x2K; factory; factory" },
  { "condition-none", "layout-", "layout-64-single=32x2K" },
  { "condition-same", "layout-", "layout-64-single=32x2K; when DB=1 at 0x1FFF7800.21" },
  { "condition-elsewhere", "layout-", "layout-64-single=32x2K; when DB=0 at 0x1FFF7804.21" },
  { "condition-bit", "layout-64-single", "layout-64-single=32x2K; when DB=0 at 0x1FFF7800.32" },
  { "condition-odd", "layout-64-single", "layout-64-single=32x2K; when DB=0 at 0x1FFF7801.21" },
  { "condition-value", "layout-64-single", "layout-64-single=32x2K; when DB=2 at 0x1FFF7800.21" },
  { "largest", "flash-kib", "flash-kib=128" },
  { "page-code-43", "layout-", "layout-512=512x1K\nflash-kib=512\nerase-command=0x43" },
  { "pid-text", "[G0]", "[G0]" },
  { "pid-decimal", "[1127]", "[1127]" },
  { "pid-large", "[0x10000]", "[0x10000]" },
  { "pid-twice", "[0x07FE]", "[0x07FE]\nname=X\nsources=Y\nflash-kib=1" },
};

static void
test_bad (gconstpointer data)
{
  const BadRow *row = data;
  g_autofree char *text = make_file (row->key, row->line);
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_chip_db_parse (text, -1, "x9.ini", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "x9.ini"));
  g_assert_nonnull (strstr (error->message, row->key));
}

/* What is not even a key file. */
static void
test_garbage (void)
{
  static const char *const texts[] = { "name=X", "[0x467", "[0x467]\nname", "\xFF\xFF[", "[]\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_chip_db_parse (texts[i], -1, "x9.ini", &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, "x9.ini"));
    }
}

/* A file cut off anywhere is either refused or has fewer keys; never worse. */
static void
test_cut_short (void)
{
  g_autofree char *text = make_file ("", NULL);

  for (gsize length = 0; length < strlen (text); length++)
    {
      g_autofree char *copy = g_strndup (text, length); /* so that a sanitizer sees reads behind it */
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) chips = fl_chip_db_parse (copy, (gssize) length, "x9.ini", &error);

      if (chips == NULL)
        g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      else
        g_assert_no_error (error);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chip-parse/right", test_right);
  g_test_add_func ("/chip-parse/faults", test_faults);
  g_test_add_func ("/chip-parse/garbage", test_garbage);
  g_test_add_func ("/chip-parse/cut-short", test_cut_short);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/chip-parse/bad/%s", bad_rows[i].name);

      g_test_add_data_func (path, &bad_rows[i], test_bad);
    }
  return g_test_run ();
}
