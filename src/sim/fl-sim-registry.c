/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-sim"

#include "fl-sim-transport-private.h"

/* A board, and what its description said about the clock. */
typedef struct
{
  FlSimBoard *board;
  gboolean real_clock;
  gboolean lines_wired;
  gboolean was_open;
} FlSimNamed;

static GMutex boards_lock;
static GHashTable *boards; /* name → FlSimNamed; guarded by boards_lock */

static void
fl_sim_named_free (FlSimNamed *named)
{
  g_object_unref (named->board);
  g_free (named);
}

/* Call with boards_lock held. @plug: one that was unplugged is plugged in again, which makes a new board of it. */
static FlSimNamed *
find_board (const char *name, gboolean plug, GError **error)
{
  g_autoptr (FlSimConfig) config = NULL;
  FlSimNamed *named;
  FlSimBoard *board;

  if (boards == NULL)
    boards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fl_sim_named_free);
  named = g_hash_table_lookup (boards, name);
  if (named != NULL && (!plug || !fl_sim_board_is_unplugged (named->board)))
    return named;
  config = fl_sim_config_parse (strchr (name, ':') + 1, error);
  if (config == NULL)
    return NULL;
  board = fl_sim_board_new (config, error);
  if (board == NULL)
    return NULL;
  named = g_new0 (FlSimNamed, 1);
  named->board = board;
  named->real_clock = config->real_clock;
  named->lines_wired = config->lines_wired;
  g_hash_table_replace (boards, g_strdup (name), named);
  return named;
}

/* Opens "sim:…". Whoever opens a board whose lines are not wired has just pressed its reset button; one that was
 * unplugged has been plugged in again. */
static FlTransport *
open_sim_locked (const char *name, const FlLineSettings *settings, GError **error)
{
  FlSimNamed *named = find_board (name, TRUE, error);
  FlTransport *transport;

  if (named == NULL || !fl_sim_board_check_open (named->board, settings, error))
    return NULL;
  if (named->was_open ? !named->lines_wired : fl_sim_board_resets_at_open (named->board))
    fl_sim_board_press_reset (named->board);
  named->was_open = TRUE;
  transport = fl_sim_transport_new (named->board, settings, named->real_clock);
  fl_sim_transport_set_name (FL_SIM_TRANSPORT (transport), name);
  return transport;
}

static FlTransport *
open_sim (const char *name, const FlLineSettings *settings, GCancellable *cancellable, GError **error)
{
  FlTransport *transport;

  g_mutex_lock (&boards_lock);
  transport = open_sim_locked (name, settings, error);
  g_mutex_unlock (&boards_lock);
  return transport;
}

/**
 * fl_sim_find_board:
 *
 * Returns: (transfer full) (nullable): the board that is opened by this name
 */
FlSimBoard *
fl_sim_find_board (const char *name)
{
  FlSimNamed *named;
  FlSimBoard *board;

  g_mutex_lock (&boards_lock);
  named = find_board (name, FALSE, NULL);
  board = named != NULL ? g_object_ref (named->board) : NULL;
  g_mutex_unlock (&boards_lock);
  return board;
}

/**
 * fl_sim_register:
 *
 * Makes fl_transport_open(), fl_surroundings_look() and fl_hands_find() understand "sim:…".
 */
void
fl_sim_register (void)
{
  fl_transport_register_scheme ("sim", open_sim);
  fl_surroundings_register ("sim", fl_sim_look_around, &fl_sim_hands);
}

/**
 * fl_sim_forget_boards:
 *
 * The next time that a name is opened it is a new board. Ports that are open keep theirs.
 */
void
fl_sim_forget_boards (void)
{
  g_mutex_lock (&boards_lock);
  g_clear_pointer (&boards, g_hash_table_unref);
  g_mutex_unlock (&boards_lock);
}
