/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-file"

#include "config.h"

#include "fl-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#ifdef G_OS_WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

#ifndef O_BINARY /* Windows would end lines in its own way */
#define O_BINARY 0
#endif
#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

#define CHUNK (1024 * 1024) /* Windows writes no more than 2 GiB at once, Linux neither */

/* Where a file really goes, and what is there now. */
typedef struct
{
  char *path; /* behind links */
  GStatBuf info;
  gboolean exists;
} Target;

static void
target_clear (Target *self)
{
  g_free (self->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

/* What went wrong, and what to do about it. */
static char *
explain (const char *path, int code)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = g_filename_display_name (folder);

  switch (code)
    {
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
      return g_strdup (_ ("there is no room left for it. Free some space, or save it on another disk"));
    case EFBIG:
      return g_strdup (_ ("it is larger than a file may be there. Save it on another disk"));
    case EACCES:
    case EPERM:
      if (g_file_test (path, G_FILE_TEST_EXISTS) && g_access (path, W_OK) != 0)
        return g_strdup (_ ("the file that is there is protected against writing. Choose another name"));
      return g_strdup_printf (_ ("you may not write in the folder %s, or another program has the file open. Save it in "
                                 "a folder of your own"),
                              shown);
    case EROFS:
      return g_strdup (_ ("this disk can only be read. Save it on another one"));
    case ENOENT:
    case ENOTDIR:
      return g_strdup_printf (_ ("there is no folder %s. Make it first, or save in another one"), shown);
    case EISDIR:
      return g_strdup (_ ("that is a folder. Name a file in it"));
    default:
      return g_strdup (g_strerror (code));
    }
}

static gboolean
set_errno_error (const char *path, gboolean kept, int code, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *reason = explain (path, code);

  if (kept) /* Translators: a file's name, then why */
    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code),
                 _ ("%s was not saved: %s. The file that was there is as it was."), name, reason);
  else /* Translators: a file's name, then why */
    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code), _ ("%s was not saved: %s."), name, reason);
  return FALSE;
}

/* errno when it failed. */
static int
write_all (int fd, const char *contents, gsize length)
{
  while (length > 0)
    {
#ifdef G_OS_WIN32
      int n = _write (fd, contents, (unsigned) MIN (length, CHUNK));
#else
      ssize_t n = write (fd, contents, MIN (length, CHUNK));
#endif

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 ? errno : ENOSPC;
      contents += n;
      length -= (gsize) n;
    }
  return 0;
}

/* errno when closing failed, or what went wrong before. */
static int
close_file (int fd, int code)
{
  return close (fd) != 0 && code == 0 ? errno : code;
}

/* A pipe or a device is written to, as it cannot be replaced. */
static int
write_through (const char *path, const char *contents, gsize length)
{
  int fd = g_open (path, O_WRONLY | O_BINARY | O_CLOEXEC, 0);

  return fd < 0 ? errno : close_file (fd, write_all (fd, contents, length));
}

/* Writes beside the target, and puts what was written in its place only when all of it is on the disk. */
static int
replace (const Target *target, const char *contents, gsize length)
{
  g_autofree char *folder = g_path_get_dirname (target->path);
  /* Not the target's name with something behind it: that may be too long. */
  g_autofree char *beside = g_build_filename (folder, ".flashloader-XXXXXX", NULL);
  int fd = g_mkstemp_full (beside, O_RDWR | O_BINARY | O_CLOEXEC, 0666);
  int code;

  if (fd < 0)
    return errno;
  code = write_all (fd, contents, length);
#ifdef G_OS_UNIX
  if (code == 0 && target->exists && fchmod (fd, target->info.st_mode & 0777) != 0)
    g_debug ("%s: %s", beside, g_strerror (errno)); /* a file system without permissions, such as a USB stick's */
#endif
  if (code == 0 && g_fsync (fd) != 0)
    code = errno;
  code = close_file (fd, code);
  if (code == 0 && g_rename (beside, target->path) != 0)
    code = errno;
  if (code != 0)
    g_unlink (beside);
  return code;
}

/* Sees whether something can be saved there at all. errno when not. */
static int
target_find (Target *self, const char *path)
{
  self->exists = g_stat (path, &self->info) == 0;
#ifdef G_OS_UNIX
  if (self->exists)
    {
      char *resolved = realpath (path, NULL); /* of malloc() */

      if (resolved == NULL)
        return errno;
      self->path = g_strdup (resolved);
      free (resolved);
    }
#endif
  if (self->path == NULL)
    self->path = g_strdup (path);
  if (!self->exists)
    return 0;
  if (S_ISDIR (self->info.st_mode))
    return EISDIR;
  /* The folder's permissions alone would let it be replaced. */
  return S_ISREG (self->info.st_mode) && g_access (self->path, W_OK) != 0 ? EACCES : 0;
}

