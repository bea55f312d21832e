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

/* What an exchange is about. */
typedef enum
{
  FL_EXCHANGE_SYNC,     /* 0x7F */
  FL_EXCHANGE_COMMAND,
  FL_EXCHANGE_HALF,     /* the first byte of a command, and an answer to it already; @bytes: it was 1F */
  FL_EXCHANGE_NONSENSE, /* bytes of the host that are no command */
  FL_EXCHANGE_UNASKED,  /* bytes from the board that nobody asked for */
  FL_EXCHANGE_SETTINGS, /* the line was set: @text */
  FL_EXCHANGE_LINES,    /* DTR or RTS was driven: @text */
  FL_EXCHANGE_NOTE,     /* anything else that a trace says in words */
} FlExchangeKind;

/* How far a command came. */
typedef enum
{
  FL_PART_COMMAND,
  FL_PART_ADDRESS,
  FL_PART_DATA,   /* count, data, pages, and what else is sent behind command and address */
  FL_PART_ANSWER, /* all was acknowledged, and what is asked for did not come whole */
  FL_PART_WHOLE,
} FlExchangePart;

/* What the host did wrong. */
typedef enum
{
  FL_MISTAKE_LENGTH              = 1 << 0, /* N where AN3155 wants N-1 */
  FL_MISTAKE_CHECKSUM            = 1 << 1,
  FL_MISTAKE_CHECKSUM_NO_LENGTH  = 1 << 2, /* it leaves out the length byte */
  FL_MISTAKE_TWO_CHECKSUMS       = 1 << 3,
  FL_MISTAKE_COMPLEMENT          = 1 << 4,
  FL_MISTAKE_NO_00_BEHIND_FF     = 1 << 5, /* of the mass erase */
  FL_MISTAKE_TOO_LONG            = 1 << 6,
  FL_MISTAKE_BROKEN_OFF          = 1 << 7,
  FL_MISTAKE_NOT_CONTINUED       = 1 << 8,
  FL_MISTAKE_NO_WAIT             = 1 << 9, /* for the ACK */
  FL_MISTAKE_SYNC_AGAIN          = 1 << 10, /* 0x7F more than once in a row */
  FL_N_MISTAKES                  = 11,
} FlMistakes;

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
 * @kind: what it is about
 * @part: of a command: where it ended
 * @spaced: there was a pause between the two bytes of the command
 * @all: an erase of the whole flash, or of a whole bank
 * @mistakes: of the host
 * @errors: that the receiver reported
 * @bytes: (nullable): what came back to 0x7F, or unasked; what a command brought, or wrote to memory
 * @text: (nullable): of settings, lines and notes
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
  FlExchangeKind   kind;
  FlExchangePart   part;
  gboolean         spaced;
  gboolean         all;
  FlMistakes       mistakes;
  FlLineErrors     errors;
  GBytes          *bytes;
  char            *text;
} FlExchange;

void       fl_exchange_free    (FlExchange *self);
GPtrArray *fl_decode_trace     (FlTrace *trace, guint64 from, guint64 to); /* FlExchange */
FlTrace   *fl_decode_parse_log (const char *text, gssize length, GError **error); /* ours, or a pasted hex log */
char      *fl_decode_to_text   (GPtrArray *exchanges);
FlTrace   *fl_decode_mask      (FlTrace *trace, gsize memory_limit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlExchange, fl_exchange_free)

G_END_DECLS
