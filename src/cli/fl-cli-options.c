/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "fl-cli.h"
#include "fl-error.h"
#include "fl-file-load.h"
#include "fl-file.h"
#include "fl-options-job.h"

static char **assignments;
static char *save_path;
static char *load_path;
static gboolean yes;

static const GOptionEntry options[] = {
  { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &assignments, N_ ("Change an option: nBOOT_SEL=0; may be repeated"),
    N_ ("NAME=VALUE") },
  { "save", 0, 0, G_OPTION_ARG_FILENAME, &save_path, N_ ("Save the option bytes to this file"), N_ ("FILE") },
  { "load", 0, 0, G_OPTION_ARG_FILENAME, &load_path, N_ ("Write the option bytes of this file"), N_ ("FILE") },
  { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("Do not ask, except for what cannot be undone"), NULL },
  G_OPTION_ENTRY_NULL,
};

static void
print_field (FlCli *cli, const FlOptionSet *set, const FlOptionField *field)
{
  g_autofree char *text = fl_option_field_dup_text (field, fl_option_set_get (set, field));
  g_autofree char *factory = field->has_factory ? fl_option_field_dup_text (field, field->factory) : NULL;

  if (factory != NULL && field->factory != fl_option_set_get (set, field))
    /* Translators: an option's name, its value, its value on a new chip */
    fl_cli_print (cli, _ ("  %-18s %s (as new: %s)"), field->name, text, factory);
  else
    fl_cli_print (cli, "  %-18s %s", field->name, text);
}

static void
print_options (FlCli *cli, const FlOptionSet *set)
{
  const FlChip *chip = fl_option_set_get_chip (set);

  for (guint group = 0; group < FL_N_OPTION_GROUPS; group++)
    {
      gboolean any = FALSE;

      for (guint i = 0; i < chip->option_fields->len; i++)
        {
          const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);

          if (field->kind->group != group || !fl_option_set_has (set, field))
            continue;
          if (!any)
            fl_cli_print (cli, "%s", fl_option_group_get_name (group));
          any = TRUE;
          print_field (cli, set, field);
        }
    }
}

static void
add_field (FlCli *cli, const FlOptionSet *set, const FlOptionField *field)
{
  g_autofree char *address = g_strdup_printf ("0x%08X", field->word->address);
  g_autofree char *text = fl_option_field_dup_text (field, fl_option_set_get (set, field));

  json_builder_begin_object (cli->result);
  fl_cli_add_string (cli, "name", field->name);
  fl_cli_add_string (cli, "group", fl_option_group_get_name (field->kind->group));
  fl_cli_add_int (cli, "value", fl_option_set_get (set, field));
  fl_cli_add_string (cli, "text", text);
  json_builder_set_member_name (cli->result, "factory");
  if (field->has_factory)
    json_builder_add_int_value (cli->result, field->factory);
  else
    json_builder_add_null_value (cli->result);
  fl_cli_add_string (cli, "what", fl_option_field_get_what (field));
  fl_cli_add_string (cli, "risk", fl_option_field_get_risk (field));
  fl_cli_add_string (cli, "danger", fl_danger_get_name (field->kind->danger));
  fl_cli_add_string (cli, "address", address);
  fl_cli_add_int (cli, "bit", field->bit);
  fl_cli_add_int (cli, "width", field->width);
  json_builder_set_member_name (cli->result, "read_only");
  json_builder_add_boolean_value (cli->result, field->read_only);
  json_builder_end_object (cli->result);
}

static void
add_options (FlCli *cli, const FlOptionSet *set)
{
  const FlChip *chip = set != NULL ? fl_option_set_get_chip (set) : NULL;

  json_builder_set_member_name (cli->result, "options");
  json_builder_begin_array (cli->result);
  for (guint i = 0; chip != NULL && i < chip->option_fields->len; i++)
    if (fl_option_set_has (set, g_ptr_array_index (chip->option_fields, i)))
      add_field (cli, set, g_ptr_array_index (chip->option_fields, i));
  json_builder_end_array (cli->result);
}

static void
add_changes (FlCli *cli, const GPtrArray *changes)
{
  json_builder_set_member_name (cli->result, "changes");
  json_builder_begin_array (cli->result);
  for (guint i = 0; i < changes->len; i++)
    {
      const FlOptionChange *change = g_ptr_array_index (changes, i);

      json_builder_begin_object (cli->result);
      fl_cli_add_string (cli, "name", change->field->name);
      fl_cli_add_int (cli, "before", change->before);
      fl_cli_add_int (cli, "after", change->after);
      fl_cli_add_string (cli, "danger", fl_danger_get_name (change->danger));
      json_builder_end_object (cli->result);
    }
  json_builder_end_array (cli->result);
}

static void
print_changes (FlCli *cli, const FlOptionSet *before, const FlOptionSet *after, const GPtrArray *changes)
{
  g_autofree char *bytes = fl_option_set_dup_bytes_text (before, after);
  g_auto (GStrv) lines = g_strsplit (bytes, "\n", -1);

  fl_cli_print (cli, "%s", _ ("These option bytes change:"));
  for (guint i = 0; i < changes->len; i++)
    {
      const FlOptionChange *change = g_ptr_array_index (changes, i);
      g_autofree char *text = fl_option_change_dup_text (change);
      const char *risk = fl_option_field_get_risk (change->field);

      fl_cli_print (cli, "  %s", text);
      if (change->danger >= FL_DANGER_MEDIUM)
        fl_cli_print (cli, "    %s%s%s", fl_danger_get_text (change->danger), risk != NULL ? ": " : "",
                      risk != NULL ? risk : "");
    }
  fl_cli_print (cli, "%s", _ ("in these bytes:"));
  for (char **line = lines; *line != NULL; line++)
    fl_cli_print (cli, "  %s", *line);
}

