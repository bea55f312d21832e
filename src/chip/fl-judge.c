/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-judge-private.h"

#include "fl-bytes.h"
#include "fl-error.h"

#include <glib/gi18n-lib.h>

#define ADDRESS_SPACE G_GUINT64_CONSTANT (0x100000000)

/* How many ranges a message lists; all are in the parts. */
#define MAX_LISTED 8

/* A piece of a chip's memory map. */
typedef struct
{
  FlRegion region;
  guint32 start;
  guint64 size;
} Range;

/* The device's own layout counts most, then the chip's largest. */
static FlLayout *
find_layout (const FlChip *chip, FlDevice *device)
{
  const FlChipLayout *largest;

  if (device != NULL && device->layout != NULL)
    return device->layout;
  if (chip == NULL || chip->layouts == NULL || chip->layouts->len == 0)
    return NULL;
  if (device != NULL && device->flash_kib > 0)
    return fl_chip_get_layout (chip, device->flash_kib, NULL);
  largest = g_ptr_array_index (chip->layouts, 0);
  return largest->layout;
}

static void
add_range (GArray *ranges, FlRegion region, guint32 start, guint64 size)
{
  Range range = { region, start, size };

  if (size > 0)
    g_array_append_val (ranges, range);
}

static void
add_areas (GArray *ranges, FlRegion region, const GArray *areas)
{
  for (guint i = 0; areas != NULL && i < areas->len; i++)
    {
      const FlChipRange *area = &g_array_index (areas, FlChipRange, i);

      add_range (ranges, region, area->start, area->size);
    }
}

static void
add_flash (GArray *ranges, const FlChip *chip, FlDevice *device)
{
  FlLayout *layout = find_layout (chip, device);
  guint n_sectors = layout != NULL ? fl_layout_get_n_sectors (layout) : 0;
  guint flash_kib;

  if (n_sectors == 0 && chip != NULL)
    {
      flash_kib = device != NULL && device->flash_kib > 0 ? device->flash_kib : chip->flash_kib;
      add_range (ranges, FL_REGION_FLASH, chip->flash_start, (guint64) flash_kib * 1024);
    }
  for (guint i = 0; i < n_sectors; i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      Range *last = ranges->len > 0 ? &g_array_index (ranges, Range, ranges->len - 1) : NULL;

      if (last != NULL && sector->address == last->start + last->size)
        last->size += sector->size;
      else
        add_range (ranges, FL_REGION_FLASH, sector->address, sector->size);
    }
}

/* The memory map: flash first, in order of address. Where ranges overlap the first counts. */
static GArray *
list_ranges (const FlChip *chip, FlDevice *device)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (Range));

  if (chip == NULL && device != NULL)
    chip = device->chip;
  add_flash (ranges, chip, device);
  if (chip != NULL)
    {
      add_areas (ranges, FL_REGION_OPTION_BYTES, chip->option_areas);
      add_range (ranges, FL_REGION_OTP, chip->otp_start, chip->otp_size);
      add_areas (ranges, FL_REGION_SYSTEM, chip->system_areas);
      add_range (ranges, FL_REGION_EEPROM, chip->eeprom_start, chip->eeprom_size);
      add_range (ranges, FL_REGION_RAM, chip->ram_start, (guint64) chip->ram_kib * 1024);
      add_areas (ranges, FL_REGION_RAM, chip->more_ram);
    }
  return ranges;
}

/* What is at @address, and up to where it is the same (@end, behind the last byte). */
static FlRegion
find_region (GArray *ranges, guint32 address, guint64 *end)
{
  FlRegion region = FL_REGION_OUTSIDE;
  guint found;

  *end = ADDRESS_SPACE;
  for (found = 0; found < ranges->len; found++)
    {
      const Range *range = &g_array_index (ranges, Range, found);

      if (fl_range_contains (range->start, range->size, address, 1))
        {
          region = range->region;
          *end = range->start + range->size;
          break;
        }
    }
  for (guint i = 0; i < found; i++) /* those that count more end it where they begin */
    {
      const Range *range = &g_array_index (ranges, Range, i);

      if (range->start > address)
        *end = MIN (*end, range->start);
    }
  return region;
}

/**
 * fl_chip_get_region:
 * @chip: (nullable): %NULL: the device's
 * @device: (nullable): its flash is taken for the chip's largest when it is missing
 *
 * Returns: what is at @address, as far as is known
 */
FlRegion
fl_chip_get_region (const FlChip *chip, FlDevice *device, guint32 address)
{
  g_autoptr (GArray) ranges = list_ranges (chip, device);
  guint64 end;

  return find_region (ranges, address, &end);
}

/**
 * fl_region_get_name:
 *
 * Returns: (transfer none): such as "option bytes", translated
 */
