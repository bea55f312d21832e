/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-chip-private.h"
#include "fl-core-resources.h"
#include "fl-error.h"

/* data/chips/words.xml: what is said of option bytes and of bootloaders' faults. Described in data/chips/README.md. */

#define RESOURCE_PATH "/io/github/flashloader/Flashloader/core/words.xml"

typedef struct
{
  FlOptionWords *words;
  FlOptionKind *kind; /* being read; NULL: outside */
  char *fault;        /* id being read */
  GString *text;      /* of the element being read */
  guint32 value;
  FlDanger danger;
} Reader;

static const char *const danger_names[FL_N_DANGERS] = {
  [FL_DANGER_NONE] = "none", [FL_DANGER_LOW] = "low",           [FL_DANGER_MEDIUM] = "medium",
  [FL_DANGER_HIGH] = "high", [FL_DANGER_CRITICAL] = "critical", [FL_DANGER_IRREVERSIBLE] = "irreversible",
};

static const struct
{
  const char *id;
  const char *name;
} groups[FL_N_OPTION_GROUPS] = {
  [FL_OPTION_GROUP_READOUT] = { "readout", N_ ("Readout protection") },
  [FL_OPTION_GROUP_WRITE] = { "write", N_ ("Write protection") },
  [FL_OPTION_GROUP_BOOT] = { "boot", N_ ("Start") },
  [FL_OPTION_GROUP_BANKS] = { "banks", N_ ("Banks of the flash") },
  [FL_OPTION_GROUP_WATCHDOG] = { "watchdog", N_ ("Watchdogs") },
  [FL_OPTION_GROUP_RESET] = { "reset", N_ ("Reset") },
  [FL_OPTION_GROUP_SUPPLY] = { "supply", N_ ("Supply voltage") },
  [FL_OPTION_GROUP_MEMORY] = { "memory", N_ ("Memory") },
  [FL_OPTION_GROUP_SECURITY] = { "security", N_ ("Security") },
  [FL_OPTION_GROUP_RADIO] = { "radio", N_ ("Radio processor") },
  [FL_OPTION_GROUP_HARDWARE] = { "hardware", N_ ("Hardware") },
  [FL_OPTION_GROUP_USER] = { "user", N_ ("User data") },
};

static const char *const role_names[FL_N_OPTION_ROLES] = {
  [FL_OPTION_ROLE_NONE] = "none",
  [FL_OPTION_ROLE_RDP] = "rdp",
  [FL_OPTION_ROLE_PRODUCT_STATE] = "product-state",
  [FL_OPTION_ROLE_BOOT_SEL_BIT] = "boot-sel-bit",
  [FL_OPTION_ROLE_BOOT_SEL_PIN] = "boot-sel-pin",
  [FL_OPTION_ROLE_NBOOT0] = "nboot0",
  [FL_OPTION_ROLE_BOOT0] = "boot0",
  [FL_OPTION_ROLE_NBOOT1] = "nboot1",
  [FL_OPTION_ROLE_BOOT_LOCK] = "boot-lock",
  [FL_OPTION_ROLE_SWAP] = "swap",
  [FL_OPTION_ROLE_NSWAP] = "nswap",
  [FL_OPTION_ROLE_TZEN] = "tzen",
  [FL_OPTION_ROLE_PCROP_MODE] = "pcrop-mode",
  [FL_OPTION_ROLE_BFB2] = "bfb2",
  [FL_OPTION_ROLE_NBFB2] = "nbfb2",
  [FL_OPTION_ROLE_UNLOCK] = "unlock",
};

static void
clear_value (gpointer data)
{
  g_free (((FlOptionValue *) data)->words);
}

static void
kind_free (gpointer data)
{
  FlOptionKind *self = data;

  g_free (self->id);
  g_free (self->what);
  g_free (self->risk);
  g_free (self->other);
  g_array_unref (self->values);
  g_free (self);
}

void
fl_option_words_free (FlOptionWords *self)
{
  g_hash_table_unref (self->kinds);
  g_hash_table_unref (self->faults);
  g_free (self);
}

static gboolean
fail (GMarkupParseContext *context, GError **error, const char *what, const char *word)
{
  int line;

  g_markup_parse_context_get_position (context, &line, NULL);
  g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("words.xml, line %d: %s: “%s”"), line, what, word);
  return FALSE;
}

/* The place of @word in @names, -1 when it is not there. */
static int
find_name (const char *const *names, guint n_names, const char *word)
{
  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (names[i], word) == 0)
      return (int) i;
  return -1;
}

static int
find_group (const char *word)
{
  for (guint i = 0; i < FL_N_OPTION_GROUPS; i++)
    if (g_strcmp0 (groups[i].id, word) == 0)
      return (int) i;
  return -1;
}

