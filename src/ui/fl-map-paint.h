/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-job.h"

G_BEGIN_DECLS

#define FL_N_SECTOR_STATES (FL_SECTOR_FAILED + 1)

/* The theme's colours for the map. */
typedef struct
{
  GdkRGBA  text;
  GdkRGBA  dim_text;
  GdkRGBA  lines[FL_N_SECTOR_STATES]; /* outlines and hatches */
  GdkRGBA  fills[FL_N_SECTOR_STATES];
  GdkRGBA  marks[FL_N_SECTOR_STATES]; /* drawn upon the fill */
  gboolean high_contrast;
  int      scale;                     /* pixels of the screen for one of the window */
} FlMapPalette;

void fl_map_palette_init (FlMapPalette *self, GtkWidget *widget);
void fl_map_paint_cells  (cairo_t *cr, const FlMapPalette *palette, FlSectorState state,
                          const cairo_rectangle_t *cells, guint n_cells);

G_END_DECLS
