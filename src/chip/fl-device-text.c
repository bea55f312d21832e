/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-device.h"
#include "fl-write-protect.h"

/* What is said of a connected chip, in words. */

#define MAX_OPTIONS 3 /* names of option bytes in one sentence */

/* The build of the bootloader; NULL: its ID was not read, or is not known. */
static const FlChipVersion *
find_version (FlDevice *self)
{
  if (self->chip == NULL || self->bootloader_id == 0)
    return NULL;
  for (guint i = 0; i < self->chip->versions->len; i++)
    {
      const FlChipVersion *version = &g_array_index (self->chip->versions, FlChipVersion, i);

      if (version->id == self->bootloader_id)
        return version;
    }
  return NULL;
}

/**
 * fl_device_dup_bootloader:
 *
 * Returns: (transfer full) (nullable): which build of the bootloader it is, translated: "V9.2 (ID 0x92), of
 * G0B1/0C1"; %NULL when it did not tell
 */
char *
fl_device_dup_bootloader (FlDevice *self)
{
  const FlChipVersion *version;

  g_return_val_if_fail (FL_IS_DEVICE (self), NULL);

  if (self->bootloader_id == 0)
    return NULL;
  version = find_version (self);
  if (version == NULL)
    return g_strdup_printf (_ ("ID 0x%02X, a build that is not known"), self->bootloader_id);
  if (version->remark != NULL)
    /* Translators: "V9.2", an ID, and the chips that have it, or another remark: "G0B1/0C1", "rev A" */
    return g_strdup_printf (_ ("%s (ID 0x%02X), %s"), version->name, version->id, version->remark);
  return g_strdup_printf (_ ("%s (ID 0x%02X)"), version->name, version->id);
}

/**
 * fl_device_dup_faults:
 *
 * Returns: (transfer full) (element-type utf8): what is known to be wrong with this build of the bootloader, translated
 * sentences; when the build is not known, with all, and which builds they are about: "V9.2, V13.0: …"
 */
GPtrArray *
fl_device_dup_faults (FlDevice *self)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  const FlChipVersion *version;

  g_return_val_if_fail (FL_IS_DEVICE (self), NULL);

  version = find_version (self);
  if (version == NULL)
    return self->chip != NULL ? fl_chip_dup_faults (self->chip) : g_steal_pointer (&faults);
  for (guint i = 0; self->chip->bugs != NULL && self->chip->bugs[i] != NULL; i++)
    if (fl_chip_fault_concerns (self->chip->bugs[i], version->name))
      g_ptr_array_add (faults, g_strdup (fl_chip_fault_get_text (self->chip->bugs[i])));
  return g_steal_pointer (&faults);
}

/**
 * fl_device_dup_readout:
 *
 * Returns: (transfer full): whether its flash can be read out, translated: what the option bytes say, or what the
 * bootloader did when it was asked
 */
char *
fl_device_dup_readout (FlDevice *self)
{
  static const FlOptionRole roles[] = { FL_OPTION_ROLE_PRODUCT_STATE, FL_OPTION_ROLE_RDP };
  guint32 value;

  g_return_val_if_fail (FL_IS_DEVICE (self), NULL);

  for (guint i = 0; self->options != NULL && i < G_N_ELEMENTS (roles); i++)
    {
      const FlOptionField *field = fl_chip_find_option_role (fl_option_set_get_chip (self->options), roles[i]);
      const char *words;

      if (field == NULL || !fl_option_set_get_role (self->options, roles[i], &value))
        continue;
      words = fl_option_field_get_words (field, value);
      if (words != NULL)
        return g_strdup (words);
    }
  switch (self->protection)
    {
    case FL_PROTECTION_NONE:
      return g_strdup (_ ("not protected"));
    case FL_PROTECTION_READOUT:
      return g_strdup (_ ("read-protected: the bootloader refuses to read and write"));
    case FL_PROTECTION_UNKNOWN:
    default:
      return g_strdup (_ ("not known"));
    }
}

/**
 * fl_device_dup_write_protection:
 *
 * Returns: (transfer full) (nullable): how much of its flash is write-protected, translated: "none of 128 pages";
 * %NULL when that is not known
 */
char *
fl_device_dup_write_protection (FlDevice *self)
{
  g_autofree guint8 *sectors = NULL;
  gboolean has_pages;
  guint n, n_protected = 0;

  g_return_val_if_fail (FL_IS_DEVICE (self), NULL);

  sectors = self->layout != NULL ? fl_write_protect_get (self->options, self->layout) : NULL;
  if (sectors == NULL)
    return NULL;
  n = fl_layout_get_n_sectors (self->layout);
  for (guint i = 0; i < n; i++)
    n_protected += sectors[i];
  has_pages = g_str_equal (fl_chip_get_unit_name (self->chip), "page");
  if (n_protected == 0)
    return g_strdup_printf (has_pages ? _ ("none of %u pages") : _ ("none of %u sectors"), n);
  if (n_protected == n)
    return g_strdup_printf (has_pages ? _ ("all %u pages") : _ ("all %u sectors"), n);
  return g_strdup_printf (has_pages ? _ ("%u of %u pages") : _ ("%u of %u sectors"), n_protected, n);
}

/**
 * fl_device_dup_changed_options:
 * @n_changed: (out): how many option bytes differ from those of a new chip
 *
 * Returns: (transfer full) (nullable): their names, the first few of them: "nBOOT_SEL, BOR_EN and 2 more"; %NULL when
 * the option bytes were not read, or nothing is known of a new chip's
 */
char *
fl_device_dup_changed_options (FlDevice *self, guint *n_changed)
{
  g_autoptr (FlOptionSet) factory = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  const GPtrArray *fields;
  gboolean is_known = FALSE;

  g_return_val_if_fail (FL_IS_DEVICE (self) && n_changed != NULL, NULL);

  *n_changed = 0;
  if (self->options == NULL)
    return NULL;
  fields = fl_option_set_get_chip (self->options)->option_fields;
  for (guint i = 0; i < fields->len; i++)
    is_known = is_known || ((const FlOptionField *) g_ptr_array_index (fields, i))->has_factory;
  if (!is_known)
    return NULL;
  factory = fl_option_set_copy (self->options);
  fl_option_set_put_factory (factory);
  changes = fl_option_set_diff (factory, self->options);
  *n_changed = changes->len;
  for (guint i = 0; i < changes->len && i < MAX_OPTIONS; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            ((const FlOptionChange *) g_ptr_array_index (changes, i))->field->name);
  if (changes->len > MAX_OPTIONS)
    /* Translators: behind a few names or ranges */
    g_string_append_printf (names, ngettext (" and %u more", " and %u more", changes->len - MAX_OPTIONS),
                            changes->len - MAX_OPTIONS);
  return g_string_free (g_steal_pointer (&names), FALSE);
}
