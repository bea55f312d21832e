/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-facts.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-facts-private.h"
#include "fl-json.h"

typedef struct
{
  char *value;
  char *text; /* nullable */
} Fact;

struct _FlFacts
{
  GHashTable *facts; /* name → Fact */
};

static void
fact_free (gpointer data)
{
  Fact *self = data;

  g_free (self->value);
  g_free (self->text);
  g_free (self);
}

FlFacts *
fl_facts_new (void)
{
  FlFacts *self = g_new0 (FlFacts, 1);

  self->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, fact_free);
  return self;
}

void
fl_facts_free (FlFacts *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->facts);
  g_free (self);
}

/**
 * fl_facts_copy:
 * @self: (nullable)
 *
 * Returns: (transfer full) (nullable): %NULL of %NULL
 */
FlFacts *
fl_facts_copy (const FlFacts *self)
{
  FlFacts *copy;
  GHashTableIter iter;
  gpointer name, data;

  if (self == NULL)
    return NULL;
  copy = fl_facts_new ();
  g_hash_table_iter_init (&iter, self->facts);
  while (g_hash_table_iter_next (&iter, &name, &data))
    {
      const Fact *fact = data;
      Fact *mine = g_new0 (Fact, 1);

      mine->value = g_strdup (fact->value);
      mine->text = g_strdup (fact->text);
      g_hash_table_insert (copy->facts, g_strdup (name), mine);
    }
  return copy;
}

static const Fact *
find (const FlFacts *self, const char *name)
{
  if (fl_fact_info_find (name) == NULL)
    {
      g_critical ("There is no fact “%s”: add it to data/diagnosis/facts.json", name);
      return NULL;
    }
  return g_hash_table_lookup (self->facts, name);
}

/**
 * fl_facts_set:
 * @name: as data/diagnosis/facts.json has it
 * @value: (nullable): %NULL: it is not known any more
 *
 * Takes the place of an earlier value, and of the sentence beside that.
 */
void
fl_facts_set (FlFacts *self, const char *name, const char *value)
{
  const FlFactInfo *info;
  Fact *fact;

  g_return_if_fail (self != NULL && name != NULL);

  info = fl_fact_info_find (name);
  if (info == NULL || (value != NULL && !fl_fact_info_accepts (info, value)))
    {
      g_critical ("The fact “%s” cannot be “%s”: see data/diagnosis/facts.json", name, value);
      return;
    }
  if (value == NULL)
    {
      g_hash_table_remove (self->facts, name);
      return;
    }
  fact = g_new0 (Fact, 1);
  fact->value = g_strdup (value);
  g_hash_table_replace (self->facts, g_strdup (name), fact);
}

void
fl_facts_set_number (FlFacts *self, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  fl_facts_set (self, name, g_ascii_formatd (text, sizeof text, "%.10g", value));
}

void
fl_facts_set_flag (FlFacts *self, const char *name, gboolean value)
{
  fl_facts_set (self, name, value ? "yes" : "no");
}

/**
 * fl_facts_say:
 * @name: of a fact that is known
 *
 * Puts a sentence beside it, translated: what was seen, for a person.
 */
void
fl_facts_say (FlFacts *self, const char *name, const char *format, ...)
{
  Fact *fact;
  va_list args;

  g_return_if_fail (self != NULL && name != NULL && format != NULL);

  fact = (Fact *) find (self, name);
  g_return_if_fail (fact != NULL);
  g_free (fact->text);
  va_start (args, format);
  fact->text = g_strdup_vprintf (format, args);
  va_end (args);
}

/**
 * fl_facts_get:
 *
 * Returns: (transfer none) (nullable): its value; %NULL: not known
 */
const char *
fl_facts_get (const FlFacts *self, const char *name)
{
  const Fact *fact;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  fact = find (self, name);
  return fact != NULL ? fact->value : NULL;
}

double
fl_facts_get_number (const FlFacts *self, const char *name, double fallback)
{
  const char *value = fl_facts_get (self, name);
  char *end = NULL;
  double number;

  if (value == NULL)
    return fallback;
  number = g_ascii_strtod (value, &end);
  return end != value && *end == '\0' ? number : fallback;
}

gboolean
fl_facts_is (const FlFacts *self, const char *name, const char *value)
{
  return g_strcmp0 (fl_facts_get (self, name), value) == 0;
}

/**
 * fl_facts_get_text:
 *
 * Returns: (transfer none) (nullable): the sentence beside it
 */
const char *
fl_facts_get_text (const FlFacts *self, const char *name)
{
  const Fact *fact;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  fact = find (self, name);
  return fact != NULL ? fact->text : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * fl_facts_dup_names:
 *
 * Returns: (transfer full) (element-type utf8): the names of all that is known, sorted
 */
GPtrArray *
fl_facts_dup_names (const FlFacts *self)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer name;

  g_return_val_if_fail (self != NULL, names);

  g_hash_table_iter_init (&iter, self->facts);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

/**
 * fl_facts_to_json:
 *
 * Returns: (transfer full): an object: "sync.first": "79", or {"value": "79", "text": "…"} where there is a sentence
 */
char *
fl_facts_to_json (const FlFacts *self)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  names = fl_facts_dup_names (self);
  json_builder_begin_object (builder);
  for (guint i = 0; i < names->len; i++)
    {
      const Fact *fact = g_hash_table_lookup (self->facts, g_ptr_array_index (names, i));

      json_builder_set_member_name (builder, g_ptr_array_index (names, i));
      if (fact->text == NULL)
        {
          json_builder_add_string_value (builder, fact->value);
          continue;
        }
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "value");
      json_builder_add_string_value (builder, fact->value);
      json_builder_set_member_name (builder, "text");
      json_builder_add_string_value (builder, fact->text);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

static const char *
get_string (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* A newer program may know more facts, and more words: those are left out. */
static gboolean
take_member (FlFacts *self, const char *name, JsonNode *node, GError **error)
{
  const FlFactInfo *info = fl_fact_info_find (name);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *value = object != NULL ? get_string (json_object_get_member (object, "value")) : get_string (node);
  const char *text = object != NULL ? get_string (json_object_get_member (object, "text")) : NULL;

  if (value == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("The fact “%s” has no value"), name);
      return FALSE;
    }
  if (info == NULL || !fl_fact_info_accepts (info, value))
    return TRUE;
  fl_facts_set (self, name, value);
  if (text != NULL)
    fl_facts_say (self, name, "%s", text);
  return TRUE;
}

/**
 * fl_facts_from_json:
 * @length: of @text in bytes; -1: up to its end
 *
 * Takes what fl_facts_to_json() made. Facts that this program does not know are left out.
 *
 * Errors: %FL_ERROR_FORMAT.
 *
 * Returns: (transfer full) (nullable)
 */
FlFacts *
fl_facts_from_json (const char *text, gssize length, GError **error)
{
  g_autoptr (FlFacts) self = fl_facts_new ();
  g_autoptr (JsonNode) root = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_return_val_if_fail (text != NULL, NULL);

  root = fl_json_parse (text, length < 0 ? strlen (text) : (gsize) length, error);
  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT, _ ("Facts are an object of names and values"));
      return NULL;
    }
  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &name, &node))
    if (!take_member (self, name, node, error))
      return NULL;
  return g_steal_pointer (&self);
}
