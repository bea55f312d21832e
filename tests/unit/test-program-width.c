/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How many bytes F2, F4 and F7 program at once, by the supply voltage that the user names. */

#include <glib/gstdio.h>

#include "fl-error.h"
#include "fl-notebook.h"
#include "fl-program-width.h"
#include "job-board.h"

static const struct
{
  const char *text;
  int supply; /* -1: refused */
} volts[] = {
  { "1.7", FL_SUPPLY_1V8 },
  { "1.8", FL_SUPPLY_1V8 },
  { "2.1", FL_SUPPLY_1V8 },
  { "2.11", FL_SUPPLY_2V1 },
  { "2.5", FL_SUPPLY_2V4 },
  { "2.7", FL_SUPPLY_2V4 },
  { "2.8", FL_SUPPLY_2V7 },
  { "3", FL_SUPPLY_2V7 },
  { "3.3", FL_SUPPLY_2V7 },
  { "3.6", FL_SUPPLY_2V7 },
  { "unknown", FL_SUPPLY_UNKNOWN },
  { "3.7", -1 },
  { "1.6", -1 },
  { "5", -1 },
  { "9", -1 },
  { "", -1 },
  { "3.3V", -1 },
  { "3,3", -1 },
  { "-3.3", -1 },
  { "nan", -1 },
  { "1e400", -1 },
  { "0x3", -1 },
};

static void
test_volts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (volts); i++)
    {
      g_autoptr (GError) error = NULL;
      FlSupply supply = FL_N_SUPPLIES;
      gboolean ok = fl_supply_parse (volts[i].text, &supply, &error);

      if (volts[i].supply < 0)
        g_assert_error (error, FL_ERROR, FL_ERROR_USAGE);
      else
        g_assert_no_error (error);
      g_assert_true (ok == (volts[i].supply >= 0));
      if (ok)
        g_assert_cmpint (supply, ==, volts[i].supply);
    }
}

/* What the bootloader is told, and what it does then (AN2606, table 4). */
static void
test_ranges (void)
{
  static const struct
  {
    FlSupply supply;
    guint8 byte;
    guint width;
  } rows[] = {
    { FL_SUPPLY_UNKNOWN, 0, 1 }, { FL_SUPPLY_1V8, 0, 1 }, { FL_SUPPLY_2V1, 1, 2 },
    { FL_SUPPLY_2V4, 2, 2 },     { FL_SUPPLY_2V7, 3, 4 },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (rows) == FL_N_SUPPLIES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpuint (fl_supply_get_byte (rows[i].supply), ==, rows[i].byte);
      g_assert_cmpuint (fl_supply_get_width (rows[i].supply), ==, rows[i].width);
    }
}

/* Which chips have the choice is in their rows. */
static void
test_chips (void)
{
  const GPtrArray *chips = fl_chip_db_all ();

  for (guint i = 0; i < chips->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (chips, i);
      gboolean has =
          g_str_equal (chip->series, "F2") || g_str_equal (chip->series, "F4") || g_str_equal (chip->series, "F7");

      g_assert_cmphex (chip->supply_address, ==, has ? 0xFFFF0000u : 0);
    }
  g_assert_cmpuint (fl_supply_get_erase_percent (FL_SUPPLY_UNKNOWN, fl_chip_db_find (0x413)), ==, 100);
  g_assert_cmpuint (fl_supply_get_erase_percent (FL_SUPPLY_2V1, fl_chip_db_find (0x413)), ==, 65);
  g_assert_cmpuint (fl_supply_get_erase_percent (FL_SUPPLY_2V7, fl_chip_db_find (0x413)), ==, 50);
  g_assert_cmpuint (fl_supply_get_erase_percent (FL_SUPPLY_2V7, fl_chip_db_find (0x411)), ==, 100); /* not known */
  g_assert_cmpuint (fl_supply_get_erase_percent (FL_SUPPLY_2V7, fl_chip_db_find (0x467)), ==, 100);
}

/* What a job took of the chip, apart from the wire. */
typedef struct
{
  guint64 busy_us;
  guint64 n_sent;
  double expected; /* seconds, by the plan */
  guint8 byte;     /* what the bootloader says afterwards */
} Spent;

static FlImage *
make_image (JobBoard *board)
{
  g_autoptr (FlImage) image = fl_image_new ();
  g_autofree guint8 *data = g_malloc (8192);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 8192; i++)
    data[i] = (guint8) (i * 7 + i / 256);
  fl_image_add (image, fl_layout_get_start (fl_sim_board_get_layout (board->board)), data, 8192, &error);
  fl_image_seal (image, FL_IMAGE_BIN, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&image);
}

