/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-job-private.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-rate.h"
#include "fl-session-private.h"
#include "fl-thread.h"

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_STAGE,
  PROP_FRACTION,
  PROP_TEXT,
  PROP_RATE,
  PROP_SECONDS_LEFT,
  PROP_RUNNING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint sectors_changed_signal;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FlJob, fl_job, G_TYPE_OBJECT)

FlJobPrivate *
fl_job_get_private (FlJob *self)
{
  return fl_job_get_instance_private (self);
}

/* Main context: makes what the worker left public. Handlers may call back, hence no lock while they run. */
static void
fl_job_flush (FlJob *self)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  g_autoptr (GPtrArray) log = NULL;
  g_autofree char *text = NULL;
  gboolean stage_changed, fraction_changed, rate_changed, left_changed, sectors_changed;

  g_mutex_lock (&priv->lock);
  stage_changed = priv->stage != priv->pending.stage;
  priv->stage = priv->pending.stage;
  fraction_changed = priv->fraction < priv->pending.fraction;
  priv->fraction = MAX (priv->fraction, priv->pending.fraction);
  rate_changed = priv->rate < priv->pending.rate || priv->rate > priv->pending.rate;
  priv->rate = priv->pending.rate;
  left_changed = priv->seconds_left != priv->pending.seconds_left;
  priv->seconds_left = priv->pending.seconds_left;
  text = g_steal_pointer (&priv->pending.text);
  if (priv->pending.log->len > 0)
    {
      log = priv->pending.log;
      priv->pending.log = g_ptr_array_new_with_free_func (g_object_unref);
    }
  sectors_changed = priv->pending.sectors_changed;
  priv->pending.sectors_changed = FALSE;
  if (sectors_changed)
    {
      g_byte_array_set_size (priv->sectors, 0);
      g_byte_array_append (priv->sectors, priv->pending.sectors->data, priv->pending.sectors->len);
    }
  if (priv->pending.explanation != NULL)
    priv->explanation = g_steal_pointer (&priv->pending.explanation);
  if (priv->pending.board_state != NULL)
    {
      g_free (priv->board_state);
      priv->board_state = g_steal_pointer (&priv->pending.board_state);
    }
  priv->seconds = priv->pending.seconds;
  g_mutex_unlock (&priv->lock);

  g_object_freeze_notify (G_OBJECT (self));
  if (stage_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STAGE]);
  if (fraction_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  if (rate_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
  if (left_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECONDS_LEFT]);
  if (text != NULL && g_strcmp0 (text, priv->text) != 0)
    {
      g_free (priv->text);
      priv->text = g_steal_pointer (&text);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
    }
  g_object_thaw_notify (G_OBJECT (self));
  if (log != NULL)
    g_list_store_splice (priv->log, g_list_model_get_n_items (G_LIST_MODEL (priv->log)), 0, log->pdata, log->len);
  if (sectors_changed)
    g_signal_emit (self, sectors_changed_signal, 0);
}

gboolean
fl_job_announce_cb (gpointer user_data)
{
  FlJob *self = g_task_get_source_object (user_data);
  FlJobPrivate *priv = fl_job_get_private (self);

  FL_ASSERT_MAIN ();
  g_mutex_lock (&priv->lock);
  g_clear_pointer (&priv->pending.announce, g_source_unref);
  g_mutex_unlock (&priv->lock);
  fl_job_flush (self);
  return G_SOURCE_REMOVE;
}

/* Worker: a job before this one broke off; its command may still wait for bytes. */
static gboolean
fl_job_refresh_session (FlJob *self, GCancellable *cancellable, GError **error)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  FlBoot *boot = fl_session_get_boot (priv->session);

  if (boot == NULL || !fl_session_is_stale (priv->session) || FL_JOB_GET_CLASS (self)->takes_stale)
    return TRUE;
  fl_job_begin_step (self, _ ("Bringing the bootloader back to the start of a command"));
  if (!fl_boot_resync (boot, cancellable, error))
    return FALSE;
  fl_session_set_stale (priv->session, FALSE);
  fl_job_end_step (self, NULL);
  return TRUE;
}

static void
fl_job_retry_cb (FlBoot *boot, const char *message, gpointer user_data)
{
  FlJob *self = user_data;
  FlJobPrivate *priv = fl_job_get_private (self);
  g_autofree char *detail = fl_job_dup_detail (self, priv->mark);

  fl_job_take_log (self, FL_LOG_WARNING, detail, message);
}

/* Main context: the last thing that a worker had done. Nothing is left to announce, and the thread is gone, when the
 * caller hears of the end. */
