/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-erase-doubt.h"
#include "fl-erase-private.h"
#include "fl-error.h"
#include "fl-job-private.h"
#include "fl-page-codes.h"

/* Where documents disagree on the codes of bank 2, the chip decides: a sector that is not blank is erased by its code
 * in one numbering after the other, until it is blank. A code that may name something else is never sent. */

#define MAX_LOOKS 64 /* sectors that are looked at for one that is not blank */

static FlLayout *
get_layout (const FlErasePass *self)
{
  return self->device->layout;
}

/**
 * fl_erase_numbering_concerns:
 *
 * Returns: whether documents disagree on the code of this sector, and it is to be erased
 */
gboolean
fl_erase_numbering_concerns (const FlErasePass *self, guint index)
{
  return fl_layout_get_n_numberings (get_layout (self)) > 1 && index >= fl_layout_get_bank_2 (get_layout (self))
         && self->wanted[index];
}

/* Which numberings are tried: the one that the bootloader was seen to take, and no other; or all. */
static gboolean
is_possible (const FlErasePass *self, guint numbering)
{
  int known = fl_device_get_numbering (self->device);

  return known < 0 || (guint) known == numbering;
}

/**
 * fl_erase_numbering_get_code:
 * @index: of a sector that is wanted, when fl_erase_doubt_exists() is not true
 *
 * Returns: the code to send for it: in the numbering that the bootloader was seen to take, or the likeliest in which
 * all codes are safe
 */
guint16
fl_erase_numbering_get_code (const FlErasePass *self, guint index)
{
  int numbering = fl_device_get_numbering (self->device);

  if (numbering < 0)
    numbering = fl_page_codes_find_numbering (get_layout (self), self->wanted);
  return (guint16) fl_layout_get_code (get_layout (self), index, (guint) MAX (numbering, 0));
}

/* Sends one code. A NACK to it is an answer, too: the flash shows what came of it. */
static gboolean
send_code (FlErasePass *self, guint index, guint16 code, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *range = fl_ops_dup_range (self->device, index, 1);

  if (fl_erase_pass_send (self, index, 1, &code, cancellable, &problem))
    return TRUE;
  if (!g_error_matches (problem, FL_ERROR, FL_ERROR_NACK))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  self->n_busy = 0;
  /* Translators: a number, "page 130" */
  fl_job_log (self->job, FL_LOG_INFO, problem->message, _ ("The bootloader refuses the erase code %u for %s"), code,
              range);
  return TRUE;
}

static void
log_numbering (FlErasePass *self, guint index, guint numbering, guint16 code)
{
  guint first = fl_layout_get_code (get_layout (self), fl_layout_get_bank_2 (get_layout (self)), numbering);
  g_autofree char *range = fl_ops_dup_range (self->device, index, 1);
  g_autoptr (GString) others = g_string_new (NULL);

  for (guint i = 0; i < fl_layout_get_n_numberings (get_layout (self)); i++)
    if (i != numbering)
      g_string_append_printf (others, "%s%u", others->len > 0 ? ", " : "",
                              fl_layout_get_code (get_layout (self), fl_layout_get_bank_2 (get_layout (self)), i));
  fl_job_log (self->job, FL_LOG_INFO, NULL,
              /* Translators: a number, "page 130", a number, other numbers instead of the first */
              _ ("The bootloader numbers bank 2 from %u: %s became blank by the erase code %u. Documents also say: "
                 "from %s"),
              first, range, code, others->str);
}

static void
set_unsafe_error (FlErasePass *self, guint index, GError **error)
{
  g_autofree char *range = fl_ops_dup_range (self->device, index, 1);
  g_autofree char *text = fl_erase_doubt_dup_text (self->device, self->wanted);

  g_set_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT,
               /* Translators: "page 130", sentences that explain why */
               _ ("The erase codes that are safe for %s leave it as it is. %s Agree to that, or leave them out."),
               range, text);
}

