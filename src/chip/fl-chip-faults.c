/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fl-chip-private.h"
#include "fl-error.h"

/* Known faults of bootloaders. A chip file names them, with the builds that have them where not all do:
 * "V9.2/V13.0: erase-one-page-bank2; no-jump"; the sentences are in words.xml. */

#define BUILDS_END ": "

static const char *
get_id (const char *fault)
{
  const char *end = strstr (fault, BUILDS_END);

  return end != NULL ? end + strlen (BUILDS_END) : fault;
}

/* The builds that have it, NULL when all have it. */
static char **
dup_builds (const char *fault)
{
  const char *end = strstr (fault, BUILDS_END);
  g_autofree char *builds = end != NULL ? g_strndup (fault, end - fault) : NULL;

  return builds != NULL ? g_strsplit (builds, "/", -1) : NULL;
}

/**
 * fl_chip_fault_get_text:
 * @fault: one of a chip's @bugs
 *
 * Returns: (transfer none): what to expect and what helps, a translated sentence. Any thread.
 */
const char *
fl_chip_fault_get_text (const char *fault)
{
  return fl_fault_get_text (get_id (fault));
}

/**
 * fl_chip_fault_concerns:
 * @fault: one of a chip's @bugs
 * @build: (nullable): the name of a build, "V9.2"; %NULL when it is not known which one the chip has
 *
 * Returns: whether a bootloader of that build has, or may have, the fault
 */
gboolean
fl_chip_fault_concerns (const char *fault, const char *build)
{
  g_auto (GStrv) builds = dup_builds (fault);

  return builds == NULL || build == NULL || g_strv_contains ((const char *const *) builds, build);
}

/**
 * fl_chip_dup_faults:
 *
 * Returns: (transfer full) (element-type utf8): the known faults of all builds of this chip's bootloader, translated:
 * "V9.2, V13.0: After an application was started…"
 */
GPtrArray *
fl_chip_dup_faults (const FlChip *self)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; self->bugs != NULL && self->bugs[i] != NULL; i++)
    {
      const char *text = fl_chip_fault_get_text (self->bugs[i]);
      g_auto (GStrv) builds = dup_builds (self->bugs[i]);
      g_autofree char *names = builds != NULL ? g_strjoinv (", ", builds) : NULL;

      g_ptr_array_add (faults, names != NULL ? g_strconcat (names, BUILDS_END, text, NULL) : g_strdup (text));
    }
  return g_steal_pointer (&faults);
}

static gboolean
has_build (const FlChip *chip, const char *name)
{
  for (guint i = 0; i < chip->versions->len; i++)
    if (g_str_equal (g_array_index (chip->versions, FlChipVersion, i).name, name))
      return TRUE;
  return FALSE;
}

/* That there is a sentence for each, and that the builds are the chip's own. */
gboolean
fl_chip_check_faults (const FlChip *chip, GError **error)
{
  for (guint i = 0; chip->bugs != NULL && chip->bugs[i] != NULL; i++)
    {
      g_auto (GStrv) builds = dup_builds (chip->bugs[i]);

      if (fl_chip_fault_get_text (chip->bugs[i]) == NULL || (builds != NULL && *builds == NULL))
        {
          g_set_error (error, FL_ERROR, FL_ERROR_FORMAT,
                       _ ("“%s” is not a fault in words.xml, with the builds before it such as V1.0/V1.2: double-nack"),
                       chip->bugs[i]);
          return FALSE;
        }
      for (char **build = builds; build != NULL && *build != NULL; build++)
        if (!has_build (chip, *build))
          {
            g_set_error (error, FL_ERROR, FL_ERROR_FORMAT, _ ("“%s” is not one of the builds that versions= names"),
                         *build);
            return FALSE;
          }
    }
  return TRUE;
}
