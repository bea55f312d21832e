/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image-table.h"

#define END ":00000001??\n"

static const ImageRow rows[] = {
  /* Good */
  { "data", ":0400000001020304??\n" END, "00000000:01020304" },
  { "specification-example", ":10010000214601360121470136007EFE09D2190140\n:00000001FF\n",
    "00000100:214601360121470136007EFE09D21901" },
  { "linear", ":020000040800??\n:0210000001FF??\n" END, "08001000:01FF" },
  { "linear-does-not-wrap", ":020000040800??\n:04FFFE0001020304??\n" END, "0800FFFE:01020304" },
  { "segment", ":020000021234??\n:0200100001FF??\n" END, "00012350:01FF" },
  { "segment-wraps", ":020000021000??\n:04FFFE0001020304??\n" END, "00010000:0304 0001FFFE:0102", "Line 2" },
  { "first-segment-wraps", ":04FFFE0001020304??\n" END, "00000000:0304 0000FFFE:0102" },
  { "segment-after-linear", ":020000040800??\n:020000021000??\n:0100000001??\n" END, "00010000:01" },
  { "linear-entry", ":040000050800013D??\n:0100000001??\n" END, "00000000:01 @0800013D" },
  { "segment-entry", ":0400000312340005??\n:0100000001??\n" END, "00000000:01 @00012345" },
  { "crlf", ":0100000001??\r\n:0100010002??\r\n:00000001??\r\n", "00000000:0102" },
  { "cr", ":0100000001??\r:0100010002??\r:00000001??\r", "00000000:0102" },
  { "no-last-newline", ":0100000001??\n:00000001??", "00000000:01" },
  { "blanks", "\n  :0100000001?? \t\n\n:00000001??\t\r\n \n\n", "00000000:01" },
  { "lower-case-digits", ":02000000abcd86\n:00000001ff\n", "00000000:ABCD" },
  { "byte-order-mark", "\xEF\xBB\xBF:0100000001FE\n" END, "00000000:01" },
  { "out-of-order", ":0200020003FF??\n:020000000102??\n" END, "00000000:010203FF" },
  { "gap", ":0100000001??\n:0100020003??\n" END, "00000000:01 00000002:03" },
  { "overlap-agrees-partly", ":03000000010203??\n:03000200030405??\n" END, "00000000:0102030405" },
  { "overlap-agrees-inside", ":03000000010203??\n:0100010002??\n" END, "00000000:010203" },
  { "empty-data-record", ":00000000??\n:0100000001??\n" END, "00000000:01" },
  { "span-of-4-gib", ":0100000001??\n:02000004FFFF??\n:01FFFF0002??\n" END, "00000000:01 FFFFFFFF:02" },

  /* Damaged */
  { "empty", "", NULL },
  { "only-end", END, NULL, "no data" },
  { "no-colon", ":0100000001??\n0100010002FC\n" END, NULL, "Line 2 does not begin" },
  { "text", "hello\n", NULL, "Line 1" },
  { "only-colon", ":\n" END, NULL, "Line 1 is cut short" },
  { "odd-digit", ":0100000001F\n" END, NULL, "Line 1 is cut short" },
  { "cut-short", ":0100000001??\n\n:0400010001020304\n" END, NULL, "Line 3 is cut short" },
  { "too-long", ":0100000001FE00\n" END, NULL, "longer" },
  { "no-digit-in-data", ":010000000xFE\n" END, NULL, "0x78" },
  { "bad-checksum", ":0100000001??\n:0100010002FD\n" END, NULL, "Line 2 has the checksum 0xFD, but it should be 0xFC" },
  { "no-checksum", ":010000000100\n" END, NULL, "Line 1 has the checksum 0x00, but it should be 0xFE" },
  { "bit-flipped", ":0400000001020B04F2\n" END, NULL, "Line 1 has the checksum" },
  { "bad-checksum-cr", ":0100000001??\r:0100010002FD\r", NULL, "Line 2" },
  { "unknown-type", ":00000006??\n" END, NULL, "type 06" },
  { "end-with-data", ":0100000101??\n", NULL, "type 01 with 1" },
  { "short-segment", ":0100000212??\n" END, NULL, "type 02" },
  { "short-entry", ":020000050800??\n" END, NULL, "type 05" },
  { "short-segment-entry", ":020000030800??\n" END, NULL, "type 03" },
  { "long-linear", ":03000004080000??\n" END, NULL, "type 04" },
  { "no-end", ":0100000001??\n", NULL, "no end record" },
  { "data-after-end", ":0100000001??\n" END ":0100010002??\n", NULL, "Line 3 comes after" },
  { "two-files", ":0100000001??\n" END ":0100000001??\n" END, NULL, "Line 3" },
  { "overlap-disagrees", ":020000040800??\n:03000000010203??\n\n:03000200040506??\n" END, NULL,
    "0x08000002: 0x03 in line 2, but 0x04 in line 4" },
  { "overlap-disagrees-out-of-order", ":03000200040506??\n:03000000010203??\n" END, NULL,
    "0x00000002: 0x03 in line 2, but 0x04 in line 1" },
  { "over-the-top", ":02000004FFFF??\n:02FFFF000102??\n" END, NULL, "Line 2 runs over" },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  image_table_add ("/image/ihex", FL_IMAGE_IHEX, rows, G_N_ELEMENTS (rows));
  return g_test_run ();
}
