/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-chip-private.h"

/*
 * What must hold for a chip to start its bootloader. The chip files name the sentences by id, so that each stands here
 * once, where it can be translated. The patterns are those of ST's AN2606, table 2, by their number there.
 */
static const struct
{
  const char *id;
  const char *sentence;
  FlChipBootPin pin; /* what it says of a pin besides BOOT0; without a name: in the place of BOOT0 */
} sentences[] = {
  { "pattern-1", N_ ("At reset the BOOT0 pin must be high and BOOT1 low.") },
  { "pattern-2", N_ ("At reset the BOOT0 pin must be high, and the option bit nBOOT1 must be 1 (as new).") },
  { "pattern-3",
    N_ ("At reset the BOOT0 pin must be high and BOOT1 low, with the option bit BFB2 at 1 (as new); with BFB2 "
        "at 0 the bootloader also starts when neither bank holds a program.") },
  { "pattern-4",
    N_ ("At reset the BOOT0 pin must be high and BOOT1 low; with the option bit BFB2 at 0 the bootloader also "
        "starts when neither bank holds a program.") },
  { "pattern-5",
    N_ ("At reset the BOOT0 pin must be high and BOOT1 low; with the option bit BFB2 at 1 the bootloader also "
        "starts when neither bank holds a program.") },
  { "pattern-6", N_ ("The option bit nBOOT1 must be 1 (as new), and the BOOT0 pin high at reset; where the option bits "
                     "replace the pin (nBOOT0_SW=0), nBOOT0 must be 0.") },
  { "pattern-7",
    N_ ("At reset the BOOT0 pin must be high, and the option bit nBOOT1 must be 1 (as new); with BFB2 at 1 the "
        "bootloader also starts when neither bank holds a program.") },
  { "pattern-8", N_ ("At reset the BOOT0 pin must be high with BOOT_ADD1 at 0x0040 (as new), or low with BOOT_ADD0 at "
                     "0x0040.") },
  { "pattern-9", N_ ("At reset the BOOT0 pin must be high with BOOT_ADD1 at 0x0040 (as new), or low with BOOT_ADD0 at "
                     "0x0040; in dual-bank boot (nDBANK=0, nDBOOT=0) the bootloader starts when neither bank holds a "
                     "program.") },
  { "pattern-10", N_ ("At reset the BOOT0 pin must be high with BOOT_ADD1 at 0x1FF0 (as new), or low with BOOT_ADD0 at "
                      "0x1FF0.") },
  { "pattern-11",
    N_ ("The BOOT0 pin must be high at reset, with the option bits nBOOT_SEL=0 and nBOOT1=1; with nBOOT_SEL=1 "
        "the pin is ignored, and nBOOT0 must be 0. BOOT_LOCK must be 0.") },
  { "pattern-12",
    N_ ("With TrustZone off (TZEN=0), the boot address that the BOOT0 pin selects (nSWBOOT0=1, as new) or "
        "nBOOT0 selects (nSWBOOT0=0) must be the bootloader's.") },
  { "pattern-13",
    N_ ("The option bit nBOOT1 must be 1 (as new), and the BOOT0 pin high at reset; with nSWBOOT0=0 the pin is "
        "ignored, and nBOOT0 must be 0.") },
  { "pattern-14",
    N_ ("The option bit nBOOT1 must be 1 (as new), and the BOOT0 pin high at reset; with nSWBOOT0=0 the pin is "
        "ignored, and nBOOT0 must be 0. BOOT_LOCK must be 0. With BFB2=1 the bootloader also starts when "
        "neither bank holds a program.") },
  { "pattern-15",
    N_ ("The option bit nBOOT1 must be 1 (as new), and the BOOT0 pin high at reset; with nSWBOOT0=0 the pin is "
        "ignored, and nBOOT0 must be 0. BOOT_LOCK must be 0.") },
  { "pattern-16",
    N_ ("The option bit nBOOT1 must be 1 (as new), and the BOOT0 pin high at reset; with nSWBOOT0=0 the pin is "
        "ignored, and nBOOT0 must be 0.") },
  { "pattern-17", N_ ("The product state must be Open and the BOOT0 pin high at reset; or the product state must be "
                      "Provisioning.") },
  { "pattern-18", N_ ("The pin PA10 must be held high during a hardware reset."), { NULL, "PA10", TRUE } },
  { "pattern-19",
    N_ ("With the option bit BootSel=1 the BOOT0 pin must be high at reset; with BootSel=0 the option bit Boot0 "
        "must be 1.") },
  { "boot1-pb2",
    N_ ("BOOT1 is the pin PB2: pulled up, the chip starts from RAM and never answers."),
    { "BOOT1", "PB2", FALSE } },
  { "boot1-option", N_ ("BOOT1 is an option bit here, not a pin: nBOOT1 must be 1 (as new).") },
  { "factory-ignores-boot0",
    N_ ("A factory-new chip ignores its BOOT0 pin (nBOOT_SEL=1): once it holds a program, the pin "
        "starts the bootloader only after nBOOT_SEL was cleared.") },
  { "empty-check",
    N_ ("While the first word of flash is blank, the chip starts its bootloader by itself after power-on; a "
        "reset does not look again.") },
  { "boot0-swclk",
    N_ ("BOOT0 is also the debug clock (PA14, SWCLK): after a debugger was connected, the pin may be ignored "
        "until the power is switched off and on without it.") },
  { "no-jump", N_ ("The bootloader cannot be entered from the application on this chip.") },
};

const char *
fl_chip_entry_find (const char *id, FlChipBootPin *pin)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (sentences[i].id, id))
      {
        *pin = sentences[i].pin;
        return _ (sentences[i].sentence);
      }
  return NULL;
}

/**
 * fl_chip_list_boot_pins:
 *
 * Source: AN2606, table 2, and ST's pin data.
 *
 * Returns: (transfer full) (element-type FlChipBootPin): which pins have to be at which level at reset, so that the
 * bootloader starts; BOOT0 or what stands in its place first. Empty: not known.
 */
GArray *
fl_chip_list_boot_pins (const FlChip *self)
{
  GArray *pins = g_array_new (FALSE, FALSE, sizeof (FlChipBootPin));
  FlChipBootPin boot0 = { "BOOT0", self->boot0_pin, TRUE };
  gboolean has_boot0 = self->boot_entry != NULL && *self->boot_entry != NULL;

  for (guint i = 0; i < self->boot_pins->len; i++)
    has_boot0 = has_boot0 && g_array_index (self->boot_pins, FlChipBootPin, i).name != NULL;
  if (has_boot0)
    g_array_append_val (pins, boot0);
  g_array_append_vals (pins, self->boot_pins->data, self->boot_pins->len);
  return pins;
}
