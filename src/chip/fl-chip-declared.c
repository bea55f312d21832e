/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-chip-declared.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-chip-private.h"
#include "fl-error.h"

/* What is taken where nobody says: whatever suits every chip that is known. */
#define LARGEST_UNIT    32 /* a multiple of every program unit there is, so that no write is too small */
#define MAX_UNIT        256
#define USUAL_ERASED    0xFF
#define PAGE_MS         200    /* twice the longest time that any row has for a page, */
#define SECTOR_MS       8000   /* for a sector of 128 KiB, */
#define MASS_MS         128000 /* and for everything */
#define LARGE_SECTOR    (16 * 1024)
#define FIRST_BANK_CODE 0xFFF0 /* from here on, codes of Extended Erase mean banks */
#define MAX_ERASE_CODE  0xFF   /* of Erase, which has one byte for it */
#define MAX_SECTORS     4096
#define MAX_SECTOR      (16 * 1024 * 1024)

struct _FlDeclaration
{
  gatomicrefcount ref_count;
  char *name;
  FlStmap *map; /* nullable */
  FlLayout *layout;
  int pid; /* -1: not said */
  guint unit;
  guint8 erased;
  guint8 command; /* 0: not said */
};

G_DEFINE_BOXED_TYPE (FlDeclaration, fl_declaration, fl_declaration_ref, fl_declaration_unref)

static FlDeclaration *
fl_declaration_new (const char *name)
{
  FlDeclaration *self = g_new0 (FlDeclaration, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = g_strdup (name);
  self->pid = -1;
  self->unit = LARGEST_UNIT;
  self->erased = USUAL_ERASED;
  return self;
}

/**
 * fl_declaration_ref:
 *
 * Returns: (transfer full): @self, to be released with fl_declaration_unref()
 */
FlDeclaration *
fl_declaration_ref (FlDeclaration *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * fl_declaration_unref:
 *
 * Gives a reference back; the last one frees the declaration. Any thread.
 */
void
fl_declaration_unref (FlDeclaration *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_clear_pointer (&self->map, fl_stmap_unref);
  g_clear_pointer (&self->layout, fl_layout_unref);
  g_free (self);
}

/* Every sector can be written in whole units, and named by the erase command. */
static gboolean
check_sectors (const FlDeclaration *self, GError **error)
{
  guint max_code = self->command == 0x43 ? MAX_ERASE_CODE : FIRST_BANK_CODE - 1;

  for (guint i = 0; i < fl_layout_get_n_sectors (self->layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (self->layout, i);

      if (sector->address % self->unit != 0 || sector->size % self->unit != 0)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("The page of %u bytes at 0x%08X is not made of whole units of %u bytes, in which flash "
                          "is written"),
                       sector->size, sector->address, self->unit);
          return FALSE;
        }
      if (sector->code > max_code)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("The page at 0x%08X has the erase code %u; the erase command takes up to %u"),
                       sector->address, sector->code, max_code);
          return FALSE;
        }
    }
  return TRUE;
}

/* FALSE when the sectors do not make a flash. */
static gboolean
take_sectors (FlDeclaration *self, const GArray *sectors, GError **error)
{
  g_autoptr (GError) problem = NULL;

  self->layout = fl_layout_new ((const FlSector *) (gpointer) sectors->data, sectors->len, &problem);
  if (self->layout != NULL && check_sectors (self, &problem))
    return TRUE;
  g_set_error (error, FL_ERROR, self->map != NULL ? FL_ERROR_FORMAT : FL_ERROR_USAGE, "%s: %s", self->name,
               problem->message);
  return FALSE;
}

/**
 * fl_declaration_new_for_map:
 * @map: kept
 *
 * Takes what a map file says of flash. How it is written a map does not say well (its packets of 252 bytes suit some
 * chips only), so that this is what suits every chip that is known: whole units of 32 bytes, FF when erased, and the
 * erase command that the bootloader lists.
 *
 * Errors: %FL_ERROR_UNSUPPORTED when it is for an STM8, STR7 or STR9; %FL_ERROR_FORMAT when it has no flash, or its
 * erase codes are not clear.
 *
 * Returns: (transfer full): the declaration, or %NULL
 */
