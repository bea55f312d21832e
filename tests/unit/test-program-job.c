/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-error.h"
#include "job-board.h"

/* One board for each kind of layout and of bootloader. */
static const struct
{
  const char *board;
} boards[] = {
  { "0x410,flash=128" },              /* F103: 1 KiB pages, 0x43 */
  { "0x414" },                        /* F103 high density: 2 KiB pages */
  { "0x413" },                        /* F407: sectors of 16, 64, 128 KiB */
  { "0x419" },                        /* F429: two banks of sectors */
  { "0x449" },                        /* F74x: sectors of 32, 128, 256 KiB */
  { "0x417" },                        /* L0: 128-byte pages, erased to 0, no mass erase */
  { "0x416" },                        /* L1: 256-byte pages, erased to 0 */
  { "0x415" },                        /* L4: two banks, 8 bytes at once */
  { "0x460" },                        /* G071 */
  { "0x467,flash=256" },              /* G0B1: two banks, one page a command */
  { "0x467,flash=512" }, { "0x468" }, /* G431 */
  { "0x450" },                        /* H743: 32 bytes at once */
  { "0x495" },                        /* WB55: 4 KiB pages */
  { "0x440" },                        /* F05x */
};

/* Where a byte of flash is in the copy that job_board_dup_flash() makes. */
static guint32
get_offset (FlLayout *layout, guint index)
{
  guint32 offset = 0;

  for (guint i = 0; i < index; i++)
    offset += fl_layout_get_sector (layout, i)->size;
  return offset;
}

/* Flash holds the image; sectors that it does not touch are as before; what else was in the touched ones is erased, or
 * was kept. */
static void
check_flash (JobBoard *board, FlImage *image, const guint8 *before, const FlPlanOptions *options)
{
  FlLayout *layout = fl_sim_board_get_layout (board->board);
  guint8 erased = fl_sim_board_get_chip (board->board)->erased_value;
  gsize size;
  g_autofree guint8 *after = job_board_dup_flash (board, &size);

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      guint32 offset = get_offset (layout, i);
      gboolean touched = FALSE;

      for (guint s = 0; s < fl_image_get_n_segments (image); s++)
        {
          const FlSegment *segment = fl_image_get_segment (image, s);

          touched = touched
                    || ((guint64) segment->address + g_bytes_get_size (segment->data) > sector->address
                        && segment->address < (guint64) sector->address + sector->size);
        }
      for (guint32 at = 0; at < sector->size; at++)
        {
          guint8 wanted = erased;

          if (touched && fl_image_read (image, sector->address + at, &wanted, 1))
            ;
          else if ((!touched && options->erase != FL_ERASE_ALL) || options->preserve)
            wanted = before[offset + at];
          if (after[offset + at] != wanted)
            g_error ("0x%08X (sector %u) is 0x%02X, not 0x%02X", sector->address + at, i, after[offset + at], wanted);
        }
      if (!touched && options->erase != FL_ERASE_ALL)
        g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, i), ==, 0);
    }
}

static void
check_result (FlJob *job, FlImage *image)
{
  const FlProgramResult *result = fl_program_job_get_result (FL_PROGRAM_JOB (job));

  g_assert_true (result->verified);
  g_assert_cmpuint (result->bytes_verified, >=, fl_image_get_size (image));
  g_assert_cmpuint (result->bytes_written, >, 0);
  g_assert_cmpuint (result->sectors_erased, >, 0);
  g_assert_cmpfloat (result->wire_seconds, >, 0);
  g_assert_cmpfloat (result->seconds, >, result->wire_seconds);
}

/* Random images, each way of erasing, on each kind of board: flash equals the file and nothing else changed. */
static void
test_property (gconstpointer data)
{
  static const FlPlanOptions ways[] = {
    { .erase = FL_ERASE_NEEDED, .verify = TRUE },
    { .erase = FL_ERASE_NEEDED, .verify = TRUE, .keep_blank = TRUE },
    { .erase = FL_ERASE_NEEDED, .verify = TRUE, .preserve = TRUE },
    { .erase = FL_ERASE_ALL, .verify = TRUE },
  };
  g_autoptr (JobBoard) board = job_board_new (data);

  job_board_connect (board);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      guint32 seed = g_test_rand_int ();
      g_autoptr (FlImage) image = job_board_random_image (fl_sim_board_get_layout (board->board), seed, 6000);
      g_autoptr (JobBoard) fresh = NULL;
      g_autofree guint8 *before = NULL;
      g_autoptr (FlJob) job = NULL;
      g_autoptr (GError) error = NULL;
      gsize size;

      /* What is kept of a large sector would be read for minutes of virtual time: the small ones show the same. */
      if (ways[i].preserve && fl_layout_get_sector (fl_sim_board_get_layout (board->board), 0)->size > 16 * 1024)
        continue;
      g_test_message ("seed %u", seed);
      fresh = job_board_new (data);
      job_board_connect (fresh);
      job_board_fill (fresh, seed);
      before = job_board_dup_flash (fresh, &size);
      job = job_board_program (fresh, image, &ways[i], FALSE);
      job_board_run (fresh, job, &error);
      g_assert_no_error (error);
      check_result (job, image);
      check_flash (fresh, image, before, &ways[i]);
    }
}

