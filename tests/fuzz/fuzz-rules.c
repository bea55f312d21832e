/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fl-error.h"
#include "fl-facts-private.h"
#include "fl-rules.h"
#include "fuzz-main.h"

static void
check_when (const char *when)
{
  g_autoptr (FlFacts) none = fl_facts_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (when == NULL || fl_facts_check_condition (when, &error));
  fl_facts_match (none, when);
}

/* Any text as one of the files of data/diagnosis: an error, or rules that can be asked. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (FlRules) rules = fl_rules_new ();
  g_autoptr (GError) error = NULL;

  if (!fl_rules_add (rules, size > 0 ? (const char *) data : "", size, "x.xml", &error))
    {
      g_assert_true (error->domain == FL_ERROR || error->domain == G_MARKUP_ERROR);
      return 0;
    }
  g_assert_no_error (error);
  for (guint i = 0; i < rules->causes->len; i++)
    {
      const FlCauseRow *cause = g_ptr_array_index (rules->causes, i);

      g_assert_true (fl_rules_find_cause (rules, cause->code) == cause);
    }
  for (guint i = 0; i < rules->matches->len; i++)
    check_when (((const FlMatchRow *) g_ptr_array_index (rules->matches, i))->when);
  for (guint i = 0; i < rules->rules->len; i++)
    check_when (((const FlRuleRow *) g_ptr_array_index (rules->rules, i))->when);
  for (guint i = 0; i < rules->questions->len; i++)
    check_when (((const FlQuestionRow *) g_ptr_array_index (rules->questions, i))->when);
  return 0;
}
