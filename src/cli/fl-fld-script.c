/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-fld-script.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fl-error.h"

#define DEFAULT_BAUD 57600
#define MIN_BAUD     300
#define MAX_BAUD     20000000
#define MAX_CODE     65535
#define MAX_WAIT_MS  3600000

struct _FlFldScript
{
  GPtrArray *steps; /* FlFldStep */
};

typedef struct
{
  const char *const *next; /* the argument that was not looked at yet */
  const char *word;        /* the one that is being read: for messages */
  FlFldScript *script;
  FlFldStep *step; /* being read */
  gboolean begun;  /* a sub-option has said what the step does */
} Reader;

typedef enum
{
  NOTHING,
  VALUE, /* one follows */
  CODES, /* a number follows, and as many codes */
} Follows;

/* One sub-option. */
typedef struct
{
  const char *option;
  const char *name;
  Follows follows;
  int kind; /* what it makes of the step, which it begins; KEEP: nothing */
  gboolean (*take) (Reader *reader, const char *value, GError **error); /* nullable */
} SubOption;

#define KEEP    (-1)
#define NO_STEP (-2)

static const char *const value_names[] = { "RDP", "User", "Data0", "Data1", "WRP0", "WRP1", "WRP2", "WRP3" };
G_STATIC_ASSERT (G_N_ELEMENTS (value_names) == FL_FLD_N_VALUES);

/* "bad parameter [--br]" is what the old program said; why, it did not. */
static gboolean G_GNUC_PRINTF (3, 4) set_bad (Reader *reader, GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  g_autofree char *word = g_utf8_make_valid (reader->word, -1);
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, FL_ERROR, FL_ERROR_USAGE, "bad parameter [%s]: %s", word, reason);
  return FALSE;
}

static gboolean
is_word (const char *text, const char *word)
{
  return g_ascii_strcasecmp (text, word) == 0;
}

static gboolean
parse_decimal (const char *text, guint64 least, guint64 most, guint *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, least, most, &value, NULL))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

/* With or without 0x. */
static gboolean
parse_hex (const char *text, guint64 most, guint32 *number)
{
  const char *digits = g_ascii_strncasecmp (text, "0x", 2) == 0 ? text + 2 : text;
  guint64 value;

  if (!g_ascii_string_to_unsigned (digits, 16, 0, most, &value, NULL))
    return FALSE;
  *number = (guint32) value;
  return TRUE;
}

/* --- what follows a sub-option --- */

static gboolean
take_port (Reader *reader, const char *value, GError **error)
{
  g_free (reader->step->port);
  reader->step->port = g_strdup (value);
  return TRUE;
}

static gboolean
take_baud (Reader *reader, const char *value, GError **error)
{
  return parse_decimal (value, MIN_BAUD, MAX_BAUD, &reader->step->baud)
         || set_bad (reader, error, _ ("the speed is a number from %u to %u; 115200 is usual"), MIN_BAUD, MAX_BAUD);
}

static gboolean
take_data_bits (Reader *reader, const char *value, GError **error)
{
  guint bits;

  if (!parse_decimal (value, 5, 8, &bits))
    return set_bad (reader, error, _ ("the number of data bits is 5 to 8"));
  return bits == 8
         || set_bad (reader, error, _ ("the bootloader sends and takes 8 data bits, never %u. Say 8, or leave it out"),
                     bits);
}

/* The old program took whatever it did not know for EVEN. */
static gboolean
take_parity (Reader *reader, const char *value, GError **error)
{
  reader->step->parity = is_word (value, "NONE")  ? FL_PARITY_NONE
                         : is_word (value, "ODD") ? FL_PARITY_ODD
                                                  : FL_PARITY_EVEN;
  return TRUE;
}

/* A receiver that waits for 1.5 stop bits is content with 2. */
static gboolean
take_stop_bits (Reader *reader, const char *value, GError **error)
{
  reader->step->two_stop_bits = !g_str_equal (value, "1");
  return !reader->step->two_stop_bits || g_str_equal (value, "1.5") || g_str_equal (value, "2")
         || set_bad (reader, error, _ ("the number of stop bits is 1, 1.5 or 2"));
}

