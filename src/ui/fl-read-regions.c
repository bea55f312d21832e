/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-read-regions.h"

#include <glib/gi18n.h>

static void
add_region (GArray *regions, GtkStringList *titles, const char *name, guint32 address, guint64 length)
{
  FlReadRegion region = { address, (guint32) length };

  if (length == 0)
    return;
  gtk_string_list_append (titles, name);
  g_array_append_val (regions, region);
}

/* The whole flash; where there is a gap between its banks, bank by bank: nothing answers in the gap. */
static void
add_flash (GArray *regions, GtkStringList *titles, FlLayout *layout)
{
  guint n_sectors = fl_layout_get_n_sectors (layout);
  guint64 start = fl_layout_get_start (layout);

  if (fl_layout_get_end (layout) - start == fl_layout_get_size (layout))
    {
      add_region (regions, titles, _ ("Whole flash"), (guint32) start, fl_layout_get_size (layout));
      return;
    }
  for (guint i = 0, first = 0; i < n_sectors; i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (i + 1 == n_sectors || fl_layout_get_sector (layout, i + 1)->bank != sector->bank)
        {
          g_autofree char *name = g_strdup_printf (_ ("Flash, bank %u"), sector->bank);

          start = fl_layout_get_sector (layout, first)->address;
          add_region (regions, titles, name, (guint32) start, (guint64) sector->address + sector->size - start);
          first = i + 1;
        }
    }
}

/**
 * fl_read_regions_new:
 * @device: whose memory
 * @titles: gets a name for each
 *
 * Returns: (transfer full) (element-type FlReadRegion): what a chip has that can be read
 */
GArray *
fl_read_regions_new (FlDevice *device, GtkStringList *titles)
{
  GArray *regions = g_array_new (FALSE, FALSE, sizeof (FlReadRegion));
  const FlChip *chip = device->chip;
  FlReadRegion free_choice = { 0, 0 };

  if (device->layout != NULL)
    add_flash (regions, titles, device->layout);
  gtk_string_list_append (titles, _ ("From an address"));
  g_array_append_val (regions, free_choice);
  if (chip != NULL)
    {
      add_region (regions, titles, _ ("Option bytes"), chip->option_start, chip->option_size);
      add_region (regions, titles, _ ("System memory"), chip->system_start, chip->system_size);
      add_region (regions, titles, _ ("One-time programmable memory"), chip->otp_start, chip->otp_size);
      add_region (regions, titles, _ ("Data EEPROM"), chip->eeprom_start, chip->eeprom_size);
    }
  return regions;
}
