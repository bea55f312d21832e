/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-image.h"
#include "fl-job.h"
#include "fl-mismatch.h"

G_BEGIN_DECLS

/* What several jobs do to flash: erase, compare. Worker. */

#define FL_OPS_READ_WIRE(length)  ((guint64) (length) + 12) /* bytes of one Read Memory, both ways: AN3155 */
#define FL_OPS_WRITE_WIRE(length) ((guint64) (length) + 12) /* of one Write Memory */

/**
 * FlErasePass:
 *
 * Erases sectors, and proves it by reading back. The states of the sectors follow in the job's map. No erase code is
 * sent that may name a sector which is not wanted.
 */
typedef struct
{
  FlJob        *job;
  FlBoot       *boot;
  FlDevice     *device;
  const guint8 *wanted;   /* one byte a sector: whether it is to be erased */
  gboolean      all;      /* every sector: a mass erase will do where the chip has one */
  FlCommand     command;  /* the pass's own: Erase or Extended Erase */
  guint8       *erased;   /* the pass's own: one byte a sector: whether erasing it was acknowledged */
  guint         n_erased; /* out: sectors that were erased */
  guint         n_retries; /* out: sectors that had to be erased a second time */
  guint         first_busy; /* out: sectors that may be erased or not; n_busy 0: none */
  guint         n_busy;
  guint         last_first; /* the pass's own: sectors of the list that was acknowledged last */
  guint         last_count;
  gboolean      strayed;  /* the pass's own: what came of a code in an uncertain numbering was not seen yet */
} FlErasePass;

guint64  fl_erase_pass_get_wire (const FlErasePass *self);
gboolean fl_erase_pass_run      (FlErasePass *self, GCancellable *cancellable, GError **error);
gboolean fl_erase_pass_look     (FlErasePass *self, gboolean *blank, GCancellable *cancellable, GError **error);

/**
 * FlComparePass:
 *
 * Reads back what an image covers, and compares. Sectors that were left as they were, because they seemed to hold
 * it, are no fault when they do not: the first difference is enough, and when too many are read in vain, those that are
 * left count as different, too.
 */
typedef struct
{
  FlJob   *job;
  FlBoot  *boot;
  FlDevice *device;
  FlImage *image;
  const guint8 *wanted;    /* nullable: one byte a sector: whether to look at it */
  gboolean mark_sectors;   /* whether the job's map follows */
  gboolean unwritten;      /* this job has written nothing: what is blank may never have been meant to be otherwise */
  const guint8 *left;      /* nullable: one byte a sector: whether it was left as it was */
  const guint8 *proven;    /* nullable: one byte a sector: whether it was compared in another way: not read */
  guint8  *missed;         /* out (caller-allocates), zeros, with left: one byte a sector: it does not hold it */
  guint    n_missed;       /* out: sectors */
  guint64  n_equal;        /* out: bytes, without those of missed sectors */
  guint64  n_different;    /* out: bytes, likewise */
  guint8  *different;      /* out (caller-allocates) nullable: one byte a sector: whether it differs */
  gboolean all_blank;      /* out: all that was read */
  guint    n_repeated;     /* out: blocks that a second reading showed to be right */
  guint32  first_address;  /* out: where the first difference is */
  guint8   expected[8];    /* out: from there on, n_shown of them */
  guint8   got[8];
  guint    n_shown;
  FlMismatchKind pattern;  /* out: of the differences */
  FlMismatch *mismatch;    /* the pass's own */
  int      at_sector;      /* the pass's own: the index of the last that was looked at; -1: none */
  gboolean sector_equal;   /* the pass's own: what was seen of it */
  guint64  sector_bytes;   /* the pass's own: that are equal in it */
  guint64  kept_bytes;     /* the pass's own: read and equal in sectors that were left */
  guint64  vain_bytes;     /* the pass's own: read in sectors that were missed */
} FlComparePass;

guint64  fl_compare_pass_get_wire (const FlComparePass *self);
gboolean fl_compare_pass_run   (FlComparePass *self, GCancellable *cancellable, GError **error);
void     fl_compare_pass_set_error (const FlComparePass *self, GError **error);

/* START, by Go or by the adapter's lines; closes the session. */
gboolean fl_ops_start          (FlJob *job, guint32 address, GCancellable *cancellable, GError **error);
gboolean fl_ops_check_readable (FlDevice *device, GError **error);
gboolean fl_ops_check_unprotected (FlDevice *device, const guint8 *wanted, GError **error);
gboolean fl_ops_has_pages      (FlDevice *device);                          /* otherwise it has sectors */
char    *fl_ops_dup_range      (FlDevice *device, guint first, guint count); /* "pages 0–11" */
char    *fl_ops_dup_count      (FlDevice *device, guint count);              /* "12 pages" */

G_END_DECLS
