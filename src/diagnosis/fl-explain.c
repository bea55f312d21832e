/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-explain.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-explain-rows.h"

#define MAX_BYTES 16 /* shown of an answer */

/* One row for each stage: its stable name, and what it is called in the log. */
static const struct
{
  const char *id;
  const char *name;
} stages[] = {
  [FL_STAGE_IDLE] = { "idle", N_ ("Waiting") },
  [FL_STAGE_OPEN] = { "open", N_ ("Opening port") },
  [FL_STAGE_ENTER] = { "enter", N_ ("Entering the bootloader") },
  [FL_STAGE_SYNC] = { "sync", N_ ("Activating device") },
  [FL_STAGE_GET] = { "get", N_ ("Asking for the commands") },
  [FL_STAGE_ID] = { "id", N_ ("Asking for the chip’s ID") },
  [FL_STAGE_DESCRIBE] = { "describe", N_ ("Reading what the chip says of itself") },
  [FL_STAGE_PLAN] = { "plan", N_ ("Planning") },
  [FL_STAGE_ERASE] = { "erase", N_ ("Erasing") },
  [FL_STAGE_WRITE] = { "write", N_ ("Programming") },
  [FL_STAGE_VERIFY] = { "verify", N_ ("Verifying") },
  [FL_STAGE_READ] = { "read", N_ ("Reading") },
  [FL_STAGE_START] = { "start", N_ ("Starting the application") },
  [FL_STAGE_OPTIONS] = { "options", N_ ("Writing option bytes") },
  [FL_STAGE_PROTECT] = { "protect", N_ ("Changing the protection") },
  [FL_STAGE_RESTART] = { "restart", N_ ("Finding the chip again after its reset") },
  [FL_STAGE_DONE] = { "done", N_ ("Done") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (stages) == FL_N_STAGES);

/**
 * fl_stage_get_id:
 *
 * Returns: a stable name such as "sync", for JSON and reports
 */
const char *
fl_stage_get_id (FlStage stage)
{
  g_return_val_if_fail ((guint) stage < FL_N_STAGES, NULL);
  return stages[stage].id;
}

/**
 * fl_stage_get_name:
 *
 * Returns: what the stage does, translated: "Activating device"
 */
const char *
fl_stage_get_name (FlStage stage)
{
  g_return_val_if_fail ((guint) stage < FL_N_STAGES, NULL);
  return _ (stages[stage].name);
}

/* The bytes at the head of "< 79 1F  words" lines. */
static GByteArray *
collect_bytes (GPtrArray *lines)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; lines != NULL && i < lines->len; i++)
    {
      const char *at = (const char *) g_ptr_array_index (lines, i) + 1;

      while (at[0] == ' ' && g_ascii_isxdigit (at[1]) && g_ascii_isxdigit (at[2]) && (at[3] == ' ' || at[3] == '\0'))
        {
          guint8 byte = (guint8) (g_ascii_xdigit_value (at[1]) << 4 | g_ascii_xdigit_value (at[2]));

          g_byte_array_append (bytes, &byte, 1);
          at += 3;
        }
    }
  return bytes;
}

static gboolean
is_text (guint8 byte)
{
  return g_ascii_isprint (byte) || byte == '\r' || byte == '\n' || byte == '\t';
}

/* Three printable bytes in a row are an application: ACK, NACK and their garbled forms hardly make that. */
static FlObserved
observe (GByteArray *received)
{
  guint run = 0, longest = 0, echoes = 0;

  for (guint i = 0; i < received->len; i++)
    {
      run = is_text (received->data[i]) ? run + 1 : 0;
      longest = MAX (longest, run);
      echoes += received->data[i] == 0x7F;
    }
  if (received->len == 0)
    return FL_OBSERVED_SILENCE;
  if (echoes == received->len)
    return FL_OBSERVED_ECHO;
  return longest >= 3 ? FL_OBSERVED_TEXT : FL_OBSERVED_GARBLE;
}

/* F1, F2, F4 and L1 have BOOT1 as a pin; of an unknown chip one cannot say. */
static gboolean
may_have_boot1 (const FlChip *chip)
{
  static const char *const series[] = { "F1", "F2", "F4", "L1", NULL };

  return chip == NULL || (chip->series != NULL && g_strv_contains (series, chip->series));
}

