/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot.h"

#include <string.h>

#include "fl-error.h"
#include "fl-fake-transport.h"

/* The commands of AN3155 against a scripted chip: what is sent, byte by byte, and what is made of each answer. */

typedef gboolean (*CommandFunc) (FlBoot *boot, GString *result, GError **error);

static const FlBootLimits limits = { .answer_ms = 100, .program_ms = 100, .erase_page_ms = 40, .erase_mass_ms = 5000 };

static gboolean
run_get (FlBoot *boot, GString *result, GError **error)
{
  FlBootInfo info;

  if (!fl_boot_get (boot, &info, NULL, error))
    return FALSE;
  g_string_append_printf (result, "%02X:", info.version);
  for (guint i = 0; i < info.n_commands; i++)
    g_string_append_printf (result, " %02X", info.commands[i]);
  return TRUE;
}

static gboolean
run_get_version (FlBoot *boot, GString *result, GError **error)
{
  guint8 version;

  if (!fl_boot_get_version (boot, &version, NULL, error))
    return FALSE;
  g_string_append_printf (result, "%02X", version);
  return TRUE;
}

static gboolean
run_get_id (FlBoot *boot, GString *result, GError **error)
{
  guint16 pid;

  if (!fl_boot_get_id (boot, &pid, NULL, error))
    return FALSE;
  g_string_append_printf (result, "%03X", pid);
  return TRUE;
}

static gboolean
run_read (FlBoot *boot, GString *result, GError **error)
{
  guint8 data[4];

  if (!fl_boot_read (boot, 0x08000400, data, sizeof data, NULL, error))
    return FALSE;
  for (guint i = 0; i < sizeof data; i++)
    g_string_append_printf (result, "%02X", data[i]);
  return TRUE;
}

static gboolean
run_read_block (FlBoot *boot, GString *result, GError **error)
{
  guint8 data[256];

  if (!fl_boot_read (boot, 0x1FFFF7E0, data, sizeof data, NULL, error))
    return FALSE;
  g_string_append_printf (result, "%02X %02X", data[0], data[255]);
  return TRUE;
}

static gboolean
run_write (FlBoot *boot, GString *result, GError **error)
{
  static const guint8 data[] = { 0x11, 0x22, 0x33, 0x44 };

  return fl_boot_write (boot, 0x08000100, data, sizeof data, NULL, error);
}

static gboolean
run_write_voltage (FlBoot *boot, GString *result, GError **error)
{
  static const guint8 data[] = { 0x03 };

  return fl_boot_write (boot, 0xFFFF0000, data, sizeof data, NULL, error);
}

static gboolean
run_write_block (FlBoot *boot, GString *result, GError **error)
{
  guint8 data[256];

  memset (data, 0xA5, sizeof data);
  return fl_boot_write (boot, 0x08000000, data, sizeof data, NULL, error);
}

static gboolean
run_go (FlBoot *boot, GString *result, GError **error)
{
  return fl_boot_go (boot, 0x08000000, NULL, error);
}

static gboolean
run_erase (FlBoot *boot, GString *result, GError **error)
{
  static const guint16 pages[] = { 1, 2, 5 };

  return fl_boot_erase_pages (boot, FL_COMMAND_ERASE, pages, G_N_ELEMENTS (pages), NULL, error);
}

static gboolean
run_erase_all (FlBoot *boot, GString *result, GError **error)
{
  return fl_boot_erase_mass (boot, FL_COMMAND_ERASE, FL_MASS_ERASE_ALL, NULL, error);
}

static gboolean
run_extended_erase (FlBoot *boot, GString *result, GError **error)
{
  static const guint16 pages[] = { 1, 0x102 };

  return fl_boot_erase_pages (boot, FL_COMMAND_EXTENDED_ERASE, pages, G_N_ELEMENTS (pages), NULL, error);
}

static gboolean
run_extended_erase_all (FlBoot *boot, GString *result, GError **error)
{
  return fl_boot_erase_mass (boot, FL_COMMAND_EXTENDED_ERASE, FL_MASS_ERASE_ALL, NULL, error);
}

