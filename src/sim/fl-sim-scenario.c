/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-sim-scenario.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-file-load.h"
#include "fl-json.h"

#define MAX_SIZE (256 * 1024) /* bytes of a file; real ones have a few hundred */
#define ANY_PID  0x413        /* where a scenario does not say on which chip it happened */

typedef enum
{
  KEY_IGNORED, /* told to people, or what is so anyway */
  KEY_BOOLEAN,
  KEY_NUMBER,
  KEY_HEX,
  KEY_DOUBLE,
  KEY_STRING,
  KEY_BYTES,  /* list of hex bytes */
  KEY_PACKET, /* hex bytes in one string */
  KEY_ANSWER,
  KEY_ANSWERS, /* by baud rate */
  KEY_RULES,
  KEY_DELAYS,
  KEY_TRUTH, /* true, false, 1, 0, or a word about what is true */
} KeyKind;

typedef struct
{
  const char *name;
  KeyKind kind;
  gsize offset;
} Key;

#define FIELD(kind, name)                                                                                              \
  {                                                                                                                    \
#name, kind, G_STRUCT_OFFSET(FlSimScenario, name)                                                                  \
  }
#define IGNORED(name)                                                                                                  \
  {                                                                                                                    \
    name, KEY_IGNORED, 0                                                                                               \
  }

static const Key keys[] = {
  FIELD (KEY_STRING, port_open_error),
  FIELD (KEY_BOOLEAN, write_blocked),
  FIELD (KEY_DOUBLE, port_stolen_bytes),
  FIELD (KEY_BYTES, port_drops),
  FIELD (KEY_DOUBLE, bit_errors),
  FIELD (KEY_STRING, parity_on_wire),
  FIELD (KEY_STRING, parity_reaction),
  FIELD (KEY_STRING, spaced_bytes),
  FIELD (KEY_STRING, required_parity),
  FIELD (KEY_STRING, line_idle),
  FIELD (KEY_BOOLEAN, echo),
  FIELD (KEY_BOOLEAN, device_mute),
  FIELD (KEY_BOOLEAN, framing_error),
  FIELD (KEY_DOUBLE, device_tx_baud_factor),
  FIELD (KEY_DOUBLE, device_baud_ratio_at_115200),
  FIELD (KEY_ANSWER, on_sync),
  FIELD (KEY_ANSWER, on_second_sync),
  FIELD (KEY_ANSWER, on_third_sync),
  FIELD (KEY_ANSWER, on_sync_after_reset),
  FIELD (KEY_ANSWER, on_sync_after_powercycle),
  FIELD (KEY_ANSWERS, on_sync_at_baud),
  FIELD (KEY_DOUBLE, success_rate),
  FIELD (KEY_NUMBER, ready_after_ms),
  FIELD (KEY_BOOLEAN, dtr_resets),
  FIELD (KEY_STRING, app_stream),
  FIELD (KEY_NUMBER, app_stream_after_ms),
  FIELD (KEY_STRING, app_stream_when_boot0_low),
  FIELD (KEY_BOOLEAN, app_restarts_on_reset),
  FIELD (KEY_NUMBER, rdp),
  FIELD (KEY_RULES, nack_on),
  FIELD (KEY_RULES, silent_on),
  FIELD (KEY_RULES, nack_on_first),
  FIELD (KEY_DELAYS, delay_ms_on),
  FIELD (KEY_DELAYS, after_cmd),
  FIELD (KEY_NUMBER, delay_ms_per_page),
  FIELD (KEY_DOUBLE, nack_probability_on_write),
  FIELD (KEY_BYTES, resets_after),
  FIELD (KEY_STRING, on_sync_after_cmd),
  FIELD (KEY_NUMBER, write_granularity),
  FIELD (KEY_STRING, misaligned),
  FIELD (KEY_NUMBER, read_between_writes_drops),
  FIELD (KEY_BOOLEAN, preloaded),
  FIELD (KEY_BOOLEAN, no_erase),
  FIELD (KEY_NUMBER, flash_kib),
  FIELD (KEY_STRING, after_go),
  FIELD (KEY_STRING, after_reset),
  FIELD (KEY_STRING, after_powercycle),
  FIELD (KEY_BOOLEAN, blank_at_start),
  FIELD (KEY_HEX, pid_reported),
  FIELD (KEY_HEX, bl_version),
  FIELD (KEY_PACKET, get),
  IGNORED ("parity"),
  IGNORED ("then_ok"),
  IGNORED ("commands_ok"),
  IGNORED ("pid_ok"),
  IGNORED ("page_erase"),
  IGNORED ("go"),
};

