/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-board.h"

G_BEGIN_DECLS

/* A simulated board in the process, on a virtual clock (no waiting at all) or a real one. */
#define FL_TYPE_SIM_TRANSPORT (fl_sim_transport_get_type ())
G_DECLARE_FINAL_TYPE (FlSimTransport, fl_sim_transport, FL, SIM_TRANSPORT, GObject)

FlTransport *fl_sim_transport_new       (FlSimBoard *board, const FlLineSettings *settings, gboolean real_clock);
FlSimBoard  *fl_sim_transport_get_board (FlSimTransport *self);

/* Makes fl_transport_open() understand "sim:…". A board named a second time in the same process is the same board,
 * with the flash as it was left; to plug in a new one, fl_sim_forget_boards(). */
void         fl_sim_register            (void);
void         fl_sim_forget_boards       (void);

/* The boards that a port list shows under "Practice": names ("sim:0x467,clock=real") and titles, both static. */
typedef struct
{
  const char *name;
  const char *title;    /* "STM32G0B1 practice board" */
  const char *subtitle; /* what it is good for */
} FlSimPractice;

const FlSimPractice *fl_sim_practice_boards (guint *n_boards);

G_END_DECLS
