/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programming what is in the flash already, in whole or in part: only what changed is erased and written, and "done" is
 * worth as much as ever. */
#include <glib/gstdio.h>

#include "fl-decode.h"
#include "fl-error.h"
#include "fl-test-stride.h"
#include "job-board.h"

static const FlPlanOptions rewrite = { .erase = FL_ERASE_NEEDED, .verify = TRUE };
static const FlPlanOptions changed = { .erase = FL_ERASE_NEEDED, .verify = TRUE, .only_changed = TRUE };
static const FlPlanOptions preserve = {
  .erase = FL_ERASE_NEEDED, .verify = TRUE, .preserve = TRUE, .only_changed = TRUE
};

/* One board for each kind of flash; what of it an image takes, and a page of it that is changed. */
typedef struct
{
  const char *board;
  guint kib;
  guint page;
} BoardCase;

static const BoardCase boards[] = {
  { "0x467,flash=256", 64, 9 }, /* G0B1: pages of 2 KiB, one a command */
  { "0x410,flash=128", 40, 7 }, /* F103: 1 KiB */
  { "0x413", 224, 4 },          /* F407: sectors of 16, 64, 128 KiB */
  { "0x417", 24, 35 },          /* L0: 128 bytes, erased to 0 */
  { "0x416", 24, 13 },          /* L1: 256 bytes, erased to 0 */
  { "0x450", 128, 0 },          /* H743: 128 KiB */
  { "0x415", 32, 15 },          /* L4: 2 KiB, 8 bytes at once */
};

typedef struct
{
  FlProgramResult result;
  guint n_erases; /* commands */
  guint n_writes;
  guint n_reads;
  guint n_checksums;
  guint64 wire; /* bytes both ways */
} Done;

/* Random bytes at the start of flash. */
static guint8 *
make_data (gsize size)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int_range (random, 1, 255);
  return data;
}

static FlImage *
make_image (guint32 address, const guint8 *data, gsize size)
{
  FlImage *image = fl_image_new ();
  g_autoptr (GError) error = NULL;

  fl_image_add (image, address, data, size, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return image;
}

static void
count_commands (JobBoard *board, guint64 from, Done *done)
{
  FlTrace *trace = fl_session_get_trace (board->session);
  g_autoptr (GPtrArray) exchanges = fl_decode_trace (trace, from, fl_trace_get_end (trace));

  for (guint i = 0; i < exchanges->len; i++)
    {
      const FlExchange *exchange = g_ptr_array_index (exchanges, i);

      done->n_erases += exchange->command == 0x43 || exchange->command == 0x44;
      done->n_writes += exchange->command == 0x31;
      done->n_reads += exchange->command == 0x11;
      done->n_checksums += exchange->command == 0xA1;
    }
}

/* Runs a job that must succeed. */
static Done
program (JobBoard *board, FlImage *image, const FlPlanOptions *options)
{
  guint64 from = fl_trace_get_end (fl_session_get_trace (board->session));
  guint64 wire = fl_sim_board_get_n_sent (board->board) + fl_sim_board_get_n_received (board->board);
  g_autoptr (FlJob) job = job_board_program (board, image, options, FALSE);
  g_autoptr (GError) error = NULL;
  Done done = { 0 };

  job_board_run (board, job, &error);
  g_assert_no_error (error);
  done.result = *fl_program_job_get_result (FL_PROGRAM_JOB (job));
  count_commands (board, from, &done);
  done.wire = fl_sim_board_get_n_sent (board->board) + fl_sim_board_get_n_received (board->board) - wire;
  g_assert_true (done.result.verified);
  for (guint i = 0; i < fl_image_get_n_segments (image); i++)
    {
      const FlSegment *segment = fl_image_get_segment (image, i);
      gsize size;
      const guint8 *data = g_bytes_get_data (segment->data, &size);

      g_assert_cmpmem (fl_sim_board_peek (board->board, segment->address, size), size, data, size);
    }
  return done;
}

/* A connected board whose flash holds other things and, at its start, the data. */
static JobBoard *
make_board (const char *config, const guint8 *data, gsize size, Done *first)
{
  JobBoard *board = job_board_new (config);
  g_autoptr (FlImage) image = make_image (fl_layout_get_start (fl_sim_board_get_layout (board->board)), data, size);

  job_board_connect (board);
  job_board_fill (board, 5);
  *first = program (board, image, &rewrite);
  g_assert_cmpuint (first->result.sectors_unchanged, ==, 0);
  return board;
}

static guint32
get_start (JobBoard *board)
{
  return fl_layout_get_start (fl_sim_board_get_layout (board->board));
}

static guint
count_sectors (JobBoard *board, gsize size)
{
  return fl_layout_find (fl_sim_board_get_layout (board->board), get_start (board) + (guint32) size - 1)->index + 1U;
}

/* How often each sector was erased. */
static guint *
dup_erased (JobBoard *board)
{
  guint n = fl_layout_get_n_sectors (fl_sim_board_get_layout (board->board));
  guint *erased = g_new (guint, n);

  for (guint i = 0; i < n; i++)
    erased[i] = fl_sim_board_get_n_erased (board->board, i);
  return erased;
}

/* Nothing is erased or written, all is read back, and it takes less than half the time. */
static void
test_unchanged (gconstpointer data)
{
  const BoardCase *row = data;
  g_autofree guint8 *bytes = make_data (row->kib * 1024);
  Done first, done;
  g_autoptr (JobBoard) board = make_board (row->board, bytes, row->kib * 1024, &first);
  g_autoptr (FlImage) image = make_image (get_start (board), bytes, row->kib * 1024);

  done = program (board, image, &changed);
  g_assert_cmpuint (done.n_erases, ==, 0);
  g_assert_cmpuint (done.n_writes, ==, 0);
  g_assert_cmpuint (done.result.sectors_erased, ==, 0);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, count_sectors (board, row->kib * 1024));
  g_assert_cmpuint (done.result.bytes_written, ==, 0);
  g_assert_cmpuint (done.result.bytes_verified, ==, row->kib * 1024);
  g_assert_cmpfloat (done.result.seconds, <=, 0.55 * first.result.seconds);
}

