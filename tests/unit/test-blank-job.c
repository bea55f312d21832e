/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programming a board that is blank, or looks so: what need not be erased is not, where a wrong guess does no harm. */
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "job-board.h"
#include "test-notebook.h"

#define N_CUTS 40

static const FlPlanOptions preserve = {
  .erase = FL_ERASE_NEEDED, .verify = TRUE, .preserve = TRUE, .only_changed = TRUE
};

/* Chips of each kind of flash, and how many bytes are programmed: whole pages. */
typedef struct
{
  const char *board;
  guint kib;
  guint count; /* sectors that this is */
} BoardCase;

static const BoardCase may[] = {
  { "0x467,flash=256", 32, 16 },   /* G0B1: refuses to overwrite 8 bytes */
  { "0x467,flash=512", 300, 150 }, /* in both banks */
  { "0x410,flash=64", 16, 16 },    /* F103: 2 bytes */
  { "0x410,flash=64", 64, 64 },    /* all of it */
  { "0x413", 128, 5 },             /* F407: clears what is set */
  { "0x415", 32, 16 },             /* L476 */
};

/* A wrong guess would leave flash that cannot be read: H743, H563, U585, L0, L1. */
static const BoardCase may_not[] = {
  { "0x450", 128, 1 }, { "0x484", 16, 2 }, { "0x482", 16, 2 }, { "0x417", 8, 64 }, { "0x416", 8, 32 },
};

static guint8
get_erased (JobBoard *board)
{
  return fl_sim_board_get_chip (board->board)->erased_value;
}

static guint32
get_start (JobBoard *board)
{
  return fl_layout_get_start (fl_sim_board_get_layout (board->board));
}

