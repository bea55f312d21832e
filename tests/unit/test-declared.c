/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a map is good for, and chips that somebody declares. */

#include <string.h>

#include "fl-device-declared.h"
#include "fl-error.h"
#include "fl-stmap-compare.h"

#define NO_PID   -1
#define NO_BOARD -1

/* A map with pages of one size from 0x08000000 on. */
typedef struct
{
  int pid;
  guint n_pages;
  guint page; /* bytes */
  const char *more_product;
  const char *more_areas;
} Map;

static FlStmap *
make_map (const Map *shape)
{
  g_autoptr (GString) text = g_string_new ("[Product]\r\nName=A_MAP\r\n");
  g_autoptr (GError) error = NULL;
  FlStmap *map;

  if (shape->pid >= 0)
    g_string_append_printf (text, "PID=%04X\r\n", (guint) shape->pid);
  if (shape->more_product != NULL)
    g_string_append_printf (text, "%s\r\n", shape->more_product);
  for (guint i = 0; i < shape->n_pages; i++)
    g_string_append_printf (text, "[Page%u]\r\nIndex=%X\r\nAddress=%08X\r\nSize=%X\r\n", i, i,
                            0x08000000 + i * shape->page, shape->page);
  if (shape->more_areas != NULL)
    g_string_append (text, shape->more_areas);
  map = fl_stmap_parse (text->str, text->len, "a.STmap", &error);
  g_assert_no_error (error);
  return map;
}

/* A chip on the port, as the connect job finds it. */
static FlDevice *
make_device (guint16 pid, guint flash_kib)
{
  FlDevice *device = fl_device_new (pid);

  fl_device_set_geometry (device, flash_kib, device->chip != NULL && device->chip->flash_size_register != 0);
  return device;
}

