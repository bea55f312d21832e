/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot.h"

#include <string.h>

#include "fl-boot-private.h"
#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-fake-transport.h"
#include "fl-strict-chip.h"

/* One byte of a session is lost, damaged or added, at every place, in either direction: the session must end in
 * success or in an error, in bounded time, and the chip must have done nothing but what was asked for. */

static const FlBootLimits limits = { .answer_ms = 100, .program_ms = 100, .erase_page_ms = 40, .erase_mass_ms = 1000 };

typedef gboolean (*SessionFunc) (FlBoot *boot, GError **error);

static gboolean
session_ask (FlBoot *boot, GError **error)
{
  FlBootInfo info;
  guint16 pid = 0;
  guint8 version = 0;

  if (!fl_boot_get (boot, &info, NULL, error) || !fl_boot_get_version (boot, &version, NULL, error)
      || !fl_boot_get_id (boot, &pid, NULL, error))
    return FALSE;
  g_assert_cmphex (pid, ==, 0x410);
  g_assert_cmphex (version, ==, 0x31);
  g_assert_cmphex (info.version, ==, 0x31);
  g_assert_cmpuint (info.n_commands, ==, 11);
  return TRUE;
}

/* What FlStrictChip has in its memory. */
static guint8
memory_byte (guint32 address)
{
  return (guint8) (address * 7 + (address >> 8) + 1);
}

/* A byte that noise adds to the data of Read Memory, just before their end, cannot be told from the data: only who
 * compares them notices. */
static gboolean
session_read (FlBoot *boot, GError **error)
{
  guint8 data[20];

  if (!fl_boot_read (boot, 0x08000430, data, sizeof data, NULL, error))
    return FALSE;
  for (guint i = 0; i < sizeof data; i++)
    if (data[i] != memory_byte (0x08000430 + i))
      {
        g_set_error (error, FL_ERROR, FL_ERROR_VERIFY, "byte %u differs", i);
        return FALSE;
      }
  return TRUE;
}

static gboolean
session_write (FlBoot *boot, GError **error)
{
  static const guint8 data[] = { 0x00, 0x20, 0x00, 0x20, 0x15, 0x01, 0x00, 0x08, 0x43, 0xBC, 0xFF, 0x00 };

  return fl_boot_write (boot, 0x08000100, data, sizeof data, NULL, error);
}

/* Its checksum is none of the bytes that the sweep adds: a byte of noise that happens to be the checksum makes a wrong
 * block right, which no host can prevent; reading back shows it. */
static gboolean
session_write_block (FlBoot *boot, GError **error)
{
  guint8 data[256];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 2654435761U >> 24);
  data[0] = 0x5A;
  return fl_boot_write (boot, 0x08001000, data, sizeof data, NULL, error);
}

static gboolean
session_erase (FlBoot *boot, GError **error)
{
  static const guint16 pages[] = { 0, 1, 2, 64, 65, 127 };

  return fl_boot_erase_pages (boot, FL_COMMAND_ERASE, pages, G_N_ELEMENTS (pages), NULL, error);
}

static gboolean
session_erase_one (FlBoot *boot, GError **error)
{
  static const guint16 pages[] = { 5 };

  return fl_boot_erase_pages (boot, FL_COMMAND_ERASE, pages, G_N_ELEMENTS (pages), NULL, error);
}

static gboolean
session_extended_erase (FlBoot *boot, GError **error)
{
  static const guint16 pages[] = { 3, 4, 5, 300, 301 };

  return fl_boot_erase_pages (boot, FL_COMMAND_EXTENDED_ERASE, pages, G_N_ELEMENTS (pages), NULL, error);
}

static gboolean
session_extended_erase_one (FlBoot *boot, GError **error)
{
  static const guint16 pages[] = { 9 };

  return fl_boot_erase_pages (boot, FL_COMMAND_EXTENDED_ERASE, pages, G_N_ELEMENTS (pages), NULL, error);
}

static gboolean
session_go (FlBoot *boot, GError **error)
{
  return fl_boot_go (boot, 0x08000400, NULL, error);
}

static const struct
{
  const char *name;
  SessionFunc run;
} sessions[] = {
  { "ask", session_ask },
  { "read", session_read },
  { "write", session_write },
  { "write-block", session_write_block },
  { "erase", session_erase },
  { "erase-one", session_erase_one },
  { "extended-erase", session_extended_erase },
  { "extended-erase-one", session_extended_erase_one },
  { "go", session_go },
};

/* Each deed is one of those of an undisturbed session, repeated or not; and where the session succeeded, none is
 * missing. */
static void
check_deeds (const char *deeds, const char *allowed, gboolean ok)
{
  g_auto (GStrv) done = g_strsplit (deeds, ";", -1);
  g_auto (GStrv) asked = g_strsplit (allowed, ";", -1);

  for (guint i = 0; ok && asked[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) done, asked[i]))
      g_error ("the chip did \"%.200s\", and \"%.60s\" is missing", deeds, asked[i]);
  for (guint i = 0; done[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) asked, done[i]))
      g_error ("the chip did \"%.60s\", and was asked for \"%.200s\"", done[i], allowed);
}

