/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-diagnose-private.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

#define MAX_QUESTIONS 3
#define PROMPT_MS     120000 /* that one action or question stands */
#define EVERY_MS      150    /* between two calls, beside the time for the answer */
#define CALL_MS       150
#define TEXT_MS       1000 /* for an application that was just reset */

/* One action at a time, the cheapest and most probable first. */
static const FlAction actions[] = {
  FL_ACTION_RESET,      FL_ACTION_SWAP_WIRES, FL_ACTION_UNPLUG,
  FL_ACTION_CHECK_PINS, FL_ACTION_BOOT1_LOW,  FL_ACTION_OTHER_ADAPTER,
};

/* "USART1: adapter TX to PA10, adapter RX to PA9": all that the bootloader listens to. */
static char *
dup_pins (const FlChip *chip)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; chip != NULL && i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      g_string_append_printf (text, _ ("%s%s: the adapter’s TX to %s, its RX to %s"), i > 0 ? "; " : "", usart->name,
                              usart->rx, usart->tx);
    }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

/* What to do, with this chip's pins. */
static char *
dup_action_text (FlAction action, const FlChip *chip, FlEntryMethod entry)
{
  g_autofree char *pins = dup_pins (chip);
  const char *boot0 = chip != NULL && chip->boot0_pin != NULL ? chip->boot0_pin : NULL;

  switch (action)
    {
    case FL_ACTION_RESET:
      if (entry == FL_ENTRY_APP)
        return g_strdup (_ ("Set BOOT0 to 1 for once, and press reset, instead of the jump by the application."));
      return boot0 != NULL ? g_strdup_printf (_ ("Hold BOOT0 (%s) at 1, and press reset."), boot0)
                           : g_strdup (_ ("Hold BOOT0 at 1, and press reset."));
    case FL_ACTION_POWER_CYCLE:
      return g_strdup (_ ("Take all power off the board for ten seconds, then switch it on with BOOT0 at 1."));
    case FL_ACTION_SWAP_WIRES:
      return g_strdup (_ ("Swap the two data wires at the adapter (TX and RX), then press reset with BOOT0 at 1."));
    case FL_ACTION_UNPLUG:
      return g_strdup (_ ("Unplug everything but the adapter and the supply: the board’s own USB, the debugger, other "
                          "modules. Take the power off for ten seconds, then switch it on with BOOT0 at 1."));
    case FL_ACTION_CHECK_PINS:
      if (pins != NULL)
        return g_strdup_printf (_ ("Check the wires, and press reset with BOOT0 at 1. %s; ground to ground."), pins);
      return g_strdup (_ ("Check in the chip’s table to which pins the wires have to go, and press reset with BOOT0 at "
                          "1."));
    case FL_ACTION_BOOT1_LOW:
      return g_strdup (_ ("Connect BOOT1 to ground, and press reset with BOOT0 at 1."));
    case FL_ACTION_OTHER_ADAPTER:
      return g_strdup (_ ("Take another adapter or cable, or connect the TX and RX of this one with each other for the "
                          "loop-back test."));
    case FL_ACTION_BOOT0_LOW:
      return g_strdup (_ ("Set BOOT0 to 0, and press reset."));
    case FL_N_ACTIONS:
    default:
      g_return_val_if_reached (NULL);
    }
}

/* "after swapping TX and RX": for the log. */
static const char *
get_action_name (FlAction action)
{
  switch (action)
    {
    case FL_ACTION_RESET:
      return _ ("a reset with BOOT0 at 1");
    case FL_ACTION_POWER_CYCLE:
      return _ ("a power cycle");
    case FL_ACTION_SWAP_WIRES:
      return _ ("swapping TX and RX");
    case FL_ACTION_UNPLUG:
      return _ ("unplugging everything else, and a cold start");
    case FL_ACTION_CHECK_PINS:
      return _ ("putting the wires to the right pins");
    case FL_ACTION_BOOT1_LOW:
      return _ ("connecting BOOT1 to ground");
    case FL_ACTION_OTHER_ADAPTER:
      return _ ("taking another adapter");
    case FL_ACTION_BOOT0_LOW:
      return _ ("a reset with BOOT0 at 0");
    case FL_N_ACTIONS:
    default:
      g_return_val_if_reached (NULL);
    }
}

/* What came to a 7F after something was done: "79". */
static const char *
name_answer (const FlProbeAnswer *answer)
{
  gsize n_printable = 0;

  if (answer->n == 0)
    return "silent";
  if (fl_probe_is_answer (answer, FL_BOOT_ACK))
    return "79";
  if (fl_probe_is_answer (answer, FL_BOOT_NACK))
    return "1F";
  for (gsize i = 0; i < answer->n; i++)
    n_printable += answer->bytes[i] >= 0x20 && answer->bytes[i] < 0x7F;
  return answer->n >= 4 && n_printable * 4 >= answer->n * 3 ? "text" : "other";
}

