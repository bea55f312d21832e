/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-transport.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

G_DEFINE_INTERFACE (FlTransport, fl_transport, G_TYPE_OBJECT)

/* AN3155 §1: what the ROM of every part but WB0 and WL3 wants to hear. */
const FlLineSettings fl_line_settings_default = { 115200, 8, FL_PARITY_EVEN, 1 };

static const char parity_letters[] = { [FL_PARITY_NONE] = 'N', [FL_PARITY_EVEN] = 'E', [FL_PARITY_ODD] = 'O' };

static const struct
{
  FlLineErrors error;
  const char *name;
} error_names[] = {
  { FL_LINE_ERROR_PARITY, "parity" },
  { FL_LINE_ERROR_FRAMING, "framing" },
  { FL_LINE_ERROR_OVERRUN, "overrun" },
  { FL_LINE_ERROR_BREAK, "break" },
};

static void
fl_transport_default_init (FlTransportInterface *iface)
{
}

static gint64
fl_transport_deadline (FlTransport *self, guint timeout_ms)
{
  return fl_transport_get_time (self) + (gint64) timeout_ms * 1000;
}

static gboolean
fl_line_settings_are_sane (const FlLineSettings *settings)
{
  return settings != NULL && settings->baud > 0 && settings->data_bits >= 5 && settings->data_bits <= 8
         && settings->parity <= FL_PARITY_ODD && (settings->stop_bits == 1 || settings->stop_bits == 2);
}

/**
 * fl_transport_write:
 * @self: an open transport
 * @data: (array length=length): what to send
 * @length: how many bytes, at least 1
 * @timeout_ms: how long the driver may take to accept all of them, in milliseconds of the transport's clock
 * @cancellable: (nullable): looked at every 100 ms at the latest
 * @error: return location
 *
 * Hands all bytes to the driver. It returns when the driver has them, not when they have left the wire: the caller adds
 * the time on the wire (fl_line_settings_get_bits()) to the deadline of the answer.
 *
 * Errors: %FL_ERROR_TIMEOUT when the driver did not take them all in time (some may have been sent),
 * %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE when all were accepted
 */
gboolean
fl_transport_write (FlTransport *self, const guint8 *data, gsize length, guint timeout_ms, GCancellable *cancellable,
                    GError **error)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (data != NULL && length > 0, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return FL_TRANSPORT_GET_IFACE (self)->write (self, data, length, fl_transport_deadline (self, timeout_ms),
                                               cancellable, error);
}

/* Waits for bytes until @deadline; at most @length. */
static gboolean
fl_transport_read_until (FlTransport *self, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                         GCancellable *cancellable, GError **error)
{
  gsize n = 0;

  if (!FL_TRANSPORT_GET_IFACE (self)->read_some (self, data, length, deadline, &n, cancellable, error))
    return FALSE;
  g_assert (n <= length);
  *n_read = n;
  return TRUE;
}

/**
 * fl_transport_read:
 * @self: an open transport
 * @data: (out caller-allocates) (array length=length): where the bytes go
 * @length: how many to read, at least 1
 * @timeout_ms: how long to wait for all of them, in milliseconds of the transport's clock
 * @n_read: (out) (optional): how many came, also in case of an error
 * @cancellable: (nullable): looked at every 100 ms at the latest
 * @error: return location
 *
 * Waits for exactly @length bytes.
 *
 * Errors: %FL_ERROR_TIMEOUT when fewer came in time (the first *@n_read bytes of @data are those that did),
 * %FL_ERROR_PORT_GONE when the port was unplugged, %FL_ERROR_PORT_FAILED, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE when @data is full
 */
