/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>

#include "fl-diagnose-job.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "job-board.h"

/* Boards that nobody stands at, as real ones are: what is found by itself, how long that takes, and that nothing is
 * changed by it. */
typedef struct
{
  const char *path;
  const char *board;
  FlEntryMethod entry;
  const char *preset;
  int pid;
  const char *facts; /* a condition */
  double seconds;    /* at the most, on the board's clock */
} FoundCase;

static const FoundCase found_cases[] = {
  { "healthy", "0x467,flash=256,blank=0", FL_ENTRY_MANUAL, NULL, -1,
    "port.open=ok sync.kind=fresh parity.spaced=ok parity.together=ok parity.zero=ok ids.good=20 id.pid=0x467 "
    "read.flash=ok read.info=ok flash.blank=no flash.app ?erase.mass ?write.result",
    3.0 },
  { "blank", "0x413", FL_ENTRY_MANUAL, NULL, -1, "sync.kind=fresh flash.blank chip.from=board", 3.0 },
  { "silent", "0x467,flash=256,deaf=1", FL_ENTRY_MANUAL, NULL, 0x467,
    "sync.kind=silent sync.first= sync.second= chip.from=user chip.boot0=* ?trials.n ?id.pid", 25.5 },
  { "protected", "0x410,rdp=1", FL_ENTRY_MANUAL, NULL, -1, "read.flash=nack-command ?read.info ids.good=20", 3.0 },
  { "without-parity", "0x028", FL_ENTRY_MANUAL, NULL, -1,
    "sync.kind=fresh parity.together!=ok parity.without=ok id.pid=0x028", 8.0 },
  { "wired", "0x410,flash=128,wired=1", FL_ENTRY_DTR_RTS, "rts-boot0-dtr-reset", -1, "sync.kind=fresh ?lines.tried",
    4.0 },
  { "wired-otherwise", "0x410,flash=128,wired=1", FL_ENTRY_DTR_RTS, "nrts-boot0-dtr-reset", -1,
    "lines.variant=rts-boot0-dtr-reset lines.tried>0 id.pid=0x410", 25.5 },
  { "boot0-ignored", "0x467,flash=256,wired=1,boot0=ignored,blank=0", FL_ENTRY_DTR_RTS, "rts-boot0-dtr-reset", 0x467,
    "sync.kind=silent ?lines.variant lines.tried>1 trials.ok=0", 25.5 },
  { "application-talks", "0x467,flash=256,wired=1,boot0=ignored,blank=0,talks=1", FL_ENTRY_DTR_RTS,
    "rts-boot0-dtr-reset", 0x467, "listen.text=Hello* listen.text-baud=115200", 25.5 },
};

static FlJob *
make_job (JobBoard *board, const FoundCase *row)
{
  g_autoptr (FlConnectOptions) options = job_board_options ();

  options->entry = row->entry;
  options->preset = g_strdup (row->preset);
  options->pid = row->pid;
  job_board_session (board, options);
  return fl_diagnose_job_new (board->session);
}

static void
assert_facts (FlJob *job, const char *condition)
{
  const FlFacts *facts = fl_diagnose_job_get_facts (FL_DIAGNOSE_JOB (job));
  g_autofree char *text = fl_facts_to_json (facts);

  if (!fl_facts_match (facts, condition))
    g_error ("“%s” does not hold for %s", condition, text);
}

static void
test_found (gconstpointer data)
{
  const FoundCase *row = data;
  g_autoptr (JobBoard) board = job_board_new (row->board);
  g_autoptr (FlJob) job = make_job (board, row);
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree guint8 *before = job_board_dup_flash (board, &size);
  g_autofree guint8 *after = NULL;

  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_facts (job, row->facts);
  g_assert_nonnull (fl_diagnose_job_get_diagnosis (FL_DIAGNOSE_JOB (job)));
  g_assert_cmpfloat (fl_diagnose_job_get_automatic_seconds (FL_DIAGNOSE_JOB (job)), >, 0);
  g_assert_cmpfloat (fl_job_get_seconds (job), <=, row->seconds);
  after = job_board_dup_flash (board, &size);
  g_assert_cmpmem (before, size, after, size);
  g_assert_null (fl_session_get_transport (board->session)); /* it was not connected: the port is given back */
}

