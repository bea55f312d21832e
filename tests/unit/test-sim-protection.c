/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Readout and write protection of simulated chips, on the wire: what is refused, what is acknowledged and not done,
 * what is lost when protection is taken off. */

#include "fl-bytes.h"
#include "sim-bench.h"

#define FLASH 0x08000000u

static SimBench *
open_bench (const char *config)
{
  SimBench *bench = sim_bench_new (config);

  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  return bench;
}

/* Something in every sector. */
static void
fill (SimBench *bench)
{
  FlLayout *layout = fl_sim_board_get_layout (bench->board);

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      g_autofree guint8 *data = g_malloc (sector->size);

      memset (data, 0x5A, sector->size);
      g_assert_true (fl_sim_board_poke (bench->board, sector->address, data, sector->size));
    }
}

static gboolean
holds (SimBench *bench, guint8 value)
{
  FlLayout *layout = fl_sim_board_get_layout (bench->board);

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (!fl_bytes_all (fl_sim_board_peek (bench->board, sector->address, sector->size), sector->size, value))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_blank (SimBench *bench)
{
  return holds (bench, fl_sim_board_get_chip (bench->board)->erased_value);
}

/* Only these commands are not refused, and all that comes to the others is one NACK, or two. */
static void
assert_only (SimBench *bench, const char *allowed, gboolean double_nack)
{
  for (guint command = 0; command < 0x100; command++)
    {
      const guint8 bytes[] = { (guint8) command, (guint8) ~command };
      g_autofree char *name = g_strdup_printf ("%02X", command);
      g_autofree char *answer = NULL;

      if (strstr (allowed, name) != NULL)
        continue;
      sim_bench_send (bench, bytes, sizeof bytes);
      answer = sim_bench_receive (bench, 500);
      g_assert_cmpstr (answer, ==, double_nack && (command == 0x11 || command == 0x31) ? "1F 1F" : "1F");
    }
  sim_bench_send (bench, (const guint8 *) "\x02\xfd", 2);
  g_assert_cmphex (sim_bench_answer (bench), ==, SIM_BENCH_ACK);
  g_free (sim_bench_receive (bench, 500));
}

/* Readout Protect and Unprotect, by the two commands. */
static const struct
{
  const char *config;
  gboolean double_nack;
} readout_rows[] = {
  { "0x410", FALSE }, { "0x440", TRUE },  { "0x422", FALSE }, { "0x411", TRUE },  { "0x413", FALSE },
  { "0x449", FALSE }, { "0x417", FALSE }, { "0x416", FALSE }, { "0x437", TRUE },  { "0x415", FALSE },
  { "0x460", FALSE }, { "0x468", FALSE }, { "0x495", FALSE }, { "0x450", FALSE }, { "0x482", FALSE },
  { "0x472", FALSE }, { "0x01E", FALSE },
};

static void
test_readout (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  gboolean double_nack = readout_rows[row].double_nack;
  g_autoptr (SimBench) bench = open_bench (readout_rows[row].config);
  const FlChip *chip = fl_sim_board_get_chip (bench->board);
  guint32 ram = chip->ram_start + chip->ram_reserved;
  guint8 bytes[4];

  fill (bench);
  g_assert_cmphex (sim_bench_write_words (bench, ram, "12345678"), ==, SIM_BENCH_ACK);
  if (chip->eeprom_size > 0)
    g_assert_cmphex (sim_bench_write_words (bench, chip->eeprom_start + 4, "12345678"), ==, SIM_BENCH_ACK);
  if (chip->otp_size > 0)
    g_assert_cmphex (sim_bench_write_words (bench, chip->otp_start, "12345678"), ==, SIM_BENCH_ACK);

  g_assert_cmphex (sim_bench_two_acks (bench, 0x82), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  assert_only (bench, "00 01 02 92", double_nack);
  sim_bench_resync (bench, TRUE); /* what a power cycle does not change */
  assert_only (bench, "00 01 02 92", double_nack);
  g_assert_true (holds (bench, 0x5A));

  g_assert_cmphex (sim_bench_two_acks (bench, 0x92), ==, SIM_BENCH_ACK);
  g_assert_true (is_blank (bench));
  sim_bench_resync (bench, chip->pid == 0x495);
  g_assert_cmphex (sim_bench_read (bench, ram, bytes, sizeof bytes), ==, SIM_BENCH_ACK);
  g_assert_true (fl_bytes_all (bytes, sizeof bytes, 0));
  if (chip->eeprom_size > 0)
    {
      g_assert_cmphex (sim_bench_read (bench, chip->eeprom_start + 4, bytes, sizeof bytes), ==, SIM_BENCH_ACK);
      g_assert_true (fl_bytes_all (bytes, sizeof bytes, 0));
    }
  if (chip->otp_size > 0)
    {
      g_autofree char *words = sim_bench_read_words (bench, chip->otp_start, 1);

      g_assert_cmpstr (words, ==, "12345678");
    }
}

/* The mass erase takes its time, and so does the second ACK. */
static void
test_unprotect_time (void)
{
  g_autoptr (SimBench) bench = open_bench ("0x460,rdp=1,blank=0");
  gint64 begin = fl_transport_get_time (bench->transport);

  g_assert_cmphex (sim_bench_two_acks (bench, 0x92), ==, SIM_BENCH_ACK);
  g_assert_cmpint (fl_transport_get_time (bench->transport) - begin, >=,
                   (gint64) fl_sim_board_get_chip (bench->board)->erase_mass_ms * 500);
}

/* Readout Unprotect erases also what was not protected from reading (AN3155). */
static void
test_unprotect_level_0 (void)
{
  g_autoptr (SimBench) bench = open_bench ("0x413");

  fill (bench);
  g_assert_cmphex (sim_bench_two_acks (bench, 0x92), ==, SIM_BENCH_ACK);
  g_assert_true (is_blank (bench));
}

/* H5 has product states, and neither command; WB0 no write protection. */
static void
test_no_such_command (void)
{
  g_autoptr (SimBench) h5 = open_bench ("0x484");
  g_autoptr (SimBench) wb0 = open_bench ("0x01E");

  assert_only (h5, "00 01 02 11 21 31 44 50 63 73", FALSE);
  assert_only (wb0, "00 01 02 11 21 31 43 82 92", FALSE);
}

/* The level that a value in the option bytes stands for. */
typedef struct
{
  const char *name;
  const char *config;
  guint32 base;
  const char *written;
  guint level;
} LevelRow;

static const LevelRow level_rows[] = {
  { "f1-open", "0x410", 0x1FFFF800, "00FF5AA5", 0 },
  { "f1-any", "0x410", 0x1FFFF800, "00FFFF00", 1 },
  { "f1-0.5-is-any", "0x410", 0x1FFFF800, "00FFAA55", 1 },
  { "f1-0xaa-is-any", "0x410", 0x1FFFF800, "00FF55AA", 1 },
  { "f1-has-no-level-2", "0x410", 0x1FFFF800, "00FF33CC", 1 },
  { "f0-open", "0x440", 0x1FFFF800, "00FF55AA", 0 },
  { "f0-any", "0x440", 0x1FFFF800, "00FF5AA5", 1 },
  { "f0-level-2", "0x440", 0x1FFFF800, "00FF33CC", 2 },
  { "f4-any", "0x413", 0x1FFFC000, "000055EC", 1 },
  { "f4-level-2", "0x413", 0x1FFFC000, "0000CCEC", 2 },
  { "f74x-level-2-starts-its-bootloader", "0x449", 0x1FFF0000, "0000CCFC", 3 },
  { "f76x-level-2", "0x451", 0x1FFF0000, "0000CCFC", 2 },
  { "l0-open", "0x417", 0x1FF80000, "FF5500AA", 0 },
  { "l0-any", "0x417", 0x1FF80000, "FF4400BB", 1 },
  { "l0-level-2", "0x417", 0x1FF80000, "FF3300CC", 2 },
  { "l0-open-with-a-wrong-complement", "0x417", 0x1FF80000, "FF5400AA", 1 },
  { "l0-open-with-a-complement-of-ones", "0x417", 0x1FF80000, "FFFF00AA", 1 },
  { "l0-level-2-with-a-wrong-complement", "0x417", 0x1FF80000, "FF0000CC", 1 },
  { "l1-open-with-a-wrong-complement", "0x416", 0x1FF80000, "000000AA", 1 },
  { "l4-any", "0x415", 0x1FFF7800, "FFEFF8BB", 1 },
  { "l4-level-2", "0x415", 0x1FFF7800, "FFEFF8CC", 2 },
  { "g0-any", "0x460", 0x1FFF7800, "FEFFFEBB", 1 },
  { "g0-level-2", "0x460", 0x1FFF7800, "FEFFFECC", 2 },
  { "h7-any", "0x450", 0x5200201C, "0 03C6ABF0", 1 },
  { "h7-level-2", "0x450", 0x5200201C, "0 03C6CCF0", 2 },
  { "u5-any", "0x482", 0x40022040, "1FEFF8DC", 1 },
  { "u5-0.5-without-trustzone", "0x482", 0x40022040, "1FEFF855", 1 },
  { "u5-0.5-with-trustzone", "0x482", 0x40022040, "9FEFF855", 0 },
  { "u5-level-2", "0x482", 0x40022040, "1FEFF8CC", 2 },
  { "g0-0.5-is-any", "0x460", 0x1FFF7800, "FEFFFE55", 1 },
};

static void
test_level (gconstpointer data)
{
  const LevelRow *row = data;
  g_autoptr (SimBench) bench = open_bench (row->config);
  guint8 byte;

  fill (bench);
  g_assert_cmphex (sim_bench_write_words (bench, row->base, row->written), ==, SIM_BENCH_ACK);
  for (guint power = 0; power < 2; power++)
    {
      sim_bench_start (bench, TRUE, power == 1);
      if (row->level == 2)
        {
          g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_SILENCE);
          continue;
        }
      g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
      if (row->level == 0)
        g_assert_cmphex (sim_bench_read (bench, FLASH, &byte, 1), ==, SIM_BENCH_ACK);
      else
        assert_only (bench, row->level == 1 ? "00 01 02 92" : "00 01 02",
                     row->level == 1 && g_str_equal (row->config, "0x440"));
    }
  g_assert_true (holds (bench, 0x5A)); /* more protection erases nothing */
  if (row->level != 1)
    return;
  g_assert_cmphex (sim_bench_two_acks (bench, 0x92), ==, SIM_BENCH_ACK);
  g_assert_true (is_blank (bench));
  sim_bench_resync (bench, FALSE);
  g_assert_cmphex (sim_bench_read (bench, FLASH, &byte, 1), ==, SIM_BENCH_ACK);
}

/* A board that is described with a level of protection. */
static void
test_described (void)
{
  static const char *const chips[] = {
    "0x410", "0x440", "0x413", "0x417", "0x415", "0x460", "0x450", "0x482", "0x01E"
  };

  for (guint i = 0; i < G_N_ELEMENTS (chips); i++)
    for (guint level = 0; level <= 1; level++)
      {
        g_autofree char *config = g_strdup_printf ("%s,rdp=%u", chips[i], level);
        g_autoptr (SimBench) bench = open_bench (config);

        g_assert_cmphex (sim_bench_command (bench, 0x11), ==, level == 0 ? SIM_BENCH_ACK : SIM_BENCH_NACK);
      }
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++)
    {
      gboolean final = !g_str_equal (chips[i], "0x410"); /* which has no level 2 */
      g_autofree char *config = g_strdup_printf ("%s,rdp=2", chips[i]);
      g_autoptr (SimBench) bench = sim_bench_new (config);

      g_assert_cmphex (sim_bench_sync (bench), ==, final ? SIM_BENCH_SILENCE : SIM_BENCH_ACK);
    }
}

