/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FL_STMAP_MAX_SIZE  (100 * 1024) /* bytes of a map file; real ones have up to 46 000 */
#define FL_STMAP_MAX_AREAS 4096

/* What an area is, by its name and type. */
typedef enum
{
  FL_STMAP_FLASH,  /* a page or sector: can be erased by its index, and written */
  FL_STMAP_OPTION, /* option bytes */
  FL_STMAP_EEPROM, /* data memory */
  FL_STMAP_OTHER,  /* cannot be erased: no flash */
} FlStmapKind;

/* Bits of an area's type. */
typedef enum
{
  FL_STMAP_READABLE  = 1 << 0,
  FL_STMAP_ERASABLE  = 1 << 1,
  FL_STMAP_WRITABLE  = 1 << 2,
} FlStmapType;

/* What the old program works with; FLD's own numbers. */
typedef enum
{
  FL_STMAP_FAMILY_UNKNOWN = 0, /* not said */
  FL_STMAP_FAMILY_F1      = 1,
  FL_STMAP_FAMILY_STR75X  = 2,
  FL_STMAP_FAMILY_STM8    = 3,
  FL_STMAP_FAMILY_STR91X  = 4,
  FL_STMAP_FAMILY_L1      = 5,
  FL_STMAP_FAMILY_F2_F4   = 6,
  FL_STMAP_FAMILY_F0      = 7,
} FlStmapFamily;

typedef struct
{
  char       *name;    /* the section's: what the old program shows; UTF-8 */
  char       *comment; /* nullable: the Name key */
  guint32     address;
  guint32     size;    /* bytes, at least 1; address + size is 4 GiB at most */
  guint16     index;   /* what Erase and Write Protect call it; 0 also when it is missing */
  guint8      type;    /* FlStmapType bits; all of them when it is missing */
  FlStmapKind kind;
  guint       line;    /* of its section in the file, from 1 */
} FlStmapArea;

/* STM8 only: which routine erases and writes, by the bootloader's version. */
typedef struct
{
  char *version; /* "1.0" */
  char *file;
} FlStmapRoutine;

/**
 * FlStmap:
 *
 * A map file of ST's Flash Loader Demonstrator (.STmap): what it says of one chip. Immutable and counted.
 */
typedef struct _FlStmap FlStmap;

#define FL_TYPE_STMAP (fl_stmap_get_type ())
GType fl_stmap_get_type (void);

FlStmap    *fl_stmap_parse           (const char *text, gsize length, const char *file_name, GError **error);
FlStmap    *fl_stmap_load            (const char *path, GError **error);
FlStmap    *fl_stmap_ref             (FlStmap *self);
void        fl_stmap_unref           (FlStmap *self);
char       *fl_stmap_to_text         (FlStmap *self); /* to be saved */

const char *fl_stmap_get_file_name   (FlStmap *self);
const char *fl_stmap_get_name        (FlStmap *self); /* the Name key; the file's name without its ending otherwise */
gint64      fl_stmap_get_pid         (FlStmap *self); /* -1: not said; 32 bits on STR91x */
gint64      fl_stmap_get_bid         (FlStmap *self); /* address of the bootloader's ID; -1: not said */
guint       fl_stmap_get_flash_kib   (FlStmap *self); /* 0: not said, or FFFF, which means unknown */
guint       fl_stmap_get_ram_kib     (FlStmap *self); /* 0: not said */
guint       fl_stmap_get_packet_size (FlStmap *self); /* bytes, as the file says; 256 when it does not */
guint8      fl_stmap_get_ack         (FlStmap *self); /* 0x79, or 0x75 on STR75x */
const char *fl_stmap_get_unit_name   (FlStmap *self); /* MAPNAME: "Pages" */
guint       fl_stmap_get_pages_per_group (FlStmap *self); /* of write protection; 0: not said */
guint       fl_stmap_get_family      (FlStmap *self); /* FlStmapFamily, or a number that is none */
const char *fl_stmap_get_foreign     (FlStmap *self); /* "STM8", "STR75x", "STR91x"; NULL: an STM32 */

guint                 fl_stmap_get_n_areas    (FlStmap *self);
const FlStmapArea    *fl_stmap_get_area       (FlStmap *self, guint index); /* in the file's order */
guint                 fl_stmap_get_n_routines (FlStmap *self);
const FlStmapRoutine *fl_stmap_get_routine    (FlStmap *self, guint index);
GPtrArray            *fl_stmap_list_flash     (FlStmap *self); /* (transfer container) FlStmapArea, by address */
char                 *fl_stmap_dup_pid        (FlStmap *self); /* "0x442"; NULL: not said */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlStmap, fl_stmap_unref)

G_END_DECLS
