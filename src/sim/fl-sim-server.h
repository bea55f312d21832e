/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-board.h"

G_BEGIN_DECLS

/* How a board is served. */
typedef struct
{
  const char *link;  /* a symbolic link to the pty, replaced if it is a link already; or the port's name */
  guint       baud;  /* 0: as the client sets it; of a port, which cannot tell: 115200 */
  gboolean    fast;  /* answers at once: the chip's and the wire's times are skipped */
  gboolean    once;  /* ends when the first client has closed the port */
  gboolean    trace; /* every byte on stderr */
} FlSimServerOptions;

#ifdef G_OS_UNIX
gboolean fl_sim_serve_pty  (FlSimBoard *board, const FlSimServerOptions *options, GError **error);
#endif
gboolean fl_sim_serve_port (FlSimBoard *board, const FlSimServerOptions *options, GError **error);

G_END_DECLS
