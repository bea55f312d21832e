/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-diagnosis.h"
#include "fl-transport.h"

G_BEGIN_DECLS

/* How the user says that the board gets into its bootloader. */
typedef enum
{
  FL_ENTRY_MANUAL,  /* BOOT0 and reset by hand */
  FL_ENTRY_DTR_RTS, /* by the adapter's lines */
  FL_ENTRY_APP,     /* the application jumps to it */
} FlEntryMethod;

/* Where a job was when it failed; the state machine of DESIGN.md §2. */
typedef enum
{
  FL_STAGE_IDLE,
  FL_STAGE_OPEN,
  FL_STAGE_ENTER,
  FL_STAGE_SYNC,
  FL_STAGE_GET,
  FL_STAGE_ID,
  FL_STAGE_DESCRIBE,
  FL_STAGE_PLAN,
  FL_STAGE_ERASE,
  FL_STAGE_WRITE,
  FL_STAGE_VERIFY,
  FL_STAGE_READ,
  FL_STAGE_START,
  FL_STAGE_OPTIONS,
  FL_STAGE_PROTECT,
  FL_STAGE_RESTART, /* the chip resets itself, and is looked for again */
  FL_STAGE_DONE,
  FL_N_STAGES,
} FlStage;

const char *fl_stage_get_id   (FlStage stage); /* "sync": stable */
const char *fl_stage_get_name (FlStage stage); /* "Activating device": translated, for the log */

/* What is known about a failure. Borrowed; everything may be missing. */
typedef struct
{
  const GError         *error;
  FlStage               stage;
  const char           *port;
  const FlLineSettings *settings;
  FlEntryMethod         entry;
  const FlChip         *chip;     /* connected, or expected */
  GPtrArray            *sent;     /* (element-type utf8): the last exchange's "> …" lines */
  GPtrArray            *received; /* (element-type utf8): its "< …" lines */
  const FlFacts        *facts;    /* what the job has recorded */
} FlEvidence;

/**
 * FlExplanation:
 * @title: "The board does not answer"
 * @did: what we did, one sentence
 * @came: what came back, one sentence
 * @meaning: what that means
 * @checks: (element-type utf8): what to do, one action each, the most likely first
 * @diagnosis: (nullable): what the facts say: causes, ranked, each with its remedy, and what was excluded; %NULL when
 *   they say nothing
 *
 * A failure in plain words that can be read out on the phone.
 */
typedef struct
{
  char        *title;
  char        *did;
  char        *came;
  char        *meaning;
  GPtrArray   *checks;
  FlDiagnosis *diagnosis;
} FlExplanation;

FlExplanation *fl_explain              (const FlEvidence *evidence);
void           fl_explanation_free     (FlExplanation *self);
char          *fl_explanation_to_text  (const FlExplanation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlExplanation, fl_explanation_free)

G_END_DECLS
