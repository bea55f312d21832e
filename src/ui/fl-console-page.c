/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-console-page"

#include "fl-console-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-console-command-bar.h"
#include "fl-console-entry-bar.h"
#include "fl-console-job.h"
#include "fl-console-line-bar.h"
#include "fl-console-list.h"
#include "fl-explanation-card.h"
#include "fl-ui.h"

struct _FlConsolePage
{
  GtkWidget parent_instance;

  FlJobRunner *runner;
  FlSession *session;        /* nullable: the window's, used where it is connected */
  FlConnectOptions *options; /* nullable: no port is chosen */
  FlConsoleLog *log;
  FlConsoleJob *job; /* while the port is open */
  gboolean own_line; /* rate and parity were chosen here */
  GBytes *asked;     /* what the user is asked about; or the command below */
  const FlConsoleCommand *asked_command;
  guint32 asked_address;
  GtkFileChooserNative *chooser; /* while it is open */

  /* template */
  GtkLabel *port;
  FlConsoleLineBar *line;
  GtkButton *open;
  GtkLabel *note;
  GtkStack *stack;
  AdwStatusPage *closed;
  AdwBin *list;
  FlExplanationCard *explanation;
  FlConsoleCommandBar *commands;
  FlConsoleEntryBar *entry;
};

G_DEFINE_FINAL_TYPE (FlConsolePage, fl_console_page, GTK_TYPE_WIDGET)

/* Everything on the page follows from the running job, the chosen port, and what passed. */
static void
fl_console_page_update (FlConsolePage *self)
{
  FlConsoleState state = { 0 };
  gboolean busy, empty;

  if (self->runner == NULL) /* closed meanwhile */
    return;
  if (self->job != NULL)
    fl_console_job_get_state (self->job, &state);
  busy = fl_job_runner_is_busy (self->runner);
  empty = g_list_model_get_n_items (G_LIST_MODEL (self->log)) == 0;
  fl_console_line_bar_show (self->line, state.is_open ? &state : NULL);
  fl_console_command_bar_set_open (self->commands, state.is_open);
  fl_console_entry_bar_set_open (self->entry, state.is_open);

  gtk_button_set_label (self->open, self->job != NULL ? _ ("_Close port") : _ ("_Open port"));
  fl_ui_set_label (self->open, self->job != NULL ? _ ("Close port") : _ ("Open port"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->open), self->job != NULL || (self->options != NULL && !busy));
  if (self->job != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->open), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->open), "suggested-action");

  if (gtk_widget_get_visible (GTK_WIDGET (self->explanation)))
    gtk_stack_set_visible_child_name (self->stack, "failed");
  else if (!empty)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else
    gtk_stack_set_visible_child_name (self->stack, self->options != NULL ? "closed" : "no-port");
  adw_status_page_set_title (self->closed, state.is_open ? _ ("The port is open") : _ ("The port is closed"));
  if (state.is_open)
    adw_status_page_set_description (
        self->closed, _ ("Nothing has passed yet. After a reset with BOOT0 high, “Sync 7F” is answered by 79."));
  else if (busy && self->job == NULL)
    adw_status_page_set_description (self->closed, _ ("The board is being worked on."));
  else
    adw_status_page_set_description (
        self->closed, _ ("Open it, then send bytes by hand and see what comes back, with its meaning beside it."));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "console-page.copy", !empty);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "console-page.clear", !empty);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "console-page.save", fl_console_log_get_trace (self->log) != NULL);
}

static void
changed_cb (FlConsolePage *self)
{
  fl_console_log_update (self->log);
  fl_console_page_update (self);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlConsolePage) self = user_data; /* the reference taken at the start */
  g_autoptr (FlJob) job = FL_JOB (g_steal_pointer (&self->job));
  g_autoptr (GError) error = NULL;
  gboolean ok = fl_job_run_finish (job, result, &error);

  if (self->runner == NULL)
    return;
  g_signal_handlers_disconnect_by_data (job, self);
  fl_console_log_update (self->log);
  if (!ok && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fl_explanation_card_set (self->explanation, fl_job_get_explanation (job), fl_job_get_board_state (job));
  fl_console_page_update (self);
}

static FlSession *
fl_console_page_dup_session (FlConsolePage *self)
{
  g_autoptr (FlConnectOptions) options = NULL;

  if (self->session != NULL && fl_session_is_connected (self->session))
    return g_object_ref (self->session);
  options = fl_connect_options_copy (self->options);
  fl_console_line_bar_get_settings (self->line, &options->baud, &options->parity);
  return fl_session_new (options);
}

