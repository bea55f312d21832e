/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-board-private.h"

#define DAMAGED_EVERY 97 /* bytes, on a line that is faster than it can be */

/**
 * fl_sim_board_add_fault:
 * @to_host: strikes a byte on its way from the chip to the host; otherwise one from the host to the chip
 * @at_byte: which one: what fl_sim_board_get_n_received() or fl_sim_board_get_n_sent() says before it; the first is 0
 * @argument: see #FlSimFault
 *
 * One thing goes wrong once. On a line with parity a flipped bit is noticed by the host's UART, as on a real line; the
 * ROM does not look at parity.
 */
void
fl_sim_board_add_fault (FlSimBoard *self, gboolean to_host, guint64 at_byte, FlSimFault fault, guint argument)
{
  FlSimFaultRow row = { to_host, at_byte, fault, argument };

  g_return_if_fail (FL_IS_SIM_BOARD (self));

  g_array_append_val (self->faults, row);
}

static void
fl_sim_board_add_extra (FlSimBoard *self, gboolean to_host, FlSimByte *byte, guint8 value)
{
  FlSimByte extra = { byte->time, value, 0 };

  if (to_host)
    fl_sim_adapter_put (self->adapter, &extra);
  else
    fl_sim_board_inject (self, value, byte->time);
}

/* Returns: whether the byte goes on. */
static gboolean
fl_sim_board_strike_one (FlSimBoard *self, const FlSimFaultRow *row, FlSimByte *byte)
{
  switch (row->fault)
    {
    case FL_SIM_FAULT_DROP:
      return FALSE;
    case FL_SIM_FAULT_FLIP:
      byte->byte ^= (guint8) (1u << (row->argument & 7));
      if (self->host.parity != FL_PARITY_NONE)
        byte->errors |= FL_LINE_ERROR_PARITY;
      return TRUE;
    case FL_SIM_FAULT_EXTRA:
      fl_sim_board_add_extra (self, row->to_host, byte, (guint8) row->argument);
      return TRUE;
    case FL_SIM_FAULT_LATE:
      byte->time += (gint64) row->argument * 1000;
      return TRUE;
    case FL_SIM_FAULT_SILENCE:
      if (row->to_host)
        self->mute = TRUE;
      else
        self->deafened = TRUE;
      return FALSE;
    case FL_SIM_FAULT_UNPLUG:
      self->unplugged = TRUE;
      return FALSE;
    case FL_SIM_FAULT_POWER_CUT:
      /* Not before what the chip has answered already. */
      fl_sim_board_reset (self, TRUE, MAX (byte->time - (gint64) row->argument * 1000, self->answered));
      return FALSE;
    case FL_SIM_FAULT_NACK:
      byte->byte = row->to_host ? 0x1F : byte->byte;
      return TRUE;
    case FL_SIM_FAULT_PARITY:
      byte->errors |= FL_LINE_ERROR_PARITY;
      return TRUE;
    case FL_SIM_FAULT_LOST_WRITE:
      fl_sim_rom_lose_write (self->rom);
      return TRUE;
    case FL_SIM_FAULT_STUCK_BIT:
      self->memory->flash->stuck_bit = (gint) (row->argument & 7);
      self->memory->flash->stuck_for_good = (row->argument & FL_SIM_STUCK_FOR_GOOD) != 0;
      return TRUE;
    }
  g_return_val_if_reached (TRUE);
}

/* A rate at which edges come too late, as on a long wire or through a slow level shifter: a bit is wrong now and then.
 */
static void
fl_sim_board_wear (FlSimBoard *self, gboolean to_host, guint64 number, FlSimByte *byte)
{
  FlSimFaultRow flip = { to_host, number, FL_SIM_FAULT_FLIP, (guint) (number / DAMAGED_EVERY) };

  if (self->config->clean_baud > 0 && self->host.baud > self->config->clean_baud
      && number % DAMAGED_EVERY == DAMAGED_EVERY - 1)
    fl_sim_board_strike_one (self, &flip, byte);
}

/* Lets those faults strike that wait for byte @number; each strikes once. Returns: whether the byte goes on. */
gboolean
fl_sim_board_strike (FlSimBoard *self, gboolean to_host, guint64 number, FlSimByte *byte)
{
  gboolean goes_on = TRUE;

  fl_sim_board_wear (self, to_host, number, byte);
  for (guint i = 0; i < self->faults->len && goes_on;)
    {
      FlSimFaultRow row = g_array_index (self->faults, FlSimFaultRow, i);

      if (row.to_host != to_host || row.at_byte != number)
        {
          i++;
          continue;
        }
      g_array_remove_index (self->faults, i);
      goes_on = fl_sim_board_strike_one (self, &row, byte);
    }
  return goes_on;
}
