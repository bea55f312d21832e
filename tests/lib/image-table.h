/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-image.h"

G_BEGIN_DECLS

/* A row of a parser's table test. */
typedef struct
{
  const char *name;
  const char *text;   /* the file; "??" at the end of a line becomes the right checksum */
  const char *result; /* image_dump() of it, or NULL: it is an error */
  const char *needle; /* nullable: what the error's message, or one of the remarks, must contain */
} ImageRow;

void    image_table_add (const char *prefix, FlImageFormat format, const ImageRow *rows, gsize n_rows);
char   *image_dump      (FlImage *image); /* "08000000:0102 08000010:FF @08000001": segments, and the entry */
GBytes *image_expand    (FlImageFormat format, const char *text);

G_END_DECLS
