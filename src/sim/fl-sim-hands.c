/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-sim-board-private.h"
#include "fl-sim-transport-private.h"

/* Who stands at a simulated board, and what is plugged beside it. */

static const FlSimScenario *
get_scenario (FlSimBoard *board)
{
  return board->play != NULL ? board->play->scenario : NULL;
}

static FlPortKind
find_kind (const FlSimScenario *scenario)
{
  const char *kind = scenario != NULL ? scenario->port_kind : NULL;

  if (kind == NULL)
    return scenario != NULL && scenario->usb_vid != 0 ? FL_PORT_USB : FL_PORT_PRACTICE;
  if (g_str_equal (kind, "bluetooth"))
    return FL_PORT_BLUETOOTH;
  if (g_str_equal (kind, "usb"))
    return FL_PORT_USB;
  return g_str_equal (kind, "native") ? FL_PORT_NATIVE : FL_PORT_OTHER;
}

static const char *
find_title (const char *name, FlSimBoard *board)
{
  guint n_boards;
  const FlSimPractice *boards = fl_sim_practice_boards (&n_boards);

  for (guint i = 0; i < n_boards; i++)
    if (g_str_equal (boards[i].name, name))
      return _ (boards[i].title);
  return get_scenario (board) == NULL ? fl_sim_board_get_chip (board)->name : NULL;
}

/* A port that is missing is known by its numbers at most. */
static FlPortInfo *
describe_port (const char *name, FlSimBoard *board)
{
  const FlSimScenario *scenario = get_scenario (board);
  int vid = scenario != NULL && scenario->usb_vid != 0 ? (int) scenario->usb_vid : -1;
  int pid = scenario != NULL && scenario->usb_pid != 0 ? (int) scenario->usb_pid : -1;

  if (fl_sim_board_is_unplugged (board))
    return NULL;
  if (scenario != NULL && vid < 0 && g_strcmp0 (scenario->port_open_error, "ENOENT") == 0)
    return NULL;
  return fl_port_info_new (find_kind (scenario), name, find_title (name, board), NULL, NULL, vid, pid);
}

/* See fl_surroundings_look(). */
FlSurroundings *
fl_sim_look_around (const char *name)
{
  g_autoptr (FlSimBoard) board = fl_sim_find_board (name);
  const FlSimScenario *scenario = board != NULL ? get_scenario (board) : NULL;
  FlSurroundings *self = g_new0 (FlSurroundings, 1);

  self->other_ports = g_ptr_array_new_with_free_func (g_free);
  self->latency_ms = -1;
  self->chip = -1;
  if (board == NULL)
    return self;
  self->port = describe_port (name, board);
  self->latency_ms = (int) board->config->latency_ms;
  self->chip = scenario != NULL ? scenario->told_pid : fl_sim_board_get_chip (board)->pid;
  if (scenario == NULL)
    return self;
  self->driver = g_strdup (scenario->port_driver);
  self->has_dfu = scenario->usb_dfu_present;
  self->has_st_link = scenario->usb_vid == 0x0483 && (scenario->usb_pid & 0xFFE0) == 0x3740;
  if (scenario->other_port_on_sync.is_set)
    g_ptr_array_add (self->other_ports, g_strconcat (name, ",port=2", NULL));
  return self;
}

/* On a board that has a RTS line for BOOT0 nobody has to. */
static gboolean
restart (FlSimBoard *board, FlSimBoot0 boot0, gboolean power_cycle)
{
  if (!board->config->lines_wired)
    board->boot0 = boot0;
  fl_sim_board_restart (board, power_cycle);
  return TRUE;
}

/* What was wrong has been put right. */
static gboolean
cure (FlSimBoard *board, gboolean power_cycle)
{
  board->play->cured = TRUE;
  return restart (board, FL_SIM_BOOT0_HIGH, power_cycle);
}

static gboolean
swap_wires (FlSimBoard *board)
{
  const char *wires = board->play->scenario->wires;

  if (g_strcmp0 (wires, "straight") == 0 || g_strcmp0 (wires, "swapped") == 0)
    return cure (board, FALSE);
  /* Swapped in vain, and back again: that is known where something else is to blame. */
  return fl_sim_scenario_explains (board->play->scenario);
}

static gboolean
unplug_all (FlSimBoard *board)
{
  const FlSimScenario *scenario = board->play->scenario;

  if (g_strcmp0 (scenario->captured_by, "usb") == 0 || scenario->debugger_attached == FL_SIM_TRUE)
    return cure (board, TRUE);
  return fl_sim_scenario_explains (scenario) && restart (board, FL_SIM_BOOT0_HIGH, TRUE);
}

