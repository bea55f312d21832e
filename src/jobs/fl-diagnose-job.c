/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-diagnose-private.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-facts-private.h"
#include "fl-job-facts.h"
#include "fl-session-private.h"
#include "fl-thread.h"

#define AUTOMATIC_MS 24000 /* for all that goes by itself: no probe begins later, and the longest takes a second */

struct _FlDiagnoseJob
{
  FlJob parent_instance;

  /* Set before it runs. */
  gboolean guided;
  FlImage *image;
  FlFacts *facts; /* the worker's while it runs */

  /* Main context: as last announced. */
  FlDiagnosis *diagnosis;
  FlPrompt *prompt;

  GMutex lock;                /* guards what follows */
  GHashTable *answers;        /* question → FlAnswer */
  guint n_next;               /* how often the user has gone on to the next action */
  FlDiagnosis *new_diagnosis; /* to be announced */
  FlPrompt *new_prompt;
  gboolean prompt_changed;
  double automatic_s; /* what the automatic part took */
  gboolean announcing;
};

enum
{
  PROP_0,
  PROP_DIAGNOSIS,
  PROP_PROMPT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FlDiagnoseJob, fl_diagnose_job, FL_TYPE_JOB)

static void
fl_prompt_free (FlPrompt *prompt)
{
  if (prompt == NULL)
    return;
  g_free (prompt->text);
  g_free (prompt);
}

/* Main context. */
static gboolean
fl_diagnose_job_announce_cb (gpointer user_data)
{
  FlDiagnoseJob *self = user_data;
  FlDiagnosis *diagnosis;
  FlPrompt *prompt;
  gboolean prompt_changed;

  g_mutex_lock (&self->lock);
  diagnosis = g_steal_pointer (&self->new_diagnosis);
  prompt = g_steal_pointer (&self->new_prompt);
  prompt_changed = self->prompt_changed;
  self->prompt_changed = FALSE;
  self->announcing = FALSE;
  g_mutex_unlock (&self->lock);

  if (diagnosis != NULL)
    {
      g_clear_pointer (&self->diagnosis, fl_diagnosis_free);
      self->diagnosis = diagnosis;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DIAGNOSIS]);
    }
  if (prompt_changed)
    {
      g_clear_pointer (&self->prompt, fl_prompt_free);
      self->prompt = prompt;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROMPT]);
    }
  return G_SOURCE_REMOVE;
}

/* Worker, with the lock held. Comes before the end of the job is announced, which has the same priority. */
static void
fl_diagnose_job_announce (FlDiagnoseJob *self)
{
  GTask *task = fl_job_get_private (FL_JOB (self))->task;
  g_autoptr (GSource) source = NULL;

  if (self->announcing)
    return;
  self->announcing = TRUE;
  source = g_idle_source_new ();
  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, fl_diagnose_job_announce_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

/* What the user has answered becomes facts. */
void
fl_diagnose_job_take_answers (FlDiagnoseJob *self, FlFacts *facts)
{
  GHashTableIter iter;
  gpointer question, answer;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->answers);
  while (g_hash_table_iter_next (&iter, &question, &answer))
    {
      g_autofree char *fact = g_strconcat ("answer.", (const char *) question, NULL);

      if (GPOINTER_TO_INT (answer) == FL_ANSWER_UNKNOWN)
        fl_facts_set (facts, fact, NULL);
      else
        fl_facts_set_flag (facts, fact, GPOINTER_TO_INT (answer) == FL_ANSWER_YES);
    }
  g_mutex_unlock (&self->lock);
}

FlAnswer
fl_diagnose_job_get_answer (FlDiagnoseJob *self, const char *question)
{
  FlAnswer answer;

  g_mutex_lock (&self->lock);
  answer = (FlAnswer) GPOINTER_TO_INT (g_hash_table_lookup (self->answers, question));
  g_mutex_unlock (&self->lock);
  return answer;
}

gboolean
fl_diagnose_job_is_guided (FlDiagnoseJob *self)
{
  return self->guided;
}

FlImage *
fl_diagnose_job_get_image (FlDiagnoseJob *self)
{
  return self->image;
}

/* The automatic part has come to its end. */
void
fl_diagnose_job_note_automatic (FlDiagnoseJob *self)
{
  g_mutex_lock (&self->lock);
  self->automatic_s = fl_job_get_elapsed (FL_JOB (self));
  g_mutex_unlock (&self->lock);
}

void
fl_diagnose_job_set_prompt (FlDiagnoseJob *self, FlPrompt *prompt)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->new_prompt, fl_prompt_free);
  self->new_prompt = prompt;
  self->prompt_changed = TRUE;
  fl_diagnose_job_announce (self);
  g_mutex_unlock (&self->lock);
}