/* The same kinds of flash with a custom bootloader. */
static const BoardCase checksum_boards[] = {
  { "0x467,flash=256,checksum=words", 64, 9 }, { "0x410,flash=128,checksum=words", 40, 7 },
  { "0x413,checksum=words", 224, 4 },          { "0x417,checksum=words", 24, 35 },
  { "0x416,checksum=words", 24, 13 },          { "0x450,checksum=words", 128, 0 },
  { "0x415,checksum=words", 32, 15 },
};

/* Nothing is read but a few samples and one block, which proves the checksum; the next job needs not even that. */
static void
test_checksum_unchanged (gconstpointer data)
{
  const BoardCase *row = data;
  g_autofree guint8 *bytes = make_data (row->kib * 1024);
  Done first, done, again;
  g_autoptr (JobBoard) board = make_board (row->board, bytes, row->kib * 1024, &first);
  g_autoptr (FlImage) image = make_image (get_start (board), bytes, row->kib * 1024);

  g_assert_cmpuint (first.n_checksums, ==, 0);
  done = program (board, image, &changed);
  g_assert_cmpuint (done.n_erases + done.n_writes, ==, 0);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, count_sectors (board, row->kib * 1024));
  g_assert_cmpuint (done.result.sectors_by_checksum, ==, done.result.sectors_unchanged);
  g_assert_cmpuint (done.result.bytes_verified, ==, row->kib * 1024);
  g_assert_cmpuint (done.n_reads, <=, 17);
  /* A 64th of the image, twice, and once for the block. */
  g_assert_cmpuint (done.n_checksums, <=, 1 + 2 * ((row->kib + 63) / 64));
  again = program (board, image, &changed);
  g_assert_cmpuint (again.n_checksums, ==, done.n_checksums - 1);
  g_assert_cmpuint (again.n_reads, ==, done.n_reads - 1);
  g_assert_cmpuint (again.result.sectors_by_checksum, ==, done.result.sectors_by_checksum);
}

