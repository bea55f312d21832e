/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-stmap-private.h"

#define UNKNOWN_SIZE   0xFFFF /* of FlashSize: not known */
#define DEFAULT_PACKET 0x100
#define DEFAULT_ACK    0x79
#define STR75X_ACK     0x75

G_DEFINE_BOXED_TYPE (FlStmap, fl_stmap, fl_stmap_ref, fl_stmap_unref)

static void
area_free (gpointer data)
{
  FlStmapArea *area = data;

  g_free (area->name);
  g_free (area->comment);
  g_free (area);
}

static void
routine_free (gpointer data)
{
  FlStmapRoutine *routine = data;

  g_free (routine->version);
  g_free (routine->file);
  g_free (routine);
}

FlStmap *
fl_stmap_new (const char *file_name)
{
  FlStmap *self = g_new0 (FlStmap, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->file_name = g_strdup (file_name);
  self->pid = self->bid = self->flash_kib = self->ram_kib = self->packet_size = self->ack = -1;
  self->pages_per_group = self->family = -1;
  self->routines = g_ptr_array_new_with_free_func (routine_free);
  self->areas = g_ptr_array_new_with_free_func (area_free);
  return self;
}

/**
 * fl_stmap_ref:
 *
 * Returns: (transfer full): @self, to be released with fl_stmap_unref()
 */
FlStmap *
fl_stmap_ref (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * fl_stmap_unref:
 *
 * Gives a reference back; the last one frees the map. Any thread.
 */
void
fl_stmap_unref (FlStmap *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->file_name);
  g_free (self->name);
  g_free (self->unit_name);
  g_ptr_array_unref (self->routines);
  g_ptr_array_unref (self->areas);
  g_free (self);
}

/**
 * fl_stmap_get_file_name:
 *
 * Returns: (transfer none): without the folder
 */
const char *
fl_stmap_get_file_name (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->file_name;
}

/**
 * fl_stmap_get_name:
 *
 * Returns: (transfer none): what the map calls its chip; its file's name, without the ending, where it does not say
 */
const char *
fl_stmap_get_name (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * fl_stmap_get_pid:
 *
 * Returns: what Get ID answers on the chip that the map is for, up to 32 bits; -1 when it does not say
 */
gint64
fl_stmap_get_pid (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->pid;
}

/**
 * fl_stmap_dup_pid:
 *
 * Returns: (transfer full) (nullable): the product ID as it is written: "0x442"; %NULL when the map does not say
 */
char *
fl_stmap_dup_pid (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pid >= 0 ? g_strdup_printf ("0x%03X", (guint) self->pid) : NULL;
}

/**
 * fl_stmap_get_bid:
 *
 * Returns: the address of the byte with the bootloader's version; -1 when the map does not say
 */
gint64
fl_stmap_get_bid (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->bid;
}

/**
 * fl_stmap_get_flash_kib:
 *
 * Returns: KiB; 0 when the map does not say
 */
guint
fl_stmap_get_flash_kib (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->flash_kib > 0 && self->flash_kib != UNKNOWN_SIZE ? (guint) self->flash_kib : 0;
}

/**
 * fl_stmap_get_ram_kib:
 *
 * Returns: KiB; 0 when the map does not say
 */
guint
fl_stmap_get_ram_kib (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->ram_kib > 0 ? (guint) self->ram_kib : 0;
}

/**
 * fl_stmap_get_packet_size:
 *
 * Returns: how many bytes the old program writes at once, after rounding down to a multiple of 4. It does not suit
 * every chip (0xFF becomes 252, which is no multiple of 8), and nothing here goes by it.
 */
guint
fl_stmap_get_packet_size (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->packet_size >= 0 ? (guint) self->packet_size : DEFAULT_PACKET;
}

/**
 * fl_stmap_get_ack:
 *
 * Returns: the byte that the bootloader acknowledges with: 0x79, but 0x75 on STR75x
 */
guint8
fl_stmap_get_ack (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->ack >= 0 ? (guint8) self->ack : DEFAULT_ACK;
}

/**
 * fl_stmap_get_unit_name:
 *
 * Returns: (transfer none): what the map calls its areas: "Pages", "Sectors"
 */
const char *
fl_stmap_get_unit_name (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->unit_name != NULL ? self->unit_name : "Sectors";
}

/**
 * fl_stmap_get_pages_per_group:
 *
 * Returns: how many areas are write-protected together; 0 when the map does not say
 */
guint
fl_stmap_get_pages_per_group (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->pages_per_group > 0 ? (guint) self->pages_per_group : 0;
}

/**
 * fl_stmap_get_family:
 *
 * Returns: an #FlStmapFamily, or a number that is none
 */
guint
fl_stmap_get_family (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->family > 0 ? (guint) self->family : FL_STMAP_FAMILY_UNKNOWN;
}

/**
 * fl_stmap_get_foreign:
 *
 * The old program knows other chips than the STM32, whose bootloaders speak otherwise.
 *
 * Returns: (transfer none) (nullable): what the map is for: "STM8", "STR75x" or "STR91x"; %NULL: an STM32
 */
const char *
fl_stmap_get_foreign (FlStmap *self)
{
  static const char *const names[] = {
    [FL_STMAP_FAMILY_STR75X] = "STR75x",
    [FL_STMAP_FAMILY_STM8] = "STM8",
    [FL_STMAP_FAMILY_STR91X] = "STR91x",
  };
  guint family;

  g_return_val_if_fail (self != NULL, NULL);

  family = fl_stmap_get_family (self);
  if (family < G_N_ELEMENTS (names) && names[family] != NULL)
    return names[family];
  if (fl_stmap_get_ack (self) == STR75X_ACK)
    return names[FL_STMAP_FAMILY_STR75X];
  if (self->pid > G_MAXUINT16)
    return names[FL_STMAP_FAMILY_STR91X];
  if (self->routines->len > 0)
    return names[FL_STMAP_FAMILY_STM8];
  return NULL;
}

/**
 * fl_stmap_get_n_areas:
 *
 * Returns: how many there are, of every kind
 */
guint
fl_stmap_get_n_areas (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->areas->len;
}

/**
 * fl_stmap_get_area:
 * @index: from 0 to fl_stmap_get_n_areas() - 1, in the file's order
 *
 * Returns: (transfer none): the area
 */
const FlStmapArea *
fl_stmap_get_area (FlStmap *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->areas->len, NULL);

  return g_ptr_array_index (self->areas, index);
}

/**
 * fl_stmap_get_n_routines:
 *
 * Returns: how many routines for an STM8 the map names
 */
guint
fl_stmap_get_n_routines (FlStmap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->routines->len;
}

/**
 * fl_stmap_get_routine:
 * @index: from 0 to fl_stmap_get_n_routines() - 1
 *
 * Returns: (transfer none): the routine
 */
const FlStmapRoutine *
fl_stmap_get_routine (FlStmap *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->routines->len, NULL);

  return g_ptr_array_index (self->routines, index);
}

