/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-option-set.h"

G_BEGIN_DECLS

/* What decides at reset whether the bootloader starts. */
typedef enum
{
  FL_BOOT0_UNKNOWN,
  FL_BOOT0_PIN,     /* the BOOT0 pin */
  FL_BOOT0_FLASH,   /* option bits: the application, whatever the pin is; a blank chip may start its bootloader */
  FL_BOOT0_ROM,     /* option bits: the bootloader, whatever the pin is: the application never starts by itself */
  FL_BOOT0_LOCKED,  /* BOOT_LOCK: the application, for good */
} FlBoot0;

FlBoot0  fl_boot0_get        (const FlOptionSet *options); /* NULL: FL_BOOT0_UNKNOWN */
char    *fl_boot0_dup_text   (FlBoot0 self, const FlOptionSet *options, gboolean blank); /* NULL: nothing to say */
gboolean fl_boot0_enable_pin (FlOptionSet *options);       /* makes the pin decide; FALSE: cannot, or does already */

G_END_DECLS
