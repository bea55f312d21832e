/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the connect page is made of: which port is chosen, what is asked of it, how columns and steps look. */
#include "config.h"

#include "fl-columns.h"
#include "fl-connection-pane.h"
#include "fl-entry-picture.h"
#include "fl-port-chooser.h"
#include "fl-port-row.h"
#include "fl-sim-transport.h"
#include "fl-steps-bar.h"
#include "fl-ui.h"
#include "fl-widget-test.h"

static void
reset_settings (void)
{
  static const char *const keys[] = { "last-port", "last-port-serial", "other-port", "baud", "parity", "burst", "entry",
                                      "preset" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (fl_ui_get_settings (), keys[i]);
}

static const char *
get_board (guint index)
{
  guint n_boards;
  const FlSimPractice *boards = fl_sim_practice_boards (&n_boards);

  g_assert_cmpuint (index, <, n_boards);
  return boards[index].name;
}

/* How many of the rows are chosen, and the name of the last of them. */
static guint
count_chosen (GtkWidget *widget, const char **name)
{
  guint n_chosen = 0;

  if (FL_IS_PORT_ROW (widget) && gtk_check_button_get_active (fl_port_row_get_check (FL_PORT_ROW (widget))))
    {
      *name = fl_port_row_get_name (FL_PORT_ROW (widget));
      return 1;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n_chosen += count_chosen (child, name);
  return n_chosen;
}

static FlPortChooser *
make_chooser (void)
{
  return g_object_ref_sink (g_object_new (FL_TYPE_PORT_CHOOSER, NULL));
}

/* Without any port of its own choice, a newcomer can press Connect at once. */
static void
test_first_time (void)
{
  g_autoptr (FlPortChooser) chooser = NULL;
  const char *name = NULL;

  reset_settings ();
  chooser = make_chooser ();
  g_assert_cmpstr (fl_port_chooser_get_port (chooser), ==, get_board (0));
  g_assert_cmpuint (count_chosen (GTK_WIDGET (chooser), &name), ==, 1);
  g_assert_cmpstr (name, ==, get_board (0));
}

static void
test_remember (void)
{
  g_autoptr (FlPortChooser) first = NULL;
  g_autoptr (FlPortChooser) second = NULL;

  reset_settings ();
  first = make_chooser ();
  fl_port_chooser_choose (first, get_board (2));
  fl_port_chooser_remember (first);
  second = make_chooser ();
  g_assert_cmpstr (fl_port_chooser_get_port (second), ==, get_board (2));
}

/* A name that is in no list is taken as typed; and only one is ever chosen. */
static void
test_typed (void)
{
  g_autoptr (FlPortChooser) chooser = NULL;
  g_autofree char *title = NULL;
  const char *name = NULL;

  reset_settings ();
  chooser = make_chooser ();
  fl_port_chooser_choose (chooser, "/dev/serial/by-id/somewhere");
  g_assert_cmpstr (fl_port_chooser_get_port (chooser), ==, "/dev/serial/by-id/somewhere");
  g_assert_cmpuint (count_chosen (GTK_WIDGET (chooser), &name), ==, 0);
  title = fl_port_chooser_dup_title (chooser);
  g_assert_cmpstr (title, ==, "/dev/serial/by-id/somewhere");
  g_settings_set_string (fl_ui_get_settings (), "other-port", "");
  g_assert_null (fl_port_chooser_get_port (chooser));
  fl_port_chooser_choose (chooser, get_board (1));
  g_assert_cmpuint (count_chosen (GTK_WIDGET (chooser), &name), ==, 1);
  g_assert_cmpstr (name, ==, get_board (1));
}

static const struct
{
  const char *name;
  guint baud;
  const char *parity;
  const char *entry;
  gboolean burst;
  FlParity expected_parity;
  FlEntryMethod expected_entry;
} options_rows[] = {
  { "usual", 0, "even", "manual", TRUE, FL_PARITY_EVEN, FL_ENTRY_MANUAL },
  { "no-parity", 9600, "none", "manual", FALSE, FL_PARITY_NONE, FL_ENTRY_MANUAL },
  { "odd", 921600, "odd", "app", TRUE, FL_PARITY_ODD, FL_ENTRY_APP },
  { "lines", 57600, "even", "dtr-rts", FALSE, FL_PARITY_EVEN, FL_ENTRY_DTR_RTS },
};

static void
test_options (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  GSettings *settings = fl_ui_get_settings ();
  g_autoptr (FlConnectionPane) pane = NULL;
  g_autoptr (FlConnectOptions) options = NULL;
  g_autoptr (FlConnectOptions) without = NULL;

  reset_settings ();
  pane = g_object_ref_sink (g_object_new (FL_TYPE_CONNECTION_PANE, NULL));
  g_settings_set_uint (settings, "baud", options_rows[row].baud);
  g_settings_set_string (settings, "parity", options_rows[row].parity);
  g_settings_set_string (settings, "entry", options_rows[row].entry);
  g_settings_set_boolean (settings, "burst", options_rows[row].burst);
  options = fl_connection_pane_make_options (pane, "port");
  g_assert_true (options->one_by_one == !options_rows[row].burst);
  g_assert_cmpstr (options->port, ==, "port");
  g_assert_cmpuint (options->baud, ==, options_rows[row].baud);
  g_assert_cmpint (options->parity, ==, options_rows[row].expected_parity);
  g_assert_cmpint (options->entry, ==, options_rows[row].expected_entry);
  g_assert_cmpint (options->climb, ==, FL_CLIMB_SEARCH); /* unless it is switched off */
  g_assert_nonnull (options->notebook);
  g_settings_set_boolean (settings, "climb", FALSE);
  without = fl_connection_pane_make_options (pane, "x");
  g_assert_cmpint (without->climb, ==, FL_CLIMB_NEVER);
  g_settings_reset (settings, "climb");
  if (options->entry == FL_ENTRY_DTR_RTS)
    g_assert_nonnull (fl_entry_preset_find (options->preset));
  else
    g_assert_null (options->preset);
}

/* Every preset can be drawn, and is said in words as well. */
static void
test_pictures (void)
{
  guint n_presets;
  const FlEntryPreset *presets = fl_entry_presets (&n_presets);
  GtkWidget *picture = g_object_new (FL_TYPE_ENTRY_PICTURE, NULL);
  GtkWidget *window = fl_widget_test_show (picture, 360, 120);

  g_assert_cmpuint (n_presets, >, 0);
  for (guint i = 0; i < n_presets; i++)
    {
      g_autofree char *name = g_strdup_printf ("entry-%s", presets[i].id);
      g_autoptr (GdkPixbuf) pixbuf = NULL;

      fl_entry_picture_set_preset (FL_ENTRY_PICTURE (picture), &presets[i]);
      g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (picture), "DTR"));
      g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (picture), "RTS"));
      pixbuf = fl_widget_test_draw (picture, name);
      g_assert_nonnull (pixbuf);
    }
  fl_entry_picture_set_preset (FL_ENTRY_PICTURE (picture), NULL);
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (picture), "BOOT0"));
  fl_widget_test_close (window);
}

