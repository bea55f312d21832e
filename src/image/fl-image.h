/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FL_IMAGE_BIN,
  FL_IMAGE_IHEX,
  FL_IMAGE_SREC,
  FL_IMAGE_ELF,
} FlImageFormat;

typedef struct
{
  guint32 address;
  GBytes *data; /* at least one byte */
} FlSegment;

#define FL_IMAGE_MAX_BYTES    (64 * 1024 * 1024) /* of data, over all segments */
#define FL_IMAGE_MAX_SEGMENTS 65536
#define FL_IMAGE_MAX_FILE     (256 * 1024 * 1024)

/**
 * FlImage:
 *
 * What a firmware file holds: segments in order of address that neither overlap nor touch. Immutable once it is
 * loaded; any thread may read it.
 */
#define FL_TYPE_IMAGE (fl_image_get_type ())
G_DECLARE_FINAL_TYPE (FlImage, fl_image, FL, IMAGE, GObject)

/* Loading: @address is where a raw binary goes, and is not used for the other formats. */
FlImage         *fl_image_load           (const char *path, guint32 address, GCancellable *cancellable, GError **error);
FlImage         *fl_image_load_file      (GFile *file, guint32 address, GCancellable *cancellable, GError **error);
FlImage         *fl_image_parse          (GBytes *contents, FlImageFormat format, guint32 address, GError **error);
FlImageFormat    fl_image_guess_format   (GBytes *contents, const char *path);
FlImage         *fl_image_new            (void);

/* For parsers. The data merge with what touches them; an overlap that disagrees is FL_ERROR_FORMAT. */
gboolean         fl_image_add            (FlImage *self, guint32 address, const guint8 *data, gsize length, GError **error);
void             fl_image_set_entry      (FlImage *self, guint32 entry);
void             fl_image_add_remark     (FlImage *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean         fl_image_seal           (FlImage *self, FlImageFormat format, GError **error); /* sorts, merges; once */

const char      *fl_image_get_path       (FlImage *self); /* nullable */
FlImageFormat    fl_image_get_format     (FlImage *self);
const char      *fl_image_format_get_name (FlImageFormat format); /* "Intel HEX" */
guint            fl_image_get_n_segments (FlImage *self);
const FlSegment *fl_image_get_segment    (FlImage *self, guint index);
guint64          fl_image_get_size       (FlImage *self);              /* bytes of data, without gaps */
guint32          fl_image_get_start      (FlImage *self);
guint64          fl_image_get_end        (FlImage *self);              /* behind the last byte */
gboolean         fl_image_get_entry      (FlImage *self, guint32 *entry);
const char      *fl_image_get_sha256     (FlImage *self);              /* of the file's contents, hex */
GPtrArray       *fl_image_get_remarks    (FlImage *self);              /* (transfer none) char * */
gboolean         fl_image_read           (FlImage *self, guint32 address, guint8 *data, gsize length); /* all there? */
gboolean         fl_image_covers         (FlImage *self, guint32 address, gsize length);

/* What became of the file meanwhile: a note, when the image is not what it holds now. */
char            *fl_image_dup_file_note  (FlImage *self, GFile *file, GCancellable *cancellable);

/* Saving what was read from a chip. Written atomically. */
guint64          fl_image_get_saved_size (FlImageFormat format, guint64 size); /* of the file, or a little more */
gboolean         fl_image_save           (const char *path, FlImageFormat format, guint32 address, GBytes *data,
                                          GError **error);
void             fl_image_save_async     (GFile *file, FlImageFormat format, guint32 address, GBytes *data,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean         fl_image_save_finish    (GFile *file, GAsyncResult *result, GError **error);

G_END_DECLS
