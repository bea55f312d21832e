/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FlPortChooser:
 *
 * The serial ports that are there, appearing and vanishing as adapters are plugged, one that is typed, and the
 * simulated boards for practice; one of all is chosen, or none. Property "port" (read only): its name, or %NULL.
 */
#define FL_TYPE_PORT_CHOOSER (fl_port_chooser_get_type ())
G_DECLARE_FINAL_TYPE (FlPortChooser, fl_port_chooser, FL, PORT_CHOOSER, GtkWidget)

const char *fl_port_chooser_get_port  (FlPortChooser *self);                   /* nullable */
char       *fl_port_chooser_dup_title (FlPortChooser *self);                   /* what a person calls it; nullable */
void        fl_port_chooser_choose    (FlPortChooser *self, const char *name); /* typed, when it is in no list */
void        fl_port_chooser_set_active (FlPortChooser *self, gboolean active); /* FALSE while a job runs: no scanning */
void        fl_port_chooser_rescan    (FlPortChooser *self);
void        fl_port_chooser_remember  (FlPortChooser *self);                   /* the chosen one, for the next start */

G_END_DECLS
