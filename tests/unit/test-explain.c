/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-explain.h"

/* An evidence and what its explanation must, and must not, say. */
typedef struct
{
  const char *path;
  int code; /* of FL_ERROR */
  FlStage stage;
  FlEntryMethod entry;
  guint16 pid; /* 0: no chip is known */
  FlParity parity;
  const char *received; /* lines, "|" between them; NULL: nothing */
  const char *says[6];  /* anywhere in the text */
  const char *not_says[3];
} ExplainCase;

static const ExplainCase explain_cases[] = {
  { "silence/manual/unknown",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_MANUAL,
    0,
    FL_PARITY_EVEN,
    NULL,
    { "we sent 7F", "Nothing came", "BOOT0 high", "PB2", "G0, C0 or U0", "PA9" },
    { "8E1)", "DTR", "jump has" } },
  { "silence/manual/g0b1",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_MANUAL,
    0x467,
    FL_PARITY_EVEN,
    NULL,
    { "nBOOT_SEL", "STM32G0B0/0B1/0C1", "USART1: the adapter’s RX to PA9", "debugger", "GND to GND" },
    { "PB2", "G0, C0 or U0" } },
  { "silence/manual/f103",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_MANUAL,
    0x410,
    FL_PARITY_EVEN,
    NULL,
    { "BOOT0 high", "PB2", "PA9" },
    { "nBOOT_SEL" } },
  { "silence/manual/l0",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_MANUAL,
    0x417,
    FL_PARITY_EVEN,
    NULL,
    { "BOOT0 high" },
    { "nBOOT_SEL", "PB2" } },
  { "silence/lines",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_DTR_RTS,
    0,
    FL_PARITY_EVEN,
    NULL,
    { "DTR and RTS must reach", "GND to GND" },
    { "Leave BOOT0 high" } },
  { "silence/app/g0b1",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_APP,
    0x467,
    FL_PARITY_EVEN,
    NULL,
    { "deaf", "did not jump", "SysTick", "nBOOT_SEL" },
    { "cannot be entered by a jump" } },
  { "silence/app/l0",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_APP,
    0x417,
    FL_PARITY_EVEN,
    NULL,
    { "cannot be entered by a jump" },
    { "nBOOT_SEL" } },
  { "silence/odd-parity",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_MANUAL,
    0x410,
    FL_PARITY_ODD,
    NULL,
    { "115200 8O1", "(8E1)" },
    { NULL } },
  { "echo",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_MANUAL,
    0,
    FL_PARITY_EVEN,
    "< 7F",
    { "Our own bytes come back", "RS-485", "7F came, not 79" },
    { "Leave BOOT0 high" } },
  { "text",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_MANUAL,
    0x410,
    FL_PARITY_EVEN,
    "< 48 65 6C 6C 6F 0D 0A  text",
    { "application is running", "“Hello”", "wires, the ground" },
    { "swap the two" } },
  { "garble",
    FL_ERROR_NO_ANSWER,
    FL_STAGE_SYNC,
    FL_ENTRY_MANUAL,
    0x410,
    FL_PARITY_EVEN,
    "< B9  not an answer|< FE",
    { "not legibly", "B9 FE came, not 79", "lower speed", "3.3 V logic" },
    { "application is running" } },
  { "parity",
    FL_ERROR_TIMEOUT,
    FL_STAGE_GET,
    FL_ENTRY_MANUAL,
    0,
    FL_PARITY_EVEN,
    NULL,
    { "parity bit", "CH340" },
    { "fell silent" } },
  { "silent-later",
    FL_ERROR_TIMEOUT,
    FL_STAGE_WRITE,
    FL_ENTRY_MANUAL,
    0x410,
    FL_PARITY_EVEN,
    NULL,
    { "fell silent", "supply" },
    { "CH340" } },
  { "verify",
    FL_ERROR_VERIFY,
    FL_STAGE_VERIFY,
    FL_ENTRY_MANUAL,
    0x410,
    FL_PARITY_EVEN,
    NULL,
    { "write protection", "only reading back shows it" },
    { NULL } },
  { "permission",
    FL_ERROR_PORT_PERMISSION,
    FL_STAGE_OPEN,
    FL_ENTRY_MANUAL,
    0,
    FL_PARITY_EVEN,
    NULL,
    { "dialout", "/dev/ttyUSB7", "We tried to open" },
    { "BOOT0" } },
};

static FlExplanation *
explain_case (const ExplainCase *row)
{
  g_autoptr (GError) error = g_error_new_literal (FL_ERROR, row->code, "What happened, in technical words.");
  g_autoptr (GPtrArray) sent = g_ptr_array_new ();
  g_autoptr (GPtrArray) received = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) lines = g_strsplit (row->received != NULL ? row->received : "", "|", -1);
  FlLineSettings settings = fl_line_settings_default;
  FlEvidence evidence = { .error = error,
                          .stage = row->stage,
                          .port = "/dev/ttyUSB7",
                          .settings = &settings,
                          .entry = row->entry,
                          .chip = row->pid != 0 ? fl_chip_db_find (row->pid) : NULL,
                          .sent = sent,
                          .received = received };

  settings.parity = row->parity;
  g_ptr_array_add (sent, (gpointer) "> 7F  synchronisation");
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_ptr_array_add (received, g_strdup (lines[i]));
  return fl_explain (&evidence);
}

