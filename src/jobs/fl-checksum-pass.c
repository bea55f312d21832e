/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-checksum-pass.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-rate.h"
#include "fl-session-private.h"

#define MAX_RUN  (64 * 1024) /* bytes of one exchange: without a CRC unit the chip needs a while, and nothing moves */
#define MIN_RUN  1024        /* of small sectors: to look at each of many costs as much as it saves */
#define MAX_FINE 16          /* halvings of fewer than that */

static FlLayout *
get_layout (const FlChecksumPass *self)
{
  return fl_plan_get_device (self->plan)->layout;
}

/**
 * fl_checksum_pass_is_usable:
 *
 * Returns: whether the bootloader lists Get Checksum, and has not been wrong
 */
gboolean
fl_checksum_pass_is_usable (FlJob *job)
{
  FlSession *session = fl_job_get_session (job);

  return fl_device_has_command (fl_session_get_device (session), FL_COMMAND_GET_CHECKSUM)
         && fl_session_get_checksum (session) != FL_CHECKSUM_OFF;
}

/**
 * fl_checksum_pass_can_judge:
 *
 * Returns: whether the plan says of every byte of a sector what it is to be
 */
gboolean
fl_checksum_pass_can_judge (FlPlan *plan, guint sector_index)
{
  guint32 size = fl_layout_get_sector (fl_plan_get_device (plan)->layout, sector_index)->size;
  const guint8 *covered;

  if (fl_plan_get_content (plan, sector_index, &covered) == NULL)
    return FALSE;
  return !fl_plan_get_options (plan)->preserve || memchr (covered, FALSE, size) == NULL;
}

/* It is not used any more. */
static void
turn_off (FlJob *job)
{
  fl_session_set_checksum (fl_job_get_session (job), FL_CHECKSUM_OFF);
  fl_job_log (job, FL_LOG_WARNING, NULL,
              _ ("Get Checksum is not used any more with this bootloader: what the flash holds is read"));
}

/* What is wrong with the command is no reason to give up the job; what is wrong with the line is. */
static gboolean
go_on_without (FlJob *job, FlBoot *boot, GError *problem, GCancellable *cancellable, GError **error)
{
  gboolean refused = g_error_matches (problem, FL_ERROR, FL_ERROR_NACK)
                     || g_error_matches (problem, FL_ERROR, FL_ERROR_UNSUPPORTED)
                     || g_error_matches (problem, FL_ERROR, FL_ERROR_PROTECTED);
  gboolean odd =
      g_error_matches (problem, FL_ERROR, FL_ERROR_TIMEOUT) || g_error_matches (problem, FL_ERROR, FL_ERROR_PROTOCOL);

  if (!refused && !odd)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  fl_job_log (job, FL_LOG_WARNING, NULL, "%s", problem->message);
  g_error_free (problem);
  turn_off (job);
  return refused || fl_boot_resync (boot, cancellable, error);
}

/* *@checksum: what the bootloader says. When it does not say anything of use, Get Checksum is turned off. */
static gboolean
ask (FlJob *job, FlBoot *boot, guint32 address, gsize length, guint32 *checksum, GCancellable *cancellable,
     GError **error)
{
  GError *problem = NULL;

  if (!fl_rate_keep (job, cancellable, error))
    return FALSE;
  fl_job_mark (job);
  if (fl_boot_get_checksum (boot, address, (guint32) (length / 4), FL_BOOT_CHECKSUM_POLYNOMIAL,
                            FL_BOOT_CHECKSUM_INITIAL, checksum, cancellable, &problem))
    {
      fl_job_add_done (job, FL_CHECKSUM_WIRE);
      return TRUE;
    }
  return go_on_without (job, boot, problem, cancellable, error);
}

/* Nothing but parity protects what is read: what does not agree is read once more. */
static gboolean
check_block (FlBoot *boot, guint32 address, guint32 said, gboolean *right, guint32 *expected, GCancellable *cancellable,
             GError **error)
{
  guint8 data[FL_BOOT_MAX_BLOCK];

  *right = FALSE;
  for (guint i = 0; i < 2 && !*right; i++)
    {
      if (!fl_boot_read (boot, address, data, sizeof data, cancellable, error))
        return FALSE;
      *expected = fl_boot_calculate_checksum (data, sizeof data);
      *right = said == *expected;
    }
  return TRUE;
}

/**
 * fl_checksum_pass_prove:
 * @address: of 256 bytes of flash that are not all the same
 *
 * Once a session: sees whether the bootloader means the same by Get Checksum. There are other CRCs, and another form of
 * the command.
 *
 * Errors: those of the line. A bootloader that means something else is no error: the log says so.
 */