/* Keys of "behaviour" about what is around the board. */
static const Key port_keys[] = {
  FIELD (KEY_STRING, port_kind), FIELD (KEY_STRING, port_driver),      FIELD (KEY_HEX, usb_vid),
  FIELD (KEY_HEX, usb_pid),      FIELD (KEY_BOOLEAN, usb_dfu_present), FIELD (KEY_ANSWER, other_port_on_sync),
};

/* Keys of "hidden_truth"; whoever writes one may tell more than is played. */
static const Key truth_keys[] = {
  FIELD (KEY_STRING, captured_by),
  FIELD (KEY_STRING, entered_by),
  FIELD (KEY_STRING, wires),
  FIELD (KEY_TRUTH, nboot_sel),
  FIELD (KEY_TRUTH, nswboot0),
  FIELD (KEY_TRUTH, flash_empty),
  FIELD (KEY_TRUTH, debugger_attached),
  FIELD (KEY_TRUTH, app_keeps_running),
  FIELD (KEY_TRUTH, app_running),
  FIELD (KEY_TRUTH, adapter_bad),
  FIELD (KEY_TRUTH, wrp),
  FIELD (KEY_TRUTH, option_nboot0),
};

/* All that a scenario may hold; a member that is none of these is at fault, but not in an open one. */
static const struct
{
  const char *member;
  const Key *keys;
  guint n_keys;
  gboolean open;
} groups[] = {
  { "behaviour", keys, G_N_ELEMENTS (keys), FALSE },
  { "behaviour", port_keys, G_N_ELEMENTS (port_keys), FALSE },
  { "hidden_truth", truth_keys, G_N_ELEMENTS (truth_keys), TRUE },
};

static gboolean
parse_hex (const char *text, guint64 max, guint64 *value)
{
  char *end;

  if (text == NULL || !g_ascii_isxdigit (text[0]))
    return FALSE;
  *value = g_ascii_strtoull (text, &end, 16);
  return *end == '\0' && *value <= max;
}

static const char *
get_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                                          : NULL;
}

static gboolean
get_number (JsonNode *node, double max, double *value)
{
  if (!JSON_NODE_HOLDS_VALUE (node)
      || (json_node_get_value_type (node) != G_TYPE_INT64 && json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return FALSE;
  *value = json_node_get_double (node);
  return *value >= 0 && *value <= max;
}

static gboolean
add_hex_byte (GByteArray *bytes, JsonNode *node)
{
  guint64 value;
  guint8 byte;

  if (!parse_hex (get_string (node), 0xFF, &value))
    return FALSE;
  byte = (guint8) value;
  g_byte_array_append (bytes, &byte, 1);
  return TRUE;
}

static gboolean
parse_bytes (JsonNode *node, GByteArray **bytes)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  g_clear_pointer (bytes, g_byte_array_unref);
  *bytes = g_byte_array_new ();
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!add_hex_byte (*bytes, json_array_get_element (array, i)))
      return FALSE;
  return array != NULL;
}

