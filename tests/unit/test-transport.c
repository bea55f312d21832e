/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-listen-transport.h"
#include "fl-trace-transport.h"

static const FlLineSettings even = { 115200, 8, FL_PARITY_EVEN, 1 };

static void
test_settings_text (void)
{
  static const struct
  {
    FlLineSettings settings;
    const char *text;
    guint bits;
  } rows[] = {
    { { 115200, 8, FL_PARITY_EVEN, 1 }, "115200 8E1", 11 },
    { { 115200, 8, FL_PARITY_NONE, 1 }, "115200 8N1", 10 },
    { { 1200, 7, FL_PARITY_ODD, 2 }, "1200 7O2", 11 },
    { { 921600, 5, FL_PARITY_NONE, 1 }, "921600 5N1", 7 },
  };
  static const char *const bad[] = {
    "",
    " ",
    "115200",
    "115200 ",
    "115200 8E",
    "115200 8E12",
    "0 8E1",
    "-5 8E1",
    "115200 9E1",
    "115200 4E1",
    "115200 8X1",
    "115200 8e1",
    "115200 8E3",
    "115200 8E0",
    "99999999999999999999 8E1",
    "115200  8E1",
    "x 8E1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = fl_line_settings_to_string (&rows[i].settings);
      FlLineSettings again = { 0 };

      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_cmpuint (fl_line_settings_get_bits (&rows[i].settings), ==, rows[i].bits);
      g_assert_true (fl_line_settings_from_string (text, &again));
      g_assert_cmpuint (again.baud, ==, rows[i].settings.baud);
      g_assert_cmpint (again.parity, ==, rows[i].settings.parity);
      g_assert_cmpuint (again.data_bits, ==, rows[i].settings.data_bits);
      g_assert_cmpuint (again.stop_bits, ==, rows[i].settings.stop_bits);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      FlLineSettings untouched = { 1, 2, FL_PARITY_ODD, 3 };

      g_assert_false (fl_line_settings_from_string (bad[i], &untouched));
      g_assert_cmpuint (untouched.baud, ==, 1);
    }
}

static void
test_error_names (void)
{
  for (guint errors = 0; errors < 16; errors++)
    {
      g_autofree char *text = fl_line_errors_to_string ((FlLineErrors) errors);
      g_auto (GStrv) words = g_strsplit (text, " ", -1);
      guint again = 0;

      for (guint i = 0; words[i] != NULL; i++)
        again |= fl_line_errors_from_name (words[i]);
      g_assert_cmpuint (again, ==, errors);
    }
  g_assert_cmpuint (fl_line_errors_from_name ("smell"), ==, 0);
}

static FlTransport *
open_replay (const char *name, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = g_strdup_printf ("# Flashloader trace 1\n0.000000 > %s\n", name + strlen ("replay:"));
  g_autoptr (FlTrace) trace = fl_trace_from_text (text, -1, error);

  return trace != NULL ? fl_trace_transport_new_replay (trace) : NULL;
}

static FlTransport *
open_never (const char *name, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, "%s", name);
  return NULL;
}

static gpointer
register_thread (gpointer data)
{
  for (guint i = 0; i < 1000; i++)
    fl_transport_register_scheme (data, open_never);
  return NULL;
}

