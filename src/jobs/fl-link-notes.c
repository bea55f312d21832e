/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-link-notes.h"

#include <glib/gi18n-lib.h>

#include "fl-job-private.h"
#include "fl-surroundings.h"

#define BLOCK_BYTES 268 /* on the wire for 256 of data: Write Memory's packets and their answers */

/* What the driver and the adapter say of how soon they hand over an answer: for the log line to unfold to. */
static char *
dup_latency_facts (gboolean granted, int timer_ms)
{
  const char *asked = granted ? _ ("Low latency was asked of the port's driver, and is granted.")
                              : _ ("The port's driver does not grant low latency.");

  if (timer_ms < 0)
    return g_strdup (asked);
  return g_strdup_printf (_ ("%s The adapter's latency timer is %d ms."), asked, timer_ms);
}

/**
 * fl_link_try_burst:
 * @address: of memory that can be read
 * @known: (array length=n_known): what is there
 *
 * Whether the bootloader keeps up with packets that are sent at once; only where it may be tried, and was not yet.
 * Where the line echoes, an answer could not be told from what was sent meanwhile. Worker.
 *
 * Errors: those of fl_boot_try_burst().
 */
gboolean
fl_link_try_burst (FlJob *job, guint32 address, const guint8 *known, gsize n_known, GCancellable *cancellable,
                   GError **error)
{
  FlSession *session = fl_job_get_session (job);
  const FlConnectOptions *options = fl_session_get_options (session);
  FlBoot *boot = fl_session_get_boot (session);

  if (options->one_by_one || options->listen || fl_boot_get_burst (boot) != FL_BURST_UNTRIED)
    return TRUE;
  return fl_boot_try_burst (boot, address, known, n_known, cancellable, error);
}

/**
 * fl_link_note_burst:
 * @readable: whether the chip lets its flash be read
 *
 * Whether the packets of a block go out at once, and what that gains; or why they do not. Worker.
 */
void
fl_link_note_burst (FlJob *job, gboolean readable)
{
  FlSession *session = fl_job_get_session (job);
  const FlConnectOptions *options = fl_session_get_options (session);
  FlBoot *boot = fl_session_get_boot (session);
  double round_trip_ms = fl_boot_get_round_trip_ms (boot);
  g_autofree char *gain = NULL;
  guint read_waits, write_waits;

  fl_boot_get_waits (boot, &read_waits, &write_waits);
  switch (fl_boot_get_burst (boot))
    {
    case FL_BURST_WORKS:
      gain =
          g_strdup_printf (_ ("Of three waits for an answer, %.1f ms each, reading a block keeps %u, and writing one "
                              "%u. Blocks are read by %u bytes. At the first irregular answer each packet waits for "
                              "its own again."),
                           round_trip_ms, read_waits, write_waits, fl_boot_get_read_size (boot));
      fl_job_log (job, FL_LOG_INFO, gain,
                  _ ("This bootloader keeps up with whole commands: one round trip a block instead of three"));
      break;
    case FL_BURST_TOO_FAST:
      fl_job_log (job, FL_LOG_INFO, NULL,
                  _ ("This bootloader loses bytes of whole commands: each packet waits for its answer"));
      break;
    case FL_BURST_GIVEN_UP:
      fl_job_log (job, FL_LOG_INFO, NULL,
                  _ ("Whole commands were answered irregularly: each packet waits for its answer"));
      break;
    case FL_BURST_UNTRIED:
    default:
      if (options->one_by_one)
        fl_job_log (job, FL_LOG_INFO, NULL, _ ("Each packet waits for its answer, as was asked"));
      else if (options->listen)
        fl_job_log (job, FL_LOG_INFO, NULL, _ ("Each packet waits for its answer, because the line echoes"));
      else if (!readable)
        fl_job_log (job, FL_LOG_INFO, NULL,
                    _ ("Each packet waits for its answer: where nothing can be read, no other way can be tried"));
    }
}

/**
 * fl_link_note_pace:
 *
 * What limits the speed: a block is asked for, addressed and sent, and each answer that is waited for costs a round
 * trip. Worker.
 */
void
fl_link_note_pace (FlJob *job)
{
  FlSession *session = fl_job_get_session (job);
  FlTransport *transport = fl_session_get_transport (session);
  double round_trip_ms = fl_boot_get_round_trip_ms (fl_session_get_boot (session));
  int timer_ms = fl_surroundings_get_latency (fl_session_get_options (session)->port);
  g_autofree char *facts = dup_latency_facts (fl_transport_is_low_latency (transport), timer_ms);
  FlLineSettings settings;
  guint read_waits, write_waits;
  double wire_ms;

  fl_boot_get_waits (fl_session_get_boot (session), &read_waits, &write_waits);
  fl_transport_get_settings (transport, &settings);
  wire_ms = (double) BLOCK_BYTES * fl_line_settings_get_bits (&settings) * 1000 / settings.baud;
  if (write_waits * round_trip_ms > wire_ms)
    fl_job_log (
        job, FL_LOG_WARNING, facts,
        _ ("The adapter's %.0f ms latency, not the baud rate, sets the pace: 256 bytes take %.0f ms on the wire, "
           "and %.0f ms of waiting for answers"),
        timer_ms > 0 ? timer_ms : round_trip_ms, wire_ms, write_waits * round_trip_ms);
  else
    fl_job_log (job, FL_LOG_INFO, facts,
                _ ("Each answer takes %.1f ms longer than its bytes: the baud rate sets the pace"), round_trip_ms);
}