/**
 * fl_cli_get_options:
 *
 * Errors: %FL_ERROR_UNKNOWN_DEVICE, %FL_ERROR_PROTECTED, %FL_ERROR_UNSUPPORTED when there are none to be had.
 *
 * Returns: (transfer none): the option bytes of the connected chip
 */
const FlOptionSet *
fl_cli_get_options (FlCli *cli, GError **error)
{
  FlDevice *device = fl_session_get_device (cli->session);

  if (device->options != NULL)
    return device->options;
  if (device->chip == NULL || device->declaration != NULL)
    g_set_error_literal (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                         _ ("This chip is not known, and neither are its option bytes. They are never written."));
  else if (device->protection == FL_PROTECTION_READOUT)
    g_set_error_literal (
        error, FL_ERROR, FL_ERROR_PROTECTED,
        _ ("Readout protection is on: option bytes can neither be read nor written. What is left is to "
           "remove the protection, which erases all flash: flashloader-cli unprotect read"));
  else if (device->chip->option_words->len == 0)
    g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, _ ("No option bytes of the %s are known."), device->chip->name);
  else
    g_set_error_literal (error, FL_ERROR, FL_ERROR_UNSUPPORTED, _ ("This bootloader does not show its option bytes."));
  return NULL;
}

static gboolean
write_changes (FlCli *cli, const FlOptionSet *wanted, GPtrArray *changes, gboolean agreed, GError **error)
{
  g_autofree char *typed = NULL;
  g_autoptr (FlJob) job = NULL;

  if (!fl_cli_ask (cli, fl_option_set_get_chip (wanted), fl_option_changes_get_danger (changes), agreed, &typed, error))
    return FALSE;
  job = fl_options_job_new (cli->session, wanted, TRUE, typed);
  if (!fl_cli_run_job (cli, job, error))
    return FALSE;
  fl_cli_print (cli, "%s", _ ("Option bytes written, read back, and equal."));
  return TRUE;
}

/**
 * fl_cli_write_options:
 * @wanted: the connected chip's option bytes with the changes that are wanted
 * @agreed: --yes was given
 *
 * Shows what will change, gets the consent that it needs, writes, and reads back.
 */
gboolean
fl_cli_write_options (FlCli *cli, const FlOptionSet *wanted, gboolean agreed, GError **error)
{
  const FlOptionSet *before = fl_cli_get_options (cli, error);
  g_autoptr (GPtrArray) changes = NULL;

  if (before == NULL)
    return FALSE;
  changes = fl_option_set_diff (before, wanted);
  add_changes (cli, changes);
  if (changes->len == 0)
    {
      fl_cli_print (cli, "%s", _ ("The option bytes are so already: nothing is written."));
      return TRUE;
    }
  print_changes (cli, before, wanted, changes);
  return write_changes (cli, wanted, changes, agreed, error);
}

static FlOptionSet *
make_wanted (const FlOptionSet *now, GError **error)
{
  g_autoptr (FlOptionSet) wanted = fl_option_set_copy (now);
  g_autofree char *text = NULL;
  gsize length;

  if (load_path != NULL
      && !(fl_file_load (load_path, FL_OPTION_SET_MAX_TEXT, &text, &length, error)
           && fl_option_set_apply_text (wanted, text, (gssize) length, load_path, error)))
    return NULL;
  for (char **assignment = assignments; assignment != NULL && *assignment != NULL; assignment++)
    if (!fl_option_set_parse (wanted, *assignment, error))
      return NULL;
  return g_steal_pointer (&wanted);
}

static gboolean
save (FlCli *cli, GError **error)
{
  const FlOptionSet *now = fl_cli_get_options (cli, error);
  g_autofree char *text = NULL;

  if (now == NULL)
    return FALSE;
  text = fl_option_set_to_text (now);
  if (!fl_file_save (save_path, text, strlen (text), error))
    return FALSE;
  fl_cli_print (cli, _ ("Saved to %s."), save_path);
  return TRUE;
}

static gboolean
run_options (FlCli *cli, char **arguments, GError **error)
{
  g_autoptr (FlOptionSet) wanted = NULL;
  const FlOptionSet *now;
  gboolean writes = load_path != NULL || assignments != NULL;
  gboolean ok;

  if (!fl_cli_connect (cli, error))
    return FALSE;
  fl_cli_add_device (cli, fl_session_get_device (cli->session));
  now = fl_cli_get_options (cli, error);
  if (now == NULL)
    return FALSE;
  if (save_path != NULL && !save (cli, error)) /* what was there before */
    return FALSE;
  if (writes)
    wanted = make_wanted (now, error);
  ok = !writes || (wanted != NULL && fl_cli_write_options (cli, wanted, yes, error));
  now = fl_session_get_device (cli->session)->options;
  if (!writes)
    print_options (cli, now);
  add_options (cli, now);
  return ok;
}

const FlCliCommand fl_cli_options_command = {
  .name = "options",
  .arguments = "",
  .description = N_ ("show the option bytes, or change them"),
  .options = options,
  .run = run_options,
};
