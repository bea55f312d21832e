/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"

G_BEGIN_DECLS

/**
 * FlJumpCode:
 * @address: of the bootloader's vectors; 0: not known
 * @code: a C file for CMSIS; %NULL: it cannot be given
 * @reason: (nullable): why not; translated, as the lists
 * @caveats: (element-type utf8): what has to be known before it is used on this chip
 * @checks: (element-type utf8): what to look at when it does not work, one step each
 *
 * How an application on a chip gives way to the bootloader.
 */
typedef struct
{
  guint32    address;
  char      *code;
  char      *reason;
  GPtrArray *caveats;
  GPtrArray *checks;
} FlJumpCode;

FlJumpCode *fl_jump_code_new     (const FlChip *chip);
void        fl_jump_code_free    (FlJumpCode *self);
char       *fl_jump_code_to_text (const FlJumpCode *self); /* all of it, as a C file */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlJumpCode, fl_jump_code_free)

G_END_DECLS
