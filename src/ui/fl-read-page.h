/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job-runner.h"

G_BEGIN_DECLS

/* Read back: flash, or a part of it, into a file. */
#define FL_TYPE_READ_PAGE (fl_read_page_get_type ())
G_DECLARE_FINAL_TYPE (FlReadPage, fl_read_page, FL, READ_PAGE, GtkWidget)

GtkWidget *fl_read_page_new         (FlJobRunner *runner);
void       fl_read_page_set_session (FlReadPage *self, FlSession *session); /* nullable: not connected */

G_END_DECLS
