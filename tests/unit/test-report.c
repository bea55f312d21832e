/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report that a user saves: it says what was set, what was found, what was done, how it ended, and nothing that is
 * nobody's business; and what somebody else sees in it. */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "fl-case.h"
#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-program-job.h"
#include "fl-report-scrub.h"
#include "fl-report.h"
#include "fl-sim-transport.h"
#include "job-board.h"

static FlSession *
connect_to (const char *port)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  FlSession *session = fl_session_new (options);
  g_autoptr (FlJob) job = fl_connect_job_new (session);
  g_autoptr (GError) error = NULL;

  job_board_run_alone (job, &error);
  g_assert_no_error (error);
  return session;
}

static void
assert_says (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("\"%s\" is not in:\n%s", part, text);
}

static const struct
{
  const char *name;
  const char *port;
  gboolean verify;
  int error; /* FlError; -1: none */
  const char *verdict;
} rows[] = {
  { "verified", "sim:0x467,flash=256", TRUE, -1, "Verdict: Programmed and verified\n" },
  { "not-verified", "sim:0x467,flash=256", FALSE, -1, "Verdict: Programmed, not verified\n" },
  { "failed", "sim:0x467,flash=256,unplug=2000", TRUE, FL_ERROR_PORT_GONE, "Verdict: Failed (port-gone)" },
};

static void
test_row (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlReport) report = fl_report_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FlCase) found = NULL;
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  FlPlanOptions options = fl_plan_options_default;
  guint8 bytes[4000];

  fl_sim_forget_boards ();
  report->session = connect_to (rows[row].port);
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (0x5A + i % 3);
  report->image = fl_image_new ();
  report->file = g_strdup ("/secret/customer/firmware.bin");
  g_assert_true (fl_image_add (report->image, 0x08000000, bytes, sizeof bytes, NULL));
  g_assert_true (fl_image_seal (report->image, FL_IMAGE_BIN, NULL));
  options.verify = rows[row].verify;
  report->plan = fl_plan_new (fl_session_get_device (report->session), report->image, &options, &error);
  g_assert_no_error (error);
  report->job = fl_program_job_new (report->session, report->plan, FALSE);
  job_board_run_alone (report->job, &report->error);
  if (rows[row].error < 0)
    g_assert_no_error (report->error);
  else
    g_assert_error (report->error, FL_ERROR, rows[row].error);
  report->around = fl_surroundings_look (rows[row].port);
  report->log = g_strdup ("the log's lines\nread /secret/customer/firmware.bin\n");

  text = fl_report_to_text (report);
  assert_says (text, FL_VERSION);
  assert_says (text, rows[row].verdict);
  assert_says (text, rows[row].port);
  assert_says (text, "0x467");
  assert_says (text, "256 KiB");
  assert_says (text, "Repeated exchanges: 0");
  assert_says (text, "the log's lines");
  if (rows[row].error >= 0)
    {
      assert_says (text, "State of the board: ");
      assert_says (text, "unplugged");
    }

  json = fl_report_to_json (report);
  assert_says (json, "\"firmware.bin\"");
  g_assert_null (strstr (json, "customer"));
  g_assert_null (strstr (json, "5A 5B 5C 5A"));
  found = fl_case_open (json, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (found->kind, ==, FL_CASE_REPORT);
  g_assert_cmpstr (found->program, ==, FL_VERSION);
  g_assert_nonnull (found->chip);
  g_assert_cmpuint (found->chip->pid, ==, 0x467);
  g_assert_cmpstr (fl_facts_get (found->facts, "write.result"), ==, "ok");
  g_assert_cmpstr (fl_facts_get (found->facts, "port.gone"), ==, rows[row].error >= 0 ? "yes" : NULL);
  g_assert_cmpuint (found->exchanges->len, >, 20);
  assert_says (found->log, "the log's lines");
}

/* Before anything was connected there is still the log. */
static void
test_empty (void)
{
  g_autoptr (FlReport) report = fl_report_new ();
  g_autoptr (FlCase) found = NULL;
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;

  report->log = g_strdup ("nothing yet");
  text = fl_report_to_text (report);
  assert_says (text, "nothing yet");
  g_assert_null (strstr (text, "Verdict"));
  json = fl_report_to_json (report);
  found = fl_case_open (json, -1, NULL);
  g_assert_nonnull (found);
  g_assert_cmpuint (found->exchanges->len, ==, 0);
}

/* Where is somebody's name, folder, computer or number in it? */
static const struct
{
  const char *name;
  const char *text;
  const char *clean;
} secrets[] = {
  { "home", "Saved as /home/mueller/work/a.bin", "Saved as ~/work/a.bin" },
  { "user", "Group dialout: mueller is not in it", "Group dialout: (user) is not in it" },
  { "part-of-word", "muellerin", "muellerin" },
  { "host", "on pc-0815.", "on (computer)." },
  { "by-id", "Opening /dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0 failed",
    "Opening /dev/serial/by-id/… failed" },
  { "serial", "FT232R (A50285BI)", "FT232R ((left out))" },
  { "memory", "< 79 01 02 03 04 05 06 07 08 09 …  memory", "< (…)  memory" },
  { "eight-bytes", "expected 01 02 03 04 05 06 07 08, read FF", "expected 01 02 03 04 05 06 07 08, read FF" },
  { "broken-utf8", "a\xFFz", "a\xEF\xBF\xBDz" },
};

static void
test_secret (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlReportScrub) scrub = fl_report_scrub_new ("/home/mueller", "mueller", "pc-0815");
  g_autofree char *clean = NULL;

  fl_report_scrub_add (scrub, "A50285BI", "(left out)");
  fl_report_scrub_add (scrub, "ab", "(left out)"); /* too short to be looked for */
  clean = fl_report_scrub_text (scrub, secrets[row].text);
  g_assert_cmpstr (clean, ==, secrets[row].clean);
}

