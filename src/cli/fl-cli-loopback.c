/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-loopback-job.h"

static void
add_double (FlCli *cli, const char *name, double value)
{
  json_builder_set_member_name (cli->result, name);
  json_builder_add_double_value (cli->result, value);
}

static void
add_runs (FlCli *cli, FlLoopbackJob *job)
{
  guint n_runs;
  const FlLoopbackRun *runs = fl_loopback_job_get_runs (job, &n_runs);

  json_builder_set_member_name (cli->result, "runs");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < n_runs; i++)
    {
      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "baud", runs[i].baud);
      fl_cli_add_string (cli, "result", fl_loopback_result_get_id (runs[i].result));
      fl_cli_add_int (cli, "sent", runs[i].n_sent);
      fl_cli_add_int (cli, "received", runs[i].n_received);
      fl_cli_add_int (cli, "changed", runs[i].n_changed);
      add_double (cli, "seconds", runs[i].seconds);
      add_double (cli, "wire_seconds", runs[i].wire);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

static gboolean
run_loopback (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (FlConnectOptions) options = fl_cli_make_options (cli, error);
  g_autoptr (FlJob) job = NULL;
  g_autofree char *words = NULL;
  FlLoopbackResult result;

  if (options == NULL)
    return FALSE;
  fl_cli_print (cli, "%s", fl_loopback_get_instruction ());
  cli->session = fl_session_new (options);
  job = fl_loopback_job_new (cli->session);
  if (!fl_cli_run_job (cli, job, error))
    return FALSE;
  result = fl_loopback_job_get_result (FL_LOOPBACK_JOB (job));
  words = fl_loopback_job_dup_words (FL_LOOPBACK_JOB (job));
  fl_cli_add_string (cli, "loopback", fl_loopback_result_get_id (result));
  add_runs (cli, FL_LOOPBACK_JOB (job));
  if (result == FL_LOOPBACK_OK)
    return TRUE;
  g_set_error_literal (error, FL_ERROR, result == FL_LOOPBACK_CHANGED ? FL_ERROR_PROTOCOL : FL_ERROR_TIMEOUT, words);
  return FALSE;
}

const FlCliCommand fl_cli_loopback_command = {
  .name = "loopback",
  .arguments = "",
  .description = N_ ("test the adapter alone, with its TX and RX bridged"),
  .run = run_loopback,
};
