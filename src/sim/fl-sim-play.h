/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-scenario.h"
#include "fl-sim-wire.h"

G_BEGIN_DECLS

typedef enum
{
  FL_SIM_START_FIRST,
  FL_SIM_START_RESET,
  FL_SIM_START_POWER,
  FL_SIM_START_RELOAD, /* the chip reset itself */
} FlSimStart;

/* What becomes of a 0x7F. */
typedef enum
{
  FL_SIM_SYNC_PASS,      /* the ROM gets it */
  FL_SIM_SYNC_SWALLOW,   /* nobody hears it */
  FL_SIM_SYNC_DEAF,      /* nor anything after it, until a reset */
  FL_SIM_SYNC_HALF,      /* the ROM is synchronised already: it is half a command */
  FL_SIM_SYNC_ANSWER,    /* these bytes come back, and the ROM waits for another */
  FL_SIM_SYNC_ANSWER_ON, /* these bytes come back, and the ROM is synchronised */
} FlSimSync;

/**
 * FlSimPlay:
 *
 * A scenario being played: where in it the board is.
 */
typedef struct
{
  FlSimScenario *scenario;
  FlSimMemory   *memory;
  GRand         *random;
  FlSimStart     start;
  guint          n_syncs;   /* 0x7F since the last start */
  gboolean       dead;      /* until a power cycle */
  gboolean       cured;     /* what was wrong is gone for good */
  gboolean       app_runs;  /* it is the scenario that says so */
  guint          n_dropped; /* writes that are still to be lost */
  gint64         last_end;  /* of the byte before, microseconds */
  gboolean       bad_first; /* the byte before began a command, and needed a parity bit of 0 */
  gboolean       is_second; /* of a pair of bytes */
} FlSimPlay;

FlSimPlay   *fl_sim_play_new        (FlSimScenario *scenario, FlSimMemory *memory);
void         fl_sim_play_free       (FlSimPlay *self);
void         fl_sim_play_start      (FlSimPlay *self, FlSimStart start);
gboolean     fl_sim_play_wants_rom  (FlSimPlay *self, gboolean wanted, gboolean by_hand);
FlSimSync    fl_sim_play_sync       (FlSimPlay *self, guint baud, GByteArray *answer);
gboolean     fl_sim_play_resets     (FlSimPlay *self, guint8 command);
gboolean     fl_sim_play_kills      (FlSimPlay *self, guint8 command);
gboolean     fl_sim_play_to_host    (FlSimPlay *self, FlSimByte *byte);
FlSimVerdict fl_sim_play_to_chip    (FlSimPlay *self, guint8 *byte, gboolean first, double start, double byte_us);
FlSimVerdict fl_sim_play_hook       (gpointer user_data, FlSimStage stage, guint8 command, guint32 value,
                                     gint64 *delay_us);

G_END_DECLS
