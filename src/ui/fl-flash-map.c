/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-flash-map"

#include "config.h"

#include "fl-flash-map.h"

#include <glib/gi18n.h>
#include <math.h>

#include <adwaita.h>

#include "fl-map-legend.h"
#include "fl-map-rows.h"
#include "fl-map-words.h"

#define DESCRIBE_INTERVAL_MS 500 /* how often the words for the screen reader follow a running job */
#define MIN_WIDTH            280
#define NATURAL_WIDTH        640
#define WIDE                 520 /* from here on lines have their last address too */
#define GAP                  4   /* between lines */
#define LABEL_GAP            8   /* between an address and its line */

/* Where everything is at a given width. */
typedef struct
{
  FlMapRows *rows; /* NULL: nothing is drawn */
  int width;
  int left;        /* where lines begin */
  int line_height; /* of the labels */
  int heading;     /* height of a bank's heading; 0: there is only one bank */
  int cell_height;
  int legend_y;
  int height;
  FlMapLegend legend;
} Geometry;

struct _FlFlashMap
{
  GtkWidget parent_instance;

  FlDevice *device;
  FlPlan *plan;
  guint8 *states;   /* FlSectorState or FlMapState of each sector: the job's or the plan's; NULL: there is neither */
  gboolean running; /* they are a job's */
  guint n_sectors;
  gboolean in_legend[FL_N_MAP_STATES]; /* seen since device or plan changed: the map must not jump as it fills in */
  guint describe_source;
  Geometry *geometry;    /* as last placed; NULL: to be placed */
  GskRenderNode *labels; /* drawn for it; nullable */
};

G_DEFINE_FINAL_TYPE (FlFlashMap, fl_flash_map, GTK_TYPE_WIDGET)

static FlLayout *
fl_flash_map_get_layout (FlFlashMap *self)
{
  return self->device != NULL ? self->device->layout : NULL;
}

static void
fl_flash_map_count (FlFlashMap *self, guint *counts)
{
  memset (counts, 0, FL_N_MAP_STATES * sizeof *counts);
  for (guint i = 0; self->states != NULL && i < self->n_sectors; i++)
    counts[self->states[i]]++;
}

static PangoLayout *
fl_flash_map_make_address (FlFlashMap *self, guint64 address)
{
  g_autofree char *text = g_strdup_printf ("0x%08" G_GINT64_MODIFIER "X", address);

  return fl_map_legend_make_label (GTK_WIDGET (self), text, TRUE);
}

/* Something that places depend on has changed: the flash, the legend, the font. */
static void
fl_flash_map_forget_places (FlFlashMap *self)
{
  if (self->geometry != NULL)
    g_clear_pointer (&self->geometry->rows, fl_map_rows_free);
  g_clear_pointer (&self->geometry, g_free);
  g_clear_pointer (&self->labels, gsk_render_node_unref);
}

static Geometry *
fl_flash_map_make_geometry (FlFlashMap *self, int width)
{
  FlLayout *layout = fl_flash_map_get_layout (self);
  Geometry *geometry = g_new0 (Geometry, 1);
  g_autoptr (PangoLayout) label = fl_flash_map_make_address (self, 0);
  int label_width, lines;
  gboolean wide;

  geometry->width = width;
  if (layout == NULL)
    return geometry;

  pango_layout_get_pixel_size (label, &label_width, &geometry->line_height);
  geometry->left = label_width + LABEL_GAP;
  wide = width >= WIDE && width > 4 * geometry->left;
  geometry->rows = fl_map_rows_new (layout, width - geometry->left - (wide ? geometry->left : 0));
  geometry->heading = fl_layout_get_n_banks (layout) > 1 ? geometry->line_height + GAP : 0;
  geometry->cell_height = geometry->rows->n_rows <= 2 ? 28 : geometry->rows->n_rows <= 4 ? 20 : 14;
  geometry->cell_height = MAX (geometry->cell_height, geometry->line_height);

  lines = (int) geometry->rows->n_rows * (geometry->cell_height + GAP);
  for (guint i = 0; i < geometry->rows->n_rows; i++)
    if (geometry->rows->rows[i].begins_bank)
      lines += geometry->heading;
  geometry->legend_y = lines + GAP;
  fl_map_legend_place (&geometry->legend, GTK_WIDGET (self), self->in_legend, self->n_sectors, width,
                       geometry->line_height);
  geometry->height = geometry->legend.height > 0 ? geometry->legend_y + geometry->legend.height : lines - GAP;
  return geometry;
}

