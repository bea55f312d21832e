/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-explanation-card"

#include "config.h"

#include "fl-explanation-card.h"

#include <glib/gi18n.h>

#include "fl-diagnosis-view.h"
#include "fl-ui.h"

struct _FlExplanationCard
{
  GtkWidget parent_instance;

  char *text; /* all of it, for the clipboard; NULL when nothing is shown */

  /* template */
  GtkLabel *title;
  GtkBox *sections;
  GtkWidget *actions;
  GtkBox *causes; /* what to do is below the buttons, which are never far down */
};

G_DEFINE_FINAL_TYPE (FlExplanationCard, fl_explanation_card, GTK_TYPE_WIDGET)

static GtkWidget *
add_section (GtkBox *box, const char *heading)
{
  GtkWidget *section = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_box_append (GTK_BOX (section), fl_ui_make_text (heading, "heading"));
  gtk_box_append (box, section);
  return section;
}

static void
add_text (GtkBox *box, const char *heading, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  gtk_box_append (GTK_BOX (add_section (box, heading)), fl_ui_make_text (text, NULL));
}

/* The number has a column of its own, so that a long sentence wraps beside it and not below it. */
static void
fl_explanation_card_add_checks (FlExplanationCard *self, GPtrArray *checks)
{
  GtkWidget *grid, *section;

  if (checks == NULL || checks->len == 0)
    return;

  grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (grid), 9);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  for (guint i = 0; i < checks->len; i++)
    {
      /* Translators: the number before a sentence in a list of things to do */
      g_autofree char *number = g_strdup_printf (_ ("%u."), i + 1);
      GtkWidget *label = fl_ui_make_text (number, "numeric");

      gtk_label_set_xalign (GTK_LABEL (label), 1);
      gtk_widget_set_hexpand (label, FALSE);
      gtk_grid_attach (GTK_GRID (grid), label, 0, (int) i, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), fl_ui_make_text (g_ptr_array_index (checks, i), NULL), 1, (int) i, 1, 1);
    }
  section = add_section (self->causes, _ ("What to do"));
  gtk_box_append (GTK_BOX (section), grid);
}

static void
fl_explanation_card_copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlExplanationCard *self = FL_EXPLANATION_CARD (widget);

  if (self->text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->text);
}

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

/* The causes by their likelihood, in place of a list of things that may be worth a look. */
static void
fl_explanation_card_add_causes (FlExplanationCard *self, const FlDiagnosis *diagnosis)
{
  GtkWidget *view = fl_diagnosis_view_new ();
  GtkWidget *section = add_section (self->causes, fl_diagnosis_get_heading (diagnosis));

  fl_diagnosis_view_set (FL_DIAGNOSIS_VIEW (view), diagnosis, TRUE);
  gtk_box_append (GTK_BOX (section), view);
}

/**
 * fl_explanation_card_set:
 * @explanation: (nullable): what to show; it is copied
 * @board_state: (nullable): in what state the board was left, in words
 *
 * Shows a failure, or hides the card when there is none.
 */
void
fl_explanation_card_set (FlExplanationCard *self, const FlExplanation *explanation, const char *board_state)
{
  const FlDiagnosis *diagnosis = explanation != NULL ? explanation->diagnosis : NULL;
  gboolean has_causes = diagnosis != NULL && diagnosis->causes->len > 0;

  g_return_if_fail (FL_IS_EXPLANATION_CARD (self));

  clear_box (self->sections);
  clear_box (self->causes);
  g_clear_pointer (&self->text, g_free);

  if (explanation != NULL)
    {
      g_autofree char *text = fl_explanation_to_text (explanation);

      gtk_label_set_text (self->title, explanation->title);
      add_text (self->sections, _ ("What we did"), explanation->did);
      add_text (self->sections, _ ("What came back"), explanation->came);
      add_text (self->sections, _ ("What that means"), explanation->meaning);
      if (has_causes)
        fl_explanation_card_add_causes (self, diagnosis);
      else
        fl_explanation_card_add_checks (self, explanation->checks);
      add_text (self->causes, _ ("State of the board"), board_state);
      self->text = board_state == NULL
                       ? g_steal_pointer (&text)
                       : g_strdup_printf ("%s\n%s\n  %s\n", g_strchomp (text), _ ("State of the board"), board_state);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, explanation->title, -1);
    }
  gtk_widget_set_visible (self->actions, has_causes);
  gtk_widget_set_visible (GTK_WIDGET (self), explanation != NULL);
}

static void
fl_explanation_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_EXPLANATION_CARD);
  G_OBJECT_CLASS (fl_explanation_card_parent_class)->dispose (object);
}

static void
fl_explanation_card_finalize (GObject *object)
{
  g_free (FL_EXPLANATION_CARD (object)->text);
  G_OBJECT_CLASS (fl_explanation_card_parent_class)->finalize (object);
}

static void
fl_explanation_card_class_init (FlExplanationCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_explanation_card_dispose;
  object_class->finalize = fl_explanation_card_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-explanation-card.ui");
  gtk_widget_class_bind_template_child (widget_class, FlExplanationCard, title);
  gtk_widget_class_bind_template_child (widget_class, FlExplanationCard, sections);
  gtk_widget_class_bind_template_child (widget_class, FlExplanationCard, actions);
  gtk_widget_class_bind_template_child (widget_class, FlExplanationCard, causes);
  gtk_widget_class_install_action (widget_class, "explanation.copy", NULL, fl_explanation_card_copy_action);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fl_explanation_card_init (FlExplanationCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
}

/**
 * fl_explanation_card_new:
 *
 * Returns: (transfer floating): a card that hides itself until it has something to explain
 */
GtkWidget *
fl_explanation_card_new (void)
{
  return g_object_new (FL_TYPE_EXPLANATION_CARD, NULL);
}
