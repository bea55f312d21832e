/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint8   fl_bytes_xor      (const guint8 *data, gsize length);
gboolean fl_bytes_all      (const guint8 *data, gsize length, guint8 value);
void     fl_bytes_put_be32 (guint8 *data, guint32 value);
void     fl_bytes_put_le32 (guint8 *data, guint32 value);
guint32  fl_bytes_get_be32 (const guint8 *data);
guint32  fl_bytes_get_le32 (const guint8 *data);
guint16  fl_bytes_get_be16 (const guint8 *data);
guint16  fl_bytes_get_le16 (const guint8 *data);
char    *fl_bytes_to_hex   (const guint8 *data, gsize length, gsize max_length);
gboolean fl_range_contains (guint32 start, guint64 size, guint32 address, guint64 length);

G_END_DECLS
