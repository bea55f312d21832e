/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-image.h"

G_BEGIN_DECLS

/* One parser for each format: adds what the file holds to a fresh image, which the caller then seals. */
gboolean fl_image_parse_bin  (FlImage *self, GBytes *contents, guint32 address, GError **error);
gboolean fl_image_parse_ihex (FlImage *image, GBytes *contents, GError **error);
gboolean fl_image_parse_srec (FlImage *image, GBytes *contents, GError **error);
gboolean fl_image_parse_elf  (FlImage *image, GBytes *contents, GError **error);

/* Where in the file the data of the following fl_image_add() come from, for messages: the line, or the number of the
 * program header. */
void     fl_image_set_origin (FlImage *self, guint origin);
void     fl_image_set_path   (FlImage *self, const char *path);

/* The lines of a text file: ended by LF, CR LF or CR, without the blanks around them, empty ones left out. */
typedef struct
{
  const char *at;
  const char *end;
  guint       number; /* of the line last returned, from 1 */
} FlTextLines;

void     fl_text_lines_init  (FlTextLines *self, GBytes *contents);
gboolean fl_text_lines_next  (FlTextLines *self, const char **line, gsize *length);
gboolean fl_text_check_open  (const FlTextLines *self, gboolean ended, GError **error);
gboolean fl_text_is_hex      (const char *text, gsize length);
gboolean fl_text_get_bytes   (const FlTextLines *lines, const char *text, gsize length, guint8 *data, gsize n_bytes,
                              GError **error);

G_END_DECLS
