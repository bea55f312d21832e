/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-write-protect.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-error.h"

/* A bit of the option bytes: which field, which bit of it. */
typedef struct
{
  const FlOptionField *field;
  guint bit;
} BitPlace;

static guint
count_bits (const FlWriteProtectRule *rule)
{
  guint n = 0;

  for (guint i = 0; i < rule->fields->len; i++)
    n += ((const FlOptionField *) g_ptr_array_index (rule->fields, i))->width;
  return n;
}

static BitPlace
find_bit (const FlWriteProtectRule *rule, guint bit)
{
  guint i = 0;

  while (bit >= ((const FlOptionField *) g_ptr_array_index (rule->fields, i))->width)
    bit -= ((const FlOptionField *) g_ptr_array_index (rule->fields, i++))->width;
  return (BitPlace){ g_ptr_array_index (rule->fields, i), bit };
}

/* Where the sectors of a rule begin: the first one of its bank. NULL: there is no such bank. */
static const FlSector *
find_first (const FlWriteProtectRule *rule, FlLayout *layout)
{
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (rule->bank == 0 || rule->bank == sector->bank)
        return sector;
    }
  return NULL;
}

static gboolean
is_covered (const FlWriteProtectRule *rule, const FlSector *sector)
{
  return rule->bank == 0 || rule->bank == sector->bank;
}

/* Which bit protects a sector; -1: none does. */
static int
get_bit (const FlWriteProtectRule *rule, FlLayout *layout, const FlSector *sector)
{
  const FlSector *first = find_first (rule, layout);
  guint n_bits = count_bits (rule);
  guint64 bit;

  if (first == NULL || !is_covered (rule, sector))
    return -1;
  if (rule->each > 0)
    bit = (sector->address - first->address) / rule->each;
  else
    bit = rule->pairs && fl_layout_get_n_banks (layout) > 1 ? sector->code / 2 : sector->code;
  if (bit >= n_bits)
    return rule->rest ? (int) n_bits - 1 : -1;
  return (int) bit;
}

static void
get_by_bits (const FlOptionSet *options, const FlWriteProtectRule *rule, FlLayout *layout, guint8 *sectors)
{
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      int bit = get_bit (rule, layout, fl_layout_get_sector (layout, i));
      BitPlace place;

      if (bit < 0)
        continue;
      place = find_bit (rule, (guint) bit);
      if (fl_option_set_has (options, place.field)
          && (fl_option_set_get (options, place.field) >> place.bit & 1) == (guint32) rule->active)
        sectors[i] = TRUE;
    }
}

static void
get_by_range (const FlOptionSet *options, const FlWriteProtectRule *rule, FlLayout *layout, guint8 *sectors)
{
  const FlOptionField *first_field = g_ptr_array_index (rule->fields, 0);
  const FlOptionField *last_field = g_ptr_array_index (rule->fields, 1);
  const FlSector *begin = find_first (rule, layout);

  if (begin == NULL || !fl_option_set_has (options, first_field))
    return;
  for (guint i = begin->index; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      guint page = i - begin->index;

      if (is_covered (rule, sector) && page >= fl_option_set_get (options, first_field)
          && page <= fl_option_set_get (options, last_field))
        sectors[i] = TRUE;
    }
}

/* Bits that mean read protection (PCROP) at the moment are not write protection. */
static gboolean
means_something_else (const FlOptionSet *options)
{
  guint32 mode;

  return fl_option_set_get_role (options, FL_OPTION_ROLE_PCROP_MODE, &mode) && mode == 1;
}

/**
 * fl_write_protect_get:
 * @options: (nullable): the chip's option bytes
 * @layout: how its flash is divided
 *
 * Source: the reference manuals' flash chapters, "write protection".
 *
 * Returns: (transfer full) (nullable): one byte a sector, whether it is write-protected; %NULL when that is not known
 */
