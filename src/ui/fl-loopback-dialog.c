/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-loopback-dialog"

#include "fl-loopback-dialog.h"

#include <glib/gi18n.h>

#include "fl-loopback-job.h"
#include "fl-result-card.h"
#include "fl-ui.h"

struct _FlLoopbackDialog
{
  FlJobDialog parent_instance;

  FlConnectOptions *options;

  /* template */
  GtkLabel *instruction;
  GtkLabel *port;
  GtkWidget *progress_box;
  GtkLabel *text;
  GtkProgressBar *bar;
  FlResultCard *result;
  GtkListBox *runs;
  GtkButton *start;
};

G_DEFINE_FINAL_TYPE (FlLoopbackDialog, fl_loopback_dialog, FL_TYPE_JOB_DIALOG)

static const char *const titles[] = {
  [FL_LOOPBACK_OK] = N_ ("The adapter is good"),
  [FL_LOOPBACK_LOST] = N_ ("The adapter loses bytes"),
  [FL_LOOPBACK_CHANGED] = N_ ("The adapter changes bytes"),
  [FL_LOOPBACK_NONE] = N_ ("The adapter stays silent"),
};

static void
fl_loopback_dialog_update (FlLoopbackDialog *self)
{
  FlJob *job = fl_job_dialog_get_job (FL_JOB_DIALOG (self));
  gboolean busy = fl_job_runner_is_busy (fl_job_dialog_get_runner (FL_JOB_DIALOG (self)));

  gtk_widget_set_visible (self->progress_box, job != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "loopback.start", !busy);
  if (job == NULL)
    return;
  gtk_label_set_text (self->text, fl_job_get_text (job) != NULL ? fl_job_get_text (job) : "");
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fl_job_get_fraction (job), 0, 1));
}

/* What came of one rate. */
static GtkWidget *
make_run (const FlLoopbackRun *run)
{
  gboolean ok = run->result == FL_LOOPBACK_OK;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (ok ? "object-select-symbolic" : "dialog-error-symbolic");
  g_autofree char *title = g_strdup_printf (_ ("%u baud, even parity"), run->baud);
  g_autofree char *errors = run->errors != 0 ? fl_line_errors_to_string (run->errors) : NULL;
  g_autofree char *bytes = g_strdup_printf (_ ("%u bytes sent, %u received, %u of them wrong"), run->n_sent,
                                            run->n_received, run->n_changed);
  g_autofree char *subtitle = errors != NULL ? g_strdup_printf ("%s; %s", bytes, errors) : g_strdup (bytes);

  gtk_widget_add_css_class (icon, ok ? "success" : "error");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  return row;
}

static void
fl_loopback_dialog_clear (FlLoopbackDialog *self)
{
  GtkWidget *row;

  fl_result_card_hide (self->result);
  gtk_widget_set_visible (GTK_WIDGET (self->runs), FALSE);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->runs))) != NULL)
    gtk_list_box_remove (self->runs, row);
}

