/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-options.h"

#include "fl-bytes.h"

#define RDP_LEVEL_2 0xCC

/* Where the boot bits lie in the user option word of the series that have one. */
static const struct
{
  const char *series;
  guint32 factory;     /* with the BOOT0 pin in use */
  guint32 ignore;      /* this bit decides whether the pin is ignored */
  gboolean ignore_set; /* … when it is set (nBOOT_SEL), or when it is clear (nSWBOOT0) */
  guint32 nboot0;
} boot_words[] = {
  { "G0", 0xFEFFFEAA, 1u << 24, TRUE, 1u << 26 },  { "C0", 0xFEFFFFAA, 1u << 24, TRUE, 1u << 26 },
  { "L4", 0xFFEFF8AA, 1u << 26, FALSE, 1u << 27 }, { "L4+", 0xFFEFF8AA, 1u << 26, FALSE, 1u << 27 },
  { "G4", 0xFFEFF8AA, 1u << 26, FALSE, 1u << 27 }, { "WB", 0x3FFFF1AA, 1u << 26, FALSE, 1u << 27 },
  { "WL", 0x3FFFF0AA, 1u << 26, FALSE, 1u << 27 },
};

static gint
fl_sim_options_find_boot_word (FlSimOptions *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (boot_words); i++)
    if (g_strcmp0 (boot_words[i].series, self->chip->series) == 0 && self->chip->option_size >= 8)
      return (gint) i;
  return -1;
}

/* The hardware writes the complements itself. */
static void
fl_sim_options_complement (FlSimOptions *self)
{
  guint size = self->chip->option_size;

  switch (self->traits->options)
    {
    case FL_SIM_OPTIONS_HALFWORDS:
      for (guint i = 0; i + 1 < size; i += 2)
        self->data[i + 1] = (guint8) ~self->data[i];
      break;
    case FL_SIM_OPTIONS_DOUBLE:
      for (guint i = 0; i + 7 < size; i += 8)
        fl_bytes_put_le32 (self->data + i + 4, ~fl_bytes_get_le32 (self->data + i));
      break;
    case FL_SIM_OPTIONS_WORDS:
      for (guint i = 0; i + 3 < size; i += 4)
        {
          self->data[i + 2] = (guint8) ~self->data[i];
          self->data[i + 3] = (guint8) ~self->data[i + 1];
        }
      break;
    case FL_SIM_OPTIONS_PLAIN:
    case FL_SIM_OPTIONS_NONE:
      break;
    }
}

/* Where the readout protection byte is; -1: not in this memory. */
static gint
fl_sim_options_get_rdp_offset (FlSimOptions *self)
{
  gint offset = self->traits->options == FL_SIM_OPTIONS_PLAIN ? 1 : 0;

  if (self->traits->options == FL_SIM_OPTIONS_NONE || self->chip->option_size <= (guint) offset)
    return -1;
  return offset;
}

static void
fl_sim_options_load (FlSimOptions *self)
{
  gint offset = fl_sim_options_get_rdp_offset (self);
  gint word = fl_sim_options_find_boot_word (self);

  if (offset >= 0)
    {
      guint8 value = self->data[offset];

      if (value == self->traits->rdp_open)
        self->rdp_level = 0;
      else
        self->rdp_level = value == RDP_LEVEL_2 && self->traits->rdp_open != 0xA5 ? 2 : 1;
    }
  if (word >= 0)
    {
      guint32 value = fl_bytes_get_le32 (self->data);

      self->boot0_ignored = ((value & boot_words[word].ignore) != 0) == boot_words[word].ignore_set;
      self->boots_rom = self->boot0_ignored && (value & boot_words[word].nboot0) == 0;
    }
  if (self->traits->options == FL_SIM_OPTIONS_HALFWORDS && self->chip->option_size >= 16)
    {
      self->n_codes = 0;
      for (guint unit = 0; unit < 32; unit++)
        if ((self->data[8 + unit / 8 * 2] & 1u << unit % 8) == 0)
          self->codes[self->n_codes++] = (guint8) unit;
    }
}

FlSimOptions *
fl_sim_options_new (const FlChip *chip, guint8 rdp_level, gboolean boot0_ignored)
{
  FlSimOptions *self = g_new0 (FlSimOptions, 1);
  gint word;

  self->chip = chip;
  self->traits = fl_sim_traits_find (chip);
  self->data = g_malloc (MAX (chip->option_size, 1));
  memset (self->data, 0xFF, MAX (chip->option_size, 1));
  self->rdp_level = rdp_level;
  self->boot0_ignored = boot0_ignored;

  word = fl_sim_options_find_boot_word (self);
  if (word >= 0)
    {
      guint32 value = boot_words[word].factory;

      if (boot0_ignored)
        value = boot_words[word].ignore_set ? value | boot_words[word].ignore : value & ~boot_words[word].ignore;
      fl_bytes_put_le32 (self->data, value);
    }
  if (self->traits->options == FL_SIM_OPTIONS_WORDS)
    memset (self->data, 0, chip->option_size); /* write protection bits are active high there */
  fl_sim_options_complement (self);
  fl_sim_options_set_rdp (self, rdp_level);
  return self;
}

