/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-strict-chip.h"

#include "fl-bytes.h"

/**
 * FlStrictChip:
 *
 * The chip's side of AN3155, as small as can be, to try the host's recovery on: it waits for ever in the middle of a
 * packet, does not look at parity, and writes down each deed that cannot be undone: "W 08000100 11 22 33 44", "E 5",
 * "E all", "Go 08000000", "P". One byte of the traffic can be lost, damaged or added. Time is a clock of its own.
 */
struct _FlStrictChip
{
  GObject parent_instance;

  gint64 now; /* µs */
  FlLineErrors errors;
  gboolean silent_bad_address;

  guint8 command; /* 0: at the start of a command, or synchronised and no code yet */
  guint step;     /* packets of the command that were taken */
  guint32 address;
  GByteArray *packet;
  GString *deeds;

  GByteArray *to_host;
  GByteArray *to_host_damaged; /* for each byte: whether its parity is wrong */
  gint64 ready;                /* µs: when the first of them is there */
  guint n_bytes[2];            /* by to_host */
  FlFault fault[2];
  guint fault_at[2];
  guint8 fault_value[2];
};

static void fl_strict_chip_iface_init (FlTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlStrictChip, fl_strict_chip, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_TRANSPORT, fl_strict_chip_iface_init))

#define BYTE_US 96 /* at 115200 8E1 */

static void
fl_strict_chip_queue (FlStrictChip *self, guint8 byte, gboolean damaged)
{
  guint8 flag = damaged;

  if (self->to_host->len == 0)
    self->ready = self->now + BYTE_US;
  g_byte_array_append (self->to_host, &byte, 1);
  g_byte_array_append (self->to_host_damaged, &flag, 1);
}

/* What befalls the next byte of this direction. */
static FlFault
fl_strict_chip_strike (FlStrictChip *self, gboolean to_host)
{
  guint at = self->n_bytes[to_host]++;
  guint n = self->fault[to_host] == FL_FAULT_DROP ? self->fault_value[to_host] + 1u : 1;

  return at - self->fault_at[to_host] < n ? self->fault[to_host] : FL_FAULT_NONE;
}

static void
fl_strict_chip_answer (FlStrictChip *self, const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      FlFault fault = fl_strict_chip_strike (self, TRUE);

      if (fault == FL_FAULT_INSERT)
        fl_strict_chip_queue (self, self->fault_value[TRUE], FALSE);
      if (fault == FL_FAULT_FLIP)
        fl_strict_chip_queue (self, data[i] ^ self->fault_value[TRUE], TRUE);
      else if (fault != FL_FAULT_DROP)
        fl_strict_chip_queue (self, data[i], FALSE);
    }
}

static void
fl_strict_chip_end (FlStrictChip *self, guint8 answer)
{
  if (answer != 0)
    fl_strict_chip_answer (self, &answer, 1);
  self->command = 0;
  self->step = 0;
}

static void
fl_strict_chip_go_on (FlStrictChip *self)
{
  static const guint8 ack = 0x79;

  self->step++;
  fl_strict_chip_answer (self, &ack, 1);
}

/* What the memory holds: something that no two addresses nearby share. */
static guint8
memory_byte (guint32 address)
{
  return (guint8) (address * 7 + (address >> 8) + 1);
}

static void
fl_strict_chip_take_command (FlStrictChip *self)
{
  static const guint8 get[] = { 0x79, 11, 0x31, 0, 1, 2, 0x11, 0x21, 0x31, 0x43, 0x44, 0x63, 0x73, 0x82, 0x79 };
  static const guint8 id[] = { 0x79, 1, 0x04, 0x10, 0x79 };
  static const guint8 version[] = { 0x79, 0x31, 0, 0, 0x79 };
  guint8 code = self->packet->data[0];

  if ((code ^ self->packet->data[1]) != 0xFF)
    {
      fl_strict_chip_end (self, 0x1F);
      return;
    }
  if (code == 0x00)
    fl_strict_chip_answer (self, get, sizeof get);
  else if (code == 0x01)
    fl_strict_chip_answer (self, version, sizeof version);
  else if (code == 0x02)
    fl_strict_chip_answer (self, id, sizeof id);
  else if (code == 0x73 || code == 0x82 || code == 0x92)
    {
      g_string_append (self->deeds, "P;");
      fl_strict_chip_go_on (self);
      fl_strict_chip_end (self, 0x79);
    }
  else if (code == 0x11 || code == 0x21 || code == 0x31 || code == 0x43 || code == 0x44 || code == 0x63)
    {
      self->command = code;
      fl_strict_chip_go_on (self);
    }
  else
    fl_strict_chip_end (self, 0x1F);
}

static gboolean
is_flash (guint32 address)
{
  return address >= 0x08000000 && address < 0x08020000;
}

