/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptions of simulated boards, and scenario files. */
#include <glib/gstdio.h>

#include "fl-sim-transport.h"

#include "fl-error.h"

static const struct
{
  const char *text;
  int code; /* -1: good */
} texts[] = {
  { "0x467", -1 },
  { "0x467,flash=256,latency=16,clock=real,boot0=ignored,wired=1,blank=0,talks=1,deaf=1", -1 },
  { "0x467,unplug=5000,rdp=1,bank=single,bl=0x92,pid=0x4FF", -1 },
  { "0x467,latency=0.5,state=/tmp/a file", -1 },
  { "scenario.json,latency=4", -1 },
  { "", FL_ERROR_USAGE },
  { "467", FL_ERROR_USAGE },
  { "0x", FL_ERROR_USAGE },
  { "0x10000", FL_ERROR_USAGE },
  { "0x467,", FL_ERROR_USAGE },
  { "0x467,flash", FL_ERROR_USAGE },
  { "0x467,flash=", FL_ERROR_USAGE },
  { "0x467,flash=-1", FL_ERROR_USAGE },
  { "0x467,flash=big", FL_ERROR_USAGE },
  { "0x467,rdp=3", FL_ERROR_USAGE },
  { "0x467,codes=128", -1 },
  { "0x467,codes=0xFFF0", FL_ERROR_USAGE },
  { "0x467,codes=all", FL_ERROR_USAGE },
  { "0x467,pid=0x10000", FL_ERROR_USAGE },
  { "0x467,pid=none", FL_ERROR_USAGE },
  { "0x467,wired=yes", FL_ERROR_USAGE },
  { "0x467,clock=slow", FL_ERROR_USAGE },
  { "0x467,latency=1e9", FL_ERROR_USAGE },
  { "0x467,burst=0", -1 },
  { "0x467,burst=slow", FL_ERROR_USAGE },
  { "0x467,checksum=words", -1 },
  { "0x467,checksum=none", -1 },
  { "0x467,checksum=1", FL_ERROR_USAGE },
  { "0x467,fla=1", FL_ERROR_USAGE },
};

static void
test_texts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlSimConfig) config = fl_sim_config_parse (texts[i].text, &error);

      if (texts[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, FL_ERROR, texts[i].code);
      g_assert_true ((config != NULL) == (error == NULL));
    }
}

static void
test_fields (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimConfig) config =
                 fl_sim_config_parse ("0x467,flash=256,latency=2.5,clock=real,blank=0,bl=0x92,bank=single", &error);

  g_assert_no_error (error);
  g_assert_cmpint (config->pid, ==, 0x467);
  g_assert_cmpuint (config->flash_kib, ==, 256);
  g_assert_cmpfloat (config->latency_ms, ==, 2.5);
  g_assert_true (config->real_clock);
  g_assert_true (config->not_blank);
  g_assert_cmpint (config->banks, ==, FL_SIM_BANKS_SINGLE);
  g_assert_cmpint (config->bootloader_id, ==, 0x92);
  g_assert_false (config->lines_wired);
}

/* Each word, and the one field that it sets; all of them are in the help. */
static const struct
{
  const char *word;
  gsize offset;
} fields[] = {
  { "flash=1", G_STRUCT_OFFSET (FlSimConfig, flash_kib) },
  { "bank=single", G_STRUCT_OFFSET (FlSimConfig, banks) },
  { "codes=256", G_STRUCT_OFFSET (FlSimConfig, bank_2_code) },
  { "clock=real", G_STRUCT_OFFSET (FlSimConfig, real_clock) },
  { "latency=1", G_STRUCT_OFFSET (FlSimConfig, latency_ms) },
  { "bl=0x01", G_STRUCT_OFFSET (FlSimConfig, bootloader_id) },
  { "pid=0x4FF", G_STRUCT_OFFSET (FlSimConfig, reported_pid) },
  { "rdp=1", G_STRUCT_OFFSET (FlSimConfig, rdp_level) },
  { "boot0=ignored", G_STRUCT_OFFSET (FlSimConfig, boot0_ignored) },
  { "wired=1", G_STRUCT_OFFSET (FlSimConfig, lines_wired) },
  { "blank=0", G_STRUCT_OFFSET (FlSimConfig, not_blank) },
  { "talks=1", G_STRUCT_OFFSET (FlSimConfig, application_talks) },
  { "deaf=1", G_STRUCT_OFFSET (FlSimConfig, deaf) },
  { "burst=0", G_STRUCT_OFFSET (FlSimConfig, slow) },
  { "checksum=words", G_STRUCT_OFFSET (FlSimConfig, checksum) },
  { "unplug=1", G_STRUCT_OFFSET (FlSimConfig, unplug_after) },
  { "max-baud=1", G_STRUCT_OFFSET (FlSimConfig, max_baud) },
  { "clean-baud=1", G_STRUCT_OFFSET (FlSimConfig, clean_baud) },
  { "port=2", G_STRUCT_OFFSET (FlSimConfig, port) },
  { "state=x", G_STRUCT_OFFSET (FlSimConfig, state_file) },
};