/* The seed story: the image of a G071 meets a G0B1 with 256 KiB in two banks. */
static void
test_second_bank (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256");
  g_autoptr (FlImage) image = fl_image_new ();
  g_autofree guint8 *data = g_malloc (200 * 1024);
  g_autofree guint8 *before = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  for (guint i = 0; i < 200 * 1024; i++)
    data[i] = (guint8) (i * 7 ^ i >> 8);
  fl_image_add (image, 0x08000000, data, 200 * 1024, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  job_board_connect (board);
  g_assert_cmpuint (fl_layout_get_n_banks (job_board_device (board)->layout), ==, 2);
  job_board_fill (board, 2);
  before = job_board_dup_flash (board, &size);
  job = job_board_program (board, image, NULL, TRUE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  check_flash (board, image, before, &fl_plan_options_default);
  g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, 64), ==, 1);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->started);
  g_assert_false (fl_sim_board_is_in_bootloader (board->board));
  g_assert_false (fl_session_is_connected (board->session));
}

/* 256 KiB programmed and verified take the time of the wire and of the chip, and hardly more. On the virtual clock this
 * is exact. */
static void
test_speed (gconstpointer data)
{
  g_autoptr (JobBoard) board = job_board_new (data);
  g_autoptr (FlImage) image = fl_image_new ();
  g_autofree guint8 *bytes = g_malloc (256 * 1024);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  const FlProgramResult *result;
  double chip;
  double wire;
  guint64 n_bytes;

  for (guint i = 0; i < 256 * 1024; i++)
    bytes[i] = (guint8) (i * 13 ^ i >> 7);
  fl_image_add (image, 0x08000000, bytes, 256 * 1024, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  job_board_connect (board);
  chip = (double) fl_sim_board_get_busy_us (board->board);
  n_bytes = fl_sim_board_get_n_sent (board->board) + fl_sim_board_get_n_received (board->board);
  job = job_board_program (board, image, NULL, FALSE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  result = fl_program_job_get_result (FL_PROGRAM_JOB (job));
  chip = ((double) fl_sim_board_get_busy_us (board->board) - chip) / G_USEC_PER_SEC;
  g_test_message ("%.2f s for %.2f s of wire and %.2f s of chip", result->seconds, result->wire_seconds, chip);
  g_assert_cmpfloat (result->seconds, <=, 1.03 * (result->wire_seconds + chip));
  n_bytes = fl_sim_board_get_n_sent (board->board) + fl_sim_board_get_n_received (board->board) - n_bytes;
  wire = (double) (n_bytes * 11) / 115200;
  g_assert_cmpfloat_with_epsilon (result->wire_seconds, wire, 0.01);
}

/* Announcements come at most 30 times a second, however fast the job is. */
static void
test_announcements (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x413");
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  guint n_sectors;
  const guint8 *sectors;

  job_board_connect (board);
  image = job_board_random_image (job_board_device (board)->layout, 5, 200000);
  job = job_board_program (board, image, NULL, FALSE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  /* One more at the end, and one because time is counted from the first. */
  g_assert_cmpint ((gint64) board->n_announced, <=, board->real_us / 33333 + 2);
  sectors = fl_job_get_sectors (job, &n_sectors);
  g_assert_cmpuint (n_sectors, ==, 12);
  for (guint i = 0; i < n_sectors; i++)
    g_assert_true (sectors[i] == FL_SECTOR_VERIFIED || sectors[i] == FL_SECTOR_UNTOUCHED);
  g_assert_cmpstr (fl_job_get_text (job), !=, NULL);
  g_assert_true (job_board_logged (job, FL_LOG_OK, "Verifying"));
}

static void
test_no_verify (void)
{
  const FlPlanOptions options = { .erase = FL_ERASE_NEEDED };
  g_autoptr (JobBoard) board = job_board_new ("0x410");
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  image = job_board_random_image (job_board_device (board)->layout, 1, 3000);
  job = job_board_program (board, image, &options, FALSE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_false (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  g_assert_cmpuint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->bytes_verified, ==, 0);
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "Not verified"));
}

/* FL_ERASE_NONE on a flash that is not blank: the read-back shows it, and nothing is mended by erasing. */
static void
test_not_erased (void)
{
  const FlPlanOptions options = { .erase = FL_ERASE_NONE, .verify = TRUE };
  g_autoptr (JobBoard) board = job_board_new ("0x413");
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  job_board_fill (board, 9);
  image = job_board_random_image (job_board_device (board)->layout, 2, 3000);
  job = job_board_program (board, image, &options, FALSE);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_VERIFY);
  g_assert_false (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  g_assert_cmpuint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->sectors_erased, ==, 0);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, i), ==, 0);
}

