/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-trace"

#include "config.h"

#include "fl-trace-transport.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-transport-private.h"

/* How many bytes of each side a message shows. */
#define SHOWN_BYTES 16

struct _FlTraceTransport
{
  GObject parent_instance;

  FlTrace *trace;     /* immutable pointer; the trace locks by itself */
  FlTransport *inner; /* NULL: replaying */
  gint64 begin;       /* the inner clock's time that is 0 in the trace */

  FlThreadOwner owner; /* one thread at a time; it alone touches what follows */
  FlLineErrors errors; /* of bytes that were read, and not taken yet */

  /* Replaying. */
  GPtrArray *records; /* of FlTraceRecord */
  guint next;         /* the first record that is not used up */
  gsize offset;       /* how many bytes of it are used */
  GByteArray *input;  /* what "came in" while something was sent, and was not read yet */
  gint64 now;         /* microseconds; the virtual clock */
  FlLineSettings settings;
  FlLines outputs;
  gboolean closed;
};

static void fl_trace_transport_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlTraceTransport, fl_trace_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, fl_trace_transport_iface_init))

static gboolean
fl_trace_transport_is_low_latency (FlTransport *transport)
{
  FlTransport *inner = FL_TRACE_TRANSPORT (transport)->inner;

  return inner != NULL && fl_transport_is_low_latency (inner); /* a replayed trace has none */
}

static gint64
fl_trace_transport_get_time (FlTransport *transport)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);

  return self->inner != NULL ? fl_transport_get_time (self->inner) : self->now;
}

/* On the trace's clock. */
static gint64
fl_trace_transport_get_trace_time (FlTraceTransport *self)
{
  return fl_trace_transport_get_time (FL_TRANSPORT (self)) - self->begin;
}

static void
fl_trace_transport_add_failure (FlTraceTransport *self, const char *what, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s failed: %s", what, error != NULL ? (*error)->message : "");

  fl_trace_add_text (self->trace, FL_TRACE_NOTE, fl_trace_transport_get_trace_time (self), text);
}

/* --- replaying --- */

/* The next record that holds bytes, or NULL; what lies before it is passed over. */
static const FlTraceRecord *
fl_trace_transport_peek (FlTraceTransport *self)
{
  while (self->next < self->records->len)
    {
      const FlTraceRecord *record = g_ptr_array_index (self->records, self->next);

      if (record->bytes != NULL)
        return record;
      self->next++;
    }
  return NULL;
}

static void
fl_trace_transport_use (FlTraceTransport *self, const FlTraceRecord *record, gsize length)
{
  self->now = MAX (self->now, record->time);
  self->offset += length;
  if (self->offset < g_bytes_get_size (record->bytes))
    return;
  self->errors |= record->errors;
  self->offset = 0;
  self->next++;
}

static gboolean
fl_trace_transport_replay_write (FlTraceTransport *self, const guint8 *data, gsize length, GError **error)
{
  gsize done = 0;

  while (done < length)
    {
      const FlTraceRecord *record = fl_trace_transport_peek (self);
      gsize size = 0;
      const guint8 *bytes = record != NULL ? g_bytes_get_data (record->bytes, &size) : NULL;
      g_autofree char *wanted = NULL;
      g_autofree char *got = NULL;
      gsize n = MIN (length - done, size - self->offset);

      if (record != NULL && record->kind == FL_TRACE_RECEIVED)
        {
          g_byte_array_append (self->input, bytes + self->offset, (guint) (size - self->offset));
          fl_trace_transport_use (self, record, size - self->offset);
          continue;
        }
      if (record != NULL && memcmp (bytes + self->offset, data + done, n) == 0)
        {
          fl_trace_transport_use (self, record, n);
          done += n;
          continue;
        }
      got = fl_bytes_to_hex (data + done, length - done, SHOWN_BYTES);
      if (record == NULL)
        g_set_error (error, FL_ERROR, FL_ERROR_PROTOCOL, _ ("The trace ends, but %s was sent"), got);
      else
        {
          wanted = fl_bytes_to_hex (bytes + self->offset, size - self->offset, SHOWN_BYTES);
          g_set_error (error, FL_ERROR, FL_ERROR_PROTOCOL,
                       _ ("The trace (record %u) has %s sent here, but %s was sent"), self->next, wanted, got);
        }
      return FALSE;
    }
  return TRUE;
}

/* What follows without anything being sent in between; an answer that is missing, or came too late, is a timeout. */
static void
fl_trace_transport_replay_read (FlTraceTransport *self, guint8 *data, gsize length, gint64 deadline, gsize *n_read)
{
  const FlTraceRecord *record;
  const guint8 *bytes;
  gsize size;

  *n_read = 0;
  if (self->input->len > 0)
    {
      *n_read = MIN (length, self->input->len);
      memcpy (data, self->input->data, *n_read);
      g_byte_array_remove_range (self->input, 0, (guint) *n_read);
      return;
    }
  while ((record = fl_trace_transport_peek (self)) != NULL && record->kind == FL_TRACE_RECEIVED
         && MAX (record->time, self->now) <= deadline)
    {
      bytes = g_bytes_get_data (record->bytes, &size);
      *n_read = MIN (length, size - self->offset);
      if (*n_read > 0)
        memcpy (data, bytes + self->offset, *n_read);
      fl_trace_transport_use (self, record, *n_read);
      if (*n_read > 0)
        return; /* else it held errors only */
    }
  self->now = MAX (self->now, deadline);
}

