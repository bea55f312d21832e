/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files from independent makers: srecord's srec_cat, and a real firmware from clang, lld and objcopy. */
#include "fl-test-place.h"
#include "image-table.h"

/* Runs a command line in the fixture's folder; "$SRC" in it is the firmware's sources. A missing tool is a failure. */
static void
run (FlTestPlace *self, const char *command)
{
  g_autofree char *sources = g_test_build_filename (G_TEST_DIST, "..", "data", "firmware", NULL);
  g_autoptr (GString) line = g_string_new (command);
  g_auto (GStrv) arguments = NULL;
  g_autofree char *messages = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_string_replace (line, "$SRC", sources, 0);
  arguments = g_strsplit (line->str, " ", -1);
  g_spawn_sync (self->folder, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &messages, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s\n%s", line->str, error->message, messages);
}

static FlImage *
load (FlTestPlace *self, const char *name, guint32 address, FlImageFormat format)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  FlImage *image = fl_image_load (path, address, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fl_image_get_format (image), ==, format);
  return image;
}

static void
assert_same (FlImage *image, FlImage *expected)
{
  g_assert_cmpuint (fl_image_get_n_segments (image), ==, fl_image_get_n_segments (expected));
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *left = fl_image_get_segment (image, i);
      const FlSegment *right = fl_image_get_segment (expected, i);

      g_assert_cmphex (left->address, ==, right->address);
      g_assert_true (g_bytes_equal (left->data, right->data));
    }
}

static const struct
{
  const char *name;
  const char *output; /* of srec_cat */
  guint32 base;
  FlImageFormat format;
} outputs[] = {
  { "ihex", "-intel", 0x08000000, FL_IMAGE_IHEX },
  { "ihex-16-bytes-crlf", "-intel -line-length=44 -line-termination=CRLF", 0x0800F000, FL_IMAGE_IHEX },
  { "ihex-segmented", "-intel -address-length=3", 0x00030000, FL_IMAGE_IHEX },
  { "s19", "-motorola -address-length=2", 0x00000000, FL_IMAGE_SREC },
  { "s28", "-motorola -address-length=3", 0x00080000, FL_IMAGE_SREC },
  { "s37", "-motorola -address-length=4", 0x08000000, FL_IMAGE_SREC },
  { "s37-long-lines", "-motorola -address-length=4 -line-length=250", 0xFFFF0000, FL_IMAGE_SREC },
};

/* Random pieces with gaps between them, put together by srec_cat, are read as what they were. */
static void
test_srecord (FlTestPlace *self, gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);

  for (guint round = 0; round < 5; round++)
    {
      g_autoptr (GString) command = g_string_new ("srec_cat");
      g_autoptr (FlImage) expected = fl_image_new ();
      g_autoptr (FlImage) image = NULL;
      g_autoptr (GError) error = NULL;
      guint32 address = outputs[row].base;
      guint32 entry = 0;

      for (guint i = 0; i < 6; i++)
        {
          g_autofree char *name = g_strdup_printf ("%u.bin", i);
          g_autofree char *path = g_build_filename (self->folder, name, NULL);
          guint8 piece[9000];
          guint length = (guint) g_test_rand_int_range (1, sizeof piece);

          address += (guint32) g_test_rand_int_range (1, 400);
          for (guint j = 0; j < length; j++)
            piece[j] = (guint8) g_test_rand_int ();
          g_assert_true (g_file_set_contents (path, (const char *) piece, length, NULL));
          g_assert_true (fl_image_add (expected, address, piece, length, &error));
          g_string_append_printf (command, " %s -binary -offset 0x%08X", name, address);
          address += length;
        }
      g_string_append_printf (command, " -o made %s -execution-start-address 0x%08X", outputs[row].output,
                              outputs[row].base + 0x101);
      run (self, command->str);
      g_assert_true (fl_image_seal (expected, FL_IMAGE_BIN, &error));

      image = load (self, "made", 0, outputs[row].format);
      assert_same (image, expected);
      g_assert_true (fl_image_get_entry (image, &entry));
      if (strstr (command->str, "-address-length=3") == NULL || outputs[row].format != FL_IMAGE_IHEX)
        g_assert_cmphex (entry, ==, outputs[row].base + 0x101); /* srecord puts no CS:IP into its 03 records */
    }
}

