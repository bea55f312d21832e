/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-decode.h"
#include "fl-error.h"

#define MAX_LOG (64 * 1024 * 1024) /* bytes */

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

static gboolean
run_decode (FlCli *cli, char **arguments, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *decoded = NULL;
  g_autoptr (FlTrace) trace = NULL;
  g_autoptr (GPtrArray) exchanges = NULL;
  gsize length;

  if (!g_file_get_contents (arguments[0], &text, &length, error))
    return FALSE;
  if (length > MAX_LOG)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("%s is larger than any trace: %zu bytes"), arguments[0],
                   length);
      return FALSE;
    }
  trace = fl_decode_parse_log (text, (gssize) length, error);
  if (trace == NULL)
    {
      g_prefix_error (error, "%s: ", arguments[0]);
      return FALSE;
    }
  exchanges = fl_decode_trace (trace, 0, G_MAXUINT64);
  decoded = fl_decode_to_text (exchanges);
  fl_cli_print (cli, "%s", decoded);
  json_builder_set_member_name (cli->result, "exchanges");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < exchanges->len; i++)
    add_exchange (cli, g_ptr_array_index (exchanges, i));
  json_builder_end_array (cli->result);
  print_failures (cli, exchanges);
  return TRUE;
}

const FlCliCommand fl_cli_decode_command = {
  .name = "decode",
  .arguments = "TRACE",
  .description = N_ ("explain a saved trace, or a pasted hex log"),
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_decode,
};
