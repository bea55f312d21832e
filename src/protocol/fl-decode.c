/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-decode.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-boot.h"
#include "fl-bytes.h"
#include "fl-decode-private.h"

/* Bytes of the host that follow within this time did not wait for an answer. */
#define PROMPT_US 5000
/* A pause between the two bytes of a command that was made on purpose, or by a slow host. */
#define SPACED_US 1000
/* A packet that goes on after such a pause is taken for two. */
#define PAUSE_US 200000
/* Of each packet so many bytes are looked at and kept; the longest of AN3155 has about 130 KiB (65536 page codes). */
#define MAX_TAKEN (132 * 1024)
#define MAX_SHOWN 16
/* Bytes that make no sense, before they may be of memory. */
#define MAX_ODD 16

/* The number of a record; those behind a gap are counted from the end. */
static guint64
fl_decoder_number (FlDecoder *self, guint index)
{
  return index > self->gap_at ? self->to - (self->records->len - index) : self->from + index;
}

/* The record that is read; not at the end. */
static FlTraceRecord *
fl_decoder_record (FlDecoder *self)
{
  return g_ptr_array_index (self->records, self->at);
}

/* Skips what has nothing to say. */
static void
fl_decoder_skip_empty (FlDecoder *self)
{
  while (self->at < self->records->len)
    {
      FlTraceRecord *record = fl_decoder_record (self);

      if (record->kind != FL_TRACE_SENT && record->kind != FL_TRACE_RECEIVED)
        return;
      if (record->bytes != NULL && self->offset < g_bytes_get_size (record->bytes))
        return;
      self->errors |= record->errors;
      self->at++;
      self->offset = 0;
    }
}

/* What comes next: a FlTraceKind or FL_DECODE_END. Within an exchange, remarks are looked through when bytes follow. */
int
fl_decoder_peek (FlDecoder *self)
{
  guint at;

  fl_decoder_skip_empty (self);
  for (at = self->at; self->exchange != NULL && at < self->records->len; at++)
    {
      FlTraceKind kind = ((FlTraceRecord *) g_ptr_array_index (self->records, at))->kind;

      if (kind == FL_TRACE_SENT || kind == FL_TRACE_RECEIVED)
        return (int) kind;
      if (kind != FL_TRACE_NOTE)
        break;
    }
  return self->at < self->records->len ? (int) fl_decoder_record (self)->kind : FL_DECODE_END;
}

/* Makes the remarks before the next bytes lines of the exchange. */
static void
fl_decoder_take_notes (FlDecoder *self)
{
  while (self->at < self->records->len && fl_decoder_record (self)->kind == FL_TRACE_NOTE)
    {
      fl_decoder_add_line (self, "· %s", fl_decoder_record (self)->text);
      self->at++;
      fl_decoder_skip_empty (self);
    }
}

gint64
fl_decoder_peek_time (FlDecoder *self)
{
  return self->at < self->records->len ? fl_decoder_record (self)->time : self->time;
}

/* Whether what comes next follows so fast that nobody can have waited. */
gboolean
fl_decoder_is_prompt (FlDecoder *self)
{
  return fl_decoder_peek (self) != FL_DECODE_END && fl_decoder_record (self)->kind != FL_TRACE_NOTE
         && (self->offset > 0 || fl_decoder_peek_time (self) - self->time < PROMPT_US);
}

/* Takes up to @length bytes of one direction, as long as they follow each other. Returns how many. */
gsize
fl_decoder_take (FlDecoder *self, FlTraceKind kind, GByteArray *bytes, gsize length)
{
  gsize taken = 0;

  while (taken < length && fl_decoder_peek (self) == (int) kind)
    {
      FlTraceRecord *record;
      const guint8 *data;
      gsize size;
      gsize n;

      fl_decoder_take_notes (self);
      if (self->at == self->records->len || fl_decoder_record (self)->kind != kind)
        break;
      record = fl_decoder_record (self);
      data = g_bytes_get_data (record->bytes, &size);
      n = MIN (size - self->offset, length - taken);
      if (taken > 0 && self->offset == 0 && kind == FL_TRACE_SENT && record->time - self->time > PAUSE_US)
        break;
      if (bytes->len < MAX_TAKEN)
        g_byte_array_append (bytes, data + self->offset, (guint) MIN (n, MAX_TAKEN - bytes->len));
      taken += n;
      self->offset += n;
      self->time = record->time;
      self->errors |= record->errors;
      self->exchange->last = self->at;
      if (self->offset == size)
        {
          self->at++;
          self->offset = 0;
        }
    }
  return taken;
}

