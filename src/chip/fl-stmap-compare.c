/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-stmap-compare.h"

#include <glib/gi18n-lib.h>

#define MAX_NAMES 4 /* of areas that a sentence lists */

/* What a map is compared with. */
typedef struct
{
  FlStmap *map;
  GPtrArray *flash; /* FlStmapArea, by address */
  guint64 flash_bytes;
  GPtrArray *sentences;
} Comparison;

static void G_GNUC_PRINTF (2, 3) say (Comparison *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->sentences, g_strdup_vprintf (format, args));
  va_end (args);
}

static gboolean
is_same_page (const FlStmapArea *area, const FlSector *sector)
{
  return area->address == sector->address && area->size == sector->size && area->index == sector->code;
}

static guint
count_different (const Comparison *self, FlLayout *layout)
{
  guint n = MIN (self->flash->len, fl_layout_get_n_sectors (layout));
  guint n_different = MAX (self->flash->len, fl_layout_get_n_sectors (layout)) - n;

  for (guint i = 0; i < n; i++)
    n_different += !is_same_page (g_ptr_array_index (self->flash, i), fl_layout_get_sector (layout, i));
  return n_different;
}

static void
say_different_pages (Comparison *self, FlLayout *layout)
{
  guint n_sectors = fl_layout_get_n_sectors (layout);
  guint n = MIN (self->flash->len, n_sectors);

  if (self->flash->len != n_sectors)
    say (self, _ ("The map has %u pages or sectors of flash; the program knows %u."), self->flash->len, n_sectors);
  for (guint i = 0; i < n; i++)
    {
      const FlStmapArea *area = g_ptr_array_index (self->flash, i);
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (is_same_page (area, sector))
        continue;
      say (self,
           _ ("The first one that differs is [%s] of line %u: 0x%08X, %u bytes, erase code %u. The program knows "
              "0x%08X, %u bytes, erase code %u."),
           area->name, area->line, area->address, area->size, area->index, sector->address, sector->size, sector->code);
      return;
    }
}

/* The map's own numbers, beside each other and beside the chip's. */
static void
say_different_numbers (Comparison *self, const FlChip *chip)
{
  guint told = fl_stmap_get_flash_kib (self->map);
  gint64 bid = fl_stmap_get_bid (self->map);

  if (told != 0 && (guint64) told * 1024 != self->flash_bytes)
    say (self, _ ("The map’s FlashSize is %u KiB, but its pages make up %u KiB."), told,
         (guint) (self->flash_bytes / 1024));
  if (bid >= 0 && chip->bootloader_id_address != 0 && bid != chip->bootloader_id_address)
    say (self, _ ("The map’s BID is 0x%08X; the program knows the bootloader’s ID at 0x%08X."), (guint) bid,
         chip->bootloader_id_address);
}

/* What is no contradiction, but worth knowing. */
static void
say_remarks (Comparison *self, const FlChip *chip)
{
  guint packet = fl_stmap_get_packet_size (self->map) & ~3u;
  g_autoptr (GString) names = g_string_new (NULL);
  guint n_others = 0;

  if (chip != NULL && chip->program_unit > 0 && packet % chip->program_unit != 0)
    say (self,
         _ ("With its PacketSize the old program writes %u bytes at once, which is no multiple of the %u that this "
            "chip takes. Here whole units are written, whatever a map says."),
         packet, chip->program_unit);
  for (guint i = 0; i < fl_stmap_get_n_areas (self->map); i++)
    {
      const FlStmapArea *area = fl_stmap_get_area (self->map, i);

      if (area->kind == FL_STMAP_FLASH)
        continue;
      if (n_others++ < MAX_NAMES)
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", area->name);
    }
  if (n_others > MAX_NAMES)
    g_string_append (names, ", …");
  if (n_others > 0)
    say (self, _ ("Not flash, and never erased: %s."), names->str);
}

/* The layout of the map's size that is most like the map; of the next larger size where there is none. @condition is
 * what selects it, where that makes a difference. */
