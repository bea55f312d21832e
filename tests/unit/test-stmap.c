/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Map files: the ten shapes that were in use, built from what is known of them, and files that are wrong. */

#include <glib/gstdio.h>
#include <string.h>

#include "fl-error.h"
#include "fl-stmap.h"

#define NOTHING G_MAXUINT32

/* Areas that follow each other: NAME0…, each with its index and address. */
typedef struct
{
  const char *name;
  guint count; /* 0: one area with exactly this name */
  guint32 index;
  guint32 address;
  guint32 size;
  const char *type;
  FlStmapKind kind;
} Run;

typedef struct
{
  const char *name;
  guint32 pid; /* NOTHING: the key is missing */
  guint32 bid;
  guint32 flash_kib; /* as in the file */
  guint32 ram_kib;
  guint32 packet;
  guint32 ack;
  const char *unit_name;
  guint32 group;
  guint family;
  const char *foreign;
  const char *trailer; /* behind some values */
  const char *ufo;
  Run runs[4];
} Shape;

#define PAGES(n, size)                                                                                                 \
  {                                                                                                                    \
    "Page", n, 0, 0x08000000, size, "111", FL_STMAP_FLASH                                                              \
  }
#define SECTOR(name, index, address, size)                                                                             \
  {                                                                                                                    \
    name, 0, index, address, size, "111", FL_STMAP_FLASH                                                               \
  }

static const Shape shapes[] = {
  { "STM32_Low-density_16K",
    0x412,
    NOTHING,
    0x10,
    6,
    0xFF,
    0x79,
    "Pages",
    4,
    1,
    NULL,
    "",
    "111",
    { PAGES (16, 0x400) } },
  { "STM32_Med-density_128K",
    0x410,
    NOTHING,
    0x80,
    0x14,
    0xFF,
    0x79,
    "Pages",
    4,
    1,
    NULL,
    "",
    "111",
    { PAGES (128, 0x400) } },
  { "STM32_Med-density-value_128K",
    0x420,
    0x1FFFF7D6,
    0x80,
    8,
    0xFF,
    0x79,
    "Pages",
    4,
    1,
    NULL,
    "",
    "111",
    { PAGES (128, 0x400) } },
  { "STM32_High-density_256K",
    0x414,
    NOTHING,
    0x100,
    0x30,
    0xFF,
    0x79,
    "Pages",
    2,
    1,
    NULL,
    " ;;ADDR_FLASH_SIZE=1FFFF7E0;",
    "111",
    { PAGES (128, 0x800) } },
  { "STM32_Connectivity-line_128K",
    0x418,
    NOTHING,
    0x80,
    0x20,
    0xFF,
    0x79,
    "Pages",
    2,
    1,
    NULL,
    ";",
    "111",
    { PAGES (64, 0x800) } },
  { "STM32_XL-density_1024K",
    0x430,
    0x1FFFF7D6,
    0x400,
    0x60,
    0xFF,
    0x79,
    "Pages",
    2,
    1,
    NULL,
    ";",
    "111",
    { PAGES (512, 0x800) } },
  { "STR750F", NOTHING, NOTHING, 0xFFFF, NOTHING, NOTHING, 0x75, "Sectors", 1, 2, "STR75x", "", "1", { { NULL } } },
  { "STR91xFA",
    0x25966041,
    NOTHING,
    NOTHING,
    NOTHING,
    NOTHING,
    0x79,
    "Sectors",
    1,
    4,
    "STR91x",
    "",
    "1",
    { { "SEC", 32, 0, 0x00200000, 0x10000, "111", FL_STMAP_FLASH } } },
  { "STM8L_32K",
    NOTHING,
    NOTHING,
    NOTHING,
    NOTHING,
    0x80,
    0x79,
    "sectors",
    2,
    3,
    "STM8",
    "",
    "1",
    { { "DataEE", 0, 0x20, 0x1000, 0x400, "111", FL_STMAP_EEPROM },
      { "OptBytes", 0, NOTHING, 0x4800, 0x80, "101", FL_STMAP_OPTION },
      { "SEC", 32, 0, 0x8000, 0x400, "111", FL_STMAP_FLASH } } },
  { "STM8L_64K",
    NOTHING,
    NOTHING,
    NOTHING,
    NOTHING,
    0x80,
    0x79,
    "sectors",
    NOTHING,
    3,
    "STM8",
    "",
    "1",
    { { "DataEE0", 0, 0x40, 0x1000, 0x400, "111", FL_STMAP_EEPROM },
      { "DataEE1", 0, 0x41, 0x1400, 0x400, "111", FL_STMAP_EEPROM },
      { "SEC", 64, 0, 0x8000, 0x400, "111", FL_STMAP_FLASH } } },
};

