/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-bytes.h"
#include "fl-consent.h"
#include "fl-error.h"
#include "fl-flash-ops.h"
#include "fl-job-private.h"
#include "fl-options-job.h"
#include "fl-restart-pass.h"
#include "fl-write-protect.h"

#define STEPS 3 /* of the bar: the command, find again, look */

struct _FlProtectJob
{
  FlJob parent_instance;

  FlProtectKind kind;
  gboolean agreed;
};

G_DEFINE_FINAL_TYPE (FlProtectJob, fl_protect_job, FL_TYPE_JOB)

static const struct
{
  guint8 command;
  FlDanger danger;
  gboolean (*send) (FlBoot *boot, GCancellable *cancellable, GError **error);
  const char *step;
} kinds[] = {
  [FL_PROTECT_READ] = { FL_COMMAND_READOUT_PROTECT, FL_DANGER_HIGH, fl_boot_readout_protect,
                        N_ ("Protecting the flash against reading") },
  [FL_UNPROTECT_READ] = { FL_COMMAND_READOUT_UNPROTECT, FL_DANGER_HIGH, fl_boot_readout_unprotect,
                          N_ ("Removing readout protection; all flash is erased") },
  [FL_UNPROTECT_WRITE] = { FL_COMMAND_WRITE_UNPROTECT, FL_DANGER_MEDIUM, fl_boot_write_unprotect,
                           N_ ("Removing write protection") },
};

/**
 * fl_protect_job_new:
 * @session: connected
 * @agreed: the user was told what fl_protect_kind_dup_warning() says, and said yes
 *
 * Returns: (transfer full): a job that sends the bootloader's own command, waits for the chip's reset, and looks
 * whether it came true
 */
FlJob *
fl_protect_job_new (FlSession *session, FlProtectKind kind, gboolean agreed)
{
  FlProtectJob *self;

  g_return_val_if_fail (FL_IS_SESSION (session) && kind < G_N_ELEMENTS (kinds), NULL);

  self = g_object_new (FL_TYPE_PROTECT_JOB, "session", session, NULL);
  self->kind = kind;
  self->agreed = agreed;
  return FL_JOB (self);
}

/**
 * fl_protect_kind_dup_warning:
 * @device: the chip that it would be done to
 *
 * Returns: (transfer full): what it does, and what is lost by it, translated; to be shown before anybody agrees
 */
char *
fl_protect_kind_dup_warning (FlProtectKind kind, FlDevice *device)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (FL_IS_DEVICE (device), NULL);

  name = fl_device_dup_name (device);
  switch (kind)
    {
    case FL_PROTECT_READ:
      return g_strdup_printf (
          _ ("The flash of this %s can then no longer be read, verified or written over the "
             "bootloader, nor with a debugger. The application goes on to run. Taking the protection "
             "off again erases the whole flash."),
          name);
    case FL_UNPROTECT_READ:
      if (device->flash_kib > 0)
        return g_strdup_printf (_ ("This erases ALL of the flash of this %s, %u KiB, and its data EEPROM where it has "
                                   "one: the application and everything that it has stored are lost for good. Nothing "
                                   "can be read out before."),
                                name, device->flash_kib);
      return g_strdup_printf (_ ("This erases ALL of the flash of this %s: the application and everything that it has "
                                 "stored are lost for good. Nothing can be read out before."),
                              name);
    case FL_UNPROTECT_WRITE:
    default:
      return g_strdup_printf (
          _ ("All write protection of this %s is taken away: afterwards every page can be erased and "
             "written. Nothing is erased by it."),
          name);
    }
}

/**
 * fl_protect_kind_check:
 * @device: the chip that it would be done to
 *
 * Errors: %FL_ERROR_UNKNOWN_DEVICE, %FL_ERROR_UNSUPPORTED, %FL_ERROR_PROTECTED, %FL_ERROR_USAGE where there is no
 * protection to remove.
 *
 * Returns: whether it can be done as far as is known, so that it need not be offered where it cannot
 */
gboolean
fl_protect_kind_check (FlProtectKind kind, FlDevice *device, GError **error)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (kinds) && FL_IS_DEVICE (device), FALSE);

  if (device->chip == NULL || device->chip->option_words->len == 0)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE,
                           _ ("The option bytes of this chip are not known, and protection is kept in them: it is not "
                              "changed."));
      return FALSE;
    }
  if (!fl_device_has_command (device, kinds[kind].command) && kind != FL_UNPROTECT_WRITE
      && fl_chip_find_option_role (device->chip, FL_OPTION_ROLE_PRODUCT_STATE) != NULL)
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_UNSUPPORTED,
          _ ("The %s has no readout protection that its bootloader could change: it is protected by its product "
             "state (option PRODUCT_STATE)."),
          device->chip->name);
      return FALSE;
    }
  if (!fl_device_has_command (device, kinds[kind].command))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED, _ ("This bootloader does not have the command %s (%02X)."),
                   fl_command_get_name (kinds[kind].command), kinds[kind].command);
      return FALSE;
    }
  if (kind == FL_UNPROTECT_READ && device->protection == FL_PROTECTION_NONE)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE,
                           _ ("The chip is not read-protected. Removing a protection that is not there would erase the "
                              "whole flash and nothing else."));
      return FALSE;
    }
  if (kind != FL_UNPROTECT_READ && device->protection == FL_PROTECTION_READOUT)
    return fl_ops_check_readable (device, error);
  return TRUE;
}

