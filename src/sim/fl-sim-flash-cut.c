/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-sim-flash.h"

/* What a reset or a loss of power leaves of an operation that the flash is in the middle of. */

void
fl_sim_flash_clear_operation (FlSimOperation *operation)
{
  g_clear_pointer (&operation->before, g_bytes_unref);
}

/**
 * fl_sim_flash_begin:
 * @now: when the operations that follow begin, in microseconds
 *
 * Forgets those that are over by then.
 */
void
fl_sim_flash_begin (FlSimFlash *self, gint64 now)
{
  guint n = 0;

  while (n < self->operations->len && g_array_index (self->operations, FlSimOperation, n).end <= now)
    n++;
  if (n > 0)
    g_array_remove_range (self->operations, 0, n);
  self->clock = now;
}

/**
 * fl_sim_flash_note:
 * @sector: which is going to be erased, or -1 for programming
 * @us: how long it takes
 *
 * Remembers what is there before the operation that begins at the flash's clock.
 */
void
fl_sim_flash_note (FlSimFlash *self, gsize offset, gsize length, gint sector, gint64 us)
{
  FlSimOperation operation = { .begin = self->clock, .end = self->clock + us, .offset = offset, .sector = sector };

  operation.before = g_bytes_new (self->data + offset, length);
  g_array_append_val (self->operations, operation);
}

/* Each cell that was to change may be found changed or not. */
static void
fl_sim_flash_mix (FlSimFlash *self, guint8 *data, const guint8 *before, gsize length)
{
  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (before[i] ^ ((before[i] ^ data[i]) & g_rand_int_range (self->random, 0, 256)));
}

/**
 * fl_sim_flash_cut:
 * @now: when the chip stops, in microseconds
 *
 * Breaks off what is not over by then: of the operation in progress each bit may be done or not, and what was to come
 * after it never happened.
 */
void
fl_sim_flash_cut (FlSimFlash *self, gint64 now)
{
  while (self->operations->len > 0)
    {
      guint last = self->operations->len - 1;
      const FlSimOperation *operation = &g_array_index (self->operations, FlSimOperation, last);
      gsize length;
      const guint8 *before = g_bytes_get_data (operation->before, &length);

      if (operation->begin >= now)
        {
          memcpy (self->data + operation->offset, before, length);
          if (operation->sector >= 0)
            self->n_erased[operation->sector]--;
        }
      else if (operation->end > now)
        fl_sim_flash_mix (self, self->data + operation->offset, before, length);
      g_array_set_size (self->operations, last);
    }
}
