/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-options.h"

#include "fl-bytes.h"

#define RDP_LEVEL_1     0x00 /* any value that means nothing else */
#define RDP_LEVEL_HALF  0x55
#define RDP_LEVEL_2     0xCC
#define STATE_OPEN      0xED
#define STATE_PROVISION 0x17
#define KEY_ON          0xB4  /* of a setting that is a key of eight bits */
#define ROM_AT_LEVEL_2  0x449 /* AN2606, F74x and F75x: starts its bootloader at readout protection level 2 too */

/* Where the byte at @address is kept; the size of all areas: in none of them. */
static gsize
fl_sim_options_find (FlSimOptions *self, guint32 address)
{
  gsize offset = 0;

  for (guint i = 0; i < self->chip->option_areas->len; i++)
    {
      const FlChipRange *area = &g_array_index (self->chip->option_areas, FlChipRange, i);

      if (address >= area->start && address - area->start < area->size)
        return offset + (address - area->start);
      offset += area->size;
    }
  return self->size;
}

/**
 * fl_sim_options_get:
 *
 * Returns: (transfer none) (nullable): the option byte that is read at @address; %NULL where there is none
 */
const guint8 *
fl_sim_options_get (FlSimOptions *self, guint32 address)
{
  gsize offset = fl_sim_options_find (self, address);

  return offset < self->size ? self->data + offset : NULL;
}

gboolean
fl_sim_options_is_base (FlSimOptions *self, guint32 address)
{
  for (guint i = 0; i < self->chip->option_areas->len; i++)
    if (g_array_index (self->chip->option_areas, FlChipRange, i).start == address)
      return TRUE;
  return FALSE;
}

/* The hardware writes the complement itself. */
static void
fl_sim_options_put_word (FlSimOptions *self, guint32 address, guint32 value)
{
  guint8 *word = self->data + fl_sim_options_find (self, address);

  switch (self->chip->option_style)
    {
    case FL_OPTION_STYLE_BYTES:
      value = (value & 0x00FF00FF) | (~(value << 8) & 0xFF00FF00);
      break;
    case FL_OPTION_STYLE_HALVES:
      value = (value & 0xFFFF) | ~value << 16;
      break;
    case FL_OPTION_STYLE_DOUBLE:
      fl_bytes_put_le32 (word + 4, ~value);
      break;
    case FL_OPTION_STYLE_NONE:
    case FL_OPTION_STYLE_PLAIN:
    case FL_OPTION_STYLE_REGISTER:
    default:
      break;
    }
  fl_bytes_put_le32 (word, value);
}

static guint32
fl_sim_options_read (FlSimOptions *self, const guint8 *bytes, const FlOptionField *field, guint32 address)
{
  return fl_bytes_get_le32 (bytes + fl_sim_options_find (self, address)) >> field->bit
         & fl_option_field_get_mask (field);
}

/* Whether the complement of @field was wrong at the last reload; on L0 and L1 only it can be written so. */
static gboolean
fl_sim_options_is_torn (FlSimOptions *self, const FlOptionField *field)
{
  guint32 word = fl_bytes_get_le32 (self->loaded + fl_sim_options_find (self, field->word->address));
  guint32 mask = fl_option_field_get_mask (field) << field->bit;

  return self->chip->option_style == FL_OPTION_STYLE_HALVES && ((word ^ word >> 16) & mask) != mask;
}

/**
 * fl_sim_options_get_value:
 *
 * Source: RM0367, "write/erase protection management": a field with a wrong complement protects.
 *
 * Returns: what @field is since the last reload
 */
guint32
fl_sim_options_get_value (FlSimOptions *self, const FlOptionField *field)
{
  if (fl_sim_options_is_torn (self, field))
    return field->kind->role == FL_OPTION_ROLE_RDP ? RDP_LEVEL_1 : fl_option_field_get_mask (field);
  return fl_sim_options_read (self, self->loaded, field, field->word->address);
}

