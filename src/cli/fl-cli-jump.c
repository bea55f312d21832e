/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-jump-code.h"

static void
add_list (FlCli *cli, const char *name, const GPtrArray *list)
{
  json_builder_set_member_name (cli->result, name);
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < list->len; i++)
    json_builder_add_string_value (cli->result, g_ptr_array_index (list, i));
  json_builder_end_array (cli->result);
}

/* The only one that is called so. */
static const FlChip *
find_chip (const char *wanted, GError **error)
{
  g_autoptr (GPtrArray) chips = fl_cli_find_chips (wanted, error);
  g_autoptr (GString) pids = g_string_new (NULL);

  if (chips == NULL)
    return NULL;
  if (chips->len == 1)
    return g_ptr_array_index (chips, 0);
  for (guint i = 0; i < chips->len; i++)
    g_string_append_printf (pids, "%s0x%03X", i > 0 ? ", " : "", ((const FlChip *) g_ptr_array_index (chips, i))->pid);
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
               /* Translators: "F103", product IDs */
               _ ("“%s” can be any of %s: say the product ID; “flashloader-cli devices %s” tells them apart"), wanted,
               pids->str, wanted);
  return NULL;
}

static gboolean
run_jump (FlCli *cli, char **arguments, GError **error)
{
  const FlChip *chip = find_chip (arguments[0], error);
  g_autoptr (FlJumpCode) jump = NULL;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (chip == NULL)
    return FALSE;
  jump = fl_jump_code_new (chip);
  text = fl_jump_code_to_text (jump);
  name = g_strdup_printf ("0x%03X", chip->pid);
  fl_cli_print (cli, "%s", g_strchomp (text));
  fl_cli_add_string (cli, "pid", name);
  fl_cli_add_string (cli, "name", chip->name);
  fl_cli_add_int (cli, "address", jump->address);
  fl_cli_add_string (cli, "code", jump->code);
  fl_cli_add_string (cli, "reason", jump->reason);
  add_list (cli, "caveats", jump->caveats);
  add_list (cli, "checks", jump->checks);
  return TRUE;
}

const FlCliCommand fl_cli_jump_command = {
  .name = "jump",
  .arguments = "PID|NAME",
  .description = N_ ("print code for an application that jumps to the bootloader"),
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_jump,
};
