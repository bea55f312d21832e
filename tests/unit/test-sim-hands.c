/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is around a simulated board, and what becomes of it when somebody does something to it. */
#include <glib/gstdio.h>

#include "sim-script.h"

#include "fl-error.h"
#include "fl-sim-scenario.h"
#include "fl-surroundings.h"

#define WAIT_MS 1000
#define SILENT  "> 7F <"
#define SYNC    "> 7F < 79"
#define MUTE    "'on_sync': 'silent'"

typedef struct
{
  char *folder;
  char *path;
  char *port;
} Scenario;

static Scenario *
scenario_new (const char *behaviour, const char *truth, const char *device)
{
  Scenario *self = g_new0 (Scenario, 1);
  g_autofree char *single = g_strdup_printf ("{'id': 'T', 'device_pid': %s, 'behaviour': {%s}, 'hidden_truth': {%s}}",
                                             device, behaviour, truth);
  g_autofree char *text = g_strdelimit (g_strdup (single), "'", '"');

  self->folder = g_dir_make_tmp ("fl-hands-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "scenario.json", NULL);
  self->port = g_strconcat ("sim:", self->path, NULL);
  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  return self;
}

static void
scenario_free (Scenario *self)
{
  fl_sim_forget_boards ();
  g_remove (self->path);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self->port);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scenario, scenario_free)

/* An action: whether it could be done, and the conversation after it. */
static const struct
{
  const char *behaviour;
  const char *truth;
  const char *before;
  FlAction action;
  gboolean done;
  const char *after;
} acts[] = {
  /* A reason that is not told: nothing may be learnt from a reset. */
  { MUTE, "", SILENT, FL_ACTION_RESET, FALSE, SILENT },
  { MUTE, "", SILENT, FL_ACTION_POWER_CYCLE, FALSE, SILENT },
  { MUTE, "", SILENT, FL_ACTION_UNPLUG, FALSE, SILENT },
  { MUTE, "", SILENT, FL_ACTION_SWAP_WIRES, FALSE, SILENT },
  { MUTE, "", SILENT, FL_ACTION_CHECK_PINS, FALSE, SILENT },
  { MUTE, "", SILENT, FL_ACTION_BOOT1_LOW, FALSE, SILENT },
  { MUTE, "", SILENT, FL_ACTION_OTHER_ADAPTER, FALSE, SILENT },
  { MUTE, "", SILENT, FL_ACTION_BOOT0_LOW, FALSE, SILENT },
  { "", "", SYNC, FL_ACTION_RESET, TRUE, SYNC },
  { "", "", SYNC, FL_ACTION_POWER_CYCLE, TRUE, SYNC },
  { "", "", SYNC, FL_ACTION_BOOT0_LOW, TRUE, SILENT },
  { MUTE ", 'on_sync_after_reset': '79'", "", SILENT, FL_ACTION_RESET, TRUE, SYNC },
  { MUTE ", 'on_sync_after_powercycle': '79'", "", SILENT, FL_ACTION_RESET, TRUE, SILENT },
  { MUTE ", 'on_sync_after_powercycle': '79'", "", SILENT, FL_ACTION_POWER_CYCLE, TRUE, SYNC },
  { MUTE ", 'on_sync_after_powercycle': '79'", "", SILENT, FL_ACTION_UNPLUG, TRUE, SYNC },
  { MUTE, "'captured_by': 'usb'", SILENT, FL_ACTION_POWER_CYCLE, TRUE, SILENT },
  { MUTE, "'captured_by': 'usb'", SILENT, FL_ACTION_UNPLUG, TRUE, SYNC },
  { MUTE, "'captured_by': 'floating_rx'", SILENT, FL_ACTION_UNPLUG, TRUE, SILENT },
  { MUTE, "'debugger_attached': true", SILENT, FL_ACTION_RESET, TRUE, SILENT },
  { MUTE, "'debugger_attached': 'ST-LINK'", SILENT, FL_ACTION_UNPLUG, TRUE, SYNC },
  { MUTE, "'wires': 'straight'", SILENT, FL_ACTION_RESET, TRUE, SILENT },
  { MUTE, "'wires': 'straight'", SILENT, FL_ACTION_SWAP_WIRES, TRUE, SYNC },
  { MUTE, "'wires': 'open'", SILENT, FL_ACTION_SWAP_WIRES, TRUE, SILENT },
  { MUTE, "'nboot_sel': 1", SILENT, FL_ACTION_SWAP_WIRES, TRUE, SILENT },
  { MUTE, "'nboot_sel': 1", SILENT, FL_ACTION_UNPLUG, TRUE, SILENT },
  { "'success_rate': 1e-9", "'adapter_bad': true", SILENT, FL_ACTION_OTHER_ADAPTER, TRUE, SYNC },
  { "'success_rate': 1e-9", "", SILENT, FL_ACTION_OTHER_ADAPTER, FALSE, SILENT },
  { MUTE ", 'app_stream_when_boot0_low': 'Hi'", "", SILENT, FL_ACTION_BOOT0_LOW, TRUE, "=none < 48 69 48 69" },
  { "'after_reset': 'app', 'app_stream_when_boot0_low': 'Hi'", "", SYNC, FL_ACTION_BOOT0_LOW, TRUE,
    "=none < 48 69 48 69" },
  { "'after_reset': 'app'", "", SYNC, FL_ACTION_RESET, TRUE, SYNC }, /* BOOT0 is high again */
  { "'after_reset': 'still_bootloader'", "", SYNC, FL_ACTION_BOOT0_LOW, TRUE, SYNC },
  { "'app_restarts_on_reset': true, 'app_stream_when_boot0_low': 'Hi'", "", SYNC, FL_ACTION_RESET, TRUE,
    "=none < 48 69 48 69" },
  { "'after_cmd': {'02': 'dead_until_powercycle'}", "", SYNC " > 02 FD < 79 01 04 10 79", FL_ACTION_RESET, TRUE,
    SILENT },
  { MUTE ", 'app_stream': 'Hi'", "'debugger_attached': true", "=none < 48 69 48 69", FL_ACTION_UNPLUG, TRUE, SYNC },
};

