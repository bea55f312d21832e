/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-job-runner.h"

G_BEGIN_DECLS

/* Protection and option bytes: what the chip has, in words; what is to be changed, to be reviewed before it is written;
 * and what came of it. Uses the action "win.go-connect". */
#define FL_TYPE_OPTIONS_PAGE (fl_options_page_get_type ())
G_DECLARE_FINAL_TYPE (FlOptionsPage, fl_options_page, FL, OPTIONS_PAGE, GtkWidget)

GtkWidget *fl_options_page_new              (FlJobRunner *runner);
void       fl_options_page_set_session      (FlOptionsPage *self, FlSession *session); /* nullable */
void       fl_options_page_activate         (FlOptionsPage *self); /* as the suggested button does */
gboolean   fl_options_page_can_enable_boot0 (FlOptionsPage *self);
void       fl_options_page_enable_boot0     (FlOptionsPage *self); /* asks first */

G_END_DECLS