static gboolean
fl_diagnose_note_action (FlProbe *probe, FlAction action, const FlProbeAnswer *answer)
{
  g_autofree char *fact = g_strconcat ("after.", fl_action_get_id (action), NULL);
  const char *result = name_answer (answer);
  gboolean ok = g_str_equal (result, "79") || g_str_equal (result, "1F");

  fl_facts_set (probe->facts, fact, result);
  if (!ok)
    return FALSE;
  fl_facts_say (probe->facts, fact, _ ("After %s the bootloader answered"), get_action_name (action));
  fl_job_log (probe->job, FL_LOG_OK, NULL, _ ("After %s the bootloader answered"), get_action_name (action));
  return TRUE;
}

static gboolean
makes_sense (FlProbe *probe, FlAction action)
{
  return action != FL_ACTION_BOOT1_LOW
         || (!fl_facts_is (probe->facts, "chip.boot1", "none") && !fl_facts_is (probe->facts, "chip.boot1", "bit"));
}

/* With BOOT0 low the application runs, and may talk on this very port: then the wires are right. */
static void
fl_diagnose_look_at_application (FlProbe *probe)
{
  FlProbeAnswer answer;

  if (!fl_probe_act (probe, FL_ACTION_BOOT0_LOW))
    return;
  fl_probe_hear (probe, TEXT_MS, &answer);
  if (answer.n > 0)
    fl_probe_find_text (probe, "listen.boot0-low-text", TEXT_MS);
}

/* At a simulated board everything is done at once. */
static gboolean
fl_diagnose_act (FlProbe *probe)
{
  gint64 started = fl_transport_get_time (probe->transport);
  gboolean heard = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (actions) && !heard && !fl_probe_is_over (probe); i++)
    {
      FlProbeAnswer answer = { 0 };

      if (!makes_sense (probe, actions[i]))
        continue;
      fl_job_begin_step (probe->job, _ ("What a technician would do: %s"), get_action_name (actions[i]));
      if (!fl_probe_act (probe, actions[i]))
        continue;
      fl_probe_call (probe, CALL_MS, &answer);
      fl_probe_end_step (probe, answer.n > 0, "%s", answer.n > 0 ? _ ("something comes") : _ ("no answer"));
      heard = !fl_probe_is_over (probe) && fl_diagnose_note_action (probe, actions[i], &answer);
    }
  if (!heard)
    fl_diagnose_look_at_application (probe);
  if (!fl_probe_is_over (probe))
    probe->by_hands += fl_transport_get_time (probe->transport) - started;
  return heard;
}

/* While a prompt stands the board is called again and again: nobody has to say that it was done. @n_next: how often the
 * user had asked to go on when it was put up. */
static FlPromptEnd
fl_diagnose_wait (FlDiagnoseJob *self, FlProbe *probe, const char *question, guint n_next, gboolean calls,
                  FlProbeAnswer *answer)
{
  gint64 started = fl_transport_get_time (probe->transport);

  while (!fl_probe_is_over (probe))
    {
      static const guint8 sync = FL_BOOT_SYNC;

      if (question != NULL && fl_diagnose_job_get_answer (self, question) != FL_ANSWER_UNKNOWN)
        return FL_PROMPT_ANSWERED;
      if (fl_diagnose_job_get_n_next (self) != n_next
          || fl_transport_get_time (probe->transport) - started > (gint64) PROMPT_MS * 1000)
        return FL_PROMPT_NEXT;
      if (calls)
        {
          fl_probe_ask (probe, &sync, 1, CALL_MS, 0, answer);
          if (fl_probe_is_answer (answer, FL_BOOT_ACK) || fl_probe_is_answer (answer, FL_BOOT_NACK))
            return FL_PROMPT_HEARD;
          if (answer->n == 1 && answer->bytes[0] == FL_BOOT_SYNC
              && fl_facts_get (probe->facts, "loopback.result") == NULL)
            fl_probe_loopback (probe); /* somebody has connected TX and RX, as he was asked to */
        }
      fl_probe_sleep (probe, EVERY_MS);
    }
  return FL_PROMPT_OVER;
}

