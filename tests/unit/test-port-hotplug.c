/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The port list of the connect page, with an adapter that is plugged, pulled out, and plugged again under another name.
 */
#include "config.h"

#include "fl-fake-adapter.h"
#include "fl-port-chooser.h"
#include "fl-sim-transport.h"
#include "fl-ui.h"
#include "fl-widget-test.h"

typedef struct
{
  FlPortChooser *chooser;
  const char *port; /* expected; NULL: none */
} Expected;

static gboolean
is_chosen (gpointer user_data)
{
  const Expected *expected = user_data;

  return g_strcmp0 (fl_port_chooser_get_port (expected->chooser), expected->port) == 0;
}

static void
wait_chosen (FlPortChooser *chooser, const char *port)
{
  Expected expected = { chooser, port };

  fl_widget_test_wait (is_chosen, &expected);
}

/* A port is made in steps: seen in the middle of that, it has its name before the adapter's is known. */
static gboolean
is_titled (gpointer user_data)
{
  const Expected *expected = user_data;
  g_autofree char *title = fl_port_chooser_dup_title (expected->chooser);

  return g_strcmp0 (title, expected->port) == 0;
}

static FlPortChooser *
make_chooser (void)
{
  g_settings_reset (fl_ui_get_settings (), "last-port");
  g_settings_reset (fl_ui_get_settings (), "last-port-serial");
  return g_object_ref_sink (g_object_new (FL_TYPE_PORT_CHOOSER, NULL));
}

/* The one that has just been plugged is the one that is meant; without it, nothing is; and it is known again. */
static void
test_plugged (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  g_autoptr (FlPortChooser) chooser = make_chooser ();
  g_autofree char *first = NULL;
  Expected title = { chooser, "USB2.0-Serial · ttyUSB0" };
  guint n_boards;

  g_assert_cmpstr (fl_port_chooser_get_port (chooser), ==, fl_sim_practice_boards (&n_boards)[0].name);
  fl_fake_adapter_plug (adapter);
  first = g_strdup (fl_fake_adapter_get_path (adapter));
  wait_chosen (chooser, first);
  fl_widget_test_wait (is_titled, &title);

  fl_fake_adapter_unplug (adapter);
  wait_chosen (chooser, NULL);
  fl_fake_adapter_plug (adapter);
  wait_chosen (chooser, fl_fake_adapter_get_path (adapter));
}

static gboolean
has_row (gpointer user_data)
{
  const Expected *expected = user_data;
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (expected->chooser)));

  return fl_widget_test_find (window, GTK_TYPE_LABEL, expected->port) != NULL;
}

/* What the user chose stays chosen. */
static void
test_kept (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  FlPortChooser *chooser;
  GtkWidget *window;
  Expected title;
  guint n_boards;
  const FlSimPractice *boards = fl_sim_practice_boards (&n_boards);

  chooser = make_chooser ();
  window = fl_widget_test_show (GTK_WIDGET (chooser), 400, 800);
  fl_port_chooser_choose (chooser, boards[1].name);
  fl_fake_adapter_plug (adapter);
  title = (Expected){ chooser, "USB2.0-Serial · ttyUSB0" };
  fl_widget_test_wait (has_row, &title);
  g_assert_cmpstr (fl_port_chooser_get_port (chooser), ==, boards[1].name);
  g_object_unref (chooser);
  fl_widget_test_close (window);
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  fl_sim_register ();
  g_test_add_func ("/port-hotplug/plugged", test_plugged);
  g_test_add_func ("/port-hotplug/kept", test_kept);
  return g_test_run ();
}
