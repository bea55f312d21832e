/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-trace-transport.h"
#include "fuzz-main.h"

/* A trace that loads is the same when it is saved and loaded again, and can be replayed to its end. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (FlTrace) trace = fl_trace_from_text (size > 0 ? (const char *) data : "", (gssize) size, NULL);
  g_autoptr (FlTrace) again = NULL;
  g_autoptr (FlTransport) replay = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *second = NULL;
  guint8 bytes[64];
  gsize n;

  if (trace == NULL)
    return 0;
  text = fl_trace_to_text (trace);
  again = fl_trace_from_text (text, -1, &error);
  g_assert_no_error (error);
  second = fl_trace_to_text (again);
  g_assert_cmpstr (text, ==, second);
  replay = fl_trace_transport_new_replay (trace);
  do
    {
      n = 0;
      g_assert_true (fl_transport_read_some (replay, bytes, sizeof bytes, 1000, &n, NULL, &error));
    }
  while (n > 0 || fl_transport_write (replay, (const guint8 *) "\x7f", 1, 10, NULL, NULL));
  return 0;
}
