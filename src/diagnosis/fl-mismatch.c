/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-mismatch.h"

#include <glib/gi18n-lib.h>

#define USUAL_SECTOR     2048 /* where the layout is not known */
#define SECTOR_ALIGNMENT 64   /* no sector begins anywhere else */
#define HEAD             32   /* bytes that a bootloader of the H72x loses of a write behind a read */
#define LARGE            64   /* bytes of a block that is no single unit */
#define MIN_CLEARED      8    /* fewer bytes may have lost bits by chance */
#define MIN_REPLACED     64   /* bytes of a sector, before it is said to hold something else */

/* Programming units there are. Smaller ones do not lose records: AN3155 has multiples of 4. */
static const guint units[] = { 8, 16, 32 };

/* What was compared of one sector. */
typedef struct
{
  guint64 n_equal;
  guint64 n_different;
  guint64 n_lost; /* of those that differ: blank */
} Sector;

struct _FlMismatch
{
  FlLayout *layout; /* nullable */
  guint8 erased;
  GHashTable *sectors;  /* number → Sector */
  guint n_bad;          /* blocks with differences */
  guint n_unstable;     /* blocks that were read twice, and differently */
  guint64 n_different;  /* bytes */
  gboolean all_blank;   /* of the bytes that differ */
  gboolean all_cleared; /* of the bytes that differ: programming what is wanted over something would give them */
  gboolean whole_units[G_N_ELEMENTS (units)]; /* each unit is right, or blank */
  gboolean heads;                             /* nothing but the first bytes of blocks is wrong */
  gboolean whole_blocks;                      /* a block is right, or blank: the write was lost */
};

/**
 * fl_mismatch_new:
 * @layout: (nullable): how the flash is divided
 * @erased_value: what erased bytes read as
 */
FlMismatch *
fl_mismatch_new (FlLayout *layout, guint8 erased_value)
{
  FlMismatch *self = g_new0 (FlMismatch, 1);

  if (layout != NULL)
    self->layout = fl_layout_ref (layout);
  self->erased = erased_value;
  self->sectors = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  self->all_blank = self->all_cleared = self->heads = self->whole_blocks = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    self->whole_units[i] = TRUE;
  return self;
}

void
fl_mismatch_free (FlMismatch *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->layout, fl_layout_unref);
  g_hash_table_unref (self->sectors);
  g_free (self);
}

static Sector *
get_sector (FlMismatch *self, guint32 address)
{
  const FlSector *found = self->layout != NULL ? fl_layout_find (self->layout, address) : NULL;
  gpointer key = GUINT_TO_POINTER (found != NULL ? found->index : address / USUAL_SECTOR);
  Sector *sector = g_hash_table_lookup (self->sectors, key);

  if (sector == NULL)
    {
      sector = g_new0 (Sector, 1);
      g_hash_table_insert (self->sectors, key, sector);
    }
  return sector;
}

/* Programming moves bits away from the erased value only: what it leaves of old content has lost no bit of what is
 * wanted. */
static gboolean
is_cleared (const FlMismatch *self, guint8 wanted, guint8 got)
{
  return ((got ^ self->erased) & (wanted ^ self->erased)) == (wanted ^ self->erased);
}

/* Whether a stretch is as wanted, or was left blank as a whole. */
static gboolean
is_whole (const FlMismatch *self, const guint8 *wanted, const guint8 *got, gsize length)
{
  gboolean equal = TRUE, blank = TRUE;

  for (gsize i = 0; i < length; i++)
    {
      equal = equal && wanted[i] == got[i];
      blank = blank && got[i] == self->erased;
    }
  return equal || blank;
}

/* Whether the block lacks its first bytes, all of them, and nothing else. */
static gboolean
lacks_head (const FlMismatch *self, const guint8 *wanted, const guint8 *got, gsize length)
{
  gboolean more = FALSE;

  if (length <= HEAD || !is_whole (self, wanted, got, HEAD))
    return FALSE;
  for (gsize i = HEAD; i < length; i++)
    {
      if (wanted[i] != got[i])
        return FALSE;
      more = more || got[i] != self->erased;
    }
  return more;
}

/**
 * fl_mismatch_add:
 * @wanted: what the flash should hold at @address
 * @got: what it holds
 *
 * Takes a block that was compared: all of them, those that are right too. A block is what is written at once; for
 * this program that is up to the next multiple of 256.
 */
void
fl_mismatch_add (FlMismatch *self, guint32 address, const guint8 *wanted, const guint8 *got, gsize length)
{
  Sector *sector = NULL;
  gboolean bad = FALSE;

  g_return_if_fail (self != NULL && wanted != NULL && got != NULL);
  for (gsize i = 0; i < length; i++)
    {
      if (sector == NULL || (address + i) % SECTOR_ALIGNMENT == 0)
        sector = get_sector (self, address + (guint32) i);
      if (wanted[i] == got[i])
        {
          sector->n_equal += wanted[i] != self->erased;
          continue;
        }
      bad = TRUE;
      self->n_different++;
      sector->n_different++;
      sector->n_lost += got[i] == self->erased;
      self->all_blank = self->all_blank && got[i] == self->erased;
      self->all_cleared = self->all_cleared && is_cleared (self, wanted[i], got[i]);
    }
  if (!bad)
    return;
  self->n_bad++;
  self->whole_blocks = self->whole_blocks && length >= LARGE && is_whole (self, wanted, got, length);
  self->heads = self->heads && lacks_head (self, wanted, got, length);
  for (guint u = 0; u < G_N_ELEMENTS (units); u++)
    for (gsize at = 0; at < length;)
      {
        gsize n = MIN (units[u] - (address + at) % units[u], length - at);

        self->whole_units[u] = self->whole_units[u] && is_whole (self, wanted + at, got + at, n);
        at += n;
      }
}

