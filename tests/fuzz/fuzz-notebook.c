/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <stdlib.h>

#include "fl-device.h"
#include "fl-notebook.h"
#include "fl-program-width.h"
#include "fl-rate.h"
#include "fl-session.h"
#include "fl-sim-transport.h"
#include "fuzz-main.h"

#define PORT    "sim:0x413"
#define NOTHING G_MININT64

static char *folder;
static char *path;

static void
remove_folder (void)
{
  g_unlink (path);
  g_rmdir (folder);
}

static void
make_folder (void)
{
  g_autoptr (GError) error = NULL;

  fl_sim_register ();
  folder = g_dir_make_tmp ("fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (folder, "remembered.ini", NULL);
  atexit (remove_folder);
}

/* The input stands on the page of an adapter or a board: it need not guess the page's name, which is a hash. */
static void
write_file (const char *page, const guint8 *data, size_t size)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_string_append_printf (text, "[%s]\n", page);
  g_string_append_len (text, (const char *) data, (gssize) size);
  g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* What is remembered is a rate that the program could have chosen, and a voltage that there is. */
static void
check_recalled (FlDevice *device)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (PORT);
  g_autoptr (FlSession) session = NULL;

  options->notebook = g_strdup (path);
  session = fl_session_new (options);
  for (int pid = -1; pid <= 0x413; pid += 0x414)
    {
      guint baud = fl_rate_recall (session, pid);

      g_assert_true (baud == 0 || (baud >= FL_RATE_USUAL && baud <= 4000000));
    }
  g_assert_cmpint (fl_program_width_recall (path, device), <, FL_N_SUPPLIES);
}

/* What is written stands there, and nothing else has changed; what is torn out is gone. */
static void
check_changes (const char *page, const char *other, gint64 value)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  gint64 before = fl_notebook_get (path, other, "supply", NOTHING);

  g_assert_true (fl_notebook_set (path, page, "rate-0x413", value, &error));
  g_assert_no_error (error);
  g_assert_true (fl_notebook_get (path, page, "rate-0x413", NOTHING) == value);
  g_assert_true (fl_notebook_get (path, other, "supply", NOTHING) == before);
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error));
  g_assert_no_error (error);
  g_assert_true (fl_notebook_remove (path, "adapter", &error));
  g_assert_no_error (error);
  g_assert_true (fl_notebook_get (path, page, "rate-0x413", NOTHING) == NOTHING);
  g_assert_true (fl_notebook_get (path, other, "supply", NOTHING) == before);
}

/* Any file as the notebook: by its size on the page of the adapter or of the board. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *adapter = fl_notebook_dup_page ("adapter", PORT, strlen (PORT));
  g_autoptr (FlDevice) device = fl_device_new (0x413);
  g_autofree char *board = NULL;

  if (path == NULL)
    make_folder ();
  device->uid_length = sizeof device->uid;
  memset (device->uid, 0x55, sizeof device->uid);
  board = fl_notebook_dup_page ("board", device->uid, device->uid_length);
  write_file (size % 2 == 0 ? adapter : board, data, size);
  check_recalled (device);
  check_changes (adapter, board, (gint64) size * 1000003);
  return 0;
}
