/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define FL_JSON_MAX_DEPTH  16
#define FL_JSON_MAX_VALUES (4 * 1024 * 1024) /* a report of the longest trace has a tenth of that */

JsonNode *fl_json_parse (const char *text, gsize length, GError **error);

G_END_DECLS