/* A page that somebody has write-protected since the connection, and that is blank already, takes the write and does
 * nothing. The read-back says what that means. */
static void
test_write_protected (void)
{
  static const guint8 units[] = { 1 }; /* pages 4 to 7 of an F103 with 1 KiB pages */
  const FlPlanOptions options = { .erase = FL_ERASE_NONE, .verify = TRUE };
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128");
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  guint n_sectors;

  fl_image_add (image, 0x08000FF0, (const guint8 *) "Sixteen bytes...and a few more..", 32, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  job_board_connect (board);
  g_assert_true (fl_boot_write_protect (fl_session_get_boot (board->session), units, 1, NULL, &error));
  g_assert_true (fl_transport_sleep (fl_session_get_transport (board->session), 1000, NULL, &error));
  g_assert_true (fl_boot_sync (fl_session_get_boot (board->session), NULL, NULL, &error));
  job = job_board_program (board, image, &options, FALSE);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_VERIFY);
  g_assert_nonnull (strstr (error->message, "0x08001000"));
  g_assert_nonnull (strstr (error->message, "Write protection"));
  g_assert_cmpuint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->bytes_verified, ==, 16);
  g_assert_cmpuint (fl_job_get_sectors (job, &n_sectors)[3], ==, FL_SECTOR_VERIFIED);
  g_assert_cmpuint (fl_job_get_sectors (job, &n_sectors)[4], ==, FL_SECTOR_FAILED);
}

/* A write in bank 2 that was lost is mended, also where the page that it concerns has no erase code of its own that is
 * safe: all of bank 2 that the plan has is erased and written once more, and nothing else. */
static guint64
program_doubtful (guint64 fault_at)
{
  const FlPlanOptions options = { .erase = FL_ERASE_NEEDED, .verify = TRUE, .whole_bank = TRUE };
  g_autoptr (JobBoard) board = job_board_new ("0x437,flash=384,codes=1024");
  g_autoptr (FlImage) image = fl_image_new ();
  g_autofree guint8 *data = g_malloc (4096);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4096; i++)
    data[i] = (guint8) (i * 7 + i / 256 + 1);
  fl_image_add (image, 0x08048000, data, 4096, &error);
  fl_image_add (image, 0x08000000, data, 100, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  job_board_connect (board);
  job_board_fill (board, 3);
  if (fault_at > 0)
    fl_sim_board_add_fault (board->board, FALSE, fl_sim_board_get_n_sent (board->board) + fault_at,
                            FL_SIM_FAULT_LOST_WRITE, 0);
  job = job_board_program (board, image, &options, FALSE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  g_assert_cmpint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->retries > 0, ==, fault_at > 0);
  g_assert_cmpmem (fl_sim_board_peek (board->board, 0x08048000, 4096), 4096, data, 4096);
  for (guint i = 0; i < 1536; i++)
    g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, i), ==,
                      i >= 768 && fault_at > 0 ? 2 : i == 0 || i >= 768);
  return board->n_sent;
}

static void
test_mend_doubtful (void)
{
  guint64 n_sent = program_doubtful (0);

  program_doubtful (n_sent - 1000); /* in a write: reading back takes 17 blocks of 9 bytes */
}

static void
test_protected (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x410,flash=128,rdp=1");
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  image = job_board_random_image (job_board_device (board)->layout, 1, 3000);
  job = job_board_program (board, image, NULL, FALSE);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_PROTECTED);
  g_assert_cmpuint (board->n_sent, ==, 0);
  g_assert_nonnull (strstr (fl_job_get_board_state (job), "nothing was changed"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (boards); i++)
    {
      g_autofree char *path = g_strconcat ("/program/property/", boards[i].board, NULL);

      g_test_add_data_func (path, boards[i].board, test_property);
    }
  g_test_add_func ("/program/second-bank", test_second_bank);
  g_test_add_data_func ("/program/speed/g0b1", "0x467,flash=256", test_speed);
  g_test_add_data_func ("/program/speed/f407", "0x413", test_speed);
  g_test_add_data_func ("/program/speed/l476", "0x415", test_speed);
  g_test_add_data_func ("/program/speed/h743", "0x450", test_speed);
  g_test_add_func ("/program/announcements", test_announcements);
  g_test_add_func ("/program/no-verify", test_no_verify);
  g_test_add_func ("/program/not-erased", test_not_erased);
  g_test_add_func ("/program/write-protected", test_write_protected);
  g_test_add_func ("/program/mend-doubtful", test_mend_doubtful);
  g_test_add_func ("/program/protected", test_protected);
  return g_test_run ();
}
