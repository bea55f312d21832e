/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One job at a time for a window: what it tells, in which order, and that it can be cancelled. */
#include "config.h"

#include "fl-error.h"
#include "fl-job-runner.h"

/* A job that ends as the test wants it to. */
typedef enum
{
  END_WELL,
  END_BADLY,
  END_WHEN_CANCELLED,
} Ending;

#define TEST_TYPE_JOB (test_job_get_type ())
G_DECLARE_FINAL_TYPE (TestJob, test_job, TEST, JOB, FlJob)

struct _TestJob
{
  FlJob parent_instance;
  Ending ending;
};

G_DEFINE_FINAL_TYPE (TestJob, test_job, FL_TYPE_JOB)

static gboolean
test_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  switch (TEST_JOB (job)->ending)
    {
    case END_WELL:
      return TRUE;
    case END_BADLY:
      g_set_error_literal (error, FL_ERROR, FL_ERROR_VERIFY, "as the test wants it");
      return FALSE;
    case END_WHEN_CANCELLED:
    default:
      while (!g_cancellable_is_cancelled (cancellable))
        g_usleep (1000);
      return !g_cancellable_set_error_if_cancelled (cancellable, error);
    }
}

static void
test_job_class_init (TestJobClass *klass)
{
  FL_JOB_CLASS (klass)->run = test_job_run;
}

static void
test_job_init (TestJob *self)
{
}

static FlJob *
make_job (Ending ending)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new ("none:");
  g_autoptr (FlSession) session = fl_session_new (options);
  TestJob *job = g_object_new (TEST_TYPE_JOB, "session", session, NULL);

  job->ending = ending;
  return FL_JOB (job);
}

/* What has been heard, in order: s started, b busy or idle, e ended, c called back. */
typedef struct
{
  FlJobRunner *runner;
  GString *heard;
  GError *ended_with;
  GError *called_with;
  FlJob *then; /* nullable: to be run from the callback */
} Ear;

static void
started_cb (FlJobRunner *runner, FlJob *job, gpointer user_data)
{
  Ear *ear = user_data;

  g_assert_true (fl_job_runner_is_busy (runner));
  g_assert_true (fl_job_runner_get_job (runner) == job);
  g_string_append_c (ear->heard, 's');
}

static void
busy_cb (FlJobRunner *runner, GParamSpec *pspec, gpointer user_data)
{
  g_string_append_c (((Ear *) user_data)->heard, 'b');
}

static void
ended_cb (FlJobRunner *runner, FlJob *job, GError *error, gpointer user_data)
{
  Ear *ear = user_data;

  g_assert_false (fl_job_runner_is_busy (runner));
  g_string_append_c (ear->heard, 'e');
  g_clear_error (&ear->ended_with);
  ear->ended_with = error != NULL ? g_error_copy (error) : NULL;
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ear *ear = user_data;

  g_clear_error (&ear->called_with);
  g_assert_cmpint (fl_job_run_finish (FL_JOB (source), result, &ear->called_with), ==, ear->called_with == NULL);
  if (ear->then != NULL)
    {
      g_autoptr (FlJob) job = g_steal_pointer (&ear->then);

      fl_job_runner_run (ear->runner, job, called_cb, ear);
      return;
    }
  g_string_append_c (ear->heard, 'c');
}

static void
ear_open (Ear *ear)
{
  *ear = (Ear){ .runner = fl_job_runner_new (NULL), .heard = g_string_new (NULL) };
  g_signal_connect (ear->runner, "started", G_CALLBACK (started_cb), ear);
  g_signal_connect (ear->runner, "notify::busy", G_CALLBACK (busy_cb), ear);
  g_signal_connect (ear->runner, "ended", G_CALLBACK (ended_cb), ear);
}

static void
ear_close (Ear *ear)
{
  g_assert_finalize_object (ear->runner);
  g_string_free (ear->heard, TRUE);
  g_clear_error (&ear->ended_with);
  g_clear_error (&ear->called_with);
}

static void
run (Ear *ear, Ending ending)
{
  g_autoptr (FlJob) job = make_job (ending);

  fl_job_runner_run (ear->runner, job, called_cb, ear);
  if (ending == END_WHEN_CANCELLED)
    fl_job_runner_cancel (ear->runner);
  while (ear->heard->len == 0 || ear->heard->str[ear->heard->len - 1] != 'c')
    g_main_context_iteration (NULL, TRUE);
}

static void
test_well (void)
{
  Ear ear;

  ear_open (&ear);
  run (&ear, END_WELL);
  g_assert_cmpstr (ear.heard->str, ==, "bsbec");
  g_assert_no_error (ear.ended_with);
  g_assert_no_error (ear.called_with);
  ear_close (&ear);
}

/* Both, the signal and the callback, learn how it ended. */
static void
test_badly (void)
{
  Ear ear;

  ear_open (&ear);
  run (&ear, END_BADLY);
  g_assert_cmpstr (ear.heard->str, ==, "bsbec");
  g_assert_error (ear.ended_with, FL_ERROR, FL_ERROR_VERIFY);
  g_assert_error (ear.called_with, FL_ERROR, FL_ERROR_VERIFY);
  ear_close (&ear);
}

static void
test_cancel (void)
{
  Ear ear;

  ear_open (&ear);
  fl_job_runner_cancel (ear.runner); /* nothing runs: nothing happens */
  run (&ear, END_WHEN_CANCELLED);
  g_assert_error (ear.ended_with, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (ear.called_with, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  run (&ear, END_WELL); /* the next one is not cancelled by that */
  g_assert_no_error (ear.called_with);
  ear_close (&ear);
}

/* The callback may start the next job: its "started" comes after the "ended" of the first. */
static void
test_one_after_the_other (void)
{
  Ear ear;

  ear_open (&ear);
  ear.then = make_job (END_WELL);
  run (&ear, END_WELL);
  g_assert_cmpstr (ear.heard->str, ==, "bsbebsbec");
  ear_close (&ear);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));
  g_test_add_func ("/job-runner/well", test_well);
  g_test_add_func ("/job-runner/badly", test_badly);
  g_test_add_func ("/job-runner/cancel", test_cancel);
  g_test_add_func ("/job-runner/one-after-the-other", test_one_after_the_other);
  return g_test_run ();
}
