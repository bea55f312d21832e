/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image-table.h"

#include "fl-error.h"

char *
image_dump (FlImage *image)
{
  GString *text = g_string_new (NULL);
  guint32 entry;

  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      gsize size;
      const guint8 *data = g_bytes_get_data (segment->data, &size);

      g_string_append_printf (text, "%s%08X:", i > 0 ? " " : "", segment->address);
      for (gsize j = 0; j < size; j++)
        g_string_append_printf (text, "%02X", data[j]);
    }
  if (fl_image_get_entry (image, &entry))
    g_string_append_printf (text, " @%08X", entry);
  return g_string_free (text, FALSE);
}

/* The checksum of a line without it: a two's complement in Intel HEX, a ones' complement in S-record. */
static guint8
checksum (FlImageFormat format, const char *digits)
{
  guint sum = 0;

  for (; digits[0] != '\0' && digits[1] != '\0'; digits += 2)
    sum += (guint) (g_ascii_xdigit_value (digits[0]) * 16 + g_ascii_xdigit_value (digits[1]));
  return (guint8) (format == FL_IMAGE_IHEX ? -sum : ~sum);
}

GBytes *
image_expand (FlImageFormat format, const char *text)
{
  g_autoptr (GString) file = g_string_new (text);
  gsize line = 0;

  for (gsize i = 0; i < file->len; i++)
    {
      if (g_ascii_isspace (file->str[i]))
        line = i + 1;
      if (file->str[i] == '?' && file->str[i + 1] == '?')
        {
          gsize mark = format == FL_IMAGE_IHEX ? 1 : 2;
          g_autofree char *digits = g_strndup (file->str + line + mark, i - line - mark);
          g_autofree char *sum = g_strdup_printf ("%02X", checksum (format, digits));

          memcpy (file->str + i, sum, 2);
        }
    }
  return g_bytes_new (file->str, file->len);
}

typedef struct
{
  FlImageFormat format;
  const ImageRow *row;
} Case;

static void
run_row (gconstpointer data)
{
  const Case *test = data;
  const ImageRow *row = test->row;
  g_autoptr (GBytes) contents = image_expand (test->format, row->text);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlImage) image = fl_image_parse (contents, test->format, 0, &error);
  gboolean found = row->needle == NULL;

  if (row->result == NULL)
    {
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      g_assert_null (image);
      if (!found && strstr (error->message, row->needle) == NULL)
        g_error ("“%s” is not in “%s”", row->needle, error->message);
    }
  else
    {
      g_autofree char *dump = NULL;

      g_assert_no_error (error);
      dump = image_dump (image);
      g_assert_cmpstr (dump, ==, row->result);
      for (guint i = 0; i < fl_image_get_remarks (image)->len && !found; i++)
        found = strstr (g_ptr_array_index (fl_image_get_remarks (image), i), row->needle) != NULL;
      g_assert_true (found);
    }
}

void
image_table_add (const char *prefix, FlImageFormat format, const ImageRow *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      Case *test = g_new0 (Case, 1);
      g_autofree char *path = g_strdup_printf ("%s/%s", prefix, rows[i].name);

      test->format = format;
      test->row = &rows[i];
      g_test_add_data_func_full (path, test, run_row, g_free);
    }
}
