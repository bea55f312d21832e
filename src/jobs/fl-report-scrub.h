/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * FlReportScrub:
 *
 * What must not leave the computer, and what stands for it.
 */
typedef struct _FlReportScrub FlReportScrub;

FlReportScrub *fl_report_scrub_new        (const char *home, const char *user, const char *host);
void           fl_report_scrub_free       (FlReportScrub *self);
void           fl_report_scrub_add        (FlReportScrub *self, const char *secret, const char *instead);
char          *fl_report_scrub_text       (const FlReportScrub *self, const char *text);
void           fl_report_scrub_node       (const FlReportScrub *self, JsonNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlReportScrub, fl_report_scrub_free)

G_END_DECLS
