/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a simulated chip starts with: its bootloader, its application or nothing, by its pin, its option bytes and its
 * flash (AN2606, table 2); how its flash is divided and placed then; what it knows of an earlier life. */

#include <glib/gstdio.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "sim-bench.h"

#define FLASH 0x08000000u

/* 'a' for an application that talks, 'b' for the bootloader, '-' for nothing. */
static char
start (SimBench *bench, gboolean boot0, gboolean power)
{
  const FlLineSettings spoken = { 115200, 8, FL_PARITY_NONE, 1 };
  FlLineSettings settings;
  g_autofree char *text = NULL;

  sim_bench_start (bench, boot0, power);
  fl_transport_get_settings (bench->transport, &settings);
  fl_transport_set_settings (bench->transport, &spoken, NULL);
  text = sim_bench_receive (bench, 1000);
  fl_transport_set_settings (bench->transport, &settings, NULL);
  if (text[0] != '\0')
    return 'a';
  return sim_bench_sync (bench) == SIM_BENCH_ACK ? 'b' : '-';
}

/* A board whose DTR and RTS are wired, with or without an application, after a Write Memory to its option bytes; and
 * what starts with BOOT0 low and with BOOT0 high. */
typedef struct
{
  const char *name;
  const char *config; /* "blank=0" for an application */
  guint32 base;
  const char *written; /* NULL: as new */
  const char *low_high;
} StartRow;

#define H5_FRONT "0 2D30EDD8 0 0 0 0 0 0 0 C3000000 0 0 0 "
#define G0_FRONT "FEFFFEAA 0 FF 0 0 0 3F 0 3F 0 FF 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "

