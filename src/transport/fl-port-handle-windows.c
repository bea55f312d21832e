/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-port-handle.h"

#include <glib/gi18n-lib.h>
#include <windows.h>

#include "fl-error.h"
#include "fl-port-errors.h"

#define READ_MS         20   /* for bytes that are there already */
#define CHUNK_BITS      11   /* on the wire for one byte, at most: start, 8 data, parity, stop */
#define CHUNKS_A_SECOND 10   /* so often the cancellable is looked at while sending */
#define WRITE_MARGIN_MS 2000 /* for a chunk, beyond the time that the wire needs: an adapter's own buffer */
#define GRAVE_US        (10 * G_USEC_PER_SEC)
#define ACK             0x79 /* AN3155: what nearly every wait is for */

struct _FlPortHandle
{
  struct sp_port *port; /* nullable */
  HANDLE handle;        /* libserialport's */
  guint baud;
  FlLineErrors errors; /* since they were taken */
};

/* A port that was closed. */
typedef struct
{
  struct sp_port *port;
  gint64 free_at; /* g_get_monotonic_time() */
} Grave;

static GMutex graves_lock;
static GQueue graves = G_QUEUE_INIT; /* Grave, the oldest first; guarded by graves_lock */

static const struct
{
  DWORD bit;
  FlLineErrors error;
} error_bits[] = {
  { CE_RXPARITY, FL_LINE_ERROR_PARITY }, { CE_FRAME, FL_LINE_ERROR_FRAMING }, { CE_OVERRUN, FL_LINE_ERROR_OVERRUN },
  { CE_RXOVER, FL_LINE_ERROR_OVERRUN },  { CE_BREAK, FL_LINE_ERROR_BREAK },
};

/* How many bytes are there; -1: GetLastError() says why not. The errors that ClearCommError() clears are kept. */
static int
count_waiting (FlPortHandle *self)
{
  COMSTAT state;
  DWORD bits = 0;

  if (!ClearCommError (self->handle, &bits, &state))
    return -1;
  for (guint i = 0; i < G_N_ELEMENTS (error_bits); i++)
    if (bits & error_bits[i].bit)
      self->errors |= error_bits[i].error;
  return (int) MIN (state.cbInQue, G_MAXINT);
}

/* Frees ports that were closed some time ago. What was pending when a port was closed may end a little later, and then
 * writes into libserialport's structure. */
static void
bury (struct sp_port *port)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&graves_lock);
  while (!g_queue_is_empty (&graves) && ((Grave *) g_queue_peek_head (&graves))->free_at <= now)
    {
      g_autofree Grave *oldest = g_queue_pop_head (&graves);

      sp_free_port (oldest->port);
    }
  g_queue_push_tail (&graves, g_memdup2 (&(Grave){ port, now + GRAVE_US }, sizeof (Grave)));
  g_mutex_unlock (&graves_lock);
}

/**
 * fl_port_handle_claim:
 * @path: the port
 *
 * Windows opens a serial port for one program only: there is nothing to be claimed before.
 *
 * Returns: (transfer full): for fl_port_handle_release()
 */
FlPortHandle *
fl_port_handle_claim (const char *path, GError **error)
{
  FlPortHandle *self = g_new0 (FlPortHandle, 1);

  self->handle = INVALID_HANDLE_VALUE;
  return self;
}

/**
 * fl_port_handle_attach:
 * @port: (transfer full): open
 */
void
fl_port_handle_attach (FlPortHandle *self, struct sp_port *port)
{
  self->port = port;
  if (sp_get_port_handle (port, &self->handle) < 0)
    self->handle = INVALID_HANDLE_VALUE;
}

/**
 * fl_port_handle_release:
 * @self: (transfer full): to be freed
 *
 * Closes the port, and lets others have it.
 */
void
fl_port_handle_release (FlPortHandle *self)
{
  if (self->port != NULL)
    {
      SetCommMask (self->handle, 0); /* ends the wait for an event that libserialport has begun */
      sp_close (self->port);
      bury (self->port);
    }
  g_free (self);
}

/**
 * fl_port_handle_tune:
 * @settings: which libserialport has just set
 *
 * Sets what libserialport cannot: that the parity of what comes in is looked at, that an error does not stop the port,
 * and that an ACK is an event, at which FTDI's driver hands over what it has without waiting for its latency timer.
 *
 * Returns: %FALSE when that failed: sp_last_error_code() says why
 */
