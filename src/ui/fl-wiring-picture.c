/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-wiring-picture"

#include "fl-wiring-picture.h"

#include <glib/gi18n.h>

#define MARGIN     8   /* px, around and between texts and lines */
#define MIN_WIRE   50  /* px, between the two boxes */
#define ROW_FACTOR 1.7 /* of the height of a line of text */
#define TX_ROW     0
#define RX_ROW     1

/* A row on either side; the wire from the left of row i ends at the right of row target. */
typedef struct
{
  char *left;       /* "TX"; what somebody does by hand: "3.3 V" */
  char *right;      /* "PA9 (USART1 TX)" */
  guint target;     /* row on the right */
  gboolean adapter; /* the left is a pin of the adapter */
  gboolean data;    /* a line that carries bytes */
} Wire;

struct _FlWiringPicture
{
  GtkWidget parent_instance;

  GArray *wires; /* Wire: those of the adapter come first */
};

G_DEFINE_FINAL_TYPE (FlWiringPicture, fl_wiring_picture, GTK_TYPE_WIDGET)

static void
clear_wire (gpointer data)
{
  Wire *wire = data;

  g_free (wire->left);
  g_free (wire->right);
}

/* Takes the texts. */
static void
add_wire (FlWiringPicture *self, gboolean adapter, char *left, char *right)
{
  Wire wire = { .left = left, .right = right, .target = self->wires->len, .adapter = adapter };

  g_array_append_val (self->wires, wire);
}

static Wire *
get_wire (FlWiringPicture *self, guint row)
{
  return &g_array_index (self->wires, Wire, row);
}

/* "BOOT0 (PA14)", "PB2" */
static char *
dup_pin_name (const FlChipBootPin *pin)
{
  if (pin->name != NULL && pin->pin != NULL)
    return g_strdup_printf ("%s (%s)", pin->name, pin->pin);
  return g_strdup (pin->name != NULL ? pin->name : pin->pin);
}

/* The line of the adapter that drives a pin of the chip; NULL: none does. */
static char *
dup_line_name (const FlEntryPreset *preset, FlEntryPin pin)
{
  const char *name;
  FlLines line;
  gboolean inverted;

  if (preset == NULL || !fl_entry_preset_get_wire (preset, pin, &line, &inverted))
    return NULL;
  name = line == FL_LINE_DTR ? "DTR" : "RTS";
  /* Translators: "RTS", with an inverter or a transistor in the wire */
  return inverted ? g_strdup_printf (_ ("%s, inverted"), name) : g_strdup (name);
}

/* What nearly all chips have. */
static const FlChipUsart usual_usart = { .name = (char *) "USART1", .tx = (char *) "PA9", .rx = (char *) "PA10" };
static const FlChipBootPin usual_boot_pin = { .name = "BOOT0", .high = TRUE };

static void
add_serial_port (FlWiringPicture *self, const FlChipUsart *usart)
{
  add_wire (self, TRUE, g_strdup ("TX"), g_strdup_printf ("%s (%s TX)", usart->tx, usart->name));
  add_wire (self, TRUE, g_strdup ("RX"), g_strdup_printf ("%s (%s RX)", usart->rx, usart->name));
  get_wire (self, TX_ROW)->target = RX_ROW;
  get_wire (self, RX_ROW)->target = TX_ROW;
  get_wire (self, TX_ROW)->data = get_wire (self, RX_ROW)->data = TRUE;
  add_wire (self, TRUE, g_strdup ("GND"), g_strdup ("GND"));
}