/* The value in force of the field with this role; FALSE: the chip has none. */
static gboolean
fl_sim_options_get_role (FlSimOptions *self, FlOptionRole role, guint32 *value)
{
  const FlOptionField *field = fl_chip_find_option_role (self->chip, role);

  if (field == NULL)
    return FALSE;
  *value = fl_sim_options_get_value (self, field);
  return TRUE;
}

static gboolean
fl_sim_options_has (FlSimOptions *self, FlOptionRole role, guint32 wanted)
{
  guint32 value;

  return fl_sim_options_get_role (self, role, &value) && value == wanted;
}

/* The bits of @word that writing can change: reserved ones stay, so do those of a range that is locked, and PCROP once
 * it is on. */
static guint32
fl_sim_options_get_writable (FlSimOptions *self, const FlOptionWord *word)
{
  guint32 bits = 0;

  for (guint i = 0; i < self->chip->option_fields->len; i++)
    {
      const FlOptionField *field = g_ptr_array_index (self->chip->option_fields, i);

      if (field->word != word)
        continue;
      if (field->kind->role == FL_OPTION_ROLE_UNLOCK && fl_sim_options_get_value (self, field) == 0)
        return 0;
      if (!field->read_only
          && (field->kind->role != FL_OPTION_ROLE_PCROP_MODE || fl_sim_options_get_value (self, field) == 0))
        bits |= fl_option_field_get_mask (field) << field->bit;
    }
  return bits;
}

static void
fl_sim_options_put_bits (FlSimOptions *self, const FlOptionWord *word, guint32 value, guint32 mask)
{
  guint32 before = fl_bytes_get_le32 (self->data + fl_sim_options_find (self, word->write_address));

  fl_sim_options_put_word (self, word->write_address, (before & ~mask) | (value & mask));
}

/**
 * fl_sim_options_put:
 *
 * Stores the value of one field, as the ROM's own commands do: also of one that Write Memory does not reach.
 */
void
fl_sim_options_put (FlSimOptions *self, const FlOptionField *field, guint32 value)
{
  guint32 mask = fl_option_field_get_mask (field) << field->bit;

  if (fl_sim_options_get_writable (self, field->word) != 0 || field->read_only)
    fl_sim_options_put_bits (self, field->word, value << field->bit, mask);
}

/* What stands for no protection here: 0xA5 on F1. */
static guint32
get_open_value (const FlOptionField *rdp)
{
  return rdp->has_factory ? rdp->factory : 0xAA;
}

static gboolean
has_value (const FlOptionField *field, guint32 value)
{
  for (guint i = 0; i < field->kind->values->len; i++)
    if (g_array_index (field->kind->values, FlOptionValue, i).value == value)
      return TRUE;
  return FALSE;
}

/**
 * fl_sim_options_put_rdp:
 * @level: 0, 1 or 2
 *
 * Stores a level of readout protection. On a chip that keeps it elsewhere it is in force at once.
 */
void
fl_sim_options_put_rdp (FlSimOptions *self, guint8 level)
{
  const FlOptionField *rdp = fl_chip_find_option_role (self->chip, FL_OPTION_ROLE_RDP);

  if (rdp == NULL)
    self->rdp_level = level;
  else
    fl_sim_options_put (self, rdp, level == 0 ? get_open_value (rdp) : level == 1 ? RDP_LEVEL_1 : RDP_LEVEL_2);
}

/* Level 0.5 of a chip with TrustZone leaves what is not secure as it is under level 0. */
static void
fl_sim_options_load_rdp (FlSimOptions *self)
{
  const FlOptionField *rdp = fl_chip_find_option_role (self->chip, FL_OPTION_ROLE_RDP);
  guint32 value;

  if (rdp == NULL)
    return;
  value = fl_sim_options_get_value (self, rdp);
  if (value == get_open_value (rdp)
      || (value == RDP_LEVEL_HALF && has_value (rdp, RDP_LEVEL_HALF)
          && fl_sim_options_has (self, FL_OPTION_ROLE_TZEN, 1)))
    self->rdp_level = 0;
  else
    self->rdp_level = value == RDP_LEVEL_2 && has_value (rdp, RDP_LEVEL_2) ? 2 : 1;
}

