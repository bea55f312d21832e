/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times of the simulated flash, and what a reset in the middle of them leaves. */
#include "fl-bytes.h"
#include "sim-bench.h"

#define FLASH 0x08000000u

/* A reset after one and a half of three pages: one is erased, one is neither old nor blank, one is as it was. */
static void
erase_and_cut (guint8 *page)
{
  g_autoptr (SimBench) bench = sim_bench_new ("0x460");
  g_autofree guint8 *zeros = g_malloc0 (3 * 2048);
  gint64 begin;
  const guint8 *flash;

  g_assert_true (fl_sim_board_poke (bench->board, FLASH, zeros, 3 * 2048));
  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  sim_bench_begin_erase (bench, 0, 3);
  begin = fl_transport_get_time (bench->transport);
  fl_sim_board_reset (bench->board, FALSE, begin + fl_sim_board_get_chip (bench->board)->erase_page_ms * 500 * 3 / 2);
  flash = fl_sim_board_peek (bench->board, FLASH, 3 * 2048);
  g_assert_true (fl_bytes_all (flash, 2048, 0xFF));
  g_assert_false (fl_bytes_all (flash + 2048, 2048, 0xFF));
  g_assert_false (fl_bytes_all (flash + 2048, 2048, 0x00));
  g_assert_true (fl_bytes_all (flash + 4096, 2048, 0x00));
  g_assert_cmpuint (fl_sim_board_get_n_erased (bench->board, 1), ==, 1);
  g_assert_cmpuint (fl_sim_board_get_n_erased (bench->board, 2), ==, 0);
  memcpy (page, flash + 2048, 2048);
}

static void
test_erase (void)
{
  guint8 first[2048];
  guint8 second[2048];

  erase_and_cut (first);
  erase_and_cut (second);
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
}

/* The supply goes 10 ms before the ACK of one page. */
static void
test_power_cut (void)
{
  g_autoptr (SimBench) bench = sim_bench_new ("0x460");
  g_autofree guint8 *zeros = g_malloc0 (2048);

  g_assert_true (fl_sim_board_poke (bench->board, FLASH, zeros, 2048));
  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  fl_sim_board_add_fault (bench->board, TRUE, 2, FL_SIM_FAULT_POWER_CUT, 10);
  sim_bench_begin_erase (bench, 0, 1);
  g_assert_false (fl_transport_read (bench->transport, zeros, 1, 1000, NULL, NULL, NULL));
  g_assert_false (fl_bytes_all (fl_sim_board_peek (bench->board, FLASH, 2048), 2048, 0xFF));
  g_assert_false (fl_bytes_all (fl_sim_board_peek (bench->board, FLASH, 2048), 2048, 0x00));
}

/* Half of a block: what is before is written, what is behind is blank, and at most one unit is neither. */
static void
test_program (void)
{
  g_autoptr (SimBench) bench = sim_bench_new ("0x460");
  guint8 data[256];
  guint n_done = 0;
  guint n_blank = 0;
  gint64 begin;

  memset (data, 0x00, sizeof data);
  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  sim_bench_begin_write (bench, FLASH, data, sizeof data);
  begin = fl_transport_get_time (bench->transport);
  g_assert_cmpuint (fl_sim_board_get_busy_us (bench->board), >, 0);
  fl_sim_board_reset (bench->board, TRUE, begin + (gint64) fl_sim_board_get_busy_us (bench->board) / 2);
  for (guint i = 0; i < sizeof data; i += 8)
    {
      const guint8 *unit = fl_sim_board_peek (bench->board, FLASH + i, 8);

      n_done += fl_bytes_all (unit, 8, 0x00);
      n_blank += fl_bytes_all (unit, 8, 0xFF);
    }
  g_assert_cmpuint (n_done, >, 10);
  g_assert_cmpuint (n_blank, >, 10);
  g_assert_cmpuint (n_done + n_blank, >=, 31);
}

/* After the ACK nothing is left to break off. */
static void
test_after (void)
{
  g_autoptr (SimBench) bench = sim_bench_new ("0x460");
  const guint8 data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  sim_bench_begin_write (bench, FLASH, data, sizeof data);
  sim_bench_ack (bench);
  fl_sim_board_reset (bench->board, TRUE, fl_transport_get_time (bench->transport));
  g_assert_cmpmem (fl_sim_board_peek (bench->board, FLASH, 8), 8, data, 8);
}

