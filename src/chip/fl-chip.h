/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-layout.h"
#include "fl-option.h"

G_BEGIN_DECLS

/* One way in which the flash of a chip can be divided: by size, and on some by an option bit (dual bank). */
typedef struct
{
  guint       flash_kib;
  gboolean    dual_bank;
  gboolean    factory;   /* what a new chip of this size has */
  char       *condition; /* nullable: "DUAL_BANK=1", the option bit that selects it, for people */
  guint32     option_address; /* 0: not known; 4 bytes little-endian hold the option bit */
  guint8      option_bit;     /* of the word at option_address */
  gboolean    option_value;   /* what the bit is with this layout */
  FlLayout   *layout;
} FlChipLayout;

typedef struct
{
  char *name;  /* "USART1" */
  char *tx;    /* the chip's pins: "PA9"; the adapter's RX goes here */
  char *rx;    /* "PA10" */
} FlChipUsart;

typedef struct
{
  guint32 start;
  guint32 size; /* bytes */
} FlChipRange;

/* One build of the bootloader. */
typedef struct
{
  guint8 id;      /* what stands at bootloader_id_address */
  char  *name;    /* "V9.2" */
  char  *remark;  /* nullable: "G0B1/0C1" */
} FlChipVersion;

/* A pin whose level at reset decides whether the bootloader starts. Strings are static, or the chip's. */
typedef struct
{
  const char *name;  /* "BOOT0"; NULL: it has only the name of its pin */
  const char *pin;   /* "PA14"; NULL: a pin of its own */
  gboolean    high;  /* what it has to be */
} FlChipBootPin;

/* What a flash size register says on a chip where it does not say KiB. */
typedef struct
{
  guint16 value;
  guint16 flash_kib;
} FlChipSizeCode;

typedef enum
{
  FL_CHIP_NO_MASS_ERASE     = 1 << 0, /* L0, L1: 0xFFFF is NACKed */
  FL_CHIP_NO_BANK_ERASE     = 1 << 1, /* bank codes are NACKed or broken */
  FL_CHIP_ONE_PAGE_ERASE    = 1 << 2, /* only one page a command is safe (in bank 2, or at all) */
  FL_CHIP_DOUBLE_NACK       = 1 << 3, /* two NACKs to Read and Write under readout protection */
  FL_CHIP_DOUBLE_SYNC_ACK   = 1 << 4, /* L412: two ACKs to 0x7F */
  FL_CHIP_SILENT_BAD_ADDRESS = 1 << 5, /* a bad address gets no answer */
  FL_CHIP_EARLY_ERASE_ACK   = 1 << 6, /* erase is acknowledged before it is done: wait erase_page_ms */
  FL_CHIP_BOOT0_IGNORED     = 1 << 7, /* a factory-fresh chip ignores the BOOT0 pin (nBOOT_SEL=1) */
  FL_CHIP_NO_JUMP           = 1 << 8, /* the bootloader cannot be entered from the application */
  FL_CHIP_EMPTY_CHECK       = 1 << 9, /* starts its bootloader while the first word of flash is blank */
  FL_CHIP_INFO_BLOCK_ONLY   = 1 << 10, /* information area readable in whole blocks only (info_block bytes) */
} FlChipFlags;

/* What comes of programming flash that is not blank. */
typedef enum
{
  FL_OVERWRITE_HARMS,   /* or it is not known: with a wrong ECC, it may not even be readable until it is erased */
  FL_OVERWRITE_REFUSED, /* it stays as it was */
  FL_OVERWRITE_CLEARS,  /* bits that are set can still be cleared */
} FlOverwrite;

/**
 * FlChip:
 *
 * What is known of the chips that share a product ID (PID). Immutable; belongs to the database. 0 and NULL mean "not
 * known" unless said. Every value's source stands in data/chips/.
 */