/* The STR750F's sectors are uneven, and their indices jump. */
static const Run str750_sectors[] = {
  SECTOR ("B0F0", 0x00, 0x20000000, 0x2000),  SECTOR ("B0F1", 0x01, 0x20002000, 0x2000),
  SECTOR ("B0F2", 0x02, 0x20004000, 0x2000),  SECTOR ("B0F3", 0x03, 0x20006000, 0x2000),
  SECTOR ("B0F4", 0x04, 0x20008000, 0x8000),  SECTOR ("B0F5", 0x05, 0x20010000, 0x10000),
  SECTOR ("B0F6", 0x06, 0x20020000, 0x10000), SECTOR ("B0F7", 0x07, 0x20030000, 0x10000),
  SECTOR ("B1F0", 0x10, 0x200C0000, 0x2000),  SECTOR ("B1F1", 0x11, 0x200C2000, 0x2000),
};

static const Run *
get_runs (const Shape *shape, guint *n)
{
  if (shape->runs[0].name == NULL)
    {
      *n = G_N_ELEMENTS (str750_sectors);
      return str750_sectors;
    }
  for (*n = 0; *n < G_N_ELEMENTS (shape->runs) && shape->runs[*n].name != NULL; (*n)++)
    ;
  return shape->runs;
}

static void
add_hex (GString *text, const char *key, int n_digits, guint32 value, const char *trailer)
{
  if (value != NOTHING)
    g_string_append_printf (text, "%s = %0*X%s\r\n", key, n_digits, value, trailer);
}

static void
add_area (GString *text, const Shape *shape, const Run *run, guint at)
{
  g_autofree char *name = run->count > 0 ? g_strdup_printf ("%s%u", run->name, at) : g_strdup (run->name);

  g_string_append_printf (text, "[%s]\r\nName = ;;\r\n", name);
  if (run->index != NOTHING)
    g_string_append_printf (text, "Index=%02X%s\r\n", run->index + at, shape->trailer);
  g_string_append_printf (text, "Address = %08X%s\r\nSize\t= %08X \r\nType=%s%s\r\nUFO=%s\r\n\r\n",
                          run->address + at * run->size, shape->trailer, run->size, run->type, shape->trailer,
                          shape->ufo);
}

static GString *
make_text (const Shape *shape)
{
  GString *text = g_string_new (";; a map\r\n;;*****\r\n\r\n[Product]\r\n");
  guint n;
  const Run *runs = get_runs (shape, &n);

  g_string_append_printf (text, "Name = %s\r\n", shape->name);
  add_hex (text, "PID", 4, shape->pid, shape->trailer);
  add_hex (text, "BID", 8, shape->bid, shape->trailer);
  add_hex (text, "FlashSize", 4, shape->flash_kib, shape->trailer);
  add_hex (text, "RAMSize", 4, shape->ram_kib, shape->trailer);
  add_hex (text, "PacketSize", 2, shape->packet, shape->trailer);
  add_hex (text, "ACKVAL", 2, shape->ack, "");
  g_string_append_printf (text, "MAPNAME = %s\r\n", shape->unit_name);
  if (shape->group != NOTHING)
    g_string_append_printf (text, "PagesPerSector = %u;\r\n", shape->group);
  g_string_append_printf (text, "family = %u;\r\n", shape->family);
  if (shape->family == FL_STMAP_FAMILY_STM8)
    g_string_append (text, "1.0 = ROUTINES_verL_1.0.s19\r\n1.2=ROUTINES_verL_1.2.s19 ; newer\r\n");
  for (guint i = 0; i < n; i++)
    for (guint at = 0; at < MAX (runs[i].count, 1); at++)
      add_area (text, shape, &runs[i], at);
  return text;
}