static gboolean
run_extended_erase_bank1 (FlBoot *boot, GString *result, GError **error)
{
  return fl_boot_erase_mass (boot, FL_COMMAND_EXTENDED_ERASE, FL_MASS_ERASE_BANK1, NULL, error);
}

static gboolean
run_extended_erase_bank2 (FlBoot *boot, GString *result, GError **error)
{
  return fl_boot_erase_mass (boot, FL_COMMAND_EXTENDED_ERASE, FL_MASS_ERASE_BANK2, NULL, error);
}

static gboolean
run_write_protect (FlBoot *boot, GString *result, GError **error)
{
  static const guint8 sectors[] = { 0, 3 };

  return fl_boot_write_protect (boot, sectors, G_N_ELEMENTS (sectors), NULL, error);
}

static gboolean
run_write_unprotect (FlBoot *boot, GString *result, GError **error)
{
  return fl_boot_write_unprotect (boot, NULL, error);
}

static gboolean
run_readout_protect (FlBoot *boot, GString *result, GError **error)
{
  return fl_boot_readout_protect (boot, NULL, error);
}

static gboolean
run_readout_unprotect (FlBoot *boot, GString *result, GError **error)
{
  return fl_boot_readout_unprotect (boot, NULL, error);
}

static gboolean
run_get_checksum (FlBoot *boot, GString *result, GError **error)
{
  guint32 checksum;

  if (!fl_boot_get_checksum (boot, 0x08000000, 0x40, 0x04C11DB7, 0xFFFFFFFF, &checksum, NULL, error))
    return FALSE;
  g_string_append_printf (result, "%08X", checksum);
  return TRUE;
}

/* Each command when all goes well. */
static const struct
{
  const char *name;
  CommandFunc run;
  const char *script;
  const char *result;
} good[] = {
  { "get/f1", run_get, "> 00 FF < 79 0B 22 00 01 02 11 21 31 43 63 73 82 92 79",
    "22: 00 01 02 11 21 31 43 63 73 82 92" },
  { "get/h5", run_get, "> 00 FF < 79 0A 40 00 01 02 11 21 31 44 50 63 73 79", "40: 00 01 02 11 21 31 44 50 63 73" },
  { "get/unknown-codes", run_get, "> 00 FF < 79 03 31 00 E7 02 79", "31: 00 E7 02" },
  { "get/forty", run_get, "> 00 FF < 79 28 31 00*31 01 02*8 79",
    "31: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01" },
  { "get-version", run_get_version, "> 01 FE < 79 31 00 00 79", "31" },
  { "get-id/f103", run_get_id, "> 02 FD < 79 01 04 10 79", "410" },
  { "get-id/g0b1", run_get_id, "> 02 FD < 79 01 04 67 79", "467" },
  { "get-id/three-bytes", run_get_id, "> 02 FD < 79 02 12 00 3F 79", "03F" },
  { "read/four", run_read, "> 11 EE < 79 > 08 00 04 00 0C < 79 > 03 FC < 79 DE AD BE EF", "DEADBEEF" },
  { "read/block", run_read_block, "> 11 EE < 79 > 1F FF F7 E0 F7 < 79 > FF 00 < 79 12 00*254 34", "12 34" },
  { "write/four", run_write, "> 31 CE < 79 > 08 00 01 00 09 < 79 > 03 11 22 33 44 47 < 79", "" },
  { "write/voltage", run_write_voltage, "> 31 CE < 79 > FF FF 00 00 00 < 79 > 00 03 03 < 79", "" },
  { "write/block", run_write_block, "> 31 CE < 79 > 08 00 00 00 08 < 79 > FF A5*256 FF < 79", "" },
  { "go", run_go, "> 21 DE < 79 > 08 00 00 00 08 < 79", "" },
  { "erase/pages", run_erase, "> 43 BC < 79 > 02 01 02 05 04 < 79", "" },
  { "erase/slow", run_erase, "> 43 BC < 79 > 02 01 02 05 04 < wait:200 79", "" },
  { "erase/all", run_erase_all, "> 43 BC < 79 > FF 00 < wait:4000 79", "" },
  { "extended-erase/pages", run_extended_erase, "> 44 BB < 79 > 00 01 00 01 01 02 03 < wait:100 79", "" },
  { "extended-erase/all", run_extended_erase_all, "> 44 BB < 79 > FF FF 00 < wait:4999 79", "" },
  { "extended-erase/bank1", run_extended_erase_bank1, "> 44 BB < 79 > FF FE 01 < 79", "" },
  { "extended-erase/bank2", run_extended_erase_bank2, "> 44 BB < 79 > FF FD 02 < 79", "" },
  { "write-protect", run_write_protect, "> 63 9C < 79 > 01 00 03 02 < 79", "" },
  { "write-unprotect", run_write_unprotect, "> 73 8C < 79 79", "" },
  { "readout-protect", run_readout_protect, "> 82 7D < 79 79", "" },
  { "readout-unprotect", run_readout_unprotect, "> 92 6D < 79 wait:4500 79", "" },
  { "get-checksum", run_get_checksum,
    "> A1 5E < 79 > 08 00 00 00 08 < 79 > 00 00 00 40 40 < 79 > 04 C1 1D B7 6F < 79 > FF FF FF FF 00 < 79 "
    "79 12 34 56 78 08",
    "12345678" },
};