static gboolean
take_echo (Reader *reader, const char *value, GError **error)
{
  reader->step->listen = is_word (value, "LISTEN");
  if (reader->step->listen || is_word (value, "OFF"))
    return TRUE;
  if (is_word (value, "ECHO") || is_word (value, "ON"))
    return set_bad (reader, error,
                    _ ("no STM32 wants its bytes sent back (STM8 did): it would take them for commands. Say OFF; or "
                       "LISTEN for a line that brings back what is sent"));
  return set_bad (reader, error, _ ("the echo mode is OFF or LISTEN"));
}

static gboolean
take_timeout (Reader *reader, const char *value, GError **error)
{
  return parse_decimal (value, 1, MAX_WAIT_MS, &reader->step->timeout_ms)
         || set_bad (reader, error, _ ("the time to wait is a number of milliseconds from 1 to %u"), MAX_WAIT_MS);
}

/* DTR and RTS can always be driven here: there is nothing to enable. */
static gboolean
take_control (Reader *reader, const char *value, GError **error)
{
  return is_word (value, "ON") || is_word (value, "OFF") || set_bad (reader, error, _ ("it is ON or OFF"));
}

static gboolean
take_high (Reader *reader, const char *value, GError **error)
{
  reader->step->set = TRUE;
  return TRUE;
}

static gboolean
take_low (Reader *reader, const char *value, GError **error)
{
  reader->step->set = FALSE;
  return TRUE;
}

static gboolean
take_path (Reader *reader, const char *value, GError **error)
{
  g_free (reader->step->path);
  reader->step->path = g_strdup (value);
  return TRUE;
}

static gboolean
take_address (Reader *reader, const char *value, GError **error)
{
  reader->step->has_address = TRUE;
  return parse_hex (value, G_MAXUINT32, &reader->step->address)
         || set_bad (reader, error, _ ("an address is hexadecimal, for example 08000000 or 0x08000000"));
}

static gboolean
take_verify (Reader *reader, const char *value, GError **error)
{
  reader->step->verify = TRUE;
  return TRUE;
}

static gboolean
take_skip_blank (Reader *reader, const char *value, GError **error)
{
  reader->step->skip_blank = TRUE;
  return TRUE;
}

static gboolean
take_values (Reader *reader, const char *value, GError **error)
{
  if (reader->step->kind != FL_FLD_SET_OPTIONS)
    return set_bad (reader, error, _ ("it belongs behind --set"));
  reader->step->kind = FL_FLD_SET_VALUES;
  return TRUE;
}

static gboolean
take_option_value (Reader *reader, const char *value, GError **error)
{
  FlFldStep *step = reader->step;
  guint32 number;
  guint i = 0;

  while (!is_word (reader->word + 2, value_names[i]))
    i++;
  if (step->kind != FL_FLD_SET_VALUES)
    return set_bad (reader, error, _ ("it belongs behind --set --vals"));
  if (!parse_hex (value, 0xFFFF, &number))
    return set_bad (reader, error, _ ("an option byte is hexadecimal, for example A5 or 0xA5"));
  if (number > 0xFF && (number >> 8) != (~number & 0xFF))
    return set_bad (reader, error,
                    _ ("an option byte is 00 to FF; of four digits the first two are its complement: F00F, not %04X"),
                    number);
  step->has_value[i] = TRUE;
  step->values[i] = number & 0xFF;
  return TRUE;
}

