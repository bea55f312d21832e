/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "job-board.h"

/* Programs and verifies 256 KiB of a simulated board over its virtual clock, and prints how much longer that takes than
 * the wire and the chip themselves need. */

#define SIZE (256 * 1024)

static FlImage *
make_image (void)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autofree guint8 *data = g_malloc (SIZE);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SIZE; i++)
    data[i] = (guint8) (i * 13 ^ i >> 7);
  fl_image_add (image, 0x08000000, data, SIZE, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

static void
measure (const char *name)
{
  g_autoptr (JobBoard) board = job_board_new (name);
  g_autoptr (FlImage) image = make_image ();
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;
  const FlProgramResult *result;
  double chip;

  job_board_connect (board);
  chip = (double) fl_sim_board_get_busy_us (board->board);
  job = job_board_program (board, image, NULL, FALSE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  chip = ((double) fl_sim_board_get_busy_us (board->board) - chip) / G_USEC_PER_SEC;
  result = fl_program_job_get_result (FL_PROGRAM_JOB (job));
  g_print ("%-24s %8.2f s in all: %8.2f s wire, %7.2f s chip: %.4f × (wire + chip); %.2f s of real time\n", name,
           result->seconds, result->wire_seconds, chip, result->seconds / (result->wire_seconds + chip),
           (double) board->real_us / G_USEC_PER_SEC);
}

int
main (void)
{
  static const char *const boards[] = { "0x467,flash=256",           "0x413", "0x415", "0x469", "0x450", "0x495",
                                        "0x467,flash=256,latency=16" };

  setlocale (LC_ALL, "");
  g_print ("256 KiB programmed and verified at 115200 8E1\n");
  for (guint i = 0; i < G_N_ELEMENTS (boards); i++)
    measure (boards[i]);
  return 0;
}