/* Each map beside a chip, or beside the database: the verdict, and words that the sentences must and must not have. */
static const struct
{
  const char *name;
  Map map;
  int board; /* PID; NO_BOARD: there is none */
  guint board_kib;
  FlStmapVerdict verdict;
  const char *first; /* of the first sentence */
  const char *part;  /* of any sentence; NULL: there is only one */
} comparisons[] = {
  { "f1-16", { 0x412, 16, 0x400 }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "not needed", NULL },
  { "f1-128", { 0x410, 128, 0x400 }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "not needed", NULL },
  { "f1-value", { 0x420, 128, 0x400, "BID=1FFFF7D6" }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "0x420", NULL },
  { "f1-256", { 0x414, 128, 0x800, "FlashSize=0100" }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "256 KiB", NULL },
  { "f1-connectivity", { 0x418, 64, 0x800 }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "not needed", NULL },
  { "f1-xl", { 0x430, 512, 0x800, "BID=1FFFF7D6" }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "not needed", NULL },
  { "either-bank", { 0x415, 256, 0x800 }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "not needed", NULL },
  { "one-bank", { 0x469, 128, 0x1000 }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "not needed", "DBANK=0" },
  { "packet", { 0x460, 64, 0x800, "PacketSize=FF" }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "not needed", "252 bytes" },
  { "packet-100", { 0x460, 64, 0x800, "PacketSize=100" }, NO_BOARD, 0, FL_STMAP_NOT_NEEDED, "not needed", NULL },
  { "others",
    { 0x410, 128, 0x400, NULL, "[OptBytes]\nAddress=1FFFF800\nSize=10\nType=101\n[DATA]\nAddress=1000\nSize=1\n" },
    NO_BOARD,
    0,
    FL_STMAP_NOT_NEEDED,
    "not needed",
    "never erased: OptBytes, DATA." },
  { "page-size", { 0x460, 128, 0x400 }, NO_BOARD, 0, FL_STMAP_DIFFERS, "something else", "128 pages or sectors" },
  { "page-differs", { 0x460, 128, 0x400 }, NO_BOARD, 0, FL_STMAP_DIFFERS, "0x460", "1024 bytes, erase code 0. The" },
  { "code",
    { 0x460, 63, 0x800, NULL, "[Page63]\nIndex=7F\nAddress=0801F800\nSize=800\n" },
    NO_BOARD,
    0,
    FL_STMAP_DIFFERS,
    "something else",
    "[Page63] of line 256: 0x0801F800, 2048 bytes, erase code 127" },
  { "too-large",
    { 0x410, 256, 0x400 },
    NO_BOARD,
    0,
    FL_STMAP_DIFFERS,
    "something else",
    "256 KiB of flash; the largest" },
  { "flash-size",
    { 0x410, 128, 0x400, "FlashSize=0040" },
    NO_BOARD,
    0,
    FL_STMAP_DIFFERS,
    "else",
    "FlashSize is 64 KiB" },
  { "bid", { 0x420, 128, 0x400, "BID=1FFFF7D7" }, NO_BOARD, 0, FL_STMAP_DIFFERS, "else", "BID is 0x1FFFF7D7" },
  { "no-areas", { 0x410, 0, 0 }, NO_BOARD, 0, FL_STMAP_DIFFERS, "something else", "no area that is flash" },
  { "unknown", { 0x7FF, 64, 0x800 }, NO_BOARD, 0, FL_STMAP_USABLE, "0x7FF is not known", NULL },
  { "no-pid", { NO_PID, 64, 0x800 }, NO_BOARD, 0, FL_STMAP_USABLE, "cannot check", "which product ID" },
  { "unusable", { 0x7FF, 0, 0 }, NO_BOARD, 0, FL_STMAP_UNUSABLE, "cannot be used", "no area" },
  { "codes-twice",
    { 0x7FF, 2, 0x800, NULL, "[A]\nAddress=08001000\nSize=800\n" },
    NO_BOARD,
    0,
    FL_STMAP_UNUSABLE,
    "cannot be used",
    "used for two" },
  { "stm8", { NO_PID, 32, 0x400, "family=3;" }, NO_BOARD, 0, FL_STMAP_FOREIGN, "an STM8", NULL },
  { "stm8-routines", { NO_PID, 32, 0x400, "1.0=x.s19" }, NO_BOARD, 0, FL_STMAP_FOREIGN, "an STM8", NULL },
  { "str75", { NO_PID, 32, 0x400, "ACKVAL=75" }, NO_BOARD, 0, FL_STMAP_FOREIGN, "an STR75x", NULL },
  { "str75-family", { NO_PID, 32, 0x400, "family=2" }, NO_BOARD, 0, FL_STMAP_FOREIGN, "an STR75x", NULL },
  { "str91", { 0x25966041, 32, 0x10000 }, NO_BOARD, 0, FL_STMAP_FOREIGN, "an STR91x", NULL },
  { "stm8-on-port", { NO_PID, 32, 0x400, "family=3" }, 0x467, 128, FL_STMAP_FOREIGN, "an STM8", NULL },

  { "port-same", { 0x467, 64, 0x800, "PacketSize=100" }, 0x467, 128, FL_STMAP_NOT_NEEDED, "not needed", NULL },
  { "port-no-pid", { NO_PID, 64, 0x800 }, 0x467, 128, FL_STMAP_NOT_NEEDED, "not needed", NULL },
  { "port-size",
    { 0x467, 64, 0x800 },
    0x467,
    256,
    FL_STMAP_DIFFERS,
    "else",
    "128 KiB of flash; this chip has 256 KiB" },
  { "port-no-pid-differs", { NO_PID, 64, 0x400 }, 0x467, 128, FL_STMAP_DIFFERS, "0x467", "64 KiB of flash; this" },
  { "port-other",
    { 0x442, 128, 0x800 },
    0x467,
    128,
    FL_STMAP_OTHER_CHIP,
    "PID 0x442 (STM32F030xC, F091, F098); the chip on the port is an STM32G0B0/0B1/0C1 (0x467): the map is not needed, "
    "and "
    "would be wrong here.",
    NULL },
  { "port-other-unknown", { 0x7FE, 128, 0x800 }, 0x467, 128, FL_STMAP_OTHER_CHIP, "0x7FE, which is not known", NULL },
  { "port-unknown", { 0x7FF, 64, 0x800 }, 0x7FF, 0, FL_STMAP_USABLE, "0x7FF is not known", NULL },
  { "port-unknown-no-pid", { NO_PID, 64, 0x800 }, 0x7FF, 0, FL_STMAP_USABLE, "0x7FF is not known", "which product ID" },
  { "port-unknown-other", { 0x442, 64, 0x800 }, 0x7FF, 0, FL_STMAP_OTHER_CHIP, "PID 0x7FF", "copy of the map" },
};