static void
check_areas (FlStmap *map, const Shape *shape)
{
  guint n, next = 0;
  const Run *runs = get_runs (shape, &n);

  for (guint i = 0; i < n; i++)
    for (guint at = 0; at < MAX (runs[i].count, 1); at++)
      {
        const FlStmapArea *area = fl_stmap_get_area (map, next++);
        g_autofree char *name =
            runs[i].count > 0 ? g_strdup_printf ("%s%u", runs[i].name, at) : g_strdup (runs[i].name);

        g_assert_cmpstr (area->name, ==, name);
        g_assert_null (area->comment);
        g_assert_cmphex (area->index, ==, runs[i].index == NOTHING ? 0 : runs[i].index + at);
        g_assert_cmphex (area->address, ==, runs[i].address + at * runs[i].size);
        g_assert_cmphex (area->size, ==, runs[i].size);
        g_assert_cmphex (area->type, ==, g_str_equal (runs[i].type, "111") ? 7 : 5);
        g_assert_cmpint (area->kind, ==, runs[i].kind);
      }
  g_assert_cmpuint (fl_stmap_get_n_areas (map), ==, next);
}

static void
check_shape (FlStmap *map, const Shape *shape)
{
  g_autofree char *pid = fl_stmap_dup_pid (map);

  g_assert_cmpstr (fl_stmap_get_name (map), ==, shape->name);
  g_assert_cmpint (fl_stmap_get_pid (map), ==, shape->pid == NOTHING ? -1 : (gint64) shape->pid);
  g_assert_cmpint (fl_stmap_get_bid (map), ==, shape->bid == NOTHING ? -1 : (gint64) shape->bid);
  g_assert_cmpuint (fl_stmap_get_flash_kib (map), ==,
                    shape->flash_kib == NOTHING || shape->flash_kib == 0xFFFF ? 0 : shape->flash_kib);
  g_assert_cmpuint (fl_stmap_get_ram_kib (map), ==, shape->ram_kib == NOTHING ? 0 : shape->ram_kib);
  g_assert_cmpuint (fl_stmap_get_packet_size (map), ==, shape->packet == NOTHING ? 256 : shape->packet);
  g_assert_cmphex (fl_stmap_get_ack (map), ==, shape->ack);
  g_assert_cmpstr (fl_stmap_get_unit_name (map), ==, shape->unit_name);
  g_assert_cmpuint (fl_stmap_get_pages_per_group (map), ==, shape->group == NOTHING ? 0 : shape->group);
  g_assert_cmpuint (fl_stmap_get_family (map), ==, shape->family);
  g_assert_cmpstr (fl_stmap_get_foreign (map), ==, shape->foreign);
  g_assert_true ((pid == NULL) == (shape->pid == NOTHING));
  g_assert_cmpuint (fl_stmap_get_n_routines (map), ==, shape->family == FL_STMAP_FAMILY_STM8 ? 2 : 0);
  if (shape->family == FL_STMAP_FAMILY_STM8)
    {
      g_assert_cmpstr (fl_stmap_get_routine (map, 1)->version, ==, "1.2");
      g_assert_cmpstr (fl_stmap_get_routine (map, 1)->file, ==, "ROUTINES_verL_1.2.s19");
    }
  check_areas (map, shape);
}

