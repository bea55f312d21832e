/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Protection and option bytes in the window, over simulated boards: what is shown, what can be chosen, how much is
 * asked before it is written, and what is said afterwards. */
#include "config.h"

#include <adwaita.h>

#include "fl-connect-job.h"
#include "fl-option-review.h"
#include "fl-option-row.h"
#include "fl-options-page.h"
#include "fl-sim-transport.h"
#include "fl-test-stride.h"
#include "fl-widget-test.h"

#define DRAWN_STRIDE 5

/* A page in a window of its own, and the board that it shows. */
typedef struct
{
  FlJobRunner *runner;
  FlSession *session;
  GtkWidget *page;
  GtkWidget *window;
} Bench;

static gboolean
is_idle (gpointer user_data)
{
  return !fl_job_runner_is_busy (user_data);
}

/* All but the window. */
static void
bench_make (Bench *bench, const char *port)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  g_autoptr (FlJob) job = NULL;

  bench->runner = fl_job_runner_new (NULL);
  bench->session = fl_session_new (options);
  job = fl_connect_job_new (bench->session);
  fl_job_runner_run (bench->runner, job, NULL, NULL);
  fl_widget_test_wait (is_idle, bench->runner);
  g_assert_true (fl_session_is_connected (bench->session));
  bench->page = fl_options_page_new (bench->runner);
  g_object_ref_sink (bench->page);
  fl_options_page_set_session (FL_OPTIONS_PAGE (bench->page), bench->session);
  bench->window = NULL;
}

static void
bench_show (Bench *bench)
{
  bench->window = fl_widget_test_show (bench->page, 900, 700);
}

static void
bench_open (Bench *bench, const char *port)
{
  bench_make (bench, port);
  bench_show (bench);
}

static void
bench_close (Bench *bench)
{
  if (bench->window != NULL)
    fl_widget_test_close (bench->window);
  g_clear_object (&bench->page);
  fl_session_close (bench->session);
  g_clear_object (&bench->session);
  g_clear_object (&bench->runner);
  fl_sim_forget_boards ();
}

static GtkWidget *
find_button (Bench *bench, const char *action)
{
  return fl_widget_test_find (bench->page, GTK_TYPE_BUTTON, action);
}

static GtkWidget *
find_row (GtkWidget *root, const char *name)
{
  if (FL_IS_OPTION_ROW (root) && g_str_equal (fl_option_row_get_field (FL_OPTION_ROW (root))->name, name))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkDropDown *
find_choice (Bench *bench, const char *name)
{
  return GTK_DROP_DOWN (fl_widget_test_find (find_row (bench->page, name), GTK_TYPE_DROP_DOWN, NULL));
}

static GtkEditable *
find_number (Bench *bench, const char *name)
{
  return GTK_EDITABLE (fl_widget_test_find (find_row (bench->page, name), GTK_TYPE_ENTRY, NULL));
}

/* Chooses the value whose text begins so. */
static void
choose (Bench *bench, const char *name, const char *prefix)
{
  GtkDropDown *choice = find_choice (bench, name);
  GListModel *model = gtk_drop_down_get_model (choice);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GtkStringObject) item = g_list_model_get_item (model, i);

      if (!g_str_has_prefix (gtk_string_object_get_string (item), prefix))
        continue;
      gtk_drop_down_set_selected (choice, i);
      return;
    }
  g_error ("%s cannot be set to %s", name, prefix);
}

/* Any label that can be seen and contains this. */
static GtkWidget *
find_label (GtkWidget *root, const char *part)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), part) != NULL)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, part);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
assert_label (GtkWidget *root, const char *part)
{
  if (find_label (root, part) == NULL)
    g_error ("“%s” is not shown", part);
}

