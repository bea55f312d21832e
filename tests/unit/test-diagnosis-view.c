/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window shows of a diagnosis, and what it offers to do about each cause. */
#include "config.h"

#include "fl-diagnosis-remedy.h"
#include "fl-diagnosis-view.h"
#include "fl-transport.h"
#include "fl-ui.h"
#include "fl-widget-test.h"

/* Of a board that sends no parity bit, as the probes see it. */
static FlDiagnosis *
diagnose_no_answer (const char *answer)
{
  g_autoptr (FlFacts) facts = fl_facts_new ();

  fl_facts_set (facts, "port.open", "ok");
  fl_facts_set (facts, "sync.kind", "silent");
  fl_facts_set (facts, "sync.first", "");
  fl_facts_set (facts, "sync.second", "");
  if (answer != NULL)
    fl_facts_set (facts, "answer.app-runs", answer);
  return fl_diagnose (facts, fl_chip_db_find (0x460));
}

static gboolean
shows (GtkWidget *root, const char *text)
{
  return fl_widget_test_find (root, GTK_TYPE_LABEL, text) != NULL;
}

static void
test_causes (void)
{
  g_autoptr (FlDiagnosis) diagnosis = diagnose_no_answer (NULL);
  GtkWidget *box = gtk_scrolled_window_new ();
  GtkWidget *view = fl_diagnosis_view_new ();
  const FlCause *first, *second;
  GtkWidget *window;

  g_assert_cmpuint (diagnosis->causes->len, >=, 2); /* never one cause only of bare silence */
  first = g_ptr_array_index (diagnosis->causes, 0);
  second = g_ptr_array_index (diagnosis->causes, 1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (box), view);
  g_assert_false (gtk_widget_get_visible (view));
  window = fl_widget_test_show (box, 600, 560);
  fl_diagnosis_view_set (FL_DIAGNOSIS_VIEW (view), diagnosis, TRUE);
  fl_widget_test_settle (box);

  g_assert_true (shows (view, first->meaning));
  g_assert_true (shows (view, fl_diagnosis_get_likelihood (first)));
  g_assert_true (shows (view, "What to do"));
  for (guint i = 0; i < first->remedy->len; i++)
    g_assert_true (shows (view, g_ptr_array_index (first->remedy, i)));
  for (guint i = 0; i < first->evidence->len; i++)
    g_assert_true (shows (view, g_ptr_array_index (first->evidence, i)));
  g_assert_true (shows (view, first->decide));
  g_assert_false (shows (view, second->meaning)); /* folded */
  g_object_unref (fl_widget_test_draw (box, "diagnosis-view"));

  fl_diagnosis_view_set (FL_DIAGNOSIS_VIEW (view), diagnosis, FALSE);
  fl_widget_test_settle (box);
  g_assert_false (shows (view, first->meaning));

  fl_diagnosis_view_set (FL_DIAGNOSIS_VIEW (view), NULL, FALSE);
  g_assert_false (gtk_widget_get_visible (view));
  fl_widget_test_close (window);
}

static void
test_likelihood (void)
{
  static const struct
  {
    double likelihood;
    gboolean certain;
    const char *words;
  } cases[] = {
    { 1.0, TRUE, "proved" },    { 1.0, FALSE, "very likely" },  { 0.6, FALSE, "very likely" },
    { 0.59, FALSE, "likely" },  { 0.3, FALSE, "likely" },       { 0.29, FALSE, "possible" },
    { 0.1, FALSE, "possible" }, { 0.09, FALSE, "less likely" }, { 0.0, FALSE, "less likely" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FlCause cause = { .likelihood = cases[i].likelihood, .certain = cases[i].certain };

      g_assert_cmpstr (fl_diagnosis_get_likelihood (&cause), ==, cases[i].words);
    }
}

/* A button is there only where pressing it changes something. */
static void
test_remedies (void)
{
  GSettings *settings = fl_ui_get_settings ();
  g_autofree char *retry = fl_diagnosis_remedy_dup_label ("retry");
  g_autofree char *rate = NULL;
  g_autofree char *lower = NULL;
  g_autofree char *even = NULL;

  g_assert_cmpstr (retry, ==, "Try again");
  g_assert_null (fl_diagnosis_remedy_dup_label (NULL));
  g_assert_null (fl_diagnosis_remedy_dup_label ("no-such-action"));

  g_settings_set_enum (settings, "parity", FL_PARITY_EVEN);
  g_assert_null (fl_diagnosis_remedy_dup_label ("parity-even"));
  g_settings_set_enum (settings, "parity", FL_PARITY_NONE);
  even = fl_diagnosis_remedy_dup_label ("parity-even");
  g_assert_nonnull (even);
  fl_diagnosis_remedy_prepare ("parity-even");
  g_assert_cmpint (g_settings_get_enum (settings, "parity"), ==, FL_PARITY_EVEN);

  g_settings_set_uint (settings, "baud", 0); /* automatic */
  rate = fl_diagnosis_remedy_dup_label ("lower-rate");
  g_assert_cmpstr (rate, ==, "Try again at 57600");
  fl_diagnosis_remedy_prepare ("lower-rate");
  g_assert_cmpuint (g_settings_get_uint (settings, "baud"), ==, 57600);
  lower = fl_diagnosis_remedy_dup_label ("lower-rate");
  g_assert_cmpstr (lower, ==, "Try again at 38400");
  g_settings_set_uint (settings, "baud", 9600);
  g_assert_null (fl_diagnosis_remedy_dup_label ("lower-rate"));

  g_assert_true (fl_diagnosis_remedy_needs_board ("unprotect-read"));
  g_assert_cmpstr (fl_diagnosis_remedy_get_view ("unprotect-read"), ==, "protection");
  g_assert_false (fl_diagnosis_remedy_needs_board ("console"));
  g_assert_null (fl_diagnosis_remedy_get_view ("retry"));
  g_settings_reset (settings, "baud");
  g_settings_reset (settings, "parity");
}

int
main (int argc, char **argv)
{
  fl_widget_test_init (&argc, &argv);
  g_test_add_func ("/diagnosis-view/causes", test_causes);
  g_test_add_func ("/diagnosis-view/likelihood", test_likelihood);
  g_test_add_func ("/diagnosis-view/remedies", test_remedies);
  return g_test_run ();
}
