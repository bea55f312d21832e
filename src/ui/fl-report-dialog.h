/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void fl_report_dialog_show (GtkWindow *parent, AdwToastOverlay *toasts, const char *text);

G_END_DECLS
