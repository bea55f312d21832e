/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images from and to files: what a file is, reading it, and saving what was read from a chip. */
#include "config.h"

#include "fl-image-private.h"

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-file.h"

#include <glib/gi18n-lib.h>

#define CHUNK (1024 * 1024)

/* How many bytes of data a line of the text formats gets. */
#define LINE_BYTES 32

/* How many digits a text must have at once behind its mark to be taken for a record: the shortest there is. */
enum
{
  IHEX_DIGITS = 10,
  SREC_DIGITS = 6,
};

static const struct
{
  const char *suffix;
  FlImageFormat format;
} suffixes[] = {
  { ".bin", FL_IMAGE_BIN },  { ".hex", FL_IMAGE_IHEX }, { ".ihex", FL_IMAGE_IHEX }, { ".ihx", FL_IMAGE_IHEX },
  { ".s19", FL_IMAGE_SREC }, { ".s28", FL_IMAGE_SREC }, { ".s37", FL_IMAGE_SREC },  { ".srec", FL_IMAGE_SREC },
  { ".mot", FL_IMAGE_SREC }, { ".elf", FL_IMAGE_ELF },  { ".axf", FL_IMAGE_ELF },   { ".out", FL_IMAGE_ELF },
};

/* Whether the path's ending names a format; without one a file is a raw binary. */
static gboolean
guess_by_name (const char *path, FlImageFormat *format)
{
  g_autofree char *lower = path != NULL ? g_ascii_strdown (path, -1) : NULL;

  for (guint i = 0; lower != NULL && i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i].suffix))
      {
        *format = suffixes[i].format;
        return TRUE;
      }
  return FALSE;
}

static gboolean
guess_by_contents (GBytes *contents, FlImageFormat *format)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (contents, &size);
  gsize head = MIN (size, 4096); /* enough for the first line of any text format */
  g_autoptr (GBytes) start = NULL;
  FlTextLines lines;
  const char *line;
  gsize length;

  if (size >= 4 && memcmp (data, "\177ELF", 4) == 0)
    {
      *format = FL_IMAGE_ELF;
      return TRUE;
    }
  start = g_bytes_new_from_bytes (contents, 0, head);
  fl_text_lines_init (&lines, start);
  if (!fl_text_lines_next (&lines, &line, &length))
    return FALSE;
  if (line[0] == ':' && length > IHEX_DIGITS && fl_text_is_hex (line + 1, IHEX_DIGITS))
    {
      *format = FL_IMAGE_IHEX;
      return TRUE;
    }
  if (g_ascii_toupper (line[0]) == 'S' && length > SREC_DIGITS + 1 && g_ascii_isdigit (line[1])
      && fl_text_is_hex (line + 2, SREC_DIGITS))
    {
      *format = FL_IMAGE_SREC;
      return TRUE;
    }
  return FALSE;
}

/**
 * fl_image_guess_format:
 * @contents: (nullable): a file's contents
 * @path: (nullable): its name
 *
 * What the contents look like counts more than the name.
 *
 * Returns: the format; a raw binary when nothing speaks for another
 */
FlImageFormat
fl_image_guess_format (GBytes *contents, const char *path)
{
  FlImageFormat format = FL_IMAGE_BIN;

  if (contents == NULL || !guess_by_contents (contents, &format))
    guess_by_name (path, &format);
  return format;
}

/**
 * fl_image_format_get_name:
 *
 * Returns: (transfer none): such as "Intel HEX", translated
 */
const char *
fl_image_format_get_name (FlImageFormat format)
{
  switch (format)
    {
    case FL_IMAGE_IHEX:
      return _ ("Intel HEX");
    case FL_IMAGE_SREC:
      return _ ("Motorola S-record");
    case FL_IMAGE_ELF:
      return _ ("ELF");
    case FL_IMAGE_BIN:
    default:
      return _ ("raw binary");
    }
}

