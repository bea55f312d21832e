/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-diagnosis.h"

#include <glib/gi18n-lib.h>

#include "fl-diagnosis-private.h"
#include "fl-rules.h"

/*
 * From facts to a ranked list. The class of the first observation gives the candidates, each with the share that it had
 * in known cases, smoothed, because the cases are few: (n_c + ½) / (n + ½ K), for n cases and K candidates. Each piece
 * of evidence multiplies; what is excluded drops out; what a probe has confirmed is certain. The knowledge is all in
 * data/diagnosis/.
 */

#define MAX_CAUSES     5
#define MAX_QUESTIONS  3
#define LEAST          0.01 /* likelihood that is worth a line */
#define BESIDE_CERTAIN 0.05 /* what is left for others that something speaks for, beside what is proved */

/* What is thought of one cause. */
typedef struct
{
  const FlCauseRow *row;
  double score;
  gboolean certain;
  const FlRuleRow *excluded_by; /* NULL: it is not */
  double shown;                 /* its likelihood */
  gboolean supported;           /* something speaks for it */
} Standing;

typedef struct
{
  const FlClassRow *class;
  double nothing;     /* the score of nothing being wrong */
  GArray *standings;  /* Standing, one for each cause, in the order of the rules */
  GPtrArray *applied; /* FlRuleRow: what was used, in order */
  GPtrArray *ranked;  /* Standing: what is shown, in order */
} Ranking;

static void
ranking_clear (Ranking *self)
{
  g_array_unref (self->standings);
  g_ptr_array_unref (self->applied);
  g_ptr_array_unref (self->ranked);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ranking, ranking_clear)

static const FlClassRow *
find_class (const FlRules *rules, const FlFacts *facts)
{
  for (guint i = 0; i < rules->matches->len; i++)
    {
      const FlMatchRow *match = g_ptr_array_index (rules->matches, i);

      if (fl_facts_match (facts, match->when))
        return match->class;
    }
  g_assert_not_reached (); /* the last class is for everything */
}

static Standing *
find_standing (Ranking *self, const FlCauseRow *row)
{
  for (guint i = 0; i < self->standings->len; i++)
    {
      Standing *standing = &g_array_index (self->standings, Standing, i);

      if (standing->row == row)
        return standing;
    }
  g_assert_not_reached ();
}

static void
take_candidates (Ranking *self)
{
  const FlClassRow *class = self->class;
  double sum = 0;

  for (guint i = 0; i < class->candidates->len; i++)
    {
      const FlCandidate *candidate = &g_array_index (class->candidates, FlCandidate, i);
      double score = (candidate->share * class->cases + 0.5) / (class->cases + 0.5 * class->candidates->len);

      find_standing (self, candidate->cause)->score = score;
      sum += score;
    }
  self->nothing = sum * class->nothing / (1 - class->nothing);
}

static void
apply_rule (Ranking *self, const FlRuleRow *rule)
{
  for (guint i = 0; i < rule->causes->len; i++)
    {
      Standing *standing = find_standing (self, g_ptr_array_index (rule->causes, i));

      switch (rule->kind)
        {
        case FL_RULE_FACTOR:
          standing->score = (standing->score > 0 ? standing->score : rule->prior) * rule->by;
          standing->supported = standing->supported || rule->by > 1;
          break;
        case FL_RULE_CERTAIN:
          standing->certain = TRUE;
          break;
        case FL_RULE_EXCLUDE:
        default:
          if (standing->excluded_by == NULL)
            standing->excluded_by = rule;
          break;
        }
    }
}

static int
compare_standings (gconstpointer a, gconstpointer b)
{
  const Standing *one = *(const Standing *const *) a;
  const Standing *other = *(const Standing *const *) b;

  if (one->certain != other->certain)
    return other->certain - one->certain;
  if (one->shown != other->shown)
    return one->shown < other->shown ? 1 : -1;
  return one < other ? -1 : one > other; /* they lie in one array */
}

/* Scores to likelihoods: of all when nothing is certain; of the certain ones among themselves when something is. */
static void
normalise (Ranking *self)
{
  double certain = 0, others = 0;
  guint n_certain = 0;

  for (guint i = 0; i < self->standings->len; i++)
    {
      Standing *standing = &g_array_index (self->standings, Standing, i);

      if (standing->certain)
        standing->excluded_by = NULL;
      if (standing->excluded_by != NULL)
        standing->score = 0;
      n_certain += standing->certain;
    }
  for (guint i = 0; i < self->standings->len; i++)
    {
      Standing *standing = &g_array_index (self->standings, Standing, i);

      if (standing->certain)
        certain += standing->score = MAX (standing->score, LEAST);
      else if (n_certain > 0 && !standing->supported)
        standing->score = 0;
      else
        others += standing->score;
    }
  for (guint i = 0; i < self->standings->len; i++)
    {
      Standing *standing = &g_array_index (self->standings, Standing, i);
      double left = n_certain == 0 ? 1 : others > 0 ? BESIDE_CERTAIN : 0;

      if (standing->certain)
        standing->shown = (1 - left) * standing->score / certain;
      else if (standing->score > 0)
        standing->shown = left * standing->score / (n_certain == 0 ? others + self->nothing : others);
      if (standing->certain || standing->shown >= (n_certain == 0 ? LEAST : LEAST * BESIDE_CERTAIN))
        g_ptr_array_add (self->ranked, standing);
    }
  g_ptr_array_sort (self->ranked, compare_standings);
  g_ptr_array_set_size (self->ranked, MIN (self->ranked->len, MAX_CAUSES));
}