/**
 * fl_sim_options_opens:
 *
 * Returns: whether readout protection is in force, and what is stored takes it away: this erases the flash
 */
gboolean
fl_sim_options_opens (FlSimOptions *self)
{
  const FlOptionField *rdp = fl_chip_find_option_role (self->chip, FL_OPTION_ROLE_RDP);

  return rdp != NULL && fl_sim_options_get_value (self, rdp) != get_open_value (rdp)
         && fl_sim_options_read (self, self->data, rdp, rdp->word->write_address) == get_open_value (rdp);
}

/**
 * fl_sim_options_reload:
 *
 * The chip starts from power-on, or was told to load its option bytes: what was stored counts. Registers that are
 * written at another address show it now.
 */
void
fl_sim_options_reload (FlSimOptions *self)
{
  for (guint i = 0; i < self->chip->option_words->len; i++)
    {
      const FlOptionWord *word = g_ptr_array_index (self->chip->option_words, i);

      if (word->write_address != word->address)
        memcpy (self->data + fl_sim_options_find (self, word->address),
                self->data + fl_sim_options_find (self, word->write_address), 4);
    }
  memcpy (self->loaded, self->data, self->size);
  fl_sim_options_load_rdp (self);
}

static void
fl_sim_options_put_role (FlSimOptions *self, FlOptionRole role, guint32 value)
{
  const FlOptionField *field = fl_chip_find_option_role (self->chip, role);

  if (field != NULL)
    fl_sim_options_put (self, field, value);
}

/**
 * fl_sim_options_put_regression:
 *
 * Stores what going back to level 0 changes beside the level. PCROP goes off with it (RM0367); write protection stays,
 * locked or not, except where all option bytes are erased.
 */
void
fl_sim_options_put_regression (FlSimOptions *self, FlLayout *layout)
{
  fl_sim_options_put_role (self, FL_OPTION_ROLE_PCROP_MODE, 0);
  if (self->chip->option_style == FL_OPTION_STYLE_BYTES)
    fl_sim_options_put_protected (self, layout, NULL, 0);
}

/**
 * fl_sim_options_new:
 * @rdp_level: 0, 1 or 2
 * @boot0_ignored: the BOOT0 pin does not count, as on a new chip of many series; otherwise somebody has seen to it
 *
 * Returns: (transfer full): the option bytes of a new chip, in force
 */
FlSimOptions *
fl_sim_options_new (const FlChip *chip, guint8 rdp_level, gboolean boot0_ignored)
{
  FlSimOptions *self = g_new0 (FlSimOptions, 1);
  guint step = chip->option_style == FL_OPTION_STYLE_DOUBLE ? 8 : 4;

  self->chip = chip;
  self->boot0_ignored = boot0_ignored;
  for (guint i = 0; i < chip->option_areas->len; i++)
    self->size += g_array_index (chip->option_areas, FlChipRange, i).size;
  self->data = g_malloc0 (MAX (self->size, 1));
  self->loaded = g_malloc0 (MAX (self->size, 1));
  for (guint i = 0; i < chip->option_areas->len; i++)
    {
      const FlChipRange *area = &g_array_index (chip->option_areas, FlChipRange, i);

      for (guint32 offset = 0; offset + step <= area->size; offset += step)
        fl_sim_options_put_word (self, area->start + offset, fl_sim_options_get_gap (chip));
    }
  for (guint i = 0; i < chip->option_words->len; i++)
    {
      const FlOptionWord *word = g_ptr_array_index (chip->option_words, i);

      fl_sim_options_put_word (self, word->write_address, fl_sim_options_get_factory (chip, word));
    }
  fl_sim_options_put_role (self, FL_OPTION_ROLE_BOOT_SEL_BIT, boot0_ignored);
  fl_sim_options_put_role (self, FL_OPTION_ROLE_BOOT_SEL_PIN, !boot0_ignored);
  fl_sim_options_put_rdp (self, rdp_level);
  fl_sim_options_reload (self);
  return self;
}

