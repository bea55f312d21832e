/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-facts.h"
#include "fl-session.h"
#include "fl-surroundings.h"

G_BEGIN_DECLS

/* What is known without asking anything of the board, as facts. */

void fl_job_facts_take_options (FlFacts *facts, const FlConnectOptions *options, const FlLineSettings *in_use);
void fl_job_facts_take_device  (FlFacts *facts, FlDevice *device);
void fl_job_facts_take_error   (FlFacts *facts, FlStage stage, const GError *error);
void fl_job_facts_take_port    (FlFacts *facts, const char *port);
void fl_job_facts_take_surroundings (FlFacts *facts, const FlSurroundings *around);
const FlChip *fl_job_facts_find_chip (const FlFacts *facts);
void fl_job_facts_add          (FlFacts *facts, const FlFacts *other);

G_END_DECLS