/* Takes all bytes up to a change of direction, or a pause. */
gsize
fl_decoder_take_run (FlDecoder *self, FlTraceKind kind, GByteArray *bytes)
{
  return fl_decoder_take (self, kind, bytes, G_MAXSIZE);
}

void
fl_decoder_add_line (FlDecoder *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->exchange->lines, g_strdup_vprintf (format, args));
  va_end (args);
}

/* "> 11 EE  command Read Memory" */
void
fl_decoder_add_bytes (FlDecoder *self, FlTraceKind kind, const guint8 *data, gsize length, const char *meaning)
{
  g_autofree char *hex = fl_bytes_to_hex (data, length, MAX_SHOWN);

  fl_decoder_add_line (self, "%c %s  %s", kind == FL_TRACE_SENT ? '>' : '<', hex, meaning);
}

/* Where the next bytes stand. */
FlMemorySpan
fl_decoder_get_place (FlDecoder *self, gsize length, int count)
{
  fl_decoder_skip_empty (self);
  return (FlMemorySpan){ self->at, self->offset, length, count };
}

/* The next bytes are of memory; @count: see FlMemorySpan. */
void
fl_decoder_note_memory (FlDecoder *self, gsize length, int count)
{
  FlMemorySpan span = fl_decoder_get_place (self, length, count);

  if (self->memory != NULL)
    g_array_append_val (self->memory, span);
}

static void
fl_decoder_add_silence (FlDecoder *self)
{
  if (fl_decoder_peek (self) == FL_DECODE_END)
    fl_decoder_add_line (self, "%s", _ ("no answer up to the end of the trace"));
  else
    fl_decoder_add_line (self, _ ("no answer for %.1f ms"), (double) (fl_decoder_peek_time (self) - self->time) / 1000);
  self->exchange->status = FL_EXCHANGE_SILENT;
}

static void
fl_decoder_set_no_ack (FlDecoder *self, GByteArray *came)
{
  const char *meaning = _ ("neither ACK (79) nor NACK (1F)");

  if (came->data[0] == FL_BOOT_NACK && fl_bytes_all (came->data, came->len, FL_BOOT_NACK))
    meaning = _ ("NACK: refused");
  else if (came->data[0] == FL_BOOT_NACK)
    meaning = _ ("NACK: refused, then bytes that nobody asked for");
  fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len, meaning);
  self->exchange->status = came->data[0] == FL_BOOT_NACK ? FL_EXCHANGE_REFUSED : FL_EXCHANGE_ODD;
}

/* The packets of a read, and command and address of a write, may go out as one where the chip keeps up. */
static gboolean
fl_decoder_is_burst (FlDecoder *self)
{
  return self->offset > 0
         && (self->exchange->command == FL_COMMAND_READ
             || (self->exchange->command == FL_COMMAND_WRITE && self->exchange->part == FL_PART_COMMAND));
}

/* The host goes on before it has the ACK. */
static void
fl_decoder_owe_ack (FlDecoder *self)
{
  gboolean burst = fl_decoder_is_burst (self);

  if (!burst)
    self->exchange->mistakes |= FL_MISTAKE_NO_WAIT;
  if (self->n_owed++ > 0)
    return;
  if (burst)
    fl_decoder_add_line (self, "· %s",
                         _ ("sent at once with what follows: a bootloader that keeps up answers each packet"));
  else
    fl_decoder_add_line (self, "! %s",
                         _ ("the host went on without waiting for the ACK; the chip keeps only one "
                            "byte and loses the rest while it is busy"));
}

/* No ACK to packets that were sent at once. */
static void
fl_decoder_blame_burst (FlDecoder *self)
{
  if (self->n_owed == 0)
    return;
  if (!(self->exchange->mistakes & FL_MISTAKE_NO_WAIT))
    fl_decoder_add_line (self, "! %s", _ ("the chip keeps only one byte and loses the rest while it is busy"));
  self->exchange->mistakes |= FL_MISTAKE_NO_WAIT;
}

/**
 * fl_decoder_take_ack:
 *
 * Takes the answer to a packet. Where the host goes on at once, the ACK is owed and expected later.
 *
 * Returns: whether it was an ACK, or is owed; else the exchange's status says what was wrong
 */
