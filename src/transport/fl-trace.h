/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

typedef enum
{
  FL_TRACE_SENT,     /* bytes that the host sent */
  FL_TRACE_RECEIVED, /* bytes that came in; @errors says what was wrong with them */
  FL_TRACE_SETTINGS, /* the line settings changed; @text is "115200 8E1" */
  FL_TRACE_LINES,    /* DTR or RTS was driven; @text is "DTR=1 RTS=0" */
  FL_TRACE_DISCARD,  /* unread input was thrown away */
  FL_TRACE_NOTE,     /* a remark of the program: what is about to be tried, which step begins */
  FL_TRACE_GAP,      /* records were dropped here to keep to the memory limit; @text says how many bytes */
} FlTraceKind;

/* One record. @bytes is set for SENT and RECEIVED, @text for the rest. */
typedef struct
{
  FlTraceKind  kind;
  gint64       time; /* microseconds since the trace began, on the transport's clock */
  GBytes      *bytes;
  char        *text;
  FlLineErrors errors;
} FlTraceRecord;

void fl_trace_record_free (FlTraceRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlTraceRecord, fl_trace_record_free)

/**
 * FlTrace:
 *
 * Every byte either way with its time, in bounded memory. One thread writes while others read copies: all functions
 * lock. A record's number never changes: the first is 0, and when old ones are dropped the numbers go on.
 */
#define FL_TYPE_TRACE (fl_trace_get_type ())
G_DECLARE_FINAL_TYPE (FlTrace, fl_trace, FL, TRACE, GObject)

#define FL_TRACE_DEFAULT_LIMIT (16 * 1024 * 1024) /* bytes of memory: the begin of a session and its latest part stay */

FlTrace   *fl_trace_new       (gsize memory_limit);
void       fl_trace_add_bytes (FlTrace *self, FlTraceKind kind, gint64 time, const guint8 *data, gsize length,
                               FlLineErrors errors);
void       fl_trace_add_received (FlTrace *self, gint64 time, const guint8 *data, gsize length, FlLineErrors errors);
void       fl_trace_add_text  (FlTrace *self, FlTraceKind kind, gint64 time, const char *text);
guint64    fl_trace_get_end   (FlTrace *self);
GPtrArray *fl_trace_copy      (FlTrace *self, guint64 from, guint64 to);
char      *fl_trace_to_text   (FlTrace *self);
FlTrace   *fl_trace_from_text (const char *text, gssize length, GError **error);
gboolean   fl_trace_save      (FlTrace *self, const char *path, GError **error);
FlTrace   *fl_trace_load      (const char *path, GError **error);

G_END_DECLS