static FlJob *
make_job (JobBoard *board, FlSupply supply, FlEraseMode erase, double *expected)
{
  FlPlanOptions options = fl_plan_options_default;
  g_autoptr (FlImage) image = make_image (board);
  g_autoptr (FlPlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  options.supply = supply;
  options.only_changed = FALSE; /* a flash that holds it already is told nothing, because nothing is written */
  options.erase = erase;
  plan = fl_plan_new (job_board_device (board), image, &options, &error);
  g_assert_no_error (error);
  fl_plan_set_link (plan, 115200, 11, 0, 3, 3);
  if (expected != NULL)
    *expected = fl_plan_get_seconds (plan, NULL);
  return fl_program_job_new (board->session, plan, FALSE);
}

static void
run (JobBoard *board, FlJob *job)
{
  g_autoptr (GError) error = NULL;

  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (fl_program_job_get_result (FL_PROGRAM_JOB (job))->verified);
}

static Spent
spend (const char *config, FlSupply supply, FlEraseMode erase)
{
  g_autoptr (JobBoard) board = job_board_new (config);
  g_autoptr (FlJob) job = NULL;
  Spent spent = { 0 };
  guint64 busy_before;

  job_board_connect (board);
  busy_before = fl_sim_board_get_busy_us (board->board);
  job = make_job (board, supply, erase, &spent.expected);
  run (board, job);
  spent.busy_us = fl_sim_board_get_busy_us (board->board) - busy_before;
  spent.n_sent = board->n_sent;
  g_assert_true (
      job_board_logged (job, FL_LOG_OK, "Supply voltage")
      == (supply != FL_SUPPLY_UNKNOWN && fl_chip_db_find (job_board_device (board)->pid)->supply_address != 0));
  return spent;
}

/* Programming takes the less time the more bytes go at once, erasing as much as the data sheet says, and the flash
 * holds what it should. */
static void
test_faster (gconstpointer data)
{
  const char *config = data;
  Spent slow = spend (config, FL_SUPPLY_UNKNOWN, FL_ERASE_NONE);

  for (FlSupply supply = FL_SUPPLY_1V8; supply < FL_N_SUPPLIES; supply++)
    {
      Spent fast = spend (config, supply, FL_ERASE_NONE);

      g_assert_cmpfloat_with_epsilon ((double) slow.busy_us / (double) fast.busy_us, fl_supply_get_width (supply),
                                      0.01);
      g_assert_cmpuint (fast.n_sent, >, slow.n_sent); /* it was said */
      g_assert_cmpuint (fast.n_sent, <, slow.n_sent + 40);
      if (fl_supply_get_width (supply) > 1)
        g_assert_cmpfloat (fast.expected, <, slow.expected);
    }
}

static void
test_erase (void)
{
  Spent slow[2] = { spend ("0x413", FL_SUPPLY_UNKNOWN, FL_ERASE_NEEDED),
                    spend ("0x413", FL_SUPPLY_UNKNOWN, FL_ERASE_NONE) };
  Spent fast[2] = { spend ("0x413", FL_SUPPLY_2V7, FL_ERASE_NEEDED), spend ("0x413", FL_SUPPLY_2V7, FL_ERASE_NONE) };

  g_assert_cmpfloat_with_epsilon (
      (double) (fast[0].busy_us - fast[1].busy_us) / (double) (slow[0].busy_us - slow[1].busy_us), 0.5, 0.01);
  g_assert_cmpfloat_with_epsilon ((fast[0].expected - fast[1].expected) / (slow[0].expected - slow[1].expected), 0.5,
                                  0.05);
}

/* Chips without the choice are told nothing. */
static void
test_others (void)
{
  Spent without = spend ("0x467", FL_SUPPLY_UNKNOWN, FL_ERASE_NEEDED),
        with = spend ("0x467", FL_SUPPLY_2V7, FL_ERASE_NEEDED);

  g_assert_cmpuint (with.n_sent, ==, without.n_sent);
  g_assert_cmpuint (with.busy_us, ==, without.busy_us);
}

/* In one session: said once, taken back when the user takes it back, and said anew to a bootloader that was reset. */
static void
test_session (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x413");
  g_autoptr (FlJob) first = NULL;
  g_autoptr (FlJob) second = NULL;
  g_autoptr (FlJob) third = NULL;

  job_board_connect (board);
  first = make_job (board, FL_SUPPLY_2V7, FL_ERASE_NEEDED, NULL);
  run (board, first);
  g_assert_true (job_board_logged (first, FL_LOG_OK, "4 bytes at a time"));
  second = make_job (board, FL_SUPPLY_2V7, FL_ERASE_NEEDED, NULL);
  run (board, second);
  g_assert_false (job_board_logged (second, FL_LOG_OK, "Supply voltage"));
  third = make_job (board, FL_SUPPLY_UNKNOWN, FL_ERASE_NEEDED, NULL);
  run (board, third);
  g_assert_true (job_board_logged (third, FL_LOG_OK, "1 byte at a time"));
}

static JobBoard *
make_scenario_board (const char *chip, const char *behaviour)
{
  g_autofree char *folder = g_dir_make_tmp ("fl-width-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "scenario.json", NULL);
  g_autofree char *scenario = g_strdup_printf ("{\"device_pid\": \"%s\", \"behaviour\": {%s}}", chip, behaviour);
  g_autoptr (GError) error = NULL;
  JobBoard *board;

  g_file_set_contents (path, scenario, -1, &error);
  g_assert_no_error (error);
  board = job_board_new (path);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  job_board_connect (board);
  return board;
}

/* What the data sheet gives at worst for 128 KiB, for everything and for a block, and what is waited for. */
static const struct
{
  const char *board;
  FlSupply supply;
  guint worst_page_ms, page_ms;
  guint worst_mass_ms, mass_ms;
  guint worst_program_ms, program_ms;
} limit_rows[] = {
  { "0x413", FL_SUPPLY_UNKNOWN, 4000, 4000, 32000, 32000, 26, 26 },
  { "0x413", FL_SUPPLY_1V8, 4000, 4000, 32000, 32000, 26, 26 },
  { "0x413", FL_SUPPLY_2V1, 2600, 3000, 22000, 24000, 13, 13 },
  { "0x413", FL_SUPPLY_2V4, 2600, 3000, 22000, 24000, 13, 13 },
  { "0x413", FL_SUPPLY_2V7, 2000, 2400, 16000, 19200, 7, 7 },
  { "0x458", FL_SUPPLY_UNKNOWN, 2400, 2400, 4000, 4000, 26, 26 }, /* its largest sector has 64 KiB */
  { "0x411", FL_SUPPLY_2V7, 2000, 4000, 16000, 32000, 7, 7 },     /* not known of F2: as byte by byte */
  { "0x449", FL_SUPPLY_2V7, 4000, 8000, 16000, 32000, 7, 7 },     /* nor of F7 */
};

static void
test_limits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (limit_rows); i++)
    {
      g_autoptr (JobBoard) board = job_board_new (limit_rows[i].board);
      const FlBootLimits *limits;
      g_autoptr (FlJob) job = NULL;

      job_board_connect (board);
      job = make_job (board, limit_rows[i].supply, FL_ERASE_NEEDED, NULL);
      run (board, job);
      limits = fl_boot_get_limits (fl_session_get_boot (board->session));
      g_assert_cmpuint (limits->erase_page_ms, ==, limit_rows[i].page_ms);
      g_assert_cmpuint (limits->erase_page_ms, >=, limit_rows[i].worst_page_ms);
      g_assert_cmpuint (limits->erase_mass_ms, ==, limit_rows[i].mass_ms);
      g_assert_cmpuint (limits->erase_mass_ms, >=, limit_rows[i].worst_mass_ms);
      g_assert_cmpuint (limits->program_ms, ==, limit_rows[i].program_ms);
      g_assert_cmpuint (limits->program_ms, >=, limit_rows[i].worst_program_ms);
    }
}

