/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-trace.h"

G_BEGIN_DECLS

typedef enum
{
  FL_EXCHANGE_OK,      /* went as AN3155 says */
  FL_EXCHANGE_REFUSED, /* NACK */
  FL_EXCHANGE_SILENT,  /* no answer */
  FL_EXCHANGE_ODD,     /* answered with something else, or broken off */
  FL_EXCHANGE_OTHER,   /* not a command: notes, line changes, bytes nobody asked for */
} FlExchangeStatus;

/**
 * FlExchange:
 * @first: number of the first trace record
 * @last: number of the last one
 * @time: microseconds since the trace began
 * @duration: microseconds
 * @status: how it went
 * @command: its code, or -1
 * @address: where it reads, writes or jumps to
 * @has_address: whether it has one
 * @length: bytes of memory that are read or written
 * @title: "Read Memory 256 bytes at 0x08000000"
 * @lines: (element-type utf8): one a packet: "> 11 EE  command Read Memory", "< 79  ACK"; then remarks, such as "the
 *   length byte is N, but AN3155 wants N-1"
 *
 * One command of AN3155 with all that belongs to it, in words.
 */
typedef struct
{
  guint64          first;
  guint64          last;
  gint64           time;
  gint64           duration;
  FlExchangeStatus status;
  int              command;
  guint32          address;
  gboolean         has_address;
  gsize            length;
  char            *title;
  GPtrArray       *lines;
} FlExchange;

void       fl_exchange_free    (FlExchange *self);
GPtrArray *fl_decode_trace     (FlTrace *trace, guint64 from, guint64 to); /* FlExchange */
FlTrace   *fl_decode_parse_log (const char *text, gssize length, GError **error); /* ours, or a pasted hex log */
char      *fl_decode_to_text   (GPtrArray *exchanges);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlExchange, fl_exchange_free)

G_END_DECLS
