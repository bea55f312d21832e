/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The merging of segments against a plain model: an array of bytes and which of them are there. The input is a list of
 * pieces of 4 bytes: address (11 bits, little-endian), length, value of the first byte. */
#include "fl-error.h"
#include "fl-image.h"
#include "fuzz-format.h"
#include "fuzz-main.h"

enum
{
  SPACE = 0x800 + 256,
  ABSENT = 256,
};

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static guint16 model[SPACE];
  g_autoptr (GError) error = NULL;
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GBytes) contents = g_bytes_new_static (data, size);
  gboolean conflict = FALSE;
  guint n_present = 0;

  fuzz_format (data, size, fl_image_guess_format (contents, NULL), 0xFFFFF000);

  for (guint i = 0; i < SPACE; i++)
    model[i] = ABSENT;
  for (size_t at = 0; at + 4 <= size; at += 4)
    {
      guint address = (data[at] | data[at + 1] << 8) & 0x7FF;
      guint8 piece[256];

      for (guint i = 0; i < data[at + 2]; i++)
        {
          piece[i] = (guint8) (data[at + 3] + i);
          conflict |= model[address + i] != ABSENT && model[address + i] != piece[i];
          n_present += model[address + i] == ABSENT;
          model[address + i] = piece[i];
        }
      g_assert_true (fl_image_add (image, address, piece, data[at + 2], &error));
    }

  g_assert_true (fl_image_seal (image, FL_IMAGE_BIN, &error) == (n_present > 0 && !conflict));
  if (error != NULL)
    {
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      return 0;
    }
  g_assert_cmpuint (fl_image_get_size (image), ==, n_present);
  for (guint i = 0; i < SPACE; i++)
    {
      guint8 byte;

      if (model[i] == ABSENT)
        g_assert_false (fl_image_covers (image, i, 1));
      else
        g_assert_true (fl_image_read (image, i, &byte, 1) && byte == model[i]);
    }
  return 0;
}
