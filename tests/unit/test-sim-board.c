/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The board around the ROM: flash by family, lines, faults, clocks, what stays between programs. */
#include <glib/gstdio.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-sim-memory.h"
#include "sim-bench.h"

#define ASK(transport, sent, wanted) sim_bench_assert_answer ((transport), (sent), sizeof (sent) - 1, (wanted))
#define SYNC                         "\x7f"
#define GET_ID                       "\x02\xfd"

/* What the second of two writes leaves: by the rule of each family's flash. */
static const struct
{
  const char *path;
  guint16 pid;
  guint8 first, second, wanted;
} rules[] = {
  { "/sim/flash/g0-refuses", 0x460, 0x0F, 0xF0, 0x0F }, { "/sim/flash/g0-zero", 0x460, 0x0F, 0x00, 0x00 },
  { "/sim/flash/l4-refuses", 0x435, 0x0F, 0x0E, 0x0F }, { "/sim/flash/h7-refuses", 0x450, 0x0F, 0x0E, 0x0F },
  { "/sim/flash/f1-refuses", 0x410, 0x0F, 0x0E, 0x0F }, { "/sim/flash/f1-zero", 0x410, 0x0F, 0x00, 0x00 },
  { "/sim/flash/f4-ands", 0x413, 0x3C, 0x0F, 0x0C },    { "/sim/flash/f7-ands", 0x449, 0x3C, 0x0F, 0x0C },
  { "/sim/flash/l0-ors", 0x417, 0x30, 0x05, 0x35 },     { "/sim/flash/l1-ors", 0x416, 0x30, 0x05, 0x35 },
};

static void
test_rule (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  const FlChip *chip = fl_chip_db_find (rules[row].pid);
  g_autoptr (FlSimFlash) flash = fl_sim_flash_new (chip, fl_chip_get_layout (chip, chip->flash_kib, NULL));
  guint8 block[32];

  g_assert_cmphex (flash->data[0], ==, chip->erased_value);
  memset (block, rules[row].first, sizeof block);
  g_assert_cmpint (fl_sim_flash_program (flash, flash->start, block, sizeof block), >, 0);
  g_assert_cmphex (flash->data[31], ==, rules[row].first);
  memset (block, rules[row].second, sizeof block);
  fl_sim_flash_program (flash, flash->start, block, sizeof block);
  g_assert_cmphex (flash->data[0], ==, rules[row].wanted);
  g_assert_cmpint (fl_sim_flash_erase_sector (flash, 0), >, 0);
  g_assert_cmphex (flash->data[0], ==, chip->erased_value);
  g_assert_cmpuint (flash->n_erased[0], ==, 1);
  g_assert_cmpuint (flash->n_erased[1], ==, 0);
}

/* V9.2 of 0x467: only the first of several pages of bank 2 is erased. */
static void
test_bank_2 (void)
{
  g_autoptr (FlSimBoard) board = sim_bench_make_board ("0x467,flash=256");
  g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);
  guint first = fl_layout_get_n_sectors (fl_sim_board_get_layout (board)) / 2;
  guint16 code = fl_layout_get_sector (fl_sim_board_get_layout (board), first)->code;
  guint8 packet[] = { 0, 1, (guint8) (code >> 8), (guint8) code, (guint8) ((code + 1) >> 8), (guint8) (code + 1), 0 };

  packet[6] = fl_bytes_xor (packet, 6);
  ASK (transport, SYNC, "79");
  ASK (transport, "\x44\xbb", "79");
  sim_bench_assert_answer (transport, (const char *) packet, sizeof packet, "79");
  g_assert_cmpuint (fl_sim_board_get_n_erased (board, first), ==, 1);
  g_assert_cmpuint (fl_sim_board_get_n_erased (board, first + 1), ==, 0);
}