FlDeclaration *
fl_declaration_new_for_map (FlStmap *map, GError **error)
{
  g_autoptr (FlDeclaration) self = NULL;
  g_autoptr (GPtrArray) flash = NULL;
  g_autoptr (GArray) sectors = g_array_new (FALSE, FALSE, sizeof (FlSector));
  const char *foreign;

  g_return_val_if_fail (map != NULL, NULL);

  foreign = fl_stmap_get_foreign (map);
  if (foreign != NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                   /* Translators: a file's name; "STM8" */
                   _ ("%s is for an %s, whose bootloader speaks another protocol. Only STM32 chips can be programmed."),
                   fl_stmap_get_file_name (map), foreign);
      return NULL;
    }
  flash = fl_stmap_list_flash (map);
  if (flash->len == 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("%s has no area that is flash and can be erased"),
                   fl_stmap_get_file_name (map));
      return NULL;
    }
  for (guint i = 0; i < flash->len; i++)
    {
      const FlStmapArea *area = g_ptr_array_index (flash, i);
      FlSector sector = { area->address, area->size, 0, area->index, 1 };

      g_array_append_val (sectors, sector);
    }
  self = fl_declaration_new (fl_stmap_get_file_name (map));
  self->map = fl_stmap_ref (map);
  self->pid = (int) fl_stmap_get_pid (map);
  return take_sectors (self, sectors, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
fail_text (const char *text, const char *part, GError **error)
{
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
               _ ("“%s” does not describe a flash: “%s” is not understood. Write for example 0x08000000:64x2K, or "
                  "0x08000000:4x16K,1x64K,7x128K;unit=8;erased=0xFF;command=0x44"),
               text, part);
  return FALSE;
}

static gboolean
parse_number (const char *text, guint64 max, guint64 *number)
{
  g_autofree char *stripped = g_strstrip (g_ascii_strdown (text, -1));
  gsize length = strlen (stripped);

  if (length > 0 && stripped[length - 1] == 'k')
    stripped[length - 1] = 'K';
  return fl_chip_parse_number (stripped, max, number);
}

/* "64x2K": appended behind what there is. */
static gboolean
parse_run (const char *run, guint64 *address, GArray *sectors)
{
  g_autofree char *lower = g_ascii_strdown (run, -1);
  const char *times = strchr (lower, 'x');
  g_autofree char *left = NULL;
  guint64 count, size;

  if (times == NULL)
    return FALSE;
  left = g_strndup (lower, (gsize) (times - lower));
  if (!parse_number (left, MAX_SECTORS - sectors->len, &count) || !parse_number (times + 1, MAX_SECTOR, &size)
      || count == 0 || size == 0)
    return FALSE;
  for (guint64 i = 0; i < count; i++)
    {
      FlSector sector = { (guint32) *address, (guint32) size, 0, (guint16) sectors->len, 1 };

      if (*address + size > G_MAXUINT32)
        return FALSE;
      g_array_append_val (sectors, sector);
      *address += size;
    }
  return TRUE;
}

/* "unit=8" */
static gboolean
parse_word (FlDeclaration *self, const char *word)
{
  const char *equals = strchr (word, '=');
  g_autofree char *key = NULL;
  guint64 value;

  if (equals == NULL || !parse_number (equals + 1, G_MAXUINT16, &value))
    return FALSE;
  key = g_strstrip (g_ascii_strdown (word, equals - word));
  if (g_str_equal (key, "unit"))
    {
      self->unit = (guint) value;
      return value >= 4 && value <= MAX_UNIT && (value & (value - 1)) == 0;
    }
  if (g_str_equal (key, "erased"))
    {
      self->erased = (guint8) value;
      return value == 0x00 || value == 0xFF;
    }
  if (g_str_equal (key, "command"))
    {
      self->command = (guint8) value;
      return value == 0x43 || value == 0x44;
    }
  return FALSE;
}

/**
 * fl_declaration_parse:
 * @text: where flash begins and how it is divided, such as `0x08000000:4x16K,1x64K,7x128K`; behind semicolons what is
 * known besides: `unit=8` (bytes that are written at once, a power of two from 4 to 256), `erased=0x00` (what erased
 * flash reads, 0xFF otherwise), `command=0x43` (which of the two erase commands, where the bootloader lists both)
 *
 * The pages' erase codes count from 0.
 *
 * Errors: %FL_ERROR_USAGE when @text is not understood, or does not add up.
 *
 * Returns: (transfer full): the declaration, or %NULL
 */