/* Side by side where there is room, one below the other where there is not. */
static void
test_columns (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *first = gtk_button_new_with_label ("first");
  GtkWidget *second = gtk_button_new_with_label ("second");
  graphene_rect_t a, b;

  gtk_widget_set_layout_manager (box, g_object_new (FL_TYPE_COLUMNS, NULL));
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  g_object_ref_sink (box);

  for (guint i = 0; i < 2; i++)
    {
      int width = i == 0 ? 900 : 500, height;

      gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
      gtk_widget_allocate (box, width, height, -1, NULL);
      g_assert_true (gtk_widget_compute_bounds (first, box, &a));
      g_assert_true (gtk_widget_compute_bounds (second, box, &b));
      g_assert_false (graphene_rect_intersection (&a, &b, NULL));
      if (width == 900)
        {
          g_assert_cmpfloat (b.origin.y, ==, a.origin.y);
          g_assert_cmpfloat (b.origin.x, >, a.origin.x);
          g_assert_cmpfloat (b.size.width, ==, a.size.width);
        }
      else
        {
          g_assert_cmpfloat (b.origin.x, ==, a.origin.x);
          g_assert_cmpfloat (b.origin.y, >, a.origin.y);
        }
    }
  g_object_unref (box);
}

static void
activated_cb (FlStepsBar *bar, int step, gpointer user_data)
{
  *(int *) user_data = step;
}

static GtkWidget *
find_step (GtkWidget *widget, guint *to_skip)
{
  if (GTK_IS_BUTTON (widget))
    return (*to_skip)-- == 0 ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_step (child, to_skip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_steps (void)
{
  GtkWidget *bar = g_object_new (FL_TYPE_STEPS_BAR, NULL);
  GtkWidget *window = fl_widget_test_show (bar, 800, 100);
  guint first = 0, second = 1;
  GtkWidget *connect = find_step (bar, &first);
  GtkWidget *device = find_step (bar, &second);
  int activated = -1;

  g_signal_connect (bar, "activated", G_CALLBACK (activated_cb), &activated);
  fl_steps_bar_set_current (FL_STEPS_BAR (bar), FL_STEP_CONNECT);
  gtk_test_accessible_assert_property (connect, GTK_ACCESSIBLE_PROPERTY_LABEL, "Step 1, Connect");
  gtk_test_accessible_assert_property (connect, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "current");
  gtk_test_accessible_assert_property (device, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "later");
  g_assert_false (gtk_widget_is_sensitive (device));

  fl_steps_bar_set_step (FL_STEPS_BAR (bar), FL_STEP_CONNECT, FL_STEP_DONE, "ttyUSB0");
  fl_steps_bar_set_step (FL_STEPS_BAR (bar), FL_STEP_DEVICE, FL_STEP_READY, NULL);
  fl_steps_bar_set_current (FL_STEPS_BAR (bar), FL_STEP_DEVICE);
  gtk_test_accessible_assert_property (connect, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "done");
  g_assert_nonnull (fl_widget_test_find (connect, GTK_TYPE_LABEL, "ttyUSB0"));
  g_signal_emit_by_name (connect, "clicked");
  g_assert_cmpint (activated, ==, FL_STEP_CONNECT);
  fl_widget_test_close (window);
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  fl_sim_register ();
  g_test_add_func ("/port-chooser/first-time", test_first_time);
  g_test_add_func ("/port-chooser/remember", test_remember);
  g_test_add_func ("/port-chooser/typed", test_typed);
  for (guint i = 0; i < G_N_ELEMENTS (options_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/connection-pane/%s", options_rows[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_options);
    }
  g_test_add_func ("/entry-picture/all", test_pictures);
  g_test_add_func ("/columns/both-ways", test_columns);
  g_test_add_func ("/steps-bar/states", test_steps);
  return g_test_run ();
}
