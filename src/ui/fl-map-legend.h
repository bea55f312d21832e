/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-map-paint.h"

G_BEGIN_DECLS

/* Where the legend below the flash map has its entries: one for each state, from the left to the right and on to further
 * lines. */
typedef struct
{
  gboolean shown[FL_N_MAP_STATES];
  int      x[FL_N_MAP_STATES];
  int      y[FL_N_MAP_STATES];
  int      line_height;
  int      height; /* of all lines; 0: there is no entry */
} FlMapLegend;

void         fl_map_legend_place      (FlMapLegend *self, GtkWidget *widget, const gboolean *shown, guint n_sectors,
                                       int width, int line_height);
void         fl_map_legend_draw       (const FlMapLegend *self, GtkWidget *widget, const guint *counts,
                                       GtkSnapshot *snapshot, const FlMapPalette *palette);
PangoLayout *fl_map_legend_make_label (GtkWidget *widget, const char *text, gboolean monospace);

G_END_DECLS
