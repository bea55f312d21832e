/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-fake-adapter.h"
#include "fl-serial-transport.h"
#include "fl-trace-transport.h"

#include <fcntl.h>
#include <linux/serial.h>
#include <sys/file.h>
#include <unistd.h>

static const FlLineSettings even = { 115200, 8, FL_PARITY_EVEN, 1 };

static void
answer_sync (FlFakeAdapter *adapter, const guint8 *data, gsize length, gpointer user_data)
{
  for (gsize i = 0; i < length; i++)
    if (data[i] == 0x7F)
      fl_fake_adapter_send (adapter, (const guint8 *) "\x79", 1);
}

static const FlFakeDevice sync_device = { .received = answer_sync };

static FlFakeAdapter *
plug_adapter (void)
{
  FlFakeAdapter *adapter = fl_fake_adapter_new ();

  fl_fake_adapter_set_device (adapter, &sync_device, NULL);
  fl_fake_adapter_plug (adapter);
  return adapter;
}

static FlTransport *
open_port (const char *path, const FlLineSettings *settings)
{
  g_autoptr (GError) error = NULL;
  FlTransport *port = fl_transport_open (path, settings, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (FL_IS_SERIAL_TRANSPORT (port));
  return port;
}

/* The adapter sees a closing from its own thread. */
static void
wait_for_close (FlFakeAdapter *adapter, GString *events)
{
  for (gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC; strstr (events->str, "close") == NULL;)
    {
      g_autofree char *more = fl_fake_adapter_take_events (adapter);

      g_string_append_printf (events, " %s", more);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (2000);
    }
}

static void
test_open (void)
{
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_autofree char *events = fl_fake_adapter_take_events (adapter);
  g_autoptr (GString) closing = g_string_new (NULL);
  FlLineSettings settings;

  g_assert_nonnull (strstr (events, "open +dtr +rts"));
  g_assert_true (g_str_has_suffix (events, "115200-8E1"));
  g_assert_null (strstr (events, "-dtr"));
  g_assert_null (strstr (events, "-rts"));
  fl_transport_get_settings (port, &settings);
  g_assert_cmpmem (&settings, sizeof settings, &even, sizeof even);
  g_assert_cmpstr (fl_transport_get_name (port), ==, fl_fake_adapter_get_path (adapter));
  fl_transport_close (port);
  wait_for_close (adapter, closing);
  g_assert_nonnull (strstr (closing->str, "-dtr -rts"));
}

static void
test_settings (void)
{
  static const FlLineSettings changes[] = {
    { 115200, 8, FL_PARITY_NONE, 1 }, { 9600, 8, FL_PARITY_EVEN, 1 },   { 9600, 8, FL_PARITY_ODD, 2 },
    { 9600, 7, FL_PARITY_EVEN, 1 },   { 123456, 8, FL_PARITY_EVEN, 1 }, { 115200, 8, FL_PARITY_EVEN, 1 },
  };
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      FlLineSettings settings;
      g_autofree char *text = g_strdelimit (fl_line_settings_to_string (&changes[i]), " ", '-');
      g_autofree char *events = NULL;

      g_free (fl_fake_adapter_take_events (adapter));
      g_assert_true (fl_transport_set_settings (port, &changes[i], &error));
      g_assert_no_error (error);
      /* Again: on a bare pty the second would fail. */
      g_assert_true (fl_transport_set_settings (port, &changes[i], &error));
      g_assert_no_error (error);
      events = fl_fake_adapter_take_events (adapter);
      g_assert_true (g_str_has_suffix (events, text));
      g_assert_null (strstr (events, "dtr"));
      g_assert_null (strstr (events, "rts"));
      fl_transport_get_settings (port, &settings);
      g_assert_cmpmem (&settings, sizeof settings, &changes[i], sizeof settings);
    }
}