/* What is shown of boards whose option bytes there is nothing to do with. */
static void
test_nothing (void)
{
  static const struct
  {
    const char *port;
    const char *title;
    const char *why;
  } boards[] = {
    { "sim:0x467,pid=0x123", "Unknown chip (PID 0x123)", "never written" },
    { "sim:0x028", "STM32WB05: no option bytes", "nothing to set" },
  };
  g_autoptr (FlJobRunner) runner = fl_job_runner_new (NULL);
  GtkWidget *page = fl_options_page_new (runner);
  GtkWidget *window = fl_widget_test_show (page, 720, 560);

  assert_label (page, "No board is connected");
  g_assert_nonnull (fl_widget_test_find (page, GTK_TYPE_BUTTON, "win.go-connect"));
  g_assert_null (fl_widget_test_find (page, GTK_TYPE_BUTTON, "options-page.review"));
  fl_widget_test_close (window);

  for (guint i = 0; i < G_N_ELEMENTS (boards); i++)
    {
      Bench bench;

      bench_open (&bench, boards[i].port);
      assert_label (bench.page, boards[i].title);
      assert_label (bench.page, boards[i].why);
      g_assert_nonnull (find_button (&bench, "win.go-connect"));
      g_assert_null (find_button (&bench, "options-page.review"));
      fl_session_close (bench.session);
      fl_widget_test_settle (bench.page);
      assert_label (bench.page, "No board is connected");
      bench_close (&bench);
    }
}

/* One row: it says what it is, is marked when it is changed, and goes back. */
static void
test_edit (void)
{
  Bench bench;
  GtkWidget *row, *undo;

  bench_open (&bench, "sim:0x467,boot0=ignored");
  row = find_row (bench.page, "nBOOT_SEL");
  gtk_test_accessible_assert_property (GTK_WIDGET (find_choice (&bench, "nBOOT_SEL")), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "nBOOT_SEL");
  assert_label (row, "dangerous");
  assert_label (bench.page, "Nothing is changed yet.");
  g_assert_false (gtk_widget_has_css_class (row, "changed"));
  g_assert_false (gtk_widget_is_sensitive (find_button (&bench, "options-page.review")));
  g_assert_null (find_button (&bench, "options-page.undo-all"));

  choose (&bench, "nBOOT_SEL", "0");
  g_assert_true (gtk_widget_has_css_class (row, "changed"));
  assert_label (row, "On the chip: 1");
  assert_label (bench.page, "1 change");
  g_assert_true (gtk_widget_is_sensitive (find_button (&bench, "options-page.review")));
  choose (&bench, "RDP", "0xBB");
  assert_label (bench.page, "2 changes · dangerous");

  undo = gtk_widget_get_last_child (gtk_widget_get_parent (GTK_WIDGET (find_choice (&bench, "nBOOT_SEL"))));
  g_signal_emit_by_name (undo, "clicked");
  g_assert_false (gtk_widget_has_css_class (row, "changed"));
  g_assert_cmpuint (gtk_drop_down_get_selected (find_choice (&bench, "nBOOT_SEL")), ==, 1);
  assert_label (bench.page, "1 change");

  gtk_widget_activate_action (bench.page, "options-page.undo-all", NULL);
  assert_label (bench.page, "Nothing is changed yet.");
  g_assert_false (gtk_widget_is_sensitive (find_button (&bench, "options-page.review")));

  /* what differs from a new chip on this board is nothing; then something is, and goes away */
  choose (&bench, "IWDG_SW", "0");
  assert_label (find_row (bench.page, "IWDG_SW"), "That is as new.");
  gtk_widget_activate_action (bench.page, "options-page.as-new", NULL);
  assert_label (bench.page, "Nothing is changed yet.");
  bench_close (&bench);
}

static gboolean
has_review (gpointer user_data)
{
  GList *windows = gtk_window_list_toplevels ();
  GtkWidget **found = user_data;

  *found = NULL;
  for (GList *l = windows; l != NULL; l = l->next)
    if (FL_IS_OPTION_REVIEW (l->data) && gtk_widget_get_mapped (l->data))
      *found = l->data;
  g_list_free (windows);
  return *found != NULL;
}

static GtkWidget *
open_review (Bench *bench)
{
  GtkWidget *review;

  fl_options_page_activate (FL_OPTIONS_PAGE (bench->page));
  fl_widget_test_wait (has_review, &review);
  fl_widget_test_settle (review);
  return review;
}

