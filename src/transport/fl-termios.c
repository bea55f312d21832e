/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-termios.h"

#include <asm/ioctls.h>
#include <asm/termbits.h> /* struct termios2, BOTHER: any rate. Cannot be included beside <termios.h> */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

static const tcflag_t size_bits[] = { CS5, CS6, CS7, CS8 };

/* Rates with a code of their own: whoever serves a pty may look for the code, and find no meaning in BOTHER. */
static const struct
{
  guint baud;
  tcflag_t code;
} rate_codes[] = {
  { 1200, B1200 },     { 2400, B2400 },     { 4800, B4800 },     { 9600, B9600 },       { 19200, B19200 },
  { 38400, B38400 },   { 57600, B57600 },   { 115200, B115200 }, { 230400, B230400 },   { 460800, B460800 },
  { 500000, B500000 }, { 576000, B576000 }, { 921600, B921600 }, { 1000000, B1000000 }, { 2000000, B2000000 },
};

static tcflag_t
rate_code (guint baud)
{
  for (guint i = 0; i < G_N_ELEMENTS (rate_codes); i++)
    if (rate_codes[i].baud == baud)
      return rate_codes[i].code;
  return BOTHER;
}

/**
 * fl_termios_apply:
 * @fd: a tty
 * @asked: the line settings
 * @got: (out caller-allocates): what the driver made of them
 *
 * Sets every field: raw, no flow control, modem lines ignored, reads that never wait. Goes to the kernel directly, as
 * glibc's tcsetattr() knows no odd rates, and fails with EINVAL when a pty drops the parity bit.
 *
 * Returns: 0, or errno
 */
int
fl_termios_apply (int fd, const FlLineSettings *asked, FlLineSettings *got)
{
  struct termios2 term;

  if (ioctl (fd, TCGETS2, &term) != 0)
    return errno;
  term.c_iflag = asked->parity == FL_PARITY_NONE ? IGNBRK | IGNPAR : IGNBRK;
  term.c_oflag = 0;
  term.c_lflag = 0;
  term.c_cflag = rate_code (asked->baud) | size_bits[asked->data_bits - 5] | CREAD | CLOCAL | HUPCL;
  if (asked->parity != FL_PARITY_NONE)
    term.c_cflag |= asked->parity == FL_PARITY_ODD ? PARENB | PARODD : PARENB;
  if (asked->stop_bits == 2)
    term.c_cflag |= CSTOPB;
  term.c_ispeed = term.c_ospeed = asked->baud;
  memset (term.c_cc, 0, sizeof term.c_cc);
  term.c_cc[VMIN] = 1; /* with O_NONBLOCK: EAGAIN says "nothing there", 0 says "hung up" */
  if (ioctl (fd, TCSETS2, &term) != 0 || ioctl (fd, TCGETS2, &term) != 0)
    return errno;
  got->baud = term.c_ospeed;
  got->data_bits = 8;
  for (guint i = 0; i < G_N_ELEMENTS (size_bits); i++)
    if ((term.c_cflag & CSIZE) == size_bits[i])
      got->data_bits = (guint8) (5 + i);
  got->parity = !(term.c_cflag & PARENB) ? FL_PARITY_NONE : (term.c_cflag & PARODD) ? FL_PARITY_ODD : FL_PARITY_EVEN;
  got->stop_bits = (term.c_cflag & CSTOPB) ? 2 : 1;
  return 0;
}
