/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-decode-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-boot.h"
#include "fl-bytes.h"

#define MAX_LISTED 12 /* pages or sectors that a line names */

/* The packets that follow a command's ACK, in order. */
typedef enum
{
  PACKET_NONE,
  PACKET_ADDRESS,
  PACKET_WORD,    /* 4 bytes and checksum */
  PACKET_COUNT,   /* N, complement */
  PACKET_BLOCK,   /* N, N+1 bytes, checksum */
  PACKET_PAGES,   /* the same, or FF 00 */
  PACKET_SECTORS, /* the same */
  PACKET_PAGES16, /* 16-bit N, N+1 16-bit codes, checksum; or FFFx, checksum */
  PACKET_BYTE,    /* 1 byte and checksum */
  PACKET_OPCODE,  /* 2 bytes and checksum */
  PACKET_BLOCK16, /* 16-bit size, data, checksum */
  PACKET_LATER,   /* nothing is sent: one more ACK */
} Packet;

typedef enum
{
  RESULT_NONE,
  RESULT_COUNTED,
  RESULT_VERSION,
  RESULT_MEMORY,
  RESULT_CHECKSUM,
  RESULT_REST,
} Result;

static const struct
{
  guint8 command;
  Packet packets[6];
  Result result;
} commands[] = {
  { FL_COMMAND_GET, { 0 }, RESULT_COUNTED },
  { FL_COMMAND_GET_VERSION, { 0 }, RESULT_VERSION },
  { FL_COMMAND_GET_ID, { 0 }, RESULT_COUNTED },
  { FL_COMMAND_READ, { PACKET_ADDRESS, PACKET_COUNT }, RESULT_MEMORY },
  { FL_COMMAND_GO, { PACKET_ADDRESS }, RESULT_NONE },
  { FL_COMMAND_WRITE, { PACKET_ADDRESS, PACKET_BLOCK }, RESULT_NONE },
  { FL_COMMAND_ERASE, { PACKET_PAGES }, RESULT_NONE },
  { FL_COMMAND_EXTENDED_ERASE, { PACKET_PAGES16 }, RESULT_NONE },
  { FL_COMMAND_SPECIAL, { PACKET_OPCODE, PACKET_BLOCK16 }, RESULT_REST },
  { FL_COMMAND_EXTENDED_SPECIAL, { PACKET_BYTE, PACKET_BLOCK16, PACKET_BLOCK16 }, RESULT_REST },
  { FL_COMMAND_WRITE_PROTECT, { PACKET_SECTORS }, RESULT_NONE },
  { FL_COMMAND_WRITE_UNPROTECT, { PACKET_LATER }, RESULT_NONE },
  { FL_COMMAND_READOUT_PROTECT, { PACKET_LATER }, RESULT_NONE },
  { FL_COMMAND_READOUT_UNPROTECT, { PACKET_LATER }, RESULT_NONE },
  { FL_COMMAND_GET_CHECKSUM, { PACKET_ADDRESS, PACKET_WORD, PACKET_WORD, PACKET_WORD, PACKET_LATER }, RESULT_CHECKSUM },
};

/* How many bytes come before a packet's length is known. */
static gsize
packet_head_size (Packet packet)
{
  switch (packet)
    {
    case PACKET_BLOCK:
    case PACKET_PAGES:
    case PACKET_SECTORS:
      return 1;
    case PACKET_PAGES16:
    case PACKET_BLOCK16:
      return 2;
    default:
      return 0;
    }
}

