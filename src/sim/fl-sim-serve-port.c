/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-sim"

#include "config.h"

#include <signal.h>
#include <stdio.h>

#include "fl-sim-server.h"

#define IDLE_US  50000
#define QUIET_US 1000000
#define SYNC     0x7F                        /* AN3155: with this a client begins, and no command does */
#define CLIENT   (FL_LINE_DSR | FL_LINE_DCD) /* what a client's DTR is at this end of a null modem cable */

typedef struct
{
  FlSimBoard *board;
  const FlSimServerOptions *options;
  FlTransport *port;
  FlLines lines; /* as they were at the last look */
  gint64 begin;  /* on the port's clock: the board's 0 */
  gint64 heard;  /* the last byte either way, on the board's clock */
  gboolean stop; /* the only client has gone */
} FlSimPortServer;

static volatile sig_atomic_t stop_signal;

static void
stop_cb (int number)
{
  stop_signal = number;
}

static gint64
get_now (FlSimPortServer *self)
{
  return fl_transport_get_time (self->port) - self->begin;
}

static void
trace (FlSimPortServer *self, char direction, guint8 byte)
{
  self->heard = get_now (self);
  if (self->options->trace)
    fprintf (stderr, "%12.6f %c %02X\n", (double) self->heard / 1e6, direction, byte);
}

/* Drops what the board has still to say to a client that is not there any more, and presses its reset button. */
static void
welcome (FlSimPortServer *self)
{
  FlLineErrors errors;
  guint8 byte;

  while (fl_sim_board_receive (self->board, get_now (self), &byte, &errors))
    continue;
  fl_sim_board_press_reset (self->board);
}

static void
save (FlSimPortServer *self)
{
  g_autoptr (GError) error = NULL;

  if (!fl_sim_board_save (self->board, &error))
    g_warning ("%s", error->message);
}

/* Where the cable carries them, the client's lines tell when it opens the port and when it closes it. */
static void
look_at_lines (FlSimPortServer *self)
{
  FlLines lines;

  if (!fl_transport_get_lines (self->port, &lines, NULL))
    return;
  lines &= CLIENT;
  if (self->lines == 0 && lines != 0)
    welcome (self);
  if (self->lines != 0 && lines == 0)
    {
      save (self);
      self->stop = self->options->once;
    }
  self->lines = lines;
}

static gboolean
answer (FlSimPortServer *self, GError **error)
{
  guint8 data[256];
  FlLineErrors errors;
  gsize n = 0;

  while (n < sizeof data && fl_sim_board_receive (self->board, get_now (self), &data[n], &errors))
    trace (self, '<', data[n++]);
  return n == 0 || fl_transport_write (self->port, data, n, 1000, NULL, error);
}

/* The wire has carried them already, so that the board gets them at once. */
static void
hear (FlSimPortServer *self, const guint8 *data, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (data[i] == SYNC && self->lines == 0 && get_now (self) - self->heard > QUIET_US)
        welcome (self);
      trace (self, '>', data[i]);
      fl_sim_board_send (self->board, data[i], get_now (self));
    }
}

static guint
get_wait_ms (FlSimPortServer *self)
{
  gint64 until_us = IDLE_US;
  gint64 next;

  if (fl_sim_board_next (self->board, &next))
    until_us = next - get_now (self);
  return (guint) (CLAMP (until_us, 0, IDLE_US) / 1000);
}

static gboolean
serve (FlSimPortServer *self, GError **error)
{
  guint8 data[256];
  gsize n;

  look_at_lines (self);
  if (!fl_transport_read_some (self->port, data, sizeof data, get_wait_ms (self), &n, NULL, error))
    return FALSE;
  hear (self, data, n);
  return answer (self, error);
}

/**
 * fl_sim_serve_port:
 *
 * Serves @board on a serial port, for a client at the other end of a null modem cable or of a pair of virtual ports,
 * until SIGTERM, SIGINT, or the end of the only client. A client whose DTR arrives here has just pressed the board's
 * reset button when it opens its port; another, when it synchronises after a second of silence.
 *
 * Errors: as fl_transport_open() and fl_transport_write().
 */
gboolean
fl_sim_serve_port (FlSimBoard *board, const FlSimServerOptions *options, GError **error)
{
  FlSimPortServer self = { .board = board, .options = options };
  FlLineSettings settings = fl_line_settings_default;
  gboolean ok = TRUE;

  settings.parity = fl_sim_board_get_chip (board)->no_parity ? FL_PARITY_NONE : FL_PARITY_EVEN;
  if (options->baud != 0)
    settings.baud = options->baud;
  self.port = fl_transport_open (options->link, &settings, NULL, error);
  if (self.port == NULL)
    return FALSE;
  signal (SIGTERM, stop_cb);
  signal (SIGINT, stop_cb);
  self.begin = fl_transport_get_time (self.port);
  self.heard = -QUIET_US;
  fl_sim_board_set_settings (board, &settings, 0);
  printf ("ready %s\n", options->link);
  fflush (stdout);

  while (ok && stop_signal == 0 && !self.stop && !fl_sim_board_is_unplugged (board))
    ok = serve (&self, error);
  save (&self);
  g_object_unref (self.port);
  return ok;
}