/* To set text costs more than to draw it: as long as nothing moves, it is done once. */
static const Geometry *
fl_flash_map_place (FlFlashMap *self, int width)
{
  if (self->geometry == NULL || self->geometry->width != width)
    {
      fl_flash_map_forget_places (self);
      self->geometry = fl_flash_map_make_geometry (self, width);
    }
  return self->geometry;
}

/* Where a line's cells begin downwards. */
static int
geometry_get_row_y (const Geometry *geometry, guint row)
{
  int y = 0;

  for (guint i = 0; i <= row; i++)
    {
      if (geometry->rows->rows[i].begins_bank)
        y += geometry->heading;
      if (i < row)
        y += geometry->cell_height + GAP;
    }
  return y;
}

static void
append_label (GtkSnapshot *snapshot, PangoLayout *label, const GdkRGBA *color, double x, double y)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, label, color);
  gtk_snapshot_restore (snapshot);
}

static void
fl_flash_map_snapshot_labels (FlFlashMap *self, GtkSnapshot *snapshot, const Geometry *geometry,
                              const FlMapPalette *palette)
{
  for (guint i = 0; i < geometry->rows->n_rows; i++)
    {
      const FlMapRow *row = &geometry->rows->rows[i];
      int y = geometry_get_row_y (geometry, i);
      int text_y = y + (geometry->cell_height - geometry->line_height) / 2;
      g_autoptr (PangoLayout) start = fl_flash_map_make_address (self, row->start);

      append_label (snapshot, start, &palette->dim_text, 0, text_y);
      if (geometry->left + geometry->rows->width + LABEL_GAP < geometry->width)
        {
          g_autoptr (PangoLayout) end = fl_flash_map_make_address (self, row->end - 1);

          append_label (snapshot, end, &palette->dim_text, geometry->left + geometry->rows->width + LABEL_GAP, text_y);
        }
      if (row->begins_bank && geometry->heading > 0)
        {
          g_autofree char *text = g_strdup_printf (_ ("Bank %u"), row->bank);
          g_autoptr (PangoLayout) bank = fl_map_legend_make_label (GTK_WIDGET (self), text, FALSE);

          append_label (snapshot, bank, &palette->dim_text, geometry->left, y - geometry->heading);
        }
    }
}

/* The part of a sector that lies in a line. Thin cells touch; wider ones leave a pixel between them. Those that say
 * something that must not be overlooked are never thinner than two pixels. */
static cairo_rectangle_t
place_cell (const Geometry *geometry, const FlMapRow *row, const FlSector *sector, FlSectorState state, int y)
{
  double x0, x1;

  fl_map_rows_place (geometry->rows, row, sector, &x0, &x1);
  if (x1 - x0 >= 4)
    {
      x0 = round (x0);
      x1 = round (x1) - 1;
    }
  else if (state == FL_SECTOR_FAILED || state == FL_SECTOR_WRITING)
    x1 = MAX (x1, x0 + 2);
  return (cairo_rectangle_t){ geometry->left + x0, y, x1 - x0, geometry->cell_height };
}

/* Neighbours that touch and are in the same state become one cell: what cannot be seen need not be drawn. */
static void
add_cell (GArray *cells, cairo_rectangle_t cell)
{
  cairo_rectangle_t *last = cells->len > 0 ? &g_array_index (cells, cairo_rectangle_t, cells->len - 1) : NULL;

  if (last != NULL && last->y == cell.y && fabs (last->x + last->width - cell.x) < 0.01)
    last->width += cell.width;
  else
    g_array_append_val (cells, cell);
}

