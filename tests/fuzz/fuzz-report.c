/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-case.h"
#include "fl-decode.h"
#include "fuzz-main.h"

/* Whatever somebody sends, and calls a report, a trace or a log. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlCase) found = fl_case_open ((const char *) data, (gssize) size, &error);
  g_autoptr (FlTrace) masked = NULL;
  g_autofree char *head = NULL;
  g_autofree char *text = NULL;

  g_assert_true ((found == NULL) == (error != NULL));
  if (found == NULL)
    return 0;
  head = fl_case_dup_head (found);
  text = fl_diagnosis_to_text (found->diagnosis);
  g_assert_true (g_utf8_validate (head, -1, NULL) && g_utf8_validate (text, -1, NULL));
  masked = fl_decode_mask (found->trace, 0);
  g_assert_cmpuint (fl_trace_get_end (masked), ==, fl_trace_get_end (found->trace));
  return 0;
}
