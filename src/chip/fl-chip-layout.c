/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-chip-private.h"
#include "fl-error.h"

/* One layout line of a chip file: see data/chips/README.md. */

#define MAX_SECTORS       4096
#define FIRST_BANK_CODE   0xFFF0 /* from here on, codes of Extended Erase mean banks */
#define LARGEST_SECTOR    (1024 * 1024)
#define LARGEST_FLASH_KIB 65536

/* Where the next sector goes. */
typedef struct
{
  guint64 address;
  guint64 code;
  GArray *sectors;
  guint16 others[FL_LAYOUT_MAX_NUMBERINGS - 1]; /* first codes of bank 2 in the other numberings */
  guint n_others;
} Cursor;

/* "12", "0x1FFF", "64K": unsigned, nothing around it. */
gboolean
fl_chip_parse_number (const char *text, guint64 max, guint64 *number)
{
  gboolean hex = g_str_has_prefix (text, "0x");
  const char *digits = hex ? text + 2 : text;
  gsize length = strspn (digits, hex ? "0123456789abcdefABCDEF" : "0123456789");
  gboolean kib = digits[length] == 'K' && !hex;
  guint64 value;

  if (length == 0 || length > 10 || digits[length + (kib ? 1 : 0)] != '\0')
    return FALSE;
  value = g_ascii_strtoull (digits, NULL, hex ? 16 : 10) * (kib ? 1024 : 1);
  if (value > max)
    return FALSE;
  *number = value;
  return TRUE;
}

/* "a; b; c" */
char **
fl_chip_split_list (const char *value)
{
  char **parts = g_strsplit (value, ";", -1);

  for (char **part = parts; *part != NULL; part++)
    g_strstrip (*part);
  return parts;
}

/* Returns NULL, for the caller to return. */
static gpointer
fail (const char *what, GError **error)
{
  g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT, what);
  return NULL;
}

/* "128x2K": so many sectors of this size. */
static gboolean
parse_run (const char *text, guint8 bank, Cursor *cursor)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", 2);
  guint64 count, size;

  if (g_strv_length (parts) != 2 || !fl_chip_parse_number (parts[0], MAX_SECTORS - cursor->sectors->len, &count)
      || !fl_chip_parse_number (parts[1], LARGEST_SECTOR, &size) || count == 0 || size == 0)
    return FALSE;
  for (guint64 i = 0; i < count; i++)
    {
      FlSector sector = { (guint32) cursor->address, (guint32) size, 0, (guint16) cursor->code, bank };

      if (cursor->address + size > G_MAXUINT32 || cursor->code >= FIRST_BANK_CODE)
        return FALSE;
      g_array_append_val (cursor->sectors, sector);
      cursor->address += size;
      cursor->code++;
    }
  return TRUE;
}

/* "#128", "#128|256": the first erase code; for bank 2 also those of other numberings. */
static gboolean
parse_codes (const char *text, guint8 bank, Cursor *cursor)
{
  g_auto (GStrv) codes = g_strsplit (text, "|", -1);
  guint64 other;

  if (codes[0] == NULL || !fl_chip_parse_number (codes[0], FIRST_BANK_CODE, &cursor->code)
      || (codes[1] != NULL && bank != 2))
    return FALSE;
  for (char **code = codes + 1; *code != NULL; code++)
    {
      if (cursor->n_others == G_N_ELEMENTS (cursor->others)
          || !fl_chip_parse_number (*code, FIRST_BANK_CODE - 1, &other))
        return FALSE;
      cursor->others[cursor->n_others++] = (guint16) other;
    }
  return TRUE;
}

/* "4x16K 1x64K @0x08100000 #12": continues where the cursor is unless it says where, and with which erase code. */
static gboolean
parse_bank (const char *text, guint8 bank, Cursor *cursor)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint n_runs = 0;

  for (char **word = words; *word != NULL; word++)
    if ((**word == '@' && !fl_chip_parse_number (*word + 1, G_MAXUINT32, &cursor->address))
        || (**word == '#' && !parse_codes (*word + 1, bank, cursor)))
      return FALSE;
  for (char **word = words; *word != NULL; word++)
    if (**word != '@' && **word != '#')
      {
        if (!parse_run (*word, bank, cursor))
          return FALSE;
        n_runs++;
      }
  return n_runs > 0;
}

