/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-trace"

/*
 * A trace as text that a person can read and that is a bug report's best part:
 *
 *   # Flashloader trace 1
 *   0.000000 = 115200 8E1
 *   0.000120 ~ DTR=1 RTS=0
 *   0.100200 > 7F
 *   0.101730 < 79
 *   0.300000 > FF 00 01 …                (32 bytes a line,
 *            + 20 21 …                    the rest of the same record behind a "+")
 *   0.310000 < 1F !parity !framing
 *   0.400000 x                           (unread input was thrown away)
 *   0.500000 # text                      (a remark)
 *   0.600000 ^ 12 records with 40 bytes were not kept
 *
 * Times are seconds since the trace began. In texts, \n, \t, \\ and \xNN stand for characters that would end the line
 * or could not be seen.
 */
#include "config.h"

#include "fl-trace.h"

#include <glib/gi18n-lib.h>

#include "fl-error.h"
#include "fl-file-load.h"
#include "fl-file.h"

#define HEADER          "# Flashloader trace 1"
#define BYTES_A_LINE    32
#define MAX_TEXT_SIZE   (64 * 1024 * 1024) /* a full trace of the default limit is smaller */
#define MAX_LINE_LENGTH 65536
#define MAX_SECONDS     100000000 /* three years */

static const char markers[] = {
  [FL_TRACE_SENT] = '>',    [FL_TRACE_RECEIVED] = '<', [FL_TRACE_SETTINGS] = '=', [FL_TRACE_LINES] = '~',
  [FL_TRACE_DISCARD] = 'x', [FL_TRACE_NOTE] = '#',     [FL_TRACE_GAP] = '^',
};

static void
append_escaped (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    switch (*p)
      {
      case '\\':
        g_string_append (out, "\\\\");
        break;
      case '\n':
        g_string_append (out, "\\n");
        break;
      case '\t':
        g_string_append (out, "\\t");
        break;
      default:
        if ((guchar) *p < 0x20 || *p == 0x7F)
          g_string_append_printf (out, "\\x%02X", (guint) (guchar) *p);
        else
          g_string_append_c (out, *p);
      }
}

static void
append_bytes (GString *out, const FlTraceRecord *record)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (record->bytes, &length);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && i % BYTES_A_LINE == 0)
        g_string_append (out, "\n         +");
      g_string_append_printf (out, " %02X", data[i]);
    }
  if (record->errors != 0)
    {
      g_autofree char *names = fl_line_errors_to_string (record->errors);
      g_auto (GStrv) words = g_strsplit (names, " ", -1);

      for (guint i = 0; words[i] != NULL; i++)
        g_string_append_printf (out, " !%s", words[i]);
    }
}

/**
 * fl_trace_to_text:
 * @self: a trace
 *
 * Returns: (transfer full): the whole trace in the text form that fl_trace_from_text() reads
 */
char *
fl_trace_to_text (FlTrace *self)
{
  g_autoptr (GPtrArray) records = NULL;
  GString *out;

  g_return_val_if_fail (FL_IS_TRACE (self), NULL);

  records = fl_trace_copy (self, 0, G_MAXUINT64);
  out = g_string_new (HEADER "\n");
  for (guint i = 0; i < records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (records, i);
      guint64 time = (guint64) ABS (record->time);

      g_string_append_printf (out, "%s%" G_GUINT64_FORMAT ".%06u %c", record->time < 0 ? "-" : "",
                              time / G_USEC_PER_SEC, (guint) (time % G_USEC_PER_SEC), markers[record->kind]);
      if (record->bytes != NULL)
        append_bytes (out, record);
      else if (record->text[0] != '\0')
        {
          g_string_append_c (out, ' ');
          append_escaped (out, record->text);
        }
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

/* A record with bytes that is being read: it ends with the next line that does not go on with it. */
typedef struct
{
  FlTrace *trace;
  FlTraceKind kind;
  gint64 time;
  FlLineErrors errors;
  GByteArray *bytes; /* NULL: none is open */
} Reader;

static void
reader_finish (Reader *reader)
{
  if (reader->bytes == NULL)
    return;
  fl_trace_add_bytes (reader->trace, reader->kind, reader->time, reader->bytes->data, reader->bytes->len,
                      reader->errors);
  g_clear_pointer (&reader->bytes, g_byte_array_unref);
}

/* Takes the time off the begin of *@line; FALSE when there is none. */
static gboolean
parse_time (const char **line, gint64 *time)
{
  const char *p = *line;
  gboolean negative = *p == '-';
  gint64 seconds = 0;
  gint64 micros = 0;

  if (negative)
    p++;
  if (!g_ascii_isdigit (*p))
    return FALSE;
  for (; g_ascii_isdigit (*p); p++)
    if ((seconds = seconds * 10 + g_ascii_digit_value (*p)) > MAX_SECONDS)
      return FALSE;
  if (*p++ != '.')
    return FALSE;
  for (guint i = 0; i < 6; i++, p++)
    {
      if (!g_ascii_isdigit (*p))
        return FALSE;
      micros = micros * 10 + g_ascii_digit_value (*p);
    }
  if (*p++ != ' ')
    return FALSE;
  *time = (seconds * G_USEC_PER_SEC + micros) * (negative ? -1 : 1);
  *line = p;
  return TRUE;
}

/* " 79 1F !parity": bytes, then errors; and nothing else. */
static gboolean
parse_bytes (Reader *reader, const char *p)
{
  while (*p == ' ')
    {
      p++;
      if (*p == '!')
        {
          gsize length = strcspn (++p, " ");
          g_autofree char *name = g_strndup (p, length);
          FlLineErrors error = fl_line_errors_from_name (name);

          if (error == 0)
            return FALSE;
          reader->errors |= error;
          p += length;
        }
      else
        {
          guint8 byte;

          if (reader->errors != 0 || !g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
            return FALSE;
          byte = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
          g_byte_array_append (reader->bytes, &byte, 1);
          p += 2;
        }
    }
  return *p == '\0';
}

/* NULL for an escape that is none, or a text that is not UTF-8. */
static char *
unescape (const char *p)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *p != '\0'; p++)
    if (*p != '\\')
      g_string_append_c (out, *p);
    else if (*++p == 'n')
      g_string_append_c (out, '\n');
    else if (*p == 't')
      g_string_append_c (out, '\t');
    else if (*p == '\\')
      g_string_append_c (out, '\\');
    else if (*p == 'x' && g_ascii_isxdigit (p[1]) && g_ascii_isxdigit (p[2]))
      {
        int c = g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2]);

        if (c == 0 || c > 0x7F)
          return NULL;
        g_string_append_c (out, (char) c);
        p += 2;
      }
    else
      return NULL;
  return g_utf8_validate (out->str, (gssize) out->len, NULL) ? g_strdup (out->str) : NULL;
}

