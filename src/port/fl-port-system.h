/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What this operating system tells of ports and USB beyond the list of ports. */
typedef void (*FlPortUsbFunc) (int vid, int pid, gpointer user_data);

char *fl_port_system_dup_name    (const char *port); /* with its folder, in its usual letters */
char *fl_port_system_dup_target  (const char *name); /* where a link leads; NULL: it is none */
char *fl_port_system_dup_driver  (const char *name); /* NULL: it does not say */
int   fl_port_system_get_latency (const char *name); /* milliseconds; -1: it does not say */
void  fl_port_system_list_usb    (FlPortUsbFunc func, gpointer user_data); /* every device that is plugged */

G_END_DECLS
