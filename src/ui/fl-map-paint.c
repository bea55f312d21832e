/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-map-paint"

#include "config.h"

#include "fl-map-paint.h"

#include <adwaita.h>
#include <math.h>

#define HATCH 6 /* pixels from one line of a hatch to the next */

/* What tells a state from the others besides its colour. */
typedef enum
{
  MARK_NONE,
  MARK_RISING,  /* diagonal lines */
  MARK_FALLING, /* diagonal lines the other way */
  MARK_HALF,    /* only the lower half is filled */
  MARK_BAR,     /* a line through the middle */
  MARK_CROSSES,
} Mark;

/* How each state is drawn. Colours are named by the theme; the second is for a theme that has no such name. */
static const struct
{
  const char *color;
  const char *fallback;
  const char *mark_color; /* NULL: the same as @color */
  float fill_alpha;
  float line_alpha;
  Mark mark;
} looks[] = {
  [FL_SECTOR_UNTOUCHED] = { "window_fg_color", "#808080", NULL, 0.14f, 0, MARK_NONE },
  [FL_SECTOR_PLANNED_ERASE] = { "warning_color", "#9c6e03", NULL, 0.10f, 0.9f, MARK_RISING },
  [FL_SECTOR_PLANNED_WRITE] = { "accent_color", "#1c71d8", NULL, 0.15f, 0.9f, MARK_FALLING },
  [FL_SECTOR_PLANNED_CHECK] = { "success_color", "#1b8553", NULL, 0.10f, 0.6f, MARK_NONE },
  [FL_SECTOR_PLANNED_BLANK] = { "accent_color", "#1c71d8", NULL, 0, 0.9f, MARK_BAR },
  [FL_SECTOR_UNCHANGED] = { "success_color", "#1b8553", NULL, 0.30f, 0.9f, MARK_BAR },
  [FL_SECTOR_ERASED] = { "window_fg_color", "#808080", NULL, 0, 0.6f, MARK_NONE },
  [FL_SECTOR_WRITING] = { "accent_bg_color", "#3584e4", NULL, 1, 1, MARK_HALF },
  [FL_SECTOR_WRITTEN] = { "accent_bg_color", "#3584e4", NULL, 1, 0, MARK_NONE },
  [FL_SECTOR_VERIFIED] = { "success_bg_color", "#2ec27e", "success_fg_color", 1, 0, MARK_BAR },
  [FL_SECTOR_FAILED] = { "error_bg_color", "#e01b24", "error_fg_color", 1, 1, MARK_CROSSES },
  [FL_MAP_OPEN] = { "window_fg_color", "#808080", NULL, 0.14f, 0, MARK_NONE },
  [FL_MAP_PROTECTED] = { "window_fg_color", "#808080", NULL, 0.6f, 0, MARK_NONE },
  [FL_MAP_TO_PROTECT] = { "accent_color", "#1c71d8", NULL, 0.2f, 1, MARK_CROSSES },
  [FL_MAP_TO_OPEN] = { "warning_color", "#9c6e03", NULL, 0.10f, 0.9f, MARK_RISING },
};
G_STATIC_ASSERT (G_N_ELEMENTS (looks) == FL_N_MAP_STATES);

static GdkRGBA
look_up (GtkStyleContext *style, const char *name, const char *fallback)
{
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (style, name, &color))
    gdk_rgba_parse (&color, fallback);
  return color;
}

static GdkRGBA
with_alpha (GdkRGBA color, float alpha)
{
  color.alpha *= alpha;
  return color;
}

/**
 * fl_map_palette_init:
 * @self: (out caller-allocates): filled
 * @widget: whose theme it is
 */
void
fl_map_palette_init (FlMapPalette *self, GtkWidget *widget)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  *self = (FlMapPalette){
    .high_contrast = adw_style_manager_get_high_contrast (adw_style_manager_get_default ()),
    .scale = gtk_widget_get_scale_factor (widget),
  };
  gtk_style_context_get_color (style, &self->text);
  self->dim_text = with_alpha (self->text, self->high_contrast ? 1 : 0.7f);
  for (guint i = 0; i < FL_N_MAP_STATES; i++)
    {
      GdkRGBA color = look_up (style, looks[i].color, looks[i].fallback);

      self->fills[i] = with_alpha (color, looks[i].fill_alpha);
      self->lines[i] = self->high_contrast ? self->text : with_alpha (color, looks[i].line_alpha);
      self->marks[i] = looks[i].mark_color != NULL ? look_up (style, looks[i].mark_color, "#ffffff") : color;
    }
}

