/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fl-error.h"
#include "fl-file-load.h"
#include "fl-stmap-private.h"

/* The format is that of Windows' .ini files, as the old program reads them through the system: names in any case, the
 * first of two equal keys counts, and what follows a value behind a semicolon is not part of it. */

#define PRODUCT       "Product"
#define ADDRESS_SPACE G_GUINT64_CONSTANT (0x100000000)
#define DOS_EOF       '\x1A'
#define SUFFIX        ".stmap"

typedef struct
{
  char *key;
  char *value;
  guint line;
} Entry;

typedef struct
{
  char *name;
  guint line;
  GPtrArray *entries; /* Entry, in the file's order */
} Section;

typedef struct
{
  const char *file_name;
  guint line;
  GPtrArray *sections; /* Section, in the file's order */
  GHashTable *seen;    /* name in lower case (owned) → Section */
} Parser;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry->value);
  g_free (entry);
}

static void
section_free (gpointer data)
{
  Section *section = data;

  g_free (section->name);
  g_ptr_array_unref (section->entries);
  g_free (section);
}

static gboolean G_GNUC_PRINTF (4, 5) fail (const Parser *self, guint line, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  /* Translators: a file's name, a line, and what is wrong there. */
  g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("%s, line %u: %s"), self->file_name, line, what);
  return FALSE;
}

/* The part of a line without characters that do something to a terminal, nor white space around it. */
static char *
dup_trimmed (const char *from, const char *to)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (const char *at = from; at < to; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      g_string_append_unichar (text, g_unichar_iscntrl (character) ? ' ' : character);
    }
  return g_strstrip (g_string_free (g_steal_pointer (&text), FALSE));
}

static const char *
find_byte (const char *from, const char *to, char byte)
{
  const char *at = memchr (from, byte, to - from);

  return at != NULL ? at : to;
}

static gboolean
parse_section (Parser *self, const char *from, const char *to, GError **error)
{
  const char *end = find_byte (from, to, ']');
  g_autofree char *name = dup_trimmed (from + 1, end);
  g_autofree char *lower = NULL;
  const Section *other;
  Section *section;

  if (end == to)
    return fail (self, self->line, error, _ ("the name of a section needs a ] behind it"));
  if (*name == '\0')
    return fail (self, self->line, error, _ ("a section without a name"));
  if (self->sections->len > FL_STMAP_MAX_AREAS)
    return fail (self, self->line, error, _ ("more than %u areas"), FL_STMAP_MAX_AREAS);
  lower = g_ascii_strdown (name, -1);
  other = g_hash_table_lookup (self->seen, lower);
  if (other != NULL)
    return fail (self, self->line, error, _ ("[%s] is there twice, first in line %u"), name, other->line);
  section = g_new0 (Section, 1);
  section->name = g_steal_pointer (&name);
  section->line = self->line;
  section->entries = g_ptr_array_new_with_free_func (entry_free);
  g_ptr_array_add (self->sections, section);
  g_hash_table_insert (self->seen, g_steal_pointer (&lower), section);
  return TRUE;
}

static gboolean
parse_entry (Parser *self, const char *from, const char *to, GError **error)
{
  const char *equals = find_byte (from, to, '=');
  Section *section;
  Entry *entry;

  if (equals == to)
    return fail (self, self->line, error, _ ("neither a [section], nor “key = value”, nor a comment behind a ;"));
  if (self->sections->len == 0)
    return fail (self, self->line, error, _ ("a value before the first [section]"));
  section = g_ptr_array_index (self->sections, self->sections->len - 1);
  entry = g_new0 (Entry, 1);
  entry->key = dup_trimmed (from, equals);
  entry->value = dup_trimmed (equals + 1, find_byte (equals + 1, to, ';'));
  entry->line = self->line;
  g_ptr_array_add (section->entries, entry);
  return TRUE;
}

static gboolean
parse_lines (Parser *self, const char *at, const char *end, GError **error)
{
  while (at < end)
    {
      const char *from = at;
      const char *to = at;

      while (to < end && *to != '\n' && *to != '\r')
        to++;
      at = to + 1;
      if (end - to >= 2 && to[0] == '\r' && to[1] == '\n')
        at++;
      self->line++;
      while (from < to && g_ascii_isspace (*from))
        from++;
      if (from == to || *from == ';')
        continue;
      if (!(*from == '[' ? parse_section (self, from, to, error) : parse_entry (self, from, to, error)))
        return FALSE;
    }
  return TRUE;
}

