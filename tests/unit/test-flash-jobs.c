/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "job-board.h"

static FlImage *
dup_flash_image (JobBoard *board, guint32 address, gsize length)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;

  fl_image_add (image, address, fl_sim_board_peek (board->board, address, length), length, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

static void
test_read (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *data;

  job_board_connect (board);
  job_board_fill (board, 1);
  job = fl_read_job_new (board->session, 0x08000101, 3001);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (fl_read_job_get_data (FL_READ_JOB (job)), &size);
  g_assert_cmpmem (data, size, fl_sim_board_peek (board->board, 0x08000101, 3001), 3001);
}

/* What was read before it broke off is kept. */
static void
test_read_broken (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  job_board_connect (board);
  job_board_fill (board, 1);
  job = fl_read_job_new (board->session, 0x08000000, 4096);
  fl_sim_board_add_fault (board->board, FALSE, fl_sim_board_get_n_sent (board->board) + 40, FL_SIM_FAULT_UNPLUG, 0);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PORT_GONE);
  g_bytes_get_data (fl_read_job_get_data (FL_READ_JOB (job)), &size);
  g_assert_cmpuint (size, ==, 4 * 256);
  g_assert_nonnull (strstr (fl_job_get_board_state (job), "nothing was changed"));
}

/* Requests that are refused before anything is sent, or by the chip: at once, although the beginning could be read. */
static const struct
{
  const char *path;
  const char *board;
  guint32 address;
  guint32 length;
  int code;
} refused_cases[] = {
  { "nothing", "0x410", 0x08000000, 0, FL_ERROR_USAGE },
  { "past-the-end", "0x410", 0xFFFFFFF0, 17, FL_ERROR_USAGE },
  { "no-memory", "0x410", 0x90000000, 16, FL_ERROR_NACK },
  { "beyond-flash", "0x410", 0x08000000, 0x00100000, FL_ERROR_NACK },
  { "protected", "0x410,rdp=1", 0x08000000, 16, FL_ERROR_PROTECTED },
};

static void
test_read_refused (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (JobBoard) board = job_board_new (refused_cases[row].board);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job = fl_read_job_new (board->session, refused_cases[row].address, refused_cases[row].length);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, refused_cases[row].code);
  g_assert_null (fl_read_job_get_data (FL_READ_JOB (job)));
}

static void
test_verify (void)
{
  static const guint8 other[] = { 0x12, 0x34 };
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256");
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) same = NULL;
  g_autoptr (FlJob) different = NULL;
  g_autoptr (GError) error = NULL;
  guint n_sectors;
  const guint8 *sectors;

  job_board_connect (board);
  job_board_fill (board, 1);
  image = dup_flash_image (board, 0x0801FF01, 5000);
  same = fl_verify_job_new (board->session, image);
  job_board_run (board, same, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_verify_job_get_bytes (FL_VERIFY_JOB (same)), ==, 5000);

  g_assert_true (fl_sim_board_poke (board->board, 0x08020010, other, sizeof other));
  different = fl_verify_job_new (board->session, image);
  g_assert_false (job_board_run (board, different, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_VERIFY);
  g_assert_nonnull (strstr (error->message, "0x08020010"));
  g_assert_cmpuint (fl_verify_job_get_bytes (FL_VERIFY_JOB (different)), ==, 4998);
  sectors = fl_job_get_sectors (different, &n_sectors);
  g_assert_cmpuint (n_sectors, ==, 128);
  g_assert_cmpuint (sectors[63], ==, FL_SECTOR_VERIFIED);
  g_assert_cmpuint (sectors[64], ==, FL_SECTOR_FAILED);
  g_assert_cmpuint (sectors[65], ==, FL_SECTOR_VERIFIED);
  g_assert_cmpuint (sectors[67], ==, FL_SECTOR_UNTOUCHED);
}

