/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-bytes.h"

/**
 * fl_bytes_xor:
 *
 * Returns: the exclusive or of all bytes, which is AN3155's checksum; 0 for none
 */
guint8
fl_bytes_xor (const guint8 *data, gsize length)
{
  guint8 sum = 0;

  for (gsize i = 0; i < length; i++)
    sum ^= data[i];
  return sum;
}

/**
 * fl_bytes_all:
 *
 * Returns: whether each of the bytes is @value, as in erased flash; %TRUE for none
 */
gboolean
fl_bytes_all (const guint8 *data, gsize length, guint8 value)
{
  for (gsize i = 0; i < length; i++)
    if (data[i] != value)
      return FALSE;
  return TRUE;
}

void
fl_bytes_put_be32 (guint8 *data, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    data[i] = (guint8) (value >> (24 - 8 * i));
}

void
fl_bytes_put_le32 (guint8 *data, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    data[i] = (guint8) (value >> (8 * i));
}

guint32
fl_bytes_get_be32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

guint32
fl_bytes_get_le32 (const guint8 *data)
{
  return (guint32) data[3] << 24 | (guint32) data[2] << 16 | (guint32) data[1] << 8 | data[0];
}

guint16
fl_bytes_get_be16 (const guint8 *data)
{
  return (guint16) (data[0] << 8 | data[1]);
}

guint16
fl_bytes_get_le16 (const guint8 *data)
{
  return (guint16) (data[1] << 8 | data[0]);
}

/**
 * fl_bytes_to_hex:
 * @max_length: how many bytes to show at most; 0 for all
 *
 * Returns: (transfer full): text such as "79 01 04 60 79", with " … (N bytes)" behind it where it was cut
 */
char *
fl_bytes_to_hex (const guint8 *data, gsize length, gsize max_length)
{
  gsize n = max_length > 0 ? MIN (length, max_length) : length;
  GString *text = g_string_sized_new (n * 3 + 24);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, i == 0 ? "%02X" : " %02X", data[i]);
  if (n < length)
    g_string_append_printf (text, " … (%" G_GSIZE_FORMAT " bytes)", length);
  return g_string_free (text, FALSE);
}

/**
 * fl_range_contains:
 * @start: where the outer range begins
 * @size: its size in bytes; @start + @size may be 4 GiB
 * @address: where the inner range begins
 * @length: its length in bytes
 *
 * Returns: whether the inner range lies wholly within the outer one; never wraps
 */
gboolean
fl_range_contains (guint32 start, guint64 size, guint32 address, guint64 length)
{
  return address >= start && (guint64) address - start <= size && length <= size - ((guint64) address - start);
}