gboolean
fl_decoder_take_ack (FlDecoder *self)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int next = fl_decoder_peek (self);

  if (next == FL_TRACE_SENT && fl_decoder_is_prompt (self))
    {
      fl_decoder_owe_ack (self);
      return TRUE;
    }
  if (next != FL_TRACE_RECEIVED)
    {
      fl_decoder_blame_burst (self);
      fl_decoder_add_silence (self);
      return FALSE;
    }
  for (guint n = self->n_owed + 1; n > 0; n--)
    {
      g_byte_array_set_size (bytes, 0);
      if (fl_decoder_take (self, FL_TRACE_RECEIVED, bytes, 1) == 0)
        {
          fl_decoder_blame_burst (self);
          fl_decoder_add_silence (self);
          return FALSE;
        }
      if (bytes->data[0] == FL_BOOT_ACK)
        {
          fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, bytes->data, 1, "ACK");
          continue;
        }
      fl_decoder_take_run (self, FL_TRACE_RECEIVED, bytes);
      fl_decoder_blame_burst (self);
      fl_decoder_set_no_ack (self, bytes);
      return FALSE;
    }
  self->n_owed = 0;
  return TRUE;
}

/* 0x7F: one, or several in a row. */
static void
fl_decode_sync (FlDecoder *self)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autoptr (GByteArray) came = g_byte_array_new ();
  gsize skipped = 0;
  guint8 answer;

  self->exchange->kind = FL_EXCHANGE_SYNC;
  do
    fl_decoder_take (self, FL_TRACE_SENT, sent, 1);
  while (fl_decoder_peek (self) == FL_TRACE_SENT && fl_decoder_is_prompt (self)
         && ((const guint8 *) g_bytes_get_data (fl_decoder_record (self)->bytes, NULL))[self->offset] == FL_BOOT_SYNC);
  self->exchange->title = g_strdup (_ ("Synchronise"));
  fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, sent->len, _ ("synchronisation byte"));
  if (sent->len > 1)
    self->exchange->mistakes |= FL_MISTAKE_SYNC_AGAIN;
  if (sent->len > 1)
    fl_decoder_add_line (self, "! %s",
                         _ ("0x7F was sent more than once without waiting: the first one synchronises, "
                            "each further pair is a bad command"));
  if (fl_decoder_take_run (self, FL_TRACE_RECEIVED, came) == 0)
    {
      fl_decoder_add_silence (self);
      return;
    }
  self->exchange->bytes = g_bytes_new (came->data, came->len);
  while (skipped + 1 < came->len && (came->data[skipped] == 0x00 || came->data[skipped] == 0xFF))
    skipped++;
  answer = came->data[skipped];
  if (answer == FL_BOOT_ACK)
    fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len,
                          skipped > 0 ? _ ("ACK behind stray bytes: the bootloader is there")
                                      : _ ("ACK: the bootloader is there"));
  else if (answer == FL_BOOT_NACK)
    fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len,
                          _ ("NACK: the bootloader was synchronised before, and is healthy"));
  else
    {
      self->exchange->status = FL_EXCHANGE_ODD;
      fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len,
                            answer == FL_BOOT_SYNC ? _ ("the line echoes what is sent") : _ ("not an ACK (79)"));
    }
}

/* Bytes of the host that are no command: the filler after an error, or a mistake. */
static void
fl_decode_no_command (FlDecoder *self, GByteArray *sent)
{
  FlMemorySpan span = fl_decoder_get_place (self, G_MAXSIZE, -1);
  gboolean same;

  self->exchange->kind = FL_EXCHANGE_NONSENSE;
  fl_decoder_take_run (self, FL_TRACE_SENT, sent);
  same = sent->len > 1 && fl_bytes_all (sent->data + 1, sent->len - 1, sent->data[1])
         && (sent->len > 2 || sent->data[0] == sent->data[1]);
  if (self->memory != NULL && !same && sent->len > MAX_ODD) /* the rest of a block whose begin was lost */
    g_array_append_val (self->memory, span);
  if (sent->len == 1)
    self->exchange->title = g_strdup (_ ("Half a command"));
  else
    self->exchange->title = g_strdup (same ? _ ("Filler, to get back to the start of a command") : _ ("No command"));
  if (sent->len == 1)
    fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, sent->len, _ ("one byte: half a command"));
  else
    fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, sent->len, _ ("not a code and its complement"));
  if (sent->len == 2 && !same && fl_command_get_name (sent->data[0]) != NULL)
    {
      self->exchange->mistakes |= FL_MISTAKE_COMPLEMENT;
      fl_decoder_add_line (self, _ ("! wrong complement: behind %02X (%s) AN3155 wants %02X, not %02X"), sent->data[0],
                           fl_command_get_name (sent->data[0]), sent->data[0] ^ 0xFF, sent->data[1]);
    }
  if (fl_decoder_take_ack (self))
    self->exchange->status = FL_EXCHANGE_ODD;
}

