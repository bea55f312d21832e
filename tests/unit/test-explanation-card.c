/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-error.h"
#include "fl-explanation-card.h"
#include "fl-widget-test.h"

/* A chip that did not answer, in the words that a user gets. */
static FlExplanation *
make_explanation (void)
{
  g_autoptr (GError) error = g_error_new (FL_ERROR, FL_ERROR_NO_ANSWER, "No bootloader answered");
  g_autoptr (GPtrArray) sent = g_ptr_array_new ();
  g_autoptr (GPtrArray) received = g_ptr_array_new ();
  FlEvidence evidence = {
    .error = error,
    .stage = FL_STAGE_SYNC,
    .port = "/dev/ttyUSB0",
    .settings = &fl_line_settings_default,
    .entry = FL_ENTRY_MANUAL,
    .chip = fl_chip_db_find (0x467),
    .sent = sent,
    .received = received,
  };

  g_ptr_array_add (sent, (char *) "> 7F");
  return fl_explain (&evidence);
}

static gboolean
shows (GtkWidget *card, const char *text)
{
  return fl_widget_test_find (card, GTK_TYPE_LABEL, text) != NULL;
}

static void
test_sections (void)
{
  g_autoptr (FlExplanation) explanation = make_explanation ();
  GtkWidget *box = gtk_scrolled_window_new ();
  GtkWidget *card = fl_explanation_card_new ();
  GtkWidget *window;

  g_assert_false (gtk_widget_get_visible (card));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (box), card);
  window = fl_widget_test_show (box, 640, 560);
  fl_explanation_card_set (FL_EXPLANATION_CARD (card), explanation, "The flash was not changed.");
  fl_widget_test_settle (box);

  g_assert_true (shows (card, explanation->title));
  g_assert_true (shows (card, "What we did"));
  g_assert_true (shows (card, explanation->did));
  g_assert_true (shows (card, "What came back"));
  g_assert_true (shows (card, explanation->came));
  g_assert_true (shows (card, "What that means"));
  g_assert_true (shows (card, explanation->meaning));
  g_assert_true (shows (card, "What to do"));
  g_assert_cmpuint (explanation->checks->len, >, 0);
  for (guint i = 0; i < explanation->checks->len; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u.", i + 1);

      g_assert_true (shows (card, number));
      g_assert_true (shows (card, g_ptr_array_index (explanation->checks, i)));
    }
  g_assert_true (shows (card, "State of the board"));
  g_assert_true (shows (card, "The flash was not changed."));
  gtk_test_accessible_assert_property (card, GTK_ACCESSIBLE_PROPERTY_LABEL, explanation->title);
  g_object_unref (fl_widget_test_draw (box, "explanation-card"));

  fl_explanation_card_set (FL_EXPLANATION_CARD (card), explanation, NULL);
  fl_widget_test_settle (box);
  g_assert_true (shows (card, explanation->title));
  g_assert_false (shows (card, "State of the board"));

  fl_explanation_card_set (FL_EXPLANATION_CARD (card), NULL, NULL);
  g_assert_false (gtk_widget_get_visible (card));
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

static void
test_copy (void)
{
  g_autoptr (FlExplanation) explanation = make_explanation ();
  g_autofree char *text = fl_explanation_to_text (explanation);
  g_autofree char *copied = NULL;
  GtkWidget *card = fl_explanation_card_new ();
  GtkWidget *window;

  fl_explanation_card_set (FL_EXPLANATION_CARD (card), explanation, "The flash was not changed.");
  window = fl_widget_test_show (card, 640, 400);
  g_signal_emit_by_name (fl_widget_test_find (card, GTK_TYPE_BUTTON, "explanation.copy"), "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (card), NULL, read_cb, &copied);
  fl_widget_test_wait (is_set, &copied);
  g_assert_true (g_str_has_prefix (copied, g_strchomp (text)));
  g_assert_nonnull (strstr (copied, "State of the board\n  The flash was not changed.\n"));
  fl_widget_test_close (window);
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  g_test_add_func ("/explanation-card/sections", test_sections);
  g_test_add_func ("/explanation-card/copy", test_copy);
  return g_test_run ();
}
