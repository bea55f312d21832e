/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window, driven from inside, on simulated boards whose clock jumps: from the port to the verdict, and what can go
 * wrong on the way. */
#include "config.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fl-option-review.h"
#include "fl-sim-transport.h"
#include "fl-ui.h"
#include "fl-widget-test.h"
#include "fl-window.h"

#define FLASH_START 0x08000000
#define IMAGE_SIZE  6000

typedef struct
{
  GtkWidget *window; /* weak */
  char *folder;
  guint8 image[IMAGE_SIZE];
  char *file; /* a raw binary with the image */
} Fixture;

/* A program for a small STM32, as far as anybody can tell: a vector table, and bytes that do not repeat. */
static void
make_image (Fixture *fixture)
{
  guint32 state = 1;
  const guint32 vectors[] = { GUINT32_TO_LE (0x20001800), GUINT32_TO_LE (FLASH_START + 0x101) };

  for (guint i = 0; i < IMAGE_SIZE; i++)
    {
      state = state * 1664525 + 1013904223;
      fixture->image[i] = state >> 24;
    }
  memcpy (fixture->image, vectors, sizeof vectors);
}

static char *
write_file (Fixture *fixture, const char *name, const void *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (fixture->folder, name, NULL);

  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
  return path;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GSettings *settings = fl_ui_get_settings ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;
  g_autoptr (GError) error = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
  fl_sim_forget_boards ();

  fixture->folder = g_dir_make_tmp ("flashloader-XXXXXX", &error);
  g_assert_no_error (error);
  make_image (fixture);
  fixture->file = write_file (fixture, "blink.bin", fixture->image, IMAGE_SIZE);
  g_set_weak_pointer (&fixture->window, fl_window_new (NULL));
}

static gboolean
is_closed (gpointer user_data)
{
  return *(GtkWidget **) user_data == NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  fl_widget_test_wait (is_closed, &fixture->window);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->file);
}

/* What a condition looks for. */
typedef struct
{
  GtkWidget *root;
  GType type;
  const char *text;
} Wanted;

static gboolean
is_there (gpointer user_data)
{
  const Wanted *wanted = user_data;
  GtkWidget *widget = fl_widget_test_find (wanted->root, wanted->type, wanted->text);

  return widget != NULL && gtk_widget_is_sensitive (widget);
}

static GtkWidget *
wait_for (GtkWidget *root, GType type, const char *text)
{
  Wanted wanted = { root, type, text };

  fl_widget_test_wait (is_there, &wanted);
  return fl_widget_test_find (root, type, text);
}

static void
press (Fixture *fixture, const char *label)
{
  g_signal_emit_by_name (wait_for (fixture->window, GTK_TYPE_BUTTON, label), "clicked");
}

static void
wait_label (Fixture *fixture, const char *text)
{
  wait_for (fixture->window, GTK_TYPE_LABEL, text);
}

static gboolean
is_gone (gpointer user_data)
{
  return !is_there (user_data);
}

/* Until the next board is programmed: for a moment, the page still shows what became of the last one. */
static void
wait_next (Fixture *fixture)
{
  Wanted ready = { fixture->window, GTK_TYPE_LABEL, "Ready for the next board." };

  fl_widget_test_wait (is_gone, &ready);
  fl_widget_test_wait (is_there, &ready);
}

static void
open_file (Fixture *fixture, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  fl_window_open (FL_WINDOW (fixture->window), file);
}

/* Up to the device page. */
static void
connect_to (Fixture *fixture, const char *port)
{
  fl_window_choose_port (FL_WINDOW (fixture->window), port);
  gtk_window_present (GTK_WINDOW (fixture->window));
  press (fixture, "_Connect");
  wait_for (fixture->window, GTK_TYPE_BUTTON, "Choose _firmware");
}

/* Up to the plan: the button that programs is live. */
static void
choose (Fixture *fixture, const char *port, const char *path)
{
  connect_to (fixture, port);
  press (fixture, "Choose _firmware");
  open_file (fixture, path);
  wait_for (fixture->window, GTK_TYPE_BUTTON, "_Program");
}

/* The board behind a port, after the window has let it go. */
static FlTransport *
look_at (const char *port)
{
  g_autoptr (GError) error = NULL;
  FlTransport *transport = fl_transport_open (port, &fl_line_settings_default, NULL, &error);

  g_assert_no_error (error);
  return transport;
}