static void
test_unfit (void)
{
  static const FlLineSettings none = { 115200, 8, FL_PARITY_NONE, 1 };
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = NULL;
  g_autoptr (GError) error = NULL;
  FlLineSettings settings;

  fl_fake_adapter_refuse_parity (adapter, TRUE);
  port = fl_transport_open (fl_fake_adapter_get_path (adapter), &even, NULL, &error);
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT);
  g_assert_nonnull (strstr (error->message, "parity"));
  g_assert_null (port);
  g_clear_error (&error);
  port = open_port (fl_fake_adapter_get_path (adapter), &none);
  g_assert_false (fl_transport_set_settings (port, &even, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT);
  fl_transport_get_settings (port, &settings);
  g_assert_cmpint (settings.parity, ==, FL_PARITY_NONE);
}

static void
test_lines (void)
{
  static const struct
  {
    FlLines mask, lines;
    const char *events;
  } steps[] = {
    { FL_LINE_DTR | FL_LINE_RTS, 0, "-dtr -rts (at-once)" },
    { FL_LINE_RTS, FL_LINE_RTS, "+rts" },
    { FL_LINE_DTR, FL_LINE_DTR, "+dtr" },
    { FL_LINE_DTR, FL_LINE_DTR, "" },
    { FL_LINE_RTS, 0, "-rts" },
    { FL_LINE_DTR | FL_LINE_RTS, FL_LINE_RTS, "-dtr +rts (at-once)" },
  };
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_autoptr (GError) error = NULL;
  FlLines lines;

  g_free (fl_fake_adapter_take_events (adapter));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *events = NULL;

      g_assert_true (fl_transport_set_lines (port, steps[i].mask, steps[i].lines, &error));
      g_assert_no_error (error);
      events = fl_fake_adapter_take_events (adapter);
      g_assert_cmpstr (events, ==, steps[i].events);
    }
  fl_fake_adapter_set_inputs (adapter, FL_LINE_DSR | FL_LINE_RI);
  g_assert_true (fl_transport_get_lines (port, &lines, &error));
  g_assert_cmphex (lines, ==, FL_LINE_RTS | FL_LINE_DSR | FL_LINE_RI);
  /* A change of the speed leaves them where they are. */
  g_assert_true (fl_transport_set_settings (port, &(FlLineSettings){ 57600, 8, FL_PARITY_EVEN, 1 }, &error));
  g_assert_true (fl_transport_get_lines (port, &lines, &error));
  g_assert_cmphex (lines & (FL_LINE_DTR | FL_LINE_RTS), ==, FL_LINE_RTS);
}

