/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-rate.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-link-notes.h"
#include "fl-notebook.h"
#include "fl-program-width.h"
#include "fl-session-private.h"
#include "fl-surroundings.h"

#define MAX_DAMAGE 3 /* exchanges to repeat at a rate; a single disturbance is no reason to leave it */
#define PAGE       "adapter"

#define CLEAN_BYTES   (16 * 1024) /* on the wire: a shorter job says nothing about the line */
#define CLEAN_JOBS    10          /* in a row, until a rate that was given up is tried once more */
#define CLEAN_IN_VAIN 100         /* after it was tried in vain */
#define CLEAN         "clean" /* how many jobs were, since the rate was lowered; less than 0: so many more are wanted */
#define TOP           "top"   /* from which it was lowered; 0: it was not */

/**
 * fl_rate_may_climb:
 *
 * Returns: whether the program may choose a rate beyond the usual one
 */
gboolean
fl_rate_may_climb (FlSession *session)
{
  const FlConnectOptions *options = fl_session_get_options (session);

  return options->baud == 0 && options->entry == FL_ENTRY_DTR_RTS && options->climb != FL_CLIMB_NEVER
         && !options->listen;
}

/* The page of the session's adapter; NULL: nothing is remembered here. */
static char *
dup_page (FlSession *session)
{
  const FlConnectOptions *options = fl_session_get_options (session);
  g_autofree char *adapter = NULL;

  if (options->notebook == NULL)
    return NULL;
  adapter = fl_surroundings_dup_adapter (options->port);
  return fl_notebook_dup_page (PAGE, adapter, strlen (adapter));
}

static char *
dup_line (guint pid)
{
  return g_strdup_printf ("rate-0x%03X", pid);
}

/**
 * fl_rate_recall:
 * @pid: of the chip; -1: the one that was connected last with this adapter
 *
 * Returns: the rate that is remembered; 0: none
 */
guint
fl_rate_recall (FlSession *session, int pid)
{
  const char *path = fl_session_get_options (session)->notebook;
  g_autofree char *page = dup_page (session);
  g_autofree char *line = NULL;
  gint64 chip, baud;

  if (page == NULL)
    return 0;
  chip = pid >= 0 ? pid : fl_notebook_get (path, page, "last", -1);
  if (chip < 0 || chip > G_MAXUINT16)
    return 0;
  line = dup_line ((guint) chip);
  baud = fl_notebook_get (path, page, line, 0);
  return baud >= FL_RATE_USUAL && baud <= 4 * 1000 * 1000 ? (guint) baud : 0;
}

/**
 * fl_rate_remember:
 * @pid: of the chip
 * @baud: what the next connection begins with
 */
void
fl_rate_remember (FlJob *job, guint16 pid, guint baud)
{
  FlSession *session = fl_job_get_session (job);
  const char *path = fl_session_get_options (session)->notebook;
  g_autofree char *page = dup_page (session);
  g_autofree char *line = dup_line (pid);
  g_autoptr (GError) problem = NULL;

  if (page != NULL
      && (!fl_notebook_set (path, page, line, baud, &problem) || !fl_notebook_set (path, page, "last", pid, &problem)))
    fl_job_log (job, FL_LOG_INFO, NULL, _ ("The speed could not be remembered: %s"), problem->message);
}

static gint64
get_line (FlSession *session, const char *kind, guint16 pid, gint64 fallback)
{
  g_autofree char *page = dup_page (session);
  g_autofree char *line = g_strdup_printf ("%s-0x%03X", kind, pid);

  return page != NULL ? fl_notebook_get (fl_session_get_options (session)->notebook, page, line, fallback) : fallback;
}

/* What cannot be written only means that a rate is not tried again by itself. */
static void
set_line (FlSession *session, const char *kind, guint16 pid, gint64 value)
{
  g_autofree char *page = dup_page (session);
  g_autofree char *line = g_strdup_printf ("%s-0x%03X", kind, pid);

  if (page != NULL)
    fl_notebook_set (fl_session_get_options (session)->notebook, page, line, value, NULL);
}

/**
 * fl_rate_lower:
 * @pid: of the chip
 * @baud: what the next connection begins with, because too much went wrong at a higher rate
 */
