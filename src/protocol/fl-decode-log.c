/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-decode.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-boot.h"
#include "fl-error.h"

#define MAX_LOG     (16 * 1024 * 1024) /* bytes of text */
#define MAX_NOTE    200                /* bytes of a line that is no traffic */
#define UNTIMED_US  10000              /* between lines that have no time */
#define TRACE_MAGIC "# flashloader trace"

/* Which way the bytes of a line went. */
typedef enum
{
  WAY_UNKNOWN,
  WAY_SENT,
  WAY_RECEIVED,
} Way;

/* One line of a log. */
typedef struct
{
  Way way;
  gboolean marked; /* it says which way */
  gboolean pure;   /* nothing but bytes, times and directions */
  gint64 time;     /* µs; -1: none */
} Line;

/* What reading a log needs to remember. */
typedef struct
{
  FlTrace *trace;
  GByteArray *bytes; /* of the line, for one way */
  Way last;          /* of the last line that said it */
  gint64 time;
  gint64 first_time; /* of the first line that has one; -1: none yet */
  gboolean guessed;
  gsize n_bytes;
  guint first_odd; /* number of the first line that was not understood */
} Reader;

/* Words by which programs mark a direction, in lower case without punctuation around them. */
static Way
find_way (const char *word)
{
  static const char *const sent[] = { ">",   ">>",   "->",   "=>",      "-->",   "h>",          "tx",
                                      "txd", "sent", "send", "sending", "write", "written",     "out",
                                      "w",   "t",    "host", "pc",      "tx>",   "irp_mj_write" };
  static const char *const received[] = { "<",  "<<",  "<-",     "<=",       "<--",     "d>",
                                          "rx", "rxd", "recv",   "received", "receive", "read",
                                          "in", "r",   "device", "mcu",      "rx<",     "irp_mj_read" };

  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    if (strcmp (word, sent[i]) == 0)
      return WAY_SENT;
  for (guint i = 0; i < G_N_ELEMENTS (received); i++)
    if (strcmp (word, received[i]) == 0)
      return WAY_RECEIVED;
  return WAY_UNKNOWN;
}

/* The word in lower case, without brackets around it and a colon behind it. */
static char *
normalise (const char *word)
{
  char *text = g_ascii_strdown (word, -1);
  gsize length;

  while (*text != '\0' && strchr ("[(\"'", *text) != NULL)
    memmove (text, text + 1, strlen (text));
  for (length = strlen (text); length > 0 && strchr ("])\"':", text[length - 1]) != NULL; length--)
    text[length - 1] = '\0';
  return text;
}

/* "12:34:56.789" or "0.001234", in µs; -1: no time. */
static gint64
parse_time (const char *word)
{
  double seconds = 0;
  const char *at = word;
  gboolean pointed = FALSE;

  if (strspn (word, "0123456789:.") != strlen (word) || strpbrk (word, ":.") == NULL || strlen (word) > 32)
    return -1;
  while (*at != '\0')
    {
      char *end = NULL;
      double part = g_ascii_strtod (at, &end);

      if (end == at)
        return -1;
      pointed = TRUE;
      seconds = seconds * 60 + part;
      at = *end == '\0' ? end : end + 1;
    }
  return pointed && seconds < 1e9 ? (gint64) (seconds * G_USEC_PER_SEC) : -1;
}