/* Seconds until a chip that does not answer the erasing of its first sector is given up. */
static double
give_up (FlSupply supply)
{
  g_autoptr (JobBoard) board = make_scenario_board ("0x413", "\"silent_on\": [\"44:data\"]");
  g_autoptr (FlJob) job = make_job (board, supply, FL_ERASE_NEEDED, NULL);
  gint64 began = fl_sim_board_get_time (board->board);
  g_autoptr (GError) error = NULL;

  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_TIMEOUT);
  return (double) (fl_sim_board_get_time (board->board) - began) / G_USEC_PER_SEC;
}

/* Each of the four attempts waits for as long as this width may need, and not longer. */
static void
test_waits (void)
{
  double slow = give_up (FL_SUPPLY_UNKNOWN);

  g_assert_cmpfloat (slow, >, 4 * 4.0);
  g_assert_cmpfloat_with_epsilon (slow - give_up (FL_SUPPLY_2V4), 4 * (4.0 - 3.0), 0.2);
  g_assert_cmpfloat_with_epsilon (slow - give_up (FL_SUPPLY_2V7), 4 * (4.0 - 2.4), 0.2);
}

/* A chip at its worst, 2 s for a sector, is not given up. */
static void
test_worst (void)
{
  g_autoptr (JobBoard) board = make_scenario_board ("0x413", "\"delay_ms_per_page\": 2000");
  g_autoptr (FlJob) job = make_job (board, FL_SUPPLY_2V7, FL_ERASE_NEEDED, NULL);

  run (board, job);
  g_assert_cmpuint (fl_program_job_get_result (FL_PROGRAM_JOB (job))->retries, ==, 0);
}