static void
draw_mark (cairo_t *cr, Mark mark)
{
  if (mark == MARK_RISING || mark == MARK_CROSSES)
    for (int at = -HATCH; at <= HATCH; at += HATCH)
      {
        cairo_move_to (cr, at - 1, HATCH + 1);
        cairo_line_to (cr, at + HATCH + 1, -1);
      }
  if (mark == MARK_FALLING || mark == MARK_CROSSES)
    for (int at = -HATCH; at <= HATCH; at += HATCH)
      {
        cairo_move_to (cr, at - 1, -1);
        cairo_line_to (cr, at + HATCH + 1, HATCH + 1);
      }
  cairo_stroke (cr);
}

/* A tile that is repeated over all cells at once: two thousand cells cost no more than one. */
static cairo_pattern_t *
make_hatch (const FlMapPalette *palette, guint state)
{
  cairo_surface_t *tile =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, HATCH * palette->scale, HATCH * palette->scale);
  cairo_pattern_t *pattern;
  cairo_t *cr;

  cairo_surface_set_device_scale (tile, palette->scale, palette->scale);
  cr = cairo_create (tile);
  gdk_cairo_set_source_rgba (cr, &palette->marks[state]);
  cairo_set_line_width (cr, 1.2);
  draw_mark (cr, looks[state].mark);
  cairo_destroy (cr);
  pattern = cairo_pattern_create_for_surface (tile);
  cairo_pattern_set_extend (pattern, CAIRO_EXTEND_REPEAT);
  cairo_surface_destroy (tile);
  return pattern;
}

/* Adds the cells to the path, made smaller by @inset pixels on all sides. */
static void
add_cells (cairo_t *cr, const cairo_rectangle_t *cells, guint n_cells, double inset)
{
  for (guint i = 0; i < n_cells; i++)
    cairo_rectangle (cr, cells[i].x + inset, cells[i].y + inset, MAX (0.5, cells[i].width - 2 * inset),
                     cells[i].height - 2 * inset);
}

/* Adds a horizontal part of each cell to the path: @height pixels from @y on. */
static void
add_bars (cairo_t *cr, const cairo_rectangle_t *cells, guint n_cells, double y, double height)
{
  for (guint i = 0; i < n_cells; i++)
    cairo_rectangle (cr, cells[i].x, cells[i].y + y, cells[i].width, height);
}

/**
 * fl_map_paint_cells:
 * @state: #FlSectorState or #FlMapState
 * @cells: (array length=n_cells): in the coordinates of @cr; all of the same height
 *
 * Draws cells that are all in the same state.
 */
void
fl_map_paint_cells (cairo_t *cr, const FlMapPalette *palette, guint state, const cairo_rectangle_t *cells,
                    guint n_cells)
{
  Mark mark = looks[state].mark;

  if (n_cells == 0)
    return;

  if (mark == MARK_HALF)
    add_bars (cr, cells, n_cells, round (cells[0].height / 2), cells[0].height - round (cells[0].height / 2));
  else
    add_cells (cr, cells, n_cells, 0);
  gdk_cairo_set_source_rgba (cr, &palette->fills[state]);
  cairo_fill (cr);

  if (mark == MARK_RISING || mark == MARK_FALLING || mark == MARK_CROSSES)
    {
      cairo_pattern_t *hatch = make_hatch (palette, state);

      add_cells (cr, cells, n_cells, 0);
      cairo_set_source (cr, hatch);
      cairo_fill (cr);
      cairo_pattern_destroy (hatch);
    }
  else if (mark == MARK_BAR)
    {
      add_bars (cr, cells, n_cells, round (cells[0].height / 2) - 1, 2);
      gdk_cairo_set_source_rgba (cr, &palette->marks[state]);
      cairo_fill (cr);
    }

  if (palette->lines[state].alpha > 0)
    {
      add_cells (cr, cells, n_cells, 0.5);
      gdk_cairo_set_source_rgba (cr, &palette->lines[state]);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
    }
}
