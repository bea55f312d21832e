/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fl-cli.h"
#include "fl-connect-job.h"
#include "fl-diagnose-job.h"
#include "fl-error.h"
#include "fl-file.h"
#include "fl-report.h"

/* What a job had to say, with the bytes below each line. */
static void
append_log (GString *log, FlJob *job)
{
  GListModel *entries = fl_job_get_log (job);

  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (FlLogEntry) entry = g_list_model_get_item (entries, i);
      g_autofree char *line = fl_log_entry_to_string (entry);
      const char *detail = fl_log_entry_get_detail (entry);

      g_string_append_printf (log, "%s\n", line);
      if (detail != NULL && *detail != '\0')
        {
          g_auto (GStrv) lines = g_strsplit (detail, "\n", -1);

          for (guint k = 0; lines[k] != NULL; k++)
            g_string_append_printf (log, "            %s\n", lines[k]);
        }
    }
}

/* Looks for the reason, as far as that goes without a person at the board. */
static void
diagnose (FlCli *cli, FlReport *report, GString *log)
{
  g_autoptr (FlJob) job = fl_diagnose_job_new (cli->session);
  g_autoptr (GError) error = NULL;

  fl_diagnose_job_set_facts (FL_DIAGNOSE_JOB (job), fl_job_get_facts (report->job));
  fl_diagnose_job_set_guided (FL_DIAGNOSE_JOB (job), FALSE);
  if (fl_cli_run_job (cli, job, &error))
    report->facts = fl_facts_copy (fl_diagnose_job_get_facts (FL_DIAGNOSE_JOB (job)));
  else
    g_string_append_printf (log, "%s\n", error->message);
  append_log (log, job);
}

/* Whether an error says something of the board or the port, and not of how the program was called. */
static gboolean
is_finding (const GError *error)
{
  return !g_error_matches (error, FL_ERROR, FL_ERROR_USAGE)
         && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gboolean
look_at_board (FlCli *cli, FlReport *report, GError **error)
{
  g_autoptr (FlConnectOptions) options = fl_cli_make_options (cli, error);
  g_autoptr (GString) log = g_string_new (NULL);

  if (options == NULL)
    return FALSE;
  cli->session = fl_session_new (options);
  report->session = g_object_ref (cli->session);
  report->job = fl_connect_job_new (cli->session);
  fl_cli_run_job (cli, report->job, &report->error);
  append_log (log, report->job);
  if (report->error != NULL && !is_finding (report->error))
    {
      g_propagate_error (error, g_steal_pointer (&report->error));
      return FALSE;
    }
  if (report->error != NULL)
    diagnose (cli, report, log);
  report->around = fl_surroundings_look (cli->port);
  report->log = g_strdup (log->str);
  return TRUE;
}

static gboolean
run_report (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (FlReport) report = fl_report_new ();
  g_autofree char *json = NULL;

  if (cli->port != NULL && !look_at_board (cli, report, error))
    return FALSE;
  json = fl_report_to_json (report);
  if (!fl_file_save (arguments[0], json, strlen (json), error))
    return FALSE;
  json_builder_set_member_name (cli->result, "connected");
  json_builder_add_boolean_value (cli->result, report->session != NULL && report->error == NULL);
  fl_cli_add_string (cli, "connect_error", report->error != NULL ? fl_error_get_code (report->error) : NULL);
  fl_cli_add_string (cli, "report", arguments[0]);
  fl_cli_print (cli,
                _ ("The report is in %s. It holds no firmware, no serial numbers and no names: look at it, then send "
                   "it to whoever helps you."),
                arguments[0]);
  return TRUE;
}

const FlCliCommand fl_cli_report_command = {
  .name = "report",
  .arguments = "OUT",
  .description = N_ ("connect as far as it goes, and write one file for support"),
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_report,
};