static gboolean
fl_job_ended_cb (gpointer user_data)
{
  FlJob *self = user_data;
  FlJobPrivate *priv = fl_job_get_private (self);
  g_autoptr (GTask) task = g_steal_pointer (&priv->task);
  GSource *announce;

  FL_ASSERT_MAIN ();
  g_thread_join (g_steal_pointer (&priv->thread)); /* it has nothing left to do but to end */
  announce = g_steal_pointer (&priv->pending.announce);
  if (announce != NULL)
    {
      g_source_destroy (announce);
      g_source_unref (announce);
    }
  fl_session_end_job (priv->session);
  fl_job_flush (self);
  if (priv->error == NULL) /* what would have been said had it broken off */
    g_clear_pointer (&priv->board_state, g_free);
  priv->running = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  if (priv->error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&priv->error));
  return G_SOURCE_REMOVE;
}

/* Worker. */
static FlStage
fl_job_get_pending_stage (FlJob *self)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  FlStage stage;

  g_mutex_lock (&priv->lock);
  stage = priv->pending.stage;
  g_mutex_unlock (&priv->lock);
  return stage;
}

/* Not one of GTask's threads: those may keep the last reference to the task for a moment after the caller has heard of
 * the end, and would then close the port when nobody expects it. */
static gpointer
fl_job_thread (gpointer data)
{
  FlJob *self = data;
  FlJobPrivate *priv = fl_job_get_private (self);
  GCancellable *cancellable = g_task_get_cancellable (priv->task);
  g_autoptr (GSource) ended = g_idle_source_new ();
  FlBoot *boot;
  gboolean ok;

  FL_ASSERT_WORKER ();
  priv->started = fl_session_get_elapsed (priv->session);
  priv->mark = priv->step_from = priv->counted_to = fl_trace_get_end (fl_session_get_trace (priv->session));
  priv->first_record = priv->mark;
  boot = fl_session_get_boot (priv->session);
  if (boot != NULL)
    fl_boot_set_retry_func (boot, fl_job_retry_cb, self);
  ok = !g_cancellable_set_error_if_cancelled (cancellable, &priv->error)
       && fl_job_refresh_session (self, cancellable, &priv->error);
  if (ok)
    ok = FL_JOB_GET_CLASS (self)->run (self, cancellable, &priv->error);
  else if (boot != NULL)
    fl_job_set_board_state (self, "%s", _ ("Flash: nothing was changed. The board is as it was."));
  fl_rate_conclude (self, priv->error);
  fl_job_conclude_facts (self, fl_job_get_pending_stage (self), priv->error);
  if (!ok)
    fl_job_conclude_failure (self, priv->error);

  boot = fl_session_get_boot (priv->session);
  if (boot != NULL)
    fl_boot_set_retry_func (boot, NULL, NULL);
  g_mutex_lock (&priv->lock);
  if (ok)
    {
      priv->pending.fraction = 1;
      priv->pending.stage = FL_STAGE_DONE;
    }
  priv->pending.rate = 0;
  priv->pending.seconds_left = ok ? 0 : -1;
  priv->pending.seconds = fl_job_get_elapsed (self);
  g_mutex_unlock (&priv->lock);
  fl_session_leave_worker (priv->session);
  g_source_set_priority (ended, g_task_get_priority (priv->task));
  g_source_set_callback (ended, fl_job_ended_cb, g_object_ref (self), g_object_unref);
  g_source_attach (ended, g_task_get_context (priv->task));
  return NULL;
}

/**
 * fl_job_run_async:
 * @cancellable: (nullable): works within 200 ms
 * @callback: called in the caller's thread-default main context, after the last announcement; its loop may begin to run
 *   later
 *
 * Starts the worker. A job runs once, and no other may run on its session meanwhile. Job and session stay alive until
 * the callback was called.
 */
void
fl_job_run_async (FlJob *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  FlJobPrivate *priv = fl_job_get_private (self);
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FL_IS_JOB (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  g_return_if_fail (!priv->used);

  priv->used = TRUE;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fl_job_run_async);
  /* A chip that was written was written, however late somebody pressed Cancel. */
  g_task_set_check_cancellable (task, FALSE);
  priv->task = g_steal_pointer (&task); /* until it has ended: it keeps the job alive */
  fl_session_begin_job (priv->session);
  priv->running = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  priv->thread = g_thread_new ("fl-job", fl_job_thread, self);
}

/**
 * fl_job_run_finish:
 *
 * Errors: those of #FlError, %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether all of the job was done
 */
gboolean
fl_job_run_finish (FlJob *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

FlSession *
fl_job_get_session (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), NULL);
  return fl_job_get_private (self)->session;
}

