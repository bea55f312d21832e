/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"

G_BEGIN_DECLS

gboolean fl_consent_needs_name (FlDanger danger);
gboolean fl_consent_is_name    (const FlChip *chip, const char *typed); /* "stm32g0b1" names an STM32G0B0/0B1/0C1 */
char    *fl_consent_dup_name   (const FlChip *chip);                    /* what to ask for: "STM32G0B0" */
gboolean fl_consent_check      (const FlChip *chip, FlDanger danger, gboolean agreed, const char *typed,
                                GError **error);

G_END_DECLS
