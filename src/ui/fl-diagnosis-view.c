/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-diagnosis-view"

#include "fl-diagnosis-view.h"

#include <glib/gi18n.h>

#include "fl-diagnosis-remedy.h"
#include "fl-ui.h"

struct _FlDiagnosisView
{
  GtkWidget parent_instance;

  GtkWidget *box;
};

/* A number would promise more than is known. */
static const struct
{
  double at_least;
  const char *words;
} likelihoods[] = {
  { 0.6, N_ ("very likely") },
  { 0.3, N_ ("likely") },
  { 0.1, N_ ("possible") },
  { 0.0, N_ ("less likely") },
};

G_DEFINE_FINAL_TYPE (FlDiagnosisView, fl_diagnosis_view, GTK_TYPE_WIDGET)

/**
 * fl_diagnosis_get_likelihood:
 * @cause: one of several
 *
 * Returns: how likely it is, in words, translated
 */
const char *
fl_diagnosis_get_likelihood (const FlCause *cause)
{
  guint i = 0;

  if (cause->certain)
    return _ ("proved");
  while (i + 1 < G_N_ELEMENTS (likelihoods) && cause->likelihood < likelihoods[i].at_least)
    i++;
  return _ (likelihoods[i].words);
}

/**
 * fl_diagnosis_get_heading:
 * @diagnosis: with a cause at least
 *
 * Returns: what stands above its causes, translated
 */
const char *
fl_diagnosis_get_heading (const FlDiagnosis *diagnosis)
{
  const FlCause *first = diagnosis->causes->len > 0 ? g_ptr_array_index (diagnosis->causes, 0) : NULL;

  return first != NULL && first->certain ? _ ("What was found") : _ ("What it can be, the most likely first");
}

static void
add_heading (GtkWidget *box, const char *text)
{
  GtkWidget *heading = fl_ui_make_text (text, "caption-heading");

  gtk_widget_set_margin_top (heading, 6);
  gtk_box_append (GTK_BOX (box), heading);
}

static void
add_text (GtkWidget *box, const char *heading, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  add_heading (box, heading);
  gtk_box_append (GTK_BOX (box), fl_ui_make_text (text, NULL));
}

/* Each line with its number or dot in a column of its own, so that a long one wraps beside it. */
static void
add_list (GtkWidget *box, const char *heading, GPtrArray *lines, gboolean numbered)
{
  GtkWidget *grid = gtk_grid_new ();

  if (lines->len == 0)
    {
      g_object_ref_sink (grid);
      g_object_unref (grid);
      return;
    }
  gtk_grid_set_column_spacing (GTK_GRID (grid), 9);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  for (guint i = 0; i < lines->len; i++)
    {
      /* Translators: the number before a sentence in a list of things to do */
      g_autofree char *number = numbered ? g_strdup_printf (_ ("%u."), i + 1) : g_strdup ("•");
      GtkWidget *label = fl_ui_make_text (number, "numeric");

      gtk_widget_set_hexpand (label, FALSE);
      gtk_grid_attach (GTK_GRID (grid), label, 0, (int) i, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), fl_ui_make_text (g_ptr_array_index (lines, i), NULL), 1, (int) i, 1, 1);
    }
  add_heading (box, heading);
  gtk_box_append (GTK_BOX (box), grid);
}

static void
add_button (GtkWidget *box, const FlCause *cause)
{
  g_autofree char *label = fl_diagnosis_remedy_dup_label (cause->action);
  GtkWidget *button;

  if (label == NULL)
    return;
  button = gtk_button_new_with_label (label);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_margin_top (button, 6);
  if (fl_diagnosis_remedy_needs_board (cause->action))
    gtk_widget_set_tooltip_text (button, _ ("Only while a board is connected"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button),
                                  fl_diagnosis_remedy_needs_board (cause->action) ? "win.remedy-board" : "win.remedy");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", cause->action);
  gtk_box_append (GTK_BOX (box), button);
}