/* DTR holds the chip, RTS is BOOT0; opening the port asserts both. */
static void
test_lines (void)
{
  g_autoptr (FlSimBoard) board = sim_bench_make_board ("0x410,wired=1,blank=0");
  g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);
  FlLines both = FL_LINE_DTR | FL_LINE_RTS;

  ASK (transport, SYNC, "");
  g_assert_true (fl_transport_set_lines (transport, both, FL_LINE_RTS, NULL));
  g_assert_true (fl_transport_sleep (transport, 1000, NULL, NULL));
  g_assert_true (fl_sim_board_is_in_bootloader (board));
  ASK (transport, SYNC, "79");
  g_assert_true (fl_transport_set_lines (transport, both, FL_LINE_DTR, NULL));
  g_assert_true (fl_transport_set_lines (transport, both, 0, NULL));
  g_assert_true (fl_transport_sleep (transport, 1000, NULL, NULL));
  g_assert_false (fl_sim_board_is_in_bootloader (board));
  ASK (transport, SYNC, "");
}

/* The empty check is latched: a reset after programming starts the bootloader again, a power cycle the application. */
static void
test_empty_check (void)
{
  g_autoptr (FlSimBoard) board = sim_bench_make_board ("0x460,boot0=ignored");
  const guint8 vectors[] = { 0x00, 0x20, 0x00, 0x20, 0x01, 0x02, 0x00, 0x08 };

  g_assert_true (fl_sim_board_is_in_bootloader (board));
  g_assert_true (fl_sim_board_poke (board, 0x08000000, vectors, sizeof vectors));
  fl_sim_board_reset (board, FALSE, 1000);
  g_assert_true (fl_sim_board_is_in_bootloader (board));
  fl_sim_board_reset (board, TRUE, 2000);
  g_assert_false (fl_sim_board_is_in_bootloader (board));
}

static void
test_application_talks (void)
{
  g_autoptr (FlSimBoard) board = sim_bench_make_board ("0x460,blank=0,talks=1");
  const FlLineSettings settings = { 115200, 8, FL_PARITY_NONE, 1 };
  g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);
  char text[6] = "";

  ASK (transport, SYNC, "79");
  ASK (transport, "\x21\xde", "79");
  g_assert_true (fl_transport_write (transport, (const guint8 *) "\x08\0\0\0\x08", 5, 1000, NULL, NULL));
  g_assert_true (fl_transport_read (transport, (guint8 *) text, 1, 1000, NULL, NULL, NULL));
  g_assert_true (fl_transport_set_settings (transport, &settings, NULL));
  g_assert_true (fl_transport_read (transport, (guint8 *) text, 5, 1000, NULL, NULL, NULL));
  g_assert_cmpstr (text, ==, "Hello");
}

/* One fault in Get ID: where it strikes, and what the host sees. */
static const struct
{
  gboolean to_host;
  guint at;
  FlSimFault fault;
  guint argument;
  const char *wanted;
} faults[] = {
  { TRUE, 3, FL_SIM_FAULT_DROP, 0, "79 01 10 79" },
  { TRUE, 3, FL_SIM_FAULT_FLIP, 0, "79 01 05 10 79" },
  { TRUE, 3, FL_SIM_FAULT_EXTRA, 0xAB, "79 01 AB 04 10 79" },
  { TRUE, 3, FL_SIM_FAULT_LATE, 900, "79 01 04 10 79" },
  { TRUE, 3, FL_SIM_FAULT_LATE, 1100, "79 01" },
  { TRUE, 3, FL_SIM_FAULT_SILENCE, 0, "79 01" },
  { TRUE, 1, FL_SIM_FAULT_NACK, 0, "1F 01 04 10 79" },
  { TRUE, 3, FL_SIM_FAULT_PARITY, 0, "79 01 04 10 79" },
  { TRUE, 3, FL_SIM_FAULT_POWER_CUT, 0, "79 01" },
  { FALSE, 2, FL_SIM_FAULT_DROP, 0, "" },
  { FALSE, 2, FL_SIM_FAULT_FLIP, 7, "1F" },
  { FALSE, 1, FL_SIM_FAULT_EXTRA, 0x55, "1F" },
  { FALSE, 1, FL_SIM_FAULT_SILENCE, 0, "" },
  { FALSE, 1, FL_SIM_FAULT_POWER_CUT, 0, "" },
};

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (FlSimBoard) board = sim_bench_make_board ("0x410");
      g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);

      fl_sim_board_add_fault (board, faults[i].to_host, faults[i].at, faults[i].fault, faults[i].argument);
      ASK (transport, SYNC, "79");
      g_assert_cmpint (fl_transport_take_errors (transport), ==, 0);
      ASK (transport, GET_ID, faults[i].wanted);
      if (faults[i].fault == FL_SIM_FAULT_PARITY)
        g_assert_cmpint (fl_transport_take_errors (transport), ==, FL_LINE_ERROR_PARITY);
    }
}

