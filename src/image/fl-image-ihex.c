/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source: Intel, "Hexadecimal Object File Format Specification", revision A, 1988. */
#include "config.h"

#include "fl-image-private.h"

#include "fl-bytes.h"
#include "fl-error.h"

#include <glib/gi18n-lib.h>

enum
{
  RECORD_DATA,
  RECORD_END,
  RECORD_SEGMENT_ADDRESS,
  RECORD_SEGMENT_START,
  RECORD_LINEAR_ADDRESS,
  RECORD_LINEAR_START,
  N_RECORDS,
};

/* How many bytes a record of each type holds; -1: any number. */
static const int record_lengths[N_RECORDS] = { -1, 0, 2, 4, 2, 4 };

/* A record is its length, address (2), type, data and checksum. */
enum
{
  AT_LENGTH = 0,
  AT_ADDRESS = 1,
  AT_TYPE = 3,
  AT_DATA = 4,
  OVERHEAD = 5,
};

typedef struct
{
  FlImage *image;
  FlTextLines lines;
  guint32 base;       /* what the last 02 or 04 record said */
  gboolean segmented; /* addresses wrap within 64 KiB: always but after an 04 record */
  gboolean wrap_said;
  gboolean ended;
} Parser;

static gboolean
read_record (Parser *self, const char *line, gsize length, guint8 *record, GError **error)
{
  guint8 sum = 0;
  gsize n;

  if (line[0] != ':')
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u does not begin with “:”, as each line of an Intel HEX file must. The file is damaged or "
                      "of another format."),
                   self->lines.number);
      return FALSE;
    }
  line++;
  length--;
  if (!fl_text_get_bytes (&self->lines, line, length, record, 1, error))
    return FALSE;
  n = record[AT_LENGTH] + OVERHEAD;
  if (!fl_text_get_bytes (&self->lines, line, length, record, n, error))
    return FALSE;
  if (length > n * 2)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u is longer than it says itself (%u bytes). The file is damaged: make or copy it again."),
                   self->lines.number, record[AT_LENGTH]);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    sum = (guint8) (sum + record[i]);
  if (sum != 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u has the checksum 0x%02X, but it should be 0x%02X. The file is damaged or was edited by "
                      "hand: make or copy it again."),
                   self->lines.number, record[n - 1], (guint8) (record[n - 1] - sum));
      return FALSE;
    }
  return TRUE;
}

static gboolean
add_data (Parser *self, guint16 offset, const guint8 *data, gsize length, GError **error)
{
  gsize before_wrap = self->segmented ? MIN (length, (gsize) 0x10000 - offset) : length;
  guint64 address = (guint64) self->base + offset;

  if (address + before_wrap > G_GUINT64_CONSTANT (0x100000000))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u runs over the end of the 32-bit address space. The file is damaged: make it again."),
                   self->lines.number);
      return FALSE;
    }
  if (before_wrap < length && !self->wrap_said)
    {
      self->wrap_said = TRUE;
      fl_image_add_remark (
          self->image,
          _ ("Line %u runs over the end of its 64 KiB segment and continues at the segment's start, as "
             "the format says. This is unusual: check the addresses."),
          self->lines.number);
    }
  return fl_image_add (self->image, (guint32) address, data, before_wrap, error)
         && fl_image_add (self->image, self->base, data + before_wrap, length - before_wrap, error);
}

static gboolean
take_record (Parser *self, const guint8 *record, GError **error)
{
  guint type = record[AT_TYPE];
  guint length = record[AT_LENGTH];
  const guint8 *data = record + AT_DATA;

  if (type >= N_RECORDS)
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_FORMAT,
          _ ("Line %u is a record of type %02X, which Intel HEX does not have (only 00 to 05). Export the file "
             "again as plain Intel HEX."),
          self->lines.number, type);
      return FALSE;
    }
  if (record_lengths[type] >= 0 && length != (guint) record_lengths[type])
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u is a record of type %02X with %u bytes; it must have %d. The file is damaged: make or "
                      "copy it again."),
                   self->lines.number, type, length, record_lengths[type]);
      return FALSE;
    }

  switch (type)
    {
    case RECORD_DATA:
      return add_data (self, fl_bytes_get_be16 (record + AT_ADDRESS), data, length, error);
    case RECORD_END:
      self->ended = TRUE;
      break;
    case RECORD_SEGMENT_ADDRESS:
      self->base = (guint32) fl_bytes_get_be16 (data) << 4;
      self->segmented = TRUE;
      break;
    case RECORD_SEGMENT_START: /* CS:IP */
      fl_image_set_entry (self->image, ((guint32) fl_bytes_get_be16 (data) << 4) + fl_bytes_get_be16 (data + 2));
      break;
    case RECORD_LINEAR_ADDRESS:
      self->base = (guint32) fl_bytes_get_be16 (data) << 16;
      self->segmented = FALSE;
      break;
    case RECORD_LINEAR_START:
      fl_image_set_entry (self->image, fl_bytes_get_be32 (data));
      break;
    default:
      g_assert_not_reached ();
    }
  return TRUE;
}

gboolean
fl_image_parse_ihex (FlImage *image, GBytes *contents, GError **error)
{
  Parser self = { .image = image, .segmented = TRUE };
  guint8 record[255 + OVERHEAD];
  const char *line;
  gsize length;

  fl_text_lines_init (&self.lines, contents);
  while (fl_text_lines_next (&self.lines, &line, &length))
    {
      if (!fl_text_check_open (&self.lines, self.ended, error))
        return FALSE;
      fl_image_set_origin (image, self.lines.number);
      if (!read_record (&self, line, length, record, error) || !take_record (&self, record, error))
        return FALSE;
    }
  if (!self.ended)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("The file has no end record (“:00000001FF”) after its last line (%u): it was probably cut short. "
                      "Make or copy it again."),
                   self.lines.number);
      return FALSE;
    }
  return TRUE;
}
