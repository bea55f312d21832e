/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-erase-doubt.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-page-codes.h"

#define MAX_RANGES_TO_NAME 4

/* No code for the sector is safe; where the bootloader's numbering is known, only its code counts. */
static gboolean
is_doubtful (FlDevice *device, guint index, const guint8 *wanted)
{
  int known = fl_device_get_numbering (device);
  guint16 code;

  if (!wanted[index])
    return FALSE;
  if (known >= 0)
    return !fl_page_codes_get_safe (device->layout, index, (guint) known, wanted, &code);
  return fl_page_codes_find_safe (device->layout, index, wanted) < 0;
}

/* A code that the bootloader may turn out to need for the sector is not safe. */
static gboolean
may_be_doubtful (FlDevice *device, guint index, const guint8 *wanted)
{
  guint16 code;

  if (fl_device_get_numbering (device) >= 0)
    return is_doubtful (device, index, wanted);
  for (guint i = 0; wanted[index] && i < fl_layout_get_n_numberings (device->layout); i++)
    if (!fl_page_codes_get_safe (device->layout, index, i, wanted, &code))
      return TRUE;
  return FALSE;
}

static gboolean
find_doubtful (FlDevice *device, const guint8 *wanted, gboolean (*is_so) (FlDevice *, guint, const guint8 *))
{
  FlLayout *layout = device->layout;

  if (fl_layout_get_n_numberings (layout) == 1)
    return FALSE;
  for (guint i = fl_layout_get_bank_2 (layout); i < fl_layout_get_n_sectors (layout); i++)
    if (is_so (device, i, wanted))
      return TRUE;
  return FALSE;
}

/**
 * fl_erase_doubt_exists:
 * @device: with a layout
 * @wanted: (array): one byte a sector: whether it is to be erased
 *
 * Returns: whether one of the sectors has no code that is safe to send, see fl_page_codes_find_safe(); or, once it is
 * known how the bootloader numbers bank 2, none that means this sector
 */
gboolean
fl_erase_doubt_exists (FlDevice *device, const guint8 *wanted)
{
  g_return_val_if_fail (FL_IS_DEVICE (device) && device->layout != NULL && wanted != NULL, FALSE);

  return find_doubtful (device, wanted, is_doubtful);
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

  return find_doubtful (device, wanted, may_be_doubtful);
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

/* "768–770, 800" */
static char *
list_doubtful (FlDevice *device, const guint8 *wanted)
{
  gboolean (*is_so) (FlDevice *, guint, const guint8 *) =
      fl_erase_doubt_exists (device, wanted) ? is_doubtful : may_be_doubtful;
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = fl_layout_get_n_sectors (device->layout);
  guint n_ranges = 0;

  for (guint i = fl_layout_get_bank_2 (device->layout); i < n; i++)
    {
      guint first = i;

      while (i < n && is_so (device, i, wanted))
        i++;
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
  return g_string_free (g_steal_pointer (&text), FALSE);
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
  gboolean pages;

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
  pages = device->chip == NULL || g_str_equal (fl_chip_get_unit_name (device->chip), "page");
  return g_strdup_printf (
      /* Translators: the chip's name, "768 or from 1024", "800–810, 900", two addresses, two sizes */
      pages
          ? _ ("Documents of the %s number bank 2 from %s for the erase command. Whichever code is sent for pages %s, "
               "it may name another page, which is to be kept. To be safe, all of bank 2 has to be erased: "
               "0x%08X–0x%08X, %s. %s of it would have been kept otherwise.")
          : _ ("Documents of the %s number bank 2 from %s for the erase command. Whichever code is sent for sectors "
               "%s, it may name another sector, which is to be kept. To be safe, all of bank 2 has to be erased: "
               "0x%08X–0x%08X, %s. %s of it would have been kept otherwise."),
      name, codes, sectors, first->address, last->address + last->size - 1, bank, lost);
}

/**
 * fl_erase_doubt_set_error:
 * @device: with a layout of two banks
 * @wanted: (array): one byte a sector: what is to be erased
 * @error: (out): %FL_ERROR_NEEDS_CONSENT
 *
 * Nothing may be erased before the user has agreed to lose all of bank 2.
 */
void
fl_erase_doubt_set_error (FlDevice *device, const guint8 *wanted, GError **error)
{
  g_autofree char *text = fl_erase_doubt_dup_text (device, wanted);

  g_set_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT,
               _ ("%s Nothing was erased yet: agree to that, or leave them out."), text);
}