/* The name is said by whoever asked for it. */
static void
explain_missing (const GError *problem, GError **error)
{
  const char *text = problem->message;

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    text = _ ("There is no such file. Perhaps it was moved or renamed, or the build that makes it has failed.");
  else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    text = _ ("You may not read this file: ask its owner, or make a copy that you own.");
  g_set_error_literal (error, problem->domain, problem->code, text);
}

/* The whole file, as long as it is a plain one of bearable size: a pipe or a device could go on for ever. */
static GBytes *
read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GByteArray) contents = g_byte_array_new ();
  g_autoptr (GError) problem = NULL;
  gsize n_read;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                            G_FILE_QUERY_INFO_NONE, cancellable, &problem);
  if (info == NULL)
    {
      explain_missing (problem, error);
      return NULL;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                           _ ("This is a folder or a device, not a file. Choose a firmware file."));
      return NULL;
    }
  stream = g_file_read (file, cancellable, &problem);
  if (stream == NULL)
    {
      explain_missing (problem, error);
      return NULL;
    }
  do
    {
      guint length = contents->len;

      if (length > FL_IMAGE_MAX_FILE || g_file_info_get_size (info) > FL_IMAGE_MAX_FILE)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("The file is larger than %u MiB. No firmware is: check that it is the right file."),
                       FL_IMAGE_MAX_FILE >> 20);
          return NULL;
        }
      g_byte_array_set_size (contents, length + CHUNK);
      if (!g_input_stream_read_all (G_INPUT_STREAM (stream), contents->data + length, CHUNK, &n_read, cancellable,
                                    error))
        return NULL;
      g_byte_array_set_size (contents, length + (guint) n_read);
    }
  while (n_read > 0);
  return g_byte_array_free_to_bytes (g_steal_pointer (&contents));
}

/**
 * fl_image_load_file:
 * @file: a file, also one that has no name on this computer
 * @address: where a raw binary goes; not used for the other formats
 * @cancellable: (nullable): looked at after each MiB
 *
 * Reads a firmware file of any known format. Blocks: for a worker, or for small files.
 *
 * Errors: %G_IO_ERROR when it cannot be read, %G_IO_ERROR_CANCELLED, %FL_ERROR_FORMAT with the line or offset when it
 * is damaged or too large, %FL_ERROR_RANGE when a raw binary does not fit at @address.
 *
 * Returns: (transfer full): the image, or %NULL
 */
FlImage *
fl_image_load_file (GFile *file, guint32 address, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GBytes) contents = NULL;
  g_autoptr (FlImage) self = NULL;
  FlImageFormat format;
  FlImageFormat by_name;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  contents = read_file (file, cancellable, error);
  if (contents == NULL)
    return NULL;
  path = g_file_get_path (file);
  format = fl_image_guess_format (contents, path);
  self = fl_image_parse (contents, format, address, error);
  if (self == NULL)
    return NULL;
  if (path != NULL)
    fl_image_set_path (self, path);
  if (guess_by_name (path, &by_name) && by_name != format)
    fl_image_add_remark (self, _ ("By its name the file is %s, but it holds %s, and was read as that."),
                         fl_image_format_get_name (by_name), fl_image_format_get_name (format));
  return g_steal_pointer (&self);
}

/**
 * fl_image_load:
 * @path: a file's name
 *
 * As fl_image_load_file(); an error begins with the file's name.
 *
 * Returns: (transfer full): the image, or %NULL
 */
