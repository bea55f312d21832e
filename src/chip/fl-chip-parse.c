/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-chip-private.h"
#include "fl-error.h"

/* The format of data/chips/: described in data/chips/README.md. */

#define SERIES_GROUP   "series"
#define LAYOUT_PREFIX  "layout-"
#define OPTIONS_PREFIX "options-"

typedef struct
{
  GKeyFile *file;
  const char *file_name;
  const char *group; /* of the chip being read */
  FlChip *chip;
  const GPtrArray *chips; /* that were read before */
} Parser;

typedef gboolean (*ParseFunc) (Parser *self, const char *key, const char *value, gpointer field, GError **error);
typedef gboolean (*ListFunc) (const char *value, FlChip *chip, GError **error); /* without the place in the error */

static gboolean
fail (const Parser *self, const char *key, const char *what, GError **error)
{
  g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("%s, [%s], %s: %s"), self->file_name, self->group, key, what);
  return FALSE;
}

static gboolean
parse_uint (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  guint64 number;

  if (!fl_chip_parse_number (value, G_MAXUINT32, &number))
    return fail (self, key, _ ("not a number"), error);
  *(guint *) field = (guint) number;
  return TRUE;
}

static gboolean
parse_uint16 (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  guint64 number;

  if (!fl_chip_parse_number (value, G_MAXUINT16, &number))
    return fail (self, key, _ ("not a number of 16 bits"), error);
  *(guint16 *) field = (guint16) number;
  return TRUE;
}

static gboolean
parse_byte (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  guint64 number;

  if (!fl_chip_parse_number (value, G_MAXUINT8, &number))
    return fail (self, key, _ ("not a byte"), error);
  *(guint8 *) field = (guint8) number;
  return TRUE;
}

static gboolean
parse_text (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  if (*value == '\0' || !g_utf8_validate (value, -1, NULL))
    return fail (self, key, _ ("empty, or not UTF-8"), error);
  g_free (*(char **) field);
  *(char **) field = g_strdup (value);
  return TRUE;
}

static gboolean
parse_sentences (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  for (char **part = parts; *part != NULL; part++)
    if (**part == '\0' || !g_utf8_validate (*part, -1, NULL))
      return fail (self, key, _ ("an empty item, or not UTF-8"), error);
  g_strfreev (*(char ***) field);
  *(char ***) field = g_steal_pointer (&parts);
  return TRUE;
}

static gboolean
parse_boot_entry (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  g_auto (GStrv) ids = fl_chip_split_list (value);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_array_set_size (self->chip->boot_pins, 0);
  for (char **id = ids; *id != NULL; id++)
    {
      FlChipBootPin pin;
      const char *sentence = fl_chip_entry_find (*id, &pin);

      if (sentence == NULL)
        return fail (self, key, _ ("a sentence that does not exist"), error);
      g_strv_builder_add (builder, sentence);
      if (pin.pin != NULL)
        g_array_append_val (self->chip->boot_pins, pin);
    }
  g_strfreev (*(char ***) field);
  *(char ***) field = g_strv_builder_end (builder);
  return TRUE;
}

/* "0x1FFF7800+0x80" */
gboolean
fl_chip_parse_range (const char *text, FlChipRange *range)
{
  g_auto (GStrv) parts = g_strsplit (text, "+", 2);
  guint64 start, size;

  if (parts[0] == NULL || parts[1] == NULL || !fl_chip_parse_number (parts[0], G_MAXUINT32, &start)
      || !fl_chip_parse_number (parts[1], G_MAXUINT32, &size) || size == 0 || start + size > G_MAXUINT32)
    return FALSE;
  range->start = (guint32) start;
  range->size = (guint32) size;
  return TRUE;
}

/* "0x1FFF7800+0x80", into two fields, the start and then the size. */
static gboolean
parse_range (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  FlChipRange range;

  if (!fl_chip_parse_range (value, &range))
    return fail (self, key, _ ("not a range such as 0x1FFF7800+0x80"), error);
  ((guint32 *) field)[0] = range.start;
  ((guint32 *) field)[1] = range.size;
  return TRUE;
}