/* One code of the sector. *@blank: it worked, and the numbering is known from now on. */
static gboolean
try_numbering (FlErasePass *self, guint index, guint numbering, guint16 code, gboolean *blank,
               GCancellable *cancellable, GError **error)
{
  const FlSector *sector = fl_layout_get_sector (get_layout (self), index);
  gboolean strayed = self->strayed;

  *blank = FALSE;
  self->strayed = TRUE; /* until it is seen that the code has erased this sector, and so no other */
  if (!send_code (self, index, code, cancellable, error)
      || !fl_erase_pass_read_blank (self, sector->address, fl_erase_pass_get_edge (sector), blank, cancellable, error))
    return FALSE;
  if (*blank)
    self->strayed = strayed;
  if (*blank && fl_device_get_numbering (self->device) < 0)
    {
      log_numbering (self, index, numbering, code);
      fl_device_set_numbering (self->device, numbering);
    }
  return TRUE;
}

/**
 * fl_erase_numbering_try:
 * @index: of a sector whose beginning is not blank
 * @rounds: how often each code is sent at most
 *
 * Erases one sector by its code in one numbering after the other, as far as they are safe, until its beginning is
 * blank; which of them the bootloader takes is then known.
 *
 * Errors: %FL_ERROR_NEEDS_CONSENT when a code is left that is not safe, %FL_ERROR_ERASE when none is, those of the line
 */
gboolean
fl_erase_numbering_try (FlErasePass *self, guint index, guint rounds, GCancellable *cancellable, GError **error)
{
  FlLayout *layout = get_layout (self);
  g_autofree char *range = fl_ops_dup_range (self->device, index, 1);
  int unsafe = -1; /* a numbering whose code is not sent */
  gboolean blank = FALSE;
  guint16 code;

  for (guint round = 0; round < rounds; round++)
    {
      self->n_retries += round > 0;
      for (guint i = 0; i < fl_layout_get_n_numberings (layout); i++)
        {
          if (!is_possible (self, i) || !fl_erase_pass_can_send (self, fl_layout_get_code (layout, index, i)))
            continue;
          if (!fl_page_codes_get_safe (layout, index, i, self->wanted, &code))
            unsafe = (int) i;
          else if (!try_numbering (self, index, i, code, &blank, cancellable, error))
            return FALSE;
          if (blank)
            {
              fl_erase_pass_set_erased (self, index, 1);
              return TRUE;
            }
        }
    }
  fl_job_set_sector (self->job, index, FL_SECTOR_FAILED);
  self->n_erased -= self->erased[index];
  if (unsafe >= 0)
    {
      set_unsafe_error (self, index, error);
      fl_device_set_numbering (self->device, (guint) unsafe); /* what is left: the next plan asks first */
      return FALSE;
    }
  g_set_error (error, FL_ERROR, FL_ERROR_ERASE,
               /* Translators: "page 130", an address */
               _ ("Not blank after every erase code that documents give for it: %s at 0x%08X. It may be "
                  "write-protected."),
               range, fl_layout_get_sector (layout, index)->address);
  return FALSE;
}

static GArray *
list_concerned (const FlErasePass *self)
{
  GArray *sectors = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = fl_layout_get_bank_2 (get_layout (self)); i < fl_layout_get_n_sectors (get_layout (self)); i++)
    if (fl_erase_numbering_concerns (self, i))
      g_array_append_val (sectors, i);
  return sectors;
}

/* Finds out on a sector that is not blank which numbering the bootloader takes; blank ones show nothing. */
static gboolean
find_numbering (FlErasePass *self, const GArray *sectors, GCancellable *cancellable, GError **error)
{
  guint n_looks = MIN (sectors->len, MAX_LOOKS);

  fl_job_set_text (self->job, _ ("Finding out how bank 2 is numbered"));
  for (guint i = 0; i < n_looks; i++)
    {
      guint index = g_array_index (sectors, guint, i * sectors->len / n_looks);
      const FlSector *sector = fl_layout_get_sector (get_layout (self), index);
      gboolean blank;

      if (!fl_erase_pass_read_blank (self, sector->address, fl_erase_pass_get_edge (sector), &blank, cancellable,
                                     error))
        return FALSE;
      if (!blank)
        return fl_erase_numbering_try (self, index, 2, cancellable, error);
    }
  return TRUE;
}

