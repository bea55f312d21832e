/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"

G_BEGIN_DECLS

/* What "-i NAME" of an old script says: a map file of the old program, which names chip and size. */
char *fl_fld_name_dup_doubt (const char *name, FlDevice *device);      /* a sentence; NULL: nothing against it */
char *fl_fld_name_find_map  (const char *name, const char *program);   /* a path; NULL: there is none */

G_END_DECLS
