/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-layout.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

struct _FlLayout
{
  gatomicrefcount ref_count;
  guint n_sectors;
  guint n_banks;
  guint bank_2;         /* its first sector; n_sectors when there is none */
  gboolean consecutive; /* in each bank, codes follow each other */
  guint n_numberings;
  guint16 first_codes[FL_LAYOUT_MAX_NUMBERINGS]; /* of bank 2, in each numbering */
  guint32 size;                                  /* bytes, over all sectors */
  FlSector sectors[];
};

G_DEFINE_BOXED_TYPE (FlLayout, fl_layout, fl_layout_ref, fl_layout_unref)

/**
 * fl_layout_new:
 * @sectors: (array length=n_sectors): in order of address; their indices are set here
 * @n_sectors: how many, 1 to 65535
 *
 * Makes a layout of sectors that neither overlap nor run over the end of the 32-bit address space, whose erase codes
 * differ, and whose banks are 1, or 1 and then 2.
 *
 * Errors: %FL_ERROR_FORMAT when the sectors are not so.
 *
 * Returns: (transfer full): the layout, or %NULL
 */
FlLayout *
fl_layout_new (const FlSector *sectors, guint n_sectors, GError **error)
{
  g_autoptr (GHashTable) codes = g_hash_table_new (NULL, NULL);
  FlLayout *self;
  guint64 end = 0;
  guint64 size = 0;
  guint8 bank = 1;

  g_return_val_if_fail (sectors != NULL || n_sectors == 0, NULL);

  if (n_sectors == 0 || n_sectors > G_MAXUINT16)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("A flash layout has 1 to 65535 sectors, not %u"), n_sectors);
      return NULL;
    }
  for (guint i = 0; i < n_sectors; i++)
    {
      const FlSector *sector = &sectors[i];

      if (sector->size == 0 || sector->address < end || (guint64) sector->address + sector->size > G_MAXUINT32)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("The sector at 0x%08X is empty, or overlaps another"),
                       sector->address);
          return NULL;
        }
      if (sector->bank < bank || sector->bank > 2 || (i == 0 && sector->bank != 1))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("The sector at 0x%08X is in a wrong bank"),
                       sector->address);
          return NULL;
        }
      if (!g_hash_table_add (codes, GUINT_TO_POINTER (sector->code)))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("The erase code %u is used for two sectors"), sector->code);
          return NULL;
        }
      bank = sector->bank;
      size += sector->size;
      end = (guint64) sector->address + sector->size;
    }

  self = g_malloc0 (sizeof *self + n_sectors * sizeof *sectors);
  g_atomic_ref_count_init (&self->ref_count);
  self->n_sectors = n_sectors;
  self->n_banks = bank;
  self->bank_2 = n_sectors;
  self->consecutive = TRUE;
  self->n_numberings = 1;
  self->size = (guint32) size;
  for (guint i = 0; i < n_sectors; i++)
    {
      self->sectors[i] = sectors[i];
      self->sectors[i].index = (guint16) i;
      if (sectors[i].bank == 2 && self->bank_2 == n_sectors)
        {
          self->bank_2 = i;
          self->first_codes[0] = sectors[i].code;
        }
      else if (i > 0 && sectors[i].code != sectors[i - 1].code + 1)
        self->consecutive = FALSE;
    }
  return self;
}

/* Another numbering names each sector of bank 2 by a code of 16 bits that no other sector has. */
static gboolean
fl_layout_add_numbering (FlLayout *self, guint16 first_code)
{
  if (self->bank_2 == self->n_sectors || self->n_numberings == FL_LAYOUT_MAX_NUMBERINGS)
    return FALSE;
  for (guint i = 0; i < self->n_numberings; i++)
    if (self->first_codes[i] == first_code)
      return FALSE;
  self->first_codes[self->n_numberings++] = first_code;
  for (guint i = self->bank_2; i < self->n_sectors; i++)
    {
      guint code = fl_layout_get_code (self, i, self->n_numberings - 1);

      for (guint k = 0; k < self->bank_2; k++)
        if (code > G_MAXUINT16 || self->sectors[k].code == code)
          return FALSE;
    }
  return TRUE;
}

