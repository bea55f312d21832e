/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A port to choose: a radio button with what the port is. */
#define FL_TYPE_PORT_ROW (fl_port_row_get_type ())
G_DECLARE_FINAL_TYPE (FlPortRow, fl_port_row, FL, PORT_ROW, AdwActionRow)

GtkWidget      *fl_port_row_new       (const char *name, const char *title, const char *subtitle, const char *icon,
                                       GtkCheckButton *group);
const char     *fl_port_row_get_name  (FlPortRow *self); /* what fl_transport_open() takes */
GtkCheckButton *fl_port_row_get_check (FlPortRow *self);

G_END_DECLS