static void
fl_decode_sent (FlDecoder *self)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  FlTraceRecord *record = fl_decoder_record (self);
  const guint8 *data = g_bytes_get_data (record->bytes, NULL);
  gint64 first_time;

  if (data[self->offset] == FL_BOOT_SYNC)
    {
      fl_decode_sync (self);
      return;
    }
  fl_decoder_take (self, FL_TRACE_SENT, sent, 1);
  first_time = self->time;
  fl_decoder_take (self, FL_TRACE_SENT, sent, 1);
  self->exchange->spaced = self->time - first_time > SPACED_US;
  if (sent->len < 2 && fl_decoder_peek (self) == FL_TRACE_RECEIVED && fl_command_get_name (sent->data[0]) != NULL)
    {
      self->exchange->kind = FL_EXCHANGE_HALF;
      self->exchange->title = g_strdup (fl_command_get_name (sent->data[0]));
      fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, 1, _ ("first half of a command"));
      fl_decoder_take_ack (self);
      fl_decoder_add_line (self, "! %s",
                           _ ("the answer came before the second byte was sent: the chip saw a parity "
                              "error, or had half a command in hand"));
      if (self->exchange->status == FL_EXCHANGE_REFUSED)
        self->exchange->bytes = g_bytes_new_static ("\x1F", 1);
      self->exchange->status = FL_EXCHANGE_ODD;
      return;
    }
  if (sent->len < 2 || (sent->data[0] ^ sent->data[1]) != 0xFF)
    {
      fl_decode_no_command (self, sent);
      return;
    }
  self->exchange->kind = FL_EXCHANGE_COMMAND;
  self->exchange->command = sent->data[0];
  if (fl_command_get_name (sent->data[0]) != NULL)
    {
      g_autofree char *meaning = g_strdup_printf (_ ("command %s"), fl_command_get_name (sent->data[0]));

      fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, sent->len, meaning);
      fl_decode_command (self, sent->data[0]);
      return;
    }
  self->exchange->title = g_strdup_printf (_ ("Unknown command %02X"), sent->data[0]);
  fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, sent->len, _ ("a code that AN3155 does not have"));
  fl_decoder_take_ack (self);
}

static void
fl_decode_text (FlDecoder *self)
{
  static const char *const titles[] = {
    [FL_TRACE_SETTINGS] = N_ ("Line settings: %s"),
    [FL_TRACE_LINES] = N_ ("Lines: %s"),
    [FL_TRACE_DISCARD] = N_ ("Unread input was thrown away%s"),
    [FL_TRACE_NOTE] = "%s",
    [FL_TRACE_GAP] = N_ ("Gap: %s"),
  };
  FlTraceRecord *record = fl_decoder_record (self);
  g_auto (GStrv) parts = g_strsplit (_ (titles[record->kind]), "%s", 2);

  self->exchange->kind = record->kind == FL_TRACE_SETTINGS ? FL_EXCHANGE_SETTINGS
                         : record->kind == FL_TRACE_LINES  ? FL_EXCHANGE_LINES
                                                           : FL_EXCHANGE_NOTE;
  self->exchange->text = g_strdup (record->text);
  self->exchange->status = FL_EXCHANGE_OTHER;
  self->exchange->title = g_strjoinv (record->text != NULL ? record->text : "", parts);
  self->exchange->last = self->at++;
  self->time = record->time;
}

/* What an application prints: letters, and little else. */
static gboolean
is_text (const GByteArray *bytes)
{
  guint n = 0;

  for (guint i = 0; i < bytes->len; i++)
    n += g_ascii_isprint (bytes->data[i]) || g_ascii_isspace (bytes->data[i]);
  return n * 10 >= bytes->len * 9;
}

static void
fl_decode_unasked (FlDecoder *self)
{
  FlMemorySpan span = fl_decoder_get_place (self, G_MAXSIZE, -1);
  g_autoptr (GByteArray) came = g_byte_array_new ();

  fl_decoder_take_run (self, FL_TRACE_RECEIVED, came);
  if (self->memory != NULL && came->len > MAX_ODD && !is_text (came))
    g_array_append_val (self->memory, span);
  self->exchange->kind = FL_EXCHANGE_UNASKED;
  self->exchange->bytes = g_bytes_new (came->data, came->len);
  self->exchange->status = FL_EXCHANGE_OTHER;
  self->exchange->title = g_strdup (_ ("Bytes that nobody asked for"));
  fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len, "");
}