static const char *
get_state_while_sent (FlProtectKind kind)
{
  switch (kind)
    {
    case FL_PROTECT_READ:
      return _ ("Readout protection: the command was on its way when it broke off; it may be on. Flash: not touched. "
                "Connect again to see.");
    case FL_UNPROTECT_READ:
      return _ ("Flash: the command that erases all of it was sent. Take it as erased, in whole or in part. Switch the "
                "power off and on, connect again, and repeat it if the chip is still protected.");
    case FL_UNPROTECT_WRITE:
    default:
      return _ ("Write protection: the command was on its way when it broke off; it may be off. Flash: not touched. "
                "Connect again to see.");
    }
}

static gboolean
has_protected_sector (FlDevice *device)
{
  g_autofree guint8 *sectors = NULL;

  if (device->layout != NULL)
    sectors = fl_write_protect_get (device->options, device->layout);
  return sectors != NULL && !fl_bytes_all (sectors, fl_layout_get_n_sectors (device->layout), FALSE);
}

/* Whether it came true: an ACK proves nothing. */
static gboolean
check_result (FlProtectJob *self, FlDevice *device, GError **error)
{
  switch (self->kind)
    {
    case FL_PROTECT_READ:
      if (device->protection == FL_PROTECTION_READOUT)
        return TRUE;
      g_set_error_literal (
          error, FL_ERROR, FL_ERROR_VERIFY,
          _ ("The chip acknowledged Readout Protect, and its flash can still be read. Switch its power "
             "off and on, connect again and look."));
      return FALSE;
    case FL_UNPROTECT_READ:
      if (device->protection == FL_PROTECTION_READOUT)
        g_set_error_literal (error, FL_ERROR, FL_ERROR_VERIFY,
                             _ ("The chip acknowledged Readout Unprotect and is still protected. Some take it up only "
                                "when their power was switched off and on (WB55): do that, and connect again."));
      else if (!device->blank)
        g_set_error_literal (error, FL_ERROR, FL_ERROR_VERIFY,
                             _ ("The protection is off, and the flash does not begin blank: the erase did not finish. "
                                "Erase the whole flash before you program it."));
      else
        return TRUE;
      return FALSE;
    case FL_UNPROTECT_WRITE:
    default:
      if (!has_protected_sector (device))
        return TRUE;
      g_set_error_literal (
          error, FL_ERROR, FL_ERROR_VERIFY,
          _ ("The chip acknowledged Write Unprotect, and some of its flash is still write-protected."));
      return FALSE;
    }
}

static gboolean
fl_protect_job_run (FlJob *job, GCancellable *cancellable, GError **error)
{
  FlProtectJob *self = FL_PROTECT_JOB (job);
  FlSession *session = fl_job_get_session (job);
  FlBoot *boot = fl_job_get_boot (job, error);
  FlDevice *device = fl_session_get_device (session);
  FlRestartPass restart = { .job = job };
  g_autoptr (GError) problem = NULL;

  if (boot == NULL)
    return FALSE;
  fl_job_enter_stage (job, FL_STAGE_PROTECT);
  fl_job_set_board_state (job, "%s", _ ("Nothing was changed."));
  fl_job_set_total (job, STEPS);
  if (!fl_protect_kind_check (self->kind, device, error)
      || !fl_consent_check (device->chip, kinds[self->kind].danger, self->agreed, NULL, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  fl_job_set_text (job, "%s", _ (kinds[self->kind].step));
  fl_job_begin_step (job, "%s", _ (kinds[self->kind].step));
  fl_job_set_board_state (job, "%s", get_state_while_sent (self->kind));
  if (!kinds[self->kind].send (boot, cancellable, &problem))
    {
      /* Where only the last ACK is missing, the chip may have reset already: it is looked at anyway. */
      if (!g_error_matches (problem, FL_ERROR, FL_ERROR_TIMEOUT))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      fl_job_fail_step (job, problem->message);
      restart.doubtful = TRUE;
    }
  else
    fl_job_end_step (job, NULL);
  fl_job_add_done (job, 1);
  if (self->kind == FL_UNPROTECT_READ)
    restart.busy_ms = fl_boot_get_limits (boot)->erase_mass_ms;
  if (!fl_restart_pass_run (&restart, cancellable, error))
    return FALSE;
  fl_job_add_done (job, 1);
  return check_result (self, fl_session_get_device (session), error);
}

static void
fl_protect_job_class_init (FlProtectJobClass *klass)
{
  FL_JOB_CLASS (klass)->run = fl_protect_job_run;
}

static void
fl_protect_job_init (FlProtectJob *self)
{
}
