/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-supply.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

#define MIN_VOLTS 1.7 /* with the internal reset off; the data sheets of F4 */
#define MAX_VOLTS 3.6

#define MARGIN_PERCENT                                                                                                 \
  10 /* the gain is given for 128 KiB: at x16 a mass erase of F405 takes 69 % of 32 s, 16 KiB 75 % */

/* Source: AN2606, table 4; the widths: reference manuals, "program parallelism". */
static const struct
{
  const char *title;
  double max_volts; /* a supply that lies on the border may sag: it belongs to the lower range */
  guint8 byte;
  guint width;
} ranges[] = {
  [FL_SUPPLY_UNKNOWN] = { N_ ("not known"), 0, 0, 1 },        [FL_SUPPLY_1V8] = { N_ ("1.8 to 2.1 V"), 2.1, 0, 1 },
  [FL_SUPPLY_2V1] = { N_ ("2.1 to 2.4 V"), 2.4, 1, 2 },       [FL_SUPPLY_2V4] = { N_ ("2.4 to 2.7 V"), 2.7, 2, 2 },
  [FL_SUPPLY_2V7] = { N_ ("2.7 to 3.6 V"), MAX_VOLTS, 3, 4 },
};
G_STATIC_ASSERT (G_N_ELEMENTS (ranges) == FL_N_SUPPLIES);

const char *
fl_supply_get_title (FlSupply self)
{
  g_return_val_if_fail ((guint) self < FL_N_SUPPLIES, NULL);

  return _ (ranges[self].title);
}

guint
fl_supply_get_width (FlSupply self)
{
  g_return_val_if_fail ((guint) self < FL_N_SUPPLIES, 1);

  return ranges[self].width;
}

guint8
fl_supply_get_byte (FlSupply self)
{
  g_return_val_if_fail ((guint) self < FL_N_SUPPLIES, 0);

  return ranges[self].byte;
}

/**
 * fl_supply_get_erase_percent:
 *
 * Returns: how long erasing takes, of the time in the chip's row, which is that of byte by byte; 100 where no figure is
 * known
 */
guint
fl_supply_get_erase_percent (FlSupply self, const FlChip *chip)
{
  guint index = self > FL_SUPPLY_UNKNOWN ? (guint) self - FL_SUPPLY_1V8 : 0;

  g_return_val_if_fail ((guint) self < FL_N_SUPPLIES && chip != NULL, 100);

  return chip->supply_address != 0 && chip->supply_erase[index] != 0 ? chip->supply_erase[index] : 100;
}

/**
 * fl_supply_get_limit_percent:
 *
 * Returns: when erasing has failed for sure, of the time in the chip's row; 100 where no figure is known
 */
guint
fl_supply_get_limit_percent (FlSupply self, const FlChip *chip)
{
  return MIN (fl_supply_get_erase_percent (self, chip) + MARGIN_PERCENT, 100);
}

/**
 * fl_supply_parse:
 * @text: volts, such as "3.3"; or "unknown"
 *
 * Errors: %FL_ERROR_USAGE, also for what no such chip is run at
 */
gboolean
fl_supply_parse (const char *text, FlSupply *supply, GError **error)
{
  char *end = NULL;
  double volts;

  g_return_val_if_fail (text != NULL && supply != NULL, FALSE);

  if (g_str_equal (text, "unknown"))
    {
      *supply = FL_SUPPLY_UNKNOWN;
      return TRUE;
    }
  volts =
      strspn (text, "0123456789.") == strlen (text) ? g_ascii_strtod (text, &end) : 0; /* no hexadecimal, no “inf” */
  if (end == NULL || *end != '\0' || !(volts >= MIN_VOLTS && volts <= MAX_VOLTS))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
                   _ ("“%s” is no supply voltage from 1.7 to 3.6 V; write for example 3.3, or unknown"), text);
      return FALSE;
    }
  *supply = FL_SUPPLY_1V8;
  while (volts > ranges[*supply].max_volts)
    (*supply)++;
  return TRUE;
}