/**
 * fl_layout_new_numbered:
 * @sectors: (array length=n_sectors): as for fl_layout_new(), with their codes in the likeliest numbering
 * @others: (array length=n_others): the first erase code of bank 2 in the other numberings that documents give, each
 *   once; the codes of the sectors behind it are as far from it as in the first numbering
 * @n_others: less than %FL_LAYOUT_MAX_NUMBERINGS
 *
 * Errors: %FL_ERROR_FORMAT when the sectors are not right, or a numbering gives a code to two of them.
 *
 * Returns: (transfer full): the layout, or %NULL
 */
FlLayout *
fl_layout_new_numbered (const FlSector *sectors, guint n_sectors, const guint16 *others, guint n_others, GError **error)
{
  g_autoptr (FlLayout) self = fl_layout_new (sectors, n_sectors, error);

  g_return_val_if_fail (others != NULL || n_others == 0, NULL);

  for (guint i = 0; self != NULL && i < n_others; i++)
    if (!fl_layout_add_numbering (self, others[i]))
      {
        g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("The erase codes of bank 2 cannot begin with %u"), others[i]);
        return NULL;
      }
  return g_steal_pointer (&self);
}

/**
 * fl_layout_cut:
 * @n_sectors: how many are left, from 1 to fl_layout_get_n_sectors()
 *
 * Returns: (transfer full): the first sectors of @self, in the same numberings
 */
FlLayout *
fl_layout_cut (FlLayout *self, guint n_sectors)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (n_sectors > 0 && n_sectors <= self->n_sectors, NULL);

  return fl_layout_new_numbered (self->sectors, n_sectors, self->first_codes + 1,
                                 n_sectors > self->bank_2 ? self->n_numberings - 1 : 0, NULL);
}

/**
 * fl_layout_ref:
 *
 * Returns: (transfer full): @self, to be released with fl_layout_unref()
 */
FlLayout *
fl_layout_ref (FlLayout *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * fl_layout_unref:
 *
 * Gives a reference back; the last one frees the layout. Any thread.
 */
void
fl_layout_unref (FlLayout *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * fl_layout_get_n_sectors:
 *
 * Returns: how many sectors there are, at least 1
 */
guint
fl_layout_get_n_sectors (FlLayout *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_sectors;
}

/**
 * fl_layout_get_sector:
 * @index: from 0 to fl_layout_get_n_sectors() - 1
 *
 * Returns: (transfer none): the sector
 */
const FlSector *
fl_layout_get_sector (FlLayout *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->n_sectors, NULL);

  return &self->sectors[index];
}

/**
 * fl_layout_find:
 *
 * Returns: (transfer none) (nullable): the sector that @address is in; %NULL when it is not flash
 */
const FlSector *
fl_layout_find (FlLayout *self, guint32 address)
{
  guint low = 0;
  guint high;

  g_return_val_if_fail (self != NULL, NULL);

  high = self->n_sectors;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const FlSector *sector = &self->sectors[middle];

      if (address < sector->address)
        high = middle;
      else if (address - sector->address >= sector->size)
        low = middle + 1;
      else
        return sector;
    }
  return NULL;
}

/**
 * fl_layout_contains:
 * @address: the first byte
 * @length: bytes; 0 is contained wherever @address is
 *
 * Returns: whether the whole range is flash; a gap between two banks is not
 */
gboolean
fl_layout_contains (FlLayout *self, guint32 address, guint64 length)
{
  guint64 end = (guint64) address + length;
  const FlSector *sector;

  g_return_val_if_fail (self != NULL, FALSE);

  if (length > G_MAXUINT32)
    return FALSE;
  sector = fl_layout_find (self, address);
  while (sector != NULL)
    {
      guint64 sector_end = (guint64) sector->address + sector->size;

      if (end <= sector_end)
        return TRUE;
      if (sector->index + 1U == self->n_sectors || self->sectors[sector->index + 1].address != sector_end)
        return FALSE;
      sector++;
    }
  return FALSE;
}

/**
 * fl_layout_get_start:
 *
 * Returns: the address of the first byte of flash
 */
