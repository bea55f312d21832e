/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-case-dialog"

#include "fl-case-dialog.h"

#include <glib/gi18n.h>

#include "fl-console-list.h"
#include "fl-diagnosis-view.h"
#include "fl-ui.h"

struct _FlCaseDialog
{
  AdwWindow parent_instance;

  GtkLabel *head;
  GtkLabel *summary;
  FlDiagnosisView *causes;
  AdwBin *line;
  GtkStackPage *line_page;
  GtkStackPage *text_page;
  GtkTextView *text;
};

G_DEFINE_FINAL_TYPE (FlCaseDialog, fl_case_dialog, ADW_TYPE_WINDOW)

/* One opening, from the question to its end. */
typedef struct
{
  GtkWindow *parent; /* weak */
  AdwToastOverlay *toasts;
  GtkFileChooserNative *chooser; /* nullable */
} Opening;

static void
opening_free (Opening *opening)
{
  g_clear_weak_pointer (&opening->parent);
  g_clear_object (&opening->chooser);
  g_object_unref (opening->toasts);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static Opening *
opening_new (GtkWindow *parent, AdwToastOverlay *toasts)
{
  Opening *opening = g_new0 (Opening, 1);

  g_set_weak_pointer (&opening->parent, parent);
  opening->toasts = g_object_ref (toasts);
  return opening;
}

static void
fl_case_dialog_class_init (FlCaseDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (FL_TYPE_DIAGNOSIS_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-case-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FlCaseDialog, head);
  gtk_widget_class_bind_template_child (widget_class, FlCaseDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, FlCaseDialog, causes);
  gtk_widget_class_bind_template_child (widget_class, FlCaseDialog, line);
  gtk_widget_class_bind_template_child (widget_class, FlCaseDialog, line_page);
  gtk_widget_class_bind_template_child (widget_class, FlCaseDialog, text_page);
  gtk_widget_class_bind_template_child (widget_class, FlCaseDialog, text);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fl_case_dialog_init (FlCaseDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The list shows what passes while it looks: so the recording is played to it. */
static void
fl_case_dialog_play (FlCaseDialog *self, FlTrace *trace)
{
  g_autoptr (FlConsoleLog) log = fl_console_log_new ();
  g_autoptr (FlTrace) played = fl_trace_new (0);
  g_autoptr (GPtrArray) records = fl_trace_copy (trace, 0, G_MAXUINT64);

  fl_console_log_follow (log, played);
  for (guint i = 0; i < records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (records, i);
      gsize length;
      const guint8 *data;

      if (record->bytes == NULL)
        {
          fl_trace_add_text (played, record->kind, record->time, record->text);
          continue;
        }
      data = g_bytes_get_data (record->bytes, &length);
      fl_trace_add_bytes (played, record->kind, record->time, data, length, record->errors);
    }
  fl_console_log_update (log);
  adw_bin_set_child (self->line, fl_console_list_new (log));
}

/* There is no board here: what acts on one has no place. */
static void
hide_buttons (GtkWidget *widget)
{
  const char *action = GTK_IS_ACTIONABLE (widget) ? gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)) : NULL;

  if (action != NULL && g_str_has_prefix (action, "win."))
    gtk_widget_set_visible (widget, FALSE);
  if (GTK_IS_EXPANDER (widget) && gtk_expander_get_child (GTK_EXPANDER (widget)) != NULL) /* also a folded one */
    hide_buttons (gtk_expander_get_child (GTK_EXPANDER (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    hide_buttons (child);
}

/**
 * fl_case_dialog_new:
 * @parent: the window above which it is shown
 * @found: what was sent
 *
 * Returns: (transfer none): a dialog, not yet shown; the toolkit owns it
 */
GtkWidget *
fl_case_dialog_new (GtkWindow *parent, const FlCase *found)
{
  FlCaseDialog *self = g_object_new (FL_TYPE_CASE_DIALOG, "transient-for", parent, NULL);
  g_autofree char *head = fl_case_dup_head (found);
  gboolean explained = found->diagnosis->causes->len > 0;

  gtk_label_set_text (self->head, head);
  gtk_label_set_text (self->summary, explained ? found->diagnosis->summary : _ ("Nothing in it points to a cause."));
  fl_diagnosis_view_set (self->causes, explained ? found->diagnosis : NULL, TRUE);
  hide_buttons (GTK_WIDGET (self->causes));
  gtk_stack_page_set_visible (self->line_page, found->exchanges->len > 0);
  gtk_stack_page_set_visible (self->text_page, found->text != NULL);
  if (found->exchanges->len > 0)
    fl_case_dialog_play (self, found->trace);
  if (found->text != NULL)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), found->text, -1);
  return GTK_WIDGET (self);
}

gboolean
fl_case_dialog_is_report (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  return lower != NULL && g_str_has_suffix (lower, ".flreport");
}

/* Large traces take a moment. */
static void
load_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_path (source_object);
  FlCase *found;

  if (path == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                               _ ("Only files on this computer can be opened"));
      return;
    }
  found = fl_case_load (path, &error);
  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify) fl_case_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlCase) found = g_task_propagate_pointer (G_TASK (result), &error);

  if (opening->parent == NULL)
    return;
  if (found == NULL)
    {
      g_autofree char *text = g_strdup_printf (_ ("Not opened: %s"), error->message);
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      adw_toast_overlay_add_toast (opening->toasts, adw_toast_new (escaped));
      return;
    }
  gtk_window_present (GTK_WINDOW (fl_case_dialog_new (opening->parent, found)));
}

/**
 * fl_case_dialog_open:
 * @parent: the window above which it is shown
 * @toasts: where to say that it cannot be read
 * @file: a report, a trace, or a hex log of another program
 *
 * Shows what is in a file.
 */
void
fl_case_dialog_open (GtkWindow *parent, AdwToastOverlay *toasts, GFile *file)
{
  g_autoptr (GTask) task = g_task_new (file, NULL, loaded_cb, opening_new (parent, toasts));

  g_task_set_source_tag (task, fl_case_dialog_open);
  g_task_run_in_thread (task, load_thread);
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GFile) file = NULL;

  if (response != GTK_RESPONSE_ACCEPT || opening->parent == NULL)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  fl_case_dialog_open (opening->parent, opening->toasts, file);
}

/**
 * fl_case_dialog_ask:
 * @parent: the window above which it is shown
 * @toasts: where to say that it cannot be read
 *
 * Asks for a file, and shows what is in it.
 */
void
fl_case_dialog_ask (GtkWindow *parent, AdwToastOverlay *toasts)
{
  Opening *opening = opening_new (parent, toasts);
  g_autoptr (GtkFileFilter) reports = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  opening->chooser = gtk_file_chooser_native_new (_ ("Open a report, a trace or a log"), parent,
                                                  GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));
  gtk_file_filter_set_name (reports, _ ("Reports (.flreport)"));
  gtk_file_filter_add_suffix (reports, "flreport");
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (opening->chooser), all);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (opening->chooser), reports);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (opening->chooser), TRUE);
  g_signal_connect (opening->chooser, "response", G_CALLBACK (response_cb), opening);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (opening->chooser));
}