static gboolean
parse_ram (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  FlChipRange range;

  if (!fl_chip_parse_range (value, &range) || range.size % 1024 != 0)
    return fail (self, key, _ ("not a range of whole KiB such as 0x20000000+36K"), error);
  self->chip->ram_start = range.start;
  self->chip->ram_kib = range.size / 1024;
  return TRUE;
}

static gboolean
parse_overwrite (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  if (!g_str_equal (value, "refused") && !g_str_equal (value, "clears"))
    return fail (self, key, _ ("neither refused nor clears"), error);
  self->chip->overwrite = g_str_equal (value, "refused") ? FL_OVERWRITE_REFUSED : FL_OVERWRITE_CLEARS;
  return TRUE;
}

static gboolean
parse_parity (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  if (!g_str_equal (value, "even") && !g_str_equal (value, "none"))
    return fail (self, key, _ ("neither even nor none"), error);
  self->chip->no_parity = g_str_equal (value, "none");
  return TRUE;
}

static const struct
{
  const char *word;
  FlChipFlags flag;
} flag_words[] = {
  { "no-mass-erase", FL_CHIP_NO_MASS_ERASE },
  { "no-bank-erase", FL_CHIP_NO_BANK_ERASE },
  { "one-page-erase", FL_CHIP_ONE_PAGE_ERASE },
  { "double-nack", FL_CHIP_DOUBLE_NACK },
  { "double-sync-ack", FL_CHIP_DOUBLE_SYNC_ACK },
  { "silent-bad-address", FL_CHIP_SILENT_BAD_ADDRESS },
  { "early-erase-ack", FL_CHIP_EARLY_ERASE_ACK },
  { "boot0-ignored", FL_CHIP_BOOT0_IGNORED },
  { "no-jump", FL_CHIP_NO_JUMP },
  { "empty-check", FL_CHIP_EMPTY_CHECK },
  { "info-block-only", FL_CHIP_INFO_BLOCK_ONLY },
};

/**
 * fl_chip_flag_get_name:
 * @flag: one bit
 *
 * Returns: (transfer none) (nullable): the word for it in data/chips/; not translated
 */
const char *
fl_chip_flag_get_name (FlChipFlags flag)
{
  for (gsize i = 0; i < G_N_ELEMENTS (flag_words); i++)
    if (flag_words[i].flag == flag)
      return flag_words[i].word;
  return NULL;
}

static gboolean
parse_flags (Parser *self, const char *key, const char *value, gpointer field, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  self->chip->flags = 0;
  for (char **part = parts; *part != NULL; part++)
    {
      gsize i = 0;

      while (i < G_N_ELEMENTS (flag_words) && !g_str_equal (flag_words[i].word, *part))
        i++;
      if (i == G_N_ELEMENTS (flag_words))
        return fail (self, key, _ ("a word that does not exist"), error);
      self->chip->flags |= flag_words[i].flag;
    }
  return TRUE;
}

#define FIELD(name) G_STRUCT_OFFSET (FlChip, name)

