/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-decode.h"

G_BEGIN_DECLS

/* One packet or remark of an exchange. */
typedef struct
{
  char  mark;    /* '>', '<', or ' ': a remark */
  char *bytes;   /* "11 EE"; nullable */
  char *meaning; /* nullable */
} FlConsoleLine;

/**
 * FlConsoleEntry:
 *
 * One exchange on the console: immutable.
 */
#define FL_TYPE_CONSOLE_ENTRY (fl_console_entry_get_type ())
G_DECLARE_FINAL_TYPE (FlConsoleEntry, fl_console_entry, FL, CONSOLE_ENTRY, GObject)

FlExchangeStatus fl_console_entry_get_status    (FlConsoleEntry *self);
const char      *fl_console_entry_get_time_text (FlConsoleEntry *self); /* "00:01.234" */
const char      *fl_console_entry_get_title     (FlConsoleEntry *self);
GPtrArray       *fl_console_entry_get_lines     (FlConsoleEntry *self); /* (transfer none) of FlConsoleLine */
const char      *fl_console_entry_get_dump      (FlConsoleEntry *self); /* a long answer, 16 bytes a line; nullable */
char            *fl_console_entry_to_text       (FlConsoleEntry *self);

/**
 * FlConsoleLog:
 *
 * What passed on a line, exchange by exchange, in words, while it goes on: a #GListModel of #FlConsoleEntry. The last
 * entries are replaced when more bytes say what they belong to. Main context.
 */
#define FL_TYPE_CONSOLE_LOG (fl_console_log_get_type ())
G_DECLARE_FINAL_TYPE (FlConsoleLog, fl_console_log, FL, CONSOLE_LOG, GObject)

#define FL_CONSOLE_LOG_MAX_ENTRIES 2000 /* older ones are dropped; the trace has them still */

FlConsoleLog *fl_console_log_new        (void);
void          fl_console_log_follow     (FlConsoleLog *self, FlTrace *trace); /* what passes from now on */
void          fl_console_log_update     (FlConsoleLog *self);                 /* takes what has passed since */
void          fl_console_log_clear      (FlConsoleLog *self);
FlTrace      *fl_console_log_get_trace  (FlConsoleLog *self);                 /* (transfer none) nullable */
char         *fl_console_log_to_text    (FlConsoleLog *self);

G_END_DECLS