static const struct
{
  const char *text;
  gboolean ok;
  const char *value; /* what it is then called */
} numbers[] = {
  { "5", TRUE, "0x05" },    { "0x7F", TRUE, "0x7F" }, { " 0x1f ", TRUE, "0x1F" }, { "127", TRUE, "0x7F" },
  { "128", FALSE, NULL },   { "0x80", FALSE, NULL },  { "", FALSE, NULL },        { "-1", FALSE, NULL },
  { "0x", FALSE, NULL },    { "12 3", FALSE, NULL },  { "1F", FALSE, NULL },      { "five", FALSE, NULL },
  { "0x0x1", FALSE, NULL }, { "+5", FALSE, NULL },
};

/* Numbers are taken while they are typed; what is none is said to be none, and nothing can be written meanwhile. */
static void
test_numbers (void)
{
  Bench bench;
  GtkEditable *number;

  bench_open (&bench, "sim:0x467");
  number = find_number (&bench, "WRP2A_END");
  g_assert_cmpstr (gtk_editable_get_text (number), ==, "0x00");
  choose (&bench, "IWDG_SW", "0");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_test_message ("“%s”", numbers[i].text);
      gtk_editable_set_text (number, numbers[i].text);
      g_assert_cmpstr (gtk_editable_get_text (number), ==, numbers[i].text);
      g_assert_cmpint (gtk_widget_has_css_class (GTK_WIDGET (number), "error"), ==, !numbers[i].ok);
      g_assert_cmpint (gtk_widget_is_sensitive (find_button (&bench, "options-page.review")), ==, numbers[i].ok);
      if (!numbers[i].ok)
        assert_label (bench.page, "WRP2A_END: not a number from 0 to 0x7F");
    }
  gtk_widget_activate_action (bench.page, "options-page.undo-all", NULL);
  g_assert_cmpstr (gtk_editable_get_text (number), ==, "0x00");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (number), "error"));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].ok)
      {
        g_autofree char *change = g_strdup_printf ("0x00 → %s", numbers[i].value);
        GtkWidget *review;

        gtk_editable_set_text (number, numbers[i].text);
        review = open_review (&bench);
        assert_label (review, change);
        fl_widget_test_close (review);
      }
  bench_close (&bench);
}

static GtkEditable *
find_list (Bench *bench)
{
  GtkWidget *map = fl_widget_test_find (bench->page, g_type_from_name ("FlFlashMap"), NULL);

  return GTK_EDITABLE (fl_widget_test_find (gtk_widget_get_parent (map), GTK_TYPE_ENTRY, NULL));
}

static const struct
{
  const char *port;
  const char *list;
  const char *changes; /* NULL: it cannot be */
  const char *note;    /* NULL: none */
} lists[] = {
  { "sim:0x467", "0-15", "2 changes", NULL },
  { "sim:0x467", "0-15, 32", "4 changes", NULL },
  { "sim:0x467", "0-15, 32, 200-255", "6 changes", NULL },
  { "sim:0x467", "none", "Nothing is changed yet.", NULL },
  { "sim:0x467", "all", "4 changes", NULL },
  { "sim:0x467", "1, 3, 5", NULL, "Choose fewer ranges" },
  { "sim:0x467", "256", NULL, "not a list of pages" },
  { "sim:0x467", "", NULL, "not a list of pages" },
  { "sim:0x410", "0", "1 change", "3 more pages go with those chosen" },
  { "sim:0x410", "0-3", "1 change", NULL },
  { "sim:0x413", "0-2", "1 change", NULL },
};

/* Pages by number; the map shows the same. */
static void
test_lists (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      Bench bench;
      GtkEditable *list;

      g_test_message ("%s: “%s”", lists[i].port, lists[i].list);
      bench_open (&bench, lists[i].port);
      list = find_list (&bench);
      g_assert_cmpstr (gtk_editable_get_text (list), ==, "none");
      gtk_editable_set_text (list, lists[i].list);
      fl_widget_test_settle (bench.page);
      g_assert_cmpint (gtk_widget_has_css_class (GTK_WIDGET (list), "error"), ==, lists[i].changes == NULL);
      if (lists[i].changes != NULL)
        assert_label (bench.page, lists[i].changes);
      else
        g_assert_false (gtk_widget_is_sensitive (find_button (&bench, "options-page.review")));
      if (lists[i].note != NULL)
        assert_label (bench.page, lists[i].note);
      else
        g_assert_null (find_label (bench.page, "go with those chosen"));
      gtk_widget_activate_action (bench.page, "options-page.undo-all", NULL);
      g_assert_cmpstr (gtk_editable_get_text (list), ==, "none");
      bench_close (&bench);
    }
}