/* The first entry of this key that has a value; NULL: the file does not say. */
static const Entry *
find_entry (const Section *section, const char *key)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (section->entries, i);

      if (g_ascii_strcasecmp (entry->key, key) == 0)
        return *entry->value != '\0' ? entry : NULL;
    }
  return NULL;
}

static char *
dup_text (const Section *section, const char *key)
{
  const Entry *entry = find_entry (section, key);

  return entry != NULL ? g_strdup (entry->value) : NULL;
}

static gboolean
fail_digits (const Parser *self, const Entry *entry, guint base, GError **error)
{
  switch (base)
    {
    case 2:
      return fail (self, entry->line, error, _ ("%s is made of the digits 0 and 1, not “%s”"), entry->key,
                   entry->value);
    case 10:
      return fail (self, entry->line, error, _ ("%s is a decimal number, not “%s”"), entry->key, entry->value);
    case 16:
    default:
      return fail (self, entry->line, error, _ ("%s is a hexadecimal number, not “%s”"), entry->key, entry->value);
    }
}

/* @value stays as it is where the file does not say. */
static gboolean
get_number (const Parser *self, const Section *section, const char *key, guint base, guint64 max, gint64 *value,
            GError **error)
{
  const Entry *entry = find_entry (section, key);
  const char *at;
  guint64 number = 0;

  if (entry == NULL)
    return TRUE;
  at = entry->value;
  if (base == 16 && at[0] == '0' && g_ascii_tolower (at[1]) == 'x')
    at += 2;
  if (*at == '\0')
    return fail_digits (self, entry, base, error);
  for (; *at != '\0'; at++)
    {
      int digit = g_ascii_xdigit_value (*at);

      if (digit < 0 || (guint) digit >= base)
        return fail_digits (self, entry, base, error);
      number = number * base + (guint) digit;
      if (number > max)
        return fail (self, entry->line, error, _ ("%s is larger than it can be: “%s”"), entry->key, entry->value);
    }
  *value = (gint64) number;
  return TRUE;
}

static gboolean
is_version (const char *key)
{
  gsize major = strspn (key, "0123456789");
  gsize minor = key[major] == '.' ? strspn (key + major + 1, "0123456789") : 0;

  return major > 0 && minor > 0 && key[major + 1 + minor] == '\0';
}

static void
take_routines (FlStmap *map, const Section *section)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (section->entries, i);
      FlStmapRoutine *routine;

      if (!is_version (entry->key) || find_entry (section, entry->key) != entry)
        continue;
      routine = g_new0 (FlStmapRoutine, 1);
      routine->version = g_strdup (entry->key);
      routine->file = g_strdup (entry->value);
      g_ptr_array_add (map->routines, routine);
    }
}

/* The old program's list of chips is the list of its map files. */
static char *
dup_name_of_file (const char *file_name)
{
  g_autofree char *lower = g_ascii_strdown (file_name, -1);
  gsize length = strlen (file_name);

  if (length > strlen (SUFFIX) && g_str_has_suffix (lower, SUFFIX))
    length -= strlen (SUFFIX);
  return g_strndup (file_name, length);
}

static gboolean
take_product (const Parser *self, FlStmap *map, GError **error)
{
  static const struct
  {
    const char *key;
    guint base;
    guint64 max;
    gsize offset;
  } numbers[] = {
    { "PID", 16, G_MAXUINT32, G_STRUCT_OFFSET (FlStmap, pid) },
    { "BID", 16, G_MAXUINT32, G_STRUCT_OFFSET (FlStmap, bid) },
    { "FlashSize", 16, G_MAXUINT16, G_STRUCT_OFFSET (FlStmap, flash_kib) },
    { "RAMSize", 16, G_MAXUINT16, G_STRUCT_OFFSET (FlStmap, ram_kib) },
    { "PacketSize", 16, G_MAXUINT16, G_STRUCT_OFFSET (FlStmap, packet_size) },
    { "ACKVAL", 16, G_MAXUINT8, G_STRUCT_OFFSET (FlStmap, ack) },
    { "PagesPerSector", 10, G_MAXUINT16, G_STRUCT_OFFSET (FlStmap, pages_per_group) },
    { "family", 10, G_MAXUINT16, G_STRUCT_OFFSET (FlStmap, family) },
  };
  g_autofree char *lower = g_ascii_strdown (PRODUCT, -1);
  const Section *section = g_hash_table_lookup (self->seen, lower);

  if (section == NULL)
    return fail (self, MAX (self->line, 1), error, _ ("there is no [Product]: this is not a map file"));
  map->name = dup_text (section, "Name");
  if (map->name == NULL)
    map->name = dup_name_of_file (self->file_name);
  map->unit_name = dup_text (section, "MAPNAME");
  take_routines (map, section);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!get_number (self, section, numbers[i].key, numbers[i].base, numbers[i].max,
                     G_STRUCT_MEMBER_P (map, numbers[i].offset), error))
      return FALSE;
  return TRUE;
}

