/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-fld-run.h"
#include "fl-locale.h"
#include "fl-sim-transport.h"

static const FlCliCommand *const commands[] = {
  &fl_cli_ports_command,   &fl_cli_info_command,     &fl_cli_program_command,   &fl_cli_verify_command,
  &fl_cli_read_command,    &fl_cli_erase_command,    &fl_cli_start_command,     &fl_cli_check_command,
  &fl_cli_options_command, &fl_cli_protect_command,  &fl_cli_unprotect_command, &fl_cli_devices_command,
  &fl_cli_decode_command,  &fl_cli_map_command,      &fl_cli_report_command,    &fl_cli_loopback_command,
  &fl_cli_jump_command,    &fl_cli_diagnose_command,
};

static const FlCliCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i]->name, name))
      return commands[i];
  return NULL;
}

/* Whether it is this option, by its long or its short name, with the value in the next argument. */
static gboolean
takes_next (const GOptionEntry *option, const char *argument)
{
  if (option->arg == G_OPTION_ARG_NONE)
    return FALSE;
  if (argument[1] == '-')
    return g_str_equal (argument + 2, option->long_name);
  return option->short_name != 0 && argument[1] == option->short_name && argument[2] == '\0';
}

/* Takes the command's name out of the arguments, wherever it stands among the common options. */
static char *
take_command_name (char **arguments, const GOptionEntry *common)
{
  for (guint i = 1; arguments[i] != NULL; i++)
    {
      const char *argument = arguments[i];
      char *name;

      if (argument[0] == '-')
        {
          for (const GOptionEntry *o = common; o->long_name != NULL; o++)
            if (takes_next (o, argument) && arguments[i + 1] != NULL)
              {
                i++; /* its value is no command */
                break;
              }
          continue;
        }
      name = arguments[i];
      for (; arguments[i] != NULL; i++)
        arguments[i] = arguments[i + 1];
      return name;
    }
  return NULL;
}

static char *
list_commands (void)
{
  GString *text = g_string_new (_ ("Commands:"));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *left = g_strdup_printf ("%s %s", commands[i]->name, commands[i]->arguments);

      g_string_append_printf (text, "\n  %-24s %s", left, gettext (commands[i]->description));
    }
  g_string_append_printf (text, "\n  %-24s %s", "-c ... -d ...",
                          _ ("a script of STMFlashLoader.exe; “flashloader-cli -?” explains them"));
  g_string_append (text,
                   _ ("\n\n“flashloader-cli COMMAND --help” lists a command's own options.\n"
                      "Exit codes: 0 done, 1 usage, 2 port, 3 no bootloader answer, 4 communication failed,\n"
                      "5 refused by the device, 6 verify failed, 7 bad file, 8 image does not fit, 9 cancelled."));
  return g_string_free (text, FALSE);
}

static gboolean
run_command (FlCli *cli, const FlCliCommand *command, char **arguments, GError **error)
{
  guint n = g_strv_length (arguments);

  if (n < command->min_arguments || n > command->max_arguments)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("Usage: flashloader-cli [OPTION…] %s %s"), command->name,
                   command->arguments);
      return FALSE;
    }
  return fl_cli_parse_common (cli, error) && command->run (cli, arguments, error);
}

/* What is not known of a chip can be said. */
static void
add_advice (FlCli *cli, GError **error)
{
  const char *advice = fl_cli_get_advice (cli);
  GError *advised;

  if (advice == NULL || !g_error_matches (*error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE))
    return;
  advised = g_error_new (FL_ERROR, FL_ERROR_UNKNOWN_DEVICE, "%s %s", (*error)->message, advice);
  g_clear_error (error);
  *error = advised;
}

/* Keeps every byte of the session, also of one that failed: that is when it is wanted. */
static gboolean
save_trace (FlCli *cli, GError **error)
{
  if (cli->trace_path == NULL || cli->session == NULL)
    return TRUE;
  return fl_trace_save (fl_session_get_trace (cli->session), cli->trace_path, error);
}

static int
report (FlCli *cli, const GError *error)
{
  if (error != NULL && !cli->json)
    g_printerr (_ ("Error: %s\n"), error->message);
  if (cli->json)
    {
      g_autoptr (JsonNode) root = NULL;
      g_autofree char *text = NULL;

      fl_cli_add_string (cli, "result", error == NULL ? "ok" : "failed");
      fl_cli_add_string (cli, "error_code", error == NULL ? NULL : fl_error_get_code (error));
      fl_cli_add_string (cli, "message", error == NULL ? NULL : error->message);
      json_builder_end_object (cli->result);
      root = json_builder_get_root (cli->result);
      text = json_to_string (root, TRUE);
      g_print ("%s\n", text);
    }
  return error == NULL ? 0 : fl_error_get_exit_code (error);
}

static void
fl_cli_clear (FlCli *cli)
{
  if (cli->session != NULL)
    fl_session_close (cli->session);
  g_clear_object (&cli->session);
  g_clear_object (&cli->result);
  g_clear_object (&cli->cancellable);
  g_free (cli->port);
  g_free (cli->baud_text);
  g_free (cli->parity_text);
  g_free (cli->entry_text);
  g_free (cli->device_text);
  g_free (cli->trace_path);
  g_free (cli->map_path);
  g_free (cli->geometry);
  g_clear_pointer (&cli->declared, fl_declaration_unref);
  g_free (cli->preset);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FlCli, fl_cli_clear)

