/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-console-job.h"

#include <glib/gi18n-lib.h>

#include "fl-boot.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-port-job.h"
#include "fl-session-private.h"
#include "fl-trace-transport.h"

#define IDLE_US   20000  /* real time: how long nobody looks at the port while nobody has anything to send */
#define LINES_US  100000 /* between two looks at the modem lines */
#define ANSWER_MS 1000   /* for the first byte of an answer */
#define QUIET_MS  60     /* after the last byte of an answer; longer than any adapter's latency */
#define SEND_MS   2000   /* beyond the time on the wire */
#define MAX_TAKEN 4096   /* bytes of one look at the port */

/* What the main context asks for. */
typedef struct
{
  enum
  {
    REQUEST_SEND,
    REQUEST_SETTINGS,
    REQUEST_LINES,
  } kind;
  GPtrArray *packets; /* GBytes */
  gboolean lasting;   /* FlConsoleCommand's */
  FlLineSettings settings;
  FlLines mask;
  FlLines lines;
} Request;

struct _FlConsoleJob
{
  FlJob parent_instance;

  GAsyncQueue *requests; /* of Request */

  /* Worker. */
  gint64 looked_at_lines; /* µs on the transport's clock */
  gboolean lasting;       /* a command was sent that leaves the board different */

  GMutex lock; /* guards what follows */
  FlConsoleState state;
  GSource *announce; /* queued and not yet run */
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FlConsoleJob, fl_console_job, FL_TYPE_JOB)

static void
free_request (gpointer data)
{
  Request *request = data;

  g_clear_pointer (&request->packets, g_ptr_array_unref);
  g_free (request);
}

static gboolean
announce_cb (gpointer user_data)
{
  FlConsoleJob *self = g_task_get_source_object (user_data);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->announce, g_source_unref);
  g_mutex_unlock (&self->lock);
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* Worker: however much passes, one announcement waits at the most. */
static void
fl_console_job_changed (FlConsoleJob *self)
{
  g_mutex_lock (&self->lock);
  if (self->announce == NULL)
    {
      self->announce = g_timeout_source_new (FL_JOB_ANNOUNCE_MS);
      g_task_attach_source (fl_job_get_private (FL_JOB (self))->task, self->announce, announce_cb);
    }
  g_mutex_unlock (&self->lock);
}

static FlTransport *
fl_console_job_get_transport (FlConsoleJob *self)
{
  return fl_session_get_transport (fl_job_get_session (FL_JOB (self)));
}

/* Worker: tells the main context what the port is like now. */
static void
fl_console_job_publish (FlConsoleJob *self)
{
  FlTransport *transport = fl_console_job_get_transport (self);
  FlConsoleState state = { .is_open = TRUE };

  fl_transport_get_settings (transport, &state.settings);
  state.has_lines = fl_transport_get_lines (transport, &state.lines, NULL);
  self->looked_at_lines = fl_transport_get_time (transport);
  g_mutex_lock (&self->lock);
  self->state = state;
  g_mutex_unlock (&self->lock);
  fl_console_job_changed (self);
}

