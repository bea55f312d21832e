/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rules.h"

#include <glib/gi18n-lib.h>

#include "fl-core-resources.h"
#include "fl-error.h"
#include "fl-facts-private.h"

/* The format of the XML files in data/diagnosis/: described in data/diagnosis/README.md. */

#define RESOURCE_FOLDER "/io/github/flashloader/Flashloader/core/diagnosis/"

typedef struct
{
  FlRules *rules;
  const char *file_name;
  FlCauseRow *cause; /* being read; NULL: outside */
  FlClassRow *class;
  GPtrArray *texts; /* where the element's text goes, with @when */
  char **text;      /* or here */
  char *when;
  GString *content;
} Reader;

static void
rule_text_free (gpointer data)
{
  FlRuleText *self = data;

  g_free (self->when);
  g_free (self->text);
  g_free (self);
}

static void
cause_free (gpointer data)
{
  FlCauseRow *self = data;

  g_free (self->code);
  g_free (self->action);
  g_free (self->title);
  g_free (self->meaning);
  g_ptr_array_unref (self->decides);
  g_ptr_array_unref (self->steps);
  g_free (self);
}

static void
class_free (gpointer data)
{
  FlClassRow *self = data;

  g_free (self->id);
  g_ptr_array_unref (self->summaries);
  g_array_unref (self->candidates);
  g_free (self);
}

static void
match_free (gpointer data)
{
  FlMatchRow *self = data;

  g_free (self->when);
  g_free (self);
}

static void
rule_free (gpointer data)
{
  FlRuleRow *self = data;

  g_ptr_array_unref (self->causes);
  g_strfreev (self->classes);
  g_free (self->when);
  g_free (self->text);
  g_free (self);
}

static void
question_free (gpointer data)
{
  FlQuestionRow *self = data;

  g_free (self->id);
  g_free (self->when);
  g_free (self->text);
  g_free (self);
}

FlRules *
fl_rules_new (void)
{
  FlRules *self = g_new0 (FlRules, 1);

  self->causes = g_ptr_array_new_with_free_func (cause_free);
  self->classes = g_ptr_array_new_with_free_func (class_free);
  self->matches = g_ptr_array_new_with_free_func (match_free);
  self->rules = g_ptr_array_new_with_free_func (rule_free);
  self->questions = g_ptr_array_new_with_free_func (question_free);
  return self;
}

void
fl_rules_free (FlRules *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rules);
  g_ptr_array_unref (self->matches);
  g_ptr_array_unref (self->classes);
  g_ptr_array_unref (self->causes);
  g_ptr_array_unref (self->questions);
  g_free (self);
}

const FlCauseRow *
fl_rules_find_cause (const FlRules *self, const char *code)
{
  for (guint i = 0; i < self->causes->len; i++)
    {
      const FlCauseRow *cause = g_ptr_array_index (self->causes, i);

      if (g_str_equal (cause->code, code))
        return cause;
    }
  return NULL;
}

static FlClassRow *
find_class (const FlRules *self, const char *id)
{
  for (guint i = 0; i < self->classes->len; i++)
    {
      FlClassRow *class = g_ptr_array_index (self->classes, i);

      if (g_str_equal (class->id, id))
        return class;
    }
  return NULL;
}

static gboolean
fail (Reader *self, GMarkupParseContext *context, const char *what, const char *word, GError **error)
{
  int line;

  g_markup_parse_context_get_position (context, &line, NULL);
  g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("%s, line %d: %s: “%s”"), self->file_name, line, what, word);
  return FALSE;
}

static gboolean
check_when (Reader *self, GMarkupParseContext *context, const char *when, GError **error)
{
  g_autoptr (GError) reason = NULL;

  return when == NULL || fl_facts_check_condition (when, &reason) || fail (self, context, reason->message, when, error);
}

/* A number from 0 to @most; @fallback where it is not given. */
static gboolean
take_number (Reader *self, GMarkupParseContext *context, const char *text, double most, double fallback, double *number,
             GError **error)
{
  char *end;

  *number = fallback;
  if (text == NULL)
    return TRUE;
  *number = g_ascii_strtod (text, &end);
  return (end != text && *end == '\0' && *number >= 0 && *number <= most)
         || fail (self, context, _ ("not a number in its range"), text, error);
}

