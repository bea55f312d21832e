/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-erase-doubt.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"

static gboolean all;
static char *address;
static char *length;
static gboolean yes;

static const GOptionEntry options[] = {
  { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("The whole flash"), NULL },
  { "address", 'a', 0, G_OPTION_ARG_STRING, &address, N_ ("From where; the start of a page"), N_ ("A") },
  { "length", 'n', 0, G_OPTION_ARG_STRING, &length, N_ ("How many bytes; whole pages"), N_ ("N") },
  { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("Erase all of bank 2 where its page numbers are in doubt; do not ask"),
    NULL },
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

/* Asks, where the sectors cannot be erased by themselves. *@agreed: all of bank 2 may be erased. */
static gboolean
ask (FlCli *cli, const GArray *sectors, gboolean *agreed, GError **error)
{
  FlDevice *device = fl_session_get_device (cli->session);
  g_autofree guint8 *wanted = NULL;
  g_autofree char *doubt = NULL;

  *agreed = yes;
  if (sectors->len == 0) /* everything */
    return TRUE;
  wanted = g_malloc0 (fl_layout_get_n_sectors (device->layout));
  for (guint i = 0; i < sectors->len; i++)
    wanted[g_array_index (sectors, guint, i)] = TRUE;
  if (!fl_erase_doubt_exists (device, wanted))
    return TRUE;
  doubt = fl_erase_doubt_dup_text (device, wanted);
  *agreed = fl_cli_ask_whole_bank (cli, device->chip, doubt, yes, error);
  return *agreed;
}

/* How the bootloader numbers bank 2 may come to light only while it erases, and make the question necessary. */
static gboolean
erase_sectors (FlCli *cli, const GArray *sectors, guint *n_erased, GError **error)
{
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) problem = NULL;
  int known = fl_device_get_numbering (fl_session_get_device (cli->session));
  gboolean agreed, ok;

  if (!ask (cli, sectors, &agreed, error))
    return FALSE;
  job = fl_erase_job_new (cli->session, (const guint *) (gpointer) sectors->data, sectors->len);
  fl_erase_job_set_whole_bank (FL_ERASE_JOB (job), agreed);
  ok = fl_cli_run_job (cli, job, &problem);
  *n_erased += fl_erase_job_get_n_erased (FL_ERASE_JOB (job));
  if (ok)
    return TRUE;
  if (g_error_matches (problem, FL_ERROR, FL_ERROR_NEEDS_CONSENT)
      && fl_device_get_numbering (fl_session_get_device (cli->session)) != known)
    return erase_sectors (cli, sectors, n_erased, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
run_erase (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (GArray) sectors = g_array_new (FALSE, FALSE, sizeof (guint));
  FlDevice *device;
  guint n_erased = 0;
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
  ok = erase_sectors (cli, sectors, &n_erased, error);
  fl_cli_add_int (cli, "pages_erased", n_erased);
  if (ok)
    fl_cli_print (cli, ngettext ("Erased and blank: %u page", "Erased and blank: %u pages", n_erased), n_erased);
  return ok;
}

const FlCliCommand fl_cli_erase_command = {
  .name = "erase",
  .arguments = "",
  .description = N_ ("erase the whole flash, or some of its pages"),
  .options = options,
  .run = run_erase,
};
