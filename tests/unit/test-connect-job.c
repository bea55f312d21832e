/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-port-job.h"
#include "job-board.h"

#define NO_PARITY_BOARD "0x028" /* WB0: 8N1 */

/* A board that is found, and what is to be known of it. */
typedef struct
{
  const char *board;
  guint16 pid;
  guint flash_kib;
  guint n_banks;
  FlProtection protection;
  gboolean blank;
  gboolean has_uid;
} FoundCase;

static const FoundCase found_cases[] = {
  { "0x410,flash=128", 0x410, 128, 1, FL_PROTECTION_NONE, TRUE, TRUE },
  { "0x413", 0x413, 1024, 1, FL_PROTECTION_NONE, TRUE, TRUE },
  { "0x417", 0x417, 64, 1, FL_PROTECTION_NONE, TRUE, TRUE },
  { "0x460", 0x460, 128, 1, FL_PROTECTION_NONE, TRUE, TRUE },
  { "0x467,flash=256", 0x467, 256, 2, FL_PROTECTION_NONE, TRUE, TRUE },
  { "0x467,flash=256,bank=single", 0x467, 256, 1, FL_PROTECTION_NONE, TRUE, TRUE },
  { "0x415", 0x415, 1024, 2, FL_PROTECTION_NONE, TRUE, TRUE },
  { "0x450", 0x450, 2048, 2, FL_PROTECTION_NONE, TRUE, TRUE },
  { "0x410,blank=0", 0x410, 128, 1, FL_PROTECTION_NONE, FALSE, TRUE },
  { "0x410,rdp=1", 0x410, 128, 1, FL_PROTECTION_READOUT, FALSE, FALSE },
  { "0x413,rdp=1", 0x413, 1024, 1, FL_PROTECTION_READOUT, FALSE, FALSE },
};

static void
test_found (gconstpointer data)
{
  const FoundCase *row = data;
  g_autoptr (JobBoard) board = job_board_new (row->board);
  FlDevice *device;

  job_board_connect (board);
  device = job_board_device (board);
  g_assert_cmphex (device->pid, ==, row->pid);
  g_assert_cmpuint (device->flash_kib, ==, row->flash_kib);
  g_assert_nonnull (device->layout);
  g_assert_cmpuint (fl_layout_get_n_banks (device->layout), ==, row->n_banks);
  g_assert_cmpint (device->protection, ==, row->protection);
  g_assert_true (device->blank == row->blank);
  g_assert_true ((device->uid_length == 12) == row->has_uid);
  g_assert_cmpuint (device->n_commands, >, 0);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 115200);
}

/* What the log says of the speed: at 115200 a block takes 26 ms on the wire, so three answers of 10 ms are the limit.
 */
static void
test_pace (void)
{
  static const struct
  {
    const char *latency;
    FlLogStatus status;
    const char *logged;
  } cases[] = {
    { "0", FL_LOG_INFO, "the baud rate sets the pace" },
    { "1", FL_LOG_INFO, "the baud rate sets the pace" },
    { "16", FL_LOG_WARNING, "ms latency, not the baud rate, sets the pace" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *config = g_strconcat ("0x460,latency=", cases[i].latency, NULL);
      g_autoptr (JobBoard) board = job_board_new (config);
      g_autoptr (FlJob) job = fl_connect_job_new (board->session);
      g_autoptr (GError) error = NULL;

      g_assert_true (job_board_run (board, job, &error));
      g_assert_no_error (error);
      g_assert_true (job_board_logged (job, cases[i].status, cases[i].logged));
      g_assert_true (job_board_logged (job, cases[i].status, "does not grant low latency"));
    }
}

/* Whether packets go out at once, and what the log says of it. */
static void
test_burst (void)
{
  static const struct
  {
    const char *board;
    gboolean one_by_one;
    gboolean listen;
    FlBurst burst;
    const char *logged;
  } cases[] = {
    { "0x460", FALSE, FALSE, FL_BURST_WORKS, "one round trip a block instead of three" },
    { "0x460,latency=16", FALSE, FALSE, FL_BURST_WORKS, "Blocks are read by 245 bytes" },
    { "0x460,burst=0", FALSE, FALSE, FL_BURST_TOO_FAST, "loses bytes of whole commands" },
    { "0x460", TRUE, FALSE, FL_BURST_UNTRIED, "as was asked" },
    { "0x460,rdp=1", FALSE, FALSE, FL_BURST_UNTRIED, "where nothing can be read" },
    { "echo", FALSE, TRUE, FL_BURST_UNTRIED, "because the line echoes" },
  };
  static const char scenario[] = "{\"device_pid\":\"0x460\",\"behaviour\":{\"echo\":true}}";
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("connect-XXXXXX.json", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, scenario, -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JobBoard) board = job_board_new (cases[i].listen ? path : cases[i].board);
      g_autoptr (FlConnectOptions) options = job_board_options ();
      g_autoptr (FlJob) job = NULL;

      options->one_by_one = cases[i].one_by_one;
      options->listen = cases[i].listen;
      job_board_session (board, options);
      job = fl_connect_job_new (board->session);
      g_assert_true (job_board_run (board, job, &error));
      g_assert_no_error (error);
      g_assert_cmpint (fl_boot_get_burst (fl_session_get_boot (board->session)), ==, cases[i].burst);
      g_assert_true (job_board_logged (job, FL_LOG_INFO, cases[i].logged));
    }
  g_remove (path);
}

