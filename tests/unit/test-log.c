/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-log.h"

static const struct
{
  const char *path;
  FlLogStatus status;
  gint64 time;
  const char *line;
} log_cases[] = {
  { "/log/ok", FL_LOG_OK, 1234567, "00:01.234  Opening port [OK]" },
  { "/log/failed", FL_LOG_FAILED, 0, "00:00.000  Opening port [KO]" },
  { "/log/info", FL_LOG_INFO, 59999999, "00:59.999  Opening port" },
  { "/log/warning", FL_LOG_WARNING, G_GINT64_CONSTANT (6000000000), "100:00.000  Warning: Opening port" },
  { "/log/before-the-beginning", FL_LOG_OK, -5, "00:00.000  Opening port [OK]" },
};

static void
test_line (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (FlLogEntry) entry =
                 fl_log_entry_new (log_cases[row].status, log_cases[row].time, "Opening port", "> 7F\n< 79");
  g_autofree char *line = fl_log_entry_to_string (entry);
  g_autofree char *text = NULL;
  int status;

  g_assert_cmpstr (line, ==, log_cases[row].line);
  g_object_get (entry, "text", &text, "status", &status, NULL);
  g_assert_cmpstr (text, ==, "Opening port");
  g_assert_cmpint (status, ==, (int) log_cases[row].status);
  g_assert_cmpstr (fl_log_entry_get_detail (entry), ==, "> 7F\n< 79");
}

/* There is nothing to unfold: no empty detail. */
static void
test_no_detail (void)
{
  g_autoptr (FlLogEntry) entry = fl_log_entry_new (FL_LOG_OK, 0, "Opening port", "");

  g_assert_null (fl_log_entry_get_detail (entry));
}

/* A failure unfolds to all of it; who shows the causes elsewhere can leave them out. */
static void
test_failed (void)
{
  static const struct
  {
    const char *seen;
    const char *causes;
    const char *detail;
  } rows[] = {
    { "> 7F", "1. The cable", "> 7F\n\n1. The cable" },
    { "> 7F", "", "> 7F" },
    { "", "1. The cable", "\n\n1. The cable" },
    { "", "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FlLogEntry) entry = fl_log_entry_new_failed (0, "Activating device", rows[i].seen, rows[i].causes);
      g_autofree char *seen = fl_log_entry_dup_seen (entry);

      g_assert_cmpint (fl_log_entry_get_status (entry), ==, FL_LOG_FAILED);
      g_assert_cmpstr (fl_log_entry_get_detail (entry), ==, rows[i].detail);
      g_assert_cmpstr (seen, ==, *rows[i].seen != '\0' ? rows[i].seen : NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (log_cases); i++)
    g_test_add_data_func (log_cases[i].path, GUINT_TO_POINTER (i), test_line);
  g_test_add_func ("/log/no-detail", test_no_detail);
  g_test_add_func ("/log/what-was-seen", test_failed);
  return g_test_run ();
}
