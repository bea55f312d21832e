/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ELF files made by hand: a header, program headers, section headers, and 64 bytes of data (00, 01, 02…) at the end. */
#include "image-table.h"

#include "fl-bytes.h"
#include "fl-error.h"

enum
{
  EHDR = 52,
  PHDR = 32,
  SHDR = 40,
  N_DATA = 64,
};

/* A field of 1, 2 or 4 bytes that a row changes; 0 bytes: no change. */
typedef struct
{
  guint at;
  guint size;
  guint32 value;
} Patch;

typedef struct
{
  guint32 type;
  guint32 offset; /* in the data */
  guint32 vaddr;
  guint32 paddr;
  guint32 filesz;
  guint32 memsz;
} Segment;

typedef struct
{
  const char *name;
  Segment segments[3];
  Patch patch;
  gsize length; /* cut to this; 0: not */
  const char *result;
  const char *needle;
} ElfRow;

#define LOAD 1
#define ONE                                                                                                            \
  {                                                                                                                    \
    {                                                                                                                  \
      LOAD, 0, 0x08000000, 0x08000000, 4, 4                                                                            \
    }                                                                                                                  \
  }
#define AT_PHDR EHDR

static const ElfRow rows[] = {
  { "one", ONE, .result = "08000000:00010203 @08000009" },
  { "data-by-physical-address",
    { { LOAD, 0, 0x08000000, 0x08000000, 2, 2 }, { LOAD, 8, 0x20000000, 0x08000002, 2, 2 } },
    .result = "08000000:00010809 @08000009" },
  { "bss-is-not-written",
    { { LOAD, 0, 0x08000000, 0x08000000, 2, 2 },
      { LOAD, 4, 0x20000000, 0x08000010, 1, 99 },
      { LOAD, 8, 0x20000100, 0x20000100, 0, 0x4000 } },
    .result = "08000000:0001 08000010:04 @08000009" },
  { "other-headers-are-passed-over",
    { { 0x70000001, 0, 0x08000000, 0x08000000, 2, 2 }, { LOAD, 4, 0x08000000, 0x08000000, 1, 1 } },
    .result = "08000000:04 @08000009" },
  { "no-entry", ONE, { 24, 4, 0 }, .result = "08000000:00010203" },
  { "no-physical-addresses",
    { { LOAD, 0, 0x08000000, 0, 2, 2 }, { LOAD, 2, 0x08000010, 0, 1, 1 } },
    .result = "08000000:0001 08000010:02 @08000009",
    .needle = "all physical" },
  { "linked-for-0", { { LOAD, 0, 0, 0, 2, 2 } }, .result = "00000000:0001 @08000009" },
  { "overlap-agrees",
    { { LOAD, 0, 0x08000000, 0x08000000, 4, 4 }, { LOAD, 2, 0x08000002, 0x08000002, 4, 4 } },
    .result = "08000000:000102030405 @08000009" },

  { "overlap-disagrees",
    { { LOAD, 0, 0x08000000, 0x08000000, 4, 4 }, { LOAD, 0, 0x08000002, 0x08000002, 4, 4 } },
    .needle = "0x08000002: 0x02 in program header 0, but 0x00 in program header 1" },
  { "ten-bytes", ONE, .length = 10, .needle = "(10 bytes)" },
  { "only-header", ONE, .length = EHDR, .needle = "program headers" },
  { "cut-in-data", ONE, .length = EHDR + PHDR + 3, .needle = "Program header 0" },
  { "no-magic", ONE, { 0, 1, 'X' }, .needle = "not one" },
  { "64-bit", ONE, { 4, 1, 2 }, .needle = "64-bit" },
  { "no-class", ONE, { 4, 1, 0 }, .needle = "offset 4" },
  { "big-endian", ONE, { 5, 1, 2 }, .needle = "big-endian" },
  { "no-endian", ONE, { 5, 1, 9 }, .needle = "offset 5" },
  { "not-arm", ONE, { 18, 2, 62 }, .needle = "not for ARM" },
  { "object-file", ONE, { 16, 2, 1 }, .needle = "object file" },
  { "shared-library", ONE, { 16, 2, 3 }, .needle = "shared library" },
  { "core-dump", ONE, { 16, 2, 4 }, .needle = "core dump" },
  { "no-headers", ONE, { 44, 2, 0 }, .needle = "nothing to load" },
  { "many-headers", ONE, { 44, 2, 0xFFFE }, .needle = "65534 at offset 0x34" },
  { "too-many-headers", ONE, { 44, 2, 0xFFFF }, .needle = "65535" },
  { "headers-behind-the-end", ONE, { 28, 4, 0xFFFFFFF0 }, .needle = "program headers" },
  { "small-headers", ONE, { 42, 2, 31 }, .needle = "program headers" },
  { "nothing-loadable", { { 4, 0, 0x08000000, 0x08000000, 4, 4 } }, .needle = "nothing to load" },
  { "only-bss", { { LOAD, 0, 0x20000000, 0x20000000, 0, 4 } }, .needle = "nothing to load" },
  { "data-behind-the-end", ONE, { AT_PHDR + 4, 4, 0xFFFFFFFE }, .needle = "0xFFFFFFFE" },
  { "too-much-data", ONE, { AT_PHDR + 16, 4, 0xFFFFFFFF }, .needle = "Program header 0" },
  { "file-larger-than-memory", ONE, { AT_PHDR + 20, 4, 3 }, .needle = "contradicts" },
  { "over-the-top", { { LOAD, 0, 0xFFFFFFFE, 0xFFFFFFFE, 4, 4 } }, .needle = "contradicts" },
};

