/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-case.h"
#include "fl-cli.h"
#include "fl-decode.h"
#include "fl-diagnosis-json.h"

static const char *
status_name (FlExchangeStatus status)
{
  switch (status)
    {
    case FL_EXCHANGE_OK:
      return "ok";
    case FL_EXCHANGE_REFUSED:
      return "refused";
    case FL_EXCHANGE_SILENT:
      return "silent";
    case FL_EXCHANGE_ODD:
      return "odd";
    case FL_EXCHANGE_OTHER:
    default:
      return "other";
    }
}

static void
add_exchange (FlCli *cli, const FlExchange *exchange)
{
  json_builder_begin_object (cli->result);
  json_builder_set_member_name (cli->result, "time");
  json_builder_add_double_value (cli->result, (double) exchange->time / G_USEC_PER_SEC);
  fl_cli_add_string (cli, "status", status_name (exchange->status));
  fl_cli_add_string (cli, "title", exchange->title);
  if (exchange->command >= 0)
    fl_cli_add_int (cli, "command", exchange->command);
  if (exchange->has_address)
    fl_cli_add_int (cli, "address", exchange->address);
  json_builder_set_member_name (cli->result, "lines");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < exchange->lines->len; i++)
    json_builder_add_string_value (cli->result, g_ptr_array_index (exchange->lines, i));
  json_builder_end_array (cli->result);
  json_builder_end_object (cli->result);
}

/* What went wrong in it, said once more at the end: a long trace is not read to find that out. */
static void
print_failures (FlCli *cli, GPtrArray *exchanges)
{
  guint n_failed = 0;

  for (guint i = 0; i < exchanges->len; i++)
    {
      const FlExchange *exchange = g_ptr_array_index (exchanges, i);

      if (exchange->status == FL_EXCHANGE_OK || exchange->status == FL_EXCHANGE_OTHER)
        continue;
      if (n_failed++ == 0)
        fl_cli_print (cli, _ ("\nWhat went wrong:"));
      fl_cli_print (cli, "%10.6f  %s", (double) exchange->time / G_USEC_PER_SEC, exchange->title);
      for (guint j = 0; j < exchange->lines->len; j++)
        fl_cli_print (cli, "            %s", (const char *) g_ptr_array_index (exchange->lines, j));
    }
  if (n_failed == 0)
    fl_cli_print (cli, _ ("\nEvery exchange went as AN3155 says."));
  fl_cli_add_int (cli, "failed_exchanges", n_failed);
}

static void
print_diagnosis (FlCli *cli, const FlCase *found)
{
  g_autofree char *text = NULL;

  fl_diagnosis_add_json (found->diagnosis, cli->result);
  if (found->diagnosis->causes->len == 0)
    return;
  text = fl_diagnosis_to_text (found->diagnosis);
  fl_cli_print (cli, "\n%s", text);
}

static void
add_facts (FlCli *cli, const FlFacts *facts)
{
  g_autofree char *text = fl_facts_to_json (facts);

  json_builder_set_member_name (cli->result, "facts");
  json_builder_add_value (cli->result, json_from_string (text, NULL));
}

static gboolean
run_decode (FlCli *cli, char **arguments, GError **error)
{
  static const char *const kinds[] = {
    [FL_CASE_REPORT] = "report",
    [FL_CASE_TRACE] = "trace",
    [FL_CASE_FOREIGN] = "log",
  };
  g_autoptr (FlCase) found = fl_case_load (arguments[0], error);
  g_autofree char *head = NULL;
  g_autofree char *decoded = NULL;

  if (found == NULL)
    return FALSE;
  head = fl_case_dup_head (found);
  decoded = fl_decode_to_text (found->exchanges);
  fl_cli_print (cli, "%s\n\n%s", head, decoded);
  fl_cli_add_string (cli, "kind", kinds[found->kind]);
  json_builder_set_member_name (cli->result, "exchanges");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < found->exchanges->len; i++)
    add_exchange (cli, g_ptr_array_index (found->exchanges, i));
  json_builder_end_array (cli->result);
  print_failures (cli, found->exchanges);
  print_diagnosis (cli, found);
  add_facts (cli, found->facts);
  return TRUE;
}

const FlCliCommand fl_cli_decode_command = {
  .name = "decode",
  .arguments = "FILE",
  .description = N_ ("explain a report, a saved trace, or a pasted hex log"),
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_decode,
};
