/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The option bytes of simulated chips, on the wire: what a new chip holds, and what Write Memory makes of them, for
 * each way in which a family keeps them. What is expected is written down from the reference manuals, not from the rows
 * in data/chips. */

#include "sim-bench.h"

static SimBench *
open_bench (const char *config)
{
  SimBench *bench = sim_bench_new (config);

  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  return bench;
}

/* One word of a new chip; @mask: its bits that are known. */
typedef struct
{
  const char *config;
  guint32 address;
  guint32 mask;
  guint32 value;
} FactoryRow;

static const FactoryRow factory_rows[] = {
  /* Bytes with their complements. */
  { "0x410", 0x1FFFF800, 0xFFFFFFFF, 0x00FF5AA5 },
  { "0x410", 0x1FFFF804, 0xFFFFFFFF, 0x00FF00FF },
  { "0x410", 0x1FFFF80C, 0xFFFFFFFF, 0x00FF00FF },
  { "0x440", 0x1FFFF800, 0xFFFFFFFF, 0x00FF55AA },
  { "0x440", 0x1FFFF808, 0xFFFFFFFF, 0x00FF00FF },
  { "0x440", 0x1FFFF80C, 0xFFFFFFFF, 0x00FF00FF }, /* nothing is known there, and it is erased as well */
  { "0x442", 0x1FFFF800, 0xFFFFFFFF, 0x00FF55AA }, /* BOOT_SEL: the pin counts */
  { "0x442,boot0=ignored", 0x1FFFF800, 0xFFFFFFFF, 0x807F55AA },
  { "0x422", 0x1FFFF800, 0xFFFFFFFF, 0x00FF55AA },
  /* Half-words: OPTCR is 0x0FFFAAED on F2 and F4, 0xC0FFAAFD on F74x; its lowest two bits are no option. */
  { "0x411", 0x1FFFC000, 0x0000FFEC, 0x0000AAEC },
  { "0x413", 0x1FFFC000, 0x0000FFEC, 0x0000AAEC },
  { "0x413", 0x1FFFC008, 0x00000FFF, 0x00000FFF },
  { "0x413", 0x1FFFC004, 0xFFFFFFFF, 0xFFFFFFFF },
  { "0x419", 0x1FFFC000, 0x0000FFFC, 0x0000AAEC }, /* BFB2 */
  { "0x419", 0x1FFFC008, 0x0000CFFF, 0x00000FFF }, /* DB1M, SPRMOD */
  { "0x419", 0x1FFEC008, 0x00000FFF, 0x00000FFF },
  { "0x419,flash=1024", 0x1FFFC008, 0x0000CFFF, 0x00000FFF },
  { "0x419,flash=1024,bank=dual", 0x1FFFC008, 0x0000CFFF, 0x00004FFF },
  { "0x449", 0x1FFF0000, 0x0000FFFC, 0x0000AAFC },
  { "0x449", 0x1FFF0008, 0x0000C0FF, 0x0000C0FF },
  { "0x449", 0x1FFF0010, 0x0000FFFF, 0x00000080 },
  { "0x449", 0x1FFF0018, 0x0000FFFF, 0x00000040 },
  { "0x451", 0x1FFF0008, 0x0000FFFF, 0x0000FFFF },
  { "0x451,bank=dual", 0x1FFF0008, 0x0000FFFF, 0x0000DFFF },
  { "0x452", 0x1FFF0020, 0x000000FF, 0x00000000 }, /* PCROP */
  { "0x452", 0x1FFF0028, 0x00008000, 0x00008000 },
  /* Halves: OBR is 0x00F800AA on L1 with two banks, OPTR 0x807000AA on L0. */
  { "0x417", 0x1FF80000, 0xFFFFFFFF, 0xFF5500AA },
  { "0x417", 0x1FF80004, 0xFFFFFFFF, 0x7F8F8070 },
  { "0x417", 0x1FF80008, 0xFFFFFFFF, 0xFFFF0000 },
  { "0x417", 0x1FF80010, 0xFFFFFFFF, 0xFFFF0000 }, /* nothing is known there */
  { "0x457", 0x1FF80004, 0x0000E070, 0x0000C070 }, /* nBOOT_SEL: the pin counts */
  { "0x457,boot0=ignored", 0x1FF80004, 0x0000E070, 0x0000E070 },
  { "0x416", 0x1FF80000, 0xFFFFFFFF, 0xFF5500AA },
  { "0x416", 0x1FF80004, 0xFFFFFFFF, 0xFF870078 },
  { "0x437", 0x1FF80004, 0xFFFFFFFF, 0xFF0700F8 },
  { "0x437", 0x1FF80084, 0xFFFFFFFF, 0xFFFF0000 },
  /* Double words: the user option word as the manuals and open debug probes have it; complement; a range that is off.
   */
  { "0x415", 0x1FFF7800, 0xFFFFFFFF, 0xFFEFF8AA },
  { "0x415", 0x1FFF7804, 0xFFFFFFFF, 0x00100755 },
  { "0x415", 0x1FFF7818, 0x00FF00FF, 0x000000FF },
  { "0x415", 0x1FFF7808, 0x0000FFFF, 0x0000FFFF },
  { "0x415", 0x1FFF7810, 0x0000FFFF, 0x00000000 },
  { "0x415", 0x1FFFF820, 0x00FF00FF, 0x000000FF },
  { "0x415,flash=512,bank=single", 0x1FFF7800, 0xFFFFFFFF, 0xFFCFF8AA },
  { "0x435", 0x1FFF7800, 0xFFFFFFFF, 0xFFEFF8AA },
  { "0x470", 0x1FF00000, 0x000000FF, 0x000000AA },
  { "0x460,boot0=ignored", 0x1FFF7800, 0xFFFFFFFF, 0xFFFFFEAA },
  { "0x460,boot0=ignored", 0x1FFF7804, 0xFFFFFFFF, 0x00000155 },
  { "0x460", 0x1FFF7800, 0xFFFFFFFF, 0xFEFFFEAA },
  { "0x460", 0x1FFF7870, 0x0001007F, 0x00000000 },
  { "0x460", 0x1FFF7868, 0xFFFFFFFF, 0xFFFFFFFF },
  { "0x460", 0x1FFF786C, 0xFFFFFFFF, 0x00000000 },
  { "0x467,flash=256", 0x1FFF7800, 0xFFFFFFFF, 0xFEFFFEAA },
  { "0x467,flash=256,bank=single", 0x1FFF7800, 0xFFFFFFFF, 0xFEDFFEAA },
  { "0x443,boot0=ignored", 0x1FFF7800, 0xFFFFFFFF, 0xFFFFFFAA },
  { "0x468", 0x1FFF7800, 0xFFFFFFFF, 0xFFEFF8AA },
  { "0x469", 0x1FFF7800, 0xFFFFFFFF, 0xFFEFF8AA },
  { "0x469,bank=single", 0x1FFF7800, 0xFFFFFFFF, 0xFFAFF8AA },
  { "0x495", 0x1FFF8000, 0xFFFFFFFF, 0x3FFFF1AA },
  { "0x494", 0x1FFF7800, 0xFFFFFFFF, 0x3FFFF1AA },
  { "0x497", 0x1FFF7800, 0xFFFFFFFF, 0x3FFFF0AA },
  /* Registers: OPTSR is 0x1BC6AAF0 on H74x, of which bits 27 and 28 are no option; 0x2D30EDF8 on H56x, without bit 5.
   */
  { "0x450", 0x5200201C, 0xE7FFFFFC, 0x03C6AAF0 },
  { "0x450", 0x52002020, 0xE7FFFFFC, 0x03C6AAF0 },
  { "0x450", 0x52002028, 0x8FFF0FFF, 0x00000FFF },
  { "0x450", 0x52002038, 0x000000FF, 0x000000FF },
  { "0x450", 0x52002138, 0x000000FF, 0x000000FF },
  { "0x480", 0x52002040, 0xFFFFFFFF, 0x1FF00800 },
  { "0x484", 0x40022050, 0xFFFFFFDF, 0x2D30EDD8 },
  { "0x484", 0x40022054, 0xFFFFFFDF, 0x2D30EDD8 },
  { "0x484", 0x40022070, 0xFF00017C, 0xC300007C }, /* TZEN: off; RAM is neither erased nor checked */
  { "0x484", 0x40022080, 0xFFFFFFFF, 0x080000C3 }, /* BOOTADD, BOOT_LOCK: off */
  { "0x484", 0x400221E8, 0xFFFFFFFF, 0xFFFFFFFF },
  { "0x472", 0x40022040, 0xFFFFFFFF, 0x7FEFF8AA },
  { "0x472,bank=single", 0x40022040, 0xFFFFFFFF, 0x7FAFF8AA },
  { "0x472,flash=256,bank=single", 0x40022040, 0xFFFFFFFF, 0x7FCFF8AA },
  { "0x482", 0x40022040, 0xFFFFFFFF, 0x1FEFF8AA },
  { "0x482", 0x40022044, 0xFFFFFF80, 0x08000000 },
  { "0x482", 0x40022048, 0xFFFFFF80, 0x0BF90000 },
  { "0x482", 0x4002204C, 0xFFFFFF81, 0x0C000000 },
  { "0x482", 0x40022050, 0x007F007F, 0x0000007F },
  { "0x482", 0x40022058, 0x807F007F, 0x8000007F },
  { "0x454", 0x40022040, 0x00200000, 0x00200000 }, /* DUALBANK */
  { "0x454", 0x40022044, 0xFFFFFF80, 0x08000000 },
  { "0x454", 0x40022048, 0xFFFFFF80, 0x0BF8F000 },
  { "0x454", 0x4002204C, 0xFFFFFF81, 0x0C000000 },
  { "0x4B0", 0x40022040, 0x00200000, 0x00200000 }, /* DUAL_BANK */
  { "0x459", 0x40022020, 0x074FE0FF, 0x064FE0AA }, /* nBOOT_SEL: the pin counts */
  { "0x459,boot0=ignored", 0x40022020, 0x074FE0FF, 0x074FE0AA },
  { "0x459", 0x40022080, 0x00010000, 0x00000000 },
};

