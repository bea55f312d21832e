/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-decode.h"
#include "fl-facts.h"

G_BEGIN_DECLS

/* What hosts that people wrote themselves do against AN3155. */

void fl_mistakes_take_facts (FlMistakes mistakes, FlFacts *facts);

G_END_DECLS
