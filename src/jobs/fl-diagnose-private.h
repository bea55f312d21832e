/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-diagnose-job.h"
#include "fl-probe.h"

G_BEGIN_DECLS

/* Between the files of #FlDiagnoseJob. Worker. */

/* How a prompt came to its end. */
typedef enum
{
  FL_PROMPT_OVER,     /* the port failed, or the user has cancelled */
  FL_PROMPT_ANSWERED, /* the question */
  FL_PROMPT_NEXT,     /* it was done, or given up */
  FL_PROMPT_HEARD,    /* the board answers */
} FlPromptEnd;

FlDiagnosis *fl_diagnose_job_conclude   (FlDiagnoseJob *self, FlProbe *probe); /* (transfer full): so far; announced */
FlAnswer     fl_diagnose_job_get_answer (FlDiagnoseJob *self, const char *question);
void         fl_diagnose_job_take_answers (FlDiagnoseJob *self, FlFacts *facts);
gboolean     fl_diagnose_job_is_guided  (FlDiagnoseJob *self);
void         fl_diagnose_job_set_prompt (FlDiagnoseJob *self, FlPrompt *prompt); /* (transfer full) nullable */
guint        fl_diagnose_job_get_n_next (FlDiagnoseJob *self);

FlImage     *fl_diagnose_job_get_image  (FlDiagnoseJob *self); /* (transfer none) nullable */
void         fl_diagnose_job_note_automatic (FlDiagnoseJob *self);

/* fl-diagnose-flow.c */
void         fl_diagnose_set_options    (FlProbe *probe);
void         fl_diagnose_set_chip       (FlProbe *probe, const FlSurroundings *around);
gboolean     fl_diagnose_open           (FlProbe *probe, GError **error);
gboolean     fl_diagnose_examine        (FlDiagnoseJob *self, FlProbe *probe);
gboolean     fl_diagnose_job_probe      (FlDiagnoseJob *self, FlProbe *probe, const FlSurroundings *around);

/* fl-diagnose-guide.c: what is asked of a person; whether that has brought an answer of the bootloader */
gboolean     fl_diagnose_guide          (FlDiagnoseJob *self, FlProbe *probe, gboolean silent);

G_END_DECLS
