/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-boot.h"
#include "fl-bytes.h"
#include "fl-mistakes.h"
#include "fl-trace-facts-private.h"

#define MAX_ANSWER 32 /* bytes that are kept of what came back to 7F */
#define MIN_TEXT   3  /* printable bytes that are no accident */
#define MAX_TEXT   60 /* of them that are kept */

const guint8 *
fl_trace_get_bytes (const FlExchange *exchange, gsize *length)
{
  *length = exchange->bytes != NULL ? g_bytes_get_size (exchange->bytes) : 0;
  return exchange->bytes != NULL ? g_bytes_get_data (exchange->bytes, NULL) : NULL;
}

/* The first line of what an application prints; NULL: it is no text. */
char *
fl_trace_dup_text (const guint8 *data, gsize length)
{
  gsize n = 0, printable = 0, from = 0;

  for (gsize i = 0; i < length; i++)
    printable += g_ascii_isprint (data[i]) || data[i] == '\r' || data[i] == '\n' || data[i] == '\t';
  if (printable < MIN_TEXT || printable * 10 < length * 9)
    return NULL;
  while (from < length && !g_ascii_isgraph (data[from]))
    from++;
  while (from + n < length && n < MAX_TEXT && g_ascii_isprint (data[from + n]))
    n++;
  return n >= MIN_TEXT ? g_strndup ((const char *) data + from, n) : NULL;
}

static gboolean
is_bit_error (guint8 byte)
{
  static const guint8 legal[] = { FL_BOOT_ACK, FL_BOOT_NACK };

  for (guint i = 0; i < G_N_ELEMENTS (legal); i++)
    {
      guint8 wrong = byte ^ legal[i];

      if (wrong != 0 && (wrong & (wrong - 1)) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What the answers to one or two 7F amount to; @second: nullable: there was none. */
static const char *
get_sync_kind (const FlExchange *first, const FlExchange *second)
{
  gsize length, skipped = 0;
  const guint8 *data = fl_trace_get_bytes (first, &length);
  gboolean is_second = length == 0 && second != NULL;
  g_autofree char *text = NULL;

  if (is_second)
    data = fl_trace_get_bytes (second, &length);
  if (length == 0)
    return "silent";
  while (skipped + 1 < length && (data[skipped] == 0x00 || data[skipped] == 0xFF)
         && (data[skipped + 1] == FL_BOOT_ACK || data[skipped + 1] == FL_BOOT_NACK))
    skipped++;
  text = fl_trace_dup_text (data, length);
  if (text != NULL)
    return "text";
  if (data[skipped] == FL_BOOT_NACK)
    return "already";
  if (data[skipped] == FL_BOOT_ACK)
    return is_second ? "late" : skipped > 0 ? "leading" : "fresh";
  if (data[0] == FL_BOOT_SYNC)
    return "echo";
  return length == 1 && first->errors == 0 && is_bit_error (data[0]) ? "bits" : "garble";
}

static gboolean
is_contact (const char *kind)
{
  return g_strv_contains ((const char *const[]){ "fresh", "already", "late", "leading", NULL }, kind);
}

static void
set_sync_bytes (FlTraceReader *self, const char *name, const FlExchange *exchange)
{
  gsize length;
  const guint8 *data = fl_trace_get_bytes (exchange, &length);
  g_autofree char *hex = length > 0 ? fl_bytes_to_hex (data, MIN (length, MAX_ANSWER), MAX_ANSWER) : g_strdup ("");

  fl_facts_set (self->facts, name, hex);
}

/* One attempt: a 7F, or two; the second only where the first brought nothing. */
static void
take_attempt (FlTraceReader *self, const FlExchange *first, const FlExchange *second)
{
  const char *kind = get_sync_kind (first, second);
  const char *before = fl_facts_get (self->facts, "sync.kind");
  FlLineErrors errors = first->errors | (second != NULL ? second->errors : 0);

  /* The first attempt in which anything came tells most, unless a later one succeeds. */
  if (before != NULL && !g_str_equal (before, "silent") && !is_contact (kind))
    return;
  fl_facts_set (self->facts, "sync.kind", kind);
  set_sync_bytes (self, "sync.first", first);
  if (first->bytes != NULL)
    fl_facts_set_number (self->facts, "sync.first-ms", (double) first->duration / 1000);
  fl_facts_set (self->facts, "sync.second", NULL);
  if (second != NULL)
    set_sync_bytes (self, "sync.second", second);
  fl_facts_set (self->facts, "sync.errors", NULL);
  if (errors != 0)
    {
      g_autofree char *text = fl_line_errors_to_string (errors);

      fl_facts_set (self->facts, "sync.errors", text);
    }
  if (!is_contact (kind))
    return;
  self->connected = TRUE;
  self->connected_time = first->time;
  self->n_commands = self->n_silent = self->n_harmless_ok = self->n_alternated = 0;
  self->first_refused = FALSE;
}

/* What became of a chip that reset itself, or was started. */
static void
take_reset_answer (FlTraceReader *self, const char *kind)
{
  static const struct
  {
    const char *kind;
    const char *answer;
  } answers[] = {
    { "fresh", "79" }, { "leading", "79" }, { "late", "79" }, { "already", "1F" }, { "silent", "silent" }
  };
  const char *answer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_str_equal (kind, answers[i].kind))
      answer = answers[i].answer;
  if (self->pending == FL_COMMAND_GO)
    fl_facts_set (self->facts, "go.after", is_contact (kind) ? "bootloader" : "silent");
  else if (answer != NULL && fl_facts_get (self->facts, "protect.command") != NULL)
    fl_facts_set (self->facts, "protect.after", answer);
  self->pending = -1;
}

/* 0x7F: the first contact, or what became of a chip that reset itself. */
void
fl_trace_take_sync (FlTraceReader *self, GPtrArray *exchanges)
{
  const FlExchange *first = g_ptr_array_index (exchanges, self->at);
  const FlExchange *second = NULL;
  gboolean again = self->connected && self->pending < 0 && self->n_commands == 0;

  if (first->bytes == NULL && self->at + 1 < exchanges->len)
    {
      second = g_ptr_array_index (exchanges, self->at + 1);
      if (second->kind != FL_EXCHANGE_SYNC)
        second = NULL;
      else
        self->at++;
    }
  if (self->pending >= 0)
    take_reset_answer (self, get_sync_kind (first, second));
  if (again && self->origin == FL_TRACE_FOREIGN)
    fl_mistakes_take_facts (FL_MISTAKE_SYNC_AGAIN, self->facts);
  take_attempt (self, first, second);
  self->half = !is_contact (get_sync_kind (first, second));
}
