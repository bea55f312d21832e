/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-chip-private.h"
#include "fl-error.h"

/* The keys of a chip file about option bytes: see data/chips/README.md. */

void
fl_option_field_free (gpointer data)
{
  FlOptionField *self = data;

  g_free (self->name);
  g_free (self);
}

void
fl_write_protect_rule_free (gpointer data)
{
  FlWriteProtectRule *self = data;

  g_ptr_array_unref (self->fields);
  g_free (self);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT, what);
  return FALSE;
}

gboolean
fl_option_parse_style (const char *value, FlChip *chip, GError **error)
{
  static const char *const names[] = {
    [FL_OPTION_STYLE_NONE] = "none",   [FL_OPTION_STYLE_BYTES] = "bytes",   [FL_OPTION_STYLE_HALVES] = "halves",
    [FL_OPTION_STYLE_PLAIN] = "plain", [FL_OPTION_STYLE_DOUBLE] = "double", [FL_OPTION_STYLE_REGISTER] = "register",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], value))
      {
        chip->option_style = (FlOptionStyle) i;
        return TRUE;
      }
  return fail (error, _ ("none of bytes, halves, plain, double, register"));
}

/* "0x1FFF7800+0x28; 0x1FFFF800+0x28" */
gboolean
fl_option_parse_areas (const char *value, FlChip *chip, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  g_array_set_size (chip->option_areas, 0);
  for (char **part = parts; *part != NULL; part++)
    {
      FlChipRange range;

      if (!fl_chip_parse_range (*part, &range) || range.start % 4 != 0 || range.size % 4 != 0)
        return fail (error, _ ("not ranges of whole words such as 0x1FFF7800+0x28; 0x1FFFF800+0x28"));
      g_array_append_val (chip->option_areas, range);
    }
  if (chip->option_areas->len == 0)
    return fail (error, _ ("empty"));
  chip->option_start = g_array_index (chip->option_areas, FlChipRange, 0).start;
  chip->option_size = g_array_index (chip->option_areas, FlChipRange, 0).size;
  return TRUE;
}

/* Cuts what stands behind the last @mark out of @text; NULL when there is none. */
static char *
cut_behind (char *text, char mark)
{
  char *at = strrchr (text, mark);

  if (at == NULL)
    return NULL;
  *at = '\0';
  return at + 1;
}

/* "WRPSG1(WRPSG)@0:32=0xFFFFFFFF!": name, kind where it is called otherwise, place, factory value, read only. */
static FlOptionField *
parse_field (const char *text)
{
  g_autofree char *rest = g_strdup (text);
  gboolean read_only = g_str_has_suffix (rest, "!");
  g_autofree FlOptionField *field = g_new0 (FlOptionField, 1);
  char *factory, *place, *width, *kind;
  guint64 bit, n_bits = 1, value = 0;

  if (read_only)
    rest[strlen (rest) - 1] = '\0';
  factory = cut_behind (rest, '=');
  place = cut_behind (rest, '@');
  width = place != NULL ? cut_behind (place, ':') : NULL;
  if (place == NULL || !fl_chip_parse_number (place, 31, &bit)
      || (width != NULL && (!fl_chip_parse_number (width, 32, &n_bits) || n_bits == 0)) || bit + n_bits > 32
      || (factory != NULL && !fl_chip_parse_number (factory, (G_GUINT64_CONSTANT (1) << n_bits) - 1, &value)))
    return NULL;
  kind = g_str_has_suffix (rest, ")") ? cut_behind (rest, '(') : NULL;
  if (kind != NULL)
    kind[strlen (kind) - 1] = '\0';
  field->kind = fl_option_kind_find (kind != NULL ? kind : rest);
  if (field->kind == NULL || *rest == '\0')
    return NULL;
  field->name = g_steal_pointer (&rest);
  field->bit = (guint8) bit;
  field->width = (guint8) n_bits;
  field->has_factory = factory != NULL;
  field->factory = (guint32) value;
  field->read_only = read_only;
  return g_steal_pointer (&field);
}

