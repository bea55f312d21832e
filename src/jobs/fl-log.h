/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FL_LOG_INFO,
  FL_LOG_OK,      /* shown as [OK] */
  FL_LOG_FAILED,  /* shown as [KO] */
  FL_LOG_WARNING,
} FlLogStatus;

/**
 * FlLogEntry:
 *
 * One line of the log; immutable. Properties (read only): "status", "text", "detail", "time-text".
 */
#define FL_TYPE_LOG_ENTRY (fl_log_entry_get_type ())
G_DECLARE_FINAL_TYPE (FlLogEntry, fl_log_entry, FL, LOG_ENTRY, GObject)

FlLogEntry *fl_log_entry_new           (FlLogStatus status, gint64 time, const char *text, const char *detail);
FlLogEntry *fl_log_entry_new_failed    (gint64 time, const char *text, const char *seen, const char *causes);
FlLogStatus fl_log_entry_get_status    (FlLogEntry *self);
gint64      fl_log_entry_get_time      (FlLogEntry *self); /* microseconds since the session began */
const char *fl_log_entry_get_time_text (FlLogEntry *self); /* "00:01.234" */
const char *fl_log_entry_get_text      (FlLogEntry *self); /* "Activating device at 115200 8E1" */
const char *fl_log_entry_get_detail    (FlLogEntry *self); /* the bytes and their meaning, lines; nullable */
char       *fl_log_entry_dup_seen      (FlLogEntry *self); /* the same, without what a failure may come from; nullable */
char       *fl_log_entry_to_string     (FlLogEntry *self); /* "00:01.234  Activating device … [OK]" */

G_END_DECLS
