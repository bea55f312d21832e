/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot.h"

#include <string.h>

#include "fl-boot-private.h"
#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-fake-transport.h"
#include "fl-strict-chip.h"

/* Packets that are sent at once: when they are, when they are not, and that no byte that gets lost among them makes the
 * chip do what nobody asked for. */

#define TRIAL    "> 11 EE 08 00 00 00 08 3A C5 < 79 79 79 11 22 33 44 55*55 "
#define READ     "> 11 EE 08 00 04 00 0C 03 FC "
#define READ_ONE "> 11 EE < 79 > 08 00 04 00 0C < 79 > 03 FC < 79 A1 A2 A3 A4"
#define WRITE    "> 31 CE 08 00 01 00 09 "
#define BLOCK    "> 03 11 22 33 44 47 "
#define BACK     "> 02 < 1F > 02 FD < 79 01 04 10 79 " /* to the start of a command: the filler, Get ID */

static const FlBootLimits limits = { .answer_ms = 100, .program_ms = 100, .erase_page_ms = 40, .erase_mass_ms = 1000 };

static const guint8 known[] = { 0x11, 0x22, 0x33, 0x44 };
static const guint8 block[] = { 0x11, 0x22, 0x33, 0x44 };

typedef enum
{
  DO_READ,
  DO_WRITE,
  DO_WRITE_OPTIONS,
} Deed;

/* A trial that went well, then one command: what goes over the line, and what is thought of bursts afterwards. */
static const struct
{
  const char *name;
  Deed deed;
  const char *script;
  int code; /* -1: success */
  FlBurst burst;
  guint n_retries;
} cases[] = {
  { "read", DO_READ, READ "< 79 79 79 A1 A2 A3 A4", -1, FL_BURST_WORKS, 0 },
  { "write", DO_WRITE, WRITE "< 79 79 " BLOCK "< 79", -1, FL_BURST_WORKS, 0 },
  { "options", DO_WRITE_OPTIONS, "> 31 CE < 79 > 08 00 01 00 09 < 79 " BLOCK "< 79", -1, FL_BURST_WORKS, 0 },
  /* The chip's own answer, which is the same when the packets come one by one, is no reason. */
  { "refused", DO_READ, READ "< 79 1F 1F " BACK "> 11 EE < 79 > 08 00 04 00 0C < 1F", FL_ERROR_NACK, FL_BURST_WORKS,
    0 },
  { "command-refused", DO_READ, READ "< 1F 1F 1F 1F " BACK "> 11 EE < 1F", FL_ERROR_NACK, FL_BURST_WORKS, 0 },
  /* Anything that goes better one by one is. */
  { "nack", DO_READ, READ "< 1F 1F 1F 1F " BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "address-nack", DO_READ, READ "< 79 1F 1F " BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "silence", DO_READ, READ BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "one-ack", DO_READ, READ "< 79 " BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "two-acks", DO_READ, READ "< 79 79 " BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "short", DO_READ, READ "< 79 79 79 A1 A2 A3 " BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "long", DO_READ, READ "< 79 79 79 A1 A2 A3 A4 A5 " BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "garbage", DO_READ, READ "< 79 55 79 A1 A2 A3 A4 " BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "parity", DO_READ, READ "< 79 79 79 A1 !parity A2 A3 A4 " BACK READ_ONE, -1, FL_BURST_GIVEN_UP, 1 },
  { "write-one-ack", DO_WRITE, WRITE "< 79 " BACK "> 31 CE < 79 > 08 00 01 00 09 < 79 " BLOCK "< 79", -1,
    FL_BURST_GIVEN_UP, 1 },
  { "write-nack", DO_WRITE, WRITE "< 79 1F " BACK "> 31 CE < 79 > 08 00 01 00 09 < 79 " BLOCK "< 79", -1,
    FL_BURST_GIVEN_UP, 1 },
  /* The block itself is sent alone: the burst is not to blame. */
  { "block-lost", DO_WRITE, WRITE "< 79 79 " BLOCK BACK "> 31 CE < 79 > 08 00 01 00 09 < 79 " BLOCK "< 79", -1,
    FL_BURST_WORKS, 1 },
};

