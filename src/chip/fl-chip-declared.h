/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"
#include "fl-stmap.h"

G_BEGIN_DECLS

/**
 * FlDeclaration:
 *
 * What somebody says of a chip that the database does not know: how its flash is divided, and how it is written. From
 * a map file or a line of text; nothing of it can be checked. Immutable and counted.
 */
typedef struct _FlDeclaration FlDeclaration;

#define FL_TYPE_DECLARATION (fl_declaration_get_type ())
GType fl_declaration_get_type (void);

FlDeclaration *fl_declaration_new_for_map (FlStmap *map, GError **error);
FlDeclaration *fl_declaration_parse       (const char *text, GError **error); /* "0x08000000:64x2K;unit=8" */
FlDeclaration *fl_declaration_ref         (FlDeclaration *self);
void           fl_declaration_unref       (FlDeclaration *self);

const char    *fl_declaration_get_name    (FlDeclaration *self); /* the map's file name, or the text */
FlStmap       *fl_declaration_get_map     (FlDeclaration *self); /* (transfer none); NULL: it was a text */
int            fl_declaration_get_pid     (FlDeclaration *self); /* that it is meant for; -1: not said */
FlLayout      *fl_declaration_get_layout  (FlDeclaration *self); /* (transfer none) */
guint          fl_declaration_get_unit    (FlDeclaration *self); /* bytes that are written at once */
guint8         fl_declaration_get_erased  (FlDeclaration *self); /* what erased flash reads */
guint8         fl_declaration_get_command (FlDeclaration *self); /* 0x43 or 0x44; 0: what the bootloader lists */

/* A row for a chip that is in no database; its owner frees it. */
FlChip        *fl_declaration_make_chip   (FlDeclaration *self, guint16 pid);
void           fl_declaration_free_chip   (FlChip *chip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlDeclaration, fl_declaration_unref)

G_END_DECLS