FlImage *
fl_image_load (const char *path, guint32 address, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = NULL;
  FlImage *self;

  g_return_val_if_fail (path != NULL, NULL);

  file = g_file_new_for_path (path);
  self = fl_image_load_file (file, address, cancellable, error);
  if (self == NULL)
    {
      g_autofree char *name = g_filename_display_basename (path);

      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  fl_image_set_path (self, path); /* as it was given */
  return self;
}

/**
 * fl_image_dup_file_note:
 * @self: what a board was given
 * @file: where it came from
 * @cancellable: (nullable): looked at after each MiB
 *
 * Looks whether the file is still what it was when the image was loaded. Blocks, as fl_image_load().
 *
 * Returns: (transfer full) (nullable): what to tell the user when it is not; %NULL when it is
 */
char *
fl_image_dup_file_note (FlImage *self, GFile *file, GCancellable *cancellable)
{
  g_autoptr (GBytes) contents = NULL;
  g_autofree char *sha256 = NULL;

  g_return_val_if_fail (FL_IS_IMAGE (self) && G_IS_FILE (file), NULL);

  contents = read_file (file, cancellable, NULL);
  if (contents == NULL)
    return g_strdup_printf (_ ("The file is no longer on disk: the board holds what it held, SHA-256 %s."),
                            fl_image_get_sha256 (self));
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, contents);
  if (g_str_equal (sha256, fl_image_get_sha256 (self)))
    return NULL;
  return g_strdup_printf (_ ("The file has changed on disk since it was loaded: the board holds the earlier one, "
                             "SHA-256 %s."),
                          fl_image_get_sha256 (self));
}

/* Appends an Intel HEX record. */
static void
append_ihex (GString *text, guint8 type, guint16 address, const guint8 *data, gsize length)
{
  guint8 sum = (guint8) (length + (address >> 8) + address + type);

  g_string_append_printf (text, ":%02X%04X%02X", (guint) length, address, type);
  for (gsize i = 0; i < length; i++)
    {
      g_string_append_printf (text, "%02X", data[i]);
      sum = (guint8) (sum + data[i]);
    }
  g_string_append_printf (text, "%02X\n", (guint8) -sum);
}

static GString *
write_ihex (guint32 address, const guint8 *data, gsize size)
{
  GString *text = g_string_sized_new (size / LINE_BYTES * (LINE_BYTES * 2 + 12) + 64);
  gsize length;

  for (gsize at = 0; at < size; at += length)
    {
      guint32 here = address + (guint32) at;
      guint8 upper[2] = { (guint8) (here >> 24), (guint8) (here >> 16) };

      if (at == 0 || (here & 0xFFFF) == 0)
        append_ihex (text, 0x04, 0, upper, 2);
      length = MIN (size - at, MIN (LINE_BYTES, 0x10000 - (here & 0xFFFF)));
      append_ihex (text, 0x00, (guint16) here, data + at, length);
    }
  append_ihex (text, 0x01, 0, NULL, 0);
  return text;
}

/* Appends an S-record whose address has @address_size bytes. */
static void
append_srec (GString *text, guint type, guint32 address, guint address_size, const guint8 *data, gsize length)
{
  guint8 count = (guint8) (address_size + length + 1);
  guint8 sum = count;

  g_string_append_printf (text, "S%u%02X", type, count);
  for (guint i = address_size; i > 0; i--)
    {
      guint8 byte = (guint8) (address >> (8 * (i - 1)));

      g_string_append_printf (text, "%02X", byte);
      sum = (guint8) (sum + byte);
    }
  for (gsize i = 0; i < length; i++)
    {
      g_string_append_printf (text, "%02X", data[i]);
      sum = (guint8) (sum + data[i]);
    }
  g_string_append_printf (text, "%02X\n", (guint8) ~sum);
}

static GString *
write_srec (guint32 address, const guint8 *data, gsize size)
{
  static const char header[] = "flashloader";
  GString *text = g_string_sized_new (size / LINE_BYTES * (LINE_BYTES * 2 + 16) + 64);
  guint n_records = 0;

  append_srec (text, 0, 0, 2, (const guint8 *) header, strlen (header));
  for (gsize at = 0; at < size; at += LINE_BYTES, n_records++)
    append_srec (text, 3, address + (guint32) at, 4, data + at, MIN (size - at, LINE_BYTES));
  if (n_records <= 0xFFFF)
    append_srec (text, 5, n_records, 2, NULL, 0);
  else
    append_srec (text, 6, n_records, 3, NULL, 0);
  append_srec (text, 7, 0, 4, NULL, 0);
  return text;
}

