/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON from a stranger: what is refused before a parser, which calls itself and takes memory, has seen it. */
#include "fl-json.h"

#include "fl-case.h"
#include "fl-error.h"
#include "fl-facts.h"

#define DEEP 200000 /* more than the stack holds */

static char *
make_deep (const char *before, const char *open, guint n, const char *close)
{
  GString *text = g_string_new (before);

  for (guint i = 0; i < n; i++)
    g_string_append (text, open);
  for (guint i = 0; i < n; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static const struct
{
  const char *name;
  const char *before;
  const char *open;
  const char *close;
} deep_rows[] = {
  { "arrays", "", "[", "]" },
  { "objects", "", "{\"a\":", "}" },
  { "never-closed", "", "[", "" },
  { "behind-a-comment", "/*\"*/", "[", "]" },
  { "behind-a-line-comment", "//\"\n", "[", "]" },
  { "behind-a-hash", "#\"\n", "[", "]" },
  { "behind-another-quote", "['\"',", "[", "]" },
  { "behind-a-bracket-too-many", "]]]]", "[", "]" },
  { "behind-an-escape", "[\"\\\\\\\"\",", "[", "]" },
};

static void
test_deep (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *text = make_deep (deep_rows[row].before, deep_rows[row].open, DEEP, deep_rows[row].close);
  g_autofree char *report = g_strdup_printf ("{\"flashloader_report\":1,\"facts\":%s}", text);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) report_error = NULL;

  g_assert_null (fl_json_parse (text, strlen (text), &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_null (fl_case_open (report, -1, &report_error));
  g_assert_error (report_error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (fl_facts_from_json (text, -1, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
}

static void
test_deepest (void)
{
  for (guint depth = FL_JSON_MAX_DEPTH; depth <= FL_JSON_MAX_DEPTH + 1; depth++)
    {
      g_autofree char *text = make_deep ("", "[", depth, "]");
      g_autoptr (JsonNode) root = fl_json_parse (text, strlen (text), NULL);

      g_assert_true ((root != NULL) == (depth == FL_JSON_MAX_DEPTH));
    }
}

static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("[0");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= FL_JSON_MAX_VALUES; i++)
    g_string_append (text, ",0");
  g_string_append_c (text, ']');
  g_assert_null (fl_json_parse (text->str, text->len, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
}

/* A character beyond the first 65536 is two escapes. */
static void
test_pairs (void)
{
  const char *text = "[\"\\ud83d\\ude00\\u00E4\\\\ud800\"]";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = fl_json_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (json_array_get_string_element (json_node_get_array (root), 0), ==, "😀ä\\ud800");
}

/* Marks within a string are nothing but text. */
static void
test_strings (void)
{
  const char *text = "{\"a\\\"[[[[[[[[[[[[[[[[[[\": \"{{{{{{{{{{{{{{{{{{{{ // /* # ' ]]] , \\\\\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = fl_json_parse (text, strlen (text), &error);
  JsonObject *object;

  g_assert_no_error (error);
  object = json_node_get_object (root);
  g_assert_cmpstr (json_object_get_string_member (object, "a\"[[[[[[[[[[[[[[[[[["), ==,
                   "{{{{{{{{{{{{{{{{{{{{ // /* # ' ]]] , \\");
}

static void
test_refused (void)
{
  static const char *const rows[] = {
    "",
    " ",
    "{",
    "{\"a\"",
    "[1,]x",
    "}",
    "{\"a\": /* one */ 1}",
    "'a'",
    "[1 2]",
    "\"\\300A\"",
    "\"\\xC0\"",
    "\"\\ud800A\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"",
    "\"\\u00\"",
    "\"\\ud800",
    "\"\\ud800\\ud",
    "\"\\",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i]);
      g_assert_null (fl_json_parse (rows[i], strlen (rows[i]), &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      g_assert_cmpuint (strlen (error->message), >, 5);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (deep_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/json/deep/", deep_rows[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_deep);
    }
  g_test_add_func ("/json/deepest", test_deepest);
  g_test_add_func ("/json/many", test_many);
  g_test_add_func ("/json/strings", test_strings);
  g_test_add_func ("/json/pairs", test_pairs);
  g_test_add_func ("/json/refused", test_refused);
  return g_test_run ();
}
