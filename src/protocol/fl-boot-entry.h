/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-transport.h"

G_BEGIN_DECLS

/* One step: drive these lines, then wait. */
typedef struct
{
  FlLines mask;
  FlLines lines;
  guint   wait_ms;
} FlEntryStep;

/* How DTR and RTS reach BOOT0 and NRST on a board. "Set" asserts the line: LOW at a TTL adapter's pin. */
typedef struct
{
  const char        *id;          /* "rts-boot0-dtr-reset": what --entry dtr-rts:PRESET takes */
  const char        *title;       /* translatable */
  const char        *description; /* translatable: which line does what, and at which level */
  const FlEntryStep *enter;       /* into the bootloader; ends with a row whose mask is 0 */
  const FlEntryStep *leave;       /* into the application */
} FlEntryPreset;

/* What the adapter's lines are wired to. */
typedef enum
{
  FL_ENTRY_PIN_BOOT0,
  FL_ENTRY_PIN_RESET,
} FlEntryPin;

const FlEntryPreset *fl_entry_presets     (guint *n_presets);
const FlEntryPreset *fl_entry_preset_find (const char *id); /* NULL: none */
gboolean             fl_entry_preset_get_wire (const FlEntryPreset *self, FlEntryPin pin, FlLines *line,
                                               gboolean *inverted); /* FALSE: no line drives it */
gboolean             fl_entry_run         (FlTransport *transport, const FlEntryStep *steps, GCancellable *cancellable,
                                           GError **error);

G_END_DECLS
