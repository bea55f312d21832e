/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-image"

#include "config.h"

#include "fl-image-private.h"

#include "fl-error.h"

#include <glib/gi18n-lib.h>

#define ADDRESS_SPACE G_GUINT64_CONSTANT (0x100000000)

/* What a parser added at once: a line of a text format, a program header. A file of 16-byte lines that is as large as
 * an image may be has this many; a file of shorter ones must not cost more memory. */
#define MAX_PIECES (4 * 1024 * 1024)

typedef struct
{
  guint32 address;
  guint32 length;
  guint32 offset; /* in the arena; grows from piece to piece */
  guint32 origin; /* where in the file: see fl_image_set_origin() */
} Piece;

struct _FlImage
{
  GObject parent_instance;

  /* Until it is sealed */
  GArray *pieces;    /* Piece, as they came */
  GByteArray *arena; /* their data */
  guint origin;

  /* Afterwards never changed */
  GArray *segments; /* FlSegment */
  FlImageFormat format;
  char *path;
  char *sha256;
  GPtrArray *remarks; /* char * */
  gboolean has_entry;
  guint32 entry;
  guint64 size;
};

G_DEFINE_FINAL_TYPE (FlImage, fl_image, G_TYPE_OBJECT)

static void
segment_clear (gpointer data)
{
  FlSegment *segment = data;

  g_clear_pointer (&segment->data, g_bytes_unref);
}

static char *
describe_origin (FlImageFormat format, guint origin)
{
  switch (format)
    {
    case FL_IMAGE_IHEX:
    case FL_IMAGE_SREC:
      return g_strdup_printf (_ ("line %u"), origin);
    case FL_IMAGE_ELF:
      return g_strdup_printf (_ ("program header %u"), origin);
    case FL_IMAGE_BIN:
    default:
      return g_strdup_printf (_ ("part %u"), origin);
    }
}

static int
compare_pieces (gconstpointer a, gconstpointer b)
{
  const Piece *left = a;
  const Piece *right = b;

  if (left->address != right->address)
    return left->address < right->address ? -1 : 1;
  return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static gboolean
pieces_are_sorted (GArray *pieces)
{
  for (guint i = 1; i < pieces->len; i++)
    if (g_array_index (pieces, Piece, i - 1).address > g_array_index (pieces, Piece, i).address)
      return FALSE;
  return TRUE;
}

/* Says that piece @index disagrees with an earlier one about the byte at @address. Slow, and only run once. */
static void
set_conflict (FlImage *self, guint index, guint32 address, guint8 before, GError **error)
{
  const Piece *piece = &g_array_index (self->pieces, Piece, index);
  g_autofree char *first = NULL;
  g_autofree char *second = describe_origin (self->format, piece->origin);

  for (guint i = 0; i < index && first == NULL; i++)
    {
      const Piece *other = &g_array_index (self->pieces, Piece, i);

      if (address >= other->address && address - other->address < other->length)
        first = describe_origin (self->format, other->origin);
    }
  g_set_error (
      error, FL_ERROR, FL_ERROR_FORMAT,
      _ ("The file says two different things about address 0x%08X: 0x%02X in %s, but 0x%02X in %s. Perhaps two "
         "programs were joined that use the same flash: make the file again from the right ones."),
      address, before, first, self->arena->data[piece->offset + (address - piece->address)], second);
}

static gboolean
end_segment (FlImage *self, guint32 address, GByteArray **data, GError **error)
{
  FlSegment segment = { .address = address };

  if (*data == NULL)
    return TRUE;
  if (self->segments->len == FL_IMAGE_MAX_SEGMENTS)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("The file is in more than %u separate parts. No firmware is: check that it is the right file."),
                   FL_IMAGE_MAX_SEGMENTS);
      return FALSE;
    }
  self->size += (*data)->len;
  segment.data = g_byte_array_free_to_bytes (g_steal_pointer (data));
  g_array_append_val (self->segments, segment);
  return TRUE;
}

static gboolean
merge (FlImage *self, GError **error)
{
  g_autoptr (GByteArray) data = NULL;
  guint32 start = 0;

  for (guint i = 0; i < self->pieces->len; i++)
    {
      const Piece *piece = &g_array_index (self->pieces, Piece, i);
      const guint8 *bytes = self->arena->data + piece->offset;
      guint shared;

      if (data == NULL || piece->address > (guint64) start + data->len)
        {
          if (!end_segment (self, start, &data, error))
            return FALSE;
          start = piece->address;
          data = g_byte_array_new ();
        }
      shared = (guint) MIN ((guint64) start + data->len - piece->address, piece->length);
      for (guint j = 0; j < shared; j++)
        if (data->data[piece->address - start + j] != bytes[j])
          {
            set_conflict (self, i, piece->address + j, data->data[piece->address - start + j], error);
            return FALSE;
          }
      g_byte_array_append (data, bytes + shared, piece->length - shared);
    }
  return end_segment (self, start, &data, error);
}