static void
fl_flash_map_snapshot_cells (FlFlashMap *self, GtkSnapshot *snapshot, const Geometry *geometry,
                             const FlMapPalette *palette)
{
  FlLayout *layout = fl_flash_map_get_layout (self);
  GArray *cells[FL_N_MAP_STATES];
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) geometry->width, (float) geometry->legend_y));

  for (guint i = 0; i < FL_N_MAP_STATES; i++)
    cells[i] = g_array_new (FALSE, FALSE, sizeof (cairo_rectangle_t));
  for (guint i = 0; i < geometry->rows->n_rows; i++)
    {
      const FlMapRow *row = &geometry->rows->rows[i];
      int y = geometry_get_row_y (geometry, i);

      for (guint j = row->first_sector; j < row->first_sector + row->n_sectors; j++)
        {
          FlSectorState state = self->states != NULL ? self->states[j] : FL_SECTOR_UNTOUCHED;

          add_cell (cells[state], place_cell (geometry, row, fl_layout_get_sector (layout, j), state, y));
        }
    }
  for (guint i = 0; i < FL_N_MAP_STATES; i++) /* the failed ones last, on top */
    {
      fl_map_paint_cells (cr, palette, i, (cairo_rectangle_t *) (void *) cells[i]->data, cells[i]->len);
      g_array_unref (cells[i]);
    }
  cairo_destroy (cr);
}

static void
fl_flash_map_snapshot_legend (FlFlashMap *self, GtkSnapshot *snapshot, const Geometry *geometry,
                              const FlMapPalette *palette)
{
  guint counts[FL_N_MAP_STATES];

  fl_flash_map_count (self, counts);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, (float) geometry->legend_y));
  fl_map_legend_draw (&geometry->legend, GTK_WIDGET (self), counts, snapshot, palette);
  gtk_snapshot_restore (snapshot);
}

static void
fl_flash_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FlFlashMap *self = FL_FLASH_MAP (widget);
  const Geometry *geometry = fl_flash_map_place (self, gtk_widget_get_width (widget));
  FlMapPalette palette;

  if (geometry->rows == NULL)
    return;
  fl_map_palette_init (&palette, widget);
  if (self->labels == NULL)
    {
      GtkSnapshot *labels = gtk_snapshot_new ();

      fl_flash_map_snapshot_labels (self, labels, geometry, &palette);
      self->labels = gtk_snapshot_free_to_node (labels);
    }
  fl_flash_map_snapshot_cells (self, snapshot, geometry, &palette);
  if (self->labels != NULL)
    gtk_snapshot_append_node (snapshot, self->labels);
  fl_flash_map_snapshot_legend (self, snapshot, geometry, &palette);
}

/* Another font, or another colour. */
static void
fl_flash_map_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (fl_flash_map_parent_class)->css_changed (widget, change);
  fl_flash_map_forget_places (FL_FLASH_MAP (widget));
}

static void
fl_flash_map_style_cb (FlFlashMap *self)
{
  fl_flash_map_forget_places (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static GtkSizeRequestMode
fl_flash_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fl_flash_map_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NATURAL_WIDTH;
    }
  else
    {
      const Geometry *geometry = fl_flash_map_place (FL_FLASH_MAP (widget), for_size < 0 ? NATURAL_WIDTH : for_size);

      *minimum = *natural = geometry->height;
    }
}

static const FlSector *
fl_flash_map_find (FlFlashMap *self, int x, int y, GdkRectangle *area)
{
  const Geometry *geometry = fl_flash_map_place (self, gtk_widget_get_width (GTK_WIDGET (self)));

  for (guint i = 0; geometry->rows != NULL && i < geometry->rows->n_rows; i++)
    {
      const FlMapRow *row = &geometry->rows->rows[i];
      int row_y = geometry_get_row_y (geometry, i);
      const FlSector *sector;
      double x0, x1;

      if (y < row_y || y >= row_y + geometry->cell_height)
        continue;
      sector = fl_map_rows_find (geometry->rows, row, self->device->layout, x - geometry->left);
      if (sector != NULL)
        {
          fl_map_rows_place (geometry->rows, row, sector, &x0, &x1);
          *area = (GdkRectangle){ geometry->left + (int) x0, row_y, MAX (1, (int) (x1 - x0)), geometry->cell_height };
        }
      return sector;
    }
  return NULL;
}