/* The adapter's lines first, then what a hand does. */
static void
add_entry (FlWiringPicture *self, const FlChip *chip, const FlEntryPreset *preset)
{
  g_autoptr (GArray) pins =
                 chip != NULL ? fl_chip_list_boot_pins (chip) : g_array_new (FALSE, FALSE, sizeof (FlChipBootPin));
  g_autofree char *reset = dup_line_name (preset, FL_ENTRY_PIN_RESET);
  g_autofree char *boot = dup_line_name (preset, FL_ENTRY_PIN_BOOT0);

  if (chip == NULL)
    g_array_append_val (pins, usual_boot_pin);
  if (reset != NULL)
    add_wire (self, TRUE, g_strdup (reset), g_strdup ("NRST"));
  if (boot != NULL && pins->len > 0)
    add_wire (self, TRUE, g_strdup (boot), dup_pin_name (&g_array_index (pins, FlChipBootPin, 0)));
  for (guint i = boot != NULL ? 1 : 0; i < pins->len; i++)
    {
      const FlChipBootPin *pin = &g_array_index (pins, FlChipBootPin, i);

      add_wire (self, FALSE, g_strdup (pin->high ? _ ("3.3 V (high)") : _ ("GND (low)")), dup_pin_name (pin));
    }
  if (reset == NULL)
    add_wire (self, FALSE, g_strdup (_ ("reset button")), g_strdup ("NRST"));
}

static void
fl_wiring_picture_describe (FlWiringPicture *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->wires->len; i++)
    {
      const Wire *wire = get_wire (self, i);

      /* Translators: a pin of the adapter, a pin of the chip */
      g_string_append_printf (text, wire->adapter ? _ ("adapter %s to %s") : _ ("%s to %s"), wire->left,
                              get_wire (self, wire->target)->right);
      g_string_append (text, i + 1 < self->wires->len ? "; " : "");
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Wiring"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text->str);
}

/**
 * fl_wiring_picture_set:
 * @chip: (nullable): with at least one serial port; %NULL: it is not known, and what nearly all have is drawn
 * @usart: which of its serial ports
 * @preset: (nullable): how DTR and RTS are wired; %NULL when BOOT0 and reset are set by hand
 */
void
fl_wiring_picture_set (FlWiringPicture *self, const FlChip *chip, guint usart, const FlEntryPreset *preset)
{
  g_return_if_fail (FL_IS_WIRING_PICTURE (self));
  g_return_if_fail (chip == NULL || usart < chip->usarts->len);

  g_array_set_size (self->wires, 0);
  add_serial_port (self, chip != NULL ? g_ptr_array_index (chip->usarts, usart) : &usual_usart);
  add_entry (self, chip, preset);
  fl_wiring_picture_describe (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static PangoLayout *
make_layout (FlWiringPicture *self, const char *text)
{
  return gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
}

static void
get_text_size (FlWiringPicture *self, const char *text, int *width, int *height)
{
  g_autoptr (PangoLayout) layout = make_layout (self, text);

  pango_layout_get_pixel_size (layout, width, height);
}

/* What the widths of both columns and the height of a row follow from. */
static void
measure_texts (FlWiringPicture *self, int *left, int *right, int *row)
{
  int width, height;

  get_text_size (self, _ ("Adapter"), left, row);
  get_text_size (self, _ ("Chip"), right, NULL);
  for (guint i = 0; i < self->wires->len; i++)
    {
      get_text_size (self, get_wire (self, i)->left, &width, &height);
      *left = MAX (*left, width);
      *row = MAX (*row, height);
      get_text_size (self, get_wire (self, i)->right, &width, NULL);
      *right = MAX (*right, width);
    }
  *row = (int) (*row * ROW_FACTOR);
}

static void
draw_text (FlWiringPicture *self, GtkSnapshot *snapshot, const char *text, int x, int middle, gboolean to_the_left)
{
  g_autoptr (PangoLayout) layout = make_layout (self, text);
  GdkRGBA color;
  int width, height, top;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  pango_layout_get_pixel_size (layout, &width, &height);
  top = middle - height / 2; /* a whole pixel */
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (to_the_left ? x - width : x), (float) top));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_box (cairo_t *cr, int x, int y, int width, int height)
{
  const double radius = 8;

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, G_PI * 3 / 2);
  cairo_close_path (cr);
  cairo_stroke (cr);
}

