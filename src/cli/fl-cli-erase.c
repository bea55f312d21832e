/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"

static gboolean all;
static char *address;
static char *length;

static const GOptionEntry options[] = {
  { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("The whole flash"), NULL },
  { "address", 'a', 0, G_OPTION_ARG_STRING, &address, N_ ("From where; the start of a page"), N_ ("A") },
  { "length", 'n', 0, G_OPTION_ARG_STRING, &length, N_ ("How many bytes; whole pages"), N_ ("N") },
  G_OPTION_ENTRY_NULL,
};

/* The sectors that make up the range exactly: to erase more than was asked for is not for the program to decide. */
static gboolean
find_sectors (FlLayout *layout, GArray *sectors, GError **error)
{
  guint32 from, n;
  const FlSector *first, *last;

  if (!fl_cli_parse_address (address, &from, error) || !fl_cli_parse_number (length, _ ("length"), &n, error))
    return FALSE;
  if (n == 0 || !fl_layout_contains (layout, from, n))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE, _ ("0x%08X with a length of %u is not in this chip's flash"), from,
                   n);
      return FALSE;
    }
  first = fl_layout_find (layout, from);
  last = fl_layout_find (layout, from + n - 1);
  if (first->address != from || (guint64) last->address + last->size != (guint64) from + n)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT,
                   _ ("Only whole pages can be erased: those of this range are 0x%08X with a length of 0x%X"),
                   first->address, last->address + last->size - first->address);
      return FALSE;
    }
  for (guint i = first->index; i <= last->index; i++)
    g_array_append_val (sectors, i);
  return TRUE;
}

static gboolean
run_erase (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (GArray) sectors = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (FlJob) job = NULL;
  FlDevice *device;
  gboolean ok;

  if (all == (address != NULL || length != NULL) || (address == NULL) != (length == NULL))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("Erase what? Say --all, or --address and --length"));
      return FALSE;
    }
  if (!fl_cli_connect (cli, error))
    return FALSE;
  device = fl_session_get_device (cli->session);
  fl_cli_add_device (cli, device);
  if (!all)
    {
      if (device->layout == NULL)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE, _ ("This chip's pages are not known"));
          return FALSE;
        }
      if (!find_sectors (device->layout, sectors, error))
        return FALSE;
    }
  job = fl_erase_job_new (cli->session, (const guint *) (gpointer) sectors->data, sectors->len);
  ok = fl_cli_run_job (cli, job, error);
  fl_cli_add_int (cli, "pages_erased", fl_erase_job_get_n_erased (FL_ERASE_JOB (job)));
  if (ok)
    fl_cli_print (cli,
                  ngettext ("Erased and blank: %u page", "Erased and blank: %u pages",
                            fl_erase_job_get_n_erased (FL_ERASE_JOB (job))),
                  fl_erase_job_get_n_erased (FL_ERASE_JOB (job)));
  return ok;
}

const FlCliCommand fl_cli_erase_command = {
  .name = "erase",
  .arguments = "",
  .description = N_ ("erase the whole flash, or some of its pages"),
  .options = options,
  .run = run_erase,
};
