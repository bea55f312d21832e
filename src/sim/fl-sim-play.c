/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-play.h"

#include <math.h>

#define BACK_TO_BACK "framing_error_when_back_to_back"

FlSimPlay *
fl_sim_play_new (FlSimScenario *scenario, FlSimMemory *memory)
{
  FlSimPlay *self = g_new0 (FlSimPlay, 1);

  self->scenario = scenario;
  self->memory = memory;
  self->random = g_rand_new_with_seed (g_str_hash (scenario->id));
  self->last_end = -G_USEC_PER_SEC;
  return self;
}

void
fl_sim_play_free (FlSimPlay *self)
{
  fl_sim_scenario_free (self->scenario);
  g_rand_free (self->random);
  g_free (self);
}

static gboolean
fl_sim_play_chance (FlSimPlay *self, double probability)
{
  return probability > 0 && g_rand_double (self->random) < probability;
}

void
fl_sim_play_start (FlSimPlay *self, FlSimStart start)
{
  self->start = start;
  self->n_syncs = 0;
  self->n_dropped = 0;
  if (start == FL_SIM_START_POWER)
    self->dead = FALSE;
}

/**
 * fl_sim_play_wants_rom:
 * @wanted: what BOOT0 and the option bytes say
 * @by_hand: somebody holds BOOT0 high, while the scenario says what comes of a start without
 *
 * Returns: whether this start leads into the bootloader
 */
gboolean
fl_sim_play_wants_rom (FlSimPlay *self, gboolean wanted, gboolean by_hand)
{
  const char *where = NULL;

  self->app_runs = FALSE;
  if (self->start == FL_SIM_START_RESET)
    where = self->scenario->after_reset;
  else if (self->start == FL_SIM_START_POWER)
    where = self->scenario->after_powercycle;
  if (by_hand)
    where = NULL;
  if (g_strcmp0 (where, "still_bootloader_random") == 0)
    return fl_sim_play_chance (self, 0.5);
  if (where == NULL && self->start != FL_SIM_START_FIRST && self->scenario->app_restarts_on_reset)
    where = "app";
  self->app_runs = g_strcmp0 (where, "app") == 0;
  return !self->app_runs && (wanted || where != NULL);
}

/* The answer for the rate that is closest to @baud. */
static const FlSimAnswer *
find_answer (const GArray *answers, guint baud)
{
  const FlSimAnswer *best = &g_array_index (answers, FlSimAnswer, 0);

  for (guint i = 1; i < answers->len; i++)
    {
      const FlSimAnswer *answer = &g_array_index (answers, FlSimAnswer, i);

      if (fabs (log ((double) answer->baud / baud)) < fabs (log ((double) best->baud / baud)))
        best = answer;
    }
  return best;
}

static const FlSimAnswer *
fl_sim_play_choose (FlSimPlay *self, guint baud)
{
  const FlSimScenario *scenario = self->scenario;

  if (self->n_syncs == 2 && scenario->on_second_sync.is_set)
    return &scenario->on_second_sync;
  if (self->n_syncs == 3 && scenario->on_third_sync.is_set)
    return &scenario->on_third_sync;
  if (self->start == FL_SIM_START_POWER && scenario->on_sync_after_powercycle.is_set)
    return &scenario->on_sync_after_powercycle;
  if (self->start == FL_SIM_START_RESET && scenario->on_sync_after_reset.is_set)
    return &scenario->on_sync_after_reset;
  if (scenario->on_sync_at_baud != NULL)
    return find_answer (scenario->on_sync_at_baud, baud);
  return &scenario->on_sync;
}

static FlSimSync
fl_sim_play_answer (FlSimPlay *self, const FlSimAnswer *given, GByteArray *answer)
{
  FlSimSync sync = FL_SIM_SYNC_ANSWER;

  for (guint i = 0; i < given->n_bytes; i++)
    {
      if (i == 0 && self->scenario->echo && given->bytes[0] == 0x7F)
        continue; /* the echo brings that */
      g_byte_array_append (answer, &given->bytes[i], 1);
      if (given->bytes[i] == 0x79 || given->bytes[i] == 0x1F)
        sync = FL_SIM_SYNC_ANSWER_ON;
    }
  return sync;
}

/**
 * fl_sim_play_sync:
 * @answer: gets the bytes of %FL_SIM_SYNC_ANSWER and %FL_SIM_SYNC_ANSWER_ON
 *
 * A 0x7F has reached a bootloader that waits for one.
 *
 * Returns: what becomes of it
 */
