/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-trace.h"

#include <glib/gstdio.h>

static void
assert_same_records (FlTrace *a, FlTrace *b)
{
  g_autoptr (GPtrArray) left = fl_trace_copy (a, 0, G_MAXUINT64);
  g_autoptr (GPtrArray) right = fl_trace_copy (b, 0, G_MAXUINT64);

  g_assert_cmpuint (left->len, ==, right->len);
  for (guint i = 0; i < left->len; i++)
    {
      const FlTraceRecord *l = g_ptr_array_index (left, i);
      const FlTraceRecord *r = g_ptr_array_index (right, i);

      g_assert_cmpint (l->kind, ==, r->kind);
      g_assert_cmpint (l->time, ==, r->time);
      g_assert_cmpuint (l->errors, ==, r->errors);
      g_assert_cmpstr (l->text, ==, r->text);
      g_assert_cmpint (l->bytes != NULL, ==, r->bytes != NULL);
      if (l->bytes != NULL)
        g_assert_true (g_bytes_equal (l->bytes, r->bytes));
    }
}

static void
test_text (void)
{
  static const char wanted[] = "# Flashloader trace 1\n"
                               "0.000000 = 115200 8E1\n"
                               "0.000120 ~ DTR=1 RTS=0\n"
                               "12.345678 > 7F\n"
                               "12.347001 < 79\n"
                               "12.400000 < 1F !parity !framing\n"
                               "13.000000 > 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 "
                               "19 1A 1B 1C 1D 1E 1F\n"
                               "         + 20 21\n"
                               "13.100000 x\n"
                               "13.200000 # two\\nlines, a \\\\ and a bell \\x07\n";
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  g_autoptr (FlTrace) again = NULL;
  g_autofree char *text = NULL;

  g_autoptr (GString) buffer = g_string_new (wanted);
  g_autoptr (GError) error = NULL;
  guint8 bytes[34];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) i;
  fl_trace_add_text (trace, FL_TRACE_SETTINGS, 0, "115200 8E1");
  fl_trace_add_text (trace, FL_TRACE_LINES, 120, "DTR=1 RTS=0");
  fl_trace_add_bytes (trace, FL_TRACE_SENT, 12345678, (const guint8 *) "\x7f", 1, 0);
  fl_trace_add_bytes (trace, FL_TRACE_RECEIVED, 12347001, (const guint8 *) "\x79", 1, 0);
  fl_trace_add_bytes (trace, FL_TRACE_RECEIVED, 12400000, (const guint8 *) "\x1f", 1,
                      FL_LINE_ERROR_PARITY | FL_LINE_ERROR_FRAMING);
  fl_trace_add_bytes (trace, FL_TRACE_SENT, 13000000, bytes, sizeof bytes, 0);
  fl_trace_add_text (trace, FL_TRACE_DISCARD, 13100000, NULL);
  fl_trace_add_text (trace, FL_TRACE_NOTE, 13200000, "two\nlines, a \\ and a bell \a");
  text = fl_trace_to_text (trace);
  g_assert_cmpstr (text, ==, wanted);
  again = fl_trace_from_text (text, -1, &error);
  g_assert_no_error (error);
  assert_same_records (trace, again);
  g_clear_object (&again);
  /* As another editor leaves it. */
  g_string_replace (buffer, "\n", "\r\n", 0);
  g_string_append (buffer, "\r\n# a remark of a person\r\n");
  again = fl_trace_from_text (buffer->str, (gssize) buffer->len, &error);
  g_assert_no_error (error);
  assert_same_records (trace, again);
}

static void
add_random_record (FlTrace *trace, gint64 time)
{
  static const char *const texts[] = {
    "", " ", "a", "\\", "\\n", "\n\r\t\x01\x7f", "ü → 79", " both ends ", "# !x + <"
  };
  FlTraceKind kind = (FlTraceKind) g_test_rand_int_range (FL_TRACE_SENT, FL_TRACE_GAP + 1);
  guint8 bytes[200];
  gsize length = (gsize) g_test_rand_int_range (0, sizeof bytes);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) g_test_rand_int ();
  if (kind <= FL_TRACE_RECEIVED)
    fl_trace_add_bytes (trace, kind, time, bytes, length, (FlLineErrors) g_test_rand_int_range (0, 16));
  else
    fl_trace_add_text (trace, kind, time, texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
}

