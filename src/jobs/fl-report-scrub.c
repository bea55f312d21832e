/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-report-scrub.h"

#include <string.h>

#define MIN_SECRET 3 /* characters: shorter ones would be found everywhere */

/* More bytes in a row may be contents of memory; an answer of 8 bytes, such as the place of a difference, may stay. */
#define MEMORY_PATTERN "\\b[0-9A-F]{2}(?: [0-9A-F]{2}){8,}(?: …)?"
/* Such links have the adapter's serial number in them. Not \s: that would end them at any space there is in Unicode. */
#define BY_ID_PATTERN "/dev/serial/by-id/[^ \\t\\r\\n\\x0B\\f,;:”]+"

struct _FlReportScrub
{
  GPtrArray *patterns; /* GRegex */
  GPtrArray *instead;  /* char * */
};

static void
add_pattern (FlReportScrub *self, const char *pattern, const char *instead)
{
  /* Not optimised: that makes machine code while the program runs, in memory that valgrind does not understand. */
  GRegex *regex = g_regex_new (pattern, 0, 0, NULL);

  g_assert (regex != NULL);
  g_ptr_array_add (self->patterns, regex);
  g_ptr_array_add (self->instead, g_strdup (instead));
}

/**
 * fl_report_scrub_add:
 * @secret: (nullable): what must not be said
 * @instead: what stands for it
 *
 * Of a name, whole words are replaced.
 */
void
fl_report_scrub_add (FlReportScrub *self, const char *secret, const char *instead)
{
  g_autofree char *escaped = NULL;
  g_autofree char *pattern = NULL;

  g_return_if_fail (self != NULL && instead != NULL);
  if (secret == NULL || strlen (secret) < MIN_SECRET || !g_utf8_validate (secret, -1, NULL))
    return;
  escaped = g_regex_escape_string (secret, -1);
  pattern = g_strdup_printf ("%s%s%s", g_ascii_isalnum (secret[0]) ? "\\b" : "", escaped,
                             g_ascii_isalnum (secret[strlen (secret) - 1]) ? "\\b" : "");
  add_pattern (self, pattern, instead);
}

/**
 * fl_report_scrub_new:
 * @home: (nullable): the user's folder
 * @user: (nullable): the user's name
 * @host: (nullable): the computer's name
 */
FlReportScrub *
fl_report_scrub_new (const char *home, const char *user, const char *host)
{
  FlReportScrub *self = g_new0 (FlReportScrub, 1);

  self->patterns = g_ptr_array_new_with_free_func ((GDestroyNotify) g_regex_unref);
  self->instead = g_ptr_array_new_with_free_func (g_free);
  add_pattern (self, BY_ID_PATTERN, "/dev/serial/by-id/…");
  fl_report_scrub_add (self, home, "~");
  fl_report_scrub_add (self, user, "(user)");
  fl_report_scrub_add (self, host, "(computer)");
  add_pattern (self, MEMORY_PATTERN, "(…)");
  return self;
}

void
fl_report_scrub_free (FlReportScrub *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->patterns);
  g_ptr_array_unref (self->instead);
  g_free (self);
}

/**
 * fl_report_scrub_text:
 *
 * Returns: (transfer full): @text without what must not be said
 */
char *
fl_report_scrub_text (const FlReportScrub *self, const char *text)
{
  char *clean = g_utf8_make_valid (text, -1);

  g_return_val_if_fail (self != NULL, clean);
  for (guint i = 0; i < self->patterns->len; i++)
    {
      g_autofree char *before = clean;

      clean = g_regex_replace_literal (g_ptr_array_index (self->patterns, i), before, -1, 0,
                                       g_ptr_array_index (self->instead, i), 0, NULL);
      if (clean == NULL)
        clean = g_strdup ("");
    }
  return clean;
}

/**
 * fl_report_scrub_node:
 *
 * Cleans every text in @node; names of members stay.
 */
void
fl_report_scrub_node (const FlReportScrub *self, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        fl_report_scrub_node (self, member);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        fl_report_scrub_node (self, json_array_get_element (array, i));
    }
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      g_autofree char *clean = fl_report_scrub_text (self, json_node_get_string (node));

      json_node_set_string (node, clean);
    }
}
