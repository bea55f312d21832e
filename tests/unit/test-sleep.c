/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The computer falls asleep in the middle of a job: an hour passes between two calls of the transport, whichever. What
 * the board has answered meanwhile is there, and every deadline has passed. */
#include "fl-connect-job.h"
#include "fl-flash-jobs.h"
#include "fl-test-stride.h"
#include "job-board.h"

#define MAX_BYTES 1500
#define STRIDE    11 /* calls of the transport from one place to sleep to the next: a prime, to meet them all in time */

typedef struct
{
  guint64 n_calls;
  guint n_done;
  guint n_retried;
} Tally;

/* Connects and programs, with the jump at this call; whether that ended in "done", which must be true. */
static void
run_once (const char *config, guint64 jump_at, Tally *tally)
{
  g_autoptr (JobBoard) board = job_board_new (config);
  g_autoptr (FlJob) connect = fl_connect_job_new (board->session);
  g_autoptr (FlJob) program = NULL;
  g_autoptr (FlImage) image = NULL;
  g_autoptr (GError) error = NULL;
  const FlProgramResult *result;

  board->jump_at = jump_at;
  job_board_run (board, connect, &error);
  g_assert_no_error (error);
  image = job_board_random_image (job_board_device (board)->layout, 7, MAX_BYTES);
  program = job_board_program (board, image, NULL, TRUE);
  job_board_run (board, program, &error);
  if (error != NULL)
    g_test_message ("%s: at call %" G_GUINT64_FORMAT ": %s", config, jump_at, error->message);
  g_assert_no_error (error);
  result = fl_program_job_get_result (FL_PROGRAM_JOB (program));
  g_assert_true (result->verified && result->started);
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);

      gsize size;
      const guint8 *data = g_bytes_get_data (segment->data, &size);

      g_assert_cmpmem (fl_sim_board_peek (board->board, segment->address, (guint32) size), size, data, size);
    }
  tally->n_calls = board->n_calls;
  tally->n_done++;
  if (result->retries > 0)
    tally->n_retried++;
}

static void
test_everywhere (gconstpointer data)
{
  Tally awake = { 0 };
  Tally asleep = { 0 };
  guint n_places = 0, n_taken = 0;

  run_once (data, 0, &awake);
  g_assert_cmpuint (awake.n_calls, >, 100);
  g_assert_cmpuint (awake.n_retried, ==, 0);
  for (guint64 at = 1; at <= awake.n_calls; at += STRIDE, n_places++)
    if (fl_test_stride_takes (n_places))
      {
        run_once (data, at, &asleep);
        n_taken++;
      }
  g_test_message ("%s: %u places to sleep, %u retried", (const char *) data, asleep.n_done, asleep.n_retried);
  g_assert_cmpuint (n_taken, >, 0);
  g_assert_cmpuint (asleep.n_done, ==, n_taken);
  g_assert_cmpuint (asleep.n_retried, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sleep/g0", "0x460", test_everywhere);
  g_test_add_data_func ("/sleep/f1", "0x410", test_everywhere);
  return g_test_run ();
}
