/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The adapter's test of itself, on adapters that lose, change or hold back bytes, and over a pty that echoes. */
#include <fcntl.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include "fl-error.h"
#include "fl-loopback-job.h"
#include "fl-transport.h"
#include "job-board.h"

/* --- an adapter whose TX and RX are bridged, on a clock of its own --- */

#define TEST_TYPE_BRIDGE (test_bridge_get_type ())
G_DECLARE_FINAL_TYPE (TestBridge, test_bridge, TEST, BRIDGE, GObject)

typedef struct
{
  gboolean open;    /* there is no bridge */
  guint lose_every; /* bytes; 0: none */
  guint flip_from;  /* baud: a bit of every 100th byte is wrong from there on; 0: none */
  guint double_at;  /* number of a byte that comes twice; 0: none */
  guint parity_at;  /* number of a byte with a parity error; 0: none */
  guint gone_at;    /* bytes, after which it is unplugged; 0: never */
  guint hold_ms;    /* before each chunk comes back */
} Vice;

struct _TestBridge
{
  GObject parent_instance;

  Vice vice;
  GByteArray *line;
  gint64 now;
  gint64 ready; /* when what is on the line has come */
  guint n;
  FlLineSettings settings;
  FlLineErrors errors;
};

static Vice vice; /* of the next that is opened */

static gboolean
bridge_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline, GCancellable *cancellable,
              GError **error)
{
  TestBridge *self = TEST_BRIDGE (transport);

  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = data[i];

      self->n++;
      if (self->vice.gone_at > 0 && self->n > self->vice.gone_at)
        {
          g_set_error_literal (error, FL_ERROR, FL_ERROR_PORT_GONE, "unplugged");
          return FALSE;
        }
      if (self->vice.open || (self->vice.lose_every > 0 && self->n % self->vice.lose_every == 0))
        continue;
      if (self->vice.flip_from > 0 && self->settings.baud >= self->vice.flip_from && self->n % 100 == 0)
        byte ^= 0x10;
      if (self->n == self->vice.parity_at)
        self->errors |= FL_LINE_ERROR_PARITY;
      g_byte_array_append (self->line, &byte, 1);
      if (self->n == self->vice.double_at)
        g_byte_array_append (self->line, &byte, 1);
    }
  self->ready = self->now + (gint64) length * 11 * G_USEC_PER_SEC / self->settings.baud + self->vice.hold_ms * 1000;
  return TRUE;
}

static gboolean
bridge_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                  GCancellable *cancellable, GError **error)
{
  TestBridge *self = TEST_BRIDGE (transport);

  *n_read = self->ready <= deadline ? MIN (length, self->line->len) : 0;
  if (*n_read == 0)
    {
      self->now = MAX (self->now, deadline);
      return TRUE;
    }
  self->now = MAX (self->now, self->ready);
  memcpy (data, self->line->data, *n_read);
  g_byte_array_remove_range (self->line, 0, (guint) *n_read);
  return TRUE;
}

static gboolean
bridge_set_settings (FlTransport *transport, const FlLineSettings *settings, GError **error)
{
  TEST_BRIDGE (transport)->settings = *settings;
  return TRUE;
}

static void
bridge_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  *settings = TEST_BRIDGE (transport)->settings;
}

static gboolean
bridge_set_lines (FlTransport *transport, FlLines mask, FlLines lines, GError **error)
{
  return TRUE;
}

static gboolean
bridge_discard (FlTransport *transport, GError **error)
{
  g_byte_array_set_size (TEST_BRIDGE (transport)->line, 0);
  return TRUE;
}

static FlLineErrors
bridge_take_errors (FlTransport *transport)
{
  FlLineErrors errors = TEST_BRIDGE (transport)->errors;

  TEST_BRIDGE (transport)->errors = 0;
  return errors;
}

static gint64
bridge_get_time (FlTransport *transport)
{
  return TEST_BRIDGE (transport)->now;
}

static gboolean
bridge_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  TEST_BRIDGE (transport)->now = MAX (TEST_BRIDGE (transport)->now, until);
  return TRUE;
}

static const char *
bridge_get_name (FlTransport *transport)
{
  return "bridge";
}

static void
bridge_close (FlTransport *transport)
{
}

static void
test_bridge_iface_init (FlTransportInterface *iface)
{
  iface->write = bridge_write;
  iface->read_some = bridge_read_some;
  iface->set_settings = bridge_set_settings;
  iface->get_settings = bridge_get_settings;
  iface->set_lines = bridge_set_lines;
  iface->discard = bridge_discard;
  iface->take_errors = bridge_take_errors;
  iface->get_time = bridge_get_time;
  iface->wait = bridge_wait;
  iface->get_name = bridge_get_name;
  iface->close = bridge_close;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestBridge, test_bridge, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, test_bridge_iface_init))

