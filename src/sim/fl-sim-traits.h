/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-chip.h"

G_BEGIN_DECLS

/* What a program operation does to flash that is not erased. */
typedef enum
{
  FL_SIM_PROGRAM_ECC,      /* a unit with its ECC bits: refused unless it is blank (or all zeros are written) */
  FL_SIM_PROGRAM_HALFWORD, /* 16 bits: refused unless they are 0xFFFF (or 0x0000 is written) */
  FL_SIM_PROGRAM_AND,      /* any width: bits go from 1 to 0 only */
  FL_SIM_PROGRAM_OR,       /* erased is 0: bits go from 0 to 1 only */
} FlSimProgramRule;

typedef struct
{
  const char       *series;
  FlSimProgramRule  rule;
  guint             unit;             /* bytes programmed at once by the flash */
  guint8            protocol;         /* what Get says: 0x31 is 3.1 */
  gboolean          measures_baud;    /* in software, from the 0x7F; otherwise auto-baud hardware, which a wrong
                                       * first byte makes deaf */
  guint8            commands[16];     /* after Get, Get Version and Get ID; 0 ends; 0x43/0x44 by the chip */
} FlSimTraits;

/* What single builds of a ROM do, beyond the flags that a host has to know by the chip. */
typedef enum
{
  FL_SIM_QUIRK_CLEARS_EMPTY   = 1 << 0, /* its start takes the mark "flash is empty" away */
  FL_SIM_QUIRK_NO_RELOAD      = 1 << 1, /* written option bytes are stored, and count after the next power-on only */
  FL_SIM_QUIRK_UNPROTECT_OFF  = 1 << 2, /* Readout Unprotect resets, and counts after the next power-on only */
  FL_SIM_QUIRK_GO_ACK_MISSING = 1 << 3, /* the first ACK of Go does not come */
  FL_SIM_QUIRK_EARLY_BANK_2   = 1 << 4, /* erasing is acknowledged early in bank 2 only */
} FlSimQuirks;

/* What a custom bootloader does for Get Checksum; no ROM has it. */
typedef enum
{
  FL_SIM_CHECKSUM_NONE,  /* does not list it */
  FL_SIM_CHECKSUM_WORDS, /* as AN3155 says */
  FL_SIM_CHECKSUM_BYTES, /* the size in bytes, and the answer right behind it, as AN4221 has it for I2C */
  FL_SIM_CHECKSUM_ZLIB,  /* packets as AN3155 says, and another CRC-32 */
} FlSimChecksum;

/* A build of a ROM that behaves in its own way. */
typedef struct
{
  guint16     pid;
  guint8      bootloader_id;
  FlChipFlags flags;
  FlSimQuirks quirks;
} FlSimRomBuild;

const FlSimTraits *fl_sim_traits_find         (const FlChip *chip);
guint8             fl_sim_traits_newest_build (const FlChip *chip);
FlChipFlags        fl_sim_traits_get_flags    (const FlChip *chip, guint8 bootloader_id);
FlSimQuirks        fl_sim_traits_get_quirks   (const FlChip *chip, guint8 bootloader_id);

G_END_DECLS
