/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rates beyond 115200 baud: which are taken, what is remembered of them, and when they are given up. */

#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-notebook.h"
#include "fl-rate.h"
#include "job-board.h"
#include "test-notebook.h"

#define FLASH 0x08000000u

static FlConnectOptions *
make_options (FlClimb climb, const char *notebook)
{
  FlConnectOptions *options = job_board_options ();

  options->entry = FL_ENTRY_DTR_RTS;
  options->preset = g_strdup ("rts-boot0-dtr-reset");
  options->climb = climb;
  options->notebook = g_strdup (notebook);
  return options;
}

static FlJob *
connect_with (JobBoard *board, FlClimb climb, const char *notebook)
{
  g_autoptr (FlConnectOptions) options = make_options (climb, notebook);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  fl_session_close (board->session);
  job_board_session (board, options);
  job = fl_connect_job_new (board->session);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&job);
}

/* What is looked for, and what comes of it. */
typedef struct
{
  const char *path;
  const char *board;
  FlClimb climb;
  guint asked; /* baud; 0: automatic */
  gboolean by_hand;
  guint baud;    /* expected */
  guint n_tried; /* rates beyond 115200 */
} LadderCase;

static const LadderCase ladder_cases[] = {
  { "to-the-top", "0x467,wired=1", FL_CLIMB_SEARCH, 0, FALSE, 921600, 3 },
  { "to-the-top-f4", "0x413,wired=1", FL_CLIMB_ANEW, 0, FALSE, 921600, 3 },
  { "late-adapter", "0x467,wired=1,latency=16", FL_CLIMB_SEARCH, 0, FALSE, 921600, 3 },
  { "deaf-above", "0x467,wired=1,max-baud=230400", FL_CLIMB_SEARCH, 0, FALSE, 230400, 2 },
  { "deaf-above-the-usual", "0x467,wired=1,max-baud=115200", FL_CLIMB_SEARCH, 0, FALSE, 115200, 1 },
  { "damaged-above", "0x467,wired=1,clean-baud=460800", FL_CLIMB_SEARCH, 0, FALSE, 460800, 3 },
  { "damaged-above-the-usual", "0x413,wired=1,clean-baud=115200", FL_CLIMB_SEARCH, 0, FALSE, 115200, 1 },
  { "damaged-above-full-flash", "0x410,wired=1,blank=0,clean-baud=230400", FL_CLIMB_SEARCH, 0, FALSE, 230400, 2 },
  { "not-asked-for", "0x467,wired=1", FL_CLIMB_REMEMBERED, 0, FALSE, 115200, 0 },
  { "forbidden", "0x467,wired=1", FL_CLIMB_NEVER, 0, FALSE, 115200, 0 },
  { "a-rate-was-named", "0x467,wired=1", FL_CLIMB_ANEW, 57600, FALSE, 57600, 0 },
  { "reset-by-hand", "0x467", FL_CLIMB_ANEW, 0, TRUE, 115200, 0 },
  { "nothing-to-read", "0x467,wired=1,rdp=1", FL_CLIMB_SEARCH, 0, FALSE, 115200, 0 },
  { "slow-chip", "0x467,wired=1,max-baud=57600", FL_CLIMB_SEARCH, 0, FALSE, 57600, 0 },
};

static guint
count_tried (FlJob *job)
{
  GListModel *log = fl_job_get_log (job);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (log); i++)
    {
      g_autoptr (FlLogEntry) entry = g_list_model_get_item (log, i);

      if (g_str_has_prefix (fl_log_entry_get_text (entry), "Trying "))
        n++;
    }
  return n;
}

static void
test_ladder (gconstpointer data)
{
  const LadderCase *row = data;
  g_autoptr (JobBoard) board = job_board_new (row->board);
  g_autoptr (FlConnectOptions) options = make_options (row->climb, NULL);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  options->baud = row->asked;
  if (row->by_hand)
    options->entry = FL_ENTRY_MANUAL;
  job_board_session (board, options);
  job = fl_connect_job_new (board->session);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, row->baud);
  g_assert_cmpuint (count_tried (job), ==, row->n_tried);
  g_assert_true (fl_session_is_connected (board->session));
}