/* Read, written, and read again. */
static void
test_shape (gconstpointer data)
{
  const Shape *shape = data;
  g_autoptr (GString) text = make_text (shape);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlStmap) map = fl_stmap_parse (text->str, text->len, "a.STmap", &error);
  g_autoptr (FlStmap) again = NULL;
  g_autofree char *written = NULL;

  g_assert_no_error (error);
  check_shape (map, shape);
  g_assert_cmpstr (fl_stmap_get_file_name (map), ==, "a.STmap");
  written = fl_stmap_to_text (map);
  for (const char *at = written; *at != '\0'; at++)
    g_assert_true (*at != '\n' || at[-1] == '\r');
  again = fl_stmap_parse (written, strlen (written), "b.STmap", &error);
  g_assert_no_error (error);
  check_shape (again, shape);
}

/* The sixth shape has the places that are known from the real file. */
static void
test_large (void)
{
  g_autoptr (GString) text = make_text (&shapes[5]);
  g_autoptr (FlStmap) map = fl_stmap_parse (text->str, text->len, "x", NULL);

  g_assert_cmpstr (fl_stmap_get_area (map, 173)->name, ==, "Page173");
  g_assert_cmphex (fl_stmap_get_area (map, 173)->index, ==, 0xAD);
  g_assert_cmphex (fl_stmap_get_area (map, 173)->address, ==, 0x08056800);
}

static FlStmap *
parse (const char *text, GError **error)
{
  return fl_stmap_parse (text, strlen (text), "my.STmap", error);
}

/* What is written otherwise and means the same. */
static void
test_lenient (void)
{
  static const char *const texts[] = {
    "[PRODUCT]\npid=0410\nPID=0999\nuseless=1\n[a]\nsize=400\nSIZE=zz\nADDRESS=0x8000000\nINDEX= 0a ; "
    "ten\n[b]\nSize=1\n",
    "\xEF\xBB\xBF;c\r\n  [ Product ] ; x\r\n PID = "
    "410;;y\r\n[a]x\r\n\tSize=0400\r\nAddress=08000000\r\nIndex=A\r\nType=\r\n"
    "[b]\r\nSize=1\r\n\x1A",
    "[a]\rSize=400\rAddress=8000000\rIndex=a\rUFO=?\r[b]\rSize=1\r[Product]\rPID=0x410",
    "[Product]\nPID=410\n[a]\nSize=00000000000000000400\nAddress=8000000\nIndex=0A\nType=00111\n[b]\nSize=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlStmap) map = parse (texts[i], &error);
      g_autoptr (GPtrArray) flash = NULL;
      const FlStmapArea *area;

      g_assert_no_error (error);
      g_assert_cmpstr (fl_stmap_get_name (map), ==, "my");
      g_assert_cmphex (fl_stmap_get_pid (map), ==, 0x410);
      g_assert_cmpuint (fl_stmap_get_n_areas (map), ==, 2);
      area = fl_stmap_get_area (map, 0);
      g_assert_cmpstr (area->name, ==, "a");
      g_assert_cmphex (area->index, ==, 10);
      g_assert_cmphex (area->address, ==, 0x08000000);
      g_assert_cmphex (area->size, ==, 0x400);
      g_assert_cmphex (area->type, ==, 7);
      flash = fl_stmap_list_flash (map); /* by address: b, which does not say where it is, comes first */
      g_assert_cmpuint (flash->len, ==, 2);
      g_assert_true (g_ptr_array_index (flash, 1) == area);
    }
}

/* What can be in an erase list, and what cannot. */
static void
test_kinds (void)
{
  static const struct
  {
    const char *name;
    const char *type;
    FlStmapKind kind;
  } rows[] = {
    { "Page0", "111", FL_STMAP_FLASH },        { "Page1", "010", FL_STMAP_FLASH },
    { "Page2", "101", FL_STMAP_OTHER },        { "Page3", "1", FL_STMAP_OTHER },
    { "DATA", "111", FL_STMAP_EEPROM },        { "data", "111", FL_STMAP_EEPROM },
    { "OptionBytes", "111", FL_STMAP_OPTION }, { "OPTIONBYTES", "111", FL_STMAP_OPTION },
    { "OptBytes", "101", FL_STMAP_OPTION },    { "DataEE", "111", FL_STMAP_EEPROM },
    { "DataEE12", "111", FL_STMAP_EEPROM },    { "Database", "111", FL_STMAP_FLASH },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("[Product]\n[%s]\nSize=400\nIndex=7\nType=%s\n", rows[i].name, rows[i].type);
      g_autoptr (FlStmap) map = parse (text, NULL);
      g_autoptr (GPtrArray) flash = fl_stmap_list_flash (map);

      g_assert_cmpint (fl_stmap_get_area (map, 0)->kind, ==, rows[i].kind);
      g_assert_cmpuint (flash->len, ==, rows[i].kind == FL_STMAP_FLASH);
    }
}

