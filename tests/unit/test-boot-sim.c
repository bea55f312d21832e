/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot.h"

#include <string.h>

#include "fl-error.h"
#include "fl-sim-transport.h"

/* The host's side of the protocol against the simulated board, which was written apart from it. */

#define SESSION_SECTOR 2
#define SESSION_BYTES  16

static const char *const chips[] = { "0x410", "0x413", "0x416", "0x440", "0x447", "0x460", "0x467" };

/* A board whose whole flash holds something, and a host connected to it. */
typedef struct
{
  FlSimBoard *board;
  FlTransport *transport;
  FlBoot *boot;
  FlLayout *layout;
  GBytes *before;
  FlCommand erase;
  guint32 address;
} Bench;

static GBytes *
bench_copy_flash (Bench *self)
{
  GByteArray *copy = g_byte_array_new ();

  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);
      const guint8 *data = fl_sim_board_peek (self->board, sector->address, sector->size);

      g_assert_nonnull (data);
      g_byte_array_append (copy, data, sector->size);
    }
  return g_byte_array_free_to_bytes (copy);
}

static void
bench_set_up (Bench *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimConfig) config = fl_sim_config_parse (name, &error);
  const FlChip *chip;
  FlBootLimits limits = { 0 };

  g_assert_no_error (error);
  self->board = fl_sim_board_new (config, &error);
  g_assert_no_error (error);
  chip = fl_sim_board_get_chip (self->board);
  self->layout = fl_sim_board_get_layout (self->board);
  self->erase = (FlCommand) chip->erase_command;
  self->address = fl_layout_get_sector (self->layout, SESSION_SECTOR)->address;
  for (guint i = 0; i < MIN (fl_layout_get_n_sectors (self->layout), 16); i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);
      g_autofree guint8 *fill = g_malloc (sector->size);

      memset (fill, (int) (0x50 + i), sector->size);
      g_assert_true (fl_sim_board_poke (self->board, sector->address, fill, sector->size));
    }
  self->before = bench_copy_flash (self);
  self->transport = fl_sim_transport_new (self->board, &fl_line_settings_default, FALSE);
  self->boot = fl_boot_new (self->transport);
  limits.answer_ms = 200;
  limits.erase_page_ms = fl_chip_get_erase_ms (chip, fl_layout_get_sector (self->layout, SESSION_SECTOR)->size);
  limits.erase_mass_ms = chip->erase_mass_ms;
  fl_boot_set_limits (self->boot, &limits);
}

static void
bench_tear_down (Bench *self)
{
  g_clear_object (&self->boot);
  g_clear_object (&self->transport);
  g_clear_object (&self->board);
  g_clear_pointer (&self->before, g_bytes_unref);
}

/* Nothing but one sector was erased or written. */
static void
bench_check_rest (Bench *self)
{
  g_autoptr (GBytes) after = bench_copy_flash (self);
  const guint8 *old = g_bytes_get_data (self->before, NULL);
  const guint8 *new = g_bytes_get_data (after, NULL);
  gsize at = 0;

  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);

      if (i != SESSION_SECTOR)
        {
          g_assert_cmpuint (fl_sim_board_get_n_erased (self->board, i), ==, 0);
          g_assert_cmpint (memcmp (old + at, new + at, sector->size), ==, 0);
        }
      at += sector->size;
    }
}

/* Connects, erases one sector, writes into it, reads it back. */
static gboolean
bench_run (Bench *self, GError **error)
{
  guint16 code = (guint16) fl_layout_get_sector (self->layout, SESSION_SECTOR)->code;
  guint8 data[SESSION_BYTES];
  guint8 back[SESSION_BYTES];
  FlBootInfo info;
  guint16 pid;

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (0x81 + 7 * i);
  if (!fl_boot_sync (self->boot, NULL, NULL, error) || !fl_boot_get (self->boot, &info, NULL, error)
      || !fl_boot_get_id (self->boot, &pid, NULL, error)
      || !fl_boot_erase_pages (self->boot, self->erase, &code, 1, NULL, error)
      || !fl_boot_write (self->boot, self->address, data, sizeof data, NULL, error)
      || !fl_boot_read (self->boot, self->address, back, sizeof back, NULL, error))
    return FALSE;
  if (memcmp (data, back, sizeof data) != 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_VERIFY, "read back differs");
      return FALSE;
    }
  g_assert_cmpmem (fl_sim_board_peek (self->board, self->address, sizeof data), sizeof data, data, sizeof data);
  return TRUE;
}

static void
test_session (gconstpointer data)
{
  Bench bench = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean mass;

  bench_set_up (&bench, data);
  g_assert_true (bench_run (&bench, &error));
  g_assert_no_error (error);
  bench_check_rest (&bench);
  g_assert_cmpuint (fl_sim_board_get_n_erased (bench.board, SESSION_SECTOR), >, 0);
  g_assert_cmpuint (fl_boot_get_n_retries (bench.boot), ==, 0);
  mass = fl_boot_erase_mass (bench.boot, bench.erase, FL_MASS_ERASE_ALL, NULL, &error);
  if (mass)
    g_assert_cmpuint (fl_sim_board_get_n_erased (bench.board, 0), >, 0);
  else
    g_assert_cmpuint (error->domain, ==, FL_ERROR);
  g_assert_cmpint (mass, ==, strcmp (data, "0x416") != 0 && strcmp (data, "0x447") != 0);
  g_clear_error (&error);
  /* It is healthy after a refusal as well. */
  g_assert_true (fl_boot_read (bench.boot, bench.address, (guint8[4]){ 0 }, 4, NULL, &error));
  g_assert_no_error (error);
  bench_tear_down (&bench);
}