guint32
fl_layout_get_start (FlLayout *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->sectors[0].address;
}

/**
 * fl_layout_get_end:
 *
 * Returns: the address behind the last byte of flash
 */
guint64
fl_layout_get_end (FlLayout *self)
{
  const FlSector *last;

  g_return_val_if_fail (self != NULL, 0);

  last = &self->sectors[self->n_sectors - 1];
  return (guint64) last->address + last->size;
}

/**
 * fl_layout_get_size:
 *
 * Returns: bytes of flash, without gaps
 */
guint32
fl_layout_get_size (FlLayout *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size;
}

/**
 * fl_layout_get_n_banks:
 *
 * Returns: 1 or 2
 */
guint
fl_layout_get_n_banks (FlLayout *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_banks;
}

/**
 * fl_layout_get_bank_2:
 *
 * Returns: the index of the first sector of bank 2, which reaches to the last sector; fl_layout_get_n_sectors() when
 * there is one bank
 */
guint
fl_layout_get_bank_2 (FlLayout *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->bank_2;
}

/**
 * fl_layout_get_n_numberings:
 *
 * Returns: in how many ways documents number bank 2 for the erase commands, at least 1
 */
guint
fl_layout_get_n_numberings (FlLayout *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_numberings;
}

/**
 * fl_layout_get_code:
 * @index: of a sector
 * @numbering: from 0, the likeliest, to fl_layout_get_n_numberings() - 1
 *
 * Returns: what Erase and Extended Erase call the sector in this numbering
 */
guint
fl_layout_get_code (FlLayout *self, guint index, guint numbering)
{
  guint code;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (index < self->n_sectors && numbering < self->n_numberings, 0);

  code = self->sectors[index].code;
  return index < self->bank_2 ? code : code - self->first_codes[0] + self->first_codes[numbering];
}

/**
 * fl_layout_find_code:
 * @code: as in an erase command
 * @numbering: from 0 to fl_layout_get_n_numberings() - 1
 *
 * Returns: the index of the sector that @code names in this numbering; -1 when it names none
 */
int
fl_layout_find_code (FlLayout *self, guint code, guint numbering)
{
  guint in_bank_1, in_bank_2;

  g_return_val_if_fail (self != NULL, -1);
  g_return_val_if_fail (numbering < self->n_numberings, -1);

  in_bank_1 = code - self->sectors[0].code;
  in_bank_2 = code - self->first_codes[numbering];
  if (self->consecutive && in_bank_1 < self->bank_2)
    return (int) in_bank_1;
  if (self->consecutive && in_bank_2 < self->n_sectors - self->bank_2)
    return (int) (self->bank_2 + in_bank_2);
  for (guint i = 0; !self->consecutive && i < self->n_sectors; i++)
    if (fl_layout_get_code (self, i, numbering) == code)
      return (int) i;
  return -1;
}

/**
 * fl_layout_size_to_string:
 * @size: bytes
 *
 * Returns: (transfer full): as it is said, translated: "128 KiB", "80 bytes"
 */
char *
fl_layout_size_to_string (guint32 size)
{
  if (size % 1024 == 0)
    return g_strdup_printf (_ ("%u KiB"), size / 1024);
  return g_strdup_printf (_ ("%u bytes"), size);
}

/**
 * fl_layout_to_string:
 *
 * Says in words how the flash is divided: "128 × 2 KiB", "4 × 16 KiB, 1 × 64 KiB, 7 × 128 KiB in 2 banks".
 *
 * Returns: (transfer full): one line, translated
 */
char *
fl_layout_to_string (FlLayout *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint run = 0;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->n_sectors; i++)
    {
      gboolean last = i + 1 == self->n_sectors;

      run++;
      if (last || self->sectors[i + 1].size != self->sectors[i].size)
        {
          g_autofree char *size = fl_layout_size_to_string (self->sectors[i].size);

          g_string_append_printf (text, "%s%u × %s", text->len > 0 ? ", " : "", run, size);
          run = 0;
        }
    }
  if (self->n_banks > 1)
    g_string_append (text, _ (" in 2 banks"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}
