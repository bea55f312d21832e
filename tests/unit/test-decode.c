/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-decode.h"

#include <string.h>

#include "fl-boot.h"
#include "fl-error.h"

/* What is made of a log: titles with their marks, and the remarks ("!") and silences among the lines. */
static const struct
{
  const char *name;
  const char *log;
  const char *expected;
} cases[] = {
  { "session", "> 7F\n< 79\n> 00 FF\n< 79 02 31 00 44 79\n> 02 FD\n< 79 01 04 67 79",
    "[OK] Synchronise|[OK] Get|[OK] Get ID: product ID 0x467" },
  { "read", "> 11 EE < 79 > 08 00 04 00 0C < 79 > 03 FC < 79 01 02 03 04", "[OK] Read Memory at 0x08000400, 4 bytes" },
  { "write", "> 31 CE < 79 > 08 00 00 00 08 < 79 > 03 11 22 33 44 47 < 79",
    "[OK] Write Memory at 0x08000000, 4 bytes of data" },
  { "erase", "> 43 BC < 79 > 02 01 02 05 04 < 79", "[OK] Erase, 3 pages: 1, 2, 5" },
  { "erase-all", "> 43 BC < 79 > FF 00 < 79", "[OK] Erase, all of the flash" },
  { "extended-erase", "> 44 BB < 79 > 00 01 00 00 01 01 01 < 79", "[OK] Extended Erase, 2 pages: 0, 257" },
  { "bank", "> 44 BB < 79 > FF FD 02 < 79", "[OK] Extended Erase, bank 2" },
  { "unprotect", "> 92 6D < 79 79", "[OK] Readout Unprotect" },
  { "one-ack-only", "> 92 6D < 79", "[KO] Readout Unprotect|no answer up to the end of the trace" },
  { "version", "> 01 FE < 79 22 00 00 79", "[OK] Get Version: version 2.2" },
  { "checksum",
    "> A1 5E < 79 > 08 00 00 00 08 < 79 > 00 00 00 40 40 < 79 > 04 C1 1D B7 6F < 79 > FF FF FF FF 00 < 79 "
    "79 12 34 56 78 08",
    "[OK] Get Checksum at 0x08000000" },
  { "special", "> 50 AF < 79 > 00 82 82 < 79 > 00 00 00 < 79 00 00 00 01 00 79", "[OK] Special, operation 0x0082" },
  { "already", "0.1 TX: 0x7F\n1.2 TX: 0x7F\n1.201 RX: 0x1F",
    "[KO] Synchronise|no answer for 1100.0 ms|[OK] Synchronise" },
  { "echo", "> 7F < 7F", "[KO] Synchronise" },
  { "twice", "> 7F 7F < 79 1F",
    "[OK] Synchronise|! 0x7F was sent more than once without waiting: the first one synchronises, each further pair is "
    "a "
    "bad command" },
  { "refused", "> 11 EE < 1F 1F", "[KO] Read Memory" },
  { "length-not-less-one", "> 31 CE < 79 > 08 00 00 00 08 < 79 > 04 11 22 33 44 40",
    "[KO] Write Memory at 0x08000000|! the length byte is N = 4, but AN3155 wants N-1 = 3: the chip waits for more|no "
    "answer up to the end of the trace" },
  { "pages-not-less-one", "> 44 BB < 79 > 00 02 00 00 00 01 03",
    "[KO] Extended Erase|! the length byte is N = 2, but AN3155 wants N-1 = 1: the chip waits for more|no answer up to "
    "the end of the trace" },
  { "checksum-without-length", "> 31 CE < 79 > 08 00 00 00 08 < 79 > 03 11 22 33 44 44 < 1F",
    "[KO] Write Memory at 0x08000000, 4 bytes of data|! wrong checksum: 44, but the exclusive or of the bytes before "
    "is "
    "47|! the checksum leaves out the length byte" },
  { "mass-erase-checksum", "> 44 BB < 79 > FF FF FF < 1F",
    "[KO] Extended Erase, all of the flash|! wrong checksum: FF, but the exclusive or of the bytes before is 00" },
  { "ff-not-00", "> 43 BC < 79 > FF FF < 79",
    "[OK] Erase, all of the flash|! behind FF AN3155 wants 00; with anything else nothing is erased" },
  { "two-checksums", "> 31 CE < 79 > 08 00 00 00 08 < 79 > 03 11 22 33 44 47 47 < 79",
    "[OK] Write Memory at 0x08000000, 4 bytes of data|! the packet is longer than its length byte says: the chip takes "
    "the rest as a command" },
  { "complement", "> 11 EF < 1F",
    "[KO] No command|! wrong complement: behind 11 (Read Memory) AN3155 wants EE, not EF" },
  { "count-complement", "> 11 EE < 79 > 08 00 00 00 08 < 79 > 03 03 < 1F",
    "[KO] Read Memory at 0x08000000, 4 bytes|! wrong complement: behind 03 AN3155 wants FC, not 03" },
  { "no-wait", "> 44 BB 00 00 00 00 00 < 79 79",
    "[OK] Extended Erase, 1 page: 0|! the host went on without waiting for the ACK; the chip keeps only one byte and "
    "loses the rest while it is busy" },
  { "parity", "> 02 < 1F",
    "[KO] Get ID|! the answer came before the second byte was sent: the chip saw a parity error, or had half a command "
    "in "
    "hand" },
  { "filler", "> 02 03 03 03 03 03 < 1F 1F 1F", "[KO] Filler, to get back to the start of a command" },
  { "ff-00", "> FF 00 < 1F", "[KO] Unknown command FF" },
  { "not-continued", "> 11 EE < 79",
    "[KO] Read Memory|! the command was not continued: the chip waits for the next packet" },
  { "broken-off", "> 11 EE < 79 > 08 00 00 00 08 < 79 > 03 FC < 79 01 02",
    "[KO] Read Memory at 0x08000000, 4 bytes|! the answer broke off after 2 of 4 bytes" },
  { "too-much", "> 11 EE < 79 > 08 00 00 00 08 < 79 > 00 FF < 79 01 02", "[KO] Read Memory at 0x08000000, 1 byte" },
  { "unasked", "< 48 65 6C 6C 6F", "Bytes that nobody asked for" },
  { "packed", "Sent: 31CE\nRecv: 79\nSent: 0800000008\nRecv: 79\nSent: 031122334447\nRecv: 79",
    "[OK] Write Memory at 0x08000000, 4 bytes of data" },
  { "commas", "[12:00:00.000] [TX] 0x02, 0xFD\r\n[12:00:00.010] [RX] 0x79, 0x01, 0x04, 0x10, 0x79\r\n",
    "[OK] Get ID: product ID 0x410" },
  { "arrows", "H> 02 FD ; D> 79 01 04 10 79", "[OK] Get ID: product ID 0x410" },
  { "guessed", "7F\n79\n02 FD\n79 01 04 10 79",
    "[OK] Synchronise|[OK] Get ID: product ID 0x410|The log does not say which way the bytes went: lines that begin "
    "with "
    "79 or 1F were taken as the chip's." },
  { "other-lines", "Opening COM3\n> 7F\n< 79\ndone", "Opening COM3|[OK] Synchronise|done" },
};