static void
write_8_more (FlTransport *transport)
{
  ASK (transport, "\x31\xce", "79");
  ASK (transport, "\x08\0\0\0\x08", "79");
  ASK (transport, "\x07\x12\x12\x12\x12\x12\x12\x12\x12\x07", "79");
}

static void
write_8 (FlTransport *transport)
{
  ASK (transport, SYNC, "79");
  write_8_more (transport);
}

static void
test_bad_writes (void)
{
  g_autoptr (FlSimBoard) lost = sim_bench_make_board ("0x460");
  g_autoptr (FlTransport) to_lost = fl_sim_transport_new (lost, NULL, FALSE);
  g_autoptr (FlSimBoard) stuck = sim_bench_make_board ("0x460");
  g_autoptr (FlTransport) to_stuck = fl_sim_transport_new (stuck, NULL, FALSE);
  g_autoptr (FlSimBoard) worn = sim_bench_make_board ("0x460");
  g_autoptr (FlTransport) to_worn = fl_sim_transport_new (worn, NULL, FALSE);
  const guint8 blank[8] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };

  fl_sim_board_add_fault (lost, FALSE, 10, FL_SIM_FAULT_LOST_WRITE, 0);
  write_8 (to_lost);
  g_assert_cmphex (fl_sim_board_peek (lost, 0x08000000, 8)[0], ==, 0xFF);
  fl_sim_board_add_fault (stuck, FALSE, 10, FL_SIM_FAULT_STUCK_BIT, 3);
  write_8 (to_stuck);
  g_assert_cmphex (fl_sim_board_peek (stuck, 0x08000000, 8)[0], ==, 0x1A);
  g_assert_cmphex (fl_sim_board_peek (stuck, 0x08000000, 8)[1], ==, 0x12);
  fl_sim_board_add_fault (worn, FALSE, 10, FL_SIM_FAULT_STUCK_BIT, 3 | FL_SIM_STUCK_FOR_GOOD);
  write_8 (to_worn);
  g_assert_cmphex (fl_sim_board_peek (worn, 0x08000000, 8)[0], ==, 0x1A);
  g_assert_true (fl_sim_board_poke (worn, 0x08000000, blank, sizeof blank));
  write_8_more (to_worn);
  g_assert_cmphex (fl_sim_board_peek (worn, 0x08000000, 8)[0], ==, 0x1A);
  g_assert_cmphex (fl_sim_board_peek (worn, 0x08000000, 8)[1], ==, 0x12);
}

static void
test_unplug (void)
{
  g_autoptr (FlSimBoard) board = sim_bench_make_board ("0x460,unplug=2");
  g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) read_error = NULL;
  guint8 byte;

  ASK (transport, SYNC, "79");
  g_assert_false (fl_transport_write (transport, (const guint8 *) GET_ID, 2, 1000, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_assert_false (fl_transport_read (transport, &byte, 1, 1000, NULL, NULL, &read_error));
  g_assert_error (read_error, FL_ERROR, FL_ERROR_PORT_GONE);
}

/* The virtual clock: a byte each way takes its bits, a wait takes nothing but virtual time. */
static void
test_clock (void)
{
  g_autoptr (FlSimBoard) board = sim_bench_make_board ("0x460,latency=16");
  g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);
  gint64 begin = fl_transport_get_time (transport);
  guint8 byte = 0x7F;

  g_assert_true (fl_transport_write (transport, &byte, 1, 1000, NULL, NULL));
  g_assert_cmpint (fl_transport_get_time (transport) - begin, ==, 95);
  g_assert_true (fl_transport_read (transport, &byte, 1, 1000, NULL, NULL, NULL));
  g_assert_cmpint (fl_transport_get_time (transport) - begin, >=, 16000 + 2 * 95);
  g_assert_cmpint (fl_transport_get_time (transport) - begin, <, 16000 + 2 * 95 + 100);
  g_assert_false (fl_transport_read (transport, &byte, 1, 3600000, NULL, NULL, NULL));
  g_assert_cmpint (fl_transport_get_time (transport) - begin, >=, (gint64) 3600 * G_USEC_PER_SEC);
}