static void
test_compare (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlStmap) map = make_map (&comparisons[row].map);
  g_autoptr (FlDevice) device = comparisons[row].board >= 0
                                    ? make_device ((guint16) comparisons[row].board, comparisons[row].board_kib)
                                    : NULL;
  g_autoptr (FlStmapComparison) comparison = fl_stmap_compare (map, device);
  g_autofree char *text = fl_stmap_comparison_to_text (comparison);

  g_test_message ("%s", text);
  g_assert_cmpstr (fl_stmap_verdict_get_id (comparison->verdict), ==,
                   fl_stmap_verdict_get_id (comparisons[row].verdict));
  g_assert_nonnull (strstr (g_ptr_array_index (comparison->sentences, 0), comparisons[row].first));
  if (comparisons[row].part == NULL)
    g_assert_cmpuint (comparison->sentences->len, ==, 1);
  else
    g_assert_nonnull (strstr (text, comparisons[row].part));
}

/* Text that declares a flash, and what becomes of it. */
static const struct
{
  const char *text;
  guint n_sectors;
  guint32 start;
  guint64 end;
  guint unit;
  guint8 erased;
  guint8 command;
} texts[] = {
  { "0x08000000:64x2K", 64, 0x08000000, 0x08020000, 32, 0xFF, 0 },
  { "0x08000000:4x16K,1x64K,7x128K", 12, 0x08000000, 0x08100000, 32, 0xFF, 0 },
  { " 0x08000000 : 4X16k , 1x0x10000;unit=8;erased=0xff;command=0x44", 5, 0x08000000, 0x08020000, 8, 0xFF, 0x44 },
  { "134217728:2x256; Unit = 256; erased=0; command=67", 2, 0x08000000, 0x08000200, 256, 0x00, 0x43 },
  { "0x10040000:256x2048;unit=4;;command=0x43;", 256, 0x10040000, 0x100C0000, 4, 0xFF, 0x43 },
};

static void
test_text (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlDeclaration) declared = fl_declaration_parse (texts[i].text, &error);
      FlLayout *layout;

      g_assert_no_error (error);
      layout = fl_declaration_get_layout (declared);
      g_assert_cmpuint (fl_layout_get_n_sectors (layout), ==, texts[i].n_sectors);
      g_assert_cmphex (fl_layout_get_start (layout), ==, texts[i].start);
      g_assert_cmphex (fl_layout_get_end (layout), ==, texts[i].end);
      for (guint at = 0; at < texts[i].n_sectors; at++)
        g_assert_cmpuint (fl_layout_get_sector (layout, at)->code, ==, at);
      g_assert_cmpuint (fl_declaration_get_unit (declared), ==, texts[i].unit);
      g_assert_cmphex (fl_declaration_get_erased (declared), ==, texts[i].erased);
      g_assert_cmphex (fl_declaration_get_command (declared), ==, texts[i].command);
      g_assert_cmpstr (fl_declaration_get_name (declared), ==, texts[i].text);
      g_assert_cmpint (fl_declaration_get_pid (declared), ==, -1);
      g_assert_null (fl_declaration_get_map (declared));
    }
}

static const struct
{
  const char *text;
  const char *part; /* of the message */
} wrong_texts[] = {
  { "", "0x08000000:64x2K" },
  { "64x2K", "64x2K" },
  { "0x08000000", "not understood" },
  { "0x08000000:", "not understood" },
  { "0x08000000:64", "“64”" },
  { "0x08000000:x2K", "“x2K”" },
  { "0x08000000:0x2K", "“0x2K”" },
  { "0x08000000:64x0", "“64x0”" },
  { "0x08000000:64x2K,", "“”" },
  { "0x08000000:64x2K 1x1K", "64x2K 1x1K" },
  { "0x08000000:4097x2K", "4097" },
  { "0x08000000:4096x2K,1x2K", "“1x2K”" },
  { "0xFFFFF800:1x2K", "“1x2K”" },
  { "0x108000000:1x2K", "0x108000000" },
  { "0x08000000:64x2K;unit", "“unit”" },
  { "0x08000000:64x2K;unit=3", "unit=3" },
  { "0x08000000:64x2K;unit=2", "unit=2" },
  { "0x08000000:64x2K;unit=512", "unit=512" },
  { "0x08000000:64x2K;erased=0x55", "erased=0x55" },
  { "0x08000000:64x2K;command=0x45", "command=0x45" },
  { "0x08000000:64x2K;ram=4K", "ram=4K" },
  { "0x08000000:64x16", "whole units of 32 bytes" },
  { "0x08000010:64x2K", "whole units of 32 bytes" },
  { "0x08000000:257x2K;command=0x43", "erase code 256" },
};

