/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-diagnosis-remedy.h"

#include <glib/gi18n.h>

#include "fl-transport.h"
#include "fl-ui.h"

/* Rates to try, when one was too high. */
static const guint lower_bauds[] = { 57600, 38400, 19200, 9600 };

static const struct
{
  const char *action;
  const char *label;
  const char *view;     /* of the window; NULL: it is done on the wizard's pages */
  gboolean needs_board; /* connected */
} remedies[] = {
  { "retry", N_ ("Try again"), NULL },
  { "power-cycle", N_ ("Try again"), NULL },
  { "lower-rate", NULL, NULL }, /* says which */
  { "parity-even", N_ ("Try again with even parity"), NULL },
  { "parity-none", N_ ("Try again without parity"), NULL },
  { "entry", N_ ("Choose how it starts"), NULL },
  { "lines", N_ ("Choose how it starts"), NULL },
  { "other-port", N_ ("Choose another port"), NULL },
  { "wiring", N_ ("Show the wiring"), NULL },
  { "jump-code", N_ ("Show a jump routine…") },
  { "file", N_ ("Choose another file"), NULL },
  { "erase", N_ ("Program again, erasing everything…"), NULL },
  { "declare", N_ ("Describe the flash of this chip…"), NULL },
  { "loopback", N_ ("Test the adapter…"), NULL },
  { "report", N_ ("Save report…"), NULL },
  { "unprotect-read", N_ ("Look at the protection"), "protection", TRUE },
  { "unprotect-write", N_ ("Look at the protection"), "protection", TRUE },
  { "options", N_ ("Look at the option bytes"), "protection", TRUE },
  { "console", N_ ("Open the console"), "console" },
};

/* Whether the line is set like that already, so that trying it again would change nothing. */
static gboolean
is_set (const char *action)
{
  int parity = g_settings_get_enum (fl_ui_get_settings (), "parity");

  return (g_str_equal (action, "parity-even") && parity == FL_PARITY_EVEN)
         || (g_str_equal (action, "parity-none") && parity == FL_PARITY_NONE);
}

/* The next rate below the one that is set; 0: there is none. */
static guint
find_lower_baud (void)
{
  guint baud = g_settings_get_uint (fl_ui_get_settings (), "baud");

  for (guint i = 0; i < G_N_ELEMENTS (lower_bauds); i++)
    if (baud == 0 || lower_bauds[i] < baud)
      return lower_bauds[i];
  return 0;
}

/**
 * fl_diagnosis_remedy_dup_label:
 * @action: (nullable): of a cause
 *
 * Returns: (transfer full) (nullable): what a button says that does it, translated; %NULL: there is nothing to press
 */
char *
fl_diagnosis_remedy_dup_label (const char *action)
{
  guint baud;

  for (guint i = 0; action != NULL && i < G_N_ELEMENTS (remedies); i++)
    {
      if (!g_str_equal (remedies[i].action, action))
        continue;
      if (!g_str_equal (action, "lower-rate"))
        return is_set (action) ? NULL : g_strdup (_ (remedies[i].label));
      baud = find_lower_baud ();
      /* Translators: %u is bits per second */
      return baud > 0 ? g_strdup_printf (_ ("Try again at %u"), baud) : NULL;
    }
  return NULL;
}

/**
 * fl_diagnosis_remedy_needs_board:
 *
 * Returns: whether it can be done only with a board that is connected
 */
gboolean
fl_diagnosis_remedy_needs_board (const char *action)
{
  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_str_equal (remedies[i].action, action))
      return remedies[i].needs_board;
  return FALSE;
}

/**
 * fl_diagnosis_remedy_prepare:
 *
 * Sets what @action wants to be different the next time.
 */
void
fl_diagnosis_remedy_prepare (const char *action)
{
  GSettings *settings = fl_ui_get_settings ();

  if (g_str_equal (action, "lower-rate"))
    g_settings_set_uint (settings, "baud", find_lower_baud ());
  else if (g_str_equal (action, "parity-even"))
    g_settings_set_enum (settings, "parity", FL_PARITY_EVEN);
  else if (g_str_equal (action, "parity-none"))
    g_settings_set_enum (settings, "parity", FL_PARITY_NONE);
  else if (g_str_equal (action, "erase"))
    g_settings_set_boolean (settings, "erase-all", TRUE);
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