/* The supply voltage as the host tells it: bytes programmed at once, and what that saves. */
static const struct
{
  const char *path;
  guint8 range;
  guint program_divisor;
  guint erase_percent;
} voltages[] = {
  { "/sim/voltage/1.8", 0, 1, 100 }, { "/sim/voltage/2.1", 1, 2, 65 }, { "/sim/voltage/2.4", 2, 2, 65 },
  { "/sim/voltage/2.7", 3, 4, 50 },  { "/sim/voltage/vpp", 4, 8, 45 },
};

static void
measure (guint8 range, guint64 *program_us, guint64 *erase_us)
{
  g_autoptr (SimBench) bench = sim_bench_new ("0x413");
  guint8 data[256] = { 0 };

  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  sim_bench_begin_write (bench, 0xFFFF0000u, &range, 1);
  sim_bench_ack (bench);
  sim_bench_begin_write (bench, FLASH, data, sizeof data);
  sim_bench_ack (bench);
  *program_us = fl_sim_board_get_busy_us (bench->board);
  sim_bench_begin_erase (bench, 11, 1);
  sim_bench_ack (bench);
  *erase_us = fl_sim_board_get_busy_us (bench->board) - *program_us;
}

static void
test_voltage (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  guint64 program_us, erase_us, slow_program_us, slow_erase_us;

  measure (0, &slow_program_us, &slow_erase_us);
  measure (voltages[row].range, &program_us, &erase_us);
  g_assert_cmpuint (slow_program_us, >, 0);
  g_assert_cmpuint (program_us, ==, slow_program_us / voltages[row].program_divisor);
  g_assert_cmpuint (erase_us, ==, slow_erase_us * voltages[row].erase_percent / 100);
}

/* Erasing one sector of either bank, and a write right behind the ACK. */
static const struct
{
  const char *path;
  const char *board;
  guint bank;
  gboolean early;
} early_rows[] = {
  { "/sim/early-ack/h74x-bank-1", "0x450,bl=0x91", 1, FALSE },
  { "/sim/early-ack/h74x-bank-2", "0x450,bl=0x91", 2, TRUE },
  { "/sim/early-ack/h74x-mended", "0x450,bl=0x92", 2, FALSE },
  { "/sim/early-ack/g07x", "0x460,bl=0xB3", 1, TRUE },
  { "/sim/early-ack/g07x-mended", "0x460,bl=0xB4", 1, FALSE },
};

static void
test_early (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (SimBench) bench = sim_bench_new (early_rows[row].board);
  FlLayout *layout;
  const FlSector *sector;
  guint8 block[32] = { 0 };
  guint index = 0;
  gint64 begin;

  layout = fl_sim_board_get_layout (bench->board);
  while (fl_layout_get_sector (layout, index)->bank != early_rows[row].bank)
    index++;
  sector = fl_layout_get_sector (layout, index);
  g_assert_cmphex (sim_bench_sync (bench), ==, SIM_BENCH_ACK);
  sim_bench_begin_erase (bench, sector->code, 1);
  begin = fl_transport_get_time (bench->transport);
  sim_bench_ack (bench);
  g_assert_cmpint (fl_transport_get_time (bench->transport) - begin < 1000, ==, early_rows[row].early);
  sim_bench_begin_write (bench, sector->address, block, sizeof block);
  sim_bench_ack (bench);
  g_assert_cmphex (fl_sim_board_peek (bench->board, sector->address, 1)[0], ==, early_rows[row].early ? 0xFF : 0x00);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/cut/erase", test_erase);
  g_test_add_func ("/sim/cut/power", test_power_cut);
  g_test_add_func ("/sim/cut/program", test_program);
  g_test_add_func ("/sim/cut/after", test_after);
  for (guint i = 0; i < G_N_ELEMENTS (voltages); i++)
    g_test_add_data_func (voltages[i].path, GUINT_TO_POINTER (i), test_voltage);
  for (guint i = 0; i < G_N_ELEMENTS (early_rows); i++)
    g_test_add_data_func (early_rows[i].path, GUINT_TO_POINTER (i), test_early);
  return g_test_run ();
}
