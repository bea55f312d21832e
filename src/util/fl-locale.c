/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-locale.h"

#include <libintl.h>
#include <locale.h>

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

/**
 * fl_locale_init:
 *
 * Makes the program speak the user's language, in UTF-8. To be called first, from main().
 */
void
fl_locale_init (void)
{
  g_autofree char *folder = find_translations ();

  setlocale (LC_ALL, "");
  if (folder != NULL)
    bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
