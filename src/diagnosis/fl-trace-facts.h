/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-decode.h"
#include "fl-facts.h"

G_BEGIN_DECLS

/* Whose traffic it is. */
typedef enum
{
  FL_TRACE_OURS,    /* what this program does on purpose is no mistake */
  FL_TRACE_FOREIGN, /* of a host that may have done anything */
} FlTraceOrigin;

void fl_trace_facts_take (GPtrArray *exchanges, FlTraceOrigin origin, FlFacts *facts);

G_END_DECLS
