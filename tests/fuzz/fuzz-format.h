/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-error.h"
#include "fl-image.h"

/* What holds for every input, whatever is in it: an image or an error; the segments in order, with gaps between them,
 * within the limits, and readable. */
static inline void
fuzz_format (const guint8 *data, size_t size, FlImageFormat format, guint32 address)
{
  g_autoptr (GBytes) contents = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlImage) image = fl_image_parse (contents, format, address, &error);
  guint64 end = 0;
  guint64 total = 0;

  g_assert_true ((image == NULL) == (error != NULL));
  if (image == NULL)
    {
      g_assert_true (error->domain == FL_ERROR);
      g_assert_true (error->code == FL_ERROR_FORMAT || error->code == FL_ERROR_RANGE);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return;
    }
  g_assert_cmpuint (fl_image_get_n_segments (image), >, 0);
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      gsize length = g_bytes_get_size (segment->data);
      guint8 byte;

      g_assert_true (length > 0 && (i == 0 || segment->address > end));
      end = (guint64) segment->address + length;
      total += length;
      g_assert_true (fl_image_covers (image, segment->address, length));
      g_assert_false (fl_image_covers (image, segment->address, length + 1));
      g_assert_true (fl_image_read (image, (guint32) (end - 1), &byte, 1));
    }
  g_assert_cmpuint (end, ==, fl_image_get_end (image));
  g_assert_cmpuint (end, <=, G_GUINT64_CONSTANT (0x100000000));
  g_assert_cmpuint (total, ==, fl_image_get_size (image));
  for (guint i = 0; i < fl_image_get_remarks (image)->len; i++)
    g_assert_true (g_utf8_validate (g_ptr_array_index (fl_image_get_remarks (image), i), -1, NULL));
}
