/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-diagnosis-remedy.h"

#include <glib/gi18n.h>

static const struct
{
  const char *action;
  const char *label;
  const char *view; /* of the window; NULL: it is done on the wizard's pages */
} remedies[] = {
  { "retry", N_ ("Try again"), NULL },
  { "power-cycle", N_ ("Try again"), NULL },
  { "lower-rate", N_ ("Try again at 9600"), NULL },
  { "parity-even", N_ ("Try again with even parity"), NULL },
  { "parity-none", N_ ("Try again without parity"), NULL },
  { "entry", N_ ("Choose how it starts"), NULL },
  { "lines", N_ ("Choose how it starts"), NULL },
  { "other-port", N_ ("Choose another port"), NULL },
  { "wiring", N_ ("Show the wiring"), NULL },
  { "file", N_ ("Choose another file"), NULL },
  { "report", N_ ("Save report…"), NULL },
  { "unprotect-read", N_ ("Look at the protection"), "protection" },
  { "unprotect-write", N_ ("Look at the protection"), "protection" },
  { "options", N_ ("Look at the option bytes"), "protection" },
  { "console", N_ ("Open the console"), "console" },
};

/**
 * fl_diagnosis_remedy_get_label:
 * @action: (nullable): of a cause
 *
 * Returns: (nullable): what a button says that does it, translated
 */
const char *
fl_diagnosis_remedy_get_label (const char *action)
{
  for (guint i = 0; action != NULL && i < G_N_ELEMENTS (remedies); i++)
    if (g_str_equal (remedies[i].action, action))
      return _ (remedies[i].label);
  return NULL;
}

/**
 * fl_diagnosis_remedy_get_view:
 *
 * Returns: (nullable): the name of the view in which it is done
 */
const char *
fl_diagnosis_remedy_get_view (const char *action)
{
  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_str_equal (remedies[i].action, action))
      return remedies[i].view;
  return NULL;
}