static void
rank (Ranking *self, const FlFacts *facts)
{
  const FlRules *rules = fl_rules_get ();

  self->class = find_class (rules, facts);
  self->standings = g_array_new (FALSE, TRUE, sizeof (Standing));
  self->applied = g_ptr_array_new ();
  self->ranked = g_ptr_array_new ();
  for (guint i = 0; i < rules->causes->len; i++)
    {
      Standing standing = { .row = g_ptr_array_index (rules->causes, i) };

      g_array_append_val (self->standings, standing);
    }
  take_candidates (self);
  for (guint i = 0; i < rules->rules->len; i++)
    {
      const FlRuleRow *rule = g_ptr_array_index (rules->rules, i);

      if (rule->classes != NULL && !g_strv_contains ((const char *const *) rule->classes, self->class->id))
        continue;
      if (!fl_facts_match (facts, rule->when))
        continue;
      apply_rule (self, rule);
      g_ptr_array_add (self->applied, (gpointer) rule);
    }
  normalise (self);
}

/* The first text that applies, expanded; NULL: none does. */
static char *
dup_first_text (const GPtrArray *texts, const FlFacts *facts, const FlChip *chip)
{
  for (guint i = 0; i < texts->len; i++)
    {
      const FlRuleText *text = g_ptr_array_index (texts, i);

      if (fl_facts_match (facts, text->when))
        return fl_diagnosis_expand (text->text, facts, chip);
    }
  return NULL;
}

/* What the rules said that spoke for it; where none did, how often it is found behind such a picture. */
static GPtrArray *
list_evidence (const Ranking *ranking, const Standing *standing, const FlFacts *facts, const FlChip *chip)
{
  GPtrArray *evidence = g_ptr_array_new_with_free_func (g_free);
  guint percent = 0;

  for (guint i = 0; i < ranking->applied->len; i++)
    {
      const FlRuleRow *rule = g_ptr_array_index (ranking->applied, i);

      if (rule->text != NULL && rule->kind != FL_RULE_EXCLUDE && (rule->kind == FL_RULE_CERTAIN || rule->by > 1)
          && g_ptr_array_find (rule->causes, standing->row, NULL))
        g_ptr_array_add (evidence, fl_diagnosis_expand (rule->text, facts, chip));
    }
  if (evidence->len > 0)
    return evidence;
  for (guint i = 0; i < ranking->class->candidates->len; i++)
    {
      const FlCandidate *candidate = &g_array_index (ranking->class->candidates, FlCandidate, i);

      if (candidate->cause == standing->row)
        percent = (guint) (candidate->share * 100 + 0.5);
    }
  if (percent >= 10)
    g_ptr_array_add (evidence, g_strdup_printf (_ ("It is a frequent cause of this picture: about %u of 100 known "
                                                   "cases."),
                                                percent));
  else
    g_ptr_array_add (evidence, g_strdup (_ ("Nothing points to it in particular; it is known to look like this.")));
  return evidence;
}

static FlCause *
make_cause (const Ranking *ranking, const Standing *standing, const FlFacts *facts, const FlChip *chip)
{
  FlCause *cause = g_new0 (FlCause, 1);
  const FlCauseRow *row = standing->row;

  cause->code = row->code;
  cause->likelihood = standing->shown;
  cause->certain = standing->certain;
  cause->title = _ (row->title);
  cause->meaning = fl_diagnosis_expand (row->meaning, facts, chip);
  cause->evidence = list_evidence (ranking, standing, facts, chip);
  cause->remedy = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < row->steps->len; i++)
    {
      const FlRuleText *step = g_ptr_array_index (row->steps, i);

      if (fl_facts_match (facts, step->when))
        g_ptr_array_add (cause->remedy, fl_diagnosis_expand (step->text, facts, chip));
    }
  cause->decide = standing->certain ? NULL : dup_first_text (row->decides, facts, chip);
  cause->action = row->action;
  return cause;
}

static void
cause_free (gpointer data)
{
  FlCause *self = data;

  g_free (self->meaning);
  g_ptr_array_unref (self->evidence);
  g_ptr_array_unref (self->remedy);
  g_free (self->decide);
  g_free (self);
}

static void
excluded_free (gpointer data)
{
  FlExcluded *self = data;

  g_free (self->why);
  g_free (self);
}

static void
list_excluded (FlDiagnosis *self, const Ranking *ranking, const FlFacts *facts, const FlChip *chip)
{
  for (guint i = 0; i < ranking->standings->len; i++)
    {
      const Standing *standing = &g_array_index (ranking->standings, Standing, i);
      FlExcluded *excluded;

      if (standing->excluded_by == NULL)
        continue;
      excluded = g_new0 (FlExcluded, 1);
      excluded->code = standing->row->code;
      excluded->title = _ (standing->row->title);
      excluded->why = fl_diagnosis_expand (standing->excluded_by->text, facts, chip);
      g_ptr_array_add (self->excluded, excluded);
    }
}