FlSimSync
fl_sim_play_sync (FlSimPlay *self, guint baud, GByteArray *answer)
{
  const FlSimScenario *scenario = self->scenario;
  const FlSimAnswer *given;

  self->n_syncs++;
  if (self->dead)
    return FL_SIM_SYNC_DEAF;
  if (self->cured)
    return FL_SIM_SYNC_PASS;
  if (self->start == FL_SIM_START_RELOAD && scenario->on_sync_after_cmd != NULL
      && g_str_has_prefix (scenario->on_sync_after_cmd, "silent"))
    return FL_SIM_SYNC_DEAF;
  if (scenario->success_rate > 0)
    return fl_sim_play_chance (self, scenario->success_rate) ? FL_SIM_SYNC_PASS : FL_SIM_SYNC_DEAF;
  given = fl_sim_play_choose (self, baud);
  if (!given->is_set || fabs (scenario->device_tx_baud_factor - 1.0) > 1e-9
      || (baud == 115200 && scenario->device_baud_ratio_at_115200 > 0))
    return FL_SIM_SYNC_PASS; /* a wrong rate garbles the answer by itself */
  if (given->random)
    return fl_sim_play_chance (self, 0.5) ? FL_SIM_SYNC_PASS : FL_SIM_SYNC_SWALLOW;
  if (given->n_bytes == 1 && given->bytes[0] == 0x79)
    return FL_SIM_SYNC_PASS;
  if (given->n_bytes > 0)
    return fl_sim_play_answer (self, given, answer);
  if (self->n_syncs > 1 || scenario->on_second_sync.n_bytes != 1 || scenario->on_second_sync.bytes[0] != 0x1F)
    return FL_SIM_SYNC_SWALLOW;
  /* Somebody has synchronised it before; a restart ends that. */
  return self->start == FL_SIM_START_FIRST ? FL_SIM_SYNC_HALF : FL_SIM_SYNC_PASS;
}

static FlSimRule *
find_rule (GArray *rules, FlSimStage stage, guint8 command, guint32 value)
{
  for (guint i = 0; rules != NULL && i < rules->len; i++)
    {
      FlSimRule *rule = &g_array_index (rules, FlSimRule, i);

      if (rule->stage != stage || (!rule->any && rule->command != command))
        continue;
      if (stage == FL_SIM_STAGE_ADDRESS || stage == FL_SIM_STAGE_PARAM || stage == FL_SIM_STAGE_PAGE)
        if (rule->at_least ? value < rule->value : value != rule->value)
          continue;
      return rule;
    }
  return NULL;
}

/* Whether the chip resets itself after @command, although its ROM would not. */
gboolean
fl_sim_play_resets (FlSimPlay *self, guint8 command)
{
  const GByteArray *commands = self->scenario->resets_after;

  return commands != NULL && memchr (commands->data, command, commands->len) != NULL;
}

/* Whether the chip stays dead after @command until its supply was off. */
gboolean
fl_sim_play_kills (FlSimPlay *self, guint8 command)
{
  if (find_rule (self->scenario->after_cmd, FL_SIM_STAGE_COMMAND, command, 0) == NULL)
    return FALSE;
  self->dead = TRUE;
  return TRUE;
}

/* A byte that the chip sent. Returns: whether the host's port hands it on. */
gboolean
fl_sim_play_to_host (FlSimPlay *self, FlSimByte *byte)
{
  const FlSimScenario *scenario = self->scenario;

  if (self->cured)
    return TRUE;
  if (scenario->device_mute || fl_sim_play_chance (self, scenario->port_stolen_bytes))
    return FALSE;
  for (guint i = 0; scenario->port_drops != NULL && i < scenario->port_drops->len; i++)
    if (scenario->port_drops->data[i] == byte->byte)
      return FALSE;
  if (fl_sim_play_chance (self, scenario->bit_errors))
    {
      byte->byte ^= (guint8) (1u << g_rand_int_range (self->random, 0, 8));
      byte->errors |= FL_LINE_ERROR_PARITY;
    }
  if (scenario->framing_error)
    byte->errors |= FL_LINE_ERROR_FRAMING;
  return TRUE;
}

/**
 * fl_sim_play_to_chip:
 * @first: the ROM waits for a command's first byte
 * @start: when its start bit begins, in microseconds
 *
 * What an adapter without parity does to a byte for a ROM that wants one.
 *
 * Returns: %FL_SIM_PASS, %FL_SIM_SILENT when the byte is lost, %FL_SIM_NACK when the ROM refuses it at once
 */
