/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-sim-board-private.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

#define IDEAL_UNIT 4 /* bytes: AN3155 promises no more */

/* A board with a scenario: where its pieces meet. */

/* Takes the chip and its state from the scenario, before the board is made. */
gboolean
fl_sim_board_load_scenario (FlSimBoard *self, FlSimScenario **scenario, GError **error)
{
  *scenario = NULL;
  if (self->config->scenario_file == NULL)
    return TRUE;
  *scenario = fl_sim_scenario_load (self->config->scenario_file, error);
  if (*scenario == NULL)
    return FALSE;
  if (self->config->port > 1)
    {
      FlSimScenario *other = fl_sim_scenario_new_other_port (*scenario);

      fl_sim_scenario_free (*scenario);
      *scenario = other;
    }
  self->config->pid = (*scenario)->pid;
  if ((*scenario)->flash_kib > 0)
    self->config->flash_kib = (*scenario)->flash_kib;
  if ((*scenario)->rdp > 0)
    self->config->rdp_level = (guint8) (*scenario)->rdp;
  self->config->not_blank =
      (*scenario)->preloaded || (!(*scenario)->blank_at_start && (*scenario)->flash_empty != FL_SIM_TRUE);
  return TRUE;
}

static void
fl_sim_board_put_option (FlSimBoard *self, FlOptionRole role, guint32 value)
{
  const FlOptionField *field = fl_chip_find_option_role (self->chip, role);

  if (field != NULL)
    fl_sim_options_put (self->memory->options, field, value);
}

/* What the scenario tells of the option bytes. */
static void
fl_sim_board_set_options (FlSimBoard *self, const FlSimScenario *scenario)
{
  guint8 codes[256];

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    codes[i] = (guint8) i;
  if (scenario->wrp == FL_SIM_TRUE)
    fl_sim_options_put_protected (self->memory->options, self->memory->flash->layout, codes, G_N_ELEMENTS (codes));
  if (scenario->option_nboot0 == FL_SIM_FALSE) /* the bootloader, whatever the pin says */
    {
      fl_sim_board_put_option (self, FL_OPTION_ROLE_BOOT_SEL_BIT, 1);
      fl_sim_board_put_option (self, FL_OPTION_ROLE_BOOT_SEL_PIN, 0);
      fl_sim_board_put_option (self, FL_OPTION_ROLE_NBOOT0, 0);
    }
}

/* Takes ownership of @scenario. */
void
fl_sim_board_stage (FlSimBoard *self, FlSimScenario *scenario)
{
  self->play = fl_sim_play_new (scenario, self->memory);
  self->tx_factor = scenario->device_tx_baud_factor;
  if (scenario->dtr_resets)
    self->lines = FL_LINE_DTR | FL_LINE_RTS; /* whoever opens the port resets it himself */
  self->memory->flash->no_erase = scenario->no_erase;
  fl_sim_rom_set_ideal (self->rom);
  fl_sim_board_set_options (self, scenario);
  self->memory->flash->unit = self->memory->flash->alignment = IDEAL_UNIT;
  if (scenario->write_granularity > 0 && scenario->misaligned != NULL)
    {
      self->memory->flash->unit = scenario->write_granularity;
      self->memory->flash->drops_partial = TRUE;
    }
  if (g_strcmp0 (scenario->required_parity, "N") == 0)
    self->device.parity = FL_PARITY_NONE;
  if (scenario->ready_after_ms > 0)
    self->ready_us = (gint64) scenario->ready_after_ms * 1000;
  if (scenario->pid_reported > 0)
    fl_sim_rom_set_pid (self->rom, (guint16) scenario->pid_reported);
  if (scenario->bl_version > 0)
    fl_sim_rom_set_version (self->rom, (guint8) scenario->bl_version);
  if (scenario->get != NULL)
    fl_sim_rom_set_get (self->rom, scenario->get->data, scenario->get->len);
  fl_sim_rom_set_hook (self->rom, fl_sim_play_hook, self->play);
}

/* What a running application prints; NULL: nothing. */
const char *
fl_sim_board_get_text (FlSimBoard *self)
{
  FlSimScenario *scenario = self->play != NULL ? self->play->scenario : NULL;

  if (scenario != NULL && scenario->app_stream != NULL && (!self->play->cured || self->state != FL_SIM_BOARD_ROM))
    return scenario->app_stream;
  if (self->state != FL_SIM_BOARD_APPLICATION)
    return NULL;
  if (scenario != NULL && scenario->app_stream_when_boot0_low != NULL)
    return scenario->app_stream_when_boot0_low;
  /* Where a scenario says that the application runs, it is heard. */
  return self->config->application_talks || (scenario != NULL && self->play->app_runs)
             ? "Hello from the application\r\n"
             : NULL;
}

/* Whether the line is low while nobody sends. */
gboolean
fl_sim_board_is_broken (FlSimBoard *self)
{
  return self->play != NULL && g_strcmp0 (self->play->scenario->line_idle, "break") == 0;
}

/* Whether it will send unasked. */
gboolean
fl_sim_board_talks (FlSimBoard *self)
{
  return fl_sim_board_is_broken (self) || fl_sim_board_get_text (self) != NULL;
}

