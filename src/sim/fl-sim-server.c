/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-sim"

#include "config.h"

#include "fl-sim-server.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include "fl-error.h"

#define IDLE_US  200000
#define QUIET_US 1000000 /* at least the longest latency of an adapter */

typedef struct
{
  FlSimBoard *board;
  const FlSimServerOptions *options;
  int master;
  int slave;           /* the clients' end; kept open, so that it can be cleaned behind them */
  int watch;           /* inotify on the other end: the pty itself does not tell that it was closed and opened again */
  GByteArray *written; /* by clients, not yet handed over */
  guint n_open;        /* how often clients have the port open */
  gboolean stop;       /* the only client has gone */
  gint64 real;         /* g_get_monotonic_time() at the last look */
  gint64 now;          /* the board's clock, microseconds */
  FlLineSettings settings;
} FlSimServer;

static volatile sig_atomic_t stop_signal;

static void
stop_cb (int number)
{
  stop_signal = number;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, FL_ERROR, FL_ERROR_PORT_FAILED, _ ("The pty cannot be served: %s: %s"), what, g_strerror (errno));
  return FALSE;
}

static void
fl_sim_server_trace (FlSimServer *self, char direction, guint8 byte)
{
  if (self->options->trace)
    fprintf (stderr, "%12.6f %c %02X\n", (double) self->now / 1e6, direction, byte);
}

/* Real time passes in both modes; in the fast one the clock jumps besides. */
static void
fl_sim_server_tick (FlSimServer *self)
{
  gint64 real = g_get_monotonic_time ();

  self->now += real - self->real;
  self->real = real;
}

static const struct
{
  speed_t speed;
  guint baud;
} speeds[] = {
  { B1200, 1200 },     { B2400, 2400 },     { B4800, 4800 },       { B9600, 9600 },     { B19200, 19200 },
  { B38400, 38400 },   { B57600, 57600 },   { B115200, 115200 },   { B230400, 230400 }, { B460800, 460800 },
  { B500000, 500000 }, { B921600, 921600 }, { B1000000, 1000000 },
};

/* The rate is the one that the client has set. A pty knows no parity, so that it is taken to be right. */
static void
fl_sim_server_look_at_settings (FlSimServer *self)
{
  struct termios termios;
  guint baud = self->options->baud;

  if (baud == 0 && tcgetattr (self->master, &termios) == 0)
    for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
      if (speeds[i].speed == cfgetospeed (&termios))
        baud = speeds[i].baud;
  if (baud == 0 || baud == self->settings.baud)
    return;
  self->settings.baud = baud;
  fl_sim_board_set_settings (self->board, &self->settings, self->now);
}

static void
fl_sim_server_write (FlSimServer *self, guint8 byte)
{
  while (self->n_open > 0 && write (self->master, &byte, 1) < 0 && errno == EINTR)
    continue;
}

/* Hands over what has arrived; in the fast mode also what would come later. */
static void
fl_sim_server_answer (FlSimServer *self)
{
  FlLineErrors errors;
  gint64 next;
  guint8 byte;

  while (fl_sim_board_next (self->board, &next) && (next <= self->now || self->options->fast))
    {
      self->now = MAX (self->now, next);
      while (fl_sim_board_receive (self->board, self->now, &byte, &errors))
        {
          fl_sim_server_trace (self, '<', byte);
          fl_sim_server_write (self, byte);
        }
    }
}

/* What the board has still to say to a client that has gone is said now, to nobody. */
static void
fl_sim_server_run_dry (FlSimServer *self)
{
  FlLineErrors errors;
  guint8 byte;

  self->now = MAX (self->now, fl_sim_board_get_time (self->board)) + QUIET_US;
  while (fl_sim_board_receive (self->board, self->now, &byte, &errors))
    continue;
  tcflush (self->slave, TCIFLUSH);
}

static void
fl_sim_server_opened (FlSimServer *self)
{
  if (self->n_open++ > 0)
    return;
  fl_sim_server_run_dry (self);
  fl_sim_board_press_reset (self->board);
}

static void
fl_sim_server_closed (FlSimServer *self)
{
  g_autoptr (GError) error = NULL;

  if (self->n_open == 0 || --self->n_open > 0)
    return;
  self->stop = self->options->once;
  if (!fl_sim_board_save (self->board, &error))
    g_warning ("%s", error->message);
}

/* To the board, what a client has written. */
static void
fl_sim_server_hand_over (FlSimServer *self)
{
  if (self->written->len == 0)
    return;
  fl_sim_server_look_at_settings (self);
  for (guint i = 0; i < self->written->len; i++)
    {
      gint64 sent = fl_sim_board_send (self->board, self->written->data[i], self->now);

      fl_sim_server_trace (self, '>', self->written->data[i]);
      if (self->options->fast)
        {
          self->now = MAX (self->now, sent);
          fl_sim_server_answer (self);
        }
    }
  g_byte_array_set_size (self->written, 0);
}

