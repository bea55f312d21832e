/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-port-errors.h"

#include <glib/gi18n-lib.h>
#include <windows.h>

#include "fl-error.h"
#include "fl-port-system.h"

#ifndef ERROR_NO_SUCH_DEVICE /* not in mingw-w64's headers of Debian 12 */
#define ERROR_NO_SUCH_DEVICE 433
#endif

static char *
explain_missing (const char *path)
{
  char *others = fl_port_errors_dup_others (path);

  if (others != NULL)
    return others;
  return g_strdup_printf (_ ("There is no port %s, nor any other: plug the adapter in, see whether its cable carries "
                             "data, and whether the Device Manager shows it without a warning sign (its driver)"),
                          path);
}

/* Windows refuses a port that is in use, and one that a user may not use, with the same number; and some drivers one
 * that has just been unplugged. What is there, anybody may ask. A port that is in use is refused whatever it is wanted
 * for; so one that may be looked at, though not read or written, is forbidden. Where even looking is refused nothing
 * tells, and being in use is by far the likelier. */
static FlError
why_denied (const char *path)
{
  g_autofree char *name = fl_port_system_dup_name (path);
  g_autofree char *device = g_strconcat ("\\\\.\\", name, NULL);
  char target[MAX_PATH];
  HANDLE handle;

  if (QueryDosDeviceA (name, target, sizeof target) == 0 && GetLastError () == ERROR_FILE_NOT_FOUND)
    return FL_ERROR_PORT_MISSING;
  handle = CreateFileA (device, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  if (handle == INVALID_HANDLE_VALUE)
    return FL_ERROR_PORT_BUSY;
  CloseHandle (handle);
  return FL_ERROR_PORT_PERMISSION;
}

/* Of a port that is in use Windows names nobody: only the programs of its own user would let themselves be asked which
 * ports they have, and asking one about a port on which it waits may never end. */
char *
fl_port_errors_dup_holder (const char *path)
{
  return NULL;
}

static char *
explain_busy (const char *path)
{
  return g_strdup_printf (
      _ ("%s is in use by another program, which Windows does not name: close terminal programs, IDEs and other flash "
         "tools, or unplug the adapter and plug it in again. If none is open, this Windows account may not use the "
         "port"),
      path);
}

/**
 * fl_port_errors_set_open:
 * @error: (nullable): return location
 * @path: the port that was to be opened
 * @code: GetLastError() of the attempt
 *
 * Tells apart why a port cannot be opened, and says what to do. May list the ports that exist: blocks for some
 * milliseconds.
 */
void
fl_port_errors_set_open (GError **error, const char *path, int code)
{
  g_autofree char *message = NULL;
  g_autofree char *reason = NULL;
  FlError kind;

  if (error == NULL)
    return;
  switch (code)
    {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_NO_SUCH_DEVICE:
    case ERROR_DEVICE_NOT_CONNECTED:
    case ERROR_DEV_NOT_EXIST:
      kind = FL_ERROR_PORT_MISSING;
      break;
    case ERROR_ACCESS_DENIED:
      kind = why_denied (path);
      break;
    case ERROR_SHARING_VIOLATION:
    case ERROR_BUSY:
      kind = FL_ERROR_PORT_BUSY;
      break;
    case ERROR_PRIVILEGE_NOT_HELD:
    case ERROR_NETWORK_ACCESS_DENIED:
      kind = FL_ERROR_PORT_PERMISSION;
      break;
    case ERROR_INVALID_FUNCTION:
    case ERROR_INVALID_PARAMETER:
    case ERROR_NOT_SUPPORTED:
      kind = FL_ERROR_PORT_UNFIT;
      break;
    default:
      kind = FL_ERROR_PORT_FAILED;
    }
  switch (kind)
    {
    case FL_ERROR_PORT_MISSING:
      message = explain_missing (path);
      break;
    case FL_ERROR_PORT_BUSY:
      message = explain_busy (path);
      break;
    case FL_ERROR_PORT_PERMISSION:
      message =
          g_strdup_printf (_ ("This Windows account may not open %s. Ask whoever administers this computer"), path);
      break;
    case FL_ERROR_PORT_UNFIT:
      message = g_strdup_printf (_ ("%s is not a serial port"), path);
      break;
    default:
      reason = fl_error_dup_system_text (code);
      message = g_strdup_printf (_ ("%s cannot be opened: %s"), path, reason);
    }
  g_set_error_literal (error, FL_ERROR, kind, message);
}

/**
 * fl_port_errors_set_io:
 * @error: (nullable): return location
 * @path: the port
 * @doing: what failed, for the message; translated
 * @code: GetLastError() of the attempt
 *
 * Tells an unplugged port from another failure. Drivers of USB adapters say it in many ways.
 */
void
fl_port_errors_set_io (GError **error, const char *path, const char *doing, int code)
{
  g_autofree char *reason = fl_error_dup_system_text (code);

  switch (code)
    {
    case ERROR_ACCESS_DENIED: /* usbser.sys, FTDI */
    case ERROR_INVALID_HANDLE:
    case ERROR_BAD_COMMAND: /* CP210x, serial.sys */
    case ERROR_GEN_FAILURE: /* PL2303 */
    case ERROR_FILE_NOT_FOUND:
    case ERROR_DEV_NOT_EXIST:
    case ERROR_NO_SUCH_DEVICE:
    case ERROR_DEVICE_NOT_CONNECTED:
    case ERROR_DEVICE_REMOVED:
    case ERROR_OPERATION_ABORTED: /* the driver cancels what is pending when the device goes */
    case ERROR_IO_DEVICE:
    case ERROR_NOT_READY: /* Wine, when the other end hangs up */
      g_set_error (error, FL_ERROR, FL_ERROR_PORT_GONE,
                   _ ("%s was unplugged while it was in use (%s: %s). Plug it in again"), path, doing, reason);
      break;
    default:
      g_set_error (error, FL_ERROR, FL_ERROR_PORT_FAILED, "%s: %s: %s", path, doing, reason);
    }
}
