/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-program-page"

#include "fl-program-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fl-flash-jobs.h"
#include "fl-program-job.h"
#include "fl-progress-view.h"
#include "fl-report-dialog.h"
#include "fl-ui.h"
#include "fl-verdict-view.h"

struct _FlProgramPage
{
  GtkWidget parent_instance;

  FlFirmware *firmware;
  FlJobRunner *runner;

  /* of the last job */
  FlProgramJob *job; /* nullable: none yet */
  FlPlan *plan;
  GFile *file; /* nullable */
  char *file_name;
  GError *error;
  gboolean running;

  /* template */
  GtkScrolledWindow *scrolled;
  GtkStack *stack;
  FlProgressView *progress;
  FlVerdictView *verdict;
  GtkLabel *status;
  GtkWidget *cancel;
  GtkWidget *start;
  GtkButton *next;
};

enum
{
  ENDED,
  NEXT,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlProgramPage, fl_program_page, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* What cancelling would leave behind now. */
static const char *
get_cancel_text (FlStage stage)
{
  switch (stage)
    {
    case FL_STAGE_ERASE:
      return _ ("Cancel stops at once. What is erased by then stays erased: the board needs programming afterwards.");
    case FL_STAGE_WRITE:
      return _ ("Cancel stops at once. The firmware is then incomplete: the board needs programming afterwards.");
    case FL_STAGE_VERIFY:
      return _ ("Cancel stops the check at once: whether the board holds all of the file is not known then.");
    case FL_STAGE_START:
      return _ ("Everything is written. Cancel skips what is left of the check.");
    default:
      return _ ("Nothing has been changed on the board yet. Cancel stops at once.");
    }
}

static void
fl_program_page_update (FlProgramPage *self)
{
  gboolean busy;
  gboolean ok = self->error == NULL;
  FlSession *session;

  if (self->runner == NULL || self->job == NULL)
    return;
  busy = fl_job_runner_is_busy (self->runner);
  session = fl_job_get_session (FL_JOB (self->job));
  gtk_stack_set_visible_child_name (self->stack, self->running ? "progress" : "verdict");
  gtk_widget_set_visible (self->cancel, self->running);
  gtk_widget_set_visible (self->start, !self->running && ok && !fl_program_job_get_result (self->job)->started);
  gtk_widget_set_sensitive (self->start, !busy && fl_session_is_connected (session));
  gtk_widget_set_visible (GTK_WIDGET (self->next), !self->running);
  gtk_widget_set_sensitive (GTK_WIDGET (self->next), !busy);
  gtk_button_set_label (self->next, ok ? _ ("_Next board") : _ ("_Try again"));
  fl_ui_set_label (self->next, ok ? _ ("Next board") : _ ("Try again"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->next),
                               ok ? _ ("Connects with the same settings and programs the same file (Ctrl+Return)")
                                  : NULL);
  if (self->running)
    gtk_label_set_text (self->status, get_cancel_text (fl_job_get_stage (FL_JOB (self->job))));
  else
    gtk_label_set_text (self->status, ok ? _ ("Ready for the next board.") : "");
}

/**
 * fl_program_page_focus:
 * @self: a page
 *
 * Gives the keyboard to the button that is suggested, so that Return does it.
 */
void
fl_program_page_focus (FlProgramPage *self)
{
  g_return_if_fail (FL_IS_PROGRAM_PAGE (self));

  gtk_widget_grab_focus (self->running ? self->cancel : GTK_WIDGET (self->next));
}

/* Reads a file: not for the main thread. */
static void
look_again_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, fl_image_dup_file_note (task_data, source_object, cancellable), g_free);
}

static void
looked_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlProgramPage) self = user_data; /* the reference taken at the start */
  g_autofree char *note = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Unless the next board has begun meanwhile. */
  if (self->runner != NULL && !self->running && note != NULL
      && g_task_get_task_data (G_TASK (result)) == fl_plan_get_image (self->plan))
    fl_verdict_view_warn (self->verdict, note);
}

/* The file may have become another one while it was programmed. */
static void
fl_program_page_look_again (FlProgramPage *self)
{
  g_autoptr (GTask) task = g_task_new (self->file, NULL, looked_again_cb, g_object_ref (self));

  g_task_set_source_tag (task, fl_program_page_look_again);
  g_task_set_task_data (task, g_object_ref (fl_plan_get_image (self->plan)), g_object_unref);
  g_task_run_in_thread (task, look_again_thread);
}

static void
fl_program_page_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlProgramPage) self = user_data; /* the reference taken at the start */

  self->running = FALSE;
  fl_job_run_finish (FL_JOB (source), result, &self->error);
  if (self->runner == NULL)
    return;
  fl_verdict_view_show (self->verdict, self->job, self->error, self->plan, self->file_name);
  fl_program_page_update (self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  fl_program_page_focus (self);
  if (self->error == NULL && self->file != NULL)
    fl_program_page_look_again (self);
  g_signal_emit (self, signals[ENDED], 0, self->job, self->error);
}

/**
 * fl_program_page_start:
 * @self: a page
 * @session: a connected session
 * @plan: what to do
 * @start: whether to start the application afterwards
 *
 * Programs. The runner must not be busy.
 */
