/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-memory.h"

G_BEGIN_DECLS

/* A byte that the ROM puts on the wire, from this time on or when the one before has left. */
typedef struct
{
  gint64 time; /* its start bit */
  guint8 byte;
} FlSimReply;

/* What a command does to the whole chip. */
typedef enum
{
  FL_SIM_EVENT_NONE,
  FL_SIM_EVENT_RESET,  /* system reset */
  FL_SIM_EVENT_RELOAD, /* … with new option bytes */
  FL_SIM_EVENT_JUMP,   /* Go: to the program whose vectors are at @go_address */
} FlSimEvent;

typedef enum
{
  FL_SIM_STAGE_COMMAND, /* @value: the command */
  FL_SIM_STAGE_ADDRESS, /* @value: the address */
  FL_SIM_STAGE_PARAM,   /* @value: 0xFF or 0xFFFF, 0xFFFE, 0xFFFD for the special erases */
  FL_SIM_STAGE_PAGE,    /* @value: a page about to be erased */
  FL_SIM_STAGE_DATA,    /* @value: 0; before the last answer */
} FlSimStage;

typedef enum
{
  FL_SIM_PASS,
  FL_SIM_NACK,
  FL_SIM_SILENT,
  FL_SIM_IGNORE, /* acknowledged and not done */
} FlSimVerdict;

/* Lets a script interfere: may add to *@delay_us. */
typedef FlSimVerdict (*FlSimHook) (gpointer user_data, FlSimStage stage, guint8 command, guint32 value,
                                   gint64 *delay_us);

/**
 * FlSimRom:
 *
 * The ROM's USART bootloader: bytes with times in, bytes with times out.
 */
typedef struct _FlSimRom FlSimRom;

FlSimRom   *fl_sim_rom_new         (FlSimMemory *memory);
void        fl_sim_rom_free        (FlSimRom *self);
void        fl_sim_rom_start       (FlSimRom *self, gint64 ready);
void        fl_sim_rom_set_hook    (FlSimRom *self, FlSimHook hook, gpointer user_data);
void        fl_sim_rom_set_get     (FlSimRom *self, const guint8 *data, gsize length);
void        fl_sim_rom_set_version (FlSimRom *self, guint8 version);
void        fl_sim_rom_set_pid     (FlSimRom *self, guint16 pid);
void        fl_sim_rom_set_codes   (FlSimRom *self, guint bank_2_code);
void        fl_sim_rom_set_slow    (FlSimRom *self, gboolean slow);
void        fl_sim_rom_set_checksum (FlSimRom *self, FlSimChecksum checksum);
void        fl_sim_rom_receive     (FlSimRom *self, guint8 byte, gint64 time, double byte_us);
void        fl_sim_rom_send        (FlSimRom *self, guint8 byte);
gboolean    fl_sim_rom_is_synced   (FlSimRom *self);
gboolean    fl_sim_rom_is_ready    (FlSimRom *self, gint64 time);
gboolean    fl_sim_rom_awaits_command (FlSimRom *self);
gint        fl_sim_rom_take_done   (FlSimRom *self);
FlSimQuirks fl_sim_rom_get_quirks  (FlSimRom *self);
void        fl_sim_rom_set_synced  (FlSimRom *self, gboolean synced);
void        fl_sim_rom_set_ideal        (FlSimRom *self);
void        fl_sim_rom_set_deaf    (FlSimRom *self);
gboolean    fl_sim_rom_take_reply  (FlSimRom *self, FlSimReply *reply);
FlSimEvent  fl_sim_rom_take_event  (FlSimRom *self, gint64 *time, guint32 *go_address);
void        fl_sim_rom_lose_write  (FlSimRom *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimRom, fl_sim_rom_free)

G_END_DECLS