static FlWhen
get_conditions (const FlEvidence *evidence)
{
  static const FlWhen entries[] = {
    [FL_ENTRY_MANUAL] = FL_WHEN_MANUAL, [FL_ENTRY_DTR_RTS] = FL_WHEN_LINES, [FL_ENTRY_APP] = FL_WHEN_APP
  };
  const FlChip *chip = evidence->chip;
  const FlLineSettings *settings = evidence->settings;
  FlWhen when = entries[evidence->entry];

  if (chip == NULL)
    when |= FL_WHEN_UNKNOWN_CHIP;
  else
    {
      when |= chip->flags & FL_CHIP_BOOT0_IGNORED ? FL_WHEN_BOOT0_IGNORED : FL_WHEN_BOOT0_OBEYED;
      if (chip->usarts != NULL && chip->usarts->len > 0)
        when |= FL_WHEN_PINS;
      if (chip->flags & FL_CHIP_NO_JUMP)
        when |= FL_WHEN_NO_JUMP;
    }
  if (may_have_boot1 (chip))
    when |= FL_WHEN_BOOT1_PIN;
  if (settings != NULL && !(chip != NULL && chip->no_parity)
      && (settings->parity != FL_PARITY_EVEN || settings->data_bits != 8 || settings->stop_bits != 1))
    when |= FL_WHEN_NOT_8E1;
  return when;
}

static gboolean
applies (FlWhen wanted, FlWhen given)
{
  const FlWhen singles = FL_WHEN_PINS | FL_WHEN_BOOT1_PIN | FL_WHEN_NO_JUMP | FL_WHEN_NOT_8E1;

  if ((wanted & FL_WHEN_ENTRY_GROUP) && !(wanted & given & FL_WHEN_ENTRY_GROUP))
    return FALSE;
  if ((wanted & FL_WHEN_CHIP_GROUP) && !(wanted & given & FL_WHEN_CHIP_GROUP))
    return FALSE;
  return (wanted & singles & ~given) == 0;
}

static const FlExplainRow *
find_row (const FlEvidence *evidence, FlObserved observed, FlWhen when)
{
  for (guint i = 0; i < fl_explain_n_rows; i++)
    {
      const FlExplainRow *row = &fl_explain_rows[i];

      if (row->domain != NULL
          && (evidence->error == NULL || !g_error_matches (evidence->error, row->domain (), row->code)))
        continue;
      if (row->stages != 0 && !(row->stages & 1u << evidence->stage))
        continue;
      if (row->observed != FL_OBSERVED_ANYTHING && !(row->observed & observed))
        continue;
      if (applies (row->when, when))
        return row;
    }
  g_assert_not_reached (); /* the last row is for everything */
}

static char *
describe_usarts (const FlChip *chip)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; chip != NULL && chip->usarts != NULL && i < chip->usarts->len; i++)
    {
      const FlChipUsart *usart = g_ptr_array_index (chip->usarts, i);

      if (i > 0)
        g_string_append (text, "; ");
      /* Translators: name of a USART, and the chip's pins. */
      g_string_append_printf (text, _ ("%s: the adapter’s RX to %s, its TX to %s"), usart->name, usart->tx, usart->rx);
    }
  return g_string_free (text, FALSE);
}

static char *
expand (const char *text, const FlEvidence *evidence)
{
  const FlLineSettings *settings = evidence->settings != NULL ? evidence->settings : &fl_line_settings_default;
  g_autofree char *line = fl_line_settings_to_string (settings);
  g_autofree char *usarts = describe_usarts (evidence->chip);
  GString *expanded = g_string_new (text);

  g_string_replace (expanded, "$CHIP", evidence->chip != NULL ? evidence->chip->name : _ ("chip"), 0);
  g_string_replace (expanded, "$PORT", evidence->port != NULL ? evidence->port : _ ("the port"), 0);
  g_string_replace (expanded, "$USARTS", usarts, 0);
  g_string_replace (expanded, "$LINE", line, 0);
  return g_string_free (expanded, FALSE);
}

static char *
dup_hex (GByteArray *bytes)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (bytes->len, MAX_BYTES); i++)
    g_string_append_printf (text, i == 0 ? "%02X" : " %02X", bytes->data[i]);
  if (bytes->len > MAX_BYTES)
    g_string_append (text, " …");
  return g_string_free (text, FALSE);
}

