/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-diagnosis.h"

G_BEGIN_DECLS

/* Translates @text and puts the chip's pins and what the facts say in place of its placeholders. */
char *fl_diagnosis_expand (const char *text, const FlFacts *facts, const FlChip *chip);

G_END_DECLS
