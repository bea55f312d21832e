/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rate.h"

#include <glib/gi18n-lib.h>

#include "fl-connect-private.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-link-notes.h"
#include "fl-session-private.h"

#define PIECES        4 /* blocks that have to come back as they were */
#define RAM_PATTERNS  2 /* blocks that have to arrive */
#define USUAL_RETRIES 3 /* of one exchange */
#define MAX_RETURNS   3 /* attempts to come back to a rate that was clean */

/* Beyond them ROMs that measure the rate in software, and adapters, are rarely right. */
static const guint rungs[] = { 115200, 230400, 460800, 921600 };

/* What a rate is proven with. */
typedef struct
{
  guint16 pid;
  guint32 place; /* memory that can be read and is not all the same; 0: none is readable */
  guint32 ram;   /* where a pattern can be written to; 0: nowhere */
  gboolean known;
  guint8 pieces[PIECES][FL_BOOT_MAX_BLOCK];
} Proof;

/**
 * fl_rate_get_lower:
 *
 * Returns: the next lower rate of the ladder; the usual one at the least
 */
guint
fl_rate_get_lower (guint baud)
{
  guint lower = rungs[0];

  for (guint i = 0; i < G_N_ELEMENTS (rungs); i++)
    if (rungs[i] < baud)
      lower = rungs[i];
  return lower;
}

/* The next higher one; 0: there is none. */
static guint
get_higher (guint baud)
{
  for (guint i = 0; i < G_N_ELEMENTS (rungs); i++)
    if (rungs[i] > baud)
      return rungs[i];
  return 0;
}

static gboolean
is_refused (const GError *error)
{
  return g_error_matches (error, FL_ERROR, FL_ERROR_NACK) || g_error_matches (error, FL_ERROR, FL_ERROR_UNSUPPORTED)
         || g_error_matches (error, FL_ERROR, FL_ERROR_PROTECTED);
}

/* Whether an error only means that this rate does not do. */
static gboolean
is_bad_rate (const GError *error)
{
  return fl_connect_is_unheard (error) || is_refused (error) || g_error_matches (error, FL_ERROR, FL_ERROR_PORT_UNFIT);
}

static gboolean
set_damaged (GError **error)
{
  g_set_error_literal (error, FL_ERROR, FL_ERROR_PROTOCOL, _ ("What came back was not what it should be."));
  return FALSE;
}

/* Code of the bootloader, of which no two bytes are alike, before flash, which may be blank. */
static gboolean
find_place (FlBoot *boot, Proof *proof, GCancellable *cancellable, GError **error)
{
  const FlChip *chip = fl_chip_db_find (proof->pid);
  const guint32 places[] = { chip != NULL && chip->system_size >= sizeof proof->pieces ? chip->system_start : 0,
                             chip != NULL ? chip->flash_start : 0 };

  proof->place = 0;
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GError) problem = NULL;

      if (places[i] == 0)
        continue;
      if (fl_boot_read (boot, places[i], proof->pieces[0], FL_BOOT_MAX_BLOCK, cancellable, &problem))
        {
          proof->place = places[i];
          return TRUE;
        }
      if (!is_refused (problem))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
  return TRUE;
}

/* Every edge that there is: counting; then alternating bits, and all of one kind. */
static void
fill_pattern (guint8 *data, guint which)
{
  static const guint8 edges[] = { 0x55, 0xAA, 0x00, 0xFF };

  for (guint i = 0; i < FL_BOOT_MAX_BLOCK; i++)
    data[i] = which == 0 ? (guint8) i : edges[i % G_N_ELEMENTS (edges)];
}

static gboolean
check_ram (FlBoot *boot, guint32 address, GCancellable *cancellable, GError **error)
{
  guint8 sent[FL_BOOT_MAX_BLOCK], got[FL_BOOT_MAX_BLOCK];

  for (guint i = 0; i < RAM_PATTERNS; i++)
    {
      fill_pattern (sent, i);
      if (!fl_boot_write (boot, address, sent, sizeof sent, cancellable, error)
          || !fl_boot_read (boot, address, got, sizeof got, cancellable, error))
        return FALSE;
      if (memcmp (sent, got, sizeof sent) != 0)
        return set_damaged (error);
    }
  return TRUE;
}

