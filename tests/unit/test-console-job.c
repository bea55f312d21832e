/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console over a simulated board, and what its log makes of the bytes. */
#include "config.h"

#include "fl-console-input.h"
#include "fl-console-job.h"
#include "fl-console-log.h"
#include "fl-error.h"
#include "job-board.h"

/* What is done at the console, step by step; the next step when the title of the last entry begins with @title. */
typedef struct
{
  const char *send;    /* hexadecimal, or NULL */
  const char *command; /* or NULL */
  guint baud;          /* 0: the same */
  FlParity parity;
  const char *title; /* that shows that it was done */
  FlExchangeStatus status;
} Step;

typedef struct
{
  JobBoard *board;
  FlConsoleJob *job;
  FlConsoleLog *log;
  const Step *steps;
  guint n_steps;
  guint at; /* steps that were begun */
  guint n_changed;
} Console;

static FlConsoleEntry *
dup_last (FlConsoleLog *log)
{
  guint n_entries = g_list_model_get_n_items (G_LIST_MODEL (log));

  return n_entries > 0 ? g_list_model_get_item (G_LIST_MODEL (log), n_entries - 1) : NULL;
}

static gboolean
is_done (Console *console)
{
  g_autoptr (FlConsoleEntry) last = dup_last (console->log);
  const Step *step = &console->steps[console->at - 1];

  return last != NULL && g_str_has_prefix (fl_console_entry_get_title (last), step->title)
         && fl_console_entry_get_status (last) == step->status;
}

static void
changed_cb (FlConsoleJob *job, gpointer user_data)
{
  Console *console = user_data;
  FlConsoleState state;
  const Step *step;

  console->n_changed++;
  fl_console_job_get_state (job, &state);
  g_assert_true (state.is_open);
  fl_console_log_update (console->log);
  if (console->at > 0 && !is_done (console))
    return;
  if (console->at == console->n_steps)
    {
      g_cancellable_cancel (console->board->cancellable);
      return;
    }
  step = &console->steps[console->at++];
  if (step->command != NULL)
    fl_console_job_send_command (job, fl_console_command_find (step->command), 0x08000000);
  else if (step->send != NULL)
    {
      g_autoptr (GBytes) bytes = fl_console_parse_input (step->send, FALSE, NULL);

      fl_console_job_send (job, bytes);
    }
  else
    {
      state.settings.baud = step->baud;
      state.settings.parity = step->parity;
      fl_console_job_set_settings (job, &state.settings);
    }
}

/* Runs the steps; the log is the caller's. */
static FlConsoleLog *
run_console (JobBoard *board, const Step *steps, guint n_steps)
{
  g_autoptr (FlJob) job = fl_console_job_new (board->session);
  g_autoptr (GError) error = NULL;
  Console console = { .board = board, .job = FL_CONSOLE_JOB (job), .steps = steps, .n_steps = n_steps };

  console.log = fl_console_log_new ();
  fl_console_log_follow (console.log, fl_session_get_trace (board->session));
  g_signal_connect (job, "changed", G_CALLBACK (changed_cb), &console);
  g_assert_true (job_board_run (board, job, &error)); /* a console that is closed has not failed */
  g_assert_no_error (error);
  g_assert_cmpuint (console.at, ==, n_steps);
  g_assert_true (job_board_logged (job, FL_LOG_INFO, "Console closed"));
  g_cancellable_reset (board->cancellable);
  g_signal_handlers_disconnect_by_data (job, &console);
  return console.log;
}

static gboolean
says (FlConsoleEntry *entry, const char *part)
{
  g_autofree char *text = fl_console_entry_to_text (entry);

  return strstr (text, part) != NULL;
}

/* What a technician does in RealTerm, with the words beside it. */
static void
test_by_hand (void)
{
  static const Step steps[] = {
    { .send = "7F", .title = "Synchronise" },
    { .send = "02 FD", .title = "Get ID" },
    { .command = "get", .title = "Get" },
    { .send = "02 FC", .title = "No command", .status = FL_EXCHANGE_REFUSED },
    { .command = "read", .title = "Read Memory at 0x08000000, 256 bytes" },
  };
  g_autoptr (JobBoard) board = job_board_new ("0x467");
  g_autoptr (FlConsoleLog) log = run_console (board, steps, G_N_ELEMENTS (steps));
  g_autoptr (FlConsoleEntry) id = NULL;
  g_autoptr (FlConsoleEntry) wrong = NULL;
  g_autoptr (FlConsoleEntry) read = NULL;
  const FlConsoleLine *line;
  g_auto (GStrv) dump = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 1 + G_N_ELEMENTS (steps)); /* and the line */
  id = g_list_model_get_item (G_LIST_MODEL (log), 2);
  line = g_ptr_array_index (fl_console_entry_get_lines (id), 0);
  g_assert_cmpint (line->mark, ==, '>');
  g_assert_cmpstr (line->bytes, ==, "02 FD");
  g_assert_cmpstr (line->meaning, ==, "command Get ID");
  g_assert_true (says (id, "< 04 67  product ID 0x467"));
  g_assert_null (fl_console_entry_get_dump (id));
  wrong = g_list_model_get_item (G_LIST_MODEL (log), 4);
  g_assert_true (says (wrong, "wrong complement"));
  read = g_list_model_get_item (G_LIST_MODEL (log), 5);
  dump = g_strsplit (fl_console_entry_get_dump (read), "\n", -1);
  g_assert_cmpuint (g_strv_length (dump), ==, 16); /* 256 bytes, without the ACK before them */
  g_assert_true (g_str_has_prefix (dump[15], "080000F0  FF FF"));
  /* Nobody called it, so the port is given back. */
  g_assert_false (fl_session_is_connected (board->session));
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 0);
}

