/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-serial-transport.h"

#include <glib/gi18n-lib.h>
#include <libserialport.h>

#include "fl-error.h"
#include "fl-port-errors.h"
#include "fl-port-handle.h"
#include "fl-transport-private.h"

#define MAX_CLOSE_WAIT_MS 500

typedef struct sp_port_config SpConfig;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpConfig, sp_free_config)

struct _FlSerialTransport
{
  GObject parent_instance;

  FlThreadOwner owner; /* one thread at a time; it alone touches what follows */
  char *path;
  struct sp_port *port; /* NULL: closed */
  struct sp_event_set *readable;
  struct sp_event_set *writable;
  FlLineSettings settings;
  FlLines outputs;      /* DTR and RTS as last driven */
  FlPortHandle *handle; /* NULL: closed */
};

static void fl_serial_transport_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlSerialTransport, fl_serial_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, fl_serial_transport_iface_init))

static const enum sp_parity parities[] = {
  [FL_PARITY_NONE] = SP_PARITY_NONE,
  [FL_PARITY_EVEN] = SP_PARITY_EVEN,
  [FL_PARITY_ODD] = SP_PARITY_ODD,
};

/* To be called at once after a function of libserialport has failed: it reads errno. */
static gboolean
fl_serial_transport_fail (FlSerialTransport *self, const char *doing, GError **error)
{
  fl_port_errors_set_io (error, self->path, doing, sp_last_error_code ());
  return FALSE;
}

static gboolean
fl_serial_transport_check_present (FlSerialTransport *self, GError **error)
{
  if (fl_port_handle_is_present (self->handle))
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_PORT_GONE, _ ("%s was unplugged while it was in use. Plug it in again"),
               self->path);
  return FALSE;
}

/* Sleeps until the event comes, but no longer than a slice. */
static gboolean
fl_serial_transport_wait_event (FlSerialTransport *self, struct sp_event_set *event, gint64 deadline,
                                GCancellable *cancellable, GError **error)
{
  gint64 begin = g_get_monotonic_time ();

  /* The slice is never 0: to libserialport that means "for ever". */
  if (sp_wait (event, (guint) fl_transport_slice (begin, deadline)) < 0)
    return fl_serial_transport_fail (self, _ ("waiting"), error);
  if (!fl_serial_transport_check_present (self, error))
    return FALSE;
  if (g_get_monotonic_time () - begin < 200)
    g_usleep (200); /* a driver that says "ready" and has nothing must not make this thread spin */
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
fl_serial_transport_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline,
                           GCancellable *cancellable, GError **error)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);
  gsize done = 0;

  if (self->port == NULL)
    return fl_transport_fail_closed (self->path, error);
  for (;;)
    {
      int n = fl_port_handle_write (self->handle, data + done, length - done);

      if (n < 0)
        return fl_serial_transport_fail (self, _ ("sending"), error);
      done += (gsize) n;
      if (done == length)
        return TRUE;
      if (g_get_monotonic_time () >= deadline)
        return fl_serial_transport_check_present (self, error)
               && fl_transport_fail_stuck (self->path, done, length, error);
      if (!fl_serial_transport_wait_event (self, self->writable, deadline, cancellable, error))
        return FALSE;
    }
}

static gboolean
fl_serial_transport_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                               GCancellable *cancellable, GError **error)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->port == NULL)
    return fl_transport_fail_closed (self->path, error);
  for (;;)
    {
      /* First the clock, then the bytes: this process may be stopped in between, and they were there in time. */
      gint64 now = g_get_monotonic_time ();
      int n = fl_port_handle_read (self->handle, data, length);

      if (n < 0)
        return fl_serial_transport_fail (self, _ ("receiving"), error);
      *n_read = (gsize) n;
      if (n > 0)
        return TRUE;
      if (now >= deadline)
        return fl_serial_transport_check_present (self, error);
      if (!fl_serial_transport_wait_event (self, self->readable, deadline, cancellable, error))
        return FALSE;
    }
}

static gboolean
fl_serial_transport_read_back (FlSerialTransport *self, FlLineSettings *got, GError **error)
{
  g_autoptr (SpConfig) config = NULL;
  enum sp_parity parity = SP_PARITY_INVALID;
  int baud = 0;
  int bits = 0;
  int stop_bits = 0;

  if (sp_new_config (&config) < 0 || sp_get_config (self->port, config) < 0)
    return fl_serial_transport_fail (self, _ ("line settings"), error);
  sp_get_config_baudrate (config, &baud);
  sp_get_config_bits (config, &bits);
  sp_get_config_parity (config, &parity);
  sp_get_config_stopbits (config, &stop_bits);
  got->baud = (guint) MAX (baud, 0);
  got->data_bits = (guint8) MAX (bits, 0);
  got->stop_bits = (guint8) MAX (stop_bits, 0);
  /* A driver that dropped the parity bit leaves a mixture that libserialport cannot name: that is none. */
  got->parity = parity == SP_PARITY_EVEN ? FL_PARITY_EVEN : parity == SP_PARITY_ODD ? FL_PARITY_ODD : FL_PARITY_NONE;
  return TRUE;
}

