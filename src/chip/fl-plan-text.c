/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-plan-private.h"

/* Bytes of an exchange besides its data (AN3155, Write Memory, Read Memory: command, ACK, address, ACK, length and data
 * and checksum, ACK), and how often the host waits for an answer in an erase (command, ACK, list, ACK). */
#define BLOCK_OVERHEAD  12
#define ERASE_OVERHEAD  7
#define ERASE_WAITS     2
#define BYTES_PER_ERASE 2   /* of the list, for each page */
#define TYPICAL         0.5 /* of the worst case: what data sheets give as typical for erasing and programming */

/* What an estimate is the sum of; seconds. */
typedef struct
{
  guint64 bytes; /* on the wire */
  guint64 waits; /* for an answer */
  double erasing;
  double programming;
} Cost;

static void
add_reading (FlPlan *self, Cost *cost, guint64 length)
{
  guint64 n_blocks = (length + FL_PLAN_BLOCK_MAX - 1) / FL_PLAN_BLOCK_MAX;

  cost->bytes += length + n_blocks * BLOCK_OVERHEAD;
  cost->waits += n_blocks * self->read_waits;
}

static void
add_erasing (FlPlan *self, Cost *cost)
{
  const FlChip *chip = self->device->chip;
  guint n_erased = fl_plan_get_n_erased (self);
  gboolean one_page = chip == NULL || (chip->flags & FL_CHIP_ONE_PAGE_ERASE) != 0;
  guint per_command = one_page ? 1 : chip->max_erase_pages;
  double share = chip != NULL ? TYPICAL * fl_supply_get_erase_percent (self->options.supply, chip) / 100 : TYPICAL;
  guint n_commands;

  if (n_erased == 0)
    return;
  if (fl_plan_erases_all (self) && chip != NULL && (chip->flags & FL_CHIP_NO_MASS_ERASE) == 0)
    {
      cost->erasing += chip->erase_mass_ms / 1000.0 * share;
      cost->bytes += ERASE_OVERHEAD;
      cost->waits += ERASE_WAITS;
      return;
    }
  n_commands = (n_erased + per_command - 1) / per_command;
  cost->bytes += n_commands * ERASE_OVERHEAD + n_erased * BYTES_PER_ERASE;
  cost->waits += n_commands * ERASE_WAITS;
  for (guint i = 0; chip != NULL && i < fl_layout_get_n_sectors (self->device->layout); i++)
    if (self->sectors[i].action != FL_PLAN_KEEP)
      {
        guint32 size = fl_layout_get_sector (self->device->layout, i)->size;

        cost->erasing += fl_chip_get_erase_ms (chip, size) / 1000.0 * share;
      }
}

static void
add_writing (FlPlan *self, Cost *cost)
{
  const FlChip *chip = self->device->chip;
  const GArray *blocks = fl_plan_get_blocks (self);
  guint64 n_bytes = fl_plan_get_write_bytes (self);
  guint width = chip != NULL && chip->supply_address != 0 ? fl_supply_get_width (self->options.supply) : 1;

  cost->bytes += n_bytes + (guint64) blocks->len * BLOCK_OVERHEAD;
  cost->waits += (guint64) blocks->len * self->write_waits;
  if (chip != NULL)
    cost->programming += (double) n_bytes / FL_PLAN_BLOCK_MAX * chip->program_ms / 1000.0 * TYPICAL / width;
}

/**
 * fl_plan_set_link:
 * @baud: bits a second
 * @bits_per_byte: on the wire, 11 for 8E1
 * @round_trip_ms: what each answer takes besides its bytes: the adapter and the system
 * @read_waits: how many answers are waited for to read a block
 * @write_waits: to write one
 *
 * Says how fast the link is, for fl_plan_get_seconds().
 */