/* The whole length of a packet, from its head. */
static gsize
packet_size (Packet packet, const guint8 *head)
{
  switch (packet)
    {
    case PACKET_ADDRESS:
    case PACKET_WORD:
      return 5;
    case PACKET_COUNT:
    case PACKET_BYTE:
      return 2;
    case PACKET_OPCODE:
      return 3;
    case PACKET_PAGES:
      return head[0] == 0xFF ? 2 : (gsize) head[0] + 3;
    case PACKET_BLOCK:
    case PACKET_SECTORS:
      return (gsize) head[0] + 3;
    case PACKET_PAGES16:
      return fl_bytes_get_be16 (head) >= 0xFFF0 ? 3 : 2 * ((gsize) fl_bytes_get_be16 (head) + 1) + 3;
    case PACKET_BLOCK16:
      return (gsize) fl_bytes_get_be16 (head) + 3;
    default:
      return 0;
    }
}

/* "1, 2, 5 …" */
static char *
list_codes (const guint8 *data, gsize n_codes, gsize size)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < MIN (n_codes, MAX_LISTED); i++)
    g_string_append_printf (text, i == 0 ? "%u" : ", %u",
                            size == 2 ? fl_bytes_get_be16 (data + 2 * i) : (guint) data[i]);
  if (n_codes > MAX_LISTED)
    g_string_append (text, " …");
  return g_string_free (text, FALSE);
}

static char *
describe_pages (const guint8 *data, gsize n_codes, gsize size)
{
  g_autofree char *codes = list_codes (data, n_codes, size);

  return g_strdup_printf (ngettext ("%u page: %s", "%u pages: %s", (gulong) n_codes), (guint) n_codes, codes);
}

/* What a whole packet says; also keeps what the exchange tells of itself. */
static char *
describe_packet (FlExchange *exchange, Packet packet, const guint8 *data)
{
  gsize n;

  switch (packet)
    {
    case PACKET_ADDRESS:
      exchange->address = fl_bytes_get_be32 (data);
      exchange->has_address = TRUE;
      return g_strdup_printf (_ ("address 0x%08X"), exchange->address);
    case PACKET_WORD:
      return g_strdup_printf (_ ("parameter 0x%08X"), fl_bytes_get_be32 (data));
    case PACKET_COUNT:
      exchange->length = (gsize) data[0] + 1;
      return g_strdup_printf (ngettext ("%u byte", "%u bytes", data[0] + 1UL), data[0] + 1U);
    case PACKET_BLOCK:
      exchange->length = (gsize) data[0] + 1;
      return g_strdup_printf (ngettext ("%u byte of data", "%u bytes of data", data[0] + 1UL), data[0] + 1U);
    case PACKET_PAGES:
      return data[0] == 0xFF ? g_strdup (_ ("all of the flash")) : describe_pages (data + 1, (gsize) data[0] + 1, 1);
    case PACKET_SECTORS:
      {
        g_autofree char *codes = list_codes (data + 1, (gsize) data[0] + 1, 1);

        return g_strdup_printf (_ ("sectors: %s"), codes);
      }
    case PACKET_PAGES16:
      n = fl_bytes_get_be16 (data);
      if (n < 0xFFF0)
        return describe_pages (data + 2, n + 1, 2);
      return g_strdup (n == 0xFFFF   ? _ ("all of the flash")
                       : n == 0xFFFE ? _ ("bank 1")
                       : n == 0xFFFD ? _ ("bank 2")
                                     : _ ("a reserved code"));
    case PACKET_BYTE:
      return g_strdup_printf (_ ("operation 0x%02X"), data[0]);
    case PACKET_OPCODE:
      return g_strdup_printf (_ ("operation 0x%04X"), fl_bytes_get_be16 (data));
    case PACKET_BLOCK16:
      n = fl_bytes_get_be16 (data);
      return g_strdup_printf (ngettext ("%u byte of data", "%u bytes of data", (gulong) n), (guint) n);
    default:
      return g_strdup ("");
    }
}