void
fl_rate_lower (FlJob *job, guint16 pid, guint baud)
{
  FlSession *session = fl_job_get_session (job);

  set_line (session, TOP, pid, MAX (fl_rate_recall (session, pid), get_line (session, TOP, pid, 0)));
  set_line (session, CLEAN, pid, 0);
  fl_rate_remember (job, pid, baud);
}

/**
 * fl_rate_is_due:
 * @pid: of the chip
 * @baud: a rate
 *
 * A line that was bad once, because of a loose plug or a motor beside it, is not bad for good.
 *
 * Returns: whether it is one of those that were given up, and enough jobs were clean since to try it once more
 */
gboolean
fl_rate_is_due (FlSession *session, guint16 pid, guint baud)
{
  return baud <= get_line (session, TOP, pid, 0) && get_line (session, CLEAN, pid, 0) >= CLEAN_JOBS;
}

/**
 * fl_rate_note_try:
 * @worked: a rate that was given up, and works again; 0: it was tried in vain
 */
void
fl_rate_note_try (FlJob *job, guint16 pid, guint worked)
{
  FlSession *session = fl_job_get_session (job);

  set_line (session, CLEAN, pid, worked == 0 ? CLEAN_JOBS - CLEAN_IN_VAIN : 0);
  if (worked == get_line (session, TOP, pid, 0))
    set_line (session, TOP, pid, 0);
}

/**
 * fl_rate_forget_lowering:
 *
 * What works was found out anew.
 */
void
fl_rate_forget_lowering (FlJob *job, guint16 pid)
{
  FlSession *session = fl_job_get_session (job);

  if (get_line (session, TOP, pid, 0) != 0)
    set_line (session, TOP, pid, 0);
}

/**
 * fl_rate_restart:
 * @baud: the new rate
 *
 * Resets the board into its bootloader, and lets that measure the rate. Of what it knew before nothing is left.
 *
 * Errors: those of fl_boot_sync() and fl_boot_get(), and of a port that does not have this rate.
 */
gboolean
fl_rate_restart (FlSession *session, guint baud, GCancellable *cancellable, GError **error)
{
  FlBoot *boot = fl_session_get_boot (session);
  FlLineSettings settings;
  FlBootInfo info;

  fl_transport_get_settings (fl_session_get_transport (session), &settings);
  settings.baud = baud;
  fl_boot_forget_burst (boot);
  return fl_session_set_line (session, &settings, error) && fl_session_enter_bootloader (session, cancellable, error)
         && fl_boot_sync (boot, NULL, cancellable, error) && fl_boot_get (boot, &info, cancellable, error);
}

/**
 * fl_rate_can_reset:
 *
 * Returns: whether the adapter's lines reset the board and reach BOOT0 too: where that is set by hand, it may have been
 * set back since the board was reset
 */
gboolean
fl_rate_can_reset (FlSession *session)
{
  const FlConnectOptions *options = fl_session_get_options (session);
  const FlEntryPreset *preset = options->preset != NULL ? fl_entry_preset_find (options->preset) : NULL;
  gboolean inverted;
  FlLines line;

  return options->entry == FL_ENTRY_DTR_RTS && preset != NULL
         && fl_entry_preset_get_wire (preset, FL_ENTRY_PIN_BOOT0, &line, &inverted);
}

/* At a lower rate a bootloader may keep up that did not before. */
static gboolean
try_burst (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlDevice *device = fl_session_get_device (session);
  guint8 word[4];

  if (device->protection != FL_PROTECTION_NONE || device->layout == NULL)
    return TRUE;
  return fl_boot_read (fl_session_get_boot (session), fl_layout_get_start (device->layout), word, sizeof word,
                       cancellable, error)
         && fl_link_try_burst (job, fl_layout_get_start (device->layout), word, sizeof word, cancellable, error);
}

/**
 * fl_rate_reset:
 * @baud: of the line from now on
 *
 * Resets the board into its bootloader in the middle of a job, which can go on then as if nothing had been. Only where
 * fl_rate_can_reset().
 *
 * Errors: those of the line, when the bootloader does not come back
 */