static void
test_factory (gconstpointer data)
{
  const FactoryRow *row = data;
  g_autoptr (SimBench) bench = open_bench (row->config);
  g_autofree char *word = sim_bench_read_words (bench, row->address, 1);
  guint64 value;

  g_assert_true (g_ascii_string_to_unsigned (word, 16, 0, G_MAXUINT32, &value, NULL));
  g_assert_cmphex ((guint32) value & row->mask, ==, row->value);
}

/* A Write Memory to the beginning of an area, after which the chip has reset itself; and what is read then. */
typedef struct
{
  const char *name;
  const char *config;
  guint32 base;
  const char *written;
  guint32 address;
  const char *read;
} WriteRow;

static const WriteRow write_rows[] = {
  { "f1-all", "0x410", 0x1FFFF800, "00FF5AA5 B748A55A 00FF00FF 00FF01FE", 0x1FFFF800,
    "00FF5AA5 B748A55A 00FF00FF 00FF01FE" },
  { "f1-complements-are-made", "0x410", 0x1FFFF800, "FFFFFFA5 FF480F5A 00FFFFFF FFFF00FE", 0x1FFFF800,
    "00FF5AA5 B748A55A 00FF00FF 00FF01FE" },
  { "f1-all-are-erased-first", "0x410", 0x1FFFF800, "00FF5AA5", 0x1FFFF800, "00FF5AA5 FFFFFFFF FFFFFFFF FFFFFFFF" },
  { "f1-two-words", "0x410", 0x1FFFF800, "00FF5AA5 00FF00FF", 0x1FFFF800, "00FF5AA5 00FF00FF FFFFFFFF FFFFFFFF" },
  { "f1-reserved-bits-stay", "0x410", 0x1FFFF800, "FF005AA5", 0x1FFFF800, "07F85AA5" },
  { "f1-behind-the-area", "0x410", 0x1FFFF800, "00FF5AA5 00FF00FF 00FF00FF 00FF00FF 12345678 12345678", 0x1FFFF800,
    "00FF5AA5 00FF00FF 00FF00FF 00FF00FF" },
  { "f0-user", "0x442", 0x1FFFF800, "6F9055AA 00FF00FF 00FF00FF 00FF00FF", 0x1FFFF800, "6F9055AA 00FF00FF" },
  { "f3", "0x422", 0x1FFFF800, "01FE55AA 00FFA55A", 0x1FFFF800, "01FE55AA 00FFA55A FFFFFFFF" },
  { "f4-all", "0x413", 0x1FFFC000, "0000AAE0 00000000 00000FFE 00000000", 0x1FFFC000,
    "FFFFAAF3 FFFFFFFF FFFFFFFE FFFFFFFF" },
  { "f4-the-rest-stays", "0x413", 0x1FFFC000, "0000AAE0", 0x1FFFC000, "FFFFAAF3 FFFFFFFF FFFFFFFF" },
  { "f2", "0x411", 0x1FFFC000, "0000AACC 00000000 00000BFF", 0x1FFFC000, "FFFFAADF FFFFFFFF FFFFFBFF" },
  { "f42x-bank-2", "0x419", 0x1FFEC000, "00000000 00000000 00000FFD", 0x1FFEC008, "FFFFFFFD" },
  { "f42x-bank-2-only", "0x419", 0x1FFEC000, "00000000 00000000 00000FFD", 0x1FFFC000, "FFFFAAEF FFFFFFFF FFFF3FFF" },
  { "f7", "0x449", 0x1FFF0000, "0000AAEC 00000000 0000C0FE 00000000 00000081 00000000 00000041", 0x1FFF0000,
    "FFFFAAEF FFFFFFFF FFFFFFFE FFFFFFFF FFFF0081 FFFFFFFF FFFF0041 FFFFFFFF" },
  { "l0", "0x417", 0x1FF80000, "FF5500AA 7F9F8060 FFFE0001", 0x1FF80000,
    "FF5500AA 7F9F8060 FFFE0001 FFFF0000 FFFF0000" },
  { "l0-the-rest-stays", "0x417", 0x1FF80000, "FF5500AA", 0x1FF80000, "FF5500AA 7F8F8070 FFFF0000" },
  { "l0-complement-as-sent", "0x417", 0x1FF80000, "FF5500AA 7F8F8070 00000001", 0x1FF80000,
    "FF5500AA 7F8F8070 00000001" },
  { "l0-reserved-bits-stay", "0x417", 0x1FF80000, "ED5512AA", 0x1FF80000, "FF5500AA" },
  { "l1", "0x416", 0x1FF80000, "FF5500AA FF780087 FFFF0000 7FFF8000", 0x1FF80000,
    "FF5500AA FFF80007 FFFF0000 7FFF8000" },
  { "l1-second-area", "0x437", 0x1FF80080, "FFFD0002 FFFF0000", 0x1FF80080, "FFFD0002 FFFF0000" },
  { "l1-second-area-only", "0x437", 0x1FF80080, "FFFD0002 FFFF0000", 0x1FF80000, "FF5500AA FF0700F8 FFFF0000" },
  { "l1-first-area-only", "0x437", 0x1FF80000,
    "FF5500AA FF0700F8 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 FFFD0002", 0x1FF80080, "FFFF0000" },
  { "l4", "0x415", 0x1FFF7800, "FFEEF8AA 00110755", 0x1FFF7800, "FFEEF8AA 00110755" },
  { "l4-complement-is-made", "0x415", 0x1FFF7800, "FFEEF8AA FFFFFFFF", 0x1FFF7800, "FFEEF8AA 00110755" },
  { "l4-first-half", "0x415", 0x1FFF7800, "FFEEF8AA", 0x1FFF7800, "FFEEF8AA 00110755" },
  { "l4-reserved-bits-stay", "0x415", 0x1FFF7800, "03AF70AA", 0x1FFF7800, "FFEFF8AA 00100755" },
  { "l4-range", "0x415", 0x1FFF7800, "FFEFF8AA 0 FFFF 0 0 0 000C0008 FFFFFFFF", 0x1FFF7818, "FF0CFF08 00F300F7" },
  { "l4-bank-2", "0x415", 0x1FFFF800, "0 0 FFFF 0 0 0 00000000 0 000C0008", 0x1FFFF818,
    "FF00FF00 00FF00FF FF0CFF08 00F300F7" },
  { "l496-bank-2", "0x461", 0x1FFFF808, "FFFF 0 0 0 000C0008", 0x1FFFF818, "FF0CFF08 00F300F7" },
  { "g0", "0x460", 0x1FFF7800, "FEFEFEAA", 0x1FFF7800, "FEFEFEAA 01010155" },
  { "g4", "0x468", 0x1FFF7800, "FFEEF8AA", 0x1FFF7800, "FFEEF8AA 00110755" },
  { "wb-read-only-bits-stay", "0x495", 0x1FFF8000, "DFFEF0AA", 0x1FFF8000, "3FFEF1AA C0010E55" },
  { "h7", "0x450", 0x5200201C, "FFFFFFFF 03C6AAE0", 0x5200201C, "03C6AAE0 03C6AAE0" },
  { "h7-what-is-in-force-is-no-target", "0x450", 0x5200201C, "03C6AAE0", 0x5200201C, "03C6AAF0 03C6AAF0" },
  { "h7-reserved-bits-stay", "0x450", 0x5200201C, "0 1BC6AAF1", 0x5200201C, "03C6AAF0 03C6AAF0" },
  { "h7-bank-1", "0x450", 0x5200201C, "0 03C6AAF0 0 0 FFF 0 FFF 0 FE", 0x52002038, "000000FE 000000FE" },
  { "h7-bank-2-is-out-of-reach", "0x450", 0x5200201C, "0 03C6AAF0 0 0 FFF 0 FFF 0 FE", 0x52002138,
    "000000FF 000000FF" },
  { "h5", "0x484", 0x40022050, "0 2D30EDD0", 0x40022050, "2D30EDD0 2D30EDD0" },
  { "h5-bank-2", "0x484", 0x400221E0, "0 7F 0 FFFFFFFE", 0x400221E8, "FFFFFFFE FFFFFFFE" },
  { "h5-bank-2-only", "0x484", 0x400221E0, "0 7F 0 FFFFFFFE", 0x400220E8, "FFFFFFFF FFFFFFFF" },
  { "u5", "0x482", 0x40022040, "1FEEF8AA", 0x40022040, "1FEEF8AA" },
  { "u5-range", "0x482", 0x40022040, "1FEFF8AA 08000000 0BF90000 0C000000 7F 0 80050002", 0x40022058, "FF85FF82" },
  { "l5", "0x472", 0x40022040, "7FEEF8AA", 0x40022040, "7FEEF8AA" },
};

