/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-fake-transport.h"

#include <string.h>

#include "fl-error.h"

/**
 * FlFakeTransport:
 *
 * A transport that follows a script on a clock of its own. Words are parted by spaces:
 *
 *  - ">" the bytes after it must be written next; a write of anything else aborts the test
 *  - "<" the bytes after it come in when what is before them has been written
 *  - "79" a byte; "02*16" a byte sixteen times
 *  - "!parity", "!framing", "!overrun", "!break": the next byte that comes in has this error
 *  - "wait:250" the next byte comes in 250 ms later
 *  - "gone" the port is unplugged: every call from here on fails
 *
 * A read for which the script has nothing passes its whole time on the clock. Past the end of the script the device
 * is dead: writes vanish (and are counted), reads time out.
 */
struct _FlFakeTransport
{
  GObject parent_instance;

  GArray *events; /* Event */
  guint at;
  gint64 now; /* µs */
  FlLineSettings settings;
  FlLineErrors errors;
  FlLines lines;
  GString *lines_log;
  gint64 logged; /* µs: up to here the log has the time */
  guint n_unscripted;
  gsize n_written;
  gsize cancel_after;
  GCancellable *cancellable;
};

typedef enum
{
  EVENT_WRITE,
  EVENT_READ,
  EVENT_GONE,
} EventKind;

typedef struct
{
  EventKind kind;
  guint8 byte;
  FlLineErrors errors;
  gint64 delay; /* µs */
} Event;

static void fl_fake_transport_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlFakeTransport, fl_fake_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, fl_fake_transport_iface_init))

static Event *
fl_fake_transport_peek (FlFakeTransport *self)
{
  return self->at < self->events->len ? &g_array_index (self->events, Event, self->at) : NULL;
}

static gboolean
fl_fake_transport_check_gone (FlFakeTransport *self, GError **error)
{
  Event *event = fl_fake_transport_peek (self);

  if (event == NULL || event->kind != EVENT_GONE)
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_PORT_GONE, "the fake port was unplugged");
  return FALSE;
}

static gboolean
fl_fake_transport_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline,
                         GCancellable *cancellable, GError **error)
{
  FlFakeTransport *self = FL_FAKE_TRANSPORT (transport);

  for (gsize i = 0; i < length; i++)
    {
      Event *event = fl_fake_transport_peek (self);

      if (!fl_fake_transport_check_gone (self, error))
        return FALSE;
      self->now += (gint64) fl_line_settings_get_bits (&self->settings) * G_USEC_PER_SEC / self->settings.baud;
      if (++self->n_written == self->cancel_after)
        g_cancellable_cancel (self->cancellable);
      if (event == NULL)
        {
          self->n_unscripted++;
          continue;
        }
      if (event->kind != EVENT_WRITE)
        g_error ("%02X written, but at event %u the script has %02X to be read", data[i], self->at, event->byte);
      if (event->byte != data[i])
        g_error ("%02X written, but at event %u the script wants %02X", data[i], self->at, event->byte);
      self->at++;
    }
  return TRUE;
}

static gboolean
fl_fake_transport_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                             GCancellable *cancellable, GError **error)
{
  FlFakeTransport *self = FL_FAKE_TRANSPORT (transport);
  gsize n = 0;
  Event *event;

  if (!fl_fake_transport_check_gone (self, error))
    return FALSE;
  while (n < length && (event = fl_fake_transport_peek (self)) != NULL && event->kind == EVENT_READ)
    {
      if (event->delay > 0 && (n > 0 || self->now + event->delay > deadline))
        break;
      self->now += event->delay;
      self->errors |= event->errors;
      data[n++] = event->byte;
      self->at++;
    }
  if (n == 0 && deadline > self->now)
    {
      event = fl_fake_transport_peek (self);
      if (event != NULL && event->kind == EVENT_READ)
        event->delay -= deadline - self->now;
      self->now = deadline;
    }
  *n_read = n;
  return TRUE;
}

static gboolean
fl_fake_transport_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  FL_FAKE_TRANSPORT (transport)->settings = *settings;
  return TRUE;
}

static void
fl_fake_transport_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  *settings = FL_FAKE_TRANSPORT (transport)->settings;
}

static void
fl_fake_transport_log_time (FlFakeTransport *self)
{
  if (self->lines_log->len > 0 && self->now > self->logged)
    g_string_append_printf (self->lines_log, " %ums ", (guint) ((self->now - self->logged) / 1000));
  self->logged = self->now;
}

static gboolean
fl_fake_transport_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  FlFakeTransport *self = FL_FAKE_TRANSPORT (transport);

  if (!fl_fake_transport_check_gone (self, error))
    return FALSE;
  fl_fake_transport_log_time (self);
  if ((mask & FL_LINE_DTR) != 0)
    g_string_append_c (self->lines_log, (lines & FL_LINE_DTR) != 0 ? 'D' : 'd');
  if ((mask & FL_LINE_RTS) != 0)
    g_string_append_c (self->lines_log, (lines & FL_LINE_RTS) != 0 ? 'R' : 'r');
  self->lines = (self->lines & ~mask) | (lines & mask);
  return TRUE;
}

static gboolean
fl_fake_transport_get_lines (FlTransport *transport, FlLines *lines, GError **error)
{
  *lines = FL_FAKE_TRANSPORT (transport)->lines;
  return TRUE;
}

static gboolean
fl_fake_transport_discard (FlTransport *transport, GError **error)
{
  FlFakeTransport *self = FL_FAKE_TRANSPORT (transport);
  Event *event;

  while ((event = fl_fake_transport_peek (self)) != NULL && event->kind == EVENT_READ && event->delay <= 0)
    self->at++;
  return fl_fake_transport_check_gone (self, error);
}