/* "when DUAL_BANK=1 at 0x1FFF7800.21": the option bit that selects this layout, and where it is, if that is known. */
static gboolean
parse_condition (const char *text, FlChipLayout *known)
{
  g_auto (GStrv) parts = g_strsplit (text + strlen ("when "), " at ", 2);
  g_auto (GStrv) place = NULL;
  guint64 address, bit;

  if (parts[0] == NULL || *parts[0] == '\0' || known->condition != NULL)
    return FALSE;
  known->condition = g_strdup (parts[0]);
  if (parts[1] == NULL)
    return TRUE;

  place = g_strsplit (parts[1], ".", 2);
  if (g_strv_length (place) != 2 || !fl_chip_parse_number (place[0], G_MAXUINT32, &address) || address % 4 != 0
      || !fl_chip_parse_number (place[1], 31, &bit)
      || (!g_str_has_suffix (parts[0], "=0") && !g_str_has_suffix (parts[0], "=1")))
    return FALSE;
  known->option_address = (guint32) address;
  known->option_bit = (guint8) bit;
  known->option_value = g_str_has_suffix (parts[0], "=1");
  return TRUE;
}

static gboolean
parse_words (char **words, FlChipLayout *known, GError **error)
{
  for (; *words != NULL; words++)
    if (g_str_equal (*words, "factory") && !known->factory)
      known->factory = TRUE;
    else if (!g_str_has_prefix (*words, "when ") || !parse_condition (*words, known))
      {
        fail (_ ("neither factory nor a condition such as when DBANK=1 at 0x1FFF7800.22"), error);
        return FALSE;
      }
  return TRUE;
}

/* No code of any numbering is one that means a bank. */
static gboolean
check_codes (FlLayout *layout)
{
  guint last = fl_layout_get_n_sectors (layout) - 1;

  for (guint i = 0; i < fl_layout_get_n_numberings (layout); i++)
    if (fl_layout_get_code (layout, last, i) >= FIRST_BANK_CODE)
      return FALSE;
  return TRUE;
}

/*
 * "512-dual" and "128x2K + 128x2K @0x08040000 #128; factory; when DUAL_BANK=1": a layout, or NULL with the reason, but
 * not the place, in @error.
 */
FlChipLayout *
fl_chip_layout_parse (const char *name, const char *value, guint32 flash_start, GError **error)
{
  g_auto (GStrv) name_parts = g_strsplit (name, "-", 2);
  g_auto (GStrv) parts = fl_chip_split_list (value);
  g_auto (GStrv) banks = g_strsplit (parts[0] != NULL ? parts[0] : "", "+", -1);
  g_autoptr (GArray) sectors = g_array_new (FALSE, FALSE, sizeof (FlSector));
  Cursor cursor = { .address = flash_start, .sectors = sectors };
  guint64 kib;
  g_autoptr (FlLayout) layout = NULL;
  FlChipLayout *known;

  if (name_parts[0] == NULL || !fl_chip_parse_number (name_parts[0], LARGEST_FLASH_KIB, &kib) || kib == 0)
    return fail (_ ("the key does not name a size in KiB"), error);
  if (g_strv_length (banks) > 2)
    return fail (_ ("more than two banks"), error);
  for (guint i = 0; banks[i] != NULL; i++)
    if (!parse_bank (g_strstrip (banks[i]), (guint8) (i + 1), &cursor))
      return fail (_ ("not a layout such as 128x2K + 128x2K @0x08040000 #128|256"), error);

  layout =
      fl_layout_new_numbered ((const FlSector *) sectors->data, sectors->len, cursor.others, cursor.n_others, error);
  if (layout == NULL)
    return NULL;
  if (!check_codes (layout))
    return fail (_ ("an erase code that means a bank"), error);
  if (fl_layout_get_size (layout) != kib * 1024)
    return fail (_ ("the sectors do not add up to the size"), error);
  if (name_parts[1] != NULL && !g_str_equal (name_parts[1], banks[1] != NULL ? "dual" : "single"))
    return fail (_ ("the key does not end with dual for two banks, or single for one"), error);

  known = fl_chip_layout_new ((guint) kib, g_steal_pointer (&layout));
  if (!parse_words (parts + 1, known, error))
    {
      fl_chip_layout_free (known);
      return NULL;
    }
  return known;
}
