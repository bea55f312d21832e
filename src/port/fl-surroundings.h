/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-port-info.h"

G_BEGIN_DECLS

/**
 * FlSurroundings:
 * @port: what is known of the port itself; %NULL: it is not among those that are there
 * @driver: of the port, such as "ch341"; nullable
 * @latency_ms: the adapter's latency timer; -1: not known
 * @has_dfu: a chip shows its USB bootloader to this computer (0483:DF11)
 * @has_st_link: an ST-LINK is plugged
 * @other_ports: (element-type utf8): ports that might be the right one, as fl_transport_open() takes them
 * @chip: the PID of the chip that the user is known to have on it (a practice board says so); -1: not known
 *
 * What is plugged into this computer besides the board.
 */
typedef struct
{
  FlPortInfo *port;
  char       *driver;
  int         latency_ms;
  gboolean    has_dfu;
  gboolean    has_st_link;
  GPtrArray  *other_ports;
  int         chip;
} FlSurroundings;

FlSurroundings *fl_surroundings_look (const char *port); /* blocks: worker */
int             fl_surroundings_get_latency (const char *port); /* worker */
char           *fl_surroundings_dup_adapter (const char *port); /* worker; tells one adapter from others */
void            fl_surroundings_free (FlSurroundings *self);

/* What somebody at the board can do. */
typedef enum
{
  FL_ACTION_RESET,        /* BOOT0 to 1, then press reset */
  FL_ACTION_POWER_CYCLE,  /* everything off for ten seconds, then on */
  FL_ACTION_SWAP_WIRES,   /* RX and TX */
  FL_ACTION_UNPLUG,       /* everything but adapter and supply, then a cold start */
  FL_ACTION_CHECK_PINS,   /* the wires to the pins of the table */
  FL_ACTION_BOOT1_LOW,
  FL_ACTION_OTHER_ADAPTER,
  FL_ACTION_BOOT0_LOW,    /* BOOT0 to 0, then press reset: into the application */
  FL_N_ACTIONS,
} FlAction;

typedef enum
{
  FL_ANSWER_UNKNOWN,
  FL_ANSWER_YES,
  FL_ANSWER_NO,
} FlAnswer;

/**
 * FlHands:
 * @act: does it, at once. Returns: whether it could be done here
 * @ask: what a person at the board would answer to a question ("app-runs")
 *
 * A person at a simulated board, for a diagnosis that nobody attends; real boards have none. To be called by the thread
 * that has the port open, or while nobody has.
 */
typedef struct
{
  gboolean (*act) (const char *port, FlAction action);
  FlAnswer (*ask) (const char *port, const char *question);
} FlHands;

/* For ports of a scheme ("sim"), beside fl_transport_register_scheme(). */
typedef FlSurroundings *(*FlSurroundingsFunc) (const char *port);

void           fl_surroundings_register (const char *scheme, FlSurroundingsFunc look, const FlHands *hands);
const FlHands *fl_hands_find            (const char *port); /* NULL: none, ask the user */
const char    *fl_action_get_id         (FlAction action);  /* "power-cycle": stable */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlSurroundings, fl_surroundings_free)

G_END_DECLS
