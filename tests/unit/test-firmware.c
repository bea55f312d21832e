/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chosen file: read, read again, judged and planned for what is connected. */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fl-connect-job.h"
#include "fl-error.h"
#include "fl-firmware.h"
#include "fl-sim-transport.h"
#include "fl-ui.h"

#define LIMIT_S 60

typedef struct
{
  char *folder;
  FlFirmware *firmware;
} Fixture;

static const struct
{
  const char *text;
  gboolean ok;
  guint32 address;
} addresses[] = {
  { "0x08000000", TRUE, 0x08000000 },
  { "08004000", TRUE, 0x08004000 },
  { " 0X8 ", TRUE, 8 },
  { "ffffffff", TRUE, 0xFFFFFFFF },
  { "0", TRUE, 0 },
  { "100000000", FALSE, 0 },
  { "", FALSE, 0 },
  { "0x", FALSE, 0 },
  { "0x08-1", FALSE, 0 },
  { "start", FALSE, 0 },
  { "0x0x8", FALSE, 0 },
};

static void
test_address (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  guint32 address = 0;

  g_assert_cmpint (fl_firmware_parse_address (addresses[row].text, &address), ==, addresses[row].ok);
  g_assert_cmphex (address, ==, addresses[row].address);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const keys[] = {
    "erase-all", "preserve", "verify", "skip-blank", "binary-address", "recent-files"
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (fl_ui_get_settings (), keys[i]);
  fl_sim_forget_boards ();
  fixture->folder = g_dir_make_tmp ("flashloader-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->firmware = fl_firmware_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  gpointer watched = fixture->firmware;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_object_add_weak_pointer (watched, &watched);
  g_object_unref (fixture->firmware);
  while (watched != NULL) /* a file that is not wanted any more may still be being read */
    g_main_context_iteration (NULL, TRUE);
}

static GFile *
write_file (Fixture *fixture, const char *name, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *data = g_malloc (length);

  memset (data, 0x5A, length);
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until the file has been read. */
static void
wait_read (FlFirmware *firmware)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;
  guint wake = g_timeout_add (20, wake_cb, NULL);

  while (fl_firmware_is_loading (firmware))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (wake);
}

static void
open_file (Fixture *fixture, const char *name, gsize length)
{
  g_autoptr (GFile) file = write_file (fixture, name, length);

  fl_firmware_open (fixture->firmware, file);
  wait_read (fixture->firmware);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  fl_job_run_finish (FL_JOB (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
connect_to (Fixture *fixture, const char *port)
{
  g_autoptr (FlConnectOptions) options = fl_connect_options_new (port);
  g_autoptr (FlSession) session = fl_session_new (options);
  g_autoptr (FlJob) job = fl_connect_job_new (session);
  gboolean done = FALSE;

  fl_job_run_async (job, NULL, connected_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  fl_firmware_set_session (fixture->firmware, session);
}

static void
test_without_board (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = NULL;

  open_file (fixture, "a.bin", 3000);
  name = fl_firmware_dup_name (fixture->firmware);
  g_assert_cmpstr (name, ==, "a.bin");
  g_assert_no_error (fl_firmware_get_error (fixture->firmware));
  g_assert_cmpuint (fl_image_get_size (fl_firmware_get_image (fixture->firmware)), ==, 3000);
  g_assert_nonnull (fl_firmware_get_read_time (fixture->firmware));
  g_assert_null (fl_firmware_get_judgement (fixture->firmware));
  g_assert_null (fl_firmware_get_plan (fixture->firmware));
}

/* A file is judged and planned when a board comes, and anew for each option. */
static void
test_plan (Fixture *fixture, gconstpointer data)
{
  FlPlan *plan;

  open_file (fixture, "a.bin", 3000);
  connect_to (fixture, "sim:0x460");
  plan = fl_firmware_get_plan (fixture->firmware);
  g_assert_nonnull (plan);
  g_assert_nonnull (fl_firmware_get_judgement (fixture->firmware));
  g_assert_cmpuint (fl_plan_get_n_erased (plan), ==, 2);
  g_assert_cmpfloat (fl_plan_get_seconds (plan, NULL), >, 0);
  g_assert_true (fl_plan_get_options (plan)->verify);
  g_assert_true (fl_plan_get_options (plan)->preserve);

  g_settings_set_boolean (fl_ui_get_settings (), "verify", FALSE);
  g_assert_false (fl_plan_get_options (fl_firmware_get_plan (fixture->firmware))->verify);
  g_settings_set_boolean (fl_ui_get_settings (), "erase-all", TRUE);
  g_assert_cmpuint (fl_plan_get_n_erased (fl_firmware_get_plan (fixture->firmware)), ==, 64);
}

/* All of bank 2 has to go where its page codes cross: the plan waits for an agreement, which another choice ends. */
static void
test_whole_bank (Fixture *fixture, gconstpointer data)
{
  g_autofree char *preserved = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_settings_set_uint (fl_ui_get_settings (), "binary-address", 0x08048000);
  connect_to (fixture, "sim:0x437,flash=384");
  open_file (fixture, "a.bin", 3000);
  g_assert_true (fl_plan_needs_whole_bank (fl_firmware_get_plan (fixture->firmware)));
  preserved = fl_firmware_dup_loss (fixture->firmware);
  g_assert_nonnull (strstr (preserved, "written back"));
  g_settings_set_boolean (fl_ui_get_settings (), "preserve", FALSE);
  before = fl_firmware_dup_loss (fixture->firmware);
  g_assert_nonnull (strstr (before, "from 768 or from 1024"));
  g_assert_nonnull (strstr (before, "is lost"));
  g_assert_null (strstr (before, "share a page")); /* in bank 2, which goes as a whole */

  fl_firmware_agree (fixture->firmware);
  g_assert_false (fl_plan_needs_whole_bank (fl_firmware_get_plan (fixture->firmware)));
  g_assert_cmpuint (fl_plan_get_n_erased (fl_firmware_get_plan (fixture->firmware)), ==, 768);
  after = fl_firmware_dup_loss (fixture->firmware);
  g_assert_cmpstr (after, ==, before);
  fl_firmware_refresh (fixture->firmware);
  g_assert_false (fl_plan_needs_whole_bank (fl_firmware_get_plan (fixture->firmware)));
  g_settings_set_boolean (fl_ui_get_settings (), "verify", FALSE);
  g_assert_true (fl_plan_needs_whole_bank (fl_firmware_get_plan (fixture->firmware)));
  fl_firmware_agree (fixture->firmware);
  open_file (fixture, "b.bin", 3000);
  g_assert_true (fl_plan_needs_whole_bank (fl_firmware_get_plan (fixture->firmware)));
}

/* What has to be asked, and what does not. */
static void
test_loss (Fixture *fixture, gconstpointer data)
{
  g_autofree char *preserved = NULL;
  g_autofree char *shared = NULL;
  g_autofree char *whole_pages = NULL;
  g_autofree char *all = NULL;

  connect_to (fixture, "sim:0x460");
  open_file (fixture, "a.bin", 3000);
  preserved = fl_firmware_dup_loss (fixture->firmware);
  g_assert_null (preserved);
  g_settings_set_boolean (fl_ui_get_settings (), "preserve", FALSE);
  shared = fl_firmware_dup_loss (fixture->firmware);
  g_assert_nonnull (shared);
  open_file (fixture, "b.bin", 4096);
  whole_pages = fl_firmware_dup_loss (fixture->firmware);
  g_assert_null (whole_pages);
  g_settings_set_boolean (fl_ui_get_settings (), "erase-all", TRUE);
  all = fl_firmware_dup_loss (fixture->firmware);
  g_assert_nonnull (all);
}

/* A raw binary goes where the user says; the start of flash unless told. */
static void
test_binary_address (Fixture *fixture, gconstpointer data)
{
  connect_to (fixture, "sim:0x460");
  open_file (fixture, "a.bin", 3000);
  g_assert_cmphex (fl_image_get_start (fl_firmware_get_image (fixture->firmware)), ==, 0x08000000);
  g_settings_set_uint (fl_ui_get_settings (), "binary-address", 0x08002000);
  g_assert_null (fl_firmware_get_plan (fixture->firmware)); /* not for the address that was */
  wait_read (fixture->firmware);
  g_assert_cmphex (fl_image_get_start (fl_firmware_get_image (fixture->firmware)), ==, 0x08002000);
  g_assert_nonnull (fl_firmware_get_plan (fixture->firmware));
  g_settings_set_uint (fl_ui_get_settings (), "binary-address", 0x0801F800);
  wait_read (fixture->firmware);
  g_assert_error (fl_firmware_get_error (fixture->firmware), FL_ERROR, FL_ERROR_RANGE);
  g_assert_null (fl_firmware_get_plan (fixture->firmware));
  g_settings_set_uint (fl_ui_get_settings (), "binary-address", 0xFFFFFF00); /* it ends behind the last address */
  wait_read (fixture->firmware);
  g_assert_null (fl_firmware_get_image (fixture->firmware));
  g_settings_set_uint (fl_ui_get_settings (), "binary-address", 0);
  wait_read (fixture->firmware);
  g_assert_nonnull (fl_firmware_get_plan (fixture->firmware));
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "nothing.hex", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_auto (GStrv) recent = NULL;

  fl_firmware_open (fixture->firmware, file);
  wait_read (fixture->firmware);
  g_assert_error (fl_firmware_get_error (fixture->firmware), G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_null (fl_firmware_get_image (fixture->firmware));
  recent = g_settings_get_strv (fl_ui_get_settings (), "recent-files");
  g_assert_cmpuint (g_strv_length (recent), ==, 0);
}

/* Damaged: an error of the file, and another file is none the worse for it. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  open_file (fixture, "damaged.hex", 100);
  g_assert_error (fl_firmware_get_error (fixture->firmware), FL_ERROR, FL_ERROR_FORMAT);
  open_file (fixture, "a.bin", 100);
  g_assert_no_error (fl_firmware_get_error (fixture->firmware));
}

/* The file that was chosen last is the one that counts, in whatever order they are read. */
static void
test_two_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) first = write_file (fixture, "first.bin", 8 * 1024 * 1024);
  g_autoptr (GFile) second = write_file (fixture, "second.bin", 16);

  fl_firmware_open (fixture->firmware, first);
  fl_firmware_open (fixture->firmware, second);
  wait_read (fixture->firmware);
  g_assert_cmpuint (fl_image_get_size (fl_firmware_get_image (fixture->firmware)), ==, 16);
}

/* The latest first, none of them twice, not too many. */
static void
test_recent (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) recent = NULL;

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.bin", i);

      open_file (fixture, name, 16);
    }
  open_file (fixture, "9.bin", 16);
  recent = g_settings_get_strv (fl_ui_get_settings (), "recent-files");
  g_assert_cmpuint (g_strv_length (recent), ==, 8);
  g_assert_true (g_str_has_suffix (recent[0], "/9.bin"));
  g_assert_true (g_str_has_suffix (recent[1], "/11.bin"));
  for (guint i = 1; recent[i] != NULL; i++)
    g_assert_false (g_str_has_suffix (recent[i], "/9.bin"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_main_context_acquire (NULL));
  fl_sim_register ();

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/firmware/address/%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_address);
    }
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/firmware/without-board", test_without_board);
  ADD ("/firmware/plan", test_plan);
  ADD ("/firmware/loss", test_loss);
  ADD ("/firmware/whole-bank", test_whole_bank);
  ADD ("/firmware/binary-address", test_binary_address);
  ADD ("/firmware/missing", test_missing);
  ADD ("/firmware/damaged", test_damaged);
  ADD ("/firmware/two-at-once", test_two_at_once);
  ADD ("/firmware/recent", test_recent);
#undef ADD
  return g_test_run ();
}
