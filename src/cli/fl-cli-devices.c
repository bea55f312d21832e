/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"

/* Sectors of one size that follow each other make a region. */
static void
add_regions (FlCli *cli, FlLayout *layout)
{
  guint n = fl_layout_get_n_sectors (layout);
  guint first = 0;

  json_builder_set_member_name (cli->result, "regions");
  json_builder_begin_array (cli->result);
  for (guint i = 1; i <= n; i++)
    {
      const FlSector *begin = fl_layout_get_sector (layout, first);
      const FlSector *before = fl_layout_get_sector (layout, i - 1);
      const FlSector *sector = i < n ? fl_layout_get_sector (layout, i) : NULL;

      if (sector != NULL && sector->size == begin->size && sector->bank == begin->bank
          && sector->address == before->address + before->size)
        continue;
      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "start", begin->address);
      fl_cli_add_int (cli, "count", i - first);
      fl_cli_add_int (cli, "size", begin->size);
      fl_cli_add_int (cli, "bank", begin->bank);
      json_builder_end_object (cli->result);
      first = i;
    }
  json_builder_end_array (cli->result);
}

static void
add_layouts (FlCli *cli, const FlChip *chip)
{
  json_builder_set_member_name (cli->result, "layouts");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chip->layouts->len; i++)
    {
      const FlChipLayout *layout = g_ptr_array_index (chip->layouts, i);

      json_builder_begin_object (cli->result);
      fl_cli_add_int (cli, "flash_kib", layout->flash_kib);
      json_builder_set_member_name (cli->result, "dual_bank");
      json_builder_add_boolean_value (cli->result, layout->dual_bank);
      fl_cli_add_string (cli, "condition", layout->condition);
      add_regions (cli, layout->layout);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

static void
add_usarts (FlCli *cli, const FlChip *chip)
{
  json_builder_set_member_name (cli->result, "usart");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      json_builder_begin_object (cli->result);
      fl_cli_add_string (cli, "name", usart->name);
      fl_cli_add_string (cli, "tx", usart->tx);
      fl_cli_add_string (cli, "rx", usart->rx);
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

static void
add_chip (FlCli *cli, const FlChip *chip)
{
  g_autofree char *pid = g_strdup_printf ("0x%03X", chip->pid);

  json_builder_begin_object (cli->result);
  fl_cli_add_string (cli, "pid", pid);
  fl_cli_add_string (cli, "name", chip->name);
  fl_cli_add_string (cli, "series", chip->series);
  fl_cli_add_int (cli, "flash_start", chip->flash_start);
  fl_cli_add_int (cli, "flash_kib", chip->flash_kib);
  add_layouts (cli, chip);
  fl_cli_add_int (cli, "ram_start", chip->ram_start);
  fl_cli_add_int (cli, "ram_kib", chip->ram_kib);
  fl_cli_add_int (cli, "program_unit", chip->program_unit);
  fl_cli_add_int (cli, "erased_value", chip->erased_value);
  fl_cli_add_int (cli, "erase_command", chip->erase_command);
  add_usarts (cli, chip);
  fl_cli_add_string (cli, "sources", chip->sources);
  json_builder_end_object (cli->result);
}

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
      add_chip (cli, chip);
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
