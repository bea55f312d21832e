/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"
#include "fl-plan.h"

G_BEGIN_DECLS

/**
 * FlChangedPass:
 *
 * Finds which sectors of a plan seem to hold already what they are to hold: by the bootloader's checksum, where it has
 * one, and by a few bytes here and there. The latter proves nothing: what is left alone because of it has to be read as
 * a whole afterwards. Worker.
 */
typedef struct
{
  FlJob   *job;
  FlBoot  *boot;
  FlPlan  *plan;
  guint8  *left;         /* out (caller-allocates), zeros: one byte a sector: whether it seems to hold it */
  guint8  *trusted;      /* out (caller-allocates), zeros: one byte a sector: whether the checksum says so */
  gboolean blank;        /* out: nothing but blank flash was seen */
  guint    n_candidates; /* out: sectors that may be left alone */
  guint    n_left;       /* out */
  guint    n_trusted;    /* out: of these */
  GArray  *samples;      /* the pass's own */
  guint8  *changed;      /* the pass's own: one byte a sector: a sample of it differs */
} FlChangedPass;

gboolean fl_changed_pass_run (FlChangedPass *self, GCancellable *cancellable, GError **error);

G_END_DECLS
