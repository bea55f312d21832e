/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-port-system.h"

#include <stdio.h>
#include <windows.h>

#include <cfgmgr32.h>

char *
fl_port_system_dup_name (const char *port)
{
  g_autofree char *upper = g_ascii_strup (g_str_has_prefix (port, "\\\\.\\") ? port + 4 : port, -1);

  if (g_str_has_suffix (upper, ":"))
    upper[strlen (upper) - 1] = '\0';
  return g_steal_pointer (&upper);
}

char *
fl_port_system_dup_target (const char *name)
{
  return NULL;
}

/* Which driver a port has decides nothing here: the faults that are known by it are those of Linux's drivers. */
char *
fl_port_system_dup_driver (const char *name)
{
  return NULL;
}

int
fl_port_system_get_latency (const char *name)
{
  return -1;
}

/* Present devices are called "USB\VID_0483&PID_DF11\…", whatever driver they have. */
void
fl_port_system_list_usb (FlPortUsbFunc func, gpointer user_data)
{
  const ULONG present_usb = CM_GETIDLIST_FILTER_ENUMERATOR | CM_GETIDLIST_FILTER_PRESENT;
  g_autofree char *list = NULL;
  ULONG length = 0;

  if (CM_Get_Device_ID_List_SizeA (&length, "USB", present_usb) != CR_SUCCESS || length == 0)
    return;
  list = g_malloc0 (length);
  if (CM_Get_Device_ID_ListA ("USB", list, length, present_usb) != CR_SUCCESS)
    return;
  for (const char *id = list; *id != '\0'; id += strlen (id) + 1)
    {
      guint vid = 0;
      guint pid = 0;

      /* NOLINTNEXTLINE(cert-err34-c): four digits fit */
      if (sscanf (id, "USB\\VID_%4x&PID_%4x", &vid, &pid) == 2)
        func ((int) vid, (int) pid, user_data);
    }
}