guint
fl_diagnose_job_get_n_next (FlDiagnoseJob *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_next;
  g_mutex_unlock (&self->lock);
  return n;
}

/* What the facts say so far; told to the main context. */
FlDiagnosis *
fl_diagnose_job_conclude (FlDiagnoseJob *self, FlProbe *probe)
{
  FlDiagnosis *diagnosis;

  fl_diagnose_job_take_answers (self, probe->facts);
  diagnosis = fl_diagnose (probe->facts, probe->chip);
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->new_diagnosis, fl_diagnosis_free);
  self->new_diagnosis = fl_diagnose (probe->facts, probe->chip);
  fl_diagnose_job_announce (self);
  g_mutex_unlock (&self->lock);
  return diagnosis;
}

/* The port failed meanwhile, which is a finding too; cancelling is none. */
static gboolean
fl_diagnose_check_end (FlProbe *probe, GError **error)
{
  if (probe->error == NULL)
    return TRUE;
  if (g_error_matches (probe->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&probe->error));
      return FALSE;
    }
  if (fl_facts_get (probe->facts, "port.gone") == NULL && fl_facts_get (probe->facts, "port.blocked") == NULL)
    fl_facts_set_flag (probe->facts, "port.gone", TRUE);
  fl_job_log (probe->job, FL_LOG_FAILED, NULL, "%s", probe->error->message);
  return TRUE;
}

static gboolean
fl_diagnose_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlDiagnoseJob *self = FL_DIAGNOSE_JOB (job);
  FlSession *session = fl_job_get_session (job);
  FlProbe probe = { .job = job, .session = session, .facts = self->facts, .cancellable = cancellable };
  g_autoptr (FlSurroundings) around = NULL;
  g_autoptr (FlDiagnosis) diagnosis = NULL;
  g_autoptr (GError) problem = NULL;
  gboolean ok = TRUE;

  probe.port = fl_session_get_options (session)->port;
  probe.hands = fl_hands_find (probe.port);
  fl_job_enter_stage (job, FL_STAGE_SYNC);
  fl_job_set_text (job, "%s", _ ("Looking for the cause"));
  fl_diagnose_job_take_answers (self, probe.facts);
  around = fl_probe_look_around (&probe);
  fl_diagnose_set_options (&probe);
  fl_diagnose_set_chip (&probe, around);
  if (fl_diagnose_open (&probe, &problem))
    {
      gboolean silent;

      probe.until = fl_transport_get_time (probe.transport) + (gint64) AUTOMATIC_MS * 1000;
      silent = fl_diagnose_job_probe (self, &probe, around);
      if (fl_diagnose_guide (self, &probe, silent) && fl_probe_settle (&probe))
        fl_diagnose_examine (self, &probe);
      ok = fl_diagnose_check_end (&probe, error);
    }
  else if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  g_clear_error (&probe.error);
  diagnosis = fl_diagnose_job_conclude (self, &probe);
  fl_job_facts_add (fl_job_get_own_facts (job), probe.facts); /* for a report */
  fl_job_log (job, FL_LOG_INFO, NULL, "%s", diagnosis->summary);
  if (fl_session_get_device (session) == NULL)
    fl_session_close (session);
  else
    fl_session_set_stale (session, TRUE); /* the next job brings both sides back to the start of a command */
  return ok;
}

/**
 * fl_diagnose_job_new:
 * @session: open or closed, connected or not
 *
 * Returns: (transfer full): a job that looks for the cause. A session that was not connected is closed afterwards.
 */
FlJob *
fl_diagnose_job_new (FlSession *session)
{
  g_return_val_if_fail (FL_IS_SESSION (session), NULL);
  return g_object_new (FL_TYPE_DIAGNOSE_JOB, "session", session, NULL);
}

/**
 * fl_diagnose_job_set_guided:
 * @guided: a person is at hand, who answers questions and does what is asked for
 */
void
fl_diagnose_job_set_guided (FlDiagnoseJob *self, gboolean guided)
{
  g_return_if_fail (FL_IS_DIAGNOSE_JOB (self));
  self->guided = guided;
}

/**
 * fl_diagnose_job_set_facts:
 * @facts: what a job has seen that failed; copied. What is looked at again is seen anew
 */
void
fl_diagnose_job_set_facts (FlDiagnoseJob *self, const FlFacts *facts)
{
  g_return_if_fail (FL_IS_DIAGNOSE_JOB (self) && facts != NULL);
  g_clear_pointer (&self->facts, fl_facts_free);
  self->facts = fl_facts_copy (facts);
}

