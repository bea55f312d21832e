/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-sim-transport.h"

#include <glib/gi18n-lib.h>

/* They keep to the rate of a real line, so that practising feels like the real thing. */
static const FlSimPractice practice_boards[] = {
  { "sim:0x460,clock=real,latency=1", N_ ("STM32G071 practice board"),
    N_ ("128 KiB of flash, empty: the plain case, a good one to begin with") },
  { "sim:0x467,flash=256,clock=real,latency=1", N_ ("STM32G0B1 practice board"), N_ ("256 KiB of flash in two banks") },
  { "sim:0x410,clock=real,latency=1,blank=0", N_ ("STM32F103 practice board"),
    N_ ("128 KiB of flash with an older application in it") },
  { "sim:0x413,clock=real,latency=1", N_ ("STM32F407 practice board"),
    N_ ("1 MiB of flash in large sectors, which take long to erase") },
  { "sim:0x435,clock=real,latency=16", N_ ("STM32L432 practice board"),
    N_ ("256 KiB of flash behind an adapter that answers slowly (16 ms)") },
  { "sim:0x450,clock=real,latency=1", N_ ("STM32H743 practice board"),
    N_ ("2 MiB of flash in two banks of large sectors") },
  { "sim:0x460,clock=real,latency=1,boot0=ignored,blank=0", N_ ("Practice board that does not answer"),
    N_ ("BOOT0 is ignored: learn what a failure looks like and what to do about it") },
  { "sim:0x460,clock=real,latency=1,unplug=20000", N_ ("Practice board with a loose cable"),
    N_ ("The adapter vanishes while the flash is being written") },
};

/**
 * fl_sim_practice_boards:
 * @n_boards: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_boards): boards to practise with; titles and subtitles are to be translated
 */
const FlSimPractice *
fl_sim_practice_boards (guint *n_boards)
{
  *n_boards = G_N_ELEMENTS (practice_boards);
  return practice_boards;
}
