/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-options.h"

/* Which sectors the option bytes protect from erasing and programming. Source: the reference manuals' flash chapters,
 * "write protection". */

static const FlOptionField *
get_field (const FlWriteProtectRule *rule, guint index)
{
  return g_ptr_array_index (rule->fields, index);
}

static guint
count_bits (const FlWriteProtectRule *rule)
{
  guint n = 0;

  for (guint i = 0; i < rule->fields->len; i++)
    n += get_field (rule, i)->width;
  return n;
}

/* Bits that stand for read protection (PCROP) protect from writing too, and count the other way round. */
static gboolean
fl_sim_options_protects_by_bit (FlSimOptions *self, const FlWriteProtectRule *rule, guint bit)
{
  const FlOptionField *mode = fl_chip_find_option_role (self->chip, FL_OPTION_ROLE_PCROP_MODE);
  gboolean active = rule->active != (mode != NULL && fl_sim_options_get_value (self, mode) == 1);
  guint i = 0;

  if (bit >= count_bits (rule) && !rule->rest)
    return FALSE;
  bit = MIN (bit, count_bits (rule) - 1);
  while (bit >= get_field (rule, i)->width)
    bit -= get_field (rule, i++)->width;
  return (fl_sim_options_get_value (self, get_field (rule, i)) >> bit & 1) == (guint32) active;
}

static gboolean
fl_sim_options_protects (FlSimOptions *self, const FlWriteProtectRule *rule, FlLayout *layout, const FlSector *sector,
                         const FlSector *first)
{
  guint page = (guint) (sector->index - first->index);

  if (rule->is_range)
    return page >= fl_sim_options_get_value (self, get_field (rule, 0))
           && page <= fl_sim_options_get_value (self, get_field (rule, 1));
  if (rule->each > 0)
    return fl_sim_options_protects_by_bit (self, rule, (sector->address - first->address) / rule->each);
  return fl_sim_options_protects_by_bit (
      self, rule, rule->pairs && fl_layout_get_n_banks (layout) > 1 ? sector->code / 2u : sector->code);
}

/**
 * fl_sim_options_get_protected:
 * @sectors: (out): one byte a sector of @layout, whether it is write-protected
 */
void
fl_sim_options_get_protected (FlSimOptions *self, FlLayout *layout, guint8 *sectors)
{
  guint n = fl_layout_get_n_sectors (layout);

  memset (sectors, 0, n);
  for (guint i = 0; i < self->chip->write_protect->len; i++)
    {
      const FlWriteProtectRule *rule = g_ptr_array_index (self->chip->write_protect, i);
      const FlSector *first = NULL;

      for (guint k = 0; k < n; k++)
        {
          const FlSector *sector = fl_layout_get_sector (layout, k);

          if (rule->bank != 0 && sector->bank != rule->bank)
            continue;
          if (first == NULL)
            first = sector;
          if (fl_sim_options_protects (self, rule, layout, sector, first))
            sectors[k] = TRUE;
        }
    }
}

/* The codes count the bits of all rules through. */
static void
fl_sim_options_put_by_bits (FlSimOptions *self, const FlWriteProtectRule *rule, guint base, const guint8 *codes,
                            guint n_codes)
{
  for (guint i = 0; i < rule->fields->len; i++)
    {
      const FlOptionField *field = get_field (rule, i);
      guint32 bits = 0;

      for (guint k = 0; k < n_codes; k++)
        if (codes[k] >= base && codes[k] - base < field->width)
          bits |= 1u << (codes[k] - base);
      fl_sim_options_put (self, field, rule->active ? bits : ~bits & fl_option_field_get_mask (field));
      base += field->width;
    }
}

/* The first range of a bank takes all from the smallest to the largest of its pages that are named. */
static void
fl_sim_options_put_range (FlSimOptions *self, const FlWriteProtectRule *rule, FlLayout *layout, const guint8 *codes,
                          guint n_codes)
{
  guint32 begin = fl_option_field_get_mask (get_field (rule, 0));
  guint32 end = 0;
  const FlSector *first = NULL;

  for (guint i = 0; i < fl_layout_get_n_sectors (layout); i++)
    {
      const FlSector *sector = fl_layout_get_sector (layout, i);

      if (sector->bank != rule->bank)
        continue;
      if (first == NULL)
        first = sector;
      for (guint k = 0; k < n_codes; k++)
        if (codes[k] == sector->code)
          {
            end = (guint32) (sector->index - first->index);
            begin = MIN (begin, end);
          }
    }
  fl_sim_options_put (self, get_field (rule, 0), begin);
  fl_sim_options_put (self, get_field (rule, 1), end);
}

/**
 * fl_sim_options_put_protected:
 * @layout: how the flash is divided
 * @codes: (array length=n_codes): as in the Write Protect command; not range-checked, as there
 * @n_codes: 0 takes all protection away
 *
 * Stores what Write Protect and Write Unprotect do to the option bytes, in place of what was protected before. A code
 * is the number of a bit; on chips with ranges of pages it is the erase code of a page: what their ROM does with
 * several pages that are not neighbours is not documented, and here they share one range. A chip of which it is not
 * known how it protects acknowledges, and protects nothing.
 */
void
fl_sim_options_put_protected (FlSimOptions *self, FlLayout *layout, const guint8 *codes, guint n_codes)
{
  guint base = 0;
  gboolean used[3] = { FALSE };

  for (guint i = 0; i < self->chip->write_protect->len; i++)
    {
      const FlWriteProtectRule *rule = g_ptr_array_index (self->chip->write_protect, i);

      if (rule->is_range)
        {
          fl_sim_options_put_range (self, rule, layout, codes, used[rule->bank] ? 0 : n_codes);
          used[rule->bank] = TRUE;
          continue;
        }
      fl_sim_options_put_by_bits (self, rule, base, codes, n_codes);
      base += count_bits (rule);
    }
}
