/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-port-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/serial.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "fl-error.h"
#include "fl-port-errors.h"
#include "fl-port-holder.h"

/* Linux, Documentation/admin-guide/devices.txt: majors of the slave side of Unix98 ptys. */
#define PTY_MAJOR_FIRST 136
#define PTY_MAJOR_LAST  143

static const struct
{
  FlLines line;
  int bit;
} line_bits[] = {
  { FL_LINE_DTR, TIOCM_DTR }, { FL_LINE_RTS, TIOCM_RTS }, { FL_LINE_CTS, TIOCM_CTS },
  { FL_LINE_DSR, TIOCM_DSR }, { FL_LINE_DCD, TIOCM_CD },  { FL_LINE_RI, TIOCM_RI },
};

/**
 * fl_port_fd_open_locked:
 * @path: a tty
 * @error: return location
 *
 * Opens a tty without waiting for a carrier and without changing its settings, and takes flock() on it, as
 * libserialport 0.1.2, pySerial and others do. A program that takes no lock is found through /proc: two readers would
 * steal each other's bytes. The lock goes with the descriptor.
 *
 * Opening raises DTR and RTS in the driver when nobody had the port open: a board whose reset or BOOT0 hangs on them
 * notices. Closing drops them.
 *
 * Errors: as fl_transport_open().
 *
 * Returns: a file descriptor, or -1
 */
int
fl_port_fd_open_locked (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  g_autofree char *holder = NULL;
  int code = 0;
  struct stat node;
  struct termios term;

  if (fd < 0)
    {
      fl_port_errors_set_open (error, path, errno);
      return -1;
    }
  if (tcgetattr (fd, &term) != 0 || fstat (fd, &node) != 0 || flock (fd, LOCK_EX | LOCK_NB) != 0)
    code = errno;
  if (code == 0 && !fl_port_is_pty (path)) /* whoever serves a pty may keep its other end open as well */
    holder = fl_port_holder_find (&node, FL_PORT_HOLDER_OTHERS);
  if (code == 0 && holder == NULL)
    return fd;
  close (fd); /* first: this process is not to be named as the holder */
  fl_port_errors_set_open (error, path, code != 0 ? code : EBUSY);
  return -1;
}

/**
 * fl_port_is_pty:
 * @path: a tty
 *
 * Returns: whether it is the slave side of a pty, which has no wire: no parity, no modem lines
 */
gboolean
fl_port_is_pty (const char *path)
{
  struct stat node;

  return stat (path, &node) == 0 && S_ISCHR (node.st_mode) && major (node.st_rdev) >= PTY_MAJOR_FIRST
         && major (node.st_rdev) <= PTY_MAJOR_LAST;
}

/**
 * fl_port_fd_exclude:
 * @fd: a tty
 *
 * Makes the kernel refuse further opens of this tty, but those of root; ends with the last close.
 */
void
fl_port_fd_exclude (int fd)
{
  if (ioctl (fd, TIOCEXCL) != 0)
    g_debug ("TIOCEXCL: %s", g_strerror (errno));
}

static gboolean
fail_lines (const char *path, int code, GError **error)
{
  if (code == ENOTTY || code == EINVAL) /* EINVAL: the tty exists, its driver has no such lines */
    g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                 _ ("%s has no DTR and RTS lines: set BOOT0 and reset the board by hand"), path);
  else
    fl_port_errors_set_io (error, path, _ ("modem lines"), code);
  return FALSE;
}

/**
 * fl_port_fd_set_lines:
 *
 * Drives DTR and RTS in one TIOCMSET: no board ever sees one changed and not yet the other.
 *
 * Errors: %FL_ERROR_UNSUPPORTED, %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED.
 *
 * Returns: whether they were driven
 */
gboolean
fl_port_fd_set_lines (int fd, const char *path, FlLines mask, FlLines lines, GError **error)
{
  int bits;

  if (ioctl (fd, TIOCMGET, &bits) != 0)
    return fail_lines (path, errno, error);
  for (guint i = 0; i < G_N_ELEMENTS (line_bits); i++)
    if (mask & line_bits[i].line)
      bits = (lines & line_bits[i].line) ? bits | line_bits[i].bit : bits & ~line_bits[i].bit;
  if (ioctl (fd, TIOCMSET, &bits) != 0)
    return fail_lines (path, errno, error);
  return TRUE;
}