FlStage
fl_job_get_stage (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), FL_STAGE_IDLE);
  return fl_job_get_private (self)->stage;
}

/**
 * fl_job_get_fraction:
 *
 * Returns: 0 to 1 over the whole job, by bytes on the wire; never falls, and is 1 only after success
 */
double
fl_job_get_fraction (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), 0);
  return fl_job_get_private (self)->fraction;
}

const char *
fl_job_get_text (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), NULL);
  return fl_job_get_private (self)->text;
}

/**
 * fl_job_get_rate:
 *
 * Returns: bytes a second on the wire, both ways, over the last seconds of the transport's clock; 0: not known
 */
double
fl_job_get_rate (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), 0);
  return fl_job_get_private (self)->rate;
}

int
fl_job_get_seconds_left (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), -1);
  return fl_job_get_private (self)->seconds_left;
}

gboolean
fl_job_is_running (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), FALSE);
  return fl_job_get_private (self)->running;
}

GListModel *
fl_job_get_log (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), NULL);
  return G_LIST_MODEL (fl_job_get_private (self)->log);
}

/**
 * fl_job_get_sectors:
 * @n_sectors: (out): how many
 *
 * Returns: (array length=n_sectors) (nullable): an #FlSectorState each, in the order of the layout; until the next
 * "sectors-changed"
 */
const guint8 *
fl_job_get_sectors (FlJob *self, guint *n_sectors)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  g_return_val_if_fail (FL_IS_JOB (self) && n_sectors != NULL, NULL);
  *n_sectors = priv->sectors->len;
  return priv->sectors->len > 0 ? priv->sectors->data : NULL;
}

const FlExplanation *
fl_job_get_explanation (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), NULL);
  return fl_job_get_private (self)->explanation;
}

const char *
fl_job_get_board_state (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), NULL);
  return fl_job_get_private (self)->board_state;
}

double
fl_job_get_seconds (FlJob *self)
{
  g_return_val_if_fail (FL_IS_JOB (self), 0);
  return fl_job_get_private (self)->seconds;
}

static void
fl_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FlJobPrivate *priv = fl_job_get_private (FL_JOB (object));

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_object (value, priv->session);
      break;
    case PROP_STAGE:
      g_value_set_int (value, (int) priv->stage);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, priv->fraction);
      break;
    case PROP_TEXT:
      g_value_set_string (value, priv->text);
      break;
    case PROP_RATE:
      g_value_set_double (value, priv->rate);
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_int (value, priv->seconds_left);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, priv->running);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_job_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FlJobPrivate *priv = fl_job_get_private (FL_JOB (object));

  switch (id)
    {
    case PROP_SESSION:
      priv->session = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_job_finalize (GObject *object)
{
  FlJobPrivate *priv = fl_job_get_private (FL_JOB (object));

  g_assert (!priv->running); /* the task holds a reference */
  g_clear_object (&priv->session);
  g_clear_object (&priv->log);
  g_free (priv->text);
  g_free (priv->board_state);
  g_free (priv->step);
  fl_facts_free (priv->facts);
  g_clear_pointer (&priv->explanation, fl_explanation_free);
  g_byte_array_unref (priv->sectors);
  g_free (priv->pending.text);
  g_free (priv->pending.board_state);
  g_clear_pointer (&priv->pending.explanation, fl_explanation_free);
  g_ptr_array_unref (priv->pending.log);
  g_byte_array_unref (priv->pending.sectors);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (fl_job_parent_class)->finalize (object);
}

static void
fl_job_class_init (FlJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fl_job_get_property;
  object_class->set_property = fl_job_set_property;
  object_class->finalize = fl_job_finalize;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, FL_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_STAGE] = g_param_spec_int ("stage", NULL, NULL, FL_STAGE_IDLE, FL_N_STAGES - 1, FL_STAGE_IDLE, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_SECONDS_LEFT] = g_param_spec_int ("seconds-left", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FlJob::sectors-changed:
   *
   * fl_job_get_sectors() has news. Main context.
   */
  sectors_changed_signal = g_signal_new ("sectors-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 0);
}

static void
fl_job_init (FlJob *self)
{
  FlJobPrivate *priv = fl_job_get_private (self);

  g_mutex_init (&priv->lock);
  priv->facts = fl_facts_new ();
  priv->log = g_list_store_new (FL_TYPE_LOG_ENTRY);
  priv->sectors = g_byte_array_new ();
  priv->seconds_left = -1;
  priv->pending.seconds_left = -1;
  priv->pending.log = g_ptr_array_new_with_free_func (g_object_unref);
  priv->pending.sectors = g_byte_array_new ();
}
