/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-device-declared.h"

#include <glib/gi18n-lib.h>

#include "fl-stmap-compare.h"

/**
 * fl_device_declare:
 * @self: a device that nobody else has seen yet, with what Get and Get ID told
 *
 * Makes a chip that the database does not know what is declared of it. A chip that is known stays what it is, and a
 * map for another product ID is not used either.
 *
 * Returns: whether the declaration is used
 */
gboolean
fl_device_declare (FlDevice *self, FlDeclaration *declaration)
{
  int pid;

  g_return_val_if_fail (FL_IS_DEVICE (self) && declaration != NULL, FALSE);

  pid = fl_declaration_get_pid (declaration);
  if (self->chip != NULL || (pid >= 0 && pid != self->pid))
    return FALSE;
  self->declaration = fl_declaration_ref (declaration);
  self->declared_chip = fl_declaration_make_chip (declaration, self->pid);
  self->chip = self->declared_chip;
  fl_device_set_geometry (self, self->chip->flash_kib, FALSE);
  return TRUE;
}

static void G_GNUC_PRINTF (2, 3) say (GPtrArray *sentences, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (sentences, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
explain_use (FlDevice *self, GPtrArray *sentences)
{
  FlDeclaration *declaration = self->declaration;
  FlLayout *layout = fl_declaration_get_layout (declaration);
  g_autofree char *text = fl_layout_to_string (layout);
  guint8 command = fl_declaration_get_command (declaration);

  say (sentences,
       /* Translators: an ID, a file's name or a text, a size in KiB, an address, "64 × 2 KiB" */
       _ ("Nothing is known of a chip with the ID 0x%03X. That its flash is %u KiB at 0x%08X, divided into %s, is what "
          "%s says; nothing of it was checked."),
       self->pid, self->chip->flash_kib, fl_layout_get_start (layout), text, fl_declaration_get_name (declaration));
  say (sentences,
       _ ("If it is wrong, wrong pages are erased and written. Read the flash into a file first if what it holds "
          "matters. Option bytes and protection are not touched."));
  say (sentences,
       _ ("It is written in units of %u bytes and erased one page a command; erased flash is expected to read %02X."),
       fl_declaration_get_unit (declaration), fl_declaration_get_erased (declaration));
  if (command != 0 && !fl_device_has_command (self, command))
    say (sentences,
         _ ("The erase command %02X was declared, but this bootloader does not list it: the one that it "
            "lists is used."),
         command);
  if (fl_declaration_get_map (declaration) != NULL && fl_declaration_get_pid (declaration) < 0)
    say (sentences, _ ("The map does not say for which product ID it is."));
}

/**
 * fl_device_explain_declaration:
 * @declaration: what was given to fl_device_declare()
 *
 * Says in words what became of a declaration: what is assumed and was not checked, or why it was not used.
 *
 * Returns: (transfer full) (element-type utf8): sentences, at least one, the most important first; translated
 */
GPtrArray *
fl_device_explain_declaration (FlDevice *self, FlDeclaration *declaration)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (FlStmapComparison) comparison = NULL;
  FlStmap *map;

  g_return_val_if_fail (FL_IS_DEVICE (self) && declaration != NULL, NULL);

  map = fl_declaration_get_map (declaration);
  if (self->declaration == declaration)
    explain_use (self, sentences);
  else if (map == NULL)
    say (sentences, _ ("The chip is known (%s): what was declared of it (%s) was not used."), self->chip->name,
         fl_declaration_get_name (declaration));
  else
    {
      say (sentences, _ ("The map %s was not used."), fl_declaration_get_name (declaration));
      comparison = fl_stmap_compare (map, self);
      for (guint i = 0; i < comparison->sentences->len; i++)
        say (sentences, "%s", (const char *) g_ptr_array_index (comparison->sentences, i));
    }
  return g_steal_pointer (&sentences);
}
