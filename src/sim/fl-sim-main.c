/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-locale.h"
#include "fl-sim-server.h"

/* Options that are words of fl_sim_config_parse(): "--flash 128" is "flash=128". */
static const char *const word_names[] = { "flash", "bank", "latency-ms", "bl",    "rdp",   "boot0",    "blank",
                                          "talks", "deaf", "unplug",     "codes", "burst", "checksum", "state" };

typedef struct
{
  char *link;
  char *port;
  char *device;
  char *scenario;
  char *clock;
  int baud;
  gboolean once;
  gboolean trace;
  gboolean version;
  char *words[G_N_ELEMENTS (word_names)];
} Arguments;

static const char summary[] = N_ (
    "Serves a simulated STM32 with its ROM bootloader (AN3155) on a serial port, for practice and tests. Any program "
    "that programs an STM32 over a serial port can be used with it.\n\n"
    "On a pseudo terminal of its own, which carries no parity, so that the program is told not to use any:\n\n"
    "  flashloader-sim --pty /tmp/board --device 0x460 &\n"
    "  stm32flash -m 8n1 -w firmware.bin -v /tmp/board\n\n"
    "On a port whose other end is a null modem cable, or one of a pair of virtual ports:\n\n"
    "  flashloader-sim --port COM10 --device 0x460");

static const char description[] =
    N_ ("When it is being served, “ready” and the port are printed. It ends on SIGTERM or SIGINT, and takes the link "
        "away.\n"
        "Opening the port presses the board's reset button; BOOT0 is high. Where the cable does not tell that a port "
        "is opened, synchronising after a second of silence does.\n\n"
        "Exit status: 0 done, 1 wrong usage, 2 the port could not be made, 7 a bad scenario or state file.");

static const char words_title[] =
    N_ ("The same board inside of flashloader and flashloader-cli is the port sim:PID or sim:FILE.json, and words:");

static gboolean
parse_arguments (int *argc, char ***argv, Arguments *arguments, GError **error)
{
  char **words = arguments->words;
  const GOptionEntry entries[] = {
#ifdef G_OS_UNIX
    { "pty", 0, 0, G_OPTION_ARG_FILENAME, &arguments->link, N_ ("Where to put the link to a port of its own"),
      N_ ("LINK") },
#endif
    { "port", 0, 0, G_OPTION_ARG_STRING, &arguments->port, N_ ("The port to serve it on"), N_ ("PORT") },
    { "device", 0, 0, G_OPTION_ARG_STRING, &arguments->device, N_ ("The chip's product ID: 0x460"), N_ ("PID") },
    { "scenario", 0, 0, G_OPTION_ARG_FILENAME, &arguments->scenario, N_ ("A board that misbehaves, as JSON"),
      N_ ("FILE") },
    { "clock", 0, 0, G_OPTION_ARG_STRING, &arguments->clock,
      N_ ("real: as slow as a line (the default); fast: answers at once"), "real|fast" },
    { "baud", 0, 0, G_OPTION_ARG_INT, &arguments->baud, N_ ("The line's rate, whatever the client sets"), "N" },
    { "latency-ms", 0, 0, G_OPTION_ARG_STRING, &words[2], N_ ("Latency timer of the adapter"), "MS" },
    { "flash", 0, 0, G_OPTION_ARG_STRING, &words[0], N_ ("Size of the flash; the largest there is"), "KIB" },
    { "bank", 0, 0, G_OPTION_ARG_STRING, &words[1], N_ ("How the flash is divided"), "dual|single" },
    { "bl", 0, 0, G_OPTION_ARG_STRING, &words[3], N_ ("Build of the bootloader: 0x92; the newest known"), "ID" },
    { "rdp", 0, 0, G_OPTION_ARG_STRING, &words[4], N_ ("Readout protection level"), "0|1|2" },
    { "boot0", 0, 0, G_OPTION_ARG_STRING, &words[5], N_ ("Whether the BOOT0 pin counts"), "used|ignored" },
    { "blank", 0, 0, G_OPTION_ARG_STRING, &words[6], N_ ("0: an application is in the flash"), "1|0" },
    { "talks", 0, 0, G_OPTION_ARG_STRING, &words[7], N_ ("1: the application prints text"), "0|1" },
    { "deaf", 0, 0, G_OPTION_ARG_STRING, &words[8], N_ ("1: never answers"), "0|1" },
    { "unplug", 0, 0, G_OPTION_ARG_STRING, &words[9], N_ ("Vanishes after so many bytes"), "N" },
    { "codes", 0, 0, G_OPTION_ARG_STRING, &words[10],
      N_ ("First erase code of bank 2, where documents disagree; the likeliest"), "N" },
    { "burst", 0, 0, G_OPTION_ARG_STRING, &words[11],
      N_ ("0: its bootloader does not keep up with packets sent at once"), "1|0" },
    { "checksum", 0, 0, G_OPTION_ARG_STRING, &words[12],
      N_ ("A custom bootloader with Get Checksum: words, as AN3155 has it"), "none|words|bytes|zlib" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &words[13], N_ ("Keeps the flash between runs"), N_ ("FILE") },
    { "once", 0, 0, G_OPTION_ARG_NONE, &arguments->once, N_ ("End when the first client closes the port"), NULL },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &arguments->trace, N_ ("Every byte on stderr"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &arguments->version, N_ ("Show the version"), NULL },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *words_help = fl_sim_config_describe_words ();
  g_autofree char *all = g_strconcat (_ (description), "\n\n", _ (words_title), "\n", words_help, NULL);

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, all);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc == 1
      && (arguments->version
          || ((arguments->link != NULL) != (arguments->port != NULL)
              && (arguments->device != NULL) != (arguments->scenario != NULL)
              && (g_strcmp0 (arguments->clock, "fast") == 0 || g_strcmp0 (arguments->clock, "real") == 0
                  || arguments->clock == NULL))))
    return TRUE;
  g_set_error (
      error, FL_ERROR, FL_ERROR_USAGE,
      _ ("“--pty LINK” or “--port PORT”, and either “--device PID” or “--scenario FILE” are needed; see --help"));
  return FALSE;
}

