/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-option-set.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-bytes.h"
#include "fl-error.h"

struct _FlOptionSet
{
  const FlChip *chip;
  GByteArray **areas; /* one for each of the chip's option_areas */
  gboolean *has_area; /* was read */
};

/**
 * fl_option_set_new:
 * @chip: one with option words
 *
 * Returns: (transfer full): a set of which nothing is known yet
 */
FlOptionSet *
fl_option_set_new (const FlChip *chip)
{
  FlOptionSet *self;

  g_return_val_if_fail (chip != NULL && chip->option_words->len > 0, NULL);

  self = g_new0 (FlOptionSet, 1);
  self->chip = chip;
  self->areas = g_new0 (GByteArray *, chip->option_areas->len);
  self->has_area = g_new0 (gboolean, chip->option_areas->len);
  for (guint i = 0; i < chip->option_areas->len; i++)
    {
      guint32 size = g_array_index (chip->option_areas, FlChipRange, i).size;

      self->areas[i] = g_byte_array_sized_new (size);
      g_byte_array_set_size (self->areas[i], size);
      memset (self->areas[i]->data, 0, size);
    }
  return self;
}

FlOptionSet *
fl_option_set_copy (const FlOptionSet *self)
{
  FlOptionSet *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = fl_option_set_new (self->chip);
  g_assert (copy != NULL); /* the chip has option bytes, or there would be no @self */
  for (guint i = 0; i < self->chip->option_areas->len; i++)
    {
      memcpy (copy->areas[i]->data, self->areas[i]->data, self->areas[i]->len);
      copy->has_area[i] = self->has_area[i];
    }
  return copy;
}

void
fl_option_set_free (FlOptionSet *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->chip->option_areas->len; i++)
    g_byte_array_unref (self->areas[i]);
  g_free (self->areas);
  g_free (self->has_area);
  g_free (self);
}

const FlChip *
fl_option_set_get_chip (const FlOptionSet *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->chip;
}

/**
 * fl_option_set_take_bytes:
 * @area: index into the chip's option_areas
 * @data: as many bytes as the area has; copied
 *
 * Takes what was read from the chip.
 */
void
fl_option_set_take_bytes (FlOptionSet *self, guint area, const guint8 *data)
{
  g_return_if_fail (self != NULL && area < self->chip->option_areas->len && data != NULL);

  memcpy (self->areas[area]->data, data, self->areas[area]->len);
  self->has_area[area] = TRUE;
}

const guint8 *
fl_option_set_get_bytes (const FlOptionSet *self, guint area)
{
  g_return_val_if_fail (self != NULL && area < self->chip->option_areas->len, NULL);
  return self->areas[area]->data;
}

gboolean
fl_option_set_has_area (const FlOptionSet *self, guint area)
{
  g_return_val_if_fail (self != NULL && area < self->chip->option_areas->len, FALSE);
  return self->has_area[area];
}

/**
 * fl_option_set_get_raw:
 * @word: (out): the 32 bits at @address
 *
 * Returns: whether they are in an area that was read
 */
gboolean
fl_option_set_get_raw (const FlOptionSet *self, guint32 address, guint32 *word)
{
  g_return_val_if_fail (self != NULL && word != NULL, FALSE);

  for (guint i = 0; i < self->chip->option_areas->len; i++)
    {
      const FlChipRange *area = &g_array_index (self->chip->option_areas, FlChipRange, i);

      if (!self->has_area[i] || !fl_range_contains (area->start, area->size, address, 4))
        continue;
      *word = fl_bytes_get_le32 (self->areas[i]->data + (address - area->start));
      return TRUE;
    }
  return FALSE;
}

/* Where a word's bytes are kept. */
static guint8 *
get_place (const FlOptionSet *self, const FlOptionWord *word, guint32 address)
{
  return self->areas[word->area]->data
         + (address - g_array_index (self->chip->option_areas, FlChipRange, word->area).start);
}

static guint32
get_word (const FlOptionSet *self, const FlOptionWord *word)
{
  return fl_bytes_get_le32 (get_place (self, word, word->address));
}

