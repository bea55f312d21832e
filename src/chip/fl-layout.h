/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The smallest piece of flash that can be erased: a page on most series, a sector on F2, F4, F7, H7. */
typedef struct
{
  guint32 address;
  guint32 size;  /* bytes */
  guint16 index; /* place in the layout, from 0 */
  guint16 code;  /* what Erase and Extended Erase call it; in bank 2, by the layout's first numbering */
  guint8  bank;  /* 1 or 2 */
} FlSector;

/**
 * FlLayout:
 *
 * How a chip's flash is divided; immutable and counted. Sectors are in order of address and do not overlap; there may
 * be a gap between two banks.
 *
 * Where documents disagree on the erase codes of bank 2, the layout has more than one numbering, the likeliest first.
 * Codes of bank 1 are the same in all of them. Which of them are safe to send: fl-page-codes.h.
 */
typedef struct _FlLayout FlLayout;

#define FL_LAYOUT_MAX_NUMBERINGS 4

#define FL_TYPE_LAYOUT (fl_layout_get_type ())
GType fl_layout_get_type (void);

FlLayout       *fl_layout_new           (const FlSector *sectors, guint n_sectors, GError **error);
FlLayout       *fl_layout_new_numbered  (const FlSector *sectors, guint n_sectors, const guint16 *others,
                                         guint n_others, GError **error);
FlLayout       *fl_layout_cut           (FlLayout *self, guint n_sectors);
FlLayout       *fl_layout_ref           (FlLayout *self);
void            fl_layout_unref         (FlLayout *self);
guint           fl_layout_get_n_sectors (FlLayout *self);
const FlSector *fl_layout_get_sector    (FlLayout *self, guint index);
const FlSector *fl_layout_find          (FlLayout *self, guint32 address); /* NULL: not flash */
gboolean        fl_layout_contains      (FlLayout *self, guint32 address, guint64 length); /* wholly, gaps excluded */
guint32         fl_layout_get_start     (FlLayout *self);
guint64         fl_layout_get_end       (FlLayout *self);  /* behind the last byte */
guint32         fl_layout_get_size      (FlLayout *self);  /* sum of all sectors, bytes */
guint           fl_layout_get_n_banks   (FlLayout *self);
guint           fl_layout_get_bank_2    (FlLayout *self);  /* its first sector; n_sectors: there is one bank */
guint           fl_layout_get_n_numberings (FlLayout *self); /* more than 1: documents disagree on bank 2's codes */
guint           fl_layout_get_code      (FlLayout *self, guint index, guint numbering);
int             fl_layout_find_code     (FlLayout *self, guint code, guint numbering); /* an index; -1: names none */
char           *fl_layout_to_string     (FlLayout *self);  /* "128 pages of 2 KiB in 2 banks" */
char           *fl_layout_size_to_string (guint32 size);   /* "2 KiB" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlLayout, fl_layout_unref)

G_END_DECLS
