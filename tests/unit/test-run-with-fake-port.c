/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-port-list.h"
#include "fl-transport.h"

/* The program under test, in its own process: lists, opens, synchronises. Exit status 3: all was well. */
static int
child (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ports = fl_port_list_scan (&error);
  g_autoptr (FlTransport) port = NULL;
  guint8 byte = 0;

  if (ports == NULL || ports->len != 1)
    g_error ("%u ports", ports != NULL ? ports->len : 0);
  port = fl_transport_open (fl_port_info_get_name (g_ptr_array_index (ports, 0)), NULL, NULL, &error);
  if (port == NULL || !fl_transport_set_lines (port, FL_LINE_DTR | FL_LINE_RTS, FL_LINE_RTS, &error)
      || !fl_transport_write (port, (const guint8 *) "\x7f", 1, 1000, NULL, &error)
      || !fl_transport_read (port, &byte, 1, 30000, NULL, NULL, &error))
    g_error ("%s", error->message);
  return byte == 0x79 ? 3 : 4;
}

static const char *runner;
static const char *self;

static void
test_runner (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
                 g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, runner, self, "--child", NULL);
  g_autofree char *said = NULL;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, &error));
  g_assert_no_error (error);
  g_test_message ("%s", said);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 3); /* the child's */
  g_assert_nonnull (strstr (said, "adapter saw: open +dtr +rts"));
  g_assert_nonnull (strstr (said, "115200-8E1 -dtr"));
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "--child"))
    return child ();
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  self = argv[0];
  runner = argv[1];
  g_test_add_func ("/run-with-fake-port/other-process", test_runner);
  return g_test_run ();
}
