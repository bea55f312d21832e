/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-port-errors.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fl-error.h"
#include "fl-port-holder.h"

#define NAME_BUFFER_SIZE 16384 /* for getpwuid_r() and getgrgid_r(): large groups list all their members in it */
#define MAX_GROUPS       65536 /* Linux' NGROUPS_MAX */

static char *
user_name (uid_t uid)
{
  g_autofree char *buffer = g_malloc (NAME_BUFFER_SIZE);
  struct passwd entry;
  struct passwd *found = NULL;

  if (getpwuid_r (uid, &entry, buffer, NAME_BUFFER_SIZE, &found) == 0 && found != NULL)
    return g_strdup (found->pw_name);
  return g_strdup_printf ("%u", (guint) uid);
}

static char *
group_name (gid_t gid)
{
  g_autofree char *buffer = g_malloc (NAME_BUFFER_SIZE);
  struct group entry;
  struct group *found = NULL;

  if (getgrgid_r (gid, &entry, buffer, NAME_BUFFER_SIZE, &found) == 0 && found != NULL)
    return g_strdup (found->gr_name);
  return g_strdup_printf ("%u", (guint) gid);
}

static gboolean
groups_contain (const gid_t *groups, int n_groups, gid_t gid)
{
  for (int i = 0; i < n_groups; i++)
    if (groups[i] == gid)
      return TRUE;
  return FALSE;
}

/* The groups of this process, as they were when the user logged in. */
static gboolean
process_has_group (gid_t gid)
{
  int n_groups = getgroups (0, NULL);
  g_autofree gid_t *groups = g_new (gid_t, MAX (n_groups, 1));

  n_groups = getgroups (n_groups, groups);
  return getegid () == gid || groups_contain (groups, n_groups, gid);
}

/* The groups of the user as the database has them now. */
static gboolean
database_has_group (const char *user, gid_t gid)
{
  int n_groups = 64;
  g_autofree gid_t *groups = g_new (gid_t, n_groups);

  if (getgrouplist (user, getegid (), groups, &n_groups) < 0 && n_groups <= MAX_GROUPS)
    {
      groups = g_renew (gid_t, groups, n_groups);
      if (getgrouplist (user, getegid (), groups, &n_groups) < 0)
        return FALSE;
    }
  return groups_contain (groups, n_groups, gid);
}

/**
 * fl_port_errors_explain_permission:
 * @path: the port
 * @owner: who owns the node
 * @group: which group owns it
 * @user: who wants to open it
 * @membership: what the user has to do with the group
 *
 * Returns: (transfer full): why it cannot be opened, and what to do
 */
char *
fl_port_errors_explain_permission (const char *path, const char *owner, const char *group, const char *user,
                                   FlMembership membership)
{
  switch (membership)
    {
    case FL_MEMBERSHIP_NONE:
      return g_strdup_printf (_ ("You may not open %s: it belongs to the group “%s”, and you (“%s”) are not in it. Run "
                                 "“sudo usermod -aG %s %s”, then log out and in again"),
                              path, group, user, group, user);
    case FL_MEMBERSHIP_PENDING:
      return g_strdup_printf (_ ("You may not open %s yet: you (“%s”) are in its group “%s”, but were not when you "
                                 "logged in. Log out and in again"),
                              path, user, group);
    case FL_MEMBERSHIP_ACTIVE:
      return g_strdup_printf (
          _ ("You may not open %s although you (“%s”) are in its group “%s”: something else forbids "
             "it, such as a sandbox or a security module"),
          path, user, group);
    case FL_MEMBERSHIP_USELESS:
    default:
      return g_strdup_printf (
          _ ("You may not open %s: it belongs to “%s” alone. A udev rule that gives it to your login "
             "comes with this program: 60-flashloader.rules"),
          path, owner);
    }
}