static void
fl_console_page_open (FlConsolePage *self)
{
  g_autoptr (FlSession) session = NULL;

  if (self->options == NULL || self->job != NULL || fl_job_runner_is_busy (self->runner))
    return;
  session = fl_console_page_dup_session (self);
  fl_explanation_card_set (self->explanation, NULL, NULL);
  fl_console_log_follow (self->log, fl_session_get_trace (session));
  self->job = FL_CONSOLE_JOB (fl_console_job_new (session));
  g_signal_connect_object (self->job, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  fl_job_runner_run (self->runner, FL_JOB (self->job), done_cb, g_object_ref (self));
  fl_console_page_update (self);
  fl_console_entry_bar_focus (self->entry);
}

static void
open_cb (FlConsolePage *self)
{
  if (self->job != NULL)
    fl_job_runner_cancel (self->runner); /* that is how a console ends */
  else
    fl_console_page_open (self);
}

static void
asked_cb (FlConsolePage *self, const char *response)
{
  g_autoptr (GBytes) bytes = g_steal_pointer (&self->asked);
  const FlConsoleCommand *command = g_steal_pointer (&self->asked_command);

  if (!g_str_equal (response, "send") || self->job == NULL)
    return;
  if (bytes != NULL)
    fl_console_job_send (self->job, bytes);
  else if (command != NULL)
    fl_console_job_send_command (self->job, command, self->asked_address);
}

/* Names what is lost, and sends only when the user agrees. */
static void
fl_console_page_ask (FlConsolePage *self, const FlConsoleCommand *command, guint32 address, GBytes *bytes)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, NULL);
  g_autofree char *heading = g_strdup_printf (_ ("Send %s?"), _ (command->title));

  self->asked = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  self->asked_command = command;
  self->asked_address = address;
  gtk_window_set_title (GTK_WINDOW (dialog), heading);
  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (dialog), heading);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), _ (command->loss));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "send", _ ("_Send"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "send", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (asked_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
command_cb (FlConsolePage *self, gpointer data, guint address)
{
  const FlConsoleCommand *command = data;

  if (self->job == NULL)
    return;
  if (command->loss != NULL)
    fl_console_page_ask (self, command, address, NULL);
  else
    fl_console_job_send_command (self->job, command, address);
}

static void
send_cb (FlConsolePage *self, GBytes *bytes)
{
  const FlConsoleCommand *command = fl_console_command_of (bytes);

  if (self->job == NULL)
    return;
  if (command != NULL && command->loss != NULL)
    fl_console_page_ask (self, command, 0, bytes);
  else
    fl_console_job_send (self->job, bytes);
}

static void
settings_cb (FlConsolePage *self)
{
  FlConsoleState state;

  self->own_line = TRUE;
  if (self->job == NULL)
    return;
  fl_console_job_get_state (self->job, &state);
  fl_console_line_bar_get_settings (self->line, &state.settings.baud, &state.settings.parity);
  fl_console_job_set_settings (self->job, &state.settings);
}

static void
lines_cb (FlConsolePage *self, guint mask, guint lines)
{
  if (self->job != NULL)
    fl_console_job_set_lines (self->job, mask, lines);
}

/* What came of a button, in a line of its own. */
static void
fl_console_page_say (FlConsolePage *self, const char *text)
{
  gtk_label_set_text (self->note, text);
  gtk_widget_set_visible (GTK_WIDGET (self->note), *text != '\0');
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlConsolePage *self = FL_CONSOLE_PAGE (widget);
  g_autofree char *text = fl_console_log_to_text (self->log);

  fl_ui_copy (widget, text);
  fl_console_page_say (self, _ ("Copied"));
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlConsolePage *self = FL_CONSOLE_PAGE (widget);

  fl_console_log_clear (self->log);
  fl_console_page_say (self, "");
  fl_console_page_update (self);
}

static void
save_response_cb (FlConsolePage *self, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;

  gtk_native_dialog_destroy (dialog);
  g_clear_object (&self->chooser);
  if (response != GTK_RESPONSE_ACCEPT || path == NULL)
    return;
  message = fl_trace_save (fl_console_log_get_trace (self->log), path, &error)
                ? g_strdup_printf (_ ("Saved as %s"), path)
                : g_strdup (error->message);
  fl_console_page_say (self, message);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlConsolePage *self = FL_CONSOLE_PAGE (widget);

  if (self->chooser == NULL)
    {
      self->chooser = gtk_file_chooser_native_new (_ ("Save the trace"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
      gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), "console.trace");
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (save_response_cb), self, G_CONNECT_SWAPPED);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/**
 * fl_console_page_set_target:
 * @session: (nullable): used where it is connected: then the board needs no new synchronisation
 * @options: (nullable): of the port that is opened otherwise
 * @title: (nullable): what a person calls that port
 */
void
fl_console_page_set_target (FlConsolePage *self, FlSession *session, const FlConnectOptions *options, const char *title)
{
  g_return_if_fail (FL_IS_CONSOLE_PAGE (self));

  g_set_object (&self->session, session);
  g_clear_pointer (&self->options, fl_connect_options_free);
  if (options != NULL)
    self->options = fl_connect_options_copy (options);
  if (self->job == NULL)
    gtk_label_set_text (self->port, title != NULL ? title : _ ("No port is chosen"));
  if (options != NULL && !self->own_line && self->job == NULL)
    fl_console_line_bar_set_settings (self->line, options->baud > 0 ? options->baud : fl_line_settings_default.baud,
                                      options->parity);
  fl_console_page_update (self);
}

/**
 * fl_console_page_activate:
 *
 * Opens the port; where it is open, sends what is typed.
 */
void
fl_console_page_activate (FlConsolePage *self)
{
  g_return_if_fail (FL_IS_CONSOLE_PAGE (self));

  if (self->job == NULL)
    fl_console_page_open (self);
  else
    fl_console_entry_bar_activate (self->entry);
}

/* Another view is shown: what is done there needs the port. */
static void
fl_console_page_unmap (GtkWidget *widget)
{
  FlConsolePage *self = FL_CONSOLE_PAGE (widget);

  if (self->job != NULL && self->runner != NULL)
    fl_job_runner_cancel (self->runner);
  GTK_WIDGET_CLASS (fl_console_page_parent_class)->unmap (widget);
}

static void
fl_console_page_dispose (GObject *object)
{
  FlConsolePage *self = FL_CONSOLE_PAGE (object);
  GtkWidget *child;

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->asked, g_bytes_unref);
  g_clear_pointer (&self->options, fl_connect_options_free);
  g_clear_object (&self->session);
  g_clear_object (&self->runner);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fl_console_page_parent_class)->dispose (object);
}

static void
fl_console_page_finalize (GObject *object)
{
  g_clear_object (&FL_CONSOLE_PAGE (object)->log);
  G_OBJECT_CLASS (fl_console_page_parent_class)->finalize (object);
}

static void
fl_console_page_class_init (FlConsolePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fl_console_page_dispose;
  object_class->finalize = fl_console_page_finalize;
  widget_class->unmap = fl_console_page_unmap;

  g_type_ensure (FL_TYPE_CONSOLE_COMMAND_BAR);
  g_type_ensure (FL_TYPE_CONSOLE_ENTRY_BAR);
  g_type_ensure (FL_TYPE_CONSOLE_LINE_BAR);
  g_type_ensure (FL_TYPE_EXPLANATION_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-console-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, port);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, line);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, open);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, note);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, stack);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, closed);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, list);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, explanation);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, commands);
  gtk_widget_class_bind_template_child (widget_class, FlConsolePage, entry);
  gtk_widget_class_install_action (widget_class, "console-page.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "console-page.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "console-page.clear", NULL, clear_action);
}

static void
fl_console_page_init (FlConsolePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->log = fl_console_log_new ();
  adw_bin_set_child (self->list, fl_console_list_new (self->log));
  g_signal_connect_object (self->open, "clicked", G_CALLBACK (open_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->line, "settings-changed", G_CALLBACK (settings_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->line, "lines-changed", G_CALLBACK (lines_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->commands, "command", G_CALLBACK (command_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "send", G_CALLBACK (send_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fl_console_page_new:
 * @runner: runs the page's job
 *
 * Returns: (transfer floating): a page without a port
 */
GtkWidget *
fl_console_page_new (FlJobRunner *runner)
{
  FlConsolePage *self;

  g_return_val_if_fail (FL_IS_JOB_RUNNER (runner), NULL);

  self = g_object_new (FL_TYPE_CONSOLE_PAGE, NULL);
  self->runner = g_object_ref (runner);
  g_signal_connect_object (runner, "notify::busy", G_CALLBACK (fl_console_page_update), self, G_CONNECT_SWAPPED);
  fl_console_page_update (self);
  return GTK_WIDGET (self);
}
