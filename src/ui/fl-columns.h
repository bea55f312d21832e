/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Lays its children side by side where there is room for it, and one below the other where there is not (a narrow
 * window, large text). A layout manager: <property name="layout-manager"><object class="FlColumns"/></property>.
 * Property: "row-spacing", pixels between them when they are one below the other. */
#define FL_TYPE_COLUMNS (fl_columns_get_type ())
G_DECLARE_FINAL_TYPE (FlColumns, fl_columns, FL, COLUMNS, GtkLayoutManager)

G_END_DECLS
