/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-flash-ops.h"
#include "fl-program-job.h"

G_BEGIN_DECLS

/* Between the files of FlProgramJob. */

struct _FlProgramJob
{
  FlJob parent_instance;

  FlPlan *plan; /* the worker's own, once it runs: what is preserved changes it */
  gboolean start;
  FlProgramResult result; /* the worker's while it runs */

  /* Worker. */
  FlImage *expected; /* the image, and what is preserved: what flash must hold in the end */
  guint8 *erase;     /* one byte a sector: whether the plan erases it */
  guint8 *left;      /* one byte a sector: whether it is left as it is, because it seems to hold what it is to hold */
  guint8 *trusted;   /* one byte a sector: whether the bootloader's checksum says so; it is asked again in the end */
  guint8 *proven;    /* one byte a sector: whether it said so in the end, and the sector was not read */
  guint8 *rewritten; /* one byte a sector: whether it was erased and written, or was going to be */
  guint8 *preserved; /* one byte a sector: whether what is to be kept of it was read */
  guint8 *spared;    /* one byte a sector: whether it looked blank, and is not erased before it is written */
  gboolean seems_blank; /* nothing else was seen yet */
  FlErasePass erasing;
  guint64 total;     /* bytes on the wire that the job is expected to take, as far as is known */
  guint n_retries_before;
};

FlDevice *fl_program_job_get_device (FlProgramJob *self);
FlLayout *fl_program_job_get_layout (FlProgramJob *self);

/* Preserves, erases and writes sectors, one byte each; the rest of the flash stays as it is (fl-program-rewrite.c). */
guint64   fl_program_job_get_rewrite_wire (FlProgramJob *self, const guint8 *sectors);
gboolean  fl_program_job_rewrite          (FlProgramJob *self, FlBoot *boot, const guint8 *sectors,
                                           GCancellable *cancellable, GError **error);
gboolean  fl_program_job_write_blocks     (FlProgramJob *self, FlBoot *boot, const guint8 *sectors, gboolean again,
                                           GCancellable *cancellable, GError **error);
char     *fl_program_job_dup_rate         (FlProgramJob *self, guint64 bytes, double since);

/* What looks blank is not erased (fl-program-blank.c). */
gboolean  fl_program_job_spare_blank      (FlProgramJob *self, const guint8 *sectors, guint8 *erase,
                                           GCancellable *cancellable, GError **error);
guint     fl_program_job_unspare          (FlProgramJob *self, const guint8 *sectors);

/* VERIFY, with what it takes until flash is as expected (fl-program-verify.c). */
gboolean  fl_program_job_verify           (FlProgramJob *self, FlBoot *boot, GCancellable *cancellable, GError **error);

G_END_DECLS
