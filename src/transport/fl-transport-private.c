/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-transport-private.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

#define MAX_BAUD_ERROR_DIVISOR 40 /* 2.5 %: what the receivers of both sides tolerate together (AN3155) */

gboolean
fl_transport_fail_closed (const char *name, GError **error)
{
  g_set_error (error, FL_ERROR, FL_ERROR_PORT_GONE, _ ("%s was closed"), name);
  return FALSE;
}

gboolean
fl_transport_fail_stuck (const char *name, gsize done, gsize length, GError **error)
{
  g_set_error (error, FL_ERROR, FL_ERROR_TIMEOUT,
               _ ("%s took only %zu of %zu"
                  " bytes in time: the adapter hangs, or holds back for flow control. Plug it in again"),
               name, done, length);
  return FALSE;
}

int
fl_transport_slice (gint64 now, gint64 deadline)
{
  return (int) CLAMP ((deadline - now + 999) / 1000, 1, FL_TRANSPORT_SLICE_MS);
}

gboolean
fl_transport_wait_really (gint64 until, GCancellable *cancellable, GError **error)
{
  for (gint64 now = g_get_monotonic_time (); now < until; now = g_get_monotonic_time ())
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_usleep ((gulong) MIN (until - now, FL_TRANSPORT_SLICE_MS * 1000));
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static const char *
parity_name (FlParity parity)
{
  switch (parity)
    {
    case FL_PARITY_NONE:
      return C_ ("parity", "none");
    case FL_PARITY_EVEN:
      return C_ ("parity", "even");
    case FL_PARITY_ODD:
    default:
      return C_ ("parity", "odd");
    }
}

gboolean
fl_transport_check_settings (const char *name, const FlLineSettings *asked, const FlLineSettings *got, GError **error)
{
  guint tolerance = asked->baud / MAX_BAUD_ERROR_DIVISOR;

  if (got->parity != asked->parity)
    g_set_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT,
                 _ ("%s cannot do this parity: asked for %s, it uses %s. Use another adapter"), name,
                 parity_name (asked->parity), parity_name (got->parity));
  else if (got->baud > asked->baud + tolerance || got->baud + tolerance < asked->baud)
    g_set_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT,
                 _ ("%s cannot do this speed: asked for %u baud, it uses %u. Choose another speed"), name, asked->baud,
                 got->baud);
  else if (got->data_bits != asked->data_bits || got->stop_bits != asked->stop_bits)
    g_set_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT,
                 _ ("%s cannot do %u data bits and %u stop bits: it uses %u and %u. Use another adapter"), name,
                 asked->data_bits, asked->stop_bits, got->data_bits, got->stop_bits);
  else
    return TRUE;
  return FALSE;
}