static void
program (JobBoard *board, gsize size, gboolean start)
{
  g_autoptr (FlImage) image = job_board_random_image (fl_sim_board_get_layout (board->board), 7, size);
  g_autoptr (FlJob) job = job_board_program (board, image, NULL, start);
  g_autoptr (GError) error = NULL;

  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
}

/* What was climbed to carries a job, which is as much faster. */
static void
test_faster (void)
{
  double seconds[2];

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1");
      g_autoptr (FlJob) connected G_GNUC_UNUSED = connect_with (board, i == 0 ? FL_CLIMB_NEVER : FL_CLIMB_SEARCH, NULL);
      g_autoptr (FlImage) image = job_board_random_image (fl_sim_board_get_layout (board->board), 7, 40000);
      g_autoptr (FlJob) job = job_board_program (board, image, NULL, FALSE);
      g_autoptr (GError) error = NULL;

      job_board_run (board, job, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->retries, ==, 0);
      seconds[i] = fl_program_job_get_result (FL_PROGRAM_JOB (job))->seconds;
    }
  g_assert_cmpfloat (seconds[1], <, seconds[0] / 2);
}

/* The next connection begins with the rate, and tries no other. */
static void
test_remembered (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1,max-baud=460800");
  g_autoptr (FlJob) first = NULL;
  g_autoptr (FlJob) second = NULL;
  g_autoptr (FlJob) third = NULL;
  g_autoptr (FlJob) anew = NULL;
  g_autofree char *text = NULL;

  test_notebook_open (&notebook);
  first = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 460800);
  second = connect_with (board, FL_CLIMB_REMEMBERED, notebook.path);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 460800);
  g_assert_cmpuint (count_tried (second), ==, 0);
  g_assert_true (job_board_logged (second, FL_LOG_OK, "which worked last time"));
  g_assert_cmpfloat (fl_job_get_seconds (second), <, fl_job_get_seconds (first) / 2);
  third = connect_with (board, FL_CLIMB_NEVER, notebook.path);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 115200);
  anew = connect_with (board, FL_CLIMB_ANEW, notebook.path);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 460800);
  g_assert_cmpuint (count_tried (anew), ==, 3);

  /* Nothing that names the adapter or the board. */
  g_assert_true (g_file_get_contents (notebook.path, &text, NULL, NULL));
  g_assert_null (strstr (text, "under-test"));
  g_assert_nonnull (strstr (text, "rate-0x467=460800"));
}

/* That nothing better than the usual rate was found is remembered, too. */
static void
test_nothing_better (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1,max-baud=115200");
  g_autoptr (FlJob) first = NULL;
  g_autoptr (FlJob) second = NULL;

  test_notebook_open (&notebook);
  first = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (count_tried (first), ==, 1);
  second = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (count_tried (second), ==, 0);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 115200);
}

static guint
recall (const char *path, const char *line)
{
  g_autofree char *page = fl_notebook_dup_page ("adapter", "board:under-test", strlen ("board:under-test"));

  return (guint) fl_notebook_get (path, page, line, 0);
}

/* A rate that works no longer, whether the board is deaf at it or the line damages bytes: one try, then the usual one,
 * and the next connection begins lower. Another chip on the same adapter keeps its own. */
