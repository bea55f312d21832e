/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * umockdev-wrapper run-with-fake-port COMMAND [ARGUMENT…]: an unmodified program sees a fake /dev/ttyUSB0. The device
 * behind it answers 0x7F with 0x79 and knows nothing else. Ends with the command's exit status; what the adapter saw
 * goes to stderr. $FL_TTY_SHIM names the shim library where it is not beside this program.
 */
#include "fl-fake-adapter.h"

static void
answer_sync (FlFakeAdapter *adapter, const guint8 *data, gsize length, gpointer user_data)
{
  for (gsize i = 0; i < length; i++)
    if (data[i] == 0x7F)
      fl_fake_adapter_send (adapter, (const guint8 *) "\x79", 1);
}

static const FlFakeDevice device = { .received = answer_sync };

int
main (int argc, char **argv)
{
  g_autoptr (FlFakeAdapter) adapter = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_path_get_dirname (argv[0]);
  g_autofree char *shim = g_strdup (g_getenv ("FL_TTY_SHIM"));
  g_autofree char *preload = NULL;
  g_autofree char *root = NULL;
  g_autofree char *events = NULL;

  if (argc < 2)
    {
      g_printerr ("usage: umockdev-wrapper %s COMMAND [ARGUMENT…]\n", argv[0]);
      return 2;
    }
  adapter = fl_fake_adapter_new ();
  fl_fake_adapter_set_device (adapter, &device, NULL);
  fl_fake_adapter_plug (adapter);
  if (shim == NULL)
    shim = g_build_filename (dir, "libfl-tty-shim.so", NULL);
  preload = g_strjoin (":", g_getenv ("LD_PRELOAD"), shim, NULL);
  root = fl_fake_adapter_dup_root (adapter);
  g_subprocess_launcher_setenv (launcher, "LD_PRELOAD", preload, TRUE);
  /* The launcher copied the environment when it was made, before the testbed set this one. */
  g_subprocess_launcher_setenv (launcher, "UMOCKDEV_DIR", root, TRUE);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv + 1, &error);
  if (child == NULL || !g_subprocess_wait (child, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  events = fl_fake_adapter_take_events (adapter);
  g_printerr ("adapter saw: %s\n", events);
  return g_subprocess_get_if_exited (child) ? g_subprocess_get_exit_status (child) : 1;
}