/* From level 0.5 of a U5 with TrustZone the option bytes can be written: back to level 0 erases, nothing else does. */
static void
test_opened_by_option_bytes (void)
{
  static const char *const steps[] = { "9FEFF8AA", "9FEFF855", "9FEEF855" };
  g_autoptr (SimBench) bench = open_bench ("0x482");
  g_autofree char *word = NULL;

  fill (bench);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_assert_cmphex (sim_bench_write_words (bench, 0x40022040, steps[i]), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      g_assert_true (holds (bench, 0x5A));
    }
  g_assert_cmphex (sim_bench_write_words (bench, 0x40022040, "9FEFF8AA"), ==, SIM_BENCH_ACK);
  g_assert_true (is_blank (bench));
  sim_bench_resync (bench, FALSE);
  word = sim_bench_read_words (bench, 0x40022040, 1);
  g_assert_cmpstr (word, ==, "9FEFF8AA");
}

/* What Write Protect protects: the sectors that cannot be erased afterwards. */
typedef struct
{
  const char *config;
  const char *codes;
  const char *sectors;
} CodesRow;

static const CodesRow codes_rows[] = {
  { "0x410", "00", "0-3" },
  { "0x410", "00 02", "0-3 8-11" },
  { "0x410", "07 08 0F 10", "28-35 60-67" },
  { "0x410", "1F", "124-127" },
  { "0x410", "20 FF", "" },
  { "0x414", "1E", "60-61" },
  { "0x414", "1F", "62-255" }, /* the last bit stands for all the rest */
  { "0x440", "01 0F", "4-7 60-63" },
  { "0x444", "07", "28-31" },
  { "0x413", "00 0B", "0 11" },
  { "0x413", "0C", "" },
  { "0x419", "0B 0C 17", "11-12 23" },
  { "0x463", "0E", "14" }, /* one sector more than bits */
  { "0x449", "07", "7" },
  { "0x451", "00 0B", "0 11" },
  { "0x451,bank=dual", "00 0B", "0-1 22-23" }, /* a bit for two sectors */
  { "0x417", "01", "32-63" },
  { "0x417", "00 0F", "0-31 480-511" },
  { "0x447", "10 2F", "512-543 1504-1535" },
  { "0x416", "10 1F", "256-271 496-511" },
  { "0x437", "60 7F", "1536-1551 2032-2047" },
  { "0x460", "02 05", "2-5" }, /* one range for all of them */
  { "0x460", "05 02", "2-5" },
  { "0x460", "3F", "63" },
  { "0x460", "C8", "" },
  { "0x467", "03 84", "3 132" }, /* one for each bank */
  { "0x415", "FE FF", "254-255" },
  { "0x495", "10", "16" },
  { "0x450", "00 08 0F", "0 8 15" },
  { "0x484", "00 20", "0-3 128-131" },
  { "0x482", "01 03", "1-3" },
  { "0x472", "00", "0" },
  { "0x492", "00", "" }, /* it is not known how */
};