/* A bootloader that means something else by the command is found out at once, and asked no more in this session. */
static void
test_checksum_wrong (gconstpointer data)
{
  g_autofree char *config = g_strdup_printf ("0x467,flash=256,checksum=%s", (const char *) data);
  g_autofree guint8 *bytes = make_data (64 * 1024);
  Done first;
  g_autoptr (JobBoard) board = make_board (config, bytes, 64 * 1024, &first);
  g_autoptr (FlImage) image = make_image (get_start (board), bytes, 64 * 1024);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (FlJob) job = job_board_program (board, image, &changed, FALSE);
      guint64 from = fl_trace_get_end (fl_session_get_trace (board->session));
      g_autoptr (GError) error = NULL;
      const FlProgramResult *result;
      Done done = { 0 };

      job_board_run (board, job, &error);
      g_assert_no_error (error);
      result = fl_program_job_get_result (FL_PROGRAM_JOB (job));
      count_commands (board, from, &done);
      g_assert_true (result->verified);
      g_assert_cmpuint (result->sectors_unchanged, ==, 32);
      g_assert_cmpuint (result->sectors_by_checksum, ==, 0);
      g_assert_cmpuint (result->bytes_verified, ==, 64 * 1024);
      g_assert_cmpuint (done.n_reads, >=, 256);
      g_assert_true ((done.n_checksums > 0) == (i == 0));
      g_assert_true (job_board_logged (job, FL_LOG_WARNING, "not used any more") == (i == 0));
    }
}

static JobBoard *
make_scenario_board (const char *behaviour)
{
  g_autofree char *folder = g_dir_make_tmp ("fl-changed-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "scenario.json", NULL);
  g_autofree char *config = g_strconcat (path, ",flash=256,checksum=words", NULL);
  g_autofree char *text = g_strdup_printf ("{\"device_pid\": \"0x467\", \"behaviour\": {%s}}", behaviour);
  g_autoptr (GError) error = NULL;
  JobBoard *board;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  board = job_board_new (config);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  return board;
}

/* Refused or silent, at the first use or only in the end: what was not proven is read. 9 pages of 2 KiB, 0x1200 words,
 * are asked for in the end, and not before. */
static void
test_checksum_refused (gconstpointer data)
{
  g_autofree guint8 *bytes = make_data (64 * 1024);
  g_autoptr (JobBoard) board = make_scenario_board (data);
  g_autoptr (FlImage) image = NULL;
  g_autofree guint *before = NULL;
  g_autofree guint *after = NULL;
  Done done;

  job_board_connect (board);
  job_board_fill (board, 5);
  g_assert_true (fl_sim_board_poke (board->board, get_start (board), bytes, 64 * 1024));
  bytes[9 * 2048 + 77] ^= 0x40;
  before = dup_erased (board);
  image = make_image (get_start (board), bytes, 64 * 1024);
  done = program (board, image, &changed);
  after = dup_erased (board);
  for (guint i = 0; i < fl_layout_get_n_sectors (fl_sim_board_get_layout (board->board)); i++)
    g_assert_true ((after[i] > before[i]) == (i == 9));
  g_assert_cmpuint (done.n_checksums, >, 0);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 31);
  g_assert_cmpuint (done.result.sectors_by_checksum, ==, 0);
  g_assert_cmpuint (done.result.bytes_verified, ==, 64 * 1024);
}

/* One byte in one page: that page is erased and written, and no other. An Erase command may name one page twice. */
static void
check_one_page (JobBoard *board, const BoardCase *row, guint8 *bytes, guint32 offset)
{
  g_autofree guint *before = dup_erased (board);
  g_autofree guint *after = NULL;
  const FlSector *sector = fl_layout_get_sector (fl_sim_board_get_layout (board->board), row->page);
  g_autoptr (FlImage) image = NULL;
  Done done;

  bytes[sector->address - get_start (board) + offset] ^= 0x40;
  image = make_image (get_start (board), bytes, row->kib * 1024);
  done = program (board, image, &changed);
  after = dup_erased (board);
  for (guint i = 0; i < fl_layout_get_n_sectors (fl_sim_board_get_layout (board->board)); i++)
    if ((after[i] > before[i]) != (i == row->page))
      g_error ("sector %u was erased %u times for a change at 0x%X of sector %u", i, after[i] - before[i], offset,
               row->page);
  g_assert_cmpuint (done.result.sectors_erased, ==, 1);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, count_sectors (board, row->kib * 1024) - 1);
  g_assert_cmpuint (done.result.bytes_written, ==, sector->size);
  g_assert_cmpuint (done.result.bytes_verified, ==, row->kib * 1024);
  g_assert_cmpuint (done.result.retries, ==, 0);
  if (strstr (row->board, "checksum") != NULL)
    g_assert_cmpuint (done.result.sectors_by_checksum, ==, done.result.sectors_unchanged);
}