static gboolean
parse_record (Reader *reader, const char *line)
{
  g_autofree char *text = NULL;
  const char *marker;
  gint64 time;

  if (!parse_time (&line, &time) || *line == '\0')
    return FALSE;
  marker = memchr (markers, *line, sizeof markers);
  if (marker == NULL)
    return FALSE;
  reader->kind = (FlTraceKind) (marker - markers);
  line++;
  if (reader->kind == FL_TRACE_SENT || reader->kind == FL_TRACE_RECEIVED)
    {
      reader->time = time;
      reader->errors = 0;
      reader->bytes = g_byte_array_new ();
      return parse_bytes (reader, line);
    }
  if (*line != '\0' && *line++ != ' ')
    return FALSE;
  text = unescape (line);
  if (text == NULL)
    return FALSE;
  fl_trace_add_text (reader->trace, reader->kind, time, text);
  return TRUE;
}

static gboolean
parse_line (Reader *reader, const char *line)
{
  const char *start = line + strspn (line, " \t");

  if (*start == '+')
    return start > line && reader->bytes != NULL && reader->errors == 0 && parse_bytes (reader, start + 1);
  reader_finish (reader);
  /* What a person adds: empty lines and remarks without a time. */
  return *start == '\0' || *line == '#' || parse_record (reader, line);
}

/**
 * fl_trace_from_text:
 * @text: what fl_trace_to_text() gave, perhaps edited by hand
 * @length: its length in bytes, -1 when it ends in a NUL
 * @error: return location
 *
 * Errors: %FL_ERROR_FORMAT with the number of the first line that is not of a trace, or when the text is larger than
 * 64 MiB.
 *
 * Returns: (transfer full): the trace, or %NULL
 */
FlTrace *
fl_trace_from_text (const char *text, gssize length, GError **error)
{
  g_autoptr (FlTrace) trace = NULL;
  Reader reader = { 0 };
  const char *end;
  guint number = 0;

  g_return_val_if_fail (text != NULL, NULL);

  end = text + (length < 0 ? strlen (text) : (gsize) length);
  if (end - text > MAX_TEXT_SIZE)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("The trace is larger than %d MiB"),
                   MAX_TEXT_SIZE / 1024 / 1024);
      return NULL;
    }
  reader.trace = trace = fl_trace_new (MAX_TEXT_SIZE);
  for (const char *next; text < end || number == 0; text = next)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      gsize line_length = (gsize) ((newline != NULL ? newline : end) - text);
      g_autofree char *line = g_strndup (text, MIN (line_length, MAX_LINE_LENGTH));
      gboolean ok;

      next = newline != NULL ? newline + 1 : end;
      number++;
      if (line_length > 0 && g_str_has_suffix (line, "\r"))
        {
          line_length--;
          line[strlen (line) - 1] = '\0';
        }
      if (line_length != strlen (line)) /* too long, or a NUL in it */
        ok = FALSE;
      else
        ok = number == 1 ? g_str_equal (line, HEADER) : parse_line (&reader, line);
      if (!ok)
        {
          g_clear_pointer (&reader.bytes, g_byte_array_unref);
          if (number == 1)
            g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("Line 1: a trace begins with “%s”"), HEADER);
          else
            g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("Line %u is not a line of a trace"), number);
          return NULL;
        }
    }
  reader_finish (&reader);
  return g_steal_pointer (&trace);
}

/**
 * fl_trace_save:
 * @self: a trace
 * @path: the file to write; replaced as a whole or not at all
 * @error: return location
 *
 * Errors: of #GFileError.
 *
 * Returns: whether it was written
 */
gboolean
fl_trace_save (FlTrace *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (FL_IS_TRACE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  text = fl_trace_to_text (self);
  return fl_file_save (path, text, strlen (text), error);
}

/**
 * fl_trace_load:
 * @path: a file that fl_trace_save() wrote
 * @error: return location
 *
 * Errors: of #GFileError, or %FL_ERROR_FORMAT with the line's number.
 *
 * Returns: (transfer full): the trace, or %NULL
 */
FlTrace *
fl_trace_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  FlTrace *trace;

  g_return_val_if_fail (path != NULL, NULL);

  if (!fl_file_load (path, MAX_TEXT_SIZE, &text, &length, error))
    return NULL;
  trace = fl_trace_from_text (text, (gssize) length, error);
  if (trace == NULL)
    g_prefix_error (error, "%s: ", path);
  return trace;
}