static void
test_case (gconstpointer data)
{
  const ExplainCase *row = data;
  g_autoptr (FlExplanation) explanation = explain_case (row);
  g_autofree char *text = fl_explanation_to_text (explanation);

  g_assert_cmpuint (explanation->checks->len, >, 0);
  g_assert_null (strchr (explanation->title, '$'));
  for (guint i = 0; i < G_N_ELEMENTS (row->says) && row->says[i] != NULL; i++)
    if (strstr (text, row->says[i]) == NULL)
      g_error ("“%s” is not in:\n%s", row->says[i], text);
  for (guint i = 0; i < G_N_ELEMENTS (row->not_says) && row->not_says[i] != NULL; i++)
    if (strstr (text, row->not_says[i]) != NULL)
      g_error ("“%s” is in:\n%s", row->not_says[i], text);
}

/* Each error has its own explanation: none falls through to the last row, and no two share a title. */
static void
test_all_codes (void)
{
  g_autoptr (GHashTable) titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  FlEvidence evidence = { .stage = FL_STAGE_READ };
  g_autoptr (GError) other = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_IO, "x");
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
  g_autoptr (FlExplanation) fallback = NULL;
  g_autoptr (FlExplanation) cancel = NULL;

  evidence.error = other;
  fallback = fl_explain (&evidence);
  g_hash_table_add (titles, g_strdup (fallback->title));
  evidence.error = cancelled;
  cancel = fl_explain (&evidence);
  g_assert_true (g_hash_table_add (titles, g_strdup (cancel->title)));
  for (int code = 0; code < FL_N_ERRORS; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (FL_ERROR, code, "What happened.");
      g_autoptr (FlExplanation) explanation = NULL;

      evidence.error = error;
      explanation = fl_explain (&evidence);
      g_assert_true (g_hash_table_add (titles, g_strdup (explanation->title)));
      g_assert_cmpuint (explanation->checks->len, >, 0);
      g_assert_cmpstr (explanation->meaning, !=, "");
    }
}

/* Nothing at all is known. */
static void
test_bare (void)
{
  const FlEvidence nothing = { 0 };
  g_autoptr (FlExplanation) explanation = fl_explain (&nothing);

  g_assert_cmpstr (explanation->title, !=, "");
  g_assert_cmpstr (explanation->did, !=, "");
  g_assert_cmpstr (explanation->came, !=, "");
}

/* What a job recorded is ranked, and takes the place of the checks; without causes there is no diagnosis. */
static void
test_facts (void)
{
  g_autoptr (FlFacts) facts = fl_facts_new ();
  g_autoptr (GError) error = g_error_new_literal (FL_ERROR, FL_ERROR_NO_ANSWER, "Nothing came.");
  FlEvidence evidence = { .error = error, .stage = FL_STAGE_SYNC, .facts = facts, .chip = fl_chip_db_find (0x413) };
  g_autoptr (FlExplanation) unknown = fl_explain (&evidence);
  g_autoptr (FlExplanation) silent = NULL;
  g_autofree char *text = NULL;

  g_assert_null (unknown->diagnosis);
  fl_facts_set (facts, "port.open", "ok");
  fl_facts_set (facts, "sync.kind", "silent");
  silent = fl_explain (&evidence);
  text = fl_explanation_to_text (silent);
  g_assert_nonnull (silent->diagnosis);
  g_assert_cmpstr (silent->diagnosis->observation, ==, "SILENCE");
  g_assert_nonnull (strstr (text, "Tie BOOT1 (pin PB2) to GND"));
  g_assert_nonnull (strstr (text, "What it is not:"));
  g_assert_null (strstr (text, "What to check:"));
  g_assert_cmpuint (silent->checks->len, >, 0);
}

static void
test_stages (void)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (int stage = 0; stage < FL_N_STAGES; stage++)
    {
      g_assert_true (g_hash_table_add (ids, (gpointer) fl_stage_get_id (stage)));
      g_assert_cmpstr (fl_stage_get_name (stage), !=, "");
    }
  g_assert_cmpstr (fl_stage_get_id (FL_STAGE_SYNC), ==, "sync");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (explain_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/explain/", explain_cases[i].path, NULL);

      g_test_add_data_func (path, &explain_cases[i], test_case);
    }
  g_test_add_func ("/explain/all-codes", test_all_codes);
  g_test_add_func ("/explain/bare", test_bare);
  g_test_add_func ("/explain/facts", test_facts);
  g_test_add_func ("/explain/stages", test_stages);
  return g_test_run ();
}
