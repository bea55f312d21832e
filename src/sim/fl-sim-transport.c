/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-sim"

#include "config.h"

#include "fl-sim-transport-private.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

#define SLICE_US 50000 /* a wait on the real clock looks at its cancellable so often */

struct _FlSimTransport
{
  GObject parent_instance;

  FlSimBoard *board;
  FlLineSettings settings;
  FlLines lines;
  FlLineErrors errors;
  gboolean real_clock;
  gboolean is_closed;
  gint64 now;  /* virtual clock, microseconds */
  gint64 base; /* real clock: what g_get_monotonic_time() said at its zero */
  char *name;
};

static void fl_sim_transport_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlSimTransport, fl_sim_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, fl_sim_transport_iface_init))

static gint64
fl_sim_transport_get_time (FlTransport *transport)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);

  return self->real_clock ? g_get_monotonic_time () - self->base : self->now;
}

static gboolean
fl_sim_transport_check (FlSimTransport *self, GError **error)
{
  if (!self->is_closed && !fl_sim_board_is_unplugged (self->board))
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_PORT_GONE,
               self->is_closed ? _ ("The port %s is closed") : _ ("The adapter at %s was unplugged"), self->name);
  return FALSE;
}

/* Lets time pass: at once on the virtual clock, in slices on the real one. */
static gboolean
fl_sim_transport_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);

  if (!self->real_clock)
    {
      self->now = MAX (self->now, until);
      fl_sim_board_set_time (self->board, self->now);
      return !g_cancellable_set_error_if_cancelled (cancellable, error);
    }
  while (TRUE)
    {
      gint64 left = until - fl_sim_transport_get_time (transport);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (left <= 0)
        {
          fl_sim_board_set_time (self->board, until);
          return TRUE;
        }
      g_usleep ((gulong) MIN (left, SLICE_US));
    }
}

static gboolean
fl_sim_transport_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline,
                        GCancellable *cancellable, GError **error)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);
  gint64 now = fl_sim_transport_get_time (transport);
  gint64 sent = now;

  if (now > deadline) /* the caller was asleep: a driver takes what fits its buffer before anybody looks at the clock */
    deadline = G_MAXINT64;
  for (gsize i = 0; i < length && sent <= deadline; i++)
    {
      if (!fl_sim_transport_check (self, error))
        return FALSE;
      sent = fl_sim_board_send (self->board, data[i], now);
    }
  if (!fl_sim_transport_check (self, error)
      || !fl_sim_transport_wait (transport, MIN (sent, deadline), cancellable, error))
    return FALSE;
  if (sent <= deadline)
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT, _ ("The bytes did not leave %s in time"), self->name);
  return FALSE;
}

/* Waits for the next answer, or for @deadline. An answer cannot come earlier than it was foretold, because only this
 * thread sends. */
static gboolean
fl_sim_transport_await (FlSimTransport *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  gint64 next;

  if (!fl_sim_board_next (self->board, &next) || next > deadline)
    next = deadline;
  return fl_sim_transport_wait (FL_TRANSPORT (self), next, cancellable, error);
}

static gboolean
fl_sim_transport_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                            GCancellable *cancellable, GError **error)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);
  gsize n = 0;

  do
    {
      FlLineErrors errors = 0;

      if (!fl_sim_transport_check (self, error) || !fl_sim_transport_await (self, deadline, cancellable, error))
        return FALSE;
      while (n < length && fl_sim_board_receive (self->board, fl_sim_transport_get_time (transport), &data[n], &errors))
        {
          self->errors |= errors;
          n++;
        }
    }
  while (n == 0 && fl_sim_transport_get_time (transport) < deadline);
  if (n == 0 && !fl_sim_transport_check (self, error))
    return FALSE;
  *n_read = n;
  return TRUE;
}

static gboolean
fl_sim_transport_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);

  if (!fl_sim_transport_check (self, error) || !fl_sim_board_check_settings (self->board, settings, error))
    return FALSE;
  self->settings = *settings;
  fl_sim_board_set_settings (self->board, settings, fl_sim_transport_get_time (transport));
  return TRUE;
}

static void
fl_sim_transport_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  *settings = FL_SIM_TRANSPORT (transport)->settings;
}