static const SubOption sub_options[] = {
  { "-c", "--pn", VALUE, KEEP, take_port },
  { "-c", "--br", VALUE, KEEP, take_baud },
  { "-c", "--db", VALUE, KEEP, take_data_bits },
  { "-c", "--pr", VALUE, KEEP, take_parity },
  { "-c", "--sb", VALUE, KEEP, take_stop_bits },
  { "-c", "--ec", VALUE, KEEP, take_echo },
  { "-c", "--to", VALUE, KEEP, take_timeout },
  { "-c", "--co", VALUE, KEEP, take_control },
  { "-Dtr", "--Hi", NOTHING, FL_FLD_LINE, take_high },
  { "-Dtr", "--Lo", NOTHING, FL_FLD_LINE, take_low },
  { "-Rts", "--Hi", NOTHING, FL_FLD_LINE, take_high },
  { "-Rts", "--Lo", NOTHING, FL_FLD_LINE, take_low },
  { "-e", "--all", NOTHING, FL_FLD_ERASE_ALL, NULL },
  { "-e", "--sec", CODES, FL_FLD_ERASE_SOME, NULL },
  { "-u", "--fn", VALUE, KEEP, take_path },
  { "-d", "--a", VALUE, KEEP, take_address },
  { "-d", "--fn", VALUE, KEEP, take_path },
  { "-d", "--v", NOTHING, KEEP, take_verify },
  { "-d", "--o", NOTHING, KEEP, take_skip_blank },
  { "-r", "--a", VALUE, KEEP, take_address },
  { "-p", "--ewp", CODES, FL_FLD_PROTECT_WRITE, NULL },
  { "-p", "--dwp", NOTHING, FL_FLD_UNPROTECT_WRITE, NULL },
  { "-p", "--erp", NOTHING, FL_FLD_PROTECT_READ, NULL },
  { "-p", "--drp", NOTHING, FL_FLD_UNPROTECT_READ, NULL },
  { "-o", "--get", NOTHING, FL_FLD_GET_OPTIONS, NULL },
  { "-o", "--set", NOTHING, FL_FLD_SET_OPTIONS, NULL },
  { "-o", "--fn", VALUE, KEEP, take_path },
  { "-o", "--vals", NOTHING, KEEP, take_values },
  { "-o", "--RDP", VALUE, KEEP, take_option_value },
  { "-o", "--User", VALUE, KEEP, take_option_value },
  { "-o", "--Data0", VALUE, KEEP, take_option_value },
  { "-o", "--Data1", VALUE, KEEP, take_option_value },
  { "-o", "--WRP0", VALUE, KEEP, take_option_value },
  { "-o", "--WRP1", VALUE, KEEP, take_option_value },
  { "-o", "--WRP2", VALUE, KEEP, take_option_value },
  { "-o", "--WRP3", VALUE, KEEP, take_option_value },
};

/* What an option is when it stands alone; the others need a sub-option that says. */
static const struct
{
  const char *option;
  int kind; /* KEEP: a sub-option says; NO_STEP: it does nothing */
} options[] = {
  { "-?", FL_FLD_HELP }, { "-c", FL_FLD_CONNECT }, { "-i", FL_FLD_IDENTIFY },
  { "-e", KEEP },        { "-u", FL_FLD_UPLOAD },  { "-d", FL_FLD_DOWNLOAD },
  { "-v", NO_STEP },     { "-r", FL_FLD_RUN },     { "-p", KEEP },
  { "-o", KEEP },        { "-Dtr", KEEP },         { "-Rts", KEEP },
};

/* --- reading --- */

static void
step_free (FlFldStep *step)
{
  g_free (step->port);
  g_free (step->name);
  g_free (step->path);
  g_clear_pointer (&step->codes, g_array_unref);
  g_free (step);
}

static void
begin_step (Reader *reader, int kind)
{
  reader->step = g_new0 (FlFldStep, 1);
  reader->step->kind = kind >= 0 ? (FlFldKind) kind : FL_FLD_HELP;
  reader->step->baud = DEFAULT_BAUD;
  reader->step->parity = FL_PARITY_EVEN;
  reader->begun = kind >= 0;
  g_ptr_array_add (reader->script->steps, reader->step);
}

static gboolean
is_value (const char *text)
{
  return text != NULL && text[0] != '-';
}