static FlImage *
make_image (guint32 address, gsize size)
{
  FlImage *image = fl_image_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (17);
  g_autofree guint8 *data = g_malloc (size);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int_range (random, 1, 255);
  fl_image_add (image, address, data, size, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return image;
}

static void
check_flash (JobBoard *board, FlImage *image)
{
  const FlSegment *segment = fl_image_get_segment (image, 0);
  gsize size;
  const guint8 *data = g_bytes_get_data (segment->data, &size);

  g_assert_cmpmem (fl_sim_board_peek (board->board, segment->address, size), size, data, size);
}

static guint
count_erasures (JobBoard *board)
{
  guint n = 0;

  for (guint i = 0; i < fl_layout_get_n_sectors (fl_sim_board_get_layout (board->board)); i++)
    n += fl_sim_board_get_n_erased (board->board, i);
  return n;
}

/* Runs a job that must succeed. */
static FlJob *
program (JobBoard *board, FlImage *image, const FlPlanOptions *options)
{
  FlJob *job = job_board_program (board, image, options, FALSE);
  g_autoptr (GError) error = NULL;

  job_board_run (board, job, &error);
  g_assert_no_error (error);
  check_flash (board, image);
  return job;
}

static const FlProgramResult *
get_result (FlJob *job)
{
  return fl_program_job_get_result (FL_PROGRAM_JOB (job));
}

static JobBoard *
connect (const char *config)
{
  JobBoard *board = job_board_new (config);

  job_board_connect (board);
  return board;
}

/* A board that remembers. */
static JobBoard *
connect_with (const char *config, const char *notebook)
{
  JobBoard *board = job_board_new (config);
  g_autoptr (FlConnectOptions) options = job_board_options ();

  options->notebook = g_strdup (notebook);
  job_board_session (board, options);
  job_board_connect (board);
  return board;
}

static void
put (JobBoard *board, guint32 offset, guint length)
{
  g_autofree guint8 *junk = g_malloc (length);

  memset (junk, 0xA5, length);
  g_assert_true (fl_sim_board_poke (board->board, get_start (board) + offset, junk, length));
}

/* A new session on the same board after somebody has pressed its reset button. */
static void
connect_again (JobBoard *board, const char *notebook)
{
  g_autoptr (FlConnectOptions) options = job_board_options ();

  options->notebook = g_strdup (notebook);
  fl_session_close (board->session);
  fl_sim_board_press_reset (board->board);
  job_board_session (board, options);
  job_board_connect (board);
}

/* Nothing is erased, in less time than with erasing; and the log says so. */
static void
test_blank (gconstpointer data)
{
  const BoardCase *row = data;
  const FlPlanOptions all = { .erase = FL_ERASE_NEEDED, .verify = TRUE };
  g_autoptr (JobBoard) board = connect (row->board);
  g_autoptr (JobBoard) other = connect (row->board);
  g_autoptr (FlImage) image = make_image (get_start (board), row->kib * 1024);
  g_autoptr (FlJob) job = program (board, image, NULL);
  g_autoptr (FlJob) erasing = program (other, image, &all);

  g_assert_cmpuint (count_erasures (board), ==, 0);
  g_assert_cmpuint (get_result (job)->sectors_erased, ==, 0);
  g_assert_cmpuint (get_result (job)->sectors_blank, ==, row->count);
  g_assert_cmpuint (get_result (job)->retries, ==, 0);
  g_assert_true (get_result (job)->verified);
  g_assert_true (job_board_logged (job, FL_LOG_OK, "are written without being erased"));
  g_assert_false (job_board_logged (job, FL_LOG_OK, "Erasing"));
  g_assert_cmpuint (count_erasures (other), >=, row->count);
  g_assert_cmpuint (get_result (erasing)->sectors_blank, ==, 0);
  g_assert_cmpfloat (get_result (job)->seconds, <, get_result (erasing)->seconds);
}

static void
test_may_not (gconstpointer data)
{
  const BoardCase *row = data;
  g_autoptr (JobBoard) board = connect (row->board);
  g_autoptr (FlImage) image = make_image (get_start (board), row->kib * 1024);
  g_autoptr (FlJob) job = program (board, image, NULL);

  g_assert_cmpuint (count_erasures (board), ==, row->count);
  g_assert_cmpuint (get_result (job)->sectors_erased, ==, row->count);
  g_assert_cmpuint (get_result (job)->sectors_blank, ==, 0);
  g_assert_false (job_board_logged (job, FL_LOG_OK, "whether it is blank"));
}

/* Flash that can be programmed although it was to overwrite something before. */
static const BoardCase mends[] = {
  { "0x410,flash=64", 16, 16 },
  { "0x410,flash=64", 64, 64 },
  { "0x413", 128, 5 },
};

/* Of each kind, a little. */
static const BoardCase cuts[] = {
  { "0x467,flash=256", 8, 4 },
  { "0x410,flash=64", 4, 4 },
  { "0x413", 32, 2 },
  { "0x415", 8, 4 },
};

/* And such that cannot, until the chip is reset. */
static const BoardCase latches[] = {
  { "0x467,flash=256", 32, 16 },
  { "0x467,flash=512", 300, 150 },
  { "0x415", 32, 16 },
};

/* In the second sector, where nobody looks. */
static void
hide (JobBoard *board)
{
  put (board, fl_layout_get_sector (fl_sim_board_get_layout (board->board), 1)->size + 64, 32);
}

static void
check_mended (JobBoard *board, FlJob *job, guint count)
{
  g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, 1), >=, 1); /* F1: its code is sent twice */
  for (guint i = 2; i < fl_layout_get_n_sectors (fl_sim_board_get_layout (board->board)); i++)
    g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, i), <=, 1);
  g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, 0), ==, 0);
  g_assert_cmpuint (get_result (job)->sectors_erased, >=, 1);
  g_assert_cmpuint (get_result (job)->sectors_blank + get_result (job)->sectors_erased, ==, count);
  g_assert_cmpuint (get_result (job)->retries, >=, 1);
  g_assert_true (get_result (job)->verified);
  g_assert_true (job_board_logged (job, FL_LOG_INFO, "looked blank and had not been erased"));
}

/* It is seen when all is read back, and mended by erasing that page. */
static void
test_mends (gconstpointer data)
{
  const BoardCase *row = data;
  g_autoptr (JobBoard) board = connect (row->board);
  g_autoptr (FlImage) image = make_image (get_start (board), row->kib * 1024);
  g_autoptr (FlJob) job = NULL;

  hide (board);
  job = program (board, image, NULL);
  check_mended (board, job, row->count);
  g_assert_cmpuint (get_result (job)->sectors_erased, ==, 1);
}

/* It takes a reset, which the user is told; then all is erased, and it works. */
static void
test_latches (gconstpointer data)
{
  const BoardCase *row = data;
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = NULL;
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (FlJob) again = NULL;
  g_autoptr (GError) error = NULL;

  test_notebook_open (&notebook);
  board = connect_with (row->board, notebook.path);
  image = make_image (get_start (board), row->kib * 1024);
  hide (board);
  job = job_board_program (board, image, NULL, FALSE);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_VERIFY);
  g_assert_nonnull (strstr (error->message, "Looked blank, and therefore not erased first: "));
  g_assert_nonnull (strstr (error->message, "Reset the board into its bootloader and program again"));
  g_assert_false (get_result (job)->verified);

  connect_again (board, notebook.path);
  again = program (board, image, NULL);
  g_assert_cmpuint (get_result (again)->sectors_blank, ==, 0);
  g_assert_cmpuint (get_result (again)->sectors_erased + get_result (again)->sectors_unchanged, ==, row->count);
}

