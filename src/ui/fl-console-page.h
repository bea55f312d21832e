/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-job-runner.h"

G_BEGIN_DECLS

/* Bytes by hand, and what comes back, in words. Holds the port while it is open; gives it back when it is left. Uses the
 * action "win.go-connect". */
#define FL_TYPE_CONSOLE_PAGE (fl_console_page_get_type ())
G_DECLARE_FINAL_TYPE (FlConsolePage, fl_console_page, FL, CONSOLE_PAGE, GtkWidget)

GtkWidget *fl_console_page_new        (FlJobRunner *runner);
void       fl_console_page_set_target (FlConsolePage *self, FlSession *session, const FlConnectOptions *options,
                                       const char *title);
void       fl_console_page_activate   (FlConsolePage *self); /* as the suggested button does: opens, then sends */

G_END_DECLS
