/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What any client may send to a simulated board, which flashloader-sim serves to anybody. The first byte chooses the
 * board. Then: 00…3F that many bytes as they are; 40…7F a command of AN3155 with its complement; 80…9F four bytes and
 * their exclusive or; A0…DF so many bytes, at most 16, with their number and checksum; E0…EF a pause of so many times
 * 100 ms; F0…F7 the board is reset; F8…FF other line settings. */
#include <string.h>

#include "fl-bytes.h"
#include "fl-sim-board.h"
#include "fl-sim-transport.h"
#include "fuzz-main.h"

#define MAX_SECONDS 3600 /* of virtual time that the board may be busy */
#define MAX_ANSWER  260  /* bytes: a packet is answered by a block at the most, and the rests of the one before */
#define N_SECRET    8

static const guint8 *input;
static size_t n_input;
static guint8 secret[N_SECRET]; /* what the flash of a protected board begins with */
static gboolean keeps_secret;

static guint8
take (void)
{
  if (n_input == 0)
    return 0;
  n_input--;
  return *input++;
}

/* Sends, and hears the board out. */
static void
talk (FlTransport *transport, const guint8 *data, gsize length)
{
  static guint8 answer[MAX_ANSWER * 65];
  gsize n = 0, n_all = 0;

  if (length > 0 && !fl_transport_write (transport, data, length, 2000, NULL, NULL))
    return;
  while (fl_transport_read_some (transport, answer + n_all, sizeof answer - n_all, 50, &n, NULL, NULL) && n > 0)
    {
      n_all += n;
      g_assert_cmpuint (n_all, <=, MAX_ANSWER * (length + 1));
    }
  g_assert_true (!keeps_secret || memmem (answer, n_all, secret, N_SECRET) == NULL);
}

/* Command and complement, as a client would send them. */
static void
send_command (FlTransport *transport, guint8 number)
{
  static const guint8 codes[] = { 0x7F, 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x43, 0x44,
                                  0x50, 0x63, 0x73, 0x82, 0x92, 0xA1, 0x05, 0x32, 0x45 };
  guint8 code = codes[number % G_N_ELEMENTS (codes)];
  guint8 packet[] = { code, (guint8) ~code };

  talk (transport, packet, code == 0x7F ? 1 : 2);
}

/* An address, mostly one that there is. */
static void
send_address (FlTransport *transport)
{
  static const guint32 bases[] = { 0x08000000, 0x1FFFF800, 0x20000000, 0x1FFF0000, 0x40022000, 0xFFFF0000 };
  guint32 address = bases[take () % G_N_ELEMENTS (bases)];
  guint8 packet[5];

  address += (guint32) take () << 8;
  address += take ();
  fl_bytes_put_be32 (packet, address);
  packet[4] = fl_bytes_xor (packet, 4);
  talk (transport, packet, sizeof packet);
}

/* Data to write, pages to erase, sectors to protect: their number first, the exclusive or of all last. */
static void
send_data (FlTransport *transport, guint8 length)
{
  guint8 packet[18];

  packet[0] = (guint8) (length - 1);
  for (guint i = 1; i <= length; i++)
    packet[i] = take ();
  packet[length + 1] = fl_bytes_xor (packet, length + 1);
  talk (transport, packet, length + 2u);
}

static void
change_settings (FlTransport *transport, guint8 code)
{
  static const guint bauds[] = { 115200, 9600, 57600, 1200 };
  FlLineSettings settings = fl_line_settings_default;

  settings.baud = bauds[code & 3];
  settings.parity = (code & 4) != 0 ? FL_PARITY_NONE : FL_PARITY_EVEN;
  fl_transport_set_settings (transport, &settings, NULL);
}

static void
step (FlSimBoard *board, FlTransport *transport, guint8 code)
{
  guint8 bytes[0x40];

  if (code < 0x40)
    {
      for (guint i = 0; i < code; i++)
        bytes[i] = take ();
      talk (transport, bytes, code);
    }
  else if (code < 0x80)
    send_command (transport, code & 0x3F);
  else if (code < 0xA0)
    send_address (transport);
  else if (code < 0xE0)
    send_data (transport, (code & 0xF) + 1);
  else if (code < 0xF0)
    fl_transport_sleep (transport, ((code & 0xFu) + 1) * 100, NULL, NULL);
  else if (code < 0xF8)
    fl_sim_board_reset (board, (code & 1) != 0, fl_sim_board_get_time (board));
  else
    change_settings (transport, code);
}

/* No more than an answer comes back, in time, and nothing of the flash of a board that is protected. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const boards[] = {
    "0x410,blank=0",       "0x444,rdp=1,blank=0", "0x467,flash=128,bank=dual,blank=0",
    "0x413,blank=0,rdp=1", "0x417,blank=0",       "0x450,blank=0",
    "0x474,blank=0",       "0x435,burst=0"
  };
  g_autoptr (FlSimConfig) config = NULL;
  g_autoptr (FlSimBoard) board = NULL;
  g_autoptr (FlTransport) transport = NULL;
  g_autoptr (GError) error = NULL;
  gint64 began;

  input = data;
  n_input = size;
  config = fl_sim_config_parse (boards[take () % G_N_ELEMENTS (boards)], &error);
  g_assert_no_error (error);
  board = fl_sim_board_new (config, &error);
  g_assert_no_error (error);
  memcpy (secret, fl_sim_board_peek (board, fl_layout_get_start (fl_sim_board_get_layout (board)), N_SECRET), N_SECRET);
  keeps_secret = config->rdp_level > 0 && memmem (data, size, secret, N_SECRET) == NULL;
  transport = fl_sim_transport_new (board, &fl_line_settings_default, FALSE);
  began = fl_sim_board_get_time (board);
  talk (transport, (const guint8 *) "\x7f", 1);
  while (n_input > 0)
    step (board, transport, take ());
  g_assert_cmpint (fl_sim_board_get_time (board) - began, <, (gint64) MAX_SECONDS * G_USEC_PER_SEC);
  return 0;
}
