/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"

G_DEFINE_QUARK (fl_error, fl_error)

/* One row for each code: its stable name in reports and JSON, and the exit code of the command line (DESIGN.md §5). */
static const struct
{
  const char *name;
  int exit_code;
} codes[] = {
  [FL_ERROR_TIMEOUT] = { "timeout", 4 },
  [FL_ERROR_NACK] = { "nack", 4 },
  [FL_ERROR_PROTOCOL] = { "protocol", 4 },
  [FL_ERROR_NO_ANSWER] = { "no-answer", 3 },
  [FL_ERROR_PORT_MISSING] = { "port-missing", 2 },
  [FL_ERROR_PORT_PERMISSION] = { "port-permission", 2 },
  [FL_ERROR_PORT_BUSY] = { "port-busy", 2 },
  [FL_ERROR_PORT_UNFIT] = { "port-unfit", 2 },
  [FL_ERROR_PORT_GONE] = { "port-gone", 4 },
  [FL_ERROR_PORT_FAILED] = { "port-failed", 2 },
  [FL_ERROR_PROTECTED] = { "protected", 5 },
  [FL_ERROR_ERASE] = { "erase", 4 },
  [FL_ERROR_VERIFY] = { "verify", 6 },
  [FL_ERROR_FORMAT] = { "format", 7 },
  [FL_ERROR_RANGE] = { "range", 8 },
  [FL_ERROR_UNKNOWN_DEVICE] = { "unknown-device", 8 },
  [FL_ERROR_UNSUPPORTED] = { "unsupported", 5 },
  [FL_ERROR_NEEDS_CONSENT] = { "needs-consent", 1 },
  [FL_ERROR_USAGE] = { "usage", 1 },
};
G_STATIC_ASSERT (G_N_ELEMENTS (codes) == FL_N_ERRORS);

/**
 * fl_error_get_code:
 * @error: an error of any domain
 *
 * Returns: a short stable name such as "no-answer", for JSON and reports; "cancelled", "file" or "other" for errors of
 * other domains
 */
const char *
fl_error_get_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == FL_ERROR && error->code >= 0 && error->code < FL_N_ERRORS)
    return codes[error->code].name;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "cancelled";
  if (error->domain == G_FILE_ERROR || error->domain == G_IO_ERROR)
    return "file";
  return "other";
}

/**
 * fl_error_get_exit_code:
 * @error: an error of any domain
 *
 * Returns: the command line's exit code for it, 1 to 9 (DESIGN.md §5)
 */
int
fl_error_get_exit_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, 1);

  if (error->domain == FL_ERROR && error->code >= 0 && error->code < FL_N_ERRORS)
    return codes[error->code].exit_code;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return 9;
  if (error->domain == G_FILE_ERROR || error->domain == G_IO_ERROR)
    return 7;
  return 1;
}

/**
 * fl_error_is_of_port:
 *
 * Returns: whether it is the port that cannot be opened, or failed while it was open
 */
gboolean
fl_error_is_of_port (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);
  return error->domain == FL_ERROR && error->code >= FL_ERROR_PORT_MISSING && error->code <= FL_ERROR_PORT_FAILED;
}

/**
 * fl_error_dup_system_text:
 * @code: an error number of the system's own: errno, on Windows GetLastError()
 *
 * Returns: (transfer full): what the system says of it, in the user's language
 */
char *
fl_error_dup_system_text (int code)
{
#ifdef G_OS_WIN32
  return g_win32_error_message (code);
#else
  return g_strdup (g_strerror (code));
#endif
}
