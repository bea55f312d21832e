/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-facts-private.h"

static gboolean
is_name_char (char c)
{
  return g_ascii_islower (c) || g_ascii_isdigit (c) || c == '.' || c == '-';
}

/* Cuts one term up: "sync.first=79|1F". */
static gboolean
parse_term (char *text, FlTerm *term)
{
  char *end;

  *term = (FlTerm){ .relation = FL_TERM_HOLDS };
  if (*text == '!')
    {
      term->negated = TRUE;
      text++;
    }
  else if (*text == '?')
    {
      term->relation = FL_TERM_UNKNOWN;
      text++;
    }
  term->name = text;
  for (end = text; is_name_char (*end); end++)
    ;
  if (end == text || (*end != '\0' && term->relation == FL_TERM_UNKNOWN))
    return FALSE;
  if (*end == '\0')
    return TRUE;
  if (end[0] == '!' && end[1] == '=')
    {
      term->relation = FL_TERM_IS_NOT;
      term->operand = end + 2;
    }
  else if (*end == '=' || *end == '<' || *end == '>')
    {
      term->relation = *end == '=' ? FL_TERM_IS : *end == '<' ? FL_TERM_LESS : FL_TERM_MORE;
      term->operand = end + 1;
    }
  else
    return FALSE;
  *end = '\0';
  return term->relation == FL_TERM_IS || *term->operand != '\0';
}

/* Whether @value is one of "A|B*". */
static gboolean
is_one_of (const char *value, const char *alternatives)
{
  g_auto (GStrv) patterns = g_strsplit (alternatives, "|", -1);

  if (*alternatives == '\0')
    return *value == '\0';
  for (char **pattern = patterns; *pattern != NULL; pattern++)
    if (g_pattern_match_simple (*pattern, value))
      return TRUE;
  return FALSE;
}

/* A number, or the fact that has it. */
static gboolean
get_operand (const FlFacts *facts, const char *operand, double *number)
{
  char *end;

  *number = g_ascii_strtod (operand, &end);
  if (end != operand && *end == '\0')
    return TRUE;
  *number = fl_facts_get_number (facts, operand, G_MAXDOUBLE);
  return *number < G_MAXDOUBLE;
}

static gboolean
compare (const FlFacts *facts, const FlTerm *term)
{
  double left = fl_facts_get_number (facts, term->name, G_MAXDOUBLE), right;

  if (left == G_MAXDOUBLE || !get_operand (facts, term->operand, &right))
    return FALSE;
  return term->relation == FL_TERM_LESS ? left < right : left > right;
}

static gboolean
holds (const FlFacts *facts, const FlTerm *term)
{
  const char *value = fl_facts_get (facts, term->name);

  switch (term->relation)
    {
    case FL_TERM_UNKNOWN:
      return value == NULL;
    case FL_TERM_IS:
      return value != NULL && is_one_of (value, term->operand);
    case FL_TERM_IS_NOT:
      return value != NULL && !is_one_of (value, term->operand);
    case FL_TERM_LESS:
    case FL_TERM_MORE:
      return compare (facts, term);
    case FL_TERM_HOLDS:
    default:
      return value != NULL && !g_str_equal (value, "no") && !g_str_equal (value, "0");
    }
}

/**
 * fl_facts_match:
 * @condition: (nullable): as fl-facts.h describes; empty or %NULL: always
 *
 * Returns: whether all of its terms hold
 */
gboolean
fl_facts_match (const FlFacts *self, const char *condition)
{
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  words = g_strsplit (condition != NULL ? condition : "", " ", -1);
  for (char **word = words; *word != NULL; word++)
    {
      FlTerm term;

      if (**word == '\0')
        continue;
      if (!parse_term (*word, &term))
        {
          g_critical ("Not a condition: “%s”", condition);
          return FALSE;
        }
      if (holds (self, &term) == term.negated)
        return FALSE;
    }
  return TRUE;
}

/* A misspelt word would never be met: it has to be one that the fact can have. */
static gboolean
check_words (const FlFactInfo *info, const char *operand)
{
  g_auto (GStrv) words = g_strsplit (operand, "|", -1);

  for (char **word = words; *word != NULL; word++)
    if (strpbrk (*word, "*?") == NULL && !fl_fact_info_accepts (info, *word))
      return FALSE;
  return TRUE;
}

static gboolean
check_term (const FlTerm *term)
{
  const FlFactInfo *info = fl_fact_info_find (term->name);
  char *end;

  if (info == NULL)
    return FALSE;
  if (term->relation == FL_TERM_IS && *term->operand == '\0')
    return fl_fact_info_accepts (info, "");
  if (term->relation == FL_TERM_IS || term->relation == FL_TERM_IS_NOT)
    return check_words (info, term->operand);
  if (term->relation != FL_TERM_LESS && term->relation != FL_TERM_MORE)
    return TRUE;
  g_ascii_strtod (term->operand, &end);
  if (*end != '\0')
    {
      const FlFactInfo *other = fl_fact_info_find (term->operand);

      return other != NULL && other->kind == FL_FACT_NUMBER && info->kind == FL_FACT_NUMBER;
    }
  return info->kind == FL_FACT_NUMBER;
}

/**
 * fl_facts_check_condition:
 *
 * Errors: %FL_ERROR_FORMAT.
 *
 * Returns: whether it is a condition, names only facts that there are, and compares them with what they can be
 */
gboolean
fl_facts_check_condition (const char *condition, GError **error)
{
  g_auto (GStrv) words = g_strsplit (condition, " ", -1);

  for (char **word = words; *word != NULL; word++)
    {
      g_autofree char *shown = g_strdup (*word);
      FlTerm term;

      if (**word == '\0' || (parse_term (*word, &term) && check_term (&term)))
        continue;
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("not a condition over known facts: “%s”"), shown);
      return FALSE;
    }
  return TRUE;
}