static void
test_worn (gconstpointer data)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) good = job_board_new ("0x467,wired=1");
  g_autoptr (FlJob) climbed = NULL;
  g_autoptr (JobBoard) worn = NULL;
  g_autoptr (FlJob) fallen = NULL;
  g_autoptr (FlJob) next = NULL;

  test_notebook_open (&notebook);
  climbed = connect_with (good, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, 921600);
  fl_session_close (good->session);

  worn = job_board_new (data);
  fallen = connect_with (worn, FL_CLIMB_SEARCH, notebook.path);
  g_assert_true (job_board_logged (fallen, FL_LOG_FAILED, "which worked last time"));
  if (job_board_device (worn)->pid != 0x467)
    {
      g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, 921600);
      g_assert_cmpuint (fl_session_get_baud (worn->session), ==, 460800); /* it is met for the first time */
      return;
    }
  g_assert_cmpuint (fl_session_get_baud (worn->session), ==, 115200);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, 460800);
  next = connect_with (worn, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (fl_session_get_baud (worn->session), ==, 460800);
}

/* A chip that is met for the first time on an adapter that is known takes the rate over, once it was proven. */
static void
test_other_chip (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) one = job_board_new ("0x467,wired=1,max-baud=230400");
  g_autoptr (FlJob) first = NULL;
  g_autoptr (JobBoard) other = NULL;
  g_autoptr (FlJob) second = NULL;

  test_notebook_open (&notebook);
  first = connect_with (one, FL_CLIMB_SEARCH, notebook.path);
  fl_session_close (one->session);
  other = job_board_new ("0x413,wired=1");
  second = connect_with (other, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (fl_session_get_baud (other->session), ==, 230400);
  g_assert_cmpuint (recall (notebook.path, "rate-0x413"), ==, 230400);
  g_assert_cmpuint (recall (notebook.path, "last"), ==, 0x413);
}

static FlJob *
make_program_job (JobBoard *board)
{
  g_autoptr (FlImage) image = job_board_random_image (job_board_device (board)->layout, 3, 30000);

  return job_board_program (board, image, NULL, FALSE);
}

/* Faults enough to leave the rate, one after the other. */
static void
disturb (JobBoard *board, guint n_faults, guint64 distance)
{
  for (guint i = 0; i < n_faults; i++)
    fl_sim_board_add_fault (board->board, TRUE, fl_sim_board_get_n_received (board->board) + (i + 1) * distance,
                            FL_SIM_FAULT_FLIP, 3);
}

static void
test_errors_in_job (gconstpointer data)
{
  guint n_faults = GPOINTER_TO_UINT (data);
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1");
  g_autoptr (FlJob) connected = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  gboolean left = n_faults > 3;

  test_notebook_open (&notebook);
  connected = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 921600);
  job = make_program_job (board);
  disturb (board, n_faults, 40);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "the job goes on at 460800") == left);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, left ? 460800 : 921600);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, left ? 460800 : 921600);
}

#define CLEAN_JOBS 10
#define CLEAN_SIZE (20 * 1024)

/* Connects and programs, as often as it takes until a rate that was given up is tried again; it is not tried before. */
static void
be_clean (JobBoard *board, const char *path, guint baud)
{
  for (guint i = 0; i < CLEAN_JOBS; i++)
    {
      g_autoptr (FlJob) connected = connect_with (board, FL_CLIMB_SEARCH, path);
      g_autoptr (FlImage) image = fl_image_new ();
      g_autofree guint8 *data = g_malloc0 (CLEAN_SIZE);
      g_autoptr (FlJob) job = NULL;
      g_autoptr (GError) error = NULL;

      fl_image_add (image, FLASH, data, CLEAN_SIZE, &error);
      fl_image_seal (image, FL_IMAGE_BIN, &error);
      g_assert_no_error (error);
      job = job_board_program (board, image, NULL, i % 2 == 1); /* also where the job ends with the port closed */
      g_assert_cmpuint (fl_session_get_baud (board->session), ==, baud);
      g_assert_cmpuint (count_tried (connected), ==, 0);
      job_board_run (board, job, &error);
      g_assert_no_error (error);
    }
}

