/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-option-set.h"

/*
 * Option bytes in a file:
 *
 *     # Option bytes of an STM32G0B0/0B1/0C1, saved by Flashloader
 *     [chip]
 *     pid=0x467
 *     name=STM32G0B0/0B1/0C1
 *     [options]
 *     RDP=0xAA
 *     …
 *
 * Values by name, so that people can read and edit it, and reserved bits of one chip never get into another.
 */

#define CHIP_GROUP    "chip"
#define OPTIONS_GROUP "options"

/**
 * fl_option_set_to_text:
 *
 * Returns: (transfer full): all fields that were read, as a text to be saved
 */
char *
fl_option_set_to_text (const FlOptionSet *self)
{
  const FlChip *chip;
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  chip = fl_option_set_get_chip (self);
  text = g_string_new (NULL);
  g_string_append_printf (text, "# Option bytes of %s, saved by Flashloader\n", chip->name);
  g_string_append_printf (text, "[" CHIP_GROUP "]\npid=0x%03X\nname=%s\n\n[" OPTIONS_GROUP "]\n", chip->pid,
                          chip->name);
  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);

      if (fl_option_set_has (self, field))
        g_string_append_printf (text, field->width > 3 ? "%s=0x%X\n" : "%s=%u\n", field->name,
                                fl_option_set_get (self, field));
    }
  return g_string_free (text, FALSE);
}

/* Values are taken as they are written: nothing in them needs an escape, and GLib warns of some that are none. */
static gboolean
check_chip (GKeyFile *file, const FlChip *chip, const char *file_name, GError **error)
{
  g_autofree char *pid = g_key_file_get_value (file, CHIP_GROUP, "pid", NULL);
  g_autofree char *name = g_key_file_get_value (file, CHIP_GROUP, "name", NULL);
  char *end = NULL;

  if (pid == NULL || g_ascii_strtoull (pid, &end, 16) == 0 || *end != '\0')
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("“%s” does not say which chip its option bytes are for"),
                   file_name);
      return FALSE;
    }
  if (g_ascii_strtoull (pid, NULL, 16) == chip->pid)
    return TRUE;
  g_set_error (
      error, FL_ERROR, FL_ERROR_RANGE,
      _ ("“%s” holds option bytes of another chip: %s (PID %s). This one is an %s (PID 0x%03X): they would mean "
         "something else here."),
      file_name, name != NULL ? name : _ ("unknown"), pid, chip->name, chip->pid);
  return FALSE;
}

static gboolean
apply_fields (FlOptionSet *self, GKeyFile *file, const char *file_name, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, OPTIONS_GROUP, NULL, NULL);

  for (char **name = names; name != NULL && *name != NULL; name++)
    {
      g_autofree char *value = g_key_file_get_value (file, OPTIONS_GROUP, *name, NULL);
      g_autofree char *assignment = g_strdup_printf ("%s=%s", *name, value != NULL ? value : "");

      if (!fl_option_set_parse (self, assignment, error))
        {
          g_prefix_error (error, "%s: ", file_name);
          return FALSE;
        }
    }
  if (names != NULL && *names != NULL)
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("“%s” holds no option bytes"), file_name);
  return FALSE;
}

/**
 * fl_option_set_apply_text:
 * @text: what fl_option_set_to_text() made, whole or in part
 * @length: bytes, or -1
 * @file_name: for messages
 *
 * Sets all fields that the text names; the others stay. Nothing is set when there is an error.
 *
 * Errors: %FL_ERROR_FORMAT, %FL_ERROR_RANGE for another chip's, %FL_ERROR_USAGE for a field that the chip does not
 * have, %FL_ERROR_UNSUPPORTED for one that is read-only and differs.
 */
gboolean
fl_option_set_apply_text (FlOptionSet *self, const char *text, gssize length, const char *file_name, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (FlOptionSet) copy = NULL;
  g_autoptr (GError) bad = NULL;
  const FlChip *chip;

  g_return_val_if_fail (self != NULL && text != NULL && file_name != NULL, FALSE);

  chip = fl_option_set_get_chip (self);
  if (length > FL_OPTION_SET_MAX_TEXT)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("“%s” is too large to be a file of option bytes"), file_name);
      return FALSE;
    }
  if (!g_utf8_validate (text, length, NULL)) /* it is quoted in messages */
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("“%s” is not a file of option bytes: %s"), file_name,
                   _ ("it is not a text"));
      return FALSE;
    }
  if (!g_key_file_load_from_data (file, text, length < 0 ? strlen (text) : (gsize) length, G_KEY_FILE_NONE, &bad))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("“%s” is not a file of option bytes: %s"), file_name,
                   bad->message);
      return FALSE;
    }
  if (!check_chip (file, chip, file_name, error))
    return FALSE;
  copy = fl_option_set_copy (self);
  if (!apply_fields (copy, file, file_name, error))
    return FALSE;
  for (guint i = 0; i < chip->option_areas->len; i++)
    if (fl_option_set_has_area (copy, i))
      fl_option_set_take_bytes (self, i, fl_option_set_get_bytes (copy, i));
  return TRUE;
}
