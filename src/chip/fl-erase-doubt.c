/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-erase-doubt.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-page-codes.h"

#define MAX_RANGES_TO_NAME 4

/* The likeliest numbering that counts and is not safe for all that is wanted; -1: none. */
static int
find_unsafe (FlDevice *device, const guint8 *wanted)
{
  int known = fl_device_get_numbering (device);

  for (guint i = 0; i < fl_layout_get_n_numberings (device->layout); i++)
    if ((known < 0 || (guint) known == i) && !fl_page_codes_all_safe (device->layout, i, wanted))
      return (int) i;
  return -1;
}

/**
 * fl_erase_doubt_exists:
 * @device: with a layout
 * @wanted: (array): one byte a sector: whether it is to be erased
 *
 * Returns: whether some of the sectors cannot be erased by a code that is safe to send, whichever numbering the
 * bootloader takes; or in the numbering that it was seen to take
 */
gboolean
fl_erase_doubt_exists (FlDevice *device, const guint8 *wanted)
{
  int known;

  g_return_val_if_fail (FL_IS_DEVICE (device) && device->layout != NULL && wanted != NULL, FALSE);

  known = fl_device_get_numbering (device);
  if (known >= 0)
    return !fl_page_codes_all_safe (device->layout, (guint) known, wanted);
  return fl_page_codes_find_numbering (device->layout, wanted) < 0;
}

/**
 * fl_erase_doubt_may_arise:
 * @device: with a layout
 * @wanted: (array): one byte a sector: whether it is to be erased
 *
 * Returns: whether there is a numbering in which a sector's code is not safe: if the bootloader turns out to take it,
 * it is found only after a first sector was erased
 */
gboolean
fl_erase_doubt_may_arise (FlDevice *device, const guint8 *wanted)
{
  g_return_val_if_fail (FL_IS_DEVICE (device) && device->layout != NULL && wanted != NULL, FALSE);

  return find_unsafe (device, wanted) >= 0;
}

/**
 * fl_erase_doubt_add_bank:
 * @wanted: (array) (inout): one byte a sector: whether it is to be erased; bank 2 becomes part of it
 *
 * With all of bank 2 wanted, every code of it is safe: in each numbering it names a sector of bank 2, or none.
 */
void
fl_erase_doubt_add_bank (FlLayout *layout, guint8 *wanted)
{
  g_return_if_fail (layout != NULL && wanted != NULL);

  for (guint i = fl_layout_get_bank_2 (layout); i < fl_layout_get_n_sectors (layout); i++)
    wanted[i] = TRUE;
}

static gboolean
is_unsafe (FlLayout *layout, guint index, int numbering, const guint8 *wanted)
{
  guint16 code;

  return numbering >= 0 && !fl_page_codes_get_safe (layout, index, (guint) numbering, wanted, &code);
}

/* "page 768", "pages 768–770, 800" */
static char *
list_doubtful (FlDevice *device, const guint8 *wanted)
{
  int numbering = find_unsafe (device, wanted);
  gboolean pages = device->chip == NULL || g_str_equal (fl_chip_get_unit_name (device->chip), "page");
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = fl_layout_get_n_sectors (device->layout);
  guint n_ranges = 0;
  guint n_doubtful = 0;

  for (guint i = fl_layout_get_bank_2 (device->layout); i < n; i++)
    {
      guint first = i;

      while (i < n && wanted[i] && is_unsafe (device->layout, i, numbering, wanted))
        i++;
      n_doubtful += i - first;
      if (i == first || n_ranges++ >= MAX_RANGES_TO_NAME)
        continue;
      if (text->len > 0)
        g_string_append (text, ", ");
      if (i - first > 1)
        g_string_append_printf (text, "%u–%u", first, i - 1);
      else
        g_string_append_printf (text, "%u", first);
    }
  if (n_ranges > MAX_RANGES_TO_NAME)
    g_string_append_printf (text, ngettext (" and %u more", " and %u more", n_ranges - MAX_RANGES_TO_NAME),
                            n_ranges - MAX_RANGES_TO_NAME);
  if (n_doubtful == 1)
    return g_strdup_printf (pages ? _ ("page %s") : _ ("sector %s"), text->str);
  return g_strdup_printf (pages ? _ ("pages %s") : _ ("sectors %s"), text->str);
}

/* "768 or from 1024" */
static char *
list_first_codes (FlLayout *layout)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < fl_layout_get_n_numberings (layout); i++)
    {
      if (i > 0)
        g_string_append (text, _ (" or from "));
      g_string_append_printf (text, "%u", fl_layout_get_code (layout, fl_layout_get_bank_2 (layout), i));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Bytes of bank 2 that are not wanted. */
static guint64
count_lost (FlLayout *layout, const guint8 *wanted)
{
  guint64 n_bytes = 0;

  for (guint i = fl_layout_get_bank_2 (layout); i < fl_layout_get_n_sectors (layout); i++)
    if (!wanted[i])
      n_bytes += fl_layout_get_sector (layout, i)->size;
  return n_bytes;
}

/**
 * fl_erase_doubt_dup_text:
 * @device: with a layout of two banks
 * @wanted: (array): one byte a sector: what is to be erased, without what it takes to be safe
 *
 * Returns: (transfer full): which sectors are in doubt and why, what has to be erased to be safe, and how much is lost
 * by that; sentences, translated
 */
char *
fl_erase_doubt_dup_text (FlDevice *device, const guint8 *wanted)
{
  FlLayout *layout;
  const FlSector *first, *last;
  g_autofree char *name = NULL;
  g_autofree char *codes = NULL;
  g_autofree char *sectors = NULL;
  g_autofree char *bank = NULL;
  g_autofree char *lost = NULL;

  g_return_val_if_fail (FL_IS_DEVICE (device) && device->layout != NULL && wanted != NULL, NULL);
  g_return_val_if_fail (fl_layout_get_n_banks (device->layout) == 2, NULL);

  layout = device->layout;
  first = fl_layout_get_sector (layout, fl_layout_get_bank_2 (layout));
  last = fl_layout_get_sector (layout, fl_layout_get_n_sectors (layout) - 1);
  name = fl_device_dup_name (device);
  codes = list_first_codes (layout);
  sectors = list_doubtful (device, wanted);
  bank = g_format_size_full ((guint64) last->address + last->size - first->address, G_FORMAT_SIZE_IEC_UNITS);
  lost = g_format_size_full (count_lost (layout, wanted), G_FORMAT_SIZE_IEC_UNITS);
  return g_strdup_printf (
      /* Translators: the chip's name, "768 or from 1024", "pages 800–810, 900", two addresses, two sizes */
      _ ("Documents of the %s number bank 2 from %s for the erase command. Whichever code is sent for %s, it may mean "
         "something else in bank 2, which is to be kept. To be safe, all of bank 2 has to be erased: 0x%08X–0x%08X, "
         "%s. %s of it would have been kept otherwise."),
      name, codes, sectors, first->address, last->address + last->size - 1, bank, lost);
}

/**
 * fl_erase_doubt_set_error:
 * @text: what fl_erase_doubt_dup_text() says
 * @error: (out): %FL_ERROR_NEEDS_CONSENT
 *
 * Nothing may be erased before the user has agreed to lose all of bank 2.
 */
void
fl_erase_doubt_set_error (const char *text, GError **error)
{
  g_return_if_fail (text != NULL);

  g_set_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT, _ ("%s It was not erased: agree to that, or leave them out."),
               text);
}