static void
test_one_page (gconstpointer data)
{
  const BoardCase *row = data;
  g_autofree guint8 *bytes = make_data (row->kib * 1024);
  Done first;
  g_autoptr (JobBoard) board = make_board (row->board, bytes, row->kib * 1024, &first);
  guint32 size = fl_layout_get_sector (fl_sim_board_get_layout (board->board), row->page)->size;

  check_one_page (board, row, bytes, 0);
  check_one_page (board, row, bytes, size / 2 + 3);
  check_one_page (board, row, bytes, size - 1);
}

/* An image that has nothing in common with what is there pays less than a hundredth for having looked. */
static void
test_all_new (gconstpointer data)
{
  const BoardCase *row = data;
  g_autofree guint8 *bytes = make_data (row->kib * 1024);
  Done first, done;
  g_autoptr (JobBoard) board = make_board (row->board, bytes, row->kib * 1024, &first);
  g_autoptr (FlImage) image = NULL;

  for (gsize i = 0; i < row->kib * 1024; i++)
    bytes[i] ^= 0x5A;
  image = make_image (get_start (board), bytes, row->kib * 1024);
  done = program (board, image, &changed);
  g_test_message ("%" G_GUINT64_FORMAT " bytes on the wire, %" G_GUINT64_FORMAT " without looking", done.wire,
                  first.wire);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 0);
  g_assert_cmpuint (done.wire, >, first.wire);
  g_assert_cmpuint (done.wire * 100, <=, first.wire * 101);
}

/* As when a program has grown: all behind a place has moved. What is before it stays. */
static void
test_moved (void)
{
  g_autofree guint8 *bytes = make_data (64 * 1024);
  Done first, done;
  g_autoptr (JobBoard) board = make_board ("0x467,flash=256", bytes, 64 * 1024, &first);
  g_autoptr (FlImage) image = NULL;

  memmove (bytes + 37 * 1024 + 8, bytes + 37 * 1024, 27 * 1024 - 8);
  image = make_image (get_start (board), bytes, 64 * 1024);
  done = program (board, image, &changed);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 18);
  g_assert_cmpuint (done.result.sectors_erased, ==, 14);
  /* Without looking it is all of it; reading back the half that stays is still due. */
  g_assert_cmpfloat (done.result.seconds, <, 0.75 * first.result.seconds);
}

/* Every page differs where nothing is looked at: what is read in vain is bounded, and the flash is right in the end. */
static void
test_hidden_everywhere (void)
{
  g_autofree guint8 *bytes = make_data (128 * 1024);
  Done first, done;
  g_autoptr (JobBoard) board = make_board ("0x467,flash=256", bytes, 128 * 1024, &first);
  g_autoptr (FlImage) image = NULL;

  for (gsize i = 1024; i < 128 * 1024; i += 2048)
    bytes[i] ^= 1;
  image = make_image (get_start (board), bytes, 128 * 1024);
  done = program (board, image, &changed);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 0);
  g_assert_cmpuint (done.result.sectors_erased, ==, 64);
  g_assert_cmpuint (done.wire * 100, <=, first.wire * 112);
}