guint8 *
fl_write_protect_get (const FlOptionSet *options, FlLayout *layout)
{
  const FlChip *chip;
  g_autofree guint8 *sectors = NULL;

  g_return_val_if_fail (layout != NULL, NULL);

  if (options == NULL)
    return NULL;
  chip = fl_option_set_get_chip (options);
  if (chip->write_protect->len == 0 || means_something_else (options))
    return NULL;
  sectors = g_malloc0 (fl_layout_get_n_sectors (layout));
  for (guint i = 0; i < chip->write_protect->len; i++)
    {
      const FlWriteProtectRule *rule = g_ptr_array_index (chip->write_protect, i);

      if (rule->is_range)
        get_by_range (options, rule, layout, sectors);
      else
        get_by_bits (options, rule, layout, sectors);
    }
  return g_steal_pointer (&sectors);
}

static gboolean
set_by_bits (FlOptionSet *options, const FlWriteProtectRule *rule, FlLayout *layout, const guint8 *sectors,
             GError **error)
{
  for (guint bit = 0; bit < count_bits (rule); bit++)
    {
      BitPlace place = find_bit (rule, bit);
      gboolean used = FALSE, wanted = FALSE;
      guint32 value, mask = 1u << place.bit;

      for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
        if (get_bit (rule, layout, fl_layout_get_sector (layout, i)) == (int) bit)
          {
            used = TRUE;
            wanted |= sectors[i];
          }
      if (!used || place.field->read_only)
        continue;
      value = fl_option_set_get (options, place.field);
      value = wanted == rule->active ? value | mask : value & ~mask;
      if (!fl_option_set_put (options, place.field, value, error))
        return FALSE;
    }
  return TRUE;
}

/* Runs of wanted sectors in a bank: at most as many as the bank has ranges. */
static gboolean
set_ranges (FlOptionSet *options, guint bank, FlLayout *layout, const guint8 *sectors, GError **error)
{
  const FlChip *chip = fl_option_set_get_chip (options);
  guint next = 0; /* where the next run is looked for */

  for (guint i = 0; i < chip->write_protect->len; i++)
    {
      const FlWriteProtectRule *rule = g_ptr_array_index (chip->write_protect, i);
      const FlOptionField *first_field = g_ptr_array_index (rule->fields, 0);
      const FlOptionField *last_field = g_ptr_array_index (rule->fields, 1);
      const FlSector *begin = find_first (rule, layout);
      guint32 first = fl_option_field_get_mask (first_field), last = 0; /* off: the first page is behind the last */
      guint n = fl_layout_get_n_sectors (layout);

      if (!rule->is_range || rule->bank != bank || begin == NULL)
        continue;
      next = MAX (next, begin->index);
      while (next < n && fl_layout_get_sector (layout, next)->bank == bank && !sectors[next])
        next++;
      if (next < n && fl_layout_get_sector (layout, next)->bank == bank)
        {
          first = next - begin->index;
          while (next < n && fl_layout_get_sector (layout, next)->bank == bank && sectors[next])
            next++;
          last = next - 1 - begin->index;
        }
      if (!fl_option_set_put (options, first_field, first, error)
          || !fl_option_set_put (options, last_field, last, error))
        return FALSE;
    }
  return TRUE;
}

/* The first sector that is wanted, and that no option bit protects; -1: none. */
static int
find_missing (const guint8 *wanted, const guint8 *reached, guint n)
{
  for (guint i = 0; i < n; i++)
    if (wanted[i] && !reached[i])
      return (int) i;
  return -1;
}

/**
 * fl_write_protect_set:
 * @options: as read; the fields that protect are changed
 * @sectors: (inout): one byte a sector, whether it shall be protected; after success, whether it will be: many chips
 *   protect several pages with one bit
 *
 * Errors: %FL_ERROR_UNSUPPORTED when the chip cannot protect these, or it is not known how it protects: @options may
 * then be half changed.
 */
