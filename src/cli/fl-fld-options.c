/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fl-boot0.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "fl-fld-run.h"
#include "fl-options-job.h"
#include "fl-write-protect.h"

#define AREA 0 /* the first area of option bytes is the one that the old program knew */

/* --- -p --- */

static const char *
get_protect_label (FlFldKind kind)
{
  switch (kind)
    {
    case FL_FLD_PROTECT_WRITE:
      return "enabling write protection";
    case FL_FLD_UNPROTECT_WRITE:
      return "disabling write protection";
    case FL_FLD_PROTECT_READ:
      return "enabling read protection";
    case FL_FLD_UNPROTECT_READ:
    default:
      return "disabling read protection";
    }
}

/* Whether these option bytes start something else than the bootloader while BOOT0 is high. */
static gboolean
starts_elsewhere (const FlOptionSet *options)
{
  FlBoot0 boot0 = fl_boot0_get (options);
  guint32 nboot1;

  return boot0 == FL_BOOT0_FLASH
         || (boot0 == FL_BOOT0_UNKNOWN && fl_option_set_get_role (options, FL_OPTION_ROLE_NBOOT1, &nboot1)
             && nboot1 == 0);
}

static guint
count_failed_steps (FlJob *job)
{
  GListModel *log = fl_job_get_log (job);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (log); i++)
    {
      g_autoptr (FlLogEntry) entry = g_list_model_get_item (log, i);

      n += fl_log_entry_get_status (entry) == FL_LOG_FAILED;
    }
  return n;
}

/* Option bytes that were acknowledged, and whose effect is that the bootloader does not come back: it does not. There
 * are scripts that end so. Had the chip not taken them, it would have come back. */
static gboolean
accept_silence (FlFldRun *self, FlJob *job, const FlOptionSet *before, const FlOptionSet *wanted, GError **problem)
{
  if (!g_error_matches (*problem, FL_ERROR, FL_ERROR_NO_ANSWER) || starts_elsewhere (before)
      || !starts_elsewhere (wanted) || count_failed_steps (job) != 1)
    return FALSE;
  g_clear_error (problem);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->state, g_free);
  self->left = TRUE;
  fl_fld_note (
      _ ("Acknowledged, and not read back: with these option bytes the board does not start its bootloader any "
         "more while BOOT0 is high, and it did not."));
  return TRUE;
}

static gboolean
write_options (FlFldRun *self, const FlOptionSet *wanted, GError **error)
{
  const FlOptionSet *before = fl_session_get_device (self->cli->session)->options;
  g_autoptr (GPtrArray) changes = fl_option_set_diff (before, wanted);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) problem = NULL;

  if (fl_option_changes_get_danger (changes) >= FL_DANGER_CRITICAL)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT,
                           _ ("These option bytes could close the chip for good (such as RDP level 2). A script cannot "
                              "agree to that, and nothing was written. “flashloader-cli options” does it, and asks."));
      return FALSE;
    }
  for (guint i = 0; i < changes->len; i++)
    {
      g_autofree char *text = fl_option_change_dup_text (g_ptr_array_index (changes, i));

      fl_fld_note ("%s", text);
    }
  if (changes->len == 0)
    {
      fl_fld_note ("%s", _ ("The option bytes are so already: nothing is written."));
      return TRUE;
    }
  g_clear_pointer (&self->erased, g_free); /* other option bytes may divide the flash otherwise */
  job = fl_options_job_new (self->cli->session, wanted, TRUE, NULL);
  if (fl_fld_run_job (self, job, &problem) || accept_silence (self, job, before, wanted, &problem))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* The sectors with these codes, and no others: as the bootloader's own command, whose second use takes back the first
 * (AN3155, Write Protect). */
static gboolean
protect_sectors (FlFldRun *self, const GArray *codes, GError **error)
{
  g_autofree guint8 *wanted = fl_fld_find_codes (self, codes, error);
  const FlOptionSet *now = wanted != NULL ? fl_cli_get_options (self->cli, error) : NULL;
  g_autoptr (FlOptionSet) options = NULL;
  g_autofree guint8 *reached = NULL;
  FlLayout *layout;
  guint n;

  if (now == NULL)
    return FALSE;
  layout = fl_session_get_device (self->cli->session)->layout;
  n = fl_layout_get_n_sectors (layout);
  options = fl_option_set_copy (now);
  reached = g_memdup2 (wanted, n);
  if (!fl_write_protect_set (options, layout, reached, error))
    return FALSE;
  if (memcmp (wanted, reached, n) != 0)
    {
      g_autofree char *list = fl_write_protect_dup_list (reached, layout);

      fl_fld_note (_ ("This chip protects several at a time; protected are then: %s"), list);
    }
  return write_options (self, options, error);
}

