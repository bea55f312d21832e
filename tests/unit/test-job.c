/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-job.h"

/* A job that does what a test tells it to. */
#define TEST_TYPE_JOB (test_job_get_type ())
G_DECLARE_FINAL_TYPE (TestJob, test_job, TEST, JOB, FlJob)

struct _TestJob
{
  FlJob parent_instance;

  gboolean (*work) (FlJob *job, GCancellable *cancellable, GError **error);
};

G_DEFINE_FINAL_TYPE (TestJob, test_job, FL_TYPE_JOB)

static gboolean
test_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  return TEST_JOB (job)->work (job, cancellable, error);
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
make_job (gboolean (*work) (FlJob *job, GCancellable *cancellable, GError **error))
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new ("/dev/no-such-port");
  g_autoptr (FlSession) session = fl_session_new (options);
  TestJob *self = g_object_new (TEST_TYPE_JOB, "session", session, NULL);

  self->work = work;
  return FL_JOB (self);
}

/* What was seen of a job. */
typedef struct
{
  guint n_announced;
  guint n_log_changes;
  guint n_sector_changes;
  gint64 first;
  gint64 last;
  gboolean ended;
  gboolean ok;
  GError *error;
} Seen;

static void
fraction_cb (FlJob *job, GParamSpec *pspec, gpointer user_data)
{
  Seen *seen = user_data;

  seen->last = g_get_monotonic_time ();
  if (seen->n_announced++ == 0)
    seen->first = seen->last;
}

static void
log_cb (GListModel *log, guint position, guint removed, guint added, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpuint (removed, ==, 0);
  g_assert_cmpuint (position + added, ==, g_list_model_get_n_items (log));
  seen->n_log_changes++;
}

static void
sectors_cb (FlJob *job, gpointer user_data)
{
  ((Seen *) user_data)->n_sector_changes++;
}

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Seen *seen = user_data;

  seen->ok = fl_job_run_finish (FL_JOB (object), result, &seen->error);
  seen->ended = TRUE;
}

static void
run (FlJob *job, Seen *seen)
{
  g_signal_connect (job, "notify::fraction", G_CALLBACK (fraction_cb), seen);
  g_signal_connect (job, "sectors-changed", G_CALLBACK (sectors_cb), seen);
  g_signal_connect (fl_job_get_log (job), "items-changed", G_CALLBACK (log_cb), seen);
  fl_job_run_async (job, NULL, ended_cb, seen);
  while (!seen->ended)
    g_main_context_iteration (NULL, TRUE);
}

/* Goes on for a while, and says something all the time. */
static gboolean
talk (FlJob *job, GCancellable *cancellable, GError **error)
{
  gint64 until = g_get_monotonic_time () + G_USEC_PER_SEC / 2;

  fl_job_set_total (job, G_MAXUINT32);
  fl_job_init_sectors (job, 16);
  for (guint i = 0; g_get_monotonic_time () < until; i++)
    {
      fl_job_add_done (job, 10);
      fl_job_set_text (job, "step %u", i);
      fl_job_set_sector (job, i % 16, i / 16 % 2 == 0 ? FL_SECTOR_ERASED : FL_SECTOR_WRITTEN);
      if (i < 1000)
        fl_job_log (job, FL_LOG_INFO, NULL, "line %u", i);
    }
  return TRUE;
}

/* However much a worker says, it is announced at most 30 times a second. */
static void
test_flood (void)
{
  g_autoptr (FlJob) job = make_job (talk);
  Seen seen = { 0 };

  run (job, &seen);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (seen.n_announced, >, 1);
  /* The last one, at the end, does not wait. */
  g_assert_cmpint ((gint64) (seen.n_announced - 2) * 33000, <=, seen.last - seen.first);
  g_assert_cmpuint (seen.n_log_changes, <=, seen.n_announced);
  g_assert_cmpuint (seen.n_sector_changes, <=, seen.n_announced);
}

static gboolean
say_all (FlJob *job, GCancellable *cancellable, GError **error)
{
  fl_job_enter_stage (job, FL_STAGE_VERIFY);
  fl_job_init_sectors (job, 3);
  fl_job_set_sector (job, 1, FL_SECTOR_VERIFIED);
  for (guint i = 0; i < 50; i++)
    fl_job_log (job, i % 2 == 0 ? FL_LOG_OK : FL_LOG_INFO, NULL, "line %u", i);
  fl_job_set_text (job, "%s", "the last word");
  return TRUE;
}

/* Everything has arrived when the caller hears of the end, in order. */
static void
test_flush (void)
{
  g_autoptr (FlJob) job = make_job (say_all);
  Seen seen = { 0 };
  guint n_sectors;
  const guint8 *sectors;

  run (job, &seen);
  g_assert_no_error (seen.error);
  g_assert_cmpuint (g_list_model_get_n_items (fl_job_get_log (job)), ==, 50);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (FlLogEntry) entry = g_list_model_get_item (fl_job_get_log (job), i);
      g_autofree char *wanted = g_strdup_printf ("line %u", i);

      g_assert_cmpstr (fl_log_entry_get_text (entry), ==, wanted);
    }
  g_assert_cmpstr (fl_job_get_text (job), ==, "the last word");
  sectors = fl_job_get_sectors (job, &n_sectors);
  g_assert_cmpuint (n_sectors, ==, 3);
  g_assert_cmpuint (sectors[1], ==, FL_SECTOR_VERIFIED);
  g_assert_cmpint (fl_job_get_stage (job), ==, FL_STAGE_DONE);
  g_assert_cmpfloat_with_epsilon (fl_job_get_fraction (job), 1, 1e-9);
}

static gboolean
replan (FlJob *job, GCancellable *cancellable, GError **error)
{
  fl_job_set_total (job, 100);
  fl_job_add_done (job, 80);
  fl_job_set_total (job, 1000);
  fl_job_add_done (job, 10);
  fl_job_set_board_state (job, "%s", "halfway");
  g_set_error_literal (error, FL_ERROR, FL_ERROR_RANGE, "does not fit");
  return FALSE;
}

/* A plan that grows does not move the bar back; a job that failed is explained, and not at its end. */
static void
test_failure (void)
{
  g_autoptr (FlJob) job = make_job (replan);
  Seen seen = { 0 };

  run (job, &seen);
  g_assert_error (seen.error, FL_ERROR, FL_ERROR_RANGE);
  g_assert_cmpfloat_with_epsilon (fl_job_get_fraction (job), 0.8, 1e-9);
  g_assert_nonnull (fl_job_get_explanation (job));
  g_assert_cmpstr (fl_job_get_board_state (job), ==, "halfway");
  g_assert_cmpuint (g_list_model_get_n_items (fl_job_get_log (job)), ==, 1);
  g_clear_error (&seen.error);
}

static void
quit_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

/* The caller keeps nothing: job and session live until the end, and end in this thread. */
static void
test_abandoned (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  FlJob *job = make_job (say_all);
  FlSession *session = fl_job_get_session (job);

  g_object_add_weak_pointer (G_OBJECT (job), (gpointer *) &job);
  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  fl_job_run_async (job, NULL, quit_cb, loop);
  g_object_unref (job);
  g_assert_nonnull (job);
  g_main_loop_run (loop);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_null (job);
  g_assert_null (session);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/flood", test_flood);
  g_test_add_func ("/job/flush", test_flush);
  g_test_add_func ("/job/failure", test_failure);
  g_test_add_func ("/job/abandoned", test_abandoned);
  return g_test_run ();
}
