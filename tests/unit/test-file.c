/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-file.h"
#include "fl-test-place.h"

#include <string.h>
#ifdef G_OS_UNIX
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

static void
assert_contents (const char *path, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  g_file_get_contents (path, &contents, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (contents, ==, wanted);
}

/* The whole folder: nothing else was left in it. */
static void
assert_alone (FlTestPlace *place)
{
  g_autoptr (GDir) dir = g_dir_open (place->folder, 0, NULL);

  g_assert_cmpstr (g_dir_read_name (dir), ==, "file");
  g_assert_null (g_dir_read_name (dir));
}

static void
test_new_and_again (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fl_file_save (place->path, "one", 3, &error));
  g_assert_no_error (error);
  assert_contents (place->path, "one");
  g_assert_true (fl_file_save (place->path, "2", 1, &error));
  assert_contents (place->path, "2");
  g_assert_true (fl_file_save (place->path, NULL, 0, &error));
  assert_contents (place->path, "");
  assert_alone (place);
}

static void
take_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
save_and_wait (GFile *file, const char *contents, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (contents, strlen (contents));
  g_autoptr (GAsyncResult) result = NULL;

  fl_file_save_async (file, bytes, cancellable, take_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return fl_file_save_finish (file, result, error);
}

static void
test_async (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path (place->path);
  g_autoptr (GFile) folder = g_file_new_for_path (place->folder);
  g_autoptr (GFile) far_away = g_file_new_for_uri ("sftp://there/file");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (save_and_wait (file, "one", NULL, &error));
  g_assert_no_error (error);
  g_assert_false (save_and_wait (folder, "two", NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_clear_error (&error);
  g_assert_false (save_and_wait (far_away, "two", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (save_and_wait (file, "two", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_contents (place->path, "one");
  assert_alone (place);
}

static void
test_room (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *below = g_build_filename (place->folder, "none", "file", NULL);

  g_assert_true (fl_file_check_room (place->path, 1, &error));
  g_assert_no_error (error);
  g_assert_false (fl_file_check_room (place->path, G_MAXUINT64 / 2, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_clear_error (&error);
  g_assert_false (fl_file_check_room (below, 1, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "none"));
  g_clear_error (&error);
  g_assert_false (fl_file_check_room (place->folder, 1, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
#ifdef G_OS_UNIX
  g_assert_true (fl_file_check_room ("/dev/null", G_MAXUINT64 / 2, NULL)); /* takes everything */
#endif
}

#ifdef G_OS_UNIX
static void
test_link (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link_path = g_build_filename (place->folder, "link", NULL);
  GStatBuf info;

  g_assert_true (fl_file_save (place->path, "old", 3, &error));
  g_assert_cmpint (symlink (place->path, link_path), ==, 0);
  g_assert_true (fl_file_save (link_path, "new", 3, &error));
  g_assert_no_error (error);
  assert_contents (place->path, "new");
  g_assert_cmpint (g_lstat (link_path, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
  g_remove (link_path);
}

/* A device stays one, and its errors are told: /dev/full has no space. */
static void
test_device (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_true (fl_file_save ("/dev/null", "gone", 4, &error));
  g_assert_no_error (error);
  g_assert_false (fl_file_save ("/dev/full", "gone", 4, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_assert_cmpint (g_stat ("/dev/full", &info), ==, 0);
  g_assert_true (S_ISCHR (info.st_mode));
}

/* What the user let others see of it stays so. */
static void
test_mode (FlTestPlace *place, gconstpointer data)
{
  GStatBuf info;

  g_assert_true (fl_file_save (place->path, "old", 3, NULL));
  g_assert_cmpint (chmod (place->path, 0600), ==, 0);
  g_assert_true (fl_file_save (place->path, "new", 3, NULL));
  g_assert_cmpint (g_stat (place->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

/* A write that fails half way: the old file is whole, and the new one's half is gone. */
static void
test_cut_short (FlTestPlace *place, gconstpointer data)
{
  static char large[4096];
  struct rlimit before, small;
  void (*handler) (int) = signal (SIGXFSZ, SIG_IGN);
  g_autoptr (GError) error = NULL;

  g_assert_true (fl_file_save (place->path, "old", 3, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = sizeof large / 2;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (fl_file_save (place->path, large, sizeof large, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, handler);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, place->path));
  g_assert_nonnull (strstr (error->message, "as it was"));
  assert_contents (place->path, "old");
  assert_alone (place);
}

/* Disks that fail late: this program's own calls come before the C library's. */
static struct
{
  const char *watched; /* nullable: nothing fails */
  gboolean fsync_fails, close_fails, write_interrupted, write_ends;
  guint n_fsync;
  char contents[8]; /* of the watched file when the new one was synchronised */
} disk;

int
fsync (int fd)
{
  if (disk.watched != NULL)
    {
      g_autofree char *contents = NULL;

      disk.n_fsync++;
      g_file_get_contents (disk.watched, &contents, NULL, NULL);
      g_strlcpy (disk.contents, contents, sizeof disk.contents);
    }
  if (!disk.fsync_fails)
    return (int) syscall (SYS_fsync, fd);
  errno = EIO;
  return -1;
}

int
close (int fd)
{
  int result = (int) syscall (SYS_close, fd);

  if (!disk.close_fails)
    return result;
  errno = EDQUOT; /* as with NFS */
  return -1;
}

ssize_t
write (int fd, const void *data, size_t length)
{
  if (disk.write_interrupted)
    {
      disk.write_interrupted = FALSE;
      errno = EINTR;
      return -1;
    }
  return disk.write_ends ? 0 : syscall (SYS_write, fd, data, length);
}

/* Only what the disk has said it has takes the old one's place. */
static void
test_disk_fails (FlTestPlace *place, gconstpointer data)
{
  static const struct
  {
    gboolean *what;
    int code; /* -1: it is saved all the same */
  } rows[] = {
    { &disk.fsync_fails, G_FILE_ERROR_IO },
    { &disk.close_fails, G_FILE_ERROR_FAILED }, /* GLib has no code of its own for EDQUOT */
    { &disk.write_ends, G_FILE_ERROR_NOSPC },
    { &disk.write_interrupted, -1 },
  };

  g_assert_true (fl_file_save (place->path, "old", 3, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean ok;

      disk.watched = place->path;
      disk.n_fsync = 0;
      *rows[i].what = TRUE;
      ok = fl_file_save (place->path, "new", 3, &error);
      *rows[i].what = FALSE;
      disk.watched = NULL;
      if (rows[i].code >= 0)
        g_assert_error (error, G_FILE_ERROR, rows[i].code);
      g_assert_true (ok == (rows[i].code == -1));
      g_assert_true (ok || strstr (error->message, "as it was") != NULL);
      assert_contents (place->path, ok ? "new" : "old");
      assert_alone (place);
    }
  g_assert_cmpuint (disk.n_fsync, ==, 1);
  g_assert_cmpstr (disk.contents, ==, "old"); /* it was on the disk before it took the old one's place */
}

/* Root may do everything: a child gives its privileges up. */
static void
test_permission (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }
  if (geteuid () == 0)
    g_assert_cmpint (setresuid (65534, 65534, 65534), ==, 0);
  folder = g_dir_make_tmp ("flashloader-XXXXXX", NULL);
  path = g_build_filename (folder, "file", NULL);
  g_assert_true (fl_file_save (path, "old", 3, NULL));

  /* The file alone is protected. */
  g_assert_cmpint (chmod (path, 0444), ==, 0);
  g_assert_false (fl_file_save (path, "new", 3, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
  g_assert_nonnull (strstr (error->message, "protected"));
  g_clear_error (&error);
  g_assert_false (fl_file_check_room (path, 3, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
  g_clear_error (&error);

  /* Its folder is. */
  g_assert_cmpint (chmod (path, 0644), ==, 0);
  g_assert_cmpint (chmod (folder, 0555), ==, 0);
  g_assert_false (fl_file_save (path, "new", 3, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
  g_assert_nonnull (strstr (error->message, folder));
  g_clear_error (&error);
  g_assert_false (fl_file_check_room (path, 3, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
  assert_contents (path, "old");
  g_assert_cmpint (chmod (folder, 0755), ==, 0);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

#endif

static void
test_refused (FlTestPlace *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *below = g_build_filename (place->path, "none", "file", NULL);

  g_assert_false (fl_file_save (place->folder, "x", 1, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_clear_error (&error);
  g_assert_false (fl_file_save (below, "x", 1, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/file/new-and-again", FlTestPlace, NULL, fl_test_place_set_up, test_new_and_again,
              fl_test_place_tear_down);
#ifdef G_OS_UNIX
  g_test_add ("/file/link", FlTestPlace, NULL, fl_test_place_set_up, test_link, fl_test_place_tear_down);
  g_test_add ("/file/device", FlTestPlace, NULL, fl_test_place_set_up, test_device, fl_test_place_tear_down);
  g_test_add ("/file/mode", FlTestPlace, NULL, fl_test_place_set_up, test_mode, fl_test_place_tear_down);
  g_test_add ("/file/cut-short", FlTestPlace, NULL, fl_test_place_set_up, test_cut_short, fl_test_place_tear_down);
  g_test_add ("/file/disk-fails", FlTestPlace, NULL, fl_test_place_set_up, test_disk_fails, fl_test_place_tear_down);
  g_test_add_func ("/file/permission", test_permission);
#endif
  g_test_add ("/file/async", FlTestPlace, NULL, fl_test_place_set_up, test_async, fl_test_place_tear_down);
  g_test_add ("/file/room", FlTestPlace, NULL, fl_test_place_set_up, test_room, fl_test_place_tear_down);
  g_test_add ("/file/refused", FlTestPlace, NULL, fl_test_place_set_up, test_refused, fl_test_place_tear_down);
  return g_test_run ();
}
