/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-option-draft.h"

G_BEGIN_DECLS

/* Option bytes into a file and out of one. Both ask which file; @done is called with what came of it, or not at all when
 * the user thinks better of it. */
typedef void (*FlOptionFilesFunc) (GtkWidget *owner, gboolean ok, const char *title, const char *text);

void fl_option_files_save (GtkWidget *owner, FlOptionDraft *draft, FlOptionFilesFunc done);
void fl_option_files_load (GtkWidget *owner, FlOptionDraft *draft, FlOptionFilesFunc done);

G_END_DECLS