static FlPromptEnd
fl_diagnose_prompt (FlDiagnoseJob *self, FlProbe *probe, const char *question, FlAction action, char *text,
                    guint number, gboolean calls, FlProbeAnswer *answer)
{
  FlPrompt *prompt = g_new0 (FlPrompt, 1);
  guint n_next = fl_diagnose_job_get_n_next (self); /* before it is seen: somebody may be quick */
  FlPromptEnd end;

  prompt->question = question;
  prompt->action = action;
  prompt->text = text;
  prompt->number = number;
  fl_diagnose_job_set_prompt (self, prompt);
  end = fl_diagnose_wait (self, probe, question, n_next, calls, answer);
  fl_diagnose_job_set_prompt (self, NULL);
  return end;
}

static void
fl_diagnose_set_answer (FlProbe *probe, const char *question, FlAnswer answer)
{
  g_autofree char *fact = g_strconcat ("answer.", question, NULL);

  fl_facts_set_flag (probe->facts, fact, answer == FL_ANSWER_YES);
}

/* The first question of the engine's that was not asked before; NULL: none. */
static const FlQuestion *
find_question (const FlDiagnosis *diagnosis, GHashTable *asked)
{
  for (guint i = 0; i < diagnosis->questions->len; i++)
    {
      const FlQuestion *question = g_ptr_array_index (diagnosis->questions, i);

      if (!g_hash_table_contains (asked, question->id))
        return question;
    }
  return NULL;
}

/* Asks what would change the order most, at most three times. Returns: whether the board has answered meanwhile. */
static gboolean
fl_diagnose_ask (FlDiagnoseJob *self, FlProbe *probe, gboolean silent, guint *number)
{
  g_autoptr (GHashTable) asked = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < MAX_QUESTIONS && !fl_probe_is_over (probe); i++)
    {
      g_autoptr (FlDiagnosis) diagnosis = fl_diagnose_job_conclude (self, probe);
      const FlQuestion *question = find_question (diagnosis, asked);
      FlProbeAnswer came = { 0 };
      FlAnswer answer;

      if (question == NULL)
        return FALSE;
      g_hash_table_add (asked, (gpointer) question->id);
      if (probe->hands != NULL)
        answer = probe->hands->ask (probe->port, question->id);
      else
        {
          FlPromptEnd end =
              fl_diagnose_prompt (self, probe, question->id, 0, g_strdup (question->text), ++*number, silent, &came);

          if (end == FL_PROMPT_HEARD)
            return fl_diagnose_note_action (probe, FL_ACTION_RESET, &came);
          answer = fl_diagnose_job_get_answer (self, question->id);
        }
      if (answer != FL_ANSWER_UNKNOWN)
        {
          fl_diagnose_set_answer (probe, question->id, answer);
          fl_job_log (probe->job, FL_LOG_INFO, NULL, "%s %s", question->text,
                      answer == FL_ANSWER_YES ? _ ("Yes.") : _ ("No."));
        }
    }
  return FALSE;
}

/* One action after the other, until one brings an answer. */
static gboolean
fl_diagnose_lead (FlDiagnoseJob *self, FlProbe *probe, guint *number)
{
  FlEntryMethod entry = fl_session_get_options (probe->session)->entry;

  for (guint i = 0; i < G_N_ELEMENTS (actions) && !fl_probe_is_over (probe); i++)
    {
      FlProbeAnswer answer = { 0 };

      if (!makes_sense (probe, actions[i]))
        continue;
      fl_diagnose_prompt (self, probe, NULL, actions[i], dup_action_text (actions[i], probe->chip, entry), ++*number,
                          TRUE, &answer);
      if (!fl_probe_is_over (probe) && fl_diagnose_note_action (probe, actions[i], &answer))
        return TRUE;
    }
  if (g_error_matches (probe->error, FL_ERROR, FL_ERROR_PORT_GONE)) /* another adapter is another port */
    fl_facts_set_flag (probe->facts, "port.gone", FALSE);
  return FALSE;
}

/**
 * fl_diagnose_guide:
 * @silent: no bootloader has answered so far
 *
 * Asks questions, and has somebody act: the hands at a simulated board at once, or the user, while the board is called
 * all the time.
 *
 * Returns: whether the bootloader answers now
 */
gboolean
fl_diagnose_guide (FlDiagnoseJob *self, FlProbe *probe, gboolean silent)
{
  guint number = 0;

  if (fl_probe_is_over (probe) || (probe->hands == NULL && !fl_diagnose_job_is_guided (self)))
    return FALSE;
  if (fl_diagnose_ask (self, probe, silent, &number))
    return TRUE;
  if (!silent)
    return FALSE;
  return probe->hands != NULL ? fl_diagnose_act (probe) : fl_diagnose_lead (self, probe, &number);
}