static gboolean
carry_out (FlBoot *boot, Deed deed, GError **error)
{
  static const guint8 wanted[] = { 0xA1, 0xA2, 0xA3, 0xA4 };
  guint8 data[4];

  switch (deed)
    {
    case DO_READ:
      if (!fl_boot_read (boot, 0x08000400, data, sizeof data, NULL, error))
        return FALSE;
      g_assert_cmpmem (data, sizeof data, wanted, sizeof wanted);
      return TRUE;
    case DO_WRITE:
      return fl_boot_write (boot, 0x08000100, block, sizeof block, NULL, error);
    case DO_WRITE_OPTIONS:
    default:
      return fl_boot_write_options (boot, 0x08000100, block, sizeof block, NULL, error);
    }
}

static void
count_cb (FlBoot *boot, const char *message, gpointer user_data)
{
  guint *n = user_data;

  g_assert_nonnull (strstr (message, "Tried again"));
  *n += 1;
}

static void
test_case (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *script = g_strconcat (TRIAL, cases[row].script, NULL);
  g_autoptr (FlTransport) fake = fl_fake_transport_new (script);
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  g_autoptr (GError) error = NULL;
  guint n_told = 0;
  gboolean ok;

  fl_boot_set_limits (boot, &limits);
  fl_boot_set_max_retries (boot, cases[row].n_retries == 1 && cases[row].burst == FL_BURST_GIVEN_UP ? 0 : 3);
  fl_boot_set_retry_func (boot, count_cb, &n_told);
  g_assert_true (fl_boot_try_burst (boot, 0x08000000, known, sizeof known, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fl_boot_get_burst (boot), ==, FL_BURST_WORKS);
  ok = carry_out (boot, cases[row].deed, &error);
  if (cases[row].code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, FL_ERROR, cases[row].code);
  g_assert_true (ok == (error == NULL));
  g_assert_true (fl_fake_transport_at_end (FL_FAKE_TRANSPORT (fake)));
  g_assert_cmpuint (fl_fake_transport_get_n_unscripted (FL_FAKE_TRANSPORT (fake)), ==, 0);
  g_assert_cmpint (fl_boot_get_burst (boot), ==, cases[row].burst);
  g_assert_cmpuint (fl_boot_get_n_retries (boot), ==, cases[row].n_retries);
  g_assert_cmpuint (n_told, ==, cases[row].n_retries);
}

/* Where the trial itself goes wrong, no burst is sent after it, and the chip is at the start of a command again. */
static void
test_trial (void)
{
  static const char *const scripts[] = {
    "> 11 EE 08 00 00 00 08 3A C5 < 79 ", "> 11 EE 08 00 00 00 08 3A C5 < 79 79 79 11 22 33 45 55*55 ",
    "> 11 EE 08 00 00 00 08 3A C5 < 1F ", "> 11 EE 08 00 00 00 08 3A C5 < 79 79 79 11 22 33 44 55*54 ",
    "> 11 EE 08 00 00 00 08 3A C5 ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autofree char *script = g_strconcat (scripts[i], BACK, READ_ONE, NULL);
      g_autoptr (FlTransport) fake = fl_fake_transport_new (script);
      g_autoptr (FlBoot) boot = fl_boot_new (fake);
      g_autoptr (GError) error = NULL;

      fl_boot_set_limits (boot, &limits);
      g_assert_true (fl_boot_try_burst (boot, 0x08000000, known, sizeof known, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (fl_boot_get_burst (boot), ==, FL_BURST_TOO_FAST);
      g_assert_true (carry_out (boot, DO_READ, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (fl_boot_get_n_retries (boot), ==, 0);
      g_assert_true (fl_fake_transport_at_end (FL_FAKE_TRANSPORT (fake)));
    }
}

/* A chip that cannot be brought back is an error, which says what was tried. */
static void
test_trial_dead (void)
{
  g_autoptr (FlTransport) fake = fl_fake_transport_new ("> 11 EE 08 00 00 00 08 3A C5 < 79");
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  g_autoptr (GError) error = NULL;

  fl_boot_set_limits (boot, &limits);
  g_assert_false (fl_boot_try_burst (boot, 0x08000000, known, sizeof known, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  g_assert_nonnull (strstr (error->message, "sent at once"));
}

/* What no burst may have: two bytes that are a command, or are but for one bit. */
static const struct
{
  guint8 packets[FL_BOOT_MAX_BURST];
  gsize length;
  gboolean safe;
} bursts[] = {
  { { 0x11, 0xEE, 0x08, 0x00, 0x00, 0x00, 0x08, 0xFF, 0x00 }, 9, TRUE },
  { { 0x31, 0xCE, 0x08, 0x00, 0x12, 0x00, 0x1A }, 7, TRUE },
  { { 0x11, 0xEE, 0x08, 0x00, 0x00, 0x00, 0x08, 0x92, 0x6D }, 9, FALSE }, /* a count like Readout Unprotect */
  { { 0x11, 0xEE, 0x08, 0x00, 0x00, 0x00, 0x08, 0x93, 0x6C }, 9, TRUE },  /* two bits from it */
  { { 0x11, 0xEE, 0x08, 0x00, 0x00, 0x00, 0x08, 0x31, 0xCE }, 9, FALSE }, /* like Write Memory */
  { { 0x11, 0xEE, 0x08, 0x00, 0x00, 0x00, 0x08, 0x02, 0xFD }, 9, TRUE },  /* like Get ID, which does nothing */
  { { 0x31, 0xCE, 0x08, 0x00, 0x92, 0x6D, 0xF7 }, 7, FALSE },             /* an address */
  { { 0x31, 0xCE, 0x08, 0x00, 0x92, 0x6C, 0xF6 }, 7, FALSE },             /* one bit from it */
  { { 0x31, 0xCE, 0x08, 0x00, 0x93, 0x6C, 0xF7 }, 7, TRUE },              /* two bits; 6C F7 is none */
  { { 0x11, 0xEE, 0x08, 0x92, 0x00, 0x6D, 0xF7, 0xFF, 0x00 }, 9, FALSE }, /* when the 00 between them is lost */
  { { 0x11, 0xEE, 0x08, 0x00, 0x00, 0x43, 0x4B, 0xBC, 0x43 }, 9, FALSE }, /* over the border to the count */
  { { 0x31, 0xCE, 0x82, 0x00, 0x00, 0xFF, 0x7D }, 7, FALSE },             /* the checksum */
};

static void
test_safe (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bursts); i++)
    {
      g_test_message ("row %u", i);
      g_assert_true (fl_boot_burst_is_safe (bursts[i].packets, bursts[i].length) == bursts[i].safe);
    }
}

/* They go packet by packet, and the next command at once again. */
static void
test_unsafe (void)
{
  static const char script[] = TRIAL "> 11 EE < 79 > 08 00 92 6D F7 < 79 > 03 FC < 79 01 02 03 04 "
                                     "> 31 CE < 79 > 08 00 92 6C F6 < 79 " BLOCK "< 79 " READ "< 79 79 79 A1 A2 A3 A4";
  g_autoptr (FlTransport) fake = fl_fake_transport_new (script);
  g_autoptr (FlBoot) boot = fl_boot_new (fake);
  g_autoptr (GError) error = NULL;
  guint8 data[4];

  fl_boot_set_limits (boot, &limits);
  g_assert_true (fl_boot_try_burst (boot, 0x08000000, known, sizeof known, NULL, &error));
  g_assert_true (fl_boot_read (boot, 0x0800926D, data, sizeof data, NULL, &error));
  g_assert_true (fl_boot_write (boot, 0x0800926C, block, sizeof block, NULL, &error));
  g_assert_true (carry_out (boot, DO_READ, &error));
  g_assert_no_error (error);
  g_assert_true (fl_fake_transport_at_end (FL_FAKE_TRANSPORT (fake)));
  g_assert_cmpuint (fl_boot_get_n_retries (boot), ==, 0);
}

/* Whichever bytes of a burst a chip has got, being brought back makes it do nothing. */
static void
lose_bytes (const guint8 *packets, gsize length)
{
  for (guint got = 0; got < 1u << length; got++)
    {
      g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
      g_autoptr (FlBoot) boot = fl_boot_new (FL_TRANSPORT (chip));
      g_autoptr (GError) error = NULL;

      for (gsize i = 0; i < length; i++)
        if (got & 1u << i)
          fl_strict_chip_feed (chip, packets + i, 1);
      fl_boot_set_limits (boot, &limits);
      memcpy (boot->last_packet, packets, length);
      boot->last_length = length;
      boot->last_command = packets[0];
      boot->last_stage = FL_STAGE_ADDRESS;
      fl_boot_resync (boot, NULL, &error);
      if (error != NULL || *fl_strict_chip_get_deeds (chip) != '\0' || !fl_strict_chip_is_idle (chip))
        {
          g_autofree char *hex = fl_bytes_to_hex (packets, length, 0);

          g_error ("%s, of which it got %03X: \"%.80s\" %s", hex, got, fl_strict_chip_get_deeds (chip),
                   error != NULL ? error->message : "");
        }
    }
}

static void
test_lost (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint n_safe = 0;

  for (guint i = 0; i < 60; i++)
    {
      /* Two bytes of the first address give what two fillers would, were they chosen by single bytes. */
      guint32 address =
          i == 0 ? 0x08001514 : 0x08000000 | ((guint32) g_rand_int (random) & (i % 3 == 0 ? 0x1FF00 : 0x1FFFF));
      guint8 n = i % 2 == 0 ? 0xFF : (guint8) g_rand_int (random);
      guint8 packets[FL_BOOT_MAX_BURST] = { FL_COMMAND_READ, FL_COMMAND_READ ^ 0xFF };

      fl_bytes_put_be32 (packets + 2, address);
      packets[6] = fl_bytes_xor (packets + 2, 4);
      packets[7] = n;
      packets[8] = n ^ 0xFF;
      if (!fl_boot_burst_is_safe (packets, sizeof packets))
        continue;
      n_safe++;
      if (i % 4 == 0)
        lose_bytes (packets, 9);
      packets[0] = FL_COMMAND_WRITE;
      packets[1] = FL_COMMAND_WRITE ^ 0xFF;
      lose_bytes (packets, 7);
    }
  g_assert_cmpuint (n_safe, >=, 50);
}

/* A session, in which one fault, or several bytes lost in a row, must leave the chip with what it was asked for. */
static gboolean
run_session (FlBoot *boot, FlStrictChip *chip, GError **error)
{
  static const guint8 start[] = { 0x01, 0x08, 0x0F, 0x16 };
  guint8 data[20];

  if (!fl_boot_try_burst (boot, 0x08000000, start, sizeof start, NULL, error)
      || !fl_boot_write (boot, 0x08000100, block, sizeof block, NULL, error)
      || !fl_boot_read (boot, 0x08000430, data, sizeof data, NULL, error)
      || !fl_boot_write (boot, 0x08001200, block, sizeof block, NULL, error))
    return FALSE;
  for (guint i = 0; i < sizeof data; i++)
    if (data[i] != (guint8) ((0x08000430 + i) * 7 + ((0x08000430 + i) >> 8) + 1))
      {
        g_set_error (error, FL_ERROR, FL_ERROR_VERIFY, "byte %u differs", i);
        return FALSE;
      }
  return TRUE;
}

static void
run_with_fault (gboolean to_host, guint at, FlFault fault, guint8 value, guint *n_ok, guint *n_failed)
{
  g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
  g_autoptr (FlBoot) boot = fl_boot_new (FL_TRANSPORT (chip));
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) deeds = NULL;
  gboolean ok;

  g_test_message ("%s byte %u: fault %u, %02X", to_host ? "received" : "sent", at, fault, value);
  fl_boot_set_limits (boot, &limits);
  fl_strict_chip_set_fault (chip, to_host, at, fault, value);
  ok = run_session (boot, chip, &error);
  g_assert_true (ok == (error == NULL));
  /* A byte that noise adds to the data of Read Memory cannot be told from them: only who compares them notices. */
  g_assert_true (ok || (to_host && fault == FL_FAULT_INSERT && g_error_matches (error, FL_ERROR, FL_ERROR_VERIFY)));
  deeds = g_strsplit (fl_strict_chip_get_deeds (chip), ";", -1);
  for (guint i = 0; deeds[i] != NULL && *deeds[i] != '\0'; i++)
    if (!g_str_equal (deeds[i], "W 08000100 11 22 33 44") && !g_str_equal (deeds[i], "W 08001200 11 22 33 44"))
      g_error ("the chip did \"%s\"", deeds[i]);
  g_assert_true (!ok || strstr (fl_strict_chip_get_deeds (chip), "W 08000100") != NULL);
  g_assert_true (!ok || strstr (fl_strict_chip_get_deeds (chip), "W 08001200") != NULL);
  g_assert_cmpint (fl_transport_get_time (FL_TRANSPORT (chip)), <, 30 * G_USEC_PER_SEC);
  *n_ok += ok;
  *n_failed += !ok;
}

static void
test_sweep (void)
{
  /* The bursts of the session: trial, write, read, write. */
  static const struct
  {
    guint from;
    guint to;
  } ranges[] = { { 0, 9 }, { 9, 16 }, { 22, 31 }, { 31, 38 } };
  g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
  g_autoptr (FlBoot) boot = fl_boot_new (FL_TRANSPORT (chip));
  guint n_ok = 0, n_failed = 0;

  fl_boot_set_limits (boot, &limits);
  g_assert_true (run_session (boot, chip, NULL));
  g_assert_cmpint (fl_boot_get_burst (boot), ==, FL_BURST_WORKS);
  for (guint to_host = 0; to_host < 2; to_host++)
    for (guint at = 0; at < fl_strict_chip_get_n_bytes (chip, to_host); at++)
      {
        run_with_fault (to_host, at, FL_FAULT_DROP, 0, &n_ok, &n_failed);
        for (guint bit = 0; bit < 8; bit++)
          run_with_fault (to_host, at, FL_FAULT_FLIP, (guint8) (1 << bit), &n_ok, &n_failed);
        run_with_fault (to_host, at, FL_FAULT_INSERT, 0x00, &n_ok, &n_failed);
        run_with_fault (to_host, at, FL_FAULT_INSERT, 0xFF, &n_ok, &n_failed);
        run_with_fault (to_host, at, FL_FAULT_INSERT, 0xA6, &n_ok, &n_failed);
      }
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    for (guint at = ranges[i].from; at < ranges[i].to; at++)
      for (guint8 n = 1; at + n < ranges[i].to; n++)
        run_with_fault (FALSE, at, FL_FAULT_DROP, n, &n_ok, &n_failed);
  g_test_message ("%u ended well, %u with an error", n_ok, n_failed);
  g_assert_cmpuint (n_failed, ==, 3 * 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/burst/case/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/burst/trial", test_trial);
  g_test_add_func ("/burst/trial-dead", test_trial_dead);
  g_test_add_func ("/burst/safe", test_safe);
  g_test_add_func ("/burst/unsafe", test_unsafe);
  g_test_add_func ("/burst/lost", test_lost);
  g_test_add_func ("/burst/sweep", test_sweep);
  return g_test_run ();
}
