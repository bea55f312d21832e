/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot.h"

#include <string.h>

#include "fl-boot-private.h"
#include "fl-error.h"
#include "fl-fake-transport.h"
#include "fl-strict-chip.h"

#define ID "> 02 FD < 79 01 04 10 79"

/* Synchronising: what each answer to 0x7F is taken for. -1: success. */
static const struct
{
  const char *name;
  const char *script;
  int code;
  FlSyncState state;
} cases[] = {
  { "fresh", "> 7F < 79", -1, FL_SYNC_FRESH },
  { "fresh-late", "> 7F < wait:90 79", -1, FL_SYNC_FRESH },
  { "stray-zero", "> 7F < 00 79", -1, FL_SYNC_FRESH },
  { "stray-ones", "> 7F < FF FF wait:30 79", -1, FL_SYNC_FRESH },
  { "extra-byte-seen", "> 7F < 79 1F", -1, FL_SYNC_FRESH },
  { "first-one-lost", "> 7F < > 7F < 79", -1, FL_SYNC_FRESH },
  { "already", "> 7F < > 7F < 1F", -1, FL_SYNC_ALREADY },
  { "already-after-stray", "> 7F < > 7F < 00 1F", -1, FL_SYNC_ALREADY },
  { "already-odd-phase", "> 7F < 1F " ID, -1, FL_SYNC_ALREADY },
  { "two-acks-unknown", "> 7F < 79 79 " ID, -1, FL_SYNC_FRESH },
  { "silence", "> 7F < > 7F <", FL_ERROR_NO_ANSWER, 0 },
  { "only-stray", "> 7F < 00 > 7F <", FL_ERROR_NO_ANSWER, 0 },
  { "echo", "> 7F < 7F", FL_ERROR_NO_ANSWER, 0 },
  { "text", "> 7F < 48 65 6C 6C 6F", FL_ERROR_NO_ANSWER, 0 },
  { "second-garbled", "> 7F < > 7F < FE", FL_ERROR_NO_ANSWER, 0 },
  { "unplugged", "> 7F < gone", FL_ERROR_PORT_GONE, 0 },
};

static void
test_case (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlTransport) fake = fl_fake_transport_new (cases[row].script);
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  FlBootLimits limits = { .answer_ms = 100, .double_sync_ack = strstr (cases[row].name, "extra") != NULL };
  FlSyncState state = 99;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  fl_boot_set_limits (boot, &limits);
  fl_boot_set_max_retries (boot, 0);
  ok = fl_boot_sync (boot, &state, NULL, &error);
  if (cases[row].code < 0)
    {
      guint16 pid;

      g_assert_no_error (error);
      g_assert_true (ok);
      g_assert_cmpint (state, ==, cases[row].state);
      if (g_str_has_prefix (cases[row].name, "two-acks"))
        g_assert_true (fl_boot_get_id (boot, &pid, NULL, NULL));
      g_assert_true (fl_fake_transport_at_end (FL_FAKE_TRANSPORT (fake)));
    }
  else
    {
      g_assert_false (ok);
      g_assert_error (error, FL_ERROR, cases[row].code);
      g_assert_cmpuint (fl_fake_transport_get_n_unscripted (FL_FAKE_TRANSPORT (fake)), ==, 0);
    }
}

/* The line is quiet for 0.1 s before the first 0x7F, and what came in before is forgotten. */
static void
test_idle (void)
{
  g_autoptr (FlTransport) fake = fl_fake_transport_new ("< 55 AA > 7F < 79");
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  FlSyncState state;

  g_assert_true (fl_boot_sync (boot, &state, NULL, NULL));
  g_assert_cmpint (fl_transport_get_time (fake), >=, 100000);
  g_assert_cmpint (fl_transport_get_time (fake), <, 110000);
}

