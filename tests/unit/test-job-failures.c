/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "job-board.h"

#define BOARD         "0x460"
#define SIZE          (40 * 1024) /* of the image: 20 pages */
#define LAST_EXCHANGE 9           /* bytes that the last Read Memory sends */

static FlImage *
make_image (void)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autofree guint8 *data = g_malloc (SIZE);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SIZE; i++)
    data[i] = (guint8) (i * 11 ^ i >> 8);
  fl_image_add (image, 0x08000000, data, SIZE, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

/* A job that programs the image into a connected board that is not blank. */
static FlJob *
make_job (JobBoard *board)
{
  g_autoptr (FlImage) image = make_image ();

  job_board_connect (board);
  job_board_fill (board, 3);
  return job_board_program (board, image, NULL, FALSE);
}

static guint64
count_whole_job (void)
{
  static guint64 n_sent;

  if (n_sent == 0)
    {
      g_autoptr (JobBoard) board = job_board_new (BOARD);
      g_autoptr (FlJob) job = make_job (board);
      g_autoptr (GError) error = NULL;

      job_board_run (board, job, &error);
      g_assert_no_error (error);
      n_sent = board->n_sent;
    }
  return n_sent;
}

static void
assert_programmed (JobBoard *board)
{
  g_autoptr (FlImage) image = make_image ();
  gsize size;
  const guint8 *data = g_bytes_get_data (fl_image_get_segment (image, 0)->data, &size);

  g_assert_cmpmem (fl_sim_board_peek (board->board, 0x08000000, size), size, data, size);
}

/* Another job on the same session works, without a reset: the bootloader is brought back to the start of a command. */
static void
assert_session_works (JobBoard *board)
{
  g_autoptr (FlImage) image = make_image ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  board->cancel_at = 0;
  g_cancellable_reset (board->cancellable);
  job = job_board_program (board, image, NULL, FALSE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  assert_programmed (board);
}

/* Cancelled at a byte, given as a part of all that the job sends. */
static const struct
{
  const char *path;
  double part;
  const char *says; /* the state of the board */
} cancel_cases[] = {
  { "erasing", 0.002, "perhaps erased" },  { "checking", 0.007, "erased" },     { "writing", 0.10, "erased" },
  { "writing-later", 0.5, "written" },     { "writing-last", 0.93, "written" }, { "verifying", 0.97, "verified" },
  { "verifying-later", 0.99, "verified" },
};

static void
test_cancel (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  guint64 whole = count_whole_job ();
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlJob) job = make_job (board);
  g_autoptr (GError) error = NULL;

  board->cancel_at = MAX ((guint64) ((double) whole * cancel_cases[row].part), 1);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (board->cancelled_at, >, 0);
  g_assert_cmpint (board->ended_at - board->cancelled_at, <=, 200000);
  g_assert_false (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  if (strstr (fl_job_get_board_state (job), cancel_cases[row].says) == NULL)
    g_error ("“%s” is not in: %s", cancel_cases[row].says, fl_job_get_board_state (job));
  g_assert_nonnull (strstr (fl_job_get_board_state (job), "The application will not start; program again."));
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "Cancelled"));
  g_assert_false (job_board_logged (job, FL_LOG_WARNING, "before anything was done"));
  g_assert_true (fl_session_is_connected (board->session));
  assert_session_works (board);
}

/* Cancelled at very many bytes: never anything else than cancelled or done, and always usable afterwards. */
static void
test_cancel_anywhere (void)
{
  guint64 whole = count_whole_job ();

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (JobBoard) board = job_board_new (BOARD);
      g_autoptr (FlJob) job = make_job (board);
      g_autoptr (GError) error = NULL;

      board->cancel_at = 1 + (guint64) g_test_rand_int_range (0, (gint32) (whole - LAST_EXCHANGE));
      g_test_message ("byte %" G_GUINT64_FORMAT, board->cancel_at);
      g_assert_false (job_board_run (board, job, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (board->ended_at - board->cancelled_at, <=, 200000);
      assert_session_works (board);
    }
}

static void
test_cancel_before (void)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlJob) job = make_job (board);
  g_autofree guint8 *before = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  before = job_board_dup_flash (board, &size);
  g_cancellable_cancel (board->cancellable);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (board->n_sent, ==, 0);
  g_assert_cmpmem (fl_sim_board_peek (board->board, 0x08000000, 4096), 4096, before, 4096);
}