static char *
summarise (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *summary = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      gboolean is_title = *lines[i] != '\0' && !g_str_has_prefix (lines[i], "            ");
      const char *line = *lines[i] == '\0' ? "" : lines[i] + 12;

      if (!is_title && *line != '!' && strncmp (line, "no answer", 9) != 0)
        continue;
      if (summary->len > 0)
        g_string_append_c (summary, '|');
      g_string_append (summary, line);
    }
  return g_string_free (summary, FALSE);
}

static void
test_case (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTrace) trace = fl_decode_parse_log (cases[row].log, -1, &error);
  g_autoptr (GPtrArray) exchanges = NULL;
  g_autofree char *text = NULL;
  g_autofree char *summary = NULL;

  g_assert_no_error (error);
  exchanges = fl_decode_trace (trace, 0, G_MAXUINT64);
  text = fl_decode_to_text (exchanges);
  summary = summarise (text);
  g_assert_cmpstr (summary, ==, cases[row].expected);
}

/* One exchange in full. */
static void
test_lines (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  g_autoptr (GPtrArray) exchanges = NULL;
  g_autofree char *text = NULL;
  const FlExchange *exchange;

  fl_trace_add_text (trace, FL_TRACE_LINES, 0, "DTR=1 RTS=0");
  fl_trace_add_bytes (trace, FL_TRACE_SENT, 1000, (const guint8 *) "\x11\xEE", 2, 0);
  fl_trace_add_bytes (trace, FL_TRACE_RECEIVED, 1300, (const guint8 *) "\x79", 1, 0);
  fl_trace_add_bytes (trace, FL_TRACE_SENT, 1400, (const guint8 *) "\x08\x00\x00\x00\x08", 5, 0);
  fl_trace_add_bytes (trace, FL_TRACE_RECEIVED, 2000, (const guint8 *) "\x79", 1, 0);
  fl_trace_add_bytes (trace, FL_TRACE_SENT, 2100, (const guint8 *) "\x01\xFE", 2, 0);
  fl_trace_add_bytes (trace, FL_TRACE_RECEIVED, 2400, (const guint8 *) "\x79\xAB", 2, 0);
  fl_trace_add_bytes (trace, FL_TRACE_RECEIVED, 2500, (const guint8 *) "\xCD", 1, FL_LINE_ERROR_PARITY);
  exchanges = fl_decode_trace (trace, 0, G_MAXUINT64);
  g_assert_cmpuint (exchanges->len, ==, 2);
  exchange = g_ptr_array_index (exchanges, 1);
  g_assert_cmpuint (exchange->first, ==, 1);
  g_assert_cmpuint (exchange->last, ==, 7);
  g_assert_cmpint (exchange->time, ==, 1000);
  g_assert_cmpint (exchange->duration, ==, 1500);
  g_assert_cmpint (exchange->status, ==, FL_EXCHANGE_OK);
  g_assert_cmpint (exchange->command, ==, FL_COMMAND_READ);
  g_assert_true (exchange->has_address);
  g_assert_cmphex (exchange->address, ==, 0x08000000);
  g_assert_cmpuint (exchange->length, ==, 2);
  text = fl_decode_to_text (exchanges);
  g_assert_cmpstr (text, ==,
                   "  0.000000  Lines: DTR=1 RTS=0\n"
                   "  0.001000  [OK] Read Memory at 0x08000000, 2 bytes\n"
                   "            > 11 EE  command Read Memory\n"
                   "            < 79  ACK\n"
                   "            > 08 00 00 00 08  address 0x08000000\n"
                   "            < 79  ACK\n"
                   "            > 01 FE  2 bytes\n"
                   "            < 79  ACK\n"
                   "            < AB CD  memory\n"
                   "            ! the receiver reported damaged bytes: parity\n");
}