/* Data, then blank pages; and a blank page of the file where the flash holds something. */
static void
test_sparse (void)
{
  g_autofree guint8 *bytes = make_data (64 * 1024);
  Done first, done;
  g_autoptr (JobBoard) board = NULL;
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlImage) blank = NULL;

  for (guint i = 0; i < 8; i++)
    memset (bytes + i * 8192 + 2048, 0xFF, 6144);
  board = make_board ("0x467,flash=256", bytes, 64 * 1024, &first);
  image = make_image (get_start (board), bytes, 64 * 1024);
  done = program (board, image, &changed);
  g_assert_cmpuint (done.n_erases + done.n_writes, ==, 0);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 32);

  memset (bytes + 3 * 8192, 0xFF, 2048);
  blank = make_image (get_start (board), bytes, 64 * 1024);
  done = program (board, blank, &changed);
  g_assert_cmpuint (done.n_erases, ==, 1);
  g_assert_cmpuint (done.n_writes, ==, 0);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 31);
}

/* What shares pages with the file, and is preserved, does not stand in the way; where it is not, such a page is erased.
 */
static void
test_neighbours (void)
{
  g_autofree guint8 *bytes = make_data (10000);
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256");
  g_autofree guint8 *before = NULL;
  g_autofree guint8 *after = NULL;
  g_autoptr (FlImage) image = NULL;
  g_autoptr (FlImage) other = NULL;
  Done done;
  gsize size;

  job_board_connect (board);
  job_board_fill (board, 4);
  g_assert_true (fl_sim_board_poke (board->board, 0x08000400, bytes, 10000));
  before = job_board_dup_flash (board, &size);
  image = make_image (0x08000400, bytes, 10000);
  done = program (board, image, &preserve);
  g_assert_cmpuint (done.n_erases + done.n_writes, ==, 0);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 6);
  g_assert_cmpuint (done.result.bytes_verified, ==, 10000);

  bytes[5] ^= 1;    /* in the first page, which holds 1 KiB of something else; not where it is looked at */
  bytes[9999] ^= 1; /* in the last one; just there */
  before[0x400 + 5] ^= 1;
  before[0x400 + 9999] ^= 1;
  other = make_image (0x08000400, bytes, 10000);
  done = program (board, other, &preserve);
  after = job_board_dup_flash (board, &size);
  g_assert_cmpmem (after, size, before, size);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 4);
  g_assert_cmpuint (done.result.sectors_erased, ==, 2);
  g_assert_cmpuint (done.result.bytes_verified, ==, 10000 + 1024 + (6 * 2048 - 1024 - 10000));

  done = program (board, other, &changed); /* both ends have something else, which is to go */
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 4);
  g_assert_cmpuint (done.result.sectors_erased, ==, 2);
  g_assert_cmphex (*fl_sim_board_peek (board->board, 0x08000000, 1), ==, 0xFF);
  g_assert_cmphex (*fl_sim_board_peek (board->board, 0x08002FFF, 1), ==, 0xFF);

  done = program (board, other, &changed); /* the last page is not half full: it is quicker written than read */
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 5);
}

/* With and without looking, flash ends up the same, whatever it held before. */
static void
test_same_end (gconstpointer data)
{
  for (guint round = 0; round < 4; round++)
    {
      guint32 seed = (guint32) g_test_rand_int ();
      FlPlanOptions options = changed;
      g_autofree guint8 *ends[2] = { NULL, NULL };
      gsize size = 0;

      options.preserve = round % 2 == 1;
      g_test_message ("seed %u", seed);
      for (guint way = 0; way < 2; way++)
        {
          g_autoptr (JobBoard) board = job_board_new (data);
          g_autoptr (FlImage) old = NULL;
          g_autoptr (FlImage) image = NULL;
          const FlSegment *segment;
          g_autofree guint8 *bytes = NULL;
          gsize length;

          job_board_connect (board);
          job_board_fill (board, seed);
          old = job_board_random_image (job_board_device (board)->layout, seed, 20000);
          program (board, old, round < 2 ? &rewrite : &changed);
          segment = fl_image_get_segment (old, 0);
          bytes = g_memdup2 (g_bytes_get_data (segment->data, &length), g_bytes_get_size (segment->data));
          for (guint i = 0; i < round; i++)
            bytes[(seed >> i) % length] ^= 0x11;
          image = make_image (segment->address, bytes, length);
          options.only_changed = way == 0;
          program (board, image, &options);
          ends[way] = job_board_dup_flash (board, &size);
        }
      g_assert_cmpmem (ends[0], size, ends[1], size);
      g_clear_pointer (&ends[1], g_free);
    }
}

