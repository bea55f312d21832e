/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-map-words"

#include "config.h"

#include "fl-map-words.h"

#include <glib/gi18n.h>

#define MAX_RANGES 3 /* address ranges named for each state */

/* Each state, FlSectorState and FlMapState: in the legend, and as the end of a sentence about one sector. */
static const struct
{
  const char *legend;
  const char *tip;
} words[] = {
  [FL_SECTOR_UNTOUCHED] = { N_ ("Kept"), N_ ("is kept") },
  [FL_SECTOR_PLANNED_ERASE] = { N_ ("To be erased"), N_ ("will be erased") },
  [FL_SECTOR_PLANNED_WRITE] = { N_ ("To be erased and written"), N_ ("will be erased and written") },
  [FL_SECTOR_PLANNED_CHECK] = { N_ ("To be compared"), N_ ("seems to hold the file already; will be compared") },
  [FL_SECTOR_PLANNED_BLANK] = { N_ ("Blank, to be written"), N_ ("seems to be blank; will be written") },
  [FL_SECTOR_UNCHANGED] = { N_ ("Held the file"), N_ ("held the file already, compared, left as it is") },
  [FL_SECTOR_ERASED] = { N_ ("Erased"), N_ ("erased") },
  [FL_SECTOR_WRITING] = { N_ ("Being written"), N_ ("being written") },
  [FL_SECTOR_WRITTEN] = { N_ ("Written"), N_ ("written, not yet compared") },
  [FL_SECTOR_VERIFIED] = { N_ ("Verified"), N_ ("written and verified") },
  [FL_SECTOR_FAILED] = { N_ ("Failed"), N_ ("failed") },
  [FL_MAP_OPEN] = { N_ ("Not protected"), N_ ("not protected") },
  [FL_MAP_PROTECTED] = { N_ ("Protected"), N_ ("protected against writing") },
  [FL_MAP_TO_PROTECT] = { N_ ("To be protected"), N_ ("will be protected against writing") },
  [FL_MAP_TO_OPEN] = { N_ ("To be opened"), N_ ("will no longer be protected") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (words) == FL_N_MAP_STATES);

/**
 * fl_map_words_dup_legend:
 *
 * Returns: (transfer full): "Verified: 12"
 */
char *
fl_map_words_dup_legend (guint state, guint count)
{
  /* Translators: an entry of the flash map's legend: "Verified: 12" */
  return g_strdup_printf (_ ("%s: %u"), _ (words[state].legend), count);
}

/**
 * fl_map_words_dup_sector:
 *
 * Returns: (transfer full): "Page 5 · bank 1 · 0x08002800–0x08002FFF · 2 KiB · will be erased and written"
 */
char *
fl_map_words_dup_sector (FlDevice *device, const FlSector *sector, const guint8 *states)
{
  gboolean page = device->chip != NULL && g_str_equal (fl_chip_get_unit_name (device->chip), "page");
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, page ? _ ("Page %u") : _ ("Sector %u"), sector->index);
  if (fl_layout_get_n_banks (device->layout) > 1)
    g_string_append_printf (text, _ (" · bank %u"), sector->bank);
  g_string_append_printf (text, " · 0x%08X–0x%08X · ", sector->address, sector->address + (sector->size - 1));
  if (sector->size % 1024 == 0)
    g_string_append_printf (text, _ ("%u KiB"), sector->size / 1024);
  else
    g_string_append_printf (text, ngettext ("%u byte", "%u bytes", sector->size), sector->size);
  if (states != NULL)
    g_string_append_printf (text, " · %s", _ (words[states[sector->index]].tip));
  return g_string_free (text, FALSE);
}

/* Behind the last of the sectors that follow @first without a gap and in the same state. */
static guint
find_end (FlLayout *layout, const guint8 *states, guint first)
{
  guint i;

  for (i = first + 1; i < fl_layout_get_n_sectors (layout) && states[i] == states[first]; i++)
    {
      const FlSector *before = fl_layout_get_sector (layout, i - 1);

      if (fl_layout_get_sector (layout, i)->address != (guint64) before->address + before->size)
        break;
    }
  return i;
}

/* " (0x08000000–0x08005FFF, 0x08010000–0x080107FF and 4 more)" */
static void
append_ranges (GString *text, FlLayout *layout, const guint8 *states, guint state)
{
  guint n_ranges = 0;

  for (guint i = 0, end; i < fl_layout_get_n_sectors (layout); i = end)
    {
      const FlSector *first = fl_layout_get_sector (layout, i);
      const FlSector *last;

      end = find_end (layout, states, i);
      last = fl_layout_get_sector (layout, end - 1);
      if (states[i] != state || ++n_ranges > MAX_RANGES)
        continue;
      g_string_append_printf (text, "%s0x%08X–0x%08X", n_ranges > 1 ? ", " : " (", first->address,
                              last->address + (last->size - 1));
    }
  if (n_ranges > MAX_RANGES)
    g_string_append_printf (text, ngettext (" and %u more", " and %u more", n_ranges - MAX_RANGES),
                            n_ranges - MAX_RANGES);
  g_string_append_c (text, ')');
}

/**
 * fl_map_words_dup_map:
 * @device: (nullable): whose flash it is
 *
 * Returns: (transfer full): the chip's flash, and for each state how many sectors are in it and where
 */
char *
fl_map_words_dup_map (FlDevice *device, const guint8 *states)
{
  guint counts[G_N_ELEMENTS (words)] = { 0 };
  g_autofree char *name = NULL;
  g_autofree char *layout = NULL;
  GString *text;

  if (device == NULL || device->layout == NULL)
    return g_strdup (_ ("The flash of this chip is not known."));

  name = fl_device_dup_name (device);
  layout = fl_layout_to_string (device->layout);
  text = g_string_new (NULL);
  /* Translators: chip, "128 pages of 2 KiB in 2 banks", first and last address */
  g_string_append_printf (text, _ ("Flash of the %s: %s, 0x%08X–0x%08X."), name, layout,
                          fl_layout_get_start (device->layout), (guint) (fl_layout_get_end (device->layout) - 1));
  if (states == NULL)
    return g_string_free (text, FALSE);

  for (guint i = 0; i < fl_layout_get_n_sectors (device->layout); i++)
    counts[states[i]]++;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (counts[i] > 0)
      {
        g_autofree char *entry = fl_map_words_dup_legend (i, counts[i]);

        g_string_append_printf (text, " %s", entry);
        if (i != FL_SECTOR_UNTOUCHED && i != FL_MAP_OPEN)
          append_ranges (text, device->layout, states, i);
        g_string_append_c (text, '.');
      }
  return g_string_free (text, FALSE);
}
