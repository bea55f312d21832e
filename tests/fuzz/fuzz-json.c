/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-json.h"
#include "fuzz-main.h"

/* How deep a value goes; every text in it is one. */
static guint
check_node (JsonNode *node)
{
  guint depth = 0;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;
      const char *name;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, &name, &member))
        {
          g_assert_true (g_utf8_validate (name, -1, NULL));
          depth = MAX (depth, check_node (member));
        }
      return depth + 1;
    }
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        depth = MAX (depth, check_node (json_array_get_element (array, i)));
      return depth + 1;
    }
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    g_assert_true (g_utf8_validate (json_node_get_string (node), -1, NULL));
  return 0;
}

/* Any bytes as JSON: refused, or within the limits. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = fl_json_parse (size > 0 ? (const char *) data : "", size, &error);

  if (root == NULL)
    g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  else
    {
      g_assert_no_error (error);
      g_assert_cmpuint (check_node (root), <=, FL_JSON_MAX_DEPTH);
    }
  return 0;
}