/* Takes one exchange, at least one record or byte. */
static FlExchange *
fl_decode_next (FlDecoder *self, int kind)
{
  FlExchange *exchange = g_new0 (FlExchange, 1);

  exchange->command = -1;
  exchange->lines = g_ptr_array_new_with_free_func (g_free);
  exchange->time = fl_decoder_peek_time (self);
  exchange->first = exchange->last = self->at;
  self->time = exchange->time;
  self->n_owed = 0;
  self->exchange = exchange;
  if (kind == FL_TRACE_SENT)
    fl_decode_sent (self);
  else if (kind == FL_TRACE_RECEIVED)
    fl_decode_unasked (self);
  else
    fl_decode_text (self);
  if (self->errors != 0)
    {
      g_autofree char *errors = fl_line_errors_to_string (self->errors);

      fl_decoder_add_line (self, _ ("! the receiver reported damaged bytes: %s"), errors);
    }
  exchange->errors = self->errors;
  self->errors = 0;
  self->exchange = NULL;
  exchange->duration = MAX (self->time - exchange->time, 0);
  exchange->first = fl_decoder_number (self, (guint) exchange->first);
  exchange->last = fl_decoder_number (self, (guint) exchange->last);
  return exchange;
}

/**
 * fl_decode_run:
 *
 * Goes through a part of a trace. The caller frees @self's records.
 *
 * Returns: (transfer full) (element-type FlExchange): in order of time
 */
GPtrArray *
fl_decode_run (FlDecoder *self, FlTrace *trace, guint64 from, guint64 to)
{
  GPtrArray *exchanges = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_exchange_free);
  int kind;

  self->from = from;
  self->to = MIN (to, fl_trace_get_end (trace));
  self->records = fl_trace_copy (trace, from, self->to);
  while (self->gap_at < self->records->len
         && ((FlTraceRecord *) g_ptr_array_index (self->records, self->gap_at))->kind != FL_TRACE_GAP)
    self->gap_at++;
  while ((kind = fl_decoder_peek (self)) != FL_DECODE_END)
    g_ptr_array_add (exchanges, fl_decode_next (self, kind));
  return exchanges;
}

/**
 * fl_decode_trace:
 * @from: the first record's number
 * @to: the number after the last one; G_MAXUINT64 for all
 *
 * Reads the traffic as the chip would, and says where it departs from AN3155. Any bytes will do: what makes no sense is
 * shown as that.
 *
 * Returns: (transfer full) (element-type FlExchange): in order of time
 */
GPtrArray *
fl_decode_trace (FlTrace *trace, guint64 from, guint64 to)
{
  FlDecoder decoder = { 0 };
  GPtrArray *exchanges;

  g_return_val_if_fail (FL_IS_TRACE (trace), NULL);
  exchanges = fl_decode_run (&decoder, trace, from, to);
  g_ptr_array_unref (decoder.records);
  return exchanges;
}

/**
 * fl_decode_to_text:
 * @exchanges: (element-type FlExchange): of fl_decode_trace()
 *
 * Returns: (transfer full): time in seconds, [OK] or [KO], title; below it the lines
 */
char *
fl_decode_to_text (GPtrArray *exchanges)
{
  static const char *const marks[] = {
    [FL_EXCHANGE_OK] = "[OK] ",  [FL_EXCHANGE_REFUSED] = "[KO] ", [FL_EXCHANGE_SILENT] = "[KO] ",
    [FL_EXCHANGE_ODD] = "[KO] ", [FL_EXCHANGE_OTHER] = "",
  };
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (exchanges != NULL, g_string_free (text, FALSE));
  for (guint i = 0; i < exchanges->len; i++)
    {
      const FlExchange *exchange = g_ptr_array_index (exchanges, i);
      char seconds[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (seconds, sizeof seconds, "%10.6f", (double) exchange->time / G_USEC_PER_SEC);
      g_string_append_printf (text, "%s  %s%s\n", seconds, marks[exchange->status], exchange->title);
      for (guint k = 0; k < exchange->lines->len; k++)
        g_string_append_printf (text, "            %s\n", (const char *) g_ptr_array_index (exchange->lines, k));
    }
  return g_string_free (text, FALSE);
}

void
fl_exchange_free (FlExchange *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->text);
  g_free (self);
}
