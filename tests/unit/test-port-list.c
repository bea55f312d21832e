/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-fake-adapter.h"
#include "fl-port-list.h"

static void
test_info (void)
{
  static const struct
  {
    FlPortKind kind;
    const char *name, *product, *manufacturer, *serial;
    int vid, pid;
    const char *title, *subtitle;
  } rows[] = {
    { FL_PORT_USB, "/dev/ttyUSB0", "CP2102N USB to UART Bridge", "Silicon Labs", "0001", 0x10C4, 0xEA60,
      "CP2102N USB to UART Bridge · ttyUSB0", "Silicon Labs · serial number 0001 · 10C4:EA60" },
    { FL_PORT_USB, "/dev/ttyUSB1", "  ", "QinHeng ", NULL, 0x1A86, 0x7523, "QinHeng · ttyUSB1", "QinHeng · 1A86:7523" },
    { FL_PORT_USB, "/dev/ttyACM0", NULL, NULL, NULL, -1, -1, "USB serial port · ttyACM0", "/dev/ttyACM0" },
    { FL_PORT_NATIVE, "/dev/ttyS0", NULL, NULL, NULL, -1, -1, "Built-in serial port · ttyS0", "/dev/ttyS0" },
    { FL_PORT_NATIVE, "COM3", NULL, NULL, NULL, -1, -1, "Built-in serial port · COM3", "COM3" },
    { FL_PORT_OTHER, "/dev/pts/3", NULL, NULL, NULL, -1, -1, "/dev/pts/3", "/dev/pts/3" },
    { FL_PORT_PRACTICE, "sim:0x467", "STM32G0B1", NULL, NULL, -1, -1, "STM32G0B1", "sim:0x467" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FlPortInfo) info = fl_port_info_new (rows[i].kind, rows[i].name, rows[i].product, rows[i].manufacturer,
                                                      rows[i].serial, rows[i].vid, rows[i].pid);
      g_autoptr (FlPortInfo) same = fl_port_info_new (rows[i].kind, rows[i].name, rows[i].product, rows[i].manufacturer,
                                                      rows[i].serial, rows[i].vid, rows[i].pid);
      g_autoptr (FlPortInfo) other = fl_port_info_new (rows[i].kind, rows[i].name, rows[i].product,
                                                       rows[i].manufacturer, "another", rows[i].vid, rows[i].pid);
      g_autofree char *title = NULL;
      int kind;

      g_object_get (info, "title", &title, "kind", &kind, NULL);
      g_assert_cmpstr (title, ==, rows[i].title);
      g_assert_cmpint (kind, ==, rows[i].kind);
      g_assert_cmpstr (fl_port_info_get_subtitle (info), ==, rows[i].subtitle);
      g_assert_cmpstr (fl_port_info_get_name (info), ==, rows[i].name);
      g_assert_cmpint (fl_port_info_get_vid (info), ==, rows[i].vid);
      g_assert_true (fl_port_info_equal (info, same));
      g_assert_false (fl_port_info_equal (info, other));
    }
}

static void
test_scan (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (GError) error = NULL;
  FlPortInfo *info;

  none = fl_port_list_scan (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  fl_fake_adapter_plug (adapter);
  one = fl_port_list_scan (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, 1);
  info = g_ptr_array_index (one, 0);
  g_assert_cmpint (fl_port_info_get_kind (info), ==, FL_PORT_USB);
  g_assert_cmpstr (fl_port_info_get_name (info), ==, "/dev/ttyUSB0");
  g_assert_cmpstr (fl_port_info_get_product (info), ==, "USB2.0-Serial");
  g_assert_cmpstr (fl_port_info_get_manufacturer (info), ==, "QinHeng Electronics");
  g_assert_cmpstr (fl_port_info_get_serial (info), ==, "FAKE0001");
  g_assert_cmphex ((guint) fl_port_info_get_vid (info), ==, 0x1A86);
  g_assert_cmphex ((guint) fl_port_info_get_pid (info), ==, 0x7523);
  g_assert_cmpstr (fl_port_info_get_title (info), ==, "USB2.0-Serial · ttyUSB0");
}

static void
count_changes_cb (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  guint *changes = data;

  changes[0] += removed;
  changes[1] += added;
}

static gboolean
timeout_cb (gpointer data)
{
  g_error ("The list did not change");
  return G_SOURCE_REMOVE;
}

/* umockdev's sysfs comes up file by file: a scan may see the port before it sees whose it is. */
static gboolean
has_adapter (FlPortList *list)
{
  g_autoptr (FlPortInfo) info = g_list_model_get_item (G_LIST_MODEL (list), 0);

  return info != NULL && fl_port_info_get_serial (info) != NULL;
}

static void
wait_for_adapter (FlPortList *list, gboolean there)
{
  guint limit = g_timeout_add_seconds (60, timeout_cb, NULL);

  while (there ? !has_adapter (list) : g_list_model_get_n_items (G_LIST_MODEL (list)) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static gboolean
set_true_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_hotplug (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  g_autoptr (FlPortList) list = fl_port_list_new ();
  g_autoptr (FlPortInfo) selected = NULL;
  g_autoptr (FlPortInfo) still = NULL;
  guint changes[2] = { 0, 0 };
  gboolean waited = FALSE;

  g_signal_connect (list, "items-changed", G_CALLBACK (count_changes_cb), changes);
  fl_port_list_set_active (list, TRUE);
  fl_fake_adapter_plug (adapter);
  wait_for_adapter (list, TRUE);
  memset (changes, 0, sizeof changes);
  selected = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpstr (fl_port_info_get_name (selected), ==, "/dev/ttyUSB0");
  /* Some scans later the same object is there, and nothing was announced. */
  g_timeout_add (2500, set_true_cb, &waited);
  while (!waited)
    g_main_context_iteration (NULL, TRUE);
  still = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (still == selected);
  g_assert_cmpuint (changes[0], ==, 0);
  g_assert_cmpuint (changes[1], ==, 0);
  fl_fake_adapter_unplug (adapter);
  wait_for_adapter (list, FALSE);
  g_assert_cmpuint (changes[0], ==, 1);
  fl_port_list_set_active (list, FALSE);
  fl_fake_adapter_plug (adapter);
  fl_port_list_set_active (list, TRUE);
  wait_for_adapter (list, TRUE);
  fl_port_list_set_active (list, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port-list/info", test_info);
  g_test_add_func ("/port-list/scan", test_scan);
  g_test_add_func ("/port-list/hotplug", test_hotplug);
  return g_test_run ();
}