static gboolean
parse_packet (JsonNode *node, GByteArray **bytes)
{
  const char *text = get_string (node);

  g_clear_pointer (bytes, g_byte_array_unref);
  *bytes = g_byte_array_new ();
  if (text == NULL || strlen (text) % 2 != 0 || strlen (text) < 6)
    return FALSE;
  for (gsize i = 0; text[i] != '\0'; i += 2)
    {
      int high = g_ascii_xdigit_value (text[i]);
      int low = g_ascii_xdigit_value (text[i + 1]);
      guint8 byte = (guint8) (high << 4 | low);

      if (high < 0 || low < 0)
        return FALSE;
      g_byte_array_append (*bytes, &byte, 1);
    }
  return TRUE;
}

/* "79", "silent", "random", or a list of bytes. */
static gboolean
parse_answer (JsonNode *node, FlSimAnswer *answer)
{
  const char *text = get_string (node);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  answer->is_set = TRUE;
  if (g_strcmp0 (text, "silent") == 0)
    return TRUE;
  answer->random = g_strcmp0 (text, "random") == 0;
  if (answer->random)
    return TRUE;
  if (!(text != NULL ? add_hex_byte (bytes, node) : parse_bytes (node, &bytes)) || bytes->len > sizeof answer->bytes)
    return FALSE;
  if (bytes->len > 0)
    memcpy (answer->bytes, bytes->data, bytes->len);
  answer->n_bytes = bytes->len;
  return TRUE;
}

static gboolean
parse_answers (JsonNode *node, GArray **answers)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (object == NULL)
    return FALSE;
  g_clear_pointer (answers, g_array_unref);
  *answers = g_array_new (FALSE, FALSE, sizeof (FlSimAnswer));
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    {
      FlSimAnswer answer = { .baud = (guint) g_ascii_strtoull (name, NULL, 10) };

      if (answer.baud == 0 || !parse_answer (value, &answer))
        return FALSE;
      g_array_append_val (*answers, answer);
    }
  return (*answers)->len > 0;
}

static gboolean
parse_rule_place (FlSimRule *rule, const char *place)
{
  guint64 value = 0;
  gboolean ok = TRUE;

  if (g_str_equal (place, ":data"))
    rule->stage = FL_SIM_STAGE_DATA;
  else if (g_str_equal (place, ":param")) /* whatever it is */
    {
      rule->stage = FL_SIM_STAGE_PARAM;
      rule->at_least = TRUE;
    }
  else if (g_str_has_prefix (place, ":sector"))
    {
      rule->stage = FL_SIM_STAGE_PAGE;
      ok = g_ascii_string_to_unsigned (place + 7, 10, 0, G_MAXUINT16, &value, NULL);
    }
  else if (place[0] == ':')
    {
      rule->stage = FL_SIM_STAGE_PARAM;
      ok = parse_hex (place + 1, G_MAXUINT16, &value);
    }
  else
    {
      rule->stage = FL_SIM_STAGE_ADDRESS;
      rule->at_least = g_str_has_prefix (place, "@>=");
      ok = place[0] == '@' && parse_hex (place + (rule->at_least ? 3 : 1), G_MAXUINT32, &value);
    }
  rule->value = (guint32) value;
  return ok;
}

static gboolean
parse_rule (const char *text, FlSimRule *rule)
{
  g_autofree char *head = NULL;
  gsize length = text == NULL ? 0 : strcspn (text, ":@");
  guint64 value;

  rule->any = g_strcmp0 (text, "*") == 0;
  rule->stage = FL_SIM_STAGE_COMMAND;
  if (rule->any)
    return TRUE;
  head = g_strndup (text, length);
  if ((length != 2 && length != 4) || !parse_hex (head, 0xFFFF, &value))
    return FALSE;
  if (length == 4 && ((value >> 8 ^ value) & 0xFF) != 0xFF)
    return FALSE;
  rule->command = (guint8) (length == 4 ? value >> 8 : value);
  return text[length] == '\0' || parse_rule_place (rule, text + length);
}

