/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-diagnosis.h"
#include "fl-image.h"
#include "fl-job.h"
#include "fl-surroundings.h"

G_BEGIN_DECLS

/**
 * FlPrompt:
 * @question: "app-runs", or %NULL
 * @action: what to do, when @question is %NULL
 * @text: what to ask or to do, translated, with this chip's pins
 * @number: 1 for the first thing asked
 *
 * What the technician is asked for now. While it stands, the job goes on probing; what makes the board answer is the
 * diagnosis.
 */
typedef struct
{
  const char *question;
  FlAction    action;
  char       *text;
  guint       number;
} FlPrompt;

/**
 * FlDiagnoseJob:
 *
 * Finds out why a board does not answer, or what else is wrong with it: probes that change nothing on the board, then
 * the engine, then (guided) questions and single actions. Ends with success whatever it found. A session that is
 * connected already is looked at where it stands.
 *
 * Properties (main context, read only): "diagnosis" (pointer, notified whenever the order has changed), "prompt"
 * (pointer, notified when the technician is asked for something else).
 */
#define FL_TYPE_DIAGNOSE_JOB (fl_diagnose_job_get_type ())
G_DECLARE_FINAL_TYPE (FlDiagnoseJob, fl_diagnose_job, FL, DIAGNOSE_JOB, FlJob)

FlJob             *fl_diagnose_job_new           (FlSession *session);

/* Before it runs. */
void               fl_diagnose_job_set_guided    (FlDiagnoseJob *self, gboolean guided); /* a person is at hand */
void               fl_diagnose_job_set_facts     (FlDiagnoseJob *self, const FlFacts *facts); /* of a job that failed */
void               fl_diagnose_job_set_image     (FlDiagnoseJob *self, FlImage *image); /* programs it, to see what
                                                                                         * fails; erases its pages */
gboolean           fl_diagnose_job_has_question  (const char *question); /* "app-runs" */

/* Main context, before and while it runs. */
void               fl_diagnose_job_answer        (FlDiagnoseJob *self, const char *question, FlAnswer answer);
void               fl_diagnose_job_next          (FlDiagnoseJob *self); /* the action was done, and did not help */
const FlPrompt    *fl_diagnose_job_get_prompt    (FlDiagnoseJob *self); /* (transfer none) nullable */
const FlDiagnosis *fl_diagnose_job_get_diagnosis (FlDiagnoseJob *self); /* (transfer none) nullable: not yet */
const FlFacts     *fl_diagnose_job_get_facts     (FlDiagnoseJob *self); /* (transfer none): after it ran */
double             fl_diagnose_job_get_automatic_seconds (FlDiagnoseJob *self); /* without questions, actions and image */

G_END_DECLS
