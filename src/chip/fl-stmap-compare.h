/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"
#include "fl-stmap.h"

G_BEGIN_DECLS

/* What is to be done with a map. */
typedef enum
{
  FL_STMAP_NOT_NEEDED, /* the chip is known, and the map says the same */
  FL_STMAP_DIFFERS,    /* the chip is known, and the map says something else: the program goes by what it knows */
  FL_STMAP_OTHER_CHIP, /* it is for another chip than the one on the port */
  FL_STMAP_USABLE,     /* the chip is not known: the map can be used, and cannot be checked */
  FL_STMAP_UNUSABLE,   /* the chip is not known, but the map cannot be used either */
  FL_STMAP_FOREIGN,    /* not for an STM32 */
} FlStmapVerdict;

typedef struct
{
  FlStmapVerdict verdict;
  GPtrArray     *sentences; /* char *, translated: the conclusion first, then what it is founded on */
} FlStmapComparison;

FlStmapComparison *fl_stmap_compare            (FlStmap *map, FlDevice *device); /* device NULL: with the database */
void               fl_stmap_comparison_free    (FlStmapComparison *self);
const char        *fl_stmap_verdict_get_id     (FlStmapVerdict verdict);         /* "not-needed": for JSON */
char              *fl_stmap_comparison_to_text (const FlStmapComparison *self);  /* the sentences, one after the other */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlStmapComparison, fl_stmap_comparison_free)

G_END_DECLS
