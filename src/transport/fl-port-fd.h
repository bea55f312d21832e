/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/* What a POSIX tty can do beyond what libserialport offers, on its file descriptor; shared by both transports. */

/* The driver's counters of line errors as they stood when they were looked at last. */
typedef struct
{
  int parity, framing, overrun, breaks;
  gboolean none; /* the driver does not count, and need not be asked again */
} FlPortErrorCounts;

int          fl_port_fd_open_locked (const char *path, GError **error);
gboolean     fl_port_is_pty         (const char *path);
void         fl_port_fd_exclude     (int fd);
gboolean     fl_port_fd_set_lines   (int fd, const char *path, FlLines mask, FlLines lines, GError **error);
gboolean     fl_port_fd_get_lines   (int fd, const char *path, FlLines *lines, GError **error);
FlLineErrors fl_port_fd_take_errors (int fd, FlPortErrorCounts *last);
gboolean     fl_port_fd_ask_low_latency  (int fd, gboolean *changed);
void         fl_port_fd_undo_low_latency (int fd);

G_END_DECLS
