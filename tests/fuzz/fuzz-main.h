/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A fuzzer's frame. With clang, libFuzzer calls LLVMFuzzerTestOneInput() with what it invents; otherwise the file
 * becomes a plain program that replays the folders and files that it is given. Include it once, in the fuzzer. */
#include <gio/gio.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

#ifdef FL_LIBFUZZER
#include <signal.h>
#include <stdlib.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);

/* How GLib ends a program; libFuzzer does not know it, and would not keep the input. */
static void
trap_cb (int number)
{
  abort ();
}

/* What GLib calls critical is a bug, however well it went on. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  signal (SIGTRAP, trap_cb);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  return 0;
}
#else
static guint
fuzz_replay (const char *path)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;
  gsize size;

  if (folder == NULL)
    {
      if (!g_file_get_contents (path, &data, &size, &error))
        g_error ("%s", error->message);
      LLVMFuzzerTestOneInput ((const guint8 *) data, size);
      return 1;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n += fuzz_replay (child);
    }
  return n;
}

int
main (int argc, char **argv)
{
  guint n = 0;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
  for (int i = 1; i < argc; i++)
    n += fuzz_replay (argv[i]);
  g_print ("%u inputs replayed\n", n);
  return n > 0 ? 0 : 1;
}
#endif