static void
assert_flash (Fixture *fixture, const char *port)
{
  g_autoptr (FlTransport) transport = look_at (port);
  FlSimBoard *board = fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport));

  g_assert_cmpmem (fl_sim_board_peek (board, FLASH_START, IMAGE_SIZE), IMAGE_SIZE, fixture->image, IMAGE_SIZE);
}

static guint
count_erasures (const char *port, guint page)
{
  g_autoptr (FlTransport) transport = look_at (port);

  return fl_sim_board_get_n_erased (fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport)), page);
}

static void
close_window (Fixture *fixture)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  fl_widget_test_wait (is_closed, &fixture->window);
}

/* The whole way, and the next board with one click. */
static void
test_program (Fixture *fixture, gconstpointer data)
{
  choose (fixture, "sim:0x460", fixture->file);
  press (fixture, "_Program");
  wait_label (fixture, "Programmed and verified");
  wait_label (fixture, "Blank already");
  g_assert_null (fl_widget_test_find (fixture->window, GTK_TYPE_LABEL, "Held the file already"));
  wait_label (fixture, "144 of them beside the file, in the same pages"); /* three pages of 2048 bytes */

  press (fixture, "_Next board");
  g_assert_null (fl_widget_test_find (fixture->window, GTK_TYPE_LABEL, "Programmed and verified"));
  wait_label (fixture, "Programmed and verified");
  wait_label (fixture, "Held the file already"); /* it is the same board */
  wait_label (fixture, "3 of 3 pages");
  g_assert_null (fl_widget_test_find (fixture->window, GTK_TYPE_LABEL, "Blank already"));
  close_window (fixture);
  assert_flash (fixture, "sim:0x460");
  g_assert_cmpuint (count_erasures ("sim:0x460", 0), ==, 0); /* it was blank */
}

/* No window is kept that is not shown: GTK 4.8 and a screen reader do not survive it. */
static void
test_shortcuts (Fixture *fixture, gconstpointer data)
{
  GListModel *windows = gtk_window_get_toplevels ();

  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 1);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GtkWindow) shortcuts = NULL;

      gtk_widget_activate_action (fixture->window, "win.shortcuts", NULL);
      g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 2);
      shortcuts = g_list_model_get_item (windows, 1);
      g_assert_true (GTK_IS_SHORTCUTS_WINDOW (shortcuts));
      g_assert_true (gtk_window_get_transient_for (shortcuts) == GTK_WINDOW (fixture->window));
      gtk_window_close (shortcuts);
      g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 1);
    }
}

/* All of it once more, because somebody wants it. */
static void
test_rewrite (Fixture *fixture, gconstpointer data)
{
  g_settings_set_boolean (fl_ui_get_settings (), "only-changed", FALSE);
  choose (fixture, "sim:0x460", fixture->file);
  press (fixture, "_Program");
  wait_label (fixture, "Programmed and verified");
  press (fixture, "_Next board");
  wait_next (fixture);
  wait_label (fixture, "Programmed and verified");
  close_window (fixture);
  g_assert_cmpuint (count_erasures ("sim:0x460", 0), ==, 2);
}

/* Nobody looked, so nobody may say that it is verified. */
static void
test_no_verify (Fixture *fixture, gconstpointer data)
{
  g_settings_set_boolean (fl_ui_get_settings (), "verify", FALSE);
  choose (fixture, "sim:0x460", fixture->file);
  press (fixture, "_Program");
  wait_label (fixture, "Programmed, not verified");
  g_assert_null (fl_widget_test_find (fixture->window, GTK_TYPE_LABEL, "Programmed and verified"));
}

static void
test_start (Fixture *fixture, gconstpointer data)
{
  choose (fixture, "sim:0x460", fixture->file);
  press (fixture, "_Program");
  wait_label (fixture, "Programmed and verified");
  press (fixture, "_Start application");
  wait_label (fixture, "The application was started: the board has left its bootloader.");
  g_assert_false (
      gtk_widget_is_sensitive (fl_widget_test_find (fixture->window, GTK_TYPE_BUTTON, "_Start application")));
}

