/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-board-private.h"

/* What tests and programs may see of a board without asking over its wire. */

const FlChip *
fl_sim_board_get_chip (FlSimBoard *self)
{
  return self->chip;
}

FlLayout *
fl_sim_board_get_layout (FlSimBoard *self)
{
  return self->memory->flash->layout;
}

gint64
fl_sim_board_get_time (FlSimBoard *self)
{
  return self->time;
}

void
fl_sim_board_set_time (FlSimBoard *self, gint64 now)
{
  self->time = MAX (self->time, now);
}

gboolean
fl_sim_board_is_unplugged (FlSimBoard *self)
{
  return self->unplugged;
}

const guint8 *
fl_sim_board_peek (FlSimBoard *self, guint32 address, gsize length)
{
  return fl_sim_flash_get (self->memory->flash, address, length);
}

gboolean
fl_sim_board_poke (FlSimBoard *self, guint32 address, const guint8 *data, gsize length)
{
  guint8 *flash = fl_sim_flash_get (self->memory->flash, address, length);

  if (flash == NULL)
    return FALSE;
  memcpy (flash, data, length);
  return TRUE;
}

guint
fl_sim_board_get_n_erased (FlSimBoard *self, guint sector)
{
  g_return_val_if_fail (sector < fl_layout_get_n_sectors (self->memory->flash->layout), 0);

  return self->memory->flash->n_erased[sector];
}

guint64
fl_sim_board_get_busy_us (FlSimBoard *self)
{
  return self->memory->flash->busy_us;
}

guint64
fl_sim_board_get_n_sent (FlSimBoard *self)
{
  return self->n_sent;
}

guint64
fl_sim_board_get_n_received (FlSimBoard *self)
{
  return self->n_received;
}

gboolean
fl_sim_board_is_in_bootloader (FlSimBoard *self)
{
  return self->state == FL_SIM_BOARD_ROM;
}
