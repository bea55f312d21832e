/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * tcsetattr() and tcgetattr() as plain ioctl() calls.
 *
 * glibc's own enter the kernel without passing the ioctl() symbol that umockdev preloads, and they fail with EINVAL
 * when a pty drops the parity bit. These go through ioctl(), so the fake adapter sees every setting. Linked into a test
 * program, or preloaded into a child behind libumockdev-preload. Other file descriptors reach the kernel as before.
 */
#include "tty-shim.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

int
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the C library’s begin with __ */
tcsetattr (int fd, int when, const struct termios *term)
{
  static const unsigned long requests[] = { TCSETS, TCSETSW, TCSETSF };
  FlKernelTermios kernel = { 0 };

  if (when < TCSANOW || when > TCSAFLUSH)
    {
      errno = EINVAL;
      return -1;
    }
  kernel.c_iflag = term->c_iflag;
  kernel.c_oflag = term->c_oflag;
  kernel.c_cflag = term->c_cflag;
  kernel.c_lflag = term->c_lflag;
  kernel.c_line = term->c_line;
  memcpy (kernel.c_cc, term->c_cc, sizeof kernel.c_cc);
  return ioctl (fd, requests[when], &kernel);
}

int
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
tcgetattr (int fd, struct termios *term)
{
  FlKernelTermios kernel = { 0 };

  if (ioctl (fd, TCGETS, &kernel) != 0)
    return -1;
  memset (term, 0, sizeof *term);
  term->c_iflag = kernel.c_iflag;
  term->c_oflag = kernel.c_oflag;
  term->c_cflag = kernel.c_cflag;
  term->c_lflag = kernel.c_lflag;
  term->c_line = kernel.c_line;
  memcpy (term->c_cc, kernel.c_cc, sizeof kernel.c_cc);
  term->c_ispeed = term->c_ospeed = kernel.c_cflag & (CBAUD | CBAUDEX);
  return 0;
}