/* One fault at each byte of a session, in either direction. */
static void
test_faults (gconstpointer data)
{
  static const struct
  {
    FlSimFault fault;
    guint argument;
  } faults[] = {
    { FL_SIM_FAULT_DROP, 0 },     { FL_SIM_FAULT_FLIP, 0 },   { FL_SIM_FAULT_FLIP, 4 },   { FL_SIM_FAULT_EXTRA, 0x00 },
    { FL_SIM_FAULT_EXTRA, 0xFF }, { FL_SIM_FAULT_PARITY, 0 }, { FL_SIM_FAULT_LATE, 150 },
  };
  guint64 n_bytes[2];
  guint n_ok = 0;
  guint n_all = 0;
  Bench plain = { 0 };

  bench_set_up (&plain, data);
  g_assert_true (bench_run (&plain, NULL));
  n_bytes[0] = fl_sim_board_get_n_sent (plain.board);
  n_bytes[1] = fl_sim_board_get_n_received (plain.board);
  bench_tear_down (&plain);
  for (guint to_host = 0; to_host < 2; to_host++)
    for (guint64 at = 1; at < n_bytes[to_host]; at++) /* the 0x7F itself sets the baud rate: only a reset helps */
      for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
        {
          Bench bench = { 0 };
          g_autoptr (GError) error = NULL;

          g_test_message ("%s byte %u, fault %u %02X", to_host ? "received" : "sent", (guint) at, faults[i].fault,
                          faults[i].argument);
          bench_set_up (&bench, data);
          fl_sim_board_add_fault (bench.board, to_host != 0, at, faults[i].fault, faults[i].argument);
          if (bench_run (&bench, &error))
            n_ok++;
          else
            {
              g_assert_nonnull (error);
              g_assert_cmpuint (error->domain, ==, FL_ERROR);
              g_test_message ("%s", error->message);
            }
          n_all++;
          bench_check_rest (&bench);
          g_assert_cmpint (fl_transport_get_time (bench.transport), <, 120 * G_USEC_PER_SEC);
          bench_tear_down (&bench);
        }
  g_test_message ("%s: %u of %u ended well", (const char *) data, n_ok, n_all);
  g_assert_cmpuint (n_ok, >=, n_all * 9 / 10);
}

/* How often something was taken from the port. */
static guint n_reads;
static gboolean (*read_really) (FlTransport *self, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                                GCancellable *cancellable, GError **error);

static gboolean
read_and_count (FlTransport *self, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                GCancellable *cancellable, GError **error)
{
  n_reads++;
  return read_really (self, data, length, deadline, n_read, cancellable, error);
}

/* A byte at a time comes in, but blocks are not read a byte at a time; nor later than the wire brings them. */
static void
test_pace (void)
{
  Bench bench = { 0 };
  g_autoptr (GError) error = NULL;
  guint8 data[FL_BOOT_MAX_BLOCK];
  gint64 first_us = 0;
  FlSyncState state;

  bench_set_up (&bench, "0x460");
  read_really = FL_TRANSPORT_GET_IFACE (bench.transport)->read_some;
  FL_TRANSPORT_GET_IFACE (bench.transport)->read_some = read_and_count;
  g_assert_true (fl_boot_sync (bench.boot, &state, NULL, &error));
  for (guint i = 0; i < 10; i++)
    {
      gint64 begin = fl_transport_get_time (bench.transport);

      n_reads = 0;
      g_assert_true (fl_boot_read (bench.boot, bench.address, data, sizeof data, NULL, &error));
      g_test_message ("%u reads", n_reads);
      if (i == 0)
        {
          first_us = fl_transport_get_time (bench.transport) - begin;
          g_assert_cmpuint (n_reads, >, sizeof data);
        }
      g_assert_cmpint (fl_transport_get_time (bench.transport) - begin, ==, first_us);
      if (i >= 3)
        g_assert_cmpuint (n_reads, <=, 32);
    }
  FL_TRANSPORT_GET_IFACE (bench.transport)->read_some = read_really;
  bench_tear_down (&bench);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++)
    {
      g_autofree char *session = g_strdup_printf ("/boot-sim/session/%s", chips[i]);

      g_test_add_data_func (session, chips[i], test_session);
    }
  g_test_add_func ("/boot-sim/pace", test_pace);
  g_test_add_data_func ("/boot-sim/faults/0x410", "0x410", test_faults);
  g_test_add_data_func ("/boot-sim/faults/0x460", "0x460", test_faults);
  return g_test_run ();
}
