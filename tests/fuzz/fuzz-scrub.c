/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fl-report-scrub.h"
#include "fuzz-main.h"

#define BY_ID "/dev/serial/by-id/"

static gboolean
is_word (const char *name)
{
  gsize n = 0;

  while (g_ascii_isalnum (name[n]))
    n++;
  return n >= 3 && name[n] == '\0';
}

/* The first line is a user's name, the rest is what is to be sent: the name is not in it any more, nor is an adapter's
 * serial number, and cleaning it again changes nothing. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *name = g_strndup ((const char *) data, size);
  char *text = strchr (name, '\n');
  g_autoptr (FlReportScrub) scrub = NULL;
  g_autofree char *clean = NULL;
  g_autofree char *again = NULL;
  g_autofree char *pattern = NULL;

  if (text == NULL)
    return 0;
  *text++ = '\0';
  /* No system has such a name; or it is a part of what stands for it, or of what ends an adapter's name. */
  if (strpbrk (name, "/:;, \t\r\v\f") != NULL || strstr ("(user)", name) != NULL || strstr (name, "”") != NULL
      || strstr (name, "…") != NULL)
    return 0;
  scrub = fl_report_scrub_new ("/home/fuzzer", name, NULL);
  clean = fl_report_scrub_text (scrub, text);
  g_assert_true (g_utf8_validate (clean, -1, NULL));
  for (const char *at = clean; (at = strstr (at, BY_ID)) != NULL; at += strlen (BY_ID))
    g_assert_true (g_str_has_prefix (at + strlen (BY_ID), "…") || g_str_has_prefix (at + strlen (BY_ID), "”")
                   || strcspn (at + strlen (BY_ID), " \t\r\n\v\f,;:") == 0);
  pattern = g_strdup_printf ("\\b%s\\b", name);
  if (is_word (name))
    g_assert_false (g_regex_match_simple (pattern, clean, 0, 0));
  again = fl_report_scrub_text (scrub, clean);
  g_assert_cmpstr (again, ==, clean);
  return 0;
}