#define COLLECT(name, field)  G_MARKUP_COLLECT_STRING, name, field
#define OPTIONAL(name, field) G_MARKUP_COLLECT_STRING | G_MARKUP_COLLECT_OPTIONAL, name, field

static gboolean
begin_cause (Reader *self, GMarkupParseContext *context, const char *element, const char **names, const char **values,
             GError **error)
{
  const char *code, *action;

  if (!g_markup_collect_attributes (element, names, values, error, COLLECT ("code", &code),
                                    OPTIONAL ("action", &action), G_MARKUP_COLLECT_INVALID))
    return FALSE;
  if (fl_rules_find_cause (self->rules, code) != NULL)
    return fail (self, context, _ ("is there twice"), code, error);
  self->cause = g_new0 (FlCauseRow, 1);
  self->cause->code = g_strdup (code);
  self->cause->action = g_strdup (action);
  self->cause->decides = g_ptr_array_new_with_free_func (rule_text_free);
  self->cause->steps = g_ptr_array_new_with_free_func (rule_text_free);
  g_ptr_array_add (self->rules->causes, self->cause);
  return TRUE;
}

static gboolean
begin_class (Reader *self, GMarkupParseContext *context, const char *element, const char **names, const char **values,
             GError **error)
{
  const char *id, *cases, *nothing, *source;

  if (!g_markup_collect_attributes (element, names, values, error, COLLECT ("id", &id), COLLECT ("cases", &cases),
                                    OPTIONAL ("nothing", &nothing), OPTIONAL ("source", &source),
                                    G_MARKUP_COLLECT_INVALID))
    return FALSE;
  if (find_class (self->rules, id) != NULL)
    return fail (self, context, _ ("is there twice"), id, error);
  self->class = g_new0 (FlClassRow, 1);
  self->class->id = g_strdup (id);
  self->class->summaries = g_ptr_array_new_with_free_func (rule_text_free);
  self->class->candidates = g_array_new (FALSE, FALSE, sizeof (FlCandidate));
  g_ptr_array_add (self->rules->classes, self->class);
  return take_number (self, context, cases, 1000, 0, &self->class->cases, error)
         && take_number (self, context, nothing, 0.99, 0, &self->class->nothing, error);
}

/* Further conditions of a class, in a later place. */
static gboolean
begin_again (Reader *self, GMarkupParseContext *context, const char *element, const char **names, const char **values,
             GError **error)
{
  const char *id;

  if (!g_markup_collect_attributes (element, names, values, error, COLLECT ("class", &id), G_MARKUP_COLLECT_INVALID))
    return FALSE;
  self->class = find_class (self->rules, id);
  return self->class != NULL || fail (self, context, _ ("no such class"), id, error);
}

static gboolean
begin_candidate (Reader *self, GMarkupParseContext *context, const char *element, const char **names,
                 const char **values, GError **error)
{
  const char *code, *share;
  FlCandidate candidate;

  if (!g_markup_collect_attributes (element, names, values, error, COLLECT ("code", &code), OPTIONAL ("share", &share),
                                    G_MARKUP_COLLECT_INVALID)
      || !take_number (self, context, share, 1, 0, &candidate.share, error))
    return FALSE;
  candidate.cause = fl_rules_find_cause (self->rules, code);
  if (self->class == NULL || candidate.cause == NULL)
    return fail (self, context, _ ("no such cause, or not in a class"), code, error);
  g_array_append_val (self->class->candidates, candidate);
  return TRUE;
}