/* Boards that misbehave, by scenarios; nobody stands at these either. */
static const struct
{
  const char *path;
  const char *behaviour;
  const char *facts;
  double seconds;
} played_cases[] = {
  { "without-parity-bit", "'parity_on_wire': 'N'", "sync.kind=fresh parity.spaced=ok parity.together=nack|silent",
    12.0 },
  { "get-alone", "'silent_on': ['00FF']",
    "parity.spaced=ok parity.together=ok parity.zero=ok ids.good=20 read.flash=ok", 12.0 },
  { "no-command", "'silent_on': ['*']", "sync.kind=fresh commands.silent parity.without=fail", 15.0 },
  { "two-dialects", "'required_parity': 'N'", "sync.kind=fresh parity.without=ok ids.good=20", 12.0 },
  { "stolen-bytes", "'port_stolen_bytes': 0.3", "answers.missing", 25.5 },
  { "stolen-acks", "'port_drops': ['79']", "sync.kind=already answers.ack-missing id.pid=0x413", 12.0 },
  { "echo", "'on_sync': ['7f', '79'], 'echo': true", "sync.kind=echo echo.55 echo.ack-behind", 3.0 },
  { "mute-echo", "'on_sync': ['7f'], 'echo': true, 'device_mute': true", "sync.kind=echo echo.55 echo.ack-behind=no",
    3.0 },
  { "wrong-rate", "'device_tx_baud_factor': 0.5",
    "sync.kind=garble garble.factor>0.45 garble.factor<0.55 garble.proved", 6.0 },
  { "low-line", "'line_idle': 'break'", "listen.break listen.errors>0", 26.5 },
  { "blocked", "'write_blocked': true", "port.blocked ?sync.kind", 3.0 },
  { "late", "'ready_after_ms': 1000", "sync.kind=late ids.good=20", 6.0 },
  { "refused-once", "'nack_on_first': ['02FD']", "first-command.nack parity.spaced=ok", 4.0 },
  { "text-in-between", "'app_stream': 'Hello', 'app_stream_after_ms': 1200",
    "sync.kind=fresh listen.late-text=Hello* listen.late-ms>0", 15.0 },
};

static void
test_played (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *name = g_strdup_printf ("flashloader-%s.json", played_cases[row].path);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_autofree char *single =
      g_strdup_printf ("{'id': 'T', 'device_pid': '0x413', 'behaviour': {%s}}", played_cases[row].behaviour);
  g_autoptr (JobBoard) board = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_strdelimit (single, "'", '"'), -1, &error);
  g_assert_no_error (error);
  board = job_board_new (path);
  g_unlink (path);
  job = fl_diagnose_job_new (board->session);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_facts (job, played_cases[row].facts);
  g_assert_cmpfloat (fl_job_get_seconds (job), <=, played_cases[row].seconds);
}

/* A port that cannot be opened is a finding, not a failure of the job. */
static void
test_no_port (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410");
  g_autoptr (FlConnectOptions) options = fl_connect_options_new ("/dev/there-is-no-such-port");
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJob) job = NULL;
  const FlDiagnosis *diagnosis;

  job_board_session (board, options);
  job = fl_diagnose_job_new (board->session);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_facts (job, "port.open=missing ?sync.first");
  diagnosis = fl_diagnose_job_get_diagnosis (FL_DIAGNOSE_JOB (job));
  g_assert_cmpstr (((FlCause *) g_ptr_array_index (diagnosis->causes, 0))->code, ==, "PORT_MISSING_OR_WRONG");
  g_assert_true (job_board_logged (job, FL_LOG_FAILED, "Opening port"));
}

/* A connected session is looked at where it stands, and serves the next job. */
static void
test_connected (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlJob) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FlJob) job = NULL;

  job_board_connect (board);
  job = fl_diagnose_job_new (board->session);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_facts (job, "sync.kind=fresh ?listen.bytes ids.good=20");
  g_assert_true (fl_session_is_connected (board->session));
  read = fl_read_job_new (board->session, 0x08000000, 256);
  job_board_run (board, read, &error);
  g_assert_no_error (error);
}

/* Whatever is cancelled when: the job ends with that, in time, and gives the port back. */
static void
test_cancel (void)
{
  for (guint at = 1; at < 200; at += 7)
    {
      g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
      g_autoptr (FlJob) job = fl_diagnose_job_new (board->session);
      g_autoptr (GError) error = NULL;

      board->cancel_at = at;
      if (job_board_run (board, job, &error))
        continue; /* it had less to send */
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (board->ended_at - board->cancelled_at, <=, 200 * 1000);
    }
}

/* What was asked of a person. */
typedef struct
{
  guint n_questions;
  guint n_actions;
} Asked;

static void
prompt_cb (FlDiagnoseJob *job, GParamSpec *pspec, Asked *asked)
{
  const FlPrompt *prompt = fl_diagnose_job_get_prompt (job);

  if (prompt == NULL)
    return;
  g_assert_cmpuint (strlen (prompt->text), >, 10);
  g_assert_cmpuint (prompt->number, >, 0);
  if (prompt->question != NULL)
    asked->n_questions++;
  else
    asked->n_actions++;
}

