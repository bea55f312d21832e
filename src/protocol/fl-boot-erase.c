/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-boot-private.h"

#include "fl-bytes.h"

/* One command's worth of pages.
 *
 * Erase never gets a list of one page: that begins with the count 00, and with a byte FF of noise in front of it, which
 * is what a short glitch on the line looks like, FF 00 would erase everything. The page is named twice instead. */
static gboolean
fl_boot_erase_batch (FlBoot *self, FlCommand command, const guint16 *pages, guint n_pages, GCancellable *cancellable,
                     GError **error)
{
  FlBootExchange exchange;
  guint8 packet[2 + 2 * FL_BOOT_MAX_PAGES + 1];
  gsize length = 0;
  guint n_codes = command == FL_COMMAND_ERASE ? MAX (n_pages, 2) : n_pages;
  guint timeout_ms = self->limits.answer_ms + self->limits.erase_page_ms * n_codes;

  if (command == FL_COMMAND_EXTENDED_ERASE)
    packet[length++] = (guint8) ((n_codes - 1) >> 8);
  packet[length++] = (guint8) (n_codes - 1);
  for (guint i = 0; i < n_codes; i++)
    {
      guint16 page = pages[MIN (i, n_pages - 1)];

      if (command == FL_COMMAND_EXTENDED_ERASE)
        packet[length++] = (guint8) (page >> 8);
      packet[length++] = (guint8) page;
    }
  packet[length] = fl_bytes_xor (packet, length);
  fl_boot_exchange_init (&exchange, (guint8) command, self->limits.answer_ms);
  fl_boot_exchange_add (&exchange, FL_STAGE_PAGES, packet, length + 1, timeout_ms);
  exchange.is_list = TRUE;
  if (!fl_boot_run (self, &exchange, cancellable, error))
    return FALSE;
  self->erased = TRUE;
  return (self->limits.page_pause_ms == 0
          || fl_transport_sleep (self->transport, self->limits.page_pause_ms * n_pages, cancellable, error));
}

/**
 * fl_boot_erase_pages:
 * @command: %FL_COMMAND_ERASE (codes of one byte) or %FL_COMMAND_EXTENDED_ERASE (two): what Get lists
 * @pages: the chip's codes of its erase units (pages, or sectors), in any order
 *
 * Sends as many commands of up to max_pages as it takes, and gives each the time that its pages may need at worst.
 * An ACK does not prove that anything was erased: protected and unknown pages are skipped in silence.
 *
 * Source: AN3155, Erase and Extended Erase commands.
 */
gboolean
fl_boot_erase_pages (FlBoot *self, FlCommand command, const guint16 *pages, guint n_pages, GCancellable *cancellable,
                     GError **error)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (command == FL_COMMAND_ERASE || command == FL_COMMAND_EXTENDED_ERASE, FALSE);
  g_return_val_if_fail (pages != NULL && n_pages > 0, FALSE);
  for (guint i = 0; i < n_pages; i++)
    g_return_val_if_fail (command == FL_COMMAND_EXTENDED_ERASE ? pages[i] < 0xFFF0 : pages[i] <= 0xFF, FALSE);

  for (guint at = 0; at < n_pages; at += self->limits.max_pages)
    if (!fl_boot_erase_batch (self, command, pages + at, MIN (n_pages - at, self->limits.max_pages), cancellable,
                              error))
      return FALSE;
  return TRUE;
}

/**
 * fl_boot_forget_stray:
 *
 * Begins anew with what fl_boot_get_stray() says.
 */
void
fl_boot_forget_stray (FlBoot *self)
{
  g_return_if_fail (FL_IS_BOOT (self));
  self->list_open = FALSE;
  self->stray = FL_STRAY_NO;
}

/**
 * fl_boot_get_stray:
 *
 * A byte that noise adds to a list of pages may name another page, see fl_boot_had_byte(): the next command shows it.
 *
 * Returns: whether the lists since fl_boot_forget_stray() have erased nothing but their pages
 */
FlStray
fl_boot_get_stray (FlBoot *self)
{
  g_return_val_if_fail (FL_IS_BOOT (self), FL_STRAY_NO);
  return self->list_open ? MAX (self->stray, FL_STRAY_UNSEEN) : self->stray;
}

/**
 * fl_boot_erase_mass:
 * @command: %FL_COMMAND_ERASE or %FL_COMMAND_EXTENDED_ERASE: what Get lists
 * @what: all of the flash, or one bank (Extended Erase only)
 *
 * Source: AN3155, Erase and Extended Erase commands. L0 and L1 refuse it.
 */
gboolean
fl_boot_erase_mass (FlBoot *self, FlCommand command, FlMassErase what, GCancellable *cancellable, GError **error)
{
  static const guint8 all[] = { 0xFF, 0x00 };
  guint8 special[] = { (guint8) (what >> 8), (guint8) what, (guint8) (what >> 8 ^ what) };
  FlBootExchange exchange;
  guint timeout_ms;

  g_return_val_if_fail (FL_IS_BOOT (self), FALSE);
  g_return_val_if_fail (command == FL_COMMAND_ERASE || command == FL_COMMAND_EXTENDED_ERASE, FALSE);
  g_return_val_if_fail (what >= FL_MASS_ERASE_BANK2 && what <= FL_MASS_ERASE_ALL, FALSE);
  g_return_val_if_fail (command == FL_COMMAND_EXTENDED_ERASE || what == FL_MASS_ERASE_ALL, FALSE);

  timeout_ms = self->limits.answer_ms + self->limits.erase_mass_ms;
  fl_boot_exchange_init (&exchange, (guint8) command, self->limits.answer_ms);
  if (command == FL_COMMAND_EXTENDED_ERASE)
    fl_boot_exchange_add (&exchange, FL_STAGE_PAGES, special, sizeof special, timeout_ms);
  else
    fl_boot_exchange_add (&exchange, FL_STAGE_PAGES, all, sizeof all, timeout_ms);
  return fl_boot_run (self, &exchange, cancellable, error)
         && (self->limits.page_pause_ms == 0
             || fl_transport_sleep (self->transport, self->limits.page_pause_ms, cancellable, error));
}
