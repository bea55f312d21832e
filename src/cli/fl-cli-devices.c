/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"

static void
print_details (FlCli *cli, const FlChip *chip)
{
  g_autoptr (GPtrArray) faults = fl_chip_dup_faults (chip);

  for (guint i = 0; i < chip->layouts->len; i++)
    {
      const FlChipLayout *layout = g_ptr_array_index (chip->layouts, i);
      g_autofree char *text = fl_layout_to_string (layout->layout);

      fl_cli_print (cli, "    %u KiB: %s%s%s", layout->flash_kib, text, layout->condition != NULL ? ", " : "",
                    layout->condition != NULL ? layout->condition : "");
    }
  for (guint i = 0; i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      fl_cli_print (cli, "    %s: TX %s, RX %s", usart->name, usart->tx, usart->rx);
    }
  for (guint i = 0; chip->boot_entry != NULL && chip->boot_entry[i] != NULL; i++)
    fl_cli_print (cli, "    %s", chip->boot_entry[i]);
  for (guint i = 0; i < faults->len; i++)
    fl_cli_print (cli, "    %s", (const char *) g_ptr_array_index (faults, i));
  for (guint i = 0; chip->notes != NULL && chip->notes[i] != NULL; i++)
    fl_cli_print (cli, "    %s", chip->notes[i]);
}

/**
 * fl_cli_find_chips:
 * @wanted: (nullable): a product ID, or what is printed on a chip, as fl_chip_is_called(); %NULL: all
 *
 * Errors: %FL_ERROR_USAGE, %FL_ERROR_UNKNOWN_DEVICE when there is none.
 *
 * Returns: (transfer container) (element-type FlChip): at least one
 */
GPtrArray *
fl_cli_find_chips (const char *wanted, GError **error)
{
  const GPtrArray *all = fl_chip_db_all ();
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  guint32 pid = 0;
  gboolean is_number = wanted != NULL && g_ascii_isdigit (*wanted);

  if (is_number && !fl_cli_parse_address (wanted, &pid, error))
    return NULL;
  for (guint i = 0; i < all->len; i++)
    {
      FlChip *chip = g_ptr_array_index (all, i);

      if (wanted == NULL || (is_number ? chip->pid == pid : fl_chip_is_called (chip, wanted)))
        g_ptr_array_add (found, chip);
    }
  if (found->len == 0 && is_number)
    g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE, _ ("Product ID 0x%03X is not in the database"), pid);
  else if (found->len == 0)
    g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                 _ ("No chip in the database is called “%s”; “flashloader-cli devices” lists them all"), wanted);
  return found->len > 0 ? g_steal_pointer (&found) : NULL;
}

static gboolean
run_devices (FlCli *cli, char **arguments, GError **error)
{
  gboolean all = arguments[0] == NULL;
  g_autoptr (GPtrArray) chips = fl_cli_find_chips (arguments[0], error);

  if (chips == NULL)
    return FALSE;
  json_builder_set_member_name (cli->result, "devices");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);

      fl_cli_print (cli, "0x%03X  %-6s %5u KiB  %s", chip->pid, chip->series, chip->flash_kib, chip->name);
      if (chips->len == 1)
        print_details (cli, chip);
      fl_cli_add_chip (cli, chip, !all);
    }
  json_builder_end_array (cli->result);
  return TRUE;
}

const FlCliCommand fl_cli_devices_command = {
  .name = "devices",
  .arguments = "[PID|NAME]",
  .description = N_ ("list the chips that are known"),
  .max_arguments = 1,
  .run = run_devices,
};
