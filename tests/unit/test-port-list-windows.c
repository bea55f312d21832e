/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ports that come and go on Windows: the drivers write them into the registry, and so does this. */
#include <windows.h>

#include "fl-error.h"
#include "fl-port-errors.h"
#include "fl-port-list.h"

#define SERIAL_MAP "HARDWARE\\DEVICEMAP\\SERIALCOMM" /* what every driver of a serial port adds its own to */
#define DEVICE     "\\Device\\FlashloaderTest0"
#define NAME       "COM217"

typedef struct
{
  guint n_added, n_removed;
} Watch;

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Watch *watch = data;

  watch->n_removed += removed;
  watch->n_added += added;
}

static gboolean
is_listed (FlPortList *list)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (FlPortInfo) info = g_list_model_get_item (G_LIST_MODEL (list), i);

      if (g_str_equal (fl_port_info_get_name (info), NAME))
        return TRUE;
    }
  return FALSE;
}

static void
unplug (void)
{
  RegDeleteKeyValueA (HKEY_LOCAL_MACHINE, SERIAL_MAP, DEVICE);
}

static void
plug (void)
{
  LSTATUS status = RegSetKeyValueA (HKEY_LOCAL_MACHINE, SERIAL_MAP, DEVICE, REG_SZ, NAME, sizeof NAME);

  g_assert_cmpint (status, ==, ERROR_SUCCESS);
}

/* A list that is looked at sees both, and nothing else changes; one that is not looked at sees neither. */
static void
test_hotplug (void)
{
  g_autoptr (FlPortList) list = fl_port_list_new ();
  Watch watch = { 0, 0 };
  guint n_before;

  unplug ();
  fl_port_list_set_active (list, TRUE);
  plug ();
  while (!is_listed (list))
    g_main_context_iteration (NULL, TRUE);
  n_before = g_list_model_get_n_items (G_LIST_MODEL (list));
  g_signal_connect (list, "items-changed", G_CALLBACK (changed_cb), &watch);

  unplug ();
  while (watch.n_removed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_listed (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, n_before - 1);

  plug ();
  while (watch.n_added == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (is_listed (list));
  g_assert_cmpuint (watch.n_removed, ==, 1);
  g_assert_cmpuint (watch.n_added, ==, 1);

  fl_port_list_set_active (list, FALSE);
  unplug ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (is_listed (list));
}

/* What is refused and not there is missing: a driver may say so of an adapter that has just gone. */
static void
test_gone (void)
{
  g_autoptr (GError) error = NULL;

  plug ();
  fl_port_errors_set_open (&error, "COM218", ERROR_ACCESS_DENIED);
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
  g_assert_nonnull (strstr (error->message, "There is no port COM218. These are there:"));
  g_assert_nonnull (strstr (error->message, NAME));
  unplug ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port-list-windows/hotplug", test_hotplug);
  g_test_add_func ("/port-list-windows/gone", test_gone);
  return g_test_run ();
}