gboolean
fl_checksum_pass_prove (FlJob *job, FlBoot *boot, guint32 address, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  guint32 said = 0, expected = 0;
  gboolean right;

  if (fl_session_get_checksum (session) != FL_CHECKSUM_UNTRIED)
    return TRUE;
  if (!ask (job, boot, address, FL_BOOT_MAX_BLOCK, &said, cancellable, error))
    return FALSE;
  if (fl_session_get_checksum (session) == FL_CHECKSUM_OFF)
    return TRUE;
  if (!check_block (boot, address, said, &right, &expected, cancellable, error))
    return FALSE;
  if (right)
    {
      fl_session_set_checksum (session, FL_CHECKSUM_PROVEN);
      fl_job_log (job, FL_LOG_INFO, NULL,
                  _ ("The bootloader has Get Checksum, and that of 256 bytes at 0x%08X is right: it takes the place of "
                     "reading what has not changed"),
                  address);
      return TRUE;
    }
  fl_job_log (job, FL_LOG_WARNING, NULL,
              _ ("The bootloader’s checksum of 256 bytes at 0x%08X is 0x%08X; by AN3155 it would be 0x%08X"), address,
              said, expected);
  turn_off (job);
  return TRUE;
}

static guint32
get_size (const FlChecksumPass *self, guint first, guint count)
{
  guint32 size = 0;

  for (guint i = first; i < first + count; i++)
    size += fl_layout_get_sector (get_layout (self), i)->size;
  return size;
}

static guint8 *
dup_content (const FlChecksumPass *self, guint first, guint count)
{
  guint8 *content = g_malloc (get_size (self, first, count));
  guint32 at = 0;

  for (guint i = first; i < first + count; i++)
    {
      guint32 size = fl_layout_get_sector (get_layout (self), i)->size;

      memcpy (content + at, fl_plan_get_content (self->plan, i, NULL), size);
      at += size;
    }
  return content;
}

/* Sectors from @first on, as many as are looked at together. */
static guint
count_run (const FlChecksumPass *self, guint first)
{
  FlLayout *layout = get_layout (self);
  guint32 size = 0;
  guint count = 0;

  for (guint i = first; i < fl_layout_get_n_sectors (layout) && self->wanted[i]; i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (count > 0
          && (size + sector->size > MAX_RUN || sector->address != fl_layout_get_sector (layout, first)->address + size))
        break;
      size += sector->size;
      count++;
    }
  return count;
}

static gboolean
compare (FlChecksumPass *self, guint first, guint count, gboolean *equal, GCancellable *cancellable, GError **error)
{
  guint32 address = fl_layout_get_sector (get_layout (self), first)->address;
  guint32 size = get_size (self, first, count);
  g_autofree guint8 *content = dup_content (self, first, count);
  guint32 said = 0;

  *equal = FALSE;
  if (!ask (self->job, self->boot, address, size, &said, cancellable, error))
    return FALSE;
  *equal = fl_checksum_pass_is_usable (self->job) && said == fl_boot_calculate_checksum (content, size);
  return TRUE;
}

/* @differs: something of them is known to be different. Halves them until it is clear which. */
static gboolean
look (FlChecksumPass *self, guint first, guint count, gboolean differs, gboolean *equal, GCancellable *cancellable,
      GError **error)
{
  gboolean first_equal, second_equal;
  guint half = count / 2;

  *equal = FALSE;
  if (!differs)
    {
      if (!compare (self, first, count, equal, cancellable, error))
        return FALSE;
      if (*equal)
        {
          memset (self->equal + first, TRUE, count);
          self->n_equal += count;
        }
    }
  if (*equal || count == 1 || !fl_checksum_pass_is_usable (self->job))
    return TRUE;
  if (get_size (self, first, count) <= MIN_RUN && self->n_fine++ >= MAX_FINE)
    return TRUE;
  return look (self, first, half, FALSE, &first_equal, cancellable, error)
         && look (self, first + half, count - half, first_equal, &second_equal, cancellable, error);
}

/**
 * fl_checksum_pass_run:
 *
 * Asks for many sectors at once, and where the checksum is not that of what they are to hold, for half of them.
 * fl_checksum_pass_prove() has been there before. When the command fails nothing is taken for equal, and
 * fl_checksum_pass_is_usable() is not true any more.
 *
 * Errors: those of the line.
 */
gboolean
fl_checksum_pass_run (FlChecksumPass *self, GCancellable *cancellable, GError **error)
{
  guint n_sectors = fl_layout_get_n_sectors (get_layout (self));

  self->n_equal = 0;
  for (guint i = 0; i < n_sectors && fl_checksum_pass_is_usable (self->job);)
    {
      guint count = count_run (self, i);
      gboolean equal;

      if (count > 0 && !look (self, i, count, FALSE, &equal, cancellable, error))
        return FALSE;
      i += MAX (count, 1);
    }
  if (!fl_checksum_pass_is_usable (self->job))
    {
      memset (self->equal, FALSE, n_sectors);
      self->n_equal = 0;
    }
  return TRUE;
}