static FlSimBoard *
make_board (const Arguments *arguments, GError **error)
{
  g_autoptr (GString) text = g_string_new (arguments->device);
  g_autoptr (FlSimConfig) config = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (word_names); i++)
    if (arguments->words[i] != NULL && !g_str_equal (word_names[i], "state"))
      g_string_append_printf (text, ",%s=%s", g_str_equal (word_names[i], "latency-ms") ? "latency" : word_names[i],
                              arguments->words[i]);
  if (arguments->scenario != NULL)
    g_string_prepend (text, "scenario.json");
  config = fl_sim_config_parse (text->str, error);
  if (config == NULL)
    return NULL;
  if (arguments->scenario != NULL)
    {
      g_free (config->scenario_file);
      config->scenario_file = g_strdup (arguments->scenario);
    }
  config->state_file = g_strdup (arguments->words[G_N_ELEMENTS (word_names) - 1]);
  return fl_sim_board_new (config, error);
}

static void
free_arguments (Arguments *arguments)
{
  g_free (arguments->link);
  g_free (arguments->port);
  g_free (arguments->device);
  g_free (arguments->scenario);
  g_free (arguments->clock);
  for (guint i = 0; i < G_N_ELEMENTS (word_names); i++)
    g_free (arguments->words[i]);
}

static gboolean
run (int argc, char **argv, Arguments *arguments, GError **error)
{
  g_autoptr (FlSimBoard) board = NULL;
  FlSimServerOptions options = { 0 };

  if (!parse_arguments (&argc, &argv, arguments, error))
    return FALSE;
  if (arguments->version)
    {
      g_print ("flashloader-sim " FL_VERSION "\n");
      return TRUE;
    }
  board = make_board (arguments, error);
  if (board == NULL)
    return FALSE;
  options.link = arguments->link != NULL ? arguments->link : arguments->port;
  options.baud = (guint) MAX (arguments->baud, 0);
  options.fast = g_strcmp0 (arguments->clock, "fast") == 0;
  options.once = arguments->once;
  options.trace = arguments->trace;
#ifdef G_OS_UNIX
  if (arguments->link != NULL)
    return fl_sim_serve_pty (board, &options, error);
#endif
  return fl_sim_serve_port (board, &options, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Arguments arguments = { 0 };
  gboolean ok;

  fl_locale_init ();

  ok = run (argc, argv, &arguments, &error);
  free_arguments (&arguments);
  if (ok)
    return 0;
  g_printerr ("flashloader-sim: %s\n", error->message);
  return error->domain == G_OPTION_ERROR ? 1 : fl_error_get_exit_code (error);
}
