/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-trace"

#include "config.h"

#include "fl-trace.h"

/* What a record costs beside its payload: itself, a GBytes, what malloc adds. */
#define RECORD_OVERHEAD 128
/* Of the memory limit, this part is for the begin of the session (an eighth), the rest for the latest records. */
#define HEAD_SHARE 8
/* Bytes that come in one by one make one record as long as they follow each other within MERGE_US, up to MERGE_MAX. */
#define MERGE_US  2000
#define MERGE_MAX 1024

struct _FlTrace
{
  GObject parent_instance;

  gsize head_limit; /* bytes; immutable, as the next */
  gsize tail_limit;

  GMutex lock;     /* guards what follows */
  GPtrArray *head; /* of FlTraceRecord: numbers 0 … head->len - 1 */
  gsize head_size;
  gboolean head_full;
  GPtrArray *tail;  /* of FlTraceRecord: what follows the head and the gap; entries before tail_first are NULL */
  guint tail_first; /* index of the first record that is still there */
  gsize tail_size;
  guint64 n_dropped; /* records between head and tail that are gone */
  guint64 n_dropped_bytes;
  gint64 dropped_time;
  GByteArray *open;           /* what the last record has received so far, while more may be added to it */
  FlTraceRecord *open_record; /* that record; its bytes are not set yet. NULL: nothing may be added */
  gsize *open_size;           /* of the part that holds it */
  gint64 open_time;           /* of its last byte */
};

G_DEFINE_FINAL_TYPE (FlTrace, fl_trace, G_TYPE_OBJECT)

/**
 * fl_trace_record_free:
 * @record: (transfer full) (nullable): a record of fl_trace_copy()
 */
void
fl_trace_record_free (FlTraceRecord *record)
{
  if (record == NULL)
    return;
  g_clear_pointer (&record->bytes, g_bytes_unref);
  g_free (record->text);
  g_free (record);
}

static FlTraceRecord *
record_copy (const FlTraceRecord *record)
{
  FlTraceRecord *copy = g_new (FlTraceRecord, 1);

  *copy = *record;
  if (copy->bytes != NULL)
    g_bytes_ref (copy->bytes);
  copy->text = g_strdup (record->text);
  return copy;
}

static gsize
record_size (const FlTraceRecord *record)
{
  return RECORD_OVERHEAD + (record->bytes != NULL ? g_bytes_get_size (record->bytes) : 0)
         + (record->text != NULL ? strlen (record->text) : 0);
}

/* Called with the lock held. */
static void
fl_trace_drop_oldest (FlTrace *self)
{
  g_autoptr (FlTraceRecord) record = g_steal_pointer (&g_ptr_array_index (self->tail, self->tail_first));

  self->tail_first++;
  self->tail_size -= record_size (record);
  self->n_dropped++;
  self->n_dropped_bytes += record->bytes != NULL ? g_bytes_get_size (record->bytes) : 0;
  self->dropped_time = record->time;
  /* Close up only when half of the array is empty, so that it costs little for each record. */
  if (self->tail_first > 64 && self->tail_first > self->tail->len / 2)
    {
      g_ptr_array_remove_range (self->tail, 0, self->tail_first);
      self->tail_first = 0;
    }
}

/* With the lock. From here on the last record stays as it is. */
static void
fl_trace_close_record (FlTrace *self)
{
  if (self->open_record == NULL)
    return;
  /* A copy of its size: what an array grows into is up to twice that. */
  self->open_record->bytes = g_bytes_new (self->open->data, self->open->len);
  self->open_record = NULL;
}

/* With the lock. */
static void
fl_trace_append (FlTrace *self, FlTraceRecord *record)
{
  gsize size = record_size (record);

  fl_trace_close_record (self);
  if (!self->head_full && self->head_size + size <= self->head_limit)
    {
      g_ptr_array_add (self->head, record);
      self->head_size += size;
    }
  else
    {
      self->head_full = TRUE; /* even if a smaller record would still fit: the order must stay */
      g_ptr_array_add (self->tail, record);
      self->tail_size += size;
      /* The newest always stays, however large it is. */
      while (self->tail_size > self->tail_limit && self->tail_first + 1 < self->tail->len)
        fl_trace_drop_oldest (self);
    }
}

static void
fl_trace_add (FlTrace *self, FlTraceRecord *record)
{
  g_mutex_lock (&self->lock);
  fl_trace_append (self, record);
  g_mutex_unlock (&self->lock);
}

/**
 * fl_trace_add_bytes:
 * @self: a trace
 * @kind: %FL_TRACE_SENT or %FL_TRACE_RECEIVED
 * @time: microseconds since the trace began
 * @data: (array length=length): the bytes
 * @length: how many; with none and no @errors nothing is added
 * @errors: what was wrong with them
 *
 * Adds one record. From any thread.
 */
void
fl_trace_add_bytes (FlTrace *self, FlTraceKind kind, gint64 time, const guint8 *data, gsize length, FlLineErrors errors)
{
  FlTraceRecord *record;

  g_return_if_fail (FL_IS_TRACE (self));
  g_return_if_fail (kind == FL_TRACE_SENT || kind == FL_TRACE_RECEIVED);
  g_return_if_fail (data != NULL || length == 0);

  if (length == 0 && errors == 0)
    return;
  record = g_new0 (FlTraceRecord, 1);
  record->kind = kind;
  record->time = time;
  record->bytes = g_bytes_new (data, length);
  record->errors = errors;
  fl_trace_add (self, record);
}

/**
 * fl_trace_add_received:
 * @self: a trace
 * @time: microseconds since the trace began
 * @data: (array length=length): what came in
 * @length: how many
 * @errors: what was wrong with them
 *
 * As fl_trace_add_bytes(), but what follows closely behind what came before goes into the same record, until somebody
 * asks for fl_trace_get_end() or a copy: an adapter may hand over bytes one at a time, and each record costs far more
 * than a byte.
 */
