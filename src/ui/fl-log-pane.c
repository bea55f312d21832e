/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-log-pane"

#include "config.h"

#include "fl-log-pane.h"

#include <glib/gi18n.h>

#include "fl-file.h"
#include "fl-log-row.h"
#include "fl-ui.h"

#define MAX_ENTRIES (G_MAXUINT / 2) /* no limit, and its sum with an offset does not overflow */

struct _FlLogPane
{
  GtkWidget parent_instance;

  GListStore *logs;        /* GListModel of FlLogEntry, one a job */
  GListModel *entries;     /* all of them, one after the other */
  GtkTreeListModel *lines; /* the same, each with its detail below it */
  GtkMultiSelection *selection;
  gboolean follow;   /* new lines are scrolled to */
  gboolean grown;    /* there are new lines at the end, not yet scrolled to */
  double last_value; /* of the scroll bar, and what its range was then */
  double last_upper;
  guint scroll_source;
  GtkFileChooserNative *chooser; /* while it is open */

  /* template */
  GtkLabel *status;
  GtkScrolledWindow *scrolled;
  GtkListView *view;
};

G_DEFINE_FINAL_TYPE (FlLogPane, fl_log_pane, GTK_TYPE_WIDGET)

static GListModel *
create_detail (gpointer item, gpointer user_data)
{
  const char *detail = FL_IS_LOG_ENTRY (item) ? fl_log_entry_get_detail (item) : NULL;
  GListStore *store;
  g_autoptr (GtkStringObject) line = NULL;

  if (detail == NULL || *detail == '\0')
    return NULL;

  store = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  line = gtk_string_object_new (detail);
  g_list_store_append (store, line);
  return G_LIST_MODEL (store);
}

static void
setup_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, fl_log_row_new ());
}

static void
bind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  fl_log_row_set (FL_LOG_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  fl_log_row_set (FL_LOG_ROW (gtk_list_item_get_child (item)), NULL);
}

/* A click, or Return, unfolds a line. */
static void
activate_cb (FlLogPane *self, guint position, GtkListView *view)
{
  g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->lines, position);

  if (row != NULL && gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

static gboolean
scroll_to_end_cb (gpointer user_data)
{
  FlLogPane *self = user_data;
  guint n_lines = g_list_model_get_n_items (G_LIST_MODEL (self->lines));

  self->scroll_source = 0;
  self->grown = FALSE;
  if (n_lines > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", n_lines - 1);
  return G_SOURCE_REMOVE;
}

static void
lines_changed_cb (FlLogPane *self, guint position, guint removed, guint added, GListModel *lines)
{
  guint n_lines = g_list_model_get_n_items (lines);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy-all", n_lines > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.save", n_lines > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.clear", n_lines > 0);
  if (added > 0 && position + added == n_lines)
    self->grown = TRUE;
}

/* The list has given its new lines a place; before that there is nothing to scroll to. However many there are, it is
 * scrolled once. */
static void
range_changed_cb (FlLogPane *self, GtkAdjustment *adjustment)
{
  if (self->follow && self->grown && self->scroll_source == 0)
    self->scroll_source = g_idle_add (scroll_to_end_cb, self);
}

/* Somebody who scrolls up wants to read in peace; at the end again, the log is followed again. The list moves the
 * value too when its length changes: that is not the user's doing. */
static void
scrolled_cb (FlLogPane *self, GtkAdjustment *adjustment)
{
  double value = gtk_adjustment_get_value (adjustment);
  double upper = gtk_adjustment_get_upper (adjustment);

  if (value + gtk_adjustment_get_page_size (adjustment) >= upper - 1)
    self->follow = TRUE;
  else if (value < self->last_value && upper >= self->last_upper && self->scroll_source == 0)
    self->follow = FALSE;
  self->last_value = value;
  self->last_upper = upper;
}

static void
append_entry (GString *text, FlLogEntry *entry, gboolean with_detail)
{
  g_autofree char *line = fl_log_entry_to_string (entry);
  const char *detail = fl_log_entry_get_detail (entry);

  g_string_append_printf (text, "%s\n", line);
  if (with_detail && detail != NULL)
    {
      g_auto (GStrv) lines = g_strsplit (detail, "\n", -1);

      for (guint i = 0; lines[i] != NULL; i++)
        if (*lines[i] != '\0')
          g_string_append_printf (text, "    %s\n", lines[i]);
    }
}

/**
 * fl_log_pane_to_text:
 * @with_detail: with the bytes and their meaning, also of lines that are not unfolded
 *
 * Returns: (transfer full): the whole log, a line each
 */
char *
fl_log_pane_to_text (FlLogPane *self, gboolean with_detail)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (FL_IS_LOG_PANE (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (self->entries); i++)
    {
      g_autoptr (FlLogEntry) entry = g_list_model_get_item (self->entries, i);

      append_entry (text, entry, with_detail);
    }
  return g_string_free (text, FALSE);
}

/* The selected lines; of a line and its unfolded detail, both. */
static char *
fl_log_pane_dup_selected (FlLogPane *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->lines)); i++)
    {
      g_autoptr (GtkTreeListRow) row = NULL;
      g_autoptr (GObject) item = NULL;

      if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), i))
        continue;
      row = gtk_tree_list_model_get_row (self->lines, i);
      item = gtk_tree_list_row_get_item (row);
      if (FL_IS_LOG_ENTRY (item))
        append_entry (text, FL_LOG_ENTRY (item), FALSE);
      else
        g_string_append_printf (text, "%s\n", gtk_string_object_get_string (GTK_STRING_OBJECT (item)));
    }
  return g_string_free (text, FALSE);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlLogPane *self = FL_LOG_PANE (widget);
  g_autofree char *text =
      g_str_equal (name, "log.copy-all") ? fl_log_pane_to_text (self, TRUE) : fl_log_pane_dup_selected (self);

  if (text == NULL || *text == '\0')
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  gtk_label_set_text (self->status, _ ("Copied"));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlLogPane) self = user_data;
  g_autofree char *name = g_file_get_parse_name (G_FILE (source));
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;

  if (fl_file_save_finish (G_FILE (source), result, &error))
    message = g_strdup_printf (_ ("Saved as %s"), name);
  else
    message = g_strdup (error->message);
  if (self->status != NULL)
    gtk_label_set_text (self->status, message);
}

