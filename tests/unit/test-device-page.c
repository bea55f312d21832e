/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a chip: a known one, one that nobody knows, one that is protected. */
#include "config.h"

#include "fl-connect-job.h"
#include "fl-device-page.h"
#include "fl-sim-transport.h"
#include "fl-widget-test.h"

#define MAX_TEXTS 9

static const struct
{
  const char *name;
  const char *port;
  int pid;            /* said to be; -1: what the chip says */
  const char *button; /* what is suggested */
  int can_program;    /* what pressing it says; -1: nothing */
  const char *shown[MAX_TEXTS];
  const char *hidden[MAX_TEXTS];
} rows[] = {
  { "known",
    "sim:0x460",
    -1,
    "Choose _firmware",
    TRUE,
    { "128 KiB", "0x460", "64 × 2 KiB", "USART1 · PA9/PA10", "What starts the bootloader", "Serial port", "Wiring",
      "0x20000000", "none of 64 pages" },
    { "This chip ignores its BOOT0 pin", "Open a map file…", "Readout protection is on" } },
  { "two-banks",
    "sim:0x467,flash=256",
    -1,
    "Choose _firmware",
    TRUE,
    { "256 KiB", "128 × 2 KiB in 2 banks", "DUAL_BANK=1", "Flash, bank 1", "Flash, bank 2", "V9.2 (ID 0x92), G0B1/0C1",
      "Known faults of this bootloader", "Erasing several pages of bank 2 in one command fails after the first" },
    { "V9.2/V13.0" } },
  { "other-build",
    "sim:0x467,bl=0xD0",
    -1,
    "Choose _firmware",
    TRUE,
    { "V13.0 (ID 0xD0), G0B0", "512 KiB", "Erasing several pages of bank 2 in one command fails after the first" },
    { "G0B1/0C1, protocol" } },
  { "unknown",
    "sim:0x460",
    0x999,
    "_Read back",
    FALSE,
    { "0x999", "is not in the database", "Open a _map file…", "Nothing is known of a chip with this ID" },
    { "Wiring", "Memories", "Flash, to scale", "Look at all of them, or change them",
      "This chip ignores its BOOT0 pin" } },
  { "protected",
    "sim:0x460,rdp=1",
    -1,
    "_Protection",
    -1,
    { "Readout protection is on", "Readout protection", "read-protected: the bootloader refuses to read and write",
      "Look at all of them, or change them" },
    { "Contents" } },
  { "boot0-ignored",
    "sim:0x460,boot0=ignored",
    -1,
    "Choose _firmware",
    TRUE,
    { "This session works because the chip was blank; the next one will not", "nBOOT_SEL",
      "Make the BOOT0 pin _work…" },
    { NULL } },
  { "no-boot0-bit",
    "sim:0x410",
    -1,
    "Choose _firmware",
    TRUE,
    { "128 KiB", "128 × 1 KiB", "none of 128 pages" },
    { "Make the BOOT0 pin _work…", "Known faults" } },
  { "sectors",
    "sim:0x413",
    -1,
    "Choose _firmware",
    TRUE,
    { "4 × 16 KiB, 1 × 64 KiB, 7 × 128 KiB", "none of 12 sectors", "OTP, can be written once", "1024 KiB" },
    { "Make the BOOT0 pin _work…" } },
  { "eeprom", "sim:0x447", -1, "Choose _firmware", TRUE, { "EEPROM", "192 KiB" }, { "Make the BOOT0 pin _work…" } },
  { "product-state",
    "sim:0x484",
    -1,
    "Choose _firmware",
    TRUE,
    { "2048 KiB", "Flash, bank 2", "Bootloader (system memory)" },
    { "Open a _map file…" } },
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

/* Whether a label, or a button, that can be seen has this in its text. */
static gboolean
shows (GtkWidget *widget, const char *text)
{
  const char *own = NULL;

  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget))
    own = gtk_label_get_label (GTK_LABEL (widget));
  if (own != NULL && strstr (own, text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (shows (child, text))
      return TRUE;
  return FALSE;
}

static void
check_texts (guint row, GtkWidget *page)
{
  for (guint i = 0; i < MAX_TEXTS && rows[row].shown[i] != NULL; i++)
    if (!shows (page, rows[row].shown[i]))
      g_error ("%s: \"%s\" is not shown", rows[row].name, rows[row].shown[i]);
  for (guint i = 0; i < MAX_TEXTS && rows[row].hidden[i] != NULL; i++)
    if (shows (page, rows[row].hidden[i]))
      g_error ("%s: \"%s\" is shown", rows[row].name, rows[row].hidden[i]);
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
  window = fl_widget_test_show (page, 900, 1700);              /* everything on it is mapped, and in the picture */

  button = fl_widget_test_find (page, GTK_TYPE_BUTTON, rows[row].button);
  g_assert_nonnull (button);
  check_texts (row, page);
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