static void
test_write (gconstpointer data)
{
  const WriteRow *row = data;
  g_autoptr (SimBench) bench = open_bench (row->config);
  g_auto (GStrv) wanted = g_strsplit (row->read, " ", -1);
  g_autofree char *words = NULL;

  g_assert_cmphex (sim_bench_write_words (bench, row->base, row->written), ==, SIM_BENCH_ACK);
  fl_transport_sleep (bench->transport, 4000, NULL, NULL);
  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK); /* it has reset itself, or this were half a command */
  words = sim_bench_read_words (bench, row->address, g_strv_length (wanted));
  g_assert_cmpstr (words, ==, row->read);
}

/* What is not taken: nothing is written, and there is no reset. */
static const struct
{
  const char *config;
  guint32 base;
} refused_rows[] = {
  { "0x410", 0x1FFFF800 }, { "0x440", 0x1FFFF800 }, { "0x413", 0x1FFFC000 }, { "0x419", 0x1FFEC000 },
  { "0x449", 0x1FFF0000 }, { "0x417", 0x1FF80000 }, { "0x416", 0x1FF80000 }, { "0x437", 0x1FF80080 },
  { "0x415", 0x1FFFF800 }, { "0x460", 0x1FFF7800 }, { "0x468", 0x1FFF7800 }, { "0x495", 0x1FFF8000 },
  { "0x450", 0x5200201C }, { "0x484", 0x400221E0 }, { "0x482", 0x40022040 }, { "0x472", 0x40022040 },
};