static gboolean
run_protect_job (FlFldRun *self, FlProtectKind kind, GError **error)
{
  g_autofree char *warning = fl_protect_kind_dup_warning (kind, fl_session_get_device (self->cli->session));
  g_autoptr (FlJob) job = fl_protect_job_new (self->cli->session, kind, TRUE);

  fl_fld_note ("%s", warning);
  g_clear_pointer (&self->erased, g_free);
  return fl_fld_run_job (self, job, error);
}

/* What a script with --drp relies on is a chip that is open and blank afterwards: also one that was open before. */
static gboolean
unprotect_read (FlFldRun *self, GError **error)
{
  g_autoptr (FlJob) job = NULL;

  if (fl_session_get_device (self->cli->session)->protection != FL_PROTECTION_NONE)
    {
      if (!run_protect_job (self, FL_UNPROTECT_READ, error))
        return FALSE;
    }
  else
    {
      fl_fld_note (_ ("The chip is not read-protected. --drp erases the whole flash all the same, as it always did."));
      job = fl_erase_job_new (self->cli->session, NULL, 0);
      if (!fl_fld_run_job (self, job, error))
        return FALSE;
    }
  fl_fld_set_erased (self, NULL);
  return TRUE;
}

/**
 * fl_fld_protect:
 *
 * -p: what a script says is agreed to, since the old program did not ask either; what it costs is said.
 */
gboolean
fl_fld_protect (FlFldRun *self, const FlFldStep *step, GError **error)
{
  gboolean ok;

  if (fl_fld_connect (self, error) == NULL)
    return FALSE;
  switch (step->kind)
    {
    case FL_FLD_PROTECT_WRITE:
      ok = protect_sectors (self, step->codes, error);
      break;
    case FL_FLD_UNPROTECT_WRITE:
      ok = run_protect_job (self, FL_UNPROTECT_WRITE, error);
      break;
    case FL_FLD_PROTECT_READ:
      ok = run_protect_job (self, FL_PROTECT_READ, error);
      break;
    default:
      ok = unprotect_read (self, error);
      break;
    }
  fl_fld_say (ok, "%s", get_protect_label (step->kind));
  if (ok)
    fl_fld_say (TRUE, "reseting device");
  return ok;
}

/* --- -o --- */

static const FlChipRange *
get_area (const FlOptionSet *options)
{
  return &g_array_index (fl_option_set_get_chip (options)->option_areas, FlChipRange, AREA);
}

/**
 * fl_fld_get_options:
 *
 * -o --get: the option bytes as they lie in the chip, with their complements, into a file.
 */
gboolean
fl_fld_get_options (FlFldRun *self, const FlFldStep *step, GError **error)
{
  const FlOptionSet *options;
  g_autoptr (GBytes) bytes = NULL;
  gboolean ok;

  if (fl_fld_connect (self, error) == NULL)
    return FALSE;
  options = fl_cli_get_options (self->cli, error);
  if (options != NULL && !fl_option_set_has_area (options, AREA))
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                           _ ("This bootloader does not show its option bytes."));
      options = NULL;
    }
  fl_fld_say (options != NULL, "Getting Option bytes data");
  if (options == NULL)
    return FALSE;
  bytes = g_bytes_new (fl_option_set_get_bytes (options, AREA), get_area (options)->size);
  ok = fl_image_save (step->path, fl_cli_choose_format (step->path), get_area (options)->start, bytes, error);
  fl_fld_say (ok, "Saving Option bytes data");
  return ok;
}

/* Takes the values of the fields from bytes: reserved bits stay as the chip has them. */
static gboolean
take_fields (FlOptionSet *wanted, const FlOptionSet *from, GError **error)
{
  const FlChip *chip = fl_option_set_get_chip (wanted);

  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);

      if (field->word->area == AREA && !field->read_only
          && !fl_option_set_put (wanted, field, fl_option_set_get (from, field), error))
        return FALSE;
    }
  return TRUE;
}

