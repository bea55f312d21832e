/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Option bytes and protection, written to simulated boards: what is asked for is there afterwards, nothing else has
 * changed, and nothing dangerous happens without the consent that it needs. */

#include <string.h>

#include "fl-boot0.h"
#include "fl-bytes.h"
#include "fl-error.h"
#include "fl-flash-jobs.h"
#include "fl-options-job.h"
#include "fl-write-protect.h"
#include "job-board.h"

static FlOptionSet *
copy_options (JobBoard *board)
{
  g_assert_nonnull (job_board_device (board)->options);
  return fl_option_set_copy (job_board_device (board)->options);
}

static guint32
get_option (JobBoard *board, const char *name)
{
  FlDevice *device = job_board_device (board);

  return fl_option_set_get (device->options, fl_chip_find_option (device->chip, name));
}

/* Writes "NAME=VALUE NAME=VALUE". */
static gboolean
write_options (JobBoard *board, const char *assignments, gboolean agreed, const char *typed, GError **error)
{
  g_autoptr (FlOptionSet) wanted = copy_options (board);
  g_auto (GStrv) list = g_strsplit (assignments, " ", -1);
  g_autoptr (FlJob) job = NULL;

  for (char **assignment = list; *assignment != NULL; assignment++)
    g_assert_true (fl_option_set_parse (wanted, *assignment, NULL));
  job = fl_options_job_new (board->session, wanted, agreed, typed);
  return job_board_run (board, job, error);
}

/* A field of a chip that can be changed without ending the session: each group of them once. */
static gboolean
is_harmless (const FlOptionField *field)
{
  return !field->read_only && field->kind->role == FL_OPTION_ROLE_NONE && field->kind->danger <= FL_DANGER_MEDIUM
         && field->kind->group != FL_OPTION_GROUP_BOOT && field->kind->group != FL_OPTION_GROUP_BANKS;
}

/* Every chip that has option bytes: one field in every word is changed, read back, and changed back; all others stay.
 */
static void
round_trip (const FlChip *chip)
{
  g_autofree char *config = g_strdup_printf ("0x%03X", chip->pid);
  g_autoptr (JobBoard) board = job_board_new (config);
  g_autoptr (FlOptionSet) before = NULL;
  g_autoptr (FlOptionSet) wanted = NULL;
  const FlOptionWord *last = NULL;
  guint n_changed = 0;

  job_board_connect (board);
  before = copy_options (board);
  wanted = fl_option_set_copy (before);
  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);
      guint32 mask = fl_option_field_get_mask (field);
      g_autoptr (GError) error = NULL;

      if (field->word == last || !is_harmless (field))
        continue;
      last = field->word;
      g_assert_true (fl_option_set_put (wanted, field, ~fl_option_set_get (before, field) & mask, &error));
      n_changed++;
    }
  g_assert_cmpuint (n_changed, >, 0);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (FlJob) job = fl_options_job_new (board->session, round == 0 ? wanted : before, TRUE, NULL);
      g_autoptr (GPtrArray) differences = NULL;
      g_autoptr (GError) error = NULL;

      job_board_run (board, job, &error);
      g_assert_no_error (error);
      differences = fl_option_set_diff (round == 0 ? wanted : before, job_board_device (board)->options);
      g_assert_cmpuint (differences->len, ==, 0);
      g_assert_true (fl_option_set_is_sound (job_board_device (board)->options, NULL));
    }
}

static void
test_round_trip (void)
{
  const GPtrArray *all = fl_chip_db_all ();
  guint n_chips = 0;

  for (guint i = 0; i < all->len; i++)
    {
      const FlChip *chip = g_ptr_array_index (all, i);

      if (chip->option_words->len == 0)
        continue;
      round_trip (chip);
      n_chips++;
    }
  g_assert_cmpuint (n_chips, ==, 85);
}

/* BOOT0 made to work while there is still time: the next session gets in with the pin. */
static void
test_boot0 (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256,boot0=ignored");
  g_autoptr (FlOptionSet) wanted = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  g_assert_cmpint (fl_boot0_get (job_board_device (board)->options), ==, FL_BOOT0_FLASH);
  wanted = copy_options (board);
  g_assert_true (fl_boot0_enable_pin (wanted));
  job = fl_options_job_new (board->session, wanted, TRUE, NULL);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_boot0_get (job_board_device (board)->options), ==, FL_BOOT0_PIN);
  g_assert_cmpuint (get_option (board, "nBOOT_SEL"), ==, 0);
  g_assert_true (fl_sim_board_is_in_bootloader (board->board));
}