static GtkGesture *
find_drag (GtkWidget *map)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (map);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_DRAG (controller))
        return GTK_GESTURE (controller);
    }
  return NULL;
}

/* A click on the map chooses what the chip protects together, and the next one lets go of it. */
static void
test_map (void)
{
  Bench bench;
  GtkWidget *map;
  GtkGesture *drag;

  bench_open (&bench, "sim:0x410");
  map = fl_widget_test_find (bench.page, g_type_from_name ("FlFlashMap"), NULL);
  drag = find_drag (map);
  g_signal_emit_by_name (drag, "drag-begin", 120.0, 10.0);
  g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
  g_assert_cmpstr (gtk_editable_get_text (find_list (&bench)), ==, "0-3");
  assert_label (find_row (bench.page, "WRP0"), "On the chip: 0xFF");
  g_object_unref (fl_widget_test_draw (bench.page, "options-page-map"));
  g_signal_emit_by_name (drag, "drag-begin", 120.0, 10.0);
  g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
  g_assert_cmpstr (gtk_editable_get_text (find_list (&bench)), ==, "none");
  g_signal_emit_by_name (drag, "drag-begin", 2.0, 10.0); /* beside the sectors */
  g_assert_cmpstr (gtk_editable_get_text (find_list (&bench)), ==, "none");
  bench_close (&bench);
}