static void
test_refused (void)
{
  static const guint lengths[] = { 1, 2, 3, 5, 6, 7 };
  static const guint offsets[] = { 1, 2, 4, 6 };
  const guint8 zeros[8] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (refused_rows); i++)
    {
      g_autoptr (SimBench) bench = open_bench (refused_rows[i].config);
      gint bad_address = fl_sim_board_get_chip (bench->board)->pid == 0x416 ? SIM_BENCH_SILENCE : SIM_BENCH_NACK;
      g_autofree char *before = sim_bench_read_words (bench, refused_rows[i].base, 4);
      g_autofree char *after = NULL;

      for (guint k = 0; k < G_N_ELEMENTS (offsets); k++)
        {
          g_assert_cmphex (sim_bench_command (bench, 0x31), ==, SIM_BENCH_ACK);
          g_assert_cmphex (sim_bench_address (bench, refused_rows[i].base + offsets[k]), ==, bad_address);
        }
      for (guint k = 0; k < G_N_ELEMENTS (lengths); k++)
        g_assert_cmphex (sim_bench_write (bench, refused_rows[i].base, zeros, lengths[k]), ==, SIM_BENCH_NACK);

      /* A wrong checksum. */
      g_assert_cmphex (sim_bench_command (bench, 0x31), ==, SIM_BENCH_ACK);
      g_assert_cmphex (sim_bench_address (bench, refused_rows[i].base), ==, SIM_BENCH_ACK);
      sim_bench_send (bench, (const guint8 *) "\x03\x00\x00\x00\x00\x02", 6);
      g_assert_cmphex (sim_bench_answer (bench), ==, SIM_BENCH_NACK);

      after = sim_bench_read_words (bench, refused_rows[i].base, 4);
      g_assert_cmpstr (after, ==, before);
    }
}

