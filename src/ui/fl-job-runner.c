/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#define G_LOG_DOMAIN "fl-job-runner"

#include "fl-job-runner.h"

#include <glib/gi18n.h>

#include "fl-thread.h"

struct _FlJobRunner
{
  GObject parent_instance;

  GtkWindow *window; /* weak */

  /* of the running job */
  FlJob *job;
  GCancellable *cancellable;
  GAsyncReadyCallback callback;
  gpointer user_data;
  guint inhibit_cookie;

  /* of the one before */
  FlJob *last;
  GError *last_error;
};

enum
{
  PROP_JOB = 1,
  PROP_BUSY,
  N_PROPS
};

enum
{
  STARTED,
  ENDED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlJobRunner, fl_job_runner, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
fl_job_runner_inhibit (FlJobRunner *self)
{
  GtkApplication *application = self->window != NULL ? gtk_window_get_application (self->window) : NULL;

  if (application != NULL)
    self->inhibit_cookie = gtk_application_inhibit (application, self->window,
                                                    GTK_APPLICATION_INHIBIT_LOGOUT | GTK_APPLICATION_INHIBIT_SUSPEND,
                                                    _ ("A board is being worked on"));
}

static void
fl_job_runner_uninhibit (FlJobRunner *self)
{
  GtkApplication *application = self->window != NULL ? gtk_window_get_application (self->window) : NULL;

  if (application != NULL && self->inhibit_cookie != 0)
    gtk_application_uninhibit (application, self->inhibit_cookie);
  self->inhibit_cookie = 0;
}

static void
fl_job_runner_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FlJobRunner) self = user_data; /* the reference taken at the start */
  g_autoptr (FlJob) job = g_steal_pointer (&self->job);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) outcome = NULL;
  GAsyncReadyCallback callback = self->callback;
  gboolean ok;

  ok = fl_job_run_finish (job, result, &error);
  g_set_object (&self->last, job);
  g_clear_error (&self->last_error);
  if (error != NULL)
    self->last_error = g_error_copy (error);
  g_clear_object (&self->cancellable);
  self->callback = NULL;
  fl_job_runner_uninhibit (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_JOB]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  g_signal_emit (self, signals[ENDED], 0, job, error);
  if (callback == NULL)
    return;

  /* An outcome can be asked for only once: the caller gets one of its own, which fl_job_run_finish() takes as well. */
  outcome = g_task_new (job, NULL, NULL, NULL);
  g_task_set_source_tag (outcome, fl_job_run_async);
  if (ok)
    g_task_return_boolean (outcome, TRUE);
  else
    g_task_return_error (outcome, g_steal_pointer (&error));
  callback (G_OBJECT (job), G_ASYNC_RESULT (outcome), self->user_data);
}

/**
 * fl_job_runner_run:
 * @self: a runner that is not busy
 * @job: what to do
 * @callback: (nullable): called when it has ended, after "ended"; calls fl_job_run_finish()
 * @user_data: for @callback
 *
 * Starts @job. The runner keeps itself, and the job, alive until the end.
 */
void
fl_job_runner_run (FlJobRunner *self, FlJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FL_IS_JOB_RUNNER (self));
  g_return_if_fail (FL_IS_JOB (job));
  g_return_if_fail (self->job == NULL);
  FL_ASSERT_MAIN ();

  self->job = g_object_ref (job);
  self->cancellable = g_cancellable_new ();
  self->callback = callback;
  self->user_data = user_data;
  fl_job_runner_inhibit (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_JOB]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  g_signal_emit (self, signals[STARTED], 0, job);
  fl_job_run_async (job, self->cancellable, fl_job_runner_done_cb, g_object_ref (self));
}

/**
 * fl_job_runner_cancel:
 * @self: a runner
 *
 * Asks the running job, if any, to stop. "ended" follows within 200 ms.
 */
void
fl_job_runner_cancel (FlJobRunner *self)
{
  g_return_if_fail (FL_IS_JOB_RUNNER (self));

  g_cancellable_cancel (self->cancellable);
}

/**
 * fl_job_runner_is_busy:
 * @self: a runner
 *
 * Returns: whether a job runs
 */
gboolean
fl_job_runner_is_busy (FlJobRunner *self)
{
  g_return_val_if_fail (FL_IS_JOB_RUNNER (self), FALSE);

  return self->job != NULL;
}

/**
 * fl_job_runner_get_job:
 * @self: a runner
 *
 * Returns: (transfer none) (nullable): the running job
 */
FlJob *
fl_job_runner_get_job (FlJobRunner *self)
{
  g_return_val_if_fail (FL_IS_JOB_RUNNER (self), NULL);

  return self->job;
}

/**
 * fl_job_runner_get_last:
 * @self: a runner
 * @error: (out) (transfer none) (nullable): what it failed with; %NULL: it did not
 *
 * Returns: (transfer none) (nullable): the job that has ended last; %NULL: none has
 */
FlJob *
fl_job_runner_get_last (FlJobRunner *self, const GError **error)
{
  g_return_val_if_fail (FL_IS_JOB_RUNNER (self) && error != NULL, NULL);

  *error = self->last_error;
  return self->last;
}

static void
fl_job_runner_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FlJobRunner *self = FL_JOB_RUNNER (object);

  switch (id)
    {
    case PROP_JOB:
      g_value_set_object (value, self->job);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->job != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_job_runner_dispose (GObject *object)
{
  FlJobRunner *self = FL_JOB_RUNNER (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->last);
  g_clear_error (&self->last_error);
  G_OBJECT_CLASS (fl_job_runner_parent_class)->dispose (object);
}

static void
fl_job_runner_class_init (FlJobRunnerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_job_runner_get_property;
  object_class->dispose = fl_job_runner_dispose;

  properties[PROP_JOB] =
      g_param_spec_object ("job", NULL, NULL, FL_TYPE_JOB, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[STARTED] =
      g_signal_new ("started", FL_TYPE_JOB_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, FL_TYPE_JOB);
  signals[ENDED] = g_signal_new ("ended", FL_TYPE_JOB_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 FL_TYPE_JOB, G_TYPE_ERROR);
}

static void
fl_job_runner_init (FlJobRunner *self)
{
}

/**
 * fl_job_runner_new:
 * @window: (nullable): the window whose jobs these are
 *
 * Returns: (transfer full): a runner
 */
FlJobRunner *
fl_job_runner_new (GtkWindow *window)
{
  FlJobRunner *self = g_object_new (FL_TYPE_JOB_RUNNER, NULL);

  g_set_weak_pointer (&self->window, window);
  return self;
}