static char *
describe_sent (const FlEvidence *evidence)
{
  g_autoptr (GByteArray) bytes = collect_bytes (evidence->sent);
  g_autofree char *hex = dup_hex (bytes);
  g_autofree char *line =
      fl_line_settings_to_string (evidence->settings != NULL ? evidence->settings : &fl_line_settings_default);
  const char *port = evidence->port != NULL ? evidence->port : _ ("the port");

  if (evidence->stage == FL_STAGE_OPEN)
    return g_strdup_printf (_ ("We tried to open %s for %s."), port, line);
  if (bytes->len == 0)
    return g_strdup_printf (_ ("Step “%s” on %s; nothing was sent in it."), fl_stage_get_name (evidence->stage), port);
  /* Translators: the name of a step, bytes in hexadecimal, a port, "115200 8E1". */
  return g_strdup_printf (_ ("Step “%s”: we sent %s to %s at %s."), fl_stage_get_name (evidence->stage), hex, port,
                          line);
}

static char *
describe_received (const FlEvidence *evidence, GByteArray *bytes, FlObserved observed)
{
  g_autofree char *hex = dup_hex (bytes);
  const char *message = evidence->error != NULL ? evidence->error->message : _ ("no further message");
  gboolean called = g_error_matches (evidence->error, FL_ERROR, FL_ERROR_NO_ANSWER);

  if (called && observed == FL_OBSERVED_SILENCE)
    return g_strdup (_ ("Nothing came. A bootloader answers 7F with 79."));
  if (called && observed == FL_OBSERVED_TEXT)
    {
      g_autofree char *text = g_strndup ((const char *) bytes->data, MIN (bytes->len, 4 * MAX_BYTES));

      g_strcanon (text,
                  " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
                  ' ');
      g_strstrip (text);
      return g_strdup_printf (_ ("Text came: “%s”."), text);
    }
  if (called)
    return g_strdup_printf (_ ("%s came, not 79."), hex);
  if (bytes->len > 0)
    return g_strdup_printf (_ ("%s came. %s"), hex, message);
  return g_strdup (message);
}

static FlDiagnosis *
diagnose (const FlEvidence *evidence)
{
  g_autoptr (FlDiagnosis) diagnosis = NULL;

  if (evidence->facts == NULL)
    return NULL;
  diagnosis = fl_diagnose (evidence->facts, evidence->chip);
  return diagnosis->causes->len > 0 ? g_steal_pointer (&diagnosis) : NULL;
}

/**
 * fl_explain:
 * @evidence: what is known of the failure
 *
 * The first, plain explanation: from the error, the stage, what came back, how the board is entered and which chip it
 * is; and what the facts say, where some were recorded.
 *
 * Returns: (transfer full): never %NULL
 */
FlExplanation *
fl_explain (const FlEvidence *evidence)
{
  FlExplanation *self = g_new0 (FlExplanation, 1);
  g_autoptr (GByteArray) received = NULL;
  const FlExplainRow *row;
  FlObserved observed;
  FlWhen when;

  g_return_val_if_fail (evidence != NULL, self);

  received = collect_bytes (evidence->received);
  observed = observe (received);
  when = get_conditions (evidence);
  row = find_row (evidence, observed, when);
  self->title = expand (_ (row->title), evidence);
  self->did = describe_sent (evidence);
  self->came = describe_received (evidence, received, observed);
  self->meaning = expand (_ (row->meaning), evidence);
  self->checks = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < FL_EXPLAIN_MAX_CHECKS && row->checks[i].text != NULL; i++)
    if (applies (row->checks[i].when, when))
      g_ptr_array_add (self->checks, expand (_ (row->checks[i].text), evidence));
  self->diagnosis = diagnose (evidence);
  return self;
}

void
fl_explanation_free (FlExplanation *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->did);
  g_free (self->came);
  g_free (self->meaning);
  g_clear_pointer (&self->checks, g_ptr_array_unref);
  g_clear_pointer (&self->diagnosis, fl_diagnosis_free);
  g_free (self);
}

/**
 * fl_explanation_to_text:
 *
 * Returns: (transfer full): plain text in lines: for a terminal, a report, the clipboard. Where there is a diagnosis,
 * it takes the place of the checks, which know less.
 */
char *
fl_explanation_to_text (const FlExplanation *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  g_string_append_printf (text, "%s\n%s\n%s\n%s\n", self->title, self->did, self->came, self->meaning);
  if (self->diagnosis != NULL)
    {
      g_autofree char *causes = fl_diagnosis_to_text (self->diagnosis);

      g_string_append_printf (text, "\n%s", causes);
      return g_string_free (text, FALSE);
    }
  if (self->checks->len > 0)
    g_string_append_printf (text, "%s\n", _ ("What to check:"));
  for (guint i = 0; i < self->checks->len; i++)
    g_string_append_printf (text, "%u. %s\n", i + 1, (const char *) g_ptr_array_index (self->checks, i));
  return g_string_free (text, FALSE);
}