static void
test_verify_outside (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  fl_image_add (image, 0x0801FFFF, (const guint8 *) "ab", 2, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  job_board_connect (board);
  job = fl_verify_job_new (board->session, image);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
}

/* Erasing: what is named, or everything; on chips with and without a mass erase. */
static const struct
{
  const char *board;
  guint sectors[4];
  guint n_sectors;
} erase_cases[] = {
  { "0x410,flash=128", { 0, 1, 50, 127 }, 4 },
  { "0x410,flash=128", { 0 }, 0 },
  { "0x413", { 0, 4, 5, 11 }, 4 },
  { "0x413", { 0 }, 0 },
  { "0x417", { 1, 2, 3, 511 }, 4 },
  { "0x417", { 0 }, 0 },
  { "0x467,flash=256", { 62, 63, 64, 65 }, 4 },
  { "0x467,flash=256", { 0 }, 0 },
  { "0x460,bl=0xB3", { 0, 1, 62, 63 }, 4 },
  { "0x460,bl=0xB3", { 0 }, 0 },
  { "0x450,bl=0x91", { 7, 8, 9 }, 3 },
  { "0x450,bl=0x91", { 0 }, 0 },
  { "0x450", { 7, 8 }, 2 },
  { "0x450", { 0 }, 0 },
};

static void
test_erase (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (JobBoard) board = job_board_new (erase_cases[row].board);
  guint8 erased = fl_sim_board_get_chip (board->board)->erased_value;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  guint n_wanted = 0;
  FlLayout *layout;

  job_board_connect (board);
  job_board_fill (board, 1);
  layout = job_board_device (board)->layout;
  job = fl_erase_job_new (board->session, erase_cases[row].sectors, erase_cases[row].n_sectors);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      const guint8 *flash = fl_sim_board_peek (board->board, sector->address, sector->size);
      gboolean wanted = erase_cases[row].n_sectors == 0;

      for (guint w = 0; w < erase_cases[row].n_sectors; w++)
        wanted = wanted || erase_cases[row].sectors[w] == i;
      n_wanted += wanted;
      for (guint32 at = 0; at < sector->size; at++)
        if ((flash[at] == erased) != wanted)
          g_error ("sector %u, byte %u is 0x%02X", i, at, flash[at]);
    }
  g_assert_cmpuint (fl_erase_job_get_n_erased (FL_ERASE_JOB (job)), ==, n_wanted);
}

/* A sector that somebody has write-protected since the connection acknowledges and stays as it is: that is found out,
 * and said. */
