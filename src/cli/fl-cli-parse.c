/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fl-cli.h"
#include "fl-error.h"

static gboolean
parse_baud (FlCli *cli, GError **error)
{
  guint32 baud = 0;

  if (cli->climb && cli->no_climb)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE, _ ("Say either --climb or --no-climb, not both"));
      return FALSE;
    }
  if (cli->baud_text == NULL || g_str_equal (cli->baud_text, "auto"))
    return TRUE;
  if (!fl_cli_parse_number (cli->baud_text, _ ("baud rate"), &baud, error))
    return FALSE;
  if (cli->climb)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE, _ ("Say either --baud or --climb, not both"));
      return FALSE;
    }
  if (baud < 300 || baud > 20000000)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("A baud rate of %u is out of range; 115200 is usual"), baud);
      return FALSE;
    }
  cli->baud = baud;
  return TRUE;
}

static gboolean
parse_parity (FlCli *cli, GError **error)
{
  static const struct
  {
    const char *name;
    FlParity parity;
  } parities[] = { { "even", FL_PARITY_EVEN }, { "none", FL_PARITY_NONE }, { "odd", FL_PARITY_ODD } };

  cli->parity = FL_PARITY_EVEN;
  if (cli->parity_text == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (parities); i++)
    if (g_str_equal (cli->parity_text, parities[i].name))
      {
        cli->parity = parities[i].parity;
        return TRUE;
      }
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("Parity is even, none or odd, not “%s”"), cli->parity_text);
  return FALSE;
}

static gboolean
parse_entry (FlCli *cli, GError **error)
{
  const char *text = cli->entry_text;
  guint n_presets;
  const FlEntryPreset *presets;
  g_autoptr (GString) known = NULL;

  cli->entry = FL_ENTRY_MANUAL;
  if (text == NULL || g_str_equal (text, "manual"))
    return TRUE;
  if (g_str_equal (text, "app"))
    {
      cli->entry = FL_ENTRY_APP;
      return TRUE;
    }
  if (g_str_has_prefix (text, "dtr-rts:") && fl_entry_preset_find (text + strlen ("dtr-rts:")) != NULL)
    {
      cli->entry = FL_ENTRY_DTR_RTS;
      cli->preset = g_strdup (text + strlen ("dtr-rts:"));
      return TRUE;
    }
  known = g_string_new (NULL);
  presets = fl_entry_presets (&n_presets);
  for (guint i = 0; i < n_presets; i++)
    g_string_append_printf (known, "%sdtr-rts:%s", i == 0 ? "" : ", ", presets[i].id);
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("--entry is manual, app or one of %s; not “%s”"), known->str, text);
  return FALSE;
}

static gboolean
parse_device (FlCli *cli, GError **error)
{
  guint32 pid;

  cli->pid = -1;
  if (cli->device_text == NULL)
    return TRUE;
  if (!fl_cli_parse_address (cli->device_text, &pid, error))
    return FALSE;
  if (pid > 0xFFFF)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("“%s” is not a product ID; write for example 0x467"),
                   cli->device_text);
      return FALSE;
    }
  cli->pid = (int) pid;
  return TRUE;
}

/* --map and --geometry: how the flash of a chip that is not known is divided. */
static gboolean
parse_declaration (FlCli *cli, GError **error)
{
  g_autoptr (FlStmap) map = NULL;

  if (cli->map_path == NULL && cli->geometry == NULL)
    return TRUE;
  if (cli->map_path != NULL && cli->geometry != NULL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE, _ ("Say either --map or --geometry, not both"));
      return FALSE;
    }
  if (cli->geometry != NULL)
    cli->declared = fl_declaration_parse (cli->geometry, error);
  else
    {
      map = fl_stmap_load (cli->map_path, error);
      cli->declared = map != NULL ? fl_declaration_new_for_map (map, error) : NULL;
    }
  return cli->declared != NULL;
}

/**
 * fl_cli_parse_common:
 *
 * Makes sense of the options that all commands share, from their texts in @cli.
 *
 * Errors: %FL_ERROR_USAGE; %FL_ERROR_FORMAT and file errors of --map.
 */
gboolean
fl_cli_parse_common (FlCli *cli, GError **error)
{
  return parse_baud (cli, error) && parse_parity (cli, error) && parse_entry (cli, error) && parse_device (cli, error)
         && parse_declaration (cli, error);
}