/* Names the classic mistakes in a packet that is whole. */
static void
check_packet (FlDecoder *self, Packet packet, const guint8 *data, gsize size)
{
  guint8 last = data[size - 1];
  guint8 wanted = fl_bytes_xor (data, size - 1);

  if (packet == PACKET_PAGES && data[0] == 0xFF)
    {
      if (last == 0x00)
        return;
      self->exchange->mistakes |= FL_MISTAKE_NO_00_BEHIND_FF;
      fl_decoder_add_line (self, "! %s", _ ("behind FF AN3155 wants 00; with anything else nothing is erased"));
      return;
    }
  if (packet == PACKET_COUNT || packet == PACKET_BYTE)
    wanted = data[0] ^ (packet == PACKET_COUNT ? 0xFF : 0);
  if (last == wanted)
    return;
  self->exchange->mistakes |= packet == PACKET_COUNT ? FL_MISTAKE_COMPLEMENT : FL_MISTAKE_CHECKSUM;
  if (packet == PACKET_COUNT)
    fl_decoder_add_line (self, _ ("! wrong complement: behind %02X AN3155 wants %02X, not %02X"), data[0], wanted,
                         last);
  else
    fl_decoder_add_line (self, _ ("! wrong checksum: %02X, but the exclusive or of the bytes before is %02X"), last,
                         wanted);
  if (size > 3 && packet_head_size (packet) == 1 && (last ^ data[0]) == wanted)
    {
      self->exchange->mistakes |= FL_MISTAKE_CHECKSUM_NO_LENGTH;
      fl_decoder_add_line (self, "! %s", _ ("the checksum leaves out the length byte"));
    }
}

/* Whether no more traffic is known: the host may have gone on behind the end of the log. */
static gboolean
is_at_end (FlDecoder *self)
{
  int next = fl_decoder_peek (self);

  return next == FL_DECODE_END || next == FL_TRACE_NOTE;
}

/* A packet that ends before it should. */
static void
explain_short_packet (FlDecoder *self, Packet packet, const GByteArray *sent, gsize size)
{
  gsize unit = packet == PACKET_PAGES16 ? 2 : 1;
  gsize head = packet_head_size (packet);

  if (head > 0 && packet != PACKET_BLOCK16 && sent->len > head && sent->len + unit == size)
    {
      guint n = head == 1 ? sent->data[0] : fl_bytes_get_be16 (sent->data);

      if (!is_at_end (self) || fl_bytes_xor (sent->data, sent->len) == 0
          || fl_bytes_xor (sent->data + head, sent->len - head) == 0)
        self->exchange->mistakes |= FL_MISTAKE_LENGTH;
      fl_decoder_add_line (self, _ ("! the length byte is N = %u, but AN3155 wants N-1 = %u: the chip waits for more"),
                           n, n - 1);
    }
  else
    {
      if (!is_at_end (self))
        self->exchange->mistakes |= FL_MISTAKE_BROKEN_OFF;
      fl_decoder_add_line (self, _ ("! the packet broke off after %u of %u bytes: the chip waits for the rest"),
                           sent->len, (guint) size);
    }
}