FlDeclaration *
fl_declaration_parse (const char *text, GError **error)
{
  g_autoptr (FlDeclaration) self = NULL;
  g_autoptr (GArray) sectors = g_array_new (FALSE, FALSE, sizeof (FlSector));
  g_auto (GStrv) parts = NULL;
  g_auto (GStrv) place = NULL;
  g_auto (GStrv) runs = NULL;
  guint64 address;

  g_return_val_if_fail (text != NULL, NULL);

  self = fl_declaration_new (text);
  parts = fl_chip_split_list (text);
  place = g_strsplit (parts[0] != NULL ? parts[0] : "", ":", 2);
  if (g_strv_length (place) != 2 || place[1][0] == '\0' || !parse_number (place[0], G_MAXUINT32, &address))
    {
      fail_text (text, parts[0] != NULL ? parts[0] : "", error);
      return NULL;
    }
  runs = g_strsplit (place[1], ",", -1);
  for (char **run = runs; *run != NULL; run++)
    if (!parse_run (*run, &address, sectors))
      {
        fail_text (text, *run, error);
        return NULL;
      }
  for (char **word = parts + 1; *word != NULL; word++)
    if (**word != '\0' && !parse_word (self, *word))
      {
        fail_text (text, *word, error);
        return NULL;
      }
  return take_sectors (self, sectors, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * fl_declaration_get_name:
 *
 * Returns: (transfer none): what the declaration is called: the map's file name, or its text
 */
const char *
fl_declaration_get_name (FlDeclaration *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * fl_declaration_get_map:
 *
 * Returns: (transfer none) (nullable): the map that it is from
 */
FlStmap *
fl_declaration_get_map (FlDeclaration *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->map;
}

/**
 * fl_declaration_get_pid:
 *
 * Returns: the product ID of the chip that it is meant for; -1: of any that is not known
 */
int
fl_declaration_get_pid (FlDeclaration *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->pid;
}

/**
 * fl_declaration_get_layout:
 *
 * Returns: (transfer none): how flash is divided
 */
FlLayout *
fl_declaration_get_layout (FlDeclaration *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->layout;
}

/**
 * fl_declaration_get_unit:
 *
 * Returns: bytes that are written at once, aligned; 32 where nobody says, which suits every chip that is known
 */
guint
fl_declaration_get_unit (FlDeclaration *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->unit;
}

/**
 * fl_declaration_get_erased:
 *
 * Returns: what erased flash reads: 0xFF, or 0x00
 */
guint8
fl_declaration_get_erased (FlDeclaration *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->erased;
}

/**
 * fl_declaration_get_command:
 *
 * Returns: 0x43 or 0x44; 0 where nobody says
 */
guint8
fl_declaration_get_command (FlDeclaration *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->command;
}

static gboolean
has_large_sectors (FlLayout *layout)
{
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    if (fl_layout_get_sector (layout, i)->size >= LARGE_SECTOR)
      return TRUE;
  return FALSE;
}

/**
 * fl_declaration_make_chip:
 * @pid: what the chip answered to Get ID
 *
 * Makes a row for a chip that the database does not know. Nothing is known of its bugs, so that it is erased one page
 * a command, and its times are the longest there are. It has no option bytes, no RAM, and no unique ID that anything
 * could be done with.
 *
 * Returns: (transfer full): to be freed with fl_declaration_free_chip()
 */
FlChip *
fl_declaration_make_chip (FlDeclaration *self, guint16 pid)
{
  FlChip *chip;

  g_return_val_if_fail (self != NULL, NULL);

  chip = &fl_chip_row_new (pid)->chip;
  /* Translators: then a file's name, or a text such as 0x08000000:64x2K */
  chip->name = g_strdup_printf (_ ("unknown chip (PID 0x%03X), as declared by %s"), pid, self->name);
  chip->flash_start = fl_layout_get_start (self->layout);
  chip->flash_kib = (fl_layout_get_size (self->layout) + 1023) / 1024;
  chip->flash_size_mask = 0xFFFF;
  g_ptr_array_add (chip->layouts, fl_chip_layout_new (chip->flash_kib, fl_layout_ref (self->layout)));
  chip->program_unit = self->unit;
  chip->erased_value = self->erased;
  chip->erase_command = self->command != 0 ? self->command : 0x44;
  chip->max_erase_pages = 1;
  chip->erase_page_ms = has_large_sectors (self->layout) ? SECTOR_MS : PAGE_MS;
  chip->erase_mass_ms = MASS_MS;
  chip->flags = FL_CHIP_ONE_PAGE_ERASE | FL_CHIP_NO_BANK_ERASE;
  return chip;
}

/**
 * fl_declaration_free_chip:
 * @chip: of fl_declaration_make_chip()
 */
void
fl_declaration_free_chip (FlChip *chip)
{
  if (chip != NULL)
    fl_chip_row_free ((FlChipRow *) chip);
}