/* Nobody does anything: each prompt stands for its time, and then comes the next. */
static void
test_guided_in_vain (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x413,deaf=1");
  g_autoptr (FlJob) job = fl_diagnose_job_new (board->session);
  g_autoptr (GError) error = NULL;
  Asked asked = { 0 };

  fl_diagnose_job_set_guided (FL_DIAGNOSE_JOB (job), TRUE);
  fl_diagnose_job_answer (FL_DIAGNOSE_JOB (job), "app-runs", FL_ANSWER_NO);
  g_signal_connect (job, "notify::prompt", G_CALLBACK (prompt_cb), &asked);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_facts (job, "answer.app-runs=no after.reset=silent after.swap-wires=silent after.unplug=silent "
                     "after.check-pins=silent after.other-adapter=silent");
  g_assert_cmpuint (asked.n_questions, <=, 3);
  g_assert_cmpuint (asked.n_actions, <=, 6);
  g_assert_null (fl_diagnose_job_get_prompt (FL_DIAGNOSE_JOB (job)));
  g_assert_cmpfloat (fl_diagnose_job_get_automatic_seconds (FL_DIAGNOSE_JOB (job)), <=, 25.5);
  g_assert_cmpfloat (fl_job_get_seconds (job), <, 25.5 + 9 * 121);
}

/* A board that comes to life while a prompt stands: that is noticed without anybody's saying so, and looked into. */
static void
test_guided_heard (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "flashloader-late.json", NULL);
  g_autoptr (JobBoard) board = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "{\"device_pid\": \"0x413\", \"behaviour\": {\"ready_after_ms\": 60000}}", -1, &error);
  g_assert_no_error (error);
  board = job_board_new (path);
  fl_sim_board_press_reset (board->board);
  job = fl_diagnose_job_new (board->session);
  fl_diagnose_job_set_guided (FL_DIAGNOSE_JOB (job), TRUE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_facts (job, "sync.kind=silent after.reset=79 id.pid=0x413 ids.good=20 ?after.swap-wires");
  g_assert_true (job_board_logged (job, FL_LOG_OK, "the bootloader answered"));
  g_unlink (path);
}

/* TX and RX connected while a prompt stands: the adapter is tested. */
static void
test_loopback (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "flashloader-loop.json", NULL);
  g_autoptr (JobBoard) board = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  /* After the three calls of the automatic part, which nobody answers. */
  g_file_set_contents (path, "{\"device_pid\": \"0x413\", \"behaviour\": {\"on_sync\": \"silent\"}}", -1, &error);
  g_assert_no_error (error);
  board = job_board_new (path);
  board->loops_after = 4;
  job = fl_diagnose_job_new (board->session);
  fl_diagnose_job_set_guided (FL_DIAGNOSE_JOB (job), TRUE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_facts (job, "sync.kind=silent loopback.result=ok");
  g_unlink (path);
}

/* With an image, its pages are erased and written; what stands elsewhere stays. */
static void
test_image (void)
{
  const guint32 page = 1024;
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *before = NULL;
  g_autofree guint8 *after = NULL;
  guint8 data[700];
  gsize size;

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 7 + 1);
  g_assert_true (fl_image_add (image, 0x08000000 + 3 * page, data, sizeof data, &error));
  g_assert_true (fl_image_seal (image, FL_IMAGE_BIN, &error));
  job_board_fill (board, 1);
  before = job_board_dup_flash (board, &size);
  job = fl_diagnose_job_new (board->session);
  fl_diagnose_job_set_image (FL_DIAGNOSE_JOB (job), image);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_facts (job, "erase.page=ok ?erase.mass erase.unchanged=no write.result=ok verify.pattern=ok go.result=ok "
                     "?protect.command ?write.past-end");
  /* Facts are codes, the log is words. */
  g_assert_true (job_board_logged (job, FL_LOG_OK, "Erasing 1 single pages or sectors: acknowledged"));
  g_assert_false (job_board_logged (job, FL_LOG_OK, ": ok"));
  after = job_board_dup_flash (board, &size);
  g_assert_cmpmem (before, 3 * page, after, 3 * page);
  g_assert_cmpmem (data, sizeof data, after + 3 * page, sizeof data);
  g_assert_cmpmem (before + 4 * page, size - 4 * page, after + 4 * page, size - 4 * page);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (found_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/diagnose-job/found/", found_cases[i].path, NULL);

      g_test_add_data_func (path, &found_cases[i], test_found);
    }
  for (guint i = 0; i < G_N_ELEMENTS (played_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/diagnose-job/played/", played_cases[i].path, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_played);
    }
  g_test_add_func ("/diagnose-job/no-port", test_no_port);
  g_test_add_func ("/diagnose-job/connected", test_connected);
  g_test_add_func ("/diagnose-job/cancel", test_cancel);
  g_test_add_func ("/diagnose-job/guided/in-vain", test_guided_in_vain);
  g_test_add_func ("/diagnose-job/guided/heard", test_guided_heard);
  g_test_add_func ("/diagnose-job/guided/loopback", test_loopback);
  g_test_add_func ("/diagnose-job/image", test_image);
  return g_test_run ();
}
