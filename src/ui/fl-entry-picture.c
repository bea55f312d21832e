/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-entry-picture"

#include "fl-entry-picture.h"

#include <glib/gi18n.h>

#define MAX_STEPS  16
#define N_SIGNALS  2
#define ROW_HEIGHT 30 /* px, of one signal */
#define STROKE     2

/* The levels of both signals between two changes. */
typedef struct
{
  gboolean high[N_SIGNALS];
  guint ms; /* 0: takes as long as it takes */
} Level;

struct _FlEntryPicture
{
  GtkWidget parent_instance;

  const char *names[N_SIGNALS]; /* untranslatable */
  Level levels[MAX_STEPS];
  guint n_levels;
};

G_DEFINE_FINAL_TYPE (FlEntryPicture, fl_entry_picture, GTK_TYPE_WIDGET)

/* Signals, and the times below them where there are any. */
static guint
fl_entry_picture_get_n_rows (FlEntryPicture *self)
{
  for (guint i = 0; i < self->n_levels; i++)
    if (self->levels[i].ms > 0)
      return N_SIGNALS + 1;
  return N_SIGNALS;
}

/* What a hand does: BOOT0 is high before reset is let go. */
static const Level by_hand[] = {
  { { FALSE, TRUE }, 0 },
  { { TRUE, TRUE }, 0 },
  { { TRUE, FALSE }, 0 },
  { { TRUE, TRUE }, 0 },
};

static void
fl_entry_picture_describe (FlEntryPicture *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->n_levels; i++)
    {
      const Level *level = &self->levels[i];

      g_string_append_printf (text, "%s%s %s, %s %s", i > 0 ? "; " : "", self->names[0],
                              level->high[0] ? _ ("high") : _ ("low"), self->names[1],
                              level->high[1] ? _ ("high") : _ ("low"));
      if (level->ms > 0)
        g_string_append_printf (text, " (%u ms)", level->ms);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Levels on the way into the bootloader"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text->str, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text->str);
}

/**
 * fl_entry_picture_set_preset:
 * @self: a picture
 * @preset: (nullable): whose steps to draw, as levels at the adapter's pins (an asserted line is low); %NULL draws
 *   what a hand does with BOOT0 and reset
 */
void
fl_entry_picture_set_preset (FlEntryPicture *self, const FlEntryPreset *preset)
{
  static const FlLines lines[N_SIGNALS] = { FL_LINE_DTR, FL_LINE_RTS };
  Level level = { { TRUE, TRUE }, 0 };

  g_return_if_fail (FL_IS_ENTRY_PICTURE (self));

  self->n_levels = 0;
  if (preset == NULL)
    {
      self->names[0] = "BOOT0";
      self->names[1] = "NRST";
      for (guint i = 0; i < G_N_ELEMENTS (by_hand); i++)
        self->levels[self->n_levels++] = by_hand[i];
    }
  else
    {
      self->names[0] = "DTR";
      self->names[1] = "RTS";
      for (const FlEntryStep *step = preset->enter; step->mask != 0 && self->n_levels < MAX_STEPS; step++)
        {
          for (guint i = 0; i < N_SIGNALS; i++)
            if (step->mask & lines[i])
              level.high[i] = (step->lines & lines[i]) == 0;
          level.ms = step->wait_ms;
          self->levels[self->n_levels++] = level;
        }
    }
  fl_entry_picture_describe (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static PangoLayout *
make_layout (GtkWidget *widget, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

static int
text_width (GtkWidget *widget, const char *text)
{
  g_autoptr (PangoLayout) layout = make_layout (widget, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

static void
draw_text (GtkWidget *widget, GtkSnapshot *snapshot, const char *text, float x, float middle, float alpha)
{
  g_autoptr (PangoLayout) layout = make_layout (widget, text);
  GdkRGBA color;
  int height;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= alpha;
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, middle - (float) height / 2));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
fl_entry_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FlEntryPicture *self = FL_ENTRY_PICTURE (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  float row = height / (float) fl_entry_picture_get_n_rows (self);
  float left = 8, step;
  GdkRGBA color, grid;
  cairo_t *cr;

  if (self->n_levels == 0)
    return;
  for (guint i = 0; i < N_SIGNALS; i++)
    left = MAX (left, (float) text_width (widget, self->names[i]) + 16);
  step = (width - left - 8) / (float) self->n_levels;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "accent_color", &grid))
    grid = color;

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_line_width (cr, 1);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.15);
  for (guint i = 1; i < self->n_levels; i++)
    {
      double x = (int) (left + step * (float) i) + 0.5;

      cairo_move_to (cr, x, 2);
      cairo_line_to (cr, x, row * N_SIGNALS);
    }
  cairo_stroke (cr);
  gdk_cairo_set_source_rgba (cr, &grid);
  cairo_set_line_width (cr, STROKE);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint s = 0; s < N_SIGNALS; s++)
    {
      for (guint i = 0; i < self->n_levels; i++)
        {
          double y = row * (float) s + (self->levels[i].high[s] ? row * 0.2 : row * 0.8);

          if (i == 0)
            cairo_move_to (cr, left, y);
          else
            cairo_line_to (cr, left + step * (float) i, y);
          cairo_line_to (cr, left + step * (float) (i + 1), y);
        }
      cairo_stroke (cr);
    }
  cairo_destroy (cr);

  for (guint s = 0; s < N_SIGNALS; s++)
    draw_text (widget, snapshot, self->names[s], 4, row * ((float) s + 0.5f), 1);
  for (guint i = 0; i < self->n_levels; i++)
    {
      g_autofree char *text = NULL;

      if (self->levels[i].ms == 0)
        continue;
      text = g_strdup_printf (_ ("%u ms"), self->levels[i].ms);
      draw_text (widget, snapshot, text, left + step * ((float) i + 0.5f) - (float) text_width (widget, text) / 2,
                 row * (N_SIGNALS + 0.5f), 0.6f);
    }
}

static void
fl_entry_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 160;
      *natural = 300;
    }
  else
    {
      *minimum = *natural = ROW_HEIGHT * (int) fl_entry_picture_get_n_rows (FL_ENTRY_PICTURE (widget));
    }
}

static void
fl_entry_picture_class_init (FlEntryPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = fl_entry_picture_snapshot;
  widget_class->measure = fl_entry_picture_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fl_entry_picture_init (FlEntryPicture *self)
{
  fl_entry_picture_set_preset (self, NULL);
}