static void
test_search (void)
{
  static const struct
  {
    const char *text;
    const char *found;
    const char *hidden;
  } searches[] = {
    { "nboot", "nBOOT_SEL", "RDP" },          { "BOOT0 pin", "nBOOT_SEL", "WRP1A_STRT" },
    { "standby", "nRST_STDBY", "RDP" },       { "watchdog", "IWDG_SW", "nBOOT_SEL" },
    { "pin boot0 ", "nBOOT_SEL", "IWDG_SW" },
  };
  Bench bench;
  GtkEditable *search;

  bench_open (&bench, "sim:0x467");
  search = GTK_EDITABLE (fl_widget_test_find (bench.page, GTK_TYPE_SEARCH_ENTRY, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      g_test_message ("“%s”", searches[i].text);
      gtk_editable_set_text (search, searches[i].text);
      g_signal_emit_by_name (search, "search-changed"); /* it waits for the user to stop typing */
      g_assert_true (gtk_widget_get_visible (find_row (bench.page, searches[i].found)));
      g_assert_false (gtk_widget_get_visible (find_row (bench.page, searches[i].hidden)));
    }
  gtk_editable_set_text (search, "nothing like it");
  g_signal_emit_by_name (search, "search-changed");
  fl_widget_test_settle (bench.page);
  assert_label (bench.page, "No option of this chip");
  bench_close (&bench);
}

static gboolean
can_write (GtkWidget *review)
{
  return gtk_widget_is_sensitive (fl_widget_test_find (review, GTK_TYPE_BUTTON, "review.write"));
}

/* How much is asked before each danger. */
static void
test_consent (void)
{
  static const struct
  {
    const char *field;
    const char *value;
    gboolean check;
    gboolean name;
  } rows[] = {
    { "IWDG_SW", "0", FALSE, FALSE },
    { "RDP", "0xBB", TRUE, FALSE },
    { "BOOT_LOCK", "1", FALSE, TRUE },
    { "RDP", "0xCC", FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Bench bench;
      GtkWidget *review, *check, *name;

      g_test_message ("%s=%s", rows[i].field, rows[i].value);
      bench_open (&bench, "sim:0x467");
      choose (&bench, rows[i].field, rows[i].value);
      review = open_review (&bench);
      check = fl_widget_test_find (review, GTK_TYPE_CHECK_BUTTON, NULL);
      name = fl_widget_test_find (review, GTK_TYPE_ENTRY, NULL);
      g_assert_cmpint (check != NULL, ==, rows[i].check);
      g_assert_cmpint (name != NULL, ==, rows[i].name);
      g_assert_cmpint (can_write (review), ==, !rows[i].check && !rows[i].name);
      if (check != NULL)
        {
          gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
          g_assert_true (can_write (review));
        }
      if (name != NULL)
        {
          static const char *const names[][2] = {
            { "yes", NULL },         { "STM32G0", NULL }, { "STM32G0B", NULL },
            { "stm32g0b1", "good" }, { "", NULL },        { "STM32G0B0", "good" }
          };

          for (guint j = 0; j < G_N_ELEMENTS (names); j++)
            {
              gtk_editable_set_text (GTK_EDITABLE (name), names[j][0]);
              g_assert_cmpint (can_write (review), ==, names[j][1] != NULL);
            }
          g_object_unref (fl_widget_test_draw (gtk_widget_get_first_child (review), "option-review-name"));
        }
      fl_widget_test_close (review);
      g_assert_false (fl_job_runner_is_busy (bench.runner));
      bench_close (&bench);
    }
}

static guint32
get_option (Bench *bench, const char *name)
{
  FlDevice *device = fl_session_get_device (bench->session);

  return fl_option_set_get (device->options, fl_chip_find_option (device->chip, name));
}

static void
agree (Bench *bench, GtkWidget *review)
{
  GtkWidget *check = fl_widget_test_find (review, GTK_TYPE_CHECK_BUTTON, NULL);

  if (check != NULL)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  gtk_widget_activate_action (review, "review.write", NULL);
  g_assert_true (fl_job_runner_is_busy (bench->runner));
}

static void
wait_end (Bench *bench)
{
  fl_widget_test_wait (is_idle, bench->runner);
  fl_widget_test_settle (bench->page);
}

/* From the change to what was read back. */
static void
test_write (void)
{
  Bench bench;
  GtkWidget *review;

  bench_open (&bench, "sim:0x467");
  choose (&bench, "IWDG_STOP", "0");
  gtk_editable_set_text (find_list (&bench), "0-15");
  review = open_review (&bench);
  assert_label (review, "Write-protected pages");
  assert_label (review, "none → 0-15");
  assert_label (review, "IWDG_STOP");
  agree (&bench, review);
  g_assert_nonnull (find_button (&bench, "options-page.cancel"));
  g_assert_false (gtk_widget_is_sensitive (find_row (bench.page, "RDP")));
  wait_end (&bench);

  assert_label (bench.page, "Written, read back, and equal");
  assert_label (bench.page, "Nothing is changed yet.");
  assert_label (bench.page, "On for 16 of 256 pages: 0-15");
  g_assert_cmpuint (get_option (&bench, "IWDG_STOP"), ==, 0);
  g_assert_cmpuint (get_option (&bench, "WRP1A_END"), ==, 15);
  g_assert_cmpstr (gtk_editable_get_text (find_list (&bench)), ==, "0-15");
  g_object_unref (fl_widget_test_draw (bench.page, "options-page-written"));

  /* what is protected can be given back */
  gtk_editable_set_text (find_list (&bench), "none");
  agree (&bench, open_review (&bench));
  wait_end (&bench);
  assert_label (bench.page, "Off: every page can be erased and written");
  bench_close (&bench);
}

/* The pin alone is changed; what else was chosen waits. */
static void
test_boot0 (void)
{
  Bench bench;
  GtkWidget *review;

  bench_open (&bench, "sim:0x467");
  g_assert_false (fl_options_page_can_enable_boot0 (FL_OPTIONS_PAGE (bench.page)));
  g_assert_null (find_button (&bench, "options-page.enable-boot0"));
  bench_close (&bench);

  bench_open (&bench, "sim:0x467,boot0=ignored");
  assert_label (bench.page, "This chip ignores its BOOT0 pin");
  g_assert_true (fl_options_page_can_enable_boot0 (FL_OPTIONS_PAGE (bench.page)));
  choose (&bench, "IWDG_STOP", "0");
  g_signal_emit_by_name (find_button (&bench, "options-page.enable-boot0"), "clicked");
  fl_widget_test_wait (has_review, &review);
  fl_widget_test_settle (review);
  assert_label (review, "nBOOT_SEL");
  g_assert_null (find_label (review, "IWDG_STOP"));
  agree (&bench, review);
  wait_end (&bench);
  assert_label (bench.page, "Written, read back, and equal");
  g_assert_null (find_label (bench.page, "This chip ignores its BOOT0 pin"));
  g_assert_cmpuint (get_option (&bench, "nBOOT_SEL"), ==, 0);
  g_assert_cmpuint (get_option (&bench, "IWDG_STOP"), ==, 1);
  assert_label (bench.page, "1 change");
  bench_close (&bench);
}

static gboolean
has_question (gpointer user_data)
{
  GList *windows = gtk_window_list_toplevels ();
  GtkWidget **found = user_data;

  *found = NULL;
  for (GList *l = windows; l != NULL; l = l->next)
    if (ADW_IS_MESSAGE_DIALOG (l->data) && gtk_widget_get_mapped (l->data))
      *found = l->data;
  g_list_free (windows);
  return *found != NULL;
}

/* A read-protected chip says what is left to do; what is lost by it is said before. */
static void
test_unprotect (void)
{
  Bench bench;
  GtkWidget *question;

  bench_open (&bench, "sim:0x467,rdp=1,blank=0");
  assert_label (bench.page, "What can still be done");
  g_assert_null (find_row (bench.page, "RDP"));
  g_assert_null (find_button (&bench, "options-page.review"));
  g_assert_null (find_button (&bench, "protect.read"));

  for (guint i = 0; i < 2; i++)
    {
      g_signal_emit_by_name (find_button (&bench, "protect.unprotect-read"), "clicked");
      fl_widget_test_wait (has_question, &question);
      g_assert_nonnull (
          strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (question)), "erases ALL of the flash"));
      g_assert_cmpint (adw_message_dialog_get_response_appearance (ADW_MESSAGE_DIALOG (question), "go"), ==,
                       ADW_RESPONSE_DESTRUCTIVE);
      adw_message_dialog_response (ADW_MESSAGE_DIALOG (question), i == 0 ? "cancel" : "go");
      g_assert_cmpint (fl_job_runner_is_busy (bench.runner), ==, i == 1);
      fl_widget_test_close (question);
    }
  wait_end (&bench);
  assert_label (bench.page, "Readout protection is off; the flash is empty");
  assert_label (bench.page, "level 0: not protected");
  g_assert_true (fl_session_get_device (bench.session)->blank);
  g_assert_nonnull (find_row (bench.page, "RDP"));
  bench_close (&bench);
}