/* What does not fit is refused in words, before anything is sent. */
static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  gsize size = 129 * 1024; /* the chip has 128 KiB */
  g_autofree guint8 *large = g_malloc (size);
  g_autofree char *path = NULL;
  GtkWidget *program;

  memset (large, 0x55, size);
  path = write_file (fixture, "large.bin", large, size);
  choose (fixture, "sim:0x460", fixture->file);
  open_file (fixture, path);
  program = fl_widget_test_find (fixture->window, GTK_TYPE_BUTTON, "_Program");
  wait_label (fixture, "large.bin");
  wait_label (fixture, "Cannot be programmed into the STM32G070/071/081: not all of it belongs into flash");
  g_assert_nonnull (program);
  g_assert_false (gtk_widget_is_sensitive (program));
  gtk_widget_activate_action (fixture->window, "win.primary", NULL);
  g_assert_null (fl_widget_test_find (fixture->window, GTK_TYPE_BUTTON, "win.cancel"));
}

static gboolean
dialog_is_there (gpointer user_data)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window) && gtk_widget_get_mapped (window))
        {
          *(GtkWidget **) user_data = window;
          return TRUE;
        }
    }
  return FALSE;
}

/* As a click on the button does: the dialog has gone afterwards. */
static void
respond (AdwMessageDialog *dialog, const char *response)
{
  adw_message_dialog_response (dialog, response);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
answer (const char *response)
{
  GtkWidget *dialog = NULL;

  fl_widget_test_wait (dialog_is_there, &dialog);
  respond (ADW_MESSAGE_DIALOG (dialog), response);
}

/* Only where more is lost than what the file replaces, and then not again for the next board. */
static void
test_consent (Fixture *fixture, gconstpointer data)
{
  g_settings_set_boolean (fl_ui_get_settings (), "erase-all", TRUE);
  choose (fixture, "sim:0x460", fixture->file);
  press (fixture, "_Program");
  answer ("cancel");
  wait_for (fixture->window, GTK_TYPE_BUTTON, "_Program");
  press (fixture, "_Program");
  answer ("erase");
  wait_label (fixture, "Programmed and verified");
  press (fixture, "_Next board");
  wait_label (fixture, "Programmed and verified");
}

/* An L151xE of 384 KiB that is full of data, and whose bootloader numbers bank 2 from 1024 on. */
#define DOUBT_PORT "sim:0x437,flash=384,codes=1024"
#define BANK_2     0x08030000
#define N_PAGES    1536
#define BANK_PAGES 768

static void
fill_board (const char *port)
{
  g_autoptr (FlTransport) transport = look_at (port);
  FlSimBoard *board = fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport));
  gsize size = N_PAGES * 256;
  g_autofree guint8 *data = g_malloc (size);

  memset (data, 0x55, size);
  g_assert_true (fl_sim_board_poke (board, FLASH_START, data, size));
}

static guint
count_erased_pages (const char *port)
{
  g_autoptr (FlTransport) transport = look_at (port);
  FlSimBoard *board = fl_sim_transport_get_board (FL_SIM_TRANSPORT (transport));
  guint n = 0;

  for (guint i = 0; i < N_PAGES; i++)
    n += fl_sim_board_get_n_erased (board, i) > 0;
  return n;
}

/* The question that asks for all of bank 2 says why, and what is lost. */
static void
answer_doubt (const char *response)
{
  GtkWidget *dialog = NULL;
  AdwMessageDialog *question;

  fl_widget_test_wait (dialog_is_there, &dialog);
  question = ADW_MESSAGE_DIALOG (dialog);
  g_assert_cmpstr (adw_message_dialog_get_heading (question), ==, "Erase all of bank 2?");
  g_assert_nonnull (strstr (adw_message_dialog_get_body (question), "from 768 or from 1024"));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (question), "0x08030000–0x0805FFFF"));
  g_assert_cmpstr (adw_message_dialog_get_response_label (question, "erase"), ==, "_Erase all of bank 2 and program");
  g_assert_cmpint (adw_message_dialog_get_response_appearance (question, "erase"), ==, ADW_RESPONSE_DESTRUCTIVE);
  respond (question, response);
}

/* Page codes in doubt: the plan says so, a no changes nothing, and a yes holds for the next board. */
static void
test_doubt (Fixture *fixture, gconstpointer data)
{
  g_settings_set_uint (fl_ui_get_settings (), "binary-address", BANK_2 + BANK_PAGES / 2 * 256);
  g_settings_set_boolean (fl_ui_get_settings (), "preserve", FALSE);
  fill_board (DOUBT_PORT);
  choose (fixture, DOUBT_PORT, fixture->file);
  wait_label (fixture, "All of bank 2 has to be erased; you are asked before.");
  press (fixture, "_Program");
  answer_doubt ("cancel");
  wait_for (fixture->window, GTK_TYPE_BUTTON, "_Program");
  wait_label (fixture, "All of bank 2 has to be erased; you are asked before.");
  press (fixture, "_Program");
  answer_doubt ("erase");
  wait_label (fixture, "Programmed and verified");
  press (fixture, "_Next board");
  wait_next (fixture);
  wait_label (fixture, "Programmed and verified");
  close_window (fixture);
  g_assert_cmpuint (count_erased_pages (DOUBT_PORT), ==, BANK_PAGES);
  g_assert_cmpuint (count_erasures (DOUBT_PORT, N_PAGES - BANK_PAGES / 2), ==, 2);
}

