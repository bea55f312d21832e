/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-device.h"

G_BEGIN_DECLS

/* What the user says of a chip that the database does not know: by a map file, or in a dialog. Signal "declared": it is
 * to be used from the next connection on. The window gets the actions "win.open-map" and "win.declare". */
#define FL_TYPE_DECLARER (fl_declarer_get_type ())
G_DECLARE_FINAL_TYPE (FlDeclarer, fl_declarer, FL, DECLARER, GObject)

FlDeclarer    *fl_declarer_new        (GtkWindow *parent, GtkLabel *note);
FlDeclaration *fl_declarer_get        (FlDeclarer *self); /* (transfer none) nullable */
void           fl_declarer_set_device (FlDeclarer *self, FlDevice *device);
void           fl_declarer_open_map   (FlDeclarer *self, GFile *file);
gboolean       fl_declarer_is_map     (GFile *file);       /* by its name */

G_END_DECLS
