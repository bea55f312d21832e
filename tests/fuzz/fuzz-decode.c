/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-decode.h"
#include "fuzz-main.h"

/* Any traffic: each record is a byte with kind, length and pause, then its bytes. */
static FlTrace *
make_trace (const guint8 *data, size_t size)
{
  FlTrace *trace = fl_trace_new (size % 3 == 0 ? 4096 : 0);
  gint64 time = 0;

  while (size > 0)
    {
      guint8 head = *data++;
      gsize n = MIN (size - 1, (gsize) (head >> 2 & 0xF));

      size--;
      time += (head & 0x40) != 0 ? 300000 : (head & 0x80) != 0 ? 8000 : 100;
      if ((head & 3) == 3)
        fl_trace_add_text (trace, FL_TRACE_SETTINGS + head % 4, time, "text");
      else
        fl_trace_add_bytes (trace, head & 1 ? FL_TRACE_RECEIVED : FL_TRACE_SENT, time, data, n,
                            (head & 2) != 0 ? FL_LINE_ERROR_PARITY : 0);
      data += n;
      size -= n;
    }
  return trace;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (FlTrace) log = fl_decode_parse_log ((const char *) data, (gssize) size, NULL);
  g_autoptr (FlTrace) any = make_trace (data, size);
  FlTrace *traces[] = { log, any };

  for (guint i = 0; i < G_N_ELEMENTS (traces); i++)
    if (traces[i] != NULL)
      {
        g_autoptr (GPtrArray) exchanges = fl_decode_trace (traces[i], size % 5, G_MAXUINT64);
        g_autofree char *text = fl_decode_to_text (exchanges);

        g_assert_true (g_utf8_validate (text, -1, NULL));
        for (guint k = 0; k < exchanges->len; k++)
          {
            const FlExchange *exchange = g_ptr_array_index (exchanges, k);

            g_assert_true (exchange->title != NULL && exchange->first <= exchange->last);
            g_assert_true (exchange->last < fl_trace_get_end (traces[i]));
          }
      }
  return 0;
}
