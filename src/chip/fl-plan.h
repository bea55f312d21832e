/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"
#include "fl-image.h"
#include "fl-supply.h"

G_BEGIN_DECLS

typedef enum
{
  FL_PLAN_KEEP,  /* not touched */
  FL_PLAN_ERASE, /* erased, nothing written (erase all; or all of the image's data there is blank) */
  FL_PLAN_WRITE, /* erased and written */
} FlPlanAction;

typedef enum
{
  FL_ERASE_NEEDED, /* only the sectors that the image touches */
  FL_ERASE_ALL,    /* the whole flash */
  FL_ERASE_NONE,   /* the caller says that it is blank */
} FlEraseMode;

typedef struct
{
  FlEraseMode erase;
  gboolean    verify;     /* read back and compare (default) */
  gboolean    keep_blank; /* write blocks too that hold nothing but the erased value */
  gboolean    preserve;   /* data in shared sectors that are not in the image are read first and written back */
  FlSupply    supply;     /* of the board: what chips of F2, F4 and F7 program at once depends on it */
  gboolean    whole_bank; /* the user agreed: where erase codes are in doubt, all of bank 2 is erased */
  gboolean    only_changed; /* sectors that hold already what they are to hold stay as they are: see
                             * fl_plan_leaves_unchanged() (default) */
} FlPlanOptions;

#define FL_PLAN_BLOCK_MAX 256

/* One Write Memory command: 1 to 256 bytes, padded to the chip's program unit. */
typedef struct
{
  guint32 address;
  guint32 length;
  guint8  data[FL_PLAN_BLOCK_MAX];
} FlPlanBlock;

/* Data of a sector that are outside the image and would be lost. */
typedef struct
{
  guint32 address;
  guint32 length;
} FlPlanRange;

/**
 * FlPlan:
 *
 * What programming an image into a device will do, sector by sector and block by block, before anything happens.
 */
#define FL_TYPE_PLAN (fl_plan_get_type ())
G_DECLARE_FINAL_TYPE (FlPlan, fl_plan, FL, PLAN, GObject)

extern const FlPlanOptions fl_plan_options_default;

FlPlan         *fl_plan_new              (FlDevice *device, FlImage *image, const FlPlanOptions *options,
                                          GError **error);
FlDevice       *fl_plan_get_device       (FlPlan *self);
FlImage        *fl_plan_get_image        (FlPlan *self);
const FlPlanOptions *fl_plan_get_options (FlPlan *self);
FlPlanAction    fl_plan_get_action       (FlPlan *self, guint sector_index);
guint           fl_plan_get_n_erased     (FlPlan *self);      /* sectors */
gboolean        fl_plan_erases_all       (FlPlan *self);      /* every sector of the chip */
const char     *fl_plan_get_doubt        (FlPlan *self);      /* nullable: why all of bank 2 has to be erased */
gboolean        fl_plan_needs_whole_bank (FlPlan *self);      /* and nobody agreed: it cannot be carried out */
GPtrArray      *fl_plan_get_shared       (FlPlan *self);      /* (transfer none) FlPlanRange: would be lost, or is preserved */
gboolean        fl_plan_set_preserved    (FlPlan *self, guint32 address, const guint8 *data, gsize length, GError **error);
const GArray   *fl_plan_get_blocks       (FlPlan *self);      /* FlPlanBlock by address, after preserving */
guint64         fl_plan_get_write_bytes  (FlPlan *self);      /* sum over the blocks */
guint64         fl_plan_get_verify_bytes (FlPlan *self);      /* what the image covers, plus what is preserved */
double          fl_plan_get_seconds      (FlPlan *self, const char **limit); /* expected; needs fl_plan_set_link() */
double          fl_plan_get_erase_seconds (FlPlan *self);     /* of these: for erasing */
void            fl_plan_set_link         (FlPlan *self, guint baud, guint bits_per_byte, double round_trip_ms,
                                          guint read_waits, guint write_waits);
gboolean        fl_plan_leaves_unchanged (FlPlan *self);      /* only_changed, where it makes sense */
gboolean        fl_plan_may_leave        (FlPlan *self, guint sector_index); /* if it holds fl_plan_get_content() */
gboolean        fl_plan_spares_blank     (FlPlan *self);      /* sectors that look blank need not be erased */
gboolean        fl_plan_may_spare        (FlPlan *self, guint sector_index); /* if it looks blank */
const guint8   *fl_plan_get_content      (FlPlan *self, guint sector_index, const guint8 **covered);
char           *fl_plan_to_text          (FlPlan *self);      /* for --dry-run and the screen reader */

G_END_DECLS
