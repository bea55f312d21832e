/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-facts.h"

G_BEGIN_DECLS

/* What may stand in a fact. */
typedef enum
{
  FL_FACT_TEXT,
  FL_FACT_NUMBER,
  FL_FACT_BYTES, /* "79 1F"; "": none came */
  FL_FACT_FLAG,  /* "yes", "no" */
  FL_FACT_WORD,  /* one of @words */
} FlFactKind;

typedef struct
{
  char      *name;
  FlFactKind kind;
  char     **words; /* NULL unless FL_FACT_WORD */
} FlFactInfo;

/* One term of a condition; strings point into the condition. */
typedef struct
{
  gboolean    negated;
  char       *name;
  enum
  {
    FL_TERM_HOLDS,   /* known, and neither "no" nor "0" */
    FL_TERM_UNKNOWN, /* ?NAME */
    FL_TERM_IS,      /* NAME=A|B */
    FL_TERM_IS_NOT,  /* NAME!=A|B */
    FL_TERM_LESS,
    FL_TERM_MORE,
  } relation;
  char       *operand;
} FlTerm;

const FlFactInfo *fl_fact_info_find       (const char *name); /* NULL: no such fact */
gboolean          fl_fact_info_accepts    (const FlFactInfo *self, const char *value);
gboolean          fl_facts_check_condition (const char *condition, GError **error);

G_END_DECLS
