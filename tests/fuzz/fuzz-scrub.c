/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fl-report-scrub.h"
#include "fuzz-main.h"

#define BY_ID "/dev/serial/by-id/"

/* The first line is a name, the rest is what is to be sent: the name is not in it any more, nor is an adapter's serial
 * number, and cleaning it again changes nothing. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *all = g_strndup ((const char *) data, size);
  char *text = strchr (all, '\n');
  g_autoptr (FlReportScrub) scrub = NULL;
  g_autofree char *clean = NULL;
  g_autofree char *again = NULL;

  if (text == NULL)
    return 0;
  *text++ = '\0';
  scrub = fl_report_scrub_new ("/home/fuzzer", all, NULL);
  clean = fl_report_scrub_text (scrub, text);
  g_assert_true (g_utf8_validate (clean, -1, NULL));
  for (const char *at = clean; (at = strstr (at, BY_ID)) != NULL; at += strlen (BY_ID))
    g_assert_true (g_str_has_prefix (at + strlen (BY_ID), "…") || strcspn (at + strlen (BY_ID), " \t\r\n\v\f,;:") == 0
                   || g_str_has_prefix (at + strlen (BY_ID), "”"));
  again = fl_report_scrub_text (scrub, clean);
  g_assert_cmpstr (again, ==, clean);
  return 0;
}