/* Cancelled in the last exchange, or when all was done: it was done, and is said to be. */
static void
test_cancel_late (gconstpointer data)
{
  guint64 whole = count_whole_job ();
  guint64 before_end = GPOINTER_TO_UINT (data);
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlJob) job = make_job (board);
  g_autoptr (GError) error = NULL;

  board->cancel_at = whole - before_end;
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (board->cancellable);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  assert_programmed (board);
}

/* On a slow line a block is cut in its middle: the chip waits for the rest, and must not get a command for it. */
static void
test_cancel_slow (void)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (FlImage) image = make_image ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (FlJob) next = NULL;
  g_autoptr (GError) error = NULL;

  options->baud = 9600;
  job_board_session (board, options);
  job_board_connect (board);
  job = job_board_program (board, image, NULL, FALSE);
  board->cancel_at = count_whole_job () / 2;
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (board->ended_at - board->cancelled_at, <=, 200000);
  g_clear_error (&error);

  board->cancel_at = 0;
  g_cancellable_reset (board->cancellable);
  next = fl_verify_job_new (board->session, image);
  g_assert_false (job_board_run (board, next, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_VERIFY);
  g_assert_true (job_board_logged (next, FL_LOG_OK, "start of a command"));
}

/* Cancelling while the bootloader is called, and nothing answers. */
static void
test_cancel_connect (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x460,deaf=1");
  g_autoptr (FlJob) job = fl_connect_job_new (board->session);
  g_autoptr (GError) error = NULL;

  board->cancel_at = 2;
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (board->ended_at - board->cancelled_at, <=, 200000);
  g_assert_false (fl_session_is_connected (board->session));
}

/* A fault at a byte of the job: survived, with a word in the log. */
static const struct
{
  const char *path;
  gboolean to_host;
  double part;
  FlSimFault fault;
  guint argument;
  gboolean silent; /* whether it does no harm, so that nothing need be repeated */
} survived_cases[] = {
  { "lost-to-chip", FALSE, 0.3, FL_SIM_FAULT_DROP, 0 },
  { "lost-to-host", TRUE, 0.3, FL_SIM_FAULT_DROP, 0 },
  { "flipped-to-chip", FALSE, 0.4, FL_SIM_FAULT_FLIP, 2 },
  { "extra-to-chip", FALSE, 0.5, FL_SIM_FAULT_EXTRA, 0x55 },
  { "extra-to-host", TRUE, 0.5, FL_SIM_FAULT_EXTRA, 0x33 },
  { "nack", TRUE, 0.025, FL_SIM_FAULT_NACK, 0 },
  { "late", TRUE, 0.2, FL_SIM_FAULT_LATE, 300, TRUE },
  { "parity-in-read-back", TRUE, 0.9, FL_SIM_FAULT_PARITY, 0 },
};

static void
test_survived (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlJob) job = make_job (board);
  g_autoptr (GError) error = NULL;
  guint64 now =
      survived_cases[row].to_host ? fl_sim_board_get_n_received (board->board) : fl_sim_board_get_n_sent (board->board);

  fl_sim_board_add_fault (board->board, survived_cases[row].to_host,
                          now + (guint64) (survived_cases[row].part * (double) count_whole_job ()),
                          survived_cases[row].fault, survived_cases[row].argument);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  g_assert_true ((fl_program_job_get_result (FL_PROGRAM_JOB (job))->retries > 0) != survived_cases[row].silent);
  assert_programmed (board);
}

