/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "fl-diagnosis.h"

G_BEGIN_DECLS

/* Adds "observation", "summary", "causes", "excluded" and "questions" to an open object: reports, and --json. */
void fl_diagnosis_add_json (const FlDiagnosis *self, JsonBuilder *builder);

G_END_DECLS
