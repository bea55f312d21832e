/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-flash-ops.h"

G_BEGIN_DECLS

/* Between the files of FlErasePass. Worker. */

gboolean fl_erase_pass_send         (FlErasePass *self, guint first, guint count, const guint16 *codes,
                                     GCancellable *cancellable, GError **error);
gboolean fl_erase_pass_can_send     (const FlErasePass *self, guint code); /* the command has room for it */
gboolean fl_erase_pass_read_blank   (FlErasePass *self, guint32 address, guint32 length, gboolean *blank,
                                     GCancellable *cancellable, GError **error);
guint32  fl_erase_pass_get_edge     (const FlSector *sector);
void     fl_erase_pass_set_erased   (FlErasePass *self, guint first, guint count);

/* Bank 2, where documents disagree on its codes (fl-erase-numbering.c). */
gboolean fl_erase_numbering_concerns (const FlErasePass *self, guint index); /* its code is in doubt */
gboolean fl_erase_numbering_begin    (FlErasePass *self, GCancellable *cancellable, GError **error);
guint16  fl_erase_numbering_get_code (const FlErasePass *self, guint index);
gboolean fl_erase_numbering_try      (FlErasePass *self, guint index, guint rounds, GCancellable *cancellable,
                                      GError **error);

G_END_DECLS