/* A write that is acknowledged and not done: the read-back shows it, and it is mended once. */
static void
test_lost_write (void)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlJob) job = make_job (board);
  g_autoptr (GError) error = NULL;
  guint64 half = fl_sim_board_get_n_sent (board->board) + count_whole_job () / 2;

  fl_sim_board_add_fault (board->board, FALSE, half, FL_SIM_FAULT_LOST_WRITE, 0);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  g_assert_cmpuint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->retries, >, 0);
  g_assert_true (job_board_logged (job, FL_LOG_FAILED, "acknowledged the write and did not do it"));
  g_assert_true (job_board_logged (job, FL_LOG_OK, "once more"));
  assert_programmed (board);
}

/* A fault that ends the job: the error, and what is said of the board and of the way on. */
static const struct
{
  const char *path;
  double part;
  FlSimFault fault;
  int code;
  const char *state;
  const char *explained;
} fatal_cases[] = {
  { "unplugged-in-write", 0.5, FL_SIM_FAULT_UNPLUG, FL_ERROR_PORT_GONE, "written (not verified)", "unplugged" },
  { "unplugged-in-verify", 0.97, FL_SIM_FAULT_UNPLUG, FL_ERROR_PORT_GONE, "verified", "unplugged" },
  { "silent-in-write", 0.5, FL_SIM_FAULT_SILENCE, FL_ERROR_TIMEOUT, "written (not verified)", "fell silent" },
};

static void
test_fatal (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlJob) job = make_job (board);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  fl_sim_board_add_fault (board->board, FALSE,
                          fl_sim_board_get_n_sent (board->board)
                              + (guint64) (fatal_cases[row].part * (double) count_whole_job ()),
                          fatal_cases[row].fault, 0);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, fatal_cases[row].code);
  g_assert_false (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  if (strstr (fl_job_get_board_state (job), fatal_cases[row].state) == NULL)
    g_error ("“%s” is not in: %s", fatal_cases[row].state, fl_job_get_board_state (job));
  text = fl_explanation_to_text (fl_job_get_explanation (job));
  if (strstr (text, fatal_cases[row].explained) == NULL)
    g_error ("“%s” is not in: %s", fatal_cases[row].explained, text);
  g_assert_true (fl_session_is_connected (board->session) == (fatal_cases[row].code != FL_ERROR_PORT_GONE));
}

/* The whole sentence, once. */
static void
test_board_state (void)
{
  guint64 whole = count_whole_job ();
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlJob) job = make_job (board);
  g_autoptr (GError) error = NULL;

  board->cancel_at = whole / 4;
  g_assert_false (job_board_run (board, job, &error));
  g_assert_true (
      g_regex_match_simple ("^Flash: pages 0–19 erased, 0–[0-9] written \\(not verified\\), rest untouched\\. "
                            "The application will not start; program again\\.$",
                            fl_job_get_board_state (job), 0, 0));
}

/* Any answer to an erase may arrive damaged. When it is the one to the command, the chip waits for a list, and takes a
 * thousand bytes for one until it is back. */
static void
test_survived_erase (void)
{
  static const guint pages[] = { 3, 8 };
  guint64 n_received = 0;

  for (guint64 at = 0; at == 0 || at < n_received; at++)
    {
      g_autoptr (JobBoard) board = job_board_new ("0x417");
      g_autoptr (FlJob) job = NULL;
      g_autoptr (GError) error = NULL;
      guint64 begin;

      job_board_connect (board);
      job_board_fill (board, 3);
      begin = fl_sim_board_get_n_received (board->board);
      fl_sim_board_add_fault (board->board, TRUE, begin + at, FL_SIM_FAULT_FLIP, 2);
      job = fl_erase_job_new (board->session, pages, G_N_ELEMENTS (pages));
      job_board_run (board, job, &error);
      g_assert_no_error (error);
      if (n_received == 0)
        n_received = fl_sim_board_get_n_received (board->board) - begin;
    }
}

#define NAMED 6 /* the checksum of a list of the pages 3 and 4: a page that noise may name in place of one of them */

