/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fl-boot0.h"

#include <glib/gi18n-lib.h>

#define LOCKED_KEY 0xB4 /* BOOT_LOCK where it has eight bits */

static gboolean
is_set (const FlOptionSet *options, FlOptionRole role)
{
  guint32 value;

  return fl_option_set_get_role (options, role, &value) && value != 0;
}

static gboolean
is_clear (const FlOptionSet *options, FlOptionRole role)
{
  guint32 value;

  return fl_option_set_get_role (options, role, &value) && value == 0;
}

static gboolean
is_locked (const FlOptionSet *options)
{
  const FlOptionField *field = fl_chip_find_option_role (fl_option_set_get_chip (options), FL_OPTION_ROLE_BOOT_LOCK);
  guint32 value;

  return field != NULL && fl_option_set_get_role (options, FL_OPTION_ROLE_BOOT_LOCK, &value)
         && (field->width == 1 ? value == 1 : value == LOCKED_KEY);
}

/**
 * fl_boot0_get:
 * @options: (nullable): the chip's option bytes
 *
 * Source: AN2606, table 2 (patterns 2, 6, 11 to 16, 19).
 *
 * Returns: what decides at the next reset whether the bootloader starts
 */
FlBoot0
fl_boot0_get (const FlOptionSet *options)
{
  const FlChip *chip;
  gboolean has_bit, has_pin;

  if (options == NULL)
    return FL_BOOT0_UNKNOWN;
  chip = fl_option_set_get_chip (options);
  has_bit = fl_chip_find_option_role (chip, FL_OPTION_ROLE_BOOT_SEL_BIT) != NULL;
  has_pin = fl_chip_find_option_role (chip, FL_OPTION_ROLE_BOOT_SEL_PIN) != NULL;
  if (is_locked (options))
    return FL_BOOT0_LOCKED;
  if (!has_bit && !has_pin)
    return FL_BOOT0_UNKNOWN;
  if (is_clear (options, FL_OPTION_ROLE_BOOT_SEL_BIT) || is_set (options, FL_OPTION_ROLE_BOOT_SEL_PIN))
    return is_clear (options, FL_OPTION_ROLE_NBOOT1) ? FL_BOOT0_FLASH : FL_BOOT0_PIN;
  if (!is_set (options, FL_OPTION_ROLE_BOOT_SEL_BIT) && !is_clear (options, FL_OPTION_ROLE_BOOT_SEL_PIN))
    return FL_BOOT0_UNKNOWN;
  if (is_clear (options, FL_OPTION_ROLE_NBOOT0) || is_set (options, FL_OPTION_ROLE_BOOT0))
    return is_clear (options, FL_OPTION_ROLE_NBOOT1) ? FL_BOOT0_FLASH : FL_BOOT0_ROM;
  return FL_BOOT0_FLASH;
}

/* The field that decides whether the pin counts: what the texts name. */
static const char *
get_deciding_name (const FlOptionSet *options)
{
  static const FlOptionRole roles[] = { FL_OPTION_ROLE_BOOT_SEL_BIT, FL_OPTION_ROLE_BOOT_SEL_PIN };

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      const FlOptionField *field = fl_chip_find_option_role (fl_option_set_get_chip (options), roles[i]);

      if (field != NULL)
        return field->name;
    }
  return "BOOT0";
}

/**
 * fl_boot0_dup_text:
 * @options: (nullable): the chip's option bytes; where they are not known, the pin decides or nothing is known
 * @blank: whether its flash is empty
 *
 * Returns: (transfer full) (nullable): what that means for the user, and what to do about it, translated; %NULL when
 * the pin decides, or nothing is known
 */
char *
fl_boot0_dup_text (FlBoot0 self, const FlOptionSet *options, gboolean blank)
{
  switch (self)
    {
    case FL_BOOT0_FLASH:
      if (blank && fl_option_set_get_chip (options)->flags & FL_CHIP_EMPTY_CHECK)
        return g_strdup_printf (
            _ ("This chip ignores its BOOT0 pin (%s). This session works because the chip was blank; "
               "the next one will not, unless that option bit is changed now, while it is still "
               "connected."),
            get_deciding_name (options));
      return g_strdup_printf (
          _ ("This chip ignores its BOOT0 pin (%s). After the next reset it starts its application, "
             "and the bootloader can be reached only by a jump from there, unless that option bit "
             "is changed now, while it is still connected."),
          get_deciding_name (options));
    case FL_BOOT0_ROM:
      return g_strdup_printf (_ ("This chip ignores its BOOT0 pin (%s) and always starts its bootloader (nBOOT0): its "
                                 "application never starts by itself until the option bits are changed."),
                              get_deciding_name (options));
    case FL_BOOT0_LOCKED:
      return g_strdup (_ ("BOOT_LOCK is set: this chip always starts its application. After the next reset its "
                          "bootloader cannot be reached with the BOOT0 pin."));
    case FL_BOOT0_UNKNOWN:
    case FL_BOOT0_PIN:
    default:
      return NULL;
    }
}

static gboolean
put_role (FlOptionSet *options, FlOptionRole role, guint32 value)
{
  const FlOptionField *field = fl_chip_find_option_role (fl_option_set_get_chip (options), role);

  return field == NULL || !fl_option_set_has (options, field) || fl_option_set_put (options, field, value, NULL);
}

/**
 * fl_boot0_enable_pin:
 * @options: as read; changed so that the BOOT0 pin decides, and the application starts while it is low
 *
 * Returns: whether anything had to be changed, and could be
 */
gboolean
fl_boot0_enable_pin (FlOptionSet *options)
{
  FlBoot0 now = fl_boot0_get (options);

  if (now != FL_BOOT0_FLASH && now != FL_BOOT0_ROM)
    return FALSE;
  return put_role (options, FL_OPTION_ROLE_BOOT_SEL_BIT, 0) && put_role (options, FL_OPTION_ROLE_BOOT_SEL_PIN, 1)
         && put_role (options, FL_OPTION_ROLE_NBOOT0, 1) && put_role (options, FL_OPTION_ROLE_BOOT0, 0)
         && put_role (options, FL_OPTION_ROLE_NBOOT1, 1);
}
