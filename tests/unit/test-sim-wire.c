/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a UART makes of bytes that were not sent for it. The wanted values come from an independent model in Python. */
#include "fl-sim-adapter.h"

typedef struct
{
  const char *path;
  const char *sent;
  FlParity sender;
  FlParity receiver;
  double ratio;       /* the sender's bit time over the receiver's */
  const char *wanted; /* bytes, with P for a parity and F for a framing error */
} WireCase;

#define EVEN FL_PARITY_EVEN, FL_PARITY_EVEN

static const WireCase cases[] = {
  { "/sim/wire/right", "79 1F 00 FF", EVEN, 1.0, "79 1F 00 FF" },
  { "/sim/wire/within-tolerance", "79 1F 00 FF", EVEN, 1.015, "79 1F 00 FF" },
  { "/sim/wire/ack/0.25", "79", EVEN, 0.25, "FFP" },
  { "/sim/wire/ack/0.5", "79", EVEN, 0.5, "FFP" },
  { "/sim/wire/ack/0.8", "79", EVEN, 0.8, "DDP" },
  { "/sim/wire/ack/0.9", "79", EVEN, 0.9, "B9" },
  { "/sim/wire/ack/0.92", "79", EVEN, 0.92, "B9" },
  { "/sim/wire/ack/1.08", "79", EVEN, 1.08, "F9" },
  { "/sim/wire/ack/1.2", "79", EVEN, 1.2, "F1F" },
  { "/sim/wire/ack/1.5", "79", EVEN, 1.5, "E3 FFP" },
  { "/sim/wire/ack/2", "79", EVEN, 2.0, "86 FE" },
  { "/sim/wire/ack/4", "79", EVEN, 4.0, "78F F8" },
  { "/sim/wire/nack/0.8", "1F", EVEN, 0.8, "CFP" },
  { "/sim/wire/nack/0.9", "1F", EVEN, 0.9, "8F" },
  { "/sim/wire/nack/1.1", "1F", EVEN, 1.1, "3F" },
  { "/sim/wire/nack/1.5", "1F", EVEN, 1.5, "FFF" },
  { "/sim/wire/nack/2", "1F", EVEN, 2.0, "FE E0" },
  { "/sim/wire/nack/4", "1F", EVEN, 4.0, "F8 00F" },
  { "/sim/wire/odd-for-even", "7F", FL_PARITY_ODD, FL_PARITY_EVEN, 1.0, "7FP" },
  { "/sim/wire/odd-for-even-back-to-back", "02 FD", FL_PARITY_ODD, FL_PARITY_EVEN, 1.0, "02P FDP" },
  { "/sim/wire/none-for-even-sync", "7F", FL_PARITY_NONE, FL_PARITY_EVEN, 1.0, "7F" },
  { "/sim/wire/none-for-even", "00", FL_PARITY_NONE, FL_PARITY_EVEN, 1.0, "00P" },
  { "/sim/wire/even-for-none", "02 FD", FL_PARITY_EVEN, FL_PARITY_NONE, 1.0, "02 FD" },
  { "/sim/wire/even-for-none-framing", "00 FF", FL_PARITY_EVEN, FL_PARITY_NONE, 1.0, "00F FFF" },
};

static void
test_wire (gconstpointer data)
{
  const WireCase *row = data;
  g_autoptr (FlSimWire) wire = fl_sim_wire_new ();
  FlLineSettings sender = { 115200, 8, row->sender, 1 };
  FlLineSettings receiver = { 115200, 8, row->receiver, 1 };
  g_auto (GStrv) sent = g_strsplit (row->sent, " ", -1);
  g_autoptr (GString) got = g_string_new (NULL);
  FlSimByte byte;
  double start = 1000;

  fl_sim_wire_set (wire, &sender, &receiver, 1 / row->ratio);
  for (guint i = 0; sent[i] != NULL; i++, start = wire->end)
    fl_sim_wire_put (wire, (guint8) g_ascii_strtoull (sent[i], NULL, 16), start);
  while (fl_sim_wire_take (wire, G_MAXINT64, &byte))
    g_string_append_printf (got, "%s%02X%s%s", got->len > 0 ? " " : "", byte.byte,
                            byte.errors & FL_LINE_ERROR_PARITY ? "P" : "",
                            byte.errors & FL_LINE_ERROR_FRAMING ? "F" : "");
  g_assert_cmpstr (got->str, ==, row->wanted);
}

/* 11 bits a byte at 8E1. */
static void
test_time (void)
{
  g_autoptr (FlSimWire) wire = fl_sim_wire_new ();
  FlSimByte byte;

  fl_sim_wire_put (wire, 0x79, 0);
  g_assert_true (fl_sim_wire_take (wire, G_MAXINT64, &byte));
  g_assert_cmpint (byte.time, ==, 96); /* 95.5 µs, rounded up */
}

/* Nothing before the latency timer runs out, then all that came by then; a full packet goes at once. */
static void
test_latency (void)
{
  g_autoptr (FlSimAdapter) adapter = fl_sim_adapter_new (16);
  FlSimByte byte = { 0, 0, 0 };
  gint64 time;

  for (guint i = 0; i < 3; i++, byte.time += 1000)
    fl_sim_adapter_put (adapter, &byte);
  g_assert_true (fl_sim_adapter_next (adapter, &time));
  g_assert_cmpint (time, ==, 16000);
  g_assert_false (fl_sim_adapter_take (adapter, 15999, &byte));
  for (guint i = 0; i < 3; i++)
    g_assert_true (fl_sim_adapter_take (adapter, 16000, &byte));
  g_assert_false (fl_sim_adapter_take (adapter, 1000000, &byte));

  byte.time = 100000;
  for (guint i = 0; i < 62; i++, byte.time += 10)
    fl_sim_adapter_put (adapter, &byte);
  g_assert_true (fl_sim_adapter_next (adapter, &time));
  g_assert_cmpint (time, ==, 100610);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_wire);
  g_test_add_func ("/sim/wire/time", test_time);
  g_test_add_func ("/sim/adapter/latency", test_latency);
  return g_test_run ();
}
