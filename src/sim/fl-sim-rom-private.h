/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-rom.h"

G_BEGIN_DECLS

#define FL_SIM_ROM_ACK  0x79
#define FL_SIM_ROM_NACK 0x1F

typedef enum
{
  FL_SIM_ROM_SYNC,
  FL_SIM_ROM_COMMAND,
  FL_SIM_ROM_ADDRESS,
  FL_SIM_ROM_READ_COUNT,
  FL_SIM_ROM_WRITE_COUNT,
  FL_SIM_ROM_WRITE_DATA,
  FL_SIM_ROM_PAGE_COUNT,
  FL_SIM_ROM_PAGES,
  FL_SIM_ROM_MASS_ERASE,
  FL_SIM_ROM_EXTENDED_COUNT,
  FL_SIM_ROM_EXTENDED_SPECIAL,
  FL_SIM_ROM_EXTENDED_PAGES,
  FL_SIM_ROM_SPECIAL,
  FL_SIM_ROM_CHECKSUM_SIZE,
  FL_SIM_ROM_CHECKSUM_POLYNOMIAL,
  FL_SIM_ROM_CHECKSUM_INITIAL,
  FL_SIM_ROM_DEAF,
} FlSimRomState;

struct _FlSimRom
{
  FlSimMemory       *memory;
  const FlSimTraits *traits;
  FlChipFlags        flags;
  FlSimQuirks        quirks;
  guint8             version;
  guint16            pid;
  guint              bank_2_code; /* the first erase code of bank 2; 0: the layout's first numbering */
  FlSimChecksum      checksum;
  gint64             turn_around_us;
  GByteArray        *get;       /* N, version, commands */
  FlSimHook          hook;
  gpointer           hook_data;

  FlSimRomState      state;
  GByteArray        *packet;    /* what came of the packet in progress */
  gsize              need;      /* its length */
  guint8             command;
  gboolean           accepted;  /* it has taken @command, and is not through with it */
  guint32            address;
  guint32            count;
  guint8             buffer[256 + 32]; /* keeps what earlier writes left in it */
  gboolean           lose_write;
  FlSimEvent         event;

  gint64             ready;      /* microseconds: deaf before */
  gint64             busy_until; /* does not read its receive register before */
  gint64             held_until; /* that register is full until then */
  gint64             flash_busy_until; /* erasing goes on behind an early ACK */
  gint64             now;        /* of the packet in hand */
  double             byte_us;
  GQueue            *replies;    /* FlSimReply */
};

FlSimVerdict fl_sim_rom_ask              (FlSimRom *self, FlSimStage stage, guint32 value);
void         fl_sim_rom_await            (FlSimRom *self, FlSimRomState state, gsize need);
void         fl_sim_rom_refuse           (FlSimRom *self, FlSimVerdict verdict);

/* The commands that change memory (fl-sim-rom-memory.c). */
void         fl_sim_rom_write            (FlSimRom *self);
void         fl_sim_rom_pages            (FlSimRom *self);
void         fl_sim_rom_mass_erase       (FlSimRom *self);
void         fl_sim_rom_extended_special (FlSimRom *self);
void         fl_sim_rom_extended_pages   (FlSimRom *self);
void         fl_sim_rom_protection       (FlSimRom *self);

/* Get Checksum, the packets behind the address (fl-sim-rom-checksum.c). */
void         fl_sim_rom_checksum         (FlSimRom *self);

G_END_DECLS