/* The old tokenizer knew --lcs and --s, and did nothing about them. */
static void
skip_unused (Reader *reader)
{
  while (*reader->next != NULL && (is_word (*reader->next, "--lcs") || is_word (*reader->next, "--s")))
    {
      reader->next++;
      if (is_value (*reader->next))
        reader->next++;
    }
}

static const SubOption *
find_sub_option (const char *option, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (sub_options); i++)
    if (is_word (option, sub_options[i].option) && is_word (name, sub_options[i].name))
      return &sub_options[i];
  return NULL;
}

/**
 * fl_fld_has_option:
 * @sub_option: (nullable): a sub-option of it
 *
 * Returns: whether the old grammar has these words, in any letter case
 */
gboolean
fl_fld_has_option (const char *option, const char *sub_option)
{
  if (sub_option != NULL)
    return find_sub_option (option, sub_option) != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (is_word (option, options[i].option))
      return TRUE;
  return FALSE;
}

static gboolean
read_codes (Reader *reader, GError **error)
{
  GArray *codes = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n, code;

  reader->step->codes = codes;
  if (!is_value (*reader->next) || !parse_decimal (*reader->next, 1, MAX_CODE, &n))
    return set_bad (reader, error, _ ("behind it stands how many sectors, and then the code of each: 2 0 1"));
  reader->next++;
  for (guint i = 0; i < n; i++)
    {
      if (!is_value (*reader->next) || !parse_decimal (*reader->next, 0, MAX_CODE, &code))
        return set_bad (reader, error,
                        ngettext ("it announces %u code, and %u follow", "it announces %u codes, and %u follow", n), n,
                        i);
      g_array_append_val (codes, code);
      reader->next++;
    }
  return TRUE;
}

static gboolean
read_sub_option (Reader *reader, const char *option, GError **error)
{
  const SubOption *found = find_sub_option (option, reader->word);
  const char *value = NULL;

  if (found == NULL)
    return set_bad (reader, error, _ ("%s has no such parameter. -? lists them"), option);
  if (found->kind != KEEP && reader->begun)
    begin_step (reader, found->kind);
  else if (found->kind != KEEP)
    {
      reader->step->kind = (FlFldKind) found->kind;
      reader->begun = TRUE;
    }
  if (!reader->begun)
    return set_bad (reader, error, _ ("%s needs to know first what to do. -? lists what it can"), option);
  if (found->follows == CODES)
    return read_codes (reader, error);
  if (found->follows == VALUE)
    {
      value = *reader->next;
      if (!is_value (value))
        return set_bad (reader, error, _ ("its value is missing"));
      reader->next++;
    }
  return found->take == NULL || found->take (reader, value, error);
}

static gboolean
has_values (const FlFldStep *step)
{
  for (guint i = 0; i < FL_FLD_N_VALUES; i++)
    if (step->has_value[i])
      return TRUE;
  return FALSE;
}

/* Whether all is there. */
static gboolean
check_step (Reader *reader, const FlFldStep *step, GError **error)
{
  switch (step->kind)
    {
    case FL_FLD_UPLOAD:
    case FL_FLD_DOWNLOAD:
    case FL_FLD_GET_OPTIONS:
      return step->path != NULL || set_bad (reader, error, _ ("which file? Say --fn FILE"));
    case FL_FLD_SET_OPTIONS:
      return step->path != NULL || set_bad (reader, error, _ ("to what? Say --set --fn FILE, or --set --vals --RDP x"));
    case FL_FLD_SET_VALUES:
      if (step->path != NULL)
        return set_bad (reader, error, _ ("say either --fn FILE or --vals, not both"));
      return has_values (step)
             || set_bad (reader, error, _ ("--vals names no value. Say for example --vals --Data0 5A"));
    case FL_FLD_HELP:
    case FL_FLD_CONNECT:
    case FL_FLD_LINE:
    case FL_FLD_IDENTIFY:
    case FL_FLD_ERASE_ALL:
    case FL_FLD_ERASE_SOME:
    case FL_FLD_RUN:
    case FL_FLD_PROTECT_WRITE:
    case FL_FLD_UNPROTECT_WRITE:
    case FL_FLD_PROTECT_READ:
    case FL_FLD_UNPROTECT_READ:
    default:
      return TRUE;
    }
}

