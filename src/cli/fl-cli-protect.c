/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-flash-ops.h"
#include "fl-options-job.h"
#include "fl-write-protect.h"

static char *pages;
static gboolean yes;

static const GOptionEntry protect_options[] = {
  { "pages", 0, 0, G_OPTION_ARG_STRING, &pages,
    N_ ("Which pages or sectors to protect against writing: 0-15,32 (default: all)"), N_ ("LIST") },
  { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("Do not ask"), NULL },
  G_OPTION_ENTRY_NULL,
};

static const GOptionEntry unprotect_options[] = {
  { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("Do not ask"), NULL },
  G_OPTION_ENTRY_NULL,
};

/* "read" or "write" */
static gboolean
parse_what (const char *text, gboolean *read, GError **error)
{
  *read = g_str_equal (text, "read");
  if (*read || g_str_equal (text, "write"))
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("Protection is against read or write, not “%s”"), text);
  return FALSE;
}

/* The bootloader's own command, after what it costs was said. */
static gboolean
run_kind (FlCli *cli, FlProtectKind kind, GError **error)
{
  FlDevice *device = fl_session_get_device (cli->session);
  g_autofree char *warning = fl_protect_kind_dup_warning (kind, device);
  g_autofree char *typed = NULL;
  g_autoptr (FlJob) job = NULL;

  fl_cli_add_string (cli, "warning", warning);
  fl_cli_print (cli, "%s", warning);
  if (device->chip != NULL && !fl_cli_ask (cli, device->chip, FL_DANGER_HIGH, yes, &typed, error))
    return FALSE;
  job = fl_protect_job_new (cli->session, kind, TRUE);
  return fl_cli_run_job (cli, job, error);
}

static void
add_protected (FlCli *cli, FlDevice *device)
{
  g_autofree guint8 *sectors = device->layout != NULL ? fl_write_protect_get (device->options, device->layout) : NULL;

  json_builder_set_member_name (cli->result, "write_protected");
  if (sectors == NULL)
    {
      json_builder_add_null_value (cli->result);
      return;
    }
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < fl_layout_get_n_sectors (device->layout); i++)
    if (sectors[i])
      json_builder_add_int_value (cli->result, i);
  json_builder_end_array (cli->result);
}

/* Says what the chip protects beyond what was asked for. */
static void
print_widened (FlCli *cli, FlDevice *device, const guint8 *asked, const guint8 *reached)
{
  guint n = fl_layout_get_n_sectors (device->layout);

  for (guint i = 0; i < n; i++)
    {
      guint first = i;
      g_autofree char *range = NULL;

      while (i < n && reached[i] && !asked[i])
        i++;
      if (i == first)
        continue;
      range = fl_ops_dup_range (device, first, i - first);
      /* Translators: "pages 4–7" */
      fl_cli_print (cli, _ ("Protected with them, because this chip protects several at a time: %s"), range);
    }
}

static gboolean
protect_pages (FlCli *cli, GError **error)
{
  FlDevice *device = fl_session_get_device (cli->session);
  const FlOptionSet *now = fl_cli_get_options (cli, error);
  g_autoptr (FlOptionSet) wanted = NULL;
  g_autofree guint8 *asked = NULL;
  g_autofree guint8 *reached = NULL;
  guint n;

  if (now == NULL)
    return FALSE;
  if (device->layout == NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE, _ ("This chip's pages are not known"));
      return FALSE;
    }
  n = fl_layout_get_n_sectors (device->layout);
  asked = g_malloc0 (n);
  if (!fl_write_protect_parse_list (pages != NULL ? pages : "all", device->layout, asked, error))
    return FALSE;
  wanted = fl_option_set_copy (now);
  reached = g_memdup2 (asked, n);
  if (!fl_write_protect_set (wanted, device->layout, reached, error))
    return FALSE;
  print_widened (cli, device, asked, reached);
  return fl_cli_write_options (cli, wanted, yes, error);
}

static gboolean
run_protection (FlCli *cli, const char *what, gboolean on, GError **error)
{
  gboolean read, ok;

  if (!parse_what (what, &read, error))
    return FALSE;
  if (read && pages != NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE,
                           _ ("Readout protection is of the whole flash; --pages belongs to protect write"));
      return FALSE;
    }
  if (!fl_cli_connect (cli, error))
    return FALSE;
  fl_cli_add_device (cli, fl_session_get_device (cli->session));
  if (on && !read)
    ok = protect_pages (cli, error);
  else
    ok = run_kind (cli, on ? FL_PROTECT_READ : read ? FL_UNPROTECT_READ : FL_UNPROTECT_WRITE, error);
  add_protected (cli, fl_session_get_device (cli->session));
  return ok;
}

static gboolean
run_protect (FlCli *cli, char **arguments, GError **error)
{
  if (!run_protection (cli, arguments[0], TRUE, error))
    return FALSE;
  fl_cli_print (cli, "%s", _ ("The chip is protected."));
  return TRUE;
}

static gboolean
run_unprotect (FlCli *cli, char **arguments, GError **error)
{
  if (!run_protection (cli, arguments[0], FALSE, error))
    return FALSE;
  fl_cli_print (cli, "%s", _ ("The protection is off."));
  return TRUE;
}

const FlCliCommand fl_cli_protect_command = {
  .name = "protect",
  .arguments = "read|write",
  .description = N_ ("protect the flash against reading, or pages of it against writing"),
  .options = protect_options,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_protect,
};

const FlCliCommand fl_cli_unprotect_command = {
  .name = "unprotect",
  .arguments = "read|write",
  .description = N_ ("take protection away; against reading: erases all flash"),
  .options = unprotect_options,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_unprotect,
};
