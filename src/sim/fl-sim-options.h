/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-traits.h"

G_BEGIN_DECLS

/**
 * FlSimOptions:
 *
 * The option bytes of the simulated chip and what they decide: readout protection, write protection, boot source.
 */
typedef struct
{
  const FlChip      *chip;
  const FlSimTraits *traits;
  guint8            *data;         /* chip->option_size bytes */
  guint8             rdp_level;    /* 0, 1 or 2, in force */
  gboolean           boot0_ignored; /* the pin is not looked at */
  gboolean           boots_rom;    /* the pin is ignored, and nBOOT0 = 0 */
  guint8             codes[256];   /* write-protected units, as in the Write Protect command */
  guint              n_codes;
  gboolean           is_pending;   /* @data holds something that is not in force yet */
} FlSimOptions;

FlSimOptions *fl_sim_options_new      (const FlChip *chip, guint8 rdp_level, gboolean boot0_ignored);
void          fl_sim_options_free     (FlSimOptions *self);
void          fl_sim_options_set_layout (FlSimOptions *self, FlLayout *layout);
void          fl_sim_options_store    (FlSimOptions *self, const guint8 *data, gsize length);
void          fl_sim_options_store_rdp (FlSimOptions *self, guint8 level);
void          fl_sim_options_reload   (FlSimOptions *self);
gboolean      fl_sim_options_write    (FlSimOptions *self, const guint8 *data, gsize length);
gboolean      fl_sim_options_set_rdp  (FlSimOptions *self, guint8 level);
void          fl_sim_options_set_protected (FlSimOptions *self, const guint8 *codes, guint n_codes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimOptions, fl_sim_options_free)

G_END_DECLS