static void
test_act (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (Scenario) scenario = scenario_new (acts[row].behaviour, acts[row].truth, "'0x410'");
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTransport) transport = fl_transport_open (scenario->port, NULL, NULL, &error);
  const FlHands *hands = fl_hands_find (scenario->port);
  FlSimBoard *board;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_no_error (error);
  board = fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport));
  before = sim_script_play (board, transport, acts[row].before, WAIT_MS);
  g_assert_cmpstr (before, ==, acts[row].before);
  g_assert_cmpint (hands->act (scenario->port, acts[row].action), ==, acts[row].done);
  after = sim_script_play (board, transport, acts[row].after, WAIT_MS);
  g_assert_cmpstr (after, ==, acts[row].after);
}

/* A chip that remembers its blank flash until its supply was off: BOOT0 stays as it was put. */
static void
test_cold_start (void)
{
  g_autoptr (Scenario) scenario = scenario_new (
      "'blank_at_start': true, 'after_reset': 'still_bootloader', 'after_powercycle': 'app'", "", "'0x435'");
  g_autoptr (FlTransport) transport = fl_transport_open (scenario->port, NULL, NULL, NULL);
  FlSimBoard *board = fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport));
  const FlHands *hands = fl_hands_find (scenario->port);
  g_autofree char *reset = NULL;
  g_autofree char *cold = NULL;
  g_autofree char *back = NULL;

  g_assert_true (hands->act (scenario->port, FL_ACTION_BOOT0_LOW));
  reset = sim_script_play (board, transport, SYNC, WAIT_MS);
  g_assert_cmpstr (reset, ==, SYNC);
  g_assert_true (hands->act (scenario->port, FL_ACTION_POWER_CYCLE));
  cold = sim_script_play (board, transport, SILENT, 50);
  g_assert_cmpstr (cold, ==, SILENT);
  g_assert_true (hands->act (scenario->port, FL_ACTION_RESET));
  back = sim_script_play (board, transport, SYNC, WAIT_MS);
  g_assert_cmpstr (back, ==, SYNC);
}

