/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-listen-transport.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-bytes.h"
#include "fl-error.h"

#define ADAPTER_MS  100 /* that an adapter may keep what comes back, beyond the time on the wire */
#define SHOWN_BYTES 8   /* of each side in a message */

struct _FlListenTransport
{
  GObject parent_instance;

  FlTransport *inner;
};

static void fl_listen_transport_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlListenTransport, fl_listen_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, fl_listen_transport_iface_init))

/**
 * fl_listen_transport_new:
 * @inner: an open transport
 *
 * Returns: (transfer full): a transport that takes back what it sends; writing fails with %FL_ERROR_TIMEOUT when it
 * does not come back, and with %FL_ERROR_PROTOCOL when it comes back damaged
 */
FlTransport *
fl_listen_transport_new (FlTransport *inner)
{
  FlListenTransport *self;

  g_return_val_if_fail (FL_IS_TRANSPORT (inner), NULL);

  self = g_object_new (FL_TYPE_LISTEN_TRANSPORT, NULL);
  self->inner = g_object_ref (inner);
  return FL_TRANSPORT (self);
}

static gboolean
fl_listen_transport_compare (FlListenTransport *self, const guint8 *sent, const guint8 *back, gsize length, gsize n,
                             GError **error)
{
  g_autofree char *sent_text = NULL;
  g_autofree char *back_text = NULL;

  if (n == length && memcmp (sent, back, length) == 0)
    return TRUE;
  if (n == 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT,
                   _ ("Nothing of what was sent came back on %s: this line has no echo. Leave the echo mode off"),
                   fl_transport_get_name (self->inner));
      return FALSE;
    }
  sent_text = fl_bytes_to_hex (sent, length, SHOWN_BYTES);
  back_text = fl_bytes_to_hex (back, n, SHOWN_BYTES);
  g_set_error (error, FL_ERROR, FL_ERROR_PROTOCOL,
               _ ("What came back on %s is not what was sent: sent %s, came %s. Look for another device on this line"),
               fl_transport_get_name (self->inner), sent_text, back_text);
  return FALSE;
}

static gboolean
fl_listen_transport_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline,
                           GCancellable *cancellable, GError **error)
{
  FlListenTransport *self = FL_LISTEN_TRANSPORT (transport);
  g_autofree guint8 *back = g_malloc (length);
  FlLineSettings settings;
  g_autoptr (GError) problem = NULL;
  guint wire_ms;
  gsize n;

  if (!FL_TRANSPORT_GET_IFACE (self->inner)->write (self->inner, data, length, deadline, cancellable, error))
    return FALSE;
  fl_transport_get_settings (self->inner, &settings);
  wire_ms = (guint) (length * fl_line_settings_get_bits (&settings) * 1000 / MAX (settings.baud, 1));
  if (!fl_transport_read (self->inner, back, length, wire_ms + ADAPTER_MS, &n, cancellable, &problem)
      && !g_error_matches (problem, FL_ERROR, FL_ERROR_TIMEOUT))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  return fl_listen_transport_compare (self, data, back, length, n, error);
}

static gboolean
fl_listen_transport_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                               GCancellable *cancellable, GError **error)
{
  FlTransport *inner = FL_LISTEN_TRANSPORT (transport)->inner;

  return FL_TRANSPORT_GET_IFACE (inner)->read_some (inner, data, length, deadline, n_read, cancellable, error);
}

static gboolean
fl_listen_transport_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  return fl_transport_set_settings (FL_LISTEN_TRANSPORT (transport)->inner, settings, error);
}

static void
fl_listen_transport_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  fl_transport_get_settings (FL_LISTEN_TRANSPORT (transport)->inner, settings);
}

static gboolean
fl_listen_transport_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  return fl_transport_set_lines (FL_LISTEN_TRANSPORT (transport)->inner, mask, lines, error);
}

static gboolean
fl_listen_transport_get_lines (FlTransport *transport, FlLines *lines, GError **error)
{
  return fl_transport_get_lines (FL_LISTEN_TRANSPORT (transport)->inner, lines, error);
}

static gboolean
fl_listen_transport_discard (FlTransport *transport, GError **error)
{
  return fl_transport_discard (FL_LISTEN_TRANSPORT (transport)->inner, error);
}

static FlLineErrors
fl_listen_transport_take_errors (FlTransport *transport)
{
  return fl_transport_take_errors (FL_LISTEN_TRANSPORT (transport)->inner);
}

static gboolean
fl_listen_transport_is_low_latency (FlTransport *transport)
{
  return fl_transport_is_low_latency (FL_LISTEN_TRANSPORT (transport)->inner);
}

static gint64
fl_listen_transport_get_time (FlTransport *transport)
{
  return fl_transport_get_time (FL_LISTEN_TRANSPORT (transport)->inner);
}

static gboolean
fl_listen_transport_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  FlTransport *inner = FL_LISTEN_TRANSPORT (transport)->inner;

  return FL_TRANSPORT_GET_IFACE (inner)->wait (inner, until, cancellable, error);
}

static const char *
fl_listen_transport_get_name (FlTransport *transport)
{
  return fl_transport_get_name (FL_LISTEN_TRANSPORT (transport)->inner);
}

static void
fl_listen_transport_close (FlTransport *transport)
{
  fl_transport_close (FL_LISTEN_TRANSPORT (transport)->inner);
}

static void
fl_listen_transport_finalize (GObject *object)
{
  g_object_unref (FL_LISTEN_TRANSPORT (object)->inner);
  G_OBJECT_CLASS (fl_listen_transport_parent_class)->finalize (object);
}

static void
fl_listen_transport_iface_init (FlTransportInterface *iface)
{
  iface->write = fl_listen_transport_write;
  iface->read_some = fl_listen_transport_read_some;
  iface->set_settings = fl_listen_transport_set_settings;
  iface->get_settings = fl_listen_transport_get_settings;
  iface->set_lines = fl_listen_transport_set_lines;
  iface->get_lines = fl_listen_transport_get_lines;
  iface->discard = fl_listen_transport_discard;
  iface->take_errors = fl_listen_transport_take_errors;
  iface->is_low_latency = fl_listen_transport_is_low_latency;
  iface->get_time = fl_listen_transport_get_time;
  iface->wait = fl_listen_transport_wait;
  iface->get_name = fl_listen_transport_get_name;
  iface->close = fl_listen_transport_close;
}

static void
fl_listen_transport_class_init (FlListenTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_listen_transport_finalize;
}

static void
fl_listen_transport_init (FlListenTransport *self)
{
}
