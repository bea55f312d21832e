/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-map-paint.h"

G_BEGIN_DECLS

/* The legend below the flash map: an entry for each state, from the left to the right and on to further lines. */
typedef struct
{
  const gboolean *shown;                   /* which states have an entry, FL_N_MAP_STATES of them */
  guint           counts[FL_N_MAP_STATES]; /* sectors in each state */
  guint           n_sectors;               /* of the whole flash */
  int             top;
  int             width;
  int             line_height;             /* of its text */
} FlMapLegend;

int          fl_map_legend_draw       (const FlMapLegend *self, GtkWidget *widget, GtkSnapshot *snapshot,
                                       const FlMapPalette *palette);
PangoLayout *fl_map_legend_make_label (GtkWidget *widget, const char *text, gboolean monospace);

G_END_DECLS
