/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A pty as a serial port, for Wine: preloaded into it and its server.
 *
 * A pty answers what asks for modem lines and counters with ENOTTY. Wine then aborts the WaitCommEvent() that
 * libserialport starts when it opens a port, and every later wait with it. Here CTS, DSR and DCD are on, DTR and RTS as
 * they were set last. A pty also forgets its parity, and then an adapter without parity is what the program sees: here
 * it is remembered. FL_PTY_SHIM_LOG names a file that gets a line for each change of DTR and RTS and for each setting.
 * With FL_PTY_SHIM_FORBID set nobody may open a pty for writing. Root, who may run the tests, could otherwise always.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#define OUTPUT_LINES (TIOCM_DTR | TIOCM_RTS)
/* The major numbers of the far ends of ptys: Documentation/admin-guide/devices.txt of Linux. */
#define PTY_FIRST_MAJOR 136
#define PTY_LAST_MAJOR  143

int ioctl (int fd, unsigned long request, ...);
int open64 (const char *path, int flags, ...);

/* Of the one port that a process has open. */
static int lines = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
static tcflag_t parity; /* PARENB, PARODD */

static int
is_pty_node (const struct stat *status)
{
  return S_ISCHR (status->st_mode) && major (status->st_rdev) >= PTY_FIRST_MAJOR
         && major (status->st_rdev) <= PTY_LAST_MAJOR;
}

static int
is_pty (int fd)
{
  struct stat status;
  int saved = errno;
  int found = fstat (fd, &status) == 0 && is_pty_node (&status);

  errno = saved;
  return found;
}

/* One write() a line, so that lines of several processes do not mix. */
__attribute__ ((format (printf, 1, 2))) static void
note (const char *format, ...)
{
  const char *name = getenv ("FL_PTY_SHIM_LOG");
  char line[160];
  int length;
  int fd;
  va_list arguments;

  if (name == NULL)
    return;
  va_start (arguments, format);
  length = vsnprintf (line, sizeof line, format, arguments);
  va_end (arguments);
  fd = open (name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0)
    return;
  if (write (fd, line, length) != length)
    fprintf (stderr, "%s: %s\n", name, strerror (errno));
  close (fd);
}

static void
set_lines (int values)
{
  lines = (lines & ~OUTPUT_LINES) | (values & OUTPUT_LINES);
  note ("lines dtr=%d rts=%d\n", (lines & TIOCM_DTR) != 0, (lines & TIOCM_RTS) != 0);
}

/* Answers what a pty would not; returns 0 for whatever the kernel shall answer. */
static int
answer (unsigned long request, void *argument)
{
  switch (request)
    {
    case TIOCMGET:
      *(int *) argument = lines;
      return 1;
    case TIOCMSET:
      set_lines (*(int *) argument);
      return 1;
    case TIOCMBIS:
      set_lines (lines | *(int *) argument);
      return 1;
    case TIOCMBIC:
      set_lines (lines & ~*(int *) argument);
      return 1;
    case TIOCGICOUNT:
      memset (argument, 0, sizeof (struct serial_icounter_struct));
      return 1;
    case TIOCSERGETLSR:
      *(unsigned int *) argument = TIOCSER_TEMT; /* all is sent */
      return 1;
    default:
      return 0;
    }
}

int
ioctl (int fd, unsigned long request, ...)
{
  static int (*next) (int, unsigned long, void *);
  va_list arguments;
  void *argument;

  va_start (arguments, request);
  argument = va_arg (arguments, void *);
  va_end (arguments);
  if (is_pty (fd) && answer (request, argument))
    return 0;
  if (next == NULL)
    next = (int (*) (int, unsigned long, void *)) dlsym (RTLD_NEXT, "ioctl");
  return next (fd, request, argument);
}

int
tcgetattr (int fd, struct termios *term)
{
  static int (*next) (int, struct termios *);

  if (next == NULL)
    next = (int (*) (int, struct termios *)) dlsym (RTLD_NEXT, "tcgetattr");
  if (next (fd, term) != 0)
    return -1;
  if (is_pty (fd))
    term->c_cflag = (term->c_cflag & ~(tcflag_t) (PARENB | PARODD)) | parity;
  return 0;
}

/* What the pty gets has no parity: glibc reads settings back, and fails when parity was asked for and is not there. */
int
tcsetattr (int fd, int when, const struct termios *term)
{
  static int (*next) (int, int, const struct termios *);
  static const char *const bits[] = { [0] = "5", [CS6 >> 4] = "6", [CS7 >> 4] = "7", [CS8 >> 4] = "8" };
  struct termios plain = *term;

  if (is_pty (fd))
    {
      const char *name = (term->c_cflag & PARODD) != 0 ? "O" : "E";

      parity = term->c_cflag & (PARENB | PARODD);
      plain.c_cflag &= ~(tcflag_t) (PARENB | PARODD);
      note ("format %s%s%d\n", bits[(term->c_cflag & CSIZE) >> 4], (term->c_cflag & PARENB) != 0 ? name : "N",
            (term->c_cflag & CSTOPB) != 0 ? 2 : 1);
    }
  if (next == NULL)
    next = (int (*) (int, int, const struct termios *)) dlsym (RTLD_NEXT, "tcsetattr");
  return next (fd, when, &plain);
}

/* What Wine's server opens files with. */
int
open64 (const char *path, int flags, ...)
{
  static int (*next) (const char *, int, ...);
  struct stat status;
  mode_t mode = 0;

  if ((flags & O_CREAT) != 0)
    {
      va_list arguments;

      va_start (arguments, flags);
      mode = va_arg (arguments, mode_t);
      va_end (arguments);
    }
  if (getenv ("FL_PTY_SHIM_FORBID") != NULL && (flags & O_ACCMODE) != O_RDONLY && stat (path, &status) == 0
      && is_pty_node (&status))
    {
      errno = EACCES;
      return -1;
    }
  if (next == NULL)
    next = (int (*) (const char *, int, ...)) dlsym (RTLD_NEXT, "open64");
  return next (path, flags, mode);
}
