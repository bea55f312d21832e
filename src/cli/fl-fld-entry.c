/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fl-error.h"
#include "fl-fld-script.h"

#define OLD_NAME "STMFlashLoader"
#define MAX_PORT 65535

static gboolean
has_old_name (const char *program)
{
  g_autofree char *name = g_path_get_basename (program);

  if (strlen (name) > 4 && g_ascii_strcasecmp (name + strlen (name) - 4, ".exe") == 0)
    name[strlen (name) - 4] = '\0';
  return g_ascii_strcasecmp (name, OLD_NAME) == 0;
}

/**
 * fl_fld_is_script:
 * @arguments: (array zero-terminated=1): the program's name, and what follows
 *
 * Returns: whether the old grammar is meant: the program goes by its old name, or the first argument is one of the old
 * options. "-p" is also the short form of --port, and goes on to mean that, unless a protection follows.
 */
gboolean
fl_fld_is_script (const char *const *arguments)
{
  g_return_val_if_fail (arguments != NULL, FALSE);

  if (arguments[0] == NULL)
    return FALSE;
  if (has_old_name (arguments[0]))
    return TRUE;
  if (arguments[1] == NULL)
    return FALSE;
  if (g_ascii_strcasecmp (arguments[1], "-p") == 0)
    return arguments[2] != NULL && fl_fld_has_option (arguments[1], arguments[2]);
  return fl_fld_has_option (arguments[1], NULL);
}

/**
 * fl_fld_dup_port:
 * @port: (nullable): what --pn said
 * @windows: whether ports are numbered here
 *
 * Errors: %FL_ERROR_USAGE where a number says nothing.
 *
 * Returns: (transfer full): what fl_transport_open() takes: "COM5" for 5 on Windows; a path, a name or "sim:0x410" as
 * it is
 */
char *
fl_fld_dup_port (const char *port, gboolean windows, GError **error)
{
  const char *text = port != NULL ? port : "1";
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL))
    return g_strdup (text);
  if (windows && number >= 1 && number <= MAX_PORT)
    return g_strdup_printf ("COM%u", (guint) number);
  if (windows)
    g_set_error (error, FL_ERROR, FL_ERROR_USAGE, _ ("There is no port COM%s. Say for example --pn 5"), text);
  else
    g_set_error (error, FL_ERROR, FL_ERROR_USAGE,
                 _ ("Ports have no numbers on this system, so --pn %s says nothing. Say the port’s path, for example "
                    "--pn /dev/ttyUSB0; “flashloader-cli ports” lists them"),
                 text);
  return NULL;
}
