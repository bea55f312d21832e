/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-transport.h"

#include "fl-serial-transport.h"
#ifdef G_OS_UNIX
#include <errno.h>
#include <stdlib.h>

#include "fl-port-errors.h"
#include "fl-tty-transport.h"
#endif

static GMutex schemes_lock;
static GHashTable *schemes; /* name → FlTransportOpenFunc; guarded by schemes_lock */

/**
 * fl_transport_register_scheme:
 * @scheme: what stands before the colon: letters, digits and "-", two or more characters
 * @open: opens such a transport; it gets the whole name, scheme and colon included
 *
 * Makes fl_transport_open() understand "SCHEME:…". A scheme that is registered again is replaced. From any thread.
 */
void
fl_transport_register_scheme (const char *scheme, FlTransportOpenFunc open)
{
  g_return_if_fail (scheme != NULL && strlen (scheme) >= 2 && strchr (scheme, ':') == NULL);
  g_return_if_fail (open != NULL);

  g_mutex_lock (&schemes_lock);
  if (schemes == NULL)
    schemes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_replace (schemes, g_strdup (scheme), (gpointer) open);
  g_mutex_unlock (&schemes_lock);
}

/* NULL when @name begins with no registered scheme. A path may contain colons: /dev/serial/by-path/pci-0000:00:14.0… */
static FlTransportOpenFunc
find_scheme (const char *name)
{
  const char *colon = strchr (name, ':');
  FlTransportOpenFunc open = NULL;

  if (colon != NULL)
    {
      g_autofree char *scheme = g_strndup (name, (gsize) (colon - name));

      g_mutex_lock (&schemes_lock);
      if (schemes != NULL)
        open = (FlTransportOpenFunc) g_hash_table_lookup (schemes, scheme);
      g_mutex_unlock (&schemes_lock);
    }
  return open;
}

/**
 * fl_transport_dup_label:
 * @name: what fl_transport_open() takes
 *
 * Returns: (transfer full): what to call it in a sentence: as it is, but without the options of a scheme's name:
 * "sim:0x467" for "sim:0x467,flash=256"
 */
char *
fl_transport_dup_label (const char *name)
{
  const char *comma = find_scheme (name) != NULL ? strchr (name, ',') : NULL;

  return comma != NULL ? g_strndup (name, (gsize) (comma - name)) : g_strdup (name);
}

#ifdef G_OS_WIN32
/* "COM10" for "com10", "\\\\.\\COM10" and "COM10:", which all name it. */
static char *
dup_com_name (const char *name)
{
  g_autofree char *upper = g_ascii_strup (g_str_has_prefix (name, "\\\\.\\") ? name + 4 : name, -1);

  if (g_str_has_prefix (upper, "COM") && g_str_has_suffix (upper, ":"))
    upper[strlen (upper) - 1] = '\0';
  return g_strdup (g_str_has_prefix (upper, "COM") ? upper : name);
}
#endif

/* A path, where libserialport may need to be told another name of it, or may not know it at all. */
static FlTransport *
open_port (const char *name, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
#ifdef G_OS_UNIX
  g_autofree char *path = strchr (name, '/') != NULL ? g_strdup (name) : g_build_filename ("/dev", name, NULL);

  /* Only a name that libserialport does not know is resolved: a link to a port, such as /dev/serial/by-id/… */
  if (!fl_serial_transport_knows (path))
    {
      char *resolved = realpath (path, NULL); /* of malloc() */

      if (resolved == NULL)
        {
          fl_port_errors_set_open (error, path, errno);
          return NULL;
        }
      g_free (path);
      path = g_strdup (resolved);
      free (resolved);
      if (!fl_serial_transport_knows (path))
        return fl_tty_transport_open (path, settings, cancellable, error);
    }
  return fl_serial_transport_open (path, settings, cancellable, error);
#else
  g_autofree char *port = dup_com_name (name);

  return fl_serial_transport_open (port, settings, cancellable, error);
#endif
}

/**
 * fl_transport_open:
 * @name: a port as a user names it: a device path, a link to one, a pty, "COM3", or "SCHEME:…"
 * @settings: (nullable): the line settings to begin with; %NULL for #fl_line_settings_default
 * @cancellable: (nullable): looked at before anything is opened
 * @error: return location
 *
 * Errors: %FL_ERROR_PORT_MISSING, %FL_ERROR_PORT_PERMISSION, %FL_ERROR_PORT_BUSY, %FL_ERROR_PORT_UNFIT,
 * %FL_ERROR_PORT_FAILED, %G_IO_ERROR_CANCELLED, and what a scheme's function reports.
 *
 * Returns: (transfer full): the open transport, or %NULL
 */
FlTransport *
fl_transport_open (const char *name, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  FlTransportOpenFunc open;

  g_return_val_if_fail (name != NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (settings == NULL)
    settings = &fl_line_settings_default;
  open = find_scheme (name);
  if (open != NULL)
    return open (name, settings, cancellable, error);
  return open_port (name, settings, cancellable, error);
}