static void
fl_sim_server_take_written (FlSimServer *self)
{
  struct pollfd master = { self->master, POLLIN, 0 };
  guint8 data[512];
  gssize n;

  while (poll (&master, 1, 0) > 0 && (master.revents & POLLIN) && (n = read (self->master, data, sizeof data)) > 0)
    g_byte_array_append (self->written, data, (guint) n);
}

/*
 * What clients wrote, and what they did with the port, in the order in which they did it. The bytes are taken first:
 * whoever wrote one of them has opened the port before, so that his event is there when the events are read.
 */
static void
fl_sim_server_look_at_clients (FlSimServer *self)
{
  guint8 data[4096] __attribute__ ((aligned (__alignof__(struct inotify_event))));
  gssize n;

  fl_sim_server_take_written (self);
  n = read (self->watch, data, sizeof data);
  for (gssize at = 0; at < n;)
    {
      const struct inotify_event *event = (const struct inotify_event *) (gconstpointer) (data + at);

      at += (gssize) (sizeof *event + event->len);
      if (event->mask & IN_CLOSE)
        {
          /* What a client that has gone left behind is not for the next one. */
          if (at >= n)
            fl_sim_server_hand_over (self);
          fl_sim_server_closed (self);
        }
      else if (event->mask & IN_OPEN)
        fl_sim_server_opened (self);
    }
  fl_sim_server_hand_over (self);
}

/* Waits for a client, the next answer, or a signal. */
static void
fl_sim_server_wait (FlSimServer *self)
{
  struct pollfd polls[] = { { self->watch, POLLIN, 0 }, { self->master, POLLIN, 0 } };
  gint64 until_us = IDLE_US;
  gint64 next;
  struct timespec wait;

  if (fl_sim_board_next (self->board, &next))
    until_us = CLAMP (next - self->now, 0, IDLE_US);
  wait.tv_sec = 0;
  wait.tv_nsec = (long) until_us * 1000;
  if (ppoll (polls, G_N_ELEMENTS (polls), &wait, NULL) < 0)
    return;
  fl_sim_server_tick (self);
  fl_sim_server_look_at_clients (self);
  fl_sim_server_answer (self);
}

static gboolean
fl_sim_server_run (FlSimServer *self, GError **error)
{
  struct sigaction action = { .sa_handler = stop_cb };

  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGINT, &action, NULL);
  printf ("ready %s\n", self->options->link);
  fflush (stdout);

  self->real = g_get_monotonic_time ();
  while (stop_signal == 0 && !self->stop && !fl_sim_board_is_unplugged (self->board))
    fl_sim_server_wait (self);
  while (self->n_open > 0)
    fl_sim_server_closed (self);
  return TRUE;
}

/* Before the link is there, so that no client is missed. */
static gboolean
fl_sim_server_watch (FlSimServer *self, const char *name, GError **error)
{
  self->watch = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (self->watch < 0)
    return fail (error, "inotify");
  return inotify_add_watch (self->watch, name, IN_OPEN | IN_CLOSE) >= 0 || fail (error, name);
}

static gboolean
make_link (const char *target, const char *link, GError **error)
{
  if (g_file_test (link, G_FILE_TEST_IS_SYMLINK))
    g_unlink (link);
  return symlink (target, link) == 0 || fail (error, link);
}

/**
 * fl_sim_serve_pty:
 *
 * Serves @board as a tty that any program may open, until SIGTERM or SIGINT, the end of the only client, or the
 * board's adapter is unplugged. Whoever opens the port has just pressed the board's reset button.
 *
 * Errors: %FL_ERROR_PORT_FAILED
 */
gboolean
fl_sim_serve_pty (FlSimBoard *board, const FlSimServerOptions *options, GError **error)
{
  g_autoptr (GByteArray) written = g_byte_array_new ();
  FlSimServer self = {
    .board = board, .options = options, .written = written, .watch = -1, .settings = fl_line_settings_default
  };
  char name[256];
  struct termios raw = { 0 };
  gboolean ok;

  cfmakeraw (&raw);
  raw.c_cflag |= CREAD | CLOCAL;
  cfsetspeed (&raw, B115200);
  if (openpty (&self.master, &self.slave, name, &raw, NULL) != 0)
    return fail (error, "openpty");
  self.settings.parity = fl_sim_board_get_chip (board)->no_parity ? FL_PARITY_NONE : FL_PARITY_EVEN;
  fl_sim_board_set_settings (board, &self.settings, 0);
  ok = fl_sim_server_watch (&self, name, error) && make_link (name, options->link, error);
  if (ok)
    {
      ok = fl_sim_server_run (&self, error);
      g_unlink (options->link);
    }
  close (self.slave);
  close (self.master);
  if (self.watch >= 0)
    close (self.watch);
  return ok;
}