/**
 * fl_port_fd_get_lines:
 *
 * Errors: as fl_port_fd_set_lines().
 *
 * Returns: whether *@lines was set
 */
gboolean
fl_port_fd_get_lines (int fd, const char *path, FlLines *lines, GError **error)
{
  FlLines found = 0;
  int bits;

  if (ioctl (fd, TIOCMGET, &bits) != 0)
    return fail_lines (path, errno, error);
  for (guint i = 0; i < G_N_ELEMENTS (line_bits); i++)
    if (bits & line_bits[i].bit)
      found |= line_bits[i].line;
  *lines = found;
  return TRUE;
}

/**
 * fl_port_fd_take_errors:
 * @fd: a tty
 * @last: the counters of the last call; zero-filled and called once at open, so that old errors do not count
 *
 * Asks the driver's error counters (TIOCGICOUNT), because bytes cannot be marked here: PARMRK doubles every 0xFF, which
 * libserialport's raw reads do not undo, and INPCK switches some USB adapters (CP210x) to a slower mode. Without both,
 * a byte with a wrong parity bit is delivered as it came. Drivers of mainboard ports, FTDI and PL2303 count; CH340 and
 * CP210x do not, and a pty has nothing to count: then there are never errors.
 *
 * Returns: what went up since the last call
 */
FlLineErrors
fl_port_fd_take_errors (int fd, FlPortErrorCounts *last)
{
  struct serial_icounter_struct now = { 0 };
  FlLineErrors errors = 0;

  if (last->none)
    return 0;
  if (ioctl (fd, TIOCGICOUNT, &now) != 0)
    {
      last->none = errno == ENOTTY || errno == EINVAL;
      return 0;
    }
  if (now.parity != last->parity)
    errors |= FL_LINE_ERROR_PARITY;
  if (now.frame != last->framing)
    errors |= FL_LINE_ERROR_FRAMING;
  if (now.overrun + now.buf_overrun != last->overrun)
    errors |= FL_LINE_ERROR_OVERRUN;
  if (now.brk != last->breaks)
    errors |= FL_LINE_ERROR_BREAK;
  *last = (FlPortErrorCounts){ now.parity, now.frame, now.overrun + now.buf_overrun, now.brk, FALSE };
  return errors;
}

static gboolean
get_low_latency (int fd, struct serial_struct *serial)
{
  memset (serial, 0, sizeof *serial);
  return ioctl (fd, TIOCGSERIAL, serial) == 0;
}

/**
 * fl_port_fd_ask_low_latency:
 * @fd: a tty
 * @changed: (out): whether it was off before, so that fl_port_fd_undo_low_latency() is owed
 *
 * Asks the driver to hand over what comes in at once (ASYNC_LOW_LATENCY, which needs no privilege): an FTDI then keeps
 * a lone ACK for 1 ms rather than for its 16. Many drivers take the flag and forget it, or have none at all: it counts
 * as granted only when it reads back.
 *
 * Returns: whether it is in force
 */
gboolean
fl_port_fd_ask_low_latency (int fd, gboolean *changed)
{
  struct serial_struct serial;

  *changed = FALSE;
  if (!get_low_latency (fd, &serial))
    return FALSE;
  if (serial.flags & ASYNC_LOW_LATENCY)
    return TRUE;
  serial.flags |= ASYNC_LOW_LATENCY;
  if (ioctl (fd, TIOCSSERIAL, &serial) != 0)
    {
      g_debug ("TIOCSSERIAL: %s", g_strerror (errno));
      return FALSE;
    }
  *changed = get_low_latency (fd, &serial) && (serial.flags & ASYNC_LOW_LATENCY) != 0;
  return *changed;
}

/**
 * fl_port_fd_undo_low_latency:
 *
 * Leaves the driver as it was before fl_port_fd_ask_low_latency(): the flag outlives the descriptor.
 */
void
fl_port_fd_undo_low_latency (int fd)
{
  struct serial_struct serial;

  if (!get_low_latency (fd, &serial))
    return; /* unplugged: nothing is left to be put back */
  serial.flags &= ~ASYNC_LOW_LATENCY;
  if (ioctl (fd, TIOCSSERIAL, &serial) != 0)
    g_debug ("TIOCSSERIAL: %s", g_strerror (errno));
}