/* Erases pages 3 and 4 with a byte of noise before byte @at of the job, and perhaps with the adapter gone at another.
 * Returns: whether page 6 was erased too; if so it is said. */
static gboolean
erase_with_noise (const char *config, guint64 at, guint64 gone_at, guint64 *n_sent)
{
  static const guint pages[] = { 3, 4 };
  g_autoptr (JobBoard) board = job_board_new (config);
  FlLayout *layout = fl_sim_board_get_layout (board->board);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  guint64 begin;
  gboolean ok, strayed;
  const char *said;

  job_board_connect (board);
  job_board_fill (board, 3);
  begin = fl_sim_board_get_n_sent (board->board);
  fl_sim_board_add_fault (board->board, FALSE, begin + at, FL_SIM_FAULT_EXTRA, NAMED);
  if (gone_at != 0)
    fl_sim_board_add_fault (board->board, FALSE, begin + gone_at, FL_SIM_FAULT_UNPLUG, 0);
  job = fl_erase_job_new (board->session, pages, G_N_ELEMENTS (pages));
  ok = job_board_run (board, job, &error);
  *n_sent = fl_sim_board_get_n_sent (board->board) - begin;
  strayed = fl_sim_board_get_n_erased (board->board, NAMED) > 0;
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    g_assert_true (fl_sim_board_get_n_erased (board->board, i) == 0 || i == 3 || i == 4 || (i == NAMED && strayed));
  said = fl_job_get_board_state (job);
  if (strayed
      && (ok || strstr (said, gone_at != 0 ? "as far as is known" : "pages 3–4 perhaps erased") == NULL
          || (gone_at == 0 && strstr (said, "another page perhaps erased, too") == NULL)))
    g_error ("noise at %" G_GUINT64_FORMAT " has erased another page, and it says: %s", at, ok ? "done" : said);
  return strayed;
}

/* A byte of noise that makes the chip erase another page: nobody can prevent it, but it must not be called untouched.
 */
static void
test_stray (gconstpointer data)
{
  guint64 n_sent = 0, n_bytes;
  guint n_strayed = 0;

  for (guint64 at = 0; at == 0 || at < n_sent; at++)
    if (erase_with_noise (data, at, 0, &n_bytes))
      {
        n_strayed++;
        for (guint64 behind = 1; behind < 6; behind++)
          {
            guint64 ignored;

            erase_with_noise (data, at, at + behind, &ignored);
          }
      }
    else
      n_sent = MAX (n_sent, MIN (n_bytes, 60));
  g_assert_cmpuint (n_strayed, >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cancel_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/job/cancel/", cancel_cases[i].path, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_cancel);
    }
  for (guint i = 0; i < G_N_ELEMENTS (survived_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/job/survived/", survived_cases[i].path, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_survived);
    }
  for (guint i = 0; i < G_N_ELEMENTS (fatal_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/job/fatal/", fatal_cases[i].path, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_fatal);
    }
  g_test_add_func ("/job/cancel-anywhere", test_cancel_anywhere);
  g_test_add_func ("/job/cancel-before", test_cancel_before);
  g_test_add_data_func ("/job/cancel-late/last-block", GUINT_TO_POINTER (LAST_EXCHANGE - 2), test_cancel_late);
  g_test_add_data_func ("/job/cancel-late/after", GUINT_TO_POINTER (0), test_cancel_late);
  g_test_add_func ("/job/cancel-slow", test_cancel_slow);
  g_test_add_func ("/job/cancel-connect", test_cancel_connect);
  g_test_add_func ("/job/lost-write", test_lost_write);
  g_test_add_func ("/job/board-state", test_board_state);
  g_test_add_func ("/job/survived-erase", test_survived_erase);
  g_test_add_data_func ("/job/stray/erase", "0x410,flash=64", test_stray);
  g_test_add_data_func ("/job/stray/extended-erase", "0x415,flash=256", test_stray);
  return g_test_run ();
}