static void
fl_strict_chip_take_address (FlStrictChip *self)
{
  if (fl_bytes_xor (self->packet->data, 5) != 0)
    {
      fl_strict_chip_end (self, 0x1F);
      return;
    }
  self->address = fl_bytes_get_be32 (self->packet->data);
  if (!is_flash (self->address))
    fl_strict_chip_end (self, self->silent_bad_address ? 0 : 0x1F);
  else if (self->command == 0x21)
    {
      g_string_append_printf (self->deeds, "Go %08X;", self->address);
      fl_strict_chip_end (self, 0x79);
    }
  else
    fl_strict_chip_go_on (self);
}

static void
fl_strict_chip_take_count (FlStrictChip *self)
{
  static const guint8 ack = 0x79;

  if ((self->packet->data[0] ^ self->packet->data[1]) != 0xFF)
    {
      fl_strict_chip_end (self, 0x1F);
      return;
    }
  fl_strict_chip_answer (self, &ack, 1);
  for (guint i = 0; i <= self->packet->data[0]; i++)
    {
      guint8 byte = memory_byte (self->address + i);

      fl_strict_chip_answer (self, &byte, 1);
    }
  fl_strict_chip_end (self, 0);
}

/* The last packet of a command that changes the chip; its checksum is looked at here. */
static void
fl_strict_chip_take_deed (FlStrictChip *self)
{
  const guint8 *data = self->packet->data;
  guint size = self->command == 0x44 ? 2 : 1;
  gboolean mass = self->command == 0x43 ? data[0] == 0xFF : self->command == 0x44 && data[0] == 0xFF && data[1] >= 0xF0;

  if (self->command == 0x43 && mass ? data[1] != 0 : fl_bytes_xor (data, self->packet->len) != 0)
    {
      fl_strict_chip_end (self, 0x1F);
      return;
    }
  if (mass)
    g_string_append (self->deeds, "E all;");
  else if (self->command == 0x31)
    {
      g_autofree char *hex = fl_bytes_to_hex (data + 1, data[0] + 1U, 0);

      g_string_append_printf (self->deeds, "W %08X %s;", self->address, hex);
    }
  else if (self->command == 0x63)
    g_string_append (self->deeds, "P;");
  else
    for (guint i = size; i + 1 < self->packet->len; i += size)
      g_string_append_printf (self->deeds, "E %u;", size == 2 ? fl_bytes_get_be16 (data + i) : (guint) data[i]);
  fl_strict_chip_end (self, 0x79);
}

/* How many bytes the packet has that the chip waits for, as far as it knows by now. */
static guint
fl_strict_chip_packet_size (FlStrictChip *self)
{
  const guint8 *data = self->packet->data;
  guint n = self->packet->len;

  if (self->command == 0)
    return 2;
  if (self->step == 1 && (self->command == 0x11 || self->command == 0x21 || self->command == 0x31))
    return 5;
  if (self->command == 0x11)
    return 2;
  if (self->command == 0x44)
    return n < 2 ? 2 : data[0] == 0xFF && data[1] >= 0xF0 ? 3 : 2 * (fl_bytes_get_be16 (data) + 1U) + 3;
  if (self->command == 0x43 && n > 0 && data[0] == 0xFF)
    return 2;
  return n < 1 ? 1 : data[0] + 3U;
}

static void
fl_strict_chip_take (FlStrictChip *self, guint8 byte)
{
  g_byte_array_append (self->packet, &byte, 1);
  if (self->packet->len < fl_strict_chip_packet_size (self))
    return;
  if (self->command == 0)
    fl_strict_chip_take_command (self);
  else if (fl_strict_chip_packet_size (self) == 5 && self->step == 1
           && (self->command == 0x11 || self->command == 0x21 || self->command == 0x31))
    fl_strict_chip_take_address (self);
  else if (self->command == 0x11)
    fl_strict_chip_take_count (self);
  else
    fl_strict_chip_take_deed (self);
  g_byte_array_set_size (self->packet, 0);
}

static gboolean
fl_strict_chip_write (FlTransport *transport, const guint8 *data, gsize length, gint64 deadline,
                      GCancellable *cancellable, GError **error)
{
  FlStrictChip *self = FL_STRICT_CHIP (transport);

  for (gsize i = 0; i < length; i++)
    {
      FlFault fault = fl_strict_chip_strike (self, FALSE);

      self->now += BYTE_US;
      if (fault == FL_FAULT_INSERT)
        fl_strict_chip_take (self, self->fault_value[FALSE]);
      if (fault == FL_FAULT_FLIP)
        fl_strict_chip_take (self, data[i] ^ self->fault_value[FALSE]);
      else if (fault != FL_FAULT_DROP)
        fl_strict_chip_take (self, data[i]);
    }
  return TRUE;
}

