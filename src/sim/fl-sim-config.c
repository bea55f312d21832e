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
  WORD_PID,
  WORD_DOUBLE,
  WORD_STRING,
  WORD_BANK,     /* single, dual */
  WORD_CLOCK,    /* real, virtual */
  WORD_BOOT0,    /* ignored, used */
  WORD_NOT,      /* 0 sets it */
  WORD_CHECKSUM, /* none, words, bytes, zlib */
} WordKind;

/* What may follow the PID, and where it goes. */
static const struct
{
  const char *name;
  WordKind kind;
  gsize offset;
  guint64 max;
  const char *values;
  const char *help;
} words[] = {
  { "flash", WORD_NUMBER, G_STRUCT_OFFSET (FlSimConfig, flash_kib), 16384, "KIB",
    N_ ("size of the flash; the largest there is") },
  { "bank", WORD_BANK, G_STRUCT_OFFSET (FlSimConfig, banks), 0, "dual|single",
    N_ ("how the flash is divided; as a new chip") },
  { "codes", WORD_NUMBER, G_STRUCT_OFFSET (FlSimConfig, bank_2_code), 0xFFEF, "N",
    N_ ("first erase code of bank 2, where documents disagree") },
  { "clock", WORD_CLOCK, G_STRUCT_OFFSET (FlSimConfig, real_clock), 0, "virtual|real", N_ ("real: as slow as a line") },
  { "latency", WORD_DOUBLE, G_STRUCT_OFFSET (FlSimConfig, latency_ms), 1000, "MS",
    N_ ("latency timer of the adapter") },
  { "bl", WORD_BYTE, G_STRUCT_OFFSET (FlSimConfig, bootloader_id), 0xFF, "ID",
    N_ ("build of the bootloader: 0x92; the newest known") },
  { "pid", WORD_PID, G_STRUCT_OFFSET (FlSimConfig, reported_pid), 0xFFFF, "0xNNN",
    N_ ("what it answers to Get ID; its own product ID") },
  { "rdp", WORD_BYTE, G_STRUCT_OFFSET (FlSimConfig, rdp_level), 2, "0|1|2", N_ ("readout protection level") },
  { "boot0", WORD_BOOT0, G_STRUCT_OFFSET (FlSimConfig, boot0_ignored), 0, "used|ignored",
    N_ ("whether the BOOT0 pin counts") },
  { "wired", WORD_BOOLEAN, G_STRUCT_OFFSET (FlSimConfig, lines_wired), 0, "0|1",
    N_ ("1: DTR and RTS reach NRST and BOOT0") },
  { "blank", WORD_NOT, G_STRUCT_OFFSET (FlSimConfig, not_blank), 0, "1|0", N_ ("0: an application is in the flash") },
  { "talks", WORD_BOOLEAN, G_STRUCT_OFFSET (FlSimConfig, application_talks), 0, "0|1",
    N_ ("1: the application prints text") },
  { "deaf", WORD_BOOLEAN, G_STRUCT_OFFSET (FlSimConfig, deaf), 0, "0|1", N_ ("1: never answers") },
  { "burst", WORD_NOT, G_STRUCT_OFFSET (FlSimConfig, slow), 0, "1|0",
    N_ ("0: its bootloader does not keep up with packets sent at once") },
  { "checksum", WORD_CHECKSUM, G_STRUCT_OFFSET (FlSimConfig, checksum), 0, "none|words|bytes|zlib",
    N_ ("a custom bootloader with Get Checksum: words, as AN3155 has it") },
  { "unplug", WORD_NUMBER, G_STRUCT_OFFSET (FlSimConfig, unplug_after), G_MAXUINT, "N",
    N_ ("vanishes after so many bytes") },
  { "max-baud", WORD_NUMBER, G_STRUCT_OFFSET (FlSimConfig, max_baud), 20000000, "N",
    N_ ("the bootloader does not hear higher rates") },
  { "clean-baud", WORD_NUMBER, G_STRUCT_OFFSET (FlSimConfig, clean_baud), 20000000, "N",
    N_ ("at higher rates the line damages bytes now and then") },
  { "port", WORD_NUMBER, G_STRUCT_OFFSET (FlSimConfig, port), 2, "1|2", N_ ("2: the other port of a scenario") },
  { "state", WORD_STRING, G_STRUCT_OFFSET (FlSimConfig, state_file), 0, "FILE", N_ ("keeps the flash between runs") },
};