/* Record numbers stay right when old records were dropped. */
static void
test_gap (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (4096);
  g_autoptr (GPtrArray) exchanges = NULL;
  const FlExchange *last;

  for (guint i = 0; i < 500; i++)
    {
      fl_trace_add_bytes (trace, FL_TRACE_SENT, i * 1000, (const guint8 *) "\x02\xFD", 2, 0);
      fl_trace_add_bytes (trace, FL_TRACE_RECEIVED, i * 1000 + 500, (const guint8 *) "\x79\x01\x04\x10\x79", 5, 0);
    }
  exchanges = fl_decode_trace (trace, 0, G_MAXUINT64);
  last = g_ptr_array_index (exchanges, exchanges->len - 1);
  g_assert_cmpuint (exchanges->len, <, 100);
  g_assert_cmpint (last->status, ==, FL_EXCHANGE_OK);
  g_assert_cmpuint (last->first, ==, 998);
  g_assert_cmpuint (last->last, ==, 999);
}

static void
test_our_own (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (0);
  g_autoptr (FlTrace) again = NULL;
  g_autoptr (GPtrArray) exchanges = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  fl_trace_add_bytes (trace, FL_TRACE_SENT, 1000, (const guint8 *) "\x7F", 1, 0);
  fl_trace_add_bytes (trace, FL_TRACE_RECEIVED, 1500, (const guint8 *) "\x79", 1, 0);
  text = fl_trace_to_text (trace);
  again = fl_decode_parse_log (text, -1, &error);
  g_assert_no_error (error);
  exchanges = fl_decode_trace (again, 0, G_MAXUINT64);
  g_assert_cmpuint (exchanges->len, ==, 1);
  g_assert_cmpint (((FlExchange *) g_ptr_array_index (exchanges, 0))->duration, ==, 500);
}

