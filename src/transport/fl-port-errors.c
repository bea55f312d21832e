/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-transport"

#include "config.h"

#include "fl-port-errors.h"

#include <glib/gi18n-lib.h>

#include "fl-port-list.h"

/**
 * fl_port_errors_dup_others:
 * @path: a port that is not there
 *
 * Lists the ports: blocks for some milliseconds.
 *
 * Returns: (transfer full) (nullable): that it is not there, and which are, translated; %NULL when there is none
 */
char *
fl_port_errors_dup_others (const char *path)
{
  g_autoptr (GPtrArray) ports = fl_port_list_scan (NULL);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; ports != NULL && i < ports->len; i++)
    g_string_append_printf (names, names->len > 0 ? ", %s" : "%s",
                            fl_port_info_get_name (g_ptr_array_index (ports, i)));
  if (names->len == 0)
    return NULL;
  return g_strdup_printf (_ ("There is no port %s. These are there: %s"), path, names->str);
}
