/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-boot-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-bytes.h"
#include "fl-error.h"

#define IDLE_MS     100 /* of quiet before the first 0x7F: its start bit must be the first edge that the chip measures */
#define MAX_WAIT_MS 500 /* for the answer; the chip gives it within two bytes' time */
#define QUIET_MS    50  /* after odd bytes: then all of them have come */

/* What came after a 0x7F. */
typedef struct
{
  guint8 data[32];
  gsize length;  /* of what came, leading stray bytes included */
  guint8 answer; /* the first byte that is not a stray 0x00 or 0xFF; 0: nothing came */
} FlSyncAnswer;

/* Sends one 0x7F and collects what comes. When TX of the chip becomes an output, and in the wake of a reset, a 0x00 or
 * 0xFF may come before the answer. */
static gboolean
fl_boot_probe (FlBoot *self, FlSyncAnswer *answer, GCancellable *cancellable, GError **error)
{
  static const guint8 sync = FL_BOOT_SYNC;
  guint timeout_ms = MIN (self->limits.answer_ms, MAX_WAIT_MS) + fl_boot_wire_ms (self, 2);
  gint64 deadline;

  memset (answer, 0, sizeof *answer);
  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !fl_boot_send (self, &sync, 1, cancellable, error))
    return FALSE;
  deadline = fl_transport_get_time (self->transport) + (gint64) timeout_ms * 1000;
  while (answer->length < sizeof answer->data)
    {
      gint64 left = deadline - fl_transport_get_time (self->transport);
      guint wait_ms = answer->answer != 0 ? QUIET_MS : (guint) (MAX (left, 0) / 1000);
      gsize n;

      if (!fl_transport_read_some (self->transport, answer->data + answer->length, 1, wait_ms, &n, cancellable, error))
        return FALSE;
      if (n == 0)
        return TRUE;
      if (answer->answer == 0 && answer->data[answer->length] != 0x00 && answer->data[answer->length] != 0xFF)
        answer->answer = answer->data[answer->length];
      answer->length++;
      if (answer->answer == FL_BOOT_ACK || answer->answer == FL_BOOT_NACK)
        return TRUE;
    }
  return TRUE;
}

static gboolean
fl_boot_set_no_answer (FlBoot *self, const FlSyncAnswer *answer, guint n_probes, GError **error)
{
  g_autofree char *came = fl_bytes_to_hex (answer->data, answer->length, 16);

  if (answer->length == 0)
    g_set_error (error, FL_ERROR, FL_ERROR_NO_ANSWER,
                 _ ("No bootloader answered on %s: 0x7F was sent %u times, nothing came back."),
                 fl_transport_get_name (self->transport), n_probes);
  else if (answer->answer == FL_BOOT_SYNC)
    g_set_error (
        error, FL_ERROR, FL_ERROR_NO_ANSWER,
        _ ("No bootloader answered on %s: the 0x7F that was sent came back itself (received: %s). TX and RX are "
           "connected, or the line echoes."),
        fl_transport_get_name (self->transport), came);
  else
    g_set_error (error, FL_ERROR, FL_ERROR_NO_ANSWER,
                 _ ("No bootloader answered on %s: after 0x7F came %s instead of 79 (ACK)."),
                 fl_transport_get_name (self->transport), came);
  return FALSE;
}

/* The 0x1F came for a byte that was pending in the chip: it is at the start of a command now, which Get ID shows. */
static gboolean
fl_boot_check_already (FlBoot *self, GCancellable *cancellable, GError **error)
{
  guint16 pid;

  return fl_boot_drain (self, QUIET_MS, cancellable, error) && fl_boot_get_id (self, &pid, cancellable, error);
}

/**
 * fl_boot_sync:
 * @state: (out) (nullable): whether the bootloader was fresh from a reset or synchronised before
 *
 * Sends 0x7F, and a second one when nothing came within half a second; not more, since a bootloader that is
 * synchronised takes each pair as a bad command, which hides its state. Leading 0x00 and 0xFF are skipped. Waits first
 * until nothing was sent for 100 ms.
 *
 * Silence, then 0x1F: it was synchronised before, and is healthy. 0x1F at once: likewise, but it had half a command
 * in hand; that is proven by Get ID.
 *
 * A chip that was left in the middle of a packet answers neither: fl_boot_resync() gets it out, and must not be tried
 * on a chip that may still wait for its first 0x7F, because any other byte first makes it deaf until its next reset.
 *
 * Source: AN3155, bootloader code sequence; the order of the probes follows what stm32flash and owners report.
 *
 * Errors: %FL_ERROR_NO_ANSWER when nothing came, or no byte that a bootloader sends here.
 */
gboolean
fl_boot_sync (FlBoot *self, FlSyncState *state, GCancellable *cancellable, GError **error)
{
  FlSyncAnswer answer;
  FlSyncState found = FL_SYNC_FRESH;
  gint64 idle;

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  idle = fl_transport_get_time (self->transport) - self->last_sent;
  if (idle < IDLE_MS * 1000
      && !fl_transport_sleep (self->transport, IDLE_MS - (guint) (MAX (idle, 0) / 1000), cancellable, error))
    return FALSE;
  if (!fl_transport_discard (self->transport, error))
    return FALSE;
  fl_transport_take_errors (self->transport);
  memset (&self->info, 0, sizeof self->info);

  if (!fl_boot_probe (self, &answer, cancellable, error))
    return FALSE;
  if (answer.answer == FL_BOOT_NACK)
    {
      found = FL_SYNC_ALREADY;
      if (!fl_boot_check_already (self, cancellable, error))
        return FALSE;
    }
  else if (answer.answer == 0)
    {
      FlSyncAnswer second;

      if (!fl_boot_probe (self, &second, cancellable, error))
        return FALSE;
      if (second.answer == FL_BOOT_NACK)
        found = FL_SYNC_ALREADY;
      else if (second.answer != FL_BOOT_ACK)
        return fl_boot_set_no_answer (self, second.length > 0 ? &second : &answer, 2, error);
    }
  else if (answer.answer != FL_BOOT_ACK)
    return fl_boot_set_no_answer (self, &answer, 1, error);

  /* A second ACK, or a late stray byte, must not be taken for the answer to the first command. */
  if (found == FL_SYNC_FRESH && self->limits.double_sync_ack && !fl_boot_drain (self, QUIET_MS, cancellable, error))
    return FALSE;
  if (state != NULL)
    *state = found;
  return TRUE;
}
