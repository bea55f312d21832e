/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-console-list"

#include "fl-console-list.h"

#include <glib/gi18n.h>

#include "fl-console-row.h"
#include "fl-ui.h"

struct _FlConsoleList
{
  GtkWidget parent_instance;

  GListModel *log;
  GtkScrolledWindow *scrolled;
  GtkListView *view;
  gboolean follow; /* new rows are scrolled to */
  gboolean grown;  /* there are new ones, not yet scrolled to */
  guint scroll_source;
};

G_DEFINE_FINAL_TYPE (FlConsoleList, fl_console_list, GTK_TYPE_WIDGET)

static void
setup_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, fl_console_row_new ());
}

static void
bind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  fl_console_row_set (FL_CONSOLE_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  fl_console_row_set (FL_CONSOLE_ROW (gtk_list_item_get_child (item)), NULL);
}

static gboolean
scroll_to_end_cb (gpointer user_data)
{
  FlConsoleList *self = user_data;
  guint n_rows = g_list_model_get_n_items (self->log);

  self->scroll_source = 0;
  self->grown = FALSE;
  if (n_rows > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", n_rows - 1);
  return G_SOURCE_REMOVE;
}

static void
items_changed_cb (FlConsoleList *self, guint position, guint removed, guint added, GListModel *log)
{
  self->grown |= added > 0;
}

/* The list has given its new rows a place; before that there is nothing to scroll to. */
static void
range_changed_cb (FlConsoleList *self, GtkAdjustment *adjustment)
{
  if (self->follow && self->grown && self->scroll_source == 0)
    self->scroll_source = g_idle_add (scroll_to_end_cb, self);
}

/* Somebody who scrolls up wants to read in peace; at the end again, it is followed again. */
static void
scrolled_cb (FlConsoleList *self, GtkAdjustment *adjustment)
{
  double end = gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment);

  if (!self->grown && self->scroll_source == 0)
    self->follow = end >= gtk_adjustment_get_upper (adjustment) - 1;
}

static void
fl_console_list_dispose (GObject *object)
{
  FlConsoleList *self = FL_CONSOLE_LIST (object);
  GtkWidget *child;

  g_clear_handle_id (&self->scroll_source, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->log);
  G_OBJECT_CLASS (fl_console_list_parent_class)->dispose (object);
}

static void
fl_console_list_class_init (FlConsoleListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_console_list_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
fl_console_list_init (FlConsoleList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *view = gtk_list_view_new (NULL, factory); /* takes the factory */
  GtkAdjustment *adjustment;

  self->follow = TRUE;
  g_signal_connect (factory, "setup", G_CALLBACK (setup_row_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row_cb), NULL);
  self->view = GTK_LIST_VIEW (view);
  gtk_list_view_set_show_separators (self->view, TRUE);
  fl_ui_set_label (view, _ ("Exchanges"));

  self->scrolled = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (self->scrolled, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (self->scrolled, 96);
  gtk_scrolled_window_set_child (self->scrolled, view);
  gtk_widget_set_parent (GTK_WIDGET (self->scrolled), GTK_WIDGET (self));
  adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (range_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fl_console_list_new:
 * @log: what to show
 *
 * Returns: (transfer floating): a list
 */
GtkWidget *
fl_console_list_new (FlConsoleLog *log)
{
  FlConsoleList *self;
  g_autoptr (GtkSelectionModel) selection = NULL;

  g_return_val_if_fail (FL_IS_CONSOLE_LOG (log), NULL);

  self = g_object_new (FL_TYPE_CONSOLE_LIST, NULL);
  self->log = G_LIST_MODEL (g_object_ref (log));
  g_signal_connect_object (log, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (log))));
  gtk_list_view_set_model (self->view, selection);
  return GTK_WIDGET (self);
}
