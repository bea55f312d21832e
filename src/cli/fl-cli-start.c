/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"

static char *address;

static const GOptionEntry options[] = {
  { "address", 'a', 0, G_OPTION_ARG_STRING, &address,
    N_ ("Where its vector table stands (default: the start of flash)"), N_ ("A") },
  G_OPTION_ENTRY_NULL,
};

static gboolean
run_start (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (FlJob) job = NULL;
  FlDevice *device;
  guint32 from = 0;

  if (address != NULL && !fl_cli_parse_address (address, &from, error))
    return FALSE;
  if (!fl_cli_connect (cli, error))
    return FALSE;
  device = fl_session_get_device (cli->session);
  fl_cli_add_device (cli, device);
  if (address == NULL)
    {
      if (device->chip == NULL)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                       _ ("This chip is not in the database: say with --address where the application stands"));
          return FALSE;
        }
      from = device->chip->flash_start;
    }
  job = fl_start_job_new (cli->session, from);
  if (!fl_cli_run_job (cli, job, error))
    return FALSE;
  fl_cli_add_int (cli, "address", from);
  fl_cli_print (cli, _ ("The application at 0x%08X was started"), from);
  return TRUE;
}

const FlCliCommand fl_cli_start_command = {
  .name = "start",
  .arguments = "",
  .description = N_ ("leave the bootloader and start the application"),
  .options = options,
  .run = run_start,
};