static gboolean
begin_kind (Reader *self, GMarkupParseContext *context, const char **names, const char **values, GError **error)
{
  const char *id, *group, *danger, *role;
  int i_group, i_danger, i_role;

  if (!g_markup_collect_attributes ("kind", names, values, error, G_MARKUP_COLLECT_STRING, "id", &id,
                                    G_MARKUP_COLLECT_STRING, "group", &group, G_MARKUP_COLLECT_STRING, "danger",
                                    &danger, G_MARKUP_COLLECT_STRING | G_MARKUP_COLLECT_OPTIONAL, "role", &role,
                                    G_MARKUP_COLLECT_INVALID))
    return FALSE;
  i_group = find_group (group);
  i_danger = find_name (danger_names, FL_N_DANGERS, danger);
  i_role = role != NULL ? find_name (role_names, FL_N_OPTION_ROLES, role) : FL_OPTION_ROLE_NONE;
  if (i_group < 0)
    return fail (context, error, _ ("not a group"), group);
  if (i_danger < 0)
    return fail (context, error, _ ("not a danger"), danger);
  if (i_role < 0)
    return fail (context, error, _ ("not a role"), role);
  if (g_hash_table_contains (self->words->kinds, id))
    return fail (context, error, _ ("is there twice"), id);
  self->kind = g_new0 (FlOptionKind, 1);
  self->kind->id = g_strdup (id);
  self->kind->group = (FlOptionGroup) i_group;
  self->kind->danger = (FlDanger) i_danger;
  self->kind->role = (FlOptionRole) i_role;
  self->kind->values = g_array_new (FALSE, FALSE, sizeof (FlOptionValue));
  g_array_set_clear_func (self->kind->values, clear_value);
  g_hash_table_insert (self->words->kinds, self->kind->id, self->kind);
  return TRUE;
}

static gboolean
begin_value (Reader *self, GMarkupParseContext *context, const char **names, const char **values, GError **error)
{
  const char *number, *danger;
  int i_danger;
  guint64 value;

  if (!g_markup_collect_attributes ("value", names, values, error, G_MARKUP_COLLECT_STRING, "n", &number,
                                    G_MARKUP_COLLECT_STRING | G_MARKUP_COLLECT_OPTIONAL, "danger", &danger,
                                    G_MARKUP_COLLECT_INVALID))
    return FALSE;
  i_danger = danger != NULL ? find_name (danger_names, FL_N_DANGERS, danger) : (int) self->kind->danger;
  if (!fl_chip_parse_number (number, G_MAXUINT32, &value))
    return fail (context, error, _ ("not a number"), number);
  if (i_danger < 0)
    return fail (context, error, _ ("not a danger"), danger);
  self->value = (guint32) value;
  self->danger = (FlDanger) i_danger;
  return TRUE;
}

static void
start_element (GMarkupParseContext *context, const char *name, const char **names, const char **values,
               gpointer user_data, GError **error)
{
  Reader *self = user_data;
  const char *id;

  g_string_truncate (self->text, 0);
  if (g_str_equal (name, "words"))
    return;
  if (g_str_equal (name, "kind") && self->kind == NULL && self->fault == NULL)
    begin_kind (self, context, names, values, error);
  else if (g_str_equal (name, "value") && self->kind != NULL)
    begin_value (self, context, names, values, error);
  else if (g_str_equal (name, "fault") && self->kind == NULL && self->fault == NULL)
    {
      if (g_markup_collect_attributes ("fault", names, values, error, G_MARKUP_COLLECT_STRING, "id", &id,
                                       G_MARKUP_COLLECT_INVALID))
        self->fault = g_strdup (id);
    }
  else if (self->kind == NULL
           || !(g_str_equal (name, "what") || g_str_equal (name, "risk") || g_str_equal (name, "other")))
    fail (context, error, _ ("an element that does not belong here"), name);
}

static void
end_element (GMarkupParseContext *context, const char *name, gpointer user_data, GError **error)
{
  Reader *self = user_data;
  g_autofree char *text = g_strstrip (g_strdup (self->text->str));

  g_string_truncate (self->text, 0);
  if (g_str_equal (name, "kind"))
    self->kind = NULL;
  else if (g_str_equal (name, "words"))
    return;
  else if (*text == '\0')
    fail (context, error, _ ("without a text"), name);
  else if (g_str_equal (name, "fault"))
    {
      if (!g_hash_table_insert (self->words->faults, g_steal_pointer (&self->fault), g_steal_pointer (&text)))
        fail (context, error, _ ("is there twice"), name);
    }
  else if (g_str_equal (name, "value"))
    {
      FlOptionValue value = { self->value, g_steal_pointer (&text), self->danger };

      g_array_append_val (self->kind->values, value);
    }
  else
    {
      char **field = g_str_equal (name, "what")   ? &self->kind->what
                     : g_str_equal (name, "risk") ? &self->kind->risk
                                                  : &self->kind->other;

      g_free (*field);
      *field = g_steal_pointer (&text);
    }
}

static void
take_text (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  g_string_append_len (((Reader *) user_data)->text, text, (gssize) length);
}

/**
 * fl_option_words_parse:
 *
 * Errors: %FL_ERROR_FORMAT, #G_MARKUP_ERROR.
 *
 * Returns: (transfer full) (nullable): what the file says
 */
