/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-transport.h"
#include "fl-surroundings.h"

G_BEGIN_DECLS

void            fl_sim_transport_set_name (FlSimTransport *self, const char *name);
FlSimBoard     *fl_sim_find_board         (const char *name); /* NULL: there is no such board */
FlSurroundings *fl_sim_look_around        (const char *name);

extern const FlHands fl_sim_hands;

G_END_DECLS
