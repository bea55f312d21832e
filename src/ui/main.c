/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-application.h"
#include "fl-locale.h"
#include "fl-sim-transport.h"

int
main (int argc, char **argv)
{
  g_autoptr (FlApplication) application = NULL;

  fl_locale_init ();
  fl_sim_register ();
  application = fl_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