static const struct
{
  const char *behaviour;
  const char *truth;
  const char *question;
  FlAnswer answer;
} asked[] = {
  { MUTE, "", "app-runs", FL_ANSWER_UNKNOWN },
  { MUTE, "'app_keeps_running': true", "app-runs", FL_ANSWER_YES },
  { MUTE, "'app_running': true", "app-runs", FL_ANSWER_YES },
  { MUTE, "'app_running': false", "app-runs", FL_ANSWER_NO },
  { MUTE, "'nboot_sel': 1", "app-runs", FL_ANSWER_YES },
  { MUTE, "'nboot_sel': 0", "app-runs", FL_ANSWER_UNKNOWN },
  { MUTE, "'nswboot0': 0", "app-runs", FL_ANSWER_YES },
  { MUTE, "'captured_by': 'usb'", "app-runs", FL_ANSWER_NO },
  { MUTE, "'flash_empty': true", "app-runs", FL_ANSWER_NO },
  { MUTE ", 'app_stream': 'Hi'", "", "app-runs", FL_ANSWER_YES },
  { MUTE, "", "else-plugged", FL_ANSWER_UNKNOWN },
  { MUTE, "'debugger_attached': true", "else-plugged", FL_ANSWER_YES },
  { MUTE, "'captured_by': 'usb'", "else-plugged", FL_ANSWER_YES },
  { MUTE, "'captured_by': 'floating_rx'", "else-plugged", FL_ANSWER_UNKNOWN },
  { MUTE ", 'usb_dfu_present': true", "", "else-plugged", FL_ANSWER_YES },
  { "", "", "jumped", FL_ANSWER_UNKNOWN },
  { "", "'entered_by': 'jump'", "jumped", FL_ANSWER_YES },
  { "", "'entered_by': 'pin'", "jumped", FL_ANSWER_NO },
  { MUTE, "", "other-ports", FL_ANSWER_UNKNOWN },
  { MUTE ", 'other_port_on_sync': '79'", "", "other-ports", FL_ANSWER_YES },
  { MUTE, "'nboot_sel': 1", "worked-before", FL_ANSWER_UNKNOWN },
  { MUTE, "'lines': {'dtr': 'nrst'}, 'tz': true, 'anything': [1]", "app-runs", FL_ANSWER_UNKNOWN },
};

static void
test_ask (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (Scenario) scenario = scenario_new (asked[row].behaviour, asked[row].truth, "'0x410'");

  g_assert_cmpint (fl_hands_find (scenario->port)->ask (scenario->port, asked[row].question), ==, asked[row].answer);
}

static void
test_surroundings (void)
{
  g_autoptr (Scenario) scenario = scenario_new (
      MUTE ", 'usb_vid': '1a86', 'usb_pid': '7523', 'port_driver': 'ch341', 'usb_dfu_present': true", "", "'0x414'");
  g_autoptr (FlSurroundings) self = fl_surroundings_look (scenario->port);

  g_assert_cmpint (fl_port_info_get_kind (self->port), ==, FL_PORT_USB);
  g_assert_cmphex ((guint) fl_port_info_get_vid (self->port), ==, 0x1A86);
  g_assert_cmphex ((guint) fl_port_info_get_pid (self->port), ==, 0x7523);
  g_assert_cmpstr (self->driver, ==, "ch341");
  g_assert_true (self->has_dfu);
  g_assert_false (self->has_st_link);
  g_assert_cmphex ((guint) self->chip, ==, 0x414);
  g_assert_cmpuint (self->other_ports->len, ==, 0);
}