static const struct
{
  const char *key;
  ParseFunc parse;
  gsize offset;
  ListFunc parse_list; /* in place of @parse */
} keys[] = {
  { "name", parse_text, FIELD (name) },
  { "core", parse_text, FIELD (core) },
  { "flash", parse_uint, FIELD (flash_start) },
  { "flash-kib", parse_uint, FIELD (flash_kib) },
  { "flash-size", parse_uint, FIELD (flash_size_register) },
  { "flash-size-mask", parse_uint16, FIELD (flash_size_mask) },
  { "flash-size-codes", .parse_list = fl_chip_parse_size_codes },
  { "uid", parse_uint, FIELD (uid_address) },
  { "program-unit", parse_uint, FIELD (program_unit) },
  { "erased-value", parse_byte, FIELD (erased_value) },
  { "overwrite", parse_overwrite, 0 },
  { "ram", parse_ram, 0 },
  { "more-ram", .parse_list = fl_chip_parse_more_ram },
  { "ram-reserved", parse_uint, FIELD (ram_reserved) },
  { "system", .parse_list = fl_chip_parse_system },
  { "option", .parse_list = fl_option_parse_areas },
  { "option-style", .parse_list = fl_option_parse_style },
  { "option-notes", parse_sentences, FIELD (option_notes) },
  { "option-sources", parse_text, FIELD (option_sources) },
  { "write-protect", .parse_list = fl_option_parse_rules },
  { "versions", .parse_list = fl_chip_parse_versions },
  { "boot0-pin", .parse_list = fl_chip_parse_boot0_pin },
  { "otp", parse_range, FIELD (otp_start) },
  { "eeprom", parse_range, FIELD (eeprom_start) },
  { "bootloader-id", parse_uint, FIELD (bootloader_id_address) },
  { "erase-command", parse_byte, FIELD (erase_command) },
  { "max-erase-pages", parse_uint, FIELD (max_erase_pages) },
  { "info-block", parse_uint, FIELD (info_block) },
  { "erase-page-ms", parse_uint, FIELD (erase_page_ms) },
  { "erase-mass-ms", parse_uint, FIELD (erase_mass_ms) },
  { "program-ms", parse_uint, FIELD (program_ms) },
  { "startup-ms", parse_uint, FIELD (startup_ms) },
  { "supply", parse_uint, FIELD (supply_address) },
  { "supply-erase", .parse_list = fl_chip_parse_supply_erase },
  { "parity", parse_parity, 0 },
  { "max-baud", parse_uint, FIELD (max_baud) },
  { "flags", parse_flags, 0 },
  { "usarts", .parse_list = fl_chip_parse_usarts },
  { "boot-entry", parse_boot_entry, FIELD (boot_entry) },
  { "bugs", parse_sentences, FIELD (bugs) },
  { "notes", parse_sentences, FIELD (notes) },
  { "sources", parse_text, FIELD (sources) },
};

/* parse_range() fills the field after the start, too. */
G_STATIC_ASSERT (FIELD (otp_size) == FIELD (otp_start) + 4 && FIELD (eeprom_size) == FIELD (eeprom_start) + 4);

static int
compare_layouts (gconstpointer a, gconstpointer b)
{
  const FlChipLayout *one = *(const FlChipLayout *const *) a;
  const FlChipLayout *other = *(const FlChipLayout *const *) b;

  if (one->flash_kib != other->flash_kib)
    return one->flash_kib > other->flash_kib ? -1 : 1;
  return other->factory - one->factory;
}

static gboolean
parse_layout (Parser *self, const char *key, const char *value, GError **error)
{
  FlChipLayout *known = fl_chip_layout_parse (key + strlen (LAYOUT_PREFIX), value, self->chip->flash_start, error);

  if (known == NULL)
    {
      g_prefix_error (error, "%s, [%s], %s: ", self->file_name, self->group, key);
      return FALSE;
    }
  g_ptr_array_add (self->chip->layouts, known);
  return TRUE;
}

/* Puts the place before what a list's parser says. */
static gboolean
add_place (Parser *self, const char *key, gboolean ok, GError **error)
{
  if (!ok)
    g_prefix_error (error, "%s, [%s], %s: ", self->file_name, self->group, key);
  return ok;
}

/* "options-like=0x466": the option bytes of a chip that stands before it in the file. */
static gboolean
parse_like (Parser *self, const char *key, const char *value, GError **error)
{
  guint64 pid;

  if (!fl_chip_parse_number (value, G_MAXUINT16, &pid))
    return fail (self, key, _ ("not a product ID"), error);
  for (guint i = 0; i < self->chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (self->chips, i);

      if (chip->pid != pid)
        continue;
      fl_option_copy_words (chip, self->chip);
      return TRUE;
    }
  return fail (self, key, _ ("no such chip before this one"), error);
}

