/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-tty-transport.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "fl-error.h"
#include "fl-port-errors.h"
#include "fl-port-fd.h"
#include "fl-termios.h"
#include "fl-transport-private.h"

struct _FlTtyTransport
{
  GObject parent_instance;

  FlThreadOwner owner; /* one thread at a time; it alone touches what follows */
  char *path;
  int fd; /* -1: closed */
  gboolean is_pty;
  FlLineSettings settings; /* as asked for: a pty carries no parity */
  FlPortErrorCounts counts;
};

static void fl_tty_transport_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlTtyTransport, fl_tty_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, fl_tty_transport_iface_init))

/* Waits for one slice at most. FALSE with an error only. */
static gboolean
fl_tty_transport_poll (FlTtyTransport *self, short events, gint64 deadline, GCancellable *cancellable, GError **error)
{
  struct pollfd poller = { .fd = self->fd, .events = events };

  if (poll (&poller, 1, fl_transport_slice (g_get_monotonic_time (), deadline)) < 0 && errno != EINTR)
    {
      fl_port_errors_set_io (error, self->path, _ ("waiting"), errno);
      return FALSE;
    }
  if ((poller.revents & (POLLHUP | POLLERR | POLLNVAL)) && !(poller.revents & events))
    {
      fl_port_errors_set_io (error, self->path, _ ("waiting"), EIO);
      return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
fl_tty_transport_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline,
                        GCancellable *cancellable, GError **error)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);
  gsize done = 0;

  if (self->fd < 0)
    return fl_transport_fail_closed (self->path, error);
  for (;;)
    {
      ssize_t n = write (self->fd, data + done, length - done);

      if (n > 0)
        done += (gsize) n;
      else if (n < 0 && errno != EAGAIN && errno != EINTR)
        {
          fl_port_errors_set_io (error, self->path, _ ("sending"), errno);
          return FALSE;
        }
      if (done == length)
        return TRUE;
      if (g_get_monotonic_time () >= deadline)
        return fl_transport_fail_stuck (self->path, done, length, error);
      if (!fl_tty_transport_poll (self, POLLOUT, deadline, cancellable, error))
        return FALSE;
    }
}

static gboolean
fl_tty_transport_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                            GCancellable *cancellable, GError **error)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->fd < 0)
    return fl_transport_fail_closed (self->path, error);
  for (;;)
    {
      /* First the clock, then the bytes: this process may be stopped in between, and they were there in time. */
      gint64 now = g_get_monotonic_time ();
      ssize_t n = read (self->fd, data, length);

      if (n > 0)
        {
          *n_read = (gsize) n;
          return TRUE;
        }
      if (n == 0 || (errno != EAGAIN && errno != EINTR))
        {
          fl_port_errors_set_io (error, self->path, _ ("receiving"), n == 0 ? EIO : errno);
          return FALSE;
        }
      if (now >= deadline)
        {
          *n_read = 0;
          return TRUE;
        }
      if (!fl_tty_transport_poll (self, POLLIN, deadline, cancellable, error))
        return FALSE;
    }
}

static gboolean
fl_tty_transport_apply (FlTtyTransport *self, const FlLineSettings *settings, GError **error)
{
  FlLineSettings got;
  int code = fl_termios_apply (self->fd, settings, &got);

  if (code != 0)
    {
      fl_port_errors_set_io (error, self->path, _ ("line settings"), code);
      return FALSE;
    }
  /* A pty moves bytes, not bits: the kernel drops its parity and stop bits, and nothing is missing. */
  if (!self->is_pty && !fl_transport_check_settings (self->path, settings, &got, error))
    return FALSE;
  self->settings = *settings;
  return TRUE;
}

static gboolean
fl_tty_transport_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->fd < 0)
    return fl_transport_fail_closed (self->path, error);
  return fl_tty_transport_apply (self, settings, error);
}

static void
fl_tty_transport_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  *settings = FL_TTY_TRANSPORT (transport)->settings;
}