static FlLayout *
find_layout (const Comparison *self, const FlChip *chip, const char **condition)
{
  guint kib = (guint) (self->flash_bytes / 1024);
  FlLayout *nearest = NULL;
  guint least = G_MAXUINT;

  *condition = NULL;
  for (guint i = 0; i < chip->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (chip->layouts, i);
      guint n_different = known->flash_kib == kib ? count_different (self, known->layout) : G_MAXUINT;

      if (n_different < least)
        {
          nearest = known->layout;
          *condition = known->condition;
        }
      else if (n_different == least)
        *condition = NULL;
      least = MIN (least, n_different);
    }
  return nearest != NULL ? nearest : fl_chip_get_layout (chip, kib, NULL);
}

/* A known chip; its own layout when it is on the port. */
static FlStmapVerdict
compare_with_chip (Comparison *self, const FlChip *chip, FlDevice *device)
{
  const char *condition = NULL;
  FlLayout *layout = device != NULL && device->layout != NULL ? device->layout : find_layout (self, chip, &condition);
  guint kib = (guint) (self->flash_bytes / 1024);
  guint first = self->sentences->len;

  if (self->flash->len == 0)
    say (self, _ ("The map has no area that is flash."));
  else if (layout == NULL)
    say (self, _ ("The map describes %u KiB of flash; the largest chip with this ID has %u KiB."), kib,
         chip->flash_kib);
  else if (count_different (self, layout) > 0)
    {
      if (device != NULL && fl_layout_get_size (layout) != self->flash_bytes)
        say (self, _ ("The map describes %u KiB of flash; this chip has %u KiB."), kib,
             fl_layout_get_size (layout) / 1024);
      say_different_pages (self, layout);
    }
  say_different_numbers (self, chip);
  if (self->sentences->len == first)
    {
      say (self, _ ("The map says what the program knows already of the %s (0x%03X) with %u KiB: it is not needed."),
           chip->name, chip->pid, kib);
      if (condition != NULL)
        say (self, _ ("This is how the flash is divided with %s."), condition);
      return FL_STMAP_NOT_NEEDED;
    }
  g_ptr_array_insert (
      self->sentences, (int) first,
      g_strdup_printf (_ ("The map says something else than what the program knows of the %s (0x%03X). The program "
                          "goes by what it knows."),
                       chip->name, chip->pid));
  return FL_STMAP_DIFFERS;
}

/* NULL: not in the database, also when something was declared of it. */
static const FlChip *
get_known_chip (FlDevice *device)
{
  return device->declaration == NULL ? device->chip : NULL;
}

/* Another chip than the map is for is on the port. */
static FlStmapVerdict
compare_with_other (Comparison *self, FlDevice *device)
{
  guint pid = (guint) fl_stmap_get_pid (self->map);
  const FlChip *meant = fl_chip_db_find ((guint16) pid);
  g_autofree char *name = meant != NULL ? g_strdup_printf (_ ("PID 0x%03X (%s)"), pid, meant->name)
                                        : g_strdup_printf (_ ("PID 0x%03X, which is not known"), pid);

  if (get_known_chip (device) != NULL)
    say (self,
         /* Translators: "PID 0x442 (STM32F09x)", then "STM32G0B1" and its ID */
         _ ("This map is for %s; the chip on the port is an %s (0x%03X): the map is not needed, and would be wrong "
            "here."),
         name, device->chip->name, device->pid);
  else
    {
      say (self, _ ("This map is for %s; the chip on the port is another one that is not known, PID 0x%03X."), name,
           device->pid);
      say (self, _ ("If you are sure that this chip’s flash is divided in the same way, change PID in a copy of the "
                    "map."));
    }
  return FL_STMAP_OTHER_CHIP;
}

