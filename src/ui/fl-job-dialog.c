/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-job-dialog"

#include "fl-job-dialog.h"

typedef struct
{
  FlJobRunner *runner; /* NULL: the dialog is gone */
  FlJob *job;          /* while it runs */
  gboolean closing;    /* closes when the job has ended */
} FlJobDialogPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FlJobDialog, fl_job_dialog, ADW_TYPE_WINDOW)

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlJobDialog) self = user_data; /* the reference taken at the start */
  FlJobDialogPrivate *priv = fl_job_dialog_get_instance_private (self);
  g_autoptr (FlJob) job = g_steal_pointer (&priv->job);
  g_autoptr (GError) error = NULL;

  fl_job_run_finish (job, result, &error);
  g_signal_handlers_disconnect_by_data (job, self);
  if (priv->runner == NULL)
    return;
  if (priv->closing)
    gtk_window_destroy (GTK_WINDOW (self));
  else
    FL_JOB_DIALOG_GET_CLASS (self)->ended (self, job, error);
}

/**
 * fl_job_dialog_run:
 * @job: (transfer full): whose signals the dialog may have connected to itself; they are disconnected at its end
 *
 * Nothing else may run. The class's ended() is called at the end.
 */
void
fl_job_dialog_run (FlJobDialog *self, FlJob *job)
{
  FlJobDialogPrivate *priv = fl_job_dialog_get_instance_private (self);

  g_return_if_fail (FL_IS_JOB_DIALOG (self) && FL_IS_JOB (job));
  g_return_if_fail (priv->job == NULL && !fl_job_runner_is_busy (priv->runner));

  priv->job = job;
  fl_job_runner_run (priv->runner, job, done_cb, g_object_ref (self));
}

/**
 * fl_job_dialog_cancel:
 *
 * Cancels the job, if one runs: it ends soon, and ended() says so.
 */
void
fl_job_dialog_cancel (FlJobDialog *self)
{
  FlJobDialogPrivate *priv = fl_job_dialog_get_instance_private (self);

  g_return_if_fail (FL_IS_JOB_DIALOG (self));

  if (priv->job != NULL && priv->runner != NULL)
    fl_job_runner_cancel (priv->runner);
}

void
fl_job_dialog_set_runner (FlJobDialog *self, FlJobRunner *runner)
{
  FlJobDialogPrivate *priv = fl_job_dialog_get_instance_private (self);

  g_return_if_fail (FL_IS_JOB_DIALOG (self) && FL_IS_JOB_RUNNER (runner) && priv->runner == NULL);

  priv->runner = g_object_ref (runner);
}

FlJobRunner *
fl_job_dialog_get_runner (FlJobDialog *self)
{
  FlJobDialogPrivate *priv = fl_job_dialog_get_instance_private (self);

  g_return_val_if_fail (FL_IS_JOB_DIALOG (self), NULL);

  return priv->runner;
}

FlJob *
fl_job_dialog_get_job (FlJobDialog *self)
{
  FlJobDialogPrivate *priv = fl_job_dialog_get_instance_private (self);

  g_return_val_if_fail (FL_IS_JOB_DIALOG (self), NULL);

  return priv->job;
}

static gboolean
fl_job_dialog_close_request (GtkWindow *window)
{
  FlJobDialog *self = FL_JOB_DIALOG (window);
  FlJobDialogPrivate *priv = fl_job_dialog_get_instance_private (self);

  if (priv->job == NULL)
    return GTK_WINDOW_CLASS (fl_job_dialog_parent_class)->close_request (window);
  priv->closing = TRUE;
  fl_job_dialog_cancel (self);
  return TRUE;
}

static void
fl_job_dialog_dispose (GObject *object)
{
  FlJobDialog *self = FL_JOB_DIALOG (object);
  FlJobDialogPrivate *priv = fl_job_dialog_get_instance_private (self);

  fl_job_dialog_cancel (self); /* its end still comes, and finds this alive */
  g_clear_object (&priv->runner);
  G_OBJECT_CLASS (fl_job_dialog_parent_class)->dispose (object);
}

static void
fl_job_dialog_class_init (FlJobDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fl_job_dialog_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = fl_job_dialog_close_request;
}

static void
fl_job_dialog_init (FlJobDialog *self)
{
}