typedef struct
{
  guint16       pid;
  char         *name;               /* "STM32G0B0/0B1/0C1" */
  char         *series;             /* "G0" */
  char         *core;               /* "Cortex-M0+" */
  guint32       flash_start;
  guint         flash_kib;          /* the largest there is */
  GPtrArray    *layouts;            /* FlChipLayout, largest first; the factory setting of a size before others */
  guint32       flash_size_register; /* 16 bits little-endian, KiB */
  guint16       flash_size_mask;    /* 0xFFFF unless said */
  GArray       *flash_size_codes;   /* FlChipSizeCode; fl_chip_decode_flash_size() knows */
  guint32       uid_address;        /* 12 bytes */
  guint         program_unit;       /* bytes that must be written at once, aligned: 4, 8, 16, 32 */
  guint8        erased_value;       /* 0xFF; 0x00 on L0 and L1 */
  FlOverwrite   overwrite;
  guint32       ram_start;
  guint         ram_kib;
  GArray       *more_ram;           /* FlChipRange: RAM that does not follow on ram_start */
  guint32       ram_reserved;       /* bytes at ram_start that the bootloader keeps to itself */
  guint32       system_start;       /* the bootloader's own memory: the first of system_areas */
  guint32       system_size;
  GArray       *system_areas;       /* FlChipRange */
  guint32       option_start;       /* option bytes: the first of option_areas */
  guint32       option_size;
  FlOptionStyle option_style;
  GArray       *option_areas;       /* FlChipRange: option bytes; each is written from its beginning */
  GPtrArray    *option_words;       /* FlOptionWord, by area and address */
  GPtrArray    *option_fields;      /* FlOptionField, by word and bit; owned by the chip, or by one that it is like */
  GPtrArray    *write_protect;      /* FlWriteProtectRule; empty: not known */
  char        **option_notes;       /* where sources disagree, what is not known */
  char         *option_sources;
  guint32       otp_start;
  guint32       otp_size;
  guint32       eeprom_start;       /* data EEPROM */
  guint32       eeprom_size;
  guint32       bootloader_id_address;
  guint8        erase_command;      /* 0x43 or 0x44; the Get list decides where it names one of them */
  guint         max_erase_pages;    /* a command, at most 100 */
  guint         info_block;         /* see FL_CHIP_INFO_BLOCK_ONLY: 128 or 256 */
  guint         erase_page_ms;      /* worst case for one page, or a sector of 128 KiB: ask fl_chip_get_erase_ms() */
  guint         erase_mass_ms;      /* worst case */
  guint         program_ms;         /* worst case for one block of 256 bytes */
  guint         startup_ms;         /* from reset to the first 0x7F that counts */
  guint32       supply_address;     /* where the bootloader is told the supply voltage: F2, F4, F7; ask fl-supply.h */
  guint         supply_erase[4];    /* percent of erase_page_ms and erase_mass_ms, by range; 0: not known */
  gboolean      no_parity;          /* 8N1 families: WB0, WL3 */
  guint         max_baud;           /* 0: no limit known */
  FlChipFlags   flags;
  GPtrArray    *usarts;             /* FlChipUsart */
  char        **boot_entry;         /* what must hold to enter the bootloader, sentences; translatable */
  GArray       *versions;           /* FlChipVersion: builds of the bootloader that are known */
  char         *boot0_pin;          /* "PA14"; NULL: a pin of its own */
  GArray       *boot_pins;          /* FlChipBootPin besides BOOT0: ask fl_chip_list_boot_pins() */
  char        **bugs;               /* known bootloader faults: ask fl_chip_dup_faults() */
  char        **notes;              /* where sources disagree, what is not known */
  char         *sources;
} FlChip;

FlLayout    *fl_chip_get_layout    (const FlChip *self, guint flash_kib, gboolean *exact); /* (transfer none) nullable */
guint        fl_chip_get_erase_ms  (const FlChip *self, guint32 size); /* worst case for one page or sector of size */
guint        fl_chip_decode_flash_size (const FlChip *self, guint16 value); /* register to KiB; 0: cannot be right */
gboolean     fl_chip_can_program   (const FlChip *self); /* enough is known to write it */
guint8       fl_chip_get_erased_value (const FlChip *self); /* nullable */
const char  *fl_chip_get_unit_name (const FlChip *self); /* "page" or "sector" */
gboolean     fl_chip_has_sectors   (const FlChip *self); /* nullable */
const FlOptionField *fl_chip_find_option      (const FlChip *self, const char *name);  /* NULL: no such field */
const FlOptionField *fl_chip_find_option_role (const FlChip *self, FlOptionRole role); /* the first; NULL: none */

const char  *fl_chip_flag_get_name (FlChipFlags flag);    /* "no-jump": stable; NULL: not one flag */
char        *fl_chip_dup_names     (const FlChip *self);   /* "STM32G0B0, STM32G0B1, STM32G0C1" */
gboolean     fl_chip_is_called     (const FlChip *self, const char *text); /* text: "STM32G0B1RET6", "g0b1" */
GArray      *fl_chip_list_boot_pins (const FlChip *self);  /* FlChipBootPin: BOOT0 and what else there is */

/* Known faults of bootloaders: items of @bugs. */
GPtrArray   *fl_chip_dup_faults     (const FlChip *self); /* char *: "V9.2, V13.0: Erasing…", translated */
const char  *fl_chip_fault_get_text (const char *fault);  /* translated */
gboolean     fl_chip_fault_concerns (const char *fault, const char *build); /* whether that build has it */

/* The database, read once from data/chips/ in the program's resources. Thread-safe. */
const FlChip    *fl_chip_db_find (guint16 pid);       /* NULL: unknown */
const GPtrArray *fl_chip_db_all  (void);              /* FlChip, by PID */
GPtrArray       *fl_chip_db_parse (const char *text, gssize length, const char *file_name, GError **error);

G_END_DECLS