static const StartRow start_rows[] = {
  /* Pins only. */
  { "f1", "0x410,blank=0", 0, NULL, "ab" },
  { "f1-blank", "0x410", 0, NULL, "-b" },
  { "f1-without-pin", "0x410,blank=0,boot0=ignored", 0, NULL, "aa" },
  { "f4", "0x413,blank=0", 0, NULL, "ab" },
  { "l47x", "0x415,blank=0", 0, NULL, "ab" },
  { "h7", "0x450,blank=0", 0, NULL, "ab" },
  /* nBOOT1. */
  { "f05x", "0x440,blank=0", 0, NULL, "ab" },
  { "f05x-nboot1", "0x440,blank=0", 0x1FFFF800, "10EF55AA", "a-" },
  /* BOOT_SEL, nBOOT0, empty check: F09x. */
  { "f09x", "0x442,blank=0", 0, NULL, "ab" },
  { "f09x-pin-whatever-nboot0", "0x442,blank=0", 0x1FFFF800, "08F755AA", "ab" },
  { "f09x-flash", "0x442,blank=0", 0x1FFFF800, "807F55AA", "aa" },
  { "f09x-rom", "0x442,blank=0", 0x1FFFF800, "887755AA", "bb" },
  { "f09x-ram", "0x442,blank=0", 0x1FFFF800, "986755AA", "--" },
  { "f09x-flash-whatever-nboot1", "0x442,blank=0", 0x1FFFF800, "906F55AA", "aa" },
  { "f09x-new-and-ignored", "0x442,blank=0,boot0=ignored", 0, NULL, "aa" },
  { "f09x-blank", "0x442", 0, NULL, "bb" },
  { "f09x-blank-flash", "0x442", 0x1FFFF800, "807F55AA", "bb" },
  { "f09x-blank-nboot1", "0x442", 0x1FFFF800, "10EF55AA", "b-" },
  /* nBOOT_SEL the other way round: L01x, G0. */
  { "l01x", "0x457,blank=0", 0, NULL, "ab" },
  { "l01x-flash", "0x457,blank=0", 0x1FF80000, "FF5500AA 1F8FE070", "aa" },
  { "l01x-rom", "0x457,blank=0", 0x1FF80000, "FF5500AA 5F8FA070", "bb" },
  { "l01x-pin", "0x457,blank=0", 0x1FF80000, "FF5500AA 7F8F8070", "ab" },
  { "g0", "0x460,blank=0", 0, NULL, "ab" },
  { "g0-flash", "0x460,blank=0", 0x1FFF7800, "FFFFFEAA", "aa" },
  { "g0-new", "0x460,blank=0,boot0=ignored", 0, NULL, "aa" },
  { "g0-rom", "0x460,blank=0", 0x1FFF7800, "FBFFFEAA", "bb" },
  { "g0-ram", "0x460,blank=0", 0x1FFF7800, "F9FFFEAA", "--" },
  { "g0-pin-ram", "0x460,blank=0", 0x1FFF7800, "FCFFFEAA", "a-" },
  { "g0-pin-whatever-nboot0", "0x460,blank=0", 0x1FFF7800, "FAFFFEAA", "ab" },
  { "g0-blank", "0x460", 0, NULL, "bb" },
  { "g0-blank-flash", "0x460", 0x1FFF7800, "FFFFFEAA", "bb" },
  { "g0-blank-nboot1", "0x460", 0x1FFF7800, "FCFFFEAA", "b-" },
  { "g0-locked", "0x460,blank=0", 0x1FFF7800, G0_FRONT "00010000", "aa" },
  { "g0-locked-blank", "0x460", 0x1FFF7800, G0_FRONT "00010000", "--" },
  { "g0-not-locked", "0x460,blank=0", 0x1FFF7800, G0_FRONT "00000000", "ab" },
  /* nSWBOOT0: L4, G4, WB, WL. */
  { "l43x", "0x435,blank=0", 0, NULL, "ab" },
  { "l43x-flash", "0x435,blank=0", 0x1FFF7800, "FBEFF8AA", "aa" },
  { "l43x-rom", "0x435,blank=0", 0x1FFF7800, "F3EFF8AA", "bb" },
  { "l43x-pin-ram", "0x435,blank=0", 0x1FFF7800, "FF6FF8AA", "a-" },
  { "l43x-new-and-ignored", "0x435,blank=0,boot0=ignored", 0, NULL, "aa" },
  { "l43x-blank", "0x435", 0, NULL, "bb" },
  { "l43x-blank-flash", "0x435", 0x1FFF7800, "FBEFF8AA", "--" }, /* empty counts while the pin decides */
  { "l45x-blank-flash", "0x462", 0x1FFF7800, "FBEFF8AA", "--" },
  { "l41x-blank-flash", "0x464", 0x1FFF7800, "FBEFF8AA", "--" },
  { "l496-blank-flash", "0x461", 0x1FFF7800, "FBEFF8AA", "bb" }, /* here it always does */
  { "wb55-blank", "0x495", 0, NULL, "bb" },
  { "wb55-blank-flash", "0x495", 0x1FFF8000, "3BFFF1AA", "--" },
  { "g43x", "0x468,blank=0", 0, NULL, "ab" },
  { "g43x-has-no-empty-check", "0x468", 0, NULL, "-b" },
  { "wl-blank", "0x497", 0, NULL, "bb" },
  { "wl-blank-flash", "0x497", 0x1FFF7800, "3BFFF0AA", "bb" },
  { "wl-blank-nboot1", "0x497", 0x1FFF7800, "3F7FF0AA", "--" },
  /* Boot addresses: L5, U5. */
  { "u5", "0x482,blank=0", 0, NULL, "ab" },
  { "u5-flash", "0x482,blank=0", 0x40022040, "1BEFF8AA", "aa" },
  { "u5-rom", "0x482,blank=0", 0x40022040, "13EFF8AA", "bb" },
  { "u5-locked", "0x482,blank=0", 0x40022040, "1FEFF8AA 08000000 0BF90000 0C000001", "aa" },
  { "l5-flash", "0x472,blank=0", 0x40022040, "7BEFF8AA", "aa" },
  /* Product states: H5. */
  { "h5-open", "0x484,blank=0", 0, NULL, "ab" },
  { "h5-provisioning", "0x484,blank=0", 0x40022050, "0 2D3017D8", "bb" },
  { "h5-closed", "0x484,blank=0", 0x40022050, "0 2D305CD8", "aa" },
  { "h5-locked", "0x484,blank=0", 0x40022050, H5_FRONT "080000B4", "aa" },
  { "h5-another-key", "0x484,blank=0", 0x40022050, H5_FRONT "08000001", "ab" },
  /* BOOT_SEL and BOOT0: C5. */
  { "c5-pin", "0x44E,blank=0", 0x40022050, "0 00400000", "ab" },
  { "c5-pin-whatever-boot0", "0x44E,blank=0", 0x40022050, "0 00C00000", "ab" },
  { "c5-flash", "0x44E,blank=0", 0x40022050, "0 00000000", "aa" },
  { "c5-rom", "0x44E,blank=0", 0x40022050, "0 00800000", "bb" },
  /* Readout protection. */
  { "f4-level-1", "0x413,blank=0", 0x1FFFC000, "000055EC", "ab" },
  { "f4-level-2", "0x413,blank=0", 0x1FFFC000, "0000CCEC", "aa" },
  { "f74x-level-2", "0x449,blank=0", 0x1FFF0000, "0000CCFC", "ab" },
  { "f09x-level-2-blank", "0x442", 0x1FFFF800, "00FF33CC", "--" },
};