/* --- the interface --- */

static gboolean
fl_trace_transport_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline,
                          GCancellable *cancellable, GError **error)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);
  g_autoptr (GError) failure = NULL;
  gint64 time;

  if (self->inner == NULL)
    return self->closed ? fl_transport_fail_closed (_ ("The replayed trace"), error)
                        : fl_trace_transport_replay_write (self, data, length, error);
  time = fl_trace_transport_get_trace_time (self);
  if (FL_TRANSPORT_GET_IFACE (self->inner)->write (self->inner, data, length, deadline, cancellable, &failure))
    {
      fl_trace_add_bytes (self->trace, FL_TRACE_SENT, time, data, length, 0);
      return TRUE;
    }
  fl_trace_transport_add_failure (self, "Sending", &failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
fl_trace_transport_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                              GCancellable *cancellable, GError **error)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);
  g_autoptr (GError) failure = NULL;

  if (self->inner == NULL)
    {
      if (self->closed)
        return fl_transport_fail_closed (_ ("The replayed trace"), error);
      fl_trace_transport_replay_read (self, data, length, deadline, n_read);
      return TRUE;
    }
  *n_read = 0;
  if (FL_TRANSPORT_GET_IFACE (self->inner)
          ->read_some (self->inner, data, length, deadline, n_read, cancellable, &failure))
    {
      FlLineErrors errors = fl_transport_take_errors (self->inner);

      fl_trace_add_received (self->trace, fl_trace_transport_get_trace_time (self), data, *n_read, errors);
      self->errors |= errors;
      return TRUE;
    }
  fl_trace_transport_add_failure (self, "Receiving", &failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
fl_trace_transport_add_settings (FlTraceTransport *self)
{
  FlLineSettings settings;
  g_autofree char *text = NULL;

  fl_transport_get_settings (self->inner, &settings);
  text = fl_line_settings_to_string (&settings);
  fl_trace_add_text (self->trace, FL_TRACE_SETTINGS, fl_trace_transport_get_trace_time (self), text);
}

static gboolean
fl_trace_transport_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);
  g_autoptr (GError) failure = NULL;

  if (self->inner == NULL)
    {
      self->settings = *settings;
      return TRUE;
    }
  if (fl_transport_set_settings (self->inner, settings, &failure))
    {
      fl_trace_transport_add_settings (self);
      return TRUE;
    }
  fl_trace_transport_add_failure (self, "Changing the line settings", &failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
fl_trace_transport_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);

  if (self->inner == NULL)
    *settings = self->settings;
  else
    fl_transport_get_settings (self->inner, settings);
}

static gboolean
fl_trace_transport_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->inner == NULL)
    {
      self->outputs = (self->outputs & ~mask) | lines;
      return TRUE;
    }
  if (mask & FL_LINE_DTR)
    g_string_append_printf (text, "DTR=%d", (lines & FL_LINE_DTR) != 0);
  if (mask & FL_LINE_RTS)
    g_string_append_printf (text, text->len > 0 ? " RTS=%d" : "RTS=%d", (lines & FL_LINE_RTS) != 0);
  if (fl_transport_set_lines (self->inner, mask, lines, &failure))
    {
      fl_trace_add_text (self->trace, FL_TRACE_LINES, fl_trace_transport_get_trace_time (self), text->str);
      return TRUE;
    }
  fl_trace_transport_add_failure (self, "Driving DTR and RTS", &failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
fl_trace_transport_get_lines (FlTransport *transport, FlLines *lines, GError **error)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->inner != NULL)
    return fl_transport_get_lines (self->inner, lines, error);
  *lines = self->outputs;
  return TRUE;
}

static gboolean
fl_trace_transport_discard (FlTransport *transport, GError **error)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  self->errors = 0;
  if (self->inner == NULL)
    {
      /* What the real discard threw away was never recorded: only what this replay was not asked for goes. */
      g_byte_array_set_size (self->input, 0);
      return TRUE;
    }
  if (!fl_transport_discard (self->inner, error))
    return FALSE;
  fl_trace_add_text (self->trace, FL_TRACE_DISCARD, fl_trace_transport_get_trace_time (self), "");
  return TRUE;
}

static FlLineErrors
fl_trace_transport_take_errors (FlTransport *transport)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);
  FlLineErrors errors = self->errors;

  self->errors = 0;
  if (self->inner != NULL)
    errors |= fl_transport_take_errors (self->inner);
  return errors;
}

static gboolean
fl_trace_transport_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->inner != NULL)
    return FL_TRANSPORT_GET_IFACE (self->inner)->wait (self->inner, until, cancellable, error);
  self->now = MAX (self->now, until);
  return TRUE;
}

