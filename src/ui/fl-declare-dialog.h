/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-device.h"

G_BEGIN_DECLS

/* Asks how the flash of a chip is divided that the database does not know. Signal "declared": (FlDeclaration). */
#define FL_TYPE_DECLARE_DIALOG (fl_declare_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FlDeclareDialog, fl_declare_dialog, FL, DECLARE_DIALOG, AdwWindow)

GtkWidget *fl_declare_dialog_new (GtkWindow *parent, FlDevice *device);

G_END_DECLS