/* What a file has of the area, over what the chip holds. */
static gboolean
take_file (FlOptionSet *wanted, const char *path, GError **error)
{
  const FlChipRange *area = get_area (wanted);
  g_autoptr (FlImage) image = fl_image_load (path, area->start, NULL, error);
  g_autoptr (FlOptionSet) from = NULL;
  g_autofree guint8 *bytes = NULL;
  const FlOptionWord *bad = NULL;

  if (image == NULL)
    return FALSE;
  if (fl_image_get_start (image) < area->start || fl_image_get_end (image) > (guint64) area->start + area->size)
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_RANGE,
          _ ("The option bytes of this chip are %u bytes at 0x%08X, and %s has other addresses. Use a file that "
             "-o --get has made of the same kind of chip"),
          area->size, area->start, path);
      return FALSE;
    }
  bytes = g_memdup2 (fl_option_set_get_bytes (wanted, AREA), area->size);
  for (guint32 i = 0; i < area->size; i++)
    fl_image_read (image, area->start + i, bytes + i, 1);
  from = fl_option_set_copy (wanted);
  fl_option_set_take_bytes (from, AREA, bytes);
  if (!fl_option_set_is_sound (from, &bad))
    {
      g_set_error (
          error, FL_ERROR, FL_ERROR_FORMAT,
          _ ("%s: the bytes at 0x%08X are not each other’s complement, as option bytes are. The file is damaged, "
             "or for another chip"),
          path, bad->address);
      return FALSE;
    }
  return take_fields (wanted, from, error);
}

/* Puts a byte into those fields that lie in it; how many there were. */
static guint
put_byte (FlOptionSet *wanted, guint32 address, guint16 value, GError **error)
{
  const FlChip *chip = fl_option_set_get_chip (wanted);
  guint n = 0;

  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);

      if (field->word->address + field->bit / 8 != address || field->read_only)
        continue;
      if (!fl_option_set_put (wanted, field, (guint32) value >> field->bit % 8 & fl_option_field_get_mask (field),
                              error))
        return 0;
      n++;
    }
  return n;
}

/* Where option bytes are those of an F1, by their place; elsewhere by their name, where the chip has a byte of it. */
static gboolean
take_value (FlOptionSet *wanted, FlFldValue which, guint16 value, GError **error)
{
  const FlChip *chip = fl_option_set_get_chip (wanted);
  const char *name = fl_fld_value_get_name (which);
  const FlOptionField *field = NULL;
  g_autoptr (GError) problem = NULL;

  if (chip->option_style == FL_OPTION_STYLE_BYTES)
    {
      if (put_byte (wanted, get_area (wanted)->start + 2 * which, value, &problem) > 0)
        return TRUE;
    }
  else if (which == FL_FLD_RDP)
    field = fl_chip_find_option_role (chip, FL_OPTION_ROLE_RDP);
  for (guint i = 0; chip->option_style != FL_OPTION_STYLE_BYTES && field == NULL && i < chip->option_fields->len; i++)
    {
      const FlOptionField *other = g_ptr_array_index (chip->option_fields, i);

      if (g_ascii_strcasecmp (other->name, name) == 0 && other->width == 8)
        field = other;
    }
  if (field != NULL)
    return fl_option_set_put (wanted, field, value, error);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error (error, FL_ERROR, FL_ERROR_UNSUPPORTED,
                 _ ("The %s has no option byte %s. Nothing was written. “flashloader-cli options” shows those that it "
                    "has, and changes them by name"),
                 chip->name, name);
  return FALSE;
}

static FlOptionSet *
make_wanted (const FlOptionSet *now, const FlFldStep *step, GError **error)
{
  g_autoptr (FlOptionSet) wanted = fl_option_set_copy (now);

  if (step->kind == FL_FLD_SET_OPTIONS)
    return take_file (wanted, step->path, error) ? g_steal_pointer (&wanted) : NULL;
  for (guint i = 0; i < FL_FLD_N_VALUES; i++)
    if (step->has_value[i] && !take_value (wanted, (FlFldValue) i, step->values[i], error))
      return NULL;
  return g_steal_pointer (&wanted);
}

/**
 * fl_fld_set_options:
 *
 * -o --set: option bytes from a file or from --vals; what is not named stays. Never RDP level 2.
 */
gboolean
fl_fld_set_options (FlFldRun *self, const FlFldStep *step, GError **error)
{
  const FlOptionSet *now;
  g_autoptr (FlOptionSet) wanted = NULL;
  gboolean ok;

  if (fl_fld_connect (self, error) == NULL)
    return FALSE;
  now = fl_cli_get_options (self->cli, error);
  wanted = now != NULL ? make_wanted (now, step, error) : NULL;
  ok = wanted != NULL && write_options (self, wanted, error);
  fl_fld_say (ok, "Setting Option bytes data");
  if (ok)
    fl_fld_say (TRUE, "Resetting device");
  return ok;
}
