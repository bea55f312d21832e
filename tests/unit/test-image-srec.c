/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image-table.h"

#define END "S9030000??\n"

static const ImageRow rows[] = {
  /* Good */
  { "manual-example", "S00600004844521B\nS1130000285F245F2212226A000424290008237C2A\nS5030001FB\nS9030000FC\n",
    "00000000:285F245F2212226A000424290008237C", "HDR" },
  { "s1", "S1051000AABB??\n" END, "00001000:AABB" },
  { "s2", "S206081000AABB??\nS804000000??\n", "00081000:AABB" },
  { "s3", "S30708001000AABB??\nS70500000000??\n", "08001000:AABB" },
  { "entry-s7", "S30608000000AA??\nS70508000131??\n", "08000000:AA @08000131" },
  { "entry-s8", "S205080000AA??\nS804080131??\n", "00080000:AA @00080131" },
  { "entry-s9", "S1040000AA??\nS9030131??\n", "00000000:AA @00000131" },
  { "mixed-widths", "S1041000AA??\nS205001001BB??\nS30600001002CC??\n" END, "00001000:AABBCC" },
  { "header-not-text", "S0060000010203??\nS1040000AA??\n" END, "00000000:AA" },
  { "header-with-zeros", "S0080000424C4B0000??\nS1040000AA??\n" END, "00000000:AA", "“BLK”" },
  { "count-s5", "S1040000AA??\nS1040001BB??\nS5030002??\n" END, "00000000:AABB" },
  { "count-s6", "S1040000AA??\nS604000001??\n" END, "00000000:AA" },
  { "count-instead-of-end", "S1040000AA??\nS5030001??\n", "00000000:AA" },
  { "lower-case", "s1051000aabb85\ns9030000fc\n", "00001000:AABB" },
  { "crlf", "S1040000AA??\r\nS1040001BB??\r\nS9030000??\r\n", "00000000:AABB" },
  { "cr", "S1040000AA??\rS9030000??\r", "00000000:AA" },
  { "blanks", "\n S1040000AA??  \n\n" END "\n\n", "00000000:AA" },
  { "empty-data-record", "S1030000??\nS1040000AA??\nS5030002??\n" END, "00000000:AA" },
  { "gap-out-of-order", "S1040010BB??\nS1040000AA??\n" END, "00000000:AA 00000010:BB" },

  /* Damaged */
  { "empty", "", NULL },
  { "only-end", END, NULL, "no data" },
  { "no-mark", "S1040000AA??\nX1040000AA\n" END, NULL, "Line 2 does not begin" },
  { "no-type", "S1040000AA??\nSA040000AA\n" END, NULL, "Line 2 does not begin" },
  { "only-mark", "S\n", NULL, "Line 1" },
  { "only-type", "S1\n", NULL, "Line 1 is cut short" },
  { "cut-short", "S1040000AA??\nS1061000AABB\n" END, NULL, "Line 2 is cut short" },
  { "too-long", "S1040000AA5100\n" END, NULL, "longer" },
  { "too-short-for-its-address", "S30400000000\n" END, NULL, "S3" },
  { "no-count", "S100\n" END, NULL, "S1" },
  { "no-digit", "S1040000ZA51\n" END, NULL, "0x5A" },
  { "bad-checksum", "S1040000AA??\nS1040001BB00\n" END, NULL, "Line 2 has the checksum 0x00, but it should be 0x3F" },
  { "reserved", "S4030000??\n" END, NULL, "S4" },
  { "count-too-high", "S1040000AA??\nS5030002??\n" END, NULL, "Line 2 says that 2" },
  { "count-too-low", "S1040000AA??\nS1040001BB??\nS604000001??\n" END, NULL, "but there are 2" },
  { "no-end", "S1040000AA??\n", NULL, "no end record" },
  { "data-after-count", "S1040000AA??\nS5030001??\nS1040001BB??\n", NULL, "no end record" },
  { "data-after-end", "S1040000AA??\n" END "S1040001BB??\n", NULL, "Line 3 comes after" },
  { "overlap-disagrees", "S1050000AABB??\nS1040001CC??\n" END, NULL, "0x00000001: 0xBB in line 1, but 0xCC in line 2" },
  { "over-the-top", "S307FFFFFFFFAABB??\n" END, NULL, "Line 1 runs over" },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  image_table_add ("/image/srec", FL_IMAGE_SREC, rows, G_N_ELEMENTS (rows));
  return g_test_run ();
}