/* A packet at a time, as one types it, is one exchange in the end. */
static void
test_typed_packets (void)
{
  static const Step steps[] = {
    { .send = "7F", .title = "Synchronise" },
    { .send = "11 EE", .title = "Read Memory", .status = FL_EXCHANGE_ODD },
    { .send = "08 00 00 00 08", .title = "Read Memory at 0x08000000", .status = FL_EXCHANGE_ODD },
    { .send = "03 FC", .title = "Read Memory at 0x08000000, 4 bytes" },
  };
  g_autoptr (JobBoard) board = job_board_new ("0x467");
  g_autoptr (FlConsoleLog) log = run_console (board, steps, G_N_ELEMENTS (steps));

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 3);
}

/* A connected board stays so, at its rate; but not when a command was sent that leaves it different. */
static void
test_connected (void)
{
  static const Step harmless[] = {
    { .command = "get-id", .title = "Get ID" },
    { .baud = 9600, .parity = FL_PARITY_NONE, .title = "Line settings: 9600 8N1", .status = FL_EXCHANGE_OTHER },
    { .send = "02", .title = "Get ID", .status = FL_EXCHANGE_ODD },
  };
  static const Step lasting[] = {
    { .command = "readout-protect", .title = "Readout Protect" },
  };
  g_autoptr (JobBoard) board = job_board_new ("0x467");
  g_autoptr (FlConsoleLog) log = NULL;
  g_autoptr (FlConsoleLog) other = NULL;
  guint baud;

  job_board_connect (board);
  baud = fl_session_get_baud (board->session);
  log = run_console (board, harmless, G_N_ELEMENTS (harmless));
  g_assert_true (fl_session_is_connected (board->session));
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, baud);
  other = run_console (board, lasting, G_N_ELEMENTS (lasting));
  g_assert_false (fl_session_is_connected (board->session));
}

static void
receive (FlTrace *trace, gint64 ms, const char *text)
{
  fl_trace_add_received (trace, ms * 1000, (const guint8 *) text, strlen (text), 0);
}

/* An application that talks: an entry for what it says at a time, readable. */
static void
test_unasked (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (FL_TRACE_DEFAULT_LIMIT);
  g_autoptr (FlConsoleLog) log = fl_console_log_new ();
  g_autoptr (FlConsoleEntry) first = NULL;
  g_autoptr (FlConsoleEntry) second = NULL;
  g_autofree char *text = NULL;

  receive (trace, 0, "before");
  fl_console_log_follow (log, trace);
  receive (trace, 1000, "Hel");
  fl_console_log_update (log);
  receive (trace, 1001, "lo\r\n");
  fl_console_log_update (log);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 1);
  fl_trace_add_text (trace, FL_TRACE_NOTE, 1500000, "a remark of the program");
  receive (trace, 2000, "again");
  fl_console_log_update (log);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 2);
  first = g_list_model_get_item (G_LIST_MODEL (log), 0);
  second = g_list_model_get_item (G_LIST_MODEL (log), 1);
  g_assert_true (says (first, "“Hello\\r\\n”"));
  g_assert_true (says (second, "“again”"));
  g_assert_cmpstr (fl_console_entry_get_time_text (second), ==, "00:02.000");

  fl_trace_add_received (trace, 9000000, (const guint8 *) "\xF3", 1, FL_LINE_ERROR_FRAMING);
  fl_console_log_update (log);
  text = fl_console_log_to_text (log);
  g_assert_nonnull (strstr (text, "damaged bytes: framing"));

  fl_console_log_clear (log);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 0);
  fl_console_log_update (log);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 0);
}

/* One that never stops does not take all memory, nor all time. */
static void
test_flood (void)
{
  g_autoptr (FlTrace) trace = fl_trace_new (FL_TRACE_DEFAULT_LIMIT);
  g_autoptr (FlConsoleLog) log = fl_console_log_new ();

  fl_console_log_follow (log, trace);
  for (guint i = 0; i < 3 * FL_CONSOLE_LOG_MAX_ENTRIES; i++)
    {
      receive (trace, i * 1000, "tick");
      fl_console_log_update (log);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, FL_CONSOLE_LOG_MAX_ENTRIES);
}

static void
test_port_missing (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467");
  g_autoptr (FlConnectOptions) options = fl_connect_options_new ("/dev/no-such-port");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_session (board, options);
  job = fl_console_job_new (board->session);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_MISSING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/console/by-hand", test_by_hand);
  g_test_add_func ("/console/typed-packets", test_typed_packets);
  g_test_add_func ("/console/connected", test_connected);
  g_test_add_func ("/console/unasked", test_unasked);
  g_test_add_func ("/console/flood", test_flood);
  g_test_add_func ("/console/port-missing", test_port_missing);
  return g_test_run ();
}
