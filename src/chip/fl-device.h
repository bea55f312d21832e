/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip-declared.h"
#include "fl-option-set.h"

G_BEGIN_DECLS

typedef enum
{
  FL_PROTECTION_UNKNOWN,
  FL_PROTECTION_NONE,    /* flash can be read */
  FL_PROTECTION_READOUT, /* RDP level 1: nothing but Readout Unprotect is left */
} FlProtection;

/**
 * FlDevice:
 *
 * The chip on the other end, as far as it has told: filled by the connect job in the worker, then never changed, so
 * that any thread may read it.
 */
#define FL_TYPE_DEVICE (fl_device_get_type ())
G_DECLARE_FINAL_TYPE (FlDevice, fl_device, FL, DEVICE, GObject)

struct _FlDevice
{
  GObject parent_instance;

  guint16       pid;
  const FlChip *chip;               /* NULL: unknown PID */
  FlDeclaration *declaration;       /* (owned) nullable: what chip was made from; nothing of it was checked */
  guint8        bootloader_version; /* from Get: 0x31 is 3.1 */
  guint8        bootloader_id;      /* from bootloader_id_address; 0: not read */
  guint8        commands[32];       /* from Get; n_commands of them */
  guint         n_commands;
  guint         flash_kib;          /* 0: not known */
  gboolean      flash_kib_read;     /* from the device's own register; otherwise the database's largest */
  FlLayout     *layout;             /* (owned) nullable */
  guint         uid_length;         /* 12, or 0 when it could not be read */
  guint8        uid[12];
  FlProtection  protection;
  gboolean      blank;              /* the first word of flash is erased */
  GPtrArray    *remarks;            /* char *: what was assumed and why, for the user */
  FlOptionSet  *options;            /* (owned) nullable: as read; NULL when the chip has none or does not show them */
  char         *geometry_reason;    /* nullable: why this size and layout were taken, a sentence */
  FlChip       *declared_chip;      /* (owned) nullable: chip, when it was made from the declaration */
  int           numbering;          /* atomic: ask fl_device_get_numbering() */
  char         *bank_remark;        /* (unowned) nullable: the one of them that fl_device_set_bank_option() settles */
};

FlDevice   *fl_device_new          (guint16 pid);
gboolean    fl_device_has_command  (FlDevice *self, guint8 command);
char       *fl_device_dup_name     (FlDevice *self); /* "STM32G0B1…", or "unknown chip (PID 0x123)" */
char       *fl_device_dup_version  (FlDevice *self); /* "3.1" */
char       *fl_device_dup_uid      (FlDevice *self); /* hex; nullable */
void        fl_device_set_geometry (FlDevice *self, guint flash_kib, gboolean from_register); /* picks the layout */

/* Which of the layout's numberings its bootloader was seen to take: a job finds out while it erases. Any thread. */
int         fl_device_get_numbering (FlDevice *self); /* -1: not known */
void        fl_device_set_numbering (FlDevice *self, guint numbering);

/* What is said of it, translated (fl-device-text.c). */
char       *fl_device_dup_bootloader      (FlDevice *self); /* "V9.2 (ID 0x92)"; NULL: it did not tell */
GPtrArray  *fl_device_dup_faults          (FlDevice *self); /* char *: of its build of the bootloader */
char       *fl_device_dup_readout         (FlDevice *self); /* "level 0: not protected" */
char       *fl_device_dup_write_protection (FlDevice *self); /* "none of 128 pages"; NULL: not known */
char       *fl_device_dup_changed_options (FlDevice *self, guint *n_changed); /* names; NULL: not known */

/* Where an option bit decides between one bank and two: which word to read, and what it says. */
gboolean    fl_device_get_bank_option (FlDevice *self, guint32 *address); /* FALSE: nothing to decide */
void        fl_device_set_bank_option (FlDevice *self, guint32 word);

G_END_DECLS