static gboolean
fl_console_job_watch_lines (FlConsoleJob *self, GError **error)
{
  FlTransport *transport = fl_console_job_get_transport (self);
  gint64 now = fl_transport_get_time (transport);
  FlLines lines;
  gboolean changed;

  if (now - self->looked_at_lines < LINES_US || !self->state.has_lines)
    return TRUE;
  self->looked_at_lines = now;
  if (!fl_transport_get_lines (transport, &lines, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  changed = self->state.lines != lines;
  self->state.lines = lines;
  g_mutex_unlock (&self->lock);
  if (changed)
    fl_console_job_changed (self);
  return TRUE;
}

/* Takes what comes within @first_ms, and then until it is quiet. @ack: whether it began with one. */
static gboolean
fl_console_job_receive (FlConsoleJob *self, guint first_ms, gsize *n_taken, gboolean *ack, GCancellable *cancellable,
                        GError **error)
{
  FlTransport *transport = fl_console_job_get_transport (self);
  guint8 data[MAX_TAKEN];
  gsize n_read;

  *n_taken = 0;
  *ack = FALSE;
  do
    {
      if (!fl_transport_read_some (transport, data, sizeof data, *n_taken == 0 ? first_ms : QUIET_MS, &n_read,
                                   cancellable, error))
        return FALSE;
      if (n_read > 0 && *n_taken == 0)
        *ack = data[0] == FL_BOOT_ACK;
      *n_taken += n_read;
      if (n_read > 0)
        fl_console_job_changed (self);
    }
  while (n_read > 0 && *n_taken < MAX_TAKEN);
  return TRUE;
}

/* A packet after the other, as long as each is acknowledged. */
static gboolean
fl_console_job_send_packets (FlConsoleJob *self, const Request *request, GCancellable *cancellable, GError **error)
{
  FlTransport *transport = fl_console_job_get_transport (self);
  FlLineSettings settings;
  gboolean ack = TRUE;
  gsize n_taken;

  fl_transport_get_settings (transport, &settings);
  self->lasting |= request->lasting;
  for (guint i = 0; i < request->packets->len && ack; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (request->packets, i), &size);
      guint wire_ms = (guint) (size * fl_line_settings_get_bits (&settings) * 1000 / settings.baud);

      if (!fl_transport_write (transport, data, size, SEND_MS + wire_ms, cancellable, error))
        return FALSE;
      fl_console_job_changed (self);
      if (!fl_console_job_receive (self, ANSWER_MS, &n_taken, &ack, cancellable, error))
        return FALSE;
      if (n_taken == 0) /* with its time, the trace says how long the answer was waited for */
        fl_trace_transport_note (FL_TRACE_TRANSPORT (transport), _ ("Nothing came back within %d ms"), ANSWER_MS);
    }
  fl_console_job_changed (self);
  return TRUE;
}

static gboolean
fl_console_job_perform (FlConsoleJob *self, const Request *request, GCancellable *cancellable, GError **error)
{
  FlTransport *transport = fl_console_job_get_transport (self);
  g_autoptr (GError) refused = NULL;
  gboolean ok;

  switch (request->kind)
    {
    case REQUEST_SETTINGS:
      ok = fl_session_set_line (fl_job_get_session (FL_JOB (self)), &request->settings, &refused);
      break;
    case REQUEST_LINES:
      ok = fl_transport_set_lines (transport, request->mask, request->lines, &refused);
      break;
    case REQUEST_SEND:
    default:
      return fl_console_job_send_packets (self, request, cancellable, error);
    }
  /* An adapter that cannot do this can still do the rest. */
  if (!ok && !g_error_matches (refused, FL_ERROR, FL_ERROR_PORT_GONE))
    fl_job_log (FL_JOB (self), FL_LOG_WARNING, NULL, "%s", refused->message);
  else if (!ok)
    {
      g_propagate_error (error, g_steal_pointer (&refused));
      return FALSE;
    }
  fl_console_job_publish (self);
  return TRUE;
}

static gboolean
fl_console_job_serve (FlConsoleJob *self, GCancellable *cancellable, GError **error)
{
  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      Request *request = g_async_queue_timeout_pop (self->requests, IDLE_US);
      gboolean ok = TRUE;
      gboolean ack;
      gsize n_taken;

      if (request != NULL)
        {
          ok = fl_console_job_perform (self, request, cancellable, error);
          free_request (request);
        }
      if (!ok || !fl_console_job_receive (self, 1, &n_taken, &ack, cancellable, error)
          || !fl_console_job_watch_lines (self, error))
        return FALSE;
    }
  return FALSE;
}

static gboolean
fl_console_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlConsoleJob *self = FL_CONSOLE_JOB (job);
  FlSession *session = fl_job_get_session (job);
  gboolean was_connected = fl_session_is_connected (session);
  g_autoptr (GError) end = NULL;
  FlLineSettings before;

  fl_job_set_total (job, 1);
  if (fl_session_get_transport (session) == NULL && !fl_port_job_open (job, cancellable, error))
    return FALSE;
  fl_transport_get_settings (fl_session_get_transport (session), &before);
  fl_job_log (job, FL_LOG_INFO, NULL, "%s", _ ("Console opened"));
  fl_job_set_text (job, "%s", _ ("The console holds the port"));
  fl_console_job_publish (self);
  fl_console_job_serve (self, cancellable, &end);
  if (!g_error_matches (end, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&end));
      return FALSE;
    }
  fl_job_log (job, FL_LOG_INFO, NULL, "%s", _ ("Console closed"));
  if (!was_connected || self->lasting || !fl_session_set_line (session, &before, NULL))
    fl_session_close (session);
  else
    fl_session_set_stale (session, TRUE); /* half a command may have been typed */
  return TRUE;
}

