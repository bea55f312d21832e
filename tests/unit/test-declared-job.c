/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Chips that the database does not know, as they are declared, on simulated boards that answer Get ID with something
 * that nobody knows. */

#include <string.h>

#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "fl-options-job.h"
#include "job-board.h"

#define BOARD         "0x467,flash=128,pid=0x7FF"
#define PAGE          2048
#define DECLARE(text) fl_declaration_parse ((text), NULL)

static FlDeclaration *
make_map_declaration (guint pid)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (FlStmap) map = NULL;
  g_autoptr (GError) error = NULL;
  FlDeclaration *declared;

  g_string_append_printf (text, "[Product]\r\nPID=%04X\r\nPacketSize=FF\r\n", pid);
  for (guint i = 0; i < 64; i++)
    g_string_append_printf (text, "[Page%u]\r\nIndex=%X\r\nAddress=%08X\r\nSize=%X\r\n", i, i, 0x08000000 + i * PAGE,
                            PAGE);
  g_string_append (text, "[OptBytes]\r\nAddress=1FFF7800\r\nSize=80\r\nType=101\r\n");
  map = fl_stmap_parse (text->str, text->len, "a.STmap", &error);
  g_assert_no_error (error);
  declared = fl_declaration_new_for_map (map, &error);
  g_assert_no_error (error);
  return declared;
}

/* Connects with something declared; the job, for its log. */
static FlJob *
run_connect (JobBoard *board, FlDeclaration *declared)
{
  g_autoptr (FlConnectOptions) options = job_board_options ();
  g_autoptr (GError) error = NULL;
  FlJob *job;

  options->declared = fl_declaration_ref (declared);
  job_board_session (board, options);
  job = fl_connect_job_new (board->session);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  return job;
}

static void
connect_declared (JobBoard *board, FlDeclaration *declared)
{
  g_object_unref (run_connect (board, declared));
}

/* Programs random segments; then exactly they differ from what flash held before, in pages that were erased. */
static void
check_program (JobBoard *board, guint32 seed)
{
  FlLayout *layout = job_board_device (board)->layout;
  guint8 erased = job_board_device (board)->chip->erased_value;
  g_autoptr (FlImage) image = job_board_random_image (layout, seed, 20000);
  g_autoptr (FlJob) job = NULL;
  g_autoptr (FlJob) verify = NULL;
  g_autoptr (GError) error = NULL;

  job_board_fill (board, seed);
  job = job_board_program (board, image, NULL, FALSE);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);
      const guint8 *flash = fl_sim_board_peek (board->board, sector->address, sector->size);
      gboolean touched = FALSE;

      for (guint32 at = 0; at < sector->size; at++)
        touched = touched || fl_image_covers (image, sector->address + at, 1);
      for (guint32 at = 0; at < sector->size; at++)
        if (!touched) /* as it was: filled with anything but blank */
          g_assert_true (flash[at] != 0x00 && flash[at] != 0xFF);
        else if (!fl_image_covers (image, sector->address + at, 1))
          g_assert_cmphex (flash[at], ==, erased);
    }
  verify = fl_verify_job_new (board->session, image);
  job_board_run (board, verify, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fl_verify_job_get_bytes (FL_VERIFY_JOB (verify)), ==, fl_image_get_size (image));
}

static void
test_map (void)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlDeclaration) declared = make_map_declaration (0x7FF);
  g_autoptr (FlJob) connect = run_connect (board, declared);
  FlDevice *device = job_board_device (board);

  g_assert_true (device->declaration == declared);
  g_assert_cmphex (device->pid, ==, 0x7FF);
  g_assert_cmpuint (fl_layout_get_n_sectors (device->layout), ==, 64);
  g_assert_true (job_board_logged (connect, FL_LOG_WARNING, "a.STmap says; nothing of it was checked"));
  g_assert_null (device->options);
  for (guint32 seed = 1; seed <= 3; seed++)
    check_program (board, seed);
}

/* Boards of every kind, declared as they are: units of 32 bytes suit them all. */
static const struct
{
  const char *board;
  const char *geometry;
} families[] = {
  { "0x410,flash=128", "0x08000000:128x1K" },
  { "0x412,flash=32", "0x08000000:32x1K;command=0x43" },
  { "0x413", "0x08000000:4x16K,1x64K,7x128K" },
  { "0x415,flash=256", "0x08000000:128x2K" },
  { "0x447,flash=64", "0x08000000:512x128;erased=0x00" },
  { "0x448,flash=128", "0x08000000:64x2K;unit=4" },
  { "0x460", "0x08000000:64x2K;unit=8;command=0x44" },
  { "0x480,flash=128", "0x08000000:16x8K" },
};

static void
test_family (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *config = g_strdup_printf ("%s,pid=0x7FF", families[row].board);
  g_autoptr (JobBoard) board = job_board_new (config);
  g_autoptr (FlDeclaration) declared = DECLARE (families[row].geometry);

  connect_declared (board, declared);
  g_assert_true (job_board_device (board)->declaration == declared);
  check_program (board, row + 1);
}

