/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-columns"

#include "fl-columns.h"

#define SPACING      24  /* px, side by side */
#define COLUMN_WIDTH 340 /* px: columns are not made narrower than this to get them side by side */

struct _FlColumns
{
  GtkLayoutManager parent_instance;

  int row_spacing; /* px, one below the other */
};

enum
{
  PROP_ROW_SPACING = 1,
};

G_DEFINE_FINAL_TYPE (FlColumns, fl_columns, GTK_TYPE_LAYOUT_MANAGER)

static GtkWidget *
next_shown (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): @child is the name of a variable */
#define FOR_EACH_SHOWN(child, parent)                                                                                  \
  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (parent)); child != NULL;                             \
       child = next_shown (gtk_widget_get_next_sibling (child)))
/* NOLINTEND(bugprone-macro-parentheses) */

/* The children's count, their largest minimum and largest natural width. */
static int
measure_widths (GtkWidget *widget, int *minimum, int *natural)
{
  int n_children = 0;

  *minimum = *natural = 0;
  FOR_EACH_SHOWN (child, widget)
  {
    int child_minimum, child_natural;

    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural, NULL, NULL);
    *minimum = MAX (*minimum, child_minimum);
    *natural = MAX (*natural, child_natural);
    n_children++;
  }
  return n_children;
}

/* How wide each child is in a width of @width; 0: they do not fit side by side. */
static int
get_column_width (GtkWidget *widget, int width)
{
  int minimum, natural;
  int n_children = measure_widths (widget, &minimum, &natural);
  int column;

  if (n_children < 2)
    return 0;
  column = (width - SPACING * (n_children - 1)) / n_children;
  return column >= MAX (minimum, COLUMN_WIDTH) ? column : 0;
}

static GtkSizeRequestMode
fl_columns_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fl_columns_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size,
                    int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  int spacing = FL_COLUMNS (manager)->row_spacing;
  int n_children, column;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      n_children = measure_widths (widget, minimum, natural);
      *natural = *natural * n_children + SPACING * MAX (0, n_children - 1);
      return;
    }
  *minimum = *natural = 0;
  n_children = 0;
  column = for_size < 0 ? 0 : get_column_width (widget, for_size);
  FOR_EACH_SHOWN (child, widget)
  {
    int child_minimum, child_natural;

    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, column > 0 ? column : for_size, &child_minimum, &child_natural,
                        NULL, NULL);
    if (column > 0)
      {
        *minimum = MAX (*minimum, child_minimum);
        *natural = MAX (*natural, child_natural);
      }
    else
      {
        *minimum += child_minimum + (n_children > 0 ? spacing : 0);
        *natural += child_natural + (n_children > 0 ? spacing : 0);
      }
    n_children++;
  }
}

static void
fl_columns_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  int column = get_column_width (widget, width);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkAllocation place = { 0, 0, column > 0 ? column : width, height };

  if (column > 0 && mirrored)
    place.x = width - column;
  FOR_EACH_SHOWN (child, widget)
  {
    if (column == 0)
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &place.height, NULL, NULL);
    gtk_widget_size_allocate (child, &place, -1);
    if (column == 0)
      place.y += place.height + FL_COLUMNS (manager)->row_spacing;
    else
      place.x += mirrored ? -(column + SPACING) : column + SPACING;
  }
}

static void
fl_columns_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FlColumns *self = FL_COLUMNS (object);

  if (id != PROP_ROW_SPACING)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  self->row_spacing = g_value_get_int (value);
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
}

static void
fl_columns_class_init (FlColumnsClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = fl_columns_set_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_ROW_SPACING,
      g_param_spec_int ("row-spacing", NULL, NULL, 0, G_MAXINT, SPACING, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  layout_class->get_request_mode = fl_columns_get_request_mode;
  layout_class->measure = fl_columns_measure;
  layout_class->allocate = fl_columns_allocate;
}

static void
fl_columns_init (FlColumns *self)
{
  self->row_spacing = SPACING;
}
