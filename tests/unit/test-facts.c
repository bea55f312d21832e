/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-facts-private.h"

static FlFacts *
make_facts (void)
{
  FlFacts *facts = fl_facts_new ();

  fl_facts_set (facts, "port.open", "ok");
  fl_facts_set (facts, "port.usb", "1a86:7523");
  fl_facts_set (facts, "sync.first", "");
  fl_facts_set (facts, "sync.second", "86 FE");
  fl_facts_set_flag (facts, "host.st-link", FALSE);
  fl_facts_set_flag (facts, "host.dfu", TRUE);
  fl_facts_set_number (facts, "garble.factor", 0.5);
  fl_facts_set_number (facts, "trials.n", 10);
  fl_facts_set_number (facts, "trials.ok", 3);
  fl_facts_set_number (facts, "lines.tried", 0);
  return facts;
}

static void
test_set (void)
{
  g_autoptr (FlFacts) facts = make_facts ();
  g_autoptr (FlFacts) copy = NULL;
  g_autoptr (GPtrArray) names = fl_facts_dup_names (facts);

  g_assert_cmpuint (names->len, ==, 10);
  g_assert_cmpstr (g_ptr_array_index (names, 0), ==, "garble.factor");
  g_assert_cmpstr (fl_facts_get (facts, "garble.factor"), ==, "0.5");
  g_assert_cmpfloat (fl_facts_get_number (facts, "trials.n", -1), ==, 10);
  g_assert_cmpfloat (fl_facts_get_number (facts, "ids.n", -1), ==, -1);
  g_assert_cmpfloat (fl_facts_get_number (facts, "sync.second", -1), ==, -1);
  g_assert_cmpstr (fl_facts_get (facts, "host.st-link"), ==, "no");
  g_assert_null (fl_facts_get (facts, "sync.kind"));
  g_assert_true (fl_facts_is (facts, "sync.first", ""));
  g_assert_true (fl_facts_is (facts, "sync.kind", NULL));

  fl_facts_say (facts, "sync.first", "Nothing in %d ms.", 150);
  copy = fl_facts_copy (facts);
  g_assert_cmpstr (fl_facts_get_text (copy, "sync.first"), ==, "Nothing in 150 ms.");
  fl_facts_set (facts, "sync.first", "79");
  g_assert_null (fl_facts_get_text (facts, "sync.first")); /* that was of the old value */
  fl_facts_set (facts, "sync.first", NULL);
  g_assert_null (fl_facts_get (facts, "sync.first"));
  g_assert_cmpstr (fl_facts_get (copy, "sync.first"), ==, "");
  g_assert_null (fl_facts_copy (NULL));
}

/* A name or a value that is not in the list is a fault of the program. */
static void
test_refused (void)
{
  static const struct
  {
    const char *name;
    const char *value;
  } cases[] = {
    { "sync.frist", "79" },    { "sync.first", "7" },     { "sync.first", "79,1F" }, { "sync.first", "7f" },
    { "host.dfu", "perhaps" }, { "port.open", "denied" }, { "trials.n", "many" },    { "trials.n", "" },
  };
  g_autoptr (FlFacts) facts = fl_facts_new ();
  g_autoptr (GPtrArray) names = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*cannot be*");
      fl_facts_set (facts, cases[i].name, cases[i].value);
      g_test_assert_expected_messages ();
    }
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*no fact*");
  g_assert_null (fl_facts_get (facts, "sync.frist"));
  g_test_assert_expected_messages ();
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*Not a condition*");
  g_assert_false (fl_facts_match (facts, "port.open==ok="));
  fl_facts_match (facts, "Port");
  g_test_assert_expected_messages ();
  names = fl_facts_dup_names (facts);
  g_assert_cmpuint (names->len, ==, 0);
}

static const struct
{
  const char *condition;
  gboolean holds;
} match_cases[] = {
  { "", TRUE },
  { NULL, TRUE },
  { "  port.open  ", TRUE },
  { "host.dfu", TRUE },
  { "host.st-link", FALSE },
  { "!host.st-link", TRUE },
  { "lines.tried", FALSE },
  { "!lines.tried", TRUE },
  { "sync.kind", FALSE },
  { "!sync.kind", TRUE },
  { "?sync.kind", TRUE },
  { "?port.open", FALSE },
  { "port.open=ok", TRUE },
  { "port.open=busy|ok", TRUE },
  { "port.open=busy", FALSE },
  { "port.open!=busy", TRUE },
  { "port.open!=busy|ok", FALSE },
  { "sync.kind!=silent", FALSE }, /* not known is not "another" */
  { "!sync.kind=silent", TRUE },
  { "!port.open=ok", FALSE },
  { "port.usb=1a86:*", TRUE },
  { "port.usb=2341:*|1a86:75?3", TRUE },
  { "!port.usb=2341:*", TRUE },
  { "sync.first=", TRUE },
  { "sync.second=", FALSE },
  { "sync.kind=", FALSE },
  { "sync.second=86?FE*", TRUE },
  { "garble.factor<1", TRUE },
  { "garble.factor<0.5", FALSE },
  { "garble.factor>0.25", TRUE },
  { "ids.n<5", FALSE },
  { "ids.n>5", FALSE },
  { "trials.ok<trials.n", TRUE },
  { "trials.n<trials.ok", FALSE },
  { "trials.ok<ids.n", FALSE },
  { "trials.ok>0 trials.ok<trials.n host.dfu", TRUE },
  { "trials.ok>0 host.st-link", FALSE },
};