static void
test_schemes (void)
{
  g_autoptr (FlTransport) port = NULL;
  g_autoptr (GError) error = NULL;
  GThread *threads[2];

  g_assert_null (fl_transport_open ("replay:7F", &even, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
  g_clear_error (&error);
  fl_transport_register_scheme ("replay", open_replay);
  threads[0] = g_thread_new ("register", register_thread, (gpointer) "first");
  threads[1] = g_thread_new ("register", register_thread, (gpointer) "second");
  for (guint i = 0; i < 200; i++)
    {
      g_clear_object (&port);
      port = fl_transport_open ("replay:7F", NULL, NULL, &error);
      g_assert_no_error (error);
    }
  g_thread_join (threads[0]);
  g_thread_join (threads[1]);
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x7f", 1, 10, NULL, &error));
  g_assert_null (fl_transport_open ("first:x", &even, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  fl_transport_register_scheme ("replay", open_never); /* replaced */
  g_assert_null (fl_transport_open ("replay:7F", &even, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
}

static const char session[] = "# Flashloader trace 1\n"
                              "0.000000 = 57600 8E1\n"
                              "0.100000 # synchronise\n"
                              "0.100000 > 7F\n"
                              "0.102000 < 79\n"
                              "0.200000 > 02 FD\n"
                              "0.203000 < 79 01\n"
                              "0.203500 < 04 60 79 !parity\n"
                              "0.300000 > 00 FF\n";

static FlTransport *
replay_session (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTrace) trace = fl_trace_from_text (session, -1, &error);

  g_assert_no_error (error);
  return fl_trace_transport_new_replay (trace);
}

static void
test_replay (void)
{
  g_autoptr (FlTransport) port = replay_session ();
  g_autoptr (GError) error = NULL;
  FlLineSettings settings;
  guint8 got[8];
  gsize n;

  fl_transport_get_settings (port, &settings);
  g_assert_cmpuint (settings.baud, ==, 57600);
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x7f", 1, 10, NULL, &error));
  g_assert_cmpint (fl_transport_get_time (port), ==, 100000);
  g_assert_true (fl_transport_read (port, got, 1, 1000, &n, NULL, &error));
  g_assert_cmphex (got[0], ==, 0x79);
  g_assert_cmpint (fl_transport_get_time (port), ==, 102000);
  /* Nothing more came: a timeout, after just the time that was allowed. */
  g_assert_false (fl_transport_read (port, got, 1, 50, &n, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  g_assert_cmpint (fl_transport_get_time (port), ==, 152000);
  g_clear_error (&error);
  /* The same bytes in other portions. */
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x02", 1, 10, NULL, &error));
  g_assert_true (fl_transport_write (port, (const guint8 *) "\xfd", 1, 10, NULL, &error));
  g_assert_true (fl_transport_read (port, got, 5, 1000, &n, NULL, &error));
  g_assert_cmpmem (got, n, "\x79\x01\x04\x60\x79", 5);
  g_assert_cmpuint (fl_transport_take_errors (port), ==, FL_LINE_ERROR_PARITY);
  g_assert_cmpuint (fl_transport_take_errors (port), ==, 0);
  g_assert_cmpint (fl_transport_get_time (port), ==, 203500);
  g_assert_true (fl_transport_sleep (port, 10, NULL, &error));
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x00\xff", 2, 10, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (fl_transport_write (port, (const guint8 *) "\x00\xff", 2, 10, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PROTOCOL);
  g_clear_error (&error);
  fl_transport_close (port);
  g_assert_false (fl_transport_write (port, (const guint8 *) "\x00\xff", 2, 10, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
}

static void
test_replay_strict (void)
{
  g_autoptr (FlTransport) port = replay_session ();
  g_autoptr (GError) error = NULL;
  guint8 got[8];
  gsize n;

  /* An answer is not given before the question. */
  g_assert_true (fl_transport_read_some (port, got, 1, 0, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (fl_transport_write (port, (const guint8 *) "\x7e", 1, 10, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (error->message, "7E"));
  g_assert_nonnull (strstr (error->message, "7F"));
  g_clear_error (&error);
  /* Too late is as good as never. */
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x7f", 1, 10, NULL, &error));
  g_assert_false (fl_transport_read (port, got, 1, 1, &n, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  g_clear_error (&error);
  /* What was not read waits, as in a driver; discarding throws it away. */
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x02\xfd", 2, 10, NULL, &error));
  g_assert_true (fl_transport_read (port, got, 2, 100, &n, NULL, &error));
  g_assert_cmpmem (got, 2, "\x79\x79", 2);
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x00\xff", 2, 10, NULL, &error));
  g_assert_true (fl_transport_discard (port, &error));
  g_assert_true (fl_transport_read_some (port, got, 8, 0, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 0);
}

/* A recording of a replay is the trace again, as far as it was asked for. */
static void
test_record (void)
{
  g_autoptr (FlTransport) inner = replay_session ();
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  g_autoptr (FlTransport) port = fl_trace_transport_new (inner, trace);
  g_autoptr (FlTransport) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) records = NULL;
  guint8 got[8];
  gsize n;

  g_assert_true (fl_transport_sleep (port, 100, NULL, &error));
  fl_trace_transport_note (FL_TRACE_TRANSPORT (port), "step %d", 1);
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x7f", 1, 10, NULL, &error));
  g_assert_true (fl_transport_read (port, got, 1, 1000, &n, NULL, &error));
  g_assert_true (fl_transport_set_lines (port, FL_LINE_DTR | FL_LINE_RTS, FL_LINE_RTS, &error));
  g_assert_true (fl_transport_set_settings (port, &even, &error));
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x02\xfd", 2, 10, NULL, &error));
  g_assert_true (fl_transport_read (port, got, 5, 1000, &n, NULL, &error));
  g_assert_true (fl_transport_discard (port, &error));
  g_assert_cmpuint (fl_transport_take_errors (port), ==, 0);
  g_assert_false (fl_transport_write (port, (const guint8 *) "!", 1, 10, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PROTOCOL);
  g_assert_true (fl_trace_transport_get_trace (FL_TRACE_TRANSPORT (port)) == trace);
  text = fl_trace_to_text (trace);
  g_assert_true (g_str_has_prefix (text, "# Flashloader trace 1\n"
                                         "0.000000 = 57600 8E1\n"
                                         "0.100000 # step 1\n"
                                         "0.100000 > 7F\n"
                                         "0.102000 < 79\n"
                                         "0.102000 ~ DTR=0 RTS=1\n"
                                         "0.102000 = 115200 8E1\n"
                                         "0.102000 > 02 FD\n"
                                         "0.203000 < 79 01\n"
                                         "0.203500 < 04 60 79 !parity\n"
                                         "0.203500 x\n"
                                         "0.203500 # Sending failed"));
  /* A second connection goes on in the same trace, behind the first. */
  g_clear_object (&inner);
  inner = replay_session ();
  second = fl_trace_transport_new (inner, trace);
  records = fl_trace_copy (trace, fl_trace_get_end (trace) - 1, G_MAXUINT64);
  g_assert_cmpint (((FlTraceRecord *) g_ptr_array_index (records, 0))->time, ==, 203500);
}

#if !defined(NDEBUG) && defined(G_OS_UNIX)
/* Whoever reads, stays. */
static GMutex door_lock;
static GCond door_moved;
static gboolean is_inside;

static gboolean
read_for_ever (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
               GCancellable *cancellable, GError **error)
{
  g_mutex_lock (&door_lock);
  is_inside = TRUE;
  g_cond_signal (&door_moved);
  g_mutex_unlock (&door_lock);
  while (TRUE)
    g_usleep (G_USEC_PER_SEC);
  return FALSE;
}

static gpointer
read_thread (gpointer transport)
{
  guint8 byte;
  gsize n;

  fl_transport_read_some (transport, &byte, 1, 1000, &n, NULL, NULL);
  return NULL;
}

/* A second thread that touches a session's transport while the first is inside ends a debug build. */
static void
test_two_threads (void)
{
  g_autoptr (FlTrace) replayed = fl_trace_new (0);
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  g_autoptr (FlTransport) replay = fl_trace_transport_new_replay (replayed);
  g_autoptr (FlTransport) inner = fl_listen_transport_new (replay);
  g_autoptr (FlTransport) transport = fl_trace_transport_new (inner, trace);

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_failed ();
      g_test_trap_assert_stderr ("*fl_thread_owner_check*");
      return;
    }
  fl_transport_discard (transport, NULL); /* alone: nothing happens */
  FL_TRANSPORT_GET_IFACE (inner)->read_some = read_for_ever;
  g_thread_unref (g_thread_new ("reads", read_thread, transport));
  g_mutex_lock (&door_lock);
  while (!is_inside)
    g_cond_wait (&door_moved, &door_lock);
  g_mutex_unlock (&door_lock);
  fl_transport_discard (transport, NULL);
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/settings-text", test_settings_text);
  g_test_add_func ("/transport/error-names", test_error_names);
  g_test_add_func ("/transport/schemes", test_schemes);
#if !defined(NDEBUG) && defined(G_OS_UNIX)
  g_test_add_func ("/transport/two-threads", test_two_threads);
#endif
  g_test_add_func ("/trace-transport/replay", test_replay);
  g_test_add_func ("/trace-transport/strict", test_replay_strict);
  g_test_add_func ("/trace-transport/record", test_record);
  return g_test_run ();
}
