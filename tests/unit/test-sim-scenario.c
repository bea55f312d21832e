/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key of a scenario: what it changes on the wire. */
#include <glib/gstdio.h>

#include "sim-script.h"

#include "fl-error.h"
#include "fl-sim-scenario.h"

#define SYNC      " > 7F < 79 "
#define ID        "> 02 FD < 79 01 04 10 79 "
#define READ(two) "> 11 EE < 79 > 08 00 00 00 08 < 79 > 01 FE < 79 " two " "
#define WRITE     "> 31 CE < 79 > 08 00 00 00 08 < 79 > 07 01 02 03 04 05 06 07 08 0F < "
#define HI        "48 69 "
#define HELLO     "48 65 6C 6C 6F 20 66 72 6F 6D 20 74 68 65 20 61 70 70 6C 69 63 61 74 69 6F 6E 0D 0A "

/* The board is an STM32F103. Without the key, and with the rest, it must behave in another way. */
static const struct
{
  const char *key;
  const char *value;
  const char *rest;
  const char *script;
  guint wait_ms; /* 0: a minute */
} rows[] = {
  { "port_open_error", "'EBUSY'", "", "(refused)", 0 },
  { "write_blocked", "true", "", "> (stuck) <", 0 },
  { "port_stolen_bytes", "1", "", "> 7F <", 0 },
  { "port_drops", "['04']", "", SYNC "> 02 FD < 79 01 10 79", 0 },
  { "bit_errors", "1", "", "> 7F <", 0 },
  { "parity_on_wire", "'N'", "", SYNC "> 02 FD < 1F", 0 },
  { "parity_reaction", "'nack_first_byte'", "'parity_on_wire': 'N'", SYNC "> 00 < 1F", 0 },
  { "spaced_bytes", "'ack'", "'parity_on_wire': 'N', 'parity_reaction': 'nack_first_byte'", SYNC "> 00 < ", 0 },
  { "required_parity", "'N'", "", "=none " SYNC ID, 0 },
  { "line_idle", "'break'", "", "< 00 00 00 ~BF", 50 },
  { "echo", "true", "", "> 7F < 7F 79", 0 },
  { "device_mute", "true", "", "> 7F <", 0 },
  { "framing_error", "true", "", "> 7F < 79 ~F", 0 },
  { "device_tx_baud_factor", "1.09", "", "> 7F < B9", 0 },
  { "device_baud_ratio_at_115200", "1.09", "", "> 7F < B9 =125568 " ID, 0 },
  { "on_sync", "['00', '79']", "", "> 7F < 00 79 " ID, 0 },
  { "on_second_sync", "'1f'", "'on_sync': 'silent'", "> 7F < > 7F < 1F " ID, 0 },
  { "on_third_sync", "'79'", "'on_sync': 'silent', 'on_second_sync': 'silent'", "> 7F < > 7F < > 7F < 79", 0 },
  { "on_sync_after_reset", "'silent'", "", SYNC "! > 7F <", 0 },
  { "on_sync_after_powercycle", "'79'", "'on_sync': 'silent'", "> 7F < ! > 7F < % > 7F < 79", 0 },
  { "on_sync_at_baud", "{'9600': '79', '115200': 'silent'}", "", "> 7F < ! =9600 > 7F < 79", 0 },
  { "success_rate", "1", "'on_sync': 'silent'", "> 7F < 79", 0 },
  { "ready_after_ms", "5000", "", "> 7F < > 7F < 79", 0 },
  { "dtr_resets", "true", "'on_sync_after_reset': 'silent'", "> 7F <", 0 },
  { "app_stream", "'Hi'", "", "=none < " HI, 100 },
  { "app_stream_after_ms", "1000", "'app_stream': 'Hi'", "=none < +950 < " HI, 100 },
  { "app_stream_when_boot0_low", "'Hi'", "'after_reset': 'app'", "! =none < " HI HI, 50 },
  { "app_restarts_on_reset", "true", "'app_stream_when_boot0_low': 'Hi'",
    "=none > 7F < 79 =none ! < " HI HI "! < " HI HI, 50 },
  { "rdp", "1", "", SYNC "> 11 EE < 1F", 0 },
  { "nack_on", "['11']", "", SYNC "> 11 EE < 1F " ID, 0 },
  { "nack_on", "['43:param']", "", SYNC "> 43 BC < 79 > FF 00 < 1F > 43 BC < 79 > 00 01 01 < 1F " ID, 0 },
  { "silent_on", "['11']", "", SYNC "> 11 EE < " ID, 0 },
  { "nack_on_first", "['02FD']", "", SYNC "> 02 FD < 1F " ID, 0 },
  { "delay_ms_on", "{'02': 90000}", "", SYNC "> 02 FD < < 79 01 04 10 79", 0 },
  { "after_cmd", "{'02': 'dead_until_powercycle'}", "", SYNC ID "! > 7F < %" SYNC, 0 },
  { "delay_ms_per_page", "90000", "", SYNC "> 43 BC < 79 > 00 00 00 < < 79", 0 },
  { "nack_probability_on_write", "1", "", SYNC WRITE "1F", 0 },
  { "resets_after", "['02']", "", SYNC ID SYNC ID, 0 },
  { "on_sync_after_cmd", "'silent_until_reset'", "'resets_after': ['02']", SYNC ID "> 7F < !" SYNC, 0 },
  { "write_granularity", "16", "'misaligned': 'silent_drop', 'blank_at_start': true", SYNC WRITE "79 " READ ("FF FF"),
    0 },
  { "misaligned", "'silent_drop'", "'write_granularity': 16, 'blank_at_start': true", SYNC WRITE "79 " READ ("FF FF"),
    0 },
  { "read_between_writes_drops", "1", "'blank_at_start': true", SYNC READ ("FF FF") WRITE "79 " READ ("FF FF"), 0 },
  { "preloaded", "true", "'blank_at_start': true", SYNC READ ("00 50"), 0 },
  { "no_erase", "true", "", SYNC "> 43 BC < 79 > FF 00 < 79 " READ ("00 50"), 0 },
  { "flash_kib", "64", "", SYNC "> 11 EE < 79 > 08 01 00 00 09 < 1F", 0 },
  { "after_go", "'still_bootloader'", "", SYNC "> 21 DE < 79 > 08 00 00 00 08 < 79 " SYNC, 0 },
  { "after_reset", "'app'", "", SYNC "=none ! < " HELLO HELLO "% > 7F < 79", 50 },
  { "after_powercycle", "'app'", "", SYNC "! > 7F < 79 =none % < " HELLO HELLO, 50 },
  { "blank_at_start", "true", "", SYNC READ ("FF FF"), 0 },
  { "pid_reported", "'0x415'", "", SYNC "> 02 FD < 79 01 04 15 79", 0 },
  { "bl_version", "'0x30'", "", SYNC "> 01 FE < 79 30 00 00 79", 0 },
  { "get", "'02220001'", "", SYNC "> 00 FF < 79 02 22 00 01 79", 0 },
  /* Other values, and what becomes of them when the board is restarted. */
  { "on_second_sync", "'1f'", "'on_sync': 'silent'", "> 7F < > 7F < 1F !" SYNC ID, 0 },
  { "on_second_sync", "'79'", "'on_sync': 'silent', 'nack_on_first': ['02FD']",
    "> 7F < > 7F < 79 > 02 FD < 1F " ID "! > 7F < > 7F < 79", 0 },
  { "success_rate", "0.5", "", "> 7F < ! > 7F < > 7F < ! > 7F < > 7F < ! > 7F < 79", 0 },
  { "ready_after_ms", "1500", "", "> 7F < > 7F < > 7F < 79 ! > 7F < > 7F < 79 % > 7F < > 7F < 79", 1000 },
  { "dtr_resets", "true", "'after_reset': 'app', 'app_stream_when_boot0_low': 'Hi'", "=none < " HI "^ < " HI, 130 },
  { "after_cmd", "{'82': 'dead_until_powercycle'}", "", SYNC "> 82 7D < 79 79 > 7F < ! > 7F < %" SYNC, 0 },
  { "on_sync_after_cmd", "'silent'", "'resets_after': ['02']", SYNC ID "> 7F < !" SYNC, 0 },
  { "misaligned", "'silent_drop_all'", "'blank_at_start': true", SYNC WRITE "79 " READ ("FF FF"), 0 },
  { "after_go", "'app'", "", SYNC "> 21 DE < 79 > 08 00 00 00 08 < 79 =none < " HELLO, 60 },
  { "rdp", "1", "'nack_on': ['11']", SYNC "> 11 EE < 1F > 92 6D < 79 79" SYNC READ ("FF FF"), 0 },
  { "delay_ms_on", "{'92': 70000}", "'rdp': 1", SYNC "> 92 6D < 79 < 79" SYNC, 0 },
  { "delay_ms_on", "{'43:sector5': 70000}", "", SYNC "> 43 BC < 79 > 00 04 04 < 79 > 43 BC < 79 > 00 05 05 < < 79", 0 },
};