static void
test_round_trip (void)
{
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (FlTrace) trace = fl_trace_new (0);
      g_autoptr (FlTrace) again = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      gint64 time = g_test_rand_int_range (-2000000, 2000000);

      for (int i = g_test_rand_int_range (0, 40); i > 0; i--)
        add_random_record (trace, time += g_test_rand_int_range (0, 3000000));
      text = fl_trace_to_text (trace);
      again = fl_trace_from_text (text, -1, &error);
      g_assert_no_error (error);
      assert_same_records (trace, again);
    }
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *text;
    const char *line; /* what the message must name; NULL: it is a good trace */
  } rows[] = {
    { "", "1" },
    { "\n", "1" },
    { "# Flashloader trace 2\n", "1" },
    { "\xff\xfe", "1" },
    { "# Flashloader trace 1", NULL },
    { "# Flashloader trace 1\n\n\n", NULL },
    { "# Flashloader trace 1\n0.000000 > 7F", NULL },
    { "# Flashloader trace 1\n-0.000001 > 7F", NULL },
    { "# Flashloader trace 1\n0.000000 >", NULL },
    { "# Flashloader trace 1\n\n0.000000", "3" },
    { "# Flashloader trace 1\n0.000000 ", "2" },
    { "# Flashloader trace 1\n0.00000 > 7F", "2" },
    { "# Flashloader trace 1\n.000000 > 7F", "2" },
    { "# Flashloader trace 1\n99999999999999999999.000000 > 7F", "2" },
    { "# Flashloader trace 1\n0.000000 ? 7F", "2" },
    { "# Flashloader trace 1\n0.000000 > 7", "2" },
    { "# Flashloader trace 1\n0.000000 > 7G", "2" },
    { "# Flashloader trace 1\n0.000000 > 7F7F", "2" },
    { "# Flashloader trace 1\n0.000000 >7F", "2" },
    { "# Flashloader trace 1\n0.000000 > 7F ", "2" },
    { "# Flashloader trace 1\n0.000000 < 7F !smell", "2" },
    { "# Flashloader trace 1\n0.000000 < 7F !parity 7F", "2" },
    { "# Flashloader trace 1\n0.000000 < 7F !parity\n + 7F", "3" },
    { "# Flashloader trace 1\n  + 7F", "2" },
    { "# Flashloader trace 1\n0.000000 > 7F\n+ 7F", "3" },
    { "# Flashloader trace 1\n0.000000 x\n  + 7F", "3" },
    { "# Flashloader trace 1\n0.000000 # \\", "2" },
    { "# Flashloader trace 1\n0.000000 # \\q", "2" },
    { "# Flashloader trace 1\n0.000000 # \\x0", "2" },
    { "# Flashloader trace 1\n0.000000 # \\x00", "2" },
    { "# Flashloader trace 1\n0.000000 # \\xFF", "2" },
    { "# Flashloader trace 1\n0.000000 # \xff", "2" },
    { "# Flashloader trace 1\n0.000000 #note", "2" },
  };
  g_autofree char *long_line = g_strnfill (100000, '0');
  g_autofree char *too_long = g_strconcat ("# Flashloader trace 1\n0.000000 > ", long_line, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FlTrace) trace = fl_trace_from_text (rows[i].text, -1, &error);

      if (rows[i].line == NULL)
        {
          g_assert_no_error (error);
          g_assert_nonnull (trace);
          continue;
        }
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, rows[i].line));
      g_assert_null (trace);
      g_clear_error (&error);
    }
  g_assert_null (fl_trace_from_text (too_long, -1, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_clear_error (&error);
  /* A NUL in a line hides nothing behind it. */
  g_assert_null (fl_trace_from_text ("# Flashloader trace 1\n0.000000 x\0y\n", 35, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
}

/* Cut anywhere, or a byte changed: an error or a trace, never more. */
static void
test_damage (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  g_autofree char *text = NULL;
  gsize length;

  for (guint i = 0; i < 20; i++)
    add_random_record (trace, i * 1000);
  text = fl_trace_to_text (trace);
  length = strlen (text);
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *copy = g_strdup (text);
      g_autoptr (GError) error = NULL;
      g_autoptr (FlTrace) again = NULL;
      gsize at = (gsize) g_test_rand_int_range (0, (int) length);

      if (i % 2 == 0)
        copy[at] = (char) g_test_rand_int ();
      again = fl_trace_from_text (copy, (gssize) (i % 2 == 0 ? length : at), &error);
      if (again == NULL)
        g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
    }
}

static void
test_memory (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (64 * 1024);
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) last = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) hole = NULL;
  guint8 block[256] = { 0 };
  gsize size = 0;
  guint n_gaps = 0;
  guint gap_at = 0;

  for (guint i = 0; i < 10000; i++)
    {
      block[0] = (guint8) i;
      fl_trace_add_bytes (trace, FL_TRACE_SENT, i, block, sizeof block, 0);
    }
  g_assert_cmpuint (fl_trace_get_end (trace), ==, 10000);
  all = fl_trace_copy (trace, 0, G_MAXUINT64);
  for (guint i = 0; i < all->len; i++)
    {
      const FlTraceRecord *record = g_ptr_array_index (all, i);

      if (record->kind == FL_TRACE_GAP)
        {
          n_gaps++;
          gap_at = i;
        }
      else
        size += g_bytes_get_size (record->bytes);
    }
  g_assert_cmpuint (size, <=, 64 * 1024);
  g_assert_cmpuint (size, >=, 32 * 1024);
  g_assert_cmpuint (n_gaps, ==, 1);
  g_assert_cmpuint (gap_at, >, 10);
  /* Numbers do not move: the first and the last one are where they were. */
  first = fl_trace_copy (trace, 0, 1);
  last = fl_trace_copy (trace, 9999, 10000);
  hole = fl_trace_copy (trace, 5000, 5001);
  g_assert_cmpuint (first->len, ==, 1);
  g_assert_cmpint (((FlTraceRecord *) g_ptr_array_index (first, 0))->time, ==, 0);
  g_assert_cmpuint (last->len, ==, 1);
  g_assert_cmpint (((FlTraceRecord *) g_ptr_array_index (last, 0))->time, ==, 9999);
  g_assert_cmpuint (hole->len, ==, 1);
  g_assert_cmpint (((FlTraceRecord *) g_ptr_array_index (hole, 0))->kind, ==, FL_TRACE_GAP);
}

