/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-script.h"

#define OPERATIONS "><!%^+="

static void
send_hex (FlTransport *transport, const char *bytes, GString *played)
{
  g_auto (GStrv) parts = g_strsplit_set (bytes, " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      {
        guint8 byte = (guint8) g_ascii_strtoull (parts[i], NULL, 16);

        if (fl_transport_write (transport, &byte, 1, 1000, NULL, NULL))
          g_string_append_printf (played, " %02X", byte);
        else
          g_string_append (played, " (stuck)");
      }
}

static void
receive (FlTransport *transport, guint wait_ms, GString *played)
{
  guint8 data[600];
  gsize n = 0;
  FlLineErrors errors;

  fl_transport_read (transport, data, sizeof data, wait_ms, &n, NULL, NULL);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (played, " %02X", data[i]);
  errors = fl_transport_take_errors (transport);
  if (errors != 0)
    g_string_append_printf (played, " ~%s%s%s", errors & FL_LINE_ERROR_BREAK ? "B" : "",
                            errors & FL_LINE_ERROR_FRAMING ? "F" : "", errors & FL_LINE_ERROR_PARITY ? "P" : "");
}

static void
set_line (FlTransport *transport, const char *value)
{
  FlLineSettings settings;
  g_autoptr (GError) error = NULL;

  fl_transport_get_settings (transport, &settings);
  if (g_str_has_prefix (value, "none"))
    settings.parity = FL_PARITY_NONE;
  else
    settings.baud = (guint) g_ascii_strtoull (value, NULL, 10);
  fl_transport_set_settings (transport, &settings, &error);
  g_assert_no_error (error);
}

/**
 * sim_script_play:
 * @wait_ms: how long each "<" waits
 *
 * Returns: (transfer full): the script, normalized, with what really came
 */
char *
sim_script_play (FlSimBoard *board, FlTransport *transport, const char *script, guint wait_ms)
{
  g_autoptr (GString) played = g_string_new (NULL);
  const char *at = script + strspn (script, " ");

  while (*at != '\0')
    {
      gsize length = strcspn (at + 1, OPERATIONS);
      g_autofree char *value = g_strchomp (g_strndup (at + 1, length));

      g_string_append_printf (played, "%s%c", played->len > 0 ? " " : "", *at);
      switch (*at)
        {
        case '>':
          send_hex (transport, value, played);
          break;
        case '<':
          receive (transport, wait_ms, played);
          break;
        case '!':
        case '%':
          fl_sim_board_reset (board, *at == '%', fl_transport_get_time (transport));
          fl_transport_sleep (transport, 1000, NULL, NULL);
          break;
        case '^':
          fl_transport_set_lines (transport, FL_LINE_DTR, 0, NULL);
          fl_transport_set_lines (transport, FL_LINE_DTR, FL_LINE_DTR, NULL);
          break;
        case '+':
          g_string_append (played, value);
          fl_transport_sleep (transport, (guint) g_ascii_strtoull (value, NULL, 10), NULL, NULL);
          break;
        case '=':
          g_string_append (played, value);
          set_line (transport, value);
          break;
        default:
          g_assert_not_reached ();
        }
      at += length + 1;
    }
  return g_string_free (g_steal_pointer (&played), FALSE);
}

/**
 * sim_script_normalize:
 *
 * Returns: (transfer full): @script with exactly one space between its words
 */
char *
sim_script_normalize (const char *script)
{
  g_auto (GStrv) parts = g_strsplit (script, " ", -1);
  g_autoptr (GString) normal = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      g_string_append_printf (normal, "%s%s", normal->len > 0 ? " " : "", parts[i]);
  return g_string_free (g_steal_pointer (&normal), FALSE);
}
