/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-options.h"

/* What the option bytes of a new chip are. The chips' rows name the factory value of a field where a source does;
 * what is left is set so that it protects nothing and hides nothing, and the chip starts as it does without it. */

#define KEY_OFF      0xC3 /* of a setting that is a key of eight bits: 0xB4 turns it on */
#define KEY_ON       0xB4
#define STATE_OPEN   0xED
#define SECURE_FLASH 0x0C000000u

/* The user option word with what no field names; BOR and the like of a row take precedence. Sources: RM0453,
 * and the tables of open debug probes, that agree with it. */
static const struct
{
  const char *series;
  guint32 word;
} first_words[] = {
  { "L4", 0xFFEFF8AA },
  { "G4", 0xFFEFF8AA },
  { "WB", 0x3FFFF1AA },
  { "WL", 0x3FFFF0AA },
};

typedef enum
{
  IN_FLASH,
  IN_SYSTEM,
  IN_SECURE_FLASH,
} StartPlace;

/* Fields with the upper bits of the address where the chip starts. */
static const struct
{
  const char *name;
  StartPlace place;
} start_addresses[] = {
  { "NSBOOTADD0", IN_FLASH }, { "BOOT0_ADD", IN_FLASH },          { "ADD0", IN_FLASH },
  { "BOOTADD", IN_FLASH },    { "NSBOOTADD1", IN_SYSTEM },        { "BOOT1_ADD", IN_SYSTEM },
  { "ADD1", IN_SYSTEM },      { "SECBOOTADD0", IN_SECURE_FLASH }, { "SBOOT0_ADD", IN_SECURE_FLASH },
};

/* Fields that a new chip has at another value than the rest of their group. */
static const struct
{
  const char *name;
  guint32 value;
} singles[] = {
  { "BCM4", 1 }, { "BCM7", 1 }, { "BOOT_UBE", KEY_ON }, { "DUALBANK", 1 }, { "DUAL_BANK", 1 },
};

static gboolean
find_first_word (const FlChip *chip, const FlOptionWord *word, guint32 *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (first_words); i++)
    if (word->address == chip->option_start && g_str_equal (first_words[i].series, chip->series))
      {
        *value = first_words[i].word;
        return TRUE;
      }
  return FALSE;
}

static gboolean
find_single (const FlOptionField *field, guint32 *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (singles); i++)
    if (g_str_equal (singles[i].name, field->name))
      {
        *value = singles[i].value;
        return TRUE;
      }
  return FALSE;
}

static gboolean
find_start_address (const FlChip *chip, const FlOptionField *field, guint32 *value)
{
  const guint32 places[] = {
    [IN_FLASH] = chip->flash_start, [IN_SYSTEM] = chip->system_start, [IN_SECURE_FLASH] = SECURE_FLASH
  };

  for (guint i = 0; i < G_N_ELEMENTS (start_addresses); i++)
    if (g_str_equal (start_addresses[i].name, field->name))
      {
        *value = places[start_addresses[i].place] >> (32 - field->width);
        return TRUE;
      }
  return FALSE;
}

/* A set of bits that protects nothing; a range is off while its first page is behind its last one. */
static gboolean
find_protection (const FlChip *chip, const FlOptionField *field, guint32 *value)
{
  guint32 all = fl_option_field_get_mask (field);

  for (guint i = 0; i < chip->write_protect->len; i++)
    {
      const FlWriteProtectRule *rule = g_ptr_array_index (chip->write_protect, i);
      guint place;

      if (!g_ptr_array_find (rule->fields, field, &place))
        continue;
      if (rule->is_range)
        *value = place == 0 ? all : 0;
      else
        *value = rule->active ? 0 : all;
      return TRUE;
    }
  *value = all;
  if (g_str_has_suffix (field->name, "STRT") || g_str_has_suffix (field->name, "START"))
    return TRUE;
  *value = 0;
  return g_str_has_suffix (field->name, "END");
}