void
fl_sim_options_free (FlSimOptions *self)
{
  g_free (self->data);
  g_free (self->loaded);
  g_free (self);
}

/* L0 and L1 program the complement as it was sent. */
static void
fl_sim_options_put_complement (FlSimOptions *self, const FlOptionWord *word, guint32 value, guint32 mask)
{
  guint8 *bytes = self->data + fl_sim_options_find (self, word->write_address);

  fl_bytes_put_le32 (bytes, (fl_bytes_get_le32 (bytes) & ~(mask << 16)) | (value & mask << 16));
}

static void
fl_sim_options_store_word (FlSimOptions *self, const FlOptionWord *word, guint32 value)
{
  guint32 mask = fl_sim_options_get_writable (self, word);

  fl_sim_options_put_bits (self, word, value, mask);
  if (self->chip->option_style == FL_OPTION_STYLE_HALVES)
    fl_sim_options_put_complement (self, word, value, mask);
}

/**
 * fl_sim_options_store:
 * @base: where an area begins
 * @length: a multiple of 4
 *
 * Writes option bytes as Write Memory does. F0, F1 and F3 erase all of them first, which leaves no complement; the
 * others keep what is behind the end. What is not a field, or is one that can only be read, does not change; neither
 * does a register that shows what is in force.
 */
void
fl_sim_options_store (FlSimOptions *self, guint32 base, const guint8 *data, gsize length)
{
  for (guint i = 0; i < self->chip->option_words->len; i++)
    {
      const FlOptionWord *word = g_ptr_array_index (self->chip->option_words, i);

      if (g_array_index (self->chip->option_areas, FlChipRange, word->area).start != base)
        continue;
      if (word->write_address - base + 4 <= length)
        fl_sim_options_store_word (self, word, fl_bytes_get_le32 (data + (word->write_address - base)));
      else if (self->chip->option_style == FL_OPTION_STYLE_BYTES)
        fl_bytes_put_le32 (self->data + fl_sim_options_find (self, word->write_address), G_MAXUINT32);
    }
}

/**
 * fl_sim_options_restore:
 * @data: as many as @self has, from an earlier board of the same chip
 * @rdp_level: that was in force there; counts where the option bytes do not say so themselves
 */
void
fl_sim_options_restore (FlSimOptions *self, const guint8 *data, guint8 rdp_level)
{
  memcpy (self->data, data, self->size);
  self->rdp_level = rdp_level;
}

/* Whether the option bit of a layout is known, and can be looked at. */
static gboolean
fl_sim_options_has_bit (FlSimOptions *self, const FlChipLayout *layout)
{
  return fl_sim_options_get (self, layout->option_address) != NULL;
}

/**
 * fl_sim_options_put_layout:
 * @layout: how the flash is divided, one of the chip's row
 *
 * Stores the option bit that divides the flash so, where it is known which one that is.
 */
void
fl_sim_options_put_layout (FlSimOptions *self, FlLayout *layout)
{
  for (guint i = 0; i < self->chip->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (self->chip->layouts, i);

      if (known->layout != layout || !fl_sim_options_has_bit (self, known))
        continue;
      for (guint k = 0; k < self->chip->option_fields->len; k++)
        {
          const FlOptionField *field = g_ptr_array_index (self->chip->option_fields, k);

          if (field->word->address == known->option_address && field->bit == known->option_bit)
            fl_sim_options_put (self, field, known->option_value);
        }
    }
}

static guint
get_flash_kib (const FlChip *chip, FlLayout *layout)
{
  for (guint i = 0; i < chip->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (chip->layouts, i);

      if (known->layout == layout)
        return known->flash_kib;
    }
  return 0;
}