gboolean
fl_rate_reset (FlJob *job, guint baud, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  FlSupply supply = fl_session_get_supply (session);

  fl_job_mark (job);
  if (!fl_rate_restart (session, baud, cancellable, error))
    {
      g_prefix_error (error, _ ("After a reset in the middle of the job: "));
      return FALSE;
    }
  fl_session_set_climbed (session, baud > FL_RATE_USUAL && fl_rate_may_climb (session));
  return try_burst (job, cancellable, error) && fl_program_width_set (job, supply, cancellable, error);
}

/* Gives up the rate: now, where the board can be reset in the middle of a job, and for the next connection. */
static gboolean
step_down (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  guint baud = fl_session_get_baud (session), lower = fl_rate_get_lower (baud);

  fl_rate_lower (job, fl_session_get_device (session)->pid, lower);
  set_line (session, CLEAN, fl_session_get_device (session)->pid, -1); /* this job will be counted, and was not clean */
  fl_session_set_climbed (session, FALSE);
  if (!fl_rate_can_reset (session))
    {
      fl_job_log (job, FL_LOG_WARNING, NULL,
                  _ ("Too much has to be repeated at %u baud. The next connection begins with %u"), baud, lower);
      return TRUE;
    }
  fl_job_log (job, FL_LOG_WARNING, NULL,
              _ ("Too much has to be repeated at %u baud: the board is reset into its bootloader, and the job goes on "
                 "at %u"),
              baud, lower);
  return fl_rate_reset (job, lower, cancellable, error);
}

/**
 * fl_rate_keep:
 *
 * To be called between two exchanges, as often as one likes: sees whether the rate that was climbed to still is good
 * enough, and goes on with a lower one where it is not. What the flash holds is not touched by that.
 *
 * Errors: those of the line, when the bootloader does not come back
 */
gboolean
fl_rate_keep (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  guint64 from;
  char *step;
  gboolean ok;

  if (!fl_session_has_climbed (session) || fl_session_count_damage (session) <= MAX_DAMAGE)
    return TRUE;
  step = fl_job_suspend_step (job, &from);
  ok = step_down (job, cancellable, error);
  fl_job_resume_step (job, step, from);
  return ok;
}

/* How much has gone wrong without speaking against the rate; where talking to the board came to an end, less. */
static guint
get_limit (const GError *error)
{
  gboolean lost =
      g_error_matches (error, FL_ERROR, FL_ERROR_TIMEOUT) || g_error_matches (error, FL_ERROR, FL_ERROR_PROTOCOL);

  return lost ? MAX_DAMAGE / 2 : MAX_DAMAGE;
}

static void
count_clean (FlJob *job, FlDevice *device)
{
  FlSession *session = fl_job_get_session (job);
  gint64 n_jobs;

  if (!fl_rate_may_climb (session) || fl_session_count_damage (session) > 0 || fl_job_count_wire (job) < CLEAN_BYTES
      || get_line (session, TOP, device->pid, 0) == 0)
    return;
  n_jobs = get_line (session, CLEAN, device->pid, 0);
  if (n_jobs < CLEAN_JOBS)
    set_line (session, CLEAN, device->pid, n_jobs + 1);
}

/**
 * fl_rate_conclude:
 * @error: (nullable): how the job ended
 *
 * At the end of every job: a rate at which it failed, or had too much to repeat, is not the one to begin with next
 * time. A board that just went silent says nothing about the rate.
 */
void
fl_rate_conclude (FlJob *job, const GError *error)
{
  FlSession *session = fl_job_get_session (job);
  guint baud = fl_session_get_baud (session);
  FlDevice *device = fl_session_get_device (session);

  if (device != NULL && error == NULL)
    count_clean (job, device);
  if (device == NULL || g_error_matches (error, FL_ERROR, FL_ERROR_PORT_GONE) || !fl_session_has_climbed (session)
      || fl_session_count_damage (session) <= get_limit (error))
    return;
  fl_session_set_climbed (session, FALSE);
  fl_rate_lower (job, device->pid, fl_rate_get_lower (baud));
  fl_job_log (job, FL_LOG_WARNING, NULL,
              _ ("Too much has to be repeated at %u baud. The next connection begins with %u"), baud,
              fl_rate_get_lower (baud));
}