const char *
fl_region_get_name (FlRegion region)
{
  static const char *const names[] = {
    [FL_REGION_FLASH] = N_ ("flash"),
    [FL_REGION_RAM] = N_ ("RAM"),
    [FL_REGION_SYSTEM] = N_ ("the bootloader's own memory"),
    [FL_REGION_OPTION_BYTES] = N_ ("option bytes"),
    [FL_REGION_OTP] = N_ ("one-time programmable memory"),
    [FL_REGION_EEPROM] = N_ ("data EEPROM"),
    [FL_REGION_OUTSIDE] = N_ ("no known memory"),
  };

  g_return_val_if_fail (region < G_N_ELEMENTS (names), NULL);

  return _ (names[region]);
}

/* Documented in fl-judge-private.h */
char *
fl_judge_format_bytes (guint64 n_bytes)
{
  if (n_bytes >= 1024 && n_bytes % 1024 == 0)
    return g_strdup_printf (_ ("%lu KiB"), (gulong) (n_bytes / 1024));
  return g_strdup_printf (ngettext ("%lu byte", "%lu bytes", (gulong) n_bytes), (gulong) n_bytes);
}

/* Documented in fl-judge-private.h */
void
fl_judgement_remark (FlJudgement *self, FlVerdict verdict, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->remarks, g_strdup_vprintf (format, arguments));
  va_end (arguments);
  self->verdict = MAX (self->verdict, verdict);
}

static void
split_segments (FlImage *image, GArray *ranges, GPtrArray *parts)
{
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      guint64 at = segment->address;
      guint64 end = at + g_bytes_get_size (segment->data);

      while (at < end)
        {
          FlJudgePart *part = g_new0 (FlJudgePart, 1);
          guint64 region_end;

          part->region = find_region (ranges, (guint32) at, &region_end);
          part->address = (guint32) at;
          part->length = MIN (end, region_end) - at;
          g_ptr_array_add (parts, part);
          at += part->length;
        }
    }
}

/* Whether the part is what is too much of a file that otherwise is in flash. */
static gboolean
is_excess (const FlJudgeContext *context, const FlJudgePart *part)
{
  return part->region == FL_REGION_OUTSIDE && part->address == context->flash_end
         && fl_image_covers (context->image, part->address - 1, 1);
}

static char *
describe_part (const FlJudgeContext *context, const FlJudgePart *part)
{
  g_autofree char *length = fl_judge_format_bytes (part->length);

  if (is_excess (context, part))
    return g_strdup_printf (_ ("%s at 0x%08X (behind the end of flash: longer than the flash by %s)"), length,
                            part->address, length);
  return g_strdup_printf (_ ("%s at 0x%08X (%s)"), length, part->address, fl_region_get_name (part->region));
}

/* What to do about a part that cannot be programmed. */
static char *
advise (const FlJudgeContext *context, const FlJudgePart *part)
{
  switch (part->region)
    {
    case FL_REGION_OPTION_BYTES:
      return g_strdup (
          _ ("Option bytes are not programmed with the firmware, since wrong ones can lock the chip: leave "
             "them out of the file, and set them on their own."));
    case FL_REGION_RAM:
      return g_strdup_printf (
          _ ("RAM is lost when the power goes: link the program for flash (0x%08X), its initial data "
             "included."),
          context->flash_start);
    case FL_REGION_SYSTEM:
      return g_strdup (
          _ ("The bootloader's own memory cannot be written: check that the file was made for this chip."));
    case FL_REGION_OTP:
      return g_strdup (_ ("One-time programmable memory could never be changed again: leave it out of the file."));
    case FL_REGION_EEPROM:
      return g_strdup (_ ("Data EEPROM is not programmed with the firmware: leave it out of the file."));
    case FL_REGION_FLASH:
    case FL_REGION_OUTSIDE:
    default:
      break;
    }
  if (is_excess (context, part))
    return g_strdup (
        _ ("The program is too large for this chip, or was built for one with more flash: make it smaller, "
           "or choose the file for this chip."));
  if (part->address < context->flash_size)
    return g_strdup_printf (_ ("The file seems to be linked for address 0: link it for 0x%08X, where this chip has its "
                               "flash."),
                            context->flash_start);
  return g_strdup_printf (_ ("Flash begins at 0x%08X: check the address, and that the file was made for this chip."),
                          context->flash_start);
}

