/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-console-log.h"

#include <string.h>

#define SHORT_ANSWER 16 /* bytes that a line shows in full */
#define MAX_DUMPED   4096
#define DUMP_COLUMNS 16
#define PAUSE_US     200000 /* between bytes that nobody asked for: the next ones get an entry of their own */
#define MAX_OPEN     512    /* records that are decoded again and again, at the most */

struct _FlConsoleEntry
{
  GObject parent_instance;

  FlExchangeStatus status;
  char *time_text;
  char *title;
  GPtrArray *lines; /* FlConsoleLine */
  char *dump;
};

struct _FlConsoleLog
{
  GObject parent_instance;

  GListStore *entries; /* FlConsoleEntry */
  FlTrace *trace;      /* nullable */
  guint64 from;        /* record from which on it is decoded again */
  guint n_open;        /* entries at the end that come from there */
};

static void fl_console_log_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE (FlConsoleEntry, fl_console_entry, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE_WITH_CODE (FlConsoleLog, fl_console_log, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, fl_console_log_model_init))

static void
free_line (gpointer data)
{
  FlConsoleLine *line = data;

  g_free (line->bytes);
  g_free (line->meaning);
  g_free (line);
}

/* What a terminal would show; NULL: not all of it is text. */
static char *
dup_readable (const guint8 *data, gsize length)
{
  GString *text = g_string_new ("“");

  for (gsize i = 0; i < length; i++)
    {
      if (data[i] == '\r' || data[i] == '\n')
        g_string_append (text, data[i] == '\r' ? "\\r" : "\\n");
      else if (g_ascii_isprint ((char) data[i]))
        g_string_append_c (text, (char) data[i]);
      else
        {
          g_string_free (text, TRUE);
          return NULL;
        }
    }
  g_string_append (text, "”");
  return g_string_free (text, FALSE);
}

/* "> 11 EE  command Read Memory" */
static FlConsoleLine *
split_line (const char *text)
{
  FlConsoleLine *line = g_new0 (FlConsoleLine, 1);
  const char *gap = strstr (text, "  ");

  line->mark = ' ';
  if (gap != NULL && (text[0] == '>' || text[0] == '<') && text[1] == ' ')
    {
      line->mark = text[0];
      line->bytes = g_strndup (text + 2, (gsize) (gap - text) - 2);
      line->meaning = gap[2] != '\0' ? g_strdup (gap + 2) : NULL;
    }
  else
    {
      line->meaning = g_strdup (g_str_has_prefix (text, "! ") ? text + 2 : text);
    }
  return line;
}

/* "08000010  68 65 6C 6C 6F …  hello" */
static char *
dump_bytes (GByteArray *bytes, guint32 address)
{
  GString *text = g_string_new (NULL);
  guint length = MIN (bytes->len, MAX_DUMPED);

  for (guint at = 0; at < length; at += DUMP_COLUMNS)
    {
      g_string_append_printf (text, "%s%08X  ", at > 0 ? "\n" : "", address + at);
      for (guint i = at; i < at + DUMP_COLUMNS; i++)
        {
          if (i < length)
            g_string_append_printf (text, "%02X ", bytes->data[i]);
          else
            g_string_append (text, "   ");
        }
      g_string_append_c (text, ' ');
      for (guint i = at; i < MIN (at + DUMP_COLUMNS, length); i++)
        g_string_append_c (text, g_ascii_isprint ((char) bytes->data[i]) ? (char) bytes->data[i] : '.');
    }
  if (bytes->len > length)
    g_string_append (text, "\n…");
  return g_string_free (text, FALSE);
}

/* All bytes that came in with an exchange, behind the ACKs of @exchange's packets. */
static GByteArray *
collect_received (FlTrace *trace, const FlExchange *exchange)
{
  g_autoptr (GPtrArray) records = fl_trace_copy (trace, exchange->first, exchange->last + 1);
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (records, i);

      if (record->kind == FL_TRACE_SENT)
        g_byte_array_set_size (bytes, 0); /* what was the answer to the packet before */
      else if (record->kind == FL_TRACE_RECEIVED)
        g_byte_array_append (bytes, g_bytes_get_data (record->bytes, NULL), (guint) g_bytes_get_size (record->bytes));
    }
  return bytes;
}

static FlConsoleEntry *
fl_console_entry_new (FlTrace *trace, const FlExchange *exchange)
{
  FlConsoleEntry *self = g_object_new (FL_TYPE_CONSOLE_ENTRY, NULL);
  g_autoptr (GByteArray) received = collect_received (trace, exchange);
  gint64 ms = MAX (exchange->time, 0) / 1000;

  self->status = exchange->status;
  self->time_text = g_strdup_printf ("%02d:%02d.%03d", (int) (ms / 60000), (int) (ms / 1000 % 60), (int) (ms % 1000));
  self->title = g_strdup (exchange->title);
  for (guint i = 0; i < exchange->lines->len; i++)
    {
      FlConsoleLine *line = split_line (g_ptr_array_index (exchange->lines, i));

      if (line->mark == '<' && line->meaning == NULL)
        line->meaning = dup_readable (received->data, received->len);
      g_ptr_array_add (self->lines, line);
    }
  if (received->len > SHORT_ANSWER)
    {
      gboolean is_memory = exchange->has_address && received->len == exchange->length + 1;

      if (is_memory)
        g_byte_array_remove_index (received, 0); /* the ACK */
      self->dump = dump_bytes (received, is_memory ? exchange->address : 0);
    }
  return self;
}