static FlBoot *
new_boot (FlTransport *transport, guint n_retries)
{
  FlBoot *boot = fl_boot_new (transport);

  fl_boot_set_limits (boot, &limits);
  fl_boot_set_max_retries (boot, n_retries);
  return boot;
}

static void
test_good (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlTransport) fake = fl_fake_transport_new (good[row].script);
  g_autoptr (FlBoot) boot = new_boot (fake, 3);
  g_autoptr (GString) result = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (good[row].run (boot, result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (result->str, ==, good[row].result);
  g_assert_true (fl_fake_transport_at_end (FL_FAKE_TRANSPORT (fake)));
  g_assert_cmpuint (fl_boot_get_n_retries (boot), ==, 0);
}

/* The script up to and without the answer byte of this number; %NULL when there are not so many. */
static char *
cut_script (const char *script, guint n_answers, const char *instead)
{
  g_auto (GStrv) words = g_strsplit (script, " ", -1);
  g_autoptr (GString) cut = g_string_new (NULL);
  gboolean answer = FALSE;
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean arrow = *words[i] == '<' || *words[i] == '>';

      if (arrow)
        answer = *words[i] == '<';
      else if (answer && g_ascii_isxdigit (*words[i]) && n++ == n_answers)
        {
          g_string_append (cut, instead);
          return g_string_free (g_steal_pointer (&cut), FALSE);
        }
      g_string_append_printf (cut, "%s ", words[i]);
    }
  return NULL;
}

/* Every command, broken off before each byte of its answers: silence there, a NACK instead, a byte of noise instead,
 * a damaged byte instead, the port unplugged. Always an error of the right kind, never a hang, never more bytes sent.
 */
