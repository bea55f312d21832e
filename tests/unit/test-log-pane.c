/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log pane in the process: lines, unfolding, following, clearing, copying. */
#include "config.h"

#include "fl-log-pane.h"
#include "fl-log.h"
#include "fl-widget-test.h"

static GListStore *
make_log (guint n_entries)
{
  GListStore *log = g_list_store_new (FL_TYPE_LOG_ENTRY);

  for (guint i = 0; i < n_entries; i++)
    {
      g_autofree char *text = g_strdup_printf ("Line %u", i);
      g_autoptr (FlLogEntry) entry = fl_log_entry_new (i % 2 ? FL_LOG_FAILED : FL_LOG_OK, i * 1000, text,
                                                       i % 2 ? "> 7F\n< nothing came\n" : NULL);

      g_list_store_append (log, entry);
    }
  return log;
}

static void
append_line (GListStore *log, const char *text)
{
  g_autoptr (FlLogEntry) entry = fl_log_entry_new (FL_LOG_INFO, 0, text, NULL);

  g_list_store_append (log, entry);
}

static GtkWidget *
find_button (GtkWidget *pane, const char *action)
{
  GtkWidget *button = fl_widget_test_find (pane, GTK_TYPE_BUTTON, action);

  g_assert_nonnull (button);
  return button;
}

typedef struct
{
  GtkWidget *root;
  GType type;
  const char *text;
  gboolean present;
} Expected;

static gboolean
is_as_expected (gpointer user_data)
{
  const Expected *expected = user_data;

  return (fl_widget_test_find (expected->root, expected->type, expected->text) != NULL) == expected->present;
}

static void
wait_for_label (GtkWidget *root, const char *text, gboolean present)
{
  Expected expected = { root, GTK_TYPE_LABEL, text, present };

  fl_widget_test_wait (is_as_expected, &expected);
}

static void
test_text (void)
{
  GtkWidget *pane = g_object_ref_sink (fl_log_pane_new ());
  g_autoptr (GListStore) first = make_log (2);
  g_autoptr (GListStore) second = make_log (1);
  g_autofree char *empty = fl_log_pane_to_text (FL_LOG_PANE (pane), TRUE);
  g_autofree char *brief = NULL;
  g_autofree char *full = NULL;

  g_assert_cmpstr (empty, ==, "");
  fl_log_pane_add_log (FL_LOG_PANE (pane), G_LIST_MODEL (first));
  fl_log_pane_add_log (FL_LOG_PANE (pane), G_LIST_MODEL (second));
  brief = fl_log_pane_to_text (FL_LOG_PANE (pane), FALSE);
  g_assert_cmpstr (brief, ==, "00:00.000  Line 0 [OK]\n00:00.001  Line 1 [KO]\n00:00.000  Line 0 [OK]\n");
  full = fl_log_pane_to_text (FL_LOG_PANE (pane), TRUE);
  g_assert_cmpstr (full, ==,
                   "00:00.000  Line 0 [OK]\n00:00.001  Line 1 [KO]\n    > 7F\n    < nothing came\n"
                   "00:00.000  Line 0 [OK]\n");
  g_object_unref (pane);
}

static void
test_rows (void)
{
  GtkWidget *pane = fl_log_pane_new ();
  GtkWidget *window = fl_widget_test_show (pane, 600, 300);
  g_autoptr (GListStore) log = make_log (2);
  GtkWidget *line, *expander, *item;

  g_assert_false (gtk_widget_is_sensitive (find_button (pane, "log.save")));
  fl_log_pane_add_log (FL_LOG_PANE (pane), G_LIST_MODEL (log));
  wait_for_label (pane, "Line 1", TRUE);
  g_assert_nonnull (fl_widget_test_find (pane, GTK_TYPE_LABEL, "[OK]"));
  g_assert_nonnull (fl_widget_test_find (pane, GTK_TYPE_LABEL, "[KO]"));
  g_assert_nonnull (fl_widget_test_find (pane, GTK_TYPE_LABEL, "00:00.001"));
  g_assert_true (gtk_widget_is_sensitive (find_button (pane, "log.save")));
  g_assert_null (fl_widget_test_find (pane, GTK_TYPE_LABEL, "> 7F\n< nothing came\n"));

  /* what a screen reader says, and what unfolds it */
  line = fl_widget_test_find (pane, GTK_TYPE_LABEL, "Line 1");
  expander = gtk_widget_get_ancestor (line, GTK_TYPE_TREE_EXPANDER);
  item = gtk_widget_get_parent (gtk_widget_get_parent (expander));
  gtk_test_accessible_assert_property (item, GTK_ACCESSIBLE_PROPERTY_LABEL, "00:00.001  Line 1 [KO]");
  gtk_widget_activate_action (expander, "listitem.toggle-expand", NULL);
  wait_for_label (pane, "> 7F\n< nothing came\n", TRUE);
  fl_widget_test_settle (pane);
  gtk_widget_activate_action (expander, "listitem.toggle-expand", NULL);
  wait_for_label (pane, "> 7F\n< nothing came\n", FALSE);
  fl_widget_test_close (window);
}

static GtkAdjustment *
get_adjustment (GtkWidget *pane)
{
  GtkWidget *scrolled = fl_widget_test_find (pane, GTK_TYPE_SCROLLED_WINDOW, NULL);

  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
}