static guint
get_n_adapter (FlWiringPicture *self)
{
  guint n = 0;

  while (n < self->wires->len && get_wire (self, n)->adapter)
    n++;
  return n;
}

/* The first row of the picture is the headings'. */
static int
get_middle (guint row, int row_height)
{
  return (int) (row + 1) * row_height + row_height / 2;
}

static void
draw_wires (FlWiringPicture *self, cairo_t *cr, int from, int to, int row_height, const GdkRGBA *text,
            const GdkRGBA *accent)
{
  for (guint i = 0; i < self->wires->len; i++)
    {
      const Wire *wire = get_wire (self, i);
      int y = get_middle (i, row_height), target = get_middle (wire->target, row_height);
      int quarter = (to - from) / 4;

      gdk_cairo_set_source_rgba (cr, wire->data ? accent : text);
      cairo_set_line_width (cr, wire->data ? 2.5 : 1.5);
      cairo_move_to (cr, from, y);
      cairo_line_to (cr, from + quarter, y);
      cairo_line_to (cr, to - quarter, target);
      cairo_line_to (cr, to, target);
      cairo_stroke (cr);
      cairo_arc (cr, from, y, 3, 0, 2 * G_PI);
      cairo_arc (cr, to, target, 3, 0, 2 * G_PI);
      cairo_fill (cr);
    }
}

static void
fl_wiring_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FlWiringPicture *self = FL_WIRING_PICTURE (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_width (widget);
  int left, right, row, from, to;
  GdkRGBA text, accent;
  cairo_t *cr;

  if (self->wires->len == 0)
    return;
  measure_texts (self, &left, &right, &row);
  from = left + 2 * MARGIN;
  to = MIN (from + 4 * MIN_WIRE, width - right - 2 * MARGIN);
  gtk_style_context_get_color (context, &text);
  if (!gtk_style_context_lookup_color (context, "accent_color", &accent))
    accent = text;

  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) gtk_widget_get_height (widget)));
  gdk_cairo_set_source_rgba (cr, &text);
  cairo_set_line_width (cr, 1);
  draw_box (cr, 1, row, from - 1, row * (int) get_n_adapter (self));
  draw_box (cr, to, row, right + 2 * MARGIN - 1, row * (int) self->wires->len);
  draw_wires (self, cr, from, to, row, &text, &accent);
  cairo_destroy (cr);

  draw_text (self, snapshot, _ ("Adapter"), from - MARGIN, row / 2, TRUE);
  draw_text (self, snapshot, _ ("Chip"), to + MARGIN, row / 2, FALSE);
  for (guint i = 0; i < self->wires->len; i++)
    {
      draw_text (self, snapshot, get_wire (self, i)->left, from - MARGIN, get_middle (i, row), TRUE);
      draw_text (self, snapshot, get_wire (self, i)->right, to + MARGIN, get_middle (i, row), FALSE);
    }
}

static void
fl_wiring_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  FlWiringPicture *self = FL_WIRING_PICTURE (widget);
  int left, right, row;

  measure_texts (self, &left, &right, &row);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = left + right + 4 * MARGIN + MIN_WIRE;
      *natural = *minimum + 3 * MIN_WIRE;
    }
  else
    {
      *minimum = *natural = row * (int) (self->wires->len + 1) + MARGIN;
    }
}

static void
fl_wiring_picture_finalize (GObject *object)
{
  g_array_unref (FL_WIRING_PICTURE (object)->wires);
  G_OBJECT_CLASS (fl_wiring_picture_parent_class)->finalize (object);
}

static void
fl_wiring_picture_class_init (FlWiringPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_wiring_picture_finalize;
  widget_class->snapshot = fl_wiring_picture_snapshot;
  widget_class->measure = fl_wiring_picture_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fl_wiring_picture_init (FlWiringPicture *self)
{
  self->wires = g_array_new (FALSE, FALSE, sizeof (Wire));
  g_array_set_clear_func (self->wires, clear_wire);
}
