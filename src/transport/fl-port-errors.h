/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the operating system's error numbers (errno, or GetLastError()) mean for a port. One file for each system
 * implements this. */
void  fl_port_errors_set_open (GError **error, const char *path, int code);
void  fl_port_errors_set_io   (GError **error, const char *path, const char *doing, int code);
char *fl_port_errors_dup_holder (const char *path);
char *fl_port_errors_dup_others (const char *path); /* the same on every system */

#ifdef G_OS_UNIX
/* Whether a user who may not open a port could, were the group's list or the login another. */
typedef enum
{
  FL_MEMBERSHIP_NONE,    /* not in the group */
  FL_MEMBERSHIP_PENDING, /* in the group by now, but was not when he logged in */
  FL_MEMBERSHIP_ACTIVE,  /* in the group, and it did not help */
  FL_MEMBERSHIP_USELESS, /* the group itself may not open the port, or is root's */
} FlMembership;

char *fl_port_errors_explain_permission (const char *path, const char *owner, const char *group, const char *user,
                                         FlMembership membership);
#endif

G_END_DECLS