/* A damaged byte at every place of an answer: never a false "done". */
static void
test_damaged (gconstpointer data)
{
  g_autofree guint8 *bytes = make_data (4096);
  guint64 n_received = 0;

  for (guint64 at = 0; at == 0 || at < n_received; at += at < 100 ? 1 : 97)
    {
      Done first, done;
      g_autoptr (JobBoard) board = make_board (data, bytes, 4096, &first);
      g_autoptr (FlImage) image = NULL;
      guint64 now = fl_sim_board_get_n_received (board->board);

      bytes[2048 + 500] ^= 0x10; /* the second page differs */
      image = make_image (get_start (board), bytes, 4096);
      fl_sim_board_add_fault (board->board, TRUE, now + at, FL_SIM_FAULT_FLIP, (guint) at % 8);
      done = program (board, image, &changed);
      n_received = fl_sim_board_get_n_received (board->board) - now;
      g_assert_cmpuint (done.result.bytes_verified, ==, 4096);
      g_assert_cmpuint (done.result.sectors_erased + done.result.sectors_unchanged, ==, 2);
    }
}

/* A write that is acknowledged and not done, in what changed and in what was found later to have changed. */
static void
check_lost_write (guint32 offset)
{
  g_autofree guint8 *bytes = make_data (16 * 1024);
  guint64 n_sent = 0;

  for (guint with = 0; with < 2; with++)
    {
      Done first, done;
      g_autoptr (JobBoard) board = make_board ("0x460,flash=128", bytes, 16 * 1024, &first);
      g_autofree guint8 *changed_bytes = g_memdup2 (bytes, 16 * 1024);
      g_autoptr (FlImage) image = NULL;

      changed_bytes[offset] ^= 0x10;
      image = make_image (get_start (board), changed_bytes, 16 * 1024);
      if (with)
        fl_sim_board_add_fault (board->board, FALSE, n_sent, FL_SIM_FAULT_LOST_WRITE, 0);
      done = program (board, image, &changed);
      /* The last write: what is sent for reading back 8 pages of 8 blocks, or only one, comes after it. */
      n_sent = fl_sim_board_get_n_sent (board->board) - (offset % 2048 == 2047 ? 64 : 8) * 9 - 20;
      g_assert_cmpint (done.result.retries > 0, ==, with);
      g_assert_cmpuint (done.result.sectors_unchanged, ==, 7);
      g_assert_cmpuint (done.result.bytes_verified, ==, 16 * 1024);
    }
}

static void
test_lost_write (void)
{
  check_lost_write (3 * 2048 + 2047); /* seen at once */
  check_lost_write (3 * 2048 + 700);  /* found when it was read back */
}