void
fl_plan_set_link (FlPlan *self, guint baud, guint bits_per_byte, double round_trip_ms, guint read_waits,
                  guint write_waits)
{
  g_return_if_fail (FL_IS_PLAN (self));
  g_return_if_fail (baud > 0 && bits_per_byte > 0 && round_trip_ms >= 0);

  self->baud = baud;
  self->bits_per_byte = bits_per_byte;
  self->round_trip_ms = round_trip_ms;
  self->read_waits = read_waits;
  self->write_waits = write_waits;
}

static double
get_wire_seconds (FlPlan *self, const Cost *cost)
{
  return (double) cost->bytes * self->bits_per_byte / self->baud;
}

static double
get_latency_seconds (FlPlan *self, const Cost *cost)
{
  return (double) cost->waits * self->round_trip_ms / 1000.0;
}

/**
 * fl_plan_get_erase_seconds:
 *
 * Returns: how much of fl_plan_get_seconds() is for erasing; 0 as long as the link is not known
 */
double
fl_plan_get_erase_seconds (FlPlan *self)
{
  Cost cost = { 0 };

  g_return_val_if_fail (FL_IS_PLAN (self), 0);

  if (self->baud == 0)
    return 0;
  add_erasing (self, &cost);
  return get_wire_seconds (self, &cost) + get_latency_seconds (self, &cost) + cost.erasing;
}

/**
 * fl_plan_get_seconds:
 * @limit: (out) (optional) (transfer none): what most of the time is for, translated
 *
 * Returns: how long the plan is expected to take; 0 (and no @limit) as long as the link is not known
 */
double
fl_plan_get_seconds (FlPlan *self, const char **limit)
{
  Cost cost = { 0 };
  double wire, latency, most;

  g_return_val_if_fail (FL_IS_PLAN (self), 0);

  if (limit != NULL)
    *limit = NULL;
  if (self->baud == 0)
    return 0;

  for (guint i = 0; self->options.preserve && i < self->shared->len; i++)
    add_reading (self, &cost, ((const FlPlanRange *) g_ptr_array_index (self->shared, i))->length);
  add_erasing (self, &cost);
  add_writing (self, &cost);
  add_reading (self, &cost, fl_plan_get_verify_bytes (self));

  wire = get_wire_seconds (self, &cost);
  latency = get_latency_seconds (self, &cost);
  most = MAX (MAX (wire, latency), MAX (cost.erasing, cost.programming));
  if (limit != NULL && most > 0)
    {
      if (most <= wire)
        *limit = _ ("the wire");
      else if (most <= latency)
        *limit = _ ("the adapter's latency");
      else if (most <= cost.erasing)
        *limit = _ ("erasing");
      else
        *limit = _ ("the chip's programming");
    }
  return wire + latency + cost.erasing + cost.programming;
}

static void
append_size (GString *text, guint64 n_bytes)
{
  if (n_bytes >= 1024)
    g_string_append_printf (text, _ ("%.1f KiB"), (double) n_bytes / 1024);
  else
    g_string_append_printf (text, ngettext ("%u byte", "%u bytes", (gulong) n_bytes), (guint) n_bytes);
}

static void
append_range (GString *text, guint32 address, guint64 length)
{
  g_string_append_printf (text, "  0x%08X–0x%08X, ", address, (guint) (address + length - 1));
  append_size (text, length);
  g_string_append_c (text, '\n');
}

static void
append_doubt (FlPlan *self, GString *text)
{
  if (fl_plan_needs_whole_bank (self))
    g_string_append_printf (text, _ ("This needs your agreement first. %s\n"), fl_plan_get_doubt (self));
  else if (fl_plan_get_doubt (self) != NULL)
    g_string_append_printf (text, _ ("All of bank 2 is erased, as agreed. %s\n"), fl_plan_get_doubt (self));
}

static void
append_shared (FlPlan *self, GString *text)
{
  if (self->shared->len == 0)
    return;
  if (self->options.preserve)
    g_string_append (text, _ ("Data besides the file's are read first and written back:\n"));
  else if (self->options.erase == FL_ERASE_ALL)
    g_string_append (text, _ ("Everything on the chip will be lost, also what is not in the file:\n"));
  else if (fl_plan_get_doubt (self) != NULL && self->options.whole_bank)
    g_string_append (text, _ ("Data besides the file's will be lost:\n"));
  else
    g_string_append (text, _ ("Data besides the file's will be lost, because they share pages with it:\n"));
  for (guint i = 0; i < self->shared->len; i++)
    {
      const FlPlanRange *range = g_ptr_array_index (self->shared, i);

      append_range (text, range->address, range->length);
    }
}