static gboolean
parse_rules (JsonNode *node, GArray **rules)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  g_clear_pointer (rules, g_array_unref);
  *rules = g_array_new (FALSE, FALSE, sizeof (FlSimRule));
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      FlSimRule rule = { 0 };

      if (!parse_rule (get_string (json_array_get_element (array, i)), &rule))
        return FALSE;
      g_array_append_val (*rules, rule);
      if (rule.stage == FL_SIM_STAGE_PARAM && rule.at_least)
        {
          rule.stage = FL_SIM_STAGE_DATA; /* a list of pages is refused at its end */
          g_array_append_val (*rules, rule);
        }
    }
  return array != NULL;
}

/* {"44": 40000}, or {"82": "dead_until_powercycle"} */
static gboolean
parse_delays (JsonNode *node, GArray **rules)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (object == NULL)
    return FALSE;
  g_clear_pointer (rules, g_array_unref);
  *rules = g_array_new (FALSE, FALSE, sizeof (FlSimRule));
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    {
      FlSimRule rule = { 0 };
      double ms = 0;

      if (!parse_rule (name, &rule))
        return FALSE;
      if (g_strcmp0 (get_string (value), "dead_until_powercycle") != 0 && !get_number (value, 1e7, &ms))
        return FALSE;
      rule.delay_ms = (guint) ms;
      g_array_append_val (*rules, rule);
    }
  return TRUE;
}

static gboolean
parse_truth (JsonNode *node, FlSimTruth *truth)
{
  double number = 1;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    number = json_node_get_boolean (node);
  else if (get_string (node) == NULL && !get_number (node, 1, &number))
    return FALSE;
  *truth = number > 0 ? FL_SIM_TRUE : FL_SIM_FALSE;
  return TRUE;
}

static gboolean
parse_key (FlSimScenario *self, const Key *key, JsonNode *node)
{
  gpointer field = G_STRUCT_MEMBER_P (self, key->offset);
  guint64 hex;
  double number;

  switch (key->kind)
    {
    case KEY_IGNORED:
      return TRUE;
    case KEY_BOOLEAN:
      *(gboolean *) field = json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
      return json_node_get_value_type (node) == G_TYPE_BOOLEAN;
    case KEY_NUMBER:
      if (!get_number (node, G_MAXINT, &number))
        return FALSE;
      *(guint *) field = (guint) number;
      return TRUE;
    case KEY_HEX:
      if (!parse_hex (get_string (node), G_MAXUINT16, &hex))
        return FALSE;
      *(guint *) field = (guint) hex;
      return TRUE;
    case KEY_DOUBLE:
      return get_number (node, 1e6, field);
    case KEY_STRING:
      g_free (*(char **) field);
      *(char **) field = g_strdup (get_string (node));
      return *(char **) field != NULL;
    case KEY_BYTES:
      return parse_bytes (node, field);
    case KEY_PACKET:
      return parse_packet (node, field);
    case KEY_ANSWER:
      return parse_answer (node, field);
    case KEY_ANSWERS:
      return parse_answers (node, field);
    case KEY_RULES:
      return parse_rules (node, field);
    case KEY_DELAYS:
      return parse_delays (node, field);
    case KEY_TRUTH:
      return parse_truth (node, field);
    }
  g_return_val_if_reached (FALSE);
}

static const Key *
find_key (const char *member, const char *name, gboolean *open)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      if (!g_str_equal (groups[i].member, member))
        continue;
      *open = groups[i].open;
      for (guint k = 0; k < groups[i].n_keys; k++)
        if (g_str_equal (groups[i].keys[k].name, name))
          return &groups[i].keys[k];
    }
  return NULL;
}

static gboolean
parse_member (FlSimScenario *self, JsonObject *object, const char *member, const char *file, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    {
      gboolean open = FALSE;
      const Key *key = find_key (member, name, &open);

      if (key == NULL ? open : JSON_NODE_HOLDS_NULL (value) || parse_key (self, key, value))
        continue;
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   key != NULL ? _ ("%s: the value of “%s” is not understood")
                               : _ ("%s: the behaviour “%s” is not known"),
                   file, name);
      return FALSE;
    }
  return TRUE;
}

