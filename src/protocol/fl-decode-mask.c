/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fl-bytes.h"
#include "fl-decode-private.h"

#define MAX_KEPT 4 /* bytes: a single word is an option word or a size, and needed to understand what happened */

/* What can be changed of a record. */
static GByteArray *
get_bytes (GPtrArray *copies, GPtrArray *records, guint index)
{
  const FlTraceRecord *record = g_ptr_array_index (records, index);
  GByteArray *copy = g_ptr_array_index (copies, index);

  if (copy == NULL && record->bytes != NULL)
    {
      copy = g_byte_array_new ();
      g_byte_array_append (copy, g_bytes_get_data (record->bytes, NULL), (guint) g_bytes_get_size (record->bytes));
      g_ptr_array_index (copies, index) = copy;
    }
  return copy;
}

/* The places of a span's bytes, through all the records that it goes over. */
static GPtrArray *
collect_places (GPtrArray *copies, GPtrArray *records, const FlMemorySpan *span)
{
  GPtrArray *places = g_ptr_array_new ();
  guint at = span->record;
  gsize offset = span->offset;
  FlTraceKind kind;

  if (at >= records->len)
    return places;
  kind = ((const FlTraceRecord *) g_ptr_array_index (records, at))->kind;
  for (; at < records->len && places->len < span->length; at++, offset = 0)
    {
      const FlTraceRecord *record = g_ptr_array_index (records, at);
      GByteArray *copy;

      if (record->kind == FL_TRACE_NOTE)
        continue;
      if (record->kind != kind)
        break;
      copy = get_bytes (copies, records, at);
      for (gsize i = offset; copy != NULL && i < copy->len && places->len < span->length; i++)
        g_ptr_array_add (places, copy->data + i);
    }
  return places;
}

/* Zeros instead of the bytes; a checksum behind them is made to be as right, or as wrong, as it was. */
static void
mask_span (GPtrArray *copies, GPtrArray *records, const FlMemorySpan *span)
{
  g_autoptr (GPtrArray) places = collect_places (copies, records, span);
  gboolean whole = span->count >= 0 && places->len == span->length;
  guint n = places->len - (whole ? 1 : 0);
  guint8 all = 0;
  gboolean blank = TRUE;

  for (guint i = 0; i < n; i++)
    {
      guint8 byte = *(guint8 *) g_ptr_array_index (places, i);

      all ^= byte;
      blank = blank && (byte == 0xFF || byte == 0x00);
    }
  if (blank || (span->count < 0 && span->length <= MAX_KEPT))
    return;
  for (guint i = 0; i < n; i++)
    *(guint8 *) g_ptr_array_index (places, i) = 0;
  if (whole)
    *(guint8 *) g_ptr_array_index (places, n) ^= all;
}

/**
 * fl_decode_mask:
 * @memory_limit: of the new trace
 *
 * Replaces what is read from memory and written to it by zeros, so that a trace can be given away without the firmware
 * and the chip's unique number in it. Single words, and blocks that hold nothing but 00 and FF, stay: they tell how far
 * something came, and no secret. Checksums stay as right or wrong as they were.
 *
 * Returns: (transfer full): the trace without contents of memory
 */
FlTrace *
fl_decode_mask (FlTrace *trace, gsize memory_limit)
{
  g_autoptr (GArray) memory = g_array_new (FALSE, FALSE, sizeof (FlMemorySpan));
  g_autoptr (GPtrArray) copies = g_ptr_array_new ();
  FlDecoder decoder = { .memory = memory };
  FlTrace *masked;

  g_return_val_if_fail (FL_IS_TRACE (trace), NULL);
  masked = fl_trace_new (memory_limit);
  g_ptr_array_unref (fl_decode_run (&decoder, trace, 0, G_MAXUINT64)); /* for the places of memory that it notes */
  g_ptr_array_set_size (copies, (int) decoder.records->len);
  for (guint i = 0; i < memory->len; i++)
    mask_span (copies, decoder.records, &g_array_index (memory, FlMemorySpan, i));
  for (guint i = 0; i < decoder.records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (decoder.records, i);
      GByteArray *copy = get_bytes (copies, decoder.records, i);

      if (copy == NULL)
        fl_trace_add_text (masked, record->kind, record->time, record->text);
      else
        fl_trace_add_bytes (masked, record->kind, record->time, copy->data, copy->len, record->errors);
      g_clear_pointer (&copy, g_byte_array_unref);
    }
  g_ptr_array_unref (decoder.records);
  return masked;
}
