/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * with-umockdev.sh run-with-fake-port [--board SPEC] COMMAND [ARGUMENT…]: an unmodified program sees a fake
 * /dev/ttyUSB0, with a simulated board behind it (SPEC is what stands behind "sim:"); without one, a device that
 * answers 0x7F with 0x79 and knows nothing else. Ends with the command's exit status; what the adapter saw goes to
 * stderr. $FL_TTY_SHIM names the shim library where it is not beside this program.
 */
#include "fl-fake-board.h"

static void
answer_sync (FlFakeAdapter *adapter, const guint8 *data, gsize length, gpointer user_data)
{
  for (gsize i = 0; i < length; i++)
    if (data[i] == 0x7F)
      fl_fake_adapter_send (adapter, (const guint8 *) "\x79", 1);
}

static const FlFakeDevice sync_only = { .received = answer_sync };

static FlFakeBoard *
attach_board (FlFakeAdapter *adapter, const char *spec)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimConfig) config = fl_sim_config_parse (spec, &error);
  g_autoptr (FlSimBoard) board = config != NULL ? fl_sim_board_new (config, &error) : NULL;

  if (board == NULL)
    g_error ("%s: %s", spec, error->message);
  return fl_fake_board_new (adapter, board);
}

static GSubprocess *
launch (FlFakeAdapter *adapter, char **argv, const char *folder, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  g_autofree char *shim = g_strdup (g_getenv ("FL_TTY_SHIM"));
  g_autofree char *preload = NULL;
  g_autofree char *root = fl_fake_adapter_dup_root (adapter);

  if (shim == NULL)
    shim = g_build_filename (folder, "libfl-tty-shim.so", NULL);
  preload = g_strjoin (":", g_getenv ("LD_PRELOAD"), shim, NULL);
  g_subprocess_launcher_setenv (launcher, "LD_PRELOAD", preload, TRUE);
  /* The launcher copied the environment when it was made, before the testbed set this one. */
  g_subprocess_launcher_setenv (launcher, "UMOCKDEV_DIR", root, TRUE);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, error);
}

typedef struct
{
  FlFakeAdapter *adapter;
  FlFakeBoard *board; /* nullable */
  gboolean unplugged;
  gboolean ended;
} Watch;

static gboolean
watch_cable_cb (gpointer user_data)
{
  Watch *watch = user_data;

  if (watch->board == NULL || watch->unplugged || !fl_fake_board_is_unplugged (watch->board))
    return G_SOURCE_CONTINUE;
  watch->unplugged = TRUE;
  fl_fake_adapter_unplug (watch->adapter);
  return G_SOURCE_CONTINUE;
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Watch *) user_data)->ended = TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (FlFakeBoard) board = NULL;
  g_autoptr (FlFakeAdapter) adapter = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (argv[0]);
  g_autofree char *events = NULL;
  const char *spec = NULL;
  Watch watch = { 0 };
  guint timer;

  if (argc > 3 && g_str_equal (argv[1], "--board"))
    {
      spec = argv[2];
      argv += 2;
      argc -= 2;
    }
  if (argc < 2)
    {
      g_printerr ("usage: with-umockdev.sh run-with-fake-port [--board SPEC] COMMAND [ARGUMENT…]\n");
      return 2;
    }
  adapter = fl_fake_adapter_new ();
  if (spec != NULL)
    board = attach_board (adapter, spec);
  else
    fl_fake_adapter_set_device (adapter, &sync_only, NULL);
  fl_fake_adapter_plug (adapter);
  child = launch (adapter, argv + 1, folder, &error);
  if (child == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  watch.adapter = adapter;
  watch.board = board;
  g_subprocess_wait_async (child, NULL, ended_cb, &watch);
  timer = g_timeout_add (5, watch_cable_cb, &watch);
  while (!watch.ended)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  if (board != NULL && !fl_fake_board_save (board, &error))
    g_error ("%s", error->message);
  events = fl_fake_adapter_take_events (adapter);
  g_printerr ("adapter saw: %s\n", events);
  return g_subprocess_get_if_exited (child) ? g_subprocess_get_exit_status (child) : 1;
}