static gboolean
parse_key (Parser *self, const char *group, const char *key, GError **error)
{
  g_autofree char *value = g_key_file_get_value (self->file, group, key, NULL);

  if (value == NULL)
    return fail (self, key, _ ("cannot be read"), error);
  g_strstrip (value);
  if (g_str_has_prefix (key, LAYOUT_PREFIX))
    return parse_layout (self, key, value, error);
  if (g_str_equal (key, OPTIONS_PREFIX "like"))
    return parse_like (self, key, value, error);
  if (g_str_has_prefix (key, OPTIONS_PREFIX))
    return add_place (self, key, fl_option_parse_word (key + strlen (OPTIONS_PREFIX), value, self->chip, error), error);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].key, key) && keys[i].parse_list != NULL)
      return add_place (self, key, keys[i].parse_list (value, self->chip, error), error);
    else if (g_str_equal (keys[i].key, key))
      return keys[i].parse (self, key, value, (char *) self->chip + keys[i].offset, error);
  return fail (self, key, _ ("an unknown key"), error);
}

/* Each sector can be written in whole program units and be named by the erase command. */
static gboolean
check_sectors (Parser *self, FlLayout *layout, GError **error)
{
  const FlChip *chip = self->chip;
  guint16 max_code = chip->erase_command == 0x43 ? G_MAXUINT8 : G_MAXUINT16;

  if (fl_layout_get_start (layout) != chip->flash_start)
    return fail (self, LAYOUT_PREFIX, _ ("a layout does not begin where the flash does"), error);
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (chip->program_unit != 0
          && (sector->size % chip->program_unit != 0 || sector->address % chip->program_unit != 0))
        return fail (self, LAYOUT_PREFIX, _ ("a sector is not made of whole program units"), error);
      for (guint k = 0; k < fl_layout_get_n_numberings (layout); k++)
        if (fl_layout_get_code (layout, i, k) > max_code)
          return fail (self, LAYOUT_PREFIX, _ ("an erase code does not fit into the erase command"), error);
    }
  return TRUE;
}

/* A size has one layout; or two that an option bit decides between, of which one is the factory's. */
static gboolean
check_layouts (Parser *self, GError **error)
{
  GPtrArray *layouts = self->chip->layouts;

  g_ptr_array_sort (layouts, compare_layouts);
  for (guint i = 0; i < layouts->len; i++)
    {
      FlChipLayout *known = g_ptr_array_index (layouts, i);
      FlChipLayout *other = i + 1 < layouts->len ? g_ptr_array_index (layouts, i + 1) : NULL;

      if (!check_sectors (self, known->layout, error))
        return FALSE;
      if (other == NULL || other->flash_kib != known->flash_kib)
        {
          known->factory = TRUE;
          continue;
        }
      if (!check_sectors (self, other->layout, error))
        return FALSE;
      if (!known->factory || other->factory)
        return fail (self, LAYOUT_PREFIX, _ ("of two layouts of a size, one is the factory's"), error);
      if (known->condition == NULL || other->condition == NULL || known->option_address != other->option_address
          || known->option_bit != other->option_bit
          || (known->option_address != 0 && known->option_value == other->option_value))
        return fail (self, LAYOUT_PREFIX, _ ("two layouts of a size need opposite values of the same option bit"),
                     error);
      i++;
    }
  if (layouts->len > 0 && ((const FlChipLayout *) g_ptr_array_index (layouts, 0))->flash_kib != self->chip->flash_kib)
    return fail (self, "flash-kib", _ ("not the size of the largest layout"), error);
  return TRUE;
}

