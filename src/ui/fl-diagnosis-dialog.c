/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-diagnosis-dialog"

#include "fl-diagnosis-dialog.h"

#include <glib/gi18n.h>

#include "fl-diagnose-job.h"
#include "fl-diagnosis-view.h"
#include "fl-ui.h"
#include "fl-wiring-picture.h"

struct _FlDiagnosisDialog
{
  FlJobDialog parent_instance;

  FlSession *session;

  /* template */
  GtkScrolledWindow *scrolled;
  GtkSpinner *spinner;
  GtkLabel *status;
  GtkWidget *prompt_box;
  GtkLabel *prompt_title;
  GtkLabel *prompt_text;
  FlWiringPicture *picture;
  GtkWidget *question_buttons;
  GtkWidget *action_buttons;
  GtkLabel *watching;
  GtkWidget *yes;
  GtkWidget *next;
  GtkWidget *solved_box;
  GtkLabel *solved;
  GtkLabel *causes_title;
  FlDiagnosisView *causes;
  GtkExpander *probes_box;
  GtkListBox *probes;
  GtkButton *stop;
  GtkWidget *retry;
};

enum
{
  REMEDY,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlDiagnosisDialog, fl_diagnosis_dialog, FL_TYPE_JOB_DIALOG)

static guint signals[N_SIGNALS];

static const struct
{
  const char *icon;
  const char *style;
} looks[] = {
  [FL_LOG_INFO] = { "dialog-information-symbolic", "dim-label" },
  [FL_LOG_OK] = { "object-select-symbolic", "success" },
  [FL_LOG_FAILED] = { "dialog-error-symbolic", "error" },
  [FL_LOG_WARNING] = { "dialog-warning-symbolic", "warning" },
};

/* One probe that was done: its sign, and what came of it. */
static GtkWidget *
make_probe_cb (gpointer item, gpointer user_data)
{
  FlLogEntry *entry = item;
  FlLogStatus status = fl_log_entry_get_status (entry);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *icon = gtk_image_new_from_icon_name (looks[status].icon);
  GtkWidget *label = fl_ui_make_label (fl_log_entry_get_text (entry), NULL);
  g_autofree char *name = fl_log_entry_to_string (entry);

  gtk_widget_add_css_class (icon, looks[status].style);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  fl_ui_set_label (row, name);
  return row;
}

/* The running one, or NULL. */
static FlDiagnoseJob *
fl_diagnosis_dialog_get_job (FlDiagnosisDialog *self)
{
  return (FlDiagnoseJob *) fl_job_dialog_get_job (FL_JOB_DIALOG (self));
}

/* What the technician is asked for; NULL: nothing. */
static const FlPrompt *
fl_diagnosis_dialog_get_prompt (FlDiagnosisDialog *self)
{
  FlDiagnoseJob *job = fl_diagnosis_dialog_get_job (self);

  return job != NULL ? fl_diagnose_job_get_prompt (job) : NULL;
}

static const FlChip *
fl_diagnosis_dialog_get_chip (FlDiagnosisDialog *self)
{
  FlDevice *device = fl_session_get_device (self->session);
  int pid = fl_session_get_options (self->session)->pid;

  if (device != NULL)
    return device->chip;
  return pid >= 0 ? fl_chip_db_find ((guint16) pid) : NULL;
}

/* Beside a question it would only be in the way. */
static void
fl_diagnosis_dialog_show_wiring (FlDiagnosisDialog *self, const FlPrompt *prompt)
{
  const FlConnectOptions *options = fl_session_get_options (self->session);
  const FlEntryPreset *preset = options->preset != NULL ? fl_entry_preset_find (options->preset) : NULL;
  const FlChip *chip = fl_diagnosis_dialog_get_chip (self);

  fl_wiring_picture_set (self->picture, chip != NULL && chip->usarts->len > 0 ? chip : NULL, 0, preset);
  gtk_widget_set_visible (GTK_WIDGET (self->picture),
                          prompt->question == NULL && prompt->action != FL_ACTION_OTHER_ADAPTER);
}