static void
test_bytes (void)
{
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_autoptr (GError) error = NULL;
  guint8 all[256];
  guint8 got[256];
  gsize n;

  for (guint i = 0; i < sizeof all; i++)
    all[i] = (guint8) i;
  g_assert_true (fl_transport_write (port, (const guint8 *) "\x7f", 1, 1000, NULL, &error));
  g_assert_true (fl_transport_read (port, got, 1, 10000, &n, NULL, &error));
  g_assert_cmphex (got[0], ==, 0x79);
  /* Every value as it came: no parity marks, no flow control characters, no line ends. */
  fl_fake_adapter_send (adapter, all, sizeof all);
  g_assert_true (fl_transport_read (port, got, sizeof got, 10000, &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (all, sizeof all, got, n);
  /* Too few: what came is kept. */
  fl_fake_adapter_send (adapter, all, 3);
  g_assert_false (fl_transport_read (port, got, 4, 60, &n, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  g_assert_cmpmem (all, 3, got, n);
  g_clear_error (&error);
  g_assert_true (fl_transport_read_some (port, got, sizeof got, 0, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 0);
  g_assert_no_error (error);
}

static void
test_errors (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  g_autoptr (FlTransport) port = NULL;
  g_autoptr (GError) error = NULL;

  fl_fake_adapter_plug (adapter);
  fl_fake_adapter_add_errors (adapter, FL_LINE_ERROR_PARITY); /* before it was opened: not ours */
  port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_assert_cmpuint (fl_transport_take_errors (port), ==, 0);
  fl_fake_adapter_add_errors (adapter, FL_LINE_ERROR_PARITY | FL_LINE_ERROR_BREAK);
  fl_fake_adapter_add_errors (adapter, FL_LINE_ERROR_FRAMING);
  g_assert_cmpuint (fl_transport_take_errors (port), ==,
                    FL_LINE_ERROR_PARITY | FL_LINE_ERROR_BREAK | FL_LINE_ERROR_FRAMING);
  g_assert_cmpuint (fl_transport_take_errors (port), ==, 0);
  fl_fake_adapter_add_errors (adapter, FL_LINE_ERROR_OVERRUN);
  g_assert_true (fl_transport_discard (port, &error));
  g_assert_cmpuint (fl_transport_take_errors (port), ==, 0);
}

static void
test_busy (void)
{
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_autoptr (FlTransport) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  g_autofree char *events = NULL;

  g_free (fl_fake_adapter_take_events (adapter));
  second = fl_transport_open (fl_fake_adapter_get_path (adapter), &(FlLineSettings){ 9600, 8, FL_PARITY_NONE, 1 }, NULL,
                              &error);
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_BUSY);
  g_assert_null (second);
  g_assert_nonnull (strstr (error->message, pid));
  events = fl_fake_adapter_take_events (adapter);
  g_assert_cmpstr (events, ==, ""); /* the attempt changed nothing under the one who has the port */
  g_clear_object (&port);
  port = open_port (fl_fake_adapter_get_path (adapter), &even);
}

/* Another program has the port without any lock, as "cat" would: it is found through /proc. */
static void
test_busy_other (void)
{
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *command = g_strdup_printf ("exec 3<>%s; echo; read line", fl_fake_adapter_get_path (adapter));
  g_autoptr (GSubprocess) other = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                                    &error, "sh", "-c", command, NULL);
  char byte;

  g_assert_no_error (error);
  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (other), &byte, 1, NULL, &error), ==, 1);
  port = fl_transport_open (fl_fake_adapter_get_path (adapter), &even, NULL, &error);
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_BUSY);
  g_assert_nonnull (strstr (error->message, g_subprocess_get_identifier (other)));
  g_assert_nonnull (strstr (error->message, "sh"));
  g_clear_error (&error);
  g_assert_true (g_output_stream_close (g_subprocess_get_stdin_pipe (other), NULL, &error));
  g_assert_true (g_subprocess_wait (other, NULL, &error));
  port = open_port (fl_fake_adapter_get_path (adapter), &even);
}

typedef struct
{
  FlFakeAdapter *adapter;
  GCancellable *cancellable;
  FlTransport *port;
} Disturbance;

/* Waits until the other thread is very likely in its read; if it is not yet, the outcome is the same. */
static gpointer
unplug_thread (gpointer data)
{
  g_usleep (50000);
  fl_fake_adapter_unplug (((Disturbance *) data)->adapter);
  return NULL;
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (50000);
  g_cancellable_cancel (((Disturbance *) data)->cancellable);
  return NULL;
}

