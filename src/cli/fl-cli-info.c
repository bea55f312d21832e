/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-boot0.h"
#include "fl-cli.h"
#include "fl-flash-ops.h"
#include "fl-write-protect.h"

static const char *
protection_name (FlProtection protection)
{
  switch (protection)
    {
    case FL_PROTECTION_NONE:
      return "none";
    case FL_PROTECTION_READOUT:
      return "readout";
    case FL_PROTECTION_UNKNOWN:
    default:
      return "unknown";
    }
}

static const char *
boot0_name (FlBoot0 boot0)
{
  switch (boot0)
    {
    case FL_BOOT0_PIN:
      return "pin";
    case FL_BOOT0_FLASH:
      return "ignored-application";
    case FL_BOOT0_ROM:
      return "ignored-bootloader";
    case FL_BOOT0_LOCKED:
      return "locked";
    case FL_BOOT0_UNKNOWN:
    default:
      return "unknown";
    }
}

static void
print_chip (FlCli *cli, const FlChip *chip)
{
  if (chip->core != NULL)
    fl_cli_print (cli, _ ("Core:          %s"), chip->core);
  if (chip->ram_kib > 0)
    fl_cli_print (cli, _ ("RAM:           %u KiB at 0x%08X"), chip->ram_kib, chip->ram_start);
  for (guint i = 0; i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      fl_cli_print (cli, _ ("%-14s the chip's TX is %s, its RX is %s"), usart->name, usart->tx, usart->rx);
    }
  for (guint i = 0; chip->boot_entry != NULL && chip->boot_entry[i] != NULL; i++)
    fl_cli_print (cli, _ ("Boot entry:    %s"), chip->boot_entry[i]);
}

/* What the option bytes decide, in short; the command "options" shows all. */
static void
print_options (FlCli *cli, FlDevice *device)
{
  g_autofree char *boot0 = fl_boot0_dup_text (fl_boot0_get (device->options), device->options, device->blank);
  g_autofree guint8 *sectors = device->layout != NULL ? fl_write_protect_get (device->options, device->layout) : NULL;
  guint n = 0;

  for (guint i = 0; sectors != NULL && i < fl_layout_get_n_sectors (device->layout); i++)
    n += sectors[i];
  if (n > 0)
    {
      g_autofree char *count = fl_ops_dup_count (device, n);

      fl_cli_print (cli, _ ("               write-protected: %s"), count);
    }
  if (boot0 != NULL)
    fl_cli_print (cli, _ ("BOOT0:         %s"), boot0);
}

static void
print_device (FlCli *cli, FlDevice *device)
{
  g_autofree char *name = fl_device_dup_name (device);
  g_autofree char *version = fl_device_dup_version (device);
  g_autofree char *uid = fl_device_dup_uid (device);
  g_autofree char *layout = device->layout != NULL ? fl_layout_to_string (device->layout) : NULL;

  fl_cli_print (cli, _ ("Device:        %s (PID 0x%03X)"), name, device->pid);
  fl_cli_print (cli, _ ("Bootloader:    version %s"), version);
  if (device->flash_kib > 0)
    fl_cli_print (cli,
                  device->declaration != NULL ? _ ("Flash:         %u KiB, %s (as declared, not checked)")
                  : device->flash_kib_read    ? _ ("Flash:         %u KiB, %s")
                                              : _ ("Flash:         %u KiB, %s (taken from the database)"),
                  device->flash_kib, layout != NULL ? layout : _ ("layout unknown"));
  if (device->geometry_reason != NULL)
    fl_cli_print (cli, "               %s", device->geometry_reason);
  if (uid != NULL)
    fl_cli_print (cli, _ ("Unique ID:     %s"), uid);
  if (device->protection == FL_PROTECTION_READOUT)
    fl_cli_print (cli, _ ("Protection:    readout protection is on: flash can neither be read nor written"));
  else if (device->protection == FL_PROTECTION_NONE)
    fl_cli_print (cli, _ ("Protection:    flash can be read"));
  print_options (cli, device);
  if (device->chip != NULL)
    print_chip (cli, device->chip);
  for (guint i = 0; i < device->remarks->len; i++)
    fl_cli_print (cli, _ ("Note:          %s"), (const char *) g_ptr_array_index (device->remarks, i));
  if (fl_cli_get_advice (cli) != NULL)
    fl_cli_print (cli, _ ("Note:          %s"), fl_cli_get_advice (cli));
}

static void
add_details (FlCli *cli, FlDevice *device)
{
  g_autofree char *uid = fl_device_dup_uid (device);

  fl_cli_add_device (cli, device);
  fl_cli_add_string (cli, "uid", uid);
  fl_cli_add_string (cli, "protection", protection_name (device->protection));
  fl_cli_add_string (cli, "geometry", device->geometry_reason);
  fl_cli_add_string (cli, "boot0", boot0_name (fl_boot0_get (device->options)));
  json_builder_set_member_name (cli->result, "blank");
  json_builder_add_boolean_value (cli->result, device->blank);
  json_builder_set_member_name (cli->result, "commands");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < device->n_commands; i++)
    json_builder_add_int_value (cli->result, device->commands[i]);
  json_builder_end_array (cli->result);
  if (device->layout != NULL)
    {
      fl_cli_add_int (cli, "flash_start", fl_layout_get_start (device->layout));
      fl_cli_add_int (cli, "sectors", fl_layout_get_n_sectors (device->layout));
      fl_cli_add_int (cli, "banks", fl_layout_get_n_banks (device->layout));
    }
  json_builder_set_member_name (cli->result, "remarks");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < device->remarks->len; i++)
    json_builder_add_string_value (cli->result, g_ptr_array_index (device->remarks, i));
  json_builder_end_array (cli->result);
}

static gboolean
run_info (FlCli *cli, char **arguments, GError **error)
{
  FlDevice *device;

  if (!fl_cli_connect (cli, error))
    return FALSE;
  device = fl_session_get_device (cli->session);
  print_device (cli, device);
  add_details (cli, device);
  return TRUE;
}

const FlCliCommand fl_cli_info_command = {
  .name = "info",
  .arguments = "",
  .description = N_ ("connect, and say what is known of the device"),
  .run = run_info,
};