/* Where areas begin and end: one byte further nothing is known on these chips. */
static void
test_edges (void)
{
  static const struct
  {
    const char *config;
    guint32 first, last;
  } areas[] = {
    { "0x419", 0x1FFFC000, 0x1FFFC00F }, { "0x419", 0x1FFEC000, 0x1FFEC00F }, { "0x415", 0x1FFFF800, 0x1FFFF827 },
    { "0x450", 0x5200201C, 0x5200214F }, { "0x484", 0x400221E0, 0x400221FF }, { "0x482", 0x40022040, 0x4002206F },
  };
  guint8 byte;

  for (guint i = 0; i < G_N_ELEMENTS (areas); i++)
    {
      g_autoptr (SimBench) bench = open_bench (areas[i].config);

      g_assert_cmphex (sim_bench_read (bench, areas[i].first, &byte, 1), ==, SIM_BENCH_ACK);
      g_assert_cmphex (sim_bench_read (bench, areas[i].last, &byte, 1), ==, SIM_BENCH_ACK);
      g_assert_cmphex (sim_bench_read (bench, areas[i].first - 1, &byte, 1), !=, SIM_BENCH_ACK);
      g_assert_cmphex (sim_bench_read (bench, areas[i].last + 1, &byte, 1), !=, SIM_BENCH_ACK);
    }
}

