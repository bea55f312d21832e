/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments, formats, loading and saving. */
#include "fl-error.h"
#include "fl-test-place.h"
#include "image-table.h"

#include <unistd.h>

#define NO_ERROR -1

/* What is added (address:digits, in this order), and what becomes of it. */
static const struct
{
  const char *name;
  const char *pieces;
  const char *result; /* NULL: FL_ERROR_FORMAT */
} merges[] = {
  { "one", "100:0102", "00000100:0102" },
  { "touching", "100:01 101:02 102:03", "00000100:010203" },
  { "touching-backwards", "102:03 101:02 100:01", "00000100:010203" },
  { "gap-filled-last", "100:01 102:03 101:02", "00000100:010203" },
  { "apart", "102:03 100:01", "00000100:01 00000102:03" },
  { "same-twice", "100:0102 100:0102", "00000100:0102" },
  { "longer-second", "100:0102 100:010203", "00000100:010203" },
  { "longer-first", "100:010203 100:0102", "00000100:010203" },
  { "inside", "100:01020304 102:03", "00000100:01020304" },
  { "inside-then-touching", "100:01020304 101:02 104:05", "00000100:0102030405" },
  { "last-address", "ffffffff:01 fffffffe:02", "FFFFFFFE:0201" },
  { "first-and-last-address", "ffffffff:01 0:02", "00000000:02 FFFFFFFF:01" },
  { "nothing", "", NULL },
  { "disagree", "100:0102 101:03", NULL },
  { "disagree-inside", "100:01020304 102:04", NULL },
  { "disagree-behind-agreeing", "100:01020304 100:01 103:05", NULL },
};

static FlImage *
make_image (const char *pieces, GError **error)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_auto (GStrv) list = g_strsplit (pieces, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      const char *digits = strchr (list[i], ':') + 1;
      guint8 data[16];
      gsize n = strlen (digits) / 2;

      for (gsize j = 0; j < n; j++)
        data[j] = (guint8) (g_ascii_xdigit_value (digits[2 * j]) * 16 + g_ascii_xdigit_value (digits[2 * j + 1]));
      g_assert_true (fl_image_add (image, (guint32) g_ascii_strtoull (list[i], NULL, 16), data, n, error));
    }
  return fl_image_seal (image, FL_IMAGE_BIN, error) ? g_steal_pointer (&image) : NULL;
}

static void
test_merge (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlImage) image = make_image (merges[row].pieces, &error);

  if (merges[row].result == NULL)
    {
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      g_assert_null (image);
    }
  else
    {
      g_autofree char *dump = NULL;

      g_assert_no_error (error);
      dump = image_dump (image);
      g_assert_cmpstr (dump, ==, merges[row].result);
    }
}

static void
test_read (void)
{
  g_autoptr (FlImage) image = make_image ("100:01020304 110:05 fffffffe:0607", NULL);
  guint8 data[4] = { 9, 9, 9, 9 };

  g_assert_true (fl_image_read (image, 0x101, data, 3));
  g_assert_cmpmem (data, 3, "\002\003\004", 3);
  g_assert_true (fl_image_read (image, 0xFFFFFFFF, data, 1));
  g_assert_cmpuint (data[0], ==, 7);
  g_assert_false (fl_image_read (image, 0x101, data, 4)); /* into a gap */
  g_assert_false (fl_image_read (image, 0xFF, data, 2));
  g_assert_false (fl_image_read (image, 0xFFFFFFFF, data, 2)); /* would wrap */
  g_assert_cmpuint (data[0], ==, 7);
  g_assert_true (fl_image_covers (image, 0x110, 1));
  g_assert_false (fl_image_covers (image, 0x10F, 1));
  g_assert_false (fl_image_covers (image, 0x110, G_MAXSIZE));
  g_assert_true (fl_image_covers (image, 0x500, 0));
  g_assert_cmpuint (fl_image_get_start (image), ==, 0x100);
  g_assert_cmpuint (fl_image_get_end (image), ==, G_GUINT64_CONSTANT (0x100000000));
  g_assert_cmpuint (fl_image_get_size (image), ==, 7);
  g_assert_null (fl_image_get_sha256 (image));
  g_assert_false (fl_image_get_entry (image, NULL));
}