/* Where a scenario says nothing it is a practice board, on a chip that nobody knows. */
static void
test_plain (void)
{
  g_autoptr (Scenario) scenario = scenario_new (MUTE, "", "null");
  g_autoptr (FlSurroundings) self = fl_surroundings_look (scenario->port);
  g_autoptr (FlSurroundings) missing = fl_surroundings_look ("sim:there-is-none.json");

  g_assert_cmpint (fl_port_info_get_kind (self->port), ==, FL_PORT_PRACTICE);
  g_assert_cmpint (fl_port_info_get_vid (self->port), ==, -1);
  g_assert_null (self->driver);
  g_assert_false (self->has_dfu);
  g_assert_cmpint (self->chip, ==, -1);
  g_assert_null (missing->port);
  g_assert_cmpint (missing->chip, ==, -1);
}

/* A chip that the database has not: the board says what it is, and is another one otherwise. */
static void
test_unknown_chip (void)
{
  g_autoptr (Scenario) scenario = scenario_new ("", "", "'0x7FE'");
  g_autoptr (FlSurroundings) self = fl_surroundings_look (scenario->port);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTransport) transport = fl_transport_open (scenario->port, NULL, NULL, &error);
  g_autofree char *played = NULL;

  g_assert_no_error (error);
  g_assert_cmphex ((guint) self->chip, ==, 0x7FE);
  played = sim_script_play (fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport)), transport,
                            SYNC " > 02 FD < 79 01 07 FE 79", WAIT_MS);
  g_assert_cmpstr (played, ==, SYNC " > 02 FD < 79 01 07 FE 79");
}

static void
test_kinds (void)
{
  g_autoptr (Scenario) scenario = scenario_new (MUTE ", 'port_kind': 'bluetooth'", "", "'0x410'");
  g_autoptr (FlSurroundings) bluetooth = fl_surroundings_look (scenario->port);
  g_autoptr (Scenario) absent = scenario_new ("'port_open_error': 'ENOENT'", "", "'0x410'");
  g_autoptr (FlSurroundings) none = fl_surroundings_look (absent->port);
  g_autoptr (Scenario) maple = scenario_new ("'port_open_error': 'ENOENT', 'usb_vid': '1eaf'", "", "'0x410'");
  g_autoptr (FlSurroundings) known = fl_surroundings_look (maple->port);
  g_autoptr (Scenario) st = scenario_new (MUTE ", 'usb_vid': '0483', 'usb_pid': '374b'", "", "'0x410'");
  g_autoptr (FlSurroundings) st_link = fl_surroundings_look (st->port);

  g_assert_cmpint (fl_port_info_get_kind (bluetooth->port), ==, FL_PORT_BLUETOOTH);
  g_assert_null (none->port);
  g_assert_cmphex ((guint) fl_port_info_get_vid (known->port), ==, 0x1EAF);
  g_assert_cmpint (fl_port_info_get_pid (known->port), ==, -1);
  g_assert_true (st_link->has_st_link);
}

/* The other port opens and answers; the board behind it is well. */
static void
test_other_port (void)
{
  g_autoptr (Scenario) scenario = scenario_new (MUTE ", 'other_port_on_sync': '79'", "", "'0x410'");
  g_autoptr (Scenario) alone = scenario_new (MUTE, "", "'0x410'");
  g_autofree char *absent = g_strconcat (alone->port, ",port=2", NULL);
  g_autoptr (FlSurroundings) self = fl_surroundings_look (scenario->port);
  g_autoptr (FlTransport) other = NULL;
  g_autoptr (FlTransport) none = NULL;
  g_autoptr (FlTransport) no_scenario = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *played = NULL;

  g_assert_cmpuint (self->other_ports->len, ==, 1);
  other = fl_transport_open (g_ptr_array_index (self->other_ports, 0), NULL, NULL, &error);
  g_assert_no_error (error);
  played = sim_script_play (fl_sim_transport_get_board (FL_SIM_TRANSPORT (other)), other, SYNC, WAIT_MS);
  g_assert_cmpstr (played, ==, SYNC);
  none = fl_transport_open (absent, NULL, NULL, &error);
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
  g_clear_error (&error);
  no_scenario = fl_transport_open ("sim:0x460,port=2", NULL, NULL, &error);
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
}

