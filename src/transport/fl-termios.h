/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

int fl_termios_apply (int fd, const FlLineSettings *asked, FlLineSettings *got);

G_END_DECLS