static gboolean
fl_tty_transport_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->fd < 0)
    return fl_transport_fail_closed (self->path, error);
  return fl_port_fd_set_lines (self->fd, self->path, mask, lines, error);
}

static gboolean
fl_tty_transport_get_lines (FlTransport *transport, FlLines *lines, GError **error)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->fd < 0)
    return fl_transport_fail_closed (self->path, error);
  return fl_port_fd_get_lines (self->fd, self->path, lines, error);
}

static gboolean
fl_tty_transport_discard (FlTransport *transport, GError **error)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->fd < 0)
    return fl_transport_fail_closed (self->path, error);
  if (tcflush (self->fd, TCIFLUSH) != 0)
    {
      fl_port_errors_set_io (error, self->path, _ ("discarding"), errno);
      return FALSE;
    }
  fl_port_fd_take_errors (self->fd, &self->counts);
  return TRUE;
}

static FlLineErrors
fl_tty_transport_take_errors (FlTransport *transport)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  return self->fd < 0 ? 0 : fl_port_fd_take_errors (self->fd, &self->counts);
}

static gint64
fl_tty_transport_get_time (FlTransport *transport)
{
  return g_get_monotonic_time ();
}

static gboolean
fl_tty_transport_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  return fl_transport_wait_really (until, cancellable, error);
}

static const char *
fl_tty_transport_get_name (FlTransport *transport)
{
  return FL_TTY_TRANSPORT (transport)->path;
}

static void
fl_tty_transport_close (FlTransport *transport)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->fd < 0)
    return;
  close (self->fd);
  self->fd = -1;
}

static void
fl_tty_transport_finalize (GObject *object)
{
  FlTtyTransport *self = FL_TTY_TRANSPORT (object);

  fl_tty_transport_close (FL_TRANSPORT (self));
  g_free (self->path);
  G_OBJECT_CLASS (fl_tty_transport_parent_class)->finalize (object);
}

static void
fl_tty_transport_class_init (FlTtyTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_tty_transport_finalize;
}

static void
fl_tty_transport_init (FlTtyTransport *self)
{
  self->fd = -1;
}

static void
fl_tty_transport_iface_init (FlTransportInterface *iface)
{
  iface->write = fl_tty_transport_write;
  iface->read_some = fl_tty_transport_read_some;
  iface->set_settings = fl_tty_transport_set_settings;
  iface->get_settings = fl_tty_transport_get_settings;
  iface->set_lines = fl_tty_transport_set_lines;
  iface->get_lines = fl_tty_transport_get_lines;
  iface->discard = fl_tty_transport_discard;
  iface->take_errors = fl_tty_transport_take_errors;
  iface->get_time = fl_tty_transport_get_time;
  iface->wait = fl_tty_transport_wait;
  iface->get_name = fl_tty_transport_get_name;
  iface->close = fl_tty_transport_close;
}

/**
 * fl_tty_transport_open:
 * @path: a tty: a pty, or another that libserialport does not know; links are followed
 * @settings: the line settings to begin with
 * @cancellable: (nullable): looked at first
 * @error: return location
 *
 * Opens it exclusively, raw, without flow control. What came in before is discarded. A pty remembers parity and stop
 * bits, but carries none: that is no error.
 *
 * Errors: as fl_transport_open().
 *
 * Returns: (transfer full): the open transport, or %NULL
 */
FlTransport *
fl_tty_transport_open (const char *path, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  g_autoptr (FlTtyTransport) self = NULL;
  int fd;

  g_return_val_if_fail (path != NULL && settings != NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || (fd = fl_port_fd_open_locked (path, error)) < 0)
    return NULL;
  self = g_object_new (FL_TYPE_TTY_TRANSPORT, NULL);
  self->path = g_strdup (path);
  self->fd = fd;
  self->is_pty = fl_port_is_pty (path);
  fl_port_fd_exclude (fd);
  if (!fl_tty_transport_apply (self, settings, error) || !fl_tty_transport_discard (FL_TRANSPORT (self), error))
    return NULL;
  return FL_TRANSPORT (g_steal_pointer (&self));
}
