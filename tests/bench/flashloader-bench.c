/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "job-board.h"

/* Programs and verifies simulated boards over their virtual clock, and prints how much longer that takes than the wire
 * and the chip themselves need, as a table in Markdown. With "--check" only what is promised of it, which must hold. */

#define PAGE          2048 /* of the boards with a latency: a G0B1 */
#define MAX_RATIO     1.03 /* seconds ÷ (wire + chip) without an adapter's latency */
#define MAX_GAINED    0.66 /* seconds at 16 ms, packets at once ÷ one by one */
#define MAX_UNCHANGED 0.55 /* seconds where the flash holds it already ÷ (wire + chip) where it does not */
#define MAX_FRESH     0.97 /* seconds on a blank board ÷ on one that has to be erased */
#define SPARSE_STEP   8192 /* in a sparse image: one page of data, then blank ones */

typedef enum
{
  IMAGE_FULL, /* in the flash is something else */
  IMAGE_NEW,  /* the flash is blank */
  IMAGE_SPARSE,
  IMAGE_UNCHANGED, /* is in the flash already */
  IMAGE_ONE_PAGE,  /* but for one page */
} ImageKind;

static const char *const kind_names[] = {
  [IMAGE_FULL] = "random",         [IMAGE_NEW] = "random on a blank board", [IMAGE_SPARSE] = "sparse",
  [IMAGE_UNCHANGED] = "unchanged", [IMAGE_ONE_PAGE] = "one page changed",
};

static FlImage *
make_image (gsize size, ImageKind kind, gboolean changed)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  g_autofree guint8 *data = g_malloc (size);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    {
      data[i] = (guint8) g_rand_int (random);
      if (kind == IMAGE_SPARSE && i % SPARSE_STEP >= PAGE)
        data[i] = 0xFF;
    }
  if (changed)
    data[size / 2] ^= 0xFF;
  fl_image_add (image, 0x08000000, data, size, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

static void
program (JobBoard *board, FlImage *image, double *seconds, double *wire, double *chip)
{
  gint64 busy = fl_sim_board_get_busy_us (board->board);
  g_autoptr (FlJob) job = job_board_program (board, image, NULL, FALSE);
  g_autoptr (GError) error = NULL;
  const FlProgramResult *result;

  job_board_run (board, job, &error);
  g_assert_no_error (error);
  result = fl_program_job_get_result (FL_PROGRAM_JOB (job));
  *seconds = result->seconds;
  *wire = result->wire_seconds;
  *chip = (double) (fl_sim_board_get_busy_us (board->board) - busy) / G_USEC_PER_SEC;
}

/* Where something is in the flash already, it was put there by a job before, which is not counted. */
static void
measure (const char *name, guint kib, ImageKind kind, gboolean at_once, double *total, double *needed)
{
  g_autoptr (JobBoard) board = job_board_new (name);
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (FlImage) before = make_image (kib * 1024, kind, FALSE);
  g_autoptr (FlImage) image = make_image (kib * 1024, kind, kind == IMAGE_ONE_PAGE);
  double seconds, wire, chip;

  options->one_by_one = !at_once;
  job_board_session (board, options);
  job_board_connect (board);
  if (kind == IMAGE_UNCHANGED || kind == IMAGE_ONE_PAGE)
    program (board, before, &seconds, &wire, &chip);
  else if (kind != IMAGE_NEW)
    job_board_fill (board, 6);
  program (board, image, &seconds, &wire, &chip);
  g_print ("| %s | %u KiB %s | %s | %.2f | %.2f | %.2f | %.3f |\n", name, kib, kind_names[kind],
           at_once ? "at once" : "one by one", seconds, wire, chip, seconds / (wire + chip));
  if (total != NULL)
    *total = seconds;
  if (needed != NULL)
    *needed = wire + chip;
}

static void
print_table (void)
{
  static const char *const others[] = { "0x413", "0x415", "0x469", "0x450", "0x495" };
  static const guint latencies[] = { 0, 1, 16 };

  for (guint i = 0; i < G_N_ELEMENTS (latencies); i++)
    {
      g_autofree char *name = g_strdup_printf ("0x467,flash=256,latency=%u", latencies[i]);

      for (guint kind = 0; kind < G_N_ELEMENTS (kind_names); kind++)
        for (guint kib = 64; kib <= 128; kib *= 2)
          {
            measure (name, kib, kind, TRUE, NULL, NULL);
            measure (name, kib, kind, FALSE, NULL, NULL);
          }
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    measure (others[i], 256, IMAGE_FULL, TRUE, NULL, NULL);
}

/* The promises, on the virtual clock. */
static void
check_promises (void)
{
  double total, needed, slow, fresh, fresh_needed;

  measure ("0x467,flash=256,latency=0", 64, IMAGE_FULL, TRUE, &total, &needed);
  g_assert_cmpfloat (total / needed, <=, MAX_RATIO);
  measure ("0x467,flash=256,latency=0", 64, IMAGE_NEW, TRUE, &fresh, &fresh_needed);
  g_assert_cmpfloat (fresh / fresh_needed, <=, MAX_RATIO);
  g_assert_cmpfloat (fresh / total, <=, MAX_FRESH);
  measure ("0x467,flash=256,latency=16", 64, IMAGE_FULL, TRUE, &total, NULL);
  measure ("0x467,flash=256,latency=16", 64, IMAGE_FULL, FALSE, &slow, NULL);
  g_assert_cmpfloat (total / slow, <=, MAX_GAINED);
  /* Programming what is there already is little more than reading it. */
  measure ("0x467,flash=256,latency=0", 64, IMAGE_UNCHANGED, TRUE, &total, NULL);
  g_assert_cmpfloat (total / needed, <=, MAX_UNCHANGED);
  /* A bootloader that does not keep up is not slower for the trial. */
  measure ("0x467,flash=256,latency=16,burst=0", 64, IMAGE_FULL, TRUE, &total, NULL);
  measure ("0x467,flash=256,latency=16,burst=0", 64, IMAGE_FULL, FALSE, &slow, NULL);
  g_assert_cmpfloat (total, <=, slow * 1.001);
}

int
main (int argc, char **argv)
{
  gboolean check = argc == 2 && g_str_equal (argv[1], "--check");

  setlocale (LC_ALL, "");
  g_print ("Programmed and verified at 115200 8E1, on the virtual clock\n\n"
           "| board | image | packets | seconds | of them wire | chip | seconds ÷ (wire + chip) |\n"
           "| --- | --- | --- | ---: | ---: | ---: | ---: |\n");
  if (check)
    check_promises ();
  else
    print_table ();
  return 0;
}