static char *
explain_permission (const char *path)
{
  g_autofree char *user = user_name (geteuid ());
  g_autofree char *owner = NULL;
  g_autofree char *group = NULL;
  FlMembership membership;
  struct stat node;

  if (stat (path, &node) != 0)
    return g_strdup_printf (_ ("You may not open %s"), path);
  owner = user_name (node.st_uid);
  group = group_name (node.st_gid);
  if (node.st_gid == 0 || (node.st_mode & (S_IRGRP | S_IWGRP)) != (S_IRGRP | S_IWGRP))
    membership = FL_MEMBERSHIP_USELESS;
  else if (process_has_group (node.st_gid))
    membership = FL_MEMBERSHIP_ACTIVE;
  else if (database_has_group (user, node.st_gid))
    membership = FL_MEMBERSHIP_PENDING;
  else
    membership = FL_MEMBERSHIP_NONE;
  return fl_port_errors_explain_permission (path, owner, group, user, membership);
}

static char *
explain_missing (const char *path)
{
  char *others = fl_port_errors_dup_others (path);

  if (others != NULL)
    return others;
  return g_strdup_printf (
      _ ("There is no port %s, nor any other: plug the adapter in, or see whether its cable carries "
         "data"),
      path);
}

/**
 * fl_port_errors_dup_holder:
 * @path: a port that is in use
 *
 * Returns: (transfer full) (nullable): the program that has it open, as far as this user may see it
 */
char *
fl_port_errors_dup_holder (const char *path)
{
  struct stat node;

  return stat (path, &node) == 0 ? fl_port_holder_find (&node, FL_PORT_HOLDER_ANY) : NULL;
}

static char *
explain_busy (const char *path)
{
  g_autofree char *holder = fl_port_errors_dup_holder (path);

  if (holder == NULL)
    return g_strdup_printf (_ ("Another program of another user has %s open. Close it first"), path);
  return g_strdup_printf (_ ("%s is in use by %s. Close that program first"), path, holder);
}

/**
 * fl_port_errors_set_open:
 * @error: (nullable): return location
 * @path: the port that was to be opened
 * @code: errno of the attempt
 *
 * Tells apart why a port cannot be opened, and says what to do. May list the ports that exist: blocks for some
 * milliseconds.
 */
void
fl_port_errors_set_open (GError **error, const char *path, int code)
{
  g_autofree char *message = NULL;
  FlError kind;

  if (error == NULL)
    return;
  switch (code)
    {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO:
    case EIO: /* a ttyS without hardware, a pty whose other side is gone */
      kind = FL_ERROR_PORT_MISSING;
      message = explain_missing (path);
      break;
    case EACCES:
    case EPERM:
      kind = FL_ERROR_PORT_PERMISSION;
      message = explain_permission (path);
      break;
    case EBUSY:
    case EWOULDBLOCK:
      kind = FL_ERROR_PORT_BUSY;
      message = explain_busy (path);
      break;
    case ENOTTY:
    case EINVAL:
    case EISDIR:
      kind = FL_ERROR_PORT_UNFIT;
      message = g_strdup_printf (_ ("%s is not a serial port"), path);
      break;
    default:
      kind = FL_ERROR_PORT_FAILED;
      message = g_strdup_printf (_ ("%s cannot be opened: %s"), path, g_strerror (code));
    }
  g_set_error_literal (error, FL_ERROR, kind, message);
}

/**
 * fl_port_errors_set_io:
 * @error: (nullable): return location
 * @path: the port
 * @doing: what failed, for the message; translated
 * @code: errno of the attempt
 *
 * Tells an unplugged port from another failure.
 */
void
fl_port_errors_set_io (GError **error, const char *path, const char *doing, int code)
{
  switch (code)
    {
    case EIO: /* what the kernel says of a tty that was hung up: the adapter is gone */
    case ENXIO:
    case ENODEV:
    case ENOENT:
    case EPIPE:
    case ESHUTDOWN: /* what USB drivers say on the way out */
    case EPROTO:
      g_set_error (error, FL_ERROR, FL_ERROR_PORT_GONE,
                   _ ("%s was unplugged while it was in use (%s: %s). Plug it in again"), path, doing,
                   g_strerror (code));
      break;
    default:
      g_set_error (error, FL_ERROR, FL_ERROR_PORT_FAILED, "%s: %s: %s", path, doing, g_strerror (code));
    }
}