/* What the technician is asked for now. */
static void
fl_diagnosis_dialog_prompt_cb (FlDiagnosisDialog *self)
{
  const FlPrompt *prompt = fl_diagnosis_dialog_get_prompt (self);
  gboolean is_question = prompt != NULL && prompt->question != NULL;
  g_autofree char *title = NULL;

  gtk_widget_set_visible (self->prompt_box, prompt != NULL);
  if (prompt == NULL)
    {
      gtk_label_set_text (self->status, _ ("Looking for the cause…"));
      return;
    }
  gtk_label_set_text (self->status, is_question ? _ ("Only you can tell this") : _ ("Only you can do this"));
  /* Translators: what the user is asked, or told to do, one after the other */
  title = is_question ? g_strdup_printf (_ ("Question %u"), prompt->number)
                      : g_strdup_printf (_ ("Step %u: please do this"), prompt->number);
  gtk_label_set_text (self->prompt_title, title);
  gtk_label_set_text (self->prompt_text, prompt->text);
  gtk_widget_set_visible (self->question_buttons, is_question);
  gtk_widget_set_visible (self->action_buttons, !is_question);
  gtk_widget_set_visible (GTK_WIDGET (self->watching), !is_question);
  fl_diagnosis_dialog_show_wiring (self, prompt);
  gtk_expander_set_expanded (self->probes_box, FALSE);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  gtk_widget_grab_focus (is_question ? self->yes : self->next);
}

static void
fl_diagnosis_dialog_diagnosis_cb (FlDiagnosisDialog *self)
{
  const FlDiagnosis *diagnosis = fl_diagnose_job_get_diagnosis (fl_diagnosis_dialog_get_job (self));

  gtk_label_set_text (self->causes_title, diagnosis != NULL ? fl_diagnosis_get_heading (diagnosis) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->causes_title), diagnosis != NULL && diagnosis->causes->len > 0);
  fl_diagnosis_view_set (self->causes, diagnosis, FALSE);
}

/* The sentence that says what made the board answer; NULL: nothing did. */
static const char *
find_solution (const FlFacts *facts)
{
  g_autoptr (GPtrArray) names = fl_facts_dup_names (facts);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const char *value = fl_facts_get (facts, name);

      if (g_str_has_prefix (name, "after.") && (g_str_equal (value, "79") || g_str_equal (value, "1F")))
        return fl_facts_get_text (facts, name);
    }
  return NULL;
}

static void
fl_diagnosis_dialog_conclude (FlDiagnosisDialog *self, FlDiagnoseJob *job, const GError *error)
{
  const FlDiagnosis *diagnosis = fl_diagnose_job_get_diagnosis (job);
  const char *solution = find_solution (fl_diagnose_job_get_facts (job));

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_label_set_text (self->status, _ ("Stopped. This is what is known so far."));
  else if (error != NULL)
    gtk_label_set_text (self->status, error->message);
  else
    gtk_label_set_text (self->status, diagnosis != NULL ? diagnosis->summary : _ ("Nothing was found."));
  fl_diagnosis_view_set (self->causes, diagnosis, TRUE);
  gtk_label_set_text (self->solved, solution != NULL ? solution : "");
  gtk_widget_set_visible (self->solved_box, solution != NULL);
  if (diagnosis != NULL && diagnosis->causes->len > 0)
    gtk_expander_set_expanded (self->probes_box, FALSE);
}

static void
fl_diagnosis_dialog_ended (FlJobDialog *dialog, FlJob *job, const GError *error)
{
  FlDiagnosisDialog *self = FL_DIAGNOSIS_DIALOG (dialog);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remedy", TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remedy-board", fl_session_is_connected (self->session));
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_widget_set_visible (self->prompt_box, FALSE);
  fl_diagnosis_dialog_conclude (self, FL_DIAGNOSE_JOB (job), error);
  gtk_button_set_label (self->stop, _ ("_Close"));
  fl_ui_set_label (self->stop, _ ("Close"));
  gtk_widget_set_visible (self->retry, TRUE);
  gtk_widget_grab_focus (self->retry);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
}

/**
 * fl_diagnosis_dialog_start:
 * @session: of the job that failed; no other job runs on it
 * @facts: (nullable): what that job saw
 *
 * Shows the dialog, and begins to look.
 */
