/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "fl-core-resources.h"
#include "fl-facts-private.h"

/* data/diagnosis/facts.json: which facts there are. */

#define RESOURCE_PATH "/io/github/flashloader/Flashloader/core/diagnosis/facts.json"

static FlFactInfo *
read_info (JsonObject *object)
{
  static const struct
  {
    const char *word;
    FlFactKind kind;
  } kinds[] = {
    { "text", FL_FACT_TEXT },
    { "number", FL_FACT_NUMBER },
    { "bytes", FL_FACT_BYTES },
    { "flag", FL_FACT_FLAG },
  };
  const char *values = json_object_get_string_member (object, "values");
  FlFactInfo *info = g_new0 (FlFactInfo, 1);

  info->name = g_strdup (json_object_get_string_member (object, "name"));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].word, values))
      {
        info->kind = kinds[i].kind;
        return info;
      }
  info->kind = FL_FACT_WORD;
  info->words = g_strsplit (values, " ", -1);
  return info;
}

/* Part of the program and tested with it: a fault there is a fault of the build. */
static gpointer
load_infos (gpointer unused)
{
  GHashTable *infos = g_hash_table_new (g_str_hash, g_str_equal); /* they live as long as the program */
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = NULL;
  JsonArray *rows;

  fl_core_register_resource ();
  text = g_resources_lookup_data (RESOURCE_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (text == NULL
      || !json_parser_load_from_data (parser, g_bytes_get_data (text, NULL), (gssize) g_bytes_get_size (text), &error))
    g_error ("The list of facts is missing or damaged: %s", error->message);
  rows = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "facts");
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      FlFactInfo *info = read_info (json_array_get_object_element (rows, i));

      if (!g_hash_table_insert (infos, info->name, info))
        g_error ("The fact %s is listed twice", info->name);
    }
  return infos;
}

const FlFactInfo *
fl_fact_info_find (const char *name)
{
  static GOnce once = G_ONCE_INIT;

  return g_hash_table_lookup (g_once (&once, load_infos, NULL), name);
}

static gboolean
is_number (const char *text)
{
  char *end;

  g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

/* "79 1F", or nothing. */
static gboolean
is_bytes (const char *text)
{
  gsize length = strlen (text);

  if (length == 0)
    return TRUE;
  for (gsize i = 0; i < length; i++)
    if (i % 3 == 2 ? text[i] != ' ' : !g_ascii_isxdigit (text[i]) || g_ascii_islower (text[i]))
      return FALSE;
  return length % 3 == 2;
}

gboolean
fl_fact_info_accepts (const FlFactInfo *self, const char *value)
{
  switch (self->kind)
    {
    case FL_FACT_NUMBER:
      return is_number (value);
    case FL_FACT_BYTES:
      return is_bytes (value);
    case FL_FACT_FLAG:
      return g_str_equal (value, "yes") || g_str_equal (value, "no");
    case FL_FACT_WORD:
      return g_strv_contains ((const char *const *) self->words, value);
    case FL_FACT_TEXT:
    default:
      return g_utf8_validate (value, -1, NULL);
    }
}
