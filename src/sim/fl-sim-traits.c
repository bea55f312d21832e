/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-traits.h"

#define CLASSIC                                                                                                        \
  {                                                                                                                    \
    0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92                                                                     \
  }
#define SPECIAL                                                                                                        \
  {                                                                                                                    \
    0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92, 0x50, 0x51                                                         \
  }
#define PRODUCT_STATE                                                                                                  \
  {                                                                                                                    \
    0x11, 0x21, 0x31, 0x44, 0x50, 0x63, 0x73                                                                           \
  }
#define RADIO                                                                                                          \
  {                                                                                                                    \
    0x11, 0x21, 0x31, 0x44, 0x82, 0x92                                                                                 \
  }

/* Sources: AN3155 (commands, protocol versions), AN2606 tables 3 and 6 (version and baud detection by device), the
 * reference manuals' flash chapters (program unit and rule). */
static const FlSimTraits all_traits[] = {
  /* series, rule, unit, protocol, software baud, commands */
  { "F0", FL_SIM_PROGRAM_HALFWORD, 2, 0x31, TRUE, CLASSIC },
  { "F1", FL_SIM_PROGRAM_HALFWORD, 2, 0x22, TRUE, CLASSIC },
  { "F2", FL_SIM_PROGRAM_AND, 1, 0x31, TRUE, CLASSIC },
  { "F3", FL_SIM_PROGRAM_HALFWORD, 2, 0x31, TRUE, CLASSIC },
  { "F4", FL_SIM_PROGRAM_AND, 1, 0x31, TRUE, CLASSIC },
  { "F7", FL_SIM_PROGRAM_AND, 1, 0x31, TRUE, CLASSIC },
  { "H7", FL_SIM_PROGRAM_ECC, 32, 0x31, FALSE, CLASSIC },
  { "H7RS", FL_SIM_PROGRAM_ECC, 16, 0x40, FALSE, PRODUCT_STATE },
  { "L0", FL_SIM_PROGRAM_OR, 4, 0x31, TRUE, CLASSIC },
  { "L1", FL_SIM_PROGRAM_OR, 4, 0x31, TRUE, CLASSIC },
  { "L4", FL_SIM_PROGRAM_ECC, 8, 0x31, TRUE, CLASSIC },
  { "L4+", FL_SIM_PROGRAM_ECC, 8, 0x31, TRUE, CLASSIC },
  { "L5", FL_SIM_PROGRAM_ECC, 8, 0x31, FALSE, SPECIAL },
  { "G0", FL_SIM_PROGRAM_ECC, 8, 0x31, FALSE, CLASSIC },
  { "G4", FL_SIM_PROGRAM_ECC, 8, 0x31, FALSE, CLASSIC },
  { "C0", FL_SIM_PROGRAM_ECC, 8, 0x31, FALSE, CLASSIC },
  { "C5", FL_SIM_PROGRAM_ECC, 16, 0x40, FALSE, PRODUCT_STATE },
  { "H5", FL_SIM_PROGRAM_ECC, 16, 0x40, FALSE, PRODUCT_STATE },
  { "U0", FL_SIM_PROGRAM_ECC, 8, 0x31, FALSE, CLASSIC },
  { "U3", FL_SIM_PROGRAM_ECC, 8, 0x40, FALSE, SPECIAL },
  { "U5", FL_SIM_PROGRAM_ECC, 16, 0x31, FALSE, SPECIAL },
  { "WB", FL_SIM_PROGRAM_ECC, 8, 0x31, FALSE, CLASSIC },
  { "WL", FL_SIM_PROGRAM_ECC, 8, 0x31, FALSE, CLASSIC },
  { "WBA", FL_SIM_PROGRAM_ECC, 16, 0x31, FALSE, SPECIAL },
  { "WB0", FL_SIM_PROGRAM_AND, 4, 0x40, FALSE, RADIO },
  { "WL3", FL_SIM_PROGRAM_AND, 4, 0x40, FALSE, RADIO },
};

/* Chips with more than one build of the ROM in the field: the first row of a PID is its newest build; quirks that the
 * chip's row has for a host are those of its worst build. Source: AN2606, tables 3 and the sections "bootloader
 * version" of each device. */