FlSimVerdict
fl_sim_play_to_chip (FlSimPlay *self, guint8 *byte, gboolean first, double start, double byte_us)
{
  const FlSimScenario *scenario = self->scenario;
  const char *reaction = scenario->parity_reaction;
  gboolean spaced = start - (double) self->last_end > byte_us / 5;

  self->last_end = (gint64) (start + byte_us);
  if (self->cured)
    return FL_SIM_PASS;
  if (fl_sim_play_chance (self, scenario->bit_errors))
    *byte ^= (guint8) (1u << g_rand_int_range (self->random, 0, 8));
  if (g_strcmp0 (reaction, "nack_first_byte") == 0)
    {
      gboolean bad = (__builtin_popcount (*byte) & 1) == 0; /* its parity bit would have been 0 */
      gboolean after_bad = self->bad_first;

      self->bad_first = first && bad;
      if (scenario->spaced_bytes != NULL)
        return after_bad && !spaced ? FL_SIM_NACK : FL_SIM_PASS;
      return self->bad_first ? FL_SIM_NACK : FL_SIM_PASS;
    }
  if (g_strcmp0 (reaction, BACK_TO_BACK) == 0)
    {
      if (first || spaced)
        return FL_SIM_PASS;
      return scenario->silent_on != NULL ? FL_SIM_SILENT : FL_SIM_NACK;
    }
  if (g_strcmp0 (reaction, "lose_one_byte_of_each_pair") == 0)
    {
      self->is_second = !spaced && !self->is_second;
      return self->is_second ? FL_SIM_SILENT : FL_SIM_PASS;
    }
  return FL_SIM_PASS;
}

static FlSimVerdict
fl_sim_play_write (FlSimPlay *self, guint32 address)
{
  const FlSimScenario *scenario = self->scenario;
  gboolean all = g_strcmp0 (scenario->misaligned, "silent_drop_all") == 0;

  if (!self->cured && fl_sim_play_chance (self, scenario->nack_probability_on_write))
    return FL_SIM_NACK;
  if (self->n_dropped > 0)
    {
      self->n_dropped--;
      return FL_SIM_IGNORE;
    }
  if (scenario->misaligned != NULL && (all || address % MAX (scenario->write_granularity, 1) != 0))
    return FL_SIM_IGNORE;
  return FL_SIM_PASS;
}

static gint64
fl_sim_play_delay (FlSimPlay *self, FlSimStage stage, guint8 command, guint32 value)
{
  const FlSimRule *rule;
  gboolean ends_late = command == 0x31 || command == 0x43 || command == 0x44 || command == 0x63 || command == 0x73
                       || command == 0x82 || command == 0x92;
  FlSimStage wanted = stage;

  if (stage == FL_SIM_STAGE_PAGE && self->scenario->delay_ms_per_page > 0)
    return (gint64) self->scenario->delay_ms_per_page * 1000;
  if (stage == FL_SIM_STAGE_COMMAND && ends_late)
    return 0;
  if (stage == FL_SIM_STAGE_DATA)
    wanted = FL_SIM_STAGE_COMMAND; /* of these commands it is the last answer that is late */
  if (stage == FL_SIM_STAGE_DATA && !ends_late)
    return 0;
  rule = find_rule (self->scenario->delay_ms_on, wanted, command, value);
  return rule == NULL ? 0 : (gint64) rule->delay_ms * 1000;
}

/* See #FlSimHook. */
FlSimVerdict
fl_sim_play_hook (gpointer user_data, FlSimStage stage, guint8 command, guint32 value, gint64 *delay_us)
{
  FlSimPlay *self = user_data;
  const FlSimScenario *scenario = self->scenario;
  gboolean unlocked = scenario->rdp > 0 && self->memory->options->rdp_level == 0;
  FlSimRule *first = find_rule (scenario->nack_on_first, stage, command, value);

  *delay_us += fl_sim_play_delay (self, stage, command, value);
  if (g_strcmp0 (scenario->parity_reaction, BACK_TO_BACK) == 0)
    return FL_SIM_PASS; /* what fails there are the bytes, not the commands */
  if (find_rule (scenario->silent_on, stage, command, value) != NULL)
    return FL_SIM_SILENT;
  if (!unlocked && find_rule (scenario->nack_on, stage, command, value) != NULL)
    return FL_SIM_NACK;
  if (first != NULL && !first->spent)
    {
      first->spent = TRUE;
      return FL_SIM_NACK;
    }
  if (stage == FL_SIM_STAGE_DATA && command == 0x11)
    self->n_dropped = scenario->read_between_writes_drops;
  if (stage == FL_SIM_STAGE_DATA && command == 0x31)
    return fl_sim_play_write (self, value);
  return FL_SIM_PASS;
}
