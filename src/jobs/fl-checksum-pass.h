/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"
#include "fl-plan.h"

G_BEGIN_DECLS

#define FL_CHECKSUM_WIRE 33 /* bytes of one Get Checksum, both ways: AN3155 */

/**
 * FlChecksumPass:
 *
 * Finds which sectors hold what a plan wants of them, by the bootloader's own Get Checksum: one exchange for many
 * sectors, where reading takes one for every 256 bytes. No ROM has the command; custom bootloaders may. It is used only
 * after that of a block which was read has turned out right, and no more as soon as it fails. Worker.
 */
typedef struct
{
  FlJob   *job;
  FlBoot  *boot;
  FlPlan  *plan;
  const guint8 *wanted; /* one byte a sector: whether to look at it; only those that fl_checksum_pass_can_judge() */
  guint8  *equal;       /* out (caller-allocates), zeros: one byte a sector: it holds fl_plan_get_content() */
  guint    n_equal;     /* out: sectors */
  guint    n_fine;      /* the pass's own: how often a few small sectors were halved */
} FlChecksumPass;

gboolean fl_checksum_pass_is_usable (FlJob *job);
gboolean fl_checksum_pass_can_judge (FlPlan *plan, guint sector_index);
gboolean fl_checksum_pass_prove     (FlJob *job, FlBoot *boot, guint32 address, GCancellable *cancellable,
                                     GError **error);
gboolean fl_checksum_pass_run       (FlChecksumPass *self, GCancellable *cancellable, GError **error);

G_END_DECLS
