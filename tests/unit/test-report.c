/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report that a user saves: it says what was set, what was found, what was done, and how it ended. */
#include "config.h"

#include <string.h>

#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-program-job.h"
#include "fl-report.h"
#include "fl-sim-transport.h"

typedef struct
{
  gboolean done;
  GError *error;
} Outcome;

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  fl_job_run_finish (FL_JOB (source), result, &outcome->error);
  outcome->done = TRUE;
}

static void
run (FlJob *job, GError **error)
{
  Outcome outcome = { FALSE, NULL };

  fl_job_run_async (job, NULL, done_cb, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  if (outcome.error != NULL)
    g_propagate_error (error, outcome.error);
}

static FlSession *
connect_to (const char *port)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  FlSession *session = fl_session_new (options);
  g_autoptr (FlJob) job = fl_connect_job_new (session);
  g_autoptr (GError) error = NULL;

  run (job, &error);
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
  g_autoptr (FlSession) session = NULL;
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (FlPlan) plan = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  FlPlanOptions options = fl_plan_options_default;
  guint8 bytes[4000];
  FlReport report;

  fl_sim_forget_boards ();
  session = connect_to (rows[row].port);
  memset (bytes, 0xA5, sizeof bytes);
  g_assert_true (fl_image_add (image, 0x08000000, bytes, sizeof bytes, NULL));
  g_assert_true (fl_image_seal (image, FL_IMAGE_BIN, NULL));
  options.verify = rows[row].verify;
  plan = fl_plan_new (fl_session_get_device (session), image, &options, &error);
  g_assert_no_error (error);
  job = fl_program_job_new (session, plan, FALSE);
  run (job, &error);
  if (rows[row].error < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, FL_ERROR, rows[row].error);

  report = (FlReport){
    .session = session, .plan = plan, .job = FL_PROGRAM_JOB (job), .error = error, .log = "the log's lines\n"
  };
  text = fl_report_to_text (&report);
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
      assert_says (text, "What to check:");
    }
}

/* Before anything was connected there is still the log. */
static void
test_empty (void)
{
  FlReport report = { .log = "nothing yet" };
  g_autofree char *text = fl_report_to_text (&report);

  assert_says (text, "nothing yet");
  g_assert_null (strstr (text, "Verdict"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));
  fl_sim_register ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/report/%s", rows[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
    }
  g_test_add_func ("/report/empty", test_empty);
  return g_test_run ();
}