static FlStmapKind
find_kind (const char *name, guint8 type)
{
  static const struct
  {
    const char *name; /* in front of a number, if any */
    FlStmapKind kind;
  } names[] = {
    { "OptionBytes", FL_STMAP_OPTION },
    { "OptBytes", FL_STMAP_OPTION },
    { "DataEE", FL_STMAP_EEPROM },
    { "DATA", FL_STMAP_EEPROM },
  };
  gsize length = strlen (name);

  while (length > 0 && g_ascii_isdigit (name[length - 1]))
    length--;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i].name) == length && g_ascii_strncasecmp (names[i].name, name, length) == 0)
      return names[i].kind;
  return (type & FL_STMAP_ERASABLE) != 0 ? FL_STMAP_FLASH : FL_STMAP_OTHER;
}

static guint
get_line (const Section *section, const char *key)
{
  const Entry *entry = find_entry (section, key);

  return entry != NULL ? entry->line : section->line;
}

static gboolean
take_area (const Parser *self, FlStmap *map, const Section *section, GError **error)
{
  gint64 index = 0, address = 0, size = -1, type = FL_STMAP_READABLE | FL_STMAP_ERASABLE | FL_STMAP_WRITABLE;
  FlStmapArea *area;

  if (!get_number (self, section, "Index", 16, G_MAXUINT16, &index, error)
      || !get_number (self, section, "Address", 16, G_MAXUINT32, &address, error)
      || !get_number (self, section, "Size", 16, G_MAXUINT32, &size, error)
      || !get_number (self, section, "Type", 2, G_MAXUINT8, &type, error))
    return FALSE;
  if (size < 0)
    return fail (self, section->line, error, _ ("[%s] has no Size"), section->name);
  if (size == 0)
    return fail (self, get_line (section, "Size"), error, _ ("[%s] has a size of 0"), section->name);
  if ((guint64) address + (guint64) size > ADDRESS_SPACE)
    return fail (self, get_line (section, "Size"), error, _ ("[%s] goes beyond the last address of 32 bits"),
                 section->name);
  area = g_new0 (FlStmapArea, 1);
  area->name = g_strdup (section->name);
  area->comment = dup_text (section, "Name");
  area->index = (guint16) index;
  area->address = (guint32) address;
  area->size = (guint32) size;
  area->type = (guint8) type;
  area->kind = find_kind (area->name, area->type);
  area->line = section->line;
  g_ptr_array_add (map->areas, area);
  return TRUE;
}

static int
compare_areas (gconstpointer a, gconstpointer b)
{
  const FlStmapArea *one = *(const FlStmapArea *const *) a;
  const FlStmapArea *other = *(const FlStmapArea *const *) b;

  if (one->address != other->address)
    return one->address < other->address ? -1 : 1;
  return one->line < other->line ? -1 : one->line > other->line;
}

static gboolean
check_overlaps (const Parser *self, const FlStmap *map, GError **error)
{
  g_autoptr (GPtrArray) areas = g_ptr_array_copy (map->areas, NULL, NULL);

  g_ptr_array_set_free_func (areas, NULL);
  g_ptr_array_sort (areas, compare_areas);
  for (guint i = 1; i < areas->len; i++)
    {
      const FlStmapArea *before = g_ptr_array_index (areas, i - 1);
      const FlStmapArea *area = g_ptr_array_index (areas, i);
      const FlStmapArea *later = area->line > before->line ? area : before;
      const FlStmapArea *earlier = later == area ? before : area;

      if (area->address - before->address < before->size)
        return fail (self, later->line, error, _ ("[%s] overlaps [%s] of line %u"), later->name, earlier->name,
                     earlier->line);
    }
  return TRUE;
}