static FlStmapVerdict
judge_unknown (Comparison *self, FlDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlDeclaration) declaration = fl_declaration_new_for_map (self->map, &error);
  gint64 pid = device != NULL ? device->pid : fl_stmap_get_pid (self->map);

  if (declaration == NULL)
    {
      say (self, _ ("The map cannot be used."));
      say (self, "%s", error->message);
      return FL_STMAP_UNUSABLE;
    }
  if (pid >= 0)
    say (self,
         _ ("The chip with PID 0x%03X is not known: the map can be used for it, and the program cannot check it."),
         (guint) pid);
  else
    say (self, _ ("The map can be used for a chip that is not known, and the program cannot check it."));
  if (fl_stmap_get_pid (self->map) < 0)
    say (self, _ ("It does not say for which product ID it is: make sure yourself."));
  return FL_STMAP_USABLE;
}

static FlStmapVerdict
compare (Comparison *self, FlDevice *device)
{
  const char *foreign = fl_stmap_get_foreign (self->map);
  gint64 pid = fl_stmap_get_pid (self->map);
  const FlChip *chip;
  FlStmapVerdict verdict;

  if (foreign != NULL)
    {
      say (self,
           _ ("This map is for an %s, whose bootloader speaks another protocol: only STM32 chips can be "
              "programmed."),
           foreign);
      return FL_STMAP_FOREIGN;
    }
  if (device != NULL && pid >= 0 && pid != device->pid)
    return compare_with_other (self, device);
  if (device != NULL)
    chip = get_known_chip (device);
  else
    chip = pid >= 0 ? fl_chip_db_find ((guint16) pid) : NULL;
  verdict = chip != NULL ? compare_with_chip (self, chip, device) : judge_unknown (self, device);
  say_remarks (self, chip);
  return verdict;
}

/**
 * fl_stmap_compare:
 * @device: (nullable): the chip on the port; %NULL compares with what is known of the map's own product ID
 *
 * Says what a map is good for: whether it says the same as what the program knows, and whether it is for this chip.
 *
 * Returns: (transfer full): the verdict, and sentences
 */
FlStmapComparison *
fl_stmap_compare (FlStmap *map, FlDevice *device)
{
  FlStmapComparison *self;
  g_autoptr (GPtrArray) flash = NULL;
  Comparison comparison = { .map = map };

  g_return_val_if_fail (map != NULL, NULL);
  g_return_val_if_fail (device == NULL || FL_IS_DEVICE (device), NULL);

  flash = fl_stmap_list_flash (map);
  comparison.flash = flash;
  for (guint i = 0; i < flash->len; i++)
    comparison.flash_bytes += ((const FlStmapArea *) g_ptr_array_index (flash, i))->size;
  self = g_new0 (FlStmapComparison, 1);
  self->sentences = comparison.sentences = g_ptr_array_new_with_free_func (g_free);
  self->verdict = compare (&comparison, device);
  return self;
}

void
fl_stmap_comparison_free (FlStmapComparison *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->sentences);
  g_free (self);
}

/**
 * fl_stmap_verdict_get_id:
 *
 * Returns: (transfer none): a short stable name such as "not-needed", for JSON
 */
const char *
fl_stmap_verdict_get_id (FlStmapVerdict verdict)
{
  static const char *const ids[] = {
    [FL_STMAP_NOT_NEEDED] = "not-needed", [FL_STMAP_DIFFERS] = "differs",   [FL_STMAP_OTHER_CHIP] = "other-chip",
    [FL_STMAP_USABLE] = "usable",         [FL_STMAP_UNUSABLE] = "unusable", [FL_STMAP_FOREIGN] = "foreign",
  };

  g_return_val_if_fail (verdict < G_N_ELEMENTS (ids), NULL);

  return ids[verdict];
}

/**
 * fl_stmap_comparison_to_text:
 *
 * Returns: (transfer full): all sentences, as one paragraph
 */
char *
fl_stmap_comparison_to_text (const FlStmapComparison *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < self->sentences->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (const char *) g_ptr_array_index (self->sentences, i));
  return g_string_free (text, FALSE);
}
