/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#ifdef G_OS_WIN32
#include <io.h>
#define isatty _isatty
#define fileno _fileno
#else
#include <unistd.h>
#endif

#include "fl-cli.h"
#include "fl-consent.h"
#include "fl-error.h"

#define MAX_ANSWER 256 /* bytes of one line */

/* One line from whoever calls; NULL at the end of the input. */
static char *
read_line (void)
{
  char line[MAX_ANSWER];

  if (fgets (line, sizeof line, stdin) == NULL)
    return NULL;
  return g_strstrip (g_strdup (line));
}

/**
 * fl_cli_is_attended:
 *
 * Returns: whether somebody sits at a terminal, who can be asked
 */
gboolean
fl_cli_is_attended (FlCli *cli)
{
  return !cli->json && !cli->quiet && isatty (fileno (stdin)) && isatty (fileno (stderr));
}

/**
 * fl_cli_ask:
 * @danger: of what is about to be done, which was printed already
 * @yes: --yes was given
 * @typed: (out) (transfer full) (nullable): the chip's name, where it had to be typed
 *
 * Gets the consent that the danger needs: --yes, or an answer to a question; for the greatest dangers the chip's name,
 * on a line of the standard input, which --yes does not replace.
 *
 * Errors: %FL_ERROR_NEEDS_CONSENT
 */
gboolean
fl_cli_ask (FlCli *cli, const FlChip *chip, FlDanger danger, gboolean yes, char **typed, GError **error)
{
  g_autofree char *line = NULL;
  g_autofree char *name = fl_consent_dup_name (chip);

  *typed = NULL;
  if (danger == FL_DANGER_NONE || (yes && !fl_consent_needs_name (danger)))
    return TRUE;
  if (fl_consent_needs_name (danger))
    {
      g_printerr (danger == FL_DANGER_IRREVERSIBLE
                      ? _ ("This can NEVER be undone. To do it all the same, type the chip’s name, %s: ")
                      : _ ("This can make the chip unusable. To do it all the same, type the chip’s name, %s: "),
                  name);
      *typed = read_line ();
      g_printerr ("\n");
      return fl_consent_check (chip, danger, yes, *typed, error);
    }
  if (!isatty (fileno (stdin)))
    {
      g_set_error_literal (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT,
                           _ ("Nothing was changed. Say --yes if this is what you want."));
      return FALSE;
    }
  g_printerr ("%s", _ ("Is this what you want? [y/N] "));
  line = read_line ();
  if (line != NULL && (g_ascii_strcasecmp (line, "y") == 0 || g_ascii_strcasecmp (line, "yes") == 0))
    return TRUE;
  g_set_error_literal (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT, _ ("Nothing was changed."));
  return FALSE;
}

/**
 * fl_cli_ask_whole_bank:
 * @doubt: why all of bank 2 has to be erased, and what is lost by that: fl_erase_doubt_dup_text()
 * @yes: --yes was given
 *
 * Errors: %FL_ERROR_NEEDS_CONSENT, with @doubt, unless somebody agrees
 */
gboolean
fl_cli_ask_whole_bank (FlCli *cli, const FlChip *chip, const char *doubt, gboolean yes, GError **error)
{
  g_autofree char *typed = NULL;
  g_autoptr (GError) problem = NULL;

  if (!yes && isatty (fileno (stdin)))
    g_printerr ("%s\n", doubt);
  if (fl_cli_ask (cli, chip, FL_DANGER_HIGH, yes, &typed, &problem))
    return TRUE;
  g_set_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT, "%s %s", doubt, problem->message);
  return FALSE;
}
