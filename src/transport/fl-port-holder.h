/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

typedef enum
{
  FL_PORT_HOLDER_ANY,    /* this process counts, too */
  FL_PORT_HOLDER_OTHERS, /* other processes only */
} FlPortHolderScope;

char *fl_port_holder_find (const struct stat *node, FlPortHolderScope scope);

G_END_DECLS
