/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"

G_BEGIN_DECLS

/* A chip that the database does not know becomes what is declared of it; then self->declaration is set. */
gboolean   fl_device_declare             (FlDevice *self, FlDeclaration *declaration);
GPtrArray *fl_device_explain_declaration (FlDevice *self, FlDeclaration *declaration); /* char *: what became of it */

G_END_DECLS
