/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-log-row"

#include "config.h"

#include "fl-log-row.h"

#include "fl-ui.h"

struct _FlLogRow
{
  GtkWidget parent_instance;

  const char *style; /* the colour class in force; nullable */

  /* template */
  GtkTreeExpander *expander;
  GtkWidget *line;
  GtkLabel *time;
  GtkImage *icon;
  GtkLabel *status;
  GtkLabel *text;
  GtkLabel *detail;
};

/* How each status is shown: by text, sign and colour. */
static const struct
{
  const char *text;
  const char *icon;
  const char *style;
} looks[] = {
  [FL_LOG_INFO] = { "", NULL, NULL },
  [FL_LOG_OK] = { "[OK]", "object-select-symbolic", "success" },
  [FL_LOG_FAILED] = { "[KO]", "dialog-error-symbolic", "error" },
  [FL_LOG_WARNING] = { "[!]", "dialog-warning-symbolic", "warning" },
};

G_DEFINE_FINAL_TYPE (FlLogRow, fl_log_row, GTK_TYPE_WIDGET)

static void
fl_log_row_set_style (FlLogRow *self, const char *style)
{
  if (self->style != NULL)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
      gtk_widget_remove_css_class (GTK_WIDGET (self->status), self->style);
    }
  self->style = style;
  if (style != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
      gtk_widget_add_css_class (GTK_WIDGET (self->status), style);
    }
}

/* The list's own item around this widget is what a screen reader stops at; it has no name unless it is given one. */
static void
fl_log_row_set_name (FlLogRow *self, const char *name)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * fl_log_row_set:
 * @row: (nullable): holds a #FlLogEntry, or a #GtkStringObject with an entry's detail; %NULL: the widget is put away
 */
void
fl_log_row_set (FlLogRow *self, GtkTreeListRow *row)
{
  g_autoptr (GObject) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  g_return_if_fail (FL_IS_LOG_ROW (self));

  gtk_tree_expander_set_list_row (self->expander, row);
  gtk_widget_set_visible (self->line, FL_IS_LOG_ENTRY (item));
  gtk_widget_set_visible (GTK_WIDGET (self->detail), GTK_IS_STRING_OBJECT (item));
  if (FL_IS_LOG_ENTRY (item))
    {
      FlLogEntry *entry = FL_LOG_ENTRY (item);
      FlLogStatus status = fl_log_entry_get_status (entry);
      g_autofree char *name = fl_log_entry_to_string (entry);

      gtk_label_set_text (self->time, fl_log_entry_get_time_text (entry));
      gtk_image_set_from_icon_name (self->icon, looks[status].icon);
      gtk_label_set_text (self->status, looks[status].text);
      gtk_label_set_text (self->text, fl_log_entry_get_text (entry));
      fl_log_row_set_style (self, looks[status].style);
      fl_log_row_set_name (self, name);
    }
  else if (GTK_IS_STRING_OBJECT (item))
    {
      const char *detail = gtk_string_object_get_string (GTK_STRING_OBJECT (item));

      gtk_label_set_text (self->detail, detail);
      fl_log_row_set_name (self, detail);
    }
}

static void
fl_log_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_LOG_ROW);
  G_OBJECT_CLASS (fl_log_row_parent_class)->dispose (object);
}

static void
fl_log_row_class_init (FlLogRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_log_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-log-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FlLogRow, expander);
  gtk_widget_class_bind_template_child (widget_class, FlLogRow, line);
  gtk_widget_class_bind_template_child (widget_class, FlLogRow, time);
  gtk_widget_class_bind_template_child (widget_class, FlLogRow, icon);
  gtk_widget_class_bind_template_child (widget_class, FlLogRow, status);
  gtk_widget_class_bind_template_child (widget_class, FlLogRow, text);
  gtk_widget_class_bind_template_child (widget_class, FlLogRow, detail);
}

static void
fl_log_row_init (FlLogRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
fl_log_row_new (void)
{
  return g_object_new (FL_TYPE_LOG_ROW, NULL);
}
