/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"

G_BEGIN_DECLS

/**
 * FlOptionSet:
 *
 * The option bytes of one chip, as read or as wanted: the raw bytes of each of its areas. Reserved bits stay as they
 * were read; complements follow by themselves.
 */
typedef struct _FlOptionSet FlOptionSet;

FlOptionSet   *fl_option_set_new       (const FlChip *chip); /* all areas unknown; chips with option words only */
FlOptionSet   *fl_option_set_copy      (const FlOptionSet *self);
void           fl_option_set_free      (FlOptionSet *self);
const FlChip  *fl_option_set_get_chip  (const FlOptionSet *self);

/* Raw bytes, by area of the chip's option_areas. */
void           fl_option_set_take_bytes (FlOptionSet *self, guint area, const guint8 *data); /* all of the area */
const guint8  *fl_option_set_get_bytes (const FlOptionSet *self, guint area);
gboolean       fl_option_set_has_area  (const FlOptionSet *self, guint area); /* was read */
gboolean       fl_option_set_get_raw   (const FlOptionSet *self, guint32 address, guint32 *word); /* FALSE: not read */
gboolean       fl_option_set_is_sound  (const FlOptionSet *self, const FlOptionWord **bad); /* complements are right */
GBytes        *fl_option_set_dup_block (const FlOptionSet *self, guint area); /* to be written from the area's start */

/* Values. A field of an area that was not read has none. */
gboolean       fl_option_set_has       (const FlOptionSet *self, const FlOptionField *field);
guint32        fl_option_set_get       (const FlOptionSet *self, const FlOptionField *field);
gboolean       fl_option_set_get_role  (const FlOptionSet *self, FlOptionRole role, guint32 *value); /* FALSE: none */
gboolean       fl_option_set_put       (FlOptionSet *self, const FlOptionField *field, guint32 value, GError **error);
gboolean       fl_option_set_parse     (FlOptionSet *self, const char *assignment, GError **error); /* "nBOOT_SEL=0" */
void           fl_option_set_put_factory (FlOptionSet *self); /* every field whose factory value is known */

/* What differs. */
typedef struct
{
  const FlOptionField *field;
  guint32              before;
  guint32              after;
  FlDanger             danger;
} FlOptionChange;

GPtrArray     *fl_option_set_diff      (const FlOptionSet *before, const FlOptionSet *after); /* FlOptionChange */
FlDanger       fl_option_changes_get_danger (const GPtrArray *changes);        /* the greatest */
char          *fl_option_change_dup_text (const FlOptionChange *self);         /* "nBOOT_SEL: 1: … → 0: …" */
char          *fl_option_set_dup_bytes_text (const FlOptionSet *before, const FlOptionSet *after); /* lines, by word */

/* Files. */
#define FL_OPTION_SET_MAX_TEXT (64 * 1024) /* bytes; more is no file of option bytes */
char          *fl_option_set_to_text   (const FlOptionSet *self);                           /* to be saved */
gboolean       fl_option_set_apply_text (FlOptionSet *self, const char *text, gssize length, const char *file_name,
                                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlOptionSet, fl_option_set_free)

G_END_DECLS
