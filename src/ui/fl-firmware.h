/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-image.h"
#include "fl-judge.h"
#include "fl-plan.h"
#include "fl-session.h"

G_BEGIN_DECLS

/**
 * FlFirmware:
 *
 * The file that was chosen: what it contains, whether it belongs into the connected chip, and what programming it with
 * the present settings would do. It is read again when it changes on disk, and judged and planned again when the
 * settings or the session change. Main context.
 *
 * Signal "changed": any of it is new.
 */
#define FL_TYPE_FIRMWARE (fl_firmware_get_type ())
G_DECLARE_FINAL_TYPE (FlFirmware, fl_firmware, FL, FIRMWARE, GObject)

FlFirmware        *fl_firmware_new           (void);
void               fl_firmware_open          (FlFirmware *self, GFile *file);
void               fl_firmware_set_session   (FlFirmware *self, FlSession *session); /* nullable */

GFile             *fl_firmware_get_file      (FlFirmware *self); /* (transfer none) nullable: none was chosen */
char              *fl_firmware_dup_name      (FlFirmware *self); /* "blink.hex"; nullable */
gboolean           fl_firmware_is_loading    (FlFirmware *self);
GDateTime         *fl_firmware_get_read_time (FlFirmware *self); /* (transfer none) nullable: when it was read */
gboolean           fl_firmware_was_reloaded  (FlFirmware *self); /* it changed on disk after it was chosen */
FlImage           *fl_firmware_get_image     (FlFirmware *self); /* (transfer none) nullable: not read, or not readable */
FlDevice          *fl_firmware_get_device    (FlFirmware *self); /* (transfer none) nullable: nothing was connected yet */
const FlJudgement *fl_firmware_get_judgement (FlFirmware *self); /* nullable: no image, or no device */
FlPlan            *fl_firmware_get_plan      (FlFirmware *self); /* (transfer none) nullable: cannot be programmed */
const GError      *fl_firmware_get_error     (FlFirmware *self); /* nullable: why there is no image, or no plan */
void               fl_firmware_agree         (FlFirmware *self); /* to what fl_firmware_dup_loss() says */
void               fl_firmware_refresh       (FlFirmware *self); /* plans anew: more may be known of the chip */
char              *fl_firmware_dup_loss      (FlFirmware *self); /* what is lost besides the file's own; nullable */

/* What the board is supplied with; kept for it. fl-supply.h says what it is for. */
FlSupply           fl_firmware_get_supply    (FlFirmware *self);
void               fl_firmware_set_supply    (FlFirmware *self, FlSupply supply);

/* Where a raw binary goes. */
guint32            fl_firmware_get_address   (FlFirmware *self);
gboolean           fl_firmware_parse_address (const char *text, guint32 *address);

G_END_DECLS