static FlLineErrors
fl_fake_transport_take_errors (FlTransport *transport)
{
  FlFakeTransport *self = FL_FAKE_TRANSPORT (transport);
  FlLineErrors errors = self->errors;

  self->errors = 0;
  return errors;
}

static gint64
fl_fake_transport_get_time (FlTransport *transport)
{
  return FL_FAKE_TRANSPORT (transport)->now;
}

static gboolean
fl_fake_transport_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  FlFakeTransport *self = FL_FAKE_TRANSPORT (transport);
  Event *event = fl_fake_transport_peek (self);

  if (until > self->now)
    {
      if (event != NULL && event->kind == EVENT_READ)
        event->delay = MAX (event->delay - (until - self->now), 0);
      self->now = until;
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static const char *
fl_fake_transport_get_name (FlTransport *transport)
{
  return "fake";
}

static void
fl_fake_transport_close (FlTransport *transport)
{
}

static void
fl_fake_transport_parse (FlFakeTransport *self, const char *script)
{
  static const struct
  {
    const char *word;
    FlLineErrors error;
  } flags[] = {
    { "!parity", FL_LINE_ERROR_PARITY },
    { "!framing", FL_LINE_ERROR_FRAMING },
    { "!overrun", FL_LINE_ERROR_OVERRUN },
    { "!break", FL_LINE_ERROR_BREAK },
  };
  g_auto (GStrv) words = g_strsplit (script, " ", -1);
  Event event = { .kind = EVENT_WRITE };

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *end = NULL;
      guint64 value;
      guint64 n = 1;
      guint flag;

      for (flag = 0; flag < G_N_ELEMENTS (flags) && strcmp (words[i], flags[flag].word) != 0; flag++)
        ;
      if (*words[i] == '\0')
        continue;
      if (flag < G_N_ELEMENTS (flags))
        {
          event.errors |= flags[flag].error;
          continue;
        }
      if (strcmp (words[i], ">") == 0 || strcmp (words[i], "<") == 0)
        {
          event.kind = *words[i] == '<' ? EVENT_READ : EVENT_WRITE;
          continue;
        }
      if (g_str_has_prefix (words[i], "wait:"))
        {
          event.delay = (gint64) g_ascii_strtoull (words[i] + 5, NULL, 10) * 1000;
          continue;
        }
      if (strcmp (words[i], "gone") == 0)
        {
          Event gone = { .kind = EVENT_GONE };

          g_array_append_val (self->events, gone);
          continue;
        }
      value = g_ascii_strtoull (words[i], &end, 16);
      if (*end == '*')
        n = g_ascii_strtoull (end + 1, &end, 10);
      if (*end != '\0' || value > 0xFF)
        g_error ("\"%s\" is no word of a script", words[i]);
      event.byte = (guint8) value;
      for (; n > 0; n--)
        {
          g_array_append_val (self->events, event);
          event.errors = 0;
          event.delay = 0;
        }
    }
}

static void
fl_fake_transport_finalize (GObject *object)
{
  FlFakeTransport *self = FL_FAKE_TRANSPORT (object);

  g_array_unref (self->events);
  g_string_free (self->lines_log, TRUE);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (fl_fake_transport_parent_class)->finalize (object);
}

static void
fl_fake_transport_class_init (FlFakeTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_fake_transport_finalize;
}

static void
fl_fake_transport_iface_init (FlTransportInterface *iface)
{
  iface->write = fl_fake_transport_write;
  iface->read_some = fl_fake_transport_read_some;
  iface->set_settings = fl_fake_transport_set_settings;
  iface->get_settings = fl_fake_transport_get_settings;
  iface->set_lines = fl_fake_transport_set_lines;
  iface->get_lines = fl_fake_transport_get_lines;
  iface->discard = fl_fake_transport_discard;
  iface->take_errors = fl_fake_transport_take_errors;
  iface->get_time = fl_fake_transport_get_time;
  iface->wait = fl_fake_transport_wait;
  iface->get_name = fl_fake_transport_get_name;
  iface->close = fl_fake_transport_close;
}

static void
fl_fake_transport_init (FlFakeTransport *self)
{
  self->events = g_array_new (FALSE, FALSE, sizeof (Event));
  self->lines_log = g_string_new (NULL);
  self->settings = fl_line_settings_default;
}

FlTransport *
fl_fake_transport_new (const char *script)
{
  FlFakeTransport *self = g_object_new (FL_TYPE_FAKE_TRANSPORT, NULL);

  fl_fake_transport_parse (self, script);
  return FL_TRANSPORT (self);
}

/* Whether all of the script was used, and nothing was written past its end. */
gboolean
fl_fake_transport_at_end (FlFakeTransport *self)
{
  return self->at == self->events->len && self->n_unscripted == 0;
}

/* How many bytes were written past the end of the script. */
guint
fl_fake_transport_get_n_unscripted (FlFakeTransport *self)
{
  return self->n_unscripted;
}

/* What was done to DTR and RTS: "Dr 100ms dR" is "DTR set, RTS cleared, 0.1 s, the other way round". */
const char *
fl_fake_transport_get_lines_log (FlFakeTransport *self)
{
  fl_fake_transport_log_time (self);
  return self->lines_log->str;
}

/* Cancels when so many bytes have been written. */
void
fl_fake_transport_cancel_after (FlFakeTransport *self, gsize n_written, GCancellable *cancellable)
{
  self->cancel_after = n_written;
  g_set_object (&self->cancellable, cancellable);
}

gsize
fl_fake_transport_get_n_written (FlFakeTransport *self)
{
  return self->n_written;
}
