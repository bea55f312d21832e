/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-wire.h"

struct _JobWire
{
  GObject parent_instance;

  FlTransport *inner;
  JobBoard *board;
  GByteArray *loop; /* what was sent and comes back */
  gboolean to_host; /* where the last byte went */
  guint n_run;      /* bytes that went there since */
};

static void job_wire_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (JobWire, job_wire, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, job_wire_iface_init))

FlTransport *
job_wire_new (FlTransport *inner, JobBoard *board)
{
  JobWire *self = g_object_new (JOB_TYPE_WIRE, NULL);

  self->inner = g_object_ref (inner);
  self->board = board;
  self->loop = g_byte_array_new ();
  return FL_TRANSPORT (self);
}

static FlTransport *
get_inner (FlTransport *transport)
{
  return JOB_WIRE (transport)->inner;
}

/* The computer was asleep: what the board has answered meanwhile has come in. */
static void
count_call (FlTransport *transport)
{
  JobBoard *board = JOB_WIRE (transport)->board;

  if (++board->n_calls == board->jump_at)
    fl_transport_sleep (get_inner (transport), 3600 * 1000, NULL, NULL);
}

/* Returns: (transfer full): what arrives of @data */
static guint8 *
dup_spoilt (JobWire *self, gboolean to_host, const guint8 *data, gsize length)
{
  JobBoard *board = self->board;
  guint8 *bytes = g_memdup2 (data, length);
  FlLineSettings settings;

  fl_transport_get_settings (self->inner, &settings);
  if (to_host != self->to_host && length > 0)
    {
      self->to_host = to_host;
      self->n_run = 0;
    }
  for (gsize i = 0; i < length; i++)
    bytes[i] = board->spoil (bytes[i], to_host, self->n_run++, settings.baud, board->spoil_data);
  return bytes;
}

static gboolean
job_wire_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline, GCancellable *cancellable,
                GError **error)
{
  JobBoard *board = JOB_WIRE (transport)->board;
  FlTransport *inner = get_inner (transport);
  g_autofree guint8 *spoilt = NULL;

  count_call (transport);
  board->n_sent += length;
  if (board->cancel_at > 0 && board->n_sent >= board->cancel_at && board->cancelled_at == 0)
    {
      board->cancelled_at = MAX (fl_transport_get_time (inner), 1);
      g_cancellable_cancel (board->cancellable);
    }
  if (board->loops_after > 0 && board->n_sent > board->loops_after)
    {
      g_byte_array_append (JOB_WIRE (transport)->loop, data, (guint) length);
      return TRUE;
    }
  if (board->spoil != NULL)
    data = spoilt = dup_spoilt (JOB_WIRE (transport), FALSE, data, length);
  return FL_TRANSPORT_GET_IFACE (inner)->write (inner, data, length, deadline, cancellable, error);
}

static gboolean
job_wire_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                    GCancellable *cancellable, GError **error)
{
  FlTransport *inner = get_inner (transport);
  JobBoard *board = JOB_WIRE (transport)->board;
  GByteArray *loop = JOB_WIRE (transport)->loop;
  g_autofree guint8 *spoilt = NULL;

  count_call (transport);
  if (loop->len > 0)
    {
      *n_read = MIN (length, loop->len);
      memcpy (data, loop->data, *n_read);
      g_byte_array_remove_range (loop, 0, (guint) *n_read);
      return TRUE;
    }
  if (!FL_TRANSPORT_GET_IFACE (inner)->read_some (inner, data, length, deadline, n_read, cancellable, error))
    return FALSE;
  if (board->spoil != NULL && *n_read > 0)
    {
      spoilt = dup_spoilt (JOB_WIRE (transport), TRUE, data, *n_read);
      memcpy (data, spoilt, *n_read);
    }
  return TRUE;
}

static gboolean
job_wire_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  return fl_transport_set_settings (get_inner (transport), settings, error);
}

static void
job_wire_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  fl_transport_get_settings (get_inner (transport), settings);
}

static gboolean
job_wire_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  return fl_transport_set_lines (get_inner (transport), mask, lines, error);
}

static gboolean
job_wire_get_lines (FlTransport *transport, FlLines *lines, GError **error)
{
  return fl_transport_get_lines (get_inner (transport), lines, error);
}

static gboolean
job_wire_discard (FlTransport *transport, GError **error)
{
  return fl_transport_discard (get_inner (transport), error);
}

static FlLineErrors
job_wire_take_errors (FlTransport *transport)
{
  return fl_transport_take_errors (get_inner (transport));
}

static gint64
job_wire_get_time (FlTransport *transport)
{
  JobWire *self = JOB_WIRE (transport);

  count_call (transport);
  self->board->ended_at = fl_transport_get_time (self->inner);
  return self->board->ended_at;
}

static gboolean
job_wire_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  FlTransport *inner = get_inner (transport);

  return FL_TRANSPORT_GET_IFACE (inner)->wait (inner, until, cancellable, error);
}

static const char *
job_wire_get_name (FlTransport *transport)
{
  return fl_transport_get_name (get_inner (transport));
}

static void
job_wire_close (FlTransport *transport)
{
  fl_transport_close (get_inner (transport));
}

static void
job_wire_iface_init (FlTransportInterface *iface)
{
  iface->write = job_wire_write;
  iface->read_some = job_wire_read_some;
  iface->set_settings = job_wire_set_settings;
  iface->get_settings = job_wire_get_settings;
  iface->set_lines = job_wire_set_lines;
  iface->get_lines = job_wire_get_lines;
  iface->discard = job_wire_discard;
  iface->take_errors = job_wire_take_errors;
  iface->get_time = job_wire_get_time;
  iface->wait = job_wire_wait;
  iface->get_name = job_wire_get_name;
  iface->close = job_wire_close;
}

static void
job_wire_finalize (GObject *object)
{
  g_clear_object (&JOB_WIRE (object)->inner);
  g_byte_array_unref (JOB_WIRE (object)->loop);
  G_OBJECT_CLASS (job_wire_parent_class)->finalize (object);
}

static void
job_wire_class_init (JobWireClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = job_wire_finalize;
}

static void
job_wire_init (JobWire *self)
{
}