/* Whether the bank's own erase is known to mean what it says: it goes by the hardware's banks, which an option bit may
 * have exchanged. */
static gboolean
can_erase_bank (const FlErasePass *self)
{
  const FlChip *chip = self->device->chip;
  guint32 value;

  if (chip == NULL || self->command != FL_COMMAND_EXTENDED_ERASE
      || (chip->flags & (FL_CHIP_NO_BANK_ERASE | FL_CHIP_NO_MASS_ERASE)) != 0)
    return FALSE;
  if (fl_chip_find_option_role (chip, FL_OPTION_ROLE_SWAP) != NULL)
    return self->device->options != NULL && fl_option_set_get_role (self->device->options, FL_OPTION_ROLE_SWAP, &value)
           && value == 0;
  if (fl_chip_find_option_role (chip, FL_OPTION_ROLE_NSWAP) != NULL)
    return self->device->options != NULL && fl_option_set_get_role (self->device->options, FL_OPTION_ROLE_NSWAP, &value)
           && value == 1;
  return TRUE;
}

/* All of bank 2 by one command that needs no page codes. A refusal is no error: there are the pages. */
static gboolean
erase_bank (FlErasePass *self, GCancellable *cancellable, GError **error)
{
  guint first = fl_layout_get_bank_2 (get_layout (self));
  guint count = fl_layout_get_n_sectors (get_layout (self)) - first;
  g_autoptr (GError) problem = NULL;

  fl_job_mark (self->job);
  fl_job_set_text (self->job, _ ("Erasing all of bank 2"));
  self->first_busy = first;
  self->n_busy = count;
  if (fl_boot_erase_mass (self->boot, self->command, FL_MASS_ERASE_BANK2, cancellable, &problem))
    {
      fl_erase_pass_set_erased (self, first, count);
      self->n_busy = 0;
      return TRUE;
    }
  if (!g_error_matches (problem, FL_ERROR, FL_ERROR_NACK))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  self->n_busy = 0;
  fl_job_log (self->job, FL_LOG_WARNING, problem->message,
              _ ("The chip refuses to erase bank 2 at once; it is erased piece by piece"));
  return TRUE;
}

/* Whether every sector has a code that is safe, as far as is known now. */
static gboolean
check_doubt (FlErasePass *self, GError **error)
{
  g_autofree char *text = NULL;

  if (!fl_erase_doubt_exists (self->device, self->wanted))
    return TRUE;
  text = fl_erase_doubt_dup_text (self->device, self->wanted);
  fl_erase_doubt_set_error (text, error);
  return FALSE;
}

/**
 * fl_erase_numbering_begin:
 *
 * Before anything else is erased: all of bank 2 at once where it is wanted as a whole; otherwise finds out on one
 * sector how the bootloader numbers bank 2, and whether everything can be erased with that.
 *
 * Errors: %FL_ERROR_NEEDS_CONSENT when a sector has no code that is safe, %FL_ERROR_ERASE, those of the line
 */
gboolean
fl_erase_numbering_begin (FlErasePass *self, GCancellable *cancellable, GError **error)
{
  FlLayout *layout = get_layout (self);
  g_autoptr (GArray) sectors = list_concerned (self);

  if (sectors->len == 0)
    return TRUE;
  if (!check_doubt (self, error))
    return FALSE;
  if (sectors->len == fl_layout_get_n_sectors (layout) - fl_layout_get_bank_2 (layout) && can_erase_bank (self))
    {
      if (!erase_bank (self, cancellable, error))
        return FALSE;
      if (self->erased[fl_layout_get_bank_2 (layout)])
        return TRUE;
    }
  if (fl_device_get_numbering (self->device) >= 0)
    return TRUE;
  return find_numbering (self, sectors, cancellable, error) && check_doubt (self, error);
}