/**
 * fl_flash_map_dup_tip:
 * @x: in the widget's coordinates
 * @y: likewise
 *
 * Returns: (transfer full) (nullable): what the tooltip says of the sector at this place
 */
char *
fl_flash_map_dup_tip (FlFlashMap *self, int x, int y)
{
  const FlSector *sector;
  GdkRectangle area;

  g_return_val_if_fail (FL_IS_FLASH_MAP (self), NULL);

  sector = fl_flash_map_find (self, x, y, &area);
  return sector != NULL ? fl_map_words_dup_sector (self->device, sector, self->states) : NULL;
}

static gboolean
fl_flash_map_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *text = fl_flash_map_dup_tip (FL_FLASH_MAP (widget), x, y);
  GdkRectangle area;

  if (text == NULL)
    return FALSE;
  fl_flash_map_find (FL_FLASH_MAP (widget), x, y, &area);
  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip, &area);
  return TRUE;
}

/**
 * fl_flash_map_find_sector:
 * @x: in the widget's coordinates
 * @y: likewise
 *
 * Returns: (transfer none) (nullable): the sector that is drawn there
 */
const FlSector *
fl_flash_map_find_sector (FlFlashMap *self, int x, int y)
{
  GdkRectangle area;

  g_return_val_if_fail (FL_IS_FLASH_MAP (self), NULL);

  return fl_flash_map_find (self, x, y, &area);
}

/**
 * fl_flash_map_to_text:
 *
 * Returns: (transfer full): everything that the map shows, in words; this is its accessible description
 */
char *
fl_flash_map_to_text (FlFlashMap *self)
{
  g_return_val_if_fail (FL_IS_FLASH_MAP (self), NULL);

  return fl_map_words_dup_map (self->device, self->states);
}

static gboolean
fl_flash_map_describe_cb (gpointer user_data)
{
  FlFlashMap *self = user_data;
  g_autofree char *text = fl_flash_map_to_text (self);

  self->describe_source = 0;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  return G_SOURCE_REMOVE;
}