/* The value with its complement, where the complement is in the same word. */
static guint32
complement_within (FlOptionStyle style, guint32 value)
{
  switch (style)
    {
    case FL_OPTION_STYLE_BYTES:
      value &= 0x00FF00FF;
      return value | (~value & 0x00FF00FF) << 8;
    case FL_OPTION_STYLE_HALVES:
      value &= 0x0000FFFF;
      return value | ~value << 16;
    case FL_OPTION_STYLE_NONE:
    case FL_OPTION_STYLE_PLAIN:
    case FL_OPTION_STYLE_DOUBLE:
    case FL_OPTION_STYLE_REGISTER:
    default:
      return value;
    }
}

static void
put_word (FlOptionSet *self, const FlOptionWord *word, guint32 value)
{
  guint8 *place = get_place (self, word, word->address);

  fl_bytes_put_le32 (place, complement_within (self->chip->option_style, value));
  if (self->chip->option_style == FL_OPTION_STYLE_DOUBLE)
    fl_bytes_put_le32 (place + 4, ~value);
}

/**
 * fl_option_set_is_sound:
 * @bad: (out) (optional): the first word whose complement is wrong
 *
 * Returns: whether the complements of all words that were read are right; a chip with wrong ones does not use them, and
 * takes its own defaults (reference manuals, "option bytes")
 */
gboolean
fl_option_set_is_sound (const FlOptionSet *self, const FlOptionWord **bad)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->chip->option_words->len; i++)
    {
      const FlOptionWord *word = g_ptr_array_index (self->chip->option_words, i);
      guint32 value = get_word (self, word);
      gboolean sound = complement_within (self->chip->option_style, value) == value;

      if (self->chip->option_style == FL_OPTION_STYLE_DOUBLE)
        sound = fl_bytes_get_le32 (get_place (self, word, word->address) + 4) == ~value;
      if (sound || !self->has_area[word->area])
        continue;
      if (bad != NULL)
        *bad = word;
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_writable (const FlChip *chip, const FlOptionWord *word)
{
  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);

      if (field->word == word && !field->read_only)
        return TRUE;
    }
  return FALSE;
}

/**
 * fl_option_set_dup_block:
 *
 * What has to be written from the beginning of an area on, so that the chip takes these option bytes: up to the last
 * word that can be written, with what was read in between; on chips that show registers, new values at the addresses
 * where they are written. At most 256 bytes, as one Write Memory.
 *
 * Source: AN3155, Write Memory command (the option bytes are written from their base address on).
 *
 * Returns: (transfer full) (nullable): the bytes; %NULL when nothing in the area can be written
 */
GBytes *
fl_option_set_dup_block (const FlOptionSet *self, guint area)
{
  g_autoptr (GByteArray) block = g_byte_array_new ();
  guint32 start, end = 0;

  g_return_val_if_fail (self != NULL && area < self->chip->option_areas->len, NULL);

  start = g_array_index (self->chip->option_areas, FlChipRange, area).start;
  g_byte_array_append (block, self->areas[area]->data, self->areas[area]->len);
  for (guint i = 0; i < self->chip->option_words->len; i++)
    {
      const FlOptionWord *word = g_ptr_array_index (self->chip->option_words, i);
      guint32 offset = word->write_address - start;
      guint32 length = self->chip->option_style == FL_OPTION_STYLE_DOUBLE ? 8 : 4;

      if (word->area != area)
        continue;
      if (word->write_address != word->address)
        fl_bytes_put_le32 (block->data + offset, get_word (self, word));
      if (is_writable (self->chip, word))
        end = MAX (end, MIN (offset + length, block->len));
    }
  if (end == 0)
    return NULL;
  g_byte_array_set_size (block, MIN (end, 256));
  return g_byte_array_free_to_bytes (g_steal_pointer (&block));
}

gboolean
fl_option_set_has (const FlOptionSet *self, const FlOptionField *field)
{
  g_return_val_if_fail (self != NULL && field != NULL, FALSE);
  return self->has_area[field->word->area];
}

guint32
fl_option_set_get (const FlOptionSet *self, const FlOptionField *field)
{
  g_return_val_if_fail (self != NULL && field != NULL, 0);
  return get_word (self, field->word) >> field->bit & fl_option_field_get_mask (field);
}

