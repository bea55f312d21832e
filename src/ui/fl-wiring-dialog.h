/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-session.h"

G_BEGIN_DECLS

/* How the adapter has to be wired to the chip, drawn for every serial port that its bootloader listens to. */
GtkWidget *fl_wiring_dialog_new (GtkWindow *parent, const FlChip *chip, const FlConnectOptions *options);

G_END_DECLS
