/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "fl-application.h"
#include "fl-sim-transport.h"

int
main (int argc, char **argv)
{
  g_autoptr (FlApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, FL_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  fl_sim_register ();
  application = fl_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
