/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "fl-port-fd.h"
#include "fl-port-handle.h"

struct _FlPortHandle
{
  int lock_fd;          /* a second descriptor of the port: holds the lock, asks what libserialport cannot */
  struct sp_port *port; /* nullable */
  FlPortErrorCounts counts;
  gboolean low_latency;         /* in force */
  gboolean low_latency_is_ours; /* and to be undone */
};

/**
 * fl_port_handle_claim:
 * @path: the port
 *
 * Sees that nobody else uses the port, and keeps others from it from now on.
 *
 * Errors: as fl_transport_open().
 *
 * Returns: (transfer full): for fl_port_handle_release(); %NULL with an error
 */
FlPortHandle *
fl_port_handle_claim (const char *path, GError **error)
{
  FlPortHandle *self;
  int fd = fl_port_fd_open_locked (path, error);

  if (fd < 0)
    return NULL;
  self = g_new0 (FlPortHandle, 1);
  self->lock_fd = fd;
  return self;
}

/**
 * fl_port_handle_attach:
 * @port: (transfer full): open
 */
void
fl_port_handle_attach (FlPortHandle *self, struct sp_port *port)
{
  self->port = port;
  fl_port_fd_exclude (self->lock_fd);
  self->low_latency = fl_port_fd_ask_low_latency (self->lock_fd, &self->low_latency_is_ours);
}

/**
 * fl_port_handle_release:
 * @self: (transfer full): to be freed
 *
 * Closes the port, and lets others have it.
 */
void
fl_port_handle_release (FlPortHandle *self)
{
  if (self->low_latency_is_ours)
    fl_port_fd_undo_low_latency (self->lock_fd);
  if (self->port != NULL)
    {
      sp_close (self->port);
      sp_free_port (self->port);
    }
  close (self->lock_fd);
  g_free (self);
}

/**
 * fl_port_handle_tune:
 * @settings: which libserialport has just set
 *
 * Sets what libserialport cannot.
 *
 * Returns: %FALSE when that failed: sp_last_error_code() says why
 */
gboolean
fl_port_handle_tune (FlPortHandle *self, const FlLineSettings *settings)
{
  return TRUE; /* on a tty it sets everything */
}

/**
 * fl_port_handle_read:
 *
 * Takes what has come in, without waiting.
 *
 * Returns: how many bytes; -1 when it failed: sp_last_error_code() says why
 */
int
fl_port_handle_read (FlPortHandle *self, guint8 *data, gsize length)
{
  return sp_nonblocking_read (self->port, data, length);
}

/**
 * fl_port_handle_write:
 *
 * Gives the driver what fits, and waits no longer than it takes the wire to carry a tenth of a second's bytes.
 *
 * Returns: how many bytes it took; -1 when it failed: sp_last_error_code() says why
 */
int
fl_port_handle_write (FlPortHandle *self, const guint8 *data, gsize length)
{
  int n = sp_nonblocking_write (self->port, data, length);

  /* libserialport 0.1.1 reports a full buffer as a failure when not one byte fits. */
  return n < 0 && sp_last_error_code () == EAGAIN ? 0 : n;
}

/**
 * fl_port_handle_is_present:
 *
 * A port that was hung up reads as an empty one: only asking how much is there tells them apart.
 *
 * Returns: whether the port is still there
 */
gboolean
fl_port_handle_is_present (FlPortHandle *self)
{
  return sp_input_waiting (self->port) >= 0;
}

/**
 * fl_port_handle_set_lines:
 *
 * Drives the outputs of @mask to the levels in @lines.
 *
 * Errors: %FL_ERROR_UNSUPPORTED, %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED.
 *
 * Returns: whether they were driven
 */
gboolean
fl_port_handle_set_lines (FlPortHandle *self, const char *path, FlLines mask, FlLines lines, GError **error)
{
  /* sp_set_dtr() and sp_set_rts() would write the whole configuration each time, one line after the other. */
  return fl_port_fd_set_lines (self->lock_fd, path, mask, lines, error);
}

/**
 * fl_port_handle_take_errors:
 *
 * Returns: what was wrong with bytes since the last call, as far as the driver tells
 */
FlLineErrors
fl_port_handle_take_errors (FlPortHandle *self)
{
  return fl_port_fd_take_errors (self->lock_fd, &self->counts);
}

gboolean
fl_port_handle_is_low_latency (FlPortHandle *self)
{
  return self->low_latency;
}
