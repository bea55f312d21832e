/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-flash.h"
#include "fl-sim-options.h"

G_BEGIN_DECLS

typedef enum
{
  FL_SIM_AREA_NONE,
  FL_SIM_AREA_FLASH,
  FL_SIM_AREA_RAM,     /* without what the ROM keeps to itself */
  FL_SIM_AREA_SYSTEM,  /* the ROM's own memory */
  FL_SIM_AREA_OPTIONS,
  FL_SIM_AREA_OTP,
  FL_SIM_AREA_EEPROM,
  FL_SIM_AREA_INFO,    /* engineering bytes: flash size, unique id */
  FL_SIM_AREA_VOLTAGE, /* the virtual supply-voltage bytes of F2, F4, F7 */
} FlSimArea;

/**
 * FlSimMemory:
 *
 * The simulated chip's address space as its ROM sees it.
 */
typedef struct
{
  const FlChip *chip;
  FlSimFlash   *flash;
  FlSimOptions *options;
  guint8        bootloader_id;
  guint8       *ram;       /* all of it */
  guint8       *otp;
  guint8       *eeprom;
  guint8        voltage[4];
  guint8        uid[12];
  guint16       flash_kib;
  gboolean      is_ideal;  /* nothing is refused that only some builds of this chip's ROM refuse */
} FlSimMemory;

#define FL_SIM_VOLTAGE_ADDRESS 0xFFFF0000u

FlSimMemory *fl_sim_memory_new       (const FlChip *chip, FlLayout *layout, guint flash_kib, guint8 bootloader_id,
                                      guint8 rdp_level, gboolean boot0_ignored);
void         fl_sim_memory_free      (FlSimMemory *self);
void         fl_sim_memory_start     (FlSimMemory *self, gboolean reload);
FlSimArea    fl_sim_memory_find      (FlSimMemory *self, guint32 address);
gboolean     fl_sim_memory_contains  (FlSimMemory *self, guint32 address, guint64 length);
guint8       fl_sim_memory_read      (FlSimMemory *self, guint32 address);
gint64       fl_sim_memory_write     (FlSimMemory *self, guint32 address, const guint8 *data, gsize length);
void         fl_sim_memory_clear_ram (FlSimMemory *self);
void         fl_sim_memory_erase_eeprom (FlSimMemory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimMemory, fl_sim_memory_free)

G_END_DECLS
