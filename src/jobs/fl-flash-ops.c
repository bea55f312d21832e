/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-flash-ops.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-write-protect.h"

/**
 * fl_ops_check_readable:
 *
 * Errors: %FL_ERROR_PROTECTED when the chip's readout protection forbids everything that follows.
 */
gboolean
fl_ops_check_readable (FlDevice *device, GError **error)
{
  if (device->protection != FL_PROTECTION_READOUT)
    return TRUE;
  g_set_error_literal (error, FL_ERROR, FL_ERROR_PROTECTED,
                       _ ("The chip’s readout protection is on (RDP level 1): its flash can be neither read nor "
                          "written. Removing the protection erases the whole flash."));
  return FALSE;
}

gboolean
fl_ops_has_pages (FlDevice *device)
{
  return device->chip != NULL && g_strcmp0 (fl_chip_get_unit_name (device->chip), "page") == 0;
}

/**
 * fl_ops_dup_range:
 * @first: index into the layout
 * @count: at least 1
 *
 * Returns: (transfer full): "pages 0–11", "sector 3", translated
 */
char *
fl_ops_dup_range (FlDevice *device, guint first, guint count)
{
  gboolean pages = fl_ops_has_pages (device);

  if (count == 1)
    return g_strdup_printf (pages ? _ ("page %u") : _ ("sector %u"), first);
  return g_strdup_printf (pages ? _ ("pages %u–%u") : _ ("sectors %u–%u"), first, first + count - 1);
}

/**
 * fl_ops_dup_count:
 *
 * Returns: (transfer full): "12 pages", "1 sector", translated
 */
char *
fl_ops_dup_count (FlDevice *device, guint count)
{
  if (fl_ops_has_pages (device))
    return g_strdup_printf (ngettext ("%u page", "%u pages", count), count);
  return g_strdup_printf (ngettext ("%u sector", "%u sectors", count), count);
}

/**
 * fl_ops_check_unprotected:
 * @wanted: one byte a sector: whether it is to be erased or written
 *
 * Looks into the option bytes before anything is lost: a bootloader acknowledges to have erased and written a protected
 * sector, and has not (AN3155, Erase and Write Memory commands).
 *
 * Errors: %FL_ERROR_PROTECTED, which names the first of those that are write-protected.
 */
gboolean
fl_ops_check_unprotected (FlDevice *device, const guint8 *wanted, GError **error)
{
  g_autofree guint8 *sectors = device->layout != NULL ? fl_write_protect_get (device->options, device->layout) : NULL;
  guint n = sectors != NULL ? fl_layout_get_n_sectors (device->layout) : 0;

  for (guint i = 0; i < n; i++)
    {
      guint first = i;
      g_autofree char *range = NULL;

      while (i < n && sectors[i] && wanted[i])
        i++;
      if (i == first)
        continue;
      range = fl_ops_dup_range (device, first, i - first);
      g_set_error (
          error, FL_ERROR, FL_ERROR_PROTECTED,
          /* Translators: "pages 4–7" */
          _ ("Write-protected by the option bytes: %s. Nothing was erased or written. Remove the write protection "
             "first, or leave them out."),
          range);
      return FALSE;
    }
  return TRUE;
}