/* The words of a list, which may be broken into lines. */
static char **
split_words (const char *list)
{
  g_auto (GStrv) words = g_strsplit_set (list, " \n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_strv_builder_add (builder, *word);
  return g_strv_builder_end (builder);
}

static gboolean
take_causes (Reader *self, GMarkupParseContext *context, const char *list, GPtrArray *causes, GError **error)
{
  g_auto (GStrv) codes = split_words (list);

  for (char **code = codes; *code != NULL; code++)
    {
      const FlCauseRow *cause = fl_rules_find_cause (self->rules, *code);

      if (cause == NULL)
        return fail (self, context, _ ("no such cause"), *code, error);
      g_ptr_array_add (causes, (gpointer) cause);
    }
  return TRUE;
}

static gboolean
take_classes (Reader *self, GMarkupParseContext *context, const char *list, char ***classes, GError **error)
{
  if (list == NULL)
    return TRUE;
  *classes = split_words (list);
  for (char **id = *classes; *id != NULL; id++)
    if (find_class (self->rules, *id) == NULL)
      return fail (self, context, _ ("no such class"), *id, error);
  return TRUE;
}

static gboolean
begin_rule (Reader *self, GMarkupParseContext *context, const char *element, const char **names, const char **values,
            GError **error)
{
  const char *causes, *when, *classes, *by = NULL, *prior = NULL, *source;
  FlRuleRow *rule = g_new0 (FlRuleRow, 1);
  gboolean is_factor = g_str_equal (element, "factor");

  rule->kind = is_factor ? FL_RULE_FACTOR : g_str_equal (element, "certain") ? FL_RULE_CERTAIN : FL_RULE_EXCLUDE;
  rule->causes = g_ptr_array_new ();
  g_ptr_array_add (self->rules->rules, rule);
  if (is_factor ? !g_markup_collect_attributes (element, names, values, error, COLLECT ("cause", &causes),
                                                COLLECT ("by", &by), COLLECT ("when", &when),
                                                COLLECT ("source", &source), OPTIONAL ("class", &classes),
                                                OPTIONAL ("prior", &prior), G_MARKUP_COLLECT_INVALID)
                : !g_markup_collect_attributes (element, names, values, error, COLLECT ("cause", &causes),
                                                COLLECT ("when", &when), COLLECT ("source", &source),
                                                OPTIONAL ("class", &classes), G_MARKUP_COLLECT_INVALID))
    return FALSE;
  rule->when = g_strdup (when);
  self->text = &rule->text;
  return check_when (self, context, when, error) && take_causes (self, context, causes, rule->causes, error)
         && take_classes (self, context, classes, &rule->classes, error)
         && take_number (self, context, by, 100, 1, &rule->by, error)
         && take_number (self, context, prior, 1, 0, &rule->prior, error);
}

static gboolean
begin_question (Reader *self, GMarkupParseContext *context, const char *element, const char **names,
                const char **values, GError **error)
{
  g_autofree char *fact = NULL;
  const char *id, *when;
  FlQuestionRow *question;

  if (!g_markup_collect_attributes (element, names, values, error, COLLECT ("id", &id), COLLECT ("when", &when),
                                    G_MARKUP_COLLECT_INVALID)
      || !check_when (self, context, when, error))
    return FALSE;
  fact = g_strconcat ("answer.", id, NULL);
  if (fl_fact_info_find (fact) == NULL)
    return fail (self, context, _ ("no fact takes its answer"), id, error);
  question = g_new0 (FlQuestionRow, 1);
  question->id = g_strdup (id);
  question->when = g_strdup (when);
  self->text = &question->text;
  g_ptr_array_add (self->rules->questions, question);
  return TRUE;
}

/* A sentence of a cause or a class, with or without a condition. */
static gboolean
begin_text (Reader *self, GMarkupParseContext *context, const char *element, const char **names, const char **values,
            GError **error)
{
  const char *when;

  if (!g_markup_collect_attributes (element, names, values, error, OPTIONAL ("when", &when), G_MARKUP_COLLECT_INVALID)
      || !check_when (self, context, when, error))
    return FALSE;
  g_free (self->when); /* of an element around it, which belongs nowhere */
  self->when = g_strdup (when);
  if (self->class != NULL && g_str_equal (element, "summary"))
    self->texts = self->class->summaries;
  else if (self->cause != NULL && g_str_equal (element, "decide"))
    self->texts = self->cause->decides;
  else if (self->cause != NULL && g_str_equal (element, "step"))
    self->texts = self->cause->steps;
  else if (self->cause != NULL && when == NULL && g_str_equal (element, "title"))
    self->text = &self->cause->title;
  else if (self->cause != NULL && when == NULL && g_str_equal (element, "meaning"))
    self->text = &self->cause->meaning;
  else if (self->class == NULL || when != NULL || !g_str_equal (element, "when"))
    return fail (self, context, _ ("an element that does not belong here"), element, error);
  return TRUE;
}

static void
start_element (GMarkupParseContext *context, const char *element, const char **names, const char **values,
               gpointer user_data, GError **error)
{
  static const struct
  {
    const char *element;
    gboolean (*begin) (Reader *, GMarkupParseContext *, const char *, const char **, const char **, GError **);
  } elements[] = {
    { "cause", begin_cause }, { "class", begin_class },  { "again", begin_again },  { "candidate", begin_candidate },
    { "factor", begin_rule }, { "certain", begin_rule }, { "exclude", begin_rule }, { "question", begin_question },
    { "title", begin_text },  { "meaning", begin_text }, { "decide", begin_text },  { "step", begin_text },
    { "when", begin_text },   { "summary", begin_text },
  };
  Reader *self = user_data;
  gboolean is_root = g_markup_parse_context_get_element_stack (context)->next == NULL;

  g_string_truncate (self->content, 0);
  if (is_root)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    if (g_str_equal (elements[i].element, element))
      {
        elements[i].begin (self, context, element, names, values, error);
        return;
      }
  fail (self, context, _ ("an element that does not belong here"), element, error);
}

/* A text may be broken into lines: between words there is one space. */
static char *
dup_text (GString *content)
{
  g_autofree char *text = g_strstrip (g_strdup (content->str));
  g_autoptr (GRegex) spaces = g_regex_new ("\\s+", 0, 0, NULL);

  return g_regex_replace_literal (spaces, text, -1, 0, " ", 0, NULL);
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Reader *self = user_data;
  g_autofree char *text = dup_text (self->content);

  g_string_truncate (self->content, 0);
  if (g_str_equal (element, "cause"))
    self->cause = NULL;
  else if (g_str_equal (element, "class") || g_str_equal (element, "again"))
    self->class = NULL;
  else if (self->texts != NULL)
    {
      FlRuleText *row = g_new0 (FlRuleText, 1);

      row->when = g_steal_pointer (&self->when);
      row->text = g_steal_pointer (&text);
      g_ptr_array_add (self->texts, row);
    }
  else if (self->text != NULL)
    {
      g_free (*self->text);
      *self->text = *text != '\0' ? g_steal_pointer (&text) : NULL;
    }
  else if (g_str_equal (element, "when") && check_when (self, context, text, error))
    {
      FlMatchRow *match = g_new0 (FlMatchRow, 1);

      match->when = g_steal_pointer (&text);
      match->class = self->class;
      g_ptr_array_add (self->rules->matches, match);
    }
  self->texts = NULL;
  self->text = NULL;
  g_clear_pointer (&self->when, g_free);
}

static void
take_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  g_string_append_len (((Reader *) user_data)->content, text, (gssize) length);
}