/**
 * fl_image_get_saved_size:
 * @format: one that fl_image_save() knows
 * @size: bytes of data
 *
 * Returns: how many bytes the file gets, or a few more
 */
guint64
fl_image_get_saved_size (FlImageFormat format, guint64 size)
{
  guint64 n_lines = (size + LINE_BYTES - 1) / LINE_BYTES;

  switch (format)
    {
    case FL_IMAGE_IHEX:
      /* The line may break once more at each 64 KiB, where an address record stands as well. */
      return n_lines * (2 * LINE_BYTES + 12) + (size / 0x10000 + 2) * 32;
    case FL_IMAGE_SREC:
      return n_lines * (2 * LINE_BYTES + 15) + 64;
    default:
      return size;
    }
}

/**
 * fl_image_save:
 * @path: written atomically: either the old file or the whole new one is there
 * @address: where the data were read
 * @data: at most %FL_IMAGE_MAX_BYTES
 *
 * Saves what was read from a chip. Intel HEX gets 04 records, S-record S0, S3, S5 or S6, and S7.
 *
 * Errors: %FL_ERROR_UNSUPPORTED for ELF, %FL_ERROR_RANGE when the data do not fit at @address, %G_FILE_ERROR.
 */
gboolean
fl_image_save (const char *path, FlImageFormat format, guint32 address, GBytes *data, GError **error)
{
  g_autoptr (GString) text = NULL;
  const char *contents;
  gsize size;

  g_return_val_if_fail (path != NULL && data != NULL, FALSE);

  contents = g_bytes_get_data (data, &size);
  if (size > FL_IMAGE_MAX_BYTES || !fl_range_contains (0, G_GUINT64_CONSTANT (0x100000000), address, size))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
                   _ ("%lu bytes at 0x%08X cannot be saved: they are too many, or run over the end of "
                      "the 32-bit address space."),
                   (gulong) size, address);
      return FALSE;
    }
  switch (format)
    {
    case FL_IMAGE_BIN:
      break;
    case FL_IMAGE_IHEX:
      text = write_ihex (address, (const guint8 *) contents, size);
      break;
    case FL_IMAGE_SREC:
      text = write_srec (address, (const guint8 *) contents, size);
      break;
    case FL_IMAGE_ELF:
    default:
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                           _ ("Memory cannot be saved as ELF. Choose raw binary, Intel HEX or S-record."));
      return FALSE;
    }
  if (text != NULL)
    return fl_file_save (path, text->str, text->len, error);
  return fl_file_save (path, contents, size, error);
}

/* What one saving needs. */
typedef struct
{
  FlImageFormat format;
  guint32 address;
  GBytes *data;
} Saving;

static void
saving_free (Saving *saving)
{
  g_bytes_unref (saving->data);
  g_free (saving);
}

static void
save_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  Saving *saving = task_data;
  GError *error = NULL;

  if (fl_image_save (g_file_peek_path (source_object), saving->format, saving->address, saving->data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fl_image_save_async:
 * @file: on this computer
 *
 * As fl_image_save(), without blocking.
 */
void
fl_image_save_async (GFile *file, FlImageFormat format, guint32 address, GBytes *data, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Saving *saving;

  g_return_if_fail (G_IS_FILE (file) && g_file_peek_path (file) != NULL && data != NULL);

  saving = g_new0 (Saving, 1);
  saving->format = format;
  saving->address = address;
  saving->data = g_bytes_ref (data);
  task = g_task_new (file, NULL, callback, user_data);
  g_task_set_source_tag (task, fl_image_save_async);
  g_task_set_task_data (task, saving, (GDestroyNotify) saving_free);
  g_task_run_in_thread (task, save_thread);
}

/**
 * fl_image_save_finish:
 *
 * Returns: whether it was saved
 */
gboolean
fl_image_save_finish (GFile *file, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, file), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
