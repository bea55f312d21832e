/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-boot.h"
#include "fl-job.h"

G_BEGIN_DECLS

/* What state a job that broke off leaves the board in, in words. Worker. */
typedef struct
{
  gboolean      programming; /* otherwise only erasing */
  gboolean      verified;    /* everything had been verified before it broke off */
  const guint8 *erased;      /* nullable: one byte a sector: whether the job erases it; NULL: every one that it touches */
  guint         first_busy;  /* sectors that a command in flight may have erased or not */
  guint         n_busy;
  FlStray       stray;       /* whether it has erased nothing else */
} FlBoardState;

void  fl_board_state_set        (FlJob *job, FlDevice *device, const FlBoardState *state);
char *fl_board_state_dup_erased (FlJob *job, FlDevice *device); /* "pages 0–11 erased"; empty: none */

G_END_DECLS