/* A board that is not found: the error, and what the log and the explanation say. */
typedef struct
{
  const char *path;
  const char *board;
  FlEntryMethod entry;
  const char *preset;
  int pid;
  int code;
  const char *logged; /* in a [KO] line or what it unfolds to */
  const char *explained;
} LostCase;

static const LostCase lost_cases[] = {
  { "deaf-g0b1", "0x467,flash=256,deaf=1", FL_ENTRY_MANUAL, NULL, 0x467, FL_ERROR_NO_ANSWER, "no 79 came within",
    "nBOOT_SEL" },
  { "deaf-g0b1-unnamed", "0x467,flash=256,deaf=1", FL_ENTRY_MANUAL, NULL, -1, FL_ERROR_NO_ANSWER, "Sent 7F",
    "nBOOT_SEL" },
  { "deaf-after-jump", "0x467,flash=256,deaf=1", FL_ENTRY_APP, NULL, 0x467, FL_ERROR_NO_ANSWER, "Activating device",
    "did not jump" },
  { "boot0-ignored", "0x467,flash=256,wired=1,boot0=ignored,blank=0", FL_ENTRY_DTR_RTS, "rts-boot0-dtr-reset", 0x467,
    FL_ERROR_NO_ANSWER, "no 79 came within", "nBOOT_SEL" },
  { "application-talks", "0x467,flash=256,wired=1,boot0=ignored,blank=0,talks=1", FL_ENTRY_DTR_RTS,
    "rts-boot0-dtr-reset", 0x467, FL_ERROR_NO_ANSWER, "Activating device", "application" },
  { "no-such-preset", "0x410,wired=1", FL_ENTRY_DTR_RTS, "no-such", -1, FL_ERROR_USAGE, "no-such", "request" },
};

static void
test_lost (gconstpointer data)
{
  const LostCase *row = data;
  g_autoptr (JobBoard) board = job_board_new (row->board);
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  options->entry = row->entry;
  options->preset = g_strdup (row->preset);
  options->pid = row->pid;
  job_board_session (board, options);
  job = fl_connect_job_new (board->session);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, row->code);
  g_assert_true (job_board_logged (job, FL_LOG_FAILED, row->logged));
  text = fl_explanation_to_text (fl_job_get_explanation (job));
  if (strstr (text, row->explained) == NULL)
    g_error ("“%s” is not in:\n%s", row->explained, text);
  g_assert_false (fl_session_is_connected (board->session));
  g_assert_null (fl_session_get_transport (board->session));
}