gboolean
fl_transport_read (FlTransport *self, guint8 *data, gsize length, guint timeout_ms, gsize *n_read,
                   GCancellable *cancellable, GError **error)
{
  gsize done = 0;
  gint64 deadline;

  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (data != NULL && length > 0, FALSE);

  if (n_read != NULL)
    *n_read = 0;
  deadline = fl_transport_deadline (self, timeout_ms);
  while (done < length)
    {
      gsize n = 0;

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !fl_transport_read_until (self, data + done, length - done, deadline, &n, cancellable, error))
        return FALSE;
      done += n;
      if (n_read != NULL)
        *n_read = done;
      if (n == 0)
        {
          g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT, _ ("%s: %zu of %zu bytes came within %u ms"),
                       fl_transport_get_name (self), done, length, timeout_ms);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * fl_transport_read_some:
 * @self: an open transport
 * @data: (out caller-allocates) (array length=length): where the bytes go
 * @length: how many to take at most, at least 1
 * @timeout_ms: how long to wait for the first one; 0 takes what is there
 * @n_read: (out): how many came
 * @cancellable: (nullable): looked at every 100 ms at the latest
 * @error: return location
 *
 * Waits for at least one byte and takes what is there. That nothing came is not an error here: %TRUE, *@n_read = 0.
 *
 * Errors: %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %FALSE with an error only
 */
gboolean
fl_transport_read_some (FlTransport *self, guint8 *data, gsize length, guint timeout_ms, gsize *n_read,
                        GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (data != NULL && length > 0, FALSE);
  g_return_val_if_fail (n_read != NULL, FALSE);

  *n_read = 0;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return fl_transport_read_until (self, data, length, fl_transport_deadline (self, timeout_ms), n_read, cancellable,
                                  error);
}

/**
 * fl_transport_set_settings:
 * @self: an open transport
 * @settings: what the line shall be from now on
 * @error: return location
 *
 * Errors: %FL_ERROR_PORT_UNFIT when the port cannot do it (it reads back something else; the message says what),
 * %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED.
 *
 * Returns: whether the settings are in force
 */
gboolean
fl_transport_set_settings (FlTransport *self, const FlLineSettings *settings, GError **error)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (fl_line_settings_are_sane (settings), FALSE);

  return FL_TRANSPORT_GET_IFACE (self)->set_settings (self, settings, error);
}

/**
 * fl_transport_get_settings:
 * @self: a transport
 * @settings: (out caller-allocates): what is in force
 */
void
fl_transport_get_settings (FlTransport *self, FlLineSettings *settings)
{
  g_return_if_fail (FL_IS_TRANSPORT (self));
  g_return_if_fail (settings != NULL);

  FL_TRANSPORT_GET_IFACE (self)->get_settings (self, settings);
}

/**
 * fl_transport_set_lines:
 * @self: an open transport
 * @mask: which outputs to drive: %FL_LINE_DTR, %FL_LINE_RTS or both
 * @lines: the levels: a bit that is set asserts the line (LOW on the pin of a TTL adapter)
 * @error: return location
 *
 * Both lines change at once where the driver can do that; where it cannot, DTR changes first.
 *
 * Errors: %FL_ERROR_UNSUPPORTED when the port has no modem lines (a pty), %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED.
 *
 * Returns: whether the lines were driven
 */
gboolean
fl_transport_set_lines (FlTransport *self, FlLines mask, FlLines lines, GError **error)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (mask != 0 && (mask & ~(FL_LINE_DTR | FL_LINE_RTS)) == 0, FALSE);

  return FL_TRANSPORT_GET_IFACE (self)->set_lines (self, mask, lines & mask, error);
}

/**
 * fl_transport_get_lines:
 * @self: an open transport
 * @lines: (out): the outputs as last driven, the inputs as they are now
 * @error: return location
 *
 * Errors: %FL_ERROR_UNSUPPORTED when the port has no modem lines, %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED.
 *
 * Returns: whether *@lines was set
 */
gboolean
fl_transport_get_lines (FlTransport *self, FlLines *lines, GError **error)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (lines != NULL, FALSE);

  if (FL_TRANSPORT_GET_IFACE (self)->get_lines == NULL)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, _ ("%s has no modem lines"), fl_transport_get_name (self));
      return FALSE;
    }
  return FL_TRANSPORT_GET_IFACE (self)->get_lines (self, lines, error);
}

/**
 * fl_transport_discard:
 * @self: an open transport
 * @error: return location
 *
 * Throws away what came in and was not read yet, and the errors that were noted with it.
 *
 * Errors: %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED.
 *
 * Returns: whether that was done
 */
gboolean
fl_transport_discard (FlTransport *self, GError **error)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);

  return FL_TRANSPORT_GET_IFACE (self)->discard (self, error);
}

/**
 * fl_transport_take_errors:
 * @self: a transport
 *
 * Returns: what was wrong with bytes that came in since the last call; 0 also where the port cannot tell
 */
FlLineErrors
fl_transport_take_errors (FlTransport *self)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), 0);

  if (FL_TRANSPORT_GET_IFACE (self)->take_errors == NULL)
    return 0;
  return FL_TRANSPORT_GET_IFACE (self)->take_errors (self);
}

/**
 * fl_transport_is_low_latency:
 * @self: a transport
 *
 * Returns: whether the driver was asked to hand over at once what comes in, and does; %FALSE where nobody can tell
 */
gboolean
fl_transport_is_low_latency (FlTransport *self)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);

  return FL_TRANSPORT_GET_IFACE (self)->is_low_latency != NULL && FL_TRANSPORT_GET_IFACE (self)->is_low_latency (self);
}

