/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-listen-transport.h"

#include <string.h>

#include "fl-error.h"
#include "fl-fake-transport.h"

#define OK (-1)

/* What the line does when 31 CE is sent, and what comes of it. */
static const struct
{
  const char *script;
  int code;         /* FlError, or OK */
  const char *part; /* of the message */
  int next;         /* the byte that is read then; -1: none */
} cases[] = {
  { "> 31 CE < 31 CE 79", OK, NULL, 0x79 },
  { "> 31 CE < 31 CE wait:50 79", OK, NULL, 0x79 },
  { "> 31 CE < 31 CE", OK, NULL, -1 },
  { "> 31 CE", FL_ERROR_TIMEOUT, "no echo", -1 },
  { "> 31 CE < wait:500 31 CE", FL_ERROR_TIMEOUT, "no echo", 0x31 },
  { "> 31 CE < 79", FL_ERROR_PROTOCOL, "came 79", -1 },
  { "> 31 CE < 31 CF", FL_ERROR_PROTOCOL, "sent 31 CE, came 31 CF", -1 },
  { "> 31 CE < 31", FL_ERROR_PROTOCOL, "came 31", -1 },
  { "> 31 CE gone", FL_ERROR_PORT_GONE, "unplugged", -2 },
};

static void
test_echo (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  static const guint8 sent[] = { 0x31, 0xCE };
  g_autoptr (FlTransport) inner = fl_fake_transport_new (cases[row].script);
  g_autoptr (FlTransport) transport = fl_listen_transport_new (inner);
  g_autoptr (GError) error = NULL;
  guint8 byte = 0;
  gsize n;

  g_assert_true (fl_transport_write (transport, sent, sizeof sent, 1000, NULL, &error) == (cases[row].code == OK));
  if (cases[row].code == OK)
    g_assert_no_error (error);
  else
    {
      g_assert_error (error, FL_ERROR, cases[row].code);
      g_assert_nonnull (strstr (error->message, cases[row].part));
    }
  if (cases[row].next == -2)
    return;
  g_assert_true (fl_transport_read_some (transport, &byte, 1, 1000, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, cases[row].next >= 0 ? 1 : 0);
  if (cases[row].next >= 0)
    g_assert_cmphex (byte, ==, (guint) cases[row].next);
}

/* Everything else is the inner transport's. */
static void
test_passes_on (void)
{
  g_autoptr (FlTransport) inner = fl_fake_transport_new ("");
  g_autoptr (FlTransport) transport = fl_listen_transport_new (inner);
  FlLineSettings settings = { .baud = 9600, .data_bits = 8, .parity = FL_PARITY_NONE, .stop_bits = 2 };
  FlLineSettings got;
  gint64 before = fl_transport_get_time (inner);

  g_assert_true (fl_transport_set_settings (transport, &settings, NULL));
  fl_transport_get_settings (inner, &got);
  g_assert_cmpuint (got.baud, ==, 9600);
  fl_transport_get_settings (transport, &got);
  g_assert_cmpuint (got.stop_bits, ==, 2);
  g_assert_true (fl_transport_set_lines (transport, FL_LINE_DTR | FL_LINE_RTS, FL_LINE_DTR, NULL));
  g_assert_true (fl_transport_sleep (transport, 250, NULL, NULL));
  g_assert_cmpint (fl_transport_get_time (transport), ==, before + 250000);
  g_assert_cmpstr (fl_fake_transport_get_lines_log (FL_FAKE_TRANSPORT (inner)), ==, "Dr 250ms ");
  g_assert_cmpstr (fl_transport_get_name (transport), ==, fl_transport_get_name (inner));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/listen/echo/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_echo);
    }
  g_test_add_func ("/listen/passes-on", test_passes_on);
  return g_test_run ();
}
