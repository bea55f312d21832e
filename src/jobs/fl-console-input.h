/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FL_CONSOLE_MAX_INPUT 4096 /* bytes of one input */

GBytes *fl_console_parse_input   (const char *text, gboolean checksum, GError **error);
char   *fl_console_parse_address (const char *text, guint32 *address); /* what is wrong with it; NULL: nothing */

G_END_DECLS