void
fl_diagnosis_dialog_start (FlDiagnosisDialog *self, FlSession *session, const FlFacts *facts)
{
  FlJob *job;

  g_return_if_fail (FL_IS_DIAGNOSIS_DIALOG (self) && FL_IS_SESSION (session));

  self->session = g_object_ref (session);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remedy", FALSE); /* until it has ended */
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remedy-board", FALSE);
  job = fl_diagnose_job_new (session);
  fl_diagnose_job_set_guided (FL_DIAGNOSE_JOB (job), TRUE);
  if (facts != NULL)
    fl_diagnose_job_set_facts (FL_DIAGNOSE_JOB (job), facts);
  g_signal_connect_object (job, "notify::prompt", G_CALLBACK (fl_diagnosis_dialog_prompt_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (job, "notify::diagnosis", G_CALLBACK (fl_diagnosis_dialog_diagnosis_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (self->probes, fl_job_get_log (job), make_probe_cb, NULL, NULL);
  fl_job_dialog_run (FL_JOB_DIALOG (self), job);
  fl_diagnosis_dialog_prompt_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}

static void
answer_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlDiagnosisDialog *self = FL_DIAGNOSIS_DIALOG (widget);
  const FlPrompt *prompt = fl_diagnosis_dialog_get_prompt (self);
  FlAnswer answer = (FlAnswer) g_variant_get_int32 (parameter);

  if (prompt == NULL)
    return;
  if (prompt->question != NULL && answer != FL_ANSWER_UNKNOWN)
    fl_diagnose_job_answer (fl_diagnosis_dialog_get_job (self), prompt->question, answer);
  else
    fl_diagnose_job_next (fl_diagnosis_dialog_get_job (self));
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FlDiagnosisDialog *self = FL_DIAGNOSIS_DIALOG (widget);

  if (fl_diagnosis_dialog_get_job (self) != NULL)
    fl_job_dialog_cancel (FL_JOB_DIALOG (self)); /* what is known so far is shown */
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* A button of a cause: the parent does it, when this window is gone. */
static void
remedy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (FlDiagnosisDialog) self = g_object_ref (FL_DIAGNOSIS_DIALOG (widget));
  g_autofree char *action = g_variant_dup_string (parameter, NULL);

  if (fl_diagnosis_dialog_get_job (self) != NULL)
    return;
  g_signal_emit (self, signals[REMEDY], 0, action);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
fl_diagnosis_dialog_finalize (GObject *object)
{
  g_clear_object (&FL_DIAGNOSIS_DIALOG (object)->session);
  G_OBJECT_CLASS (fl_diagnosis_dialog_parent_class)->finalize (object);
}

static void
fl_diagnosis_dialog_class_init (FlDiagnosisDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_diagnosis_dialog_finalize;
  FL_JOB_DIALOG_CLASS (klass)->ended = fl_diagnosis_dialog_ended;

  signals[REMEDY] = g_signal_new ("remedy", FL_TYPE_DIAGNOSIS_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (FL_TYPE_DIAGNOSIS_VIEW);
  g_type_ensure (FL_TYPE_WIRING_PICTURE);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-diagnosis-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, scrolled);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, status);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, prompt_box);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, prompt_title);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, prompt_text);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, picture);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, question_buttons);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, action_buttons);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, watching);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, yes);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, next);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, solved_box);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, solved);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, causes_title);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, causes);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, probes_box);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, probes);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, stop);
  gtk_widget_class_bind_template_child (widget_class, FlDiagnosisDialog, retry);

  gtk_widget_class_install_action (widget_class, "find-out.answer", "i", answer_action);
  gtk_widget_class_install_action (widget_class, "find-out.close", NULL, close_action);
  gtk_widget_class_install_action (widget_class, "win.remedy", "s", remedy_action);
  gtk_widget_class_install_action (widget_class, "win.remedy-board", "s", remedy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "find-out.close", NULL);
}

static void
fl_diagnosis_dialog_init (FlDiagnosisDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fl_diagnosis_dialog_new:
 * @parent: the window above which it is shown
 * @runner: runs the job
 *
 * Returns: (transfer none): a dialog, not yet shown; the toolkit owns it
 */
GtkWidget *
fl_diagnosis_dialog_new (GtkWindow *parent, FlJobRunner *runner)
{
  FlDiagnosisDialog *self = g_object_new (FL_TYPE_DIAGNOSIS_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

  fl_job_dialog_set_runner (FL_JOB_DIALOG (self), runner);
  return GTK_WIDGET (self);
}