/**
 * fl_sim_scenario_parse:
 * @name: what to call it in messages
 *
 * Errors: %FL_ERROR_FORMAT, with the key that is unknown or whose value is wrong
 *
 * Returns: (transfer full): the scenario, or %NULL
 */
FlSimScenario *
fl_sim_scenario_parse (const char *text, gssize length, const char *name, GError **error)
{
  g_autoptr (FlSimScenario) self = g_new0 (FlSimScenario, 1);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;
  JsonNode *pid;
  JsonNode *truth;
  JsonNode *id;
  guint64 value = ANY_PID;

  root = fl_json_parse (text, length < 0 ? strlen (text) : (gsize) length, error);
  if (root == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  pid = object != NULL ? json_object_get_member (object, "device_pid") : NULL;
  if (pid != NULL && !JSON_NODE_HOLDS_NULL (pid) && !parse_hex (get_string (pid), G_MAXUINT16, &value))
    object = NULL;
  if (object == NULL || !json_object_has_member (object, "behaviour")
      || !JSON_NODE_HOLDS_OBJECT (json_object_get_member (object, "behaviour")))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("%s: not a scenario: it needs “device_pid” and “behaviour”"),
                   name);
      return NULL;
    }
  self->pid = (guint16) value;
  self->told_pid = pid != NULL && !JSON_NODE_HOLDS_NULL (pid) ? self->pid : -1;
  if (fl_chip_db_find (self->pid) == NULL) /* nobody knows it: another chip that says it is one */
    {
      self->pid_reported = self->pid;
      self->pid = ANY_PID;
    }
  self->device_tx_baud_factor = 1.0;
  id = json_object_get_member (object, "id");
  self->id = g_strdup (id != NULL && get_string (id) != NULL ? get_string (id) : name);
  truth = json_object_get_member (object, "hidden_truth");
  if (!parse_member (self, json_object_get_object_member (object, "behaviour"), "behaviour", name, error)
      || (truth != NULL && JSON_NODE_HOLDS_OBJECT (truth)
          && !parse_member (self, json_node_get_object (truth), "hidden_truth", name, error)))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fl_sim_scenario_load:
 *
 * Errors: %FL_ERROR_FORMAT as above, %G_FILE_ERROR
 */
FlSimScenario *
fl_sim_scenario_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!fl_file_load (path, MAX_SIZE, &text, &length, error))
    return NULL;
  return fl_sim_scenario_parse (text, (gssize) length, path, error);
}

/**
 * fl_sim_scenario_get_key:
 * @acts: (out): whether the simulated board does something by it; others are told to people, or say what is so anyway
 *
 * Returns: (nullable): the name of a key of "behaviour"; %NULL when there are no more
 */
const char *
fl_sim_scenario_get_key (guint index, gboolean *acts)
{
  if (index >= G_N_ELEMENTS (keys))
    return NULL;
  *acts = keys[index].kind != KEY_IGNORED;
  return keys[index].name;
}

void
fl_sim_scenario_free (FlSimScenario *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    for (guint k = 0; k < groups[i].n_keys; k++)
      {
        gpointer *field = G_STRUCT_MEMBER_P (self, groups[i].keys[k].offset);

        switch (groups[i].keys[k].kind)
          {
          case KEY_STRING:
            g_free (*field);
            break;
          case KEY_BYTES:
          case KEY_PACKET:
            g_clear_pointer (field, g_byte_array_unref);
            break;
          case KEY_ANSWERS:
          case KEY_RULES:
          case KEY_DELAYS:
            g_clear_pointer (field, g_array_unref);
            break;
          case KEY_IGNORED:
          case KEY_BOOLEAN:
          case KEY_NUMBER:
          case KEY_HEX:
          case KEY_DOUBLE:
          case KEY_ANSWER:
          case KEY_TRUTH:
            break;
          }
      }
  g_free (self->id);
  g_free (self);
}