static void
test_codes (gconstpointer data)
{
  const CodesRow *row = data;
  g_autoptr (SimBench) bench = open_bench (row->config);
  g_autofree char *sectors = NULL;
  g_autofree char *again = NULL;
  g_autofree char *none = NULL;

  g_assert_cmphex (sim_bench_protect (bench, "01"), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  g_assert_cmphex (sim_bench_protect (bench, row->codes), ==, SIM_BENCH_ACK); /* in place of the first */
  sim_bench_resync (bench, FALSE);
  sectors = sim_bench_list_protected (bench);
  g_assert_cmpstr (sectors, ==, row->sectors);

  sim_bench_resync (bench, TRUE);
  again = sim_bench_list_protected (bench);
  g_assert_cmpstr (again, ==, row->sectors);

  g_assert_cmphex (sim_bench_two_acks (bench, 0x73), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  none = sim_bench_list_protected (bench);
  g_assert_cmpstr (none, ==, "");
}

/* Write Protect uses the first range of a bank, and turns the second one off. */
static void
test_first_range (void)
{
  g_autoptr (SimBench) bench = open_bench ("0x460");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_assert_cmphex (sim_bench_write_words (bench, 0x1FFF7800, "FEFFFEAA 0 FF 0 0 0 00020001 0 00040004"), ==,
                   SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  g_assert_cmphex (sim_bench_protect (bench, "02 05"), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  first = sim_bench_read_words (bench, 0x1FFF7818, 2);
  second = sim_bench_read_words (bench, 0x1FFF7820, 2);
  g_assert_cmpstr (first, ==, "FFC5FFC2 003A003D");
  g_assert_cmpstr (second, ==, "FFC0FFFF 003F0000");
}

/* The same by the option bytes themselves. */
typedef struct
{
  const char *name;
  const char *config;
  guint32 base;
  const char *written;
  const char *sectors;
} OptionsRow;

static const OptionsRow options_rows[] = {
  { "f1", "0x410", 0x1FFFF800, "00FF5AA5 00FF00FF 00FF01FE", "0-3" },
  { "f1-last-bit", "0x414", 0x1FFFF800, "00FF5AA5 00FF00FF 00FF00FF 807F00FF", "62-255" },
  { "f4", "0x413", 0x1FFFC000, "0000AAEC 0 00000FFC", "0-1" },
  { "f42x-bank-2", "0x419", 0x1FFEC000, "0 0 00000FFC", "12-13" },
  { "f42x-pcrop", "0x419", 0x1FFFC000, "0000AAEC 0 0000BFFF", "0-23" }, /* a 1 protects now, in both banks */
  { "f401-pcrop", "0x423", 0x1FFFC000, "0000AAEC 0 00008003", "0-1" },
  { "l0", "0x417", 0x1FF80000, "FF5500AA 7F8F8070 FFFE0001", "0-31" },
  { "l0-wrong-complement-protects-all", "0x417", 0x1FF80000, "FF5500AA 7F8F8070 00000001", "0-511" },
  { "l0-pcrop", "0x417", 0x1FF80000, "FE5501AA 7F8F8070 FFFE0001", "32-511" },
  { "l0-pcrop-by-a-wrong-complement", "0x417", 0x1FF80000, "FE5500AA 7F8F8070 FFFE0001", "32-511" },
  { "l1-last-word", "0x437", 0x1FF80080, "FFFF0000 7FFF8000", "2032-2047" },
  { "g0-two-ranges", "0x460", 0x1FFF7800, "FEFFFEAA 0 FF 0 0 0 00020001 0 00040004", "1-2 4" },
  { "g0-last-before-first", "0x460", 0x1FFF7800, "FEFFFEAA 0 FF 0 0 0 00010002 0 0000003F", "" },
  { "g0-to-the-end", "0x460", 0x1FFF7800, "FEFFFEAA 0 FF 0 0 0 003F003E 0 0000003F", "62-63" },
  { "g0b1-bank-2", "0x467", 0x1FFF7800, "FEFFFEAA 0 0 0 0 0 7F 0 7F 0 0 0 0 0 0 0 0 0 00030001 0 7F", "129-131" },
  { "l4-bank-2", "0x415", 0x1FFFF800, "0 0 FFFF 0 0 0 00020001 0 000000FF", "257-258" },
  { "h7", "0x450", 0x5200201C, "0 03C6AAF0 0 0 FFF 0 FFF 0 7E", "0 7" },
  { "h5", "0x484", 0x400221E0, "0 7F 0 7FFFFFFE", "128-131 252-255" },
  { "u5", "0x482", 0x40022040, "1FEFF8AA 08000000 0BF90000 0C000000 7F 0 80050002 8000007F", "2-5" },
};

static void
test_options (gconstpointer data)
{
  const OptionsRow *row = data;
  g_autoptr (SimBench) bench = open_bench (row->config);
  g_autofree char *sectors = NULL;

  g_assert_cmphex (sim_bench_write_words (bench, row->base, row->written), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  sectors = sim_bench_list_protected (bench);
  g_assert_cmpstr (sectors, ==, row->sectors);
}

/* A protected sector is acknowledged and left alone; all others are not touched by that; a mass erase is refused. */
static void
test_left_alone (void)
{
  static const struct
  {
    const char *config;
    const char *code;
    guint sector;
    gboolean mass; /* it has a mass erase */
  } rows[] = {
    { "0x410", "01", 7, TRUE },   { "0x413", "02", 2, TRUE }, { "0x417", "00", 31, FALSE },
    { "0x416", "00", 15, FALSE }, { "0x460", "09", 9, TRUE }, { "0x450", "03", 3, TRUE },
    { "0x484", "01", 4, TRUE },   { "0x482", "04", 4, TRUE }, { "0x415", "09", 9, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SimBench) bench = open_bench (rows[i].config);
      FlLayout *layout = fl_sim_board_get_layout (bench->board);
      const FlSector *closed = fl_layout_get_sector (layout, rows[i].sector);
      const FlSector *open = fl_layout_get_sector (layout, 40 % fl_layout_get_n_sectors (layout));
      guint8 old = fl_sim_board_get_chip (bench->board)->erased_value;
      guint8 block[32];

      memset (block, 0x3C, sizeof block);
      g_assert_cmphex (sim_bench_protect (bench, rows[i].code), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);

      g_assert_cmphex (sim_bench_write (bench, closed->address, block, sizeof block), ==, SIM_BENCH_ACK);
      g_assert_true (fl_bytes_all (fl_sim_board_peek (bench->board, closed->address, 32), 32, old));
      g_assert_cmphex (sim_bench_write (bench, closed->address + closed->size - 32, block, sizeof block), ==,
                       SIM_BENCH_ACK);
      g_assert_true (fl_bytes_all (fl_sim_board_peek (bench->board, closed->address + closed->size - 32, 32), 32, old));
      g_assert_cmphex (sim_bench_write (bench, open->address, block, sizeof block), ==, SIM_BENCH_ACK);
      g_assert_true (fl_bytes_all (fl_sim_board_peek (bench->board, open->address, 32), 32, 0x3C));

      fill (bench);
      g_assert_cmphex (sim_bench_erase (bench, closed->code), ==, SIM_BENCH_ACK);
      g_assert_true (holds (bench, 0x5A));
      g_assert_cmphex (sim_bench_erase_bank (bench, 0), ==, SIM_BENCH_NACK);
      g_assert_true (holds (bench, 0x5A));
      g_assert_cmphex (sim_bench_erase (bench, open->code), ==, SIM_BENCH_ACK);
      g_assert_true (fl_bytes_all (fl_sim_board_peek (bench->board, open->address, open->size), open->size, old));

      g_assert_cmphex (sim_bench_two_acks (bench, 0x73), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      g_assert_cmphex (sim_bench_erase_bank (bench, 0), ==, rows[i].mass ? SIM_BENCH_ACK : SIM_BENCH_NACK);
      g_assert_true (!rows[i].mass || is_blank (bench));
    }
}

/* A bank erase minds the protection of its own bank only. */
static void
test_bank_erase (void)
{
  for (guint closed = 1; closed <= 2; closed++)
    {
      g_autoptr (SimBench) bench = open_bench ("0x415");
      FlLayout *layout = fl_sim_board_get_layout (bench->board);
      guint first = closed == 1 ? 256 : 0; /* of the other bank */

      if (closed == 1)
        g_assert_cmphex (sim_bench_protect (bench, "09"), ==, SIM_BENCH_ACK);
      else
        g_assert_cmphex (sim_bench_write_words (bench, 0x1FFFF800, "0 0 FFFF 0 0 0 00090009 0 000000FF"), ==,
                         SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      g_assert_cmphex (sim_bench_erase_bank (bench, closed), ==, SIM_BENCH_NACK);
      g_assert_cmphex (sim_bench_erase_bank (bench, 3 - closed), ==, SIM_BENCH_ACK);
      for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
        g_assert_cmpuint (fl_sim_board_get_n_erased (bench->board, i), ==, i >= first && i < first + 256);
    }
}

/* Taking readout protection off erases write-protected flash, too. Write protection stays, except on the chips that
 * erase all their option bytes with it. */
static void
test_regression (void)
{
  static const struct
  {
    const char *config;
    const char *sectors;
  } rows[] = {
    { "0x410", "" },      { "0x440", "" },  { "0x422", "" },  { "0x413", "1" },
    { "0x417", "32-63" }, { "0x460", "1" }, { "0x450", "1" }, { "0x482", "1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SimBench) bench = open_bench (rows[i].config);
      g_autofree char *sectors = NULL;

      fill (bench);
      g_assert_cmphex (sim_bench_protect (bench, "01"), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      g_assert_cmphex (sim_bench_two_acks (bench, 0x82), ==, SIM_BENCH_ACK);
      sim_bench_resync (bench, FALSE);
      g_assert_cmphex (sim_bench_two_acks (bench, 0x92), ==, SIM_BENCH_ACK);
      g_assert_true (is_blank (bench));
      sim_bench_resync (bench, FALSE);
      sectors = sim_bench_list_protected (bench);
      g_assert_cmpstr (sectors, ==, rows[i].sectors);
    }
}

/* With swapped banks write protection stays with the cells, not with their address. */
static void
test_swapped (void)
{
  g_autoptr (SimBench) bench = open_bench ("0x467");
  guint8 block[32];

  memset (block, 0x3C, sizeof block);
  g_assert_cmphex (sim_bench_write_words (bench, 0x1FFF7800, "FEEFFEAA 0 0 0 0 0 00000000 0 7F"), ==, SIM_BENCH_ACK);
  sim_bench_resync (bench, FALSE);
  g_assert_cmphex (sim_bench_write (bench, FLASH, block, sizeof block), ==, SIM_BENCH_ACK);
  g_assert_true (fl_bytes_all (fl_sim_board_peek (bench->board, FLASH, 32), 32, 0x3C));
  g_assert_cmphex (sim_bench_write (bench, FLASH + 0x40000, block, sizeof block), ==, SIM_BENCH_ACK);
  g_assert_true (fl_bytes_all (fl_sim_board_peek (bench->board, FLASH + 0x40000, 32), 32, 0xFF));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (readout_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/protection/readout/", readout_rows[i].config, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_readout);
    }
  for (guint i = 0; i < G_N_ELEMENTS (level_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/protection/level/", level_rows[i].name, NULL);

      g_test_add_data_func (path, &level_rows[i], test_level);
    }
  for (guint i = 0; i < G_N_ELEMENTS (codes_rows); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/sim/protection/codes/%s/%s", codes_rows[i].config, codes_rows[i].codes);

      g_test_add_data_func (path, &codes_rows[i], test_codes);
    }
  for (guint i = 0; i < G_N_ELEMENTS (options_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/protection/options/", options_rows[i].name, NULL);

      g_test_add_data_func (path, &options_rows[i], test_options);
    }
  g_test_add_func ("/sim/protection/first-range", test_first_range);
  g_test_add_func ("/sim/protection/described", test_described);
  g_test_add_func ("/sim/protection/unprotect-time", test_unprotect_time);
  g_test_add_func ("/sim/protection/unprotect-level-0", test_unprotect_level_0);
  g_test_add_func ("/sim/protection/no-such-command", test_no_such_command);
  g_test_add_func ("/sim/protection/opened-by-option-bytes", test_opened_by_option_bytes);
  g_test_add_func ("/sim/protection/left-alone", test_left_alone);
  g_test_add_func ("/sim/protection/bank-erase", test_bank_erase);
  g_test_add_func ("/sim/protection/regression", test_regression);
  g_test_add_func ("/sim/protection/swapped", test_swapped);
  return g_test_run ();
}
