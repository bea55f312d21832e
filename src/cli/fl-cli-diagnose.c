/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "fl-cli.h"
#include "fl-diagnose-job.h"
#include "fl-diagnosis-json.h"
#include "fl-error.h"

static char *image_path;
static char *address;
static char **answers;
static gboolean yes;

static const GOptionEntry options[] = {
  { "image", 'i', 0, G_OPTION_ARG_FILENAME, &image_path,
    N_ ("Also write this file, verify and start it, to see what fails; its pages are erased"), N_ ("FILE") },
  { "address", 'a', 0, G_OPTION_ARG_STRING, &address, N_ ("Where a raw binary goes (default: the start of flash)"),
    N_ ("A") },
  { "answer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &answers,
    N_ ("Answer a question beforehand: app-runs=yes; may be repeated"), N_ ("Q=yes|no") },
  { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("Erase the pages of --image; do not ask"), NULL },
  G_OPTION_ENTRY_NULL,
};

/* "app-runs=yes" */
static gboolean
parse_answer (const char *text, char **question, FlAnswer *answer, GError **error)
{
  const char *equals = strchr (text, '=');

  if (equals != NULL && equals > text)
    {
      *answer = g_str_equal (equals + 1, "yes")  ? FL_ANSWER_YES
                : g_str_equal (equals + 1, "no") ? FL_ANSWER_NO
                                                 : FL_ANSWER_UNKNOWN;
      *question = g_strndup (text, (gsize) (equals - text));
      if (*answer != FL_ANSWER_UNKNOWN && fl_diagnose_job_has_question (*question))
        return TRUE;
      g_clear_pointer (question, g_free);
    }
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
               _ ("“%s” is no answer to a question; write for example --answer app-runs=yes"), text);
  return FALSE;
}

static gboolean
give_answers (FlDiagnoseJob *job, GError **error)
{
  for (guint i = 0; answers != NULL && answers[i] != NULL; i++)
    {
      g_autofree char *question = NULL;
      FlAnswer answer;

      if (!parse_answer (answers[i], &question, &answer, error))
        return FALSE;
      fl_diagnose_job_answer (job, question, answer);
    }
  return TRUE;
}

/* Whoever wants the image written agrees to lose what stands on its pages; on a practice board nothing is lost. */
static FlImage *
load_image (FlCli *cli, GError **error)
{
  g_autoptr (FlImage) image = fl_cli_load_image (cli, image_path, address, error);
  g_autofree char *typed = NULL;
  const FlChip *chip = cli->pid >= 0 ? fl_chip_db_find ((guint16) cli->pid) : NULL;

  if (image == NULL || fl_hands_find (cli->port) != NULL)
    return g_steal_pointer (&image);
  if (!cli->json)
    g_printerr (
        _ ("If the bootloader answers, all pages between 0x%08X and 0x%08X that hold a byte of %s are erased and "
           "written.\n"),
        fl_image_get_start (image), (guint) (fl_image_get_end (image) - 1), image_path);
  if (!fl_cli_ask (cli, chip, FL_DANGER_HIGH, yes, &typed, error))
    return NULL;
  return g_steal_pointer (&image);
}

/* The questions and actions on a terminal: what is typed is read in the main context while the board is called. */
typedef struct
{
  FlDiagnoseJob *job;
  GIOChannel *input;
  guint watch;
} Terminal;

