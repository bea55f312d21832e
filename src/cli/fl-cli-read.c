/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-file.h"
#include "fl-flash-jobs.h"

static char *address;
static char *length;
static char *format;

static const GOptionEntry options[] = {
  { "address", 'a', 0, G_OPTION_ARG_STRING, &address, N_ ("From where (default: the start of flash)"), N_ ("A") },
  { "length", 'n', 0, G_OPTION_ARG_STRING, &length, N_ ("How many bytes (default: to the end of flash)"), N_ ("N") },
  { "format", 0, 0, G_OPTION_ARG_STRING, &format, N_ ("bin, hex or srec (default: by the file's name)"),
    N_ ("FORMAT") },
  G_OPTION_ENTRY_NULL,
};

static gboolean
choose_format (const char *path, FlImageFormat *chosen, GError **error)
{
  if (format == NULL)
    {
      *chosen = fl_cli_choose_format (path);
      return TRUE;
    }
  if (fl_cli_find_format (format, chosen))
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("--format is bin, hex or srec, not “%s”"), format);
  return FALSE;
}

static gboolean
choose_range (FlDevice *device, guint32 *from, guint32 *n, GError **error)
{
  guint64 end;

  if (device->layout == NULL && (address == NULL || length == NULL))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                   _ ("This chip is not in the database: say with --address and --length what to read"));
      return FALSE;
    }
  *from = device->layout != NULL ? fl_layout_get_start (device->layout) : 0;
  if (address != NULL && !fl_cli_parse_address (address, from, error))
    return FALSE;
  if (length != NULL)
    {
      if (!fl_cli_parse_number (length, _ ("length"), n, error))
        return FALSE;
    }
  else
    {
      end = fl_layout_get_end (device->layout);
      if (*from < fl_layout_get_start (device->layout) || *from >= end)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
                       _ ("0x%08X is not in the flash: say with --length how much to read"), *from);
          return FALSE;
        }
      *n = (guint32) (end - *from);
    }
  if (*n == 0 || (guint64) *from + *n > G_MAXUINT32)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("There is nothing to read from 0x%08X with a length of %u"),
                   *from, *n);
      return FALSE;
    }
  return TRUE;
}

static gboolean
run_read (FlCli *cli, char **arguments, GError **error)
{
  FlImageFormat chosen;
  guint32 from, n;
  g_autoptr (FlJob) job = NULL;
  GBytes *data;

  if (!choose_format (arguments[0], &chosen, error) || !fl_file_check_room (arguments[0], 0, error)
      || !fl_cli_connect (cli, error))
    return FALSE;
  fl_cli_add_device (cli, fl_session_get_device (cli->session));
  /* To read a whole flash takes minutes: what would make that useless is known before. */
  if (!choose_range (fl_session_get_device (cli->session), &from, &n, error)
      || !fl_file_check_room (arguments[0], fl_image_get_saved_size (chosen, n), error))
    return FALSE;
  job = fl_read_job_new (cli->session, from, n);
  if (!fl_cli_run_job (cli, job, error))
    return FALSE;
  data = fl_read_job_get_data (FL_READ_JOB (job));
  if (!fl_cli_save_image (arguments[0], chosen, from, data, error))
    return FALSE;
  fl_cli_add_int (cli, "address", from);
  fl_cli_add_int (cli, "bytes_read", (gint64) g_bytes_get_size (data));
  fl_cli_print (cli, _ ("Read %zu bytes from 0x%08X into %s"), g_bytes_get_size (data), from, arguments[0]);
  return TRUE;
}

const FlCliCommand fl_cli_read_command = {
  .name = "read",
  .arguments = "OUT",
  .description = N_ ("read the flash, or a part of it, into a file"),
  .options = options,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_read,
};