static const FlSimRomBuild builds[] = {
  { 0x411, 0x33, FL_CHIP_DOUBLE_NACK },
  { 0x411, 0x20, FL_CHIP_SILENT_BAD_ADDRESS },
  { 0x413, 0x91, 0 },
  { 0x413, 0x90, FL_CHIP_DOUBLE_NACK },
  { 0x413, 0x31, FL_CHIP_DOUBLE_NACK },
  { 0x413, 0x30, FL_CHIP_SILENT_BAD_ADDRESS },
  { 0x415, 0x92, 0 },
  { 0x415, 0xA3, 0 },
  { 0x416, 0x20, FL_CHIP_SILENT_BAD_ADDRESS },
  { 0x419, 0x91, 0 },
  { 0x420, 0x10, 0 },
  { 0x428, 0x10, 0 },
  { 0x421, 0x90, 0 },
  { 0x422, 0x41, 0 },
  { 0x431, 0xD0, 0 },
  { 0x433, 0xD1, 0 },
  { 0x435, 0x91, 0 },
  { 0x440, 0x21, FL_CHIP_DOUBLE_NACK },
  { 0x444, 0x10, FL_CHIP_DOUBLE_NACK },
  { 0x448, 0xA1, 0 },
  { 0x449, 0x90, 0 },
  { 0x450, 0x92, 0 },
  { 0x450, 0xD3, FL_CHIP_NO_BANK_ERASE },
  { 0x450, 0x90, 0, FL_SIM_QUIRK_GO_ACK_MISSING },
  { 0x450, 0x91, FL_CHIP_EARLY_ERASE_ACK, FL_SIM_QUIRK_EARLY_BANK_2 },
  { 0x451, 0x93, 0 },
  { 0x454, 0xE2, 0 },
  { 0x454, 0xE1, FL_CHIP_ONE_PAGE_ERASE },
  { 0x456, 0x51, 0 },
  { 0x460, 0xB4, 0 },
  { 0x460, 0xB3, FL_CHIP_EARLY_ERASE_ACK, FL_SIM_QUIRK_CLEARS_EMPTY },
  { 0x460, 0xB2, 0, FL_SIM_QUIRK_NO_RELOAD },
  { 0x460, 0xB1, 0 },
  { 0x460, 0xB0, 0 },
  { 0x461, 0x93, FL_CHIP_NO_BANK_ERASE },
  { 0x462, 0x92, 0 },
  { 0x464, 0xD1, FL_CHIP_DOUBLE_SYNC_ACK },
  { 0x466, 0x54, 0 },
  { 0x467, 0x92, FL_CHIP_ONE_PAGE_ERASE, FL_SIM_QUIRK_CLEARS_EMPTY },
  { 0x467, 0xD0, FL_CHIP_ONE_PAGE_ERASE, FL_SIM_QUIRK_CLEARS_EMPTY },
  { 0x468, 0xD4, 0 },
  { 0x469, 0xD5, 0 },
  { 0x479, 0xD2, 0 },
  { 0x417, 0xC0, 0 },
  { 0x425, 0xC0, 0 },
  { 0x447, 0x41, 0 },
  { 0x482, 0x92, 0 },
  { 0x484, 0xE5, 0 },
  { 0x44C, 0xB0, 0, FL_SIM_QUIRK_CLEARS_EMPTY },
  { 0x44D, 0x21, 0, FL_SIM_QUIRK_CLEARS_EMPTY }, /* V18.1: 0x121, of which this byte is the low half */
  { 0x459, 0xB1, 0, FL_SIM_QUIRK_CLEARS_EMPTY },
  { 0x489, 0xD0, 0, FL_SIM_QUIRK_CLEARS_EMPTY },
  { 0x493, 0xD1, 0, FL_SIM_QUIRK_CLEARS_EMPTY },
  { 0x495, 0xD5, 0, FL_SIM_QUIRK_UNPROTECT_OFF },
  { 0x497, 0xC4, 0 },
};

/* What a build decides; the rest of the flags are the chip's. */
#define BUILD_FLAGS                                                                                                    \
  (FL_CHIP_DOUBLE_NACK | FL_CHIP_SILENT_BAD_ADDRESS | FL_CHIP_EARLY_ERASE_ACK | FL_CHIP_ONE_PAGE_ERASE                 \
   | FL_CHIP_DOUBLE_SYNC_ACK | FL_CHIP_NO_BANK_ERASE)

/**
 * fl_sim_traits_find:
 *
 * Returns: (not nullable): how the silicon of @chip's series behaves; for an unknown series, as the G0
 */
const FlSimTraits *
fl_sim_traits_find (const FlChip *chip)
{
  const FlSimTraits *fallback = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (all_traits); i++)
    {
      if (g_strcmp0 (all_traits[i].series, chip->series) == 0)
        return &all_traits[i];
      if (g_str_equal (all_traits[i].series, "G0"))
        fallback = &all_traits[i];
    }
  return fallback;
}

/**
 * fl_sim_traits_newest_build:
 *
 * Returns: the bootloader identifier of the newest ROM that is known for @chip; 0x10 when none is
 */
guint8
fl_sim_traits_newest_build (const FlChip *chip)
{
  for (guint i = 0; i < G_N_ELEMENTS (builds); i++)
    if (builds[i].pid == chip->pid)
      return builds[i].bootloader_id;
  return 0x10;
}

static const FlSimRomBuild *
find_build (const FlChip *chip, guint8 bootloader_id)
{
  for (guint i = 0; i < G_N_ELEMENTS (builds); i++)
    if (builds[i].pid == chip->pid && builds[i].bootloader_id == bootloader_id)
      return &builds[i];
  return NULL;
}

/**
 * fl_sim_traits_get_flags:
 * @bootloader_id: the build of the ROM
 *
 * Returns: the quirks that @chip shows with this build; with a build that is not known, those of its row
 */
FlChipFlags
fl_sim_traits_get_flags (const FlChip *chip, guint8 bootloader_id)
{
  const FlSimRomBuild *build = find_build (chip, bootloader_id);

  if (build == NULL)
    return chip->flags;
  return (FlChipFlags) ((guint) (chip->flags & ~BUILD_FLAGS) | (guint) build->flags);
}

/**
 * fl_sim_traits_get_quirks:
 * @bootloader_id: the build of the ROM
 *
 * Source: AN2606, "bootloader version" of each device.
 *
 * Returns: what this build does besides; nothing for one that is not known
 */
FlSimQuirks
fl_sim_traits_get_quirks (const FlChip *chip, guint8 bootloader_id)
{
  const FlSimRomBuild *build = find_build (chip, bootloader_id);

  return build == NULL ? 0 : build->quirks;
}