static gboolean
is_line_option (const char *option)
{
  return is_word (option, "-Dtr") || is_word (option, "-Rts");
}

static gboolean
check_option (Reader *reader, const char *option, guint first, GError **error)
{
  GPtrArray *steps = reader->script->steps;

  reader->word = option;
  if (is_line_option (option) && (!reader->begun || steps->len - first > 1))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_USAGE, "bad parameter [Set %s line] should be Hi or Lo",
                   is_word (option, "-Dtr") ? "Dtr" : "Rts");
      return FALSE;
    }
  if (!reader->begun)
    return set_bad (reader, error, _ ("it needs to know what to do. -? lists what it can"));
  for (guint i = first; i < steps->len; i++)
    {
      FlFldStep *step = g_ptr_array_index (steps, i);

      step->line = is_word (option, "-Dtr") ? FL_LINE_DTR : FL_LINE_RTS;
      if (!check_step (reader, step, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_option (Reader *reader, gboolean *connected, GError **error)
{
  const char *option = *reader->next++;
  guint first = reader->script->steps->len;
  guint i = 0;

  reader->word = option;
  if (!fl_fld_has_option (option, NULL))
    return set_bad (reader, error, _ ("there is no such option. -? lists them"));
  while (!is_word (option, options[i].option))
    i++;
  skip_unused (reader);
  if (options[i].kind == NO_STEP)
    return TRUE;
  begin_step (reader, options[i].kind);
  *connected = *connected || options[i].kind == FL_FLD_CONNECT;
  if (!*connected && options[i].kind != FL_FLD_HELP)
    return set_bad (reader, error, _ ("no port is open there. -c opens it, and comes first"));
  if (options[i].kind == FL_FLD_IDENTIFY && is_value (*reader->next))
    reader->step->name = g_strdup (*reader->next++);
  for (skip_unused (reader); *reader->next != NULL && g_str_has_prefix (*reader->next, "--"); skip_unused (reader))
    {
      reader->word = *reader->next++;
      if (!read_sub_option (reader, option, error))
        return FALSE;
    }
  return check_option (reader, option, first, error);
}

/**
 * fl_fld_script_parse:
 * @arguments: (array zero-terminated=1): without the program's name
 *
 * Reads a command line as STMFlashLoader.exe does: options with sub-options, in any letter case, which are steps from
 * left to right. What the old program found out in the middle of its work is found here before any of it.
 *
 * Source: the old program's help, and the scripts that are in use.
 *
 * Errors: %FL_ERROR_USAGE, which names the argument.
 *
 * Returns: (transfer full): the script, of at least one step
 */
FlFldScript *
fl_fld_script_parse (const char *const *arguments, GError **error)
{
  g_autoptr (FlFldScript) script = g_new0 (FlFldScript, 1);
  Reader reader = { .next = arguments, .script = script };
  gboolean connected = FALSE;

  g_return_val_if_fail (arguments != NULL, NULL);

  script->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  while (*reader.next != NULL)
    if (!read_option (&reader, &connected, error))
      return NULL;
  if (script->steps->len == 0)
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_USAGE,
                           _ ("There is nothing to do. For example: -c --pn 5 -e --all -d --fn firmware.hex --v; -? "
                              "lists all"));
      return NULL;
    }
  return g_steal_pointer (&script);
}

void
fl_fld_script_free (FlFldScript *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_free (self);
}

guint
fl_fld_script_get_n_steps (const FlFldScript *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->steps->len;
}

const FlFldStep *
fl_fld_script_get_step (const FlFldScript *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->steps->len, NULL);
  return g_ptr_array_index (self->steps, index);
}

const char *
fl_fld_value_get_name (FlFldValue value)
{
  g_return_val_if_fail (value < FL_FLD_N_VALUES, NULL);
  return value_names[value];
}
