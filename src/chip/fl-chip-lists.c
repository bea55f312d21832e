/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-chip-private.h"
#include "fl-error.h"

/* Keys of the chip files that hold lists: see data/chips/README.md. */

static gboolean
fail (GError **error, const char *what)
{
  g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT, what);
  return FALSE;
}

static gboolean
parse_ranges (const char *value, GArray *ranges, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  g_array_set_size (ranges, 0);
  for (char **part = parts; *part != NULL; part++)
    {
      FlChipRange range;

      if (!fl_chip_parse_range (*part, &range))
        return fail (error, _ ("not a range such as 0x10000000+64K"));
      g_array_append_val (ranges, range);
    }
  return ranges->len > 0 ? TRUE : fail (error, _ ("empty"));
}

/* "0x10000000+64K; 0x20010000+16K" */
gboolean
fl_chip_parse_more_ram (const char *value, FlChip *chip, GError **error)
{
  return parse_ranges (value, chip->more_ram, error);
}

/* "0x1FFF0000+0x7000; 0x1FFF8000+0x7000" */
gboolean
fl_chip_parse_system (const char *value, FlChip *chip, GError **error)
{
  if (!parse_ranges (value, chip->system_areas, error))
    return FALSE;
  chip->system_start = g_array_index (chip->system_areas, FlChipRange, 0).start;
  chip->system_size = g_array_index (chip->system_areas, FlChipRange, 0).size;
  return TRUE;
}

/* "0:384; 1:256" */
gboolean
fl_chip_parse_size_codes (const char *value, FlChip *chip, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  for (char **part = parts; *part != NULL; part++)
    {
      g_auto (GStrv) pair = g_strsplit (*part, ":", 2);
      guint64 raw, kib;
      FlChipSizeCode code;

      if (pair[0] == NULL || pair[1] == NULL || !fl_chip_parse_number (pair[0], G_MAXUINT16, &raw)
          || !fl_chip_parse_number (pair[1], G_MAXUINT16, &kib) || kib == 0)
        return fail (error, _ ("not pairs such as 0:384; 1:256"));
      code.value = (guint16) raw;
      code.flash_kib = (guint16) kib;
      g_array_append_val (chip->flash_size_codes, code);
    }
  return TRUE;
}

/* "100; 65; 65; 50": a percentage for each range of the supply voltage. */
gboolean
fl_chip_parse_supply_erase (const char *value, FlChip *chip, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  if (g_strv_length (parts) != G_N_ELEMENTS (chip->supply_erase))
    return fail (error, _ ("not four percentages such as 100; 65; 65; 50"));
  for (guint i = 0; parts[i] != NULL; i++)
    {
      guint64 percent;

      if (!fl_chip_parse_number (parts[i], 100, &percent) || percent == 0)
        return fail (error, _ ("not four percentages such as 100; 65; 65; 50"));
      chip->supply_erase[i] = (guint) percent;
    }
  return TRUE;
}

/* "PA9": a port from A to K and a pin from 0 to 15. */
static gboolean
is_pin (const char *text)
{
  guint64 pin;

  return text != NULL && text[0] == 'P' && text[1] >= 'A' && text[1] <= 'K'
         && fl_chip_parse_number (text + 2, 15, &pin);
}

/* "USART1 PA9/PA10; USART2 PA2/PA3": transmit first. */
gboolean
fl_chip_parse_usarts (const char *value, FlChip *chip, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  g_ptr_array_set_size (chip->usarts, 0);
  for (char **part = parts; *part != NULL; part++)
    {
      g_auto (GStrv) words = g_strsplit (*part, " ", -1);
      g_auto (GStrv) pins = g_strv_length (words) == 2 ? g_strsplit (words[1], "/", -1) : NULL;
      FlChipUsart *usart;

      if (pins == NULL || g_strv_length (pins) != 2 || !is_pin (pins[0]) || !is_pin (pins[1])
          || strstr (words[0], "ART") == NULL)
        return fail (error, _ ("not ports such as USART1 PA9/PA10; USART2 PA2/PA3"));
      usart = g_new0 (FlChipUsart, 1);
      usart->name = g_strdup (words[0]);
      usart->tx = g_strdup (pins[0]);
      usart->rx = g_strdup (pins[1]);
      g_ptr_array_add (chip->usarts, usart);
    }
  return TRUE;
}

/* "PA14": the pin that is BOOT0, where it shares one. */
gboolean
fl_chip_parse_boot0_pin (const char *value, FlChip *chip, GError **error)
{
  if (!is_pin (value))
    return fail (error, _ ("not a pin such as PA14"));
  g_free (chip->boot0_pin);
  chip->boot0_pin = g_strdup (value);
  return TRUE;
}

/* "0x92 V9.2 G0B1/0C1; 0xD0 V13.0 G0B0": what the bootloader's ID reads, the name of the build, and a remark. */
gboolean
fl_chip_parse_versions (const char *value, FlChip *chip, GError **error)
{
  g_auto (GStrv) parts = fl_chip_split_list (value);

  g_array_set_size (chip->versions, 0);
  for (char **part = parts; *part != NULL; part++)
    {
      g_auto (GStrv) words = g_strsplit (*part, " ", 3);
      FlChipVersion version = { 0 };
      guint64 id;

      if (g_strv_length (words) < 2 || !fl_chip_parse_number (words[0], G_MAXUINT8, &id) || words[1][0] != 'V')
        return fail (error, _ ("not builds such as 0x92 V9.2 G0B1/0C1; 0xD0 V13.0 G0B0"));
      version.id = (guint8) id;
      version.name = g_strdup (words[1]);
      version.remark = g_strdup (words[2]);
      g_array_append_val (chip->versions, version);
    }
  return TRUE;
}
