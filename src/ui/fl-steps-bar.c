/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-steps-bar"

#include "fl-steps-bar.h"

#include <glib/gi18n.h>

#define DETAIL_CHARS 8 /* that a step is made wider for: the titles decide */

/* The widgets of one step. */
typedef struct
{
  GtkButton *button;
  GtkStack *badge; /* pages "number" and "icon" */
  GtkImage *icon;
  GtkLabel *detail;
  FlStepState state;
} Step;

struct _FlStepsBar
{
  GtkWidget parent_instance;

  Step steps[FL_N_STEPS];
  FlStep current;
};

enum
{
  ACTIVATED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlStepsBar, fl_steps_bar, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

static const char *const titles[] = {
  [FL_STEP_CONNECT] = N_ ("Connect"),
  [FL_STEP_DEVICE] = N_ ("Device"),
  [FL_STEP_FIRMWARE] = N_ ("Firmware"),
  [FL_STEP_PROGRAM] = N_ ("Program"),
};
G_STATIC_ASSERT (G_N_ELEMENTS (titles) == FL_N_STEPS);

/* How each state is said and drawn. */
static const struct
{
  const char *words;
  const char *icon; /* NULL: the number */
  const char *style;
} looks[] = {
  [FL_STEP_LATER] = { N_ ("later"), NULL, "later" },
  [FL_STEP_READY] = { N_ ("to do"), NULL, "ready" },
  [FL_STEP_DONE] = { N_ ("done"), "object-select-symbolic", "done" },
  [FL_STEP_FAILED] = { N_ ("failed"), "dialog-warning-symbolic", "failed" },
};

static void
fl_steps_bar_update (FlStepsBar *self, FlStep index)
{
  Step *step = &self->steps[index];
  gboolean current = index == self->current;
  const char *detail = gtk_label_get_text (step->detail);
  g_autofree char *label = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (step->button), looks[i].style);
  gtk_widget_remove_css_class (GTK_WIDGET (step->button), "current");
  gtk_widget_add_css_class (GTK_WIDGET (step->button), looks[step->state].style);
  if (current)
    gtk_widget_add_css_class (GTK_WIDGET (step->button), "current");
  if (looks[step->state].icon != NULL)
    gtk_image_set_from_icon_name (step->icon, looks[step->state].icon);
  gtk_stack_set_visible_child_name (step->badge, looks[step->state].icon != NULL ? "icon" : "number");
  gtk_widget_set_sensitive (GTK_WIDGET (step->button), step->state != FL_STEP_LATER || current);
  gtk_widget_set_visible (GTK_WIDGET (step->detail), *detail != '\0');

  label = g_strdup_printf (_ ("Step %u, %s"), (guint) index + 1, _ (titles[index]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (step->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  current ? _ ("current") : _ (looks[step->state].words), -1);
}

/**
 * fl_steps_bar_set_current:
 * @self: a steps bar
 * @step: the one whose page is shown
 */
void
fl_steps_bar_set_current (FlStepsBar *self, FlStep step)
{
  FlStep old;

  g_return_if_fail (FL_IS_STEPS_BAR (self));
  g_return_if_fail (step < FL_N_STEPS);

  old = self->current;
  self->current = step;
  fl_steps_bar_update (self, old);
  fl_steps_bar_update (self, step);
}

/**
 * fl_steps_bar_set_step:
 * @self: a steps bar
 * @step: which one
 * @state: how far it is
 * @detail: (nullable): what was chosen there, a few words
 */
void
fl_steps_bar_set_step (FlStepsBar *self, FlStep step, FlStepState state, const char *detail)
{
  g_return_if_fail (FL_IS_STEPS_BAR (self));
  g_return_if_fail (step < FL_N_STEPS);

  self->steps[step].state = state;
  gtk_label_set_text (self->steps[step].detail, detail != NULL ? detail : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->steps[step].button), detail);
  fl_steps_bar_update (self, step);
}

static void
fl_steps_bar_clicked_cb (FlStepsBar *self, GtkButton *button)
{
  for (guint i = 0; i < FL_N_STEPS; i++)
    if (self->steps[i].button == button)
      g_signal_emit (self, signals[ACTIVATED], 0, (int) i);
}

static GtkWidget *
fl_steps_bar_make_step (FlStepsBar *self, FlStep index)
{
  Step *step = &self->steps[index];
  g_autofree char *number = g_strdup_printf ("%u", (guint) index + 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (_ (titles[index]));
  GtkWidget *place;

  step->badge = GTK_STACK (gtk_stack_new ());
  gtk_widget_add_css_class (GTK_WIDGET (step->badge), "badge");
  gtk_widget_set_valign (GTK_WIDGET (step->badge), GTK_ALIGN_CENTER);
  gtk_stack_add_named (step->badge, gtk_label_new (number), "number");
  step->icon = GTK_IMAGE (gtk_image_new ());
  gtk_stack_add_named (step->badge, GTK_WIDGET (step->icon), "icon");

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (title, "heading");
  step->detail = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (step->detail, 0);
  gtk_label_set_ellipsize (step->detail, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (step->detail, DETAIL_CHARS);
  gtk_widget_add_css_class (GTK_WIDGET (step->detail), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (step->detail), "dim-label");
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (step->detail));
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (step->badge));
  gtk_box_append (GTK_BOX (box), words);

  step->button = GTK_BUTTON (gtk_button_new ());
  gtk_button_set_child (step->button, box);
  gtk_widget_set_hexpand (GTK_WIDGET (step->button), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (step->button), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (step->button), "step");
  g_signal_connect_object (step->button, "clicked", G_CALLBACK (fl_steps_bar_clicked_cb), self, G_CONNECT_SWAPPED);

  place = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_box_append (GTK_BOX (place), GTK_WIDGET (step->button));
  if (index + 1 < FL_N_STEPS)
    {
      GtkWidget *arrow = gtk_image_new_from_icon_name ("pan-end-symbolic");

      gtk_widget_add_css_class (arrow, "dim-label");
      gtk_box_append (GTK_BOX (place), arrow);
    }
  return place;
}

static void
fl_steps_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_steps_bar_parent_class)->dispose (object);
}

static void
fl_steps_bar_class_init (FlStepsBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_steps_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "stepsbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_NAVIGATION);

  signals[ACTIVATED] =
      g_signal_new ("activated", FL_TYPE_STEPS_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
fl_steps_bar_init (FlStepsBar *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Steps"), -1);
  for (guint i = 0; i < FL_N_STEPS; i++)
    gtk_widget_set_parent (fl_steps_bar_make_step (self, i), GTK_WIDGET (self));
  for (guint i = 0; i < FL_N_STEPS; i++)
    fl_steps_bar_update (self, i);
}