FlExchangeStatus
fl_console_entry_get_status (FlConsoleEntry *self)
{
  g_return_val_if_fail (FL_IS_CONSOLE_ENTRY (self), FL_EXCHANGE_OTHER);
  return self->status;
}

const char *
fl_console_entry_get_time_text (FlConsoleEntry *self)
{
  g_return_val_if_fail (FL_IS_CONSOLE_ENTRY (self), NULL);
  return self->time_text;
}

const char *
fl_console_entry_get_title (FlConsoleEntry *self)
{
  g_return_val_if_fail (FL_IS_CONSOLE_ENTRY (self), NULL);
  return self->title;
}

GPtrArray *
fl_console_entry_get_lines (FlConsoleEntry *self)
{
  g_return_val_if_fail (FL_IS_CONSOLE_ENTRY (self), NULL);
  return self->lines;
}

const char *
fl_console_entry_get_dump (FlConsoleEntry *self)
{
  g_return_val_if_fail (FL_IS_CONSOLE_ENTRY (self), NULL);
  return self->dump;
}

/**
 * fl_console_entry_to_text:
 *
 * Returns: (transfer full): time and title, then a line for each packet and remark, then all bytes of a long answer
 */
char *
fl_console_entry_to_text (FlConsoleEntry *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (FL_IS_CONSOLE_ENTRY (self), g_string_free (text, FALSE));

  g_string_append_printf (text, "%s  %s\n", self->time_text, self->title);
  for (guint i = 0; i < self->lines->len; i++)
    {
      const FlConsoleLine *line = g_ptr_array_index (self->lines, i);

      g_string_append_printf (text, "  %c %s%s%s\n", line->mark, line->bytes != NULL ? line->bytes : "",
                              line->bytes != NULL && line->meaning != NULL ? "  " : "",
                              line->meaning != NULL ? line->meaning : "");
    }
  if (self->dump != NULL)
    g_string_append_printf (text, "%s\n", self->dump);
  return g_string_free (text, FALSE);
}

static void
fl_console_entry_finalize (GObject *object)
{
  FlConsoleEntry *self = FL_CONSOLE_ENTRY (object);

  g_free (self->time_text);
  g_free (self->title);
  g_free (self->dump);
  g_ptr_array_unref (self->lines);
  G_OBJECT_CLASS (fl_console_entry_parent_class)->finalize (object);
}

static void
fl_console_entry_class_init (FlConsoleEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_console_entry_finalize;
}

static void
fl_console_entry_init (FlConsoleEntry *self)
{
  self->lines = g_ptr_array_new_with_free_func (free_line);
}

static void
items_changed_cb (FlConsoleLog *self, guint position, guint removed, guint added, GListModel *entries)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/**
 * fl_console_log_follow:
 * @trace: of the session whose line is to be shown
 *
 * What was shown stays.
 */
void
fl_console_log_follow (FlConsoleLog *self, FlTrace *trace)
{
  g_return_if_fail (FL_IS_CONSOLE_LOG (self) && FL_IS_TRACE (trace));

  fl_console_log_update (self);
  g_set_object (&self->trace, trace);
  self->from = fl_trace_get_end (trace);
  self->n_open = 0;
}

static FlTraceKind
get_first_kind (FlTrace *trace, const FlExchange *exchange)
{
  g_autoptr (GPtrArray) records = fl_trace_copy (trace, exchange->first, exchange->first + 1);

  return records->len == 1 ? ((FlTraceRecord *) g_ptr_array_index (records, 0))->kind : FL_TRACE_GAP;
}

/* The record at which bytes that nobody asked for go on after a pause; 0: there is none. */
static guint64
find_pause (FlTrace *trace, const FlExchange *exchange)
{
  g_autoptr (GPtrArray) records = fl_trace_copy (trace, exchange->first, exchange->last + 1);
  gint64 time = exchange->time;

  for (guint i = 0; i < records->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (records, i);

      if (record->time - time > PAUSE_US)
        return exchange->first + i;
      time = record->time;
    }
  return 0;
}

/* Decodes from self->from on, and moves it to where the next decoding has to begin. Entries before @n_settled are
 * final. Returns whether there is more to decode. */