/* The two texts that a kind takes; the second means TRUE. */
static const struct
{
  const char *no;
  const char *yes;
} choices[] = {
  [WORD_BOOLEAN] = { "0", "1" },        [WORD_BANK] = { "dual", "single" }, [WORD_CLOCK] = { "virtual", "real" },
  [WORD_BOOT0] = { "used", "ignored" }, [WORD_NOT] = { "1", "0" },
};

static const char *const checksums[] = {
  [FL_SIM_CHECKSUM_NONE] = "none",
  [FL_SIM_CHECKSUM_WORDS] = "words",
  [FL_SIM_CHECKSUM_BYTES] = "bytes",
  [FL_SIM_CHECKSUM_ZLIB] = "zlib",
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
parse_checksum (const char *text, FlSimChecksum *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (checksums); i++)
    if (g_str_equal (text, checksums[i]))
      {
        *value = (FlSimChecksum) i;
        return TRUE;
      }
  return FALSE;
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
    case WORD_PID:
      if (!parse_number (text, words[row].max, &number))
        return FALSE;
      if (kind == WORD_NUMBER)
        *(guint *) field = (guint) number;
      else if (kind == WORD_PID)
        *(guint16 *) field = (guint16) number;
      else
        *(guint8 *) field = (guint8) number;
      return TRUE;
    case WORD_DOUBLE:
      return parse_double (text, (double) words[row].max, field);
    case WORD_STRING:
      g_free (*(char **) field);
      *(char **) field = g_strdup (text);
      return text[0] != '\0';
    case WORD_CHECKSUM:
      return parse_checksum (text, field);
    case WORD_BOOLEAN:
    case WORD_BANK:
      *(FlSimBanks *) field = g_str_equal (text, choices[kind].yes) ? FL_SIM_BANKS_SINGLE : FL_SIM_BANKS_DUAL;
      return g_str_equal (text, choices[kind].yes) || g_str_equal (text, choices[kind].no);
    case WORD_CLOCK:
    case WORD_BOOT0:
    case WORD_NOT:
      *(gboolean *) field = g_str_equal (text, choices[kind].yes);
      return *(gboolean *) field || g_str_equal (text, choices[kind].no);
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
parse_word (FlSimConfig *self, const char *word, GError **error)
{
  gsize length = strcspn (word, "=");
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", words[i].name);
      if (strlen (words[i].name) != length || strncmp (words[i].name, word, length) != 0)
        continue;
      if (word[length] == '=' && set_value (self, i, word + length + 1))
        return TRUE;
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("“%s” does not describe a simulated board; write %s=%s"), word,
                   words[i].name, words[i].values);
      return FALSE;
    }
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("“%s” does not describe a simulated board; known are: %s"), word,
               known->str);
  return FALSE;
}

/**
 * fl_sim_config_describe_words:
 *
 * Returns: (transfer full): a line of help for each word that may follow the PID, translated
 */
char *
fl_sim_config_describe_words (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *word = g_strconcat (words[i].name, "=", words[i].values, NULL);

      g_string_append_printf (text, "  %-20s %s\n", word, _ (words[i].help));
    }
  return g_string_free (text, FALSE);
}

/**
 * fl_sim_config_parse:
 * @text: a PID and words ("0x467,flash=256,latency=16,clock=real,state=FILE,boot0=ignored,wired=1,blank=0,talks=1,
 *   deaf=1,burst=0,checksum=words,unplug=5000,rdp=1,bank=single,codes=256,bl=0x92,pid=0x4FF,max-baud=230400,
 *   clean-baud=115200"), or the name of a JSON file with a scenario, and words
 *
 * Errors: %FL_ERROR_USAGE, with the word that is wrong and what would be right
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
