/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-console-input.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-bytes.h"
#include "fl-error.h"

static const struct
{
  char name;
  guint8 byte;
} escapes[] = { { 'r', '\r' }, { 'n', '\n' }, { 't', '\t' }, { '0', '\0' }, { '\\', '\\' }, { '"', '"' } };

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (FL_ERROR, FL_ERROR_USAGE, format, args));
  va_end (args);
  return FALSE;
}

static gboolean
is_separator (char c)
{
  return g_ascii_isspace (c) || c == ',' || c == ';';
}

/* Where in the text, for people: characters from 1. */
static guint
get_place (const char *text, const char *at)
{
  return (guint) g_utf8_pointer_to_offset (text, at) + 1;
}

/* From behind the opening quote. Returns what follows the closing one, or NULL. */
static const char *
parse_quoted (const char *text, const char *at, GByteArray *bytes, GError **error)
{
  const char *opening = at - 1;

  for (; *at != '"'; at++)
    {
      guint8 byte = (guint8) *at;

      if (*at == '\0')
        {
          fail (error, _ ("The text that begins at character %u has no closing quote."), get_place (text, opening));
          return NULL;
        }
      if (*at == '\\')
        {
          guint i = 0;

          at++;
          while (i < G_N_ELEMENTS (escapes) && escapes[i].name != *at)
            i++;
          if (i == G_N_ELEMENTS (escapes))
            {
              fail (error, _ ("Behind the \\ at character %u stands none of r n t 0 \\ \"."), get_place (text, at - 1));
              return NULL;
            }
          byte = escapes[i].byte;
        }
      g_byte_array_append (bytes, &byte, 1);
    }
  return at + 1;
}

/* Returns what follows the digits, or NULL. */
static const char *
parse_hex (const char *text, const char *at, GByteArray *bytes, GError **error)
{
  const char *word = at;
  const char *end;
  gsize n_digits;

  if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
    at += 2;
  for (end = at; g_ascii_isxdigit (*end); end++)
    continue;
  n_digits = (gsize) (end - at);
  if (*end != '\0' && *end != '"' && !is_separator (*end))
    {
      fail (error, _ ("“%.*s” at character %u is not a hexadecimal digit (0–9, A–F)."),
            (int) (g_utf8_next_char (end) - end), end, get_place (text, end));
      return NULL;
    }
  if (n_digits % 2 != 0 || n_digits == 0)
    {
      fail (error, _ ("“%.*s” at character %u is not a whole number of bytes: each has two digits, such as 0A."),
            (int) (end - word), word, get_place (text, word));
      return NULL;
    }
  for (; at < end; at += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return end;
}

/**
 * fl_console_parse_input:
 * @text: bytes in hexadecimal, and "text in quotes" with \r \n \t \0 \\ \"
 * @checksum: whether to add what AN3155 wants behind a packet: of one byte its complement, of more their exclusive or
 * @error: return location
 *
 * Errors: %FL_ERROR_USAGE, with the place of the mistake.
 *
 * Returns: (transfer full): at least one byte; %NULL on error
 */
GBytes *
fl_console_parse_input (const char *text, gboolean checksum, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const char *at = text;

  g_return_val_if_fail (text != NULL, NULL);

  while (at != NULL && *at != '\0')
    {
      if (is_separator (*at))
        at++;
      else if (*at == '"')
        at = parse_quoted (text, at + 1, bytes, error);
      else
        at = parse_hex (text, at, bytes, error);
    }
  if (at == NULL)
    return NULL;
  if (bytes->len == 0)
    {
      fail (error, "%s", _ ("There is nothing to send: type bytes such as 7F or 00 FF."));
      return NULL;
    }
  if (bytes->len > FL_CONSOLE_MAX_INPUT)
    {
      fail (error, _ ("These are %u bytes; more than %u cannot be sent at once."), bytes->len, FL_CONSOLE_MAX_INPUT);
      return NULL;
    }
  if (checksum)
    {
      guint8 sum = fl_bytes_xor (bytes->data, bytes->len);

      if (bytes->len == 1)
        sum ^= 0xFF;
      g_byte_array_append (bytes, &sum, 1);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * fl_console_parse_address:
 * @text: "0x08000000", "8000000"
 * @address: (out): set when it is right
 *
 * Returns: (transfer full) (nullable): what is wrong with it, a sentence
 */
char *
fl_console_parse_address (const char *text, guint32 *address)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *digits = g_str_has_prefix (stripped, "0x") || g_str_has_prefix (stripped, "0X") ? stripped + 2 : stripped;
  guint64 value;

  if (!g_ascii_string_to_unsigned (digits, 16, 0, G_MAXUINT32, &value, NULL))
    return g_strdup (_ ("The address is not a hexadecimal number of up to 8 digits, such as 08000000."));
  *address = (guint32) value;
  return NULL;
}
