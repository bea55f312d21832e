/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What a change can cost; each step needs more of a confirmation than the one before. */
typedef enum
{
  FL_DANGER_NONE,
  FL_DANGER_LOW,
  FL_DANGER_MEDIUM,
  FL_DANGER_HIGH,         /* the board may not start, or data are lost */
  FL_DANGER_CRITICAL,     /* the chip may be lost to this program: the chip's name has to be typed */
  FL_DANGER_IRREVERSIBLE, /* can never be undone: the chip's name has to be typed */
  FL_N_DANGERS,
} FlDanger;

/* What an option byte is about; the order in which they are shown. */
typedef enum
{
  FL_OPTION_GROUP_READOUT,
  FL_OPTION_GROUP_WRITE,
  FL_OPTION_GROUP_BOOT,
  FL_OPTION_GROUP_BANKS,
  FL_OPTION_GROUP_WATCHDOG,
  FL_OPTION_GROUP_RESET,
  FL_OPTION_GROUP_SUPPLY,
  FL_OPTION_GROUP_MEMORY,
  FL_OPTION_GROUP_SECURITY,
  FL_OPTION_GROUP_RADIO,
  FL_OPTION_GROUP_HARDWARE,
  FL_OPTION_GROUP_USER,
  FL_N_OPTION_GROUPS,
} FlOptionGroup;

/* Fields that the program itself acts on. */
typedef enum
{
  FL_OPTION_ROLE_NONE,
  FL_OPTION_ROLE_RDP,
  FL_OPTION_ROLE_PRODUCT_STATE,
  FL_OPTION_ROLE_BOOT_SEL_BIT, /* 1: nBOOT0 decides, the BOOT0 pin is ignored (nBOOT_SEL) */
  FL_OPTION_ROLE_BOOT_SEL_PIN, /* 1: the BOOT0 pin decides (nSWBOOT0, BOOT_SEL) */
  FL_OPTION_ROLE_NBOOT0,       /* 0: as BOOT0 high */
  FL_OPTION_ROLE_BOOT0,        /* 1: as BOOT0 high (C5) */
  FL_OPTION_ROLE_NBOOT1,       /* 0: BOOT0 starts from RAM */
  FL_OPTION_ROLE_BOOT_LOCK,
  FL_OPTION_ROLE_SWAP,         /* 1: the banks have changed places */
  FL_OPTION_ROLE_NSWAP,        /* 0: the banks have changed places */
  FL_OPTION_ROLE_TZEN,
  FL_OPTION_ROLE_PCROP_MODE,   /* 1: write protection bits mean read protection */
  FL_OPTION_ROLE_BFB2,
  FL_OPTION_ROLE_NBFB2,
  FL_OPTION_ROLE_UNLOCK,       /* 0: the write-protected area is locked */
  FL_N_OPTION_ROLES,
} FlOptionRole;

/* How option bytes lie in memory. */
typedef enum
{
  FL_OPTION_STYLE_NONE,
  FL_OPTION_STYLE_BYTES,    /* F0, F1, F3: each byte followed by its complement */
  FL_OPTION_STYLE_HALVES,   /* L0, L1: 32 bits: the value, and its complement in the upper half */
  FL_OPTION_STYLE_PLAIN,    /* F2, F4, F7: no complement */
  FL_OPTION_STYLE_DOUBLE,   /* L4, G0, G4, C0, WB, WL: each word followed by its complement */
  FL_OPTION_STYLE_REGISTER, /* H5, H7, L5, U0, U3, U5, WBA, C5: the registers themselves */
} FlOptionStyle;

typedef struct
{
  guint32  value;
  char    *words;  /* English; ask fl_option_field_dup_text() */
  FlDanger danger; /* of setting it */
} FlOptionValue;

/* What is said of a field; the same on all chips that have it. From data/chips/words.xml. */
typedef struct
{
  char         *id;
  FlOptionGroup group;
  FlOptionRole  role;
  FlDanger      danger; /* of changing it */
  char         *what;   /* English, nullable */
  char         *risk;   /* English, nullable */
  char         *other;  /* English, nullable: what all other values mean */
  GArray       *values; /* FlOptionValue */
} FlOptionKind;

/* A word of 32 bits that holds fields. */
typedef struct
{
  guint32 address;       /* where it is read */
  guint32 write_address; /* where a new value is written; often the same */
  guint   area;          /* index into the chip's option_areas */
} FlOptionWord;

typedef struct
{
  char               *name;  /* "nBOOT_SEL"; differs from all others of the chip */
  const FlOptionKind *kind;
  const FlOptionWord *word;
  guint8              bit;
  guint8              width; /* 1 to 32 */
  gboolean            has_factory;
  guint32             factory;
  gboolean            read_only; /* shown, never written */
} FlOptionField;

/* How write protection of flash is kept. */
typedef struct
{
  gboolean is_range;     /* the first and the last page of a range; otherwise one bit for so many bytes */
  GPtrArray *fields;     /* const FlOptionField: first and last; or those with the bits, the lowest first */
  guint8   bank;         /* 1 or 2; 0: all of the flash */
  guint32  each;         /* bytes a bit; 0: one sector, by its erase code */
  gboolean active;       /* what a bit is that protects */
  gboolean rest;         /* the last bit also protects all that follows */
  gboolean pairs;        /* with two banks, a bit protects two sectors */
} FlWriteProtectRule;

const FlOptionKind *fl_option_kind_find      (const char *id); /* NULL: no such kind */
const char         *fl_option_group_get_name (FlOptionGroup group); /* "Boot": translated */
const char         *fl_danger_get_name       (FlDanger danger); /* "high": stable */
const char         *fl_danger_get_text       (FlDanger danger); /* translated */

guint32     fl_option_field_get_mask  (const FlOptionField *self); /* of @width bits, from bit 0 on */
const char *fl_option_field_get_what  (const FlOptionField *self); /* translated; NULL: nothing is known */
const char *fl_option_field_get_risk  (const FlOptionField *self); /* translated; NULL: none */
char       *fl_option_field_dup_text  (const FlOptionField *self, guint32 value); /* "0: the pin decides" */
const char *fl_option_field_get_words (const FlOptionField *self, guint32 value); /* translated; NULL: a number */
FlDanger    fl_option_field_get_danger (const FlOptionField *self, guint32 value); /* of setting it to @value */

const char *fl_fault_get_text         (const char *id); /* a known fault of a bootloader: translated; NULL: no such */

G_END_DECLS
