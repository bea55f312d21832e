/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot.h"

#include <string.h>

#include "fl-sim-transport.h"
#include "sim-bench.h"

/* Packets that are sent at once, to simulated bootloaders that keep up and that do not, behind adapters with and
 * without a latency timer. */

#define N_BLOCKS 32

typedef struct
{
  SimBench *bench;
  FlBoot *boot;
} Link;

static void
link_up (Link *self, const char *config)
{
  static const FlBootLimits limits = { .answer_ms = 200 };
  g_autoptr (GError) error = NULL;
  guint16 pid;

  self->bench = sim_bench_new (config);
  self->boot = fl_boot_new (self->bench->transport);
  fl_boot_set_limits (self->boot, &limits);
  g_assert_true (fl_boot_sync (self->boot, NULL, NULL, &error));
  g_assert_true (fl_boot_get_id (self->boot, &pid, NULL, &error));
  g_assert_no_error (error);
}

static void
try_burst (Link *self)
{
  g_autoptr (GError) error = NULL;
  guint8 word[4];

  g_assert_true (fl_boot_read (self->boot, 0x08000000, word, sizeof word, NULL, &error));
  g_assert_true (fl_boot_try_burst (self->boot, 0x08000000, word, sizeof word, NULL, &error));
  g_assert_no_error (error);
}

static void
link_down (Link *self)
{
  g_object_unref (self->boot);
  sim_bench_free (self->bench);
}

/* Reads some blocks; the time that a kibibyte took, in milliseconds. */
static double
read_blocks (Link *self)
{
  gint64 start = fl_transport_get_time (self->bench->transport);
  guint size = fl_boot_get_read_size (self->boot);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_BLOCKS; i++)
    {
      guint8 data[FL_BOOT_MAX_BLOCK];
      guint32 address = 0x08000000 + i * size;

      g_assert_true (fl_boot_read (self->boot, address, data, size, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (data, size, fl_sim_board_peek (self->bench->board, address, size), size);
    }
  return (double) (fl_transport_get_time (self->bench->transport) - start) * 1024 / (N_BLOCKS * size) / 1000;
}

static void
fill (Link *self)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint8 data[N_BLOCKS * FL_BOOT_MAX_BLOCK];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) g_rand_int (random);
  g_assert_true (fl_sim_board_poke (self->bench->board, 0x08000000, data, sizeof data));
}

static const struct
{
  const char *config;
  FlBurst burst;
  guint read_size;
  double max_ms; /* for a kibibyte; the wire takes 98 */
} boards[] = {
  { "0x460", FL_BURST_WORKS, 256, 103 },
  { "0x410", FL_BURST_WORKS, 256, 103 },
  { "0x460,latency=1", FL_BURST_WORKS, 256, 107 },
  { "0x460,latency=16", FL_BURST_WORKS, 245, 104 }, /* full packets do not wait */
  { "0x460,burst=0", FL_BURST_TOO_FAST, 256, 108 },
  { "0x460,latency=16,burst=0", FL_BURST_TOO_FAST, 256, 310 },
};

static void
test_board (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  Link link;
  double before, after;

  link_up (&link, boards[row].config);
  fill (&link);
  before = read_blocks (&link);
  try_burst (&link);
  after = read_blocks (&link);
  g_test_message ("%s: %.1f ms a KiB, then %.1f", boards[row].config, before, after);
  g_assert_cmpint (fl_boot_get_burst (link.boot), ==, boards[row].burst);
  g_assert_cmpuint (fl_boot_get_read_size (link.boot), ==, boards[row].read_size);
  g_assert_cmpfloat (after, <=, boards[row].max_ms);
  g_assert_true (boards[row].burst == FL_BURST_WORKS ? after < before : after <= before * 1.0001);
  g_assert_cmpuint (fl_boot_get_n_retries (link.boot), ==, 0);
  link_down (&link);
}

/* One that is protected refuses the trial, and is as it was. */
static void
test_protected (void)
{
  Link link;
  g_autoptr (GError) error = NULL;
  guint16 pid;

  link_up (&link, "0x460,rdp=1");
  g_assert_true (fl_boot_try_burst (link.boot, 0x08000000, (guint8[1]){ 0 }, 1, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fl_boot_get_burst (link.boot), ==, FL_BURST_TOO_FAST);
  g_assert_true (fl_boot_get_id (link.boot, &pid, NULL, &error));
  g_assert_no_error (error);
  link_down (&link);
}

/* One fault at each byte of the trial and of a read and a write behind it: all is survived. */
static void
test_faults (void)
{
  static const struct
  {
    FlSimFault fault;
    guint argument;
  } faults[] = {
    { FL_SIM_FAULT_DROP, 0 },   { FL_SIM_FAULT_FLIP, 0 },     { FL_SIM_FAULT_FLIP, 5 },
    { FL_SIM_FAULT_LATE, 150 }, { FL_SIM_FAULT_EXTRA, 0x92 }, { FL_SIM_FAULT_EXTRA, 0x6D },
  };
  static const guint8 words[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  guint n_runs = 0, n_given_up = 0;

  for (guint to_host = 0; to_host < 2; to_host++)
    for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
      for (guint64 at = 0; at < (to_host ? 85 : 36); at++)
        {
          Link link;
          g_autoptr (GError) error = NULL;
          guint8 back[sizeof words];
          guint64 first;

          g_test_message ("%s byte %u, fault %u", to_host ? "received" : "sent", (guint) at, i);
          link_up (&link, "0x460");
          first =
              to_host ? fl_sim_board_get_n_received (link.bench->board) : fl_sim_board_get_n_sent (link.bench->board);
          fl_sim_board_add_fault (link.bench->board, to_host != 0, first + at, faults[i].fault, faults[i].argument);
          try_burst (&link);
          g_assert_true (fl_boot_write (link.boot, 0x08000800, words, sizeof words, NULL, &error));
          g_assert_no_error (error);
          g_assert_cmpmem (fl_sim_board_peek (link.bench->board, 0x08000800, sizeof words), sizeof words, words,
                           sizeof words);
          g_assert_true (fl_boot_read (link.boot, 0x08000800, back, sizeof back, NULL, &error));
          g_assert_no_error (error);
          n_given_up += fl_boot_get_burst (link.boot) != FL_BURST_WORKS;
          n_runs++;
          link_down (&link);
        }
  g_test_message ("%u runs, in %u of which bursts were given up", n_runs, n_given_up);
  g_assert_cmpuint (n_given_up, >, n_runs / 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (boards); i++)
    {
      g_autofree char *path = g_strdup_printf ("/burst-sim/%s", boards[i].config);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_board);
    }
  g_test_add_func ("/burst-sim/protected", test_protected);
  g_test_add_func ("/burst-sim/faults", test_faults);
  return g_test_run ();
}