static void
test_cut (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  static const struct
  {
    const char *instead;
    int code; /* -1: depends on the place */
  } endings[] = {
    { "", FL_ERROR_TIMEOUT },
    { "1F", -1 },
    { "!parity 79", FL_ERROR_PROTOCOL },
    { "gone", FL_ERROR_PORT_GONE },
  };

  for (guint ending = 0; ending < G_N_ELEMENTS (endings); ending++)
    {
      g_autofree char *script = NULL;

      for (guint n = 0; (script = cut_script (good[row].script, n, endings[ending].instead)) != NULL; n++)
        {
          g_autoptr (FlTransport) fake = fl_fake_transport_new (script);
          g_autoptr (FlBoot) boot = new_boot (fake, 0);
          g_autoptr (GString) result = g_string_new (NULL);
          g_autoptr (GError) error = NULL;

          gboolean ok;

          g_test_message ("%s", script);
          ok = good[row].run (boot, result, &error);
          g_clear_pointer (&script, g_free);
          /* Memory may well hold 1F. */
          if (ok && endings[ending].code < 0 && g_str_has_prefix (good[row].name, "read/"))
            continue;
          g_assert_false (ok);
          g_assert_nonnull (error);
          g_assert_cmpuint (error->domain, ==, FL_ERROR);
          if (endings[ending].code >= 0)
            g_assert_cmpint (error->code, ==, endings[ending].code);
          else
            g_assert_true (error->code == FL_ERROR_NACK || error->code == FL_ERROR_TIMEOUT
                           || error->code == FL_ERROR_PROTOCOL);
          g_assert_cmpuint (fl_fake_transport_get_n_unscripted (FL_FAKE_TRANSPORT (fake)), ==, 0);
          g_assert_cmpstr (result->str, ==, "");
        }
    }
}

/* What one answer means; nothing is tried again here. */
static const struct
{
  const char *name;
  CommandFunc run;
  const char *script;
  FlError code;
} bad[] = {
  { "get-id/nack", run_get_id, "> 02 FD < 1F", FL_ERROR_NACK },
  { "get-id/noise", run_get_id, "> 02 FD < 00", FL_ERROR_PROTOCOL },
  { "get-id/one-byte", run_get_id, "> 02 FD < 79 00 41 79", FL_ERROR_PROTOCOL },
  { "get-id/many-bytes", run_get_id, "> 02 FD < 79 05 04 10 00 00 00 00 79", FL_ERROR_PROTOCOL },
  { "get-id/no-last-ack", run_get_id, "> 02 FD < 79 01 04 10 1F", FL_ERROR_PROTOCOL },
  { "get/longest-cut", run_get, "> 00 FF < 79 FF 31 00*250", FL_ERROR_TIMEOUT },
  { "read/nack-command", run_read, "> 11 EE < 1F", FL_ERROR_NACK },
  { "read/two-nacks", run_read, "> 11 EE < 1F wait:5 1F", FL_ERROR_NACK },
  { "read/nack-address", run_read, "> 11 EE < 79 > 08 00 04 00 0C < 1F", FL_ERROR_NACK },
  { "read/nack-count", run_read, "> 11 EE < 79 > 08 00 04 00 0C < 79 > 03 FC < 1F", FL_ERROR_NACK },
  { "read/data-parity", run_read, "> 11 EE < 79 > 08 00 04 00 0C < 79 > 03 FC < 79 00 !parity 01 02 03",
    FL_ERROR_PROTOCOL },
  { "read/too-much", run_read, "> 11 EE < 79 > 08 00 04 00 0C < 79 > 03 FC < 79 00 01 02 03 04", FL_ERROR_PROTOCOL },
  { "write/nack-data", run_write, "> 31 CE < 79 > 08 00 01 00 09 < 79 > 03 11 22 33 44 47 < 1F", FL_ERROR_NACK },
  { "go/noise", run_go, "> 21 DE < 79 > 08 00 00 00 08 < 7B", FL_ERROR_PROTOCOL },
  { "erase/too-slow", run_erase, "> 43 BC < 79 > 02 01 02 05 04 < wait:250 79", FL_ERROR_TIMEOUT },
  { "extended-erase/nack-mass", run_extended_erase_all, "> 44 BB < 79 > FF FF 00 < 1F", FL_ERROR_NACK },
  { "readout-unprotect/nack-erase", run_readout_unprotect, "> 92 6D < 79 1F", FL_ERROR_NACK },
  { "get-checksum/wrong-sum", run_get_checksum,
    "> A1 5E < 79 > 08 00 00 00 08 < 79 > 00 00 00 40 40 < 79 > 04 C1 1D B7 6F < 79 > FF FF FF FF 00 < 79 "
    "79 12 34 56 78 09",
    FL_ERROR_PROTOCOL },
};