static int
compare_addresses (gconstpointer a, gconstpointer b)
{
  const FlStmapArea *one = *(const FlStmapArea *const *) a;
  const FlStmapArea *other = *(const FlStmapArea *const *) b;

  return one->address < other->address ? -1 : one->address > other->address;
}

/**
 * fl_stmap_list_flash:
 *
 * Returns: (transfer container) (element-type FlStmapArea): the areas that may be in an erase list: not option bytes,
 * not data memory, and nothing whose type says that it cannot be erased; by address
 */
GPtrArray *
fl_stmap_list_flash (FlStmap *self)
{
  GPtrArray *flash;

  g_return_val_if_fail (self != NULL, NULL);

  flash = g_ptr_array_new ();
  for (guint i = 0; i < self->areas->len; i++)
    {
      FlStmapArea *area = g_ptr_array_index (self->areas, i);

      if (area->kind == FL_STMAP_FLASH)
        g_ptr_array_add (flash, area);
    }
  g_ptr_array_sort (flash, compare_addresses);
  return flash;
}

static void
add_text (GString *text, const char *key, const char *value)
{
  if (value != NULL)
    g_string_append_printf (text, "%s=%s\r\n", key, value);
}

static void
add_hex (GString *text, const char *key, int n_digits, gint64 value)
{
  if (value >= 0)
    g_string_append_printf (text, "%s=%0*X\r\n", key, n_digits, (guint) value);
}

static void
add_decimal (GString *text, const char *key, gint64 value)
{
  if (value >= 0)
    g_string_append_printf (text, "%s=%u\r\n", key, (guint) value);
}

static void
add_area (GString *text, const FlStmapArea *area)
{
  g_string_append_printf (text, "\r\n[%s]\r\n", area->name);
  add_text (text, "Name", area->comment);
  g_string_append_printf (text, "Index=%02X\r\nAddress=%08X\r\nSize=%08X\r\nType=", area->index, area->address,
                          area->size);
  for (int bit = 7; bit >= 0; bit--)
    if (bit < 3 || area->type >> bit != 0)
      g_string_append_c (text, (area->type >> bit & 1) != 0 ? '1' : '0');
  g_string_append (text, "\r\nUFO=111\r\n");
}

/**
 * fl_stmap_to_text:
 *
 * Writes the map as the old program reads it, without what it does not need. Reading it gives the same map.
 *
 * Returns: (transfer full): UTF-8, with CR and LF behind each line
 */
char *
fl_stmap_to_text (FlStmap *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new ("[Product]\r\n");
  add_text (text, "Name", self->name);
  add_hex (text, "PID", 4, self->pid);
  add_hex (text, "BID", 8, self->bid);
  add_hex (text, "FlashSize", 4, self->flash_kib);
  add_hex (text, "RAMSize", 4, self->ram_kib);
  add_hex (text, "PacketSize", 2, self->packet_size);
  add_hex (text, "ACKVAL", 2, self->ack);
  add_text (text, "MAPNAME", self->unit_name);
  add_decimal (text, "PagesPerSector", self->pages_per_group);
  add_decimal (text, "family", self->family);
  for (guint i = 0; i < self->routines->len; i++)
    {
      const FlStmapRoutine *routine = g_ptr_array_index (self->routines, i);

      add_text (text, routine->version, routine->file);
    }
  for (guint i = 0; i < self->areas->len; i++)
    add_area (text, g_ptr_array_index (self->areas, i));
  return g_string_free (text, FALSE);
}