static char *
play (const char *behaviour, const char *script, guint wait_ms)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("fl-sim-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "scenario.json", NULL);
  g_autofree char *name = g_strconcat ("sim:", path, NULL);
  g_autofree char *single = g_strdup_printf ("{'id': 'T', 'device_pid': '0x410', 'behaviour': {%s}}", behaviour);
  g_autofree char *text = g_strdelimit (g_strdup (single), "'", '"');
  g_autoptr (FlTransport) transport = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  transport = fl_transport_open (name, NULL, NULL, &error);
  fl_sim_forget_boards ();
  g_remove (path);
  g_rmdir (folder);
  if (transport == NULL)
    {
      g_assert_true (error->domain == FL_ERROR && error->code != FL_ERROR_FORMAT);
      return g_strdup ("(refused)");
    }
  return sim_script_play (fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport)), transport, script,
                          wait_ms > 0 ? wait_ms : 60000);
}

static void
test_key (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  gboolean alone = rows[row].rest[0] == '\0';
  const char *script = rows[row].script[0] == '(' ? SYNC : rows[row].script;
  g_autofree char *wanted = sim_script_normalize (rows[row].script);
  g_autofree char *with =
      g_strdup_printf ("%s%s'%s': %s", rows[row].rest, alone ? "" : ", ", rows[row].key, rows[row].value);
  g_autofree char *played = play (with, script, rows[row].wait_ms);
  g_autofree char *without = play (rows[row].rest, script, rows[row].wait_ms);

  g_assert_cmpstr (played, ==, wanted);
  g_assert_cmpstr (without, !=, wanted);
}

/* No key that acts is missing above. */
static void
test_all (void)
{
  gboolean acts;
  const char *key;

  for (guint i = 0; (key = fl_sim_scenario_get_key (i, &acts)) != NULL; i++)
    {
      guint row = 0;

      while (acts && row < G_N_ELEMENTS (rows) && !g_str_equal (rows[row].key, key))
        row++;
      if (row == G_N_ELEMENTS (rows))
        g_test_message ("“%s” has no row", key);
      g_assert_cmpuint (row, <, G_N_ELEMENTS (rows));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fl_sim_register ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim/scenario-key/%s/%u", rows[i].key, i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_key);
    }
  g_test_add_func ("/sim/scenario-key/all", test_all);
  return g_test_run ();
}