void
fl_program_page_start (FlProgramPage *self, FlSession *session, FlPlan *plan, gboolean start)
{
  const char *limit = NULL;

  g_return_if_fail (FL_IS_PROGRAM_PAGE (self));
  g_return_if_fail (!fl_job_runner_is_busy (self->runner));

  g_clear_object (&self->job);
  g_clear_error (&self->error);
  g_free (self->file_name);
  self->file_name = fl_firmware_dup_name (self->firmware);
  g_set_object (&self->file, fl_firmware_get_file (self->firmware));
  g_set_object (&self->plan, plan);
  self->job = FL_PROGRAM_JOB (fl_program_job_new (session, plan, start));
  self->running = TRUE;
  fl_plan_get_seconds (plan, &limit);
  fl_progress_view_follow (self->progress, FL_JOB (self->job), fl_plan_get_device (plan),
                           fl_plan_get_options (plan)->verify, start, limit);
  g_signal_connect_object (self->job, "notify::stage", G_CALLBACK (fl_program_page_update), self, G_CONNECT_SWAPPED);
  fl_job_runner_run (self->runner, FL_JOB (self->job), fl_program_page_done_cb, g_object_ref (self));
}

static void
fl_program_page_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlProgramPage) self = user_data; /* the reference taken at the start */
  g_autoptr (GError) error = NULL;

  fl_job_run_finish (FL_JOB (source), result, &error);
  if (self->runner == NULL)
    return;
  fl_verdict_view_note (self->verdict, FL_JOB (source), error,
                        _ ("The application was started: the board has left its bootloader."));
  fl_program_page_update (self);
}

static void
fl_program_page_start_cb (FlProgramPage *self)
{
  g_autoptr (FlJob) job = NULL;

  if (fl_job_runner_is_busy (self->runner))
    return;
  job = fl_start_job_new (fl_job_get_session (FL_JOB (self->job)), fl_image_get_start (fl_plan_get_image (self->plan)));
  fl_job_runner_run (self->runner, job, fl_program_page_started_cb, g_object_ref (self));
}

/**
 * fl_program_page_activate:
 * @self: a page
 *
 * Does what the suggested button of the verdict does.
 */
void
fl_program_page_activate (FlProgramPage *self)
{
  g_return_if_fail (FL_IS_PROGRAM_PAGE (self));

  if (fl_program_page_has_verdict (self) && !fl_job_runner_is_busy (self->runner))
    g_signal_emit (self, signals[NEXT], 0);
}

/**
 * fl_program_page_has_verdict:
 * @self: a page
 *
 * Returns: whether a job has ended whose verdict is shown
 */
gboolean
fl_program_page_has_verdict (FlProgramPage *self)
{
  g_return_val_if_fail (FL_IS_PROGRAM_PAGE (self), FALSE);

  return self->job != NULL && !self->running;
}

/**
 * fl_program_page_make_report:
 * @self: a page that has a verdict
 * @log: the log, with detail
 *
 * Returns: (transfer full): all about the last job
 */
FlReport *
fl_program_page_make_report (FlProgramPage *self, const char *log)
{
  FlReport *report;

  g_return_val_if_fail (FL_IS_PROGRAM_PAGE (self), NULL);
  g_return_val_if_fail (self->job != NULL, NULL);

  report = fl_report_dialog_make_report (fl_job_get_session (FL_JOB (self->job)), self->firmware, self->runner, log);
  g_set_object (&report->plan, self->plan);
  g_set_object (&report->job, FL_JOB (self->job));
  g_clear_error (&report->error);
  if (self->error != NULL)
    report->error = g_error_copy (self->error);
  return report;
}

static void
fl_program_page_dispose (GObject *object)
{
  FlProgramPage *self = FL_PROGRAM_PAGE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->runner);
  g_clear_object (&self->firmware);
  G_OBJECT_CLASS (fl_program_page_parent_class)->dispose (object);
}

static void
fl_program_page_finalize (GObject *object)
{
  FlProgramPage *self = FL_PROGRAM_PAGE (object);

  g_clear_object (&self->job);
  g_clear_object (&self->plan);
  g_clear_object (&self->file);
  g_clear_error (&self->error);
  g_free (self->file_name);
  G_OBJECT_CLASS (fl_program_page_parent_class)->finalize (object);
}

static void
fl_program_page_class_init (FlProgramPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_program_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = fl_program_page_finalize;

  signals[ENDED] = g_signal_new ("ended", FL_TYPE_PROGRAM_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 FL_TYPE_PROGRAM_JOB, G_TYPE_ERROR);
  signals[NEXT] = g_signal_new ("next", FL_TYPE_PROGRAM_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FL_TYPE_PROGRESS_VIEW);
  g_type_ensure (FL_TYPE_VERDICT_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, FL_UI_PATH "fl-program-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FlProgramPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, FlProgramPage, stack);
  gtk_widget_class_bind_template_child (widget_class, FlProgramPage, progress);
  gtk_widget_class_bind_template_child (widget_class, FlProgramPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, FlProgramPage, status);
  gtk_widget_class_bind_template_child (widget_class, FlProgramPage, cancel);
  gtk_widget_class_bind_template_child (widget_class, FlProgramPage, start);
  gtk_widget_class_bind_template_child (widget_class, FlProgramPage, next);
}

static void
fl_program_page_init (FlProgramPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->next, "clicked", G_CALLBACK (fl_program_page_activate), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->start, "clicked", G_CALLBACK (fl_program_page_start_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fl_program_page_new:
 * @firmware: what was chosen
 * @runner: runs the window's jobs
 *
 * Returns: (transfer floating): a page
 */
GtkWidget *
fl_program_page_new (FlFirmware *firmware, FlJobRunner *runner)
{
  FlProgramPage *self = g_object_new (FL_TYPE_PROGRAM_PAGE, NULL);

  self->firmware = g_object_ref (firmware);
  self->runner = g_object_ref (runner);
  g_signal_connect_object (runner, "notify::busy", G_CALLBACK (fl_program_page_update), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