/* Takes one packet of the host. FALSE: it did not come whole. */
static gboolean
take_packet (FlDecoder *self, Packet packet, GString *title, gboolean last)
{
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  g_autofree char *meaning = NULL;
  gsize head = packet_head_size (packet);
  gsize size;

  self->exchange->part = packet == PACKET_ADDRESS ? FL_PART_ADDRESS : FL_PART_DATA;
  if (fl_decoder_peek (self) != FL_TRACE_SENT)
    {
      if (!is_at_end (self))
        self->exchange->mistakes |= FL_MISTAKE_NOT_CONTINUED;
      fl_decoder_add_line (self, "! %s", _ ("the command was not continued: the chip waits for the next packet"));
      self->exchange->status = FL_EXCHANGE_ODD;
      return FALSE;
    }
  if (head > 0)
    fl_decoder_take (self, FL_TRACE_SENT, sent, head);
  size = sent->len < head ? head + 1 : packet_size (packet, sent->data);
  if (sent->len == head)
    {
      if (packet == PACKET_BLOCK)
        fl_decoder_note_memory (self, size - head, sent->data[0]);
      fl_decoder_take (self, FL_TRACE_SENT, sent, size - head);
    }
  if (sent->len < size)
    {
      fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, sent->len, _ ("incomplete"));
      explain_short_packet (self, packet, sent, size);
      if (fl_decoder_take_ack (self))
        self->exchange->status = FL_EXCHANGE_ODD;
      return FALSE;
    }
  meaning = describe_packet (self->exchange, packet, sent->data);
  fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, size, meaning);
  check_packet (self, packet, sent->data, size);
  if (packet == PACKET_BLOCK)
    self->exchange->bytes = g_bytes_new (sent->data + 1, size - 2);
  self->exchange->all = (packet == PACKET_PAGES && sent->data[0] == 0xFF)
                        || (packet == PACKET_PAGES16 && fl_bytes_get_be16 (sent->data) >= 0xFFF0);
  if (packet == PACKET_ADDRESS)
    g_string_append_printf (title, _ (" at 0x%08X"), self->exchange->address);
  else if (packet != PACKET_WORD && packet != PACKET_BLOCK16)
    g_string_append_printf (title, ", %s", meaning);
  if (last && fl_decoder_peek (self) == FL_TRACE_SENT && fl_decoder_is_prompt (self))
    {
      g_byte_array_set_size (sent, 0);
      fl_decoder_note_memory (self, G_MAXSIZE, -1);
      fl_decoder_take_run (self, FL_TRACE_SENT, sent);
      self->exchange->mistakes |= sent->len == 1 ? FL_MISTAKE_TWO_CHECKSUMS : FL_MISTAKE_TOO_LONG;
      fl_decoder_add_bytes (self, FL_TRACE_SENT, sent->data, sent->len, _ ("more than the packet has"));
      fl_decoder_add_line (self, "! %s",
                           _ ("the packet is longer than its length byte says: the chip takes the rest "
                              "as a command"));
    }
  return TRUE;
}

static void
take_list (FlDecoder *self, const guint8 *data, gsize n)
{
  GString *names = g_string_new (NULL);
  g_autofree char *text = NULL;

  for (gsize i = 0; i < n; i++)
    {
      const char *name = fl_command_get_name (data[i]);

      if (i > 0)
        g_string_append (names, ", ");
      if (name != NULL)
        g_string_append (names, name);
      else
        g_string_append_printf (names, "%02X", data[i]);
    }
  text = g_string_free (names, FALSE);
  fl_decoder_add_line (self, "  %s", text);
}

static gboolean
take_answer (FlDecoder *self, GByteArray *came, gsize length)
{
  fl_decoder_take (self, FL_TRACE_RECEIVED, came, length);
  if (came->len == length)
    return TRUE;
  self->exchange->status = came->len == 0 ? FL_EXCHANGE_SILENT : FL_EXCHANGE_ODD;
  if (came->len > 0)
    fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len, "");
  fl_decoder_add_line (self, _ ("! the answer broke off after %u of %u bytes"), came->len, (guint) length);
  return FALSE;
}

/* N, N+1 bytes, ACK: Get and Get ID. */
static void
take_counted (FlDecoder *self, guint8 command, GString *title)
{
  g_autoptr (GByteArray) head = g_byte_array_new ();
  g_autoptr (GByteArray) came = g_byte_array_new ();
  g_autofree char *meaning = NULL;
  gsize length;

  if (!take_answer (self, head, 1))
    return;
  length = (gsize) head->data[0] + 1;
  fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, head->data, 1, _ ("how many bytes follow, less one"));
  if (!take_answer (self, came, length))
    return;
  if (command == FL_COMMAND_GET)
    meaning = g_strdup_printf (_ ("version %u.%u, then the commands"), came->data[0] >> 4, came->data[0] & 0xF);
  else if (length >= 2)
    meaning = g_strdup_printf (_ ("product ID 0x%03X"), fl_bytes_get_be16 (came->data + length - 2));
  self->exchange->bytes = g_bytes_new (came->data, length);
  fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, length, meaning != NULL ? meaning : "");
  if (command == FL_COMMAND_GET)
    take_list (self, came->data + 1, length - 1);
  else if (meaning != NULL)
    g_string_append_printf (title, ": %s", meaning);
  fl_decoder_take_ack (self);
}

