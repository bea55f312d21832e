/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fl-chip.h"

#define PREFIX "STM32"

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