/* A board that is wired is reset into its bootloader, also when an application runs in it. */
static void
test_wired (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,wired=1,blank=0,talks=1");
  g_autoptr (FlConnectOptions) options = job_board_options ();

  options->entry = FL_ENTRY_DTR_RTS;
  options->preset = g_strdup ("rts-boot0-dtr-reset");
  job_board_session (board, options);
  job_board_connect (board);
  g_assert_cmphex (job_board_device (board)->pid, ==, 0x410);
}

static void
drive (JobBoard *board, FlLines lines)
{
  g_autoptr (FlJob) job = fl_port_job_new (board->session, FL_LINE_DTR | FL_LINE_RTS, lines);
  g_autoptr (GError) error = NULL;

  job_board_run (board, job, &error);
  g_assert_no_error (error);
}

/* Lines that were driven on an open port, before the board is called: opening it once more would undo them. */
static void
test_lines_first (void)
{
  for (guint boot0 = 0; boot0 < 2; boot0++)
    {
      g_autoptr (JobBoard) board = job_board_new ("0x410,wired=1,blank=0");
      g_autoptr (FlJob) open = fl_port_job_new (board->session, 0, 0);
      g_autoptr (FlJob) job = fl_connect_job_new (board->session);
      FlLines released = boot0 ? FL_LINE_RTS : 0;
      g_autoptr (GError) error = NULL;

      job_board_run (board, open, &error);
      g_assert_no_error (error);
      g_assert_true (job_board_logged (open, FL_LOG_OK, "Opening port"));
      g_assert_nonnull (fl_session_get_transport (board->session));
      g_assert_false (fl_session_is_connected (board->session));
      drive (board, released | FL_LINE_DTR);
      drive (board, released);
      g_assert_true (fl_sim_board_is_in_bootloader (board->board) == (boot0 != 0));
      job_board_run (board, job, &error);
      g_assert_false (job_board_logged (job, FL_LOG_OK, "Opening port"));
      if (boot0)
        g_assert_no_error (error);
      else
        g_assert_error (error, FL_ERROR, FL_ERROR_NO_ANSWER);
      g_assert_true (fl_session_is_connected (board->session) == (boot0 != 0));
    }
}

/* What comes at 115200 is lost; after another reset it is tried slower. */
static void
test_slower (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,wired=1");
  g_autoptr (FlConnectOptions) options = job_board_options ();

  options->entry = FL_ENTRY_DTR_RTS;
  options->preset = g_strdup ("rts-boot0-dtr-reset");
  job_board_session (board, options);
  for (guint i = 0; i < 2; i++)
    fl_sim_board_add_fault (board->board, FALSE, i, FL_SIM_FAULT_DROP, 0);
  job_board_connect (board);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 57600);
}

/* A family without parity, which the first byte does not show. */
static void
test_no_parity (void)
{
  g_autoptr (JobBoard) board = job_board_new (NO_PARITY_BOARD);
  FlLineSettings settings;

  job_board_connect (board);
  fl_transport_get_settings (fl_session_get_transport (board->session), &settings);
  g_assert_cmpint (settings.parity, ==, FL_PARITY_NONE);
  g_assert_nonnull (job_board_device (board)->chip);
  g_assert_true (job_board_device (board)->chip->no_parity);
}

/* A second session on a bootloader that was synchronised before. */
static void
test_already (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x460");
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  fl_session_close (board->session);
  job_board_session (board, options);
  job = fl_connect_job_new (board->session);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (job_board_logged (job, FL_LOG_INFO, "active already"));
}

/* The bootloader was left waiting for the rest of a block by somebody else. */
static void
test_left_in_block (void)
{
  static const guint8 begun[] = { 0x31, 0xCE, 0x08, 0x00, 0x00, 0x00, 0x08, 0xFF, 0x01, 0x02 };
  g_autoptr (JobBoard) board = job_board_new ("0x460");
  g_autoptr (FlConnectOptions) options = job_board_options ();
  FlTransport *transport;

  job_board_connect (board);
  transport = fl_session_get_transport (board->session);
  for (guint i = 0; i < 2; i++)
    {
      static const gsize ends[] = { 0, 2, 7, sizeof begun };
      guint8 answer[8];
      gsize n;

      g_assert_true (fl_transport_write (transport, begun + ends[i], ends[i + 1] - ends[i], 1000, NULL, NULL));
      g_assert_true (fl_transport_read (transport, answer, 1, 1000, &n, NULL, NULL));
      g_assert_cmphex (answer[0], ==, 0x79);
    }
  g_assert_true (fl_transport_write (transport, begun + 7, sizeof begun - 7, 1000, NULL, NULL));
  fl_session_close (board->session);
  job_board_session (board, options);
  job_board_connect (board);
  g_assert_cmphex (job_board_device (board)->pid, ==, 0x460);
}