gboolean
fl_write_protect_set (FlOptionSet *options, FlLayout *layout, guint8 *sectors, GError **error)
{
  const FlChip *chip;
  g_autofree guint8 *reached = NULL;
  guint n;
  int missing;

  g_return_val_if_fail (options != NULL && layout != NULL && sectors != NULL, FALSE);

  chip = fl_option_set_get_chip (options);
  n = fl_layout_get_n_sectors (layout);
  if (chip->write_protect->len == 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, _ ("How the %s protects single pages is not known."),
                   chip->name);
      return FALSE;
    }
  if (means_something_else (options))
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                           _ ("The bits for write protection mean read protection (PCROP) on this chip now; that ends "
                              "only when readout protection is removed, which erases the flash."));
      return FALSE;
    }
  for (guint i = 0; i < chip->write_protect->len; i++)
    {
      const FlWriteProtectRule *rule = g_ptr_array_index (chip->write_protect, i);

      if (!rule->is_range && !set_by_bits (options, rule, layout, sectors, error))
        return FALSE;
    }
  for (guint bank = 1; bank <= 2; bank++)
    if (!set_ranges (options, bank, layout, sectors, error))
      return FALSE;
  reached = fl_write_protect_get (options, layout);
  g_assert (reached != NULL); /* what it needs has been looked at above */
  missing = find_missing (sectors, reached, n);
  if (missing >= 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   /* Translators: a number, the start of that page */
                   _ ("Page %d at 0x%08X cannot be protected together with the others: this chip has option bits for a "
                      "few ranges only. Choose fewer ranges."),
                   missing, fl_layout_get_sector (layout, (guint) missing)->address);
      return FALSE;
    }
  memcpy (sectors, reached, n);
  return TRUE;
}

/* "12" or "8-15" */
static gboolean
parse_range (const char *text, guint n, guint *first, guint *last)
{
  char *end = NULL;
  guint64 from, to;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  from = to = g_ascii_strtoull (text, &end, 10);
  if (*end == '-' && g_ascii_isdigit (end[1]))
    to = g_ascii_strtoull (end + 1, &end, 10);
  if (*end != '\0' || from > to || to >= n)
    return FALSE;
  *first = (guint) from;
  *last = (guint) to;
  return TRUE;
}

/**
 * fl_write_protect_parse_list:
 * @text: "0-15, 32": numbers of pages or sectors, from 0 on in order of address; "all"; "none"
 * @sectors: (out caller-allocates): one byte a sector
 *
 * Errors: %FL_ERROR_USAGE
 */
gboolean
fl_write_protect_parse_list (const char *text, FlLayout *layout, guint8 *sectors, GError **error)
{
  g_auto (GStrv) parts = NULL;
  guint n;

  g_return_val_if_fail (text != NULL && layout != NULL && sectors != NULL, FALSE);

  n = fl_layout_get_n_sectors (layout);
  memset (sectors, g_str_equal (text, "all") ? TRUE : FALSE, n);
  if (g_str_equal (text, "all") || g_str_equal (text, "none"))
    return TRUE;
  parts = g_strsplit (*text != '\0' ? text : "?", ",", -1); /* an empty text is no list */
  for (char **part = parts; *part != NULL; part++)
    {
      guint first, last;

      if (!parse_range (g_strstrip (*part), n, &first, &last))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
                       _ ("“%s” is not a list of pages from 0 to %u, such as 0-15, 32; or all, or none"), text, n - 1);
          return FALSE;
        }
      for (guint i = first; i <= last; i++)
        sectors[i] = TRUE;
    }
  return TRUE;
}

/**
 * fl_write_protect_dup_list:
 * @sectors: one byte a sector of @layout
 *
 * Returns: (transfer full): "0-15, 32", or "none": what fl_write_protect_parse_list() takes
 */
char *
fl_write_protect_dup_list (const guint8 *sectors, FlLayout *layout)
{
  GString *text;
  guint n;

  g_return_val_if_fail (sectors != NULL && layout != NULL, NULL);

  text = g_string_new (NULL);
  n = fl_layout_get_n_sectors (layout);
  for (guint first = 0, end; first < n; first = end)
    {
      for (end = first + 1; end < n && sectors[end] == sectors[first]; end++)
        ;
      if (!sectors[first])
        continue;
      g_string_append_printf (text, "%s%u", text->len > 0 ? ", " : "", first);
      if (end - first > 1)
        g_string_append_printf (text, "-%u", end - 1);
    }
  if (text->len == 0)
    g_string_append (text, "none");
  return g_string_free (text, FALSE);
}
