/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job.h"
#include "fl-supply.h"

G_BEGIN_DECLS

/* Worker. */
void     fl_describe_set_limits (FlBoot *boot, const FlChip *chip, guint8 bootloader_id, FlSupply supply);
gboolean fl_describe_device     (FlJob *job, FlBoot *boot, FlDevice *device, GCancellable *cancellable,
                                 GError **error);
gboolean fl_describe_options    (FlBoot *boot, const FlChip *chip, FlOptionSet **options, GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
