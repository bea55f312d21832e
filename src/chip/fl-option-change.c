/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-option-set.h"

/* What differs between two sets of option bytes, for people. */

/**
 * fl_option_set_diff:
 * @before: as read
 * @after: as wanted, of the same chip
 *
 * Returns: (transfer full) (element-type FlOptionChange): the fields that differ, in the chip's order
 */
GPtrArray *
fl_option_set_diff (const FlOptionSet *before, const FlOptionSet *after)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func (g_free);
  const FlChip *chip;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);
  chip = fl_option_set_get_chip (before);
  g_return_val_if_fail (chip == fl_option_set_get_chip (after), NULL);

  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);
      guint32 value = fl_option_set_get (after, field);
      FlOptionChange *change;

      if (value == fl_option_set_get (before, field))
        continue;
      change = g_new0 (FlOptionChange, 1);
      change->field = field;
      change->before = fl_option_set_get (before, field);
      change->after = value;
      change->danger = fl_option_field_get_danger (field, value);
      g_ptr_array_add (changes, change);
    }
  return g_steal_pointer (&changes);
}

FlDanger
fl_option_changes_get_danger (const GPtrArray *changes)
{
  FlDanger danger = FL_DANGER_NONE;

  g_return_val_if_fail (changes != NULL, FL_DANGER_NONE);

  for (guint i = 0; i < changes->len; i++)
    danger = MAX (danger, ((const FlOptionChange *) g_ptr_array_index (changes, i))->danger);
  return danger;
}

/**
 * fl_option_change_dup_text:
 *
 * Returns: (transfer full): "nBOOT_SEL: 1: BOOT0 pin ignored → 0: the BOOT0 pin decides", translated
 */
char *
fl_option_change_dup_text (const FlOptionChange *self)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  before = fl_option_field_dup_text (self->field, self->before);
  after = fl_option_field_dup_text (self->field, self->after);
  /* Translators: an option's name, its old and its new value */
  return g_strdup_printf (_ ("%s: %s → %s"), self->field->name, before, after);
}

static void
append_bytes (GString *text, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, " %02X", bytes[i]);
}

/**
 * fl_option_set_dup_bytes_text:
 *
 * Returns: (transfer full): one line for each word that changes: where it is written, its bytes before and after, with
 * their complements; empty when nothing does
 */
char *
fl_option_set_dup_bytes_text (const FlOptionSet *before, const FlOptionSet *after)
{
  GString *text = g_string_new (NULL);
  const FlChip *chip;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);

  chip = fl_option_set_get_chip (before);
  for (guint i = 0; i < chip->option_words->len; i++)
    {
      const FlOptionWord *word = g_ptr_array_index (chip->option_words, i);
      guint32 offset = word->address - g_array_index (chip->option_areas, FlChipRange, word->area).start;
      gsize length = chip->option_style == FL_OPTION_STYLE_DOUBLE ? 8 : 4;
      const guint8 *old = fl_option_set_get_bytes (before, word->area) + offset;
      const guint8 *new = fl_option_set_get_bytes (after, word->area) + offset;

      if (fl_bytes_get_le32 (old) == fl_bytes_get_le32 (new))
        continue;
      g_string_append_printf (text, "%s0x%08X:", text->len > 0 ? "\n" : "", word->write_address);
      append_bytes (text, old, length);
      g_string_append (text, " →");
      append_bytes (text, new, length);
    }
  return g_string_free (text, FALSE);
}
