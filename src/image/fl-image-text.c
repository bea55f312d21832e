/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Intel HEX and S-record share: lines, and pairs of hexadecimal digits. */
#include "config.h"

#include "fl-image-private.h"

#include "fl-error.h"

#include <glib/gi18n-lib.h>

/* A byte order mark, which Windows editors put before text. */
static const char bom[] = "\xEF\xBB\xBF";

void
fl_text_lines_init (FlTextLines *self, GBytes *contents)
{
  gsize size;

  self->at = g_bytes_get_data (contents, &size);
  if (self->at == NULL) /* empty */
    self->at = "";
  self->end = self->at + size;
  self->number = 0;
  if (size >= 3 && memcmp (self->at, bom, 3) == 0)
    self->at += 3;
}

/**
 * fl_text_lines_next:
 * @line: (out): where the line begins; not terminated
 * @length: (out): its length, at least 1
 *
 * Returns: %FALSE at the end of the file
 */
gboolean
fl_text_lines_next (FlTextLines *self, const char **line, gsize *length)
{
  while (self->at < self->end)
    {
      const char *start = self->at;
      const char *end;

      while (self->at < self->end && *self->at != '\n' && *self->at != '\r')
        self->at++;
      end = self->at;
      if (self->end - self->at >= 2 && self->at[0] == '\r' && self->at[1] == '\n')
        self->at += 2;
      else if (self->at < self->end)
        self->at++;
      self->number++;

      while (start < end && g_ascii_isspace (*start))
        start++;
      while (start < end && g_ascii_isspace (end[-1]))
        end--;
      if (start < end)
        {
          *line = start;
          *length = end - start;
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * fl_text_check_open:
 * @ended: whether the file's end record was before the line that was returned last
 *
 * Errors: %FL_ERROR_FORMAT: no line may come after it.
 */
gboolean
fl_text_check_open (const FlTextLines *self, gboolean ended, GError **error)
{
  if (ended)
    g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                 _ ("Line %u comes after the file's end record. Perhaps two files were joined: make the file again, or "
                    "cut it after its end record."),
                 self->number);
  return !ended;
}

gboolean
fl_text_is_hex (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  return TRUE;
}

/**
 * fl_text_get_bytes:
 * @lines: for the line's number
 * @text: two digits for each byte
 * @length: how many characters there are
 * @n_bytes: how many bytes to decode
 *
 * Errors: %FL_ERROR_FORMAT when there are too few characters, or one that is no digit.
 */
gboolean
fl_text_get_bytes (const FlTextLines *lines, const char *text, gsize length, guint8 *data, gsize n_bytes,
                   GError **error)
{
  for (gsize i = 0; i < n_bytes * 2; i++)
    {
      int digit;

      if (i == length)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("Line %u is cut short. Make or copy the file again: part of it is missing."), lines->number);
          return FALSE;
        }
      digit = g_ascii_xdigit_value (text[i]);
      if (digit < 0)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("Line %u holds a character that is no hexadecimal digit (0x%02X). The file is damaged: make "
                          "or copy it again."),
                       lines->number, (guint8) text[i]);
          return FALSE;
        }
      data[i / 2] = (guint8) (i % 2 == 0 ? digit << 4 : data[i / 2] | digit);
    }
  return TRUE;
}
