/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-map-legend"

#include "config.h"

#include "fl-map-legend.h"

#include "fl-map-words.h"

#define GAP        4  /* between lines */
#define LABEL_GAP  8  /* between a swatch and its words */
#define LEGEND_GAP 16 /* between entries */

/**
 * fl_map_legend_make_label:
 * @widget: whose font it is
 * @monospace: for addresses
 *
 * Returns: (transfer full): small text
 */
PangoLayout *
fl_map_legend_make_label (GtkWidget *widget, const char *text, gboolean monospace)
{
  PangoLayout *label = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  if (monospace)
    pango_attr_list_insert (attributes, pango_attr_family_new ("Monospace"));
  pango_layout_set_attributes (label, attributes);
  pango_attr_list_unref (attributes);
  return label;
}

static int
get_swatch_width (const FlMapLegend *self)
{
  return self->line_height * 5 / 4; /* it grows with the text */
}

/**
 * fl_map_legend_place:
 * @self: (out caller-allocates): filled
 * @shown: which states have an entry, FL_N_MAP_STATES of them
 * @n_sectors: of the whole flash
 * @width: of the map
 * @line_height: of its text
 */
void
fl_map_legend_place (FlMapLegend *self, GtkWidget *widget, const gboolean *shown, guint n_sectors, int width,
                     int line_height)
{
  int x = 0, y = 0;

  *self = (FlMapLegend){ .line_height = MAX (line_height, 14) };
  for (guint i = 0; i < FL_N_MAP_STATES; i++)
    {
      g_autofree char *widest = NULL;
      g_autoptr (PangoLayout) label = NULL;
      int entry;

      if (!shown[i])
        continue;
      /* Room for the largest count: the legend must not be set anew while numbers grow. */
      widest = fl_map_words_dup_legend (i, n_sectors);
      label = fl_map_legend_make_label (widget, widest, FALSE);
      pango_layout_get_pixel_size (label, &entry, NULL);
      entry += get_swatch_width (self) + LABEL_GAP;
      if (x > 0 && x + entry > width)
        {
          x = 0;
          y += self->line_height + GAP;
        }
      self->shown[i] = TRUE;
      self->x[i] = x;
      self->y[i] = y;
      self->height = y + self->line_height;
      x += entry + LEGEND_GAP;
    }
}

/**
 * fl_map_legend_draw:
 * @counts: sectors in each state, FL_N_MAP_STATES of them
 *
 * Draws it from the place on where @snapshot is.
 */
void
fl_map_legend_draw (const FlMapLegend *self, GtkWidget *widget, const guint *counts, GtkSnapshot *snapshot,
                    const FlMapPalette *palette)
{
  int swatch_height = self->line_height * 3 / 4;
  int swatch_width = get_swatch_width (self);
  int swatch_top = (self->line_height - swatch_height) / 2; /* a whole pixel */

  for (guint i = 0; i < FL_N_MAP_STATES; i++)
    {
      cairo_rectangle_t swatch = { 0, swatch_top, swatch_width, swatch_height };
      g_autofree char *text = NULL;
      g_autoptr (PangoLayout) label = NULL;
      cairo_t *cr;

      if (!self->shown[i])
        continue;
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) self->x[i], (float) self->y[i]));
      cr = gtk_snapshot_append_cairo (snapshot,
                                      &GRAPHENE_RECT_INIT (0, 0, (float) swatch_width, (float) self->line_height));
      fl_map_paint_cells (cr, palette, i, &swatch, 1);
      cairo_destroy (cr);
      text = fl_map_words_dup_legend (i, counts[i]);
      label = fl_map_legend_make_label (widget, text, FALSE);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (swatch_width + LABEL_GAP), 0));
      gtk_snapshot_append_layout (snapshot, label, &palette->text);
      gtk_snapshot_restore (snapshot);
    }
}
