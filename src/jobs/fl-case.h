/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"
#include "fl-diagnosis.h"
#include "fl-trace.h"

G_BEGIN_DECLS

/* What somebody sent. */
typedef enum
{
  FL_CASE_REPORT,  /* a report of this program */
  FL_CASE_TRACE,   /* a trace of this program */
  FL_CASE_FOREIGN, /* a log of another program, in hexadecimal */
} FlCaseKind;

/**
 * FlCase:
 * @kind: what it is
 * @program: (nullable): version of the program that made the report
 * @created: (nullable): when, in ISO 8601
 * @text: (nullable): what the report says to people
 * @log: (nullable): the report's log
 * @trace: the traffic; of a report perhaps empty
 * @exchanges: (element-type FlExchange): the traffic in words
 * @facts: of a report, those that were seen at the board; otherwise what the traffic shows
 * @chip: (nullable): that it is about
 * @diagnosis: what this program makes of the facts
 *
 * Somebody else's trouble, looked at without the board. Immutable.
 */
typedef struct
{
  FlCaseKind    kind;
  char         *program;
  char         *created;
  char         *text;
  char         *log;
  FlTrace      *trace;
  GPtrArray    *exchanges;
  FlFacts      *facts;
  const FlChip *chip;
  FlDiagnosis  *diagnosis;
} FlCase;

#define FL_CASE_MAX_SIZE (64 * 1024 * 1024) /* bytes of a file */

FlCase *fl_case_open     (const char *text, gssize length, GError **error);
FlCase *fl_case_load     (const char *path, GError **error);
void    fl_case_free     (FlCase *self);
char   *fl_case_dup_head (const FlCase *self); /* "Report of Flashloader 0.1.0, 2026-11-28": translated */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlCase, fl_case_free)

G_END_DECLS
