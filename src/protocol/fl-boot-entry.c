/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-boot-entry.h"

#include <glib/gi18n-lib.h>

/* How the wirings work
 *
 * "Set" is what a program says of a modem line; at the pin of a TTL adapter the line is LOW then. A wire from that pin
 * straight to NRST resets the chip while the line is set. A wire straight to BOOT0 makes it high while the line is
 * clear; through an inverter, or a transistor that pulls BOOT0 up, while it is set. Each preset therefore names for
 * both lines the level that acts: "rts-boot0" is BOOT0 high while RTS is set, "nrts-boot0" while it is clear, and so
 * for the reset.
 *
 * Each sequence sets both lines in its first step, since opening a port leaves them anyhow: BOOT0 to its level, reset
 * active; then reset goes, BOOT0 stays, so that a chip that resets itself later (after option bytes were written)
 * comes back to where it was. Of the boards with only a reset line BOOT0 is set by hand or by option bytes. */

#define HOLD_MS    100 /* reset active: longer than the RC of any reset circuit seen */
#define RELEASE_MS 100 /* until the ROM or the application runs; slow ROMs need their own start-up time on top */

#define ENTER(boot, boot_high, reset, reset_active)                                                                    \
  (const FlEntryStep[])                                                                                                \
  {                                                                                                                    \
    { (boot) | (reset), (boot_high) | (reset_active), HOLD_MS }, { (reset), (reset) & ~(reset_active), RELEASE_MS },   \
    {                                                                                                                  \
      0                                                                                                                \
    }                                                                                                                  \
  }

#define LEAVE(boot, boot_high, reset, reset_active) ENTER (boot, (boot) & ~(boot_high), reset, reset_active)

#define BOTH(boot, boot_high, reset, reset_active)                                                                     \
  ENTER (boot, boot_high, reset, reset_active), LEAVE (boot, boot_high, reset, reset_active)

/* The usual ones first. */
static const FlEntryPreset presets[] = {
  { "rts-boot0-dtr-reset", N_ ("RTS → BOOT0 (inverted), DTR → reset"),
    N_ ("BOOT0 is high while RTS is set (its pin is low, a transistor or inverter sits between); the chip is in reset "
        "while DTR is set (its pin is low)."),
    BOTH (FL_LINE_RTS, FL_LINE_RTS, FL_LINE_DTR, FL_LINE_DTR) },
  { "rts-boot0-ndtr-reset", N_ ("RTS → BOOT0 (inverted), DTR → reset (inverted)"),
    N_ ("BOOT0 is high while RTS is set, the chip is in reset while DTR is clear: the two-transistor circuit of many "
        "CH340 boards, called \"DTR low resets, RTS high enters the bootloader\" elsewhere. Such boards may not be "
        "able "
        "to reset into the application: use the Start command, or the button."),
    BOTH (FL_LINE_RTS, FL_LINE_RTS, FL_LINE_DTR, 0) },
  { "nrts-boot0-dtr-reset", N_ ("RTS → BOOT0, DTR → reset, plain wires"),
    N_ ("Both pins of the adapter are wired straight to the chip: BOOT0 is high while RTS is clear (its pin is high), "
        "the chip is in reset while DTR is set (its pin is low)."),
    BOTH (FL_LINE_RTS, 0, FL_LINE_DTR, FL_LINE_DTR) },
  { "nrts-boot0-ndtr-reset", N_ ("RTS → BOOT0, DTR → reset (inverted)"),
    N_ ("BOOT0 is high while RTS is clear, the chip is in reset while DTR is clear."),
    BOTH (FL_LINE_RTS, 0, FL_LINE_DTR, 0) },
  { "dtr-boot0-rts-reset", N_ ("DTR → BOOT0 (inverted), RTS → reset"),
    N_ ("BOOT0 is high while DTR is set (its pin is low, a transistor or inverter sits between); the chip is in reset "
        "while RTS is set (its pin is low)."),
    BOTH (FL_LINE_DTR, FL_LINE_DTR, FL_LINE_RTS, FL_LINE_RTS) },
  { "dtr-boot0-nrts-reset", N_ ("DTR → BOOT0 (inverted), RTS → reset (inverted)"),
    N_ ("BOOT0 is high while DTR is set, the chip is in reset while RTS is clear."),
    BOTH (FL_LINE_DTR, FL_LINE_DTR, FL_LINE_RTS, 0) },
  { "ndtr-boot0-rts-reset", N_ ("DTR → BOOT0, RTS → reset, plain wires"),
    N_ ("Both pins of the adapter are wired straight to the chip: BOOT0 is high while DTR is clear (its pin is high), "
        "the chip is in reset while RTS is set (its pin is low)."),
    BOTH (FL_LINE_DTR, 0, FL_LINE_RTS, FL_LINE_RTS) },
  { "ndtr-boot0-nrts-reset", N_ ("DTR → BOOT0, RTS → reset (inverted)"),
    N_ ("BOOT0 is high while DTR is clear, the chip is in reset while RTS is clear."),
    BOTH (FL_LINE_DTR, 0, FL_LINE_RTS, 0) },
  { "dtr-reset", N_ ("DTR → reset only"),
    N_ ("The chip is in reset while DTR is set (its pin is low). Set BOOT0 yourself."),
    BOTH (0, 0, FL_LINE_DTR, FL_LINE_DTR) },
  { "ndtr-reset", N_ ("DTR → reset only (inverted)"),
    N_ ("The chip is in reset while DTR is clear (its pin is high, a transistor sits between). Set BOOT0 yourself."),
    BOTH (0, 0, FL_LINE_DTR, 0) },
  { "rts-reset", N_ ("RTS → reset only"),
    N_ ("The chip is in reset while RTS is set (its pin is low). Set BOOT0 yourself."),
    BOTH (0, 0, FL_LINE_RTS, FL_LINE_RTS) },
  { "nrts-reset", N_ ("RTS → reset only (inverted)"),
    N_ ("The chip is in reset while RTS is clear (its pin is high, a transistor sits between). Set BOOT0 yourself."),
    BOTH (0, 0, FL_LINE_RTS, 0) },
};

