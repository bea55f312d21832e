/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-console-commands.h"
#include "fl-job.h"

G_BEGIN_DECLS

/**
 * FlConsoleJob:
 *
 * Holds the port for a person who sends bytes by hand: opens it where it is closed, sends what it is told to, takes
 * whatever comes in, and watches the modem lines; everything goes through the session's trace. Runs until it is
 * cancelled, which is how a console ends and is no failure. A session that was connected stays so, with the line as it
 * was before, unless a command was sent that leaves the board different; other sessions are closed.
 *
 * Signal "changed" (main context): there is news in the trace, or of the lines.
 */
#define FL_TYPE_CONSOLE_JOB (fl_console_job_get_type ())
G_DECLARE_FINAL_TYPE (FlConsoleJob, fl_console_job, FL, CONSOLE_JOB, FlJob)

/* What the worker knows of the port. */
typedef struct
{
  gboolean       is_open;
  FlLineSettings settings;
  gboolean       has_lines; /* whether the adapter tells its lines */
  FlLines        lines;
} FlConsoleState;

FlJob *fl_console_job_new          (FlSession *session);

/* Main context, while it runs. */
void   fl_console_job_send         (FlConsoleJob *self, GBytes *bytes);
void   fl_console_job_send_command (FlConsoleJob *self, const FlConsoleCommand *command, guint32 address);
void   fl_console_job_set_settings (FlConsoleJob *self, const FlLineSettings *settings);
void   fl_console_job_set_lines    (FlConsoleJob *self, FlLines mask, FlLines lines);
void   fl_console_job_get_state    (FlConsoleJob *self, FlConsoleState *state);

G_END_DECLS