/* Whether the list would look different: where something is proved, whether something else would be. */
static gboolean
would_change (const Ranking *now, const FlFacts *facts, const char *answer, gboolean yes)
{
  g_autoptr (FlFacts) then_facts = fl_facts_copy (facts);
  g_auto (Ranking) then = { 0 };
  guint n = now->ranked->len;

  fl_facts_set_flag (then_facts, answer, yes);
  rank (&then, then_facts);
  if (n > 0 && ((const Standing *) g_ptr_array_index (now->ranked, 0))->certain)
    n = 1;
  else if (n != then.ranked->len)
    return TRUE;
  if (then.ranked->len < n)
    return TRUE;
  for (guint i = 0; i < n; i++)
    if (((const Standing *) g_ptr_array_index (now->ranked, i))->row
        != ((const Standing *) g_ptr_array_index (then.ranked, i))->row)
      return TRUE;
  return FALSE;
}

static void
list_questions (FlDiagnosis *self, const Ranking *ranking, const FlFacts *facts)
{
  const FlRules *rules = fl_rules_get ();

  for (guint i = 0; i < rules->questions->len && self->questions->len < MAX_QUESTIONS; i++)
    {
      const FlQuestionRow *row = g_ptr_array_index (rules->questions, i);
      g_autofree char *answer = g_strconcat ("answer.", row->id, NULL);
      FlQuestion *question;

      if (fl_facts_get (facts, answer) != NULL || !fl_facts_match (facts, row->when)
          || !(would_change (ranking, facts, answer, TRUE) || would_change (ranking, facts, answer, FALSE)))
        continue;
      question = g_new0 (FlQuestion, 1);
      question->id = row->id;
      question->text = _ (row->text);
      g_ptr_array_add (self->questions, question);
    }
}

static const FlChip *
find_chip (const FlFacts *facts)
{
  const char *pid = fl_facts_get (facts, "chip.pid");

  return pid != NULL ? fl_chip_db_find ((guint16) g_ascii_strtoull (pid, NULL, 16)) : NULL;
}

/**
 * fl_diagnose:
 * @facts: what was seen
 * @chip: (nullable): on the port, or the one the user says it is; %NULL: as the facts say, if they do
 *
 * What the facts mean.
 *
 * Returns: (transfer full): never %NULL
 */
FlDiagnosis *
fl_diagnose (const FlFacts *facts, const FlChip *chip)
{
  FlDiagnosis *self = g_new0 (FlDiagnosis, 1);
  g_autoptr (FlFacts) all = fl_facts_copy (facts);
  g_auto (Ranking) ranking = { 0 };

  if (chip != NULL)
    fl_facts_take_chip (all, chip);
  else
    chip = find_chip (all);
  rank (&ranking, all);
  self->observation = ranking.class->id;
  self->summary = dup_first_text (ranking.class->summaries, all, chip);
  self->causes = g_ptr_array_new_with_free_func (cause_free);
  for (guint i = 0; i < ranking.ranked->len; i++)
    g_ptr_array_add (self->causes, make_cause (&ranking, g_ptr_array_index (ranking.ranked, i), all, chip));
  self->excluded = g_ptr_array_new_with_free_func (excluded_free);
  list_excluded (self, &ranking, all, chip);
  self->questions = g_ptr_array_new_with_free_func (g_free);
  list_questions (self, &ranking, all);
  return self;
}

void
fl_diagnosis_free (FlDiagnosis *self)
{
  if (self == NULL)
    return;
  g_free (self->summary);
  g_ptr_array_unref (self->causes);
  g_ptr_array_unref (self->excluded);
  g_ptr_array_unref (self->questions);
  g_free (self);
}

/**
 * fl_diagnosis_get_cause:
 *
 * Returns: (transfer none) (nullable): the cause of this code; %NULL when it is not among those named
 */
const FlCause *
fl_diagnosis_get_cause (const FlDiagnosis *self, const char *code)
{
  g_return_val_if_fail (self != NULL && code != NULL, NULL);

  for (guint i = 0; i < self->causes->len; i++)
    {
      const FlCause *cause = g_ptr_array_index (self->causes, i);

      if (g_str_equal (cause->code, code))
        return cause;
    }
  return NULL;
}

static gpointer
list_codes (gpointer unused)
{
  const FlRules *rules = fl_rules_get ();
  const char **codes = g_new0 (const char *, rules->causes->len + 1); /* they live as long as the program */

  for (guint i = 0; i < rules->causes->len; i++)
    codes[i] = ((const FlCauseRow *) g_ptr_array_index (rules->causes, i))->code;
  return codes;
}

/**
 * fl_diagnosis_get_codes:
 *
 * Returns: (transfer none): every cause code there is, %NULL at the end. Any thread.
 */
const char *const *
fl_diagnosis_get_codes (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, list_codes, NULL);
}
