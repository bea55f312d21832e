/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-board.h"

G_BEGIN_DECLS

/* How a board is served on a pty. */
typedef struct
{
  const char *link;  /* a symbolic link to the pty, replaced if it is a link already */
  guint       baud;  /* 0: as the client sets it */
  gboolean    fast;  /* answers at once: the chip's and the wire's times are skipped */
  gboolean    once;  /* ends when the first client has closed the port */
  gboolean    trace; /* every byte on stderr */
} FlSimServerOptions;

gboolean fl_sim_serve_pty (FlSimBoard *board, const FlSimServerOptions *options, GError **error);

G_END_DECLS