/**
 * fl_diagnose_job_set_image:
 * @image: (nullable): is written, verified and started, after its pages were erased, once the bootloader can be talked
 * to
 */
void
fl_diagnose_job_set_image (FlDiagnoseJob *self, FlImage *image)
{
  g_return_if_fail (FL_IS_DIAGNOSE_JOB (self));
  g_set_object (&self->image, image);
}

/**
 * fl_diagnose_job_answer:
 * @question: "app-runs": of those that the engine asks
 */
void
fl_diagnose_job_answer (FlDiagnoseJob *self, const char *question, FlAnswer answer)
{
  g_return_if_fail (FL_IS_DIAGNOSE_JOB (self) && question != NULL);

  g_mutex_lock (&self->lock);
  g_hash_table_replace (self->answers, g_strdup (question), GINT_TO_POINTER (answer));
  g_mutex_unlock (&self->lock);
}

/**
 * fl_diagnose_job_has_question:
 *
 * Returns: whether there is a question of that name
 */
gboolean
fl_diagnose_job_has_question (const char *question)
{
  g_autofree char *fact = g_strconcat ("answer.", question, NULL);

  return fl_fact_info_find (fact) != NULL;
}

/**
 * fl_diagnose_job_next:
 *
 * What was asked for was done and did not help, or cannot be done, or is not known.
 */
void
fl_diagnose_job_next (FlDiagnoseJob *self)
{
  g_return_if_fail (FL_IS_DIAGNOSE_JOB (self));

  g_mutex_lock (&self->lock);
  self->n_next++;
  g_mutex_unlock (&self->lock);
}

const FlPrompt *
fl_diagnose_job_get_prompt (FlDiagnoseJob *self)
{
  g_return_val_if_fail (FL_IS_DIAGNOSE_JOB (self), NULL);
  return self->prompt;
}

const FlDiagnosis *
fl_diagnose_job_get_diagnosis (FlDiagnoseJob *self)
{
  g_return_val_if_fail (FL_IS_DIAGNOSE_JOB (self), NULL);
  return self->diagnosis;
}

const FlFacts *
fl_diagnose_job_get_facts (FlDiagnoseJob *self)
{
  g_return_val_if_fail (FL_IS_DIAGNOSE_JOB (self), NULL);
  return self->facts;
}

/**
 * fl_diagnose_job_get_automatic_seconds:
 *
 * Returns: how long the automatic probes took on the transport's clock, until there was a first diagnosis; 0: the port
 * could not be opened. After it ran
 */
double
fl_diagnose_job_get_automatic_seconds (FlDiagnoseJob *self)
{
  g_return_val_if_fail (FL_IS_DIAGNOSE_JOB (self), 0);
  return self->automatic_s;
}

static void
fl_diagnose_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FlDiagnoseJob *self = FL_DIAGNOSE_JOB (object);

  switch (id)
    {
    case PROP_DIAGNOSIS:
      g_value_set_pointer (value, self->diagnosis);
      break;
    case PROP_PROMPT:
      g_value_set_pointer (value, self->prompt);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fl_diagnose_job_finalize (GObject *object)
{
  FlDiagnoseJob *self = FL_DIAGNOSE_JOB (object);

  g_clear_object (&self->image);
  g_clear_pointer (&self->facts, fl_facts_free);
  g_clear_pointer (&self->diagnosis, fl_diagnosis_free);
  g_clear_pointer (&self->new_diagnosis, fl_diagnosis_free);
  g_clear_pointer (&self->prompt, fl_prompt_free);
  g_clear_pointer (&self->new_prompt, fl_prompt_free);
  g_hash_table_unref (self->answers);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (fl_diagnose_job_parent_class)->finalize (object);
}

static void
fl_diagnose_job_class_init (FlDiagnoseJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fl_diagnose_job_get_property;
  object_class->finalize = fl_diagnose_job_finalize;
  FL_JOB_CLASS (klass)->run = fl_diagnose_job_run;
  FL_JOB_CLASS (klass)->takes_stale = TRUE;
  FL_JOB_CLASS (klass)->own_facts = TRUE;
  properties[PROP_DIAGNOSIS] = g_param_spec_pointer ("diagnosis", NULL, NULL, flags);
  properties[PROP_PROMPT] = g_param_spec_pointer ("prompt", NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fl_diagnose_job_init (FlDiagnoseJob *self)
{
  g_mutex_init (&self->lock);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->facts = fl_facts_new ();
}