/* The segment that holds @address, or %NULL. */
static const FlSegment *
fl_image_find (FlImage *self, guint32 address)
{
  guint low = 0;
  guint high = self->segments->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const FlSegment *segment = &g_array_index (self->segments, FlSegment, middle);

      if (address < segment->address)
        high = middle;
      else if (address - segment->address >= g_bytes_get_size (segment->data))
        low = middle + 1;
      else
        return segment;
    }
  return NULL;
}

/**
 * fl_image_add:
 * @address: where the data go
 * @length: in bytes; nothing happens at 0
 *
 * Adds data to an image that is not sealed. In any order, and more than once: it is sorted out when it is sealed.
 *
 * Errors: %FL_ERROR_RANGE when the end is above 4 GiB, %FL_ERROR_FORMAT when there would be more data than
 * %FL_IMAGE_MAX_BYTES.
 */
gboolean
fl_image_add (FlImage *self, guint32 address, const guint8 *data, gsize length, GError **error)
{
  Piece piece = { .address = address, .origin = self->origin };

  g_return_val_if_fail (FL_IS_IMAGE (self) && self->pieces != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (length == 0)
    return TRUE;
  if (length > ADDRESS_SPACE - address)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
                   _ ("%lu bytes at 0x%08X run over the end of the 32-bit address space. Choose a lower "
                      "address."),
                   (gulong) length, address);
      return FALSE;
    }
  if (length > FL_IMAGE_MAX_BYTES - self->arena->len)
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_FORMAT,
          _ ("The file holds more than %u MiB of data. No chip has that much flash: check that it is the right "
             "file."),
          FL_IMAGE_MAX_BYTES >> 20);
      return FALSE;
    }
  if (self->pieces->len == MAX_PIECES)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("The file has more than %u lines of data. No firmware has: check that it is the right file."),
                   MAX_PIECES);
      return FALSE;
    }
  piece.length = (guint32) length;
  piece.offset = self->arena->len;
  g_byte_array_append (self->arena, data, (guint) length);
  g_array_append_val (self->pieces, piece);
  return TRUE;
}

/* Documented in fl-image-private.h */
void
fl_image_set_origin (FlImage *self, guint origin)
{
  self->origin = origin;
}

void
fl_image_set_entry (FlImage *self, guint32 entry)
{
  g_return_if_fail (FL_IS_IMAGE (self));

  self->has_entry = TRUE;
  self->entry = entry;
}

/**
 * fl_image_add_remark:
 * @format: a sentence for the user, translated
 *
 * Notes what is worth knowing about the file, but is no error. More than a few are not kept.
 */
void
fl_image_add_remark (FlImage *self, const char *format, ...)
{
  va_list arguments;

  g_return_if_fail (FL_IS_IMAGE (self));

  if (self->remarks->len >= 20)
    return;
  va_start (arguments, format);
  g_ptr_array_add (self->remarks, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/**
 * fl_image_seal:
 * @format: what it was read from
 *
 * Sorts and merges what was added. From here on the image does not change. Once.
 *
 * Errors: %FL_ERROR_FORMAT when parts overlap and disagree, when there are more than %FL_IMAGE_MAX_SEGMENTS, or no
 * data at all.
 */
gboolean
fl_image_seal (FlImage *self, FlImageFormat format, GError **error)
{
  g_return_val_if_fail (FL_IS_IMAGE (self) && self->pieces != NULL, FALSE);

  self->format = format;
  if (self->pieces->len == 0)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_FORMAT,
                           _ ("The file holds no data to program. Check that it is the right file, and that the build "
                              "that made it succeeded."));
      return FALSE;
    }
  if (!pieces_are_sorted (self->pieces))
    g_array_sort (self->pieces, compare_pieces);
  if (!merge (self, error))
    return FALSE;
  g_clear_pointer (&self->pieces, g_array_unref);
  g_clear_pointer (&self->arena, g_byte_array_unref);
  return TRUE;
}

/**
 * fl_image_parse:
 * @contents: a file's contents
 * @address: where a raw binary goes; not used for the other formats
 *
 * Errors: %FL_ERROR_FORMAT with the line or offset when the contents are damaged, %FL_ERROR_RANGE when a raw binary
 * does not fit at its address.
 *
 * Returns: (transfer full): the image, or %NULL
 */
FlImage *
fl_image_parse (GBytes *contents, FlImageFormat format, guint32 address, GError **error)
{
  g_autoptr (FlImage) self = fl_image_new ();
  gboolean ok = FALSE;

  g_return_val_if_fail (contents != NULL, NULL);

  switch (format)
    {
    case FL_IMAGE_BIN:
      ok = fl_image_parse_bin (self, contents, address, error);
      break;
    case FL_IMAGE_IHEX:
      ok = fl_image_parse_ihex (self, contents, error);
      break;
    case FL_IMAGE_SREC:
      ok = fl_image_parse_srec (self, contents, error);
      break;
    case FL_IMAGE_ELF:
      ok = fl_image_parse_elf (self, contents, error);
      break;
    default:
      g_return_val_if_reached (NULL);
    }
  if (!ok || !fl_image_seal (self, format, error))
    return NULL;
  self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, contents);
  return g_steal_pointer (&self);
}