/**
 * fl_option_set_get_role:
 * @value: (out) (optional): of the first field with this role
 *
 * Returns: whether the chip has such a field, and it was read
 */
gboolean
fl_option_set_get_role (const FlOptionSet *self, FlOptionRole role, guint32 *value)
{
  const FlOptionField *field;

  g_return_val_if_fail (self != NULL, FALSE);

  field = fl_chip_find_option_role (self->chip, role);
  if (field == NULL || !fl_option_set_has (self, field))
    return FALSE;
  if (value != NULL)
    *value = fl_option_set_get (self, field);
  return TRUE;
}

static void
put_value (FlOptionSet *self, const FlOptionField *field, guint32 value)
{
  guint32 mask = fl_option_field_get_mask (field) << field->bit;

  put_word (self, field->word, (get_word (self, field->word) & ~mask) | (value << field->bit & mask));
}

/**
 * fl_option_set_put:
 *
 * Sets a field; its complement follows, the bits beside it stay.
 *
 * Errors: %FL_ERROR_RANGE when @value does not fit, %FL_ERROR_UNSUPPORTED when the field is read-only or its area was
 * not read.
 */
gboolean
fl_option_set_put (FlOptionSet *self, const FlOptionField *field, guint32 value, GError **error)
{
  g_return_val_if_fail (self != NULL && field != NULL, FALSE);

  if (value > fl_option_field_get_mask (field))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE, _ ("%s has %u bits: its largest value is 0x%X, not 0x%X."),
                   field->name, field->width, fl_option_field_get_mask (field), value);
      return FALSE;
    }
  if (!fl_option_set_has (self, field))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   _ ("%s could not be read from the chip, so it is not written either."), field->name);
      return FALSE;
    }
  if (field->read_only && value != fl_option_set_get (self, field))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, _ ("%s can be read only: this program never writes it."),
                   field->name);
      return FALSE;
    }
  put_value (self, field, value);
  return TRUE;
}

/* The value of @text for @field: a number, decimal or with 0x. */
static gboolean
parse_value (const char *text, guint32 *value)
{
  gboolean hex = g_ascii_strncasecmp (text, "0x", 2) == 0;
  const char *digits = hex ? text + 2 : text;
  char *end = NULL;
  guint64 number;

  if (!(hex ? g_ascii_isxdigit (*digits) : g_ascii_isdigit (*digits)))
    return FALSE;
  number = g_ascii_strtoull (digits, &end, hex ? 16 : 10);
  if (*end != '\0' || number > G_MAXUINT32)
    return FALSE;
  *value = (guint32) number;
  return TRUE;
}

/**
 * fl_option_set_parse:
 * @assignment: "nBOOT_SEL=0", "RDP=0xBB"
 *
 * Errors: %FL_ERROR_USAGE when it is not understood or the chip has no such field; those of fl_option_set_put().
 */
gboolean
fl_option_set_parse (FlOptionSet *self, const char *assignment, GError **error)
{
  g_auto (GStrv) parts = NULL;
  const FlOptionField *field;
  guint32 value;

  g_return_val_if_fail (self != NULL && assignment != NULL, FALSE);

  parts = g_strsplit (assignment, "=", 2);
  if (g_strv_length (parts) != 2 || !parse_value (g_strstrip (parts[1]), &value))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("“%s” is not an option and its value, such as nBOOT_SEL=0"),
                   assignment);
      return FALSE;
    }
  field = fl_chip_find_option (self->chip, g_strstrip (parts[0]));
  if (field == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("The %s has no option called “%s”"), self->chip->name, parts[0]);
      return FALSE;
    }
  return fl_option_set_put (self, field, value, error);
}

/**
 * fl_option_set_put_factory:
 *
 * Sets every field that can be written, and whose value on a new chip is known, to that value; the level of readout
 * protection stays, because taking it away erases the flash.
 */
void
fl_option_set_put_factory (FlOptionSet *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (self->chip->option_fields, i);

      if (field->has_factory && !field->read_only && field->kind->role != FL_OPTION_ROLE_RDP
          && fl_option_set_has (self, field))
        put_value (self, field, field->factory);
    }
}
