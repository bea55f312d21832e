/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-session.h"

G_BEGIN_DECLS

/**
 * FlDevicePage:
 *
 * Step 2: what was found. Signal "continue" (gboolean): the user has seen it; whether it can be programmed.
 */
#define FL_TYPE_DEVICE_PAGE (fl_device_page_get_type ())
G_DECLARE_FINAL_TYPE (FlDevicePage, fl_device_page, FL, DEVICE_PAGE, GtkWidget)

GtkWidget *fl_device_page_new          (void);
void       fl_device_page_set_session  (FlDevicePage *self, FlSession *session); /* nullable */
void       fl_device_page_set_has_file (FlDevicePage *self, gboolean has_file);  /* firmware is chosen already */
void       fl_device_page_continue     (FlDevicePage *self);                     /* as the button does */
void       fl_device_page_focus        (FlDevicePage *self);                     /* the suggested button */

G_END_DECLS