static void
put_le16 (guint8 *data, guint16 value)
{
  data[0] = (guint8) value;
  data[1] = (guint8) (value >> 8);
}

static GByteArray *
make_elf (const Segment *segments, guint n_segments)
{
  static const guint8 ident[] = { 0x7F, 'E', 'L', 'F', 1, 1, 1 };
  guint data_at = EHDR + PHDR * n_segments;
  GByteArray *file = g_byte_array_new ();

  g_byte_array_set_size (file, data_at + N_DATA);
  memset (file->data, 0, file->len);
  memcpy (file->data, ident, sizeof ident);
  put_le16 (file->data + 16, 2);
  put_le16 (file->data + 18, 40);
  fl_bytes_put_le32 (file->data + 24, 0x08000009);
  fl_bytes_put_le32 (file->data + 28, EHDR);
  put_le16 (file->data + 42, PHDR);
  put_le16 (file->data + 44, (guint16) n_segments);
  for (guint i = 0; i < n_segments; i++)
    {
      guint8 *header = file->data + EHDR + PHDR * i;

      fl_bytes_put_le32 (header, segments[i].type);
      fl_bytes_put_le32 (header + 4, data_at + segments[i].offset);
      fl_bytes_put_le32 (header + 8, segments[i].vaddr);
      fl_bytes_put_le32 (header + 12, segments[i].paddr);
      fl_bytes_put_le32 (header + 16, segments[i].filesz);
      fl_bytes_put_le32 (header + 20, segments[i].memsz);
    }
  for (guint i = 0; i < N_DATA; i++)
    file->data[data_at + i] = (guint8) i;
  return file;
}

static void
check (GByteArray *file, const char *result, const char *needle)
{
  g_autoptr (GBytes) contents = g_bytes_new (file->data, file->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlImage) image = fl_image_parse (contents, FL_IMAGE_ELF, 0, &error);
  g_autofree char *dump = NULL;

  if (result == NULL)
    {
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      g_assert_null (image);
      if (strstr (error->message, needle) == NULL)
        g_error ("“%s” is not in “%s”", needle, error->message);
      return;
    }
  g_assert_no_error (error);
  dump = image_dump (image);
  g_assert_cmpstr (dump, ==, result);
  g_assert_cmpuint (fl_image_get_remarks (image)->len, ==, needle != NULL ? 1 : 0);
  if (needle != NULL)
    g_assert_nonnull (strstr (g_ptr_array_index (fl_image_get_remarks (image), 0), needle));
}

static void
run_row (gconstpointer data)
{
  const ElfRow *row = data;
  guint n_segments = 0;
  g_autoptr (GByteArray) file = NULL;

  while (n_segments < G_N_ELEMENTS (row->segments) && row->segments[n_segments].type != 0)
    n_segments++;
  file = make_elf (row->segments, n_segments);
  for (guint i = 0; i < row->patch.size; i++)
    file->data[row->patch.at + i] = (guint8) (row->patch.value >> (8 * i));
  if (row->length > 0)
    g_byte_array_set_size (file, (guint) row->length);
  check (file, row->result, row->needle);
}

/* A first segment that begins with the ELF header, as linkers that align to pages make it. */
static void
test_file_headers (void)
{
  static const Segment segment[] = { { LOAD, 0, 0x07FF0000, 0x07FF0000, 1, 1 } };
  g_autoptr (GByteArray) file = make_elf (segment, 1);
  guint data_at = EHDR + PHDR;
  guint8 section[SHDR] = { 0 };

  fl_bytes_put_le32 (file->data + EHDR + 4, 0);
  fl_bytes_put_le32 (file->data + EHDR + 16, data_at + 4);
  fl_bytes_put_le32 (file->data + EHDR + 20, data_at + 4);
  fl_bytes_put_le32 (file->data + 32, file->len);
  put_le16 (file->data + 46, SHDR);
  put_le16 (file->data + 48, 3);

  g_byte_array_append (file, section, SHDR); /* as each file has, empty */
  fl_bytes_put_le32 (section + 4, 1);
  fl_bytes_put_le32 (section + 8, 0); /* not for the chip */
  fl_bytes_put_le32 (section + 16, 16);
  fl_bytes_put_le32 (section + 20, 4);
  g_byte_array_append (file, section, SHDR);
  fl_bytes_put_le32 (section + 8, 2); /* for the chip */
  fl_bytes_put_le32 (section + 16, data_at);
  g_byte_array_append (file, section, SHDR);

  check (file, "07FF0054:00010203 @08000009", "left out");
}

/* Each prefix of a good file, and each with one byte changed, is either read or an error, but nothing worse. */
static void
test_prefixes (void)
{
  static const Segment segment[] = { { LOAD, 0, 0x08000000, 0x08000000, N_DATA, N_DATA } };
  g_autoptr (GByteArray) file = make_elf (segment, 1);

  for (guint length = 0; length < file->len; length++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (file->data, length);
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_image_parse (cut, FL_IMAGE_ELF, 0, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
    }
  for (guint at = 0; at < EHDR + PHDR; at++)
    {
      guint8 before = file->data[at];
      g_autoptr (GBytes) changed = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (FlImage) image = NULL;

      file->data[at] = 0xFF;
      changed = g_bytes_new (file->data, file->len);
      image = fl_image_parse (changed, FL_IMAGE_ELF, 0, &error);
      g_assert_true ((image == NULL) == (error != NULL));
      file->data[at] = before;
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/image/elf/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], run_row);
    }
  g_test_add_func ("/image/elf/file-headers", test_file_headers);
  g_test_add_func ("/image/elf/prefixes", test_prefixes);
  return g_test_run ();
}
