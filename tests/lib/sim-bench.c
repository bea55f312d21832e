/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-bench.h"

#include "fl-bytes.h"

#define ANSWER_MS  60000 /* longer than any erase */
#define START_MS   4000  /* longer than any chip takes from reset to its first 0x7F */
#define MAX_ANSWER 600

FlSimBoard *
sim_bench_make_board (const char *config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlSimConfig) parsed = fl_sim_config_parse (config, &error);
  FlSimBoard *board = parsed == NULL ? NULL : fl_sim_board_new (parsed, &error);

  g_assert_no_error (error);
  return board;
}

SimBench *
sim_bench_new (const char *config)
{
  SimBench *self = g_new0 (SimBench, 1);
  FlLineSettings settings = fl_line_settings_default;

  self->board = sim_bench_make_board (config);
  if (fl_sim_board_get_chip (self->board)->no_parity)
    settings.parity = FL_PARITY_NONE;
  self->transport = fl_sim_transport_new (self->board, &settings, FALSE);
  return self;
}

void
sim_bench_free (SimBench *self)
{
  g_object_unref (self->transport);
  g_object_unref (self->board);
  g_free (self);
}

void
sim_bench_send (SimBench *self, const guint8 *data, gsize length)
{
  g_autoptr (GError) error = NULL;

  fl_transport_write (self->transport, data, length, 1000, NULL, &error);
  g_assert_no_error (error);
}

static char *
receive (FlTransport *transport, guint wait_ms)
{
  guint8 answer[MAX_ANSWER];
  gsize n = 0;

  fl_transport_read (transport, answer, sizeof answer, wait_ms, &n, NULL, NULL);
  return fl_bytes_to_hex (answer, n, n);
}

char *
sim_bench_receive (SimBench *self, guint wait_ms)
{
  return receive (self->transport, wait_ms);
}

gint
sim_bench_answer (SimBench *self)
{
  guint8 byte;

  return fl_transport_read (self->transport, &byte, 1, ANSWER_MS, NULL, NULL, NULL) ? byte : SIM_BENCH_SILENCE;
}

void
sim_bench_ack (SimBench *self)
{
  g_assert_cmphex (sim_bench_answer (self), ==, SIM_BENCH_ACK);
}

void
sim_bench_ask (SimBench *self, const char *bytes, gsize length)
{
  sim_bench_send (self, (const guint8 *) bytes, length);
  sim_bench_ack (self);
}

/* What is sent, and all that comes back within a second. */
void
sim_bench_assert_answer (FlTransport *transport, const char *sent, gsize length, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL;

  fl_transport_write (transport, (const guint8 *) sent, length, 1000, NULL, &error);
  g_assert_no_error (error);
  answer = receive (transport, 1000);
  g_assert_cmpstr (answer, ==, wanted);
}

gint
sim_bench_sync (SimBench *self)
{
  sim_bench_send (self, (const guint8 *) "\x7f", 1);
  return sim_bench_answer (self);
}

gint
sim_bench_command (SimBench *self, guint8 command)
{
  const guint8 bytes[] = { command, (guint8) ~command };

  sim_bench_send (self, bytes, sizeof bytes);
  return sim_bench_answer (self);
}

gint
sim_bench_address (SimBench *self, guint32 address)
{
  guint8 where[5];

  fl_bytes_put_be32 (where, address);
  where[4] = fl_bytes_xor (where, 4);
  sim_bench_send (self, where, sizeof where);
  return sim_bench_answer (self);
}

static void
send_counted (SimBench *self, const guint8 *data, gsize length)
{
  guint8 packet[1 + 256 + 1];

  g_assert_cmpuint (length - 1, <, 256);
  packet[0] = (guint8) (length - 1);
  memcpy (packet + 1, data, length);
  packet[1 + length] = fl_bytes_xor (packet, 1 + length);
  sim_bench_send (self, packet, length + 2);
}

void
sim_bench_begin_write (SimBench *self, guint32 address, const guint8 *data, gsize length)
{
  g_assert_cmphex (sim_bench_command (self, 0x31), ==, SIM_BENCH_ACK);
  g_assert_cmphex (sim_bench_address (self, address), ==, SIM_BENCH_ACK);
  send_counted (self, data, length);
}

void
sim_bench_begin_erase (SimBench *self, guint first, guint n)
{
  guint8 packet[64];

  g_assert_cmpuint (2 * n + 3, <=, sizeof packet);
  g_assert_cmphex (sim_bench_command (self, 0x44), ==, SIM_BENCH_ACK);
  packet[0] = 0;
  packet[1] = (guint8) (n - 1);
  for (guint i = 0; i < n; i++)
    {
      packet[2 + 2 * i] = (guint8) ((first + i) >> 8);
      packet[3 + 2 * i] = (guint8) (first + i);
    }
  packet[2 + 2 * n] = fl_bytes_xor (packet, 2 + 2 * n);
  sim_bench_send (self, packet, 2 * n + 3);
}

gint
sim_bench_write (SimBench *self, guint32 address, const guint8 *data, gsize length)
{
  gint answer = sim_bench_command (self, 0x31);

  if (answer == SIM_BENCH_ACK)
    answer = sim_bench_address (self, address);
  if (answer != SIM_BENCH_ACK)
    return answer;
  send_counted (self, data, length);
  return sim_bench_answer (self);
}

static guint8 *
parse_hex (const char *hex, gsize *length)
{
  g_auto (GStrv) parts = g_strsplit (hex, " ", -1);
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      guint64 value;
      guint8 byte;

      g_assert_true (g_ascii_string_to_unsigned (parts[i], 16, 0, 0xFF, &value, NULL));
      byte = (guint8) value;
      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_steal (bytes, length);
}

