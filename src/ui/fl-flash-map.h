/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fl-plan.h"

G_BEGIN_DECLS

/* The chip's flash drawn to scale: sectors and banks, what a plan keeps, erases and writes, and how far a running job
 * has come; or what is write-protected. Hovering names the sector; the same in words is its accessible description. */
#define FL_TYPE_FLASH_MAP (fl_flash_map_get_type ())
G_DECLARE_FINAL_TYPE (FlFlashMap, fl_flash_map, FL, FLASH_MAP, GtkWidget)

GtkWidget *fl_flash_map_new        (void);
void       fl_flash_map_set_device (FlFlashMap *self, FlDevice *device); /* nullable: nothing is drawn */
void       fl_flash_map_set_plan   (FlFlashMap *self, FlPlan *plan);     /* nullable */
void       fl_flash_map_set_states (FlFlashMap *self, const guint8 *states, guint n_states);
char      *fl_flash_map_to_text    (FlFlashMap *self);                   /* the whole map in words */
char      *fl_flash_map_dup_tip    (FlFlashMap *self, int x, int y);     /* the sector there; NULL: none */

const FlSector *fl_flash_map_find_sector (FlFlashMap *self, int x, int y);

G_END_DECLS