typedef struct
{
  const char *path;
  const char *chip;
  const char *behaviour;
} RefusedCase;

static const RefusedCase refused_cases[] = {
  { "nack", "0x413", "nack_on" },
  { "silent", "0x413", "silent_on" },           /* an address that it drops in silence */
  { "silent-once-more", "0x449", "silent_on" }, /* not known for that: it is asked as often as anything else */
};

/* A bootloader that refuses, or says nothing: the job goes on as before, and says so. */
static void
test_refused (gconstpointer data)
{
  const RefusedCase *row = data;
  g_autofree char *behaviour = g_strdup_printf ("\"%s\": [\"31@FFFF0000\"]", row->behaviour);
  guint64 slow = spend (row->chip, FL_SUPPLY_UNKNOWN, FL_ERASE_NEEDED).busy_us, busy;
  g_autoptr (JobBoard) board = NULL;
  g_autoptr (FlJob) job = NULL;

  board = make_scenario_board (row->chip, behaviour);
  busy = fl_sim_board_get_busy_us (board->board);
  job = make_job (board, FL_SUPPLY_2V7, FL_ERASE_NEEDED, NULL);
  run (board, job);
  g_assert_true (job_board_logged (job, FL_LOG_FAILED, "byte by byte"));
  g_assert_cmpuint (fl_sim_board_get_busy_us (board->board) - busy, ==, slow);
}

/* A bootloader that does not say what it was told, or a line on which that cannot be understood. */
typedef struct
{
  guint8 sent[9]; /* last */
  guint n_sent;   /* since the line turned */
  guint n_lies;   /* how often yet it says something else */
  gboolean garbled;
} Liar;

/* The byte at 0xFFFF0000 is read by itself; with the packets one by one, or all at once. */
static guint8
lie (guint8 byte, gboolean to_host, guint at, guint baud, gpointer user_data)
{
  static const guint8 address[] = { 0xFF, 0xFF, 0x00, 0x00, 0x00 }, count[] = { 0x00, 0xFF };
  Liar *self = user_data;
  gsize n = sizeof self->sent;

  if (!to_host)
    {
      self->n_sent = at + 1;
      memmove (self->sent, self->sent + 1, n - 1);
      self->sent[n - 1] = byte;
      return byte;
    }
  if (self->garbled && memcmp (self->sent + n - sizeof address, address, sizeof address) == 0)
    return 0x55;
  if (self->n_lies == 0 || at != (self->n_sent == sizeof count ? 1u : 3u)
      || memcmp (self->sent + n - sizeof count, count, sizeof count) != 0
      || memcmp (self->sent + n - sizeof count - sizeof address, address, sizeof address) != 0)
    return byte;
  self->n_lies--;
  return 4;
}

static JobBoard *
plug_liar (Liar *liar)
{
  JobBoard *board = job_board_new ("0x413");

  board->spoil = lie;
  board->spoil_data = liar;
  job_board_connect (board);
  return board;
}

/* It says another width: it is told to go byte by byte, and anew by the next job. */
static void
test_other_width (void)
{
  guint64 slow = spend ("0x413", FL_SUPPLY_UNKNOWN, FL_ERASE_NEEDED).busy_us, busy;
  Liar liar = { .n_lies = 0 };
  g_autoptr (JobBoard) board = plug_liar (&liar);
  g_autoptr (FlJob) first = make_job (board, FL_SUPPLY_2V7, FL_ERASE_NEEDED, NULL);
  g_autoptr (FlJob) second = NULL;
  g_autoptr (FlJob) third = NULL;

  run (board, first);
  g_assert_true (job_board_logged (first, FL_LOG_OK, "4 bytes at a time"));
  job_board_fill (board, 1);
  liar.n_lies = 1;
  busy = fl_sim_board_get_busy_us (board->board);
  second = make_job (board, FL_SUPPLY_2V1, FL_ERASE_NEEDED, NULL);
  run (board, second);
  g_assert_cmpuint (liar.n_lies, ==, 0);
  g_assert_true (job_board_logged (second, FL_LOG_FAILED, "says 0x04 after 0x01 was written"));
  g_assert_cmpuint (fl_sim_board_get_busy_us (board->board) - busy, ==, slow);
  third = make_job (board, FL_SUPPLY_2V7, FL_ERASE_NEEDED, NULL);
  run (board, third);
  g_assert_true (job_board_logged (third, FL_LOG_OK, "4 bytes at a time"));
}