/* Half of the flash is declared, and all of that is written: the other half is erased only when everything was to be.
 */
static const struct
{
  const char *name;
  gboolean by_program; /* otherwise by an erase job */
  gboolean everything; /* was asked for */
} halves[] = {
  { "program", TRUE, FALSE },
  { "program-all", TRUE, TRUE },
  { "erase-pages", FALSE, FALSE },
  { "erase-all", FALSE, TRUE },
};

static FlJob *
make_half_job (JobBoard *board, guint row)
{
  const FlPlanOptions all = { .erase = FL_ERASE_ALL, .verify = TRUE };
  g_autofree guint8 *data = g_malloc (32 * PAGE);
  g_autofree guint *pages = g_new (guint, 32);
  g_autoptr (FlImage) image = fl_image_new ();

  for (guint i = 0; i < 32; i++)
    pages[i] = i;
  if (!halves[row].by_program)
    return fl_erase_job_new (board->session, pages, halves[row].everything ? 0 : 32);
  memset (data, 0x5A, 32 * PAGE);
  fl_image_add (image, 0x08000000, data, 32 * PAGE, NULL);
  fl_image_seal (image, FL_IMAGE_BIN, NULL);
  return job_board_program (board, image, halves[row].everything ? &all : NULL, FALSE);
}

static void
test_half (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlDeclaration) declared = DECLARE ("0x08000000:32x2K");
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  connect_declared (board, declared);
  job_board_fill (board, 1);
  job = make_half_job (board, row);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_cmphex (fl_sim_board_peek (board->board, 0x08000000, 1)[0], ==, halves[row].by_program ? 0x5A : 0xFF);
  g_assert_true ((fl_sim_board_peek (board->board, 0x08010000, 1)[0] == 0xFF) == halves[row].everything);
}

/* Nothing else than flash is written: its option bytes are nobody's business. */
static void
test_refused (void)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlDeclaration) declared = make_map_declaration (0x7FF);

  connect_declared (board, declared);
  for (guint kind = FL_PROTECT_READ; kind <= FL_UNPROTECT_WRITE; kind++)
    {
      g_autoptr (FlJob) job = fl_protect_job_new (board->session, (FlProtectKind) kind, TRUE);
      g_autoptr (GError) error = NULL;

      g_assert_false (job_board_run (board, job, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_UNKNOWN_DEVICE);
    }
}

/* What is known, or is for another chip, is not declared. */
static void
test_not_used (void)
{
  static const struct
  {
    const char *board;
    guint map_pid;
    guint n_sectors; /* 0: the chip stays unknown */
    const char *part;
  } rows[] = {
    { "0x467,flash=128", 0x467, 64, "not needed" },
    { "0x467,flash=256", 0x467, 128, "this chip has 256 KiB" },
    { "0x467,flash=128", 0x410, 64, "would be wrong here" },
    { BOARD, 0x7FE, 0, "0x7FE, which is not known" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JobBoard) board = job_board_new (rows[i].board);
      g_autoptr (FlDeclaration) declared = make_map_declaration (rows[i].map_pid);
      g_autoptr (FlJob) connect = run_connect (board, declared);
      FlDevice *device = job_board_device (board);
      gboolean remarked = FALSE;

      g_assert_null (device->declaration);
      g_assert_cmpuint (device->layout != NULL ? fl_layout_get_n_sectors (device->layout) : 0, ==, rows[i].n_sectors);
      g_assert_true (job_board_logged (connect, FL_LOG_WARNING, "a.STmap was not used"));
      g_assert_true (job_board_logged (connect, FL_LOG_WARNING, rows[i].part));
      for (guint at = 0; at < device->remarks->len; at++)
        remarked = remarked || strstr (g_ptr_array_index (device->remarks, at), rows[i].part) != NULL;
      g_assert_true (remarked);
    }
}

/* A map that is wrong is found out by what is read back, and nothing is called done. */
static void
test_wrong_geometry (void)
{
  g_autoptr (JobBoard) board = job_board_new (BOARD);
  g_autoptr (FlDeclaration) declared = DECLARE ("0x08000000:16x4K");
  guint page = 0;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  connect_declared (board, declared);
  job = fl_erase_job_new (board->session, &page, 1);
  job_board_fill (board, 1);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_ERASE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/declared-job/map", test_map);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *path = g_strdup_printf ("/declared-job/family/%.5s", families[i].board);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_family);
    }
  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      g_autofree char *path = g_strdup_printf ("/declared-job/half/%s", halves[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_half);
    }
  g_test_add_func ("/declared-job/refused", test_refused);
  g_test_add_func ("/declared-job/not-used", test_not_used);
  g_test_add_func ("/declared-job/wrong-geometry", test_wrong_geometry);
  return g_test_run ();
}
