/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-result-card"

#include "config.h"

#include "fl-result-card.h"

#include "fl-ui.h"

struct _FlResultCard
{
  GtkWidget parent_instance;

  /* template */
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *text;
};

G_DEFINE_FINAL_TYPE (FlResultCard, fl_result_card, GTK_TYPE_WIDGET)

static const struct
{
  const char *icon;
  const char *style;
} looks[] = {
  [FL_RESULT_OK] = { "object-select-symbolic", "success" },
  [FL_RESULT_STOPPED] = { "process-stop-symbolic", "dim-label" },
  [FL_RESULT_FAILED] = { "dialog-error-symbolic", "error" },
};

/**
 * fl_result_card_show:
 * @title: what came of it
 * @text: (nullable): more about it
 */
void
fl_result_card_show (FlResultCard *self, FlResult result, const char *title, const char *text)
{
  g_return_if_fail (FL_IS_RESULT_CARD (self));
  g_return_if_fail (result < G_N_ELEMENTS (looks) && title != NULL);

  gtk_image_set_from_icon_name (self->icon, looks[result].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), (const char *[]){ looks[result].style, NULL });
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->text, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->text), text != NULL && *text != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
fl_result_card_hide (FlResultCard *self)
{
  g_return_if_fail (FL_IS_RESULT_CARD (self));

  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
fl_result_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_RESULT_CARD);
  G_OBJECT_CLASS (fl_result_card_parent_class)->dispose (object);
}

static void
fl_result_card_class_init (FlResultCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_result_card_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-result-card.ui");
  gtk_widget_class_bind_template_child (widget_class, FlResultCard, icon);
  gtk_widget_class_bind_template_child (widget_class, FlResultCard, title);
  gtk_widget_class_bind_template_child (widget_class, FlResultCard, text);
}

static void
fl_result_card_init (FlResultCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
}