static const char *
fl_trace_transport_get_name (FlTransport *transport)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);

  return self->inner != NULL ? fl_transport_get_name (self->inner) : _ ("The replayed trace");
}

static void
fl_trace_transport_close (FlTransport *transport)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (transport);
  FL_TRANSPORT_VISIT (self);

  if (self->inner != NULL)
    fl_transport_close (self->inner);
  self->closed = TRUE;
}

static void
fl_trace_transport_finalize (GObject *object)
{
  FlTraceTransport *self = FL_TRACE_TRANSPORT (object);

  g_clear_object (&self->inner);
  g_clear_object (&self->trace);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_byte_array_unref (self->input);
  G_OBJECT_CLASS (fl_trace_transport_parent_class)->finalize (object);
}

static void
fl_trace_transport_class_init (FlTraceTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_trace_transport_finalize;
}

static void
fl_trace_transport_init (FlTraceTransport *self)
{
  self->input = g_byte_array_new ();
  self->settings = fl_line_settings_default;
}

static void
fl_trace_transport_iface_init (FlTransportInterface *iface)
{
  iface->write = fl_trace_transport_write;
  iface->read_some = fl_trace_transport_read_some;
  iface->set_settings = fl_trace_transport_set_settings;
  iface->get_settings = fl_trace_transport_get_settings;
  iface->set_lines = fl_trace_transport_set_lines;
  iface->get_lines = fl_trace_transport_get_lines;
  iface->discard = fl_trace_transport_discard;
  iface->take_errors = fl_trace_transport_take_errors;
  iface->is_low_latency = fl_trace_transport_is_low_latency;
  iface->get_time = fl_trace_transport_get_time;
  iface->wait = fl_trace_transport_wait;
  iface->get_name = fl_trace_transport_get_name;
  iface->close = fl_trace_transport_close;
}

/**
 * fl_trace_transport_new:
 * @inner: an open transport; closed together with this one
 * @trace: where to keep what passes; when it holds records already, its time goes on behind the last of them
 *
 * Everything that passes goes to the trace as well: bytes with their time and line errors, line settings, DTR and RTS,
 * discards, and failures as notes. Line errors stay to be taken here.
 *
 * Returns: (transfer full): the wrapping transport
 */
FlTransport *
fl_trace_transport_new (FlTransport *inner, FlTrace *trace)
{
  FlTraceTransport *self;
  g_autoptr (GPtrArray) last = NULL;
  guint64 end;

  g_return_val_if_fail (FL_IS_TRANSPORT (inner) && FL_IS_TRACE (trace), NULL);

  self = g_object_new (FL_TYPE_TRACE_TRANSPORT, NULL);
  self->inner = g_object_ref (inner);
  self->trace = g_object_ref (trace);
  self->begin = fl_transport_get_time (inner);
  end = fl_trace_get_end (trace);
  if (end > 0)
    {
      last = fl_trace_copy (trace, end - 1, end);
      self->begin -= ((FlTraceRecord *) g_ptr_array_index (last, 0))->time;
    }
  fl_trace_transport_add_settings (self);
  return FL_TRANSPORT (self);
}

/**
 * fl_trace_transport_new_replay:
 * @trace: a trace that was recorded; not changed
 *
 * Answers as the recorded device did, in strict order and without waiting: what is written must be what was recorded
 * (else %FL_ERROR_PROTOCOL names both), reads give what came then, an answer that is not there is a timeout. The clock
 * is the trace's. Line settings, DTR, RTS and discards are accepted as they come.
 *
 * Returns: (transfer full): a transport that needs no port
 */
FlTransport *
fl_trace_transport_new_replay (FlTrace *trace)
{
  FlTraceTransport *self;

  g_return_val_if_fail (FL_IS_TRACE (trace), NULL);

  self = g_object_new (FL_TYPE_TRACE_TRANSPORT, NULL);
  self->trace = g_object_ref (trace);
  self->records = fl_trace_copy (trace, 0, G_MAXUINT64);
  for (guint i = 0; i < self->records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (self->records, i);

      if (record->kind == FL_TRACE_SETTINGS && fl_line_settings_from_string (record->text, &self->settings))
        break;
    }
  return FL_TRANSPORT (self);
}

/**
 * fl_trace_transport_get_trace:
 *
 * Returns: (transfer none): the trace that is written or replayed
 */
FlTrace *
fl_trace_transport_get_trace (FlTraceTransport *self)
{
  g_return_val_if_fail (FL_IS_TRACE_TRANSPORT (self), NULL);

  return self->trace;
}

/**
 * fl_trace_transport_note:
 * @format: as printf()
 *
 * Puts a remark into the trace: what is about to be tried. While replaying it is dropped.
 */
void
fl_trace_transport_note (FlTraceTransport *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  g_return_if_fail (FL_IS_TRACE_TRANSPORT (self));
  g_return_if_fail (format != NULL);

  if (self->inner == NULL)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fl_trace_add_text (self->trace, FL_TRACE_NOTE, fl_trace_transport_get_trace_time (self), text);
}
