/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-locale.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

#ifdef G_OS_WIN32
#include <windows.h>
#endif

/* Where the translations are; on Windows beside the program, wherever that was put. */
static char *
find_translations (void)
{
#ifdef G_OS_WIN32
  g_autofree char *top = g_win32_get_package_installation_directory_of_module (NULL);
  g_autofree char *folder = g_build_filename (top, "share", "locale", NULL);

  /* libintl opens files by names in the system's own encoding: a folder outside it is known by its short name. */
  return g_win32_locale_filename_from_utf8 (folder);
#else
  return g_strdup (FL_LOCALEDIR);
#endif
}

#ifdef G_OS_WIN32
/* "German_Germany" where the user's language is so: the only kind of name that libintl finds here. */
static char *
dup_windows_name (void)
{
  char language[80] = "", country[80] = "";

  GetLocaleInfoA (LOCALE_USER_DEFAULT, LOCALE_SENGLANGUAGE, language, sizeof language);
  GetLocaleInfoA (LOCALE_USER_DEFAULT, LOCALE_SENGCOUNTRY, country, sizeof country);
  return g_strdup_printf ("%s_%s", language, country);
}

/* Whether libintl would look @name up in vain: "de_DE", "C" and "POSIX", not "German_Germany". */
static gboolean
is_posix_name (const char *name)
{
  return *name != '\0' && (strcspn (name, "_.@") <= 3 || g_str_has_prefix (name, "POSIX"));
}

/* Shells such as Git Bash set names like "de_DE.UTF-8". libintl looks for one among all that Windows has, in vain, and
 * does so for every message anew: some milliseconds each, which a job's log cannot afford. LANGUAGE says the same and
 * is not looked up. The name's encoding is kept, for GLib makes use of it, and cannot print without one where there is
 * no console to ask. */
static void
say_language_once (void)
{
  static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
  const char *name = "";
  const char *lang = g_getenv ("LANG") != NULL ? g_getenv ("LANG") : "";
  g_autofree char *encoding = NULL, *language = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (variables) && *name == '\0'; i++)
    if (g_getenv (variables[i]) != NULL)
      name = g_getenv (variables[i]);
  encoding = g_strdup (strchr (lang, '.'));
  if (encoding == NULL && GetConsoleOutputCP () == 0)
    encoding = g_strdup (".UTF-8");
  if (is_posix_name (name))
    {
      gboolean plain = g_str_equal (name, "C") || g_str_has_prefix (name, "POSIX"); /* that asks for no translation */

      language = g_strndup (name, strcspn (name, ".@"));
      g_setenv ("LANGUAGE", plain ? "C" : language, plain);
      for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
        g_unsetenv (variables[i]);
    }
  if (encoding != NULL && (g_getenv ("LANG") == NULL || strchr (g_getenv ("LANG"), '.') == NULL))
    {
      g_autofree char *windows_name = dup_windows_name ();
      g_autofree char *whole = g_strconcat (windows_name, encoding, NULL);

      g_setenv ("LANG", whole, TRUE);
    }
}
#endif

/**
 * fl_locale_init:
 *
 * Makes the program speak the user's language, in UTF-8. To be called first, from main().
 */
void
fl_locale_init (void)
{
  g_autofree char *folder = find_translations ();

#ifdef G_OS_WIN32
  say_language_once ();
#endif
  setlocale (LC_ALL, "");
  if (folder != NULL)
    bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
