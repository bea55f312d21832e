/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-fld-run.h"

/* The lines of the old program, in its own English whatever the language is: other programs look for them. g_print()
 * flushes, so that they come through a pipe at once. */

/**
 * fl_fld_say:
 *
 * A label, [OK] or [KO], with the tabs of the old program.
 */
void
fl_fld_say (gboolean ok, const char *format, ...)
{
  g_autofree char *label = NULL;
  va_list args;

  va_start (args, format);
  label = g_strdup_vprintf (format, args);
  va_end (args);
  g_print ("%s \t\t\t\t [%s]\n", label, ok ? "OK" : "KO");
}

/**
 * fl_fld_say_title:
 * @title: "ERASING"
 *
 * Says that something begins which takes several lines.
 */
void
fl_fld_say_title (const char *title)
{
  g_print ("\n%s ...\n", title);
}

/**
 * fl_fld_note:
 *
 * A line of ours, set off from those of the old program.
 */
void
fl_fld_note (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    g_print ("  %s\n", *line);
}
