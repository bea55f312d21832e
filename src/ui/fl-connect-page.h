/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-job-runner.h"

G_BEGIN_DECLS

/**
 * FlConnectPage:
 *
 * Step 1: the port, the line, and how the board gets into its bootloader; then connecting, and what went wrong with it.
 *
 * Signals: "connected" (#FlSession); "failed", when that did not come about; "port-changed", when another was chosen.
 */
#define FL_TYPE_CONNECT_PAGE (fl_connect_page_get_type ())
G_DECLARE_FINAL_TYPE (FlConnectPage, fl_connect_page, FL, CONNECT_PAGE, GtkWidget)

GtkWidget *fl_connect_page_new         (FlJobRunner *runner);
void       fl_connect_page_set_declaration (FlConnectPage *self, FlDeclaration *declaration);
void       fl_connect_page_connect     (FlConnectPage *self);                   /* as the button does */
void       fl_connect_page_choose_port (FlConnectPage *self, const char *name);
char      *fl_connect_page_dup_port    (FlConnectPage *self);                   /* for people; nullable */
FlConnectOptions *fl_connect_page_make_options (FlConnectPage *self);           /* nullable: no port is chosen */
void       fl_connect_page_rescan      (FlConnectPage *self);
void       fl_connect_page_focus       (FlConnectPage *self); /* the suggested button */

G_END_DECLS
