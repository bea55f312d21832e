/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-firmware.h"
#include "fl-job-runner.h"
#include "fl-report.h"

G_BEGIN_DECLS

FlReport *fl_report_dialog_make_report (FlSession *session, FlFirmware *firmware, FlJobRunner *runner,
                                        const char *log);
void      fl_report_dialog_show        (GtkWindow *parent, AdwToastOverlay *toasts, FlReport *report);

G_END_DECLS
