/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-json.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

/* What is wrong with a text before a parser sees it; NULL: nothing. */
static const char *
find_excess (const char *text, gsize length)
{
  guint depth = 0;
  guint n_values = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    switch (text[i])
      {
      case '\\':
        i += in_string ? 1 : 0;
        break;
      case '"':
        in_string = !in_string;
        break;
      case '{':
      case '[':
        if (!in_string && ++depth > FL_JSON_MAX_DEPTH)
          return _ ("it is nested too deep");
        break;
      case '}':
      case ']':
        if (!in_string && depth-- == 0)
          return _ ("a bracket is closed that was not opened");
        break;
      case ',':
        if (!in_string && ++n_values > FL_JSON_MAX_VALUES)
          return _ ("it holds too many values");
        break;
      case '/':
      case '#':
      case '\'':
        /* The parser knows comments and other quotes, which JSON has not: a bracket could hide in them. */
        if (!in_string)
          return _ ("it is not JSON");
        break;
      default:
        break;
      }
  return NULL;
}

/**
 * fl_json_parse:
 * @text: of anybody
 * @length: of @text in bytes
 *
 * Reads JSON that may be hostile. The parser calls itself for each value within another, and needs some hundred bytes
 * of memory for each, so that depth (%FL_JSON_MAX_DEPTH) and number (%FL_JSON_MAX_VALUES) are limited; how long the
 * text may be is the caller's business.
 *
 * Errors: %FL_ERROR_FORMAT, also of an empty text.
 *
 * Returns: (transfer full): the root, or %NULL
 */
JsonNode *
fl_json_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) problem = NULL;
  const char *excess;
  JsonNode *root = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  excess = find_excess (text, length);
  if (excess == NULL && json_parser_load_from_data (parser, text, (gssize) length, &problem))
    {
      root = json_parser_steal_root (parser);
      excess = root == NULL ? _ ("it is empty") : NULL;
    }
  if (root == NULL)
    g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT, excess != NULL ? excess : problem->message);
  return root;
}