static void
test_start (gconstpointer data)
{
  const StartRow *row = data;
  g_autofree char *config = g_strconcat (row->config, ",wired=1,talks=1", NULL);
  g_autoptr (SimBench) bench = sim_bench_new (config);
  char got[3] = "";

  if (row->written != NULL)
    {
      g_assert_cmpint (start (bench, TRUE, TRUE), ==, 'b');
      g_assert_cmphex (sim_bench_write_words (bench, row->base, row->written), ==, SIM_BENCH_ACK);
    }
  for (guint round = 0; round < 2; round++) /* a reset finds what a power cycle found */
    {
      got[0] = start (bench, FALSE, round == 0);
      got[1] = start (bench, TRUE, round == 0);
      g_assert_cmpstr (got, ==, row->low_high);
    }
}

/* Whether the flash is blank is looked at when the option bytes are loaded, not at every reset. */
static void
test_empty_is_latched (void)
{
  static const guint8 vectors[] = { 0x00, 0x20, 0x00, 0x20, 0x01, 0x02, 0x00, 0x08 };
  g_autoptr (SimBench) bench = sim_bench_new ("0x460,wired=1,talks=1,boot0=ignored");

  g_assert_cmpint (start (bench, FALSE, TRUE), ==, 'b');
  g_assert_cmphex (sim_bench_write (bench, FLASH, vectors, sizeof vectors), ==, SIM_BENCH_ACK);
  g_assert_cmpint (start (bench, FALSE, FALSE), ==, 'b');
  g_assert_cmphex (sim_bench_write_words (bench, 0x1FFF7800, "FFFFFEAA"), ==, SIM_BENCH_ACK); /* loads them again */
  g_assert_cmpint (start (bench, FALSE, FALSE), ==, 'a');
}

static void
test_full_is_latched (void)
{
  g_autoptr (SimBench) bench = sim_bench_new ("0x460,wired=1,talks=1,blank=0");

  g_assert_cmpint (start (bench, TRUE, TRUE), ==, 'b');
  g_assert_cmphex (sim_bench_erase (bench, 0), ==, SIM_BENCH_ACK);
  g_assert_cmpint (start (bench, FALSE, FALSE), ==, '-');
  g_assert_cmpint (start (bench, FALSE, TRUE), ==, 'b');
}

/* Banks that change places: what stands at the beginning of the flash, and half-way. */
typedef struct
{
  const char *name;
  const char *config;
  guint32 base;
  const char *written;
  gboolean swapped;
} SwapRow;

static const SwapRow swap_rows[] = {
  { "g0b1", "0x467", 0x1FFF7800, "FEEFFEAA", TRUE },
  { "g0b1-not", "0x467", 0x1FFF7800, "FEFFFEAA", FALSE },
  { "g0b1-in-one-bank", "0x467", 0x1FFF7800, "FECFFEAA", FALSE },
  { "g0b1-small", "0x467,flash=256", 0x1FFF7800, "FEEFFEAA", TRUE },
  { "h7", "0x450", 0x5200201C, "0 83C6AAF0", TRUE },
  { "h7-not", "0x450", 0x5200201C, "0 03C6AAF0", FALSE },
  { "h5", "0x484", 0x40022050, "0 AD30EDD8", TRUE },
  { "u5", "0x482", 0x40022040, "1FFFF8AA", TRUE },
  { "u5-not", "0x482", 0x40022040, "1FEFF8AA", FALSE },
  { "l5", "0x472", 0x40022040, "7FFFF8AA", TRUE },
};

