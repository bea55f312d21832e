/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-widget-test.h"

#include <adwaita.h>

#define LIMIT_S 60 /* a machine that is busy with something else is slow, not broken */

void
fl_widget_test_init (int *argc, char ***argv)
{
  gtk_test_init (argc, argv, NULL);
  adw_init ();
  /* As in a program whose main loop runs: calls that belong to the main context may be made between iterations. */
  g_assert_true (g_main_context_acquire (NULL));
}

static gboolean
is_mapped (gpointer user_data)
{
  return gtk_widget_get_mapped (user_data);
}

static void
tick_cb (GdkFrameClock *clock, gpointer user_data)
{
  *(guint *) user_data += 1;
}

static gboolean
has_drawn_twice (gpointer user_data)
{
  return *(guint *) user_data >= 2;
}

/* Waits for two frames: the first gives a place to what was new, the second to what follows from it. */
void
fl_widget_test_settle (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  guint n_frames = 0;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (tick_cb), &n_frames);

  gdk_frame_clock_begin_updating (clock);
  fl_widget_test_wait (has_drawn_twice, &n_frames);
  gdk_frame_clock_end_updating (clock);
  g_signal_handler_disconnect (clock, handler);
}

/* Takes @widget into a window of its own, of this size. */
GtkWidget *
fl_widget_test_show (GtkWidget *widget, int width, int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  fl_widget_test_wait (is_mapped, widget);
  fl_widget_test_settle (widget);
  return window;
}

static gboolean
is_gone (gpointer user_data)
{
  return *(gpointer *) user_data == NULL;
}

/* Closes the window, and makes sure that nothing keeps it alive. */
void
fl_widget_test_close (GtkWidget *window)
{
  gpointer watched = window;

  g_object_add_weak_pointer (G_OBJECT (window), &watched);
  gtk_window_destroy (GTK_WINDOW (window));
  fl_widget_test_wait (is_gone, &watched);
}

static gboolean
has_text (GtkWidget *widget, const char *text)
{
  if (text == NULL)
    return TRUE;
  if (GTK_IS_LABEL (widget))
    return g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;
  if (GTK_IS_BUTTON (widget))
    return g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), text) == 0
           || g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), text) == 0;
  return g_strcmp0 (gtk_widget_get_name (widget), text) == 0;
}

/* The first widget below @root that can be seen, is of this type and has this text (a button: also this action). */
GtkWidget *
fl_widget_test_find (GtkWidget *root, GType type, const char *text)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && has_text (root, text))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = fl_widget_test_find (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until the condition holds; the test fails when it does not come true. */
void
fl_widget_test_wait (FlWidgetTestFunc condition, gpointer user_data)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;
  guint wake = g_timeout_add (20, wake_cb, NULL);

  while (!condition (user_data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (wake);
}

/* Draws a widget as the window would show it, upon white; keeps the picture where FL_ARTEFACTS says. */
GdkPixbuf *
fl_widget_test_draw (GtkWidget *widget, const char *name)
{
  const char *folder = g_getenv ("FL_ARTEFACTS");
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  GdkPixbuf *pixbuf;
  cairo_t *cr = cairo_create (surface);

  fl_widget_test_settle (widget);
  GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
  node = gtk_snapshot_to_node (snapshot);
  if (adw_style_manager_get_dark (adw_style_manager_get_default ()))
    cairo_set_source_rgb (cr, 0.14, 0.14, 0.14);
  else
    cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  if (node != NULL)
    {
      gsk_render_node_draw (node, cr);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cr);
  pixbuf = gdk_pixbuf_get_from_surface (surface, 0, 0, width, height);
  cairo_surface_destroy (surface);

  if (folder != NULL && name != NULL)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
      gdk_pixbuf_save (pixbuf, path, "png", &error, NULL);
      g_assert_no_error (error);
    }
  return pixbuf;
}

/* A connected chip, as a connect job would have found it. */
FlDevice *
fl_widget_test_device (guint16 pid, guint flash_kib)
{
  FlDevice *device = fl_device_new (pid);

  g_assert_nonnull (device->chip);
  fl_device_set_geometry (device, flash_kib, FALSE);
  g_assert_nonnull (device->layout);
  device->protection = FL_PROTECTION_NONE;
  return device;
}