static void
test_cancel (void)
{
  g_autoptr (FlSimBoard) board = sim_bench_make_board ("0x460,clock=real");
  g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, TRUE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint8 byte;

  g_cancellable_cancel (cancellable);
  g_assert_false (fl_transport_read (transport, &byte, 1, 60000, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_names (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTransport) first = NULL;
  g_autoptr (FlTransport) second = NULL;
  g_autoptr (FlTransport) third = NULL;

  fl_sim_register ();
  first = fl_transport_open ("sim:0x460", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fl_transport_get_name (first), ==, "sim:0x460");
  write_8 (first);
  fl_transport_close (first);
  second = fl_transport_open ("sim:0x460", NULL, NULL, &error);
  g_assert_no_error (error);
  ASK (second, SYNC, "79"); /* somebody has pressed reset */
  g_assert_cmphex (fl_sim_board_peek (fl_sim_transport_get_board (FL_SIM_TRANSPORT (second)), 0x08000000, 1)[0], ==,
                   0x12);
  fl_sim_forget_boards ();
  third = fl_transport_open ("sim:0x460", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (fl_sim_board_peek (fl_sim_transport_get_board (FL_SIM_TRANSPORT (third)), 0x08000000, 1)[0], ==,
                   0xFF);
  fl_sim_forget_boards ();
}

static void
test_state (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("fl-sim-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "state", NULL);
  g_autofree char *text = g_strdup_printf ("0x460,state=%s", path);
  g_autofree char *other = g_strdup_printf ("0x467,state=%s", path);

  {
    g_autoptr (FlSimBoard) board = sim_bench_make_board (text);
    g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);

    write_8 (transport);
    ASK (transport, "\x82\x7d", "79 79");
  }
  {
    g_autoptr (FlSimBoard) board = sim_bench_make_board (text);
    g_autoptr (FlTransport) transport = fl_sim_transport_new (board, NULL, FALSE);

    g_assert_cmphex (fl_sim_board_peek (board, 0x08000000, 1)[0], ==, 0x12);
    ASK (transport, SYNC, "79");
    ASK (transport, "\x11\xee", "1F");
  }
  {
    g_autoptr (FlSimConfig) config = fl_sim_config_parse (other, &error);
    g_autoptr (FlSimBoard) board = fl_sim_board_new (config, &error);

    g_assert_null (board);
    g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  }
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    g_test_add_data_func (rules[i].path, GUINT_TO_POINTER (i), test_rule);
  g_test_add_func ("/sim/board/bank-2", test_bank_2);
  g_test_add_func ("/sim/board/lines", test_lines);
  g_test_add_func ("/sim/board/empty-check", test_empty_check);
  g_test_add_func ("/sim/board/application-talks", test_application_talks);
  g_test_add_func ("/sim/board/faults", test_faults);
  g_test_add_func ("/sim/board/bad-writes", test_bad_writes);
  g_test_add_func ("/sim/transport/unplug", test_unplug);
  g_test_add_func ("/sim/transport/clock", test_clock);
  g_test_add_func ("/sim/transport/cancel", test_cancel);
  g_test_add_func ("/sim/transport/names", test_names);
  g_test_add_func ("/sim/board/state", test_state);
  return g_test_run ();
}
