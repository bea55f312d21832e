/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-page-codes.h"

/**
 * fl_page_codes_is_safe:
 * @code: as in an erase command
 * @wanted: (array): one byte a sector: whether it is to be erased
 *
 * Returns: whether every sector that @code names, in any numbering that documents give, is wanted: whichever numbering
 * the bootloader takes, nothing else is lost. A code that names nothing is safe.
 */
gboolean
fl_page_codes_is_safe (FlLayout *layout, guint code, const guint8 *wanted)
{
  g_return_val_if_fail (layout != NULL && wanted != NULL, FALSE);

  for (guint i = 0; i < fl_layout_get_n_numberings (layout); i++)
    {
      int index = fl_layout_find_code (layout, code, i);

      if (index >= 0 && !wanted[index])
        return FALSE;
    }
  return TRUE;
}

/**
 * fl_page_codes_get_safe:
 * @index: of a sector that is wanted
 * @numbering: from 0 to fl_layout_get_n_numberings() - 1
 * @wanted: (array): one byte a sector: whether it is to be erased
 * @code: (out): what the sector is called in this numbering
 *
 * Returns: whether @code may be sent, see fl_page_codes_is_safe()
 */
gboolean
fl_page_codes_get_safe (FlLayout *layout, guint index, guint numbering, const guint8 *wanted, guint16 *code)
{
  g_return_val_if_fail (layout != NULL && wanted != NULL && code != NULL, FALSE);
  g_return_val_if_fail (wanted[index], FALSE);

  *code = (guint16) fl_layout_get_code (layout, index, numbering);
  return fl_layout_get_n_numberings (layout) == 1 || fl_page_codes_is_safe (layout, *code, wanted);
}

/**
 * fl_page_codes_all_safe:
 * @numbering: from 0 to fl_layout_get_n_numberings() - 1
 * @wanted: (array): one byte a sector: whether it is to be erased
 *
 * Returns: whether all that is wanted can be erased by codes of this numbering that are safe to send
 */
gboolean
fl_page_codes_all_safe (FlLayout *layout, guint numbering, const guint8 *wanted)
{
  guint16 code;

  g_return_val_if_fail (layout != NULL && wanted != NULL, FALSE);

  for (guint i = fl_layout_get_bank_2 (layout); i < fl_layout_get_n_sectors (layout); i++)
    if (wanted[i] && !fl_page_codes_get_safe (layout, i, numbering, wanted, &code))
      return FALSE;
  return TRUE;
}

/**
 * fl_page_codes_find_numbering:
 * @wanted: (array): one byte a sector: whether it is to be erased
 *
 * Returns: the likeliest numbering in which every code for what is wanted is safe; -1 when there is none
 */
int
fl_page_codes_find_numbering (FlLayout *layout, const guint8 *wanted)
{
  g_return_val_if_fail (layout != NULL && wanted != NULL, -1);

  for (guint i = 0; i < fl_layout_get_n_numberings (layout); i++)
    if (fl_page_codes_all_safe (layout, i, wanted))
      return (int) i;
  return -1;
}
