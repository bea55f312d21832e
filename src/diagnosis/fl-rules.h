/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A sentence, and when it is said. Texts are msgids: for _(). */
typedef struct
{
  char *when; /* nullable */
  char *text;
} FlRuleText;

typedef struct
{
  char      *code;
  char      *action; /* nullable */
  char      *title;
  char      *meaning;
  GPtrArray *decides; /* FlRuleText: the first that applies */
  GPtrArray *steps;   /* FlRuleText: all that apply */
} FlCauseRow;

typedef struct
{
  const FlCauseRow *cause;
  double            share; /* of the known cases of its class */
} FlCandidate;

/* A kind of first observation. */
typedef struct
{
  char      *id;
  double     cases;      /* that the shares are from */
  double     nothing;    /* how likely it is that nothing is wrong at all */
  GPtrArray *summaries;  /* FlRuleText: the first that applies */
  GArray    *candidates; /* FlCandidate */
} FlClassRow;

/* What makes an observation one of a class. */
typedef struct
{
  char             *when;
  const FlClassRow *class;
} FlMatchRow;

typedef enum
{
  FL_RULE_FACTOR,  /* makes a cause likelier, or less so */
  FL_RULE_CERTAIN, /* proves it */
  FL_RULE_EXCLUDE,
} FlRuleKind;

typedef struct
{
  FlRuleKind kind;
  GPtrArray *causes; /* FlCauseRow */
  char     **classes; /* nullable: any */
  char      *when;
  double     by;    /* of a factor */
  double     prior; /* of a factor: what a cause that is no candidate comes in with; 0: it stays out */
  char      *text;  /* evidence, or why it is excluded; nullable */
} FlRuleRow;

typedef struct
{
  char *id;
  char *when;
  char *text;
} FlQuestionRow;

typedef struct
{
  GPtrArray *causes;    /* FlCauseRow */
  GPtrArray *classes;   /* FlClassRow */
  GPtrArray *matches;   /* FlMatchRow: the first that holds names the class */
  GPtrArray *rules;     /* FlRuleRow */
  GPtrArray *questions; /* FlQuestionRow: the most telling first */
} FlRules;

const FlRules    *fl_rules_get        (void);
FlRules          *fl_rules_new        (void);
void              fl_rules_free       (FlRules *self);
gboolean          fl_rules_add        (FlRules *self, const char *text, gsize length, const char *file_name,
                                       GError **error);
const FlCauseRow *fl_rules_find_cause (const FlRules *self, const char *code); /* nullable */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlRules, fl_rules_free)

G_END_DECLS