static void
test_swap (gconstpointer data)
{
  const SwapRow *row = data;
  g_autoptr (SimBench) bench = sim_bench_new (row->config);
  FlLayout *layout = fl_sim_board_get_layout (bench->board);
  guint half = fl_layout_get_n_sectors (layout) / 2;
  guint32 middle = fl_layout_get_sector (layout, half)->address;
  guint32 code_2 = fl_layout_get_sector (layout, half)->code;
  const guint8 one = 0x11, two = 0x22;
  guint8 low, high;

  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  fl_sim_board_poke (bench->board, FLASH, &one, 1);
  fl_sim_board_poke (bench->board, middle, &two, 1);
  g_assert_cmphex (sim_bench_write_words (bench, row->base, row->written), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  g_assert_cmphex (sim_bench_read (bench, FLASH, &low, 1), ==, SIM_BENCH_ACK);
  g_assert_cmphex (sim_bench_read (bench, middle, &high, 1), ==, SIM_BENCH_ACK);
  g_assert_cmphex (low, ==, row->swapped ? two : one);
  g_assert_cmphex (high, ==, row->swapped ? one : two);

  /* Erase goes by the number in the silicon. */
  g_assert_cmphex (sim_bench_erase (bench, code_2), ==, SIM_BENCH_ACK);
  g_assert_cmphex (sim_bench_read (bench, row->swapped ? FLASH : middle, &low, 1), ==, SIM_BENCH_ACK);
  g_assert_cmphex (sim_bench_read (bench, row->swapped ? middle : FLASH, &high, 1), ==, SIM_BENCH_ACK);
  g_assert_cmphex (low, ==, 0xFF);
  g_assert_cmphex (high, ==, one);
}

/* An option bit that divides the flash anew: as many bytes, and the same ones. */
typedef struct
{
  const char *name;
  const char *config;
  guint32 base;
  const char *written;
  guint before, after; /* sectors */
  guint banks;         /* afterwards */
} DivideRow;

static const DivideRow divide_rows[] = {
  { "g0b1", "0x467", 0x1FFF7800, "FEDFFEAA", 256, 256, 1 },
  { "g0b1-back", "0x467,bank=single", 0x1FFF7800, "FEFFFEAA", 256, 256, 2 },
  { "g0b1-has-no-choice", "0x467,flash=128", 0x1FFF7800, "FEDFFEAA", 64, 64, 1 },
  { "g47x", "0x469", 0x1FFF7800, "FFAFF8AA", 256, 128, 1 },
  { "g47x-back", "0x469,bank=single", 0x1FFF7800, "FFEFF8AA", 128, 256, 2 },
  { "l47x", "0x415,flash=512", 0x1FFF7800, "FFCFF8AA", 256, 256, 1 },
  { "l47x-has-no-choice", "0x415", 0x1FFF7800, "FFCFF8AA", 512, 512, 2 },
  { "f76x", "0x451", 0x1FFF0000, "0000AAFC 0 0000DFFF", 12, 24, 2 },
  { "f42x", "0x419,flash=1024", 0x1FFFC000, "0000AAEC 0 00004FFF", 12, 16, 2 },
  { "l5", "0x472", 0x40022040, "7FAFF8AA", 256, 128, 1 },
  { "l5-small", "0x472,flash=256", 0x40022040, "7FCFF8AA", 128, 64, 1 },
  { "l5-small-has-its-own-bit", "0x472,flash=256", 0x40022040, "7FAFF8AA", 128, 128, 2 },
};

/* All sectors, one behind the other. */
static GBytes *
copy_flash (SimBench *bench)
{
  FlLayout *layout = fl_sim_board_get_layout (bench->board);
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      g_byte_array_append (bytes, fl_sim_board_peek (bench->board, sector->address, sector->size), sector->size);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static void
fill_flash (SimBench *bench)
{
  FlLayout *layout = fl_sim_board_get_layout (bench->board);
  g_autoptr (GRand) random = g_rand_new_with_seed (0x2606);

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      g_autofree guint8 *data = g_malloc (sector->size);

      for (guint32 at = 0; at < sector->size; at++)
        data[at] = (guint8) g_rand_int (random);
      g_assert_true (fl_sim_board_poke (bench->board, sector->address, data, sector->size));
    }
}

static void
test_divide (gconstpointer data)
{
  const DivideRow *row = data;
  g_autoptr (SimBench) bench = sim_bench_new (row->config);
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;

  g_assert_cmpuint (fl_layout_get_n_sectors (fl_sim_board_get_layout (bench->board)), ==, row->before);
  fill_flash (bench);
  before = copy_flash (bench);
  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  g_assert_cmphex (sim_bench_write_words (bench, row->base, row->written), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  g_assert_cmpuint (fl_layout_get_n_sectors (fl_sim_board_get_layout (bench->board)), ==, row->after);
  g_assert_cmpuint (fl_layout_get_n_banks (fl_sim_board_get_layout (bench->board)), ==, row->banks);
  after = copy_flash (bench);
  g_assert_true (g_bytes_equal (before, after));
}

typedef struct
{
  char *folder;
  char *path;
} StateFile;

static void
state_set_up (StateFile *state, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  state->folder = g_dir_make_tmp ("fl-sim-XXXXXX", &error);
  g_assert_no_error (error);
  state->path = g_build_filename (state->folder, "state", NULL);
}

static void
state_tear_down (StateFile *state, gconstpointer data)
{
  g_remove (state->path);
  g_rmdir (state->folder);
  g_free (state->path);
  g_free (state->folder);
}

static SimBench *
state_open (StateFile *state, const char *config)
{
  g_autofree char *text = g_strdup_printf ("%s,state=%s", config, state->path);

  return sim_bench_new (text);
}

/* Option bytes survive the program, with what they do. */
typedef struct
{
  const char *name;
  const char *config;
  guint32 base;
  const char *written;
  guint32 address;
  const char *read;
  const char *sectors; /* protected */
} StateRow;

static const StateRow state_rows[] = {
  { "f1", "0x410", 0x1FFFF800, "00FF5AA5 00FFA55A 00FF01FE 00FF00FF", 0x1FFFF800, "00FF5AA5 00FFA55A 00FF01FE 00FF00FF",
    "0-3" },
  { "f42x", "0x419", 0x1FFEC000, "0 0 00000FFC", 0x1FFEC008, "FFFFFFFC", "12-13" },
  { "l0", "0x417", 0x1FF80000, "FF5500AA 7F8F8070 FFFE0001", 0x1FF80000, "FF5500AA 7F8F8070 FFFE0001", "0-31" },
  { "l0-wrong-complement", "0x417", 0x1FF80000, "FF5500AA 7F8F8070 00000001", 0x1FF80008, "00000001", "0-511" },
  { "l4", "0x415", 0x1FFF7800, "FFEEF8AA 0 FFFF 0 0 0 00040003 0 FF", 0x1FFF7818, "FF04FF03 00FB00FC", "3-4" },
  { "h7", "0x450", 0x5200201C, "0 03C6AAE0 0 0 FFF 0 FFF 0 7E", 0x5200201C, "03C6AAE0 03C6AAE0", "0 7" },
  { "h5", "0x484", 0x400221E0, "0 7F 0 7FFFFFFE", 0x400221E8, "7FFFFFFE 7FFFFFFE", "128-131 252-255" },
  { "u5", "0x482", 0x40022040, "1FEEF8AA 08000000 0BF90000 0C000000 7F 0 80050002 8000007F", 0x40022040, "1FEEF8AA",
    "2-5" },
  { "g47x-divided", "0x469", 0x1FFF7800, "FFAFF8AA 0 FFFF 0 0 0 00040003 0 FF", 0x1FFF7800, "FFAFF8AA 00500755",
    "3-4" },
};

static void
test_state (StateFile *state, gconstpointer data)
{
  const StateRow *row = data;
  g_autoptr (GBytes) flash = NULL;

  {
    g_autoptr (SimBench) bench = state_open (state, row->config);

    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
    g_assert_cmphex (sim_bench_write_words (bench, row->base, row->written), ==, SIM_BENCH_ACK);
    fill_flash (bench);
    flash = copy_flash (bench);
  }
  {
    g_autoptr (SimBench) bench = state_open (state, row->config);
    g_auto (GStrv) wanted = g_strsplit (row->read, " ", -1);
    g_autoptr (GBytes) now = copy_flash (bench);
    g_autofree char *words = NULL;
    g_autofree char *sectors = NULL;

    g_assert_true (g_bytes_equal (flash, now));
    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
    words = sim_bench_read_words (bench, row->address, g_strv_length (wanted));
    g_assert_cmpstr (words, ==, row->read);
    sectors = sim_bench_list_protected (bench);
    g_assert_cmpstr (sectors, ==, row->sectors);
  }
}

/* What the file says counts, not the words of the description. */
static void
test_state_counts (StateFile *state, gconstpointer data)
{
  {
    g_autoptr (SimBench) bench = state_open (state, "0x467,flash=256,bank=single");

    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
    g_assert_cmphex (sim_bench_two_acks (bench, 0x82), ==, SIM_BENCH_ACK);
  }
  {
    g_autoptr (SimBench) bench = state_open (state, "0x467,flash=256,bank=dual,boot0=ignored,rdp=0,blank=0");

    g_assert_cmpuint (fl_layout_get_n_banks (fl_sim_board_get_layout (bench->board)), ==, 1);
    g_assert_true (fl_bytes_all (fl_sim_board_peek (bench->board, FLASH, 256), 256, 0xFF));
    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK); /* BOOT0 counts */
    g_assert_cmphex (sim_bench_command (bench, 0x11), ==, SIM_BENCH_NACK);
  }
}

/* Level 2 is for ever; so is level 1, also of a chip whose option bytes are not known. */
static void
test_state_protected (StateFile *state, gconstpointer data)
{
  {
    g_autoptr (SimBench) bench = state_open (state, "0x460");

    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
    g_assert_cmphex (sim_bench_write_words (bench, 0x1FFF7800, "FEFFFECC"), ==, SIM_BENCH_ACK);
  }
  {
    g_autoptr (SimBench) bench = state_open (state, "0x460");

    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_SILENCE);
  }
  g_remove (state->path);
  {
    g_autoptr (SimBench) bench = state_open (state, "0x01E");

    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
    g_assert_cmphex (sim_bench_two_acks (bench, 0x82), ==, SIM_BENCH_ACK);
  }
  {
    g_autoptr (SimBench) bench = state_open (state, "0x01E");

    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
    g_assert_cmphex (sim_bench_command (bench, 0x11), ==, SIM_BENCH_NACK);
  }
}