/* How a session with one fault ended. */
typedef struct
{
  guint n_ok;
  guint n_failed;
} Tally;

static void
run_with_fault (SessionFunc run, gboolean to_host, guint at, FlFault fault, guint8 value, const char *allowed,
                Tally *tally)
{
  g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
  g_autoptr (FlBoot) boot = fl_boot_new (FL_TRANSPORT (chip));
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_test_message ("%s byte %u: fault %u, %02X", to_host ? "received" : "sent", at, fault, value);
  fl_boot_set_limits (boot, &limits);
  fl_strict_chip_set_fault (chip, to_host, at, fault, value);
  ok = run (boot, &error);
  g_assert_cmpint (ok, ==, error == NULL);
  g_assert_true (ok || error->domain == FL_ERROR);
  check_deeds (fl_strict_chip_get_deeds (chip), allowed, ok);
  g_assert_cmpint (fl_transport_get_time (FL_TRANSPORT (chip)), <, 30 * G_USEC_PER_SEC);
  tally->n_ok += ok;
  tally->n_failed += !ok;
}

static void
test_sweep (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
  g_autoptr (FlBoot) boot = fl_boot_new (FL_TRANSPORT (chip));
  Tally tally = { 0 };

  fl_boot_set_limits (boot, &limits);
  g_assert_true (sessions[row].run (boot, NULL));
  for (guint to_host = 0; to_host < 2; to_host++)
    for (guint at = 0; at < fl_strict_chip_get_n_bytes (chip, to_host); at++)
      {
        const char *allowed = fl_strict_chip_get_deeds (chip);

        run_with_fault (sessions[row].run, to_host, at, FL_FAULT_DROP, 0, allowed, &tally);
        for (guint bit = 0; bit < 8; bit++)
          run_with_fault (sessions[row].run, to_host, at, FL_FAULT_FLIP, (guint8) (1 << bit), allowed, &tally);
        run_with_fault (sessions[row].run, to_host, at, FL_FAULT_INSERT, 0x00, allowed, &tally);
        run_with_fault (sessions[row].run, to_host, at, FL_FAULT_INSERT, 0xFF, allowed, &tally);
        run_with_fault (sessions[row].run, to_host, at, FL_FAULT_INSERT, 0xA6, allowed, &tally);
      }
  g_test_message ("%s: %u ended well, %u with an error", sessions[row].name, tally.n_ok, tally.n_failed);
}

/* A byte of noise that is the list's checksum names a page by its value, and the chip acknowledges; the byte that is
 * left over gives it away at the next command. One of that command's own that is lost or damaged is no such thing. */
static void
test_byte_too_many (void)
{
  static const struct
  {
    guint at;
    FlFault fault;
    guint8 value;
    const char *deeds;
    gboolean ok;
  } rows[] = {
    { 2, FL_FAULT_INSERT, 0x01, "E 1;E 5;", FALSE }, { 4, FL_FAULT_INSERT, 0x01, "E 5;E 1;", FALSE },
    { 6, FL_FAULT_FLIP, 0x04, "E 5;E 5;", TRUE },    { 7, FL_FAULT_FLIP, 0x04, "E 5;E 5;", TRUE },
    { 6, FL_FAULT_DROP, 0, "E 5;E 5;", TRUE },       { 7, FL_FAULT_DROP, 0, "E 5;E 5;", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FlStrictChip) chip = fl_strict_chip_new ();
      g_autoptr (FlBoot) boot = fl_boot_new (FL_TRANSPORT (chip));
      g_autoptr (GError) error = NULL;
      guint8 data[4];

      fl_boot_set_limits (boot, &limits);
      fl_strict_chip_set_fault (chip, FALSE, rows[i].at, rows[i].fault, rows[i].value);
      g_assert_true (session_erase_one (boot, &error));
      g_assert_cmpstr (fl_strict_chip_get_deeds (chip), ==, rows[i].deeds);
      g_assert_true (fl_boot_read (boot, 0x08000400, data, sizeof data, NULL, &error) == rows[i].ok);
      if (rows[i].ok)
        g_assert_no_error (error);
      else
        g_assert_error (error, FL_ERROR, FL_ERROR_PROTOCOL);
      g_clear_error (&error);
      /* It is said once; the chip is healthy. */
      g_assert_true (fl_boot_read (boot, 0x08000400, data, sizeof data, NULL, &error));
      g_assert_no_error (error);
    }
}

static void
add_cases (const char *prefix, const char *name, guint row, GTestDataFunc func)
{
  g_autofree char *path = g_strdup_printf ("/recovery/%s/%s", prefix, name);

  g_test_add_data_func (path, GUINT_TO_POINTER (row), func);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    add_cases ("sweep", sessions[i].name, i, test_sweep);
  g_test_add_func ("/recovery/byte-too-many", test_byte_too_many);
  return g_test_run ();
}