FlOptionWords *
fl_option_words_parse (const char *text, gsize length, GError **error)
{
  static const GMarkupParser parser = { start_element, end_element, take_text, NULL, NULL };
  FlOptionWords *words = g_new0 (FlOptionWords, 1);
  Reader reader = { .words = words, .text = g_string_new (NULL) };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &reader, NULL);
  gboolean ok;

  words->kinds = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, kind_free);
  words->faults = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ok = g_markup_parse_context_parse (context, text, (gssize) length, error)
       && g_markup_parse_context_end_parse (context, error);
  g_string_free (reader.text, TRUE);
  g_free (reader.fault);
  if (ok)
    return words;
  fl_option_words_free (words);
  return NULL;
}

/* Part of the program and tested with it: a fault there is a fault of the build. */
static gpointer
load_words (gpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = NULL;
  const char *data = NULL;
  FlOptionWords *words = NULL;
  gsize length;

  fl_core_register_resource ();
  text = g_resources_lookup_data (RESOURCE_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (text != NULL)
    data = g_bytes_get_data (text, &length);
  if (data != NULL)
    words = fl_option_words_parse (data, length, &error);
  if (words == NULL)
    g_error ("The chips' words are missing or damaged: %s", error->message);
  return words;
}

static FlOptionWords *
get_words (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, load_words, NULL);
}

/**
 * fl_option_kind_find:
 * @id: "BOR_LEV.f4"
 *
 * Returns: (transfer none) (nullable): the kind. Any thread.
 */
const FlOptionKind *
fl_option_kind_find (const char *id)
{
  return g_hash_table_lookup (get_words ()->kinds, id);
}

/**
 * fl_fault_get_text:
 * @id: of a known fault of a bootloader
 *
 * Returns: (transfer none) (nullable): one sentence, translated. Any thread.
 */
const char *
fl_fault_get_text (const char *id)
{
  const char *text = g_hash_table_lookup (get_words ()->faults, id);

  return text != NULL ? _ (text) : NULL;
}

const char *
fl_option_group_get_name (FlOptionGroup group)
{
  g_return_val_if_fail (group < FL_N_OPTION_GROUPS, NULL);
  return _ (groups[group].name);
}

const char *
fl_danger_get_name (FlDanger danger)
{
  g_return_val_if_fail (danger < FL_N_DANGERS, NULL);
  return danger_names[danger];
}

const char *
fl_danger_get_text (FlDanger danger)
{
  static const char *const texts[FL_N_DANGERS] = {
    [FL_DANGER_NONE] = N_ ("harmless"),           [FL_DANGER_LOW] = N_ ("little danger"),
    [FL_DANGER_MEDIUM] = N_ ("some danger"),      [FL_DANGER_HIGH] = N_ ("dangerous"),
    [FL_DANGER_CRITICAL] = N_ ("very dangerous"), [FL_DANGER_IRREVERSIBLE] = N_ ("cannot be undone"),
  };

  g_return_val_if_fail (danger < FL_N_DANGERS, NULL);
  return _ (texts[danger]);
}

guint32
fl_option_field_get_mask (const FlOptionField *self)
{
  return self->width >= 32 ? G_MAXUINT32 : (1u << self->width) - 1;
}

const char *
fl_option_field_get_what (const FlOptionField *self)
{
  return self->kind->what != NULL ? _ (self->kind->what) : NULL;
}

const char *
fl_option_field_get_risk (const FlOptionField *self)
{
  return self->kind->risk != NULL ? _ (self->kind->risk) : NULL;
}

static const FlOptionValue *
find_value (const FlOptionField *self, guint32 value)
{
  for (guint i = 0; i < self->kind->values->len; i++)
    {
      const FlOptionValue *known = &g_array_index (self->kind->values, FlOptionValue, i);

      if (known->value == value)
        return known;
    }
  return NULL;
}

/**
 * fl_option_field_get_words:
 *
 * Returns: (transfer none) (nullable): what @value means, translated; %NULL where it is a number and no more
 */
const char *
fl_option_field_get_words (const FlOptionField *self, guint32 value)
{
  const FlOptionValue *known = find_value (self, value);

  if (known != NULL)
    return _ (known->words);
  return self->kind->other != NULL ? _ (self->kind->other) : NULL;
}

/**
 * fl_option_field_dup_text:
 *
 * Returns: (transfer full): the value as it is written, and what it means: "0xAA: level 0: not protected"; translated
 */
char *
fl_option_field_dup_text (const FlOptionField *self, guint32 value)
{
  const char *words = fl_option_field_get_words (self, value);
  int digits = (self->width + 3) / 4;
  g_autofree char *number = self->width > 3 ? g_strdup_printf ("0x%0*X", digits, value) : g_strdup_printf ("%u", value);

  return words != NULL ? g_strdup_printf ("%s: %s", number, words) : g_steal_pointer (&number);
}

/**
 * fl_option_field_get_danger:
 *
 * Returns: what setting the field to @value can cost: that of the value where the data name one, otherwise the field's
 */
FlDanger
fl_option_field_get_danger (const FlOptionField *self, guint32 value)
{
  const FlOptionValue *known = find_value (self, value);

  return known != NULL ? known->danger : self->kind->danger;
}