static void
test_bad (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlTransport) fake = fl_fake_transport_new (bad[row].script);
  g_autoptr (FlBoot) boot = new_boot (fake, 0);
  g_autoptr (GString) result = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (bad[row].run (boot, result, &error));
  g_assert_error (error, FL_ERROR, (int) bad[row].code);
  g_assert_cmpuint (fl_fake_transport_get_n_unscripted (FL_FAKE_TRANSPORT (fake)), ==, 0);
}

/* When the list of commands is known, a refused command tells more. */
static void
test_refused_with_list (void)
{
  static const struct
  {
    CommandFunc run;
    const char *script;
    FlError code;
  } rows[] = {
    { run_read, "> 11 EE < 1F", FL_ERROR_PROTECTED },
    { run_get_checksum, "> A1 5E < 1F", FL_ERROR_UNSUPPORTED },
    { run_get_id, "> 02 FD < 1F", FL_ERROR_NACK },
    { run_read, "> 11 EE < 79 > 08 00 04 00 0C < 1F", FL_ERROR_NACK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *script = g_strconcat ("> 00 FF < 79 04 31 00 01 02 11 79 ", rows[i].script, NULL);
      g_autoptr (FlTransport) fake = fl_fake_transport_new (script);
      g_autoptr (FlBoot) boot = new_boot (fake, 0);
      g_autoptr (GString) result = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      g_assert_true (run_get (boot, result, &error));
      g_assert_false (rows[i].run (boot, result, &error));
      g_assert_error (error, FL_ERROR, (int) rows[i].code);
    }
}

static void
add_cases (const char *prefix, const char *name, guint row, GTestDataFunc func)
{
  g_autofree char *path = g_strdup_printf ("/boot/%s/%s", prefix, name);

  g_test_add_data_func (path, GUINT_TO_POINTER (row), func);
}

/* The chip's CRC unit: known values of one word, the highest byte last in memory; and two words. */
static void
test_checksum (void)
{
  static const struct
  {
    guint8 data[8];
    gsize length;
    guint32 checksum;
  } rows[] = {
    { { 0 }, 0, 0xFFFFFFFF },
    { { 0 }, 4, 0xC704DD7B },
    { { 0xFF, 0xFF, 0xFF, 0xFF }, 4, 0 },
    { { 0x78, 0x56, 0x34, 0x12 }, 4, 0xDF8A8A2B },
    { { 1, 2, 3, 4, 5, 6, 7, 8 }, 8, 0xA3141BDA },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmphex (fl_boot_calculate_checksum (rows[i].data, rows[i].length), ==, rows[i].checksum);
}

/* A bootloader on USB is faster than the rate that its port was set to: it is not waited for. */
static void
test_fast (void)
{
  g_autoptr (GString) script = g_string_new (NULL);
  g_autoptr (FlTransport) fake = NULL;
  g_autoptr (FlBoot) boot = NULL;
  g_autoptr (GError) error = NULL;
  guint8 data[256];
  gint64 begin;

  for (guint i = 0; i < 8; i++)
    g_string_append (script, "> 11 EE < 79 > 08 00 04 00 0C < 79 > FF 00 < 79 12*256 ");
  fake = fl_fake_transport_new (script->str);
  boot = fl_boot_new (fake);
  begin = fl_transport_get_time (fake);
  for (guint i = 0; i < 8; i++)
    {
      g_assert_true (fl_boot_read (boot, 0x08000400, data, sizeof data, NULL, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpint (fl_transport_get_time (fake) - begin, <, 8 * 1000);
  g_assert_true (fl_fake_transport_at_end (FL_FAKE_TRANSPORT (fake)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      add_cases ("good", good[i].name, i, test_good);
      add_cases ("cut", good[i].name, i, test_cut);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    add_cases ("bad", bad[i].name, i, test_bad);
  g_test_add_func ("/boot/refused-with-list", test_refused_with_list);
  g_test_add_func ("/boot/checksum", test_checksum);
  g_test_add_func ("/boot/read/fast", test_fast);
  return g_test_run ();
}