/* Protection that is put on: nothing can be compared any more, and that is said. */
static void
test_protect (void)
{
  Bench bench;

  bench_open (&bench, "sim:0x467");
  choose (&bench, "RDP", "0xBB");
  agree (&bench, open_review (&bench));
  wait_end (&bench);
  assert_label (bench.page, "Written; the chip is read-protected now");
  g_assert_nonnull (find_button (&bench, "protect.unprotect-read"));
  bench_close (&bench);
}

/* How many bytes went to the board so far. */
static guint64
count_sent (FlSession *session)
{
  FlTrace *trace = fl_session_get_trace (session);
  g_autoptr (GPtrArray) records = fl_trace_copy (trace, 0, fl_trace_get_end (trace));
  guint64 n_bytes = 0;

  for (guint i = 0; i < records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (records, i);

      if (record->kind == FL_TRACE_SENT)
        n_bytes += g_bytes_get_size (record->bytes);
    }
  return n_bytes;
}

/* The adapter is pulled out while it is written: what happened stays on the page, and the way to go on. */
static void
test_failure (void)
{
  Bench bench;
  g_autofree char *port = NULL;

  bench_open (&bench, "sim:0x467");
  /* they are read once more; then the command, the address, and not all of the bytes */
  port = g_strdup_printf ("sim:0x467,unplug=%" G_GUINT64_FORMAT, count_sent (bench.session) + 9 + 2 + 5 + 10);
  bench_close (&bench);

  bench_open (&bench, port);
  choose (&bench, "IWDG_STOP", "0");
  agree (&bench, open_review (&bench));
  wait_end (&bench);
  g_assert_false (fl_session_is_connected (bench.session));
  assert_label (bench.page, "What to do");
  assert_label (bench.page, "Option bytes:");
  g_assert_null (find_label (bench.page, "Pages to protect"));
  g_assert_nonnull (find_button (&bench, "win.go-connect"));
  g_object_unref (fl_widget_test_draw (bench.page, "options-page-failed"));

  fl_options_page_set_session (FL_OPTIONS_PAGE (bench.page), NULL);
  g_assert_null (find_label (bench.page, "What to do"));
  bench_close (&bench);
}