static gboolean
is_in_sight (GtkWidget *pane, const char *text)
{
  GtkWidget *scrolled = fl_widget_test_find (pane, GTK_TYPE_SCROLLED_WINDOW, NULL);
  GtkWidget *label = fl_widget_test_find (scrolled, GTK_TYPE_LABEL, text);
  graphene_rect_t bounds;

  return label != NULL && gtk_widget_compute_bounds (label, scrolled, &bounds) && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (scrolled);
}

typedef struct
{
  GtkWidget *pane;
  const char *text;
} Sight;

static gboolean
sight_cb (gpointer user_data)
{
  return is_in_sight (((Sight *) user_data)->pane, ((Sight *) user_data)->text);
}

static void
test_follow (void)
{
  GtkWidget *pane = fl_log_pane_new ();
  GtkWidget *window = fl_widget_test_show (pane, 600, 300);
  g_autoptr (GListStore) log = make_log (5000);
  GtkAdjustment *adjustment = get_adjustment (pane);
  Sight sight = { pane, "Line 4999" };
  gint64 start = g_get_monotonic_time ();
  double value;

  fl_log_pane_add_log (FL_LOG_PANE (pane), G_LIST_MODEL (log));
  fl_widget_test_wait (sight_cb, &sight);
  g_test_message ("5000 lines shown: %.1f ms", (double) (g_get_monotonic_time () - start) / 1000);

  /* one after the other, as a job adds them */
  start = g_get_monotonic_time ();
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("New %u", i);

      append_line (log, text);
      sight.text = text;
      fl_widget_test_wait (sight_cb, &sight);
    }
  g_test_message ("40 lines followed one by one: %.1f ms", (double) (g_get_monotonic_time () - start) / 1000);

  /* scrolled up: stays there */
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 2000);
  fl_widget_test_settle (pane);
  value = gtk_adjustment_get_value (adjustment);
  append_line (log, "Not to be seen");
  fl_widget_test_settle (pane);
  fl_widget_test_settle (pane);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (adjustment), value, 40);
  g_assert_false (is_in_sight (pane, "Not to be seen"));

  /* back at the end: follows again */
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  fl_widget_test_settle (pane);
  append_line (log, "Seen again");
  sight.text = "Seen again";
  fl_widget_test_wait (sight_cb, &sight);
  g_object_unref (fl_widget_test_draw (pane, "log-pane"));
  fl_widget_test_close (window);
}

static void
test_clear (void)
{
  GtkWidget *pane = fl_log_pane_new ();
  GtkWidget *window = fl_widget_test_show (pane, 600, 300);
  g_autoptr (GListStore) first = make_log (3);
  g_autoptr (GListStore) running = make_log (3);

  fl_log_pane_add_log (FL_LOG_PANE (pane), G_LIST_MODEL (first));
  fl_log_pane_add_log (FL_LOG_PANE (pane), G_LIST_MODEL (running));
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *cleared = NULL;
      g_autofree char *text = NULL;

      if (i == 0)
        gtk_widget_activate_action (pane, "log.clear", NULL);
      else
        fl_log_pane_clear (FL_LOG_PANE (pane));
      cleared = fl_log_pane_to_text (FL_LOG_PANE (pane), TRUE);
      g_assert_cmpstr (cleared, ==, "");
      append_line (running, "Still running");
      text = fl_log_pane_to_text (FL_LOG_PANE (pane), TRUE);
      g_assert_cmpstr (text, ==, "00:00.000  Still running\n");
    }
  wait_for_label (pane, "Still running", TRUE);
  fl_log_pane_add_log (FL_LOG_PANE (pane), G_LIST_MODEL (first));
  wait_for_label (pane, "Line 2", TRUE);
  fl_widget_test_close (window);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);
  g_assert_no_error (error);
}

static gboolean
is_set (gpointer user_data)
{
  return *(char **) user_data != NULL;
}

static char *
read_clipboard (GtkWidget *widget)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, read_cb, &text);
  fl_widget_test_wait (is_set, &text);
  return text;
}

static void
test_copy (void)
{
  GtkWidget *pane = fl_log_pane_new ();
  GtkWidget *window = fl_widget_test_show (pane, 600, 300);
  g_autoptr (GListStore) log = make_log (3);
  g_autofree char *whole = NULL;
  g_autofree char *all = NULL;
  g_autofree char *selected = NULL;
  GtkWidget *view;

  fl_log_pane_add_log (FL_LOG_PANE (pane), G_LIST_MODEL (log));
  wait_for_label (pane, "Line 2", TRUE);
  whole = fl_log_pane_to_text (FL_LOG_PANE (pane), TRUE);
  g_signal_emit_by_name (find_button (pane, "log.copy-all"), "clicked");
  all = read_clipboard (pane);
  g_assert_cmpstr (all, ==, whole);

  view = fl_widget_test_find (pane, GTK_TYPE_LIST_VIEW, NULL);
  gtk_selection_model_select_item (gtk_list_view_get_model (GTK_LIST_VIEW (view)), 1, TRUE);
  gtk_widget_activate_action (pane, "log.copy", NULL);
  selected = read_clipboard (pane);
  g_assert_cmpstr (selected, ==, "00:00.001  Line 1 [KO]\n");
  fl_widget_test_close (window);
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  g_test_add_func ("/log-pane/text", test_text);
  g_test_add_func ("/log-pane/rows", test_rows);
  g_test_add_func ("/log-pane/follow", test_follow);
  g_test_add_func ("/log-pane/clear", test_clear);
  g_test_add_func ("/log-pane/copy", test_copy);
  return g_test_run ();
}