static gboolean
terminal_read_cb (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Terminal *terminal = user_data;
  const FlPrompt *prompt = fl_diagnose_job_get_prompt (terminal->job);
  g_autofree char *line = NULL;
  gboolean ok = g_io_channel_read_line (channel, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL;

  if (prompt != NULL && ok)
    {
      g_strstrip (line);
      if (prompt->question != NULL && (line[0] == 'y' || line[0] == 'Y'))
        fl_diagnose_job_answer (terminal->job, prompt->question, FL_ANSWER_YES);
      else if (prompt->question != NULL && (line[0] == 'n' || line[0] == 'N'))
        fl_diagnose_job_answer (terminal->job, prompt->question, FL_ANSWER_NO);
      else
        fl_diagnose_job_next (terminal->job);
    }
  if (!ok)
    {
      fl_diagnose_job_next (terminal->job);
      terminal->watch = 0;
    }
  return ok;
}

static void
terminal_prompt_cb (FlDiagnoseJob *job, GParamSpec *pspec, Terminal *terminal)
{
  const FlPrompt *prompt = fl_diagnose_job_get_prompt (job);

  if (prompt == NULL)
    return;
  if (prompt->question != NULL)
    g_printerr (_ ("\n%u. %s [y/n, Enter: not known] "), prompt->number, prompt->text);
  else
    g_printerr (_ ("\n%u. %s\n   The board is called all the time; press Enter when this did not help. "),
                prompt->number, prompt->text);
}

static void
terminal_open (Terminal *terminal, FlDiagnoseJob *job)
{
  terminal->job = job;
#ifdef G_OS_WIN32
  terminal->input = g_io_channel_win32_new_fd (fileno (stdin));
#else
  terminal->input = g_io_channel_unix_new (fileno (stdin));
#endif
  terminal->watch = g_io_add_watch (terminal->input, G_IO_IN | G_IO_HUP, terminal_read_cb, terminal);
  g_signal_connect (job, "notify::prompt", G_CALLBACK (terminal_prompt_cb), terminal);
}

static void
terminal_close (Terminal *terminal)
{
  g_signal_handlers_disconnect_by_data (terminal->job, terminal);
  g_clear_handle_id (&terminal->watch, g_source_remove);
  g_io_channel_unref (terminal->input);
}

static void
add_double (FlCli *cli, const char *name, double value)
{
  json_builder_set_member_name (cli->result, name);
  json_builder_add_double_value (cli->result, value);
}

static void
add_facts (FlCli *cli, const FlFacts *facts)
{
  g_autoptr (GPtrArray) names = fl_facts_dup_names (facts);

  json_builder_set_member_name (cli->result, "facts");
  json_builder_begin_object (cli->result);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      fl_cli_add_string (cli, name, fl_facts_get (facts, name));
    }
  json_builder_end_object (cli->result);
}

static gboolean
run_job (FlCli *cli, FlJob *job, gboolean attended, GError **error)
{
  Terminal terminal = { 0 };
  gboolean ok;

  if (attended)
    terminal_open (&terminal, FL_DIAGNOSE_JOB (job));
  ok = fl_cli_run_job (cli, job, error);
  if (attended)
    terminal_close (&terminal);
  return ok;
}

static gboolean
run_diagnose (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (FlConnectOptions) connect = fl_cli_make_options (cli, error);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (FlImage) image = NULL;
  const FlDiagnosis *diagnosis;
  g_autofree char *text = NULL;
  gboolean attended;

  if (connect == NULL)
    return FALSE;
  attended = fl_cli_is_attended (cli) && fl_hands_find (cli->port) == NULL;
  cli->session = fl_session_new (connect);
  job = fl_diagnose_job_new (cli->session);
  if (!give_answers (FL_DIAGNOSE_JOB (job), error))
    return FALSE;
  if (image_path != NULL && (image = load_image (cli, error)) == NULL)
    return FALSE;
  fl_diagnose_job_set_image (FL_DIAGNOSE_JOB (job), image);
  fl_diagnose_job_set_guided (FL_DIAGNOSE_JOB (job), attended);
  if (!run_job (cli, job, attended, error))
    return FALSE;
  diagnosis = fl_diagnose_job_get_diagnosis (FL_DIAGNOSE_JOB (job));
  text = fl_diagnosis_to_text (diagnosis);
  if (!cli->json) /* also with --quiet: it is what was asked for */
    g_print ("\n%s\n", text);
  fl_diagnosis_add_json (diagnosis, cli->result);
  add_double (cli, "seconds", fl_diagnose_job_get_automatic_seconds (FL_DIAGNOSE_JOB (job)));
  add_double (cli, "total_seconds", fl_job_get_seconds (job));
  add_facts (cli, fl_diagnose_job_get_facts (FL_DIAGNOSE_JOB (job)));
  return TRUE;
}

const FlCliCommand fl_cli_diagnose_command = {
  .name = "diagnose",
  .arguments = "",
  .description = N_ ("find out why a board does not answer, or what else is wrong"),
  .options = options,
  .run = run_diagnose,
};
