/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-consent.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-error.h"

/* Which confirmation a danger needs. The jobs ask here, so that no user interface can do without. */

/**
 * fl_consent_needs_name:
 *
 * Returns: whether a yes is not enough, and the chip's name has to be typed
 */
gboolean
fl_consent_needs_name (FlDanger danger)
{
  return danger >= FL_DANGER_CRITICAL;
}

/* "STM32G0B0/0B1/0C1" names three: an ending replaces as much of the first name's end as it is long. */
static GStrv
list_names (const FlChip *chip)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (chip->name, "/, ", -1);
  const char *first = NULL;

  for (char **part = parts; *part != NULL; part++)
    {
      gsize length = strlen (*part);

      if (length == 0)
        continue;
      if (g_ascii_strncasecmp (*part, "STM32", 5) == 0)
        {
          first = *part;
          g_strv_builder_add (builder, *part);
        }
      else if (first != NULL && strlen (first) >= length)
        {
          g_autofree char *name = g_strdup_printf ("%.*s%s", (int) (strlen (first) - length), first, *part);

          g_strv_builder_add (builder, name);
        }
    }
  return g_strv_builder_end (builder);
}

/**
 * fl_consent_dup_name:
 *
 * Returns: (transfer full): the name that a user is asked to type, the first of those that share the product ID
 */
char *
fl_consent_dup_name (const FlChip *chip)
{
  g_auto (GStrv) names = NULL;

  g_return_val_if_fail (chip != NULL, NULL);

  names = list_names (chip);
  return g_strdup (names[0] != NULL ? names[0] : chip->name);
}

/**
 * fl_consent_is_name:
 * @typed: (nullable): what the user typed; case and spaces at the ends do not count
 *
 * Returns: whether it is the chip's name: the one that the program shows, or one of those that it stands for
 */
gboolean
fl_consent_is_name (const FlChip *chip, const char *typed)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) names = NULL;

  g_return_val_if_fail (chip != NULL, FALSE);

  if (typed == NULL)
    return FALSE;
  text = g_strstrip (g_strdup (typed));
  if (g_ascii_strcasecmp (text, chip->name) == 0)
    return TRUE;
  names = list_names (chip);
  for (char **name = names; *name != NULL; name++)
    if (g_ascii_strcasecmp (*name, text) == 0)
      return TRUE;
  return FALSE;
}

/**
 * fl_consent_check:
 * @agreed: the user was told what will be changed or lost, and said yes
 * @typed: (nullable): the chip's name as the user typed it
 *
 * Errors: %FL_ERROR_NEEDS_CONSENT
 *
 * Returns: whether that is enough for something so dangerous
 */
gboolean
fl_consent_check (const FlChip *chip, FlDanger danger, gboolean agreed, const char *typed, GError **error)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (chip != NULL, FALSE);

  if (danger == FL_DANGER_NONE)
    return TRUE;
  if (!fl_consent_needs_name (danger) && agreed)
    return TRUE;
  if (fl_consent_needs_name (danger) && fl_consent_is_name (chip, typed))
    return TRUE;
  name = fl_consent_dup_name (chip);
  if (danger == FL_DANGER_IRREVERSIBLE)
    g_set_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT,
                 _ ("This can never be undone. It is done only after the chip’s name, %s, was typed."), name);
  else if (fl_consent_needs_name (danger))
    g_set_error (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT,
                 _ ("This can make the chip unusable. It is done only after the chip’s name, %s, was typed."), name);
  else
    g_set_error_literal (error, FL_ERROR, FL_ERROR_NEEDS_CONSENT, _ ("Nothing was changed: nobody agreed to it yet."));
  return FALSE;
}