/* Given up because of a disturbance that went away: after some clean jobs it is taken again. */
static void
test_again (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1");
  g_autoptr (FlJob) connected = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (FlJob) small = NULL;
  g_autoptr (FlJob) again = NULL;
  g_autoptr (FlJob) later = NULL;
  g_autoptr (GError) error = NULL;

  test_notebook_open (&notebook);
  connected = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  job = make_program_job (board);
  disturb (board, 5, 40);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, 460800);
  be_clean (board, notebook.path, 460800);
  small = connect_with (board, FL_CLIMB_REMEMBERED, notebook.path); /* where nothing is searched for */
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 460800);
  again = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (count_tried (again), ==, 1);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 921600);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, 921600);
  g_assert_true (job_board_logged (again, FL_LOG_INFO, "tried once more"));
  later = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (count_tried (later), ==, 0);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 921600);
}

/* A line that is bad for good: one try in vain, and not another soon. */
static void
test_again_in_vain (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) good = job_board_new ("0x467,wired=1");
  g_autoptr (FlJob) climbed = NULL;
  g_autoptr (JobBoard) worn = NULL;
  g_autoptr (FlJob) fallen = NULL;
  g_autoptr (FlJob) again = NULL;

  test_notebook_open (&notebook);
  climbed = connect_with (good, FL_CLIMB_SEARCH, notebook.path);
  fl_session_close (good->session);
  worn = job_board_new ("0x467,wired=1,max-baud=460800");
  fallen = connect_with (worn, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, 460800);
  be_clean (worn, notebook.path, 460800);
  again = connect_with (worn, FL_CLIMB_SEARCH, notebook.path);
  g_assert_cmpuint (count_tried (again), ==, 1);
  g_assert_cmpuint (fl_session_get_baud (worn->session), ==, 460800);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, 460800);
  be_clean (worn, notebook.path, 460800);
  be_clean (worn, notebook.path, 460800);
}

/* A reset makes an F4 forget its supply voltage: it is told again in the middle of writing, which goes on in the log.
 */
static void
test_width_in_job (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = job_board_new ("0x413,wired=1");
  g_autoptr (FlJob) connected = NULL;
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlPlan) plan = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  FlPlanOptions options = fl_plan_options_default;

  test_notebook_open (&notebook);
  connected = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  image = job_board_random_image (job_board_device (board)->layout, 3, 30000);
  options.supply = FL_SUPPLY_2V7;
  plan = fl_plan_new (job_board_device (board), image, &options, &error);
  g_assert_no_error (error);
  job = fl_program_job_new (board->session, plan, FALSE);
  disturb (board, 5, 600); /* the later ones while it writes */
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "the job goes on at 460800"));
  g_assert_cmpuint (job_board_count_logged (job, FL_LOG_OK, "Supply voltage"), ==, 2);
  g_assert_true (job_board_logged (job, FL_LOG_OK, "Programming"));
}

/* Where BOOT0 is set by hand, a reset in the middle of a job might start the application: only the next connection is
 * slower. */
static void
test_no_reset_in_job (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1");
  g_autoptr (FlConnectOptions) options = NULL;
  g_autoptr (FlJob) connected = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  test_notebook_open (&notebook);
  options = make_options (FL_CLIMB_SEARCH, notebook.path);
  g_free (options->preset);
  options->preset = g_strdup ("dtr-reset"); /* RTS stays asserted: BOOT0 is high, as if set by hand */
  job_board_session (board, options);
  connected = fl_connect_job_new (board->session);
  job_board_run (board, connected, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 921600);
  job = make_program_job (board);
  disturb (board, 5, 40);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "The next connection begins with 460800"));
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 921600);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, 460800);
}

/* A job that fails at a rate at which much went wrong: the next connection begins lower. A board that goes silent all
 * at once is another matter. */