static gboolean
fl_sim_transport_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);

  if (!fl_sim_transport_check (self, error))
    return FALSE;
  self->lines = (FlLines) ((guint) (self->lines & ~mask) | (guint) (lines & mask));
  fl_sim_board_set_lines (self->board, self->lines, fl_sim_transport_get_time (transport));
  return TRUE;
}

static gboolean
fl_sim_transport_get_lines (FlTransport *transport, FlLines *lines, GError **error)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);

  if (!fl_sim_transport_check (self, error))
    return FALSE;
  *lines = self->lines;
  return TRUE;
}

static gboolean
fl_sim_transport_discard (FlTransport *transport, GError **error)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);
  FlLineErrors errors;
  guint8 byte;

  if (!fl_sim_transport_check (self, error))
    return FALSE;
  while (fl_sim_board_receive (self->board, fl_sim_transport_get_time (transport), &byte, &errors))
    continue;
  return TRUE;
}

static FlLineErrors
fl_sim_transport_take_errors (FlTransport *transport)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);
  FlLineErrors errors = self->errors;

  self->errors = 0;
  return errors;
}

static const char *
fl_sim_transport_get_name (FlTransport *transport)
{
  return FL_SIM_TRANSPORT (transport)->name;
}

static void
fl_sim_transport_close (FlTransport *transport)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (transport);
  g_autoptr (GError) error = NULL;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  if (!fl_sim_board_save (self->board, &error))
    g_warning ("%s", error->message);
}

FlSimBoard *
fl_sim_transport_get_board (FlSimTransport *self)
{
  g_return_val_if_fail (FL_IS_SIM_TRANSPORT (self), NULL);

  return self->board;
}

/* What to call it in messages: as the user named it, without the options. */
void
fl_sim_transport_set_name (FlSimTransport *self, const char *name)
{
  g_free (self->name);
  self->name = fl_transport_dup_label (name);
}

/**
 * fl_sim_transport_new:
 * @settings: (nullable): %NULL for #fl_line_settings_default
 * @real_clock: bytes and waits take as long as on a wire; otherwise the clock jumps to whatever happens next
 *
 * Plugs a port into @board and opens it: DTR and RTS rise, as they do when a tty is opened.
 *
 * Returns: (transfer full): the open port
 */
FlTransport *
fl_sim_transport_new (FlSimBoard *board, const FlLineSettings *settings, gboolean real_clock)
{
  FlSimTransport *self = g_object_new (FL_TYPE_SIM_TRANSPORT, NULL);

  self->board = g_object_ref (board);
  self->real_clock = real_clock;
  self->now = fl_sim_board_get_time (board);
  self->base = g_get_monotonic_time () - self->now;
  self->settings = settings != NULL ? *settings : fl_line_settings_default;
  self->lines = FL_LINE_DTR | FL_LINE_RTS;
  self->name = g_strdup_printf ("sim:0x%03X", fl_sim_board_get_chip (board)->pid);
  fl_sim_board_set_settings (board, &self->settings, self->now);
  fl_sim_board_set_lines (board, self->lines, self->now);
  return FL_TRANSPORT (self);
}

static void
fl_sim_transport_finalize (GObject *object)
{
  FlSimTransport *self = FL_SIM_TRANSPORT (object);

  fl_sim_transport_close (FL_TRANSPORT (self));
  g_object_unref (self->board);
  g_free (self->name);
  G_OBJECT_CLASS (fl_sim_transport_parent_class)->finalize (object);
}

static void
fl_sim_transport_iface_init (FlTransportInterface *iface)
{
  iface->write = fl_sim_transport_write;
  iface->read_some = fl_sim_transport_read_some;
  iface->set_settings = fl_sim_transport_set_settings;
  iface->get_settings = fl_sim_transport_get_settings;
  iface->set_lines = fl_sim_transport_set_lines;
  iface->get_lines = fl_sim_transport_get_lines;
  iface->discard = fl_sim_transport_discard;
  iface->take_errors = fl_sim_transport_take_errors;
  iface->get_time = fl_sim_transport_get_time;
  iface->wait = fl_sim_transport_wait;
  iface->get_name = fl_sim_transport_get_name;
  iface->close = fl_sim_transport_close;
}

static void
fl_sim_transport_class_init (FlSimTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_sim_transport_finalize;
}

static void
fl_sim_transport_init (FlSimTransport *self)
{
}
