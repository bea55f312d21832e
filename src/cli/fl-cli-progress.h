/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-cli.h"

G_BEGIN_DECLS

/* Shows a job as it goes on: log lines on standard output, and on standard error a bar on a terminal, plain lines when
 * piped, JSON lines with --json. */
typedef struct _FlCliProgress FlCliProgress;

FlCliProgress *fl_cli_progress_new  (FlCli *cli, FlJob *job);
void           fl_cli_progress_end  (FlCliProgress *self); /* takes the bar away */
void           fl_cli_progress_free (FlCliProgress *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlCliProgress, fl_cli_progress_free)

G_END_DECLS