/* Appends the bytes of a word: "7F", "0x7F", "7Fh", "0x31,0xCE" was split before; packed "11EE" only where @packed. */
static gboolean
parse_bytes (const char *word, gboolean packed, GByteArray *bytes)
{
  gsize length;

  if (word[0] == '0' && word[1] == 'x')
    word += 2;
  length = strspn (word, "0123456789abcdef");
  if (length == 2 && word[2] == 'h' && word[3] == '\0')
    length = 2;
  else if (word[length] != '\0' || length == 0)
    return FALSE;
  if (length % 2 != 0 || (length > 2 && !packed))
    return FALSE;
  for (gsize i = 0; i < length; i += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (word[i]) << 4 | g_ascii_xdigit_value (word[i + 1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return TRUE;
}

static void
reader_flush (Reader *self, Way way)
{
  if (self->bytes->len == 0)
    return;
  if (way == WAY_UNKNOWN)
    {
      way = self->bytes->data[0] == FL_BOOT_ACK || self->bytes->data[0] == FL_BOOT_NACK ? WAY_RECEIVED : WAY_SENT;
      self->guessed = TRUE;
    }
  fl_trace_add_bytes (self->trace, way == WAY_SENT ? FL_TRACE_SENT : FL_TRACE_RECEIVED, self->time, self->bytes->data,
                      self->bytes->len, 0);
  self->n_bytes += self->bytes->len;
  g_byte_array_set_size (self->bytes, 0);
}

static void
reader_set_time (Reader *self, gint64 time)
{
  if (time < 0)
    {
      self->time += UNTIMED_US;
      return;
    }
  if (self->first_time < 0)
    self->first_time = time - self->time;
  self->time = MAX (self->time, time - self->first_time);
}

/* Finds the direction and the time of a line; both stand in front of its bytes. Returns the first word of these. */
static guint
read_front (char **words, Line *line)
{
  guint i;

  line->time = -1;
  for (i = 0; words[i] != NULL; i++)
    {
      g_autofree char *word = normalise (words[i]);
      Way way = find_way (word);
      gint64 time = parse_time (word);

      if (way != WAY_UNKNOWN)
        {
          line->way = way;
          line->marked = TRUE;
          return i + 1;
        }
      if (time >= 0 && line->time < 0)
        line->time = time;
    }
  return 0;
}

/* The bytes of a line from a word on; a direction in between turns it round. Stops at the first other word. */
static gboolean
read_bytes (Reader *self, char **words, guint from, Line *line)
{
  gboolean first = TRUE;

  for (guint i = from; words[i] != NULL; i++)
    {
      g_autofree char *word = normalise (words[i]);
      Way way = strpbrk (word, "<>") != NULL ? find_way (word) : WAY_UNKNOWN;

      if (*word == '\0' || (!line->marked && parse_time (word) >= 0))
        continue;
      if (way != WAY_UNKNOWN)
        {
          reader_flush (self, line->way);
          line->way = way;
          first = TRUE;
          continue;
        }
      if (!parse_bytes (word, first, self->bytes))
        {
          line->pure = FALSE;
          return !g_str_has_prefix (word, "0x");
        }
      first = FALSE;
    }
  return TRUE;
}

static gboolean
reader_take_line (Reader *self, const char *text, guint number, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t,;|\r", -1);
  Line line = { .way = WAY_UNKNOWN, .pure = TRUE };
  guint from = read_front (words, &line);
  gsize before = self->n_bytes;

  reader_set_time (self, line.time);
  if (!line.marked)
    line.way = self->last;
  if (!read_bytes (self, words, from, &line))
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u of the log: a byte cannot be read (two hexadecimal "
                      "digits are expected)."),
                   number);
      return FALSE;
    }
  /* Words in a line that does not say which way it went: a message of the other program. */
  if (!line.marked && !line.pure)
    g_byte_array_set_size (self->bytes, 0);
  reader_flush (self, line.way);
  if (line.marked)
    self->last = line.way;
  if (self->n_bytes == before && *text != '\0')
    {
      g_autofree char *note = g_strndup (text, MAX_NOTE);

      fl_trace_add_text (self->trace, FL_TRACE_NOTE, self->time, note);
      if (self->first_odd == 0)
        self->first_odd = number;
    }
  return TRUE;
}

/**
 * fl_decode_parse_log:
 * @text: a trace of this program, or a log of another one, pasted
 * @length: in bytes, or -1 when it ends with a zero
 *
 * Of another program's log each line is taken that has bytes in hexadecimal: "7F 79", "0x7F, 0x79", "7FF9" packed;
 * in front of them a direction (">", "<", "TX:", "RX", "Sent", "Recv", "H>", "D>" and more) and a time
 * ("12:34:56.789", "0.0123"), both optional. Other lines become remarks. Where nothing says which way bytes went, a
 * line that begins with 79 or 1F is taken as the chip's, and a remark says so.
 *
 * Errors: %FL_ERROR_FORMAT with the line's number when there are no bytes in it, or one cannot be read.
 *
 * Returns: (transfer full): the traffic
 */
FlTrace *
fl_decode_parse_log (const char *text, gssize length, GError **error)
{
  g_autoptr (FlTrace) trace = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Reader reader = { .first_time = -1, .bytes = bytes };
  gsize size;
  guint number = 1;

  g_return_val_if_fail (text != NULL, NULL);
  size = length < 0 ? strlen (text) : (gsize) length;
  if (size >= strlen (TRACE_MAGIC) && g_ascii_strncasecmp (text, TRACE_MAGIC, strlen (TRACE_MAGIC)) == 0)
    return fl_trace_from_text (text, length, error);
  if (size > MAX_LOG)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("The log is longer than %u MiB."), MAX_LOG / 1024 / 1024);
      return NULL;
    }
  reader.trace = trace = fl_trace_new (0);
  for (const char *at = text, *end = text + size; at < end; number++)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));
      g_autofree char *line = g_strndup (at, (gsize) ((newline != NULL ? newline : end) - at));

      if (!reader_take_line (&reader, g_strstrip (line), number, error))
        return NULL;
      at = newline != NULL ? newline + 1 : end;
    }
  if (reader.n_bytes == 0)
    {
      g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                   _ ("Line %u of the log: there are no bytes in it, nor in any other."), MAX (reader.first_odd, 1));
      return NULL;
    }
  if (reader.guessed)
    fl_trace_add_text (trace, FL_TRACE_NOTE, reader.time,
                       _ ("The log does not say which way the bytes went: lines that begin with 79 or 1F were taken as "
                          "the chip's."));
  return g_steal_pointer (&trace);
}