static void
test_erase_protected (void)
{
  static const guint8 units[] = { 1 }; /* pages 4 to 7 of an F103 with 1 KiB pages */
  static const guint sectors[] = { 3, 4 };
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n_states;

  job_board_connect (board);
  job_board_fill (board, 1);
  g_assert_true (fl_boot_write_protect (fl_session_get_boot (board->session), units, 1, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (fl_transport_sleep (fl_session_get_transport (board->session), 1000, NULL, &error));
  g_assert_true (fl_boot_sync (fl_session_get_boot (board->session), NULL, NULL, &error));
  job = fl_erase_job_new (board->session, sectors, 2);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_ERASE);
  g_assert_cmpuint (fl_erase_job_get_n_erased (FL_ERASE_JOB (job)), ==, 1);
  g_assert_cmpuint (fl_job_get_sectors (job, &n_states)[3], ==, FL_SECTOR_ERASED);
  g_assert_cmpuint (fl_job_get_sectors (job, &n_states)[4], ==, FL_SECTOR_FAILED);
  text = fl_explanation_to_text (fl_job_get_explanation (job));
  g_assert_nonnull (strstr (text, "write-protect"));
}

/* The first page of bank 2, in the middle of it, and the last: on an L151xE of 384 KiB, 768 to 1535 and 1024 to 1791
 * cross, so that one code or the other would mean a page that is to be kept. */
static const guint doubtful[] = { 5, 768, 1152, 1535 };

static FlJob *
make_doubtful (JobBoard *board, gboolean whole_bank)
{
  FlJob *job = fl_erase_job_new (board->session, doubtful, G_N_ELEMENTS (doubtful));

  fl_erase_job_set_whole_bank (FL_ERASE_JOB (job), whole_bank);
  return job;
}

static void
test_erase_doubtful (gconstpointer config)
{
  g_autoptr (JobBoard) board = job_board_new (config);
  g_autoptr (FlJob) refused = NULL;
  g_autoptr (FlJob) agreed = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_received;

  job_board_connect (board);
  job_board_fill (board, 1);
  refused = make_doubtful (board, FALSE);
  n_received = fl_sim_board_get_n_received (board->board);
  g_assert_false (job_board_run (board, refused, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);
  for (const char *const *part =
           (const char *const[]){ "L151", "from 768 or from 1024", "0x08030000–0x0805FFFF", NULL };
       *part != NULL; part++)
    g_assert_nonnull (strstr (error->message, *part));
  g_assert_nonnull (strstr (fl_job_get_board_state (refused), "nothing was changed"));
  g_assert_cmpuint (board->n_sent, ==, 0);
  g_assert_cmpuint (fl_sim_board_get_n_received (board->board), ==, n_received);
  g_assert_cmpuint (fl_erase_job_get_n_erased (FL_ERASE_JOB (refused)), ==, 0);
  g_clear_error (&error);

  agreed = make_doubtful (board, TRUE);
  job_board_run (board, agreed, &error);
  g_assert_no_error (error);
  g_assert_true (job_board_logged (agreed, FL_LOG_WARNING, "All of bank 2 is erased"));
  g_assert_cmpuint (fl_erase_job_get_n_erased (FL_ERASE_JOB (agreed)), ==, 768 + 1);
  for (guint i = 0; i < 1536; i++)
    g_assert_cmpint (fl_sim_board_get_n_erased (board->board, i) > 0, ==, i == 5 || i >= 768);
}

/* It is found out only on the chip that the safe codes mean nothing to it: what was to be kept is kept, and the next
 * attempt knows before anything is sent. */
static void
test_erase_doubt_arises (void)
{
  static const guint sectors[] = { 768, 769 };
  g_autoptr (JobBoard) board = job_board_new ("0x437,flash=384,codes=1024");
  g_autoptr (FlJob) first = NULL;
  g_autoptr (FlJob) second = NULL;
  g_autoptr (FlJob) agreed = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job_board_fill (board, 1);
  first = fl_erase_job_new (board->session, sectors, 2);
  g_assert_false (job_board_run (board, first, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);
  g_assert_cmpuint (board->n_sent, >, 0);
  for (guint i = 0; i < 1536; i++)
    g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, i), ==, 0);
  g_clear_error (&error);

  second = fl_erase_job_new (board->session, sectors, 2);
  g_assert_false (job_board_run (board, second, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);
  g_assert_cmpuint (board->n_sent, <=, 4); /* what brings a bootloader back to the start of a command */
  g_clear_error (&error);

  agreed = fl_erase_job_new (board->session, sectors, 2);
  fl_erase_job_set_whole_bank (FL_ERASE_JOB (agreed), TRUE);
  job_board_run (board, agreed, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 1536; i++)
    g_assert_cmpint (fl_sim_board_get_n_erased (board->board, i) > 0, ==, i >= 768);
}

/* A NACK to a code says as little as an ACK: what the flash shows decides. Blank flash is as it was wanted. */
static void
test_erase_code_refused (gconstpointer filled)
{
  static const guint sector = 130;
  g_autoptr (JobBoard) board = job_board_new ("0x467,codes=256");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_received;

  job_board_connect (board);
  if (filled != NULL)
    job_board_fill (board, 1);
  /* Read Memory answers with 3 ACKs and 16 bytes, Extended Erase with an ACK and the one that becomes a NACK; then the
   * bootloader is brought back with 6 bytes, and the command is repeated once. */
  n_received = fl_sim_board_get_n_received (board->board);
  fl_sim_board_add_fault (board->board, TRUE, n_received + 20, FL_SIM_FAULT_NACK, 0);
  fl_sim_board_add_fault (board->board, TRUE, n_received + 28, FL_SIM_FAULT_NACK, 0);
  job = fl_erase_job_new (board->session, &sector, 1);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_erase_job_get_n_erased (FL_ERASE_JOB (job)), ==, 1);
  if (filled != NULL)
    {
      g_assert_true (job_board_logged (job, FL_LOG_INFO, "refuses the erase code 130"));
      g_assert_true (job_board_logged (job, FL_LOG_INFO, "numbers bank 2 from 256"));
    }
  g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, 130), ==, filled != NULL);
}

