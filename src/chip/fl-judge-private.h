/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-judge.h"

G_BEGIN_DECLS

/* What a judgement is made from. */
typedef struct
{
  FlImage      *image;
  const FlChip *chip;        /* nullable */
  FlDevice     *device;      /* nullable */
  char         *name;        /* of the chip, for people */
  guint32       flash_start;
  guint64       flash_end;   /* behind the last byte */
  guint64       flash_size;  /* bytes, without a gap between banks */
} FlJudgeContext;

/* Adds a sentence and makes the verdict at least as bad as @verdict. */
void  fl_judgement_remark      (FlJudgement *self, FlVerdict verdict, const char *format, ...) G_GNUC_PRINTF (3, 4);
char *fl_judge_format_bytes    (guint64 n_bytes); /* "24 KiB", "17 bytes" */
void  fl_judge_vectors         (const FlJudgeContext *context, FlJudgement *judgement);

G_END_DECLS