/* The area that @address is in, -1: none. */
static int
find_area (const FlChip *chip, guint32 address)
{
  for (guint i = 0; i < chip->option_areas->len; i++)
    {
      const FlChipRange *area = &g_array_index (chip->option_areas, FlChipRange, i);

      if (address >= area->start && address - area->start <= area->size - 4)
        return (int) i;
    }
  return -1;
}

/* "options-0x40022050" and "write 0x40022054; SWAP_BANK@31; …" */
gboolean
fl_option_parse_word (const char *address, const char *value, FlChip *chip, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);
  g_autofree FlOptionWord *word = g_new0 (FlOptionWord, 1);
  char **part = parts;
  guint64 number;

  if (!fl_chip_parse_number (address, G_MAXUINT32, &number) || number % 4 != 0)
    return fail (error, _ ("the key does not name an address of a word"));
  word->address = word->write_address = (guint32) number;
  if (*part != NULL && g_str_has_prefix (*part, "write "))
    {
      if (!fl_chip_parse_number (*part + strlen ("write "), G_MAXUINT32, &number) || number % 4 != 0)
        return fail (error, _ ("not an address of a word to write to"));
      word->write_address = (guint32) number;
      part++;
    }
  for (; *part != NULL; part++)
    {
      FlOptionField *field = parse_field (*part);

      if (field == NULL)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("“%s” is not a field such as nBOOT_SEL@24=1 of a kind in words.xml"), *part);
          return FALSE;
        }
      field->word = word;
      g_ptr_array_add (chip->option_fields, field);
    }
  g_ptr_array_add (chip->option_words, g_steal_pointer (&word));
  return TRUE;
}

static FlOptionField *
copy_field (const FlOptionField *from, const FlOptionWord *word)
{
  FlOptionField *copy = g_memdup2 (from, sizeof *from);

  copy->name = g_strdup (from->name);
  copy->word = word;
  return copy;
}

/* "options-like": the same words and fields. */
void
fl_option_copy_words (const FlChip *from, FlChip *to)
{
  for (guint i = 0; i < from->option_words->len; i++)
    {
      const FlOptionWord *word = g_ptr_array_index (from->option_words, i);
      FlOptionWord *copy = g_memdup2 (word, sizeof *word);

      g_ptr_array_add (to->option_words, copy);
      for (guint k = 0; k < from->option_fields->len; k++)
        {
          const FlOptionField *field = g_ptr_array_index (from->option_fields, k);

          if (field->word == word)
            g_ptr_array_add (to->option_fields, copy_field (field, copy));
        }
    }
}

/* What stands behind "each", "bank", "active", and the words that stand alone. */
static gboolean
parse_rule_word (FlWriteProtectRule *rule, const char *word, const char *value, gboolean *took_value)
{
  guint64 number;

  *took_value = FALSE;
  if (g_str_equal (word, "rest") || g_str_equal (word, "pairs"))
    {
      if (g_str_equal (word, "rest"))
        rule->rest = TRUE;
      else
        rule->pairs = TRUE;
      return TRUE;
    }
  if (value == NULL)
    return FALSE;
  *took_value = TRUE;
  if (g_str_equal (word, "each") && g_str_equal (value, "code"))
    return TRUE;
  if (g_str_equal (word, "each") && fl_chip_parse_number (value, 1024 * 1024, &number) && number > 0)
    rule->each = (guint32) number;
  else if (g_str_equal (word, "bank") && fl_chip_parse_number (value, 2, &number) && number > 0)
    rule->bank = (guint8) number;
  else if (g_str_equal (word, "active") && fl_chip_parse_number (value, 1, &number))
    rule->active = number != 0;
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_rule_word (const char *word)
{
  static const char *const words[] = { "each", "bank", "active", "rest", "pairs" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], word))
      return TRUE;
  return FALSE;
}