static void
test_erase_no_such (void)
{
  static const guint sector = 128;
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job = fl_erase_job_new (board->session, &sector, 1);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
  g_assert_cmpuint (board->n_sent, ==, 0);
}

/* The bootloader is left, the session closed; there is nothing to connect a job to any more. */
static void
test_start (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,blank=0");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (FlJob) late = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job = fl_start_job_new (board->session, 0x08000000);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_false (fl_sim_board_is_in_bootloader (board->board));
  g_assert_false (fl_session_is_connected (board->session));
  late = fl_read_job_new (board->session, 0x08000000, 4);
  g_assert_false (job_board_run (board, late, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
}

static void
test_start_refused (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job = fl_start_job_new (board->session, 0x90000000);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NACK);
  g_assert_true (fl_session_is_connected (board->session));
}

/* A bootloader that leaves out the first ACK of Go: it is not said that the application runs. */
static void
test_start_ack_missing (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x450,bl=0x90,blank=0");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job = fl_start_job_new (board->session, 0x08000000);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  g_assert_true (fl_sim_board_is_in_bootloader (board->board));
  g_assert_nonnull (strstr (fl_job_get_board_state (job), "BOOT0 low"));
}

/* A chip that nobody knows: it is read, and neither programmed nor erased. */
static void
test_unknown (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) read = NULL;
  g_autoptr (FlJob) erase = NULL;
  g_autoptr (FlPlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  options->pid = 0xEEE;
  job_board_session (board, options);
  job_board_fill (board, 1);
  job_board_connect (board);
  g_assert_null (job_board_device (board)->chip);
  read = fl_read_job_new (board->session, 0x08000000, 1024);
  job_board_run (board, read, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (fl_read_job_get_data (FL_READ_JOB (read))), ==, 1024);

  image = dup_flash_image (board, 0x08000000, 64);
  plan = fl_plan_new (job_board_device (board), image, NULL, &error);
  g_assert_null (plan);
  g_assert_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE);
  g_clear_error (&error);
  erase = fl_erase_job_new (board->session, NULL, 0);
  g_assert_false (job_board_run (board, erase, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flash-jobs/read", test_read);
  g_test_add_func ("/flash-jobs/read-broken", test_read_broken);
  for (guint i = 0; i < G_N_ELEMENTS (refused_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/flash-jobs/read-refused/", refused_cases[i].path, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_read_refused);
    }
  g_test_add_func ("/flash-jobs/verify", test_verify);
  g_test_add_func ("/flash-jobs/verify-outside", test_verify_outside);
  for (guint i = 0; i < G_N_ELEMENTS (erase_cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/flash-jobs/erase/%s/%u", erase_cases[i].board, erase_cases[i].n_sectors);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_erase);
    }
  g_test_add_func ("/flash-jobs/erase-protected", test_erase_protected);
  g_test_add_data_func ("/flash-jobs/erase-doubtful/768", "0x437,flash=384", test_erase_doubtful);
  g_test_add_data_func ("/flash-jobs/erase-doubtful/1024", "0x437,flash=384,codes=1024", test_erase_doubtful);
  g_test_add_func ("/flash-jobs/erase-doubt-arises", test_erase_doubt_arises);
  g_test_add_data_func ("/flash-jobs/erase-code-refused/blank", NULL, test_erase_code_refused);
  g_test_add_data_func ("/flash-jobs/erase-code-refused/filled", "", test_erase_code_refused);
  g_test_add_func ("/flash-jobs/erase-no-such", test_erase_no_such);
  g_test_add_func ("/flash-jobs/start", test_start);
  g_test_add_func ("/flash-jobs/start-refused", test_start_refused);
  g_test_add_func ("/flash-jobs/start-ack-missing", test_start_ack_missing);
  g_test_add_func ("/flash-jobs/unknown", test_unknown);
  return g_test_run ();
}