/* What is too much is refused before it costs memory, in whatever way it comes. */
static void
test_limits (void)
{
  g_autofree guint8 *data = g_malloc0 (FL_IMAGE_MAX_BYTES);
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (FlImage) sparse = fl_image_new ();
  g_autoptr (FlImage) many = fl_image_new ();
  guint n_pieces = 0;
  g_autoptr (GError) error = NULL;

  g_assert_false (fl_image_add (image, 0xFFFFFFFF, data, 2, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_true (fl_image_add (image, 0, data, FL_IMAGE_MAX_BYTES, &error));
  g_assert_false (fl_image_add (image, 0, data, 1, &error)); /* even though it is there already */
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_true (fl_image_seal (image, FL_IMAGE_BIN, &error));

  for (guint i = 0; i <= FL_IMAGE_MAX_SEGMENTS; i++)
    g_assert_true (fl_image_add (sparse, i * 2, data, 1, &error));
  g_assert_false (fl_image_seal (sparse, FL_IMAGE_BIN, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);

  while (fl_image_add (many, 0, data, 1, &error))
    n_pieces++;
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_cmpuint (n_pieces, <=, 8 * 1024 * 1024);
}

static const struct
{
  const char *contents; /* NULL: not known */
  const char *path;
  FlImageFormat format;
} guesses[] = {
  { ":00000001FF\n", "a.bin", FL_IMAGE_IHEX },
  { "\r\n :00000001FF\n", NULL, FL_IMAGE_IHEX },
  { ":0", "a.hex", FL_IMAGE_IHEX },
  { ":0", "a", FL_IMAGE_BIN },
  { "S9030000FC\n", "a.txt", FL_IMAGE_SREC },
  { "s9030000fc\n", "a.txt", FL_IMAGE_SREC },
  { "Some text", "a", FL_IMAGE_BIN },
  { "\177ELF\001", "a.hex", FL_IMAGE_ELF },
  { "", "a.elf", FL_IMAGE_ELF },
  { "abc", "A.BIN", FL_IMAGE_BIN },
  { NULL, "A.HEX", FL_IMAGE_IHEX },
  { NULL, "a.ihex", FL_IMAGE_IHEX },
  { NULL, "a.ihx", FL_IMAGE_IHEX },
  { NULL, "a.s19", FL_IMAGE_SREC },
  { NULL, "a.s28", FL_IMAGE_SREC },
  { NULL, "a.S37", FL_IMAGE_SREC },
  { NULL, "a.srec", FL_IMAGE_SREC },
  { NULL, "a.mot", FL_IMAGE_SREC },
  { NULL, "a.axf", FL_IMAGE_ELF },
  { NULL, "a.out", FL_IMAGE_ELF },
  { NULL, "a.bin.old", FL_IMAGE_BIN },
  { NULL, NULL, FL_IMAGE_BIN },
};

static void
test_guess (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (guesses); i++)
    {
      g_autoptr (GBytes) contents = NULL;

      if (guesses[i].contents != NULL)
        contents = g_bytes_new_static (guesses[i].contents, strlen (guesses[i].contents));
      g_assert_cmpint (fl_image_guess_format (contents, guesses[i].path), ==, guesses[i].format);
    }
}

/* Random memory at random addresses, saved and loaded, is the same; over the edges of 64 KiB too. */
static void
test_save_and_load (FlTestPlace *self, gconstpointer data)
{
  static const FlImageFormat formats[] = { FL_IMAGE_BIN, FL_IMAGE_IHEX, FL_IMAGE_SREC };

  for (guint i = 0; i < 150; i++)
    {
      FlImageFormat format = formats[i % G_N_ELEMENTS (formats)];
      g_autofree char *path = g_strdup_printf ("%s/%u.any", self->folder, i);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GBytes) memory = NULL;
      g_autoptr (FlImage) image = NULL;
      g_autoptr (GError) error = NULL;
      guint length = (guint) g_test_rand_int_range (1, i < 6 ? 200000 : 400);
      guint32 address = (guint32) g_test_rand_int () & ~(guint32) 0xFFFF;

      address += (guint32) g_test_rand_int_range (0, 0x10000);
      if (i % 7 == 0)
        address = 0x08010000 - length / 2;
      if (i % 11 == 0 || address > G_MAXUINT32 - length)
        address = (guint32) (G_GUINT64_CONSTANT (0x100000000) - length); /* up to the last byte there is */
      for (guint j = 0; j < length; j++)
        {
          guint8 byte = (guint8) g_test_rand_int ();

          g_byte_array_append (bytes, &byte, 1);
        }
      memory = g_bytes_new (bytes->data, length);

      g_assert_true (fl_image_save (path, format, address, memory, &error));
      image = fl_image_load (path, address, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (fl_image_get_format (image), ==, format);
      g_assert_cmpuint (fl_image_get_n_segments (image), ==, 1);
      g_assert_cmphex (fl_image_get_start (image), ==, address);
      g_assert_true (g_bytes_equal (fl_image_get_segment (image, 0)->data, memory));
      g_assert_cmpstr (fl_image_get_path (image), ==, path);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
}

static void
test_save_errors (FlTestPlace *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "old.bin", NULL);
  g_autofree char *nowhere = g_build_filename (self->folder, "no", "where.bin", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345678", 8);
  g_autoptr (GError) error = NULL;

  g_assert_true (fl_image_save (path, FL_IMAGE_BIN, 0, bytes, &error));
  g_assert_false (fl_image_save (path, FL_IMAGE_ELF, 0, bytes, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (fl_image_save (path, FL_IMAGE_IHEX, 0xFFFFFFF9, bytes, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (fl_image_save (nowhere, FL_IMAGE_BIN, 0, bytes, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "12345678"); /* what was there stays */
}

static const struct
{
  const char *name;
  const char *contents;
  guint32 address;
  int code; /* NO_ERROR: it loads */
  const char *remark;
} loads[] = {
  { "plain.bin", "12345678", 0x08000000, NO_ERROR, NULL },
  { "highest.bin", "12345678", 0xFFFFFFF8, NO_ERROR, NULL },
  { "too-high.bin", "12345678", 0xFFFFFFF9, FL_ERROR_RANGE, NULL },
  { "empty.bin", "", 0, FL_ERROR_FORMAT, NULL },
  { "empty.hex", "", 0, FL_ERROR_FORMAT, NULL },
  { "wrong-name.bin", ":0100000001FE\n:00000001FF\n", 0, NO_ERROR, "Intel HEX" },
  { "not-what-it-says.hex", "12345678", 0, FL_ERROR_FORMAT, NULL },
  { "archive.bin", "PK\003\004....", 0, NO_ERROR, "ZIP" },
  { "stick.dfu", "DfuSe...", 0, NO_ERROR, "DfuSe" },
};

static void
test_load (FlTestPlace *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (loads); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, loads[i].name, NULL);
      g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, loads[i].contents, -1);
      g_autoptr (GError) error = NULL;
      g_autoptr (FlImage) image = NULL;
      GPtrArray *remarks;

      g_assert_true (g_file_set_contents (path, loads[i].contents, -1, NULL));
      image = fl_image_load (path, loads[i].address, NULL, &error);
      if (loads[i].code != NO_ERROR)
        {
          g_assert_error (error, FL_ERROR, loads[i].code);
          g_assert_true (g_str_has_prefix (error->message, loads[i].name));
          g_assert_null (image);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (fl_image_get_sha256 (image), ==, sum);
      remarks = fl_image_get_remarks (image);
      g_assert_cmpuint (remarks->len, ==, loads[i].remark != NULL ? 1 : 0);
      if (loads[i].remark != NULL)
        g_assert_nonnull (strstr (g_ptr_array_index (remarks, 0), loads[i].remark));
    }
}

static void
test_load_errors (FlTestPlace *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "a.bin", NULL);
  g_autofree char *nowhere = g_build_filename (self->folder, "nowhere.bin", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (fl_image_load (nowhere, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "There is no such file."));
  g_clear_error (&error);
  g_assert_null (fl_image_load (self->folder, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
#ifdef G_OS_UNIX
  g_assert_null (fl_image_load ("/dev/zero", 0, NULL, &error)); /* has no end */
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
#endif

  g_assert_true (g_file_set_contents (path, "1234", -1, NULL));
  g_assert_cmpint (truncate (path, (off_t) FL_IMAGE_MAX_BYTES + 1), ==, 0);
  g_assert_null (fl_image_load (path, 0, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_cmpint (truncate (path, (off_t) FL_IMAGE_MAX_FILE + 1), ==, 0); /* is not even read */
  g_assert_null (fl_image_load (path, 0, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);

  g_cancellable_cancel (cancellable);
  g_assert_null (fl_image_load (path, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (merges); i++)
    {
      g_autofree char *path = g_strdup_printf ("/image/merge/%s", merges[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_merge);
    }
  g_test_add_func ("/image/read", test_read);
  g_test_add_func ("/image/limits", test_limits);
  g_test_add_func ("/image/guess-format", test_guess);
  g_test_add ("/image/save-and-load", FlTestPlace, NULL, fl_test_place_set_up, test_save_and_load, fl_test_place_clear);
  g_test_add ("/image/save-errors", FlTestPlace, NULL, fl_test_place_set_up, test_save_errors, fl_test_place_clear);
  g_test_add ("/image/load", FlTestPlace, NULL, fl_test_place_set_up, test_load, fl_test_place_clear);
  g_test_add ("/image/load-errors", FlTestPlace, NULL, fl_test_place_set_up, test_load_errors, fl_test_place_clear);
  return g_test_run ();
}