/* The title of a cause, and how likely it is, in words and by the colour of what is proved. */
static GtkWidget *
make_heading (const FlCause *cause, guint number)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  g_autofree char *text = g_strdup_printf (_ ("%u. %s"), number, cause->title);
  GtkWidget *likelihood = fl_ui_make_text (fl_diagnosis_get_likelihood (cause), "caption");

  gtk_box_append (GTK_BOX (box), fl_ui_make_text (text, "heading"));
  gtk_widget_set_hexpand (likelihood, FALSE);
  gtk_widget_set_valign (likelihood, GTK_ALIGN_START);
  gtk_label_set_wrap (GTK_LABEL (likelihood), FALSE);
  gtk_widget_add_css_class (likelihood, "likelihood");
  if (cause->certain)
    gtk_widget_add_css_class (likelihood, "proved");
  gtk_box_append (GTK_BOX (box), likelihood);
  return box;
}

static GtkWidget *
make_expander (GtkWidget *heading, const char *name, GtkWidget *content, gboolean expanded)
{
  GtkWidget *expander = gtk_expander_new (NULL);

  gtk_widget_set_margin_top (content, 6);
  gtk_widget_set_margin_start (content, 18);
  gtk_widget_set_margin_bottom (content, 6);
  gtk_widget_set_hexpand (heading, TRUE);
  gtk_expander_set_label_widget (GTK_EXPANDER (expander), heading);
  gtk_expander_set_child (GTK_EXPANDER (expander), content);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), expanded);
  fl_ui_set_label (expander, name);
  return expander;
}

static void
fl_diagnosis_view_add_cause (FlDiagnosisView *self, const FlCause *cause, guint number, gboolean unfold)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  /* Translators: a cause, and how likely it is: for a screen reader */
  g_autofree char *name = g_strdup_printf (_ ("%s: %s"), cause->title, fl_diagnosis_get_likelihood (cause));

  gtk_box_append (GTK_BOX (content), fl_ui_make_text (cause->meaning, NULL));
  add_list (content, _ ("What speaks for it"), cause->evidence, FALSE);
  add_list (content, _ ("What to do"), cause->remedy, TRUE);
  add_button (content, cause);
  if (!cause->certain)
    add_text (content, _ ("What would decide"), cause->decide);
  gtk_box_append (GTK_BOX (self->box), make_expander (make_heading (cause, number), name, content, unfold));
}

static void
fl_diagnosis_view_add_excluded (FlDiagnosisView *self, GPtrArray *excluded)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  g_autofree char *title = g_strdup_printf (_ ("What it is not (%u)"), excluded->len);

  for (guint i = 0; i < excluded->len; i++)
    {
      const FlExcluded *one = g_ptr_array_index (excluded, i);
      g_autofree char *why = g_strdup_printf ("%s: %s", one->title, one->why);

      gtk_box_append (GTK_BOX (content), fl_ui_make_text (why, NULL));
    }
  gtk_box_append (GTK_BOX (self->box), make_expander (fl_ui_make_text (title, "heading"), title, content, FALSE));
}

/**
 * fl_diagnosis_view_set:
 * @diagnosis: (nullable): what to show; its texts are copied
 * @unfold: whether the first cause shows all that is known of it
 */
void
fl_diagnosis_view_set (FlDiagnosisView *self, const FlDiagnosis *diagnosis, gboolean unfold)
{
  GtkWidget *child;

  g_return_if_fail (FL_IS_DIAGNOSIS_VIEW (self));

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  gtk_widget_set_visible (GTK_WIDGET (self), diagnosis != NULL);
  if (diagnosis == NULL)
    return;
  for (guint i = 0; i < diagnosis->causes->len; i++)
    fl_diagnosis_view_add_cause (self, g_ptr_array_index (diagnosis->causes, i), i + 1, unfold && i == 0);
  if (diagnosis->excluded->len > 0)
    fl_diagnosis_view_add_excluded (self, diagnosis->excluded);
}

static void
fl_diagnosis_view_dispose (GObject *object)
{
  FlDiagnosisView *self = FL_DIAGNOSIS_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (fl_diagnosis_view_parent_class)->dispose (object);
}

static void
fl_diagnosis_view_class_init (FlDiagnosisViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_diagnosis_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
fl_diagnosis_view_init (FlDiagnosisView *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * fl_diagnosis_view_new:
 *
 * Returns: (transfer floating): a view that hides itself until it has something to show
 */
GtkWidget *
fl_diagnosis_view_new (void)
{
  return g_object_new (FL_TYPE_DIAGNOSIS_VIEW, NULL);
}