/**
 * fl_mismatch_add_unstable:
 *
 * The block that was added last, or one that was right in the end, was read twice, and was not the same both times.
 */
void
fl_mismatch_add_unstable (FlMismatch *self)
{
  g_return_if_fail (self != NULL);
  self->n_unstable++;
}

/* What differs is blank: which parts of the flash does that concern? */
static FlMismatchKind
get_blank_kind (const FlMismatch *self)
{
  GHashTableIter iter;
  gpointer value;
  gboolean whole_sectors = TRUE;

  g_hash_table_iter_init (&iter, self->sectors);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Sector *sector = value;

      whole_sectors = whole_sectors && (sector->n_different == 0 || sector->n_equal == 0);
    }
  if (whole_sectors || self->whole_blocks)
    return FL_MISMATCH_NOTHING_WRITTEN;
  if (self->heads)
    return FL_MISMATCH_FIRST_32;
  for (guint u = 0; u < G_N_ELEMENTS (units); u++)
    if (self->whole_units[u])
      return FL_MISMATCH_GRANULARITY;
  return FL_MISMATCH_RANDOM;
}

/* Sectors that hold something else are equal only where two different contents are by chance. */
static FlMismatchKind
get_replaced_kind (const FlMismatch *self)
{
  GHashTableIter iter;
  gpointer value;
  gboolean some_right = FALSE;

  g_hash_table_iter_init (&iter, self->sectors);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Sector *sector = value;

      if (sector->n_different == 0)
        some_right = some_right || sector->n_equal >= MIN_REPLACED;
      else if (sector->n_different < MIN_REPLACED || sector->n_equal > sector->n_different / 4)
        return FL_MISMATCH_RANDOM;
    }
  return some_right ? FL_MISMATCH_SECTORS_UNCHANGED : FL_MISMATCH_OTHER_CONTENT;
}

/**
 * fl_mismatch_get_kind:
 *
 * Returns: the pattern of all differences that were added
 */
FlMismatchKind
fl_mismatch_get_kind (const FlMismatch *self)
{
  g_return_val_if_fail (self != NULL, FL_MISMATCH_NONE);
  if (self->n_unstable > 0 && self->n_unstable * 2 >= self->n_bad)
    return FL_MISMATCH_REREADS_DIFFER;
  if (self->n_different == 0)
    return FL_MISMATCH_NONE;
  if (self->all_blank)
    return get_blank_kind (self);
  if (self->all_cleared && self->n_different >= MIN_CLEARED)
    return FL_MISMATCH_NOT_ERASED;
  return get_replaced_kind (self);
}

/* One row for each kind. */
static const struct
{
  const char *id;
  const char *words;
} kinds[FL_N_MISMATCHES] = {
  [FL_MISMATCH_NONE] = { "ok", N_ ("Nothing is different.") },
  [FL_MISMATCH_NOT_ERASED] = { "not-erased", N_ ("Some bits were programmed already: the flash was not blank before it "
                                                 "was written, or is write-protected.") },
  [FL_MISMATCH_SECTORS_UNCHANGED] = { "sectors-unchanged",
                                      N_ ("Whole sectors hold something else, the others are right: those "
                                          "were neither erased nor written. Write protection does that.") },
  [FL_MISMATCH_GRANULARITY] = { "granularity",
                                N_ ("Pieces of 8, 16 or 32 bytes are blank as a whole and their neighbours right: the "
                                    "flash programs larger units than it was given, and drops what is short or lies "
                                    "across two of them.") },
  [FL_MISMATCH_FIRST_32] = { "first-32", N_ ("The first 32 bytes of blocks are blank and the rest of them right: this "
                                             "bootloader loses the beginning of a write that follows a read.") },
  [FL_MISMATCH_NOTHING_WRITTEN] = { "nothing-written", N_ ("These bytes are still erased: the chip acknowledged the "
                                                           "write and did not do it. Write protection is the first "
                                                           "candidate.") },
  [FL_MISMATCH_RANDOM] = { "random", N_ ("There is no pattern in it: the supply, the wires or the speed.") },
  [FL_MISMATCH_REREADS_DIFFER] = { "rereads-differ",
                                   N_ ("Read twice, the same place gave two different answers: it is the reading that "
                                       "fails, by the wires, the speed or the adapter.") },
  [FL_MISMATCH_OTHER_CONTENT] = { NULL, N_ ("Nothing is as in the file: the flash holds something else.") },
};

const char *
fl_mismatch_get_id (FlMismatchKind kind)
{
  g_return_val_if_fail (kind < FL_N_MISMATCHES, NULL);
  return kinds[kind].id;
}

const char *
fl_mismatch_get_words (FlMismatchKind kind)
{
  g_return_val_if_fail (kind < FL_N_MISMATCHES, NULL);
  return _ (kinds[kind].words);
}

/**
 * fl_mismatch_take_facts:
 *
 * Sets "verify.pattern"; where the flash holds something else altogether nothing is said about how it was written.
 */
void
fl_mismatch_take_facts (const FlMismatch *self, FlFacts *facts)
{
  FlMismatchKind kind = fl_mismatch_get_kind (self);

  g_return_if_fail (facts != NULL);
  if (kinds[kind].id == NULL)
    return;
  fl_facts_set (facts, "verify.pattern", kinds[kind].id);
  fl_facts_say (facts, "verify.pattern", "%s", _ (kinds[kind].words));
}