static void
take_result (FlDecoder *self, guint8 command, Result result, GString *title)
{
  g_autoptr (GByteArray) came = g_byte_array_new ();
  g_autofree char *meaning = NULL;

  switch (result)
    {
    case RESULT_COUNTED:
      take_counted (self, command, title);
      return;
    case RESULT_VERSION:
      if (!take_answer (self, came, 3))
        return;
      meaning = g_strdup_printf (_ ("version %u.%u"), came->data[0] >> 4, came->data[0] & 0xF);
      fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, 3, meaning);
      g_string_append_printf (title, ": %s", meaning);
      fl_decoder_take_ack (self);
      return;
    case RESULT_MEMORY:
      fl_decoder_note_memory (self, self->exchange->length, -1);
      if (!take_answer (self, came, self->exchange->length))
        break;
      self->exchange->bytes = g_bytes_new (came->data, came->len);
      fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len, _ ("memory"));
      break;
    case RESULT_CHECKSUM:
      if (!take_answer (self, came, 5))
        return;
      meaning = g_strdup_printf (_ ("checksum 0x%08X"), fl_bytes_get_be32 (came->data));
      fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, 5, meaning);
      if (fl_bytes_xor (came->data, 5) != 0)
        fl_decoder_add_line (self, "! %s", _ ("the last byte is not the exclusive or of the others"));
      break;
    case RESULT_REST:
      if (fl_decoder_take_run (self, FL_TRACE_RECEIVED, came) > 0)
        fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len, _ ("data and status"));
      return;
    case RESULT_NONE:
      break;
    }
  if (result == RESULT_MEMORY && fl_decoder_peek (self) == FL_TRACE_RECEIVED && fl_decoder_is_prompt (self))
    {
      g_byte_array_set_size (came, 0);
      fl_decoder_note_memory (self, G_MAXSIZE, -1);
      fl_decoder_take_run (self, FL_TRACE_RECEIVED, came);
      fl_decoder_add_bytes (self, FL_TRACE_RECEIVED, came->data, came->len, _ ("more than was asked for"));
      self->exchange->status = FL_EXCHANGE_ODD;
    }
}

/**
 * fl_decode_command:
 * @command: one of AN3155, which the host just sent with its complement
 *
 * Takes all that belongs to it, and gives the exchange its title, lines and status.
 */
void
fl_decode_command (FlDecoder *self, guint8 command)
{
  GString *title = g_string_new (fl_command_get_name (command));
  gboolean ok;
  guint row = 0;

  while (commands[row].command != command)
    row++;
  ok = fl_decoder_take_ack (self);
  for (guint i = 0; ok && i < G_N_ELEMENTS (commands[row].packets) && commands[row].packets[i] != PACKET_NONE; i++)
    {
      Packet packet = commands[row].packets[i];
      gboolean last = i + 1 == G_N_ELEMENTS (commands[row].packets) || commands[row].packets[i + 1] == PACKET_NONE
                      || commands[row].packets[i + 1] == PACKET_LATER;

      if (packet == PACKET_LATER)
        self->exchange->part = FL_PART_ANSWER;
      ok = (packet == PACKET_LATER || take_packet (self, packet, title, last)) && fl_decoder_take_ack (self);
    }
  if (ok)
    {
      self->exchange->part = FL_PART_ANSWER;
      take_result (self, command, commands[row].result, title);
      if (self->exchange->status == FL_EXCHANGE_OK)
        self->exchange->part = FL_PART_WHOLE;
    }
  self->exchange->title = g_string_free (title, FALSE);
}
