/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "fl-cli.h"
#include "fl-flash-jobs.h"

static char *address;

static const GOptionEntry options[] = {
  { "address", 'a', 0, G_OPTION_ARG_STRING, &address, N_ ("Where a raw binary lies (default: the start of flash)"),
    N_ ("A") },
  G_OPTION_ENTRY_NULL,
};

static gboolean
run_verify (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) job = NULL;
  gboolean ok;

  if (!fl_cli_connect (cli, error))
    return FALSE;
  fl_cli_add_device (cli, fl_session_get_device (cli->session));
  image = fl_cli_load_image (cli, arguments[0], address, error);
  if (image == NULL)
    return FALSE;
  job = fl_verify_job_new (cli->session, image);
  ok = fl_cli_run_job (cli, job, error);
  fl_cli_add_int (cli, "bytes_verified", (gint64) fl_verify_job_get_bytes (FL_VERIFY_JOB (job)));
  fl_cli_add_string (cli, "sha256", fl_image_get_sha256 (image));
  if (!ok)
    return FALSE;
  fl_cli_look_again (cli, image);
  fl_cli_print (cli, _ ("Verified: the flash holds all %" PRIu64 " bytes of the file"), fl_image_get_size (image));
  return TRUE;
}

const FlCliCommand fl_cli_verify_command = {
  .name = "verify",
  .arguments = "FILE",
  .description = N_ ("compare the flash with a file; changes nothing"),
  .options = options,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_verify,
};
