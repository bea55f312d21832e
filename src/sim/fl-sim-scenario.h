/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-sim-rom.h"
#include "fl-transport.h"

G_BEGIN_DECLS

/* What comes back to a 0x7F. */
typedef struct
{
  guint    baud;     /* 0: at any rate */
  gboolean is_set;
  gboolean random;
  guint8   bytes[16];
  guint    n_bytes;  /* 0: silence */
} FlSimAnswer;

/* "11", "02FD", "44:FFFF", "31:data", "31@08000000", "31@>=08020000", "44:sector5", "*" */
typedef struct
{
  gboolean   any;
  guint8     command;
  FlSimStage stage;
  guint32    value;
  gboolean   at_least;
  gboolean   spent;    /* for what happens once only */
  guint      delay_ms;
} FlSimRule;

/* What is true of a board although its wire does not show it. */
typedef enum
{
  FL_SIM_NOT_TOLD,
  FL_SIM_FALSE,
  FL_SIM_TRUE,
} FlSimTruth;

/**
 * FlSimScenario:
 *
 * How a board misbehaves, from one JSON object: "device_pid" and "behaviour", whose keys are those of the fields, and
 * "hidden_truth", whose keys are the last fields: for who stands at the board. Probabilities draw from a generator that is seeded by the scenario's id: the same every time.
 */
typedef struct
{
  char       *id;
  guint16     pid;
  gint        told_pid; /* what the scenario says; -1: nothing */

  char       *port_kind;
  char       *port_driver;
  guint       usb_vid; /* 0: not set */
  guint       usb_pid;
  gboolean    usb_dfu_present;
  FlSimAnswer other_port_on_sync;
  char       *port_open_error;
  gboolean    write_blocked;
  double      port_stolen_bytes;
  GByteArray *port_drops;
  double      bit_errors;
  char       *parity_on_wire;
  char       *parity_reaction;
  char       *spaced_bytes;
  char       *required_parity;
  char       *line_idle;
  gboolean    echo;
  gboolean    device_mute;
  gboolean    framing_error;
  double      device_tx_baud_factor;
  double      device_baud_ratio_at_115200; /* 0: not set */

  FlSimAnswer on_sync;
  FlSimAnswer on_second_sync;
  FlSimAnswer on_third_sync;
  FlSimAnswer on_sync_after_reset;
  FlSimAnswer on_sync_after_powercycle;
  GArray     *on_sync_at_baud; /* FlSimAnswer */
  double      success_rate;    /* 0: not set */
  guint       ready_after_ms;
  gboolean    dtr_resets;

  char       *app_stream;
  guint       app_stream_after_ms;
  char       *app_stream_when_boot0_low;
  gboolean    app_restarts_on_reset;

  guint       rdp;
  GArray     *nack_on;         /* FlSimRule */
  GArray     *silent_on;
  GArray     *nack_on_first;
  GArray     *delay_ms_on;
  GArray     *after_cmd;       /* dead until a power cycle */
  guint       delay_ms_per_page;
  double      nack_probability_on_write;
  GByteArray *resets_after;
  char       *on_sync_after_cmd;

  guint       write_granularity;
  char       *misaligned;
  guint       read_between_writes_drops;
  gboolean    preloaded;
  gboolean    no_erase;
  guint       flash_kib;
  char       *after_go;
  char       *after_reset;
  char       *after_powercycle;
  gboolean    blank_at_start;
  guint       pid_reported;
  guint       bl_version;
  GByteArray *get;

  char       *captured_by;
  char       *entered_by;
  char       *wires;
  FlSimTruth  nboot_sel;
  FlSimTruth  nswboot0;
  FlSimTruth  option_nboot0;
  FlSimTruth  wrp;
  FlSimTruth  flash_empty;
  FlSimTruth  debugger_attached;
  FlSimTruth  app_keeps_running;
  FlSimTruth  app_running;
  FlSimTruth  adapter_bad;
} FlSimScenario;

FlSimScenario *fl_sim_scenario_load (const char *path, GError **error);
FlSimScenario *fl_sim_scenario_parse (const char *text, gssize length, const char *name, GError **error);
const char    *fl_sim_scenario_get_key (guint index, gboolean *acts);
FlSimScenario *fl_sim_scenario_new_other_port (const FlSimScenario *self);
gboolean       fl_sim_scenario_boots_application (const FlSimScenario *self);
gboolean       fl_sim_scenario_explains (const FlSimScenario *self);
void           fl_sim_scenario_free (FlSimScenario *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSimScenario, fl_sim_scenario_free)

G_END_DECLS