/* The other way round the session ends: truthful, because it could not be read back. */
static void
test_locked_out (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467,flash=256,blank=0");
  g_autoptr (FlOptionSet) wanted = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  wanted = copy_options (board);
  g_assert_true (fl_option_set_parse (wanted, "nBOOT_SEL=1", NULL));
  job = fl_options_job_new (board->session, wanted, TRUE, NULL);
  g_assert_false (job_board_run (board, job, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_NO_ANSWER);
  g_assert_nonnull (strstr (fl_job_get_board_state (job), "written and acknowledged"));
  g_assert_false (fl_sim_board_is_in_bootloader (board->board));
}

static const struct
{
  const char *config;
  const char *assignments;
  gboolean agreed;
  const char *typed;
} refusals[] = {
  { "0x467", "RDP=0xCC", TRUE, NULL },        /* a yes is not enough */
  { "0x467", "RDP=0xCC", TRUE, "STM32G071" }, /* another chip's name */
  { "0x467", "RDP=0xBB", FALSE, NULL },       { "0x467", "IWDG_SW=0", FALSE, NULL },
  { "0x467", "BOOT_LOCK=1", TRUE, NULL },     { "0x484", "PRODUCT_STATE=0x5C", TRUE, "" },
  { "0x482", "TZEN=1", TRUE, "yes" },         { "0x413", "RDP=0xCC", TRUE, "F405" },
};

static void
test_consent (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (JobBoard) board = job_board_new (refusals[i].config);
      g_autoptr (FlOptionSet) before = NULL;
      g_autoptr (GPtrArray) differences = NULL;
      g_autoptr (FlConnectOptions) options = job_board_options ();
      g_autoptr (GError) error = NULL;

      job_board_connect (board);
      before = copy_options (board);
      g_assert_false (write_options (board, refusals[i].assignments, refusals[i].agreed, refusals[i].typed, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);

      fl_session_close (board->session);
      job_board_session (board, options);
      job_board_connect (board); /* as a stranger would: it holds what it held */
      differences = fl_option_set_diff (before, job_board_device (board)->options);
      g_assert_cmpuint (differences->len, ==, 0);
    }
}

/* With the name it is done, and the chip is gone for good. */
static void
test_level_2 (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467");
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  write_options (board, "RDP=0xCC", FALSE, "STM32G0B1", &error);
  g_assert_no_error (error);
  g_assert_false (fl_session_is_connected (board->session));
  g_assert_false (fl_sim_board_is_in_bootloader (board->board));
  fl_sim_board_reset (board->board, TRUE, fl_sim_board_get_time (board->board));
  g_assert_false (fl_sim_board_is_in_bootloader (board->board));
}

/* Readout protection and back: the flash is gone, and the program had said so. */
static void
test_readout (void)
{
  static const char *const configs[] = { "0x467,flash=256", "0x410", "0x413", "0x437", "0x435", "0x482" };

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autoptr (JobBoard) board = job_board_new (configs[i]);
      g_autoptr (FlJob) protect = NULL;
      g_autoptr (FlJob) refused = NULL;
      g_autoptr (FlJob) unprotect = NULL;
      g_autoptr (FlJob) read = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *warning = NULL;
      g_autofree guint8 *flash = NULL;
      gsize size;

      job_board_fill (board, 3155 + i);
      job_board_connect (board);
      protect = fl_protect_job_new (board->session, FL_PROTECT_READ, TRUE);
      job_board_run (board, protect, &error);
      g_assert_no_error (error);
      g_assert_cmpint (job_board_device (board)->protection, ==, FL_PROTECTION_READOUT);

      read = fl_read_job_new (board->session, 0x08000000, 256);
      g_assert_false (job_board_run (board, read, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_PROTECTED);
      g_clear_error (&error);

      warning = fl_protect_kind_dup_warning (FL_UNPROTECT_READ, job_board_device (board));
      g_assert_nonnull (strstr (warning, "ALL of the flash"));
      refused = fl_protect_job_new (board->session, FL_UNPROTECT_READ, FALSE);
      g_assert_false (job_board_run (board, refused, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT);
      g_clear_error (&error);
      flash = job_board_dup_flash (board, &size);
      g_assert_false (fl_bytes_all (flash, size, job_board_device (board)->chip->erased_value));
      g_clear_pointer (&flash, g_free);

      unprotect = fl_protect_job_new (board->session, FL_UNPROTECT_READ, TRUE);
      job_board_run (board, unprotect, &error);
      g_assert_no_error (error);
      g_assert_cmpint (job_board_device (board)->protection, ==, FL_PROTECTION_NONE);
      flash = job_board_dup_flash (board, &size);
      g_assert_true (fl_bytes_all (flash, size, job_board_device (board)->chip->erased_value));
    }
}

/* Pages protected by name cannot be erased, which is said before anything is; unprotected they can. */
static void
test_write_protect (void)
{
  static const struct
  {
    const char *config;
    guint first;
    guint last;
  } rows[] = { { "0x467,flash=512", 3, 7 }, { "0x467,flash=512", 130, 131 },
               { "0x410", 4, 7 },           { "0x413", 5, 5 },
               { "0x437", 32, 47 },         { "0x435", 0, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JobBoard) board = job_board_new (rows[i].config);
      g_autoptr (FlOptionSet) wanted = NULL;
      g_autofree guint8 *sectors = NULL;
      g_autofree guint8 *got = NULL;
      g_autoptr (FlJob) protect = NULL;
      g_autoptr (FlJob) erase = NULL;
      g_autoptr (FlJob) unprotect = NULL;
      g_autoptr (FlJob) again = NULL;
      g_autoptr (GError) error = NULL;
      FlLayout *layout;
      guint n;

      job_board_fill (board, 77);
      job_board_connect (board);
      layout = job_board_device (board)->layout;
      n = fl_layout_get_n_sectors (layout);
      sectors = g_malloc0 (n);
      for (guint s = rows[i].first; s <= rows[i].last; s++)
        sectors[s] = TRUE;
      wanted = copy_options (board);
      g_assert_true (fl_write_protect_set (wanted, layout, sectors, &error));
      protect = fl_options_job_new (board->session, wanted, TRUE, NULL);
      job_board_run (board, protect, &error);
      g_assert_no_error (error);
      got = fl_write_protect_get (job_board_device (board)->options, layout);
      g_assert_cmpmem (got, n, sectors, n);

      erase = fl_erase_job_new (board->session, &rows[i].first, 1);
      g_assert_false (job_board_run (board, erase, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_PROTECTED); /* before anything is sent */
      g_assert_cmpuint (fl_sim_board_get_n_erased (board->board, rows[i].first), ==, 0);
      g_clear_error (&error);

      unprotect = fl_protect_job_new (board->session, FL_UNPROTECT_WRITE, TRUE);
      job_board_run (board, unprotect, &error);
      g_assert_no_error (error);
      again = fl_erase_job_new (board->session, &rows[i].first, 1);
      job_board_run (board, again, &error);
      g_assert_no_error (error);
    }
}

static const struct
{
  const char *config;
  FlProtectKind kind;
  FlError code;
} impossible[] = {
  { "0x467", FL_UNPROTECT_READ, FL_ERROR_USAGE },     /* would erase everything for nothing */
  { "0x484", FL_PROTECT_READ, FL_ERROR_UNSUPPORTED }, /* H5 has product states instead */
  { "0x467,rdp=1", FL_PROTECT_READ, FL_ERROR_PROTECTED }, { "0x467,rdp=1", FL_UNPROTECT_WRITE, FL_ERROR_PROTECTED },
  { "0x01E", FL_PROTECT_READ, FL_ERROR_UNKNOWN_DEVICE }, /* no option bytes are known */
};

static void
test_impossible (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (impossible); i++)
    {
      g_autoptr (JobBoard) board = job_board_new (impossible[i].config);
      g_autoptr (FlJob) job = NULL;
      g_autoptr (GError) error = NULL;

      job_board_connect (board);
      /* that it cannot be done is known before it is tried */
      g_assert_false (fl_protect_kind_check (impossible[i].kind, job_board_device (board), &error));
      g_assert_error (error, FL_ERROR, (gint) impossible[i].code);
      g_clear_error (&error);
      job = fl_protect_job_new (board->session, impossible[i].kind, TRUE);
      g_assert_false (job_board_run (board, job, &error));
      g_assert_error (error, FL_ERROR, (gint) impossible[i].code);
    }
}

/* A bootloader that stores and does not load (G07x V11.2): the user is told. */
static void
test_no_reload (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x460,bl=0xB2");
  g_autoptr (FlOptionSet) wanted = NULL;
  g_autoptr (FlJob) job = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  wanted = copy_options (board);
  g_assert_true (fl_option_set_parse (wanted, "IWDG_SW=0", NULL));
  job = fl_options_job_new (board->session, wanted, TRUE, NULL);
  job_board_run (board, job, &error);
  g_assert_no_error (error);
  g_assert_true (job_board_logged (job, FL_LOG_WARNING, "stores option bytes without loading"));
}

/* What another program changed since the connection stays; what the job was not asked to change does, too. */
static void
test_stale (void)
{
  g_autoptr (JobBoard) board = job_board_new ("0x467");
  g_autoptr (FlOptionSet) first = NULL;
  g_autoptr (FlOptionSet) second = NULL;
  g_autoptr (FlJob) one = NULL;
  g_autoptr (FlJob) other = NULL;
  g_autoptr (GError) error = NULL;

  job_board_connect (board);
  first = copy_options (board);
  second = copy_options (board);
  g_assert_true (fl_option_set_parse (first, "IWDG_STOP=0", NULL));
  g_assert_true (fl_option_set_parse (second, "nRST_STOP=0", NULL));
  one = fl_options_job_new (board->session, first, TRUE, NULL);
  other = fl_options_job_new (board->session, second, TRUE, NULL); /* knows nothing of what the first one does */
  job_board_run (board, one, &error);
  g_assert_no_error (error);
  job_board_run (board, other, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (get_option (board, "IWDG_STOP"), ==, 0);
  g_assert_cmpuint (get_option (board, "nRST_STOP"), ==, 0);
}

/* A fault at every byte of the write: either done, or a truthful error; never a false done. */
static void
test_faults (void)
{
  static const FlSimFault faults[] = { FL_SIM_FAULT_DROP, FL_SIM_FAULT_FLIP, FL_SIM_FAULT_SILENCE, FL_SIM_FAULT_UNPLUG,
                                       FL_SIM_FAULT_POWER_CUT };
  guint n_done = 0, n_failed = 0;

  for (guint fault = 0; fault < G_N_ELEMENTS (faults); fault++)
    for (guint at = 0; at < 150; at += 7)
      for (guint to_host = 0; to_host < 2; to_host++)
        {
          g_autoptr (JobBoard) board = job_board_new ("0x410");
          g_autoptr (FlOptionSet) wanted = NULL;
          g_autoptr (FlJob) job = NULL;
          g_autoptr (GError) error = NULL;
          guint64 base;

          job_board_connect (board);
          base = to_host ? fl_sim_board_get_n_received (board->board) : fl_sim_board_get_n_sent (board->board);
          fl_sim_board_add_fault (board->board, to_host != 0, base + at, faults[fault], 3);
          wanted = copy_options (board);
          g_assert_true (fl_option_set_parse (wanted, "Data0=0x5A", NULL));
          job = fl_options_job_new (board->session, wanted, TRUE, NULL);
          if (job_board_run (board, job, &error))
            {
              g_assert_cmphex (get_option (board, "Data0"), ==, 0x5A);
              n_done++;
            }
          else
            {
              g_assert_nonnull (error);
              g_assert_nonnull (fl_job_get_board_state (job));
              n_failed++;
            }
        }
  g_assert_cmpuint (n_done, >, 50);
  g_assert_cmpuint (n_failed, >, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options-job/round-trip", test_round_trip);
  g_test_add_func ("/options-job/boot0", test_boot0);
  g_test_add_func ("/options-job/locked-out", test_locked_out);
  g_test_add_func ("/options-job/consent", test_consent);
  g_test_add_func ("/options-job/level-2", test_level_2);
  g_test_add_func ("/options-job/readout", test_readout);
  g_test_add_func ("/options-job/write-protect", test_write_protect);
  g_test_add_func ("/options-job/impossible", test_impossible);
  g_test_add_func ("/options-job/no-reload", test_no_reload);
  g_test_add_func ("/options-job/stale", test_stale);
  g_test_add_func ("/options-job/faults", test_faults);
  return g_test_run ();
}
