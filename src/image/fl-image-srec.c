/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source: Motorola, M68000 Family Programmer's Reference Manual, appendix C: S-record output format. */
#include "config.h"

#include "fl-image-private.h"

#include "fl-error.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  KIND_HEADER,
  KIND_DATA,
  KIND_RESERVED,
  KIND_COUNT,
  KIND_START,
} Kind;

/* One row for each digit behind the S: what the record is, and how many bytes its address has. */
static const struct
{
  Kind kind;
  guint address_size;
} records[10] = {
  { KIND_HEADER, 2 }, { KIND_DATA, 2 },  { KIND_DATA, 3 },  { KIND_DATA, 4 },  { KIND_RESERVED, 2 },
  { KIND_COUNT, 2 },  { KIND_COUNT, 3 }, { KIND_START, 4 }, { KIND_START, 3 }, { KIND_START, 2 },
};

typedef struct
{
  FlImage *image;
  FlTextLines lines;
  guint n_data;     /* data records so far */
  gboolean counted; /* the last record was a count that agreed: nothing is missing */
  gboolean ended;
} Parser;

/* Decodes a line to its count, address, data and checksum; and says of which type it is. */
static gboolean
read_record (Parser *self, const char *line, gsize length, guint *type, guint8 *record, GError **error)
{
  guint8 sum = 0;
  gsize n;

  if (length < 2 || g_ascii_toupper (line[0]) != 'S' || !g_ascii_isdigit (line[1]))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u does not begin with S and a digit, as each line of an S-record file must. The file is "
                      "damaged or of another format."),
                   self->lines.number);
      return FALSE;
    }
  *type = line[1] - '0';
  line += 2;
  length -= 2;
  if (!fl_text_get_bytes (&self->lines, line, length, record, 1, error))
    return FALSE;
  n = (gsize) record[0] + 1;
  if (!fl_text_get_bytes (&self->lines, line, length, record, n, error))
    return FALSE;
  if (length > n * 2)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u is longer than it says itself (%u bytes). The file is damaged: make or copy it again."),
                   self->lines.number, record[0]);
      return FALSE;
    }
  if (record[0] < records[*type].address_size + 1)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u is too short for an S%u record. The file is damaged: make or copy it again."),
                   self->lines.number, *type);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    sum = (guint8) (sum + record[i]);
  if (sum != 0xFF)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u has the checksum 0x%02X, but it should be 0x%02X. The file is damaged or was edited by "
                      "hand: make or copy it again."),
                   self->lines.number, record[n - 1], (guint8) ~(sum - record[n - 1]));
      return FALSE;
    }
  return TRUE;
}

/* The header is meant to be text (a module's name); some tools put zero bytes or versions into it. */
static void
take_header (Parser *self, const guint8 *data, gsize length)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    if (g_ascii_isprint (data[i]))
      g_string_append_c (text, (char) data[i]);
  g_strstrip (text->str);
  if (text->str[0] != '\0')
    fl_image_add_remark (self->image, _ ("The file calls itself “%s”."), text->str);
}

static gboolean
take_record (Parser *self, guint type, const guint8 *record, GError **error)
{
  guint address_size = records[type].address_size;
  const guint8 *data = record + 1 + address_size;
  gsize length = record[0] - address_size - 1;
  guint32 address = 0;

  for (guint i = 1; i <= address_size; i++)
    address = address << 8 | record[i];

  self->counted = FALSE;
  switch (records[type].kind)
    {
    case KIND_HEADER:
      take_header (self, data, length);
      break;
    case KIND_DATA:
      if ((guint64) address + length > G_GUINT64_CONSTANT (0x100000000))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("Line %u runs over the end of the 32-bit address space. The file is damaged: make it "
                          "again."),
                       self->lines.number);
          return FALSE;
        }
      self->n_data++;
      return fl_image_add (self->image, address, data, length, error);
    case KIND_COUNT:
      if (address != self->n_data)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("Line %u says that %u data lines come before it, but there are %u. Lines are missing or were "
                          "added: make or copy the file again."),
                       self->lines.number, address, self->n_data);
          return FALSE;
        }
      self->counted = TRUE;
      break;
    case KIND_START:
      self->ended = TRUE;
      if (address != 0) /* tools write 0 where they know of no start */
        fl_image_set_entry (self->image, address);
      break;
    case KIND_RESERVED:
    default:
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u is an S4 record, which has no meaning in this format. Export the file again as plain "
                      "S-record."),
                   self->lines.number);
      return FALSE;
    }
  return TRUE;
}

gboolean
fl_image_parse_srec (FlImage *image, GBytes *contents, GError **error)
{
  Parser self = { .image = image };
  guint8 record[256];
  const char *line;
  gsize length;
  guint type;

  fl_text_lines_init (&self.lines, contents);
  while (fl_text_lines_next (&self.lines, &line, &length))
    {
      if (!fl_text_check_open (&self.lines, self.ended, error))
        return FALSE;
      fl_image_set_origin (image, self.lines.number);
      if (!read_record (&self, line, length, &type, record, error) || !take_record (&self, type, record, error))
        return FALSE;
    }
  if (!self.ended && !self.counted) /* srecord writes no end record when it knows of no start */
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("The file has no end record (S5 to S9) after its last line (%u): it was probably cut short. "
                      "Make or copy it again."),
                   self.lines.number);
      return FALSE;
    }
  return TRUE;
}
