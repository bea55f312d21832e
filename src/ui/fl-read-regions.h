/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-device.h"

G_BEGIN_DECLS

/* A stretch of memory that can be chosen by name. */
typedef struct
{
  guint32 address;
  guint32 length; /* 0: the user says both */
} FlReadRegion;

GArray *fl_read_regions_new (FlDevice *device, GtkStringList *titles);

G_END_DECLS