/* A bootloader that does not load what it has stored (G07x V11.2): it can be read at once, and counts after the next
 * power-on; a reset is not enough. */
static void
test_in_force (void)
{
  g_autoptr (SimBench) bench = open_bench ("0x460,bl=0xB2");
  g_autofree char *words = NULL;

  g_assert_cmphex (sim_bench_write_words (bench, 0x1FFF7800, "FEFFFEAA 0 FF 0 0 0 00020001"), ==, SIM_BENCH_ACK);
  words = sim_bench_read_words (bench, 0x1FFF7818, 1); /* no 0x7F: it has not reset itself */
  g_assert_cmpstr (words, ==, "FFC2FFC1");
  g_assert_cmphex (sim_bench_erase (bench, 1), ==, SIM_BENCH_ACK);
  g_assert_cmpuint (fl_sim_board_get_n_erased (bench->board, 1), ==, 1);

  sim_bench_resync (bench, FALSE);
  g_assert_cmphex (sim_bench_erase (bench, 1), ==, SIM_BENCH_ACK);
  g_assert_cmpuint (fl_sim_board_get_n_erased (bench->board, 1), ==, 2);

  sim_bench_resync (bench, TRUE);
  g_assert_cmphex (sim_bench_erase (bench, 1), ==, SIM_BENCH_ACK);
  g_assert_cmpuint (fl_sim_board_get_n_erased (bench->board, 1), ==, 2);
  g_assert_cmphex (sim_bench_erase (bench, 3), ==, SIM_BENCH_ACK);
  g_assert_cmpuint (fl_sim_board_get_n_erased (bench->board, 3), ==, 1);
}