gboolean
fl_port_handle_tune (FlPortHandle *self, const FlLineSettings *settings)
{
  DCB dcb = { .DCBlength = sizeof dcb };

  self->baud = settings->baud;
  if (!GetCommState (self->handle, &dcb))
    return FALSE;
  dcb.fBinary = TRUE;
  dcb.fParity = settings->parity != FL_PARITY_NONE;
  dcb.fErrorChar = FALSE;
  dcb.fNull = FALSE;
  dcb.fAbortOnError = FALSE;
  dcb.EvtChar = ACK;
  return SetCommState (self->handle, &dcb);
}

/**
 * fl_port_handle_read:
 *
 * Takes what has come in, without waiting. Asked first how much is there, since a read of libserialport's that finds
 * nothing may stay pending, and take bytes that come later.
 *
 * Returns: how many bytes; -1 when it failed: sp_last_error_code() says why
 */
int
fl_port_handle_read (FlPortHandle *self, guint8 *data, gsize length)
{
  int waiting = count_waiting (self);
  int n;

  if (waiting <= 0)
    return waiting;
  n = sp_blocking_read (self->port, data, MIN (length, (gsize) waiting), READ_MS);
  return n < 0 && sp_last_error_code () == ERROR_TIMEOUT ? 0 : n;
}

/**
 * fl_port_handle_write:
 *
 * Sends a tenth of a second's bytes at most, and waits until the driver has taken them: a shorter wait would leave open
 * how many of them had gone.
 *
 * Returns: how many bytes it took; -1 when it failed: sp_last_error_code() says why
 */
int
fl_port_handle_write (FlPortHandle *self, const guint8 *data, gsize length)
{
  gsize chunk = MAX (self->baud / CHUNK_BITS / CHUNKS_A_SECOND, 1);
  guint timeout_ms = 1000 / CHUNKS_A_SECOND + WRITE_MARGIN_MS;

  return sp_blocking_write (self->port, data, MIN (length, chunk), timeout_ms);
}

/**
 * fl_port_handle_is_present:
 *
 * Returns: whether the port is still there
 */
gboolean
fl_port_handle_is_present (FlPortHandle *self)
{
  return count_waiting (self) >= 0;
}

/**
 * fl_port_handle_set_lines:
 *
 * Drives the outputs of @mask to the levels in @lines: DTR, then RTS; Windows cannot do both in one go.
 *
 * Errors: %FL_ERROR_UNSUPPORTED, %FL_ERROR_PORT_GONE, %FL_ERROR_PORT_FAILED.
 *
 * Returns: whether they were driven
 */
gboolean
fl_port_handle_set_lines (FlPortHandle *self, const char *path, FlLines mask, FlLines lines, GError **error)
{
  static const struct
  {
    FlLines line;
    DWORD set, clear;
  } outputs[] = { { FL_LINE_DTR, SETDTR, CLRDTR }, { FL_LINE_RTS, SETRTS, CLRRTS } };

  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    if ((mask & outputs[i].line)
        && !EscapeCommFunction (self->handle, (lines & outputs[i].line) ? outputs[i].set : outputs[i].clear))
      {
        DWORD code = GetLastError ();

        if (code == ERROR_NOT_SUPPORTED || code == ERROR_INVALID_FUNCTION || code == ERROR_INVALID_PARAMETER)
          g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                       _ ("%s has no DTR and RTS lines: set BOOT0 and reset the board by hand"), path);
        else
          fl_port_errors_set_io (error, path, _ ("modem lines"), (int) code);
        return FALSE;
      }
  return TRUE;
}

/**
 * fl_port_handle_take_errors:
 *
 * Returns: what was wrong with bytes since the last call, as far as the driver tells
 */
FlLineErrors
fl_port_handle_take_errors (FlPortHandle *self)
{
  FlLineErrors errors;

  count_waiting (self);
  errors = self->errors;
  self->errors = 0;
  return errors;
}

/* Windows has no such request: the latency timer is a setting of the adapter's driver. */
gboolean
fl_port_handle_is_low_latency (FlPortHandle *self)
{
  return FALSE;
}