/* Cancelled while it looks, while it reads back, and while what was found late is programmed: what is said is true. */
static void
test_cancel (void)
{
  static const struct
  {
    guint64 at; /* byte that the job sends */
    const char *says;
    const char *untrue;
  } rows[] = {
    { 10, "nothing was changed", "erased" },
    { 200, "nothing was changed", "erased" },
    { 8 * 9 + 64 * 9 + 40, "pages 3 erased, 3 written (not verified), 0–2, 4–7 held the file already, rest untouched",
      "nothing" },
  };
  g_autofree guint8 *bytes = make_data (16 * 1024);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Done first;
      g_autoptr (JobBoard) board = make_board ("0x460,flash=128", bytes, 16 * 1024, &first);
      g_autofree guint8 *changed_bytes = g_memdup2 (bytes, 16 * 1024);
      g_autoptr (FlImage) image = NULL;
      g_autoptr (FlJob) job = NULL;
      g_autoptr (GError) error = NULL;
      const char *state;

      changed_bytes[3 * 2048 + 700] ^= 0x10;
      image = make_image (get_start (board), changed_bytes, 16 * 1024);
      job = job_board_program (board, image, &changed, FALSE);
      board->cancel_at = rows[i].at;
      g_assert_false (job_board_run (board, job, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (board->ended_at - board->cancelled_at, <=, 200000);
      g_assert_false (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
      state = fl_job_get_board_state (job);
      if (strstr (state, rows[i].says) == NULL || strstr (state, rows[i].untrue) != NULL)
        g_error ("it says: %s", state);
      board->cancel_at = 0;
      g_cancellable_reset (board->cancellable);
      program (board, image, &changed);
    }
}

/* Where it makes no sense, or would make "done" less true, nothing is left alone. */
static void
test_not_applicable (void)
{
  static const FlPlanOptions options[] = {
    { .erase = FL_ERASE_NEEDED, .verify = TRUE },
    { .erase = FL_ERASE_ALL, .verify = TRUE, .only_changed = TRUE },
    { .erase = FL_ERASE_NEEDED, .verify = TRUE, .keep_blank = TRUE, .only_changed = TRUE },
    { .erase = FL_ERASE_NEEDED, .verify = FALSE, .only_changed = TRUE },
  };
  g_autofree guint8 *bytes = make_data (8192);
  Done first;
  g_autoptr (JobBoard) board = make_board ("0x460,flash=128", bytes, 8192, &first);
  g_autoptr (FlImage) image = make_image (get_start (board), bytes, 8192);

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autoptr (FlJob) job = job_board_program (board, image, &options[i], FALSE);
      g_autoptr (GError) error = NULL;

      job_board_run (board, job, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->bytes_written, ==, 8192);
      g_assert_cmpuint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->sectors_unchanged, ==, 0);
    }
}

/* Bank 2 of an L1 with 384 KiB, whose pages documents number in two ways. All of it can be erased; a page of it alone
 * cannot be named safely. One page that changed, whether it is seen at once or late, therefore takes all of bank 2 that
 * the file has; and nothing besides. */
