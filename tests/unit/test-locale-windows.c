/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a shell says of the language, in names that Windows does not know. */
#include <glib.h>
#include <string.h>
#include <windows.h>

#include "fl-locale.h"

#define N_MESSAGES 20

static void
say (const char *all, const char *lang, const char *language)
{
  const char *const variables[] = { "LC_ALL", all, "LC_MESSAGES", NULL, "LANG", lang, "LANGUAGE", language };

  for (guint i = 0; i < G_N_ELEMENTS (variables); i += 2)
    if (variables[i + 1] != NULL)
      g_setenv (variables[i], variables[i + 1], TRUE);
    else
      g_unsetenv (variables[i]);
}

/* @encoding is what LANG ends with; NULL where only a console's absence makes one necessary */
static void
assert_said (const char *encoding, const char *language)
{
  const char *lang = g_getenv ("LANG");

  if (encoding == NULL && GetConsoleOutputCP () == 0)
    encoding = ".UTF-8";
  g_assert_null (g_getenv ("LC_ALL"));
  g_assert_cmpstr (g_getenv ("LANGUAGE"), ==, language);
  if (encoding == NULL)
    {
      g_assert_null (lang);
      return;
    }
  g_assert_nonnull (lang);
  g_assert_true (g_str_has_suffix (lang, encoding));
  g_assert_cmpint (strcspn (lang, "_"), >, 3); /* "English", not "en" */
}

static void
test_names (void)
{
  say ("de_DE.UTF-8", NULL, NULL);
  fl_locale_init ();
  assert_said (NULL, "de_DE");

  say (NULL, "de_AT.UTF-8", NULL);
  fl_locale_init ();
  assert_said (".UTF-8", "de_AT");

  say ("", "C.UTF-8", "de");
  fl_locale_init ();
  assert_said (".UTF-8", "de");

  say ("POSIX", "de_DE.ISO8859-1", "de");
  fl_locale_init ();
  assert_said (".ISO8859-1", "C");

  say (NULL, NULL, NULL);
  fl_locale_init ();
  assert_said (NULL, NULL);
}

/* What Windows itself calls a language stays. */
static void
test_windows_name (void)
{
  say (NULL, "German_Germany.1252", "en");
  fl_locale_init ();
  g_assert_cmpstr (g_getenv ("LANG"), ==, "German_Germany.1252");
  g_assert_cmpstr (g_getenv ("LANGUAGE"), ==, "en");

  say (NULL, "German_Germany.UTF-8", NULL);
  fl_locale_init ();
  g_assert_cmpstr (g_getenv ("LANG"), ==, "German_Germany.UTF-8");
  g_assert_null (g_getenv ("LANGUAGE"));
}

static gint64
time_messages (void)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < N_MESSAGES; i++)
    g_assert_cmpstr (g_dgettext ("flashloader", "no such message"), ==, "no such message");
  return g_get_monotonic_time () - start;
}

/* A message costs nothing worth mentioning: it is a search through all languages otherwise. */
static void
test_pace (void)
{
  gint64 searched;

  say ("en_US.UTF-8", "en_US.UTF-8", NULL);
  searched = time_messages ();
  fl_locale_init ();
  g_assert_cmpint (time_messages (), <, searched / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/locale/names", test_names);
  g_test_add_func ("/locale/windows-name", test_windows_name);
  g_test_add_func ("/locale/pace", test_pace);
  return g_test_run ();
}