static void
test_bad_logs (void)
{
  static const char *const logs[] = { "", "nothing here", "TX: 0x7", "> 7F\n< 79\nTX: 0xZZ" };

  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_decode_parse_log (logs[i], -1, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_FORMAT);
    }
}

static void
test_names (void)
{
  g_assert_cmpstr (fl_command_get_name (FL_COMMAND_READ), ==, "Read Memory");
  g_assert_null (fl_command_get_name (0x7F));
}

/* What may be given away: the same story, without the bytes of memory in it. @gone must not be in the masked trace, and
 * @kept must. */
static const struct
{
  const char *name;
  const char *log;
  const char *gone;
  const char *kept;
} masks[] = {
  { "write", "> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 07 11 22 33 44 55 66 77 08 07\n< 79", "11 22", "> 07 00 00 00" },
  { "write-in-pieces", "> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 03\n> 11 22\n> 33\n> 44 47\n< 79", "33", "> 00 03" },
  { "wrong-checksum", "> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 03 11 22 33 44 45\n< 1F", "11 22", "00 01" },
  { "blank-write", "> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 03 FF FF FF FF 03\n< 79", "11", "03 FF FF FF FF 03" },
  { "incomplete", "> 31 CE\n< 79\n> 08 00 00 00 08\n< 79\n> 08 11 22 33 44 55 66 77 08", "11 22", "> 08 00" },
  { "read", "> 11 EE\n< 79\n> 08 00 00 00 08\n< 79\n> 07 F8\n< 79 11 22 33 44 55 66 77 88", "11 22", "79 00 00" },
  { "read-late", "> 11 EE\n< 79\n> 08 00 00 00 08\n< 79\n> 07 F8\n< 79\n< 11 22 33\n< 44 55 66 77 88", "44 55",
    "< 00 00 00" },
  { "word", "> 11 EE\n< 79\n> 1F FF F7 E0 F7\n< 79\n> 03 FC\n< 79 40 00 FF FF", "11 22", "79 40 00 FF FF" },
  { "identity", "> 02 FD\n< 79 01 04 67 79", "11 22", "79 01 04 67 79" },
  { "lost-begin", "> 44 11 22 33 44 55 66 77 88 99 AA BB CC DD 0E 0F 10 11 12 13 14\n< 1F", "33 44", "> 44 11 00" },
  { "text", "< 48 65 6C 6C 6F 20 74 65 63 68 6E 69 63 69 61 6E 21 0D 0A", "11", "48 65 6C 6C 6F" },
  { "no-text", "< 12 34 56 78 9A BC DE F0 11 22 33 44 55 66 77 88 99 AA", "11 22", "00 00" },
};

static void
test_mask (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlTrace) trace = fl_decode_parse_log (masks[row].log, -1, NULL);
  g_autoptr (FlTrace) masked = fl_decode_mask (trace, 0);
  g_autofree char *text = fl_trace_to_text (masked);
  g_autoptr (GPtrArray) before = fl_decode_trace (trace, 0, G_MAXUINT64);
  g_autoptr (GPtrArray) after = fl_decode_trace (masked, 0, G_MAXUINT64);

  g_assert_null (strstr (text, masks[row].gone));
  g_assert_nonnull (strstr (text, masks[row].kept));
  g_assert_cmpuint (fl_trace_get_end (masked), ==, fl_trace_get_end (trace));
  g_assert_cmpuint (before->len, ==, after->len);
  for (guint i = 0; i < before->len; i++)
    {
      const FlExchange *a = g_ptr_array_index (before, i), *b = g_ptr_array_index (after, i);

      g_assert_cmpstr (a->title, ==, b->title);
      g_assert_cmpint (a->status, ==, b->status);
      g_assert_cmpint (a->mistakes, ==, b->mistakes);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/decode/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      g_autofree char *path = g_strdup_printf ("/decode/mask/%s", masks[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_mask);
    }
  g_test_add_func ("/decode/lines", test_lines);
  g_test_add_func ("/decode/gap", test_gap);
  g_test_add_func ("/decode/our-own", test_our_own);
  g_test_add_func ("/decode/bad-logs", test_bad_logs);
  g_test_add_func ("/decode/names", test_names);
  return g_test_run ();
}