/* Every field is set, so that nothing is left over from another program: no flow control of any kind, DTR and RTS plain
 * outputs that keep their levels. */
static gboolean
fl_serial_transport_apply (FlSerialTransport *self, const FlLineSettings *settings, GError **error)
{
  g_autoptr (SpConfig) config = NULL;
  FlLineSettings got = { 0 };

  if (sp_new_config (&config) < 0)
    return fl_serial_transport_fail (self, _ ("line settings"), error);
  sp_set_config_baudrate (config, (int) settings->baud);
  sp_set_config_bits (config, settings->data_bits);
  sp_set_config_parity (config, parities[settings->parity]);
  sp_set_config_stopbits (config, settings->stop_bits);
  sp_set_config_dtr (config, (self->outputs & FL_LINE_DTR) ? SP_DTR_ON : SP_DTR_OFF);
  sp_set_config_rts (config, (self->outputs & FL_LINE_RTS) ? SP_RTS_ON : SP_RTS_OFF);
  sp_set_config_cts (config, SP_CTS_IGNORE);
  sp_set_config_dsr (config, SP_DSR_IGNORE);
  sp_set_config_xon_xoff (config, SP_XONXOFF_DISABLED);
  if (sp_set_config (self->port, config) < 0 || !fl_port_handle_tune (self->handle, settings))
    {
      int code = sp_last_error_code ();
      g_autofree char *reason = fl_error_dup_system_text (code);
      g_autofree char *text = fl_line_settings_to_string (settings);

      if (!fl_serial_transport_check_present (self, error))
        return FALSE;
      g_set_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT, _ ("%s cannot do %s: %s. Choose another speed or adapter"),
                   self->path, text, reason);
      return FALSE;
    }
  if (!fl_serial_transport_read_back (self, &got, error)
      || !fl_transport_check_settings (self->path, settings, &got, error))
    return FALSE;
  self->settings = *settings;
  return TRUE;
}

static gboolean
fl_serial_transport_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->port == NULL)
    return fl_transport_fail_closed (self->path, error);
  return fl_serial_transport_apply (self, settings, error);
}

static void
fl_serial_transport_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  *settings = FL_SERIAL_TRANSPORT (transport)->settings;
}

static gboolean
fl_serial_transport_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->port == NULL)
    return fl_transport_fail_closed (self->path, error);
  if (!fl_port_handle_set_lines (self->handle, self->path, mask, lines, error))
    return FALSE;
  self->outputs = (self->outputs & ~mask) | (lines & mask);
  return TRUE;
}

static gboolean
fl_serial_transport_get_lines (FlTransport *transport, FlLines *lines, GError **error)
{
  static const struct
  {
    enum sp_signal signal;
    FlLines line;
  } inputs[] = {
    { SP_SIG_CTS, FL_LINE_CTS }, { SP_SIG_DSR, FL_LINE_DSR }, { SP_SIG_DCD, FL_LINE_DCD }, { SP_SIG_RI, FL_LINE_RI }
  };
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);
  enum sp_signal signals;

  if (self->port == NULL)
    return fl_transport_fail_closed (self->path, error);
  if (sp_get_signals (self->port, &signals) < 0)
    return fl_serial_transport_fail (self, _ ("modem lines"), error);
  *lines = self->outputs;
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    if (signals & inputs[i].signal)
      *lines |= inputs[i].line;
  return TRUE;
}

static FlLineErrors
fl_serial_transport_take_errors (FlTransport *transport)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  return self->port != NULL ? fl_port_handle_take_errors (self->handle) : 0;
}

static gboolean
fl_serial_transport_is_low_latency (FlTransport *transport)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  return self->port != NULL && fl_port_handle_is_low_latency (self->handle);
}

static gboolean
fl_serial_transport_discard (FlTransport *transport, GError **error)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->port == NULL)
    return fl_transport_fail_closed (self->path, error);
  if (sp_flush (self->port, SP_BUF_INPUT) < 0)
    return fl_serial_transport_fail (self, _ ("discarding"), error);
  fl_port_handle_take_errors (self->handle);
  return TRUE;
}

static gint64
fl_serial_transport_get_time (FlTransport *transport)
{
  return g_get_monotonic_time ();
}

static gboolean
fl_serial_transport_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  return fl_transport_wait_really (until, cancellable, error);
}

static const char *
fl_serial_transport_get_name (FlTransport *transport)
{
  return FL_SERIAL_TRANSPORT (transport)->path;
}