static void
test_words (void)
{
  g_autofree char *help = fl_sim_config_describe_words ();
  g_auto (GStrv) lines = g_strsplit (help, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (fields) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strconcat ("0x467,", fields[i].word, NULL);
      g_autofree char *name = g_strndup (fields[i].word, strcspn (fields[i].word, "=") + 1);
      g_autoptr (FlSimConfig) plain = fl_sim_config_parse ("0x467", &error);
      g_autoptr (FlSimConfig) config = fl_sim_config_parse (text, &error);

      g_assert_no_error (error);
      g_assert_nonnull (strstr (help, name));
      for (gsize at = 0; at < sizeof *config; at++)
        if (((guint8 *) config)[at] != ((guint8 *) plain)[at])
          g_assert_cmpuint (at - fields[i].offset, <, sizeof (gpointer));
      g_assert_cmpint (memcmp (config, plain, sizeof *config), !=, 0);
    }
}

/* An unknown word is named, with those that are known; a wrong value with what it may be. */
static void
test_message (void)
{
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) wrong = NULL;

  g_assert_null (fl_sim_config_parse ("0x467,fla=1", &unknown));
  g_assert_nonnull (strstr (unknown->message, "fla=1"));
  g_assert_nonnull (strstr (unknown->message, "flash, bank, codes, clock"));
  g_assert_null (fl_sim_config_parse ("0x467,rdp=9", &wrong));
  g_assert_nonnull (strstr (wrong->message, "rdp=9"));
  g_assert_nonnull (strstr (wrong->message, "rdp=0|1|2"));
}

static void
test_unknown_chip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimConfig) config = fl_sim_config_parse ("0x999", &error);
  g_autoptr (FlSimBoard) board = fl_sim_board_new (config, &error);

  g_assert_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE);
  g_assert_null (board);
}

/* A ROM can number bank 2 only as documents have it for this flash. */
static void
test_codes (void)
{
  static const struct
  {
    const char *text;
    const char *message; /* NULL: good */
  } rows[] = {
    { "0x467,codes=128", NULL },
    { "0x467,codes=256", NULL },
    { "0x467,codes=64", "128, 256" },
    { "0x467,flash=256,codes=64", NULL },
    { "0x467,bank=single,codes=256", "one bank" },
    { "0x410,codes=128", "one bank" },
    { "0x437,flash=384,codes=1024", NULL },
    { "0x437,codes=768", "1024" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlSimConfig) config = fl_sim_config_parse (rows[i].text, &error);
      g_autoptr (FlSimBoard) board = fl_sim_board_new (config, &error);

      if (rows[i].message == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, rows[i].message));
      g_assert_null (board);
    }
}

static void
test_practice (void)
{
  guint n;
  const FlSimPractice *boards = fl_sim_practice_boards (&n);

  g_assert_cmpuint (n, >=, 6);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlSimConfig) config = fl_sim_config_parse (strchr (boards[i].name, ':') + 1, &error);
      g_autoptr (FlSimBoard) board = config == NULL ? NULL : fl_sim_board_new (config, &error);

      g_assert_no_error (error);
      g_assert_true (board != NULL && config->real_clock);
    }
}

/* What comes back to up to three 0x7F, and then to Get ID. */
static const struct
{
  const char *behaviour;
  const char *sync;
  const char *id;
} scenarios[] = {
  { "'on_sync': '79'", "79", "79 01 04 10 79" },
  { "'on_sync': 'silent'", "", "" },
  { "'on_sync': 'silent', 'on_second_sync': '1f', 'commands_ok': true", "1F", "79 01 04 10 79" },
  { "'on_sync': ['00', '79']", "00 79", "79 01 04 10 79" },
  { "'on_sync': ['7f', '79'], 'echo': true", "7F 79", "02 FD 79 01 04 10 79" },
  { "'on_sync': ['7f'], 'echo': true, 'device_mute': true", "7F", "02 FD" },
  { "'on_sync': ['b9'], 'device_tx_baud_factor': 1.09", "B9", NULL },
  { "'on_sync': ['78', 'f8'], 'device_tx_baud_factor': 0.25", "78 F8", NULL },
  { "'on_sync_at_baud': {'9600': '79', '115200': 'b9'}", "B9", "" },
  { "'on_sync_at_baud': {'9600': 'ff', '115200': '79'}", "79", "79 01 04 10 79" },
  { "'on_sync': '79', 'nack_on_first': ['02FD'], 'then_ok': true", "79", "1F" },
  { "'on_sync': '79', 'nack_on': ['*']", "79", "1F" },
  { "'on_sync': '79', 'silent_on': ['*']", "79", "" },
  { "'on_sync': '79', 'silent_on': ['02FD']", "79", "" },
  { "'on_sync': '79', 'pid_reported': '0x415'", "79", "79 01 04 15 79" },
  { "'on_sync': '79', 'port_drops': ['79']", "1F", "01 04 10" },
  { "'on_sync': '79', 'required_parity': 'N'", "79", NULL },
  { "'on_sync': '79', 'parity_on_wire': 'N', 'parity_reaction': 'lose_one_byte_of_each_pair'", "79", "" },
  { "'on_sync': '79', 'parity_on_wire': 'N', 'parity_reaction': 'nack_first_byte'", "79", "79 01 04 10 79" },
  { "'on_sync': '79', 'parity_on_wire': 'N', 'parity_reaction': 'framing_error_when_back_to_back'", "79", "1F" },
  { "'on_sync': '79', 'ready_after_ms': 1000", "79", "79 01 04 10 79" },
  { "'on_sync': 'silent', 'success_rate': 0.000001", "", "" },
  { "'on_sync': '79', 'delay_ms_on': {'02': 400}", "79", "79 01 04 10 79" },
  { "'on_sync': '79', 'delay_ms_on': {'02': 4000}", "79", "" },
};