static void
fl_console_job_ask (FlConsoleJob *self, Request request)
{
  g_async_queue_push (self->requests, g_memdup2 (&request, sizeof request));
}

/**
 * fl_console_job_send:
 * @bytes: sent as they are, in one go
 */
void
fl_console_job_send (FlConsoleJob *self, GBytes *bytes)
{
  const FlConsoleCommand *command;
  Request request = { .kind = REQUEST_SEND };

  g_return_if_fail (FL_IS_CONSOLE_JOB (self) && bytes != NULL);

  command = fl_console_command_of (bytes);
  request.lasting = command != NULL && command->lasting;
  request.packets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (request.packets, g_bytes_ref (bytes));
  fl_console_job_ask (self, request);
}

/**
 * fl_console_job_send_command:
 * @address: of a command that has one
 *
 * Sends all packets of @command, each when the one before was acknowledged.
 */
void
fl_console_job_send_command (FlConsoleJob *self, const FlConsoleCommand *command, guint32 address)
{
  g_return_if_fail (FL_IS_CONSOLE_JOB (self) && command != NULL);

  fl_console_job_ask (self, (Request){ .kind = REQUEST_SEND,
                                       .packets = fl_console_command_make_packets (command, address),
                                       .lasting = command->lasting });
}

/**
 * fl_console_job_set_settings:
 *
 * Changes rate and frame of the line; an adapter that cannot do them leaves them, which the log says.
 */
void
fl_console_job_set_settings (FlConsoleJob *self, const FlLineSettings *settings)
{
  g_return_if_fail (FL_IS_CONSOLE_JOB (self) && settings != NULL);

  fl_console_job_ask (self, (Request){ .kind = REQUEST_SETTINGS, .settings = *settings });
}

/**
 * fl_console_job_set_lines:
 * @mask: which of DTR and RTS
 * @lines: those of them that are to be asserted
 */
void
fl_console_job_set_lines (FlConsoleJob *self, FlLines mask, FlLines lines)
{
  g_return_if_fail (FL_IS_CONSOLE_JOB (self));

  fl_console_job_ask (self, (Request){ .kind = REQUEST_LINES, .mask = mask, .lines = lines });
}

/**
 * fl_console_job_get_state:
 * @state: (out): what is known of the port; not open before the first "changed"
 */
void
fl_console_job_get_state (FlConsoleJob *self, FlConsoleState *state)
{
  g_return_if_fail (FL_IS_CONSOLE_JOB (self) && state != NULL);

  g_mutex_lock (&self->lock);
  *state = self->state;
  g_mutex_unlock (&self->lock);
}

static void
fl_console_job_finalize (GObject *object)
{
  FlConsoleJob *self = FL_CONSOLE_JOB (object);

  g_async_queue_unref (self->requests);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (fl_console_job_parent_class)->finalize (object);
}

static void
fl_console_job_class_init (FlConsoleJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_console_job_finalize;
  FL_JOB_CLASS (klass)->run = fl_console_job_run;

  /**
   * FlConsoleJob::changed:
   *
   * There is news in the trace, or of the port. Main context.
   */
  signals[CHANGED] =
      g_signal_new ("changed", FL_TYPE_CONSOLE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fl_console_job_init (FlConsoleJob *self)
{
  self->requests = g_async_queue_new_full (free_request);
  g_mutex_init (&self->lock);
}

/**
 * fl_console_job_new:
 * @session: connected: then the line stays as it is; or closed: then its port is opened as its options say
 *
 * Returns: (transfer full): a job
 */
FlJob *
fl_console_job_new (FlSession *session)
{
  g_return_val_if_fail (FL_IS_SESSION (session), NULL);

  return g_object_new (FL_TYPE_CONSOLE_JOB, "session", session, NULL);
}
