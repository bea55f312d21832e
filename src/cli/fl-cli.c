/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-cli.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "fl-cli-progress.h"
#include "fl-connect-job.h"
#include "fl-device-declared.h"
#include "fl-error.h"
#include "fl-notebook.h"

#define WORTH_CLIMBING 16384 /* bytes to write and read back: 3 s at 115200 baud */

/**
 * fl_cli_print:
 *
 * Prints a line for people, unless --quiet or --json was given.
 */
void
fl_cli_print (FlCli *cli, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  if (cli->quiet || cli->json)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_print ("%s\n", text);
}

void
fl_cli_add_string (FlCli *cli, const char *name, const char *value)
{
  json_builder_set_member_name (cli->result, name);
  if (value != NULL)
    json_builder_add_string_value (cli->result, value);
  else
    json_builder_add_null_value (cli->result);
}

void
fl_cli_add_int (FlCli *cli, const char *name, gint64 value)
{
  json_builder_set_member_name (cli->result, name);
  json_builder_add_int_value (cli->result, value);
}

/**
 * fl_cli_add_device:
 * @device: (nullable): the chip that was found
 *
 * Adds "device" to the JSON result: what program and info say of it.
 */
void
fl_cli_add_device (FlCli *cli, FlDevice *device)
{
  g_autofree char *name = NULL;
  g_autofree char *version = NULL;
  g_autofree char *pid = NULL;

  json_builder_set_member_name (cli->result, "device");
  if (device == NULL)
    {
      json_builder_add_null_value (cli->result);
      return;
    }
  name = fl_device_dup_name (device);
  version = fl_device_dup_version (device);
  pid = g_strdup_printf ("0x%03X", device->pid);
  json_builder_begin_object (cli->result);
  fl_cli_add_string (cli, "pid", pid);
  fl_cli_add_string (cli, "name", name);
  fl_cli_add_string (cli, "bootloader_version", version);
  fl_cli_add_int (cli, "flash_kib", device->flash_kib);
  fl_cli_add_string (cli, "declared",
                     device->declaration != NULL ? fl_declaration_get_name (device->declaration) : NULL);
  json_builder_end_object (cli->result);
}

/**
 * fl_cli_parse_number:
 * @text: decimal, or hexadecimal with 0x in front; K and M behind it multiply by 1024 and its square
 * @what: what it is, for the message
 *
 * Errors: %FL_ERROR_USAGE.
 */
gboolean
fl_cli_parse_number (const char *text, const char *what, guint32 *value, GError **error)
{
  guint64 number = 0;
  char *end = NULL;
  gboolean hex = g_ascii_strncasecmp (text, "0x", 2) == 0;

  if (!g_ascii_isdigit (text[0]))
    end = (char *) text;
  else
    number = g_ascii_strtoull (text, &end, hex ? 16 : 10);
  number = MIN (number, (guint64) G_MAXUINT32 + 1); /* whose multiples are too large as well, and do not overflow */
  if (end != text && g_ascii_toupper (*end) == 'K')
    {
      number *= 1024;
      end++;
    }
  else if (end != text && g_ascii_toupper (*end) == 'M')
    {
      number *= 1024 * 1024;
      end++;
    }
  if (end == text || *end != '\0' || number > G_MAXUINT32)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("“%s” is not a valid %s; write for example 4096, 0x1000 or 4K"),
                   text, what);
      return FALSE;
    }
  *value = (guint32) number;
  return TRUE;
}

/**
 * fl_cli_parse_address:
 * @text: hexadecimal, with or without 0x
 *
 * Errors: %FL_ERROR_USAGE.
 */
gboolean
fl_cli_parse_address (const char *text, guint32 *value, GError **error)
{
  char *end = NULL;
  const char *digits = g_ascii_strncasecmp (text, "0x", 2) == 0 ? text + 2 : text;
  guint64 number = g_ascii_strtoull (digits, &end, 16);

  if (!g_ascii_isxdigit (digits[0]) || *end != '\0' || number > G_MAXUINT32)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("“%s” is not a valid address; write for example 0x08000000"),
                   text);
      return FALSE;
    }
  *value = (guint32) number;
  return TRUE;
}

/**
 * fl_cli_load_image:
 * @address_text: (nullable): --address, for a raw binary; the start of the chip's flash otherwise
 *
 * Returns: (transfer full): the file
 */
FlImage *
fl_cli_load_image (FlCli *cli, const char *path, const char *address_text, GError **error)
{
  const FlChip *chip = NULL;
  guint32 address = 0x08000000;
  FlImage *image;

  if (cli->session != NULL && fl_session_get_device (cli->session) != NULL)
    chip = fl_session_get_device (cli->session)->chip;
  else if (cli->pid >= 0)
    chip = fl_chip_db_find ((guint16) cli->pid);
  if (chip != NULL)
    address = chip->flash_start;
  if (address_text != NULL && !fl_cli_parse_address (address_text, &address, error))
    return NULL;
  image = fl_image_load (path, address, cli->cancellable, error);
  if (image != NULL && address_text != NULL && fl_image_get_format (image) != FL_IMAGE_BIN)
    fl_cli_print (cli, _ ("Note: %s says itself where its data belong; --address is not used."), path);
  return image;
}

/**
 * fl_cli_find_format:
 * @name: "bin", "hex", "srec", or how such files' names end
 *
 * Returns: whether it names a format that can be written
 */
