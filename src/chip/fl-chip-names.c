/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fl-chip.h"

#define PREFIX      "STM32"
#define MIN_PRINTED 2 /* characters that say something of a chip: "G0" */

/* Whether @alternative can stand in the place of the end of @base: "0C1" in that of "0B1". */
static gboolean
fits_end (const char *base, const char *alternative)
{
  gsize length = strlen (alternative);
  const char *end;

  if (length == 0 || strlen (base) < strlen (PREFIX) + length)
    return FALSE;
  end = base + strlen (base) - length;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (alternative[i]) || !g_ascii_isalnum (end[i])
        || g_ascii_islower (alternative[i]) != g_ascii_islower (end[i]))
      return FALSE;
  return TRUE;
}

/* "STM32G0B0/0B1/0C1" as full names; as it is when it cannot be taken apart without doubt. */
static void
add_names (GString *names, const char *group)
{
  const char *space = strchr (group, ' ');
  g_autofree char *first = space != NULL ? g_strndup (group, (gsize) (space - group)) : g_strdup (group);
  g_auto (GStrv) parts = g_strsplit (first, "/", -1);
  g_autoptr (GString) all = g_string_new (parts[0]);

  for (char **part = parts + 1; *part != NULL; part++)
    {
      if (!fits_end (parts[0], *part))
        {
          g_string_assign (all, first);
          break;
        }
      g_string_append_printf (all, ", %.*s%s", (int) (strlen (parts[0]) - strlen (*part)), parts[0], *part);
    }
  g_string_append_printf (names, "%s%s%s", names->len > 0 ? ", " : "", all->str, space != NULL ? space : "");
}

/**
 * fl_chip_dup_names:
 *
 * Returns: (transfer full): the names of all chips that share this product ID, as far as its row tells:
 * "STM32G0B0, STM32G0B1, STM32G0C1"
 */
char *
fl_chip_dup_names (const FlChip *self)
{
  GString *names = g_string_new (NULL);
  const char *at = self->name;

  while (*at != '\0')
    {
      const char *end = at;
      g_autofree char *group = NULL;
      int depth = 0;

      for (; *end != '\0' && (*end != ',' || depth > 0); end++)
        depth += (*end == '(') - (*end == ')');
      group = g_strstrip (g_strndup (at, (gsize) (end - at)));
      if (g_ascii_isupper (*group) && !g_str_has_prefix (group, PREFIX))
        {
          g_autofree char *full = g_strconcat (PREFIX, group, NULL);

          add_names (names, full);
        }
      else
        add_names (names, group);
      at = *end != '\0' ? end + 1 : end;
    }
  return g_string_free (names, FALSE);
}

/* Whether what is printed on a chip begins with @name, or is the beginning of it; an "x" in @name is any character.
 * Both without "STM32". */
static gboolean
begins_alike (const char *name, const char *printed)
{
  for (; *name != '\0' && *printed != '\0'; name++, printed++)
    if (*name != 'x' && g_ascii_toupper (*name) != g_ascii_toupper (*printed))
      return FALSE;
  return TRUE;
}

/* "L151/152xC (cat.3)": a name, and what can stand in the place of all behind its letters. */
static gboolean
is_one_of (const char *name, const char *printed)
{
  g_autofree char *first = g_strndup (name, strcspn (name, " "));
  g_auto (GStrv) parts = g_strsplit (first, "/", -1);
  gsize n_letters = 0;

  while (g_ascii_isupper (name[n_letters]))
    n_letters++;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *full = i == 0 || !g_ascii_isdigit (*parts[i])
                                  ? g_strdup (parts[i])
                                  : g_strdup_printf ("%.*s%s", (int) n_letters, name, parts[i]);

      if (strlen (full) >= MIN_PRINTED + 1 && begins_alike (full, printed))
        return TRUE;
    }
  return FALSE;
}

/**
 * fl_chip_is_called:
 * @text: what is printed on a chip, or the beginning of it: "STM32G0B1RET6", "g0b1", "F407"
 *
 * Returns: whether a chip of that name may have this product ID; more than one may have
 */
gboolean
fl_chip_is_called (const FlChip *self, const char *text)
{
  const char *printed = g_ascii_strncasecmp (text, PREFIX, strlen (PREFIX)) == 0 ? text + strlen (PREFIX) : text;
  g_autofree char *all = NULL;
  g_auto (GStrv) names = NULL;

  g_return_val_if_fail (self != NULL && text != NULL, FALSE);

  if (strlen (printed) < MIN_PRINTED)
    return FALSE;
  all = fl_chip_dup_names (self);
  names = g_strsplit (all, ", ", -1);
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], PREFIX) && is_one_of (names[i] + strlen (PREFIX), printed))
      return TRUE;
  return FALSE;
}
