/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-firmware.h"
#include "fl-job-runner.h"

G_BEGIN_DECLS

/**
 * FlFirmwarePage:
 *
 * Step 3: the file, whether it belongs into the chip, and what will happen.
 *
 * Signal "program": the user wants it, and has agreed to what is lost. Uses the action "win.go-connect" where there is
 * no board yet.
 */
#define FL_TYPE_FIRMWARE_PAGE (fl_firmware_page_get_type ())
G_DECLARE_FINAL_TYPE (FlFirmwarePage, fl_firmware_page, FL, FIRMWARE_PAGE, GtkWidget)

GtkWidget *fl_firmware_page_new      (FlFirmware *firmware, FlJobRunner *runner);
void       fl_firmware_page_choose   (FlFirmwarePage *self); /* asks for a file */
void       fl_firmware_page_activate (FlFirmwarePage *self); /* as the suggested button does */
void       fl_firmware_page_repeat   (FlFirmwarePage *self);
void       fl_firmware_page_focus       (FlFirmwarePage *self); /* the suggested button */

G_END_DECLS
