/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-format.h"
#include "fuzz-main.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  fuzz_format (data, size, FL_IMAGE_ELF, 0);
  return 0;
}
