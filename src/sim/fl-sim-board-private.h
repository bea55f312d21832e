/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-adapter.h"
#include "fl-sim-board.h"
#include "fl-sim-play.h"
#include "fl-sim-rom.h"

G_BEGIN_DECLS

#define FL_SIM_TALK_FIRST_US 100000
#define FL_SIM_TALK_EVERY_US 500000
#define FL_SIM_BREAK_EVERY_US 20000 /* how often a UART tells of a line that stays low */

typedef enum
{
  FL_SIM_BOARD_ROM,
  FL_SIM_BOARD_APPLICATION,
  FL_SIM_BOARD_CRASHED, /* started something that is no program */
  FL_SIM_BOARD_HELD,    /* NRST is low */
} FlSimBoardState;

/* Who decides about the BOOT0 pin. */
typedef enum
{
  FL_SIM_BOOT0_WIRED, /* nobody at the board: RTS, where it is wired, otherwise it is high */
  FL_SIM_BOOT0_HIGH,
  FL_SIM_BOOT0_LOW,
} FlSimBoot0;

typedef struct
{
  gboolean   to_host;
  guint64    at_byte;
  FlSimFault fault;
  guint      argument;
} FlSimFaultRow;

struct _FlSimBoard
{
  GObject parent_instance;

  FlSimConfig    *config;
  const FlChip   *chip;
  FlSimMemory    *memory;
  FlSimRom       *rom;
  FlSimWire      *to_chip;
  FlSimWire      *to_host;
  FlSimAdapter   *adapter;
  FlLineSettings  host;       /* the host's port */
  FlLineSettings  device;     /* the chip's USART */
  FlLines         lines;
  FlSimBoardState state;
  FlSimBoot0      boot0;
  gboolean        empty;      /* the latched result of the empty check */
  gint64          startup_us;
  gint64          time;       /* microseconds: the latest that the host named */
  double          host_free;  /* microseconds: the host's port has sent everything */
  gint64          answered;   /* microseconds: when the host got the last byte */
  gint64          talk_next;
  guint64         n_sent;
  guint64         n_received;
  GArray         *faults;     /* FlSimFaultRow */
  gboolean        mute;       /* a fault: nothing reaches the host until a reset */
  gboolean        deafened;   /* a fault: nothing reaches the chip until a reset */
  gboolean        unplugged;

  FlSimPlay      *play;       /* nullable: what a scenario does */
  double          tx_factor;  /* the chip's true rate over what it measured */
  gint64          ready_us;   /* deaf for so long after every start */
};

void         fl_sim_board_boot        (FlSimBoard *self, gboolean reload, gint64 now, gint64 startup_us);
FlSimConfig *fl_sim_board_copy_config (const FlSimConfig *config);
gboolean     fl_sim_board_load        (FlSimBoard *self, GError **error);
void         fl_sim_board_preload     (FlSimBoard *self);
void         fl_sim_board_deliver     (FlSimBoard *self, FlSimByte *byte);
void         fl_sim_board_restart     (FlSimBoard *self, gboolean power_cycle);
gboolean     fl_sim_board_load_scenario (FlSimBoard *self, FlSimScenario **scenario, GError **error);
void         fl_sim_board_stage       (FlSimBoard *self, FlSimScenario *scenario);
const char  *fl_sim_board_get_text    (FlSimBoard *self);
gboolean     fl_sim_board_is_broken   (FlSimBoard *self);
gboolean     fl_sim_board_talks       (FlSimBoard *self);
gboolean     fl_sim_board_play_sync   (FlSimBoard *self, const FlSimByte *byte);
gboolean     fl_sim_board_play_send   (FlSimBoard *self, guint8 *byte, double start);
gboolean     fl_sim_board_play_go     (FlSimBoard *self, gint64 now);
void         fl_sim_board_play_done   (FlSimBoard *self, guint8 command, FlSimEvent event, gint64 time);
void         fl_sim_board_play_break  (FlSimBoard *self, gint64 until);
gboolean     fl_sim_board_strike      (FlSimBoard *self, gboolean to_host, guint64 number, FlSimByte *byte);
void         fl_sim_board_inject      (FlSimBoard *self, guint8 byte, gint64 time);

G_END_DECLS