static void
test_failed_job (gconstpointer data)
{
  gboolean much = GPOINTER_TO_INT (data);
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1");
  g_autoptr (FlJob) connected = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  test_notebook_open (&notebook);
  connected = connect_with (board, FL_CLIMB_SEARCH, notebook.path);
  job = make_program_job (board);
  if (much)
    disturb (board, 2, 40);
  fl_sim_board_add_fault (board->board, TRUE, fl_sim_board_get_n_received (board->board) + 170, FL_SIM_FAULT_SILENCE,
                          0);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "The next connection begins with 460800") == much);
  g_assert_cmpuint (recall (notebook.path, "rate-0x467"), ==, much ? 460800 : 921600);
}

/* Cancelled at any byte of the climb: it ends, and says that it was cancelled. */
static void
test_cancelled (void)
{
  guint64 total;

  {
    g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1");
    g_autoptr (FlJob) job G_GNUC_UNUSED = connect_with (board, FL_CLIMB_SEARCH, NULL);

    total = board->n_sent;
  }
  g_assert_cmpuint (total, >, 100);
  for (guint64 at = 60; at < total; at += 197)
    {
      g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1");
      g_autoptr (FlConnectOptions) options = make_options (FL_CLIMB_SEARCH, NULL);
      g_autoptr (FlJob) job = NULL;
      g_autoptr (GError) error = NULL;

      job_board_session (board, options);
      board->cancel_at = at;
      job = fl_connect_job_new (board->session);
      g_assert_false (job_board_run (board, job, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (board->ended_at - board->cancelled_at, <=, 200 * 1000);
    }
}

/* One disturbance at any byte of the climb: it ends at a rate that works. */
static void
test_disturbed (void)
{
  for (guint64 at = 40; at < 12000; at += 701)
    {
      g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1,flash=128");
      g_autoptr (FlJob) job = NULL;

      fl_sim_board_add_fault (board->board, TRUE, at, FL_SIM_FAULT_FLIP, 2);
      job = connect_with (board, FL_CLIMB_SEARCH, NULL);
      g_assert_cmpuint (fl_session_get_baud (board->session), >=, 115200);
      program (board, 2000, FALSE);
    }
}

static void
test_notebook (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autofree char *page = fl_notebook_dup_page ("adapter", "x", 1);
  g_autofree char *other = fl_notebook_dup_page ("adapter", "y", 1);
  g_autofree char *text = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *large = NULL;
  GStatBuf before, after;
  g_autoptr (GError) error = NULL;

  test_notebook_open (&notebook);
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "line", -7), ==, -7);
  g_assert_true (fl_notebook_set (notebook.path, page, "line", 5, &error));
  g_assert_no_error (error);
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "line", 0), ==, 5);
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "other", 3), ==, 3);
  g_assert_cmpint (fl_notebook_get (notebook.path, other, "line", 3), ==, 3);

  /* The oldest pages go; those of another kind stay when one is torn out. */
  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *board = fl_notebook_dup_page ("board", &i, sizeof i);

      g_assert_true (fl_notebook_set (notebook.path, board, "line", i, NULL));
    }
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "line", 0), ==, 0);
  for (guint i = 99; i <= 100; i++) /* of those, 500 are left */
    {
      g_autofree char *board = fl_notebook_dup_page ("board", &i, sizeof i);

      g_assert_cmpint (fl_notebook_get (notebook.path, board, "line", 0), ==, i < 100 ? 0 : i);
    }
  g_assert_true (fl_notebook_set (notebook.path, page, "line", 5, NULL));
  g_assert_true (fl_notebook_remove (notebook.path, "board", NULL));
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "line", 0), ==, 5);
  g_assert_true (g_file_get_contents (notebook.path, &text, NULL, NULL));
  g_assert_null (strstr (text, "board"));

  /* Kinds are whole words; a zero is worth a line; what stands there is not written again; others may not look. */
  g_assert_true (fl_notebook_remove (notebook.path, "adapt", &error));
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "line", 0), ==, 5);
  g_assert_true (fl_notebook_set (notebook.path, page, "zero", 0, &error));
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "zero", 7), ==, 0);
  g_assert_cmpint (g_stat (notebook.path, &before), ==, 0);
  g_assert_true (fl_notebook_set (notebook.path, page, "line", 5, &error));
  g_assert_true (fl_notebook_remove (notebook.path, "none", &error));
  g_assert_cmpint (g_stat (notebook.path, &after), ==, 0);