/* It says another width whatever it is told, or nothing that can be understood: the job ends before anything is erased.
 */
static void
test_not_told (void)
{
  static const Liar rows[] = { { .n_lies = 2 }, { .garbled = TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Liar liar = rows[i];
      g_autoptr (JobBoard) board = plug_liar (&liar);
      g_autoptr (FlJob) job = make_job (board, FL_SUPPLY_2V7, FL_ERASE_NEEDED, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (job_board_run (board, job, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_PROTOCOL);
      g_assert_false (job_board_logged (job, FL_LOG_OK, "Erasing"));
    }
}

/* Kept by the board's unique ID; another board of the same kind was not asked about. */
static void
test_kept (void)
{
  static const gint64 nonsense[] = { FL_N_SUPPLIES, -1, G_MAXINT64 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("fl-width-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "remembered.ini", NULL);
  g_autofree char *text = NULL;
  g_autofree char *uid = NULL;
  g_autofree char *page = NULL;
  g_autoptr (JobBoard) board = job_board_new ("0x413");
  g_autoptr (FlDevice) other = fl_device_new (0x413);
  g_autoptr (FlDevice) hidden = fl_device_new (0x413);
  g_autoptr (FlDevice) without = fl_device_new (0x467);
  FlDevice *device;

  job_board_connect (board);
  device = job_board_device (board);
  g_assert_cmpuint (device->uid_length, ==, 12);
  other->uid_length = without->uid_length = 12;
  other->uid[0] = 1;
  g_assert_cmpint (fl_program_width_recall (path, device), ==, FL_SUPPLY_UNKNOWN);
  g_assert_true (fl_program_width_remember (path, device, FL_SUPPLY_2V4, &error));
  g_assert_cmpint (fl_program_width_recall (path, device), ==, FL_SUPPLY_2V4);
  g_assert_cmpint (fl_program_width_recall (path, other), ==, FL_SUPPLY_UNKNOWN);
  g_assert_cmpint (fl_program_width_recall (NULL, device), ==, FL_SUPPLY_UNKNOWN);
  g_assert_true (fl_program_width_remember (path, hidden, FL_SUPPLY_2V7, &error)); /* without a unique ID: not kept */
  g_assert_true (fl_program_width_remember (path, without, FL_SUPPLY_2V7, &error));
  g_assert_cmpint (fl_program_width_recall (path, hidden), ==, FL_SUPPLY_UNKNOWN);
  g_assert_cmpint (fl_program_width_recall (path, without), ==, FL_SUPPLY_UNKNOWN);
  uid = fl_device_dup_uid (device);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_null (strstr (text, uid));
  g_assert_true (fl_program_width_remember (path, device, FL_SUPPLY_UNKNOWN, &error));
  g_assert_cmpint (fl_program_width_recall (path, device), ==, FL_SUPPLY_UNKNOWN);
  page = fl_notebook_dup_page ("board", device->uid, device->uid_length);
  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      g_assert_true (fl_notebook_set (path, page, "supply", nonsense[i], &error));
      g_assert_cmpint (fl_program_width_recall (path, device), ==, FL_SUPPLY_UNKNOWN);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/width/volts", test_volts);
  g_test_add_func ("/width/ranges", test_ranges);
  g_test_add_func ("/width/chips", test_chips);
  g_test_add_data_func ("/width/faster/f2", "0x411", test_faster);
  g_test_add_data_func ("/width/faster/f4", "0x413", test_faster);
  g_test_add_data_func ("/width/faster/f7", "0x449", test_faster);
  g_test_add_func ("/width/erase", test_erase);
  g_test_add_func ("/width/limits", test_limits);
  g_test_add_func ("/width/waits", test_waits);
  g_test_add_func ("/width/worst", test_worst);
  g_test_add_func ("/width/others", test_others);
  g_test_add_func ("/width/session", test_session);
  for (gsize i = 0; i < G_N_ELEMENTS (refused_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/width/refused/", refused_cases[i].path, NULL);

      g_test_add_data_func (path, &refused_cases[i], test_refused);
    }
  g_test_add_func ("/width/other-width", test_other_width);
  g_test_add_func ("/width/not-told", test_not_told);
  g_test_add_func ("/width/kept", test_kept);
  return g_test_run ();
}
