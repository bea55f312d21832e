/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-job.h"

G_BEGIN_DECLS

/* What a sector can be on a map of the write protection; drawn beside the states of a job, which come before. */
typedef enum
{
  FL_MAP_OPEN = FL_SECTOR_FAILED + 1, /* not protected */
  FL_MAP_PROTECTED,
  FL_MAP_TO_PROTECT, /* will be */
  FL_MAP_TO_OPEN,    /* is, and will no longer be */
  FL_N_MAP_STATES,
} FlMapState;

/* The theme's colours for the map. */
typedef struct
{
  GdkRGBA  text;
  GdkRGBA  dim_text;
  GdkRGBA  lines[FL_N_MAP_STATES]; /* outlines and hatches */
  GdkRGBA  fills[FL_N_MAP_STATES];
  GdkRGBA  marks[FL_N_MAP_STATES]; /* drawn upon the fill */
  gboolean high_contrast;
  int      scale;                     /* pixels of the screen for one of the window */
} FlMapPalette;

void fl_map_palette_init (FlMapPalette *self, GtkWidget *widget);
void fl_map_paint_cells  (cairo_t *cr, const FlMapPalette *palette, guint state, const cairo_rectangle_t *cells,
                          guint n_cells);

G_END_DECLS