/**
 * fl_sim_options_set_layout:
 * @layout: how the flash is divided, one of the chip's row
 *
 * Sets the option bit that divides the flash so, where it is known which one that is.
 */
void
fl_sim_options_set_layout (FlSimOptions *self, FlLayout *layout)
{
  for (guint i = 0; i < self->chip->layouts->len; i++)
    {
      const FlChipLayout *known = g_ptr_array_index (self->chip->layouts, i);
      guint32 offset = known->option_address - self->chip->option_start;
      guint32 bit = 1u << known->option_bit;
      guint32 word;

      if (known->layout != layout || known->option_address < self->chip->option_start
          || offset + 4 > self->chip->option_size)
        continue;
      word = fl_bytes_get_le32 (self->data + offset);
      fl_bytes_put_le32 (self->data + offset, known->option_value ? word | bit : word & ~bit);
      fl_sim_options_complement (self);
    }
}

void
fl_sim_options_free (FlSimOptions *self)
{
  g_free (self->data);
  g_free (self);
}

/* The level is in the option bytes, and not in force before they are loaded. */
void
fl_sim_options_store_rdp (FlSimOptions *self, guint8 level)
{
  gint offset = fl_sim_options_get_rdp_offset (self);

  if (offset >= 0)
    self->data[offset] = level == 0 ? self->traits->rdp_open : level == 2 ? RDP_LEVEL_2 : 0x00;
  fl_sim_options_complement (self);
  self->is_pending = TRUE;
}

/**
 * fl_sim_options_set_rdp:
 * @level: 0, 1 or 2
 *
 * Returns: whether protection was taken away, which erases the flash
 */
gboolean
fl_sim_options_set_rdp (FlSimOptions *self, guint8 level)
{
  gboolean regress = self->rdp_level == 1 && level == 0;
  gboolean was_pending = self->is_pending;

  fl_sim_options_store_rdp (self, level);
  self->is_pending = was_pending;
  self->rdp_level = level;
  return regress;
}

/**
 * fl_sim_options_store:
 *
 * Writes option bytes as Write Memory does: F0, F1 and F3 erase all of them first, the others replace their registers.
 * They are in force after fl_sim_options_reload().
 */
void
fl_sim_options_store (FlSimOptions *self, const guint8 *data, gsize length)
{
  if (self->traits->options == FL_SIM_OPTIONS_HALFWORDS)
    memset (self->data, 0xFF, self->chip->option_size);
  memcpy (self->data, data, MIN (length, self->chip->option_size));
  fl_sim_options_complement (self);
  self->is_pending = TRUE;
}

/* The chip starts from power-on, or was told to load its option bytes: what was stored counts. */
void
fl_sim_options_reload (FlSimOptions *self)
{
  if (self->is_pending)
    fl_sim_options_load (self);
  self->is_pending = FALSE;
}

/**
 * fl_sim_options_write:
 *
 * Writes option bytes and loads them.
 *
 * Returns: whether readout protection was taken away, which erases the flash
 */
gboolean
fl_sim_options_write (FlSimOptions *self, const guint8 *data, gsize length)
{
  guint8 before = self->rdp_level;

  fl_sim_options_store (self, data, length);
  fl_sim_options_reload (self);
  return before == 1 && self->rdp_level == 0;
}

/**
 * fl_sim_options_set_protected:
 * @codes: (array length=n_codes): as in the Write Protect command
 *
 * Replaces the write-protected units; 0 codes take all protection away.
 */
void
fl_sim_options_set_protected (FlSimOptions *self, const guint8 *codes, guint n_codes)
{
  self->n_codes = n_codes;
  if (n_codes > 0)
    memcpy (self->codes, codes, n_codes);
  if (self->traits->options != FL_SIM_OPTIONS_HALFWORDS || self->chip->option_size < 16)
    return;
  for (guint unit = 0; unit < 32; unit++)
    {
      self->data[8 + unit / 8 * 2] |= (guint8) (1u << unit % 8);
      for (guint i = 0; i < n_codes; i++)
        if (codes[i] == unit)
          self->data[8 + unit / 8 * 2] &= (guint8) ~(1u << unit % 8);
    }
  fl_sim_options_complement (self);
}