/* The other direction: srecord reads what is saved here, checks its checksums, and finds the same bytes. */
static void
test_srecord_reads (FlTestPlace *self, gconstpointer data)
{
  static const struct
  {
    FlImageFormat format;
    const char *name;
    const char *command;
  } rows[] = {
    { FL_IMAGE_IHEX, "saved.hex", "srec_cat saved.hex -intel -offset -0x0801FF03 -o back.bin -binary" },
    { FL_IMAGE_SREC, "saved.s37", "srec_cat saved.s37 -motorola -offset -0x0801FF03 -o back.bin -binary" },
  };
  guint8 memory[70001];
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < sizeof memory; i++)
    memory[i] = (guint8) g_test_rand_int ();
  bytes = g_bytes_new (memory, sizeof memory);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, rows[i].name, NULL);
      g_autofree char *back_path = g_build_filename (self->folder, "back.bin", NULL);
      g_autofree char *back = NULL;
      gsize length;
      g_autoptr (GError) error = NULL;

      g_assert_true (fl_image_save (path, rows[i].format, 0x0801FF03, bytes, &error));
      run (self, rows[i].command);
      g_assert_true (g_file_get_contents (back_path, &back, &length, NULL));
      g_assert_cmpmem (back, length, memory, sizeof memory);
    }
}

/* What the ELF file loads is what objcopy makes of it, in each of its formats. */
static void
test_firmware (FlTestPlace *self, gconstpointer data)
{
  const char *link_option = data;
  g_autofree char *build = g_strdup_printf (
      "clang --target=thumbv6m-none-eabi -mcpu=cortex-m0plus -Os -g -ffreestanding -nostdlib -fuse-ld=lld "
      "-Wl,-T,$SRC/firmware.ld -Wl,-z,max-page-size=%s -o firmware.elf $SRC/startup.c",
      link_option);
  g_autoptr (FlImage) elf = NULL;
  g_autoptr (FlImage) bin = NULL;
  g_autoptr (FlImage) hex = NULL;
  g_autoptr (FlImage) srec = NULL;
  guint32 entry = 0;
  guint32 hex_entry = 0;
  guint8 words[8];

  run (self, build);
  run (self, "llvm-objcopy -O binary firmware.elf firmware.bin");
  run (self, "llvm-objcopy -O ihex firmware.elf firmware.hex");
  run (self, "arm-none-eabi-objcopy -O srec firmware.elf firmware.srec");
  elf = load (self, "firmware.elf", 0, FL_IMAGE_ELF);
  bin = load (self, "firmware.bin", 0x08000000, FL_IMAGE_BIN);
  hex = load (self, "firmware.hex", 0, FL_IMAGE_IHEX);
  srec = load (self, "firmware.srec", 0, FL_IMAGE_SREC);

  assert_same (elf, bin);
  assert_same (hex, bin);
  assert_same (srec, bin);
  g_assert_cmpuint (fl_image_get_n_segments (elf), ==, 1);
  g_assert_cmpuint (fl_image_get_remarks (elf)->len, ==, 0);
  g_assert_true (fl_image_read (elf, 0x08000000, words, sizeof words));
  g_assert_cmpmem (words, 4, "\000\220\000\040", 4); /* the end of 36 KiB of RAM */
  g_assert_true (fl_image_get_entry (elf, &entry));
  g_assert_true (fl_image_get_entry (hex, &hex_entry));
  g_assert_cmphex (entry, ==, hex_entry);
  g_assert_cmphex (entry, ==, words[4] | words[5] << 8 | words[6] << 16 | (guint32) words[7] << 24);
}

/* An object file is not a program, and says so. */
static void
test_object_file (FlTestPlace *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "startup.o", NULL);
  g_autoptr (GError) error = NULL;

  run (self, "clang --target=thumbv6m-none-eabi -c -o startup.o $SRC/startup.c");
  g_assert_null (fl_image_load (path, 0, NULL, &error));
  g_assert_nonnull (strstr (error->message, "not yet linked"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (outputs); i++)
    {
      g_autofree char *path = g_strdup_printf ("/image/srecord/%s", outputs[i].name);

      g_test_add (path, FlTestPlace, GSIZE_TO_POINTER (i), fl_test_place_set_up, test_srecord, fl_test_place_clear);
    }
  g_test_add ("/image/srecord/reads-ours", FlTestPlace, NULL, fl_test_place_set_up, test_srecord_reads,
              fl_test_place_clear);
  g_test_add ("/image/firmware/loose", FlTestPlace, "65536", fl_test_place_set_up, test_firmware, fl_test_place_clear);
  g_test_add ("/image/firmware/tight", FlTestPlace, "4", fl_test_place_set_up, test_firmware, fl_test_place_clear);
  g_test_add ("/image/firmware/object-file", FlTestPlace, NULL, fl_test_place_set_up, test_object_file,
              fl_test_place_clear);
  return g_test_run ();
}