/* Found out on the board only: nothing is lost, and the next attempt asks. */
static void
test_doubt_arises (Fixture *fixture, gconstpointer data)
{
  g_settings_set_uint (fl_ui_get_settings (), "binary-address", BANK_2);
  g_settings_set_boolean (fl_ui_get_settings (), "preserve", FALSE);
  fill_board (DOUBT_PORT);
  choose (fixture, DOUBT_PORT, fixture->file);
  press (fixture, "_Program");
  answer ("erase"); /* what shares the last page with the file */
  wait_label (fixture, "Failed");
  press (fixture, "_Try again");
  answer_doubt ("cancel");
  press (fixture, "_Try again");
  answer_doubt ("erase");
  wait_label (fixture, "Programmed and verified");
  close_window (fixture);
  g_assert_cmpuint (count_erased_pages (DOUBT_PORT), ==, BANK_PAGES);
}

static void
test_unplugged (Fixture *fixture, gconstpointer data)
{
  choose (fixture, "sim:0x460,unplug=3000", fixture->file);
  press (fixture, "_Program");
  wait_label (fixture, "Failed");
  wait_label (fixture, "What to do");
  wait_for (fixture->window, GTK_TYPE_BUTTON, "_Try again");
}

static void
test_no_answer (Fixture *fixture, gconstpointer data)
{
  fl_window_choose_port (FL_WINDOW (fixture->window), "sim:0x460,boot0=ignored,blank=0");
  gtk_window_present (GTK_WINDOW (fixture->window));
  press (fixture, "_Connect");
  wait_label (fixture, "What to do");
  wait_for (fixture->window, GTK_TYPE_BUTTON, "_Try again");
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  choose (fixture, "sim:0x460,clock=real", fixture->file);
  press (fixture, "_Program");
  press (fixture, "win.cancel");
  wait_label (fixture, "Cancelled");
  press (fixture, "_Try again");
  wait_label (fixture, "Programmed and verified");
}

/* Asked first; then the job is cancelled, and the window goes when it has ended. */
static void
test_close_while_programming (Fixture *fixture, gconstpointer data)
{
  choose (fixture, "sim:0x460,clock=real", fixture->file);
  press (fixture, "_Program");
  wait_for (fixture->window, GTK_TYPE_BUTTON, "win.cancel");
  gtk_window_close (GTK_WINDOW (fixture->window));
  answer ("stay");
  g_assert_nonnull (fixture->window);
  wait_for (fixture->window, GTK_TYPE_BUTTON, "win.cancel");
  gtk_window_close (GTK_WINDOW (fixture->window));
  answer ("stop");
  fl_widget_test_wait (is_closed, &fixture->window);
}

/* Nothing is changed by connecting: nothing to be asked. */
static void
test_close_while_connecting (Fixture *fixture, gconstpointer data)
{
  fl_window_choose_port (FL_WINDOW (fixture->window), "sim:0x460,boot0=ignored,blank=0,clock=real");
  gtk_window_present (GTK_WINDOW (fixture->window));
  press (fixture, "_Connect");
  wait_for (fixture->window, GTK_TYPE_BUTTON, "win.cancel");
  gtk_window_close (GTK_WINDOW (fixture->window));
  fl_widget_test_wait (is_closed, &fixture->window);
}

/* A program that dies takes its window along without asking; the job finds its end all the same. */
static void
test_destroy_while_programming (Fixture *fixture, gconstpointer data)
{
  choose (fixture, "sim:0x460,clock=real", fixture->file);
  press (fixture, "_Program");
  wait_for (fixture->window, GTK_TYPE_BUTTON, "win.cancel");
  close_window (fixture);
}

static gboolean
was_reloaded (gpointer user_data)
{
  return fl_widget_test_find (user_data, GTK_TYPE_LABEL, "1 segment, 0x08000000 to 0x080007CF") != NULL;
}

