/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the page for reading back offers, and what it refuses, over a simulated board. */
#include "config.h"

#include <adwaita.h>

#include "fl-connect-job.h"
#include "fl-read-page.h"
#include "fl-sim-transport.h"
#include "fl-widget-test.h"

static gboolean
is_idle (gpointer user_data)
{
  return !fl_job_runner_is_busy (user_data);
}

static FlSession *
connect_board (FlJobRunner *runner, const char *port)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  FlSession *session = fl_session_new (options);
  g_autoptr (FlJob) job = fl_connect_job_new (session);

  fl_job_runner_run (runner, job, NULL, NULL);
  fl_widget_test_wait (is_idle, runner);
  g_assert_true (fl_session_is_connected (session));
  return session;
}

static GtkWidget *
find_row (GtkWidget *page, GType type, const char *title)
{
  if (!gtk_widget_get_mapped (page))
    return NULL;
  if (G_TYPE_CHECK_INSTANCE_TYPE (page, type)
      && g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (page)), title) == 0)
    return page;
  for (GtkWidget *child = gtk_widget_get_first_child (page); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, type, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_read_button (GtkWidget *page)
{
  return fl_widget_test_find (page, GTK_TYPE_BUTTON, "read-page.read");
}

static void
test_disconnected (void)
{
  g_autoptr (FlJobRunner) runner = fl_job_runner_new (NULL);
  GtkWidget *page = fl_read_page_new (runner);
  GtkWidget *window = fl_widget_test_show (page, 720, 560);
  g_autoptr (FlSession) session = NULL;

  g_assert_nonnull (fl_widget_test_find (page, GTK_TYPE_BUTTON, "win.go-connect"));
  g_assert_null (find_read_button (page));

  session = connect_board (runner, "sim:0x467");
  fl_read_page_set_session (FL_READ_PAGE (page), session);
  fl_widget_test_settle (page);
  g_assert_true (gtk_widget_is_sensitive (find_read_button (page)));
  g_object_unref (fl_widget_test_draw (page, "read-page"));

  fl_session_close (session);
  fl_widget_test_settle (page);
  g_assert_nonnull (fl_widget_test_find (page, GTK_TYPE_BUTTON, "win.go-connect"));
  fl_widget_test_close (window);
  fl_sim_forget_boards ();
}

static const struct
{
  const char *address;
  const char *length;
  gboolean ok;
} choices[] = {
  { "0x08000000", "4096", TRUE },
  { "08000000", "0x1000", TRUE },
  { " 0X8000000 ", " 4 KiB ", TRUE },
  { "20000000", "4k", TRUE },
  { "0xFFFFF000", "4096", TRUE },
  { "0xFFFFF000", "4097", FALSE },
  { "", "4096", FALSE },
  { "0x", "4096", FALSE },
  { "0x1_0", "4096", FALSE },
  { "0x123456789", "4096", FALSE },
  { "0x08000000", "", FALSE },
  { "0x08000000", "0", FALSE },
  { "0x08000000", "0x", FALSE },
  { "0x08000000", "-4096", FALSE },
  { "0x08000000", "4M", FALSE },
  { "0x08000000", "65M", FALSE },
  { "0x08000000", "65537K", FALSE },
};

static void
test_choices (void)
{
  g_autoptr (FlJobRunner) runner = fl_job_runner_new (NULL);
  g_autoptr (FlSession) session = connect_board (runner, "sim:0x467");
  GtkWidget *page = fl_read_page_new (runner);
  GtkWidget *window, *memory, *address, *length;

  fl_read_page_set_session (FL_READ_PAGE (page), session);
  window = fl_widget_test_show (page, 720, 560);
  memory = find_row (page, ADW_TYPE_COMBO_ROW, "_Memory");
  g_assert_null (find_row (page, ADW_TYPE_ENTRY_ROW, "_Start address (hexadecimal)"));
  adw_combo_row_set_selected (ADW_COMBO_ROW (memory), 1);
  fl_widget_test_settle (page);
  address = find_row (page, ADW_TYPE_ENTRY_ROW, "_Start address (hexadecimal)");
  length = find_row (page, ADW_TYPE_ENTRY_ROW, "_Length (bytes; 0x for hexadecimal, K for KiB)");

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_test_message ("address '%s', length '%s'", choices[i].address, choices[i].length);
      gtk_editable_set_text (GTK_EDITABLE (address), choices[i].address);
      gtk_editable_set_text (GTK_EDITABLE (length), choices[i].length);
      g_assert_cmpint (gtk_widget_is_sensitive (find_read_button (page)), ==, choices[i].ok);
      g_assert_cmpint (gtk_widget_has_css_class (address, "error") || gtk_widget_has_css_class (length, "error"), ==,
                       !choices[i].ok);
    }
  g_object_unref (fl_widget_test_draw (page, "read-page-problem"));

  /* a part with a name needs neither */
  adw_combo_row_set_selected (ADW_COMBO_ROW (memory), 2);
  g_assert_true (gtk_widget_is_sensitive (find_read_button (page)));
  fl_widget_test_close (window);
  fl_session_close (session);
  fl_sim_forget_boards ();
}

/* Every part of memory that the chip is known to have can be chosen. */
static void
test_regions (void)
{
  g_autoptr (FlJobRunner) runner = fl_job_runner_new (NULL);
  g_autoptr (FlSession) session = connect_board (runner, "sim:0x467");
  const FlChip *chip = fl_session_get_device (session)->chip;
  GtkWidget *page = fl_read_page_new (runner);
  GtkWidget *window;
  GListModel *model;
  guint n_regions =
      2 + (chip->option_size > 0) + (chip->system_size > 0) + (chip->otp_size > 0) + (chip->eeprom_size > 0);
  g_autoptr (GtkStringObject) first = NULL;
  g_autofree char *place = NULL;
  GtkWidget *memory;

  fl_read_page_set_session (FL_READ_PAGE (page), session);
  window = fl_widget_test_show (page, 720, 560);
  memory = find_row (page, ADW_TYPE_COMBO_ROW, "_Memory");
  model = adw_combo_row_get_model (ADW_COMBO_ROW (memory));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, n_regions);
  first = g_list_model_get_item (model, 0);
  g_assert_cmpstr (gtk_string_object_get_string (first), ==, "Whole flash");
  place =
      g_strdup_printf ("0x08000000–0x%08X · %u KiB", 0x08000000 + fl_session_get_device (session)->flash_kib * 1024 - 1,
                       fl_session_get_device (session)->flash_kib);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (memory)), ==, place);
  fl_widget_test_close (window);
  fl_session_close (session);
  fl_sim_forget_boards ();
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  fl_sim_register ();
  g_test_add_func ("/read-page/disconnected", test_disconnected);
  g_test_add_func ("/read-page/choices", test_choices);
  g_test_add_func ("/read-page/regions", test_regions);
  return g_test_run ();
}
