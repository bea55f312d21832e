/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-device.h"

G_BEGIN_DECLS

typedef enum
{
  FL_MEMORY_FLASH,
  FL_MEMORY_RAM,
  FL_MEMORY_SYSTEM, /* the bootloader's own */
  FL_MEMORY_OPTION,
  FL_MEMORY_OTP,    /* can be written once */
  FL_MEMORY_EEPROM,
} FlMemoryKind;

/* A piece of a chip's address space. */
typedef struct
{
  FlMemoryKind kind;
  guint8       bank;     /* of flash with two banks; 0: there is only one */
  guint32      start;
  guint32      size;     /* bytes */
  guint32      reserved; /* bytes of RAM at the start that the bootloader keeps to itself */
} FlMemoryArea;

GArray *fl_memory_map_new             (FlDevice *device);           /* FlMemoryArea, by address */
char   *fl_memory_area_dup_name       (const FlMemoryArea *self);   /* "Flash, bank 1", translated */
char   *fl_memory_area_dup_place      (const FlMemoryArea *self);   /* "0x08000000 – 0x0801FFFF" */

G_END_DECLS