int
main (int argc, char **argv)
{
  g_auto (FlCli) cli = { 0 };
  gboolean version = FALSE;
  const GOptionEntry common[] = {
    { "port", 'p', 0, G_OPTION_ARG_STRING, &cli.port,
      N_ ("The port: /dev/ttyUSB0, COM3, a pty, or a simulated board: sim:0x467"), N_ ("PORT") },
    { "baud", 'b', 0, G_OPTION_ARG_STRING, &cli.baud_text, N_ ("Bits per second (default: auto)"), N_ ("N|auto") },
    { "climb", 0, 0, G_OPTION_ARG_NONE, &cli.climb,
      N_ ("Look anew for the highest speed that works; with --baud auto and --entry dtr-rts:PRESET"), NULL },
    { "no-climb", 0, 0, G_OPTION_ARG_NONE, &cli.no_climb, N_ ("Stay at 115200 baud, or below"), NULL },
    { "parity", 0, 0, G_OPTION_ARG_STRING, &cli.parity_text, N_ ("even (default), none or odd"), N_ ("PARITY") },
    { "entry", 0, 0, G_OPTION_ARG_STRING, &cli.entry_text,
      N_ ("How the board enters its bootloader: manual (default), app, dtr-rts:PRESET"), N_ ("HOW") },
    { "device", 0, 0, G_OPTION_ARG_STRING, &cli.device_text, N_ ("Take the chip for this product ID"), N_ ("PID") },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &cli.map_path,
      N_ ("A map file (.STmap) that says how the flash of a chip that is not known is divided"), N_ ("FILE") },
    { "geometry", 0, 0, G_OPTION_ARG_STRING, &cli.geometry,
      N_ ("The same in words: 0x08000000:64x2K;unit=8;erased=0xFF;command=0x44"), N_ ("TEXT") },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &cli.timeout_s, N_ ("Seconds to wait for the bootloader's first answer"),
      N_ ("S") },
    { "no-burst", 0, 0, G_OPTION_ARG_NONE, &cli.one_by_one,
      N_ ("Wait for the answer to each packet, also where the bootloader would keep up without"), NULL },
    { "trace", 0, 0, G_OPTION_ARG_FILENAME, &cli.trace_path, N_ ("Save every byte to this file"), N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli.json, N_ ("One JSON object at the end; progress as JSON lines on stderr"),
      NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &cli.quiet, N_ ("Print errors only"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_ ("Print the version"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *summary = NULL;
  g_autofree char *usage = NULL;
  g_auto (GStrv) arguments = NULL;
  g_autofree char *name = NULL;
  const FlCliCommand *command = NULL;

  fl_locale_init ();
  fl_sim_register ();
  g_main_context_acquire (NULL); /* this thread is the main one, also while no loop runs */

#ifdef G_OS_WIN32
  arguments = g_win32_get_command_line ();
#else
  arguments = g_strdupv (argv);
#endif
  cli.cancellable = g_cancellable_new ();
  fl_cli_console_init (cli.cancellable);
  if (fl_fld_is_script ((const char *const *) arguments))
    return fl_fld_main (&cli, (const char *const *) arguments);
  name = take_command_name (arguments, common);
  if (name != NULL)
    command = find_command (name);
  usage = command != NULL ? g_strdup_printf ("%s %s", command->name, command->arguments) : g_strdup (_ ("COMMAND …"));
  context = g_option_context_new (usage);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (command != NULL && command->options != NULL)
    g_option_context_add_main_entries (context, command->options, GETTEXT_PACKAGE);
  summary = command != NULL ? g_strdup (gettext (command->description)) : list_commands ();
  g_option_context_set_summary (context, summary);

  cli.result = json_builder_new ();
  json_builder_begin_object (cli.result);

  if (!g_option_context_parse_strv (context, &arguments, &error))
    {
      g_autoptr (GError) usage_error = g_error_new_literal (FL_ERROR, FL_ERROR_USAGE, error->message);

      return report (&cli, usage_error);
    }
  if (version)
    {
      g_print ("flashloader-cli %s\n", FL_VERSION);
      return 0;
    }
  if (command == NULL)
    {
      if (name != NULL)
        error = g_error_new (FL_ERROR, FL_ERROR_USAGE, _ ("There is no command “%s”; --help lists them"), name);
      else
        error = g_error_new (FL_ERROR, FL_ERROR_USAGE, _ ("Which command? --help lists them"));
      return report (&cli, error);
    }
  if (run_command (&cli, command, arguments + 1, &error))
    save_trace (&cli, &error);
  else
    {
      g_autoptr (GError) trace_error = NULL;

      add_advice (&cli, &error);
      if (!save_trace (&cli, &trace_error))
        g_printerr (_ ("Error: %s\n"), trace_error->message);
    }
  return report (&cli, error);
}