/* Documented in fl-image-private.h */
void
fl_image_set_path (FlImage *self, const char *path)
{
  g_free (self->path);
  self->path = g_strdup (path);
}

const char *
fl_image_get_path (FlImage *self)
{
  g_return_val_if_fail (FL_IS_IMAGE (self), NULL);

  return self->path;
}

FlImageFormat
fl_image_get_format (FlImage *self)
{
  g_return_val_if_fail (FL_IS_IMAGE (self), FL_IMAGE_BIN);

  return self->format;
}

guint
fl_image_get_n_segments (FlImage *self)
{
  g_return_val_if_fail (FL_IS_IMAGE (self), 0);

  return self->segments->len;
}

/**
 * fl_image_get_segment:
 * @index: below fl_image_get_n_segments(); in order of address
 *
 * Returns: (transfer none): the segment, which lives as long as the image
 */
const FlSegment *
fl_image_get_segment (FlImage *self, guint index)
{
  g_return_val_if_fail (FL_IS_IMAGE (self), NULL);
  g_return_val_if_fail (index < self->segments->len, NULL);

  return &g_array_index (self->segments, FlSegment, index);
}

guint64
fl_image_get_size (FlImage *self)
{
  g_return_val_if_fail (FL_IS_IMAGE (self), 0);

  return self->size;
}

guint32
fl_image_get_start (FlImage *self)
{
  g_return_val_if_fail (FL_IS_IMAGE (self) && self->segments->len > 0, 0);

  return g_array_index (self->segments, FlSegment, 0).address;
}

guint64
fl_image_get_end (FlImage *self)
{
  const FlSegment *last;

  g_return_val_if_fail (FL_IS_IMAGE (self) && self->segments->len > 0, 0);

  last = &g_array_index (self->segments, FlSegment, self->segments->len - 1);
  return (guint64) last->address + g_bytes_get_size (last->data);
}

/**
 * fl_image_get_entry:
 * @entry: (out) (optional): where the program starts
 *
 * Returns: whether the file says where the program starts
 */
gboolean
fl_image_get_entry (FlImage *self, guint32 *entry)
{
  g_return_val_if_fail (FL_IS_IMAGE (self), FALSE);

  if (self->has_entry && entry != NULL)
    *entry = self->entry;
  return self->has_entry;
}

/**
 * fl_image_get_sha256:
 *
 * Returns: (nullable): the SHA-256 of the file's contents, 64 lower-case digits; %NULL when the image came from no file
 */
const char *
fl_image_get_sha256 (FlImage *self)
{
  g_return_val_if_fail (FL_IS_IMAGE (self), NULL);

  return self->sha256;
}

GPtrArray *
fl_image_get_remarks (FlImage *self)
{
  g_return_val_if_fail (FL_IS_IMAGE (self), NULL);

  return self->remarks;
}

/**
 * fl_image_covers:
 * @length: in bytes
 *
 * Returns: whether the image holds each byte of the range
 */
gboolean
fl_image_covers (FlImage *self, guint32 address, gsize length)
{
  const FlSegment *segment;

  g_return_val_if_fail (FL_IS_IMAGE (self), FALSE);

  if (length == 0)
    return TRUE;
  segment = fl_image_find (self, address);
  return segment != NULL && length <= g_bytes_get_size (segment->data) - (address - segment->address);
}

/**
 * fl_image_read:
 * @data: (out caller-allocates) (array length=length): where the bytes go; untouched when not all are there
 *
 * Returns: whether the image holds each byte of the range
 */
gboolean
fl_image_read (FlImage *self, guint32 address, guint8 *data, gsize length)
{
  const FlSegment *segment;

  g_return_val_if_fail (FL_IS_IMAGE (self), FALSE);

  if (!fl_image_covers (self, address, length))
    return FALSE;
  if (length == 0)
    return TRUE;
  segment = fl_image_find (self, address);
  memcpy (data, (const guint8 *) g_bytes_get_data (segment->data, NULL) + (address - segment->address), length);
  return TRUE;
}

static void
fl_image_finalize (GObject *object)
{
  FlImage *self = FL_IMAGE (object);

  g_clear_pointer (&self->pieces, g_array_unref);
  g_clear_pointer (&self->arena, g_byte_array_unref);
  g_clear_pointer (&self->segments, g_array_unref);
  g_clear_pointer (&self->remarks, g_ptr_array_unref);
  g_free (self->path);
  g_free (self->sha256);
  G_OBJECT_CLASS (fl_image_parent_class)->finalize (object);
}

static void
fl_image_class_init (FlImageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_image_finalize;
}

static void
fl_image_init (FlImage *self)
{
  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  self->arena = g_byte_array_new ();
  self->segments = g_array_new (FALSE, FALSE, sizeof (FlSegment));
  g_array_set_clear_func (self->segments, segment_clear);
  self->remarks = g_ptr_array_new_with_free_func (g_free);
}

/**
 * fl_image_new:
 *
 * Returns: (transfer full): an empty image, to be filled by fl_image_add() and sealed
 */
FlImage *
fl_image_new (void)
{
  return g_object_new (FL_TYPE_IMAGE, NULL);
}