void
fl_trace_add_received (FlTrace *self, gint64 time, const guint8 *data, gsize length, FlLineErrors errors)
{
  FlTraceRecord *record;

  g_return_if_fail (FL_IS_TRACE (self));
  g_return_if_fail (data != NULL || length == 0);

  if (errors != 0 || length == 0 || length > MERGE_MAX)
    {
      fl_trace_add_bytes (self, FL_TRACE_RECEIVED, time, data, length, errors);
      return;
    }
  g_mutex_lock (&self->lock);
  if (self->open_record == NULL || time - self->open_time > MERGE_US || self->open->len + length > MERGE_MAX)
    {
      record = g_new0 (FlTraceRecord, 1);
      record->kind = FL_TRACE_RECEIVED;
      record->time = time;
      fl_trace_append (self, record);
      g_byte_array_set_size (self->open, 0);
      self->open_record = record;
      self->open_size = self->head_full ? &self->tail_size : &self->head_size;
    }
  g_byte_array_append (self->open, data, (guint) length);
  *self->open_size += length;
  self->open_time = time;
  g_mutex_unlock (&self->lock);
}

/**
 * fl_trace_add_text:
 * @self: a trace
 * @kind: another kind than those that hold bytes
 * @time: microseconds since the trace began
 * @text: (nullable): what is to say; what is not UTF-8 is replaced
 *
 * Adds one record. From any thread.
 */
void
fl_trace_add_text (FlTrace *self, FlTraceKind kind, gint64 time, const char *text)
{
  FlTraceRecord *record;

  g_return_if_fail (FL_IS_TRACE (self));
  g_return_if_fail (kind > FL_TRACE_RECEIVED && kind <= FL_TRACE_GAP);

  record = g_new0 (FlTraceRecord, 1);
  record->kind = kind;
  record->time = time;
  record->text = g_utf8_make_valid (text != NULL ? text : "", -1);
  fl_trace_add (self, record);
}

/**
 * fl_trace_get_end:
 * @self: a trace
 *
 * Returns: the number that the next record will have
 */
guint64
fl_trace_get_end (FlTrace *self)
{
  guint64 end;

  g_return_val_if_fail (FL_IS_TRACE (self), 0);

  g_mutex_lock (&self->lock);
  fl_trace_close_record (self);
  end = self->head->len + self->n_dropped + (self->tail->len - self->tail_first);
  g_mutex_unlock (&self->lock);
  return end;
}

/**
 * fl_trace_copy:
 * @self: a trace
 * @from: the first record's number
 * @to: the number after the last one; G_MAXUINT64 for all
 *
 * Returns: (transfer container) (element-type FlTraceRecord): copies of the records in that range; one record of the
 * kind %FL_TRACE_GAP stands for all of them that were dropped. Freeing the array frees them
 */
GPtrArray *
fl_trace_copy (FlTrace *self, guint64 from, guint64 to)
{
  GPtrArray *copies;
  guint64 tail_number;

  g_return_val_if_fail (FL_IS_TRACE (self), NULL);

  copies = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_trace_record_free);
  g_mutex_lock (&self->lock);
  fl_trace_close_record (self);
  for (guint64 i = from; i < MIN (to, self->head->len); i++)
    g_ptr_array_add (copies, record_copy (g_ptr_array_index (self->head, (guint) i)));
  tail_number = self->head->len + self->n_dropped;
  if (self->n_dropped > 0 && from < tail_number && to > self->head->len)
    {
      FlTraceRecord *gap = g_new0 (FlTraceRecord, 1);

      gap->kind = FL_TRACE_GAP;
      gap->time = self->dropped_time;
      gap->text = g_strdup_printf ("%" G_GUINT64_FORMAT " records with %" G_GUINT64_FORMAT " bytes were not kept",
                                   self->n_dropped, self->n_dropped_bytes);
      g_ptr_array_add (copies, gap);
    }
  if (to > tail_number)
    {
      guint64 n = MIN (to - tail_number, self->tail->len - self->tail_first);

      for (guint64 i = from > tail_number ? from - tail_number : 0; i < n; i++)
        g_ptr_array_add (copies, record_copy (g_ptr_array_index (self->tail, self->tail_first + (guint) i)));
    }
  g_mutex_unlock (&self->lock);
  return copies;
}

static void
fl_trace_finalize (GObject *object)
{
  FlTrace *self = FL_TRACE (object);

  fl_trace_close_record (self);
  g_byte_array_unref (self->open);
  g_ptr_array_unref (self->head);
  g_ptr_array_unref (self->tail);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (fl_trace_parent_class)->finalize (object);
}

static void
fl_trace_class_init (FlTraceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_trace_finalize;
}

static void
fl_trace_init (FlTrace *self)
{
  g_mutex_init (&self->lock);
  self->head = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_trace_record_free);
  self->tail = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_trace_record_free);
  self->open = g_byte_array_sized_new (MERGE_MAX);
}

/**
 * fl_trace_new:
 * @memory_limit: about how many bytes of memory the records may take; 0 for #FL_TRACE_DEFAULT_LIMIT
 *
 * Returns: (transfer full): an empty trace
 */
FlTrace *
fl_trace_new (gsize memory_limit)
{
  FlTrace *self = g_object_new (FL_TYPE_TRACE, NULL);

  if (memory_limit == 0)
    memory_limit = FL_TRACE_DEFAULT_LIMIT;
  self->head_limit = memory_limit / HEAD_SHARE;
  self->tail_limit = memory_limit - self->head_limit;
  return self;
}