/**
 * fl_entry_presets:
 * @n_presets: (out): how many
 *
 * Returns: (transfer none): the known wirings, the usual ones first
 */
const FlEntryPreset *
fl_entry_presets (guint *n_presets)
{
  g_return_val_if_fail (n_presets != NULL, NULL);
  *n_presets = G_N_ELEMENTS (presets);
  return presets;
}

/**
 * fl_entry_preset_find:
 * @id: such as "rts-boot0-dtr-reset"
 *
 * Returns: (transfer none) (nullable): the preset of that name
 */
const FlEntryPreset *
fl_entry_preset_find (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (g_str_equal (presets[i].id, id))
      return &presets[i];
  return NULL;
}

/**
 * fl_entry_preset_get_wire:
 * @line: (out): which of the adapter's lines drives @pin
 * @inverted: (out): whether there is an inverter or a transistor between, or else a plain wire
 *
 * Returns: whether one does; %FALSE: it is set by hand
 */
gboolean
fl_entry_preset_get_wire (const FlEntryPreset *self, FlEntryPin pin, FlLines *line, gboolean *inverted)
{
  const FlEntryStep *hold, *release;
  gboolean is_set;

  g_return_val_if_fail (self != NULL && line != NULL && inverted != NULL, FALSE);

  hold = &self->enter[0]; /* drives both; then only the reset changes */
  release = &self->enter[1];
  *line = pin == FL_ENTRY_PIN_RESET ? release->mask : hold->mask & ~release->mask;
  is_set = (hold->lines & *line) != 0;
  *inverted = pin == FL_ENTRY_PIN_RESET ? !is_set : is_set; /* NRST acts low, BOOT0 acts high; a set line is low */
  return *line != 0;
}

/**
 * fl_entry_run:
 * @steps: of a preset; ends with a row whose mask is 0
 *
 * Drives the lines and waits, step by step. When it is cancelled between, the board stays as it is then, perhaps in
 * reset.
 */
gboolean
fl_entry_run (FlTransport *transport, const FlEntryStep *steps, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FL_IS_TRANSPORT (transport), FALSE);
  g_return_val_if_fail (steps != NULL, FALSE);
  for (; steps->mask != 0; steps++)
    if (!fl_transport_set_lines (transport, steps->mask, steps->lines, error)
        || !fl_transport_sleep (transport, steps->wait_ms, cancellable, error))
      return FALSE;
  return TRUE;
}