/* UTF-8, whatever it was: what is not valid as such is taken for Latin-1. */
static GString *
decode (const char *text, gsize length)
{
  static const char bom[] = "\xEF\xBB\xBF";
  GString *decoded;

  if (length >= 3 && memcmp (text, bom, 3) == 0)
    {
      text += 3;
      length -= 3;
    }
  while (length > 0 && text[length - 1] == DOS_EOF)
    length--;
  if (g_utf8_validate (text, (gssize) length, NULL))
    return g_string_new_len (text, (gssize) length);
  decoded = g_string_sized_new (length * 2);
  for (gsize i = 0; i < length; i++)
    g_string_append_unichar (decoded, (guint8) text[i]);
  return decoded;
}

static gboolean
parse_text (Parser *self, const char *text, gsize length, FlStmap *map, GError **error)
{
  g_autoptr (GString) decoded = NULL;
  const char *zero;

  if (length > FL_STMAP_MAX_SIZE)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("%s: too large for a map file: %zu bytes, more than %u"),
                   self->file_name, length, FL_STMAP_MAX_SIZE);
      return FALSE;
    }
  zero = length > 0 ? memchr (text, '\0', length) : NULL;
  if (zero != NULL)
    {
      for (const char *at = text; at < zero; at++)
        self->line += *at == '\n';
      return fail (self, self->line + 1, error, _ ("this is not plain text. Save it in an editor as ANSI or UTF-8."));
    }
  decoded = decode (text, length);
  if (!parse_lines (self, decoded->str, decoded->str + decoded->len, error) || !take_product (self, map, error))
    return FALSE;
  for (guint i = 0; i < self->sections->len; i++)
    {
      const Section *section = g_ptr_array_index (self->sections, i);

      if (g_ascii_strcasecmp (section->name, PRODUCT) != 0 && !take_area (self, map, section, error))
        return FALSE;
    }
  return check_overlaps (self, map, error);
}

/**
 * fl_stmap_parse:
 * @text: (array length=length): a map file's contents, UTF-8 or Latin-1, lines ended as on any system
 * @length: bytes
 * @file_name: for messages; also the map's name when it does not say one
 *
 * Reads a map file. What is not known is passed over; what is not right is an error: areas that overlap, are empty, or
 * go beyond 32 bits, and numbers with wrong digits. Source: FLD.md section 6.
 *
 * Errors: %FL_ERROR_FORMAT, with the line.
 *
 * Returns: (transfer full): the map, or %NULL
 */
FlStmap *
fl_stmap_parse (const char *text, gsize length, const char *file_name, GError **error)
{
  g_autoptr (FlStmap) map = NULL;
  g_autoptr (GPtrArray) sections = g_ptr_array_new_with_free_func (section_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Parser parser = { .file_name = file_name, .sections = sections, .seen = seen };

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  g_return_val_if_fail (file_name != NULL, NULL);

  map = fl_stmap_new (file_name);
  return parse_text (&parser, text != NULL ? text : "", length, map, error) ? g_steal_pointer (&map) : NULL;
}

/**
 * fl_stmap_load:
 * @path: (type filename): a map file; one that is too large, or no file, is not read
 *
 * Errors: %FL_ERROR_FORMAT, with the line; %G_FILE_ERROR.
 *
 * Returns: (transfer full): the map, or %NULL
 */
FlStmap *
fl_stmap_load (const char *path, GError **error)
{
  g_autofree char *file_name = NULL;
  g_autofree char *text = NULL;
  gsize length;
  GStatBuf info;

  g_return_val_if_fail (path != NULL, NULL);

  file_name = g_filename_display_basename (path);
  if (g_stat (path, &info) == 0 && (!S_ISREG (info.st_mode) || info.st_size > FL_STMAP_MAX_SIZE))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   S_ISREG (info.st_mode) ? _ ("%s: too large for a map file, which has at most %u KiB")
                                          : _ ("%s: no map file, which is a text of at most %u KiB"),
                   file_name, FL_STMAP_MAX_SIZE / 1024);
      return NULL;
    }
  if (!fl_file_load (path, FL_STMAP_MAX_SIZE, &text, &length, error))
    return NULL;
  return fl_stmap_parse (text, length, file_name, error);
}