/* Banks that had changed places are so again, with the cells that each had. */
static void
test_state_swapped (StateFile *state, gconstpointer data)
{
  guint8 low, high;

  {
    g_autoptr (SimBench) bench = state_open (state, "0x467,flash=256");
    const guint8 one = 0x11, two = 0x22;

    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
    fl_sim_board_poke (bench->board, FLASH, &one, 1);
    fl_sim_board_poke (bench->board, FLASH + 0x20000, &two, 1);
    g_assert_cmphex (sim_bench_write_words (bench, 0x1FFF7800, "FEEFFEAA"), ==, SIM_BENCH_ACK);
  }
  {
    g_autoptr (SimBench) bench = state_open (state, "0x467,flash=256");

    g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
    g_assert_cmphex (sim_bench_read (bench, FLASH, &low, 1), ==, SIM_BENCH_ACK);
    g_assert_cmphex (sim_bench_read (bench, FLASH + 0x20000, &high, 1), ==, SIM_BENCH_ACK);
    g_assert_cmphex (low, ==, 0x22);
    g_assert_cmphex (high, ==, 0x11);
  }
}

/* What opening a folder as a file fails with. */
#ifdef G_OS_WIN32
#define OPEN_FOLDER_ERROR G_FILE_ERROR_ACCES
#else
#define OPEN_FOLDER_ERROR G_FILE_ERROR_ISDIR
#endif