gboolean
fl_cli_find_format (const char *name, FlImageFormat *format)
{
  static const struct
  {
    const char *name;
    FlImageFormat format;
  } names[] = {
    { "bin", FL_IMAGE_BIN },  { "hex", FL_IMAGE_IHEX }, { "srec", FL_IMAGE_SREC }, { "ihex", FL_IMAGE_IHEX },
    { "s19", FL_IMAGE_SREC }, { "s37", FL_IMAGE_SREC }, { "mot", FL_IMAGE_SREC },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (names[i].name, name) == 0)
      {
        *format = names[i].format;
        return TRUE;
      }
  return FALSE;
}

/**
 * fl_cli_choose_format:
 *
 * Returns: the format to write a file in, by its name; raw binary where that says nothing
 */
FlImageFormat
fl_cli_choose_format (const char *path)
{
  const char *dot = strrchr (path, '.');
  FlImageFormat format;

  return dot != NULL && fl_cli_find_format (dot + 1, &format) ? format : FL_IMAGE_BIN;
}

typedef struct
{
  GMainLoop *loop;
  GError **error;
  gboolean ok;
} JobRun;

static void
job_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  JobRun *run = user_data;

  run->ok = fl_job_run_finish (FL_JOB (source), result, run->error);
  g_main_loop_quit (run->loop);
}

/**
 * fl_cli_run_job:
 *
 * Runs a job to its end and shows how it goes on. After a failure prints the explanation and what state the board is
 * in.
 */
gboolean
fl_cli_run_job (FlCli *cli, FlJob *job, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (FlCliProgress) progress = fl_cli_progress_new (cli, job);
  JobRun run = { loop, error, FALSE };

  fl_job_run_async (job, cli->cancellable, job_done_cb, &run);
  g_main_loop_run (loop);
  fl_cli_progress_end (progress);
  if (!run.ok && !cli->quiet && !cli->json)
    {
      const FlExplanation *explanation = fl_job_get_explanation (job);
      const char *state = fl_job_get_board_state (job);

      if (explanation != NULL)
        {
          g_autofree char *text = fl_explanation_to_text (explanation);

          g_printerr ("\n%s\n", text);
        }
      if (state != NULL)
        g_printerr (_ ("State of the board: %s\n"), state);
    }
  if (!run.ok && cli->json)
    fl_cli_add_string (cli, "board_state", fl_job_get_board_state (job));
  return run.ok;
}

static void
print_warning (FlCli *cli, const char *text)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  if (cli->quiet)
    return;
  if (!cli->json)
    {
      g_printerr (_ ("Warning: %s\n"), text);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "warning");
  json_builder_add_string_value (builder, text);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  g_printerr ("%s\n", line);
}

/**
 * fl_cli_warn_declared:
 *
 * Says on standard error what became of --map or --geometry: what could not be checked, or why it is not used.
 */
void
fl_cli_warn_declared (FlCli *cli, FlDevice *device)
{
  g_autoptr (GPtrArray) sentences = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (cli->declared == NULL)
    return;
  sentences = fl_device_explain_declaration (device, cli->declared);
  for (guint i = 0; i < sentences->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (const char *) g_ptr_array_index (sentences, i));
  print_warning (cli, text->str);
}

/**
 * fl_cli_get_advice:
 *
 * Returns: (transfer none) (nullable): what can be done with a chip that is not known; %NULL when it is known, or none
 * was reached
 */
const char *
fl_cli_get_advice (FlCli *cli)
{
  FlDevice *device = cli->session != NULL ? fl_session_get_device (cli->session) : NULL;

  if (device == NULL || device->chip != NULL)
    return NULL;
  return _ (
      "Say with --map FILE.STmap or --geometry 0x08000000:64x2K how its flash is divided, and it can be erased and "
      "programmed; “read OUT --address A --length N” reads it as it is.");
}

/* Looking for the highest rate takes some two seconds: a job that is over sooner goes without, unless one is known. */
static FlClimb
choose_climb (FlCli *cli)
{
  if (cli->no_climb)
    return FL_CLIMB_NEVER;
  if (cli->climb)
    return FL_CLIMB_ANEW;
  return cli->n_bytes >= WORTH_CLIMBING ? FL_CLIMB_SEARCH : FL_CLIMB_REMEMBERED;
}

/**
 * fl_cli_make_options:
 *
 * Returns: (transfer full) (nullable): how to reach the board, as the common options say
 *
 * Errors: %FL_ERROR_USAGE without --port
 */
FlConnectOptions *
fl_cli_make_options (FlCli *cli, GError **error)
{
  FlConnectOptions *options;

  if (cli->port == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
                   _ ("Which port? Say --port, for example --port /dev/ttyUSB0 or --port sim:0x467; “flashloader-cli "
                      "ports” lists them"));
      return NULL;
    }
  options = fl_connect_options_new (cli->port);
  options->baud = cli->baud;
  options->parity = cli->parity;
  options->entry = cli->entry;
  options->preset = g_strdup (cli->preset);
  options->pid = cli->pid;
  options->one_by_one = cli->one_by_one;
  options->timeout_s = (guint) MAX (cli->timeout_s, 0);
  options->climb = choose_climb (cli);
  options->notebook = fl_notebook_dup_path ();
  if (cli->declared != NULL)
    options->declared = fl_declaration_ref (cli->declared);
  return options;
}

/**
 * fl_cli_connect:
 *
 * Opens --port and connects to the bootloader behind it.
 */
gboolean
fl_cli_connect (FlCli *cli, GError **error)
{
  g_autoptr (FlConnectOptions) options = fl_cli_make_options (cli, error);
  g_autoptr (FlJob) job = NULL;

  if (options == NULL)
    return FALSE;
  cli->session = fl_session_new (options);
  job = fl_connect_job_new (cli->session);
  if (!fl_cli_run_job (cli, job, error))
    return FALSE;
  fl_cli_warn_declared (cli, fl_session_get_device (cli->session));
  return TRUE;
}