/* Notes which states have been seen; the legend grows by them, and only then the map changes its size. */
static void
fl_flash_map_update_legend (FlFlashMap *self)
{
  guint counts[FL_N_MAP_STATES];
  gboolean grown = FALSE;

  fl_flash_map_count (self, counts);
  for (guint i = 0; i < FL_N_MAP_STATES; i++)
    if (counts[i] > 0 && !self->in_legend[i])
      self->in_legend[i] = grown = TRUE;
  if (!grown)
    return;
  fl_flash_map_forget_places (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static guint8 *
dup_plan_states (FlPlan *plan, guint n_sectors)
{
  guint8 *states = g_new0 (guint8, n_sectors);

  for (guint i = 0; i < n_sectors; i++)
    switch (fl_plan_get_action (plan, i))
      {
      case FL_PLAN_ERASE:
        states[i] = FL_SECTOR_PLANNED_ERASE;
        break;
      case FL_PLAN_WRITE:
        states[i] = FL_SECTOR_PLANNED_WRITE;
        break;
      case FL_PLAN_KEEP:
      default:
        break;
      }
  return states;
}

/* Back to what the plan says. */
static void
fl_flash_map_reset (FlFlashMap *self)
{
  g_clear_pointer (&self->states, g_free);
  self->running = FALSE;
  if (self->plan != NULL)
    self->states = dup_plan_states (self->plan, self->n_sectors);
  memset (self->in_legend, 0, sizeof self->in_legend);
  fl_flash_map_forget_places (self);
  fl_flash_map_update_legend (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_clear_handle_id (&self->describe_source, g_source_remove);
  fl_flash_map_describe_cb (self);
}

/**
 * fl_flash_map_set_device:
 * @device: (nullable): whose flash is shown; %NULL, or one without a layout: nothing is drawn
 *
 * Forgets plan and states.
 */
void
fl_flash_map_set_device (FlFlashMap *self, FlDevice *device)
{
  g_return_if_fail (FL_IS_FLASH_MAP (self));
  g_return_if_fail (device == NULL || FL_IS_DEVICE (device));

  g_set_object (&self->device, device);
  g_clear_object (&self->plan);
  self->n_sectors = device != NULL && device->layout != NULL ? fl_layout_get_n_sectors (device->layout) : 0;
  fl_flash_map_reset (self);
}

/**
 * fl_flash_map_set_plan:
 * @plan: (nullable): made for the map's device
 *
 * Shows what would be done. Forgets the states of an earlier job.
 */
void
fl_flash_map_set_plan (FlFlashMap *self, FlPlan *plan)
{
  g_return_if_fail (FL_IS_FLASH_MAP (self));
  g_return_if_fail (plan == NULL || fl_plan_get_device (plan) == self->device);

  g_set_object (&self->plan, plan);
  fl_flash_map_reset (self);
}

/**
 * fl_flash_map_set_states:
 * @states: (nullable) (array length=n_states): a #FlSectorState or #FlMapState for each sector; %NULL: back to the plan
 * @n_states: how many sectors the map's device has
 *
 * Shows how far a job has come, or what is protected. May be called as often as a job announces something: what has not
 * changed costs a comparison, and however much has changed is drawn once a frame.
 */
void
fl_flash_map_set_states (FlFlashMap *self, const guint8 *states, guint n_states)
{
  g_return_if_fail (FL_IS_FLASH_MAP (self));
  g_return_if_fail (states == NULL || n_states == self->n_sectors);

  if (states == NULL)
    {
      if (self->running)
        fl_flash_map_reset (self);
      return;
    }
  for (guint i = 0; i < n_states; i++)
    g_return_if_fail (states[i] < FL_N_MAP_STATES);

  if (self->states != NULL && memcmp (self->states, states, n_states) == 0)
    return;
  g_free (self->states);
  self->states = g_memdup2 (states, n_states);
  self->running = TRUE;
  fl_flash_map_update_legend (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->describe_source == 0)
    self->describe_source = g_timeout_add (DESCRIBE_INTERVAL_MS, fl_flash_map_describe_cb, self);
}

static void
fl_flash_map_dispose (GObject *object)
{
  FlFlashMap *self = FL_FLASH_MAP (object);

  g_clear_handle_id (&self->describe_source, g_source_remove);
  g_clear_object (&self->device);
  g_clear_object (&self->plan);
  self->n_sectors = 0;
  fl_flash_map_forget_places (self);
  G_OBJECT_CLASS (fl_flash_map_parent_class)->dispose (object);
}

static void
fl_flash_map_finalize (GObject *object)
{
  g_free (FL_FLASH_MAP (object)->states);
  G_OBJECT_CLASS (fl_flash_map_parent_class)->finalize (object);
}

static void
fl_flash_map_class_init (FlFlashMapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_flash_map_dispose;
  object_class->finalize = fl_flash_map_finalize;
  widget_class->snapshot = fl_flash_map_snapshot;
  widget_class->measure = fl_flash_map_measure;
  widget_class->get_request_mode = fl_flash_map_get_request_mode;
  widget_class->query_tooltip = fl_flash_map_query_tooltip;
  widget_class->css_changed = fl_flash_map_css_changed;

  gtk_widget_class_set_css_name (widget_class, "flashmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fl_flash_map_init (FlFlashMap *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Flash map"), -1);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (fl_flash_map_style_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (fl_flash_map_style_cb), self, G_CONNECT_SWAPPED);
  fl_flash_map_reset (self);
}

/**
 * fl_flash_map_new:
 *
 * Returns: (transfer floating): a map that shows nothing yet
 */
GtkWidget *
fl_flash_map_new (void)
{
  return g_object_new (FL_TYPE_FLASH_MAP, NULL);
}