/* Names what is not in flash, and what to do about it. */
static void
refuse (const FlJudgeContext *context, FlJudgement *self)
{
  g_autoptr (GPtrArray) advices = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) list = g_string_new (NULL);
  g_autoptr (GString) message = NULL;
  g_autofree char *flash = fl_judge_format_bytes (context->flash_size);
  gboolean some_in_flash = FALSE;
  guint n_refused = 0;

  for (guint i = 0; i < self->parts->len; i++)
    {
      const FlJudgePart *part = g_ptr_array_index (self->parts, i);
      g_autofree char *text = NULL;
      g_autofree char *advice = NULL;

      if (part->region == FL_REGION_FLASH)
        {
          some_in_flash = TRUE;
          continue;
        }
      n_refused++;
      if (n_refused > MAX_LISTED)
        continue;
      text = describe_part (context, part);
      advice = advise (context, part);
      g_string_append_printf (list, "%s%s", list->len > 0 ? "; " : "", text);
      if (!g_ptr_array_find_with_equal_func (advices, advice, g_str_equal, NULL))
        g_ptr_array_add (advices, g_steal_pointer (&advice));
    }
  if (n_refused == 0)
    return;
  if (n_refused > MAX_LISTED)
    g_string_append_printf (list, ngettext ("; and %u more range", "; and %u more ranges", n_refused - MAX_LISTED),
                            n_refused - MAX_LISTED);

  fl_judgement_remark (self, FL_VERDICT_REFUSE,
                       some_in_flash
                           ? _ ("The %s has %s of flash from 0x%08X, but this file also holds %s.")
                           : _ ("The %s has %s of flash from 0x%08X, but this file holds nothing for it, only %s."),
                       context->name, flash, context->flash_start, list->str);
  for (guint i = 0; i < advices->len; i++)
    fl_judgement_remark (self, FL_VERDICT_REFUSE, "%s", (const char *) g_ptr_array_index (advices, i));

  message = g_string_new (NULL);
  for (guint i = 0; i < self->remarks->len; i++)
    g_string_append_printf (message, "%s%s", i > 0 ? " " : "", (const char *) g_ptr_array_index (self->remarks, i));
  self->error = g_error_new_literal (FL_ERROR, FL_ERROR_RANGE, message->str);
}

static char *
summarize (const FlJudgeContext *context, const FlJudgement *self)
{
  g_autofree char *size = fl_judge_format_bytes (fl_image_get_size (context->image));
  guint32 start = fl_image_get_start (context->image);

  switch (self->verdict)
    {
    case FL_VERDICT_FITS:
      return g_strdup_printf (_ ("Fits the %s: %s, starts at 0x%08X"), context->name, size, start);
    case FL_VERDICT_DOUBT:
      return g_strdup_printf (_ ("Fits into the flash of the %s (%s, starts at 0x%08X), but may not work there"),
                              context->name, size, start);
    case FL_VERDICT_REFUSE:
    default:
      return g_strdup_printf (_ ("Cannot be programmed into the %s: not all of it belongs into flash"), context->name);
    }
}

/**
 * fl_judge_image:
 * @image: a sealed image
 * @chip: (nullable): %NULL: the device's
 * @device: (nullable): for the flash that it really has; without it the chip's largest is assumed
 *
 * Says in words whether the file belongs into the chip. Only what is not in flash is refused: it is named range by
 * range, and never written or left out silently. The rest is advice. When nothing is known of the chip's memory, the
 * verdict is %FL_VERDICT_DOUBT and there are no parts.
 *
 * Returns: (transfer full): the judgement
 */
FlJudgement *
fl_judge_image (FlImage *image, const FlChip *chip, FlDevice *device)
{
  FlJudgement *self = g_new0 (FlJudgement, 1);
  g_autoptr (GArray) ranges = NULL;
  g_autofree char *name = NULL;
  FlJudgeContext context = { .image = image, .device = device };

  g_assert (FL_IS_IMAGE (image) && fl_image_get_n_segments (image) > 0);

  self->remarks = g_ptr_array_new_with_free_func (g_free);
  self->parts = g_ptr_array_new_with_free_func (g_free);
  context.chip = chip != NULL || device == NULL ? chip : device->chip;
  if (context.chip != NULL)
    name = g_strdup (context.chip->name);
  else
    name = device != NULL ? fl_device_dup_name (device) : g_strdup (_ ("unknown chip"));
  context.name = name;

  ranges = list_ranges (context.chip, device);
  if (ranges->len == 0 || g_array_index (ranges, Range, 0).region != FL_REGION_FLASH)
    {
      fl_judgement_remark (
          self, FL_VERDICT_DOUBT,
          _ ("Where this chip has its flash and RAM is not known, so nothing can be said about whether "
             "the file belongs to it."));
      self->summary = g_strdup (_ ("Not checked: this chip's memory is not known"));
      return self;
    }
  for (guint i = 0; i < ranges->len && g_array_index (ranges, Range, i).region == FL_REGION_FLASH; i++)
    {
      const Range *flash = &g_array_index (ranges, Range, i);

      if (i == 0)
        context.flash_start = flash->start;
      context.flash_end = flash->start + flash->size;
      context.flash_size += flash->size;
    }

  split_segments (image, ranges, self->parts);
  refuse (&context, self);
  fl_judge_vectors (&context, self);
  self->summary = summarize (&context, self);
  return self;
}

void
fl_judgement_free (FlJudgement *self)
{
  if (self == NULL)
    return;
  g_free (self->summary);
  g_ptr_array_unref (self->remarks);
  g_ptr_array_unref (self->parts);
  g_clear_error (&self->error);
  g_free (self);
}
