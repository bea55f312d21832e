/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-port-row"

#include "fl-port-row.h"

#include "fl-ui.h"

struct _FlPortRow
{
  AdwActionRow parent_instance;

  char *name;

  /* template */
  GtkCheckButton *check;
  GtkImage *icon;
};

G_DEFINE_FINAL_TYPE (FlPortRow, fl_port_row, ADW_TYPE_ACTION_ROW)

const char *
fl_port_row_get_name (FlPortRow *self)
{
  g_return_val_if_fail (FL_IS_PORT_ROW (self), NULL);

  return self->name;
}

GtkCheckButton *
fl_port_row_get_check (FlPortRow *self)
{
  g_return_val_if_fail (FL_IS_PORT_ROW (self), NULL);

  return self->check;
}

static void
fl_port_row_finalize (GObject *object)
{
  g_free (FL_PORT_ROW (object)->name);
  G_OBJECT_CLASS (fl_port_row_parent_class)->finalize (object);
}

static void
fl_port_row_class_init (FlPortRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_port_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-port-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FlPortRow, check);
  gtk_widget_class_bind_template_child (widget_class, FlPortRow, icon);
}

static void
fl_port_row_init (FlPortRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fl_port_row_new:
 * @name: what fl_transport_open() takes
 * @title: what a person calls it
 * @subtitle: (nullable): what more is known
 * @icon: name of an icon
 * @group: a radio button of the same group
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
fl_port_row_new (const char *name, const char *title, const char *subtitle, const char *icon, GtkCheckButton *group)
{
  FlPortRow *self = g_object_new (FL_TYPE_PORT_ROW, "title", title, "subtitle", subtitle != NULL ? subtitle : "", NULL);

  self->name = g_strdup (name);
  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_check_button_set_group (self->check, group);
  fl_ui_set_label (self->check, title);
  return GTK_WIDGET (self);
}