static gboolean
fl_console_log_decode (FlConsoleLog *self, GPtrArray *entries, guint *n_settled)
{
  g_autoptr (GPtrArray) exchanges = fl_decode_trace (self->trace, self->from, G_MAXUINT64);
  guint64 from = self->from;

  for (guint i = 0; i < exchanges->len; i++)
    {
      g_autoptr (GPtrArray) parts = NULL;
      const FlExchange *exchange = g_ptr_array_index (exchanges, i);
      const FlExchange *before = i > 0 ? g_ptr_array_index (exchanges, i - 1) : NULL;
      FlTraceKind kind = get_first_kind (self->trace, exchange);
      guint64 pause = 0;

      if (before == NULL || exchange->first > before->last) /* records that two exchanges share are decoded together */
        {
          from = exchange->first;
          *n_settled = entries->len;
          pause = kind == FL_TRACE_RECEIVED ? find_pause (self->trace, exchange) : 0;
        }
      if (kind == FL_TRACE_NOTE) /* remarks of the program are for its log */
        continue;
      if (pause == 0)
        {
          g_ptr_array_add (entries, fl_console_entry_new (self->trace, exchange));
          continue;
        }
      parts = fl_decode_trace (self->trace, exchange->first, pause);
      for (guint k = 0; k < parts->len; k++)
        g_ptr_array_add (entries, fl_console_entry_new (self->trace, g_ptr_array_index (parts, k)));
      self->from = pause;
      *n_settled = entries->len;
      return TRUE;
    }
  self->from = from;
  return FALSE;
}

/**
 * fl_console_log_update:
 *
 * Decodes what has passed; of what was shown, only the end can change by it.
 */
void
fl_console_log_update (FlConsoleLog *self)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_entries, n_settled = 0;

  g_return_if_fail (FL_IS_CONSOLE_LOG (self));

  if (self->trace == NULL)
    return;
  while (fl_console_log_decode (self, entries, &n_settled))
    continue;
  if (fl_trace_get_end (self->trace) - self->from > MAX_OPEN)
    {
      self->from = fl_trace_get_end (self->trace);
      n_settled = entries->len;
    }
  n_entries = g_list_model_get_n_items (G_LIST_MODEL (self->entries));
  g_list_store_splice (self->entries, n_entries - self->n_open, self->n_open, entries->pdata, entries->len);
  self->n_open = entries->len - n_settled;
  n_entries = g_list_model_get_n_items (G_LIST_MODEL (self->entries));
  if (n_entries > FL_CONSOLE_LOG_MAX_ENTRIES + self->n_open)
    g_list_store_splice (self->entries, 0, n_entries - FL_CONSOLE_LOG_MAX_ENTRIES, NULL, 0);
}

/**
 * fl_console_log_clear:
 *
 * Forgets what was shown; the trace keeps it.
 */
void
fl_console_log_clear (FlConsoleLog *self)
{
  g_return_if_fail (FL_IS_CONSOLE_LOG (self));

  if (self->trace != NULL)
    self->from = fl_trace_get_end (self->trace);
  self->n_open = 0;
  g_list_store_remove_all (self->entries);
}

FlTrace *
fl_console_log_get_trace (FlConsoleLog *self)
{
  g_return_val_if_fail (FL_IS_CONSOLE_LOG (self), NULL);
  return self->trace;
}

/**
 * fl_console_log_to_text:
 *
 * Returns: (transfer full): all entries
 */
char *
fl_console_log_to_text (FlConsoleLog *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (FL_IS_CONSOLE_LOG (self), g_string_free (text, FALSE));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->entries)); i++)
    {
      g_autoptr (FlConsoleEntry) entry = g_list_model_get_item (G_LIST_MODEL (self->entries), i);
      g_autofree char *lines = fl_console_entry_to_text (entry);

      g_string_append (text, lines);
    }
  return g_string_free (text, FALSE);
}

static GType
fl_console_log_get_item_type (GListModel *model)
{
  return FL_TYPE_CONSOLE_ENTRY;
}

static guint
fl_console_log_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (FL_CONSOLE_LOG (model)->entries));
}

static gpointer
fl_console_log_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (FL_CONSOLE_LOG (model)->entries), position);
}

static void
fl_console_log_model_init (GListModelInterface *iface)
{
  iface->get_item_type = fl_console_log_get_item_type;
  iface->get_n_items = fl_console_log_get_n_items;
  iface->get_item = fl_console_log_get_item;
}

static void
fl_console_log_finalize (GObject *object)
{
  FlConsoleLog *self = FL_CONSOLE_LOG (object);

  g_clear_object (&self->entries);
  g_clear_object (&self->trace);
  G_OBJECT_CLASS (fl_console_log_parent_class)->finalize (object);
}

static void
fl_console_log_class_init (FlConsoleLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_console_log_finalize;
}

static void
fl_console_log_init (FlConsoleLog *self)
{
  self->entries = g_list_store_new (FL_TYPE_CONSOLE_ENTRY);
  g_signal_connect_object (self->entries, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
}

/**
 * fl_console_log_new:
 *
 * Returns: (transfer full): an empty log
 */
FlConsoleLog *
fl_console_log_new (void)
{
  return g_object_new (FL_TYPE_CONSOLE_LOG, NULL);
}