static void
test_cancelled (void)
{
  g_autoptr (FlTransport) fake = fl_fake_transport_new ("");
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  FlSyncState state;

  fl_fake_transport_cancel_after (FL_FAKE_TRANSPORT (fake), 1, cancellable);
  g_assert_false (fl_boot_sync (boot, &state, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The measured turnaround is what is left when the bytes' own time is taken off. */
static void
test_round_trip (void)
{
  g_autoptr (FlTransport) fake =
                 fl_fake_transport_new ("> 02 FD < wait:16 79 01 04 10 79 > 02 FD < wait:3 79 01 04 10 79");
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  guint16 pid;

  g_assert_cmpfloat (fl_boot_get_round_trip_ms (boot), ==, 0);
  g_assert_true (fl_boot_get_id (boot, &pid, NULL, NULL));
  g_assert_cmpfloat (fl_boot_get_round_trip_ms (boot), >, 14);
  g_assert_cmpfloat (fl_boot_get_round_trip_ms (boot), <=, 16);
  g_assert_true (fl_boot_get_id (boot, &pid, NULL, NULL));
  g_assert_cmpfloat (fl_boot_get_round_trip_ms (boot), <=, 3);
}

static void
count_retry (FlBoot *boot, const char *message, gpointer user_data)
{
  guint *n = user_data;

  g_assert_nonnull (message);
  (*n)++;
}

/* A refusal is asked for a second time, and then believed without having counted as a repeat; damage is not. */
static void
test_retries (void)
{
  static const struct
  {
    const char *script;
    int code;
    guint n_retries;
  } rows[] = {
    { "> 11 EE < 1F > 02 < > 03 < 1F " ID " > 11 EE < 1F", FL_ERROR_NACK, 0 },
    { "> 11 EE < 1F > 02 < > 03 < 1F " ID " > 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 01 02 03 04", -1, 1 },
    { "> 11 EE < 00 > 02 < > 03 < 1F " ID " > 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 01 02 03 04", -1, 1 },
    { "> 11 EE < 79 > 08 00 00 00 08 < > 02 < 1F " ID " > 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 01 02 03 04",
      -1, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FlTransport) fake = fl_fake_transport_new (rows[i].script);
      g_autoptr (FlBoot) boot = fl_boot_new (fake);
      g_autoptr (GError) error = NULL;
      guint n_told = 0;
      guint8 data[4];
      gboolean ok;

      fl_boot_set_retry_func (boot, count_retry, &n_told);
      ok = fl_boot_read (boot, 0x08000000, data, sizeof data, NULL, &error);
      g_assert_cmpint (ok, ==, rows[i].code < 0);
      if (rows[i].code >= 0)
        g_assert_error (error, FL_ERROR, rows[i].code);
      g_assert_cmpuint (n_told, ==, rows[i].n_retries);
      g_assert_cmpuint (fl_boot_get_n_retries (boot), ==, rows[i].n_retries);
      g_assert_true (fl_fake_transport_at_end (FL_FAKE_TRANSPORT (fake)));
    }
}

/* A chip that does not answer any more ends in an error, in bounded time, with a bounded number of bytes. */
static void
test_dead (void)
{
  g_autoptr (FlTransport) fake = fl_fake_transport_new ("> 02 FD < 79");
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  g_autoptr (GError) error = NULL;
  guint16 pid;

  g_assert_false (fl_boot_get_id (boot, &pid, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  g_assert_cmpint (fl_transport_get_time (fake), <, 20 * G_USEC_PER_SEC);
}

/* A chip that drops a bad address in silence, and a bootloader's client that knows it. */
static FlBoot *
make_dropping_boot (FlStrictChip *chip)
{
  FlBoot *boot = fl_boot_new (FL_TRANSPORT (chip));
  FlBootLimits limits = { .answer_ms = 100, .silent_bad_address = TRUE };

  fl_boot_set_limits (boot, &limits);
  fl_strict_chip_set_silent_bad_address (chip, TRUE);
  return boot;
}

/* Chips that drop a bad address in silence: told from a lost byte by asking twice. */
static void
test_silent_bad_address (void)
{
  g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
  g_autoptr (FlBoot) boot = make_dropping_boot (chip);
  g_autoptr (GError) error = NULL;
  guint8 data[4];

  g_assert_false (fl_boot_read (boot, 0x40000000, data, sizeof data, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NACK);
  g_clear_error (&error);
  g_assert_true (fl_boot_read (boot, 0x08000000, data, sizeof data, NULL, &error));
  g_assert_no_error (error);
}

/* Go is not repeated after silence, since the application may run: it is said what the silence may mean. */
static void
test_silent_go (void)
{
  g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
  g_autoptr (FlBoot) boot = make_dropping_boot (chip);
  g_autoptr (GError) error = NULL;
  guint8 data[4];

  g_assert_false (fl_boot_go (boot, 0x40000000, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  g_assert_nonnull (strstr (error->message, "drops addresses in silence"));
  g_clear_error (&error);
  g_assert_cmpuint (fl_strict_chip_get_n_bytes (chip, FALSE), ==, 7);
  g_assert_true (fl_boot_read (boot, 0x08000000, data, sizeof data, NULL, &error));
  g_assert_no_error (error);
}

/* An address of Go that was damaged on its way is refused, and sent again. One that is refused again is the answer. */
static void
test_refused_go (void)
{
  g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
  g_autoptr (FlBoot) boot = fl_boot_new (FL_TRANSPORT (chip));
  FlBootLimits limits = { .answer_ms = 100 };
  g_autoptr (GError) error = NULL;

  fl_boot_set_limits (boot, &limits);
  fl_strict_chip_set_fault (chip, FALSE, 4, FL_FAULT_FLIP, 0x02);
  g_assert_true (fl_boot_go (boot, 0x08000000, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fl_strict_chip_get_deeds (chip), ==, "Go 08000000;");
  g_assert_cmpuint (fl_boot_get_n_retries (boot), ==, 1);
  g_assert_false (fl_boot_go (boot, 0x40000000, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NACK);
  g_assert_cmpuint (fl_boot_get_n_retries (boot), ==, 1);
  g_assert_cmpstr (fl_strict_chip_get_deeds (chip), ==, "Go 08000000;");
}

/* A second batch follows when a list is longer than one command may be, and a pause each. */
static void
test_batches (void)
{
  g_autoptr (FlTransport) fake =
                 fl_fake_transport_new ("> 44 BB < 79 > 00 01 00 00 00 01 00 < 79 > 44 BB < 79 > 00 00 00 02 02 < 79");
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  FlBootLimits limits = { .max_pages = 2, .page_pause_ms = 40 };
  static const guint16 pages[] = { 0, 1, 2 };

  fl_boot_set_limits (boot, &limits);
  g_assert_true (fl_boot_erase_pages (boot, FL_COMMAND_EXTENDED_ERASE, pages, G_N_ELEMENTS (pages), NULL, NULL));
  g_assert_true (fl_fake_transport_at_end (FL_FAKE_TRANSPORT (fake)));
  g_assert_cmpint (fl_transport_get_time (fake), >=, 3 * 40000);
}

/* Cancelled at each byte of a block. At 115200 the block is brought to its end: the chip is never left in the middle of
 * it. At 9600 it is cut, but not before its count. Either way it takes 0.2 s at most. */
static void
test_cancel_anywhere (void)
{
  static const guint rates[] = { 115200, 9600 };
  static const guint8 data[256] = { 0 };
  static const gsize whole = 2 + 5 + 258;

  for (guint rate = 0; rate < G_N_ELEMENTS (rates); rate++)
    {
      guint n_cut = 0;

      for (gsize at = 1; at <= whole; at++)
        {
          g_autoptr (FlTransport) fake =
                         fl_fake_transport_new ("> 31 CE < 79 > 08 00 00 00 08 < 79 > FF 00*256 FF < 79");
          g_autoptr (FlBoot) boot = fl_boot_new (fake);
          g_autoptr (GCancellable) cancellable = g_cancellable_new ();
          g_autoptr (GError) error = NULL;
          FlLineSettings settings = fl_line_settings_default;
          gint64 cancelled_at = (gint64) at * 11 * G_USEC_PER_SEC / rates[rate];
          gsize n;

          settings.baud = rates[rate];
          g_assert_true (fl_transport_set_settings (fake, &settings, NULL));
          fl_fake_transport_cancel_after (FL_FAKE_TRANSPORT (fake), at, cancellable);
          if (!fl_boot_write (boot, 0x08000000, data, sizeof data, cancellable, &error))
            g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_cmpint (fl_transport_get_time (fake) - cancelled_at, <, 200000);
          n = fl_fake_transport_get_n_written (FL_FAKE_TRANSPORT (fake));
          g_assert_true (n == whole || n >= 2 + 5 + 16);
          n_cut += n < whole;
        }
      g_assert_cmpint (n_cut > 0, ==, rates[rate] == 9600);
    }
}

static void
test_cut_is_safe (void)
{
  guint8 packet[258];
  guint n_unsafe = 0;

  packet[0] = 0xFF;
  packet[257] = 0xFF;
  for (guint i = 0; i < 256; i++)
    packet[1 + i] = (guint8) i;
  for (gsize n = 1; n < sizeof packet; n++)
    {
      g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
      guint8 rest[258];

      memset (rest, FL_BOOT_SYNC, sizeof rest);
      fl_strict_chip_feed (chip, (const guint8 *) "\x31\xCE\x08\x00\x00\x00\x08", 7);
      fl_strict_chip_feed (chip, packet, n);
      fl_strict_chip_feed (chip, rest, sizeof packet - n);
      n_unsafe += *fl_strict_chip_get_deeds (chip) != '\0';
      g_assert_cmpint (fl_boot_cut_is_safe (packet, sizeof packet, n), ==, *fl_strict_chip_get_deeds (chip) == '\0');
    }
  g_assert_cmpuint (n_unsafe, >, 0);
}

/* The rules at the head of fl-boot-recovery.c. */
static void
test_filler_rules (void)
{
  guint8 filler[2];
  guint8 all_even[256] = { 0 };
  static const guint8 command[] = { 0x44, 0xBB };

  g_assert_true (fl_boot_choose_filler (command, 2, 0x44, FL_STAGE_COMMAND, filler));
  g_assert_cmphex (filler[0], ==, 0x02);
  g_assert_cmphex (filler[1], ==, 0x03);
  g_assert_true (fl_boot_choose_filler (command, 2, 0x44, FL_STAGE_PAGES, filler));
  g_assert_cmphex (filler[0], ==, filler[1]);
  for (guint seed = 1; seed < 500; seed++)
    {
      guint8 packet[64];
      guint8 h;

      for (guint i = 0; i < sizeof packet; i++)
        packet[i] = (guint8) ((seed * 7919 + i * (seed | 1)) * 2654435761U >> 24);
      g_assert_true (fl_boot_choose_filler (packet, sizeof packet, 0x43, FL_STAGE_PAGES, filler));
      h = filler[0] ^ filler[1];
      g_assert_true (filler[0] % 2 == 0 && filler[0] != 0 && h % 2 == 1 && h != 0xFF);
      g_assert_null (memchr (packet, filler[0], sizeof packet));
      g_assert_null (memchr (packet, h, sizeof packet));
    }
  for (guint i = 0; i < 128; i++)
    all_even[i] = (guint8) (2 * i);
  g_assert_false (fl_boot_choose_filler (all_even, sizeof all_even, 0x43, FL_STAGE_PAGES, filler));
  g_assert_true (fl_boot_choose_filler (all_even, sizeof all_even, 0x31, FL_STAGE_DATA, filler));
}

static const struct
{
  const char *path;
  GTestFunc func;
} tests[] = {
  { "/sync/idle", test_idle },
  { "/sync/cancelled", test_cancelled },
  { "/sync/round-trip", test_round_trip },
  { "/retry/told", test_retries },
  { "/retry/dead", test_dead },
  { "/retry/silent-bad-address", test_silent_bad_address },
  { "/retry/silent-go", test_silent_go },
  { "/retry/refused-go", test_refused_go },
  { "/retry/batches", test_batches },
  { "/retry/cancel-anywhere", test_cancel_anywhere },
  { "/retry/cut-is-safe", test_cut_is_safe },
  { "/retry/filler-rules", test_filler_rules },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sync/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].func);
  return g_test_run ();
}