/* "00FF5AA5 …": words of 32 bits, as they are seen from the chip. */
gint
sim_bench_write_words (SimBench *self, guint32 address, const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, " ", -1);
  guint n = g_strv_length (parts);
  g_autofree guint8 *data = g_malloc (4 * n);

  for (guint i = 0; i < n; i++)
    {
      guint64 value;

      g_assert_true (g_ascii_string_to_unsigned (parts[i], 16, 0, G_MAXUINT32, &value, NULL));
      fl_bytes_put_le32 (data + 4 * i, (guint32) value);
    }
  return sim_bench_write (self, address, data, 4 * n);
}

gint
sim_bench_read (SimBench *self, guint32 address, guint8 *data, gsize length)
{
  const guint8 count[] = { (guint8) (length - 1), (guint8) ~(length - 1) };
  g_autoptr (GError) error = NULL;
  gint answer = sim_bench_command (self, 0x11);

  if (answer == SIM_BENCH_ACK)
    answer = sim_bench_address (self, address);
  if (answer != SIM_BENCH_ACK)
    return answer;
  sim_bench_ask (self, (const char *) count, sizeof count);
  fl_transport_read (self->transport, data, length, ANSWER_MS, NULL, NULL, &error);
  g_assert_no_error (error);
  return SIM_BENCH_ACK;
}

char *
sim_bench_read_words (SimBench *self, guint32 address, guint n)
{
  g_autofree guint8 *data = g_malloc (4 * n);
  g_autoptr (GString) words = g_string_new (NULL);

  g_assert_cmphex (sim_bench_read (self, address, data, 4 * n), ==, SIM_BENCH_ACK);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (words, "%s%08X", i > 0 ? " " : "", fl_bytes_get_le32 (data + 4 * i));
  return g_string_free (g_steal_pointer (&words), FALSE);
}

gint
sim_bench_erase (SimBench *self, guint code)
{
  gint answer;

  if (fl_sim_board_get_chip (self->board)->erase_command == 0x44)
    {
      sim_bench_begin_erase (self, code, 1);
      return sim_bench_answer (self);
    }
  answer = sim_bench_command (self, 0x43);
  if (answer != SIM_BENCH_ACK)
    return answer;
  send_counted (self, (const guint8[]){ (guint8) code }, 1);
  return sim_bench_answer (self);
}

gint
sim_bench_erase_bank (SimBench *self, guint bank)
{
  const guint8 extended[] = { 0xFF, (guint8) (0xFF - bank), (guint8) bank };
  const guint8 classic[] = { 0xFF, 0x00 };
  guint8 command = fl_sim_board_get_chip (self->board)->erase_command;

  g_assert_cmphex (sim_bench_command (self, command), ==, SIM_BENCH_ACK);
  if (command == 0x44)
    sim_bench_send (self, extended, sizeof extended);
  else
    sim_bench_send (self, classic, sizeof classic);
  return sim_bench_answer (self);
}

gint
sim_bench_protect (SimBench *self, const char *codes)
{
  gsize length;
  g_autofree guint8 *data = parse_hex (codes, &length);
  gint answer = sim_bench_command (self, 0x63);

  if (answer != SIM_BENCH_ACK)
    return answer;
  send_counted (self, data, length);
  return sim_bench_answer (self);
}

gint
sim_bench_two_acks (SimBench *self, guint8 command)
{
  g_assert_cmphex (sim_bench_command (self, command), ==, SIM_BENCH_ACK);
  return sim_bench_answer (self);
}

/* Erases every sector by its own command. Returns: those that were left as they are: "0-3 8" */
char *
sim_bench_list_protected (SimBench *self)
{
  FlLayout *layout = fl_sim_board_get_layout (self->board);
  guint n = fl_layout_get_n_sectors (layout);
  GString *list = g_string_new (NULL);

  for (guint i = 0, first = n; i <= n; i++)
    {
      gboolean is_protected = FALSE;

      if (i < n)
        {
          guint before = fl_sim_board_get_n_erased (self->board, i);

          g_assert_cmphex (sim_bench_erase (self, fl_layout_get_sector (layout, i)->code), ==, SIM_BENCH_ACK);
          is_protected = fl_sim_board_get_n_erased (self->board, i) == before;
        }
      if (is_protected)
        first = MIN (first, i);
      else if (first < n)
        {
          g_string_append_printf (list, "%s%u", list->len > 0 ? " " : "", first);
          if (first < i - 1)
            g_string_append_printf (list, "-%u", i - 1);
          first = n;
        }
    }
  return g_string_free (list, FALSE);
}

/* BOOT0 counts on a board with "wired=1" only; on the others it is always high. */
void
sim_bench_start (SimBench *self, gboolean boot0, gboolean power)
{
  g_autoptr (GError) error = NULL;

  fl_transport_set_lines (self->transport, FL_LINE_DTR | FL_LINE_RTS, boot0 ? FL_LINE_RTS : 0, &error);
  g_assert_no_error (error);
  fl_sim_board_reset (self->board, power, fl_transport_get_time (self->transport));
  fl_transport_sleep (self->transport, START_MS, NULL, &error);
  g_assert_no_error (error);
  fl_transport_discard (self->transport, &error);
  g_assert_no_error (error);
}

/* Presses reset and synchronises, as a host does after a command that resets the chip; or after a power cycle. */
void
sim_bench_resync (SimBench *self, gboolean power)
{
  sim_bench_start (self, TRUE, power);
  g_assert_cmphex (sim_bench_sync (self), ==, SIM_BENCH_ACK);
}