/* RAM that the bootloader leaves alone, where it can be written: otherwise only the way back is proven. */
static gboolean
find_ram (FlBoot *boot, Proof *proof, GCancellable *cancellable, GError **error)
{
  const FlChip *chip = fl_chip_db_find (proof->pid);
  guint32 offset = chip != NULL ? (chip->ram_reserved + FL_BOOT_MAX_BLOCK - 1) & ~(FL_BOOT_MAX_BLOCK - 1u) : 0;
  g_autoptr (GError) problem = NULL;

  if (chip == NULL || chip->ram_reserved == 0 || offset + FL_BOOT_MAX_BLOCK > chip->ram_kib * 1024)
    return TRUE;
  if (check_ram (boot, chip->ram_start + offset, cancellable, &problem))
    proof->ram = chip->ram_start + offset;
  else if (!is_refused (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_pieces (FlBoot *boot, Proof *proof, GCancellable *cancellable, GError **error)
{
  guint8 got[FL_BOOT_MAX_BLOCK];

  for (guint i = 0; i < PIECES; i++)
    {
      guint32 address = proof->place + i * FL_BOOT_MAX_BLOCK;

      if (!proof->known && !fl_boot_read (boot, address, proof->pieces[i], sizeof got, cancellable, error))
        return FALSE;
      if (!fl_boot_read (boot, address, got, sizeof got, cancellable, error))
        return FALSE;
      if (memcmp (got, proof->pieces[i], sizeof got) != 0)
        return set_damaged (error);
    }
  return TRUE;
}

static gboolean
check_id (FlBoot *boot, Proof *proof, GCancellable *cancellable, GError **error)
{
  guint16 first, second;

  if (!fl_boot_get_id (boot, &first, cancellable, error) || !fl_boot_get_id (boot, &second, cancellable, error))
    return FALSE;
  if (first != second || (proof->known && first != proof->pid))
    return set_damaged (error);
  proof->pid = first;
  return TRUE;
}

/* All that goes over the wire at the present rate must be right at once: repeats would hide what is looked for. What is
 * not known yet has to come twice. */
static gboolean
prove (FlSession *session, Proof *proof, GCancellable *cancellable, GError **error)
{
  FlBoot *boot = fl_session_get_boot (session);
  gboolean ok;

  fl_boot_set_max_retries (boot, 0);
  ok = check_id (boot, proof, cancellable, error) && (proof->known || find_place (boot, proof, cancellable, error))
       && (proof->place == 0 || check_pieces (boot, proof, cancellable, error))
       && (proof->ram == 0 || check_ram (boot, proof->ram, cancellable, error));
  fl_boot_set_max_retries (boot, USUAL_RETRIES);
  return ok;
}

static gboolean
try_rate (FlSession *session, guint baud, Proof *proof, GCancellable *cancellable, GError **error)
{
  FlBoot *boot = fl_session_get_boot (session);
  gboolean ok;

  fl_boot_set_max_retries (boot, 0);
  ok = fl_rate_restart (session, baud, cancellable, error);
  fl_boot_set_max_retries (boot, USUAL_RETRIES);
  return ok && prove (session, proof, cancellable, error);
}

/**
 * fl_rate_activate:
 * @failed: (out): a rate that is remembered, and did not work; 0: none
 *
 * ENTER and SYNC: at the rate that is remembered, where there is one, and once; otherwise, and when that fails, as
 * fl_connect_activate().
 *
 * Errors: those of fl_connect_activate().
 */
gboolean
fl_rate_activate (FlJob *job, guint *failed, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlClimb climb = fl_session_get_options (session)->climb;
  guint baud = fl_rate_may_climb (session) && climb != FL_CLIMB_ANEW ? fl_rate_recall (session, -1) : 0;
  g_autoptr (GError) problem = NULL;
  Proof proof = { 0 };

  *failed = 0;
  if (baud <= FL_RATE_USUAL)
    return fl_connect_activate (job, cancellable, error);
  fl_job_enter_stage (job, FL_STAGE_SYNC);
  fl_job_set_text (job, _ ("Activating device at %u baud, which worked last time"), baud);
  fl_job_begin_step (job, _ ("Activating device at %u baud, which worked last time"), baud);
  if (try_rate (session, baud, &proof, cancellable, &problem))
    {
      fl_job_end_step (job, NULL);
      fl_session_set_climbed (session, TRUE);
      return TRUE;
    }
  if (!is_bad_rate (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  fl_job_fail_step (job, problem->message);
  *failed = baud;
  return fl_connect_activate (job, cancellable, error);
}

/* Up the ladder, from the present rate: the last that was clean. */
static gboolean
climb (FlJob *job, Proof *proof, guint limit, guint *best, gboolean *fell, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);

  *best = fl_session_get_baud (session);
  *fell = FALSE;
  for (guint baud = get_higher (*best); baud > 0 && (limit == 0 || baud <= limit); baud = get_higher (baud))
    {
      g_autoptr (GError) problem = NULL;

      fl_job_set_text (job, _ ("Trying %u baud"), baud);
      fl_job_begin_step (job, _ ("Trying %u baud"), baud);
      if (try_rate (session, baud, proof, cancellable, &problem))
        {
          fl_job_end_step (job, proof->ram != 0 ? _ ("What was read and what was written came through unharmed.")
                                                : _ ("What was read came through unharmed."));
          *best = baud;
          continue;
        }
      if (!is_bad_rate (problem))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      fl_job_fail_step (job, problem->message);
      *fell = TRUE;
      return TRUE;
    }
  return TRUE;
}

/* Back to @best, or if need be to a lower one. */
static gboolean
come_back (FlJob *job, guint *best, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);

  for (guint i = 1;; i++)
    {
      g_autoptr (GError) problem = NULL;

      fl_job_begin_step (job, _ ("Coming back to %u baud"), *best);
      if (fl_rate_restart (session, *best, cancellable, &problem))
        {
          fl_job_end_step (job, NULL);
          return TRUE;
        }
      if (!is_bad_rate (problem) || i == MAX_RETURNS)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      fl_job_fail_step (job, problem->message);
      *best = fl_rate_get_lower (*best);
    }
}

/* What is known at the present rate, for comparing; FALSE without an error: nothing could prove a higher one. */
static gboolean
learn (FlJob *job, Proof *proof, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlBoot *boot = fl_session_get_boot (session);

  fl_job_mark (job);
  if (!check_id (boot, proof, cancellable, error) || !find_place (boot, proof, cancellable, error))
    return FALSE;
  if (proof->place == 0)
    {
      fl_job_log (job, FL_LOG_INFO, NULL,
                  _ ("The chip shows no memory that could prove a higher speed: it stays at %u baud"),
                  fl_session_get_baud (session));
      return FALSE;
    }
  if (!check_pieces (boot, proof, cancellable, error) || !find_ram (boot, proof, cancellable, error))
    return FALSE;
  proof->known = TRUE;
  return TRUE;
}

/* @limit: the highest to try; 0: all. */
static gboolean
search (FlJob *job, FlDevice *device, guint limit, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  g_autoptr (GError) problem = NULL;
  Proof proof = { 0 };
  guint best;
  gboolean fell;

  if (!learn (job, &proof, cancellable, &problem))
    {
      gboolean ok = problem == NULL;

      if (!ok)
        g_propagate_error (error, g_steal_pointer (&problem));
      return ok;
    }
  if (!climb (job, &proof, limit, &best, &fell, cancellable, error)
      || (fell && !come_back (job, &best, cancellable, error)))
    return FALSE;
  fl_session_set_climbed (session, best > FL_RATE_USUAL);
  fl_rate_remember (job, device->pid, best);
  if (!fl_link_try_burst (job, proof.place, proof.pieces[0], sizeof proof.pieces[0], cancellable, error))
    return FALSE;
  fl_job_log (job, FL_LOG_INFO, NULL, _ ("%u baud is the highest speed at which everything came through unharmed"),
              best);
  return TRUE;
}

/* One of those that were given up, after some time. */
static gboolean
search_again (FlJob *job, FlDevice *device, guint baud, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);

  fl_job_log (job, FL_LOG_INFO, NULL,
              _ ("%u baud was given up, and the line has been clean since: it is tried once more"), baud);
  if (!search (job, device, baud, cancellable, error))
    return FALSE;
  fl_rate_note_try (job, device->pid, fl_session_get_baud (session) == baud ? baud : 0);
  return TRUE;
}

/* What the notebook says of the chip, after what was seen of it. */
static void
update_notebook (FlJob *job, guint16 pid, guint failed)
{
  FlSession *session = fl_job_get_session (job);
  guint baud = fl_session_get_baud (session), known = fl_rate_recall (session, pid);

  if (failed > 0 && known == failed)
    {
      fl_rate_lower (job, pid, fl_rate_get_lower (failed));
      return;
    }
  if (fl_session_has_climbed (session))
    known = MAX (known, baud); /* a chip that is known for more begins with that the next time */
  if (known > 0)
    fl_rate_remember (job, pid, known);
}

/**
 * fl_rate_settle:
 * @device: what was found and described
 * @failed: what fl_rate_activate() said
 *
 * Climbs to the highest rate that works, where that may be and is not known; or to the next higher one, where a rate
 * was lowered and has been clean since. Afterwards the bootloader waits for a command, at that rate.
 *
 * Errors: those of the line, when the bootloader does not come back after it failed at a rate.
 */
gboolean
fl_rate_settle (FlJob *job, FlDevice *device, guint failed, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlClimb climb = fl_session_get_options (session)->climb;
  guint limit = device->chip != NULL ? device->chip->max_baud : 0;
  guint baud = fl_session_get_baud (session), higher = get_higher (baud);

  if (!fl_rate_may_climb (session))
    return TRUE;
  if (climb == FL_CLIMB_SEARCH && failed == 0 && device->protection == FL_PROTECTION_NONE && higher > 0
      && (limit == 0 || higher <= limit) && baud == fl_rate_recall (session, device->pid)
      && fl_rate_is_due (session, device->pid, higher))
    return search_again (job, device, higher, cancellable, error);
  if (baud == FL_RATE_USUAL && device->protection == FL_PROTECTION_NONE
      && (climb == FL_CLIMB_ANEW || (climb == FL_CLIMB_SEARCH && fl_rate_recall (session, device->pid) == 0)))
    {
      fl_rate_forget_lowering (job, device->pid);
      return search (job, device, limit, cancellable, error);
    }
  update_notebook (job, device->pid, failed);
  return TRUE;
}
