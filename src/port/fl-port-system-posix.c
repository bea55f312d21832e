/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-port-system.h"

#define TTYS "/sys/class/tty"
#define USB  "/sys/bus/usb/devices"

/* The first line of a file of sysfs. */
static char *
dup_line (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  text[strcspn (text, "\n")] = '\0';
  return g_strstrip (text);
}

static int
get_number (const char *folder, const char *name, guint base)
{
  g_autofree char *text = dup_line (folder, name);
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, base, 0, G_MAXUINT16, &number, NULL))
    return -1;
  return (int) number;
}

/* DRIVER=ch341 of a device's uevent. */
static char *
dup_uevent_driver (const char *device)
{
  g_autofree char *path = g_build_filename (device, "uevent", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "DRIVER="))
      return g_strdup (lines[i] + strlen ("DRIVER="));
  return NULL;
}

char *
fl_port_system_dup_name (const char *port)
{
  return strchr (port, '/') != NULL ? g_strdup (port) : g_build_filename ("/dev", port, NULL);
}

char *
fl_port_system_dup_target (const char *name)
{
  g_autofree char *target = g_file_read_link (name, NULL);
  g_autofree char *folder = g_path_get_dirname (name);

  return target == NULL ? NULL : g_canonicalize_filename (target, folder);
}

/* A usb-serial port is a device of its own ("ch341-uart"), below the interface that has the driver people know. */
char *
fl_port_system_dup_driver (const char *name)
{
  g_autofree char *tty = g_path_get_basename (name);
  g_autofree char *device = g_build_filename (TTYS, tty, "device", NULL);
  g_autofree char *parent = g_build_filename (device, "..", NULL);
  g_autofree char *driver = g_str_has_prefix (tty, "ttyUSB") ? dup_uevent_driver (parent) : NULL;

  return driver != NULL ? g_steal_pointer (&driver) : dup_uevent_driver (device);
}

/* Only FTDI's driver has one that can be read. */
int
fl_port_system_get_latency (const char *name)
{
  g_autofree char *tty = g_path_get_basename (name);
  g_autofree char *device = g_build_filename (TTYS, tty, "device", NULL);

  return get_number (device, "latency_timer", 10);
}

void
fl_port_system_list_usb (FlPortUsbFunc func, gpointer user_data)
{
  g_autoptr (GDir) folder = g_dir_open (USB, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *device = g_build_filename (USB, name, NULL);
      int vid = get_number (device, "idVendor", 16);
      int pid = get_number (device, "idProduct", 16);

      if (vid >= 0 && pid >= 0) /* the others are interfaces */
        func (vid, pid, user_data);
    }
}