static void
test_draft (void)
{
  static const char good[] = "[chip]\npid=0x467\n[options]\nnBOOT_SEL=0\nIWDG_STOP=0\n";
  static const char other[] = "[chip]\npid=0x410\n[options]\nWRP0=0\n";
  Bench bench;
  g_autoptr (FlOptionDraft) draft = fl_option_draft_new ();
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (FlDevice) again = fl_device_new (0x467);
  g_autoptr (GError) error = NULL;
  FlDevice *device;

  bench_open (&bench, "sim:0x467,boot0=ignored");
  device = fl_session_get_device (bench.session);
  fl_option_draft_set_device (draft, device, FALSE);
  g_assert_false (fl_option_draft_load (draft, other, strlen (other), "other.ini", &error));
  g_assert_nonnull (strstr (error->message, "another chip"));
  g_clear_error (&error);
  g_assert_true (fl_option_draft_load (draft, good, strlen (good), "good.ini", &error));
  g_assert_no_error (error);
  changes = fl_option_draft_dup_changes (draft);
  g_assert_cmpuint (changes->len, ==, 2);

  /* the chip was read again, and has one of them by now: the other one is still wanted */
  again->options = fl_option_set_copy (device->options);
  g_assert_true (fl_option_set_parse (again->options, "nBOOT_SEL=0", &error));
  fl_option_draft_set_problem (draft, &bench, "not a number");
  fl_option_draft_set_device (draft, again, TRUE);
  g_assert_null (fl_option_draft_get_problem (draft, NULL));
  g_ptr_array_unref (changes);
  changes = fl_option_draft_dup_changes (draft);
  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_cmpstr (((FlOptionChange *) g_ptr_array_index (changes, 0))->field->name, ==, "IWDG_STOP");

  /* another board: nothing of it is */
  fl_option_draft_set_device (draft, device, FALSE);
  g_ptr_array_unref (changes);
  changes = fl_option_draft_dup_changes (draft);
  g_assert_cmpuint (changes->len, ==, 0);
  bench_close (&bench);
}

/* Every chip's page can be made: a field whose words or values are odd would show here. To draw one takes ten times as
 * long and says little that another one's does not: one of each few. */
static void
test_every_chip (void)
{
  const GPtrArray *chips = fl_chip_db_all ();

  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);
      g_autofree char *port = g_strdup_printf ("sim:0x%03X", chip->pid);
      Bench bench;

      if (!fl_test_stride_takes (i))
        continue;
      g_test_message ("%s", chip->name);
      bench_make (&bench, port);
      if (i % DRAWN_STRIDE == 0)
        bench_show (&bench);
      for (guint j = 0; j < chip->option_fields->len; j++)
        {
          const FlOptionField *field = g_ptr_array_index (chip->option_fields, j);
          GtkWidget *row = find_row (bench.page, field->name);

          g_assert_nonnull (row);
          g_assert_true (fl_option_row_matches (FL_OPTION_ROW (row), field->name));
          g_assert_false (gtk_widget_has_css_class (row, "changed"));
        }
      bench_close (&bench);
    }
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  fl_sim_register ();
  g_test_add_func ("/options-page/nothing", test_nothing);
  g_test_add_func ("/options-page/edit", test_edit);
  g_test_add_func ("/options-page/numbers", test_numbers);
  g_test_add_func ("/options-page/lists", test_lists);
  g_test_add_func ("/options-page/map", test_map);
  g_test_add_func ("/options-page/search", test_search);
  g_test_add_func ("/options-page/consent", test_consent);
  g_test_add_func ("/options-page/write", test_write);
  g_test_add_func ("/options-page/boot0", test_boot0);
  g_test_add_func ("/options-page/unprotect", test_unprotect);
  g_test_add_func ("/options-page/protect", test_protect);
  g_test_add_func ("/options-page/failure", test_failure);
  g_test_add_func ("/options-page/draft", test_draft);
  g_test_add_func ("/options-page/every-chip", test_every_chip);
  return g_test_run ();
}
