/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fl-bytes.h"
#include "fl-console-commands.h"
#include "fl-console-input.h"
#include "fl-error.h"
#include "fuzz-main.h"

/* The same bytes in hexadecimal are the same bytes. */
static void
check_round_trip (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, i % 3 == 0 ? "%02X" : " 0x%02x,", data[i]);
  again = fl_console_parse_input (text->str, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (bytes, again));
}

/* What AN3155 wants behind it makes the exclusive or of a packet 0, of a single byte FF. */
static void
check_sum (const char *text, GBytes *bytes)
{
  g_autoptr (GBytes) packet = fl_console_parse_input (text, TRUE, NULL);
  gsize size, n_packet;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  const guint8 *all = g_bytes_get_data (packet, &n_packet);

  g_assert_cmpuint (n_packet, ==, size + 1);
  g_assert_true (memcmp (all, data, size) == 0);
  g_assert_cmphex (fl_bytes_xor (all, n_packet), ==, size == 1 ? 0xFF : 0);
}

static void
check_address (const char *text)
{
  guint32 address = 0, again = 0;
  g_autofree char *problem = fl_console_parse_address (text, &address);
  g_autofree char *written = NULL;

  if (problem != NULL)
    {
      g_assert_true (g_utf8_validate (problem, -1, NULL));
      return;
    }
  written = g_strdup_printf (" 0x%08X", address);
  g_assert_null (fl_console_parse_address (written, &again));
  g_assert_cmphex (again, ==, address);
}

/* What somebody types or pastes into the console, which is text: bytes, or an error. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *any = g_strndup ((const char *) data, size);
  g_autofree char *text = g_utf8_make_valid (any, -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = fl_console_parse_input (text, FALSE, &error);
  const FlConsoleCommand *command;

  check_address (text);
  if (bytes == NULL)
    {
      g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (fl_console_parse_input (text, TRUE, NULL));
      return 0;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, FL_CONSOLE_MAX_INPUT);
  check_round_trip (bytes);
  check_sum (text, bytes);
  command = fl_console_command_of (bytes);
  g_assert_true (command == NULL || command->code == *(const guint8 *) g_bytes_get_data (bytes, NULL));
  return 0;
}