static gboolean
fl_strict_chip_read_some (FlTransport *transport, guint8 *data, gsize length, gint64 deadline, gsize *n_read,
                          GCancellable *cancellable, GError **error)
{
  FlStrictChip *self = FL_STRICT_CHIP (transport);
  gsize n = 0;

  if (self->to_host->len == 0 || MAX (self->ready, self->now) > deadline)
    {
      self->now = MAX (self->now, deadline);
      *n_read = 0;
      return TRUE;
    }
  while (n < length && n < self->to_host->len && self->ready <= MAX (deadline, self->now))
    {
      self->now = MAX (self->now, self->ready);
      self->ready += BYTE_US;
      data[n] = self->to_host->data[n];
      if (self->to_host_damaged->data[n] != 0)
        self->errors |= FL_LINE_ERROR_PARITY;
      n++;
    }
  g_byte_array_remove_range (self->to_host, 0, (guint) n);
  g_byte_array_remove_range (self->to_host_damaged, 0, (guint) n);
  *n_read = n;
  return TRUE;
}

static void
fl_strict_chip_get_settings (FlTransport *transport, FlLineSettings *settings)
{
  *settings = fl_line_settings_default;
}

static gboolean
fl_strict_chip_discard (FlTransport *transport, GError **error)
{
  FlStrictChip *self = FL_STRICT_CHIP (transport);

  g_byte_array_set_size (self->to_host, 0);
  g_byte_array_set_size (self->to_host_damaged, 0);
  return TRUE;
}

static FlLineErrors
fl_strict_chip_take_errors (FlTransport *transport)
{
  FlLineErrors errors = FL_STRICT_CHIP (transport)->errors;

  FL_STRICT_CHIP (transport)->errors = 0;
  return errors;
}

static gint64
fl_strict_chip_get_time (FlTransport *transport)
{
  return FL_STRICT_CHIP (transport)->now;
}

static gboolean
fl_strict_chip_wait (FlTransport *transport, gint64 until, GCancellable *cancellable, GError **error)
{
  FL_STRICT_CHIP (transport)->now = MAX (FL_STRICT_CHIP (transport)->now, until);
  return TRUE;
}

static const char *
fl_strict_chip_get_name (FlTransport *transport)
{
  return "chip";
}

static void
fl_strict_chip_finalize (GObject *object)
{
  FlStrictChip *self = FL_STRICT_CHIP (object);

  g_byte_array_unref (self->packet);
  g_byte_array_unref (self->to_host);
  g_byte_array_unref (self->to_host_damaged);
  g_string_free (self->deeds, TRUE);
  G_OBJECT_CLASS (fl_strict_chip_parent_class)->finalize (object);
}

static void
fl_strict_chip_class_init (FlStrictChipClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_strict_chip_finalize;
}

static void
fl_strict_chip_iface_init (FlTransportInterface *iface)
{
  iface->write = fl_strict_chip_write;
  iface->read_some = fl_strict_chip_read_some;
  iface->get_settings = fl_strict_chip_get_settings;
  iface->discard = fl_strict_chip_discard;
  iface->take_errors = fl_strict_chip_take_errors;
  iface->get_time = fl_strict_chip_get_time;
  iface->wait = fl_strict_chip_wait;
  iface->get_name = fl_strict_chip_get_name;
}

static void
fl_strict_chip_init (FlStrictChip *self)
{
  self->packet = g_byte_array_new ();
  self->to_host = g_byte_array_new ();
  self->to_host_damaged = g_byte_array_new ();
  self->deeds = g_string_new (NULL);
}

/* Returns: (transfer full): a chip that is synchronised and waits for a command */
FlStrictChip *
fl_strict_chip_new (void)
{
  return g_object_new (FL_TYPE_STRICT_CHIP, NULL);
}

/* The byte of this number in this direction meets the fault; the first is 0. */
void
fl_strict_chip_set_fault (FlStrictChip *self, gboolean to_host, guint at, FlFault fault, guint8 value)
{
  self->fault[to_host] = fault;
  self->fault_at[to_host] = at;
  self->fault_value[to_host] = value;
}

/* Addresses outside the flash get no answer, and the chip is at the start of a command. */
void
fl_strict_chip_set_silent_bad_address (FlStrictChip *self, gboolean silent)
{
  self->silent_bad_address = silent;
}

guint
fl_strict_chip_get_n_bytes (FlStrictChip *self, gboolean to_host)
{
  return self->n_bytes[to_host];
}

/* Returns: all that was done and cannot be undone, each with ";" behind it */
const char *
fl_strict_chip_get_deeds (FlStrictChip *self)
{
  return self->deeds->str;
}

/* Whether it waits for the first byte of a command. */
gboolean
fl_strict_chip_is_idle (FlStrictChip *self)
{
  return self->command == 0 && self->packet->len == 0;
}

/* What another program sent before: its answers are lost. */
void
fl_strict_chip_feed (FlStrictChip *self, const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    fl_strict_chip_take (self, data[i]);
  g_byte_array_set_size (self->to_host, 0);
  g_byte_array_set_size (self->to_host_damaged, 0);
}