/* A write-protected area of a U5 that was locked: neither the area nor the lock can be changed any more, nor by Write
 * Protect and Write Unprotect; the other areas can. */
static void
test_locked (void)
{
  static const char front[] = "1FEFF8AA 08000000 0BF90000 0C000000 7F 0";
  g_autoptr (SimBench) bench = open_bench ("0x482");
  g_autofree char *locked = g_strconcat (front, " 00050002 80000000", NULL);
  g_autofree char *tried = g_strconcat (front, " 80000003 80060006", NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  g_assert_cmphex (sim_bench_write_words (bench, 0x40022040, locked), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  first = sim_bench_read_words (bench, 0x40022058, 2);
  g_assert_cmpstr (first, ==, "7F85FF82 FF80FF80");

  g_assert_cmphex (sim_bench_write_words (bench, 0x40022040, tried), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  second = sim_bench_read_words (bench, 0x40022058, 2);
  g_assert_cmpstr (second, ==, "7F85FF82 FF86FF86");

  g_assert_cmphex (sim_bench_two_acks (bench, 0x73), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  third = sim_bench_read_words (bench, 0x40022058, 2);
  g_assert_cmpstr (third, ==, "7F85FF82 FF80FFFF");
}

/* Protection from reading (PCROP) stays until readout protection is taken off. */
static void
test_pcrop_stays (void)
{
  static const struct
  {
    const char *config;
    guint32 base;
    const char *set, *cleared;
    const char *after;
    const char *regressed;
  } rows[] = {
    { "0x417", 0x1FF80000, "FE5501AA", "FF5500AA", "FE5501AA", "FF5500AA" },
    { "0x427", 0x1FF80000, "FE5501AA", "FF5500AA", "FE5501AA", "FF5500AA" },
    { "0x419", 0x1FFFC000, "0000AAEC 0 00008FFF", "0000AAEC 0 00000FFF", "FFFFAAEF FFFFFFFF FFFFBFFF",
      "FFFFAAEF FFFFFFFF FFFF3FFF" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SimBench) bench = open_bench (rows[i].config);
      g_auto (GStrv) wanted = g_strsplit (rows[i].after, " ", -1);
      g_autofree char *after = NULL;
      g_autofree char *regressed = NULL;

      g_assert_cmphex (sim_bench_write_words (bench, rows[i].base, rows[i].set), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      g_assert_cmphex (sim_bench_write_words (bench, rows[i].base, rows[i].cleared), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      after = sim_bench_read_words (bench, rows[i].base, g_strv_length (wanted));
      g_assert_cmpstr (after, ==, rows[i].after);

      g_assert_cmphex (sim_bench_two_acks (bench, 0x82), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      g_assert_cmphex (sim_bench_two_acks (bench, 0x92), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      regressed = sim_bench_read_words (bench, rows[i].base, g_strv_length (wanted));
      g_assert_cmpstr (regressed, ==, rows[i].regressed);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (factory_rows); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/sim/options/factory/%s/%08X", factory_rows[i].config, factory_rows[i].address);

      g_test_add_data_func (path, &factory_rows[i], test_factory);
    }
  for (guint i = 0; i < G_N_ELEMENTS (write_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/options/write/", write_rows[i].name, NULL);

      g_test_add_data_func (path, &write_rows[i], test_write);
    }
  g_test_add_func ("/sim/options/edges", test_edges);
  g_test_add_func ("/sim/options/refused", test_refused);
  g_test_add_func ("/sim/options/in-force", test_in_force);
  g_test_add_func ("/sim/options/locked", test_locked);
  g_test_add_func ("/sim/options/pcrop-stays", test_pcrop_stays);
  return g_test_run ();
}
