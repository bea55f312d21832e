/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-program-width.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-notebook.h"
#include "fl-session-private.h"

#define PAGE         "board"
#define LINE         "supply"
#define SUPPLY_BYTES 4 /* one that counts, three that must be 0xFF */

static gboolean
write_supply (FlBoot *boot, guint32 address, guint8 value, guint8 *got, GCancellable *cancellable, GError **error)
{
  const guint8 bytes[SUPPLY_BYTES] = { value, 0xFF, 0xFF, 0xFF };

  return fl_boot_write (boot, address, bytes, sizeof bytes, cancellable, error)
         && fl_boot_read (boot, address, got, 1, cancellable, error);
}

/* What it has taken in place of @value must not be wider than what the supply allows. */
static gboolean
take_back (FlJob *job, guint32 address, guint8 value, guint8 got, GCancellable *cancellable, GError **error)
{
  FlBoot *boot = fl_session_get_boot (fl_job_get_session (job));
  g_autofree char *message =
      g_strdup_printf (_ ("The bootloader says 0x%02X after 0x%02X was written. It goes on byte by byte."), got, value);

  if (!write_supply (boot, address, 0, &got, cancellable, error))
    return FALSE;
  if (got != 0)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_PROTOCOL,
                           _ ("The bootloader does not say truly for which supply voltage it programs. Reset the board "
                              "into its bootloader, and program without naming a voltage."));
      return FALSE;
    }
  fl_job_fail_step (job, message);
  return TRUE;
}

/* Refused, or not understood: it programs as it did. */
static gboolean
go_on_without (FlJob *job, GError *problem, GCancellable *cancellable, GError **error)
{
  FlBoot *boot = fl_session_get_boot (fl_job_get_session (job));
  gboolean refused =
      g_error_matches (problem, FL_ERROR, FL_ERROR_NACK) || g_error_matches (problem, FL_ERROR, FL_ERROR_UNSUPPORTED);
  g_autofree char *message = NULL;

  if (!refused && !g_error_matches (problem, FL_ERROR, FL_ERROR_TIMEOUT))
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  message = g_strdup_printf (_ ("This bootloader cannot be told: it goes on byte by byte, which is slower and right at "
                                "every voltage. %s"),
                             problem->message);
  g_error_free (problem);
  if (!refused
      && !fl_boot_resync (boot, cancellable, error)) /* old builds are silent where they do not know an address */
    return FALSE;
  fl_job_fail_step (job, message);
  return TRUE;
}

/**
 * fl_program_width_set:
 * @supply: what the user says; %FL_SUPPLY_UNKNOWN programs byte by byte
 *
 * Has the bootloader program as many bytes at once as the supply allows, from now until the chip's next reset. Nothing
 * happens with chips that have no such choice. To be called before anything is erased, which is faster then too.
 *
 * Source: AN2606, table 4: the virtual address 0xFFFF0000.
 *
 * Errors: those of the line. A bootloader that refuses is no error: the log says so.
 */
gboolean
fl_program_width_set (FlJob *job, FlSupply supply, GCancellable *cancellable, GError **error)
{
  FlSession *session = fl_job_get_session (job);
  const FlChip *chip = fl_session_get_device (session)->chip;
  g_autofree char *detail = NULL;
  guint8 got = 0, value = fl_supply_get_byte (supply);
  GError *problem = NULL;

  if (chip == NULL || chip->supply_address == 0 || supply == fl_session_get_supply (session))
    return TRUE;
  fl_job_begin_step (job, _ ("Supply voltage: %s"), fl_supply_get_title (supply));
  fl_session_set_supply (session, FL_SUPPLY_UNKNOWN);
  if (!write_supply (fl_session_get_boot (session), chip->supply_address, value, &got, cancellable, &problem))
    return go_on_without (job, problem, cancellable, error);
  if (got != value)
    return take_back (job, chip->supply_address, value, got, cancellable, error);
  fl_session_set_supply (session, supply);
  detail = g_strdup_printf (ngettext ("The flash is programmed %u byte at a time.",
                                      "The flash is programmed %u bytes at a time.", fl_supply_get_width (supply)),
                            fl_supply_get_width (supply));
  fl_job_end_step (job, detail);
  return TRUE;
}

/* NULL: nothing can be kept for this board. */
static char *
dup_page (const char *notebook, FlDevice *device)
{
  if (notebook == NULL || device->chip == NULL || device->chip->supply_address == 0 || device->uid_length == 0)
    return NULL;
  return fl_notebook_dup_page (PAGE, device->uid, device->uid_length);
}

/**
 * fl_program_width_recall:
 * @notebook: (nullable): where such things are kept
 *
 * Returns: what was named for this very board; %FL_SUPPLY_UNKNOWN when nothing was
 */
FlSupply
fl_program_width_recall (const char *notebook, FlDevice *device)
{
  g_autofree char *page = dup_page (notebook, device);
  gint64 supply = page != NULL ? fl_notebook_get (notebook, page, LINE, FL_SUPPLY_UNKNOWN) : FL_SUPPLY_UNKNOWN;

  return supply > FL_SUPPLY_UNKNOWN && supply < FL_N_SUPPLIES ? (FlSupply) supply : FL_SUPPLY_UNKNOWN;
}

/**
 * fl_program_width_remember:
 * @notebook: (nullable): where such things are kept
 *
 * Keeps what was named for this board.
 *
 * Errors: %G_FILE_ERROR
 */
gboolean
fl_program_width_remember (const char *notebook, FlDevice *device, FlSupply supply, GError **error)
{
  g_autofree char *page = dup_page (notebook, device);

  return page == NULL || fl_notebook_set (notebook, page, LINE, supply, error);
}
