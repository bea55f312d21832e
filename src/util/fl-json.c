/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-error.h"

/* The unit of UTF-16 that the \uXXXX at the beginning of @text stands for; -1: there is none. */
static int
get_unit (const char *text, gsize length)
{
  int unit = 0;

  if (length < 6 || text[0] != '\\' || text[1] != 'u')
    return -1;
  for (guint i = 2; i < 6; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return -1;
      unit = unit << 4 | g_ascii_xdigit_value (text[i]);
    }
  return unit;
}

/* How long the escape at the beginning of @text is; 0: JSON has no such. The parser knows those of C too, and makes
 * bytes of them, and of half of a pair of UTF-16, that are not UTF-8. */
static gsize
measure_escape (const char *text, gsize length)
{
  int unit;

  if (length < 2) /* the string has no end */
    return 2;
  if (text[1] != 'u')
    return text[1] != '\0' && strchr ("\"\\/bfnrt", text[1]) != NULL ? 2 : 0;
  unit = get_unit (text, length);
  if (unit < 0 || (unit & 0xFC00) == 0xDC00)
    return 0;
  if ((unit & 0xFC00) != 0xD800)
    return 6;
  unit = get_unit (text + 6, length - 6);
  return unit >= 0 && (unit & 0xFC00) == 0xDC00 ? 12 : 0;
}

/* What is wrong with a text before a parser sees it; NULL: nothing. */
static const char *
find_excess (const char *text, gsize length)
{
  guint depth = 0;
  guint n_values = 0;
  gboolean in_string = FALSE;
  gsize n_escape;

  for (gsize i = 0; i < length; i++)
    switch (text[i])
      {
      case '\\':
        n_escape = in_string ? measure_escape (text + i, length - i) : 1;
        if (n_escape == 0)
          return _ ("it is not JSON");
        i += n_escape - 1;
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
 * Reads JSON that may be hostile; every string in it is UTF-8 then. The parser calls itself for each value within
 * another, and needs some hundred bytes of memory for each, so that depth (%FL_JSON_MAX_DEPTH) and number
 * (%FL_JSON_MAX_VALUES) are limited; how long the text may be is the caller's business.
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
