/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-console-row"

#include "fl-console-row.h"

#include <glib/gi18n.h>

#include "fl-ui.h"

#define BYTES_CHARS     26 /* of a line: eight bytes and their direction */
#define MAX_BYTES_CHARS 50 /* sixteen */

struct _FlConsoleRow
{
  GtkWidget parent_instance;

  GtkLabel *time;
  GtkImage *icon;
  GtkLabel *title;
  GtkGrid *lines;
  GtkExpander *more;
  GtkLabel *dump;
};

static const struct
{
  const char *icon;
  const char *style;
} looks[] = {
  [FL_EXCHANGE_OK] = { "object-select-symbolic", "success" },
  [FL_EXCHANGE_REFUSED] = { "action-unavailable-symbolic", "error" },
  [FL_EXCHANGE_SILENT] = { "dialog-question-symbolic", "warning" },
  [FL_EXCHANGE_ODD] = { "dialog-warning-symbolic", "warning" },
  [FL_EXCHANGE_OTHER] = { NULL, NULL },
};

G_DEFINE_FINAL_TYPE (FlConsoleRow, fl_console_row, GTK_TYPE_WIDGET)

static void
fl_console_row_add_line (FlConsoleRow *self, const FlConsoleLine *line, int row)
{
  GtkWidget *meaning = fl_ui_make_label (line->meaning, NULL);

  gtk_widget_set_hexpand (meaning, TRUE);
  if (line->bytes == NULL)
    {
      gtk_grid_attach (self->lines, meaning, 0, row, 2, 1);
    }
  else
    {
      g_autofree char *text = g_strdup_printf ("%c %s", line->mark, line->bytes);
      GtkWidget *bytes = fl_ui_make_label (text, "monospace");

      gtk_label_set_width_chars (GTK_LABEL (bytes), BYTES_CHARS);
      gtk_label_set_max_width_chars (GTK_LABEL (bytes), MAX_BYTES_CHARS);
      gtk_label_set_selectable (GTK_LABEL (bytes), TRUE);
      gtk_grid_attach (self->lines, bytes, 0, row, 1, 1);
      gtk_grid_attach (self->lines, meaning, 1, row, 1, 1);
    }
}

static void
fl_console_row_clear (FlConsoleRow *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->lines))) != NULL)
    gtk_grid_remove (self->lines, child);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (looks[i].style != NULL)
      gtk_widget_remove_css_class (GTK_WIDGET (self->icon), looks[i].style);
}

/* The list's own item around this widget is what a screen reader stops at. */
static void
fl_console_row_set_name (FlConsoleRow *self, FlConsoleEntry *entry)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *name = fl_console_entry_to_text (entry);

  if (item != NULL)
    fl_ui_set_label (item, g_strchomp (name));
}

/**
 * fl_console_row_set:
 * @entry: (nullable): what is shown; %NULL: the widget is put away
 */
void
fl_console_row_set (FlConsoleRow *self, FlConsoleEntry *entry)
{
  FlExchangeStatus status;
  GPtrArray *lines;
  const char *dump;

  g_return_if_fail (FL_IS_CONSOLE_ROW (self));

  fl_console_row_clear (self);
  if (entry == NULL)
    return;
  status = fl_console_entry_get_status (entry);
  lines = fl_console_entry_get_lines (entry);
  dump = fl_console_entry_get_dump (entry);
  gtk_label_set_text (self->time, fl_console_entry_get_time_text (entry));
  gtk_image_set_from_icon_name (self->icon, looks[status].icon);
  if (looks[status].style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), looks[status].style);
  gtk_label_set_text (self->title, fl_console_entry_get_title (entry));
  for (guint i = 0; i < lines->len; i++)
    fl_console_row_add_line (self, g_ptr_array_index (lines, i), (int) i);
  gtk_widget_set_visible (GTK_WIDGET (self->lines), lines->len > 0);
  gtk_label_set_text (self->dump, dump != NULL ? dump : "");
  gtk_expander_set_expanded (self->more, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->more), dump != NULL);
  fl_console_row_set_name (self, entry);
}

static void
fl_console_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_console_row_parent_class)->dispose (object);
}

static void
fl_console_row_class_init (FlConsoleRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_console_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
fl_console_row_init (FlConsoleRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  self->time = GTK_LABEL (fl_ui_make_label (NULL, "numeric"));
  gtk_widget_add_css_class (GTK_WIDGET (self->time), "dim-label");
  self->icon = GTK_IMAGE (g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  self->title = GTK_LABEL (fl_ui_make_label (NULL, "heading"));
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_box_append (GTK_BOX (heading), GTK_WIDGET (self->time));
  gtk_box_append (GTK_BOX (heading), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (heading), GTK_WIDGET (self->title));

  self->lines = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->lines, 12);
  gtk_grid_set_row_spacing (self->lines, 1);
  gtk_widget_set_margin_start (GTK_WIDGET (self->lines), 24);

  self->dump = GTK_LABEL (fl_ui_make_label (NULL, "monospace"));
  gtk_widget_add_css_class (GTK_WIDGET (self->dump), "caption");
  gtk_label_set_selectable (self->dump, TRUE);
  self->more = GTK_EXPANDER (gtk_expander_new (_ ("All bytes of the answer")));
  gtk_expander_set_child (self->more, GTK_WIDGET (self->dump));
  gtk_widget_set_margin_start (GTK_WIDGET (self->more), 24);

  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->lines));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->more));
  gtk_widget_add_css_class (box, "console-row");
  gtk_widget_set_parent (box, GTK_WIDGET (self));
}

GtkWidget *
fl_console_row_new (void)
{
  return g_object_new (FL_TYPE_CONSOLE_ROW, NULL);
}