static void
test_wrong_text (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_declaration_parse (wrong_texts[i].text, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, wrong_texts[i].part));
    }
}

/* Maps that cannot be used. */
static const struct
{
  Map map;
  FlError code;
  const char *part;
} wrong_maps[] = {
  { { NO_PID, 32, 0x400, "family=3" }, FL_ERROR_UNSUPPORTED, "STM8" },
  { { NO_PID, 32, 0x400, "family=2" }, FL_ERROR_UNSUPPORTED, "STR75x" },
  { { NO_PID, 32, 0x400, "family=4" }, FL_ERROR_UNSUPPORTED, "STR91x" },
  { { 0x7FF, 0, 0, NULL, "[DATA]\nSize=400\n[Page0]\nAddress=8000000\nSize=400\nType=101\n" },
    FL_ERROR_FORMAT,
    "no area that is flash" },
  { { 0x7FF, 2, 0x400, NULL, "[A]\nAddress=9000000\nSize=400\nIndex=1\n" }, FL_ERROR_FORMAT, "erase code 1 is used" },
  { { 0x7FF, 2, 0x400, NULL, "[A]\nAddress=9000000\nSize=400\nIndex=FFF0\n" }, FL_ERROR_FORMAT, "erase code 65520" },
  { { 0x7FF, 2, 0x410 }, FL_ERROR_FORMAT, "whole units of 32 bytes" },
};

static void
test_wrong_map (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_maps); i++)
    {
      g_autoptr (FlStmap) map = make_map (&wrong_maps[i].map);
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_declaration_new_for_map (map, &error));
      g_assert_error (error, FL_ERROR, (int) wrong_maps[i].code);
      g_assert_nonnull (strstr (error->message, wrong_maps[i].part));
      g_assert_nonnull (strstr (error->message, "a.STmap"));
    }
}

/* What is declared of a chip is all that is known of it. */
static void
check_chip (const FlChip *chip, guint16 pid)
{
  g_assert_cmphex (chip->pid, ==, pid);
  g_assert_true (fl_chip_can_program (chip));
  g_assert_cmpuint (chip->option_words->len, ==, 0);
  g_assert_cmpuint (chip->option_fields->len, ==, 0);
  g_assert_cmpuint (chip->option_areas->len, ==, 0);
  g_assert_cmpuint (chip->write_protect->len, ==, 0);
  g_assert_cmpuint (chip->ram_kib, ==, 0);
  g_assert_cmpuint (chip->uid_address, ==, 0);
  g_assert_cmpuint (chip->flash_size_register, ==, 0);
  g_assert_cmpuint (chip->max_erase_pages, ==, 1);
}

/* Nothing that is known is faster, or writes in larger units. */
static void
test_safe (void)
{
  g_autoptr (FlDeclaration) pages = fl_declaration_parse ("0x08000000:64x2K", NULL);
  g_autoptr (FlDeclaration) sectors = fl_declaration_parse ("0x08000000:4x16K,1x64K,7x128K", NULL);
  FlChip *page_chip = fl_declaration_make_chip (pages, 0x7FF);
  FlChip *sector_chip = fl_declaration_make_chip (sectors, 0x7FF);
  const GPtrArray *all = fl_chip_db_all ();

  check_chip (page_chip, 0x7FF);
  check_chip (sector_chip, 0x7FF);
  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *known = g_ptr_array_index (all, i);
      guint32 size = fl_chip_get_layout (known, known->flash_kib, NULL) != NULL
                         ? fl_layout_get_sector (fl_chip_get_layout (known, known->flash_kib, NULL), 0)->size
                         : 2048;
      const FlChip *chip = size >= 16 * 1024 ? sector_chip : page_chip;

      g_assert_cmpuint (page_chip->program_unit % MAX (known->program_unit, 1), ==, 0);
      g_assert_cmpuint (fl_chip_get_erase_ms (chip, size), >=, fl_chip_get_erase_ms (known, size));
      g_assert_cmpuint (chip->erase_mass_ms, >=, known->erase_mass_ms);
    }
  fl_declaration_free_chip (page_chip);
  fl_declaration_free_chip (sector_chip);
}