/* What the keys say must also fit together. */
static gboolean
check_chip (Parser *self, GError **error)
{
  FlChip *chip = self->chip;

  if (chip->name == NULL || chip->sources == NULL)
    return fail (self, "name", _ ("a chip needs a name and sources"), error);
  if (chip->flash_kib == 0)
    return fail (self, "flash-kib", _ ("a chip needs the size of its flash"), error);
  if (chip->program_unit != 0
      && (chip->program_unit > 256 || (chip->program_unit & (chip->program_unit - 1)) != 0 || chip->program_unit < 4))
    return fail (self, "program-unit", _ ("not a power of two from 4 to 256"), error);
  if (chip->erase_command != 0 && chip->erase_command != 0x43 && chip->erase_command != 0x44)
    return fail (self, "erase-command", _ ("neither 0x43 nor 0x44"), error);
  if (chip->max_erase_pages == 0 || chip->max_erase_pages > 100)
    return fail (self, "max-erase-pages", _ ("not from 1 to 100"), error);
  if ((chip->flags & FL_CHIP_INFO_BLOCK_ONLY) != 0 && (chip->info_block < 4 || chip->info_block > 256))
    return fail (self, "info-block", _ ("not from 4 to 256"), error);
  return check_layouts (self, error) && add_place (self, "option", fl_option_check (chip, error), error)
         && add_place (self, "bugs", fl_chip_check_faults (chip, error), error);
}

static FlChipRow *
parse_chip (Parser *self, GError **error)
{
  const char *const groups[] = { SERIES_GROUP, self->group };
  guint64 pid;
  FlChipRow *row;

  if (!g_str_has_prefix (self->group, "0x") || !fl_chip_parse_number (self->group, G_MAXUINT16, &pid))
    {
      fail (self, self->group, _ ("the group is not a product ID such as [0x467]"), error);
      return NULL;
    }
  row = fl_chip_row_new ((guint16) pid);
  self->chip = &row->chip;
  self->chip->flash_size_mask = 0xFFFF;
  self->chip->max_erase_pages = 100;

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_auto (GStrv) names = g_key_file_get_keys (self->file, groups[i], NULL, NULL);

      self->group = groups[i];
      for (char **name = names; name != NULL && *name != NULL; name++)
        if (!parse_key (self, groups[i], *name, error))
          {
            fl_chip_row_free (row);
            return NULL;
          }
      if (i == 0)
        self->chip->series = g_steal_pointer (&self->chip->name);
    }
  if (!check_chip (self, error))
    {
      fl_chip_row_free (row);
      return NULL;
    }
  return row;
}

static void
row_free (gpointer data)
{
  fl_chip_row_free (data);
}

static gboolean
has_pid (const GPtrArray *chips, guint16 pid)
{
  for (guint i = 0; i < chips->len; i++)
    if (((const FlChip *) g_ptr_array_index (chips, i))->pid == pid)
      return TRUE;
  return FALSE;
}

/**
 * fl_chip_db_parse:
 * @text: a file of the format that data/chips/README.md describes
 * @length: its length in bytes, or -1 when it ends with a zero
 * @file_name: for errors
 *
 * Reads the chips of one file. Strict: what is not understood, or does not fit together, is an error.
 *
 * Errors: %FL_ERROR_FORMAT, with the file, the group and the key.
 *
 * Returns: (transfer full) (element-type FlChip): the chips, which the array owns
 */
GPtrArray *
fl_chip_db_parse (const char *text, gssize length, const char *file_name, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GPtrArray) chips = g_ptr_array_new_with_free_func (row_free);
  g_auto (GStrv) groups = NULL;
  g_autoptr (GError) bad = NULL;
  Parser parser = { .file = file, .file_name = file_name, .chips = chips };

  g_return_val_if_fail (text != NULL && file_name != NULL, NULL);

  if (!g_key_file_load_from_data (file, text, length < 0 ? strlen (text) : (gsize) length, G_KEY_FILE_NONE, &bad))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, "%s: %s", file_name, bad->message);
      return NULL;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    {
      FlChipRow *row;

      if (g_str_equal (*group, SERIES_GROUP))
        continue;
      parser.group = *group;
      row = parse_chip (&parser, error);
      if (row == NULL)
        return NULL;
      if (has_pid (chips, row->chip.pid))
        {
          fl_chip_row_free (row);
          fail (&parser, *group, _ ("this product ID is there twice"), error);
          return NULL;
        }
      g_ptr_array_add (chips, row);
    }
  return g_steal_pointer (&chips);
}