/* The chip's unique number is nowhere in it, not even as bytes. */
static void
test_unique_id (void)
{
  g_autoptr (FlReport) report = fl_report_new ();
  g_autofree char *uid = NULL;
  g_autofree char *json = NULL;
  g_autofree char *spaced = NULL;
  g_autoptr (GString) bytes = g_string_new (NULL);

  fl_sim_forget_boards ();
  report->session = connect_to ("sim:0x467,flash=256");
  uid = fl_device_dup_uid (fl_session_get_device (report->session));
  g_assert_nonnull (uid);
  report->log = g_strdup_printf ("Unique ID %s\n", uid);
  for (guint i = 0; i + 1 < strlen (uid) && i < 16; i += 2)
    g_string_append_printf (bytes, "%s%.2s", i > 0 ? " " : "", uid + i);
  json = fl_report_to_json (report);
  g_assert_null (strstr (json, uid));
  spaced = g_ascii_strup (bytes->str, -1);
  g_assert_null (strstr (json, spaced));
  assert_says (json, "Unique ID (left out)");
}

/* What is no report says so, and does no harm. */
static const struct
{
  const char *name;
  const char *text;
  const char *message;
} bad_cases[] = {
  { "no-object", "{ 1 }", "cannot be read" },
  { "other-object", "{\"a\": 1}", "no report" },
  { "newer", "{\"flashloader_report\": 99}", "newer" },
  { "no-number", "{\"flashloader_report\": \"1\"}", "no report" },
  { "bad-trace", "{\"flashloader_report\": 1, \"trace\": [\"nonsense\"]}", "trace" },
  { "bad-facts", "{\"flashloader_report\": 1, \"facts\": {\"sync.first\": 1}}", "sync.first" },
  { "cut", "{\"flashloader_report\": 1, \"tra", "cannot be read" },
  { "nothing", "", "no bytes" },
};

static void
test_bad (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlCase) found = fl_case_open (bad_cases[row].text, -1, &error);

  g_assert_null (found);
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  assert_says (error->message, bad_cases[row].message);
}

/* So deep that a parser which calls itself would fall over. */
static void
test_deep (void)
{
  g_autoptr (GString) text = g_string_new ("{\"flashloader_report\": 1, \"x\": ");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, '[');
  g_assert_null (fl_case_open (text->str, (gssize) text->len, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
}

/* A newer program may know more; other members and other types are not minded. */
static void
test_lenient (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlCase) found =
                 fl_case_open ("{\"flashloader_report\": 1, \"new\": {}, \"program\": 3, \"text\": [1, \"two\"], "
                               "\"facts\": {\"new.fact\": \"x\", \"id.pid\": \"0x410\"}}",
                               -1, &error);

  g_assert_no_error (error);
  g_assert_null (found->program);
  g_assert_cmpstr (found->text, ==, "two\n");
  g_assert_cmpuint (found->chip->pid, ==, 0x410);
}

/* What somebody else's log is, and what the engine makes of it. */
static const struct
{
  const char *name;
  const char *text;
  FlCaseKind kind;
  const char *cause; /* the first; NULL: any */
} foreign_cases[] = {
  { "length", "> 7F\n< 79\n> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 04 11 22 33 44 40\n", FL_CASE_FOREIGN,
    "HOST_FRAMING_BUG" },
  { "parity", "> 7F\n< 79\n> 00 FF\n> 00 FF\n< 1F\n> 00 FF\n> 00 FF\n< 1F\n", FL_CASE_FOREIGN, "ADAPTER_NO_PARITY" },
  { "protected", "> 7F\n< 79\n> 00 FF\n< 79 02 31 00 11 79\n> 02 FD\n< 79 01 04 10 79\n> 11 EE\n< 1F\n",
    FL_CASE_FOREIGN, "RDP_ACTIVE" },
  { "already", "> 7F\n> 7F\n< 1F\n> 02 FD\n< 79 01 04 10 79\n", FL_CASE_FOREIGN, "ALREADY_SYNCED" },
  { "trace", "# Flashloader trace 1\n0.000000 = 115200 8E1\n0.100000 > 7F\n", FL_CASE_TRACE, NULL },
};

static void
test_foreign (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlCase) found = fl_case_open (foreign_cases[row].text, -1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (found->kind, ==, foreign_cases[row].kind);
  g_assert_cmpuint (found->exchanges->len, >, 0);
  if (foreign_cases[row].cause == NULL)
    return;
  g_assert_cmpuint (found->diagnosis->causes->len, >, 0);
  g_assert_cmpstr (((const FlCause *) g_ptr_array_index (found->diagnosis->causes, 0))->code, ==,
                   foreign_cases[row].cause);
}

#define ADD_ROWS(table, prefix, function)                                                                              \
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)                                                                     \
    {                                                                                                                  \
      g_autofree char *path = g_strdup_printf ("/report/%s%s", prefix, table[i].name);                                 \
                                                                                                                       \
      g_test_add_data_func (path, GUINT_TO_POINTER (i), function);                                                     \
    }

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));
  fl_sim_register ();
  ADD_ROWS (rows, "", test_row)
  ADD_ROWS (secrets, "secret/", test_secret)
  ADD_ROWS (bad_cases, "bad/", test_bad)
  ADD_ROWS (foreign_cases, "foreign/", test_foreign)
  g_test_add_func ("/report/empty", test_empty);
  g_test_add_func ("/report/unique-id", test_unique_id);
  g_test_add_func ("/report/deep", test_deep);
  g_test_add_func ("/report/lenient", test_lenient);
  return g_test_run ();
}
