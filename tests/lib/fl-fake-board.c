/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fl-fake-board.h"

struct _FlFakeBoard
{
  GMutex lock; /* guards what follows: the device thread and those of umockdev come in */
  FlSimBoard *board;
  gint64 started; /* monotonic microseconds */
  gint64 now;     /* microseconds on the board's clock */
};

/* With the lock. */
static gint64
fl_fake_board_get_now (FlFakeBoard *self)
{
  self->now = MAX (self->now, g_get_monotonic_time () - self->started);
  return self->now;
}

static void
fl_fake_board_received (FlFakeAdapter *adapter, const guint8 *data, gsize length, gpointer user_data)
{
  FlFakeBoard *self = user_data;
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  FlLineErrors all_errors = 0;
  gint64 next;

  g_mutex_lock (&self->lock);
  for (gsize i = 0; i < length; i++)
    self->now = fl_sim_board_send (self->board, data[i], fl_fake_board_get_now (self));
  while (fl_sim_board_next (self->board, &next))
    {
      FlLineErrors errors = 0;
      guint8 byte;

      self->now = MAX (self->now, next);
      if (!fl_sim_board_receive (self->board, self->now, &byte, &errors))
        break;
      all_errors |= errors;
      g_byte_array_append (answer, &byte, 1);
    }
  g_mutex_unlock (&self->lock);
  if (all_errors != 0)
    fl_fake_adapter_add_errors (adapter, all_errors);
  if (answer->len > 0)
    fl_fake_adapter_send (adapter, answer->data, answer->len);
}

static void
fl_fake_board_lines (FlFakeAdapter *adapter, FlLines outputs, gpointer user_data)
{
  FlFakeBoard *self = user_data;

  g_mutex_lock (&self->lock);
  fl_sim_board_set_lines (self->board, outputs, fl_fake_board_get_now (self));
  g_mutex_unlock (&self->lock);
}

static void
fl_fake_board_settings (FlFakeAdapter *adapter, const FlLineSettings *settings, gpointer user_data)
{
  FlFakeBoard *self = user_data;

  g_mutex_lock (&self->lock);
  fl_sim_board_set_settings (self->board, settings, fl_fake_board_get_now (self));
  g_mutex_unlock (&self->lock);
}

static const FlFakeDevice device = {
  .received = fl_fake_board_received,
  .lines = fl_fake_board_lines,
  .settings = fl_fake_board_settings,
};

/**
 * fl_fake_board_new:
 * @adapter: not plugged yet
 * @board: what is to be behind it
 */
FlFakeBoard *
fl_fake_board_new (FlFakeAdapter *adapter, FlSimBoard *board)
{
  FlFakeBoard *self = g_new0 (FlFakeBoard, 1);

  g_mutex_init (&self->lock);
  self->board = g_object_ref (board);
  self->now = fl_sim_board_get_time (board);
  self->started = g_get_monotonic_time () - self->now;
  fl_fake_adapter_set_device (adapter, &device, self);
  return self;
}

gboolean
fl_fake_board_is_unplugged (FlFakeBoard *self)
{
  gboolean unplugged;

  g_mutex_lock (&self->lock);
  unplugged = fl_sim_board_is_unplugged (self->board);
  g_mutex_unlock (&self->lock);
  return unplugged;
}

gboolean
fl_fake_board_save (FlFakeBoard *self, GError **error)
{
  gboolean saved;

  g_mutex_lock (&self->lock);
  saved = fl_sim_board_save (self->board, error);
  g_mutex_unlock (&self->lock);
  return saved;
}

void
fl_fake_board_free (FlFakeBoard *self)
{
  g_object_unref (self->board);
  g_mutex_clear (&self->lock);
  g_free (self);
}
