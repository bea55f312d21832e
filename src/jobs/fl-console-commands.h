/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FlConsoleCommand:
 * @id: "get-id": stable
 * @title: "Get ID", translatable as the other texts
 * @hint: what it does, one sentence
 * @loss: what is lost by it; %NULL: nothing
 * @has_address: whether it wants one
 * @has_button: whether the console offers it; the others are known so that nobody sends them unwarned
 * @lasting: afterwards the board is not what it was: it has left its bootloader, or its memory or protection has changed
 *
 * A command of AN3155 as a person at a console sends it.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *hint;
  const char *loss;
  guint8      code;
  gboolean    has_address;
  gboolean    has_button;
  gboolean    lasting;
} FlConsoleCommand;

const FlConsoleCommand *fl_console_commands             (guint *n_commands);
const FlConsoleCommand *fl_console_command_find         (const char *id);
const FlConsoleCommand *fl_console_command_of           (GBytes *bytes); /* that they begin with; nullable */
GPtrArray              *fl_console_command_make_packets (const FlConsoleCommand *self, guint32 address); /* GBytes */

G_END_DECLS
