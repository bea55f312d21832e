/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be typed at the console, what is refused and where, and what the commands at hand send. */
#include "config.h"

#include "fl-bytes.h"
#include "fl-console-commands.h"
#include "fl-console-input.h"
#include "fl-error.h"

static const struct
{
  const char *text;
  gboolean checksum;
  const char *bytes; /* NULL: refused */
  const char *says;
} inputs[] = {
  { "7F", FALSE, "7F", NULL },
  { " 00 ff ", FALSE, "00 FF", NULL },
  { "00FF", FALSE, "00 FF", NULL },
  { "0x11, 0XEE; 08000000", FALSE, "11 EE 08 00 00 00", NULL },
  { "\"AT\\r\\n\" 0A", FALSE, "41 54 0D 0A 0A", NULL },
  { "41\"B\"43", FALSE, "41 42 43", NULL },
  { "\"\\\"\\\\\\t\\0\"", FALSE, "22 5C 09 00", NULL },
  { "\"°\"", FALSE, "C2 B0", NULL },
  { "08 00 00 00", TRUE, "08 00 00 00 08", NULL },
  { "02", TRUE, "02 FD", NULL },
  { "", FALSE, NULL, "nothing to send" },
  { " , ", FALSE, NULL, "nothing to send" },
  { "\"\"", TRUE, NULL, "nothing to send" },
  { "7", FALSE, NULL, "“7” at character 1" },
  { "00 FFF", FALSE, NULL, "“FFF” at character 4" },
  { "0x", FALSE, NULL, "“0x” at character 1" },
  { "0G", FALSE, NULL, "“G” at character 2" },
  { "00 €", FALSE, NULL, "“€” at character 4" },
  { "“A” 5", FALSE, NULL, "““” at character 1" },
  { "7F \"abc", FALSE, NULL, "character 4 has no closing quote" },
  { "\"a\\q\"", FALSE, NULL, "\\ at character 3" },
  { "\"a\\", FALSE, NULL, "\\ at character 3" },
};

static void
test_inputs (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = fl_console_parse_input (inputs[i].text, inputs[i].checksum, &error);

      g_test_message ("%s", inputs[i].text);
      if (inputs[i].bytes != NULL)
        {
          g_autofree char *hex = NULL;

          g_assert_no_error (error);
          hex = fl_bytes_to_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 64);
          g_assert_cmpstr (hex, ==, inputs[i].bytes);
        }
      else
        {
          g_assert_null (bytes);
          g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
          g_assert_nonnull (strstr (error->message, inputs[i].says));
        }
    }
}

static void
test_longest (void)
{
  g_autofree char *most = g_strnfill (2 * FL_CONSOLE_MAX_INPUT, 'A');
  g_autofree char *more = g_strconcat (most, "AA", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = fl_console_parse_input (most, FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, FL_CONSOLE_MAX_INPUT);
  g_assert_null (fl_console_parse_input (more, FALSE, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
}

static void
test_addresses (void)
{
  static const char *const right[] = { "0x08000000", "8000000", " 0X08000000 " };
  static const char *const wrong[] = { "", "0x", "08000000h", "123456789", "-1", "0x 8" };

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    {
      guint32 address = 0;

      g_assert_null (fl_console_parse_address (right[i], &address));
      g_assert_cmphex (address, ==, 0x08000000);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      guint32 address = 42;
      g_autofree char *problem = fl_console_parse_address (wrong[i], &address);

      g_assert_nonnull (problem);
      g_assert_cmpuint (address, ==, 42);
    }
}

static const struct
{
  const char *id;
  const char *packets; /* with "|" between them */
} packets[] = {
  { "sync", "7F" },
  { "get", "00 FF" },
  { "get-version", "01 FE" },
  { "get-id", "02 FD" },
  { "read", "11 EE|20 00 12 34 06|FF 00" },
  { "go", "21 DE|20 00 12 34 06" },
  { "write-unprotect", "73 8C" },
  { "readout-protect", "82 7D" },
  { "readout-unprotect", "92 6D" },
};

/* Written down here from AN3155: what the table says is not taken as a proof of itself. */
static void
test_commands (void)
{
  guint n_commands, n_buttons = 0;
  const FlConsoleCommand *commands = fl_console_commands (&n_commands);

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      const FlConsoleCommand *command = fl_console_command_find (packets[i].id);
      g_autoptr (GPtrArray) made = fl_console_command_make_packets (command, 0x20001234);
      g_auto (GStrv) wanted = g_strsplit (packets[i].packets, "|", -1);

      g_assert_cmpuint (made->len, ==, g_strv_length (wanted));
      for (guint k = 0; k < made->len; k++)
        {
          GBytes *packet = g_ptr_array_index (made, k);
          g_autofree char *hex = fl_bytes_to_hex (g_bytes_get_data (packet, NULL), g_bytes_get_size (packet), 64);

          g_assert_cmpstr (hex, ==, wanted[k]);
        }
    }
  for (guint i = 0; i < n_commands; i++)
    {
      n_buttons += commands[i].has_button;
      /* Whatever changes the board is asked about. */
      g_assert_true (commands[i].lasting == (commands[i].loss != NULL));
    }
  g_assert_cmpuint (n_buttons, ==, G_N_ELEMENTS (packets));
}

static void
test_recognised (void)
{
  static const struct
  {
    const char *text;
    const char *id; /* NULL: none */
  } cases[] = {
    { "92 6D", "readout-unprotect" },
    { "44 BB FF FF 00", "extended-erase" },
    { "43 BC", "erase" },
    { "31 CE", "write" },
    { "63 9C", "write-protect" },
    { "02 FD", "get-id" },
    { "92", NULL },
    { "92 6C", NULL },
    { "7F 80", NULL },
    { "FF 00", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = fl_console_parse_input (cases[i].text, FALSE, NULL);
      const FlConsoleCommand *command = fl_console_command_of (bytes);

      g_assert_cmpstr (command != NULL ? command->id : NULL, ==, cases[i].id);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/input/table", test_inputs);
  g_test_add_func ("/console/input/longest", test_longest);
  g_test_add_func ("/console/input/addresses", test_addresses);
  g_test_add_func ("/console/commands/packets", test_commands);
  g_test_add_func ("/console/commands/recognised", test_recognised);
  return g_test_run ();
}
