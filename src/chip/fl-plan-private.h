/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-plan.h"

G_BEGIN_DECLS

/* Where a byte of a sector that will be written comes from. */
typedef enum
{
  FL_ORIGIN_NONE,
  FL_ORIGIN_IMAGE,
  FL_ORIGIN_PRESERVED,
} FlOrigin;

/* What one sector will hold. */
typedef struct
{
  FlPlanAction action;
  guint8 *data;   /* NULL: the image does not touch it; else the sector's size, the erased value where nothing goes */
  guint8 *origin; /* FlOrigin of each byte of data */
} FlPlanSector;

struct _FlPlan
{
  GObject parent_instance;

  FlDevice *device;
  FlImage *image;
  FlPlanOptions options;

  FlPlanSector *sectors;  /* as many as the layout has */
  char *doubt;            /* NULL: every sector has an erase code that is safe */
  GPtrArray *shared;      /* FlPlanRange, by address */
  GArray *blocks;         /* FlPlanBlock, by address */
  gboolean blocks_stale;  /* something was preserved since they were made */
  guint64 image_bytes;    /* of the image */

  guint baud; /* 0: the link is not known */
  guint bits_per_byte;
  double round_trip_ms;
  guint read_waits;
  guint write_waits;
};

guint8 fl_plan_get_erased_value (FlPlan *self);
guint  fl_plan_get_unit         (FlPlan *self); /* bytes that must be written at once */
void   fl_plan_make_blocks      (FlPlan *self);

G_END_DECLS
