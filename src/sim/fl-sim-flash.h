/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-traits.h"

G_BEGIN_DECLS

/**
 * FlSimFlash:
 *
 * The flash array of the simulated chip: what erasing and programming do to it, and how long they take.
 */
typedef struct
{
  const FlChip      *chip;
  const FlSimTraits *traits;
  FlLayout          *layout;
  guint              unit;       /* bytes programmed at once */
  guint              alignment;  /* of a Write Memory; a misaligned one spoils programming until reset */
  guint32            start;
  gsize              size;       /* with the gaps between banks */
  guint8            *data;
  guint             *n_erased;   /* by sector */
  guint8            *is_protected; /* by sector, from Write Protect */
  gboolean           error;      /* latched: no program operation works until reset */
  gint               stuck_bit;  /* this bit of the byte programmed next stays erased; -1: none */
  gboolean           drops_partial; /* a last unit that is not complete is not programmed */
  gboolean           no_erase;   /* erasing is acknowledged and not done */
  guint64            busy_us;    /* spent erasing and programming so far */
} FlSimFlash;

FlSimFlash *fl_sim_flash_new          (const FlChip *chip, FlLayout *layout);
void        fl_sim_flash_free         (FlSimFlash *self);
guint8     *fl_sim_flash_get          (FlSimFlash *self, guint32 address, gsize length); /* NULL: not wholly flash */
gint64      fl_sim_flash_erase_sector (FlSimFlash *self, guint index);
gint64      fl_sim_flash_erase_bank   (FlSimFlash *self, guint bank);
gint64      fl_sim_flash_program      (FlSimFlash *self, guint32 address, const guint8 *data, gsize length);
gboolean    fl_sim_flash_is_blank     (FlSimFlash *self, guint32 address, gsize length);
gboolean    fl_sim_flash_has_protected (FlSimFlash *self);
void        fl_sim_flash_protect      (FlSimFlash *self, const guint8 *codes, guint n_codes);
void        fl_sim_flash_reset        (FlSimFlash *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimFlash, fl_sim_flash_free)

G_END_DECLS