static const char *
action_to_string (FlPlan *self, FlPlanAction action)
{
  switch (action)
    {
    case FL_PLAN_KEEP:
      return _ ("kept");
    case FL_PLAN_ERASE:
      return _ ("erased");
    case FL_PLAN_WRITE:
    default:
      return self->options.erase == FL_ERASE_NONE ? _ ("written, taken to be blank") : _ ("erased and written");
    }
}

/* Sectors that follow each other and have the same action are one line. */
static void
append_sectors (FlPlan *self, GString *text)
{
  FlLayout *layout = self->device->layout;
  guint n_sectors = fl_layout_get_n_sectors (layout);
  gboolean sectors = fl_chip_has_sectors (self->device->chip);
  guint first = 0;

  for (guint i = 0; i < n_sectors; i++)
    {
      const FlSector *from = fl_layout_get_sector (layout, first);
      const FlSector *to = fl_layout_get_sector (layout, i);
      guint n_run = i - first + 1;

      if (i + 1 < n_sectors && fl_plan_get_action (self, i + 1) == fl_plan_get_action (self, i)
          && fl_layout_get_sector (layout, i + 1)->address == to->address + to->size)
        continue;
      g_string_append_printf (text, "  0x%08X–0x%08X, ", from->address, to->address + to->size - 1);
      g_string_append_printf (text,
                              sectors ? ngettext ("%u sector: %s", "%u sectors: %s", n_run)
                                      : ngettext ("%u page: %s", "%u pages: %s", n_run),
                              n_run, action_to_string (self, fl_plan_get_action (self, i)));
      g_string_append_c (text, '\n');
      first = i + 1;
    }
}

static void
append_sums (FlPlan *self, GString *text)
{
  const GArray *blocks = fl_plan_get_blocks (self);
  const char *limit = NULL;
  double seconds = fl_plan_get_seconds (self, &limit);

  g_string_append (text, _ ("Written: "));
  append_size (text, fl_plan_get_write_bytes (self));
  g_string_append_printf (text, ngettext (" in %u block\n", " in %u blocks\n", blocks->len), blocks->len);
  if (self->options.verify)
    {
      g_string_append (text, _ ("Read back and compared: "));
      append_size (text, fl_plan_get_verify_bytes (self));
      g_string_append_c (text, '\n');
    }
  else
    g_string_append (text, _ ("Nothing is read back: whether it was written will not be known\n"));
  if (limit != NULL)
    {
      g_string_append_printf (text, _ ("Expected time: %.1f s, most of it for %s\n"), seconds, limit);
    }
  if (fl_plan_leaves_unchanged (self))
    g_string_append (text, _ ("What holds the file already is neither erased nor written, and takes less time\n"));
  if (fl_plan_spares_blank (self))
    g_string_append (text, _ ("What looks blank already is written without being erased\n"));
}

/**
 * fl_plan_to_text:
 *
 * Says in words what the plan will do; what would be lost comes first.
 *
 * Returns: (transfer full): lines, translated, each with its end
 */
char *
fl_plan_to_text (FlPlan *self)
{
  GString *text = g_string_new (NULL);
  g_autofree char *name = NULL;
  g_autofree char *layout = NULL;

  g_return_val_if_fail (FL_IS_PLAN (self), g_string_free (text, FALSE));

  append_doubt (self, text);
  append_shared (self, text);
  name = fl_device_dup_name (self->device);
  layout = fl_layout_to_string (self->device->layout);
  g_string_append_printf (text, _ ("Flash of the %s, %s:\n"), name, layout);
  append_sectors (self, text);
  append_sums (self, text);
  return g_string_free (text, FALSE);
}
