/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a chip: a known one, one that nobody knows, one that is protected. */
#include "config.h"

#include "fl-connect-job.h"
#include "fl-device-page.h"
#include "fl-sim-transport.h"
#include "fl-widget-test.h"

static const struct
{
  const char *name;
  const char *port;
  int pid;            /* said to be; -1: what the chip says */
  const char *button; /* what is suggested */
  int can_program;    /* what pressing it says; -1: nothing */
  const char *fact;
} rows[] = {
  { "known", "sim:0x460", -1, "Choose _firmware", TRUE, "128 KiB" },
  { "two-banks", "sim:0x467,flash=256", -1, "Choose _firmware", TRUE, "256 KiB" },
  { "unknown", "sim:0x460", 0x999, "_Read back", FALSE, "0x999" },
  { "protected", "sim:0x460,rdp=1", -1, "_Protection", -1, "Readout protection" },
};

static gboolean
is_done (gpointer user_data)
{
  return *(gboolean *) user_data;
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  fl_job_run_finish (FL_JOB (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static FlSession *
connect_to (const char *port, int pid)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  g_autoptr (FlJob) job = NULL;
  FlSession *session;
  gboolean done = FALSE;

  options->pid = pid;
  session = fl_session_new (options);
  job = fl_connect_job_new (session);
  fl_job_run_async (job, NULL, connected_cb, &done);
  fl_widget_test_wait (is_done, &done);
  return session;
}

static void
continue_cb (FlDevicePage *page, gboolean can_program, gpointer user_data)
{
  *(int *) user_data = can_program;
}

static void
test_row (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlSession) session = NULL;
  g_autofree char *name = g_strdup_printf ("device-page-%s", rows[row].name);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  GtkWidget *page, *window, *button;
  int can_program = -1;

  fl_sim_forget_boards ();
  session = connect_to (rows[row].port, rows[row].pid);
  page = fl_device_page_new ();
  g_signal_connect (page, "continue", G_CALLBACK (continue_cb), &can_program);
  fl_device_page_set_session (FL_DEVICE_PAGE (page), session);
  fl_device_page_set_session (FL_DEVICE_PAGE (page), session); /* the rows of the first time are gone */
  window = fl_widget_test_show (page, 900, 700);

  button = fl_widget_test_find (page, GTK_TYPE_BUTTON, rows[row].button);
  g_assert_nonnull (button);
  g_assert_nonnull (fl_widget_test_find (page, GTK_TYPE_LABEL, rows[row].fact));
  pixbuf = fl_widget_test_draw (page, name);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpint (can_program, ==, rows[row].can_program);
  fl_widget_test_close (window);
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  fl_sim_register ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/device-page/%s", rows[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
    }
  return g_test_run ();
}