static gboolean
act_in_scenario (FlSimBoard *board, FlAction action)
{
  const FlSimScenario *scenario = board->play->scenario;
  gboolean explains = fl_sim_scenario_explains (scenario);

  switch (action)
    {
    case FL_ACTION_RESET:
      return explains && restart (board, FL_SIM_BOOT0_HIGH, FALSE);
    case FL_ACTION_POWER_CYCLE:
      return explains && restart (board, board->boot0, TRUE);
    case FL_ACTION_UNPLUG:
      return unplug_all (board);
    case FL_ACTION_SWAP_WIRES:
      return swap_wires (board);
    case FL_ACTION_OTHER_ADAPTER:
      return scenario->adapter_bad == FL_SIM_TRUE && cure (board, FALSE);
    case FL_ACTION_BOOT0_LOW:
      return (explains || scenario->app_stream_when_boot0_low != NULL) && restart (board, FL_SIM_BOOT0_LOW, FALSE);
    case FL_ACTION_CHECK_PINS:
    case FL_ACTION_BOOT1_LOW:
    case FL_N_ACTIONS:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

/* There is nothing to be swapped or exchanged at a practice board: what it does is all known. */
static gboolean
act_in_practice (FlSimBoard *board, FlAction action)
{
  switch (action)
    {
    case FL_ACTION_RESET:
      return restart (board, FL_SIM_BOOT0_HIGH, FALSE);
    case FL_ACTION_POWER_CYCLE:
      return restart (board, board->boot0, TRUE);
    case FL_ACTION_UNPLUG:
      return restart (board, FL_SIM_BOOT0_HIGH, TRUE);
    case FL_ACTION_BOOT0_LOW:
      return !board->config->lines_wired && restart (board, FL_SIM_BOOT0_LOW, FALSE);
    case FL_ACTION_SWAP_WIRES:
    case FL_ACTION_CHECK_PINS:
    case FL_ACTION_BOOT1_LOW:
    case FL_ACTION_OTHER_ADAPTER:
    case FL_N_ACTIONS:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
act (const char *port, FlAction action)
{
  g_autoptr (FlSimBoard) board = fl_sim_find_board (port);

  if (board == NULL || fl_sim_board_is_unplugged (board))
    return FALSE;
  return board->play != NULL ? act_in_scenario (board, action) : act_in_practice (board, action);
}

/* A bootloader that listens elsewhere has stopped the application, and so has an empty flash. */
static FlAnswer
ask_app_runs (const FlSimScenario *scenario)
{
  if (fl_sim_scenario_boots_application (scenario))
    return FL_ANSWER_YES;
  if (scenario->app_keeps_running == FL_SIM_FALSE || scenario->app_running == FL_SIM_FALSE
      || scenario->flash_empty == FL_SIM_TRUE || scenario->captured_by != NULL)
    return FL_ANSWER_NO;
  return FL_ANSWER_UNKNOWN;
}

static FlAnswer
ask_jumped (const FlSimScenario *scenario)
{
  if (scenario->entered_by == NULL)
    return FL_ANSWER_UNKNOWN;
  return g_str_equal (scenario->entered_by, "jump") ? FL_ANSWER_YES : FL_ANSWER_NO;
}

static FlAnswer
ask_in_scenario (const FlSimScenario *scenario, const char *question)
{
  if (g_str_equal (question, "app-runs"))
    return ask_app_runs (scenario);
  if (g_str_equal (question, "jumped"))
    return ask_jumped (scenario);
  if (g_str_equal (question, "else-plugged")
      && (scenario->debugger_attached == FL_SIM_TRUE || scenario->usb_dfu_present
          || g_strcmp0 (scenario->captured_by, "usb") == 0))
    return FL_ANSWER_YES;
  if (g_str_equal (question, "other-ports") && scenario->other_port_on_sync.is_set)
    return FL_ANSWER_YES;
  return FL_ANSWER_UNKNOWN;
}

static FlAnswer
ask (const char *port, const char *question)
{
  g_autoptr (FlSimBoard) board = fl_sim_find_board (port);

  if (board == NULL)
    return FL_ANSWER_UNKNOWN;
  if (g_str_equal (question, "app-started")) /* whoever looks at the board now sees that */
    return board->state == FL_SIM_BOARD_APPLICATION ? FL_ANSWER_YES : FL_ANSWER_NO;
  if (board->play != NULL)
    return ask_in_scenario (board->play->scenario, question);
  if (g_str_equal (question, "app-runs"))
    return board->state == FL_SIM_BOARD_APPLICATION ? FL_ANSWER_YES : FL_ANSWER_NO;
  if (g_str_equal (question, "jumped"))
    return board->config->deaf ? FL_ANSWER_YES : FL_ANSWER_NO;
  return g_str_equal (question, "else-plugged") ? FL_ANSWER_NO : FL_ANSWER_UNKNOWN;
}

const FlHands fl_sim_hands = { act, ask };
