/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-port-errors.h"
#include "fl-serial-transport.h"
#include "fl-tty-transport.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pty.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static const FlLineSettings even = { 115200, 8, FL_PARITY_EVEN, 1 };

typedef struct
{
  int master;
  char path[64];
  FlTransport *port;
} Fixture;

/* A pty with nobody in it but the master. */
static int
new_pty (char path[64])
{
  int master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);

  g_assert_cmpint (master, >=, 0);
  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  g_assert_cmpint (ptsname_r (master, path, 64), ==, 0);
  return master;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->master = new_pty (fixture->path);
  fixture->port = fl_transport_open (fixture->path, &even, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (FL_IS_TTY_TRANSPORT (fixture->port));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->port);
  if (fixture->master >= 0)
    close (fixture->master);
}

static void
test_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 all[256];
  guint8 got[256];
  gsize n;

  for (guint i = 0; i < sizeof all; i++)
    all[i] = (guint8) i;
  /* Every value both ways: no echo, no line ends, no flow control characters, no signals. */
  g_assert_true (fl_transport_write (fixture->port, all, sizeof all, 1000, NULL, &error));
  g_assert_cmpint (read (fixture->master, got, sizeof got), ==, sizeof got);
  g_assert_cmpmem (all, sizeof all, got, sizeof got);
  g_assert_cmpint (write (fixture->master, all, sizeof all), ==, sizeof all);
  g_assert_true (fl_transport_read (fixture->port, got, sizeof got, 10000, &n, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (all, sizeof all, got, n);
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 got[8];
  gint64 begin = fl_transport_get_time (fixture->port);
  gsize n;

  g_assert_cmpint (write (fixture->master, "\x79\x1f", 2), ==, 2);
  g_assert_false (fl_transport_read (fixture->port, got, 4, 60, &n, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  g_assert_cmpmem (got, n, "\x79\x1f", 2);
  g_assert_cmpint (fl_transport_get_time (fixture->port) - begin, >=, 60000);
  g_clear_error (&error);
  g_assert_true (fl_transport_read_some (fixture->port, got, sizeof got, 0, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 0);
  /* Takes what is there, and does not wait for more. */
  g_assert_cmpint (write (fixture->master, "abc", 3), ==, 3);
  for (gsize total = 0; total < 3; total += n)
    {
      g_assert_true (fl_transport_read_some (fixture->port, got, sizeof got, 3600 * 1000, &n, NULL, &error));
      g_assert_cmpuint (n, >, 0);
    }
  begin = fl_transport_get_time (fixture->port);
  g_assert_true (fl_transport_sleep (fixture->port, 20, NULL, &error));
  g_assert_cmpint (fl_transport_get_time (fixture->port) - begin, >=, 20000);
}

static void
test_discard (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 byte;
  gsize n;

  g_assert_cmpint (write (fixture->master, "old", 3), ==, 3);
  g_assert_true (fl_transport_read (fixture->port, &byte, 1, 10000, &n, NULL, &error));
  g_assert_true (fl_transport_discard (fixture->port, &error));
  g_assert_cmpint (write (fixture->master, "n", 1), ==, 1);
  g_assert_true (fl_transport_read (fixture->port, &byte, 1, 10000, &n, NULL, &error));
  g_assert_cmpint (byte, ==, 'n');
  g_assert_cmpuint (fl_transport_take_errors (fixture->port), ==, 0);
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  static const FlLineSettings changes[] = { { 115200, 8, FL_PARITY_EVEN, 1 },
                                            { 9600, 8, FL_PARITY_ODD, 2 },
                                            { 123456, 8, FL_PARITY_NONE, 1 } };
  g_autoptr (GError) error = NULL;
  FlLineSettings settings;
  struct termios term;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    for (guint twice = 0; twice < 2; twice++)
      {
        g_assert_true (fl_transport_set_settings (fixture->port, &changes[i], &error));
        g_assert_no_error (error);
        fl_transport_get_settings (fixture->port, &settings);
        g_assert_cmpmem (&settings, sizeof settings, &changes[i], sizeof settings);
      }
  g_assert_true (fl_transport_set_settings (fixture->port, &changes[1], &error));
  g_assert_cmpint (tcgetattr (fixture->master, &term), ==, 0);
  g_assert_cmpuint (cfgetospeed (&term), ==, B9600); /* whoever serves the pty can see the speed */
  g_assert_cmphex (term.c_cflag & CRTSCTS, ==, 0);
  g_assert_cmphex (term.c_iflag & (IXON | IXOFF | ICRNL | ISTRIP | PARMRK), ==, 0);
}

static void
test_no_lines (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  FlLines lines;

  g_assert_false (fl_transport_set_lines (fixture->port, FL_LINE_DTR, 0, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (fl_transport_get_lines (fixture->port, &lines, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_usleep (50000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static gpointer
hang_up_thread (gpointer data)
{
  Fixture *fixture = data;

  g_usleep (50000);
  close (fixture->master);
  fixture->master = -1;
  return NULL;
}

/* Each waits an hour: that it ends shows that it was cancelled. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *much = g_malloc0 (1 << 20);

  for (guint kind = 0; kind < 4; kind++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);
      guint8 byte;
      gsize n;
      gboolean ok;

      if (kind == 0)
        ok = fl_transport_read (fixture->port, &byte, 1, 3600 * 1000, &n, cancellable, &error);
      else if (kind == 1)
        ok = fl_transport_read_some (fixture->port, &byte, 1, 3600 * 1000, &n, cancellable, &error);
      else if (kind == 2)
        ok = fl_transport_sleep (fixture->port, 3600 * 1000, cancellable, &error);
      else
        ok = fl_transport_write (fixture->port, much, 1 << 20, 3600 * 1000, cancellable, &error);
      g_assert_false (ok);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_null (fl_transport_open (fixture->path, &even, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_thread_join (thread);
    }
}

static gpointer
read_thread (gpointer port)
{
  guint8 byte;
  gsize n;

  fl_transport_read_some (port, &byte, 1, 3600 * 1000, &n, NULL, NULL);
  return NULL;
}

/* Two threads inside at once are a programmer's fault; one after the other is allowed. */
static void
test_owner (Fixture *fixture, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      g_thread_new ("read", read_thread, fixture->port);
      for (gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC; g_get_monotonic_time () < end;)
        fl_transport_take_errors (fixture->port);
      exit (0);
    }
  g_assert_cmpint (write (fixture->master, "x", 1), ==, 1);
  g_thread_join (g_thread_new ("read", read_thread, fixture->port));
  g_assert_cmpuint (fl_transport_take_errors (fixture->port), ==, 0);
#ifndef NDEBUG
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*fl_thread_owner_check*");
#endif
}

static void
test_stuck (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *much = g_malloc0 (1 << 20);
  g_autoptr (GError) error = NULL;

  g_assert_false (fl_transport_write (fixture->port, much, 1 << 20, 80, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
}

static void
test_hang_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("hang-up", hang_up_thread, fixture);
  guint8 byte;
  gsize n;

  g_assert_false (fl_transport_read (fixture->port, &byte, 1, 3600 * 1000, &n, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_thread_join (thread);
  g_clear_error (&error);
  g_assert_false (fl_transport_write (fixture->port, (const guint8 *) "x", 1, 1000, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_clear_error (&error);
  g_assert_false (fl_transport_read_some (fixture->port, &byte, 1, 0, &n, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
}

static void
test_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 byte;
  gsize n;

  g_assert_true (fl_transport_write (fixture->port, (const guint8 *) "last", 4, 1000, NULL, &error));
  fl_transport_close (fixture->port);
  fl_transport_close (fixture->port);
  g_assert_false (fl_transport_read (fixture->port, &byte, 1, 1000, &n, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_clear_error (&error);
  g_assert_false (fl_transport_discard (fixture->port, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_clear_error (&error);
  g_assert_cmpint (read (fixture->master, &byte, 1), ==, 1); /* what was written before is not lost */
  g_assert_cmpint (byte, ==, 'l');
  g_clear_object (&fixture->port);
  fixture->port = fl_transport_open (fixture->path, &even, NULL, &error);
  g_assert_no_error (error);
}

static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());

  g_assert_null (fl_transport_open (fixture->path, &even, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_BUSY);
  g_assert_nonnull (strstr (error->message, pid));
}

static void
test_link (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("fl-tty-XXXXXX", &error);
  g_autofree char *link = g_build_filename (dir, "usb-Adapter:1.0-port0", NULL);
  g_autoptr (FlTransport) port = NULL;

  g_clear_object (&fixture->port);
  g_assert_cmpint (symlink (fixture->path, link), ==, 0);
  port = fl_transport_open (link, &even, NULL, &error); /* the colon in its name is no scheme's */
  g_assert_no_error (error);
  g_assert_true (FL_IS_TTY_TRANSPORT (port));
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
test_open_errors (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = NULL;
  int fd = g_file_open_tmp ("fl-tty-XXXXXX", &file, &error);

  g_assert_no_error (error);
  close (fd);
  g_assert_null (fl_transport_open (file, &even, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT);
  g_clear_error (&error);
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_null (fl_transport_open (file, &even, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
  g_clear_error (&error);
  g_assert_null (fl_transport_open ("/", &even, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT);
  g_clear_error (&error);
  g_assert_null (fl_transport_open ("ttyNoSuchPort", &even, NULL, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
}

/* Root may open everything: a child gives its privileges up. */
static void
test_permission (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GError) error = NULL;
      char path[64];
      int master = new_pty (path);

      g_assert_cmpint (chmod (path, 0), ==, 0);
      if (geteuid () == 0)
        g_assert_cmpint (setresuid (65534, 65534, 65534), ==, 0);
      g_assert_null (fl_transport_open (path, &even, NULL, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_PORT_PERMISSION);
      close (master);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_permission_words (void)
{
  static const struct
  {
    FlMembership membership;
    const char *contained, *absent;
  } rows[] = {
    { FL_MEMBERSHIP_NONE, "sudo usermod -aG dialout anna", "rules" },
    { FL_MEMBERSHIP_PENDING, "Log out and in again", "usermod" },
    { FL_MEMBERSHIP_ACTIVE, "sandbox", "usermod" },
    { FL_MEMBERSHIP_USELESS, "60-flashloader.rules", "usermod" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
          fl_port_errors_explain_permission ("/dev/ttyUSB7", "root", "dialout", "anna", rows[i].membership);

      g_assert_nonnull (strstr (text, "/dev/ttyUSB7"));
      g_assert_nonnull (strstr (text, rows[i].contained));
      g_assert_null (strstr (text, rows[i].absent));
    }
}

static void
test_errno (void)
{
  static const struct
  {
    int code;
    FlError open, io;
  } rows[] = {
    { ENOENT, FL_ERROR_PORT_MISSING, FL_ERROR_PORT_GONE },      { ENODEV, FL_ERROR_PORT_MISSING, FL_ERROR_PORT_GONE },
    { ENXIO, FL_ERROR_PORT_MISSING, FL_ERROR_PORT_GONE },       { EIO, FL_ERROR_PORT_MISSING, FL_ERROR_PORT_GONE },
    { EACCES, FL_ERROR_PORT_PERMISSION, FL_ERROR_PORT_FAILED }, { EBUSY, FL_ERROR_PORT_BUSY, FL_ERROR_PORT_FAILED },
    { EWOULDBLOCK, FL_ERROR_PORT_BUSY, FL_ERROR_PORT_FAILED },  { ENOTTY, FL_ERROR_PORT_UNFIT, FL_ERROR_PORT_FAILED },
    { ENOMEM, FL_ERROR_PORT_FAILED, FL_ERROR_PORT_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) open_error = NULL;
      g_autoptr (GError) io_error = NULL;

      fl_port_errors_set_open (&open_error, "/dev/ttyNoSuchPort", rows[i].code);
      g_assert_error (open_error, FL_ERROR, (int) rows[i].open);
      fl_port_errors_set_io (&io_error, "/dev/ttyNoSuchPort", "sending", rows[i].code);
      g_assert_error (io_error, FL_ERROR, (int) rows[i].io);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/tty-transport/bytes", test_bytes },       { "/tty-transport/deadline", test_deadline },
    { "/tty-transport/discard", test_discard },   { "/tty-transport/settings", test_settings },
    { "/tty-transport/no-lines", test_no_lines }, { "/tty-transport/cancel", test_cancel },
    { "/tty-transport/stuck", test_stuck },       { "/tty-transport/hang-up", test_hang_up },
    { "/tty-transport/close", test_close },       { "/tty-transport/busy", test_busy },
    { "/tty-transport/link", test_link },         { "/tty-transport/owner", test_owner },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/tty-transport/open-errors", test_open_errors);
  g_test_add_func ("/tty-transport/permission", test_permission);
  g_test_add_func ("/tty-transport/permission-words", test_permission_words);
  g_test_add_func ("/tty-transport/errno", test_errno);
  return g_test_run ();
}