static void
fl_loopback_dialog_ended (FlJobDialog *dialog, FlJob *job, const GError *error)
{
  FlLoopbackDialog *self = FL_LOOPBACK_DIALOG (dialog);
  guint n_runs = 0;
  const FlLoopbackRun *runs = fl_loopback_job_get_runs (FL_LOOPBACK_JOB (job), &n_runs);
  FlLoopbackResult result = fl_loopback_job_get_result (FL_LOOPBACK_JOB (job));
  g_autofree char *words = fl_loopback_job_dup_words (FL_LOOPBACK_JOB (job));

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fl_result_card_show (self->result, FL_RESULT_STOPPED, _ ("Cancelled"), NULL);
  else if (error != NULL)
    fl_result_card_show (self->result, FL_RESULT_FAILED, _ ("Not tested"), error->message);
  else
    fl_result_card_show (self->result, result == FL_LOOPBACK_OK ? FL_RESULT_OK : FL_RESULT_FAILED, _ (titles[result]),
                         words);
  for (guint i = 0; i < n_runs; i++)
    gtk_list_box_append (self->runs, make_run (&runs[i]));
  gtk_widget_set_visible (GTK_WIDGET (self->runs), n_runs > 0);
  gtk_button_set_label (self->start, _ ("_Test again"));
  fl_ui_set_label (self->start, _ ("Test again"));
  fl_loopback_dialog_update (self);
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlLoopbackDialog *self = FL_LOOPBACK_DIALOG (widget);
  g_autoptr (FlSession) session = NULL;
  FlJob *job;

  if (fl_job_runner_is_busy (fl_job_dialog_get_runner (FL_JOB_DIALOG (self))))
    return;
  session = fl_session_new (self->options);
  fl_loopback_dialog_clear (self);
  job = fl_loopback_job_new (session);
  g_signal_connect_object (job, "notify", G_CALLBACK (fl_loopback_dialog_update), self, G_CONNECT_SWAPPED);
  fl_job_dialog_run (FL_JOB_DIALOG (self), job);
  fl_loopback_dialog_update (self);
}

static void
fl_loopback_dialog_finalize (GObject *object)
{
  g_clear_pointer (&FL_LOOPBACK_DIALOG (object)->options, fl_connect_options_free);
  G_OBJECT_CLASS (fl_loopback_dialog_parent_class)->finalize (object);
}

static void
fl_loopback_dialog_class_init (FlLoopbackDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_loopback_dialog_finalize;
  FL_JOB_DIALOG_CLASS (klass)->ended = fl_loopback_dialog_ended;

  g_type_ensure (FL_TYPE_RESULT_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-loopback-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FlLoopbackDialog, instruction);
  gtk_widget_class_bind_template_child (widget_class, FlLoopbackDialog, port);
  gtk_widget_class_bind_template_child (widget_class, FlLoopbackDialog, progress_box);
  gtk_widget_class_bind_template_child (widget_class, FlLoopbackDialog, text);
  gtk_widget_class_bind_template_child (widget_class, FlLoopbackDialog, bar);
  gtk_widget_class_bind_template_child (widget_class, FlLoopbackDialog, result);
  gtk_widget_class_bind_template_child (widget_class, FlLoopbackDialog, runs);
  gtk_widget_class_bind_template_child (widget_class, FlLoopbackDialog, start);
  gtk_widget_class_install_action (widget_class, "loopback.start", NULL, start_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fl_loopback_dialog_init (FlLoopbackDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_text (self->instruction, fl_loopback_get_instruction ());
  gtk_button_set_label (self->start, _ ("_Start the test"));
  fl_ui_set_label (self->start, _ ("Start the test"));
}

/**
 * fl_loopback_dialog_new:
 * @parent: the window above which it is shown
 * @runner: runs the job
 * @options: of the port
 * @title: what a person calls the port
 *
 * Returns: (transfer none): a dialog, not yet shown; the toolkit owns it
 */
GtkWidget *
fl_loopback_dialog_new (GtkWindow *parent, FlJobRunner *runner, const FlConnectOptions *options, const char *title)
{
  FlLoopbackDialog *self = g_object_new (FL_TYPE_LOOPBACK_DIALOG, "transient-for", parent, "modal", TRUE, NULL);
  /* Translators: %s is a port, such as "CP2102N USB to UART Bridge · ttyUSB0" */
  g_autofree char *port = g_strdup_printf (_ ("What is then sent over “%s” must come back as it was. It takes five "
                                              "seconds; afterwards put the board back and connect again."),
                                           title);

  fl_job_dialog_set_runner (FL_JOB_DIALOG (self), runner);
  self->options = fl_connect_options_copy (options);
  gtk_label_set_text (self->port, port);
  gtk_window_set_default_widget (GTK_WINDOW (self), GTK_WIDGET (self->start));
  return GTK_WIDGET (self);
}
