/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report, a trace or a log that somebody sent, as the window shows it. */
#include "config.h"

#include "fl-case-dialog.h"
#include "fl-widget-test.h"

static const char log_length[] =
    "0.000 > 7F\n0.002 < 79\n0.010 > 02 FD\n0.011 < 79 01 04 10 79\n0.020 > 31 CE\n0.021 < "
    "79\n0.022 > 08 00 00 00 08\n0.023 < 79\n0.024 > 04 11 22 33 44 40\n";
static const char log_parity[] = "> 7F\n< 79\n> 00 FF\n> 00 FF\n< 1F\n> 00 FF\n> 00 FF\n< 1F\n";
static const char report[] =
    "{\"flashloader_report\": 1, \"program\": \"0.1.0\", \"created\": \"2026-01-02T03:04:05Z\", "
    "\"text\": [\"Flashloader 0.1.0\", \"\", \"Connection\", \"  Port: /dev/ttyUSB0\"], \"facts\": "
    "{\"port.open\": \"busy\", \"port.holder\": \"minicom\"}}";
static const char healthy[] = "{\"flashloader_report\": 1, \"facts\": {}}";

/* What is said, and which pages there are. */
static const struct
{
  const char *name;
  const char *text;
  const char *head;
  const char *shown; /* part of a heading */
  gboolean line;
  gboolean report;
} cases[] = {
  { "length", log_length, "A log of another program", "1. The sending program breaks the protocol", TRUE, FALSE },
  { "parity", log_parity, "A log of another program", "1. The parity bit does not reach the board", TRUE, FALSE },
  { "report", report, "A report of Flashloader 0.1.0, 2026-01-02T03:04:05Z", "1. Another program uses this port", FALSE,
    TRUE },
  { "healthy", healthy, "A report of Flashloader ?, ?", "Nothing in it points to a cause.", FALSE, FALSE },
};

static gboolean
is_mapped (gpointer user_data)
{
  return gtk_widget_get_mapped (user_data);
}

static GtkStack *
find_stack (GtkWidget *window)
{
  return GTK_STACK (fl_widget_test_find (window, GTK_TYPE_STACK, NULL));
}

static void
test_case (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlCase) found = fl_case_open (cases[row].text, -1, &error);
  g_autofree char *name = g_strdup_printf ("case-%s", cases[row].name);
  g_autofree char *name_line = g_strdup_printf ("case-%s-line", cases[row].name);
  g_autoptr (GdkPixbuf) picture = NULL;
  GtkWidget *window;
  GtkStack *stack;

  g_assert_no_error (error);
  window = fl_case_dialog_new (NULL, found);
  gtk_window_present (GTK_WINDOW (window));
  fl_widget_test_wait (is_mapped, window);
  fl_widget_test_settle (window);
  g_assert_nonnull (fl_widget_test_find (window, GTK_TYPE_LABEL, cases[row].head));
  g_assert_nonnull (fl_widget_test_find (window, GTK_TYPE_LABEL, cases[row].shown));
  stack = find_stack (window);
  g_assert_true (gtk_stack_page_get_visible (gtk_stack_get_page (stack, gtk_stack_get_child_by_name (stack, "line")))
                 == cases[row].line);
  g_assert_true (gtk_stack_page_get_visible (gtk_stack_get_page (stack, gtk_stack_get_child_by_name (stack, "text")))
                 == cases[row].report);
  g_assert_null (fl_widget_test_find (window, GTK_TYPE_BUTTON, "win.remedy")); /* there is no board to act on */
  picture = fl_widget_test_draw (window, name);
  if (cases[row].line)
    {
      g_autoptr (GdkPixbuf) line = NULL;

      gtk_stack_set_visible_child_name (stack, "line");
      fl_widget_test_settle (window);
      line = fl_widget_test_draw (window, name_line);
    }
  fl_widget_test_close (window);
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/case-dialog/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  return g_test_run ();
}