/* Where the adapter can reset the board, it is done without a word. */
static void
test_latches_wired (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256,wired=1");
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (FlImage) image = make_image (get_start (board), 32 * 1024);
  g_autoptr (FlJob) job = NULL;

  options->entry = FL_ENTRY_DTR_RTS;
  options->preset = g_strdup ("rts-boot0-dtr-reset");
  options->climb = FL_CLIMB_NEVER;
  job_board_session (board, options);
  job_board_connect (board);
  hide (board);
  job = program (board, image, NULL);
  check_mended (board, job, 16);
  g_assert_true (job_board_logged (job, FL_LOG_INFO, "the board is reset into its bootloader"));
}

/* Something at either end of one page: everything is erased, as ever. */
static void
test_seen (void)
{
  static const guint32 places[] = { 0, 16 * 1024 - 1, 30 * 1024, 32 * 1024 - 4 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (JobBoard) board = connect ("0x467,flash=256");
      g_autoptr (FlImage) image = make_image (get_start (board), 32 * 1024);
      g_autoptr (FlJob) job = NULL;

      put (board, places[i] - places[i] % 8, 8);
      job = program (board, image, NULL);
      g_assert_cmpuint (count_erasures (board), ==, 16);
      g_assert_cmpuint (get_result (job)->sectors_erased, ==, 16);
      g_assert_cmpuint (get_result (job)->sectors_blank, ==, 0);
      g_assert_cmpuint (get_result (job)->retries, ==, 0);
    }
}

/* A board that holds something is not looked at page by page: the first looks have shown it. */
static void
test_used (void)
{
  g_autoptr (JobBoard) board = connect ("0x467,flash=256");
  g_autoptr (FlImage) image = make_image (get_start (board), 32 * 1024);
  g_autoptr (FlJob) job = NULL;

  job_board_fill (board, 4);
  job = program (board, image, NULL);
  g_assert_cmpuint (count_erasures (board), ==, 16);
  g_assert_false (job_board_logged (job, FL_LOG_OK, "whether it is blank"));
}

/* Of the last page the file has only a part. What else is in it is lost: it is erased. Where it is kept, it is read
 * anyway, and the page need not be erased when that is blank. */
static void
test_part (void)
{
  g_autoptr (JobBoard) board = connect ("0x467,flash=256");
  g_autoptr (JobBoard) keeping = connect ("0x467,flash=256");
  g_autoptr (JobBoard) fresh = connect ("0x467,flash=256");
  g_autoptr (FlImage) image = make_image (get_start (board), 5 * 2048 + 1200);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (FlJob) kept = NULL;
  g_autoptr (FlJob) blank = NULL;

  put (board, 5 * 2048 + 1600, 64);
  job = program (board, image, NULL);
  g_assert_cmpuint (count_erasures (board), ==, 1);
  g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, 5), ==, 1);
  g_assert_cmpuint (get_result (job)->sectors_blank, ==, 5);
  g_assert_cmphex (*fl_sim_board_peek (board->board, get_start (board) + 5 * 2048 + 1600, 1), ==, get_erased (board));

  put (keeping, 5 * 2048 + 1600, 64);
  kept = program (keeping, image, &preserve);
  g_assert_cmpuint (fl_sim_board_get_n_erased (keeping->board, 5), ==, 1);
  g_assert_cmpuint (get_result (kept)->sectors_blank, ==, 5);
  g_assert_cmpuint (get_result (kept)->retries, ==, 0);
  g_assert_cmphex (*fl_sim_board_peek (keeping->board, get_start (keeping) + 5 * 2048 + 1600, 1), ==, 0xA5);

  blank = program (fresh, image, &preserve);
  g_assert_cmpuint (count_erasures (fresh), ==, 0);
  g_assert_cmpuint (get_result (blank)->sectors_blank, ==, 6);
}