static void
test_match (void)
{
  g_autoptr (FlFacts) facts = make_facts ();

  for (guint i = 0; i < G_N_ELEMENTS (match_cases); i++)
    {
      g_test_message ("%s", match_cases[i].condition != NULL ? match_cases[i].condition : "NULL");
      g_assert_cmpint (fl_facts_match (facts, match_cases[i].condition), ==, match_cases[i].holds);
    }
}

static void
test_check (void)
{
  static const char *const good[] = {
    "", "host.dfu", "!port.usb=2341:*|1a86:*", "trials.ok<trials.n", "sync.first=", "?ids.n", "sync.kind=silent|text"
  };
  static const char *const bad[] = { "host.dfuu",  "sync.kind=silence", "sync.kind=silent|silence", "host.dfu=maybe",
                                     "host.dfu>1", "trials.ok<many",    "trials.ok<port.usb",       "trials.ok<",
                                     "port.open=", "?ids.n=3",          "host.dfu&host.dfu",        "=3" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (fl_facts_check_condition (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (fl_facts_check_condition (bad[i], &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
    }
}

static void
test_json (void)
{
  g_autoptr (FlFacts) facts = make_facts ();
  g_autoptr (FlFacts) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *text_again = NULL;

  fl_facts_say (facts, "port.usb", "A “CH340”\nadapter");
  text = fl_facts_to_json (facts);
  again = fl_facts_from_json (text, -1, &error);
  g_assert_no_error (error);
  text_again = fl_facts_to_json (again);
  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpstr (fl_facts_get_text (again, "port.usb"), ==, "A “CH340”\nadapter");
}

static void
test_json_other (void)
{
  static const char *const bad[] = {
    "",    "[]", "7", "{\"port.open\": 7}", "{\"port.open\"", "{\"a\": {}}", "{\"a\": []}", "{\"a\": {\"value\": 1}}",
    "null"
  };
  const char *newer = "{\"port.open\": \"ok\", \"port.colour\": \"blue\", \"sync.kind\": \"purring\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (FlFacts) facts = fl_facts_from_json (newer, -1, &error);
  g_autoptr (GPtrArray) names = NULL;

  g_assert_no_error (error);
  names = fl_facts_dup_names (facts);
  g_assert_cmpuint (names->len, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) bad_error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (fl_facts_from_json (bad[i], -1, &bad_error));
      g_assert_nonnull (bad_error);
    }
}

/* From data sheets and AN2606, not from the program's files. */
static const struct
{
  guint16 pid;
  const char *holds;
} chip_cases[] = {
  { 0x410,
    "chip.pid=0x410 chip.series=F1 chip.boot0=obeyed chip.boot1=pin chip.usarts<2 chip.usb=no !chip.empty-check" },
  { 0x413, "chip.boot0=obeyed chip.boot1=pin chip.usarts>1 chip.usb !chip.trustzone !chip.no-mass-erase" },
  { 0x418, "chip.usb chip.usarts>1 chip.boot1=pin" },
  { 0x440, "chip.boot1=bit chip.usb=no chip.boot0=obeyed" },
  { 0x450, "chip.boot0=obeyed chip.boot1=none chip.unit>31 ?chip.read-between-writes" },
  { 0x467, "chip.series=G0 chip.boot0=ignored chip.empty-check chip.unit=8" },
  { 0x468, "chip.boot0=maybe" },
  { 0x425, "chip.no-mass-erase chip.usb" },
  { 0x435, "chip.empty-check chip.boot0=maybe" },
  { 0x472, "chip.trustzone" },
  { 0x483, "chip.read-between-writes" },
  { 0x4B0, "chip.vddusb" },
  { 0x032, "chip.no-parity chip.usb=no" },
};

static void
test_chip (void)
{
  g_autoptr (FlFacts) facts = fl_facts_new ();
  g_autoptr (GPtrArray) names = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (chip_cases); i++)
    {
      g_auto (GStrv) terms = g_strsplit (chip_cases[i].holds, " ", -1);
      const FlChip *chip = fl_chip_db_find (chip_cases[i].pid);

      g_assert_nonnull (chip);
      fl_facts_take_chip (facts, chip);
      for (char **term = terms; *term != NULL; term++)
        {
          g_test_message ("0x%03X %s", chip_cases[i].pid, *term);
          g_assert_true (fl_facts_match (facts, *term));
        }
    }
  fl_facts_take_chip (facts, NULL);
  names = fl_facts_dup_names (facts);
  g_assert_cmpuint (names->len, ==, 0);
}

static void
test_every_chip (void)
{
  const GPtrArray *all = fl_chip_db_all ();

  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);
      g_autoptr (FlFacts) facts = fl_facts_new ();

      g_test_message ("%s", chip->name);
      fl_facts_take_chip (facts, chip);
      g_assert_true (fl_facts_match (facts, "chip.pid chip.series chip.boot0 chip.boot1 chip.usarts chip.unit "
                                            "chip.usb=yes|no chip.empty-check=yes|no chip.no-parity=yes|no"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/facts/set", test_set);
  g_test_add_func ("/facts/refused", test_refused);
  g_test_add_func ("/facts/match", test_match);
  g_test_add_func ("/facts/check", test_check);
  g_test_add_func ("/facts/json", test_json);
  g_test_add_func ("/facts/json/other", test_json_other);
  g_test_add_func ("/facts/chip", test_chip);
  g_test_add_func ("/facts/chip/every", test_every_chip);
  return g_test_run ();
}