static void
test_device (void)
{
  const Map shape = { 0x7FF, 64, 0x800, "RAMSize=14", "[OptBytes]\nAddress=1FFF7800\nSize=80\nType=101\n" };
  g_autoptr (FlStmap) map = make_map (&shape);
  g_autoptr (FlDeclaration) declared = fl_declaration_new_for_map (map, NULL);
  g_autoptr (FlDevice) device = fl_device_new (0x7FF);
  g_autoptr (GPtrArray) sentences = NULL;
  g_autofree char *name = NULL;

  g_assert_cmpint (fl_declaration_get_pid (declared), ==, 0x7FF);
  g_assert_true (fl_device_declare (device, declared));
  g_clear_pointer (&declared, fl_declaration_unref); /* the device has what it needs */
  check_chip (device->chip, 0x7FF);
  g_assert_cmphex (device->chip->erase_command, ==, 0x44);
  name = fl_device_dup_name (device);
  g_assert_cmpstr (name, ==, "unknown chip (PID 0x7FF), as declared by a.STmap");
  g_assert_cmpuint (device->flash_kib, ==, 128);
  g_assert_false (device->flash_kib_read);
  g_assert_cmpuint (fl_layout_get_n_sectors (device->layout), ==, 64);
  fl_device_set_geometry (device, 0, FALSE); /* as when the size could not be read */
  g_assert_cmpuint (device->flash_kib, ==, 128);
  g_assert_cmpuint (fl_layout_get_n_sectors (device->layout), ==, 64);
  g_assert_cmpuint (device->remarks->len, ==, 0);
  g_assert_false (fl_device_get_bank_option (device, NULL));
  sentences = fl_device_explain_declaration (device, device->declaration);
  g_assert_nonnull (strstr (g_ptr_array_index (sentences, 0), "nothing of it was checked"));
}

/* A declaration is for a chip that is not known, and a map for the one that it names. */
static const struct
{
  const char *text; /* NULL: a map */
  int map_pid;
  guint16 pid;
  gboolean used;
  const char *part; /* of what is said then */
} uses[] = {
  { "0x08000000:64x2K", 0, 0x7FF, TRUE, "64 × 2 KiB" },
  { "0x08000000:64x2K", 0, 0x467, FALSE, "is known (STM32G0B0/0B1/0C1)" },
  { "0x08000000:64x2K;command=0x43", 0, 0x7FF, TRUE, "command 43 was declared" },
  { NULL, 0x7FF, 0x7FF, TRUE, "a.STmap says" },
  { NULL, NO_PID, 0x7FF, TRUE, "does not say for which" },
  { NULL, 0x7FE, 0x7FF, FALSE, "0x7FE" },
  { NULL, 0x467, 0x467, FALSE, "not needed" },
};

static void
test_use (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (uses); i++)
    {
      const Map shape = { uses[i].map_pid, 64, 0x800 };
      g_autoptr (FlStmap) map = make_map (&shape);
      g_autoptr (FlDeclaration) declared = uses[i].text != NULL ? fl_declaration_parse (uses[i].text, NULL)
                                                                : fl_declaration_new_for_map (map, NULL);
      g_autoptr (FlDevice) device = fl_device_new (uses[i].pid);
      g_autoptr (GPtrArray) sentences = NULL;
      g_autoptr (GString) text = g_string_new (NULL);

      device->commands[0] = 0x44;
      device->n_commands = 1;
      if (device->chip != NULL)
        fl_device_set_geometry (device, 128, TRUE);
      g_assert_cmpint (fl_device_declare (device, declared), ==, uses[i].used);
      g_assert_true ((device->declaration != NULL) == uses[i].used);
      g_assert_true (device->chip == (uses[i].used ? device->declared_chip : fl_chip_db_find (uses[i].pid)));
      sentences = fl_device_explain_declaration (device, declared);
      for (guint at = 0; at < sentences->len; at++)
        g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (sentences, at));
      g_test_message ("%s", text->str);
      g_assert_nonnull (strstr (text->str, uses[i].part));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (comparisons); i++)
    {
      g_autofree char *path = g_strdup_printf ("/declared/compare/%s", comparisons[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_compare);
    }
  g_test_add_func ("/declared/text", test_text);
  g_test_add_func ("/declared/wrong-text", test_wrong_text);
  g_test_add_func ("/declared/wrong-map", test_wrong_map);
  g_test_add_func ("/declared/safe", test_safe);
  g_test_add_func ("/declared/device", test_device);
  g_test_add_func ("/declared/use", test_use);
  return g_test_run ();
}
