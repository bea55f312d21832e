/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-facts.h"

G_BEGIN_DECLS

/**
 * FlCause:
 * @code: "ADAPTER_NO_PARITY": stable
 * @likelihood: 0 to 1; those of a diagnosis add up to at most 1
 * @certain: a probe has confirmed it
 * @title: "The adapter does not send the parity bit", as the other texts translated
 * @meaning: two or three sentences
 * @evidence: (element-type utf8): what speaks for it, one sentence each
 * @remedy: (element-type utf8): what to do, one step each, with this chip's pins and option bits
 * @decide: the one test that would tell; nullable for what is certain
 * @action: what the window can offer to do about it: "lower-rate", "parity-none", "unprotect", "power-cycle" …; nullable
 */
typedef struct
{
  const char *code;
  double      likelihood;
  gboolean    certain;
  const char *title;
  char       *meaning;
  GPtrArray  *evidence;
  GPtrArray  *remedy;
  char       *decide;
  const char *action;
} FlCause;

typedef struct
{
  const char *code;
  const char *title;
  char       *why; /* "a missing parity bit cannot be the reason for silence: …" */
} FlExcluded;

typedef struct
{
  const char *id;   /* "app-runs": what --answer takes; its fact is "answer.app-runs" */
  const char *text; /* "Does the device do its normal work, …?" */
} FlQuestion;

/**
 * FlDiagnosis:
 * @observation: "SILENCE": the class of the first observation; stable
 * @summary: one sentence: what was seen
 * @causes: (element-type FlCause): the most likely first, five at the most; none: nothing is wrong
 * @excluded: (element-type FlExcluded)
 * @questions: (element-type FlQuestion): those that are open and would change the order, three at the most
 *
 * What the facts say. Immutable.
 */
typedef struct
{
  const char *observation;
  char       *summary;
  GPtrArray  *causes;
  GPtrArray  *excluded;
  GPtrArray  *questions;
} FlDiagnosis;

/* @chip: (nullable): on the port, or the one the user says it is; for the texts and the "chip." facts. */
FlDiagnosis   *fl_diagnose                (const FlFacts *facts, const FlChip *chip);
void           fl_diagnosis_free          (FlDiagnosis *self);
char          *fl_diagnosis_to_text       (const FlDiagnosis *self); /* to be read out, or sent on */
const FlCause *fl_diagnosis_get_cause     (const FlDiagnosis *self, const char *code); /* nullable */
const char *const *fl_diagnosis_get_codes (void); /* every cause code there is */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlDiagnosis, fl_diagnosis_free)

G_END_DECLS
