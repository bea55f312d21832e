/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-decode.h"

G_BEGIN_DECLS

/* Where bytes of memory stand in a trace: they may go on in later records of the same kind. */
typedef struct
{
  guint  record; /* index of the first */
  gsize  offset; /* in it */
  gsize  length; /* with the checksum of what is written */
  int    count;  /* of what is written: the byte in front, which the checksum includes; -1: what was read */
} FlMemorySpan;

/* Walks through the records of a trace, byte by byte where it must. */
typedef struct
{
  GPtrArray  *records; /* FlTraceRecord */
  guint       at;      /* the record that is read */
  gsize       offset;  /* in its bytes */
  guint64     from;    /* number of the first record */
  guint64     to;      /* number after the last one */
  guint       gap_at;  /* index of the record that stands for dropped ones; as many as there are records: none */
  gint64      time;    /* of what was taken last, µs */
  FlExchange *exchange;
  guint       n_owed;  /* ACKs that the host did not wait for */
  FlLineErrors errors; /* of the bytes that were taken for this exchange */
  GArray     *memory;  /* nullable: of FlMemorySpan: where what is read and written stands */
} FlDecoder;

#define FL_DECODE_END (-1)

int      fl_decoder_peek      (FlDecoder *self);
gboolean fl_decoder_is_prompt (FlDecoder *self);
gint64   fl_decoder_peek_time (FlDecoder *self);
gsize    fl_decoder_take      (FlDecoder *self, FlTraceKind kind, GByteArray *bytes, gsize length);
gsize    fl_decoder_take_run  (FlDecoder *self, FlTraceKind kind, GByteArray *bytes);
void     fl_decoder_add_line  (FlDecoder *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void     fl_decoder_add_bytes (FlDecoder *self, FlTraceKind kind, const guint8 *data, gsize length, const char *meaning);
FlMemorySpan fl_decoder_get_place (FlDecoder *self, gsize length, int count);
void     fl_decoder_note_memory (FlDecoder *self, gsize length, int count);
gboolean fl_decoder_take_ack  (FlDecoder *self);
void     fl_decode_command    (FlDecoder *self, guint8 command); /* fl-decode-command.c */
GPtrArray *fl_decode_run      (FlDecoder *self, FlTrace *trace, guint64 from, guint64 to);

G_END_DECLS
