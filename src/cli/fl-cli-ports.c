/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-port-list.h"
#include "fl-sim-transport.h"

static void
add_port (FlCli *cli, const char *name, const char *title, FlPortInfo *info)
{
  json_builder_begin_object (cli->result);
  fl_cli_add_string (cli, "name", name);
  fl_cli_add_string (cli, "title", title);
  fl_cli_add_string (cli, "kind", info == NULL ? "practice" : fl_port_info_get_vid (info) >= 0 ? "usb" : "other");
  if (info != NULL)
    {
      fl_cli_add_string (cli, "product", fl_port_info_get_product (info));
      fl_cli_add_string (cli, "manufacturer", fl_port_info_get_manufacturer (info));
      fl_cli_add_string (cli, "serial", fl_port_info_get_serial (info));
      if (fl_port_info_get_vid (info) >= 0)
        {
          fl_cli_add_int (cli, "vid", fl_port_info_get_vid (info));
          fl_cli_add_int (cli, "pid", fl_port_info_get_pid (info));
        }
    }
  json_builder_end_object (cli->result);
}

static gboolean
run_ports (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (GPtrArray) ports = fl_port_list_scan (error);
  guint n_practice;
  const FlSimPractice *practice = fl_sim_practice_boards (&n_practice);

  if (ports == NULL)
    return FALSE;
  if (ports->len == 0)
    fl_cli_print (cli, _ ("No serial port is there. Is the adapter plugged in?"));
  json_builder_set_member_name (cli->result, "ports");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < ports->len; i++)
    {
      FlPortInfo *info = g_ptr_array_index (ports, i);

      fl_cli_print (cli, "%-24s %s\n%-24s %s", fl_port_info_get_name (info), fl_port_info_get_title (info), "",
                    fl_port_info_get_subtitle (info));
      add_port (cli, fl_port_info_get_name (info), fl_port_info_get_title (info), info);
    }
  json_builder_end_array (cli->result);
  fl_cli_print (cli, _ ("\nSimulated boards to practise on:"));
  json_builder_set_member_name (cli->result, "practice");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < n_practice; i++)
    {
      fl_cli_print (cli, "%s\n    %s: %s", practice[i].name, gettext (practice[i].title),
                    gettext (practice[i].subtitle));
      add_port (cli, practice[i].name, gettext (practice[i].title), NULL);
    }
  json_builder_end_array (cli->result);
  return TRUE;
}

const FlCliCommand fl_cli_ports_command = {
  .name = "ports",
  .arguments = "",
  .description = N_ ("list the serial ports"),
  .run = run_ports,
};
