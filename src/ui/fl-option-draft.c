/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-option-draft"

#include "config.h"

#include "fl-option-draft.h"

#include <string.h>

#include "fl-write-protect.h"

struct _FlOptionDraft
{
  GObject parent_instance;

  FlDevice *device;     /* nullable */
  FlOptionSet *wanted;  /* nullable: the device has no option bytes, or does not show them */
  GHashTable *problems; /* char *, by owner */
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (FlOptionDraft, fl_option_draft, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* Takes a set in which something else is wanted. */
static void
fl_option_draft_take (FlOptionDraft *self, FlOptionSet *wanted)
{
  g_clear_pointer (&self->wanted, fl_option_set_free);
  self->wanted = wanted;
  g_signal_emit (self, signals[CHANGED], 0);
}

static FlOptionSet *
fl_option_draft_copy_before (FlOptionDraft *self)
{
  const FlOptionSet *before = fl_option_draft_get_before (self);

  return before != NULL ? fl_option_set_copy (before) : NULL;
}

/**
 * fl_option_draft_set_device:
 * @device: (nullable): whose option bytes these are
 * @keep: it is the same chip as before, read once more: what is still wanted otherwise stays wanted
 */
void
fl_option_draft_set_device (FlOptionDraft *self, FlDevice *device, gboolean keep)
{
  g_autoptr (GPtrArray) changes = NULL;
  const FlChip *chip;
  FlOptionSet *wanted;

  g_return_if_fail (FL_IS_OPTION_DRAFT (self));
  g_return_if_fail (device == NULL || FL_IS_DEVICE (device));

  chip = self->device != NULL ? self->device->chip : NULL;
  if (keep && device != NULL && device->chip == chip)
    changes = fl_option_draft_dup_changes (self);
  g_hash_table_remove_all (self->problems);
  g_set_object (&self->device, device);
  wanted = fl_option_draft_copy_before (self);
  for (guint i = 0; wanted != NULL && changes != NULL && i < changes->len; i++)
    {
      const FlOptionChange *change = g_ptr_array_index (changes, i);

      fl_option_set_put (wanted, change->field, change->after, NULL); /* unless its area could not be read now */
    }
  fl_option_draft_take (self, wanted);
}

FlDevice *
fl_option_draft_get_device (FlOptionDraft *self)
{
  g_return_val_if_fail (FL_IS_OPTION_DRAFT (self), NULL);

  return self->device;
}

const FlOptionSet *
fl_option_draft_get_before (FlOptionDraft *self)
{
  g_return_val_if_fail (FL_IS_OPTION_DRAFT (self), NULL);

  return self->device != NULL ? self->device->options : NULL;
}

const FlOptionSet *
fl_option_draft_get_wanted (FlOptionDraft *self)
{
  g_return_val_if_fail (FL_IS_OPTION_DRAFT (self), NULL);

  return self->wanted;
}

/**
 * fl_option_draft_dup_changes:
 *
 * Returns: (transfer full) (element-type FlOptionChange): what differs from the chip
 */
GPtrArray *
fl_option_draft_dup_changes (FlOptionDraft *self)
{
  g_return_val_if_fail (FL_IS_OPTION_DRAFT (self), NULL);

  if (self->wanted == NULL)
    return g_ptr_array_new ();
  return fl_option_set_diff (fl_option_draft_get_before (self), self->wanted);
}

/**
 * fl_option_draft_put:
 *
 * Errors: those of fl_option_set_put()
 */
gboolean
fl_option_draft_put (FlOptionDraft *self, const FlOptionField *field, guint32 value, GError **error)
{
  g_return_val_if_fail (FL_IS_OPTION_DRAFT (self), FALSE);
  g_return_val_if_fail (self->wanted != NULL && field != NULL, FALSE);

  if (fl_option_set_has (self->wanted, field) && fl_option_set_get (self->wanted, field) == value)
    return TRUE;
  if (!fl_option_set_put (self->wanted, field, value, error))
    return FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

/* As on the chip: all fields that protect flash. */
static void
restore_protection (FlOptionSet *wanted, const FlOptionSet *before)
{
  const FlChip *chip = fl_option_set_get_chip (wanted);

  for (guint i = 0; i < chip->write_protect->len; i++)
    {
      const FlWriteProtectRule *rule = g_ptr_array_index (chip->write_protect, i);

      for (guint j = 0; j < rule->fields->len; j++)
        {
          const FlOptionField *field = g_ptr_array_index (rule->fields, j);

          if (fl_option_set_has (before, field))
            fl_option_set_put (wanted, field, fl_option_set_get (before, field), NULL);
        }
    }
}

/**
 * fl_option_draft_protect:
 * @sectors: (inout): one byte for each sector of the device's layout, whether it shall be write-protected; after
 * success whether it will be
 *
 * Errors: those of fl_write_protect_set(); nothing is changed then.
 */
gboolean
fl_option_draft_protect (FlOptionDraft *self, guint8 *sectors, GError **error)
{
  g_autoptr (FlOptionSet) wanted = NULL;
  g_autofree guint8 *now = NULL;
  guint n_sectors;

  g_return_val_if_fail (FL_IS_OPTION_DRAFT (self), FALSE);
  g_return_val_if_fail (self->wanted != NULL && self->device->layout != NULL && sectors != NULL, FALSE);

  wanted = fl_option_set_copy (self->wanted);
  if (!fl_write_protect_set (wanted, self->device->layout, sectors, error))
    return FALSE;
  /* There is more than one way to say that nothing is protected: what is so already is no change. */
  n_sectors = fl_layout_get_n_sectors (self->device->layout);
  now = fl_write_protect_get (self->device->options, self->device->layout);
  if (now != NULL && memcmp (now, sectors, n_sectors) == 0)
    restore_protection (wanted, self->device->options);
  fl_option_draft_take (self, g_steal_pointer (&wanted));
  return TRUE;
}

/**
 * fl_option_draft_load:
 * @text: of a file that fl_option_set_to_text() made
 *
 * Errors: those of fl_option_set_apply_text(); nothing is changed then.
 */
gboolean
fl_option_draft_load (FlOptionDraft *self, const char *text, gsize length, const char *file_name, GError **error)
{
  g_return_val_if_fail (FL_IS_OPTION_DRAFT (self), FALSE);
  g_return_val_if_fail (self->wanted != NULL, FALSE);

  if (!fl_option_set_apply_text (self->wanted, text, (gssize) length, file_name, error))
    return FALSE;
  g_hash_table_remove_all (self->problems);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

/**
 * fl_option_draft_put_factory:
 *
 * Everything whose value on a new chip is known is to be as on a new chip.
 */
void
fl_option_draft_put_factory (FlOptionDraft *self)
{
  g_return_if_fail (FL_IS_OPTION_DRAFT (self));
  g_return_if_fail (self->wanted != NULL);

  fl_option_set_put_factory (self->wanted);
  g_hash_table_remove_all (self->problems);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fl_option_draft_undo:
 *
 * Back to what the chip has in this field.
 */
void
fl_option_draft_undo (FlOptionDraft *self, const FlOptionField *field)
{
  g_return_if_fail (FL_IS_OPTION_DRAFT (self));
  g_return_if_fail (self->wanted != NULL && field != NULL);

  fl_option_draft_put (self, field, fl_option_set_get (fl_option_draft_get_before (self), field), NULL);
}

void
fl_option_draft_undo_all (FlOptionDraft *self)
{
  g_return_if_fail (FL_IS_OPTION_DRAFT (self));

  g_hash_table_remove_all (self->problems);
  fl_option_draft_take (self, fl_option_draft_copy_before (self));
}

/**
 * fl_option_draft_set_problem:
 * @owner: whose input it is
 * @text: (nullable): what is wrong with it, a sentence; %NULL: nothing
 */
void
fl_option_draft_set_problem (FlOptionDraft *self, gconstpointer owner, const char *text)
{
  g_return_if_fail (FL_IS_OPTION_DRAFT (self));
  g_return_if_fail (owner != NULL);

  if (g_strcmp0 (fl_option_draft_get_problem (self, owner), text) == 0)
    return;
  if (text != NULL)
    g_hash_table_insert (self->problems, (gpointer) owner, g_strdup (text));
  else
    g_hash_table_remove (self->problems, owner);
  g_signal_emit (self, signals[CHANGED], 0);
}

const char *
fl_option_draft_get_problem (FlOptionDraft *self, gconstpointer owner)
{
  GHashTableIter iter;
  gpointer text = NULL;

  g_return_val_if_fail (FL_IS_OPTION_DRAFT (self), NULL);

  if (owner != NULL)
    return g_hash_table_lookup (self->problems, owner);
  g_hash_table_iter_init (&iter, self->problems);
  g_hash_table_iter_next (&iter, NULL, &text);
  return text;
}

static void
fl_option_draft_finalize (GObject *object)
{
  FlOptionDraft *self = FL_OPTION_DRAFT (object);

  g_clear_pointer (&self->wanted, fl_option_set_free);
  g_clear_object (&self->device);
  g_hash_table_unref (self->problems);
  G_OBJECT_CLASS (fl_option_draft_parent_class)->finalize (object);
}

static void
fl_option_draft_class_init (FlOptionDraftClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_option_draft_finalize;

  signals[CHANGED] =
      g_signal_new ("changed", FL_TYPE_OPTION_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fl_option_draft_init (FlOptionDraft *self)
{
  self->problems = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

/**
 * fl_option_draft_new:
 *
 * Returns: (transfer full): a draft for no chip yet
 */
FlOptionDraft *
fl_option_draft_new (void)
{
  return g_object_new (FL_TYPE_OPTION_DRAFT, NULL);
}
