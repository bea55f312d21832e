/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-sim-board.h"
#include "fl-sim-scenario.h"
#include "fl-sim-transport.h"
#include "fuzz-main.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* A board that behaves like that, and a few commands; a scenario comes to it in a file. */
static void
play (const char *text, size_t size)
{
  static const guint8 commands[] = { 0x7F, 0x00, 0xFF, 0x02, 0xFD, 0x11, 0xEE, 0x08,
                                     0,    0,    0,    0x08, 0x7F, 0x80, 0x31, 0xCE };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimConfig) config = NULL;
  g_autoptr (FlSimBoard) board = NULL;
  g_autoptr (FlTransport) transport = NULL;
  guint8 byte;
  int fd = g_file_open_tmp ("fuzz-XXXXXX.json", &path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (write (fd, text, size), ==, (gssize) size);
  close (fd);
  config = fl_sim_config_parse (path, &error);
  g_assert_no_error (error);
  board = fl_sim_board_new (config, NULL);
  g_unlink (path);
  if (board == NULL)
    return;
  transport = fl_sim_transport_new (board, &fl_line_settings_default, FALSE);
  for (guint i = 0; i < sizeof commands; i++)
    {
      gsize n = 0;

      if (!fl_transport_write (transport, commands + i, 1, 100, NULL, NULL))
        return;
      for (guint k = 0; k < 40 && fl_transport_read_some (transport, &byte, 1, 20, &n, NULL, NULL) && n > 0; k++)
        ;
    }
}

/* A board's description on the command line, and a scenario in a file. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) config_error = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimConfig) config = fl_sim_config_parse (text, &config_error);
  g_autoptr (FlSimScenario) scenario = fl_sim_scenario_parse (text, (gssize) strlen (text), "scenario", &error);
  g_autoptr (FlSimScenario) other = NULL;

  g_assert_true ((config == NULL) == (config_error != NULL));
  g_assert_true (config == NULL || config->pid != 0 || config->scenario_file != NULL || g_str_has_prefix (text, "0"));
  g_assert_true ((scenario == NULL) == (error != NULL));
  if (scenario == NULL)
    {
      g_assert_true (g_error_matches (error, FL_ERROR, FL_ERROR_FORMAT));
      return 0;
    }
  g_assert_nonnull (scenario->id);
  g_assert_nonnull (fl_chip_db_find (scenario->pid));
  fl_sim_scenario_boots_application (scenario);
  fl_sim_scenario_explains (scenario);
  other = fl_sim_scenario_new_other_port (scenario);
  g_assert_nonnull (other);
  play (text, strlen (text));
  return 0;
}
