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

static gboolean
run_devices (FlCli *cli, char **arguments, GError **error)
{
  const GPtrArray *chips = fl_chip_db_all ();
  guint32 wanted = 0;

  if (arguments[0] != NULL)
    {
      if (!fl_cli_parse_address (arguments[0], &wanted, error))
        return FALSE;
      if (wanted > 0xFFFF || fl_chip_db_find ((guint16) wanted) == NULL)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE, _ ("Product ID 0x%03X is not in the database"),
                       wanted);
          return FALSE;
        }
    }
  json_builder_set_member_name (cli->result, "devices");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);

      if (arguments[0] != NULL && chip->pid != wanted)
        continue;
      fl_cli_print (cli, "0x%03X  %-6s %5u KiB  %s", chip->pid, chip->series, chip->flash_kib, chip->name);
      if (arguments[0] != NULL)
        print_details (cli, chip);
      fl_cli_add_chip (cli, chip, arguments[0] != NULL);
    }
  json_builder_end_array (cli->result);
  return TRUE;
}

const FlCliCommand fl_cli_devices_command = {
  .name = "devices",
  .arguments = "[PID]",
  .description = N_ ("list the chips that are known"),
  .max_arguments = 1,
  .run = run_devices,
};
