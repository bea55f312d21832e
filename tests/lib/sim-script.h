/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-transport.h"

G_BEGIN_DECLS

/* Conversations with a simulated board, on its virtual clock:
 * "> bytes" sends, "< bytes" is all that comes within the time to wait, with "~" and B, F, P for line errors; "!" presses
 * reset, "%" is a power cycle, "^" releases DTR and asserts it again, "+N" lets N ms pass, "=N" sets the rate, "=none"
 * takes the parity away. */
char *sim_script_play      (FlSimBoard *board, FlTransport *transport, const char *script, guint wait_ms);
char *sim_script_normalize (const char *script);

G_END_DECLS