/**
 * fl_transport_get_time:
 * @self: a transport
 *
 * Returns: microseconds on the transport's own clock, which never goes back; only differences mean something
 */
gint64
fl_transport_get_time (FlTransport *self)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), 0);

  return FL_TRANSPORT_GET_IFACE (self)->get_time (self);
}

/**
 * fl_transport_sleep:
 * @self: a transport
 * @ms: milliseconds of the transport's clock
 * @cancellable: (nullable): looked at every 100 ms at the latest
 * @error: return location
 *
 * Lets time pass; what comes in meanwhile waits to be read.
 *
 * Errors: %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether the whole time has passed
 */
gboolean
fl_transport_sleep (FlTransport *self, guint ms, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return FL_TRANSPORT_GET_IFACE (self)->wait (self, fl_transport_deadline (self, ms), cancellable, error);
}

/**
 * fl_transport_get_name:
 * @self: a transport
 *
 * Returns: (transfer none): what to call it in messages, such as "/dev/ttyUSB0"
 */
const char *
fl_transport_get_name (FlTransport *self)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (self), NULL);

  return FL_TRANSPORT_GET_IFACE (self)->get_name (self);
}

/**
 * fl_transport_close:
 * @self: a transport
 *
 * Gives the port back; what is not sent yet is lost. Nothing happens when it is closed already. The last reference
 * closes it as well.
 */
void
fl_transport_close (FlTransport *self)
{
  g_return_if_fail (FL_IS_TRANSPORT (self));

  FL_TRANSPORT_GET_IFACE (self)->close (self);
}

/**
 * fl_line_settings_get_bits:
 * @settings: line settings
 *
 * Returns: how many bit times one byte takes on the wire, start, parity and stop bits included: 11 at 8E1
 */
guint
fl_line_settings_get_bits (const FlLineSettings *settings)
{
  g_return_val_if_fail (settings != NULL, 0);

  return 1u + settings->data_bits + (settings->parity != FL_PARITY_NONE ? 1u : 0u) + settings->stop_bits;
}

/**
 * fl_line_settings_to_string:
 * @settings: line settings
 *
 * Returns: (transfer full): text such as "115200 8E1"
 */
char *
fl_line_settings_to_string (const FlLineSettings *settings)
{
  g_return_val_if_fail (fl_line_settings_are_sane (settings), NULL);

  return g_strdup_printf ("%u %u%c%u", settings->baud, settings->data_bits, parity_letters[settings->parity],
                          settings->stop_bits);
}

/**
 * fl_line_settings_from_string:
 * @text: such as "115200 8E1"
 * @settings: (out caller-allocates): what it says; untouched when it says nothing
 *
 * The counterpart of fl_line_settings_to_string().
 *
 * Returns: whether @text was of that form
 */
gboolean
fl_line_settings_from_string (const char *text, FlLineSettings *settings)
{
  FlLineSettings found = { 0 };
  guint64 baud;
  char *end;

  g_return_val_if_fail (text != NULL && settings != NULL, FALSE);

  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  baud = g_ascii_strtoull (text, &end, 10);
  if (baud == 0 || baud > G_MAXINT || end[0] != ' ' || strlen (end) != 4 || !g_ascii_isdigit (end[1])
      || !g_ascii_isdigit (end[3]))
    return FALSE;
  found.baud = (guint) baud;
  found.data_bits = (guint8) (end[1] - '0');
  found.stop_bits = (guint8) (end[3] - '0');
  for (guint i = 0; i < G_N_ELEMENTS (parity_letters); i++)
    if (end[2] == parity_letters[i])
      {
        found.parity = (FlParity) i;
        if (!fl_line_settings_are_sane (&found))
          return FALSE;
        *settings = found;
        return TRUE;
      }
  return FALSE;
}

/**
 * fl_line_errors_to_string:
 * @errors: what was wrong with received bytes
 *
 * Returns: (transfer full): the stable English names, as they stand in a trace: "parity framing"; "" for none
 */
char *
fl_line_errors_to_string (FlLineErrors errors)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (error_names); i++)
    if (errors & error_names[i].error)
      g_string_append_printf (text, text->len > 0 ? " %s" : "%s", error_names[i].name);
  return g_string_free (text, FALSE);
}

/**
 * fl_line_errors_from_name:
 * @name: one of the names that fl_line_errors_to_string() gives
 *
 * Returns: its bit; 0 for another name
 */
FlLineErrors
fl_line_errors_from_name (const char *name)
{
  g_return_val_if_fail (name != NULL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (error_names); i++)
    if (g_str_equal (name, error_names[i].name))
      return error_names[i].error;
  return 0;
}
