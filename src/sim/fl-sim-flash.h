/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-traits.h"

G_BEGIN_DECLS

/* Something that the flash is doing, or has done last. */
typedef struct
{
  gint64   begin;    /* microseconds */
  gint64   end;
  gsize    offset;
  GBytes  *before;   /* what was there */
  gint     sector;   /* being erased; -1: programming */
} FlSimOperation;

/**
 * FlSimFlash:
 *
 * The flash array of the simulated chip: what erasing and programming do to it, and how long they take. Bytes and
 * sectors are kept in the order of the silicon; with swapped banks, addresses lead to the other bank's.
 */
typedef struct
{
  const FlChip      *chip;
  const FlSimTraits *traits;
  FlLayout          *layout;
  gboolean           is_swapped; /* the two banks have changed their addresses */
  guint              unit;       /* bytes programmed at once */
  guint              alignment;  /* of a Write Memory; a misaligned one spoils programming until reset */
  guint32            start;
  gsize              size;       /* with the gaps between banks */
  guint8            *data;
  guint             *n_erased;   /* by sector */
  guint8            *is_protected; /* by sector, from the option bytes */
  gboolean           error;      /* latched: no program operation works until reset */
  gint               stuck_bit;  /* this bit of the byte programmed next stays erased; -1: none */
  gboolean           stuck_for_good; /* and will not be programmed later either */
  guint8            *stuck_cell; /* then, where it is; NULL: not met yet */
  gboolean           drops_partial; /* a last unit that is not complete is not programmed */
  gboolean           no_erase;   /* erasing is acknowledged and not done */
  guint64            busy_us;    /* spent erasing and programming so far */
  guint              voltage;    /* range, as in the virtual byte of F2, F4 and F7 */
  gint64             clock;      /* when the next operation begins */
  GArray            *operations; /* FlSimOperation: since fl_sim_flash_begin(), in order of time */
  GRand             *random;     /* what cells hold that were not done yet: the same every time */
} FlSimFlash;

FlSimFlash *fl_sim_flash_new          (const FlChip *chip, FlLayout *layout);
void        fl_sim_flash_free         (FlSimFlash *self);
void        fl_sim_flash_set_layout   (FlSimFlash *self, FlLayout *layout);
void        fl_sim_flash_set_swapped  (FlSimFlash *self, gboolean swapped);
GBytes     *fl_sim_flash_dup_bytes    (FlSimFlash *self); /* sector by sector, without gaps */
void        fl_sim_flash_take_bytes   (FlSimFlash *self, const guint8 *data);
guint8     *fl_sim_flash_get          (FlSimFlash *self, guint32 address, gsize length); /* NULL: not wholly flash */
gint64      fl_sim_flash_erase_sector (FlSimFlash *self, guint index);
gint64      fl_sim_flash_erase_bank   (FlSimFlash *self, guint bank);
gint64      fl_sim_flash_program      (FlSimFlash *self, guint32 address, const guint8 *data, gsize length);
gboolean    fl_sim_flash_is_blank     (FlSimFlash *self, guint32 address, gsize length);
void        fl_sim_flash_unprotect    (FlSimFlash *self);
void        fl_sim_flash_reset        (FlSimFlash *self);
void        fl_sim_flash_set_voltage  (FlSimFlash *self, guint range);

/* Operations that a reset may break off (fl-sim-flash-cut.c). */
void        fl_sim_flash_begin        (FlSimFlash *self, gint64 now);
void        fl_sim_flash_note         (FlSimFlash *self, gsize offset, gsize length, gint sector, gint64 us);
void        fl_sim_flash_cut          (FlSimFlash *self, gint64 now);
void        fl_sim_flash_clear_operation (FlSimOperation *operation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimFlash, fl_sim_flash_free)

G_END_DECLS