static void
save_response_cb (FlLogPane *self, int response, GtkNativeDialog *dialog)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *text = fl_log_pane_to_text (self, TRUE);
      gsize length = text != NULL ? strlen (text) : 0;
      g_autoptr (GBytes) contents = g_bytes_new_take (g_steal_pointer (&text), length);

      fl_file_save_async (file, contents, NULL, saved_cb, g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_clear_object (&self->chooser);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlLogPane *self = FL_LOG_PANE (widget);

  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (_ ("Save the log"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), "flashloader-log.txt");
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (save_response_cb), self, G_CONNECT_SWAPPED);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  fl_log_pane_clear (FL_LOG_PANE (widget));
}

/**
 * fl_log_pane_add_log:
 * @entries: of #FlLogEntry; only grows
 *
 * Shows a job's log below those that are there, and what it still gets while it runs.
 */
void
fl_log_pane_add_log (FlLogPane *self, GListModel *entries)
{
  g_return_if_fail (FL_IS_LOG_PANE (self));
  g_return_if_fail (G_IS_LIST_MODEL (entries));

  gtk_label_set_text (self->status, "");
  self->follow = TRUE; /* a new job: what it says is what matters */
  g_list_store_append (self->logs, entries);
}

/**
 * fl_log_pane_clear:
 *
 * Forgets all lines. What a running job still has to say will be shown.
 */
void
fl_log_pane_clear (FlLogPane *self)
{
  guint n_logs;

  g_return_if_fail (FL_IS_LOG_PANE (self));

  gtk_label_set_text (self->status, "");
  n_logs = g_list_model_get_n_items (G_LIST_MODEL (self->logs));
  if (n_logs > 0)
    {
      /* Only the last one can still grow: it goes on behind what it has now. */
      g_autoptr (GListModel) last = g_list_model_get_item (G_LIST_MODEL (self->logs), n_logs - 1);
      guint n_shown = g_list_model_get_n_items (last);
      g_autoptr (GtkSliceListModel) rest = NULL;

      if (GTK_IS_SLICE_LIST_MODEL (last))
        {
          rest = GTK_SLICE_LIST_MODEL (g_steal_pointer (&last));
          gtk_slice_list_model_set_offset (rest, gtk_slice_list_model_get_offset (rest) + n_shown);
        }
      else
        rest = gtk_slice_list_model_new (g_steal_pointer (&last), n_shown, MAX_ENTRIES);
      g_list_store_splice (self->logs, 0, n_logs, (gpointer[]){ rest }, 1);
    }
}

static void
fl_log_pane_dispose (GObject *object)
{
  FlLogPane *self = FL_LOG_PANE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->scroll_source, g_source_remove);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  gtk_widget_dispose_template (GTK_WIDGET (object), FL_TYPE_LOG_PANE);
  G_OBJECT_CLASS (fl_log_pane_parent_class)->dispose (object);
}

static void
fl_log_pane_finalize (GObject *object)
{
  FlLogPane *self = FL_LOG_PANE (object);

  g_object_unref (self->selection);
  g_object_unref (self->lines);
  g_object_unref (self->entries);
  g_object_unref (self->logs);
  G_OBJECT_CLASS (fl_log_pane_parent_class)->finalize (object);
}

static void
fl_log_pane_class_init (FlLogPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_log_pane_dispose;
  object_class->finalize = fl_log_pane_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-log-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, FlLogPane, status);
  gtk_widget_class_bind_template_child (widget_class, FlLogPane, scrolled);
  gtk_widget_class_bind_template_child (widget_class, FlLogPane, view);
  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "log.copy-all", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "log.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "log.clear", NULL, clear_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "log.copy", NULL);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fl_log_pane_init (FlLogPane *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->follow = TRUE;
  self->logs = g_list_store_new (G_TYPE_LIST_MODEL);
  self->entries = G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (self->logs))));
  self->lines = gtk_tree_list_model_new (g_object_ref (self->entries), FALSE, FALSE, create_detail, NULL, NULL);
  self->selection = gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->lines)));
  g_signal_connect_object (self->lines, "items-changed", G_CALLBACK (lines_changed_cb), self, G_CONNECT_SWAPPED);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row_cb), NULL);
  gtk_list_view_set_factory (self->view, factory);
  g_object_unref (factory);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->view, "activate", G_CALLBACK (activate_cb), self, G_CONNECT_SWAPPED);
  adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (range_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
  lines_changed_cb (self, 0, 0, 0, G_LIST_MODEL (self->lines));
}

/**
 * fl_log_pane_new:
 *
 * Returns: (transfer floating): an empty log
 */
GtkWidget *
fl_log_pane_new (void)
{
  return g_object_new (FL_TYPE_LOG_PANE, NULL);
}
