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

/**
 * fl_map_legend_draw:
 * @snapshot: (nullable): %NULL only measures
 * @palette: (nullable): with @snapshot
 *
 * Returns: its height
 */
int
fl_map_legend_draw (const FlMapLegend *self, GtkWidget *widget, GtkSnapshot *snapshot, const FlMapPalette *palette)
{
  int height = MAX (self->line_height, 14);
  int swatch_height = height * 3 / 4, swatch_width = height * 5 / 4; /* they grow with the text */
  int x = 0, y = self->top;

  for (guint i = 0; i < FL_N_MAP_STATES; i++)
    {
      g_autofree char *text = fl_map_words_dup_legend (i, self->counts[i]);
      /* Room for the largest count: the legend must not be set anew while numbers grow. */
      g_autofree char *widest = fl_map_words_dup_legend (i, self->n_sectors);
      g_autoptr (PangoLayout) label = NULL;
      int label_width;

      if (!self->shown[i])
        continue;
      label = fl_map_legend_make_label (widget, widest, FALSE);
      pango_layout_get_pixel_size (label, &label_width, NULL);
      if (x > 0 && x + swatch_width + LABEL_GAP + label_width > self->width)
        {
          x = 0;
          y += height + GAP;
        }
      if (snapshot != NULL)
        {
          int top = y + (height - swatch_height) / 2; /* a whole pixel */
          cairo_rectangle_t swatch = { x, top, swatch_width, swatch_height };
          cairo_t *cr = gtk_snapshot_append_cairo (
              snapshot, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) swatch_width, (float) height));

          fl_map_paint_cells (cr, palette, i, &swatch, 1);
          cairo_destroy (cr);
          pango_layout_set_text (label, text, -1);
          gtk_snapshot_save (snapshot);
          gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (x + swatch_width + LABEL_GAP), (float) y));
          gtk_snapshot_append_layout (snapshot, label, &palette->text);
          gtk_snapshot_restore (snapshot);
        }
      x += swatch_width + LABEL_GAP + label_width + LEGEND_GAP;
    }
  return y - self->top + height;
}