/* A 0x7F for a ROM that waits for one. Returns: whether the ROM is to get it. */
gboolean
fl_sim_board_play_sync (FlSimBoard *self, const FlSimByte *byte)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  FlSimSync sync = fl_sim_play_sync (self->play, self->host.baud, answer);

  for (guint i = 0; i < answer->len; i++)
    {
      FlSimByte reply = { byte->time + (gint64) ((i + 1) * fl_sim_wire_get_byte_us (self->to_host)), answer->data[i],
                          0 };

      fl_sim_board_deliver (self, &reply);
    }
  switch (sync)
    {
    case FL_SIM_SYNC_PASS:
      return TRUE;
    case FL_SIM_SYNC_HALF:
      fl_sim_rom_set_synced (self->rom, TRUE);
      return TRUE;
    case FL_SIM_SYNC_ANSWER_ON:
      fl_sim_rom_set_synced (self->rom, TRUE);
      return FALSE;
    case FL_SIM_SYNC_DEAF:
      fl_sim_rom_set_deaf (self->rom);
      return FALSE;
    case FL_SIM_SYNC_SWALLOW:
    case FL_SIM_SYNC_ANSWER:
      return FALSE;
    }
  g_return_val_if_reached (TRUE);
}

/* What an adapter without parity does to a byte on its way. Returns: whether it goes on. */
gboolean
fl_sim_board_play_send (FlSimBoard *self, guint8 *byte, double start)
{
  FlSimByte nack = { 0, 0x1F, 0 };
  double byte_us = fl_sim_wire_get_byte_us (self->to_chip);
  gboolean first = fl_sim_rom_awaits_command (self->rom);

  switch (fl_sim_play_to_chip (self->play, byte, first, start, byte_us))
    {
    case FL_SIM_PASS:
    case FL_SIM_IGNORE:
      return TRUE;
    case FL_SIM_NACK:
      fl_sim_rom_set_synced (self->rom, TRUE);
      nack.time = (gint64) (start + 2 * byte_us);
      fl_sim_board_deliver (self, &nack);
      return FALSE;
    case FL_SIM_SILENT:
      if (!first && g_strcmp0 (self->play->scenario->parity_reaction, "lose_one_byte_of_each_pair") != 0)
        fl_sim_rom_set_synced (self->rom, TRUE);
      return FALSE;
    }
  g_return_val_if_reached (TRUE);
}

/* The program that Go was to start. Returns: whether the scenario decided what became of it. */
gboolean
fl_sim_board_play_go (FlSimBoard *self, gint64 now)
{
  const char *where = self->play->scenario->after_go;

  if (g_strcmp0 (where, "still_bootloader") == 0 || g_strcmp0 (where, "resets_to_bootloader") == 0)
    {
      fl_sim_play_start (self->play, FL_SIM_START_FIRST);
      self->state = FL_SIM_BOARD_ROM;
      fl_sim_rom_start (self->rom, now + self->startup_us);
      return TRUE;
    }
  if (where == NULL)
    return FALSE;
  self->play->app_runs = g_str_equal (where, "app");
  self->state = self->play->app_runs ? FL_SIM_BOARD_APPLICATION : FL_SIM_BOARD_CRASHED;
  self->talk_next = now + FL_SIM_TALK_FIRST_US;
  return TRUE;
}

/* The chip is through with @command, and with the reset that this asks for, if any. */
void
fl_sim_board_play_done (FlSimBoard *self, guint8 command, FlSimEvent event, gint64 time)
{
  if (event == FL_SIM_EVENT_NONE && fl_sim_play_resets (self->play, command))
    {
      fl_sim_play_start (self->play, FL_SIM_START_RELOAD);
      fl_sim_board_boot (self, FALSE, time, self->startup_us);
    }
  if (fl_sim_play_kills (self->play, command))
    fl_sim_rom_set_deaf (self->rom);
}

/* The idle line is low: the host's UART takes that for a byte without a stop bit, again and again. */
void
fl_sim_board_play_break (FlSimBoard *self, gint64 until)
{
  for (; self->talk_next <= until; self->talk_next += FL_SIM_BREAK_EVERY_US)
    {
      FlSimByte low = { self->talk_next, 0x00, FL_LINE_ERROR_FRAMING | FL_LINE_ERROR_BREAK };

      fl_sim_board_deliver (self, &low);
    }
}

/**
 * fl_sim_board_check_settings:
 *
 * Errors: %FL_ERROR_PORT_UNFIT when the scenario's port cannot do parity and @settings want it
 */
gboolean
fl_sim_board_check_settings (FlSimBoard *self, const FlLineSettings *settings, GError **error)
{
  if (self->play == NULL || g_strcmp0 (self->play->scenario->port_open_error, "tcsetattr_EINVAL_parity") != 0
      || settings == NULL || settings->parity == FL_PARITY_NONE)
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_PORT_UNFIT, _ ("The port does not support parity"));
  return FALSE;
}

/**
 * fl_sim_board_check_open:
 *
 * Errors: those with which the scenario's port refuses to be opened
 */
gboolean
fl_sim_board_check_open (FlSimBoard *self, const FlLineSettings *settings, GError **error)
{
  const char *what = self->play == NULL ? NULL : self->play->scenario->port_open_error;

  if (self->play == NULL && self->config->port > 1)
    what = "ENOENT"; /* only a scenario has a second port */
  if (g_strcmp0 (what, "EACCES") == 0)
    g_set_error (error, FL_ERROR, FL_ERROR_PORT_PERMISSION, _ ("You may not open this port"));
  else if (g_strcmp0 (what, "EBUSY") == 0)
    g_set_error (error, FL_ERROR, FL_ERROR_PORT_BUSY, _ ("Another program has this port open"));
  else if (g_strcmp0 (what, "ENOENT") == 0)
    g_set_error (error, FL_ERROR, FL_ERROR_PORT_MISSING, _ ("There is no such port"));
  else
    return fl_sim_board_check_settings (self, settings, error);
  return FALSE;
}

/* Whether opening the port resets the board, by the scenario. */
gboolean
fl_sim_board_resets_at_open (FlSimBoard *self)
{
  return self->play != NULL && self->play->scenario->dtr_resets;
}