/* The limit of the read is far away: that it ends shows that it was told. */
static void
test_unplug (void)
{
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_autoptr (GError) error = NULL;
  Disturbance disturbance = { .adapter = adapter };
  GThread *thread = g_thread_new ("unplug", unplug_thread, &disturbance);
  FlLines lines;
  guint8 byte;

  g_assert_false (fl_transport_read (port, &byte, 1, 3600 * 1000, NULL, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_thread_join (thread);
  g_clear_error (&error);
  g_assert_false (fl_transport_write (port, (const guint8 *) "\x7f", 1, 1000, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_clear_error (&error);
  g_assert_false (fl_transport_read_some (port, &byte, 1, 0, &(gsize){ 0 }, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_clear_error (&error);
  g_assert_false (fl_transport_set_settings (port, &even, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_clear_error (&error);
  fl_transport_close (port);
  g_assert_false (fl_transport_get_lines (port, &lines, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_clear_error (&error);
  /* It comes back. */
  g_clear_object (&port);
  port = fl_transport_open (fl_fake_adapter_get_path (adapter), &even, NULL, &error);
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
  fl_fake_adapter_plug (adapter);
  port = open_port (fl_fake_adapter_get_path (adapter), &even);
}

static void
test_cancel (void)
{
  g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
  g_autoptr (FlTransport) port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Disturbance disturbance = { .cancellable = cancellable };
  GThread *thread = g_thread_new ("cancel", cancel_thread, &disturbance);
  guint8 byte;

  g_assert_false (fl_transport_read (port, &byte, 1, 3600 * 1000, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);
  g_assert_false (fl_transport_sleep (port, 3600 * 1000, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The flag outlives the port's closing in the driver: whoever set it takes it back, and nobody else's. */
static void
test_low_latency (void)
{
  static const struct
  {
    int before; /* -1: a driver that has no flags */
    gboolean granted;
    const char *opening;
    const char *closing;
  } cases[] = {
    { 0, TRUE, "+low-latency", "-low-latency" },
    { ASYNC_SPD_CUST, TRUE, "+low-latency", "-low-latency" },
    { ASYNC_LOW_LATENCY, TRUE, NULL, NULL },
    { -1, FALSE, NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FlFakeAdapter) adapter = plug_adapter ();
      g_autoptr (FlTransport) port = NULL;
      g_autoptr (FlTransport) traced = NULL;
      g_autoptr (FlTrace) trace = fl_trace_new (FL_TRACE_DEFAULT_LIMIT);
      g_autoptr (GString) closing = g_string_new (NULL);
      g_autofree char *opening = NULL;

      if (cases[i].before >= 0)
        fl_fake_adapter_set_serial_flags (adapter, cases[i].before);
      port = open_port (fl_fake_adapter_get_path (adapter), &even);
      traced = fl_trace_transport_new (port, trace);
      g_assert_cmpint (fl_transport_is_low_latency (port), ==, cases[i].granted);
      g_assert_cmpint (fl_transport_is_low_latency (traced), ==, cases[i].granted);
      opening = fl_fake_adapter_take_events (adapter);
      g_assert_cmpint (strstr (opening, "low-latency") != NULL, ==, cases[i].opening != NULL);
      fl_transport_close (port);
      wait_for_close (adapter, closing);
      g_assert_cmpint (strstr (closing->str, "-low-latency") != NULL, ==, cases[i].closing != NULL);
      g_assert_false (fl_transport_is_low_latency (port));
    }
}

/* Nobody takes the bytes: the driver's buffer fills, and the write ends at its deadline. */
static void
test_stuck (void)
{
  g_autoptr (FlFakeAdapter) adapter = fl_fake_adapter_new ();
  g_autoptr (FlTransport) port = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *much = g_malloc0 (1 << 20);

  static const FlFakeDevice deaf = { 0 };

  fl_fake_adapter_set_device (adapter, &deaf, NULL);
  fl_fake_adapter_plug (adapter);
  fl_fake_adapter_stop_reading (adapter);
  port = open_port (fl_fake_adapter_get_path (adapter), &even);
  g_assert_false (fl_transport_write (port, much, 1 << 20, 100, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/serial-transport/open", test_open);
  g_test_add_func ("/serial-transport/settings", test_settings);
  g_test_add_func ("/serial-transport/unfit", test_unfit);
  g_test_add_func ("/serial-transport/lines", test_lines);
  g_test_add_func ("/serial-transport/bytes", test_bytes);
  g_test_add_func ("/serial-transport/errors", test_errors);
  g_test_add_func ("/serial-transport/busy", test_busy);
  g_test_add_func ("/serial-transport/busy-other", test_busy_other);
  g_test_add_func ("/serial-transport/unplug", test_unplug);
  g_test_add_func ("/serial-transport/cancel", test_cancel);
  g_test_add_func ("/serial-transport/low-latency", test_low_latency);
  g_test_add_func ("/serial-transport/stuck", test_stuck);
  return g_test_run ();
}