/* The last bytes may leave, but a dead adapter must not hold up the closing: the kernel would wait 30 s. */
static void
fl_serial_transport_flush_output (FlSerialTransport *self)
{
  gint64 deadline = g_get_monotonic_time () + MAX_CLOSE_WAIT_MS * 1000;

  while (sp_output_waiting (self->port) > 0)
    {
      if (g_get_monotonic_time () >= deadline)
        {
          sp_flush (self->port, SP_BUF_OUTPUT);
          return;
        }
      g_usleep (2000);
    }
}

static void
fl_serial_transport_close (FlTransport *transport)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  g_clear_pointer (&self->readable, sp_free_event_set);
  g_clear_pointer (&self->writable, sp_free_event_set);
  if (self->port != NULL)
    {
      fl_serial_transport_flush_output (self);
      self->port = NULL; /* which goes with the handle */
    }
  g_clear_pointer (&self->handle, fl_port_handle_release);
}

static void
fl_serial_transport_finalize (GObject *object)
{
  FlSerialTransport *self = FL_SERIAL_TRANSPORT (object);

  fl_serial_transport_close (FL_TRANSPORT (self));
  g_free (self->path);
  G_OBJECT_CLASS (fl_serial_transport_parent_class)->finalize (object);
}

static void
fl_serial_transport_class_init (FlSerialTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_serial_transport_finalize;
}

static void
fl_serial_transport_init (FlSerialTransport *self)
{
  self->outputs = FL_LINE_DTR | FL_LINE_RTS; /* where drivers put them when a port is opened */
}

static void
fl_serial_transport_iface_init (FlTransportInterface *iface)
{
  iface->write = fl_serial_transport_write;
  iface->read_some = fl_serial_transport_read_some;
  iface->set_settings = fl_serial_transport_set_settings;
  iface->get_settings = fl_serial_transport_get_settings;
  iface->set_lines = fl_serial_transport_set_lines;
  iface->get_lines = fl_serial_transport_get_lines;
  iface->discard = fl_serial_transport_discard;
  iface->take_errors = fl_serial_transport_take_errors;
  iface->is_low_latency = fl_serial_transport_is_low_latency;
  iface->get_time = fl_serial_transport_get_time;
  iface->wait = fl_serial_transport_wait;
  iface->get_name = fl_serial_transport_get_name;
  iface->close = fl_serial_transport_close;
}

/**
 * fl_serial_transport_knows:
 * @path: a port's name, no link
 *
 * Returns: whether libserialport can open it: not so for a pty, nor for a link to a port
 */
gboolean
fl_serial_transport_knows (const char *path)
{
  struct sp_port *port;

  g_return_val_if_fail (path != NULL, FALSE);

  if (sp_get_port_by_name (path, &port) < 0)
    return FALSE;
  sp_free_port (port);
  return TRUE;
}

/**
 * fl_serial_transport_open:
 * @path: a port that libserialport knows, such as "/dev/ttyUSB0" or "COM3"
 * @settings: the line settings to begin with
 * @cancellable: (nullable): looked at first
 * @error: return location
 *
 * Opens a port exclusively and sets every field of its line; what came in before is discarded. The lock is taken before
 * libserialport opens the port, because that rewrites the settings that another program may be using.
 *
 * The driver raises DTR and RTS when the port is opened, and drops them when it is closed; here both are asserted
 * afterwards, whatever they were before. An entry sequence sets both explicitly first.
 *
 * Errors: as fl_transport_open().
 *
 * Returns: (transfer full): the open transport, or %NULL
 */
FlTransport *
fl_serial_transport_open (const char *path, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  g_autoptr (FlSerialTransport) self = g_object_new (FL_TYPE_SERIAL_TRANSPORT, NULL);

  g_return_val_if_fail (path != NULL && settings != NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  self->path = g_strdup (path);
  self->handle = fl_port_handle_claim (path, error);
  if (self->handle == NULL)
    return NULL;
  if (sp_get_port_by_name (path, &self->port) < 0 || sp_open (self->port, SP_MODE_READ_WRITE) < 0)
    {
      int code = sp_last_error_code ();

      g_clear_pointer (&self->port, sp_free_port);
      fl_port_errors_set_open (error, path, code);
      return NULL;
    }
  fl_port_handle_attach (self->handle, self->port);
  if (sp_new_event_set (&self->readable) < 0 || sp_new_event_set (&self->writable) < 0
      || sp_add_port_events (self->readable, self->port, SP_EVENT_RX_READY) < 0
      || sp_add_port_events (self->writable, self->port, SP_EVENT_TX_READY) < 0)
    {
      fl_serial_transport_fail (self, _ ("waiting"), error);
      return NULL;
    }
  if (!fl_serial_transport_apply (self, settings, error) || !fl_serial_transport_discard (FL_TRANSPORT (self), error))
    return NULL;
  return FL_TRANSPORT (g_steal_pointer (&self));
}