static gboolean
find_role (const FlOptionField *field, guint32 *value)
{
  switch (field->kind->role)
    {
    case FL_OPTION_ROLE_RDP:
      *value = 0xAA;
      return TRUE;
    case FL_OPTION_ROLE_PRODUCT_STATE:
      *value = STATE_OPEN;
      return TRUE;
    case FL_OPTION_ROLE_BOOT_LOCK:
    case FL_OPTION_ROLE_TZEN:
      *value = field->width == 8 ? KEY_OFF : 0;
      return TRUE;
    case FL_OPTION_ROLE_BOOT_SEL_BIT:
    case FL_OPTION_ROLE_BOOT_SEL_PIN:
    case FL_OPTION_ROLE_NBOOT0:
    case FL_OPTION_ROLE_NBOOT1:
    case FL_OPTION_ROLE_NSWAP:
    case FL_OPTION_ROLE_NBFB2:
    case FL_OPTION_ROLE_UNLOCK:
      *value = 1;
      return TRUE;
    case FL_OPTION_ROLE_BOOT0:
    case FL_OPTION_ROLE_SWAP:
    case FL_OPTION_ROLE_PCROP_MODE:
    case FL_OPTION_ROLE_BFB2:
      *value = 0;
      return TRUE;
    case FL_OPTION_ROLE_NONE:
    case FL_N_OPTION_ROLES:
    default:
      return FALSE;
    }
}

/* Most bits of these groups do nothing while they are set: no reset, no watchdog, no check, nothing reserved. */
static guint32
get_group_default (const FlOptionField *field)
{
  switch (field->kind->group)
    {
    case FL_OPTION_GROUP_WATCHDOG:
    case FL_OPTION_GROUP_RESET:
    case FL_OPTION_GROUP_RADIO:
    case FL_OPTION_GROUP_WRITE:
      return fl_option_field_get_mask (field);
    case FL_OPTION_GROUP_MEMORY:
      return field->width == 1 ? 1 : 0;
    case FL_OPTION_GROUP_READOUT:
    case FL_OPTION_GROUP_BOOT:
    case FL_OPTION_GROUP_BANKS:
    case FL_OPTION_GROUP_SUPPLY:
    case FL_OPTION_GROUP_SECURITY:
    case FL_OPTION_GROUP_HARDWARE:
    case FL_OPTION_GROUP_USER:
    case FL_N_OPTION_GROUPS:
    default:
      return 0;
    }
}

static guint32
get_field_factory (const FlChip *chip, const FlOptionField *field)
{
  guint32 value;

  if (field->has_factory)
    return field->factory;
  if (find_first_word (chip, field->word, &value))
    return value >> field->bit & fl_option_field_get_mask (field);
  if (find_role (field, &value) || find_single (field, &value) || find_start_address (chip, field, &value)
      || find_protection (chip, field, &value))
    return value;
  return get_group_default (field);
}

/* What reserved bits of a word read: erased option bytes are 1, and 0 on L0 and L1; so are registers that are kept
 * apart from what is written to them. */
static guint32
get_reserved (const FlChip *chip, const FlOptionWord *word)
{
  guint32 value;

  if (find_first_word (chip, word, &value))
    return value;
  if (chip->option_style == FL_OPTION_STYLE_HALVES || word->write_address != word->address)
    return 0;
  return G_MAXUINT32;
}

/**
 * fl_sim_options_get_factory:
 *
 * Returns: what @word of a new chip holds, without complements
 */
guint32
fl_sim_options_get_factory (const FlChip *chip, const FlOptionWord *word)
{
  guint32 value = get_reserved (chip, word);

  for (guint i = 0; i < chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (chip->option_fields, i);
      guint32 mask = fl_option_field_get_mask (field) << field->bit;

      if (field->word == word)
        value = (value & ~mask) | get_field_factory (chip, field) << field->bit;
    }
  return value;
}

/**
 * fl_sim_options_get_gap:
 *
 * Returns: what is read, without complements, where an area has no word that is known
 */
guint32
fl_sim_options_get_gap (const FlChip *chip)
{
  return chip->option_style == FL_OPTION_STYLE_HALVES || chip->option_style == FL_OPTION_STYLE_REGISTER ? 0
                                                                                                        : G_MAXUINT32;
}