static void
test_practice (void)
{
  const char *port = "sim:0x460,boot0=ignored,blank=0";
  const FlHands *hands = fl_hands_find (port);
  g_autoptr (FlSurroundings) self = fl_surroundings_look (port);
  g_autoptr (FlSurroundings) named = fl_surroundings_look ("sim:0x460,clock=real,latency=1");

  g_assert_cmpint (fl_port_info_get_kind (self->port), ==, FL_PORT_PRACTICE);
  g_assert_cmphex ((guint) self->chip, ==, 0x460);
  g_assert_cmpstr (fl_port_info_get_title (named->port), ==, "STM32G071 practice board");
  g_assert_cmpint (named->latency_ms, ==, 1);
  g_assert_cmpint (hands->ask (port, "app-runs"), ==, FL_ANSWER_YES);
  g_assert_true (hands->act (port, FL_ACTION_RESET));
  g_assert_false (hands->act (port, FL_ACTION_SWAP_WIRES));
  g_assert_cmpint (hands->ask (port, "app-runs"), ==, FL_ANSWER_YES);
  g_assert_cmpint (hands->ask ("sim:0x460", "app-runs"), ==, FL_ANSWER_NO);
  g_assert_cmpint (hands->ask ("sim:0x460,deaf=1", "jumped"), ==, FL_ANSWER_YES);
}

/* A cold start begins now on the board's clock, not when it was last spoken to. */
static void
test_clock (void)
{
  g_autoptr (Scenario) scenario = scenario_new ("'ready_after_ms': 5000", "", "'0x410'");
  g_autoptr (FlTransport) transport = fl_transport_open (scenario->port, NULL, NULL, NULL);
  FlSimBoard *board = fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport));
  g_autofree char *slept = sim_script_play (board, transport, "+60000", WAIT_MS);
  g_autofree char *played = NULL;

  g_assert_cmpstr (slept, ==, "+60000");
  g_assert_true (fl_hands_find (scenario->port)->act (scenario->port, FL_ACTION_POWER_CYCLE));
  played = sim_script_play (board, transport, "> 7F < +4000 > 7F < 79", WAIT_MS);
  g_assert_cmpstr (played, ==, "> 7F < +4000 > 7F < 79");
}

static const char *const wrong[] = { "'captured_by': 1", "'nboot_sel': 2", "'debugger_attached': {}" };

static void
test_wrong (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *single =
      g_strdup_printf ("{'device_pid': null, 'behaviour': {}, 'hidden_truth': {%s}}", (const char *) data);
  g_autofree char *text = g_strdelimit (g_strdup (single), "'", '"');
  g_autofree char *key = g_strndup ((const char *) data + 1, strcspn ((const char *) data + 1, "'"));

  g_assert_null (fl_sim_scenario_parse (text, -1, "T", &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, key));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fl_sim_register ();
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim/hands/act/%s/%u", fl_action_get_id (acts[i].action), i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_act);
    }
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim/hands/ask/%s/%u", asked[i].question, i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_ask);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim/hands/wrong/%u", i);

      g_test_add_data_func (path, wrong[i], test_wrong);
    }
  g_test_add_func ("/sim/hands/surroundings", test_surroundings);
  g_test_add_func ("/sim/hands/plain", test_plain);
  g_test_add_func ("/sim/hands/unknown-chip", test_unknown_chip);
  g_test_add_func ("/sim/hands/kinds", test_kinds);
  g_test_add_func ("/sim/hands/other-port", test_other_port);
  g_test_add_func ("/sim/hands/practice", test_practice);
  g_test_add_func ("/sim/hands/clock", test_clock);
  g_test_add_func ("/sim/hands/cold-start", test_cold_start);
  return g_test_run ();
}