/* Somebody wants it erased, or it would not be seen when it was wrong. */
static void
test_not_wanted (void)
{
  static const struct
  {
    FlPlanOptions options;
    guint n_erased;
  } rows[] = {
    { { .erase = FL_ERASE_NEEDED, .verify = TRUE }, 16 },
    { { .erase = FL_ERASE_NEEDED, .only_changed = TRUE }, 16 },
    { { .erase = FL_ERASE_NEEDED, .verify = TRUE, .keep_blank = TRUE, .only_changed = TRUE }, 16 },
    { { .erase = FL_ERASE_ALL, .verify = TRUE, .only_changed = TRUE }, 128 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JobBoard) board = connect ("0x467,flash=256");
      g_autoptr (FlImage) image = make_image (get_start (board), 32 * 1024);
      g_autoptr (FlJob) job = program (board, image, &rows[i].options);

      g_assert_cmpuint (count_erasures (board), ==, rows[i].n_erased);
      g_assert_cmpuint (get_result (job)->sectors_blank, ==, 0);
    }
}

/* One blank byte of some that come to the host, in a way that parity does not show. */
static guint8
spoil (guint8 byte, gboolean to_host, guint at, guint baud, gpointer user_data)
{
  guint *left = user_data;

  if (!to_host || byte != 0xFF || *left == 0 || --*left > 0)
    return byte;
  return 0xFC;
}

/* What is damaged while it looks only costs time. */
static void
test_damaged (void)
{
  guint n_erased = 0;

  for (guint left = 50; left < 500; left += 20)
    {
      guint n = left;
      g_autoptr (JobBoard) board = connect ("0x467,flash=256");
      g_autoptr (FlImage) image = make_image (get_start (board), 32 * 1024);
      g_autoptr (FlJob) job = NULL;

      board->spoil = spoil;
      board->spoil_data = &n;
      job = program (board, image, NULL);
      g_assert_true (get_result (job)->verified);
      g_assert_cmpuint (get_result (job)->sectors_blank + get_result (job)->sectors_erased, ==, 16);
      n_erased += get_result (job)->sectors_erased == 16;
    }
  g_assert_cmpuint (n_erased, ==, 23);
}

/* Who pulls the plug while the board is programmed is told what is on it: nothing was erased. */
static void
test_broken_off (void)
{
  g_autoptr (JobBoard) board = connect ("0x467,flash=256");
  g_autoptr (FlImage) image = make_image (get_start (board), 32 * 1024);
  g_autoptr (FlJob) job = job_board_program (board, image, NULL, FALSE);
  g_autoptr (GError) error = NULL;

  fl_sim_board_add_fault (board->board, FALSE, fl_sim_board_get_n_sent (board->board) + 6000, FL_SIM_FAULT_UNPLUG, 0);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_assert_cmpuint (get_result (job)->sectors_blank, ==, 16);
  g_assert_cmpuint (get_result (job)->sectors_erased, ==, 0);
  g_assert_null (strstr (fl_job_get_board_state (job), "erased"));
  g_assert_nonnull (strstr (fl_job_get_board_state (job), "0–2 written (not verified), rest untouched"));
}

/* What reads as blank after a job was cut short may be erased by half: the next job erases, until one comes to its end.
 * It is the board that is remembered, not the adapter. */
static void
test_cut_short (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (JobBoard) board = NULL;
  g_autoptr (JobBoard) next = NULL;
  g_autoptr (JobBoard) once_more = NULL;
  g_autoptr (JobBoard) other = NULL;
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) cut = NULL;
  g_autoptr (FlJob) again = NULL;
  g_autoptr (FlJob) another = NULL;
  g_autoptr (FlJob) last = NULL;
  g_autoptr (GError) error = NULL;

  test_notebook_open (&notebook);
  board = connect_with ("0x467,flash=256", notebook.path);
  image = make_image (get_start (board), 32 * 1024);
  cut = job_board_program (board, image, NULL, FALSE);
  fl_sim_board_add_fault (board->board, FALSE, fl_sim_board_get_n_sent (board->board) + 6000, FL_SIM_FAULT_UNPLUG, 0);
  g_assert_false (job_board_run (board, cut, &error));

  other = connect_with ("0x460,flash=128", notebook.path);
  another = program (other, image, NULL);
  g_assert_cmpuint (get_result (another)->sectors_blank, ==, 16);

  next = connect_with ("0x467,flash=256", notebook.path);
  again = program (next, image, NULL);
  g_assert_cmpuint (get_result (again)->sectors_blank, ==, 0);
  g_assert_cmpuint (get_result (again)->sectors_erased, ==, 16);
  g_assert_true (job_board_logged (again, FL_LOG_INFO, "The last job with this board was cut short"));

  once_more = connect_with ("0x467,flash=256", notebook.path);
  last = program (once_more, image, NULL);
  g_assert_cmpuint (get_result (last)->sectors_blank, ==, 16);
}