#ifdef G_OS_UNIX
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
  folder = g_path_get_dirname (notebook.path);
  g_assert_cmpint (g_stat (folder, &before), ==, 0);
  g_assert_cmpint (before.st_mode & 0777, ==, 0700);
#endif

  /* What is no notebook is an empty one, and is replaced. */
  g_assert_true (g_file_set_contents (notebook.path, "[[\n=\0\xff", 7, NULL));
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "line", 1), ==, 1);
  g_assert_true (fl_notebook_set (notebook.path, page, "line", 9, NULL));
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "line", 1), ==, 9);

  /* Nor is a file that is far too large. */
  large = g_strdup_printf ("[%s]\nline=4\n#%*s\n", page, 1000000, "");
  g_assert_true (g_file_set_contents (notebook.path, large, -1, NULL));
  g_assert_cmpint (fl_notebook_get (notebook.path, page, "line", 1), ==, 1);
}

/* A notebook that cannot be written is no reason to fail. */
static void
test_no_notebook (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = job_board_new ("0x467,wired=1");
  g_autofree char *below = NULL;
  g_autoptr (FlJob) job = NULL;

  test_notebook_open (&notebook);
  below = g_build_filename (notebook.path, "below-a-file.ini", NULL);
  g_assert_true (fl_notebook_set (notebook.path, "page", "line", 1, NULL));
  job = connect_with (board, FL_CLIMB_SEARCH, below);
  g_assert_cmpuint (fl_session_get_baud (board->session), ==, 921600);
  g_assert_true (job_board_logged (job, FL_LOG_INFO, "could not be remembered"));
}

int
main (int argc, char **argv)
{
  static const char *const worn[] = { "0x467,wired=1,max-baud=460800", "0x467,wired=1,clean-baud=460800",
                                      "0x413,wired=1,max-baud=460800" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ladder_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/rate/ladder/", ladder_cases[i].path, NULL);

      g_test_add_data_func (path, &ladder_cases[i], test_ladder);
    }
  g_test_add_func ("/rate/faster", test_faster);
  g_test_add_func ("/rate/remembered", test_remembered);
  g_test_add_func ("/rate/nothing-better", test_nothing_better);
  g_test_add_data_func ("/rate/worn/deaf", worn[0], test_worn);
  g_test_add_data_func ("/rate/worn/damaged", worn[1], test_worn);
  g_test_add_data_func ("/rate/worn/other-chip", worn[2], test_worn);
  g_test_add_func ("/rate/other-chip", test_other_chip);
  g_test_add_data_func ("/rate/errors-in-job/few", GUINT_TO_POINTER (2), test_errors_in_job);
  g_test_add_data_func ("/rate/errors-in-job/many", GUINT_TO_POINTER (5), test_errors_in_job);
  g_test_add_func ("/rate/again", test_again);
  g_test_add_func ("/rate/again-in-vain", test_again_in_vain);
  g_test_add_func ("/rate/width-in-job", test_width_in_job);
  g_test_add_func ("/rate/no-reset-in-job", test_no_reset_in_job);
  g_test_add_data_func ("/rate/failed-job/disturbed", GINT_TO_POINTER (TRUE), test_failed_job);
  g_test_add_data_func ("/rate/failed-job/silent", GINT_TO_POINTER (FALSE), test_failed_job);
  g_test_add_func ("/rate/cancelled", test_cancelled);
  g_test_add_func ("/rate/disturbed", test_disturbed);
  g_test_add_func ("/rate/notebook", test_notebook);
  g_test_add_func ("/rate/no-notebook", test_no_notebook);
  return g_test_run ();
}