static gpointer
write_thread (gpointer trace)
{
  for (guint i = 0; i < 20000; i++)
    fl_trace_add_bytes (trace, FL_TRACE_SENT, i, (const guint8 *) &i, sizeof i, 0);
  return NULL;
}

/* A reader that follows a writer sees each record once and in order, as long as none was dropped. */
static void
test_threads (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  GThread *writer = g_thread_new ("writer", write_thread, trace);
  guint64 seen = 0;

  while (seen < 20000)
    {
      guint64 end = fl_trace_get_end (trace);
      g_autoptr (GPtrArray) records = fl_trace_copy (trace, seen, end);

      g_assert_cmpuint (records->len, ==, end - seen);
      for (guint i = 0; i < records->len; i++)
        g_assert_cmpint (((FlTraceRecord *) g_ptr_array_index (records, i))->time, ==, (gint64) seen++);
    }
  g_thread_join (writer);
}

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("fl-trace-XXXXXX", &error);
  g_autofree char *path = g_build_filename (dir, "trace.txt", NULL);
  g_autofree char *nowhere = g_build_filename (dir, "no", "where", NULL);
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  g_autoptr (FlTrace) again = NULL;

  for (guint i = 0; i < 50; i++)
    add_random_record (trace, i);
  g_assert_true (fl_trace_save (trace, path, &error));
  g_assert_no_error (error);
  again = fl_trace_load (path, &error);
  g_assert_no_error (error);
  assert_same_records (trace, again);
  g_assert_false (fl_trace_save (trace, nowhere, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (fl_trace_load (nowhere, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "", 0, &error));
  g_assert_null (fl_trace_load (path, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

/* A reader that gets one byte at a time makes no record for each; whoever asked for the end finds what follows behind.
 */
static void
test_merge (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  g_autoptr (GPtrArray) records = NULL;
  FlTraceRecord *record;
  gint64 time = 0;

  for (guint i = 0; i < 1500; i++)
    fl_trace_add_received (trace, time += 87, (const guint8 *) "\xAA", 1, 0);
  g_assert_cmpuint (fl_trace_get_end (trace), ==, 2);
  fl_trace_add_received (trace, time += 87, (const guint8 *) "\xBB", 1, 0);
  fl_trace_add_received (trace, time += 87, (const guint8 *) "\xBC", 1, 0);
  fl_trace_add_received (trace, time += 5000, (const guint8 *) "\xCC", 1, 0);
  fl_trace_add_received (trace, time += 87, (const guint8 *) "\xDD", 1, FL_LINE_ERROR_PARITY);
  fl_trace_add_bytes (trace, FL_TRACE_SENT, time += 87, (const guint8 *) "\x7F", 1, 0);
  fl_trace_add_received (trace, time += 87, (const guint8 *) "\x79", 1, 0);

  records = fl_trace_copy (trace, 0, G_MAXUINT64);
  g_assert_cmpuint (records->len, ==, 7);
  record = g_ptr_array_index (records, 0);
  g_assert_cmpuint (g_bytes_get_size (record->bytes), ==, 1024);
  g_assert_cmpint (record->time, ==, 87);
  record = g_ptr_array_index (records, 1);
  g_assert_cmpuint (g_bytes_get_size (record->bytes), ==, 476);
  record = g_ptr_array_index (records, 2);
  g_assert_cmpmem (g_bytes_get_data (record->bytes, NULL), g_bytes_get_size (record->bytes), "\xBB\xBC", 2);
  record = g_ptr_array_index (records, 4);
  g_assert_cmpint (record->errors, ==, FL_LINE_ERROR_PARITY);
  record = g_ptr_array_index (records, 6);
  g_assert_cmpmem (g_bytes_get_data (record->bytes, NULL), g_bytes_get_size (record->bytes), "\x79", 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/text", test_text);
  g_test_add_func ("/trace/round-trip", test_round_trip);
  g_test_add_func ("/trace/hostile", test_hostile);
  g_test_add_func ("/trace/damage", test_damage);
  g_test_add_func ("/trace/memory", test_memory);
  g_test_add_func ("/trace/threads", test_threads);
  g_test_add_func ("/trace/file", test_file);
  g_test_add_func ("/trace/merge", test_merge);
  return g_test_run ();
}