/* A warning while there is still time: this chip's next session needs another way in. */
static void
test_boot0_warning (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256,boot0=ignored");
  g_autoptr (FlJob) job = fl_connect_job_new (board->session);
  g_autoptr (JobBoard) heeding = NULL;
  g_autoptr (FlJob) other = NULL;
  g_autoptr (GError) error = NULL;

  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "nBOOT_SEL"));
  g_assert_true (job_board_logged (job, FL_LOG_OK, "Opening port under-test · 115200 8E1")
                 || job_board_logged (job, FL_LOG_OK, "Opening port board:under-test · 115200 8E1"));
  g_assert_true (job_board_logged (job, FL_LOG_OK, "Activating device"));

  heeding = job_board_new ("0x467,flash=256");
  other = fl_connect_job_new (heeding->session);
  job_board_run (heeding, other, &error);
  g_assert_no_error (error);
  g_assert_false (job_board_logged (other, FL_LOG_WARNING, "nBOOT_SEL"));
}

static void
test_timeout (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,deaf=1");
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  options->timeout_s = 20;
  job_board_session (board, options);
  job = fl_connect_job_new (board->session);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NO_ANSWER);
  g_assert_cmpfloat (fl_job_get_seconds (job), >=, 20);
  g_assert_cmpfloat (fl_job_get_seconds (job), <, 23);
}

static void
test_override (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410");
  g_autoptr (FlConnectOptions) options = job_board_options ();

  options->pid = 0x414;
  job_board_session (board, options);
  job_board_connect (board);
  g_assert_cmphex (job_board_device (board)->pid, ==, 0x414);
  g_assert_cmpuint (job_board_device (board)->remarks->len, >, 0);
}

/* Reading a session's properties while nothing runs, and closing it twice. */
static void
test_close (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410");
  gboolean connected;

  job_board_connect (board);
  g_object_get (board->session, "connected", &connected, NULL);
  g_assert_true (connected);
  fl_session_close (board->session);
  fl_session_close (board->session);
  g_object_get (board->session, "connected", &connected, NULL);
  g_assert_false (connected);
  g_assert_nonnull (fl_session_get_device (board->session));
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 0);
}

static void
test_missing_port (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410");
  g_autoptr (FlConnectOptions) options = fl_connect_options_new ("/dev/no-such-port");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_session (board, options);
  job = fl_connect_job_new (board->session);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
  g_assert_true (job_board_logged (job, FL_LOG_FAILED, "Opening port no-such-port"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (found_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/connect/found/", found_cases[i].board, NULL);

      g_test_add_data_func (path, &found_cases[i], test_found);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (lost_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/connect/lost/", lost_cases[i].path, NULL);

      g_test_add_data_func (path, &lost_cases[i], test_lost);
    }
  g_test_add_func ("/connect/pace", test_pace);
  g_test_add_func ("/connect/burst", test_burst);
  g_test_add_func ("/connect/wired", test_wired);
  g_test_add_func ("/connect/lines-first", test_lines_first);
  g_test_add_func ("/connect/slower", test_slower);
  g_test_add_func ("/connect/no-parity", test_no_parity);
  g_test_add_func ("/connect/already", test_already);
  g_test_add_func ("/connect/left-in-block", test_left_in_block);
  g_test_add_func ("/connect/boot0-warning", test_boot0_warning);
  g_test_add_func ("/connect/timeout", test_timeout);
  g_test_add_func ("/connect/override", test_override);
  g_test_add_func ("/connect/close", test_close);
  g_test_add_func ("/connect/missing-port", test_missing_port);
  return g_test_run ();
}
