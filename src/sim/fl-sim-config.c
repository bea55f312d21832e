/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-sim-board.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"

typedef enum
{
  WORD_BOOLEAN,
  WORD_NUMBER,
  WORD_BYTE,
  WORD_DOUBLE,
  WORD_STRING,
  WORD_BANK,  /* single, dual */
  WORD_CLOCK, /* real, virtual */
  WORD_BOOT0, /* ignored, used */
  WORD_BLANK, /* 0: an application was there before */
} WordKind;

/* What may follow the PID, and where it goes. */
static const struct
{
  const char *name;
  WordKind kind;
  gsize offset;
  guint64 max;
} words[] = {
  { "flash", WORD_NUMBER, G_STRUCT_OFFSET (FlSimConfig, flash_kib), 16384 },
  { "bank", WORD_BANK, G_STRUCT_OFFSET (FlSimConfig, single_bank), 0 },
  { "clock", WORD_CLOCK, G_STRUCT_OFFSET (FlSimConfig, real_clock), 0 },
  { "latency", WORD_DOUBLE, G_STRUCT_OFFSET (FlSimConfig, latency_ms), 1000 },
  { "bl", WORD_BYTE, G_STRUCT_OFFSET (FlSimConfig, bootloader_id), 0xFF },
  { "rdp", WORD_BYTE, G_STRUCT_OFFSET (FlSimConfig, rdp_level), 2 },
  { "boot0", WORD_BOOT0, G_STRUCT_OFFSET (FlSimConfig, boot0_ignored), 0 },
  { "wired", WORD_BOOLEAN, G_STRUCT_OFFSET (FlSimConfig, lines_wired), 0 },
  { "blank", WORD_BLANK, G_STRUCT_OFFSET (FlSimConfig, not_blank), 0 },
  { "talks", WORD_BOOLEAN, G_STRUCT_OFFSET (FlSimConfig, application_talks), 0 },
  { "deaf", WORD_BOOLEAN, G_STRUCT_OFFSET (FlSimConfig, deaf), 0 },
  { "unplug", WORD_NUMBER, G_STRUCT_OFFSET (FlSimConfig, unplug_after), G_MAXUINT },
  { "state", WORD_STRING, G_STRUCT_OFFSET (FlSimConfig, state_file), 0 },
};

/* The two texts that a kind takes; the second means TRUE. */
static const struct
{
  const char *no;
  const char *yes;
} choices[] = {
  [WORD_BOOLEAN] = { "0", "1" },        [WORD_BANK] = { "dual", "single" }, [WORD_CLOCK] = { "virtual", "real" },
  [WORD_BOOT0] = { "used", "ignored" }, [WORD_BLANK] = { "1", "0" },
};

static gboolean
parse_number (const char *text, guint64 max, guint64 *value)
{
  char *end;

  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  *value = g_ascii_strtoull (text, &end, g_str_has_prefix (text, "0x") || g_str_has_prefix (text, "0X") ? 16 : 10);
  return *end == '\0' && *value <= max;
}

static gboolean
parse_double (const char *text, double max, double *value)
{
  char *end;

  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  *value = g_ascii_strtod (text, &end);
  return *end == '\0' && *value >= 0 && *value <= max;
}

static gboolean
set_value (FlSimConfig *self, guint row, const char *text)
{
  gpointer field = G_STRUCT_MEMBER_P (self, words[row].offset);
  WordKind kind = words[row].kind;
  guint64 number = 0;

  switch (kind)
    {
    case WORD_NUMBER:
    case WORD_BYTE:
      if (!parse_number (text, words[row].max, &number))
        return FALSE;
      if (kind == WORD_NUMBER)
        *(guint *) field = (guint) number;
      else
        *(guint8 *) field = (guint8) number;
      return TRUE;
    case WORD_DOUBLE:
      return parse_double (text, (double) words[row].max, field);
    case WORD_STRING:
      g_free (*(char **) field);
      *(char **) field = g_strdup (text);
      return text[0] != '\0';
    case WORD_BOOLEAN:
    case WORD_BANK:
    case WORD_CLOCK:
    case WORD_BOOT0:
    case WORD_BLANK:
      *(gboolean *) field = g_str_equal (text, choices[kind].yes);
      return *(gboolean *) field || g_str_equal (text, choices[kind].no);
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
parse_word (FlSimConfig *self, const char *word, GError **error)
{
  const char *equals = strchr (word, '=');

  for (guint i = 0; equals != NULL && i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i].name) == (gsize) (equals - word) && g_str_has_prefix (word, words[i].name))
      {
        if (set_value (self, i, equals + 1))
          return TRUE;
        break;
      }
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("“%s” does not describe a simulated board"), word);
  return FALSE;
}

/**
 * fl_sim_config_parse:
 * @text: a PID and words ("0x467,flash=256,latency=16,clock=real,state=FILE,boot0=ignored,wired=1,blank=0,talks=1,
 *   deaf=1,unplug=5000,rdp=1,bank=single,bl=0x92"), or the name of a JSON file with a scenario, and words
 *
 * Errors: %FL_ERROR_USAGE, with the word that is wrong
 *
 * Returns: (transfer full): the board that @text describes, or %NULL
 */
FlSimConfig *
fl_sim_config_parse (const char *text, GError **error)
{
  g_autoptr (FlSimConfig) self = g_new0 (FlSimConfig, 1);
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint64 pid;

  if (parts[0] != NULL && g_str_has_suffix (parts[0], ".json"))
    self->scenario_file = g_strdup (parts[0]);
  else if (parts[0] != NULL && g_ascii_strncasecmp (parts[0], "0x", 2) == 0
           && parse_number (parts[0], G_MAXUINT16, &pid))
    self->pid = (guint16) pid;
  else
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
                   _ ("“%s” is neither a product ID, such as 0x460, nor the name of a scenario (.json)"),
                   parts[0] != NULL ? parts[0] : "");
      return NULL;
    }
  for (guint i = 1; parts[i] != NULL; i++)
    if (!parse_word (self, parts[i], error))
      return NULL;
  return g_steal_pointer (&self);
}

void
fl_sim_config_free (FlSimConfig *self)
{
  g_free (self->state_file);
  g_free (self->scenario_file);
  g_free (self);
}
