/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-stmap.h"

G_BEGIN_DECLS

struct _FlStmap
{
  gatomicrefcount ref_count;
  char      *file_name;
  char      *name;
  char      *unit_name; /* nullable: MAPNAME */
  gint64     pid;       /* numbers of [Product]: -1 where it does not say */
  gint64     bid;
  gint64     flash_kib;
  gint64     ram_kib;
  gint64     packet_size;
  gint64     ack;
  gint64     pages_per_group;
  gint64     family;
  GPtrArray *routines; /* FlStmapRoutine */
  GPtrArray *areas;    /* FlStmapArea, in the file's order */
};

FlStmap *fl_stmap_new (const char *file_name);

G_END_DECLS