static void
test_bridge_finalize (GObject *object)
{
  g_byte_array_unref (TEST_BRIDGE (object)->line);
  G_OBJECT_CLASS (test_bridge_parent_class)->finalize (object);
}

static void
test_bridge_class_init (TestBridgeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_bridge_finalize;
}

static void
test_bridge_init (TestBridge *self)
{
  self->line = g_byte_array_new ();
}

static FlTransport *
open_bridge (const char *name, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  TestBridge *self = g_object_new (TEST_TYPE_BRIDGE, NULL);

  self->vice = vice;
  self->settings = *settings;
  return FL_TRANSPORT (self);
}

/* --- the job --- */

static FlJob *
run_on (const char *port, GError **error)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  g_autoptr (FlSession) session = fl_session_new (options);
  FlJob *job = fl_loopback_job_new (session);

  job_board_run_alone (job, error);
  g_assert_null (fl_session_get_transport (session)); /* given back */
  return job;
}

static const struct
{
  const char *name;
  Vice vice;
  FlLoopbackResult result;
  guint n_runs;
  const char *words;
  gboolean slow;
} cases[] = {
  { "ok", { 0 }, FL_LOOPBACK_OK, 2, "without fault", FALSE },
  { "no-bridge", { .open = TRUE }, FL_LOOPBACK_NONE, 1, "Nothing came back", FALSE },
  { "lost", { .lose_every = 300 }, FL_LOOPBACK_LOST, 2, "lost 3 of 1024 bytes at 9600", FALSE },
  { "flipped-when-fast", { .flip_from = 100000 }, FL_LOOPBACK_CHANGED, 2, "at 115200 baud: 10 of 1024", FALSE },
  { "doubled", { .double_at = 1024 }, FL_LOOPBACK_CHANGED, 2, "at 9600 baud", FALSE },
  { "parity", { .parity_at = 700 }, FL_LOOPBACK_CHANGED, 2, "at 9600 baud", FALSE },
  { "slow", { .hold_ms = 200 }, FL_LOOPBACK_OK, 2, "without fault", TRUE },
  { "too-slow", { .hold_ms = 5000 }, FL_LOOPBACK_NONE, 1, "Nothing came back", FALSE },
};

static void
test_case (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autofree char *words = NULL;
  const FlLoopbackRun *runs;
  guint n_runs;

  vice = cases[row].vice;
  job = run_on ("bridge:", &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_loopback_job_get_result (FL_LOOPBACK_JOB (job)), ==, cases[row].result);
  runs = fl_loopback_job_get_runs (FL_LOOPBACK_JOB (job), &n_runs);
  g_assert_cmpuint (n_runs, ==, cases[row].n_runs);
  g_assert_cmpuint (runs[0].n_sent, ==, cases[row].result == FL_LOOPBACK_NONE ? 64 : FL_LOOPBACK_BYTES);
  words = fl_loopback_job_dup_words (FL_LOOPBACK_JOB (job));
  if (strstr (words, cases[row].words) == NULL)
    g_error ("“%s” is not in: %s", cases[row].words, words);
  g_assert_cmpstr (fl_facts_get (fl_job_get_facts (job), "loopback.result"), ==,
                   fl_loopback_result_get_id (cases[row].result));
  g_assert_null (fl_facts_get (fl_job_get_facts (job), "sync.kind")); /* those were no bytes of a host */
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "is slow") == cases[row].slow);
}

static void
test_gone (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJob) job = NULL;

  vice = (Vice){ .gone_at = 500 };
  job = run_on ("bridge:", &error);
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_assert_null (fl_facts_get (fl_job_get_facts (job), "loopback.result"));
}

/* A real tty that brings everything back. */
static gpointer
echo_thread (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  guint8 bytes[256];
  gssize n;

  while ((n = read (fd, bytes, sizeof bytes)) > 0)
    if (write (fd, bytes, (gsize) n) != n)
      break;
  return NULL;
}

static void
test_pty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJob) job = NULL;
  struct termios raw;
  char name[128];
  GThread *thread;
  int ours, theirs;

  g_assert_cmpint (openpty (&ours, &theirs, name, NULL, NULL), ==, 0);
  g_assert_cmpint (tcgetattr (ours, &raw), ==, 0);
  cfmakeraw (&raw);
  g_assert_cmpint (tcsetattr (ours, TCSANOW, &raw), ==, 0);
  thread = g_thread_new ("echo", echo_thread, GINT_TO_POINTER (ours));
  job = run_on (name, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_loopback_job_get_result (FL_LOOPBACK_JOB (job)), ==, FL_LOOPBACK_OK);
  close (theirs); /* the last of that side: the echo ends */
  g_thread_join (thread);
  close (ours);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));
  fl_transport_register_scheme ("bridge", open_bridge);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/loopback/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/loopback/gone", test_gone);
  g_test_add_func ("/loopback/pty", test_pty);
  return g_test_run ();
}