static FlTransport *
open_scenario (const char *behaviour, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("fl-sim-XXXXXX", error);
  g_autofree char *path = g_build_filename (folder, "scenario.json", NULL);
  g_autofree char *name = g_strconcat ("sim:", path, NULL);
  g_autofree char *single = g_strdup_printf ("{'id': 'T', 'device_pid': '0x410', 'behaviour': {%s}}", behaviour);
  g_autofree char *text = g_strdelimit (g_strdup (single), "'", '"');
  FlTransport *transport;

  if (!g_file_set_contents (path, text, -1, error))
    return NULL;
  fl_sim_register ();
  transport = fl_transport_open (name, NULL, NULL, error);
  fl_sim_forget_boards ();
  g_remove (path);
  g_rmdir (folder);
  return transport;
}

static char *
exchange (FlTransport *transport, const guint8 *data, gsize length)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint8 answer[64];
  gsize n = 0;

  fl_transport_write (transport, data, length, 1000, NULL, &error);
  g_assert_no_error (error);
  fl_transport_read (transport, answer, sizeof answer, 700, &n, NULL, NULL);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? " " : "", answer[i]);
  return g_strdup (text->str);
}

static void
test_scenario (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTransport) transport = open_scenario (scenarios[row].behaviour, &error);
  g_autofree char *sync = NULL;
  g_autofree char *id = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < 3 && (sync == NULL || sync[0] == '\0'); i++)
    {
      g_free (sync);
      sync = exchange (transport, (const guint8 *) "\x7f", 1);
    }
  g_assert_cmpstr (sync, ==, scenarios[row].sync);
  id = exchange (transport, (const guint8 *) "\x02\xfd", 2);
  if (scenarios[row].id != NULL)
    g_assert_cmpstr (id, ==, scenarios[row].id);
  else
    g_assert_cmpstr (id, !=, "79 01 04 10 79");
}

static const struct
{
  const char *behaviour;
  int code;
} refused[] = {
  { "'port_open_error': 'EACCES'", FL_ERROR_PORT_PERMISSION },
  { "'port_open_error': 'EBUSY'", FL_ERROR_PORT_BUSY },
  { "'port_open_error': 'ENOENT'", FL_ERROR_PORT_MISSING },
  { "'port_open_error': 'tcsetattr_EINVAL_parity'", FL_ERROR_PORT_UNFIT },
  { "'no_such_key': true", FL_ERROR_FORMAT },
  { "'on_sync': 'xx'", FL_ERROR_FORMAT },
  { "'on_sync': 7", FL_ERROR_FORMAT },
  { "'nack_on': ['4']", FL_ERROR_FORMAT },
  { "'nack_on': ['02FE']", FL_ERROR_FORMAT },
  { "'nack_on': '11'", FL_ERROR_FORMAT },
  { "'echo': 'yes'", FL_ERROR_FORMAT },
  { "'flash_kib': -1", FL_ERROR_FORMAT },
  { "'get': '0b3'", FL_ERROR_FORMAT },
  { "'echo': true", -1 },
  { "echo", FL_ERROR_FORMAT },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlTransport) transport = open_scenario (refused[i].behaviour, &error);

      if (refused[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, FL_ERROR, refused[i].code);
      g_assert_true ((transport != NULL) == (error == NULL));
    }
}

/* The scenarios that other tests use. */
static void
test_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "data", "scenarios", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autoptr (FlSimConfig) config = g_new0 (FlSimConfig, 1);
      g_autoptr (FlSimBoard) board = NULL;

      if (!g_str_has_suffix (name, ".json")) /* a list of cases is no scenario */
        continue;
      config->scenario_file = g_build_filename (folder, name, NULL);
      board = fl_sim_board_new (config, &error);
      g_assert_no_error (error);
      g_assert_nonnull (board);
      n++;
    }
  g_assert_cmpuint (n, >=, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/config/texts", test_texts);
  g_test_add_func ("/sim/config/fields", test_fields);
  g_test_add_func ("/sim/config/words", test_words);
  g_test_add_func ("/sim/config/message", test_message);
  g_test_add_func ("/sim/config/unknown-chip", test_unknown_chip);
  g_test_add_func ("/sim/config/practice", test_practice);
  g_test_add_func ("/sim/config/codes", test_codes);
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim/scenario/%02u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_scenario);
    }
  g_test_add_func ("/sim/scenario/files", test_files);
  g_test_add_func ("/sim/scenario/refused", test_refused);
  return g_test_run ();
}
