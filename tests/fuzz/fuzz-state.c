/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "fl-error.h"
#include "fl-sim-board.h"
#include "fl-sim-transport.h"
#include "fuzz-main.h"

#define MAX_LEVEL 2    /* of readout protection */
#define REST      0xFF /* what follows the input up to the length that is wanted */

static char *path;
static GBytes *sound; /* a state file of the board; its length is the only one that is taken */
static gsize n_head;  /* its line of text */

static void
remove_file (void)
{
  g_unlink (path);
}

static FlSimBoard *
make_board (GError **error)
{
  g_autofree char *text = g_strdup_printf ("0x467,flash=128,state=%s", path);
  g_autoptr (FlSimConfig) config = fl_sim_config_parse (text, error);

  g_assert_nonnull (config);
  return fl_sim_board_new (config, error);
}

static GBytes *
save (FlSimBoard *board)
{
  g_autoptr (GError) error = NULL;
  char *data;
  gsize length;

  g_assert_true (fl_sim_board_save (board, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &data, &length, &error));
  return g_bytes_new_take (data, length);
}

static void
begin (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimBoard) board = NULL;
  const char *data;
  int fd = g_file_open_tmp ("fuzz-XXXXXX.state", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_unlink (path);
  atexit (remove_file);
  board = make_board (&error);
  g_assert_no_error (error);
  sound = save (board);
  data = g_bytes_get_data (sound, NULL);
  n_head = (gsize) (strchr (data, '\n') + 1 - data);
}

/* A board that has taken up the file starts, answers, and leaves a file that it takes up again as the same. */
static void
check_board (FlSimBoard *board)
{
  g_autoptr (FlTransport) transport = fl_sim_transport_new (board, &fl_line_settings_default, FALSE);
  g_autoptr (GBytes) first = save (board);
  g_autoptr (GBytes) second = NULL;
  g_autoptr (FlSimBoard) again = NULL;
  g_autoptr (GError) error = NULL;
  guint8 answer[64];
  gsize n;

  g_assert_true (fl_transport_write (transport, (const guint8 *) "\x7f", 1, 100, NULL, NULL));
  g_assert_true (fl_transport_read_some (transport, answer, sizeof answer, 100, &n, NULL, NULL));
  again = make_board (&error);
  g_assert_no_error (error);
  second = save (again);
  g_assert_true (g_bytes_equal (first, second));
}

/* By the first byte: any file, or the level of protection, the option bytes, and the beginning of the flash of a file
 * that is right so far. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (FlSimBoard) board = NULL;
  g_autoptr (GError) error = NULL;

  if (size == 0)
    return 0;
  if (sound == NULL)
    begin ();
  if (data[0] % 2 == 1)
    {
      g_byte_array_append (file, g_bytes_get_data (sound, NULL), (guint) g_bytes_get_size (sound));
      memset (file->data + n_head, REST, file->len - n_head);
      memcpy (file->data + n_head, data + 1, MIN (size - 1, file->len - n_head));
    }
  else
    g_byte_array_append (file, data + 1, (guint) size - 1);
  g_file_set_contents_full (path, (const char *) file->data, file->len, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  board = make_board (&error);
  g_assert_true ((board == NULL) == (error != NULL));
  if (data[0] % 2 == 1)
    g_assert_true ((board != NULL) == (file->data[n_head] <= MAX_LEVEL));
  if (board != NULL)
    check_board (board);
  else
    g_assert_true (g_error_matches (error, FL_ERROR, FL_ERROR_FORMAT) || error->domain == G_FILE_ERROR);
  return 0;
}