static void
check_doubtful (guint32 offset)
{
  gsize size = 4096 + 192 * 1024;
  g_autofree guint8 *bytes = make_data (size);
  g_autoptr (JobBoard) board = job_board_new ("0x437,flash=384,codes=1024");
  g_autofree guint *before = NULL;
  g_autofree guint *after = NULL;
  g_autoptr (FlImage) old = fl_image_new ();
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GError) error = NULL;
  Done done;

  job_board_connect (board);
  job_board_fill (board, 3);
  fl_image_add (old, 0x08000000, bytes, 4096, &error);
  fl_image_add (old, 0x08030000, bytes + 4096, size - 4096, &error);
  fl_image_seal (old, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  program (board, old, &rewrite);
  before = dup_erased (board);
  done = program (board, old, &changed);
  g_assert_cmpuint (done.n_erases + done.n_writes, ==, 0);

  bytes[offset] ^= 0x10;
  fl_image_add (image, 0x08000000, bytes, 4096, &error);
  fl_image_add (image, 0x08030000, bytes + 4096, size - 4096, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  done = program (board, image, &changed);
  after = dup_erased (board);
  g_assert_cmpuint (done.result.bytes_verified, ==, size);
  for (guint i = 0; i < 1536; i++)
    {
      gboolean expected = offset < 4096 ? i == offset / 256 : i >= 768;

      if ((after[i] > before[i]) != expected)
        g_error ("page %u was erased %u times", i, after[i] - before[i]);
    }
}

static void
test_doubtful (void)
{
  check_doubtful (4096 + 50 * 1024 + 1023); /* seen at once */
  check_doubtful (4096 + 50 * 1024 + 100);  /* late */
  check_doubtful (1024 + 100);              /* in bank 1, which is not in doubt */
}

/* Two banks, each with a page that changed; other data around are preserved. */
static void
test_two_banks (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256");
  g_autofree guint8 *bytes = make_data (6000);
  g_autoptr (FlImage) image = fl_image_new ();
  g_autofree guint8 *before = NULL;
  g_autofree guint8 *after = NULL;
  g_autoptr (GError) error = NULL;
  Done done;
  gsize size;

  job_board_connect (board);
  job_board_fill (board, 8);
  fl_sim_board_poke (board->board, 0x08000800, bytes, 6000);
  fl_sim_board_poke (board->board, 0x08020100, bytes, 6000);
  before = job_board_dup_flash (board, &size);
  bytes[1000] ^= 2;
  fl_image_add (image, 0x08000800, bytes, 6000, &error);
  fl_image_add (image, 0x08020100, bytes, 6000, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  done = program (board, image, &preserve);
  after = job_board_dup_flash (board, &size);
  before[0x800 + 1000] ^= 2;
  before[0x20100 + 1000] ^= 2;
  g_assert_cmpmem (after, size, before, size);
  g_assert_cmpuint (done.result.sectors_erased, ==, 2);
  g_assert_cmpuint (done.result.sectors_unchanged, ==, 5);
}

static void
add_for_boards (const char *name, const BoardCase *rows, guint n_rows, GTestDataFunc func)
{
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *path = g_strdup_printf ("/changed/%s/%.5s", name, rows[i].board);

      if (fl_test_stride_takes (i))
        g_test_add_data_func (path, &rows[i], func);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_for_boards ("unchanged", boards, G_N_ELEMENTS (boards), test_unchanged);
  add_for_boards ("one-page", boards, G_N_ELEMENTS (boards), test_one_page);
  add_for_boards ("all-new", boards, G_N_ELEMENTS (boards), test_all_new);
  add_for_boards ("checksum/unchanged", checksum_boards, G_N_ELEMENTS (checksum_boards), test_checksum_unchanged);
  add_for_boards ("checksum/one-page", checksum_boards, G_N_ELEMENTS (checksum_boards), test_one_page);
  add_for_boards ("checksum/all-new", checksum_boards, G_N_ELEMENTS (checksum_boards), test_all_new);
  g_test_add_data_func ("/changed/checksum/zlib", "zlib", test_checksum_wrong);
  g_test_add_data_func ("/changed/checksum/bytes", "bytes", test_checksum_wrong);
  g_test_add_data_func ("/changed/checksum/refused", "\"nack_on\": [\"A1\"]", test_checksum_refused);
  g_test_add_data_func ("/changed/checksum/silent", "\"silent_on\": [\"A1:data\"]", test_checksum_refused);
  g_test_add_data_func ("/changed/checksum/refused-late", "\"nack_on\": [\"A1:1200\"]", test_checksum_refused);
  g_test_add_data_func ("/changed/checksum/silent-late", "\"silent_on\": [\"A1:1200\"]", test_checksum_refused);
  g_test_add_func ("/changed/moved", test_moved);
  g_test_add_func ("/changed/hidden-everywhere", test_hidden_everywhere);
  g_test_add_func ("/changed/sparse", test_sparse);
  g_test_add_func ("/changed/neighbours", test_neighbours);
  g_test_add_data_func ("/changed/same-end/g0b1", "0x467,flash=256", test_same_end);
  g_test_add_data_func ("/changed/same-end/f103", "0x410,flash=128", test_same_end);
  g_test_add_data_func ("/changed/same-end/l0", "0x417", test_same_end);
  g_test_add_data_func ("/changed/same-end/l1", "0x416", test_same_end);
  g_test_add_data_func ("/changed/same-end/checksum-g0b1", "0x467,flash=256,checksum=words", test_same_end);
  g_test_add_data_func ("/changed/same-end/checksum-l0", "0x417,checksum=words", test_same_end);
  g_test_add_data_func ("/changed/damaged/sampled", "0x460,flash=128", test_damaged);
  g_test_add_data_func ("/changed/damaged/checksum", "0x460,flash=128,checksum=words", test_damaged);
  g_test_add_func ("/changed/lost-write", test_lost_write);
  g_test_add_func ("/changed/cancel", test_cancel);
  g_test_add_func ("/changed/not-applicable", test_not_applicable);
  g_test_add_func ("/changed/doubtful", test_doubtful);
  g_test_add_func ("/changed/two-banks", test_two_banks);
  return g_test_run ();
}
