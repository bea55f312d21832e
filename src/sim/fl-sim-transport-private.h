/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-transport.h"

G_BEGIN_DECLS

void fl_sim_transport_set_name (FlSimTransport *self, const char *name);

G_END_DECLS