static gboolean
parse_rule (const char *text, FlChip *chip)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  FlWriteProtectRule *rule = g_new0 (FlWriteProtectRule, 1);
  char **word = words;

  rule->fields = g_ptr_array_new ();
  g_ptr_array_add (chip->write_protect, rule);
  if (*word == NULL || !(g_str_equal (*word, "bits") || g_str_equal (*word, "pages")))
    return FALSE;
  rule->is_range = g_str_equal (*word, "pages");
  for (word++; *word != NULL && !is_rule_word (*word); word++)
    {
      const FlOptionField *field = fl_chip_find_option (chip, *word);

      if (field == NULL)
        return FALSE;
      g_ptr_array_add (rule->fields, (gpointer) field);
    }
  while (*word != NULL)
    {
      gboolean took_value;

      if (!parse_rule_word (rule, word[0], word[1], &took_value))
        return FALSE;
      word += took_value ? 2 : 1;
    }
  return rule->is_range ? rule->fields->len == 2 && rule->bank > 0 : rule->fields->len > 0;
}

/* "bits WRP0 WRP1 each 4K active 0 rest", "pages WRP1A_STRT WRP1A_END bank 1; …"; after the words. */
gboolean
fl_option_parse_rules (const char *value, FlChip *chip, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  for (char **part = parts; *part != NULL; part++)
    if (!parse_rule (*part, chip))
      {
        g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                     _ ("“%s” is not a rule such as bits WRP0 each 4K active 0, or pages WRP1A_STRT WRP1A_END bank 1"),
                     *part);
        return FALSE;
      }
  return TRUE;
}

/* The bits of a word that can hold a value: complements are elsewhere. */
static guint32
get_value_bits (FlOptionStyle style)
{
  switch (style)
    {
    case FL_OPTION_STYLE_BYTES:
      return 0x00FF00FF;
    case FL_OPTION_STYLE_HALVES:
      return 0x0000FFFF;
    case FL_OPTION_STYLE_NONE:
      return 0;
    case FL_OPTION_STYLE_PLAIN:
    case FL_OPTION_STYLE_DOUBLE:
    case FL_OPTION_STYLE_REGISTER:
    default:
      return G_MAXUINT32;
    }
}

static gboolean
check_word (const FlChip *chip, FlOptionWord *word, GError **error)
{
  int area = find_area (chip, word->address);
  guint32 used = 0;

  if (area < 0 || find_area (chip, word->write_address) != area)
    return fail (error, _ ("a word of option bytes is outside the option bytes"));
  word->area = (guint) area;
  if (chip->option_style == FL_OPTION_STYLE_DOUBLE
      && (word->address - g_array_index (chip->option_areas, FlChipRange, area).start) % 8 != 0)
    return fail (error, _ ("a word of option bytes is where the complement of another belongs"));
  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);
      guint32 bits = fl_option_field_get_mask (field) << field->bit;

      if (field->word != word)
        continue;
      if ((bits & used) != 0 || (bits & ~get_value_bits (chip->option_style)) != 0)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("the field %s overlaps another, or a complement"),
                       field->name);
          return FALSE;
        }
      used |= bits;
    }
  return TRUE;
}

/* What the keys say must also fit together. */
gboolean
fl_option_check (FlChip *chip, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  if ((chip->option_style == FL_OPTION_STYLE_NONE) != (chip->option_words->len == 0))
    return fail (error, _ ("option bytes need option-style and their words"));
  if (chip->option_words->len > 0 && chip->option_sources == NULL)
    return fail (error, _ ("option bytes need option-sources"));
  for (guint i = 0; i < chip->option_words->len; i++)
    if (!check_word (chip, g_ptr_array_index (chip->option_words, i), error))
      return FALSE;
  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);

      if (!g_hash_table_add (names, field->name))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("two fields are called %s"), field->name);
          return FALSE;
        }
    }
  return TRUE;
}
