/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FlError:
 * @FL_ERROR_TIMEOUT: nothing, or too little, came from the chip in time
 * @FL_ERROR_NACK: the chip refused a command (byte 0x1F)
 * @FL_ERROR_PROTOCOL: the chip sent something that the protocol does not allow here
 * @FL_ERROR_NO_ANSWER: no bootloader answered the synchronisation byte 0x7F
 * @FL_ERROR_PORT_MISSING: there is no such port
 * @FL_ERROR_PORT_PERMISSION: the user may not open the port
 * @FL_ERROR_PORT_BUSY: another program has the port open
 * @FL_ERROR_PORT_UNFIT: the port cannot do what is asked of it (parity, baud rate)
 * @FL_ERROR_PORT_GONE: the port was unplugged while it was in use
 * @FL_ERROR_PORT_FAILED: the operating system reported another failure of the port
 * @FL_ERROR_PROTECTED: the chip's readout or write protection forbids it
 * @FL_ERROR_ERASE: flash is not blank after it was erased
 * @FL_ERROR_VERIFY: what was read back is not what the file holds
 * @FL_ERROR_FORMAT: a file is damaged or not of the format that it claims to be
 * @FL_ERROR_RANGE: data or an address lies outside the chip's flash, or does not fit into it
 * @FL_ERROR_UNKNOWN_DEVICE: the chip is not in the database, and what is asked needs to know it
 * @FL_ERROR_UNSUPPORTED: this bootloader or chip cannot do what is asked
 * @FL_ERROR_NEEDS_CONSENT: more would be lost than was asked for, and nobody agreed to it
 * @FL_ERROR_USAGE: the request itself is wrong (a bad argument)
 *
 * What a caller can tell apart and act on; one code for each different advice to the user, not for each place.
 * Files that cannot be read or written are reported as %G_FILE_ERROR or %G_IO_ERROR, cancelling as
 * %G_IO_ERROR_CANCELLED.
 */
typedef enum
{
  FL_ERROR_TIMEOUT,
  FL_ERROR_NACK,
  FL_ERROR_PROTOCOL,
  FL_ERROR_NO_ANSWER,
  FL_ERROR_PORT_MISSING,
  FL_ERROR_PORT_PERMISSION,
  FL_ERROR_PORT_BUSY,
  FL_ERROR_PORT_UNFIT,
  FL_ERROR_PORT_GONE,
  FL_ERROR_PORT_FAILED,
  FL_ERROR_PROTECTED,
  FL_ERROR_ERASE,
  FL_ERROR_VERIFY,
  FL_ERROR_FORMAT,
  FL_ERROR_RANGE,
  FL_ERROR_UNKNOWN_DEVICE,
  FL_ERROR_UNSUPPORTED,
  FL_ERROR_NEEDS_CONSENT,
  FL_ERROR_USAGE,
  FL_N_ERRORS,
} FlError;

#define FL_ERROR (fl_error_quark ())

GQuark      fl_error_quark        (void);
const char *fl_error_get_code     (const GError *error);
int         fl_error_get_exit_code (const GError *error);
gboolean    fl_error_is_of_port    (const GError *error);
char       *fl_error_dup_system_text (int code);

G_END_DECLS