static void
assert_refused (StateFile *state, const char *config, GQuark domain, gint code)
{
  g_autofree char *text = g_strdup_printf ("%s,state=%s", config, state->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimConfig) parsed = fl_sim_config_parse (text, &error);
  g_autoptr (FlSimBoard) board = NULL;

  g_assert_no_error (error);
  board = fl_sim_board_new (parsed, &error);
  g_assert_error (error, domain, code);
  g_assert_null (board);
  g_assert_nonnull (strstr (error->message, state->path));
}

/* A file that is damaged, older, or of another board: it is named, and not written over. */
static void
test_state_refused (StateFile *state, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;
  char *end;
  gsize length, header;

  sim_bench_free (state_open (state, "0x467,flash=256"));
  g_file_get_contents (state->path, &good, &length, &error);
  g_assert_no_error (error);
  end = memchr (good, '\n', length);
  g_assert_nonnull (end);
  header = (gsize) (end + 1 - good);
  g_assert_true (g_str_has_prefix (good, "flashloader-sim 3 pid=0x467 flash=256\n"));

  assert_refused (state, "0x467,flash=512", FL_ERROR, FL_ERROR_FORMAT);
  assert_refused (state, "0x460", FL_ERROR, FL_ERROR_FORMAT);
  g_assert_true (g_file_set_contents (state->path, good, (gssize) length - 1, NULL));
  assert_refused (state, "0x467,flash=256", FL_ERROR, FL_ERROR_FORMAT);
  g_assert_true (g_file_set_contents (state->path, "", 0, NULL));
  assert_refused (state, "0x467,flash=256", FL_ERROR, FL_ERROR_FORMAT);

  bad = g_malloc (length + 1);
  memcpy (bad, good, length);
  bad[length] = 0;
  g_assert_true (g_file_set_contents (state->path, bad, (gssize) length + 1, NULL));
  assert_refused (state, "0x467,flash=256", FL_ERROR, FL_ERROR_FORMAT);
  bad[header] = 3; /* no such level of readout protection */
  g_assert_true (g_file_set_contents (state->path, bad, (gssize) length, NULL));
  assert_refused (state, "0x467,flash=256", FL_ERROR, FL_ERROR_FORMAT);
  bad[header] = good[header];
  bad[strlen ("flashloader-sim ")] = '2';
  g_assert_true (g_file_set_contents (state->path, bad, (gssize) length, NULL));
  assert_refused (state, "0x467,flash=256", FL_ERROR, FL_ERROR_FORMAT);
  {
    g_autofree char *now = NULL;

    g_assert_true (g_file_get_contents (state->path, &now, NULL, NULL));
    g_assert_cmpmem (now, length, bad, length);
  }
  g_remove (state->path);
  g_assert_cmpint (g_mkdir (state->path, 0700), ==, 0);
  assert_refused (state, "0x467,flash=256", G_FILE_ERROR, OPEN_FOLDER_ERROR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (start_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/start/", start_rows[i].name, NULL);

      g_test_add_data_func (path, &start_rows[i], test_start);
    }
  for (guint i = 0; i < G_N_ELEMENTS (swap_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/swap/", swap_rows[i].name, NULL);

      g_test_add_data_func (path, &swap_rows[i], test_swap);
    }
  for (guint i = 0; i < G_N_ELEMENTS (divide_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/divide/", divide_rows[i].name, NULL);

      g_test_add_data_func (path, &divide_rows[i], test_divide);
    }
  for (guint i = 0; i < G_N_ELEMENTS (state_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/state/", state_rows[i].name, NULL);

      g_test_add (path, StateFile, &state_rows[i], state_set_up, test_state, state_tear_down);
    }
  g_test_add_func ("/sim/start/empty-is-latched", test_empty_is_latched);
  g_test_add_func ("/sim/start/full-is-latched", test_full_is_latched);
  g_test_add ("/sim/state/counts", StateFile, NULL, state_set_up, test_state_counts, state_tear_down);
  g_test_add ("/sim/state/protected", StateFile, NULL, state_set_up, test_state_protected, state_tear_down);
  g_test_add ("/sim/state/swapped", StateFile, NULL, state_set_up, test_state_swapped, state_tear_down);
  g_test_add ("/sim/state/refused", StateFile, NULL, state_set_up, test_state_refused, state_tear_down);
  return g_test_run ();
}
