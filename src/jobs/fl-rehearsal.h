/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"
#include "fl-image.h"
#include "fl-probe.h"

G_BEGIN_DECLS

/**
 * FlRehearsal:
 *
 * Erasing, writing, verifying and starting, tried out command by command to see which of them fails. On a practice
 * board with a pattern of its own, all over the flash, and with the protection commands; on a real one with the user's
 * image, on its pages only. Worker.
 */
typedef struct
{
  FlProbe  *probe;
  FlImage  *image;    /* NULL: the pattern */
  gboolean  practice; /* nothing can be lost */

  /* Its own. */
  FlDevice *device;
  FlLayout *layout;
  guint8   *wanted;   /* one byte a sector: whether it is erased */
  GArray   *blocks;   /* FlRehearsalBlock */
  gboolean  alive;    /* the bootloader still takes commands */
} FlRehearsal;

/* One Write Memory. */
typedef struct
{
  guint32        address;
  guint8         data[FL_BOOT_MAX_BLOCK];
  guint8         got[FL_BOOT_MAX_BLOCK];
  gsize          length;
  FlProbeVerdict verdict; /* of the first try */
  FlProbePlace   place;
  gboolean       written; /* acknowledged, at the first try or a later one */
  gboolean       read;    /* @got is filled */
} FlRehearsalBlock;

void     fl_rehearsal_run         (FlRehearsal *self);

/* Between its files. */
void     fl_rehearsal_recover     (FlRehearsal *self);
void     fl_rehearsal_erase       (FlRehearsal *self);  /* fl-rehearsal-erase.c */
void     fl_rehearsal_write       (FlRehearsal *self);  /* fl-rehearsal-write.c */
void     fl_rehearsal_write_odd   (FlRehearsal *self);
void     fl_rehearsal_verify      (FlRehearsal *self);  /* fl-rehearsal-verify.c */
void     fl_rehearsal_start       (FlRehearsal *self);  /* fl-rehearsal-start.c */
void     fl_rehearsal_protect     (FlRehearsal *self);  /* fl-rehearsal-protect.c */
gboolean fl_rehearsal_unprotect   (FlRehearsal *self);  /* whether memory commands work afterwards */

G_END_DECLS