/* Erasing is remembered in the same way; and erasing a page later does not make the others whole. */
static void
test_erase_cut_short (void)
{
  g_auto (TestNotebook) notebook = { 0 };
  g_autoptr (FlImage) image = make_image (0x08000000, 32 * 1024);
  const guint page = 60;

  test_notebook_open (&notebook);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (JobBoard) board = connect_with ("0x467,flash=256", notebook.path);
      g_autoptr (JobBoard) later = NULL;
      g_autoptr (FlJob) cut = fl_erase_job_new (board->session, NULL, 0);
      g_autoptr (FlJob) erase = NULL;
      g_autoptr (FlJob) job = NULL;
      g_autoptr (GError) error = NULL;

      fl_sim_board_add_fault (board->board, FALSE, fl_sim_board_get_n_sent (board->board) + 20, FL_SIM_FAULT_UNPLUG, 0);
      g_assert_false (job_board_run (board, cut, &error));
      later = connect_with ("0x467,flash=256", notebook.path);
      erase = fl_erase_job_new (later->session, &page, round == 0 ? 1 : 0); /* a page, then everything */
      g_clear_error (&error);
      job_board_run (later, erase, &error);
      g_assert_no_error (error);
      job = program (later, image, NULL);
      g_assert_cmpuint (get_result (job)->sectors_blank, ==, round == 0 ? 0 : 16);
    }
}

/* The power fails at one byte after the other: whatever is left in the flash, the next job brings it in order. */
static void
test_after_a_cut (gconstpointer data)
{
  const BoardCase *row = data;

  for (guint at = 0; at < N_CUTS; at++)
    {
      g_auto (TestNotebook) notebook = { 0 };
      g_autoptr (JobBoard) board = NULL;
      g_autoptr (FlImage) image = NULL;
      g_autoptr (FlJob) job = NULL;
      g_autoptr (FlJob) again = NULL;
      g_autoptr (GError) error = NULL;

      test_notebook_open (&notebook);
      board = connect_with (row->board, notebook.path);
      image = make_image (get_start (board), row->kib * 1024);
      if (at % 2 == 0)
        job_board_fill (board, at);
      fl_sim_board_add_fault (board->board, FALSE,
                              fl_sim_board_get_n_sent (board->board) + 20 + at * row->kib * 1024 / N_CUTS,
                              FL_SIM_FAULT_POWER_CUT, at % 20);
      job = job_board_program (board, image, NULL, FALSE);
      job_board_run (board, job, &error);
      connect_again (board, notebook.path);
      again = program (board, image, NULL);
      g_assert_true (get_result (again)->verified);
    }
}

/* Nothing is known of a chip that was declared. */
static void
test_declared (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256,pid=0x7F0");
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (FlImage) image = make_image (get_start (board), 4096);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  options->declared = fl_declaration_parse ("0x08000000:128x2K", &error);
  g_assert_no_error (error);
  job_board_session (board, options);
  job_board_connect (board);
  job = program (board, image, NULL);
  g_assert_cmpuint (count_erasures (board), ==, 2);
  g_assert_cmpuint (get_result (job)->sectors_blank, ==, 0);
}

static void
add_rows (const char *name, const BoardCase *rows, gsize n, GTestDataFunc test)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/blank/%s/%s-%u", name, rows[i].board, rows[i].kib);

      g_test_add_data_func (path, &rows[i], test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_rows ("may", may, G_N_ELEMENTS (may), test_blank);
  add_rows ("may-not", may_not, G_N_ELEMENTS (may_not), test_may_not);
  add_rows ("mends", mends, G_N_ELEMENTS (mends), test_mends);
  add_rows ("latches", latches, G_N_ELEMENTS (latches), test_latches);
  add_rows ("after-a-cut", cuts, G_N_ELEMENTS (cuts), test_after_a_cut);
  g_test_add_func ("/blank/latches/wired", test_latches_wired);
  g_test_add_func ("/blank/seen", test_seen);
  g_test_add_func ("/blank/used", test_used);
  g_test_add_func ("/blank/part", test_part);
  g_test_add_func ("/blank/not-wanted", test_not_wanted);
  g_test_add_func ("/blank/damaged", test_damaged);
  g_test_add_func ("/blank/broken-off", test_broken_off);
  g_test_add_func ("/blank/cut-short", test_cut_short);
  g_test_add_func ("/blank/erase-cut-short", test_erase_cut_short);
  g_test_add_func ("/blank/declared", test_declared);
  return g_test_run ();
}
