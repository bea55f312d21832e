/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The kernel's struct termios2 (TCGETS2, TCSETS2); TCGETS and TCSETS end before the speeds. <asm/termbits.h> cannot be
 * included beside <termios.h>. */
typedef struct
{
  unsigned int  c_iflag, c_oflag, c_cflag, c_lflag;
  unsigned char c_line;
  unsigned char c_cc[19];
  unsigned int  c_ispeed, c_ospeed;
} FlKernelTermios;

#define FL_KERNEL_TERMIOS_SIZE 36 /* of TCGETS and TCSETS */