/* Latin-1 and UTF-8; nothing that does something to a terminal. */
static void
test_text (void)
{
  static const struct
  {
    const char *text;
    const char *name;
  } rows[] = {
    { "[Product]\nName=K\xFC"
      "che\n",
      "Küche" },
    { "[Product]\nName=Küche\n", "Küche" },
    { "[Product]\nName=a\x1B[31mb\n", "a [31mb" },
    { "[Product]\nName=a\x9B"
      "31mb\n",
      "a 31mb" },
    { "[Product]\nName= \n", "my" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlStmap) map = parse (rows[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (fl_stmap_get_name (map), ==, rows[i].name);
    }
}

/* A product, and then what is wrong. */
#define P "[Product]\nPID=0410\n"

static const struct
{
  const char *name;
  const char *text;
  guint line;
  const char *part; /* of the message */
} wrong[] = {
  { "empty", "", 1, "[Product]" },
  { "no-product", ";\n[Page0]\nSize=400\n", 3, "[Product]" },
  { "two-products", P "[PRODUCT]\n", 3, "line 1" },
  { "two-areas", P "[Page0]\nSize=400\n[page0]\n", 5, "line 3" },
  { "no-section", "PID=0410\n[Product]\n", 1, "first" },
  { "no-bracket", P "[Page0\nSize=400\n", 3, "]" },
  { "no-name", P "[ ]\nSize=400\n", 3, "name" },
  { "no-name-but-control", P "[\x1B\x9B]\nSize=400\n", 3, "name" },
  { "no-equals", P "[Page0]\nSize 400\n", 4, "key = value" },
  { "no-size", P "\n[Page0]\nAddress=08000000\n", 4, "no Size" },
  { "empty-size", P "[Page0]\nSize=;400\n", 3, "no Size" },
  { "zero-size", P "[Page0]\nIndex=0\nSize=0000\n", 5, "size of 0" },
  { "wraps", P "[Page0]\nAddress=FFFFFC00\nSize=401\n", 5, "32 bits" },
  { "address", P "[Page0]\nAddress=100000000\nSize=400\n", 4, "Address" },
  { "size", P "[Page0]\nSize=FFFFFFFFFFFFFFFFF1\n", 4, "Size" },
  { "index", P "[Page0]\nSize=400\nIndex=10000\n", 5, "Index" },
  { "address-digits", P "[Page0]\nAddress=08OO0000\nSize=400\n", 4, "08OO0000" },
  { "size-digits", P "[Page0]\nSize=400 bytes\n", 4, "400 bytes" },
  { "size-sign", P "[Page0]\nSize=-400\n", 4, "-400" },
  { "size-prefix", P "[Page0]\nSize=0x\n", 4, "0x" },
  { "type-digits", P "[Page0]\nSize=400\nType=121\n", 5, "121" },
  { "type-long", P "[Page0]\nSize=400\nType=111111111\n", 5, "Type" },
  { "pid-digits", "[Product]\nPID=04I0\n", 2, "PID" },
  { "pid", "[Product]\nPID=123456789\n", 2, "PID" },
  { "bid-digits", "[Product]\nBID=NA\n", 2, "BID" },
  { "family-hex", "[Product]\nfamily=A\n", 2, "family" },
  { "group-hex", "[Product]\nPagesPerSector=0x4\n", 2, "PagesPerSector" },
  { "flash", "[Product]\nFlashSize=10000\n", 2, "FlashSize" },
  { "ack", "[Product]\nACKVAL=179\n", 2, "ACKVAL" },
  { "overlap", P "[Page0]\nAddress=8000000\nSize=401\n[Page1]\nAddress=8000400\nSize=400\n", 6, "[Page0] of line 3" },
  { "overlap-before", P "[Page1]\nAddress=8000400\nSize=400\n[Page0]\nAddress=8000000\nSize=401\n", 6,
    "[Page1] of line 3" },
  { "overlap-whole", P "[A]\nAddress=1000\nSize=1000\n[B]\nAddress=1800\nSize=10\nType=101\n", 6, "[A]" },
  { "same", P "[A]\r\nSize=1\r\n[B]\r\nSize=1\r\n", 5, "[A]" },
};

static void
test_wrong (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *place = g_strdup_printf ("my.STmap, line %u: ", wrong[row].line);

  g_assert_null (parse (wrong[row].text, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_true (g_str_has_prefix (error->message, place));
  g_assert_nonnull (strstr (error->message, wrong[row].part));
}

/* The last byte of the address space is one. */
static void
test_edges (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlStmap) map = parse (P "[A]\nAddress=FFFFFC00\nSize=400\n[B]\nAddress=0\nSize=FFFFFC00\n", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fl_stmap_get_n_areas (map), ==, 2);
  g_assert_null (fl_stmap_parse ("[Product]\0\n", 11, "x", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "line 1:"));
}

static void
test_limits (void)
{
  g_autoptr (GString) many = g_string_new ("[Product]\n");
  g_autoptr (GString) large = g_string_new ("[Product]\n;");
  g_autoptr (GError) error = NULL;
  g_autoptr (FlStmap) map = NULL;

  for (guint i = 0; i < FL_STMAP_MAX_AREAS; i++)
    g_string_append_printf (many, "[%x]\nSize=1\nAddress=%x\n", i, i);
  map = fl_stmap_parse (many->str, many->len, "x", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_stmap_get_n_areas (map), ==, FL_STMAP_MAX_AREAS);
  g_string_append (many, "[z]\n");
  g_assert_null (fl_stmap_parse (many->str, many->len, "x", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "line 12290:"));
  g_clear_error (&error);

  while (large->len < FL_STMAP_MAX_SIZE)
    g_string_append_c (large, '.');
  fl_stmap_unref (fl_stmap_parse (large->str, large->len, "x", &error));
  g_assert_no_error (error);
  g_string_append_c (large, '.');
  g_assert_null (fl_stmap_parse (large->str, large->len, "x", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
}

/* A file that is too large, or never ends, is not read. */
static void
test_load (void)
{
  g_autofree char *folder = g_dir_make_tmp ("flashloader-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "STM32_X.STMAP", NULL);
  g_autofree char *large = g_malloc0 (FL_STMAP_MAX_SIZE + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlStmap) map = NULL;

  g_assert_true (g_file_set_contents (path, P, -1, NULL));
  map = fl_stmap_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fl_stmap_get_name (map), ==, "STM32_X");
  g_assert_cmpstr (fl_stmap_get_file_name (map), ==, "STM32_X.STMAP");

  g_assert_true (g_file_set_contents (path, large, FL_STMAP_MAX_SIZE + 1, NULL));
  g_assert_null (fl_stmap_load (path, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (fl_stmap_load (folder, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);
#ifdef G_OS_UNIX
  g_assert_null (fl_stmap_load ("/dev/zero", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);
#endif
  g_unlink (path);
  g_assert_null (fl_stmap_load (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stmap/shape/%s", shapes[i].name);

      g_test_add_data_func (path, &shapes[i], test_shape);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stmap/wrong/%s", wrong[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_wrong);
    }
  g_test_add_func ("/stmap/large", test_large);
  g_test_add_func ("/stmap/lenient", test_lenient);
  g_test_add_func ("/stmap/kinds", test_kinds);
  g_test_add_func ("/stmap/text", test_text);
  g_test_add_func ("/stmap/edges", test_edges);
  g_test_add_func ("/stmap/limits", test_limits);
  g_test_add_func ("/stmap/load", test_load);
  return g_test_run ();
}