/**
 * fl_file_save:
 * @path: (type filename): where to
 * @contents: (nullable): may be %NULL for none
 * @length: bytes
 * @error: return location
 *
 * Saves a file atomically: either the old one or the whole new one is there, also after a full disk or a power cut;
 * then nothing of the new one is left behind. Behind a link it is the file that the link leads to that is replaced; a
 * pipe or a device is written to. What protects a file against writing protects it here as well. Blocks until the disk
 * has it.
 *
 * Errors: %G_FILE_ERROR, with what to do.
 *
 * Returns: whether it was saved
 */
gboolean
fl_file_save (const char *path, const char *contents, gsize length, GError **error)
{
  g_auto (Target) target = { 0 };
  gboolean whole;
  int code;

  g_return_val_if_fail (path != NULL && (contents != NULL || length == 0), FALSE);

  code = target_find (&target, path);
  whole = !target.exists || S_ISREG (target.info.st_mode);
  if (code == 0)
    code = whole ? replace (&target, contents, length) : write_through (path, contents, length);
  return code == 0 || set_errno_error (path, target.exists && whole, code, error);
}

static void
save_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  gsize length;
  const char *contents = g_bytes_get_data (task_data, &length);

  if (fl_file_save (g_file_peek_path (source_object), contents, length, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fl_file_save_async:
 * @file: where to
 * @contents: what
 * @cancellable: (nullable): looked at first; what has begun is brought to its end
 *
 * As fl_file_save(), without blocking.
 *
 * Errors: %G_IO_ERROR_NOT_SUPPORTED for what is not on this computer, and those of fl_file_save().
 */
void
fl_file_save_async (GFile *file, GBytes *contents, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file) && contents != NULL);

  task = g_task_new (file, cancellable, callback, user_data);
  g_task_set_source_tag (task, fl_file_save_async);
  g_task_set_check_cancellable (task, FALSE); /* saved is saved */
  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_file_peek_path (file) == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                               _ ("%s is not a file on this computer: choose a local folder."), name);
      return;
    }
  g_task_set_task_data (task, g_bytes_ref (contents), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, save_thread);
}

/**
 * fl_file_save_finish:
 *
 * Returns: whether it was saved
 */
gboolean
fl_file_save_finish (GFile *file, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, file), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* How many bytes fit into the folder of @path; G_MAXUINT64 when its file system does not tell. */
static guint64
get_room (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);

  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return G_MAXUINT64;
  return g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
}

/**
 * fl_file_check_room:
 * @path: (type filename): where something is to be saved later
 * @length: how many bytes that will be; the old file stays until the new one is there
 *
 * Sees beforehand whether fl_file_save() can do it: whether there is such a folder, one may write in it, and it has
 * room. What another program does meanwhile may still spoil it.
 *
 * Errors: %G_FILE_ERROR, with what to do.
 *
 * Returns: whether nothing is in the way
 */
gboolean
fl_file_check_room (const char *path, guint64 length, GError **error)
{
  g_auto (Target) target = { 0 };
  g_autofree char *folder = NULL;
  guint64 room;
  int code;

  g_return_val_if_fail (path != NULL, FALSE);

  code = target_find (&target, path);
  if (code == 0 && target.exists && !S_ISREG (target.info.st_mode))
    return TRUE;
  folder = g_path_get_dirname (target.path);
  if (code == 0 && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    code = ENOENT;
#ifdef G_OS_UNIX /* Windows' access() knows nothing of folders */
  if (code == 0 && g_access (folder, W_OK | X_OK) != 0)
    code = errno;
#endif
  if (code != 0)
    return set_errno_error (path, target.exists && code != EISDIR, code, error);
  room = get_room (target.path);
  if (room < length)
    {
      g_autofree char *name = g_filename_display_name (path);
      g_autofree char *needed = g_format_size_full (length, G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *left = g_format_size_full (room, G_FORMAT_SIZE_IEC_UNITS);

      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                   _ ("There is no room for %s: it needs %s, and the disk has %s left. Free some space, or save it on "
                      "another disk."),
                   name, needed, left);
      return FALSE;
    }
  return TRUE;
}