/**
 * fl_sim_options_get_layout:
 * @now: how the flash is divided, one of the chip's row
 *
 * Returns: (transfer none): how it is to be divided by the option bit for its size; @now where there is no such bit
 */
FlLayout *
fl_sim_options_get_layout (FlSimOptions *self, FlLayout *now)
{
  guint flash_kib = get_flash_kib (self->chip, now);

  for (guint i = 0; i < self->chip->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (self->chip->layouts, i);
      guint32 word;

      if (known->flash_kib != flash_kib || !fl_sim_options_has_bit (self, known))
        continue;
      word = fl_bytes_get_le32 (self->loaded + fl_sim_options_find (self, known->option_address));
      if ((word >> known->option_bit & 1) == (guint32) known->option_value)
        return known->layout;
    }
  return now;
}

gboolean
fl_sim_options_is_swapped (FlSimOptions *self)
{
  return fl_sim_options_has (self, FL_OPTION_ROLE_SWAP, 1) || fl_sim_options_has (self, FL_OPTION_ROLE_NSWAP, 0);
}

static gboolean
fl_sim_options_is_locked (FlSimOptions *self)
{
  const FlOptionField *lock = fl_chip_find_option_role (self->chip, FL_OPTION_ROLE_BOOT_LOCK);

  return lock != NULL && fl_sim_options_get_value (self, lock) == (lock->width == 8 ? KEY_ON : 1);
}

/* Whether the option bytes, and not the pin, say what BOOT0 is. */
static gboolean
fl_sim_options_ignores_pin (FlSimOptions *self)
{
  guint32 value;

  if (fl_sim_options_get_role (self, FL_OPTION_ROLE_BOOT_SEL_BIT, &value))
    return value == 1;
  if (fl_sim_options_get_role (self, FL_OPTION_ROLE_BOOT_SEL_PIN, &value))
    return value == 0;
  return self->boot0_ignored;
}

/* Whether blank flash starts the bootloader as things are: on some chips only while the pin decides, or not while BOOT1
 * means RAM (patterns 16 and 13). */
static gboolean
fl_sim_options_heeds_empty (FlSimOptions *self)
{
  switch (self->chip->pid)
    {
    case 0x435:
    case 0x462:
    case 0x464:
    case 0x495:
      return !fl_sim_options_ignores_pin (self);
    case 0x497:
      return !fl_sim_options_has (self, FL_OPTION_ROLE_NBOOT1, 0);
    default:
      return TRUE;
    }
}

/**
 * fl_sim_options_get_boot:
 * @boot0: the pin is high
 * @empty: the flash was found blank, on a chip that looks
 *
 * Source: AN2606, table 2. The addresses to start from that some series have are taken to be those of a new chip.
 *
 * Returns: what the chip starts
 */
FlSimBoot
fl_sim_options_get_boot (FlSimOptions *self, gboolean boot0, gboolean empty)
{
  guint32 state = STATE_OPEN;

  fl_sim_options_get_role (self, FL_OPTION_ROLE_PRODUCT_STATE, &state);
  if (self->rdp_level == 2 && self->chip->pid != ROM_AT_LEVEL_2)
    return FL_SIM_BOOT_FLASH;
  if (fl_sim_options_is_locked (self) || (state != STATE_OPEN && state != STATE_PROVISION))
    return FL_SIM_BOOT_FLASH;
  if (state == STATE_PROVISION)
    return FL_SIM_BOOT_ROM;
  if (fl_sim_options_ignores_pin (self))
    boot0 = fl_sim_options_has (self, FL_OPTION_ROLE_NBOOT0, 0) || fl_sim_options_has (self, FL_OPTION_ROLE_BOOT0, 1);
  if (boot0)
    return fl_sim_options_has (self, FL_OPTION_ROLE_NBOOT1, 0) ? FL_SIM_BOOT_RAM : FL_SIM_BOOT_ROM;
  return empty && fl_sim_options_heeds_empty (self) ? FL_SIM_BOOT_ROM : FL_SIM_BOOT_FLASH;
}