/* What a compiler has just written is what will be programmed. */
static void
test_reload (Fixture *fixture, gconstpointer data)
{
  choose (fixture, "sim:0x460", fixture->file);
  wait_label (fixture, "1 segment, 0x08000000 to 0x0800176F");
  g_free (write_file (fixture, "blink.bin", fixture->image, 2000));
  fl_widget_test_wait (was_reloaded, fixture->window);
}

static void
test_steps (Fixture *fixture, gconstpointer data)
{
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_for (fixture->window, GTK_TYPE_BUTTON, "_Connect");
  gtk_widget_activate_action (fixture->window, "win.step", "i", 1);
  g_assert_nonnull (fl_widget_test_find (fixture->window, GTK_TYPE_BUTTON, "_Connect"));
  connect_to (fixture, "sim:0x467");
  gtk_widget_activate_action (fixture->window, "win.step", "i", 0);
  wait_for (fixture->window, GTK_TYPE_BUTTON, "_Connect");
  gtk_widget_activate_action (fixture->window, "win.step", "i", 2);
  wait_for (fixture->window, GTK_TYPE_BUTTON, "_Choose file…");
  gtk_widget_activate_action (fixture->window, "win.step", "i", 3);
  g_assert_nonnull (fl_widget_test_find (fixture->window, GTK_TYPE_BUTTON, "_Choose file…"));
}

static GtkWidget *
find_review (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (FL_IS_OPTION_REVIEW (window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static gboolean
has_review (gpointer user_data)
{
  return find_review () != NULL;
}

/* A chip that ignores its BOOT0 pin: from any page to the question, and from there to the chip. */
static void
test_boot0 (Fixture *fixture, gconstpointer data)
{
  connect_to (fixture, "sim:0x467");
  gtk_widget_activate_action (fixture->window, "win.enable-boot0", NULL);
  g_assert_null (find_review ());
  g_assert_null (fl_widget_test_find (fixture->window, GTK_TYPE_BUTTON, "options-page.review"));
  close_window (fixture);

  g_set_weak_pointer (&fixture->window, fl_window_new (NULL));
  connect_to (fixture, "sim:0x467,boot0=ignored");
  gtk_widget_activate_action (fixture->window, "win.enable-boot0", NULL);
  fl_widget_test_wait (has_review, NULL);
  gtk_widget_activate_action (find_review (), "review.write", NULL);
  wait_label (fixture, "Written, read back, and equal");
  gtk_widget_activate_action (fixture->window, "win.enable-boot0", NULL);
  g_assert_null (find_review ());
}

/* Without the icons that an installed program has: not even the one in "About" may be missing then. */
static void
test_icon (void)
{
  const char *nowhere[] = { NULL };
  g_autoptr (GtkIconTheme) theme = gtk_icon_theme_new ();

  gtk_icon_theme_set_search_path (theme, nowhere);
  gtk_icon_theme_set_resource_path (theme, nowhere);
  g_assert_false (gtk_icon_theme_has_icon (theme, FL_APP_ID));
  gtk_icon_theme_add_resource_path (theme, "/io/github/flashloader/Flashloader/icons"); /* as GtkApplication does */
  g_assert_true (gtk_icon_theme_has_icon (theme, FL_APP_ID));
  g_assert_true (gtk_icon_theme_has_icon (theme, FL_APP_ID "-symbolic"));
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  fl_sim_register ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL); /* pages change at once */

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  g_test_add_func ("/window/icon", test_icon);
  ADD ("/window/program", test_program);
  ADD ("/window/rewrite", test_rewrite);
  ADD ("/window/no-verify", test_no_verify);
  ADD ("/window/start", test_start);
  ADD ("/window/too-large", test_too_large);
  ADD ("/window/consent", test_consent);
  ADD ("/window/doubt", test_doubt);
  ADD ("/window/doubt-arises", test_doubt_arises);
  ADD ("/window/unplugged", test_unplugged);
  ADD ("/window/no-answer", test_no_answer);
  ADD ("/window/cancel", test_cancel);
  ADD ("/window/close-while-programming", test_close_while_programming);
  ADD ("/window/close-while-connecting", test_close_while_connecting);
  ADD ("/window/destroy-while-programming", test_destroy_while_programming);
  ADD ("/window/reload", test_reload);
  ADD ("/window/steps", test_steps);
  ADD ("/window/shortcuts", test_shortcuts);
  ADD ("/window/boot0", test_boot0);
#undef ADD
  return g_test_run ();
}
