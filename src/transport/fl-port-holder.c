/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-port-holder.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static gboolean
process_holds (const char *pid, const struct stat *node)
{
  g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *fd;

  while (dir != NULL && (fd = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_build_filename (folder, fd, NULL);
      char target[8] = "";
      struct stat other;

      /* Only what lies under /dev is looked at: stat() of a file on a dead network share may hang. */
      if (readlink (link, target, sizeof target - 1) > 5 && g_str_has_prefix (target, "/dev/")
          && stat (link, &other) == 0 && S_ISCHR (other.st_mode)
          && (other.st_rdev == node->st_rdev || (other.st_dev == node->st_dev && other.st_ino == node->st_ino)))
        return TRUE;
    }
  return FALSE;
}

/* Who has taken flock() on it: of several programs that have it open, as with a pty, that is the one that uses it. */
static char *
find_locker (const struct stat *node)
{
  g_autofree char *file = g_strdup_printf ("%02x:%02x:%" G_GUINT64_FORMAT, major (node->st_dev), minor (node->st_dev),
                                           (guint64) node->st_ino);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/locks", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char pid[16] = "";
      char where[64] = "";

      /* "1: FLOCK  ADVISORY  WRITE 4711 00:18:5 0 EOF" */
      if (sscanf (lines[i], "%*s FLOCK %*s %*s %15[0-9] %63s", pid, where) == 2 && g_str_equal (where, file)
          && process_holds (pid, node))
        return g_strdup (pid);
    }
  return NULL;
}

static char *
describe (const char *pid)
{
  g_autofree char *comm = g_build_filename ("/proc", pid, "comm", NULL);
  g_autofree char *name = NULL;

  if (g_file_get_contents (comm, &name, NULL, NULL))
    return g_strdup_printf (_ ("“%s” (process %s)"), g_strchomp (name), pid);
  return g_strdup_printf (_ ("process %s"), pid);
}

/**
 * fl_port_holder_find:
 * @node: what stat() says of a tty
 * @scope: whether this process counts
 *
 * Finds a process that has a tty open, first of all one that has locked it. Without privileges only the user's own
 * processes can be looked into.
 *
 * Returns: (transfer full) (nullable): such as "screen (process 4711)"; %NULL when none is seen
 */
char *
fl_port_holder_find (const struct stat *node, FlPortHolderScope scope)
{
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  g_autofree char *self = g_strdup_printf ("%d", (int) getpid ());
  g_autofree char *locker = find_locker (node);
  const char *pid;

  if (locker != NULL && (scope == FL_PORT_HOLDER_ANY || !g_str_equal (locker, self)))
    return describe (locker);
  while (proc != NULL && (pid = g_dir_read_name (proc)) != NULL)
    {
      if (g_ascii_isdigit (pid[0]) && (scope == FL_PORT_HOLDER_ANY || !g_str_equal (pid, self))
          && process_holds (pid, node))
        return describe (pid);
    }
  return NULL;
}
