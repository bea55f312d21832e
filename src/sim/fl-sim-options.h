/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"

G_BEGIN_DECLS

/* What a chip starts after a reset. */
typedef enum
{
  FL_SIM_BOOT_FLASH,
  FL_SIM_BOOT_ROM,
  FL_SIM_BOOT_RAM,
} FlSimBoot;

/**
 * FlSimOptions:
 *
 * The option bytes of the simulated chip, as its row describes them, and what they decide: readout protection, write
 * protection, boot source, how the flash is divided and placed. What is written is in force after a reload only.
 */
typedef struct
{
  const FlChip *chip;
  gsize         size;          /* of all areas, in the order of the chip's option_areas */
  guint8       *data;          /* what can be read */
  guint8       *loaded;        /* @data at the last reload: what is in force */
  guint8        rdp_level;     /* 0, 1 or 2, in force */
  gboolean      boot0_ignored; /* of a chip whose option bytes do not say so: the pin is not looked at */
} FlSimOptions;

FlSimOptions *fl_sim_options_new        (const FlChip *chip, guint8 rdp_level, gboolean boot0_ignored);
void          fl_sim_options_free       (FlSimOptions *self);

/* What is stored. */
const guint8 *fl_sim_options_get        (FlSimOptions *self, guint32 address); /* NULL: not in any area */
gboolean      fl_sim_options_is_base    (FlSimOptions *self, guint32 address); /* where an area begins */
void          fl_sim_options_store      (FlSimOptions *self, guint32 base, const guint8 *data, gsize length);
void          fl_sim_options_put        (FlSimOptions *self, const FlOptionField *field, guint32 value);
void          fl_sim_options_put_rdp    (FlSimOptions *self, guint8 level);
void          fl_sim_options_put_layout (FlSimOptions *self, FlLayout *layout);
void          fl_sim_options_put_regression (FlSimOptions *self, FlLayout *layout);
void          fl_sim_options_restore    (FlSimOptions *self, const guint8 *data, guint8 rdp_level); /* all of @size */
gboolean      fl_sim_options_opens      (FlSimOptions *self); /* a reload will take readout protection away */
void          fl_sim_options_reload     (FlSimOptions *self);

/* What is in force. */
guint32       fl_sim_options_get_value  (FlSimOptions *self, const FlOptionField *field);
FlSimBoot     fl_sim_options_get_boot   (FlSimOptions *self, gboolean boot0, gboolean empty);
FlLayout     *fl_sim_options_get_layout (FlSimOptions *self, FlLayout *now); /* of the same size */
gboolean      fl_sim_options_is_swapped (FlSimOptions *self);

/* Write protection (fl-sim-options-protect.c). */
void          fl_sim_options_get_protected (FlSimOptions *self, FlLayout *layout, guint8 *sectors);
void          fl_sim_options_put_protected (FlSimOptions *self, FlLayout *layout, const guint8 *codes, guint n_codes);

/* As new (fl-sim-options-factory.c). */
guint32       fl_sim_options_get_factory (const FlChip *chip, const FlOptionWord *word);
guint32       fl_sim_options_get_gap     (const FlChip *chip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimOptions, fl_sim_options_free)

G_END_DECLS
