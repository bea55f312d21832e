/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-cli.h"
#include "fl-error.h"
#include "fuzz-main.h"

#define MAX_ARGUMENTS 32

static const FlCliCommand *const commands[] = {
  &fl_cli_ports_command,   &fl_cli_info_command,     &fl_cli_program_command,   &fl_cli_verify_command,
  &fl_cli_read_command,    &fl_cli_erase_command,    &fl_cli_start_command,     &fl_cli_check_command,
  &fl_cli_options_command, &fl_cli_protect_command,  &fl_cli_unprotect_command, &fl_cli_devices_command,
  &fl_cli_decode_command,  &fl_cli_map_command,      &fl_cli_report_command,    &fl_cli_loopback_command,
  &fl_cli_jump_command,    &fl_cli_diagnose_command,
};

/* What an option has set lives in static variables of the command's file. */
static void
forget (const GOptionEntry *options)
{
  for (const GOptionEntry *option = options; option != NULL && option->long_name != NULL; option++)
    switch (option->arg)
      {
      case G_OPTION_ARG_STRING:
      case G_OPTION_ARG_FILENAME:
        g_clear_pointer ((char **) option->arg_data, g_free);
        break;
      case G_OPTION_ARG_STRING_ARRAY:
      case G_OPTION_ARG_FILENAME_ARRAY:
        g_clear_pointer ((char ***) option->arg_data, g_strfreev);
        break;
      case G_OPTION_ARG_NONE:
      case G_OPTION_ARG_INT:
        *(int *) option->arg_data = 0;
        break;
      case G_OPTION_ARG_CALLBACK:
      case G_OPTION_ARG_DOUBLE:
      case G_OPTION_ARG_INT64:
      default:
        g_assert_not_reached (); /* no command has such a one; if one gets it, it belongs here */
      }
}

static void
check_numbers (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) address_error = NULL;
  guint32 value = 0;

  /* A number of the command line is the number that was written, or an error. */
  if (fl_cli_parse_number (text, "number", &value, &error))
    {
      gboolean hex = g_ascii_strncasecmp (text, "0x", 2) == 0;
      double factor = strpbrk (text, "kK") != NULL ? 1024 : strpbrk (text, "mM") != NULL ? 1024 * 1024 : 1;

      g_assert_cmpfloat_with_epsilon ((double) g_ascii_strtoull (text, NULL, hex ? 16 : 10) * factor, value, 0.5);
    }
  else
    g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
  if (!fl_cli_parse_address (text, &value, &address_error))
    g_assert_error (address_error, FL_ERROR, FL_ERROR_USAGE);
}

/* The first byte names a command, the rest are its arguments, one a line: options that make sense, or an error. Nothing
 * is carried out. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  FlCli cli = { 0 };
  const GOptionEntry common[] = {
    { "baud", 'b', 0, G_OPTION_ARG_STRING, &cli.baud_text, NULL, NULL },
    { "parity", 0, 0, G_OPTION_ARG_STRING, &cli.parity_text, NULL, NULL },
    { "entry", 0, 0, G_OPTION_ARG_STRING, &cli.entry_text, NULL, NULL },
    { "device", 0, 0, G_OPTION_ARG_STRING, &cli.device_text, NULL, NULL },
    { "geometry", 0, 0, G_OPTION_ARG_STRING, &cli.geometry, NULL, NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &cli.timeout_s, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  const FlCliCommand *command = commands[size > 0 ? data[0] % G_N_ELEMENTS (commands) : 0];
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) arguments = g_strsplit (text, "\n", MAX_ARGUMENTS);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) option_error = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_set_help_enabled (context, FALSE); /* it would end the program */
  g_option_context_add_main_entries (context, common, NULL);
  if (command->options != NULL)
    g_option_context_add_main_entries (context, command->options, NULL);
  for (guint i = 0; arguments[i] != NULL; i++)
    check_numbers (arguments[i]);
  if (g_option_context_parse_strv (context, &arguments, &option_error))
    {
      gboolean ok = fl_cli_parse_common (&cli, &error);

      g_assert_true (ok == (error == NULL));
      if (ok)
        {
          g_assert_true (cli.baud == 0 || (cli.baud >= 300 && cli.baud <= 20000000));
          g_assert_cmpint (cli.pid, >=, -1);
          g_assert_cmpint (cli.pid, <=, 0xFFFF);
          g_assert_true ((cli.preset != NULL) == (cli.entry == FL_ENTRY_DTR_RTS));
          g_assert_true ((cli.declared != NULL) == (cli.geometry != NULL));
        }
      else
        g_assert_true (error->domain == FL_ERROR && g_utf8_validate (error->message, -1, NULL));
    }
  forget (common);
  forget (command->options);
  g_free (cli.preset);
  g_clear_pointer (&cli.declared, fl_declaration_unref);
  return 0;
}