/**
 * fl_rules_add:
 * @file_name: for errors
 *
 * Adds what one file of data/diagnosis/ says. Causes come first, then classes: the others name them.
 *
 * Errors: %FL_ERROR_FORMAT, #G_MARKUP_ERROR; @self is then of no use.
 */
gboolean
fl_rules_add (FlRules *self, const char *text, gsize length, const char *file_name, GError **error)
{
  static const GMarkupParser parser = { start_element, end_element, take_text, NULL, NULL };
  Reader reader = { .rules = self, .file_name = file_name, .content = g_string_new (NULL) };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &reader, NULL);
  gboolean ok = g_markup_parse_context_parse (context, text, (gssize) length, error)
                && g_markup_parse_context_end_parse (context, error);

  g_string_free (reader.content, TRUE);
  g_free (reader.when);
  return ok;
}

/* Part of the program and tested with it: a fault there is a fault of the build. */
static gpointer
load_rules (gpointer unused)
{
  static const char *const names[] = { "causes.xml", "classes.xml", "rules.xml", "questions.xml" };
  FlRules *rules = fl_rules_new ();
  g_autoptr (GError) error = NULL;

  fl_core_register_resource ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat (RESOURCE_FOLDER, names[i], NULL);
      g_autoptr (GBytes) text = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);

      if (text == NULL
          || !fl_rules_add (rules, g_bytes_get_data (text, NULL), g_bytes_get_size (text), names[i], &error))
        g_error ("The rules of the diagnosis are missing or damaged: %s", error->message);
    }
  return rules;
}

/**
 * fl_rules_get:
 *
 * Returns: (transfer none): those of the program. Any thread.
 */
const FlRules *
fl_rules_get (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_rules, NULL);
}
